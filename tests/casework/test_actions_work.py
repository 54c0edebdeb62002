"""Plan, courses, work: what each verb does and refuses."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from casework.actions import plan, talks, training, work
from casework.models import Placement
from tests import factories
from tests.casework.test_actions_case import last_event, refused
from workflows import jobs
from workflows.acting import Refused
from workflows.models import Task
from workflows.partial import PartialDate

pytestmark = pytest.mark.django_db


def amina() -> Any:
    return factories.user("amina")


# ——— the plan ———


def test_a_plan_is_in_force_once_both_agreed(clock: Any) -> None:
    case = factories.agreed(factories.case_at("counselling"), path="training")

    held = case.plans.get()
    assert (held.number, held.total, held.person_mark, held.office_mark) == (1, 200_00, "agreed", "agreed")
    assert (held.agreed_by, case.path) == (amina(), "training")
    assert [str(one) for one in (held.lines.get(), held.goals.get(), held.promises.get())] == [
        "A course",
        "Work as a baker",
        "Find a course",
    ]


def test_another_plan_replaces_the_one_in_force_when_it_is_agreed(clock: Any) -> None:
    case = factories.agreed(factories.case_at("counselling"))
    plan.draft_plan(case, by=amina(), path="start_up")
    assert case.plans.agreed().get().number == 1

    plan.agree_plan(factories.again(case), by=amina(), person_mark="reservations", reservations="I want it sooner.")

    assert case.plans.agreed().get().number == 2
    assert case.plans.agreed().get().reservations == "I want it sooner."


def test_a_no_is_written_down_and_ends_nothing(clock: Any) -> None:
    case = factories.agreed(factories.case_at("counselling"))
    plan.draft_plan(case, by=amina(), path="start_up")

    plan.agree_plan(factories.again(case), by=amina(), person_mark="not_agreed")

    assert (case.plans.agreed().get().number, case.plans.drafts().get().person_mark) == (1, "not_agreed")
    assert factories.again(case).state == "counselling"


def test_reservations_have_words(clock: Any) -> None:
    case = factories.case_at("counselling")
    assert refused(lambda: plan.agree_plan(case, by=amina(), person_mark="reservations")) == ["reservations"]


def test_a_plan_above_the_ceiling_takes_a_second_person_whatever_happens_in_between(clock: Any) -> None:
    case = factories.case_at("counselling")
    plan.draft_plan(case, by=amina(), path="start_up", lines=[{"kind": "business", "amount": 4_000_00}])
    missing = refused(lambda: plan.agree_plan(factories.again(case), by=amina(), person_mark="agreed"))
    assert missing == ["identity", "screening", "not_approved"]
    factories.give_role(amina(), "supervisor", "TUNIS")
    assert refused(lambda: plan.approve_plan(factories.again(case), by=amina())) == ["same_person"]
    # The file goes on while it waits: that voids nothing.
    talks.log_attempt(factories.again(case), by=amina(), result="reached")

    approved = plan.approve_plan(factories.again(case), by=factories.user("boris"))

    assert (approved.approved_by, approved.total) == (factories.user("boris"), 4_000_00)


def test_a_plan_written_anew_is_approved_anew(clock: Any) -> None:
    case = factories.case_at("counselling")
    plan.draft_plan(case, by=amina(), path="start_up", lines=[{"kind": "business", "amount": 4_000_00}])
    plan.draft_plan(factories.again(case), by=amina(), path="start_up", lines=[{"kind": "business", "amount": 10_00}])

    assert refused(lambda: plan.approve_plan(factories.again(case), by=factories.user("boris"))) == [
        "changed_since",
        "under_ceiling",
    ]
    assert case.plans.drafts().get().approved_at is None


def test_a_promise_is_kept_once(clock: Any) -> None:
    case = factories.agreed(factories.case_at("counselling"))
    promise = case.plans.get().promises.get()

    assert plan.keep_promise(promise, by=amina()).kept_by == amina()
    with pytest.raises(Refused):
        plan.keep_promise(promise, by=amina())


# ——— courses ———


def test_a_course_is_asked_for_confirmed_attended_and_completed(clock: Any) -> None:
    case = factories.agreed(factories.case_at("counselling"))
    place = training.enrol(case, by=amina(), course=factories.course())
    assert refused(lambda: training.start_training(factories.again(case), by=amina())) == ["no_place"]
    training.confirm_enrolment(place, by=amina())
    assert training.start_training(factories.again(case), by=amina()).state == "training"

    training.record_attendance(place, by=amina(), days={dt.date(2026, 2, 26): True, dt.date(2026, 2, 27): False})
    training.record_attendance(place, by=amina(), days={dt.date(2026, 2, 27): True})
    training.complete_course(place, by=amina(), on=dt.date(2026, 3, 2), certificate=True)

    place.refresh_from_db()
    assert (place.state, place.certificate, place.attendances.filter(present=True).count()) == ("completed", True, 2)
    assert factories.again(case).state == "training"


def test_a_full_or_ended_course_and_a_second_place_are_refused(clock: Any) -> None:
    case = factories.agreed(factories.case_at("counselling"))
    course = factories.course()
    training.enrol(case, by=amina(), course=course)
    assert refused(lambda: training.enrol(factories.again(case), by=amina(), course=course)) == ["enrolled"]
    ended = training.add_course(by=amina(), provider=course.provider, title="Over", ends_on=dt.date(2026, 1, 1))
    full = training.add_course(by=amina(), provider=course.provider, title="Full", places=0)

    assert refused(lambda: training.enrol(factories.again(case), by=amina(), course=ended)) == ["ended"]
    assert refused(lambda: training.enrol(factories.again(case), by=amina(), course=full)) == ["full"]


def test_a_drop_out_says_why_and_moves_nothing(clock: Any) -> None:
    case = factories.case_at("training")

    place = training.drop_out(case.enrolments.get(), by=amina(), on=dt.date(2026, 3, 2), reason="distance")

    assert (place.state, place.drop_reason, factories.again(case).state) == ("dropped_out", "distance", "training")


def test_services_run_beside_the_state(clock: Any) -> None:
    """Placed, then funded; funded, then placed; trained while writing the plan of a business."""
    placed = factories.case_at("placed")
    training.enrol(placed, by=amina(), course=factories.course("Evening class"), confirmed=True)
    starting = factories.case_at("start_up")
    training.enrol(starting, by=amina(), course=factories.course("Book-keeping"), confirmed=True)
    funded = factories.placed(factories.case_at("funded"))

    assert [factories.again(one).state for one in (placed, starting, funded)] == ["placed", "start_up", "funded"]


# ——— work ———


def test_a_placement_is_a_spell_and_plans_two_calls(clock: Any) -> None:
    case = factories.case_at("placed")
    jobs.drain()

    spell = case.placements.get()
    assert (spell.kind, str(spell.started_on), spell.moved_from, spell.known_by) == ("job", "2026-03-02", "counselling", "contract")
    assert list(
        Task.objects.filter(stream=case.stream, kind__startswith="casework.call").order_by("due_on").values_list("kind", "due_on")
    ) == [
        ("casework.call_week_two", dt.date(2026, 3, 16)),
        ("casework.call_month_one", dt.date(2026, 4, 1)),
    ]


def test_one_main_work_runs_and_others_beside_it(clock: Any) -> None:
    case = factories.case_at("placed")
    assert refused(lambda: factories.placed(case)) == ["main_runs"]
    factories.placed(case, main=False)

    assert case.placements.running().count() == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        Placement.objects.filter(case=case).update(main=True)


def test_a_start_ahead_is_refused(clock: Any) -> None:
    case = factories.agreed(factories.case_at("counselling"))
    assert refused(lambda: factories.placed(case, started_on=PartialDate(2026, 4, 1))) == ["ahead"]


def test_the_end_of_the_only_work_leads_back_to_the_search_and_a_task(clock: Any) -> None:
    case = factories.case_at("placed")

    work.end_placement(case.placements.get(), by=amina(), ended_on=PartialDate(2026, 3, 2), reason="not_paid")
    jobs.drain()

    assert factories.again(case).state == "job_search"
    assert list(Task.objects.open().filter(stream=case.stream).values_list("kind", "due_on")) == [
        ("casework.after_placement", dt.date(2026, 3, 3))
    ]
    assert last_event(case).facts["counts"] == "started"


def test_with_other_work_running_the_case_stays_placed(clock: Any) -> None:
    case = factories.case_at("placed")
    factories.placed(case, main=False)

    work.end_placement(case.placements.get(main=True), by=amina(), ended_on=PartialDate(2026, 3, 2), reason="resigned")

    assert factories.again(case).state == "placed"


@pytest.mark.parametrize(
    ("kind", "ended", "on", "counts"),
    [
        ("job", PartialDate(2026, 1, 20), dt.date(2026, 6, 1), "started"),
        ("job", PartialDate(2026, 1, 29), dt.date(2026, 6, 1), "placed"),
        ("job", None, dt.date(2026, 1, 10), "started"),
        ("job", None, dt.date(2026, 2, 10), "placed"),
        ("internship", None, dt.date(2026, 6, 1), "step"),
    ],
)
def test_a_spell_counts_by_its_length_and_kind(kind: str, ended: Any, on: dt.date, counts: str, clock: Any) -> None:
    spell = Placement(kind=kind, started_on=PartialDate(2026, 1, 1), ended_on=ended)
    assert spell.counts(on=on, programme=factories.programme()) == counts


def test_a_search_needs_a_profile_and_takes_it_into_the_next_return(clock: Any) -> None:
    case = factories.agreed(factories.case_at("counselling"))
    work.record_profile(case, by=amina(), occupation="Baker", level="", languages=["ar"])
    assert refused(lambda: work.begin_job_search(factories.again(case), by=amina())) == ["no_level"]


def test_the_office_sends_no_cv_without_a_yes_and_the_person_may_always_apply(clock: Any) -> None:
    case = factories.agreed(factories.case_at("counselling"))
    vacancy = work.post_vacancy(by=amina(), employer=factories.employer(), title="Baker")
    assert refused(lambda: work.apply_for_vacancy(case, by=amina(), vacancy=vacancy, cv_sent=True)) == ["no_consent"]

    application = work.apply_for_vacancy(case, by=amina(), vacancy=vacancy)

    assert application.state == "sent"
    assert refused(lambda: work.apply_for_vacancy(factories.again(case), by=amina(), vacancy=vacancy)) == ["applied"]
    factories.people.record_consent(case.person, by=amina(), answers={"cv_sharing": "yes"}, recipient=str(vacancy.employer_id))
    other = work.post_vacancy(by=amina(), employer=factories.employer(), title="Pastry")
    assert work.apply_for_vacancy(factories.again(case), by=amina(), vacancy=other, cv_sent=True).state == "sent"


def test_a_filled_vacancy_is_told_to_every_case_that_asked(clock: Any) -> None:
    case = factories.agreed(factories.case_at("counselling"))
    vacancy = work.post_vacancy(by=amina(), employer=factories.employer(), title="Baker")
    work.apply_for_vacancy(case, by=amina(), vacancy=vacancy)

    work.fill_vacancy(vacancy, by=amina())
    jobs.drain()

    assert Task.objects.open().filter(stream=case.stream, kind="casework.vacancy_filled").count() == 1
    assert refused(lambda: work.fill_vacancy(vacancy, by=amina())) == ["filled"]
