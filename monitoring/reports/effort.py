"""Once a year, for data protection: for whom the signs of losing touch asked for more effort, and who was reached (promise 5.8).

A sign is what was known when the round came due: the round before was missed, a number was dead or wrong. Long silence is a sign
on the day itself and cannot be told afterwards. Counted by sex and kind of return, which the signs themselves never read.
"""

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from casework.models import Programme, Reach, Sex
from casework.states import Reached, ReturnAsSent
from monitoring.indicators import THRESHOLD
from monitoring.models import Attempt, Round
from monitoring.reports.slices import Slice, sliced
from monitoring.states import REACHED, TAKEN_BACK, Why
from workflows import clock

_COLUMNS = ("due", "listed", "not_listed", "reached", "not_reached")
_SUMS = (("due", ("listed", "not_listed")), ("due", ("reached", "not_reached")))
_UNPUBLISHED = frozenset({"not_listed", "not_reached"})


@dataclass(frozen=True)
class Effort:
    """The rounds due in a year, by sex and by kind of return: how many had a sign, how many were reached."""

    year: int
    by: tuple[tuple[Any, list[Slice]], ...]


def effort(year: int) -> Effort:
    """Return the figures of the rounds that came due in `year`, of every programme, small counts hidden; two queries."""
    threshold = max(Programme.objects.values_list("small_cell", flat=True), default=THRESHOLD)
    by_sex: Counter[tuple[str, str]] = Counter()
    by_return: Counter[tuple[str, str]] = Counter()
    for sex, kind, listed, reached, many in _alike(year):
        for counted, group in ((by_sex, sex), (by_return, kind)):
            for column in ("due", "listed" if listed else "not_listed", "reached" if reached else "not_reached"):
                counted[group, column] += many
    return Effort(
        year, ((_("Sex"), _lines(by_sex, Sex, threshold)), (_("Kind of return"), _lines(by_return, ReturnAsSent, threshold)))
    )


def years() -> list[int]:
    """The years in which a round came due, the latest first; this year at least."""
    first = Round.objects.order_by("due_on").values_list("due_on", flat=True).first()
    this = clock.today().year
    return list(range(this, min(first.year if first else this, this) - 1, -1))


def _alike(year: int) -> Any:
    before = Round.objects.filter(case=OuterRef("case"), ended_at__isnull=False, due_on__lt=OuterRef("due_on"))
    attempts = Attempt.objects.filter(
        round__case=OuterRef("case"), outcome=Reached.WRONG_NUMBER, at__date__lte=OuterRef("closes_on")
    )
    dead = Reach.objects.filter(person=OuterRef("case__person"), dead_since__lte=OuterRef("closes_on"))
    due = Round.objects.filter(due_on__gte=dt.date(year, 1, 1), due_on__lte=min(dt.date(year, 12, 31), clock.today()))
    return (
        due.exclude(state__in=TAKEN_BACK)
        .annotate(why_before=Subquery(before.order_by("-due_on", "-pk").values("why")[:1]))
        .annotate(listed=Q(why_before=Why.NOT_REACHED) | Exists(dead) | Exists(attempts), was_reached=Q(state__in=REACHED))
        .order_by()
        .values_list("case__person__sex", "case__return_as_sent", "listed", "was_reached")
        .annotate(many=Count("pk"))
    )


def _lines(counted: Counter[tuple[str, str]], kinds: Any, threshold: int) -> list[Slice]:
    present = {group for group, _column in counted}
    groups = [(value, label) for value, label in kinds.choices if value in present]
    return sliced(counted, groups, _COLUMNS, _SUMS, threshold=threshold, unpublished=_UNPUBLISHED)
