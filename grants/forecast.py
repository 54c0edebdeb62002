"""The first year of a business, month by month: when it pays for itself, and where the strokes of its chart go."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

MONTHS = 12
# The drawing is 660 by 212; the figures stand left of 40, the words of the lines right of 572.
_LEFT, _RIGHT, _TOP, _BOTTOM = 52.0, 558.0, 29.4, 168.0


@dataclass(frozen=True)
class Month:
    """What one month brings and costs, in minor units."""

    month: int
    income: int
    expense: int

    @property
    def left(self) -> int:
        """What is left; below zero in a month that costs more than it brings."""
        return self.income - self.expense


def break_even(months: Sequence[Month]) -> int | None:
    """The first month from which on every month brings what it costs; None where the year does not reach it."""
    first = None
    for one in months:
        if one.income < one.expense or not one.income:
            first = None
        elif first is None:
            first = one.month
    return first


def deepest(months: Sequence[Month]) -> int:
    """How deep the till runs before it fills: the lowest sum of what is left, zero or below, in minor units."""
    sum_, lowest = 0, 0
    for one in months:
        sum_ += one.left
        lowest = min(lowest, sum_)
    return lowest


@dataclass(frozen=True)
class Chart:
    """Two lines over twelve months as SVG paths, with the marks of their axes."""

    takings: str
    costs: str
    ticks: tuple[tuple[float, int], ...]
    """Height on the paper and the amount that it stands for."""
    months: tuple[tuple[float, int], ...]
    takings_end: float
    costs_end: float
    mark: tuple[float, float] | None
    """Where the month of the break-even stands."""
    break_even: int | None


def chart(months: Sequence[Month]) -> Chart | None:
    """The chart of the year, or None where nothing was written."""
    highest = max((max(one.income, one.expense) for one in months), default=0)
    if not highest:
        return None
    top = _round_up(highest)

    def x(month: int) -> float:
        return round(_LEFT + (_RIGHT - _LEFT) * (month - 1) / (MONTHS - 1), 1)

    def y(amount: int) -> float:
        return round(_BOTTOM - (_BOTTOM - _TOP) * amount / top, 1)

    def line(name: str) -> str:
        return "M" + " L".join(f"{x(one.month)} {y(getattr(one, name))}" for one in months)

    paid = break_even(months)
    at = next((one for one in months if one.month == paid), None)
    takings_end, costs_end = y(months[-1].income), y(months[-1].expense)
    if abs(takings_end - costs_end) < 16:  # the words of the two lines do not lie on one another
        apart = (16 - abs(takings_end - costs_end)) / 2
        up = -1 if takings_end <= costs_end else 1
        takings_end, costs_end = takings_end + up * apart, costs_end - up * apart
    return Chart(
        takings=line("income"),
        costs=line("expense"),
        ticks=tuple((y(amount), amount) for amount in (0, top // 2, top)),
        months=tuple((x(month), month) for month in range(1, MONTHS + 1)),
        takings_end=takings_end + 4,
        costs_end=costs_end + 4,
        mark=(x(at.month), y(at.income)) if at else None,
        break_even=paid,
    )


def _round_up(amount: int) -> int:
    """The next round figure: 1, 2 or 5 times a power of ten."""
    power = 10 ** (len(str(amount)) - 1)
    return next(step * power for step in (1, 2, 5, 10) if step * power >= amount)


def rises(months: Sequence[Month]) -> bool:
    """Whether no month brings less than the one before it: a forecast that only rises is worth a question."""
    return all(before.income <= after.income for before, after in pairwise(months))
