"""Every figure that the follow-up report may show, defined once: what it counts, of whom, and in which words.

A figure is a function of one group's counts. The table of rounds × offices with its totals is made from plain rows, and small
counts are hidden in it together with whatever would give them away, before a page, a chart or an export sees any of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from monitoring import statistics
from monitoring.states import OPEN, REACHED, TAKEN_BACK, RoundState

ALL = "all"
THRESHOLD = 5
HIDDEN = _("Hidden, so that nobody can be recognised")

# What is neither due nor an answer, and stands in columns of its own.
APART = TAKEN_BACK
STATES = tuple(RoundState.values)
# A *yes* to one of these is work, for pay or in the person's own business.
ASKED_ABOUT_WORK = ("worked_last_week", "away_from_work")

Words = str | Promise
Counts = Mapping[str, int]
Figure = int | float | None


@dataclass(frozen=True)
class AskedRound:
    """One round as the report sees it: no name, no reference, no date."""

    round_kind: str
    office: str
    state: str
    invited: bool = False
    asked: bool = True
    in_work: bool | None = None


@dataclass(frozen=True)
class Indicator:
    """One figure. ``needs`` are the counts it is made of: where one of them is hidden, so is the figure."""

    id: str
    title: Words
    sentence: Words
    figure: Callable[[Counts], Figure]
    kind: Literal["count", "share"] = "count"
    needs: tuple[str, ...] = ()


def _count(name: str) -> Callable[[Counts], Figure]:
    return lambda counts: counts[name]


def _share(part: str, whole: str) -> Callable[[Counts], Figure]:
    return lambda counts: counts[part] / counts[whole] if counts[whole] else None


def _end(of: Callable[[Counts], tuple[float, float] | None], end: int) -> Callable[[Counts], Figure]:
    def figure(counts: Counts) -> Figure:
        both = of(counts)
        return None if both is None else both[end]

    return figure


def _interval(counts: Counts) -> tuple[float, float] | None:
    return statistics.wilson(counts["in_work"], counts["reached"])


def _bounds(counts: Counts) -> tuple[float, float] | None:
    return statistics.bounds(counts["in_work"], counts["reached"], counts["due"])


_WORK = ("in_work", "reached", "due")

INDICATORS: tuple[Indicator, ...] = (
    Indicator(
        "rounds",
        _("Rounds"),
        _("Every time of asking whose day has come: those due, those waived and those stopped."),
        _count("rounds"),
    ),
    Indicator("due", _("Due"), _("Rounds whose day has come, without those waived or stopped."), _count("due")),
    Indicator(
        "invited",
        _("Invited"),
        _("Rounds, of all of them, in which the person was sent the question or called."),
        _count("invited"),
    ),
    Indicator(
        "reached",
        _("Reached"),
        _("Rounds due in which an answer of any kind was had: answered or answered in part."),
        _count("reached"),
    ),
    Indicator("answered", _("Answered"), _("Rounds due that were answered to the end."), _count("answered")),
    Indicator(
        "partly", _("In part"), _("Rounds due in which some questions were answered and the window closed."), _count("partly")
    ),
    Indicator("refused", _("Refused"), _("Rounds due in which the person did not want to answer."), _count("refused")),
    Indicator(
        "missed", _("Not reached"), _("Rounds due that were asked and had no answer before the window closed."), _count("missed")
    ),
    Indicator(
        "not_asked",
        _("Missed, not asked"),
        _("Rounds due that we did not ask in time. The fault is ours, not the person's."),
        _count("not_asked"),
    ),
    Indicator("open", _("Still open"), _("Rounds due whose window is still open and that have no final answer."), _count("open")),
    Indicator(
        "waived",
        _("Waived"),
        _("Rounds that a caseworker decided not to ask, with a reason. Not counted as due."),
        _count("waived"),
    ),
    Indicator(
        "stopped",
        _("Stopped"),
        _("Rounds that ended with the wish not to be asked, a death or a merged file. Not counted as due."),
        _count("stopped"),
    ),
    Indicator("response_rate", _("Response"), _("Reached, of those due."), _share("reached", "due"), "share", ("reached", "due")),
    Indicator(
        "in_work",
        _("In work"),
        _("Those reached who worked in the last seven days for pay or in their own business, or who have such work to go back to."),
        _count("in_work"),
    ),
    Indicator(
        "in_work_share",
        _("In work, of those reached"),
        _("In work, of those reached. Say “of those we reached”, not “of returnees”. Who did not say counts as not in work."),
        _share("in_work", "reached"),
        "share",
        _WORK,
    ),
    Indicator(
        "in_work_low",
        _("From"),
        _("Lower end of the 95 % interval (Wilson) of the share in work."),
        _end(_interval, 0),
        "share",
        _WORK,
    ),
    Indicator(
        "in_work_high",
        _("To"),
        _("Upper end of the 95 % interval (Wilson) of the share in work."),
        _end(_interval, 1),
        "share",
        _WORK,
    ),
    Indicator(
        "in_work_worst",
        _("At worst"),
        _("In work, of those due, if nobody we did not reach is in work."),
        _end(_bounds, 0),
        "share",
        _WORK,
    ),
    Indicator(
        "in_work_best",
        _("At best"),
        _("In work, of those due, if everybody we did not reach is in work."),
        _end(_bounds, 1),
        "share",
        _WORK,
    ),
)

BY_ID: Mapping[str, Indicator] = {one.id: one for one in INDICATORS}

# What adds up to what. Complements are never shown and are guarded all the same: 94 of 96 points at two people.
_SUMS = (
    ("rounds", ("due", "waived", "stopped")),
    ("due", ("answered", "partly", "refused", "missed", "not_asked", "open")),
    ("reached", ("answered", "partly")),
    ("reached", ("in_work", "not_in_work")),
    ("rounds", ("invited", "not_invited")),
)
_UNPUBLISHED = frozenset({"not_in_work", "not_invited"})
_COUNTED = (*(one.id for one in INDICATORS if one.kind == "count"), *sorted(_UNPUBLISHED))
# Dear to the reader: what the headline is made of is hidden last.
_WEIGHTS: dict[Hashable, int] = {
    "due": 30,
    "reached": 30,
    "in_work": 20,
    "rounds": 20,
    "invited": 8,
    "answered": 4,
    "partly": 1,
    "open": 2,
}


def in_work(answers: Mapping[str, Any]) -> bool | None:
    """Say whether a person is in work: pay or profit in the last seven days, or away from it; None where it was not said."""
    said = [answers.get(item) for item in ASKED_ABOUT_WORK]
    if "yes" in said:
        return True
    return False if said == ["no", "no"] else None


@dataclass(frozen=True)
class Cell:
    """One figure of one group, or that it is hidden."""

    value: Figure
    hidden: bool = False


@dataclass(frozen=True)
class Line:
    """One row of the table: a round in an office, or in ``all`` of them."""

    round_kind: str
    office: str
    cells: Mapping[str, Cell]

    @property
    def is_total(self) -> bool:
        """Say whether this line sums others."""
        return self.office == ALL


@dataclass(frozen=True)
class Table:
    """Rounds × offices with the total of each round, safe to show: what must not be seen is not in it any more."""

    indicators: tuple[Indicator, ...]
    round_kinds: tuple[tuple[str, Words], ...]
    offices: tuple[tuple[str, Words], ...]
    lines: tuple[Line, ...]
    threshold: int
    facts: Mapping[str, str]

    def line(self, round_kind: str, office: str) -> Line:
        """Return one line of the table."""
        return next(line for line in self.lines if (line.round_kind, line.office) == (round_kind, office))

    def label(self, line: Line) -> tuple[Words, Words]:
        """Return the words for a line's round and office."""
        return dict(self.round_kinds)[line.round_kind], dict(self.offices).get(line.office, _("All offices"))

    def of_offices(self, codes: Container[str]) -> Table:
        """Return what stands in it of some offices alone, hidden as in the whole: the two can lie side by side."""
        return replace(
            self,
            offices=tuple(one for one in self.offices if one[0] in codes),
            lines=tuple(line for line in self.lines if line.office in codes),
        )


def counts(rows: Iterable[AskedRound]) -> dict[tuple[str, str], Counts]:
    """Count rounds by kind and office; every group's parts are held against its whole before anyone sees it."""
    return grouped(Counter(rows))


def grouped(alike: Mapping[AskedRound, int]) -> dict[tuple[str, str], Counts]:
    """Count rounds of which each comes with how many are like it, as a GROUP BY gives them."""
    groups: dict[tuple[str, str], Counter[str]] = {}
    for row, many in alike.items():
        if row.state not in STATES:
            raise ValueError(f"{row.state} is no state of a round.")
        group = groups.setdefault((row.round_kind, row.office), Counter())
        group["rounds"] += many
        group["invited" if row.invited else "not_invited"] += many
        group[_where(row)] += many
        if row.state in REACHED:
            group["reached"] += many
            group["in_work" if row.in_work else "not_in_work"] += many
        if row.state not in APART:
            group["due"] += many
    for key, group in groups.items():
        _assert_adds_up(key, group)
    return {key: {name: group[name] for name in _COUNTED} for key, group in groups.items()}


def _where(row: AskedRound) -> str:
    if row.state in OPEN:
        return "open"
    if row.state == "partly_answered":
        return "partly"
    return "not_asked" if row.state == "missed" and not row.asked else row.state


def _assert_adds_up(key: tuple[str, str], group: Counter[str]) -> None:
    for total, parts in _SUMS:
        if group[total] != sum(group[part] for part in parts):
            raise AssertionError(f"{key}: {total} is not {' + '.join(parts)}.")


def table(
    rows: Iterable[AskedRound],
    *,
    round_kinds: Sequence[tuple[str, Words]],
    offices: Sequence[tuple[str, Words]],
    threshold: int = THRESHOLD,
    facts: Mapping[str, str] | None = None,
) -> Table:
    """Make the follow-up report from plain rows: counted, summed, hidden where it must be, in the order of the labels given.

    A kind or office that is not among the labels is refused, so that nobody falls out of a total unseen.
    ``facts`` (programme, as of, made at) are carried along.
    """
    kinds, codes = tuple(kind for kind, _label in round_kinds), tuple(code for code, _label in offices)
    counted = counts(rows)
    return tabulate(counted, kinds, codes, tuple(round_kinds), tuple(offices), threshold, dict(facts or {}))


def tabulate(
    counted: Mapping[tuple[str, str], Counts],
    kinds: tuple[str, ...],
    codes: tuple[str, ...],
    round_kinds: tuple[tuple[str, Words], ...],
    offices: tuple[tuple[str, Words], ...],
    threshold: int,
    facts: Mapping[str, str],
) -> Table:
    """Make the table from counts by kind and office, as a GROUP BY gives them."""
    strange = [key for key in counted if key[0] not in kinds or key[1] not in codes]
    if strange:
        raise ValueError(f"No label for the round {strange[0][0]} in the office {strange[0][1]}.")
    cells = _summed(counted, kinds, codes)
    hidden = statistics.suppress(cells, axes(kinds, codes), threshold)
    lines = []
    for kind in kinds:
        for office in (*codes, ALL):
            group = {name: cells[kind, office, name] for name in _COUNTED}
            covered = {name for name in _COUNTED if (kind, office, name) in hidden}
            lines.append(Line(kind, office, {one.id: _cell(one, group, covered) for one in INDICATORS}))
    return Table(INDICATORS, round_kinds, offices, tuple(lines), threshold, facts)


def axes(kinds: Sequence[str], codes: Sequence[str]) -> tuple[statistics.Axis, statistics.Axis, statistics.Axis]:
    """Return the three directions of the report: rounds, offices with their total, and the counts with their sums.

    Rounds have no total: it would count a person once for every time of asking, and small rounds would hide the large ones.
    """
    return (
        statistics.Axis(tuple(kinds)),
        statistics.Axis((*codes, ALL), ((ALL, tuple(codes)),), {ALL: 4}),
        statistics.Axis(_COUNTED, _SUMS, _WEIGHTS, _UNPUBLISHED),
    )


def _summed(counted: Mapping[tuple[str, str], Counts], kinds: Sequence[str], codes: Sequence[str]) -> dict[statistics.Key, int]:
    cells: dict[statistics.Key, int] = {(kind, office, name): 0 for kind in kinds for office in (*codes, ALL) for name in _COUNTED}
    for (kind, office), group in counted.items():
        for name in _COUNTED:
            cells[kind, office, name] += group[name]
            cells[kind, ALL, name] += group[name]
    return cells


def _cell(one: Indicator, group: Counts, covered: set[str]) -> Cell:
    # The hidden figure is not kept beside its mark: what is not in the table cannot leak from a template or an export.
    if covered.intersection(one.needs or (one.id,)):
        return Cell(None, hidden=True)
    return Cell(one.figure(group))
