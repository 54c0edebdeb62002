"""From answers to scores between 0 and 1: the arithmetic of a survey and nothing else.

Every question of a dimension weighs the same. A question refused or not known leaves the sum and the count (*renormalised*);
one that does not apply was never due. Too few answers make no score, and the reason is said.
The weights are ours and no one else's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from monitoring.instruments import PREFER_NOT, Answers, BadAnswer, Instrument, Item, applies, clean

Points = Mapping[str, Sequence[float | None]]


@dataclass(frozen=True)
class Dimension:
    """One dimension's score, or why there is none."""

    name: str
    score: float | None
    answered: int
    due: int
    total: float
    why: str = ""


@dataclass(frozen=True)
class Scores:
    """What one person's answers come to. ``composite`` weighs dimensions alike, ``pooled`` weighs questions alike; they differ."""

    instrument: str
    version: int
    dimensions: Mapping[str, Dimension]
    composite: float | None
    pooled: float | None
    why: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the scores as plain data, rounded to four places: the shape that the command prints."""
        return {
            "instrument": self.instrument,
            "version": self.version,
            "scores": {
                **{name: _rounded(one.score) for name, one in self.dimensions.items()},
                "composite": _rounded(self.composite),
                "composite_pooled": _rounded(self.pooled),
            },
            "coverage": {name: {"answered": one.answered, "due": one.due} for name, one in self.dimensions.items()},
            "why": {name: one.why for name, one in self.dimensions.items() if one.why}
            | ({"composite": self.why} if self.why else {}),
        }


def score(asked: Instrument, answers: Answers) -> Scores:
    """Score one person's answers; a question that was not answered counts as missing, one that does not apply is not due."""
    unknown = sorted(set(answers) - {item.id for item in asked.items})
    if unknown:
        raise ValueError(f"{asked.name} has no question {unknown[0]}.")
    return score_points(asked, {name: points_given(asked, name, answers) for name in asked.dimensions})


def points_given(asked: Instrument, dimension: str, answers: Answers) -> list[float | None]:
    """Return the points of each question of a dimension that applies to this person; missing ones are None."""
    given: list[float | None] = []
    for item in asked.items_of(dimension):
        if not applies(item, answers):
            continue
        points, due = _points(item, answers.get(item.id))
        if due:
            given.append(points)
    return given


def score_points(asked: Instrument, points: Points) -> Scores:
    """Score points that are there already, a list a dimension; None stands for a question refused."""
    if not asked.dimensions:
        raise ValueError(f"{asked.name} is counted, not scored.")
    strange = sorted(set(points) - set(asked.dimensions))
    if strange:
        raise ValueError(f"{asked.name} has no dimension {strange[0]}.")
    dimensions = {name: _dimension(asked, name, points.get(name, ())) for name in asked.dimensions}
    missing = [name for name, one in dimensions.items() if one.score is None]
    if missing:
        return Scores(asked.name, asked.version, dimensions, None, None, f"No score for {', '.join(missing)}.")
    scores = [one.score for one in dimensions.values() if one.score is not None]
    pooled = sum(one.total for one in dimensions.values()) / sum(one.answered for one in dimensions.values())
    return Scores(asked.name, asked.version, dimensions, sum(scores) / len(scores), pooled)


def _dimension(asked: Instrument, name: str, given: Sequence[float | None]) -> Dimension:
    for one in given:
        if one is not None and (isinstance(one, bool) or not isinstance(one, int | float) or not 0 <= one <= 1):
            raise ValueError(f"{name}: points lie between 0 and 1, or are null.")
    answered = [float(one) for one in given if one is not None]
    total = sum(answered)
    # Compared as products: 0.6 × 5 is 3 and must not fail by a rounding.
    if not given or len(answered) < asked.coverage * len(given) - 1e-9:
        why = f"{len(answered)} of {len(given)} answered; {asked.coverage:.0%} are needed."
        return Dimension(name, None, len(answered), len(given), total, why)
    return Dimension(name, total / len(answered), len(answered), len(given), total)


def _points(item: Item, answer: Any) -> tuple[float | None, bool]:
    """Return the points of an answer, and whether the question was due at all."""
    if answer is None or answer == PREFER_NOT:
        return None, True
    kept = clean(item, answer)
    chosen = [option for option in item.options if option.id in (kept if isinstance(kept, list) else [kept])]
    if not all(option.applies for option in chosen):
        return None, False
    # Several things owned are no better than one: the best of what was named counts.
    known = [option.points for option in chosen if option.points is not None]
    return (max(known), True) if known else (None, True)


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 4)


__all__ = ["BadAnswer", "Dimension", "Scores", "points_given", "score", "score_points"]
