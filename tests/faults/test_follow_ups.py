"""Rounds due while workers are killed: nobody is missed, and nobody is asked twice but under the same key."""

import datetime as dt
import os
import random
import signal
import time
from collections import Counter

import pytest
from django.db import connection, connections
from django.db.models import QuerySet

from monitoring import dispatch as module
from monitoring.dispatch import dispatch
from monitoring.models import Invitation, Round
from monitoring.queries import follow_up_status
from monitoring.states import INVITED
from tests.faults.ground import dies_at
from tests.monitoring.asking import in_work
from workflows import chain, clock, messages
from workflows.models import Message

PEOPLE = 24
DUE = dt.datetime(2026, 6, 2, 10, tzinfo=dt.UTC)


@pytest.fixture
def due(ground, settings, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "BATCH", 5)
    settings.EMAIL_BACKEND = "tests.faults.sink.Sink"
    settings.SINK_FILE = str(tmp_path / "taken")
    with clock.moved_to(dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)):
        for n in range(PEOPLE):
            in_work(email=f"p{n}@example.net")
    with clock.moved_to(DUE):
        yield tmp_path / "taken"


def work() -> None:
    """What a worker does all day."""
    dispatch()
    messages.send_waiting()


def killed_after(seconds: float) -> bool:
    """Run a worker in a process of its own and kill it; whether it was still at work."""
    connections["default"].close()
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    _pid, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def three() -> QuerySet[Round]:
    return Round.objects.filter(schedule__kind="work", months=3)


def keys_taken(file) -> Counter:
    return Counter(file.read_text().split())


def until_all_is_sent() -> None:
    """Let the leases of the dead run out, and the refused wait their minutes."""
    for minutes in (0, 4, 8, 20):
        clock.set_to(DUE + dt.timedelta(minutes=minutes))
        work()


def test_workers_killed_at_any_moment_miss_nobody_and_ask_nobody_twice(due):
    chance = random.Random(7)
    killed = sum(killed_after(chance.uniform(0.02, 0.2)) for _worker in range(6))
    assert killed >= 2
    until_all_is_sent()
    assert three().filter(state=INVITED).count() == PEOPLE
    assert Invitation.objects.count() == PEOPLE
    taken = keys_taken(due)
    assert len(taken) == PEOPLE
    # Taken twice is only what a worker had handed over and died before noting it: under one key.
    assert sum(taken.values()) - PEOPLE <= killed
    assert Message.objects.filter(kind="follow_up", done_at=None).count() == 0
    status = follow_up_status()
    assert status["all"] == status["open"] + status["ended"] == PEOPLE * 4
    assert chain.verify().events > PEOPLE  # raises Broken where a link of the chain is missing


@pytest.mark.parametrize("point", ["message.claimed", "message.sent"])
def test_a_worker_that_dies_between_taking_and_noting_sends_again_under_the_same_key(due, point):
    dispatch()
    assert dies_at(point, work)
    until_all_is_sent()
    taken = keys_taken(due)
    assert len(taken) == PEOPLE
    assert sum(taken.values()) == PEOPLE + (point == "message.sent")


def test_four_dispatchers_at_once_invite_each_person_once(due):
    children = []
    connections["default"].close()
    for _worker in range(4):
        child = os.fork()
        if child == 0:
            code = 1
            try:
                dispatch()
                code = 0
            finally:
                os._exit(code)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)
    connection.close()
    work()
    assert three().filter(state=INVITED).count() == PEOPLE
    assert Message.objects.filter(kind="follow_up").count() == PEOPLE
