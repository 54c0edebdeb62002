"""How a case ends, is corrected, and begins again."""

import datetime as dt
from typing import Any

import pytest

from casework.actions import case as way
from casework.actions import closing, correction, talks, work
from casework.models import Case
from tests import factories
from tests.casework.test_actions_case import last_event, refused
from workflows import clock as clocks
from workflows import jobs
from workflows.messages import queue_message
from workflows.models import Message, Note, Signature, Task
from workflows.partial import PartialDate

pytestmark = pytest.mark.django_db


def amina() -> Any:
    return factories.user("amina")


def boris() -> Any:
    return factories.user("boris")


def test_a_closed_case_has_its_outcome_and_no_work_left_in_this_room(clock: Any) -> None:
    case = factories.case_at("counselling")
    talk = talks.book_session(case, by=amina(), starts_at=clocks.now() + dt.timedelta(days=1))
    way.add_task(factories.again(case), by=amina(), what="Ask.", due_on=clocks.today())
    Task.objects.create(stream=case.stream, kind="monitoring.call", due_on=clocks.today())

    closing.close_case(factories.again(case), by=amina(), outcome="left_with_papers", words="A contract in Italy.")
    jobs.drain()

    case = factories.again(case)
    talk.refresh_from_db()
    assert (case.state, case.outcome, case.closed_from, case.closed_at) == (
        "closed",
        "left_with_papers",
        "counselling",
        clocks.now(),
    )
    assert talk.state == "cancelled"
    # Closing does not end following up.
    assert list(Task.objects.open().filter(stream=case.stream).values_list("kind", flat=True)) == ["monitoring.call"]


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        ("lost", "two_persons"),
        ("stopped_for_cause", "two_persons"),
        ("deceased", "outcome"),
        ("merged", "outcome"),
        ("nonsense", "outcome"),
    ],
)
def test_close_case_refuses_outcomes_that_are_not_one_persons(outcome: str, code: str, clock: Any) -> None:
    case = factories.case_at("counselling")
    assert refused(lambda: closing.close_case(case, by=boris(), outcome=outcome)) == [code]


def test_lost_is_proposed_by_one_and_signed_by_another(clock: Any) -> None:
    case = factories.case_at("counselling")
    closing.propose_closing(case, by=amina(), outcome="lost", words="No trace since autumn.")
    jobs.drain()
    assert list(Task.objects.open().filter(stream=case.stream).values_list("kind", "role")) == [
        ("casework.sign_closing", "supervisor")
    ]

    closing.sign_closing(factories.again(case), by=boris())
    jobs.drain()

    case = factories.again(case)
    assert (case.state, case.outcome, Signature.objects.get().signed_by) == ("closed", "lost", str(boris().pk))
    assert not Task.objects.open().filter(stream=case.stream).exists()


def test_a_proposal_falls_when_the_person_is_reached(clock: Any) -> None:
    case = factories.case_at("counselling")
    closing.propose_closing(case, by=amina(), outcome="lost", words="No trace.")
    talks.log_attempt(factories.again(case), by=amina(), result="reached")

    assert refused(lambda: closing.sign_closing(factories.again(case), by=boris())) == ["changed_since"]


def test_a_referral_is_declined_with_where_else_to_go(clock: Any) -> None:
    case = factories.case_at("referred")
    assert refused(lambda: closing.decline_referral(case, by=amina(), outcome="served_elsewhere", words=" ")) == ["where_else"]
    assert refused(lambda: closing.decline_referral(case, by=amina(), outcome="lost", words="Sfax.")) == ["outcome"]

    assert (
        closing.decline_referral(case, by=amina(), outcome="served_elsewhere", words="The centre in Sfax.").outcome
        == "served_elsewhere"
    )


def test_somebody_who_arrived_has_departed(clock: Any) -> None:
    case = factories.case_at("referred", arrived_on=PartialDate(2026, 2))
    assert refused(lambda: closing.record_not_departed(case, by=amina(), words="The consulate.")) == ["arrived"]


def test_a_death_silences_everything_at_once_and_a_supervisor_confirms(clock: Any) -> None:
    case = factories.case_at("counselling")
    other = factories.case_at("counselling", person=case.person)
    talk = talks.book_session(case, by=amina(), starts_at=clocks.now() + dt.timedelta(days=1))
    way.add_task(factories.again(other), by=amina(), what="Call.", due_on=clocks.today())
    for about in (case.stream, other.stream, f"person:{case.person_id}"):
        queue_message(channel="email", to="k@example.org", body="Hello", key=about, about=about)

    closing.record_death(factories.again(case), by=amina(), told_by="His sister came to the office.", died_on=PartialDate(2026, 2))
    jobs.drain()

    talk.refresh_from_db()
    assert (factories.again(case).state, talk.state, talk.stopped_by_death) == ("counselling", "cancelled", True)
    assert Message.objects.filter(cancelled_at=None).count() == 0
    assert list(Task.objects.open().values_list("kind", "role", "urgent")) == [("casework.confirm_death", "supervisor", True)]
    assert Note.objects.filter(stream=case.stream, kind="record_death").get().text == "His sister came to the office."

    closing.confirm_death(factories.again(case), by=boris())
    jobs.drain()

    case = factories.again(case)
    assert (case.state, case.outcome, str(case.died_on)) == ("closed", "deceased", "2026-02")
    assert list(Task.objects.open().values_list("kind", flat=True)) == ["casework.after_death"]


def test_a_death_is_confirmed_by_another_person(clock: Any) -> None:
    case = closing.record_death(factories.case_at("counselling"), by=boris(), told_by="The hospital.")
    assert refused(lambda: closing.confirm_death(case, by=boris())) == ["same_person"]


def test_within_a_day_a_death_is_taken_back_and_what_it_stopped_goes_on(clock: Any) -> None:
    case = factories.case_at("counselling")
    talk = talks.book_session(case, by=amina(), starts_at=clocks.now() + dt.timedelta(days=2))
    task = way.add_task(factories.again(case), by=amina(), what="Call.", due_on=clocks.today())
    closing.record_death(factories.again(case), by=amina(), told_by="A neighbour.")
    jobs.drain()
    clock.set(dt.datetime(2026, 3, 3, 8))

    closing.undo_death(factories.again(case), by=amina(), words="It was his cousin.")
    jobs.drain()

    case = factories.again(case)
    talk.refresh_from_db(), task.refresh_from_db()
    assert (case.dead, case.death_recorded_at, talk.state, task.done_at) == (False, None, "booked", None)
    assert list(Task.objects.open().values_list("kind", flat=True)) == ["casework.own_words"]


def test_after_a_day_a_death_is_not_simply_taken_back(clock: Any) -> None:
    case = closing.record_death(factories.case_at("counselling"), by=amina(), told_by="A neighbour.")
    clock.set(dt.datetime(2026, 3, 3, 12))
    assert refused(lambda: closing.undo_death(case, by=amina())) == ["too_late"]


@pytest.mark.parametrize(("state", "leads_to"), [("referred", "intake"), ("counselling", "counselling"), ("placed", "counselling")])
def test_a_case_begins_again_where_counselling_had_begun(state: str, leads_to: str, clock: Any) -> None:
    case = closing.close_case(factories.case_at(state), by=amina(), outcome="withdrew")

    case = closing.reopen_case(case, by=boris(), words="He came back to us.")

    assert (case.state, case.outcome, case.closed_at, last_event(case).facts["was"]) == (leads_to, "", None, "withdrew")


def test_a_reopened_death_was_none(clock: Any) -> None:
    case = closing.record_death(factories.case_at("counselling"), by=amina(), told_by="A neighbour.")
    case = closing.confirm_death(case, by=boris())

    assert closing.reopen_case(case, by=boris(), words="He walked in.").dead is False


def test_a_merged_or_erased_case_stays_closed(clock: Any) -> None:
    case = factories.case_at("referred")
    into = factories.case(person=case.person)
    case = closing.close_as_merged(case, by=boris(), into=into)
    assert (case.outcome, case.merged_into) == ("merged", into)
    assert refused(lambda: closing.reopen_case(case, by=boris(), words="No.")) == ["merged"]

    Case.objects.filter(pk=case.pk).update(erased_at=clocks.now())
    assert refused(lambda: closing.reopen_case(case, by=boris(), words="No.")) == ["erased", "merged"]


def test_a_case_merges_only_with_another_of_the_same_person(clock: Any) -> None:
    case = factories.case_at("referred")
    assert refused(lambda: closing.close_as_merged(case, by=boris(), into=factories.case())) == ["another_person"]
    assert refused(lambda: closing.close_as_merged(case, by=boris(), into=case)) == ["another_person"]


# ——— corrections ———


def test_a_placement_on_the_wrong_person_goes_and_the_case_is_where_it_was(clock: Any) -> None:
    case = factories.case_at("job_search")
    factories.placed(case)

    correction.correct_placement(case.placements.get(), by=amina(), mistake="wrong_person", words="It was his cousin.")

    case = factories.again(case)
    assert (case.state, case.placements.standing().count(), case.placements.get().mistake) == ("job_search", 0, "wrong_person")


def test_a_placement_on_which_something_rests_is_mended_not_struck_out(clock: Any) -> None:
    case = factories.case_at("placed")
    spell = work.end_placement(case.placements.get(), by=amina(), ended_on=PartialDate(2026, 3, 2), reason="resigned")
    assert refused(lambda: correction.correct_placement(spell, by=amina(), mistake="twice")) == ["rests_on_it"]

    mended = correction.correct_placement(spell, by=amina(), mistake="wrong_date", changes={"started_on": PartialDate(2026, 2, 1)})

    assert (str(mended.started_on), factories.again(case).state) == ("2026-02-01", "job_search")
    later = {"started_on": PartialDate(2026, 4)}
    assert refused(lambda: correction.correct_placement(spell, by=amina(), mistake="wrong_date", changes=later)) == ["before_start"]


def test_a_course_that_the_training_rests_on_stays(clock: Any) -> None:
    case = factories.case_at("training")
    assert refused(lambda: correction.correct_enrolment(case.enrolments.get(), by=amina(), mistake="twice")) == ["in_training"]
    way.back_to_counselling(case, by=amina(), reason="changed_mind")

    assert correction.correct_enrolment(case.enrolments.get(), by=amina(), mistake="twice").struck_by == amina()
