"""Promise 5.6: sensitive questions stand on the page only where the telephone is the person's alone; everything else is neutral."""

import datetime as dt

import pytest
from django.conf import settings

from casework.models import Reach
from monitoring import instruments
from monitoring.models import Invitation, Round
from monitoring.states import ANSWERED
from tests.monitoring.test_answer_page import opened, said
from workflows.models import Message

pytestmark = pytest.mark.django_db

SENSITIVE = {item.id for name in instruments.names() for item in instruments.instrument(name).items if item.alone_only}


@pytest.mark.parametrize(
    ("whose", "phone_is", "shown"),
    [
        (Reach.Whose.MINE_ALONE, "mine_alone", True),
        (Reach.Whose.MINE_ALONE, "shared", False),
        (Reach.Whose.MINE_ALONE, "", False),
        (Reach.Whose.SHARED, "mine_alone", False),
        (Reach.Whose.UNKNOWN, "mine_alone", False),
    ],
)
def test_sensitive_questions_need_both_the_address_and_the_telephone_alone(clock, client, whose, phone_is, shown):
    phone = opened(clock, client, whose=whose)
    phone.begin(phone_is)
    asked = phone.to_the_end(worked_last_week="yes", kind_of_work="employee")
    assert bool(SENSITIVE & {key.partition(".")[2] for key in asked}) is shown


def test_what_the_page_may_not_ask_a_voice_asks(clock, client):
    phone = opened(clock, client, whose=Reach.Whose.SHARED)
    phone.begin("shared")
    phone.to_the_end(worked_last_week="no", away_from_work="no")
    phone.post(do="send")
    one = phone.round
    assert (one.state, one.left_for_voice) == (ANSWERED, True)
    assert Round.objects.to_call().filter(pk=one.pk).exists()


def test_a_sensitive_question_cannot_be_answered_by_guessing_its_name(clock, client):
    phone = opened(clock, client, whose=Reach.Whose.SHARED)
    phone.begin("shared")
    phone.client.post(phone.path, {"do": "answer", "question": "employment.in_danger", "answer": "yes"})
    assert not phone.round.answers.exists()


def test_title_sender_address_and_words_are_neutral(clock, client):
    phone = opened(clock, client)
    message = Message.objects.get(kind="follow_up")
    assert "<title>Short call-back</title>" in said(phone.page)
    told = f"{settings.DEFAULT_FROM_EMAIL} {message.subject} {message.body} {phone.path} {said(phone.page)}".lower()
    for word in (
        "homeward",
        "tunisia",
        "migra",
        "reintegrat",
        "deport",
        "programme",
        phone.case.reference.lower(),
        phone.case.person.family_name.lower(),
    ):
        assert word not in told


def test_addresses_in_the_history_are_numbers(clock, client):
    phone = opened(clock, client)
    phone.begin()
    seen = [phone.page.request["QUERY_STRING"]]
    phone.answer("yes")
    seen.append(phone.page.request["QUERY_STRING"])
    assert seen == ["n=0&l=en", "n=1&l=en"] or seen == ["n=0", "n=1"]


def test_kept_answers_are_never_shown_back(clock, client):
    phone = opened(clock, client)
    phone.begin()
    phone.answer("yes")
    for query in ("?n=0&l=en", "?l=en", "?n=end&l=en"):
        assert "checked" not in phone.get(query).content.decode()


def test_the_link_dies_with_the_last_answer(clock, client):
    phone = opened(clock, client)
    phone.begin()
    phone.to_the_end(worked_last_week="no")
    phone.post(do="send")
    assert phone.get("?n=0").status_code == 410
    assert Invitation.objects.get().ended_at is not None
    clock.set(dt.datetime(2026, 6, 3, 10))
    assert phone.get("?l=en").status_code == 410
