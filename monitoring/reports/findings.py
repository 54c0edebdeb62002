"""What a reader of the follow-up report is told first: a sentence, whom we do not reach, and the table as it is read aloud.

Made from the table after hiding: no sentence here can say what the table does not show.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from monitoring.charts import percent
from monitoring.indicators import ALL, BY_ID, Cell, Line, Table
from monitoring.states import AnchorKind

# The round that programmes are asked about first; another one where nothing of it is known.
FIRST = f"{AnchorKind.WORK}-6"
# So many lines of those we do not reach, the worst first.
WORST = 3

COLUMNS = ("due", "reached", "response_rate", "refused", "missed", "not_asked", "open", "waived", "stopped", "in_work")

Words = str | Promise


@dataclass(frozen=True)
class Headline:
    """The finding of one round, where it may be shown."""

    round: Words
    due: int
    reached: int
    in_work: int
    worst: str
    best: str


@dataclass(frozen=True)
class Place:
    """One column of figures a round: everywhere, or one office."""

    code: str
    label: Words


@dataclass(frozen=True)
class Shown:
    """One figure as it stands in the table: its words, its interval beneath, or that it is hidden."""

    id: str
    words: str = ""
    under: str = ""
    hidden: bool = False
    number: int | None = None


@dataclass(frozen=True)
class Row:
    """One line of the table: an office of a round."""

    office: Words
    is_total: bool
    cells: tuple[Shown, ...]


@dataclass(frozen=True)
class Group:
    """One round with its offices, all of them first."""

    label: Words
    rows: tuple[Row, ...]


def places(table: Table) -> list[Place]:
    """Return where the report looks: all offices, or each of the reader's own."""
    if any(line.office == ALL for line in table.lines):
        return [Place(ALL, _("All offices"))]
    return [Place(code, words) for code, words in table.offices]


def headline(table: Table, place: Place) -> Headline | None:
    """Return the finding of the round that people ask about first, or of the one with most people due; None where all is hidden."""
    found = []
    for kind, words in table.round_kinds:
        cells = table.line(kind, place.code).cells
        due, reached, count, worst, best = (cells[name] for name in ("due", "reached", "in_work", "in_work_worst", "in_work_best"))
        if kind.startswith(AnchorKind.PLAN) or not reached.value or any(one.hidden for one in (due, reached, count, worst, best)):
            continue
        made = Headline(words, _whole(due), _whole(reached), _whole(count), percent(worst.value), percent(best.value))
        found.append((kind == FIRST, made.due, made))
    return max(found, key=lambda one: one[:2])[2] if found else None


def not_reached(table: Table) -> list[str]:
    """Return whom we do not reach, where it is most: rounds of offices in which open figures say so, of enough people."""
    found = []
    for line in table.lines:
        due, reached = line.cells["due"], line.cells["reached"]
        if line.is_total or due.hidden or reached.hidden:
            continue
        silent = _whole(due) - _whole(reached)
        if silent >= table.threshold:
            found.append((silent / _whole(due), silent, line))
    return [_silent(table, line, silent) for _share, silent, line in sorted(found, key=lambda one: -one[0])[:WORST]]


def _silent(table: Table, line: Line, silent: int) -> str:
    kind, office = table.label(line)
    words = {"office": office, "round": kind, "silent": silent, "due": _whole(line.cells["due"])}
    return _("%(office)s, %(round)s: no answer from %(silent)d of %(due)d.") % words


def not_asked(table: Table, place: Place) -> int | None:
    """Return how many rounds we did not ask in time, in all; None where any of it is hidden."""
    cells = [table.line(kind, place.code).cells["not_asked"] for kind, _label in table.round_kinds]
    return None if any(cell.hidden for cell in cells) else sum(map(_whole, cells))


def groups(table: Table) -> Iterator[Group]:
    """Return the table as it is read: a round, in all offices and in each."""
    for kind, words in table.round_kinds:
        lines = [line for line in table.lines if line.round_kind == kind]
        # The only office is all offices.
        if len(table.offices) == 1 and len(lines) > 1:
            lines = [line for line in lines if line.office != ALL]
        lines.sort(key=lambda line: line.office != ALL)
        yield Group(words, tuple(Row(table.label(line)[1], line.office == ALL, tuple(_cells(line))) for line in lines))


def head() -> list[dict[str, Any]]:
    """Return the heads of the columns with what each means."""
    columns = [{"title": BY_ID[name].title, "sentence": BY_ID[name].sentence} for name in COLUMNS]
    return [
        *columns,
        {"title": _("Of those reached"), "sentence": BY_ID["in_work_share"].sentence},
        {"title": _("Of all due"), "sentence": ""},
    ]


def _cells(line: Line) -> Iterator[Shown]:
    for name in COLUMNS:
        cell = line.cells[name]
        if cell.hidden:
            yield Shown(name, hidden=True)
        elif BY_ID[name].kind == "share":
            yield Shown(name, percent(cell.value))
        else:
            yield Shown(name, number=_whole(cell))
    share, low, high, worst, best = (line.cells[f"in_work_{name}"] for name in ("share", "low", "high", "worst", "best"))
    if share.hidden:
        yield Shown("in_work_share", hidden=True)
    else:
        yield Shown("in_work_share", percent(share.value), _between(low, high))
    if worst.hidden:
        yield Shown("bounds", hidden=True)
    else:
        yield Shown("bounds", _between(worst, best) or percent(None))


def _between(low: Cell, high: Cell) -> str:
    if low.value is None or high.value is None:
        return ""
    return _("%(low)d to %(high)d") % {"low": round(100 * low.value), "high": round(100 * high.value)}


def _whole(cell: Cell) -> int:
    return int(cell.value or 0)
