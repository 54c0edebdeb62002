"""Where the strokes of a chart go: plain numbers for the templates under ``monitoring/parts``, nothing that draws.

A chart has a wide drawing and a narrow one for phones, and each can be mirrored for a page that reads from the right.
The sheet shows one of the two.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from monitoring.indicators import HIDDEN, Table
from monitoring.statistics import Step, at_risk, left_at

Words = str | Promise


@dataclass(frozen=True)
class Mark:
    """A piece of text and where it stands.

    ``anchor`` is SVG's: under ``direction: rtl`` *start* is the right edge of the words,
    so a mirrored drawing keeps the same anchors.
    """

    x: float
    y: float
    words: Words
    anchor: str = "start"
    strong: bool = False


@dataclass(frozen=True)
class Stroke:
    """A straight line."""

    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True)
class Share:
    """One row to draw: the estimate among those reached, its interval, and the two bounds over all who were due."""

    label: Words
    count: int | None = None
    of: int | None = None
    due: int | None = None
    share: float | None = None
    low: float | None = None
    high: float | None = None
    worst: float | None = None
    best: float | None = None
    hidden: bool = False

    @property
    def known(self) -> bool:
        """Say whether there is anything to draw."""
        return not self.hidden and self.share is not None


@dataclass(frozen=True)
class ShareRow:
    """Where one row stands: the shade, the thin line with its two ends, the dot, and the words beside them."""

    name: Mark
    end: Mark
    share: Share
    dot: tuple[float, float] | None = None
    shade: tuple[float, float, float, float] | None = None
    line: Stroke | None = None
    ends: tuple[Stroke, ...] = ()


@dataclass(frozen=True)
class Drawing:
    """One drawing of a chart, wide or narrow."""

    width: int
    height: int
    narrow: bool
    rtl: bool
    grid: tuple[Stroke, ...] = ()
    axis: tuple[Stroke, ...] = ()
    ticks: tuple[Mark, ...] = ()
    rows: tuple[ShareRow, ...] = ()
    curves: tuple[CurveDrawn, ...] = ()


@dataclass(frozen=True)
class Chart:
    """A chart with its words, its two drawings and the rows of the same as a table."""

    id: str
    title: Words
    desc: Words
    caption: Words
    drawings: tuple[Drawing, ...]
    head: tuple[Words, ...] = ()
    body: tuple[tuple[Words, ...], ...] = ()


@dataclass(frozen=True)
class Curve:
    """One survival curve to draw."""

    label: Words
    steps: Sequence[Step]


@dataclass(frozen=True)
class CurveDrawn:
    """Where one survival curve goes: shade, line, a short stroke for each whose time is not yet up, the name at the end."""

    number: int
    line: str
    shade: str
    cuts: tuple[Stroke, ...]
    names: tuple[Mark, ...] = field(default=())


def percent(share: float | None) -> str:
    """Return a share as whole per cent; what is not known as a dash."""
    return "–" if share is None else _("%(number)d %%") % {"number": round(100 * share)}


def shares_of(table: Table, office: str) -> list[Share]:
    """Return the rows of the *in work* chart for one office (or ``all``), a row a round."""
    rows = []
    for kind, label in table.round_kinds:
        cells = table.line(kind, office).cells
        if any(cells[name].hidden for name in ("in_work_share", "in_work_best")):
            rows.append(Share(label, hidden=True))
            continue
        count, of, due = (int(cells[name].value or 0) for name in ("in_work", "reached", "due"))
        share, low, high, worst, best = (cells[f"in_work_{name}"].value for name in ("share", "low", "high", "worst", "best"))
        rows.append(Share(label, count, of, due, share, low, high, worst, best))
    return rows


def interval_chart(chart_id: str, title: Words, shares: Sequence[Share], *, rtl: bool = False) -> Chart:
    """Lay out shares as a dot, its interval as a shade and the bounds as a thin line with two ends, a row each."""
    return Chart(
        id=chart_id,
        title=title,
        desc=" ".join(_described(one) for one in shares) or _("Nothing is due yet."),
        caption=_(
            "The dot is the share of those we reached. The shade is the 95 % interval. "
            "The thin line runs from nobody to everybody we did not reach being in work."
        ),
        drawings=tuple(_shares_drawn(shares, narrow, rtl) for narrow in (False, True)),
        head=(_("Round"), _("Due"), _("Reached"), _("In work"), _("Of those reached"), _("Interval"), _("Of all due")),
        body=tuple(_share_cells(one) for one in shares),
    )


def _described(one: Share) -> str:
    if one.hidden:
        return f"{one.label}: {HIDDEN}."
    if one.share is None:
        return _("%(round)s: nobody was reached.") % {"round": one.label}
    return _("%(round)s: %(count)d of the %(of)d we reached are in work; of all %(due)d due between %(worst)s and %(best)s.") % {
        "round": one.label,
        "count": one.count,
        "of": one.of,
        "due": one.due,
        "worst": percent(one.worst),
        "best": percent(one.best),
    }


def _share_cells(one: Share) -> tuple[Words, ...]:
    if one.hidden:
        return (one.label, *[HIDDEN] * 6)
    return (
        one.label,
        str(one.due),
        str(one.of),
        str(one.count),
        percent(one.share),
        _range(one.low, one.high),
        _range(one.worst, one.best),
    )


def _range(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return "–"
    return _("%(low)d to %(high)d") % {"low": round(100 * low), "high": round(100 * high)}


def _shares_drawn(shares: Sequence[Share], narrow: bool, rtl: bool) -> Drawing:
    # On a phone the words stand above their row; beside it there is no room for them.
    width, start, stop, step, top = (320, 6, 298, 62, 10) if narrow else (560, 112, 440, 44, 10)
    place = _mirror(width, rtl)
    bottom = top + step * len(shares)

    def at(share: float) -> float:
        return place(start + share * (stop - start))

    rows = []
    for number, one in enumerate(shares):
        middle = top + step * number + (40 if narrow else 22)
        words_at = middle - 22 if narrow else middle + 5
        name = Mark(place(start + 6 if narrow else 0), words_at, one.label, "start", strong=True)
        end = Mark(place(stop if narrow else stop + 14), words_at, _at_the_end(one), "end" if narrow else "start")
        rows.append(_share_row(one, name, end, middle, at))
    ticks = tuple(
        Mark(at(share), bottom + 20, percent(share) if share == 1 else f"{100 * share:g}", "middle")
        for share in (0, 0.25, 0.5, 0.75, 1)
    )
    grid = tuple(Stroke(at(share), top, at(share), bottom) for share in (0.25, 0.5, 0.75, 1))
    axis = (Stroke(at(0), top, at(0), bottom), Stroke(at(0), bottom, at(1), bottom))
    return Drawing(width, bottom + 28, narrow, rtl, grid, axis, ticks, tuple(rows))


def _at_the_end(one: Share) -> Words:
    if one.hidden:
        # The whole sentence stands in the table and in the description; the drawing has room for its first word.
        return _("hidden")
    if one.share is None:
        return _("nobody reached")
    return _("%(share)s · %(count)d of %(of)d") % {"share": percent(one.share), "count": one.count, "of": one.of}


def _share_row(one: Share, name: Mark, end: Mark, middle: float, at: Callable[[float], float]) -> ShareRow:
    if one.share is None or one.hidden or one.low is None or one.high is None or one.worst is None or one.best is None:
        return ShareRow(name, end, one)
    low, high = sorted((at(one.low), at(one.high)))
    worst, best = at(one.worst), at(one.best)
    return ShareRow(
        name,
        end,
        one,
        dot=(at(one.share), middle),
        shade=(low, middle - 9, round(high - low, 1), 18),
        line=Stroke(worst, middle, best, middle),
        ends=(Stroke(worst, middle - 5, worst, middle + 5), Stroke(best, middle - 5, best, middle + 5)),
    )


def survival_chart(
    chart_id: str, title: Words, curves: Sequence[Curve], marks: Sequence[float], unit: Words, *, rtl: bool = False, least: int = 5
) -> Chart:
    """Lay out survival curves up to the last mark, each with its interval and with how many were still watched at every mark.

    A curve that starts with fewer than ``least`` people is not drawn: its steps would be people.
    Where fewer than that are still watched, it stops.
    """
    shown = [Curve(one.label, _while_enough(one.steps, least)) for one in curves]
    body = []
    for mark in marks:
        row: list[Words] = [f"{mark:g}"]
        for one in shown:
            held = left_at(one.steps, mark)
            row += [HIDDEN, HIDDEN] if held is None else [str(at_risk(one.steps, mark)), percent(held.left)]
        body.append(tuple(row))
    head: list[Words] = [unit]
    for one in shown:
        head += [_("%(group)s, still watched") % {"group": one.label}, _("%(group)s, still in it") % {"group": one.label}]
    return Chart(
        id=chart_id,
        title=title,
        desc=" ".join(_curve_described(one, marks) for one in shown),
        caption=_("A short stroke is someone whose time is not yet up. The shade is the 95 % interval."),
        drawings=tuple(_curves_drawn(shown, marks, narrow, rtl) for narrow in (False, True)),
        head=tuple(head),
        body=tuple(body),
    )


def _while_enough(steps: Sequence[Step], least: int) -> list[Step]:
    return [step for step in steps if step.at_risk >= least]


def _curve_described(one: Curve, marks: Sequence[float]) -> str:
    held = [(mark, left_at(one.steps, mark)) for mark in marks]
    last = [(mark, step) for mark, step in held if step is not None]
    if not last:
        return f"{one.label}: {HIDDEN}."
    mark, step = last[-1]
    return _("%(group)s: %(share)s still in it at %(mark)g.") % {"group": one.label, "share": percent(step.left), "mark": mark}


def _curves_drawn(curves: Sequence[Curve], marks: Sequence[float], narrow: bool, rtl: bool) -> Drawing:
    width, start, stop, top, bottom = (320, 36, 308, 16, 176) if narrow else (560, 44, 440, 20, 196)
    place, last = _mirror(width, rtl), max(marks) or 1

    def across(moment: float) -> float:
        return place(start + min(moment, last) / last * (stop - start))

    def up(share: float) -> float:
        return round(bottom - share * (bottom - top), 1)

    grid = tuple(Stroke(across(0), up(share), across(last), up(share)) for share in (0.25, 0.5, 0.75, 1))
    axis = (
        Stroke(across(0), bottom, across(last), bottom),
        *(Stroke(across(mark), bottom, across(mark), bottom + 5) for mark in marks),
    )
    heights = tuple(
        Mark(place(start - 8), up(share) + 4, "100" if share == 1 else str(round(100 * share)), "end") for share in (0, 0.5, 1)
    )
    moments = tuple(Mark(across(mark), bottom + 20, f"{mark:g}", "middle") for mark in marks)
    drawn, below = [], bottom + 24
    names_at = _apart([up(_end_of(one.steps, last).left) if one.steps else bottom for one in curves], 34)
    for number, one in enumerate(curves, start=1):
        if not one.steps:
            continue
        held = _end_of(one.steps, last)
        words: tuple[Words, Words] = (
            one.label,
            _("%(share)s at %(at)d") % {"share": percent(held.left), "at": _until(one.steps, last)},
        )
        if narrow:
            below += 20
            names: tuple[Mark, ...] = (Mark(place(start), below, f"{words[0]} · {words[1]}", "start", strong=True),)
        else:
            side = place(stop + 9)
            names = (
                Mark(side, names_at[number - 1], words[0], "start", strong=True),
                Mark(side, names_at[number - 1] + 16, words[1], "start"),
            )
        cuts = tuple(
            Stroke(across(step.at), up(step.left) - 4, across(step.at), up(step.left) + 4)
            for step in one.steps
            if step.censored and step.at < last
        )
        drawn.append(CurveDrawn(number, _line(one.steps, last, across, up), _shade(one.steps, last, across, up), cuts, names))
    height = round(below + 12 if narrow else bottom + 36)
    return Drawing(width, height, narrow, rtl, grid, axis, (*heights, *moments), curves=tuple(drawn))


def _end_of(steps: Sequence[Step], last: float) -> Step:
    return [step for step in steps if step.at <= last][-1]


def _until(steps: Sequence[Step], last: float) -> float:
    return min(steps[-1].at, last)


def _line(steps: Sequence[Step], last: float, across: Callable[[float], float], up: Callable[[float], float]) -> str:
    inside = [step for step in steps if step.at <= last]
    path = f"M{across(0)} {up(1.0)}" + "".join(f"H{across(step.at)}V{up(step.left)}" for step in inside)
    return path + (f"H{across(last)}" if steps[-1].at >= last else "")


def _shade(steps: Sequence[Step], last: float, across: Callable[[float], float], up: Callable[[float], float]) -> str:
    inside = [step for step in steps if step.at <= last]
    stop = _until(steps, last)
    there = "".join(f"H{across(step.at)}V{up(step.high)}" for step in inside) + f"H{across(stop)}"
    back, lows = "", [1.0, *(step.low for step in inside)]
    for step, low, before in zip(reversed(inside), reversed(lows[1:]), reversed(lows[:-1]), strict=True):
        back += f"V{up(low)}H{across(step.at)}V{up(before)}"
    return f"M{across(0)} {up(1.0)}{there}{back}H{across(0)}Z"


def _apart(heights: Sequence[float], least: float) -> list[float]:
    """Return the heights of names, pushed apart so that none lies on another."""
    order = sorted(range(len(heights)), key=lambda place: heights[place])
    placed, floor = list(heights), float("-inf")
    for place in order:
        placed[place] = max(heights[place], floor)
        floor = placed[place] + least
    return placed


def _mirror(width: int, rtl: bool) -> Callable[[float], float]:
    return lambda x: round(width - x if rtl else x, 1)
