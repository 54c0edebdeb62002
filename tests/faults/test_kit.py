"""Races and crashes of the kit on a toy door, before any domain."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from tests.faults.ground import dies_at
from tests.toy.models import Door, Visitor
from tests.workflows.conftest import Hand, built, toy_locks  # noqa: F401 (an autouse fixture: the toy's own locks)
from workflows import chain, hooks, jobs, messages
from workflows.acting import Refused, act, act_each
from workflows.models import Delivery, Event, Message


@pytest.fixture
def door(ground):
    return built(Hand("porter"))


def test_two_hundred_presses_through_sixteen_threads_have_one_winner(door):
    porter, start = Hand("porter"), threading.Barrier(16)

    def press(number):
        if number < 16:
            start.wait()
        try:
            with act(door, "toy.shut", by=porter) as shutting:
                shutting.shut()
            return "won"
        except Refused as refused:
            return refused.codes[0]
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as pool:
        outcomes = Counter(pool.map(press, range(200)))

    assert outcomes == {"won": 1, "state": 199}
    assert Event.objects.filter(verb="toy.shut").count() == 1
    chain.verify()


def test_sixteen_forms_opened_at_once_have_one_winner_and_fifteen_told_so(door):
    start = threading.Barrier(16)

    def press(number):
        start.wait()
        try:
            with act(door, "toy.paint", by=Hand("porter"), version=1) as painting:
                painting.colour = str(number)
            return "won"
        except Refused as refused:
            return refused.codes[0]
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as pool:
        assert Counter(pool.map(press, range(16))) == {"won": 1, "stale": 15}


def test_one_delivery_among_four_workers_runs_once(door):
    hooks.listen("toy.paint", "toy.counts", lambda event: Visitor.objects.create(door_id=event.subject_id))
    for _ in range(60):
        with act(door, "toy.paint", by=Hand("porter")):
            pass

    def work(_number):
        try:
            return jobs.drain()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) == 60
    assert Visitor.objects.count() == 60


@pytest.mark.parametrize("point", ["act.locked", "act.allowed", "act.body_done", "act.saved", "act.written"])
def test_a_process_killed_inside_an_act_leaves_nothing(door, point):
    def shut():
        with act(door, "toy.shut", by=Hand("porter"), note="words") as shutting:
            Visitor.objects.create(door=shutting)
            shutting.shut()

    assert dies_at(point, shut)
    assert (Door.objects.get().state, Visitor.objects.count(), Event.objects.count()) == ("open", 0, 1)
    shut()
    assert Door.objects.get().state == "shut"
    chain.verify()


def test_a_process_killed_after_the_commit_loses_nothing(door):
    hooks.listen("toy.shut", "toy.counts", lambda event: Visitor.objects.create(door_id=event.subject_id))

    def shut():
        with act(door, "toy.shut", by=Hand("porter")) as shutting:
            shutting.shut()

    assert dies_at("act.committed", shut)
    assert (Door.objects.get().state, jobs.drain(), Visitor.objects.count()) == ("shut", 1, 1)


@pytest.mark.parametrize("point", ["delivery.claimed", "delivery.ran"])
def test_a_worker_killed_with_a_delivery_in_hand_does_it_once_in_the_end(door, point):
    hooks.listen("toy.paint", "toy.counts", lambda event: Visitor.objects.create(door_id=event.subject_id))
    with act(door, "toy.paint", by=Hand("porter")):
        pass

    assert dies_at(point, jobs.drain)
    assert Visitor.objects.count() == 0
    Delivery.objects.update(lease_until=None)  # the lease has run out
    assert (jobs.drain(), Visitor.objects.count()) == (1, 1)


@pytest.mark.parametrize(("point", "taken_by_the_sink"), [("message.claimed", 0), ("message.sent", 1)])
def test_a_worker_killed_while_sending_sends_again_under_the_same_key(door, point, taken_by_the_sink, tmp_path, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    messages.queue_message(channel="email", to="k@example.org", subject="Hello", body="Words", key="round:1:invite")

    assert dies_at(point, messages.send_waiting)
    assert len(list(tmp_path.iterdir())) == taken_by_the_sink
    Message.objects.update(lease_until=None)
    assert messages.send_waiting() == 1
    keys = [line for file in tmp_path.iterdir() for line in file.read_text().splitlines() if line.startswith("X-Key")]
    assert keys == ["X-Key: round:1:invite"] * (taken_by_the_sink + 1)


def test_events_written_by_four_threads_while_the_sealer_runs_are_all_sealed(ground):
    porter, over = Hand("porter"), threading.Event()
    doors = [built(porter) for _ in range(4)]

    def paint(door):
        try:
            for _ in range(25):
                act_each([door], "toy.paint", by=porter)
        finally:
            connection.close()

    def seal():
        try:
            while not over.is_set():
                chain.seal("events")
        finally:
            connection.close()

    sealer = threading.Thread(target=seal)
    sealer.start()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(paint, doors))
    over.set()
    sealer.join()
    chain.seal("events")

    done = chain.verify()
    assert (done.events, done.unsealed) == (104, 0)
