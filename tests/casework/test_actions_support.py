"""Talks, first aid, papers and costs: what each verb does and refuses."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from casework import papers
from casework.actions import correction, support, talks
from casework.models import FirstAid
from tests import factories
from tests.casework.test_actions_case import refused
from workflows import clock as clocks
from workflows import faults, jobs
from workflows.acting import NotYours
from workflows.models import Note, Task

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 3, 2)


def amina() -> Any:
    return factories.user("amina")


def booked(case: Any, hours: int = 24) -> Any:
    return talks.book_session(factories.again(case), by=amina(), starts_at=clocks.now() + dt.timedelta(hours=hours), minutes=60)


# ——— talks ———


def test_a_talk_takes_its_length_from_the_calendar_and_counts_as_contact(clock: Any) -> None:
    case = factories.case_at("intake")
    talk = booked(case)
    clock.set(dt.datetime(2026, 3, 3, 11))

    session = talks.record_session(
        factories.again(case),
        by=amina(),
        held_on=dt.date(2026, 3, 3),
        appointment=talk,
        topics=["work"],
        restricted_note="His brother hits him.",
    )

    case = factories.again(case)
    assert (session.minutes, case.last_contact_on, case.appointments.get().state, case.state) == (
        60,
        dt.date(2026, 3, 3),
        "held",
        "intake",
    )
    assert Note.objects.get(stream=case.stream).audience == Note.RESTRICTED


def test_an_hour_is_booked_once_and_ahead(clock: Any) -> None:
    case = factories.case_at("counselling")
    booked(case)
    assert refused(lambda: booked(factories.case_at("counselling"))) == ["busy"]
    assert refused(lambda: booked(case, hours=-1)) == ["past"]


def test_a_talk_that_was_cancelled_is_not_recorded(clock: Any) -> None:
    talk = booked(factories.case_at("counselling"))
    talks.cancel_session(talk, by=amina(), words="The bus does not run.")

    case = factories.case_at("counselling")
    booked(case, hours=48)
    assert refused(lambda: talks.record_session(talk.case, by=amina(), held_on=TODAY, appointment=talk)) == ["not_booked"]


def test_a_third_missed_talk_is_the_supervisors_too_and_closes_nothing(clock: Any) -> None:
    case = factories.case_at("counselling")
    for day in range(1, 4):
        talk = booked(case)
        clock.set(dt.datetime(2026, 3, 3 + day, 11))
        talks.record_no_show(talk, by=amina(), reason="bus_money")
    jobs.drain()

    assert factories.again(case).state == "counselling"
    kinds = list(Task.objects.filter(stream=case.stream).order_by("kind").values_list("kind", "role"))
    assert kinds == [("casework.did_not_come", "")] * 3 + [("casework.missed_three", "supervisor")]


def test_nobody_is_missed_before_the_hour(clock: Any) -> None:
    talk = booked(factories.case_at("counselling"))
    assert refused(lambda: talks.record_no_show(talk, by=amina())) == ["ahead"]


def test_reached_is_contact_and_not_reached_is_none(clock: Any) -> None:
    case = factories.case_at("counselling")
    talks.log_attempt(case, by=amina(), result="no_answer")
    assert factories.again(case).last_contact_on is None

    talks.log_attempt(factories.again(case), by=amina(), result="reached")

    assert factories.again(case).last_contact_on == TODAY


def test_a_struck_out_talk_is_no_contact_and_its_appointment_is_open_again(clock: Any) -> None:
    case = factories.case_at("counselling")
    talk = booked(case)
    clock.set(dt.datetime(2026, 3, 3, 11))
    session = talks.record_session(factories.again(case), by=amina(), held_on=dt.date(2026, 3, 3), appointment=talk)

    correction.correct_session(session, by=amina(), mistake="wrong_person")

    talk.refresh_from_db()
    assert (talk.state, factories.again(case).last_contact_on) == ("booked", None)
    assert refused(lambda: correction.correct_session(session, by=amina(), mistake="twice")) == ["no_session"]


def test_after_seven_days_a_supervisor_corrects(clock: Any) -> None:
    session = talks.record_session(factories.case_at("counselling"), by=amina(), held_on=TODAY)
    clock.set(dt.datetime(2026, 3, 11, 9))

    with pytest.raises(NotYours):
        correction.correct_session(session, by=amina(), mistake="wrong_date", changes={"held_on": dt.date(2026, 3, 1)})

    mended = correction.correct_session(
        session, by=factories.user("boris"), mistake="wrong_date", changes={"held_on": dt.date(2026, 3, 1)}
    )
    assert (mended.held_on, mended.struck_at, factories.again(mended.case).last_contact_on) == (
        dt.date(2026, 3, 1),
        None,
        dt.date(2026, 3, 1),
    )


# ——— first aid ———


def test_first_aid_waits_for_nothing_and_leaves_the_papers_for_tomorrow(clock: Any) -> None:
    """A referral without caseworker, notice, paper or screening, at 16:40, with a child."""
    case = factories.case()

    aid = support.give_first_aid(case, by=amina(), kind="bed", for_whom="Khaled and his son", amount=40_00, thumb_print=True)
    jobs.drain()

    assert (aid.cost.amount, aid.cost.category, factories.again(case).state) == (40_00, "first_aid", "referred")
    due = Task.objects.filter(stream=case.stream).order_by("kind").values_list("kind", "due_on", "role")
    assert list(due) == [
        (f"casework.{kind}", dt.date(2026, 3, 3), "supervisor") for kind in ("give_notice", "screen", "see_identity")
    ]


def test_a_caseworker_alone_gives_up_to_the_ceiling_and_a_supervisor_the_rest(clock: Any) -> None:
    case = factories.case()
    support.give_first_aid(case, by=amina(), kind="bed", amount=90_00, receipt="1")
    assert refused(lambda: support.give_first_aid(factories.again(case), by=amina(), kind="cash", amount=11_00, receipt="2")) == [
        "over_ceiling"
    ]
    assert refused(
        lambda: support.give_first_aid(factories.again(case), by=factories.user("rida"), kind="cash", amount=11_00, receipt="2")
    ) == ["over_ceiling"]

    support.give_first_aid(factories.again(case), by=factories.user("boris"), kind="cash", amount=11_00, receipt="2")

    assert case.first_aid.count() == 2


def test_first_aid_is_witnessed_by_a_receipt_a_thumb_or_two_people(clock: Any) -> None:
    case = factories.case()
    assert refused(lambda: support.give_first_aid(case, by=amina(), kind="food", amount=5_00)) == ["not_witnessed"]
    assert refused(
        lambda: support.give_first_aid(case, by=amina(), kind="food", amount=5_00, first_witness="Ali", second_witness="Ali")
    ) == ["not_witnessed"]
    support.give_first_aid(case, by=amina(), kind="food", amount=5_00, first_witness="Ali", second_witness="Omar")

    with pytest.raises(IntegrityError), transaction.atomic():
        FirstAid.objects.update(second_witness="")


# ——— papers and costs ———


def test_a_copy_is_encrypted_on_disk_and_read_back(clock: Any, settings: Any, tmp_path: Any) -> None:
    settings.DATA = tmp_path
    content = b"\x89PNG\r\n\x1a\n a passport"

    document = support.add_document(
        factories.case(), by=amina(), kind="identity", seen_on=TODAY, file=SimpleUploadedFile("../../passport.png", content)
    )

    (kept,) = (tmp_path / "files").iterdir()
    assert (kept.name, document.file_name, document.content_type) == (str(document.pk), "passport.png", "image/png")
    assert b"passport" not in kept.read_bytes()
    assert papers.read(document) == content


def test_a_copy_whose_row_was_not_saved_is_not_kept(
    clock: Any, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DATA = tmp_path
    case = factories.case_at("counselling")

    def breaks(point: str) -> None:
        if point == "act.written":
            raise InterruptedError

    monkeypatch.setattr(faults, "reached", breaks)
    with pytest.raises(InterruptedError):
        file = SimpleUploadedFile("diploma.pdf", b"%PDF-1.7 diploma")
        support.add_document(case, by=amina(), kind="diploma", seen_on=TODAY, file=file)

    assert not case.documents.exists()
    assert not [found for found in tmp_path.rglob("*") if found.is_file()]


def test_a_talk_is_named_by_the_hour_of_the_office(clock: Any) -> None:
    talk = talks.book_session(factories.case_at("intake"), by=amina(), starts_at=clocks.now() + dt.timedelta(hours=1), minutes=60)
    # Ten o'clock in London is eleven in Tunis.
    assert str(talk) == "2026-03-02 11:00"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [("a.pdf", b"MZ not a paper", "not_a_paper"), ("a.pdf", b"%PDF-" + b"0" * papers.LARGEST, "too_large")],
)
def test_a_file_that_is_not_what_its_name_says_is_refused(
    name: str, content: bytes, code: str, clock: Any, settings: Any, tmp_path: Any
) -> None:
    settings.DATA = tmp_path
    case = factories.case()
    file = SimpleUploadedFile(name, content)

    assert refused(lambda: support.add_document(case, by=amina(), kind="quote", seen_on=TODAY, file=file)) == [code]
    assert not list(tmp_path.iterdir())


def test_why_there_is_no_paper_is_an_answer(clock: Any) -> None:
    case = factories.case_at("counselling")
    support.add_document(case, by=amina(), kind="identity", absent_because="taken")

    assert case.__class__.load_facts([case])[case.pk].identity_answered
    assert refused(lambda: support.add_document(factories.again(case), by=amina(), kind="identity")) == ["seen_or_absent"]


def test_a_cost_is_booked_when_it_was_spent_and_struck_out_with_its_first_aid(clock: Any) -> None:
    case = factories.case()
    assert refused(lambda: support.book_cost(case, by=amina(), category="transport", amount=5, spent_on=dt.date(2026, 3, 3))) == [
        "ahead"
    ]
    assert refused(lambda: support.book_cost(case, by=amina(), category="transport", amount=0)) == ["no_amount"]
    aid = support.give_first_aid(case, by=amina(), kind="food", amount=5_00, receipt="1")

    correction.correct_cost(aid.cost, by=amina(), mistake="twice")

    assert (case.costs.standing().count(), case.first_aid.standing().count(), case.first_aid.count()) == (0, 0, 1)
