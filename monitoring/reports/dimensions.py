"""The same rounds looked at by sex, path, host country or region: due, reached, in work, a table a round.

Each table is hidden by itself, and a round whose total is hidden in the report has no table at all: nothing stands here that
would help to work out what is hidden there. Groups too small to be named lie together as *others*. Flags, health, return type
and answers are no dimensions (promise 5.12). Who somebody is, is told as it is known now: a correction restates earlier days.
"""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from casework.data.countries import NAMES
from casework.models import Programme, Sex
from casework.states import Path
from monitoring import statistics
from monitoring.indicators import ALL, Cell, Counts, Table, grouped
from monitoring.reports.follow_up import standing
from monitoring.reports.slices import Slice, sliced

Words = str | Promise
OTHERS = "~"
COLUMNS: Mapping[str, Words] = {"due": _("Due"), "reached": _("Reached"), "in_work": _("In work")}
_SUMS = (("due", ("reached", "silent")), ("reached", ("in_work", "not_in_work")))
_GUARDED = frozenset({"silent", "not_in_work"})


@dataclass(frozen=True)
class Dimension:
    """One way to look: its name, where a round finds it, and the words for what is found."""

    title: Words
    column: str
    words: Any


def _said(choices: Any) -> Any:
    return lambda code: dict(choices).get(code) or _("Not known")


DIMENSIONS: Mapping[str, Dimension] = {
    "sex": Dimension(_("Sex"), "case__person__sex", _said(Sex.choices)),
    "path": Dimension(_("Path"), "case__path", _said([one for one in Path.choices if one[0]])),
    "host_country": Dimension(_("Host country"), "case__host_country", lambda code: NAMES.get(code, code) or _("Not known")),
    "region": Dimension(_("Region"), "case__person__region", lambda code: code or _("Not known")),
}


@dataclass(frozen=True)
class Look:
    """One round by one dimension; no lines where nothing of it may be shown."""

    round: Words
    lines: tuple[Slice, ...]

    def shares(self) -> list[tuple[Slice, Cell, tuple[Cell, Cell]]]:
        """Each line with its share in work of those reached, and the interval."""
        found = []
        for line in self.lines:
            share = line.share("in_work", "reached")
            ends = (None, None) if share.hidden or share.value is None else _interval(line)
            found.append((line, share, (Cell(ends[0], share.hidden), Cell(ends[1], share.hidden))))
        return found


def _interval(line: Slice) -> tuple[float | None, float | None]:
    ends = statistics.wilson(int(line.cells["in_work"].value or 0), int(line.cells["reached"].value or 0))
    return ends or (None, None)


def looked_at_by(programme: Programme, as_of: dt.date, by: str, table: Table) -> list[Look]:
    """The rounds of the report by one dimension, as they stood when the day ended. `table` is the report of the same day."""
    return laid_out(grouped(standing(programme, as_of, by=DIMENSIONS[by].column)), by, table, programme.small_cell)


def laid_out(counted: Mapping[tuple[str, str], Counts], by: str, table: Table, threshold: int) -> list[Look]:
    """Rounds counted by kind and group, hidden where they must be."""
    words_of = DIMENSIONS[by].words
    due: Counter[str] = Counter()
    for (_kind, code), counts in counted.items():
        due[code] += counts["due"]
    large = [code for code, many in due.items() if many >= threshold]
    groups = sorted(((code, words_of(code)) for code in large), key=lambda one: str(one[1]))
    if len(large) < len(due):
        groups.append((OTHERS, _("Others, too few to be named")))
    looks = []
    for kind, words in table.round_kinds:
        cells: Counter[tuple[str, str]] = Counter()
        for (one, code), counts in counted.items():
            if one == kind:
                group = code if code in large else OTHERS
                for column in ("due", "reached", "in_work", "not_in_work"):
                    cells[group, column] += counts[column]
                cells[group, "silent"] += counts["due"] - counts["reached"]
        looks.append(Look(words, _lines(cells, groups, table, kind, threshold)))
    return looks


def _lines(
    cells: Mapping[tuple[str, str], int], groups: list[tuple[str, Words]], table: Table, kind: str, threshold: int
) -> tuple[Slice, ...]:
    """All columns where they may stand; else who was due and reached alone; else nothing."""
    for columns, sums, guarded in (
        (tuple(COLUMNS), _SUMS, _GUARDED),
        (("due", "reached"), _SUMS[:1], frozenset({"silent"})),
    ):
        lines = sliced(cells, groups, (*columns, *sorted(guarded)), sums, threshold=threshold, unpublished=guarded)
        if _agree(lines, table, kind, columns):
            hidden = {name: Cell(None, hidden=True) for name in COLUMNS}
            return tuple(replace(line, cells={**hidden, **line.cells}) for line in lines)
    return ()


def _agree(lines: list[Slice], table: Table, kind: str, columns: tuple[str, ...]) -> bool:
    """Whether the totals stand open here and in the report: where one hides what the other shows, it would be given away."""
    total = next((line for line in lines if line.is_total), None)
    whole = table.line(kind, ALL).cells
    return total is not None and not any(whole[name].hidden or total.cells[name].hidden for name in columns)
