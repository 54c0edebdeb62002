"""Reads that a page or a command needs from several models."""

import datetime as dt
from typing import Any

from django.db.models import Count, Min, Q

from monitoring.dispatch import KIND
from monitoring.models import Round
from monitoring.states import ENDED, OPEN
from workflows import clock
from workflows.models import Message


def follow_up_status(at: dt.datetime | None = None) -> dict[str, Any]:
    """Rounds by state with the identity that they add up, and messages by what became of them; the age of the oldest that waits."""
    at = at or clock.now()
    by_state = Round.objects.all().by_state()
    messages = Message.objects.filter(kind=KIND)
    waiting, sent = Q(done_at=None, dead_at=None), Q(done_at__isnull=False, cancelled_at=None)
    counts = messages.aggregate(
        queued=Count("pk", filter=waiting),
        sent=Count("pk", filter=sent),
        failed=Count("pk", filter=waiting & ~Q(last_error="")),
        dead=Count("pk", filter=Q(dead_at__isnull=False, done_at=None)),
        cancelled=Count("pk", filter=Q(cancelled_at__isnull=False)),
        oldest=Min("not_before", filter=waiting & Q(not_before__lte=at)),
    )
    oldest = counts.pop("oldest")
    return {
        "at": at.isoformat(),
        "rounds": by_state,
        "open": sum(by_state[state] for state in OPEN),
        "ended": sum(by_state[state] for state in ENDED),
        "all": sum(by_state.values()),
        "due_now": Round.objects.waiting_for_dispatch(at).count(),
        "messages": counts,
        "oldest_waiting_seconds": int((at - oldest).total_seconds()) if oldest else None,
    }
