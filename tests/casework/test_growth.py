"""A page asks the same questions with one row and with twenty, at most fifteen, as somebody of one office."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from casework.actions import case as way
from casework.actions import people, talks, training, transfer
from casework.models import Case
from monitoring.actions import alarms
from monitoring.dispatch import dispatch
from tests import factories
from workflows import clock, jobs
from workflows.partial import PartialDate

pytestmark = pytest.mark.django_db

MOST = 15
LONG_AGO = dt.timedelta(days=100)
READERS = {
    "amina": ("my_day", "queue", "queue_all", "search", "case", "verbs", "calls"),
    "boris": ("my_day", "queue", "people", "report"),
}


def address(page: str, case: Case) -> str:
    """Where the page is."""
    return {
        "my_day": lambda: reverse("casework:my_day"),
        "queue": lambda: reverse("casework:queue"),
        "queue_all": lambda: reverse("casework:queue") + "?view=all&overdue=1",
        "search": lambda: reverse("casework:search") + "?q=belhaj",
        "case": lambda: reverse("casework:case", args=[case.pk]),
        "verbs": lambda: reverse("casework:verbs", args=[case.pk]),
        "calls": lambda: reverse("monitoring:calls"),
        "people": lambda: reverse("accounts:people"),
        "report": lambda: reverse("monitoring:report"),
    }[page]()


def a_full_file(n: int) -> Case:
    """A file with something of every kind: in work, to be called, in danger, due, booked, offered, with last days."""
    amina, today = factories.user("amina"), clock.today()
    case = factories.placed(factories.agreed(factories.case_at("counselling")), started_on=PartialDate.of(today - LONG_AGO))
    people.record_consent(case.person, by=amina, answers={"follow_up": "yes"}, case=case)
    way.add_task(case, by=amina, what=f"Ask for paper {n}.", due_on=today)
    way.set_last_day(factories.again(case), by=amina, kind="training", due_on=today + dt.timedelta(days=9 + n))
    talks.record_session(factories.again(case), by=amina, held_on=today)
    soon = clock.now() + dt.timedelta(minutes=5 + 10 * n)
    talks.book_session(factories.again(case), by=amina, starts_at=soon, minutes=5, about="Plan")
    training.enrol(factories.again(case), by=amina, course=factories.course(), confirmed=False)
    transfer.offer_transfer(factories.again(case), by=factories.user("boris"), to_office=factories.office("ZARZIS"))
    jobs.drain()
    dispatch()
    for row in alarms.raise_alarm(case.rounds.get(state="interviewing", months=3), case):
        row.save()
    return factories.again(case)


def questions(client: Any, page: str, case: Case) -> int:
    """How many questions the page asks, once its words are in memory."""
    client.get(address(page, case))
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(address(page, case))
    assert answer.status_code == 200
    return sum(not line["sql"].startswith(("PRAGMA", "SET", "SAVEPOINT", "RELEASE")) for line in asked)


def test_no_page_asks_more_of_a_full_house_than_of_a_first_day(client: Any, clock: Any) -> None:
    first = a_full_file(0)
    few = counted(client, first)
    for n in range(1, 20):
        a_full_file(n)
    many = counted(client, first)

    assert many == few
    assert {page: number for page, number in many.items() if number > MOST} == {}


def counted(client: Any, case: Case) -> dict[str, int]:
    """Page → questions, as a caseworker or (where that is who reads it) a supervisor of one office."""
    found = {}
    for who, pages in READERS.items():
        client.force_login(factories.user(who))
        found |= {f"{page} of {who}": questions(client, page, case) for page in pages}
    return found
