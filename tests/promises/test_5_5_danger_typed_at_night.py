"""Promise 5.5: the page says that nobody reads at night, and the numbers; somebody awake takes the alarm or the next is asked."""

import datetime as dt

import pytest

from monitoring.actions import alarms
from tests import factories
from tests.monitoring.test_answer_page import opened, said
from workflows.models import Task

pytestmark = pytest.mark.django_db


@pytest.fixture
def phone(clock, client):
    return opened(clock, client)


def test_before_the_first_question_and_on_every_screen_the_numbers_stand(phone):
    for page in (phone.page, phone.begin(), phone.get("?n=end&l=en")):
        assert "Nobody reads this at night." in said(page)
        assert 'href="tel:197"' in said(page)


def test_danger_leads_to_the_numbers_and_to_no_promise_of_rescue(phone, clock):
    clock.set(dt.datetime(2026, 6, 2, 23, 0))
    phone.begin()
    while phone.question and phone.question != "employment.in_danger":
        phone.answer(
            "no" if phone.question in ("employment.worked_last_week", "employment.away_from_work") else "prefer_not_to_say"
        )
    phone.answer("yes")
    words = said(phone.page)
    assert "If it is now, call:" in words and 'href="tel:197"' in words
    for promise in ("we will come", "we will call", "help is on"):
        assert promise not in words.lower()
    assert "danger" not in phone.page.request["PATH_INFO"] + phone.page.request["QUERY_STRING"]


def test_the_alarm_is_raised_at_the_answer_not_at_the_sending(phone, clock):
    phone.begin()
    while phone.question != "employment.in_danger":
        phone.answer(
            "no" if phone.question in ("employment.worked_last_week", "employment.away_from_work") else "prefer_not_to_say"
        )
    phone.answer("yes")
    assert {task.assignee_id for task in Task.objects.filter(kind=alarms.KIND)} == {
        str(phone.case.caseworker_id),
        str(factories.user("boris").pk),
    }


def test_unacknowledged_for_thirty_minutes_it_goes_to_the_next(phone, clock):
    petra = factories.user("petra")
    phone.begin()
    while phone.question != "employment.in_danger":
        phone.answer(
            "no" if phone.question in ("employment.worked_last_week", "employment.away_from_work") else "prefer_not_to_say"
        )
    phone.answer("yes")
    clock.set(dt.datetime(2026, 6, 2, 10, 31))
    alarms.pass_on()
    assert Task.objects.filter(kind=alarms.KIND, assignee_id=str(petra.pk)).exists()
