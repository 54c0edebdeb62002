"""Two hundred presses of one button by sixteen people at once: one wins, the others read why not, no page is broken."""

import html
import logging
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from casework.models import Case
from tests import factories
from workflows import chain
from workflows.models import Event

PRESSES, THREADS = 200, 16


def pressed_at_once(case: Case, verb: str, typed: dict[str, str]) -> Counter[tuple[int, str]]:
    """Press the verb's button over and over through threads; (status, what the page says in short) → how often."""
    door = Client()
    door.force_login(factories.user("amina"), backend="allauth.account.auth_backends.AuthenticationBackend")
    address, start = reverse(f"casework:{verb}", args=[case.pk]), threading.Barrier(THREADS)

    logging.getLogger("django.request").setLevel(logging.ERROR)  # two hundred times "Conflict" helps nobody

    def press(number: int) -> tuple[int, str]:
        mine = Client(raise_request_exception=False)
        mine.cookies = door.cookies
        if number < THREADS:
            start.wait()
        try:
            answer = mine.post(address, typed)
            return answer.status_code, said(answer)
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        return Counter(pool.map(press, range(PRESSES)))


def said(answer: Any) -> str:
    """Where it leads, or the code of what is missing."""
    if answer.status_code == 302:
        return "done"
    blockers = list(answer.context["refused"])
    assert blockers and all(str(one.sentence) in html.unescape(answer.content.decode()) for one in blockers)
    return str(blockers[0].code)


@pytest.mark.parametrize(
    ("verb", "state", "typed", "into"),
    [
        ("open_intake", "referred", {"version": ""}, "intake"),
        ("put_on_hold", "counselling", {"reason": "harvest", "review_on": "2099-01-01"}, "on_hold"),
    ],
)
def test_one_press_of_two_hundred_wins_and_the_others_read_why_not(
    ground: str, verb: str, state: str, typed: dict[str, str], into: str
) -> None:
    case = factories.case_at(state)

    outcomes = pressed_at_once(case, verb, typed)

    assert outcomes == {(302, "done"): 1, (409, "state"): PRESSES - 1}
    assert Event.objects.filter(stream=case.stream, verb=f"casework.{verb}").count() == 1
    assert factories.again(case).state == into
    chain.verify()


def test_of_two_hundred_stale_pages_one_is_kept(ground: str) -> None:
    case = factories.case_at("counselling")

    outcomes = pressed_at_once(case, "set_last_day", {"version": str(case.version), "kind": "training", "due_on": "2099-01-01"})

    assert outcomes == {(302, "done"): 1, (409, "stale"): PRESSES - 1}
    chain.verify()
