"""Notice is given; consent is asked only where a no costs nothing. Each answer is a row; the newest counts."""

import datetime as dt

import pytest

from casework.actions import people
from casework.models import Consent, NoticeGiven, Person, consents_of
from tests import factories as make
from workflows import clock as clocks
from workflows.acting import NotYours, Refused
from workflows.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def khaled() -> Person:
    return make.case().person


def test_record_notice_keeps_language_and_version(khaled: Person) -> None:
    case = khaled.cases.get()
    people.record_notice(khaled, by=make.user("amina"), case=case, language="ar", text_version="2026-1", interpreter="Sami B.")

    notice = NoticeGiven.objects.get()
    assert (notice.language, notice.understood, notice.interpreter, notice.given_on) == ("ar", True, "Sami B.", clocks.today())
    event = Event.objects.get(stream=khaled.stream)
    assert event.verb == "casework.record_notice"
    assert event.facts == {"case": str(case.pk), "language": "ar", "understood": True, "text": "2026-1", "with_interpreter": True}


def test_record_notice_is_denied_to_the_front_desk(khaled: Person) -> None:
    with pytest.raises(NotYours):
        people.record_notice(khaled, by=make.user("rida"), language="ar", text_version="2026-1")
    assert not NoticeGiven.objects.exists()


def test_record_consent_adds_rows_and_the_newest_counts(khaled: Person) -> None:
    amina = make.user("amina")
    people.record_consent(khaled, by=amina, answers={"follow_up": "yes", "photo": "no", "story": "later"})
    people.record_consent(khaled, by=amina, answers={"follow_up": "no"})

    assert {row.purpose: row.answer for row in consents_of(khaled)} == {"follow_up": "no", "photo": "no", "story": "later"}
    assert Consent.objects.filter(person=khaled).count() == 4
    assert not consents_of(khaled).allowing("follow_up").exists()


def test_record_consent_records_answers_as_codes(khaled: Person) -> None:
    people.record_consent(khaled, by=make.user("amina"), answers={"counts": "yes"}, how="phone")

    event = Event.objects.get(stream=khaled.stream)
    assert event.facts == {"case": None, "answers": {"counts": "yes"}, "recipient": "", "how": "phone"}


def test_sharing_is_asked_for_each_employer(khaled: Person) -> None:
    bakery, garage = "6c3c4a5e-0000-4000-8000-000000000001", "6c3c4a5e-0000-4000-8000-000000000002"
    people.record_consent(khaled, by=make.user("amina"), answers={"cv_sharing": "yes"}, recipient=bakery)

    assert consents_of(khaled).allowing("cv_sharing", bakery).exists()
    assert not consents_of(khaled).allowing("cv_sharing", garage).exists()


@pytest.mark.parametrize(
    ("answers", "asked_on", "code"), [({}, None, "no_answer"), ({"photo": "yes"}, dt.date(2999, 1, 1), "asked_in_future")]
)
def test_record_consent_refuses(khaled: Person, answers: dict, asked_on: dt.date | None, code: str) -> None:
    with pytest.raises(Refused) as refused:
        people.record_consent(khaled, by=make.user("amina"), answers=answers, asked_on=asked_on)
    assert refused.value.codes == [code]
    assert not Event.objects.filter(stream=khaled.stream).exists()


def test_record_consent_is_denied_to_another_office(khaled: Person) -> None:
    with pytest.raises(NotYours):
        people.record_consent(khaled, by=make.user("chen"), answers={"follow_up": "yes"})
    assert not consents_of(khaled).allowing("follow_up").exists()


def test_withdraw_consent_turns_the_yes_into_a_no_and_keeps_both(khaled: Person) -> None:
    amina = make.user("amina")
    people.record_consent(khaled, by=amina, answers={"follow_up": "yes"})
    people.withdraw_consent(khaled, by=amina, purpose="follow_up")

    (now,) = consents_of(khaled)
    assert (now.answer, now.withdrawn_on) == ("no", clocks.today())
    assert Consent.objects.filter(person=khaled).count() == 2
    event = Event.objects.filter(stream=khaled.stream).latest("seq")
    assert (event.verb, event.facts) == ("casework.withdraw_consent", {"purpose": "follow_up", "recipient": "", "how": "spoken"})


def test_withdraw_consent_refuses_where_nothing_was_given(khaled: Person) -> None:
    people.record_consent(khaled, by=make.user("amina"), answers={"follow_up": "no"})
    with pytest.raises(Refused) as refused:
        people.withdraw_consent(khaled, by=make.user("amina"), purpose="follow_up")
    assert refused.value.codes == ["not_given"]


def test_withdraw_consent_is_denied_to_another_office(khaled: Person) -> None:
    people.record_consent(khaled, by=make.user("amina"), answers={"follow_up": "yes"})
    with pytest.raises(NotYours):
        people.withdraw_consent(khaled, by=make.user("chen"), purpose="follow_up")
    assert consents_of(khaled).allowing("follow_up").exists()
