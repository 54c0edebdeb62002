"""What the worker does: delivers events to their listeners, sends messages, seals the chain, ticks.

A nudge carries nothing: it says that there is work. The rows are the truth, so an emptied broker costs delay alone.
"""

import logging
import threading
import time
from datetime import datetime, timedelta

from celery import shared_task
from django.conf import settings
from django.db import transaction

from workflows import chain, clock, faults, hooks
from workflows.models import Delivery, Draft, Heartbeat

log = logging.getLogger(__name__)

_LEASE = timedelta(minutes=5)
_BATCH = 50
_work = threading.Event()
_publisher: threading.Thread | None = None
_starting = threading.Lock()


def nudge() -> None:
    """Tell the worker that there is work. Never raises, never waits: a thread publishes, beat would tell it anyway."""
    if not settings.HOMEWARD_NUDGE:
        return
    global _publisher
    with _starting:
        if _publisher is None or not _publisher.is_alive():
            _publisher = threading.Thread(target=_publish, name="homeward-nudge", daemon=True)
            _publisher.start()
    _work.set()


def _publish() -> None:
    while True:
        _work.wait()
        _work.clear()
        try:
            drain_deliveries.apply_async(expires=120)
            send_waiting_messages.apply_async(expires=120)
        except Exception:  # noqa: BLE001 (whatever the broker says, the committed request must not hear of it)
            log.warning("The broker cannot be reached; the scheduler will bring the work along within a minute.")
            time.sleep(5)
        time.sleep(0.2)  # at most five nudges a second, however many acts


@shared_task(name="workflows.drain")
def drain_deliveries() -> int:
    """Deliver every waiting event to its listener; the number of deliveries done."""
    return drain()


@shared_task(name="workflows.send_messages")
def send_waiting_messages() -> int:
    """Send every waiting message that is due; the number sent."""
    from workflows import messages  # loads the mail machinery, which a web process does not need

    return messages.send_waiting()


@shared_task(name="workflows.seal_events")
def seal_events() -> None:
    """Seal what is new in both ledgers, and let expired drafts go."""
    chain.seal("events")
    chain.seal("accesses")
    Draft.objects.filter(expires_at__lt=clock.now()).delete()


@shared_task(name="workflows.tick")
def tick() -> None:
    """Note that the scheduler and a worker are alive."""
    Heartbeat.objects.update_or_create(name="beat", defaults={"at": clock.now()})


def last_tick() -> datetime | None:
    """When the scheduler last reached a worker; None before the first time."""
    return Heartbeat.objects.filter(name="beat").values_list("at", flat=True).first()


def drain(*, most: int = 100_000) -> int:
    """Take waiting deliveries in batches under a lease until none is left; run each listener exactly once.

    The listener's rows and the delivery's end are one transaction. A listener that fails is tried again, later and
    later; after eight times it lies dead until a person presses *Try again*. Returns how many were done.
    """
    done = 0
    while done < most:
        batch = Delivery.objects.take(at=clock.now(), most=_BATCH, lease=_LEASE)
        if not batch:
            break
        faults.reached("delivery.claimed")
        for delivery in batch:
            done += _deliver(delivery)
    return done


def _deliver(delivery: Delivery) -> bool:
    run = hooks.listener(delivery.verb, delivery.listener)
    try:
        with transaction.atomic():
            if run:
                run(delivery.event)
            faults.reached("delivery.ran")
            if not delivery.finish():
                raise _LeaseLost
    except _LeaseLost:
        return False
    except Exception as error:  # noqa: BLE001 (one failing listener must not hold up the others)
        where = _place_of(error)
        log.error("Listener %s failed on event %s: %s", delivery.listener, delivery.event_id, where)
        delivery.fail(where)
        return False
    return True


class _LeaseLost(Exception):
    """Another worker has the row now: what this one wrote is rolled back."""


def _place_of(error: BaseException) -> str:
    """The kind of the error and where it rose: its words may carry a person's data and are not kept."""
    frame = error.__traceback__
    while frame and frame.tb_next:
        frame = frame.tb_next
    where = f"{frame.tb_frame.f_globals.get('__name__')}:{frame.tb_lineno}" if frame else "unknown"
    return f"{type(error).__name__} at {where}"
