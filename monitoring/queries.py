"""Reads that a page or a command needs from several models."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min, Q

from casework import contact
from casework.models import Reach
from casework.states import Reached
from monitoring import rules
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


# What one tap says of a try.
TAPS = [(one.value, one.label) for one in (Reached.REACHED, Reached.NO_ANSWER, Reached.WRONG_NUMBER, Reached.LATER)]


@dataclass(frozen=True)
class Call:
    """One row of a list of calls: which try it is, by which way now, or from when."""

    round: Round
    way: Reach | None
    later: dt.datetime | None
    careful: bool
    no_way: bool

    @property
    def number(self) -> int:
        """Which try the next one is."""
        return int(self.round.tries) + 1  # type: ignore[attr-defined]

    @property
    def last_try(self) -> str:
        """What came of the last try, in words."""
        code = self.round.last_try  # type: ignore[attr-defined]
        return str(Reached(code).label) if code else ""

    @property
    def most(self) -> int:
        """How many tries a round is worth by itself; more are welcome."""
        return max(rules.TRIES, self.number)


def call_rows(rounds: Sequence[Round], *, at: dt.datetime | None = None) -> list[Call]:
    """The rows of a list of calls: rounds `with_attempts`, their person's ways prefetched; two more queries for what binds contact.

    Where a safety setting leaves no way open the row says *Safety setting* and no more.
    """
    at = at or clock.now()
    safety = contact.safety_of({one.case.person_id for one in rounds})
    disputed = contact.disputed_among({one.case.person for one in rounds})
    rows = []
    for one in rounds:
        person = one.case.person
        binding, unsettled = safety.get(person.pk, []), person.pk in disputed
        ways = [way for way in person.reaches.all() if way.usable and way.kind in (Reach.Kind.PHONE, Reach.Kind.VISIT)]
        asked: dict[str, Any] = {"safety": binding, "disputed": unsettled}
        way = next((way for way in ways if contact.may_contact(person, way, at, **asked) is None), None)
        moments = [] if way else [moment for each in ways if (moment := contact.next_moment(person, each, at, **asked))]
        rows.append(Call(one, way, min(moments, default=None), bool(binding) and way is None, not ways))
    # Who can be called now comes first; among them, whose window closes first.
    return sorted(rows, key=lambda row: row.way is None)
