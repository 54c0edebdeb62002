"""The way of a case: what each verb does and refuses."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError

from casework.actions import case as way
from casework.actions import correction, support, talks, transfer
from casework.models import Case
from tests import factories
from workflows import clock as clocks
from workflows import jobs
from workflows.acting import NotYours, Refused, Stale
from workflows.models import Deadline, Event, Note, Task
from workflows.partial import PartialDate

pytestmark = pytest.mark.django_db


def refused(perform: Any) -> list[str]:
    """The codes with which a verb is refused."""
    with pytest.raises(Refused) as found:
        perform()
    return found.value.codes


def last_event(case: Case) -> Event:
    return Event.objects.filter(stream=case.stream).latest("seq")


def last_days(case: Case) -> dict[str, str]:
    return {day.kind: day.due_on.isoformat() for day in Deadline.objects.filter(stream=case.stream, met_at=None)}


def test_refer_opens_a_file_with_what_is_known_and_its_last_days(clock: Any) -> None:
    person, amina = factories.person(), factories.user("amina")

    case = way.refer(
        person=person, programme=factories.programme(), office=factories.office("TUNIS"), by=amina, sender="OFII",
        sender_reference="A-1",
        arrived_on=PartialDate(2026, 2), host_country="FR",
    )  # fmt: skip

    case = factories.again(case)
    assert (case.state, case.sender_reference, str(case.arrived_on), case.host_country) == ("referred", "A-1", "2026-02", "FR")
    assert last_days(case) == {"last_day.support": "2026-08-01", "last_day.start_up": "2027-02-01"}
    assert len(case.reference) == 9


def test_refer_takes_a_reference_of_a_sender_once(clock: Any) -> None:
    facts = {
        "programme": factories.programme(),
        "office": factories.office("TUNIS"),
        "by": factories.user("amina"),
        "sender": "OFII",
    }
    way.refer(person=factories.person(), sender_reference="A-1", **facts)

    with pytest.raises(IntegrityError):
        way.refer(person=factories.person(), sender_reference="A-1", **facts)


def test_refer_refuses_a_caseworker_of_another_office(clock: Any) -> None:
    assert refused(
        lambda: way.refer(
            person=factories.person(), programme=factories.programme(), office=factories.office("TUNIS"),
            by=factories.user("amina"),
            caseworker=factories.user("chen"),
        )
    ) == ["not_at_office"]  # fmt: skip


def test_an_arrival_plans_the_last_days_and_a_correction_says_what_moved(clock: Any) -> None:
    case = factories.case_at("referred")
    case = way.confirm_arrival(case, by=factories.user("amina"), arrived_on=PartialDate(2026, 2, 20))
    assert last_days(case) == {"last_day.support": "2026-08-20", "last_day.start_up": "2027-02-20"}

    case = correction.correct_arrival(case, by=factories.user("amina"), arrived_on=PartialDate(2026, 1, 20), mistake="wrong_date")

    assert last_days(case) == {"last_day.support": "2026-07-20", "last_day.start_up": "2027-01-20"}
    assert last_event(case).facts["moved"] == {
        "last_day.start_up": ["2027-02-20", "2027-01-20"],
        "last_day.support": ["2026-08-20", "2026-07-20"],
    }


def test_a_last_day_set_by_hand_stays_where_it_is(clock: Any) -> None:
    case = factories.case_at("referred")
    way.set_last_day(case, by=factories.user("amina"), kind="support", due_on=dt.date(2026, 12, 31))

    way.confirm_arrival(factories.again(case), by=factories.user("amina"), arrived_on=PartialDate(2026, 2, 20))

    assert last_days(case) == {"last_day.support": "2026-12-31", "last_day.start_up": "2027-02-20"}


def test_an_arrival_is_confirmed_once(clock: Any) -> None:
    case = factories.case_at("referred", arrived_on=PartialDate(2026, 2))
    assert refused(lambda: way.confirm_arrival(case, by=factories.user("amina"), arrived_on=PartialDate(2026, 2))) == ["arrived"]


def test_intake_waits_for_a_caseworker(clock: Any) -> None:
    case = factories.case()
    assert refused(lambda: way.open_intake(case, by=factories.user("amina"))) == ["no_caseworker"]


def test_a_caseworker_takes_a_case_and_a_supervisor_names_another(clock: Any) -> None:
    amina, second = factories.user("amina"), factories.user("second", role="caseworker", at="TUNIS")
    case = way.assign_caseworker(factories.case(), by=amina, caseworker=amina)
    talk = talks.book_session(case, by=amina, starts_at=clocks.now() + dt.timedelta(days=1))
    task = way.add_task(factories.again(case), by=amina, what="Ask the school.", due_on=clocks.today())

    way.assign_caseworker(factories.again(case), by=factories.user("boris"), caseworker=second, reason="Amina is away.")
    jobs.drain()

    talk.refresh_from_db(), task.refresh_from_db()
    assert (factories.again(case).caseworker, talk.with_user, task.assignee_id) == (second, second, str(second.pk))


def test_a_caseworker_names_nobody_else(clock: Any) -> None:
    second = factories.user("second", role="caseworker", at="TUNIS")
    with pytest.raises(NotYours):
        way.assign_caseworker(factories.case(), by=factories.user("amina"), caseworker=second)


@pytest.mark.parametrize(
    ("name", "reason", "codes"),
    [("chen", "Why not", ["not_at_office"]), ("second", " ", ["reason"]), ("amina", "", ["same_caseworker"])],
)
def test_a_case_changes_hands_at_its_office_and_with_a_reason(name: str, reason: str, codes: list[str], clock: Any) -> None:
    case = factories.case_at("referred")
    other = factories.user(name) if name != "second" else factories.user("second", role="caseworker", at="TUNIS")

    assert refused(lambda: way.assign_caseworker(case, by=factories.user("boris"), caseworker=other, reason=reason)) == codes


def test_many_cases_change_hands_each_on_its_own(clock: Any) -> None:
    here, taken = factories.case_at("referred"), factories.case_at("referred")
    elsewhere = factories.case(at="ZARZIS")
    second = factories.user("second", role="caseworker", at="TUNIS")

    done = way.assign_caseworkers([here, elsewhere, taken], by=factories.user("boris"), caseworker=second, reason="Amina leaves.")

    assert [outcome.refused is None for outcome in done] == [True, False, True]
    assert Case.objects.filter(caseworker=second).count() == 2
    assert set(Note.objects.filter(kind="assign_caseworker").values_list("stream", flat=True)) == {here.stream, taken.stream}


def test_a_hold_waits_until_its_review_and_goes_on_where_it_was(clock: Any) -> None:
    case = factories.case_at("job_search")
    case = way.put_on_hold(case, by=factories.user("amina"), reason="harvest", review_on=dt.date(2026, 5, 1))
    assert (case.state, case.held_from, case.review_on) == ("on_hold", "job_search", dt.date(2026, 5, 1))

    case = way.resume(case, by=factories.user("amina"))

    assert (case.state, case.held_from, case.review_on, case.hold_reason) == ("job_search", "", None, "")


def test_a_hold_whose_work_ended_goes_on_with_counselling(clock: Any) -> None:
    case = factories.case_at("placed")
    case = way.put_on_hold(case, by=factories.user("amina"), reason="illness", review_on=dt.date(2026, 5, 1))
    factories.work.end_placement(
        case.placements.get(), by=factories.user("amina"), ended_on=PartialDate(2026, 3, 2), reason="health"
    )

    assert way.resume(factories.again(case), by=factories.user("amina")).state == "counselling"


def test_a_hold_is_reviewed_ahead(clock: Any) -> None:
    case = factories.case_at("counselling")
    assert refused(lambda: way.put_on_hold(case, by=factories.user("amina"), reason="birth", review_on=clocks.today())) == [
        "review_past"
    ]


def test_a_stale_page_is_refused(clock: Any) -> None:
    case = factories.case_at("counselling")
    support.book_cost(case, by=factories.user("amina"), category="transport", amount=500)

    with pytest.raises(Stale):
        way.put_on_hold(case, by=factories.user("amina"), reason="birth", review_on=dt.date(2026, 5, 1), version=case.version)


def test_a_task_is_completed_once_and_its_words_are_a_note(clock: Any) -> None:
    case = factories.case_at("counselling")
    task = way.add_task(case, by=factories.user("amina"), what="Ask Leila’s school.", due_on=clocks.today())
    assert Note.objects.get(pk=task.params["note"]).text == "Ask Leila’s school."

    way.complete_task(task, by=factories.user("boris"))

    assert Task.objects.get(pk=task.pk).done_by == str(factories.user("boris").pk)
    other = way.add_task(factories.again(case), by=factories.user("amina"), what="Another.", due_on=clocks.today())
    assert other.done_at is None
    assert refused(lambda: way.complete_task(task, by=factories.user("amina"))) == ["done"]


# ——— another office ———


def test_an_offered_case_is_its_senders_until_it_is_accepted(clock: Any) -> None:
    case = factories.case_at("counselling")
    transfer.offer_transfer(
        case, by=factories.user("boris"), to_office=factories.office("ZARZIS"), promised="A bed", careful_with="His brother"
    )
    case = factories.again(case)
    assert (case.office.code, case.offered_to.code) == ("TUNIS", "ZARZIS")
    assert Case.objects.visible_to(factories.user("nour")).get() == case
    assert not Case.objects.visible_to(factories.user("chen")).exists()

    transfer.accept_transfer(case, by=factories.user("nour"), caseworker=factories.user("chen"))

    case = factories.again(case)
    assert (case.office.code, case.offered_to, case.caseworker) == ("ZARZIS", None, factories.user("chen"))
    assert not Case.objects.visible_to(factories.user("amina")).exists()


def test_a_returned_case_stays(clock: Any) -> None:
    case = factories.case_at("counselling")
    transfer.offer_transfer(case, by=factories.user("boris"), to_office=factories.office("ZARZIS"))

    transfer.return_transfer(factories.again(case), by=factories.user("nour"), words="Too far.")
    jobs.drain()

    case = factories.again(case)
    assert (case.office.code, case.offered_to, case.transfers.get().state) == ("TUNIS", None, "returned")
    assert list(Task.objects.open().filter(stream=case.stream).values_list("kind", "assignee_id")) == [
        ("casework.transfer_returned", str(factories.user("amina").pk))
    ]


def test_the_sender_cannot_accept_and_another_office_of_no_programme_is_refused(clock: Any) -> None:
    case = factories.case_at("counselling")
    assert refused(lambda: transfer.offer_transfer(case, by=factories.user("boris"), to_office=factories.office("SFAX"))) == [
        "not_in_programme"
    ]
    assert refused(lambda: transfer.offer_transfer(case, by=factories.user("boris"), to_office=factories.office("TUNIS"))) == [
        "same_office"
    ]
    transfer.offer_transfer(case, by=factories.user("boris"), to_office=factories.office("ZARZIS"))
    case = factories.again(case)

    assert refused(lambda: transfer.offer_transfer(case, by=factories.user("boris"), to_office=factories.office("ZARZIS"))) == [
        "offered"
    ]
    with pytest.raises(NotYours):
        transfer.accept_transfer(case, by=factories.user("boris"))
