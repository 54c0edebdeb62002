"""How sure a figure is, and what of it may be shown: intervals, bounds, survival, and hiding what would point at someone.

Plain arithmetic on plain numbers. The tests hold each function beside an independent implementation.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from statistics import NormalDist
from statistics import median as _median

Interval = tuple[float, float]


def _z(confidence: float) -> float:
    return NormalDist().inv_cdf(0.5 + confidence / 2)


def _check_share(count: int, of: int) -> None:
    if not 0 <= count <= of:
        raise ValueError(f"{count} of {of} is no share.")


def wilson(count: int, of: int, confidence: float = 0.95) -> Interval | None:
    """Return the Wilson score interval of a share; nothing where nobody was asked."""
    _check_share(count, of)
    if not of:
        return None
    z = _z(confidence)
    share, spread = count / of, z * z / of
    middle = (share + spread / 2) / (1 + spread)
    half = z * math.sqrt(share * (1 - share) / of + spread / (4 * of)) / (1 + spread)
    # At the ends the interval touches 0 or 1 exactly; a rounding must not put it outside.
    return (0.0 if count == 0 else max(0.0, middle - half), 1.0 if count == of else min(1.0, middle + half))


def bounds(count: int, reached: int, due: int) -> Interval | None:
    """Return the share of all who were due if nobody who was missed counts, and if all of them do."""
    _check_share(count, reached)
    _check_share(reached, due)
    return (count / due, (count + due - reached) / due) if due else None


def newcombe(count: int, of: int, other: int, other_of: int, confidence: float = 0.95) -> tuple[float, float, float] | None:
    """Return the difference of two independent shares with Newcombe's hybrid score interval: (difference, low, high)."""
    first, second = wilson(count, of, confidence), wilson(other, other_of, confidence)
    if first is None or second is None:
        return None
    one, two = count / of, other / other_of
    below = math.hypot(one - first[0], second[1] - two)
    above = math.hypot(first[1] - one, two - second[0])
    return one - two, one - two - below, one - two + above


def median(numbers: Iterable[float]) -> float | None:
    """Return the middle of what is known; nothing of nothing."""
    known = sorted(numbers)
    return _median(known) if known else None


# Survival


@dataclass(frozen=True)
class Step:
    """One moment of a survival curve: who was still watched just before, what happened, and the share that is left."""

    at: float
    at_risk: int
    ended: int
    censored: int
    left: float
    low: float
    high: float


def kaplan_meier(spells: Iterable[tuple[float, bool]], confidence: float = 0.95) -> list[Step]:
    """Return the share still going after each length of time, after Kaplan and Meier, with Greenwood's log-log interval.

    A spell is (how long it was watched, whether it ended).
    One whose time is not yet up counts while it is watched and is never an end.
    """
    watched = sorted((float(length), bool(ended)) for length, ended in spells)
    if any(length < 0 or math.isnan(length) for length, _ in watched):
        raise ValueError("A spell cannot be shorter than nothing.")
    z, at_risk, left, spread = _z(confidence), len(watched), 1.0, 0.0
    steps = [Step(0.0, at_risk, 0, 0, 1.0, 1.0, 1.0)] if watched and watched[0][0] > 0 else []
    place = 0
    while place < len(watched):
        at, here = watched[place][0], 0
        ended = 0
        while place < len(watched) and watched[place][0] == at:
            ended += watched[place][1]
            here += 1
            place += 1
        left *= 1 - ended / at_risk
        spread = math.inf if at_risk == ended else spread + ended / (at_risk * (at_risk - ended))
        low, high = _log_log(left, spread, z)
        steps.append(Step(at, at_risk, ended, here - ended, left, low, high))
        at_risk -= here
    return steps


def _log_log(left: float, spread: float, z: float) -> Interval:
    if left >= 1:
        return 1.0, 1.0
    if left <= 0:
        return 0.0, 0.0
    width = z * math.sqrt(spread) / math.log(left)
    one, other = left ** math.exp(width), left ** math.exp(-width)
    return min(one, other), max(one, other)


def left_at(steps: Sequence[Step], at: float) -> Step | None:
    """Return the step of a curve that holds at a moment, or nothing where nobody was watched so long."""
    held = [step for step in steps if step.at <= at]
    return held[-1] if held and steps[-1].at >= at else None


def at_risk(steps: Sequence[Step], at: float) -> int:
    """Return how many were still watched at a moment."""
    return next((step.at_risk for step in steps if step.at >= at), 0)


def median_survival(steps: Sequence[Step]) -> float | None:
    """Return when half had ended, or nothing where that has not come yet."""
    # Exactly a half is a half, however the product was rounded.
    return next((step.at for step in steps if step.left <= 0.5 + 1e-12), None)


# Hiding
#
# A table of counts is a box with several axes (round × office × figure). Along each axis some labels are the sum of others.
# A cell is its tuple of labels. A hidden cell is safe when another table, as possible as the true one, shows the same open cells
# and has `threshold` or more in its place: a reader then cannot even say that it is small. Such a table is found as a *move*:
# along every axis a step that leaves all sums in place, multiplied. Whatever a move touches is hidden too; the cheapest is taken.

Key = tuple[Hashable, ...]
Move = Mapping[Hashable, int]


@dataclass(frozen=True)
class Axis:
    """One direction of a table: its labels, which of them are sums of others, and how dear each is to the reader."""

    labels: tuple[Hashable, ...]
    sums: tuple[tuple[Hashable, tuple[Hashable, ...]], ...] = ()
    weights: Mapping[Hashable, int] | None = None
    unpublished: frozenset[Hashable] = frozenset()

    def weight(self, label: Hashable) -> int:
        """Return what hiding this label costs; one that is never shown costs nothing."""
        return 0 if label in self.unpublished else (self.weights or {}).get(label, 1)

    def moves(self, label: Hashable) -> tuple[Move, ...]:
        """Return the steps through a label that leave every sum in place."""
        found: dict[frozenset[tuple[Hashable, int]], Move] = {}
        sums = [{total: -1, **dict.fromkeys(parts, 1)} for total, parts in self.sums]

        def mend(step: dict[Hashable, int]) -> None:
            for row in sums:
                off = sum(sign * step.get(one, 0) for one, sign in row.items())
                if off:
                    for one, sign in row.items():
                        if one not in step and abs(off) == 1:
                            mend({**step, one: -off * sign})
                    return
            found.setdefault(frozenset(step.items()), step)

        mend({label: 1})
        return tuple(sorted(found.values(), key=len))


def suppress(cells: Mapping[Key, int], axes: Sequence[Axis], threshold: int = 5) -> frozenset[Key]:
    """Return the cells to hide: every count above zero and below the threshold, and whatever would give one of them away.

    Zero is shown. Labels that are never published (a complement, say) are guarded like the rest:
    they must not come out by subtraction.
    The same table always hides the same cells, so two prints of it cannot be laid on each other.
    """
    box = _Box(cells, axes)
    small = [spot for spot, count in enumerate(box.counts) if 0 < count < threshold]
    for spot in small:
        box.hide(spot)
    for spot in sorted(small, key=lambda spot: (-box.counts[spot], spot)):
        for other in box.cheapest(spot, threshold - box.counts[spot]):
            box.hide(other)
    return frozenset(key for spot, key in enumerate(box.keys) if box.hidden[spot])


class _Box:
    """A table laid out flat, so that thousands of moves can be weighed while a page waits."""

    NEAR = 3

    def __init__(self, cells: Mapping[Key, int], axes: Sequence[Axis]) -> None:
        self.keys: list[Key] = list(product(*(axis.labels for axis in axes)))
        self.counts = [cells[key] for key in self.keys]
        self.sizes = [len(axis.labels) for axis in axes]
        self.strides = [math.prod(self.sizes[place + 1 :]) for place in range(len(axes))]
        weights = [{label: axis.weight(label) for label in axis.labels} for axis in axes]
        self.prices = [
            math.prod(weight[label] for weight, label in zip(weights, key, strict=True)) * (1 + math.log1p(count))
            for key, count in zip(self.keys, self.counts, strict=True)
        ]
        covered = [axis.unpublished for axis in axes]
        self.hidden = [any(label in some for label, some in zip(key, covered, strict=True)) for key in self.keys]
        # moves[axis][label]: steps through the label, as (distance in the flat table, sign).
        self.moves = [
            [
                [[((axis.labels.index(one) - here) * stride, sign) for one, sign in move.items()] for move in axis.moves(label)]
                for here, label in enumerate(axis.labels)
            ]
            for axis, stride in zip(axes, self.strides, strict=True)
        ]

    def hide(self, spot: int) -> None:
        self.hidden[spot] = True
        self.prices[spot] = 0.0

    def cheapest(self, spot: int, far: int) -> list[int]:
        """Return what must be hidden so that this cell could as well be larger by so much."""
        through = [moves[spot // stride % size] for moves, stride, size in zip(self.moves, self.strides, self.sizes, strict=True)]
        *outer, inner = through
        near = [
            sorted(moves, key=lambda move: sum(self.prices[spot + distance] for distance, _sign in move))[: self.NEAR]
            for moves in outer
        ]
        found = self._search(spot, far, near, inner)
        if found is None:
            found = self._search(spot, far, outer, inner)
        # Raising a cell together with every sum above it is always possible, so a move is always found.
        assert found is not None
        return found

    def _search(
        self, spot: int, far: int, outer: Sequence[Sequence[Sequence[tuple[int, int]]]], inner: Sequence[Sequence[tuple[int, int]]]
    ) -> list[int] | None:
        prices, counts = self.prices, self.counts
        best, taken = math.inf, None
        for step in product(*outer):
            corners = [(spot + sum(one[0] for one in corner), math.prod(one[1] for one in corner)) for corner in product(*step)]
            seen: dict[tuple[int, int], float] = {}
            for move in inner:
                cost = 0.0
                for one in move:
                    price = seen.get(one)
                    if price is None:
                        distance, sign = one
                        price = 0.0
                        for corner, side in corners:
                            if side != sign and counts[corner + distance] < far:
                                price = math.inf
                                break
                            price += prices[corner + distance]
                        seen[one] = price
                    cost += price
                    if cost >= best:
                        break
                else:
                    best = cost
                    taken = [corner + distance for distance, _sign in move for corner, _side in corners]
                    if not best:
                        return taken
        return taken


def recoverable(cells: Mapping[Key, int], axes: Sequence[Axis], hidden: Iterable[Key], threshold: int = 5) -> dict[Key, int]:
    """Return the small cells that a careful reader could work out, with their value; empty is what we promise.

    The reader knows every sum, every open cell, and that nobody is counted below zero. An independent check of ``suppress``:
    the equations are solved exactly, then ranges are narrowed until nothing moves.
    """
    unknown = set(hidden)
    rows = _equations(cells, axes, unknown)
    rows = [*rows, *_solved(rows)]
    low: dict[Key, Fraction] = dict.fromkeys(unknown, Fraction(0))
    high: dict[Key, Fraction | None] = dict.fromkeys(unknown, None)
    # A range that narrows for ever (by halves) gives nothing away: a bound on the rounds is enough.
    for _ in range(200):
        moved = [_narrow(row, right, low, high) for row, right in rows]
        if not any(moved):
            break
    return {key: cells[key] for key in unknown if 0 < cells[key] < threshold and low[key] == high[key]}


Row = tuple[dict[Key, Fraction], Fraction]


def _equations(cells: Mapping[Key, int], axes: Sequence[Axis], unknown: set[Key]) -> list[Row]:
    rows: list[Row] = []
    for place, axis in enumerate(axes):
        others = [other.labels for spot, other in enumerate(axes) if spot != place]
        for total, parts in axis.sums:
            for rest in product(*others):
                row: dict[Key, Fraction] = {}
                right = Fraction(0)
                for label, sign in ((total, -1), *((part, 1) for part in parts)):
                    key = (*rest[:place], label, *rest[place:])
                    if key in unknown:
                        row[key] = Fraction(sign)
                    else:
                        right -= sign * cells[key]
                if row:
                    rows.append((row, right))
    return rows


def _solved(rows: Sequence[Row]) -> list[Row]:
    """Return the same equations with each unknown cleared from all rows but one, where it can be."""
    done: list[tuple[Key, dict[Key, Fraction], Fraction]] = []
    for row, right in rows:
        row = dict(row)
        for pivot, other, other_right in done:
            right = _clear(row, right, pivot, other, other_right)
        if not row:
            continue
        pivot = min(row, key=str)
        scale = row[pivot]
        row = {key: value / scale for key, value in row.items()}
        right /= scale
        for place, (other_pivot, other, other_right) in enumerate(done):
            done[place] = (other_pivot, other, _clear(other, other_right, pivot, row, right))
        done.append((pivot, row, right))
    return [(row, right) for _, row, right in done]


def _clear(row: dict[Key, Fraction], right: Fraction, pivot: Key, other: Mapping[Key, Fraction], other_right: Fraction) -> Fraction:
    factor = row.get(pivot)
    if not factor:
        return right
    for key, value in other.items():
        left = row.get(key, Fraction(0)) - factor * value
        if left:
            row[key] = left
        else:
            row.pop(key, None)
    return right - factor * other_right


def _narrow(row: Mapping[Key, Fraction], right: Fraction, low: dict[Key, Fraction], high: dict[Key, Fraction | None]) -> bool:
    """Narrow the range of every unknown of one equation by the ranges of the others; say whether anything moved."""
    moved = False
    for key, factor in row.items():
        least: Fraction | None = right
        most: Fraction | None = right
        for other, value in row.items():
            if other == key:
                continue
            floor, ceiling = low[other], high[other]
            smallest = value * floor if value > 0 else (None if ceiling is None else value * ceiling)
            largest = (None if ceiling is None else value * ceiling) if value > 0 else value * floor
            most = None if most is None or smallest is None else most - smallest
            least = None if least is None or largest is None else least - largest
        if factor < 0:
            least, most = most, least
        bottom = None if least is None else Fraction(math.ceil(least / factor))
        top = None if most is None else Fraction(math.floor(most / factor))
        if bottom is not None and bottom > low[key]:
            low[key], moved = bottom, True
        ceiling = high[key]
        if top is not None and (ceiling is None or top < ceiling):
            high[key], moved = top, True
    return moved
