"""Deliveries: each listener hears each event exactly once, whatever dies. Messages leave at least once, under one key."""

import datetime as dt

import pytest
from django.core import mail

from tests.toy.models import Visitor
from tests.workflows.conftest import built
from workflows import clock, hooks, jobs, messages
from workflows.acting import act
from workflows.models import Delivery, Message


def paint(door, porter):
    with act(door, "toy.paint", by=porter):
        pass


def counts_visitors(event):
    Visitor.objects.create(door_id=event.subject_id)


def test_a_listener_hears_an_event_once_however_often_the_worker_looks(door, porter):
    hooks.listen("toy.paint", "toy.counts", counts_visitors)
    paint(door, porter)

    assert [jobs.drain(), jobs.drain()] == [1, 0]
    assert Visitor.objects.count() == 1


def test_a_row_taken_by_a_killed_worker_is_taken_again_when_its_lease_runs_out(door, porter):
    hooks.listen("toy.paint", "toy.counts", counts_visitors)
    paint(door, porter)
    now = clock.now()
    assert len(Delivery.objects.take(at=now, most=10, lease=dt.timedelta(minutes=5))) == 1

    assert jobs.drain() == 0
    with clock.moved_to(now + dt.timedelta(minutes=6)):
        assert jobs.drain() == 1
    assert Visitor.objects.count() == 1


def test_a_worker_that_lost_its_lease_writes_nothing(door, porter):
    hooks.listen("toy.paint", "toy.counts", counts_visitors)
    paint(door, porter)
    now = clock.now()
    slow = Delivery.objects.take(at=now, most=1, lease=dt.timedelta(seconds=1))[0]
    with clock.moved_to(now + dt.timedelta(minutes=1)):
        assert jobs.drain() == 1
        assert jobs._deliver(slow) is False
    assert Visitor.objects.count() == 1


def test_a_failing_listener_leaves_nothing_holds_nobody_up_and_dies_after_eight_tries(door, porter):
    def fails(event):
        counts_visitors(event)
        raise KeyError("Khaled Belhaj")

    hooks.listen("toy.paint", "toy.fails", fails)
    hooks.listen("toy.paint", "toy.counts", counts_visitors)
    paint(door, porter)
    later = clock.now()
    for _ in range(10):
        with clock.moved_to(later):
            jobs.drain()
        later += dt.timedelta(hours=5)

    failed = Delivery.objects.get(listener="toy.fails")
    assert (failed.attempts, failed.dead_at is None, Visitor.objects.count()) == (8, False, 1)
    assert failed.last_error.startswith("KeyError at tests.workflows.test_jobs:")
    failed.revive()
    assert Delivery.objects.waiting(at=clock.now()).count() == 1


def test_a_listener_whose_release_is_gone_is_done_with(door, porter):
    hooks.listen("toy.paint", "toy.gone", counts_visitors)
    paint(door, porter)
    hooks._listeners.clear()

    assert (jobs.drain(), Visitor.objects.count()) == (1, 0)


def test_a_listener_may_act(door, porter):
    hooks.listen("toy.build", "toy.paints", lambda event: paint(type(door).objects.get(pk=event.subject_id), porter))
    built(porter)

    jobs.drain()
    assert Delivery.objects.filter(done_at=None).count() == 0


def test_nobody_may_listen_twice_under_one_name():
    hooks.listen("toy.paint", "toy.counts", counts_visitors)
    with pytest.raises(ValueError, match="twice"):
        hooks.listen("toy.paint", "toy.counts", lambda event: None)


# ——— messages ———


def queue(key="round:1:invite", **kwargs):
    return messages.queue_message(
        channel="email",
        to="khaled@example.org",
        subject="Hello",
        body="The call-back you asked for",
        key=key,
        about="round:1",
        **kwargs,
    )


def test_a_message_is_sent_once_under_its_key_and_its_words_are_erased(db):
    queue()
    queue()

    assert [messages.send_waiting(), messages.send_waiting()] == [1, 0]
    assert [(one.to, one.subject, one.extra_headers["X-Key"], one.extra_headers["Message-ID"]) for one in mail.outbox] == [
        (["khaled@example.org"], "Hello", "round:1:invite", "<round.1.invite@127.0.0.1>")
    ]
    kept = Message.objects.get()
    assert (kept.address, kept.subject, kept.body, kept.done_at is None) == ("", "", "", False)


def test_a_message_waits_for_its_hour(db):
    queue(not_before=clock.now() + dt.timedelta(hours=2))

    assert messages.send_waiting() == 0
    assert messages.send_waiting(at=clock.now() + dt.timedelta(hours=3)) == 1


def test_a_way_that_is_not_set_up_is_tried_again_and_said(db):
    messages.queue_message(channel="sms", to="+21600000000", body="Hello", key="sms:1")
    messages.send_waiting()

    failed = Message.objects.get()
    assert (failed.done_at, failed.attempts, failed.last_error.split()[0]) == (None, 1, "NoSuchWay")


def test_a_cancelled_message_never_leaves(db):
    queue()

    assert messages.cancel(about="round:1") == 1
    assert (messages.send_waiting(), mail.outbox, Message.objects.get().address) == (0, [], "")
