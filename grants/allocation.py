"""From an order to awards inside a budget, by two rules; what the best use of the money would be; and what leaves the rule.

Money is whole minor units of one currency. Plain data in, plain data out; the same input has the same answer, whatever its order.

**On merit**: each file by itself, in the order heard. Favourable is one that reaches the pass mark and for which the votes are:
more for than against, or, by consensus, some for and none against. Equal votes adjourn. What is favourable is awarded while the
running total stays inside the budget; after that it is on the reserve.

**Competitive**: from the best score down while the running total stays inside the budget. The first that does not fit draws the
line: nobody below it is awarded for being cheaper; they are the reserve, in order. Below the pass mark, where there is one:
declined.

A file without a score, or whose candidate was absent, is adjourned, never declined.

Equal scores (to six decimals): the smaller amount asked goes first, then the lot by which they were heard, then the name of the
file. Where the line would part files of equal score, they are named in ``tied``, so that the committee may speak about them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

AWARD, RESERVE, ADJOURN, DECLINE = "award", "reserve", "adjourn", "decline"
DIGITS = 6


def gettext_noop(words: str) -> str:
    """Mark a sentence for the translators; the pages translate it, this module knows no framework."""
    return words


TIE_RULE = gettext_noop(
    "Equal scores: the smaller amount asked goes first, then the order of hearing drawn by lot, then the name of the file."
)
WHY = {
    "inside": gettext_noop("Inside the budget line."),
    "favourable": gettext_noop("Reaches the pass mark and the votes are for it."),
    "line": gettext_noop("Below the budget line."),
    "money": gettext_noop("Favourable, but the budget is used up."),
    "mark": gettext_noop("Below the pass mark of %(mark)s."),
    "votes": gettext_noop("%(votes)s for, %(against)s against."),
    "equal_votes": gettext_noop("As many for as against."),
    "absent": gettext_noop("The candidate was absent."),
    "no_score": gettext_noop("Nobody could score it."),
}
DEPARTURES = {
    "not_awarded": gettext_noop("The rule awards this file, the committee does not."),
    "below_mark": gettext_noop("Awarded below the pass mark of %(mark)s."),
    "outvoted": gettext_noop("Awarded with %(votes)s for and %(against)s against."),
    "out_of_turn": gettext_noop("Awarded below the budget line, before %(others)s."),
    "not_heard": gettext_noop("Decided without a score or in the candidate's absence; the rule adjourns it."),
    "more_than_asked": gettext_noop("Awarded more than was asked."),
    "otherwise": gettext_noop("The rule says otherwise about this file."),
}


@dataclass(frozen=True)
class Entry:
    """One file before the committee: its score, what is asked, its votes where there were any, and its place by lot."""

    pitch: str
    score: float | None
    asked: int
    votes: int | None = None
    against: int = 0
    absent: bool = False
    lot: int = 0

    def __post_init__(self) -> None:
        if self.asked < 0 or self.against < 0 or (self.votes or 0) < 0:
            raise ValueError(f"{self.pitch}: amounts and votes are not below zero.")
        if self.score is not None and not np.isfinite(self.score):
            raise ValueError(f"{self.pitch}: a score is a number.")


@dataclass(frozen=True)
class Outcome:
    """What the rule says about one file, why, and what has been awarded up to and with it."""

    pitch: str
    decision: str
    amount: int
    total: int
    why: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return WHY[self.why] % self.facts


@dataclass(frozen=True)
class Allocation:
    """What a rule makes of an order."""

    outcomes: tuple[Outcome, ...]
    budget: int
    spent: int
    tied: tuple[str, ...] = ()

    @property
    def left(self) -> int:
        """What the budget still has."""
        return self.budget - self.spent

    def named(self, decision: str) -> tuple[str, ...]:
        """The files of one decision, in order."""
        return tuple(one.pitch for one in self.outcomes if one.decision == decision)


@dataclass(frozen=True)
class Departure:
    """Where a decision leaves the rule, so that a reason is asked."""

    pitch: str
    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return DEPARTURES[self.code] % self.facts


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """From the best to the least, ties by the rule; files without a score at the end."""
    return sorted(entries, key=lambda one: (one.score is None, -round(one.score or 0, DIGITS), one.asked, one.lot, one.pitch))


def down_the_line(entries: Iterable[Entry], budget: int, pass_mark: float | None = None) -> Allocation:
    """Award from the best score down until the first that does not fit; the rest that passes is the reserve."""
    _check(budget)
    outcomes, spent, open_line = [], 0, True
    ordered = in_order(entries)
    for one in ordered:
        if (apart := _apart(one, pass_mark)) is not None:
            outcomes.append(Outcome(one.pitch, apart[0], 0, spent, apart[1], apart[2]))
            continue
        open_line = open_line and spent + one.asked <= budget
        spent += one.asked if open_line else 0
        outcomes.append(
            Outcome(one.pitch, AWARD, one.asked, spent, "inside") if open_line else Outcome(one.pitch, RESERVE, 0, spent, "line")
        )
    return Allocation(tuple(outcomes), budget, spent, _tied(ordered, outcomes))


def on_merit(entries: Iterable[Entry], budget: int, pass_mark: float, *, consensus: bool = False) -> Allocation:
    """Decide file by file in the order heard, with a running total; a favourable one that no longer fits is on the reserve."""
    _check(budget)
    outcomes, spent = [], 0
    for one in sorted(entries, key=lambda one: (one.lot, one.pitch)):
        apart = _apart(one, pass_mark) or _voted(one, consensus)
        if apart is not None:
            outcomes.append(Outcome(one.pitch, apart[0], 0, spent, apart[1], apart[2]))
        elif spent + one.asked > budget:
            outcomes.append(Outcome(one.pitch, RESERVE, 0, spent, "money"))
        else:
            spent += one.asked
            outcomes.append(Outcome(one.pitch, AWARD, one.asked, spent, "favourable"))
    return Allocation(tuple(outcomes), budget, spent)


Verdict = tuple[str, str, Mapping[str, Any]]


def _apart(one: Entry, pass_mark: float | None) -> Verdict | None:
    """What is decided before money and votes are looked at."""
    if one.absent:
        return ADJOURN, "absent", {}
    if one.score is None:
        return ADJOURN, "no_score", {}
    if pass_mark is not None and round(one.score, DIGITS) < round(pass_mark, DIGITS):
        return DECLINE, "mark", {"mark": pass_mark}
    return None


def _voted(one: Entry, consensus: bool) -> Verdict | None:
    """What the votes say against an award; nothing where they are for it or nobody voted."""
    if one.votes is None:
        return None
    counted = {"votes": one.votes, "against": one.against}
    if one.votes == one.against:
        return ADJOURN, "equal_votes", counted
    against = one.against > 0 if consensus else one.against > one.votes
    return (DECLINE, "votes", counted) if against else None


def _tied(ordered: Sequence[Entry], outcomes: Sequence[Outcome]) -> tuple[str, ...]:
    """Files of one score of which the line awards some and leaves others."""
    by_score: dict[float, dict[str, str]] = {}
    for one, outcome in zip(ordered, outcomes, strict=True):
        if one.score is not None and outcome.decision in (AWARD, RESERVE):
            by_score.setdefault(round(one.score, DIGITS), {})[one.pitch] = outcome.decision
    return tuple(pitch for same in by_score.values() if len(set(same.values())) == 2 for pitch in same)


def _check(budget: int) -> None:
    if budget < 0:
        raise ValueError("A budget is not below zero.")


# ——— the best use of the money, for information ———


@dataclass(frozen=True)
class Best:
    """The files whose scores add up to the most that the budget can hold."""

    pitches: tuple[str, ...]
    spent: int
    score: float


def best_total(entries: Iterable[Entry], budget: int, pass_mark: float | None = None) -> Best:
    """Return the choice of files with the highest sum of scores inside the budget: exact, in minor units.

    The 0-1 knapsack after Nemhauser and Ullmann (1969): file by file, all pairs of cost and score that no other choice beats in
    both are kept. A pair is dropped once even the rest of the money, spent on fractions of the best files that follow (Dantzig's
    bound, 1957), cannot lift it above what the greedy choice reaches. Of equal sums the cheaper is taken.
    """
    _check(budget)
    asked = [one for one in in_order(entries) if _apart(one, pass_mark) is None and one.asked <= budget]
    worth = [round((one.score or 0) * 10**DIGITS) for one in asked]
    free = [spot for spot, one in enumerate(asked) if one.asked == 0 and worth[spot] > 0]
    # The best for the money first, so that the bound bites.
    order = sorted(
        (spot for spot, one in enumerate(asked) if one.asked and worth[spot] > 0), key=lambda spot: -worth[spot] / asked[spot].asked
    )
    cost = np.array([asked[spot].asked for spot in order], dtype=np.int64)
    value = np.array([worth[spot] for spot in order], dtype=np.int64)
    chosen = sorted([*free, *(order[place] for place in _fullest(cost, value, budget))])
    total = sum(worth[spot] for spot in chosen)
    return Best(tuple(asked[spot].pitch for spot in chosen), sum(asked[spot].asked for spot in chosen), total / 10**DIGITS)


def _fullest(cost: np.ndarray, value: np.ndarray, budget: int) -> list[int]:
    """The places of the choice with the highest value; costs above zero, the best value for the money first."""
    costs, values = np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64)
    steps: list[tuple[np.ndarray, np.ndarray]] = []
    spent, worth = np.concatenate([[0], np.cumsum(cost)]), np.concatenate([[0], np.cumsum(value)])
    least = _greedy(cost, value, budget)
    for place in range(len(cost)):
        with_it = costs + cost[place] <= budget
        both = np.concatenate([costs, costs[with_it] + cost[place]])
        gain = np.concatenate([values, values[with_it] + value[place]])
        came = np.concatenate([np.arange(len(costs)), np.flatnonzero(with_it)])
        taken = np.concatenate([np.zeros(len(costs), dtype=bool), np.ones(int(with_it.sum()), dtype=bool)])
        rank = np.lexsort((taken, -gain, both))
        best_before = np.maximum.accumulate(np.concatenate([[-1], gain[rank][:-1]]))
        rank = rank[gain[rank] > best_before]
        # What the rest of the money could add at most: whole files from here on, then a part of the next.
        room = spent[place + 1] + budget - both[rank]
        reach = np.searchsorted(spent, room, side="right") - 1
        following = np.minimum(reach, len(cost) - 1) if len(cost) else reach
        part = np.where(reach < len(cost), -(-(room - spent[reach]) * value[following] // cost[following]), 0)
        rank = rank[gain[rank] + worth[reach] - worth[place + 1] + part >= least]
        steps.append((came[rank], taken[rank]))
        costs, values = both[rank], gain[rank]
    chosen, spot = [], int(np.lexsort((costs, -values))[0])
    for place in range(len(cost) - 1, -1, -1):
        came, taken = steps[place]
        if taken[spot]:
            chosen.append(place)
        spot = int(came[spot])
    return chosen


def _greedy(cost: np.ndarray, value: np.ndarray, budget: int) -> int:
    left, total = budget, 0
    for one, worth in zip(cost.tolist(), value.tolist(), strict=True):
        if one <= left:
            left -= one
            total += worth
    return total


# ——— what leaves the rule ———


@dataclass(frozen=True)
class Decided:
    """What the committee decides about one file."""

    decision: str
    amount: int = 0


def departures(rule: Allocation, decided: Mapping[str, Decided], asked: Mapping[str, int]) -> list[Departure]:
    """Return where the committee's decisions leave the rule, in the rule's order; a file not yet decided leaves nothing.

    To adjourn, or to put on the reserve what the rule awards, leaves it too; to award less than was asked does not.
    """
    found = []
    for place, outcome in enumerate(rule.outcomes):
        choice = decided.get(outcome.pitch)
        if choice is None:
            continue
        if choice.decision == AWARD and choice.amount > asked[outcome.pitch]:
            found.append(Departure(outcome.pitch, "more_than_asked"))
        if choice.decision != outcome.decision:
            found.append(_departure(outcome, choice, rule.outcomes[:place], decided))
    return found


def _departure(outcome: Outcome, choice: Decided, before: Sequence[Outcome], decided: Mapping[str, Decided]) -> Departure:
    if outcome.decision == AWARD:
        return Departure(outcome.pitch, "not_awarded")
    if outcome.why in ("absent", "no_score"):
        return Departure(outcome.pitch, "not_heard")
    if choice.decision == AWARD and outcome.why == "mark":
        return Departure(outcome.pitch, "below_mark", outcome.facts)
    if choice.decision == AWARD and outcome.why in ("votes", "equal_votes"):
        return Departure(outcome.pitch, "outvoted", outcome.facts)
    passed = [one.pitch for one in before if one.decision in (AWARD, RESERVE) and _awarded(decided.get(one.pitch)) is False]
    if choice.decision == AWARD and passed:
        return Departure(outcome.pitch, "out_of_turn", {"others": ", ".join(passed)})
    return Departure(outcome.pitch, "otherwise")


def _awarded(choice: Decided | None) -> bool | None:
    return None if choice is None else choice.decision == AWARD
