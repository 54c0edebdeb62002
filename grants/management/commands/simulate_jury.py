"""Simulate juries whose true order is known, and see whether the adjusted order is nearer to it than the raw one."""

from __future__ import annotations

import json
import math
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean, stdev
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandError

from grants import ranking
from grants.assignment import Juror, Pitch, Problem, Seating, seat
from grants.ranking import Score

WEIGHTS = {"market": 30.0, "plan": 30.0, "person": 25.0, "jobs": 15.0}
# On a scale from 1 to 5: how far pitches differ, and how far a juror's single score lies off what the juror thinks of the pitch.
QUALITY, NOISE, MIDDLE = 0.7, 0.9, 3.2
LOSS = 0.01


@dataclass(frozen=True)
class Jury:
    """How large the juries are, and how far jurors differ in severity (standard deviation)."""

    pitches: int
    jurors: int
    per_pitch: int
    severity: float


class Command(BaseCommand):
    """Print, for each way of seating, Kendall's tau with the true order: raw, adjusted, their difference and its standard error."""

    # The formulas need neither a database nor any address of the house.
    requires_system_checks: list[str] = []

    help = (
        "Simulates juries and prints JSON. Each way of seating is tried on so many juries: unbalanced (some jurors sit everywhere, "
        "others hardly ever, pitches have unequal juries), balanced (as seat_jury seats), balanced with jurors who are all alike. "
        "tau is Kendall's (b), between 1 (the true order) and -1. docs/jury.md says how the scores are made."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--juries", type=int, default=500)
        parser.add_argument("--pitches", type=int, default=40)
        parser.add_argument("--jurors", type=int, default=8)
        parser.add_argument("--per-pitch", type=int, default=3)
        parser.add_argument("--severity", type=float, default=0.5, help="Standard deviation of severity (default: %(default)s).")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--format", choices=["json"], default="json")

    def handle(self, *args: Any, **options: Any) -> None:
        jury = Jury(options["pitches"], options["jurors"], options["per_pitch"], options["severity"])
        if min(jury.pitches, options["juries"], jury.jurors) < 2 or not 1 <= jury.per_pitch <= jury.jurors:
            raise CommandError("Two juries, pitches and jurors at least, and no more a pitch than there are jurors.", returncode=2)
        if not 0 <= jury.severity < math.inf or options["seed"] < 0:
            raise CommandError("--severity and --seed are not below zero.", returncode=2)
        self.stdout.write(json.dumps(simulated(jury, options["juries"], options["seed"]), indent=2))


def simulated(jury: Jury, juries: int, seed: int) -> dict[str, Any]:
    """Return what came out, for each way of seating."""
    alike = Jury(jury.pitches, jury.jurors, jury.per_pitch, 0.0)
    ways = {"unbalanced": (jury, unbalanced), "balanced": (jury, balanced), "balanced_alike": (alike, balanced)}
    found: dict[str, Any] = {name: _tried(one, seats, juries, seed) for name, (one, seats) in ways.items()}
    better = found["unbalanced"]["difference"] > 2 * found["unbalanced"]["standard_error"]
    no_worse = all(found[name]["difference"] >= -LOSS for name in ("balanced", "balanced_alike"))
    return {"juries": juries, "seed": seed, **vars(jury), "seatings": found, "holds": bool(better and no_worse)}


def _tried(jury: Jury, seats: Any, juries: int, seed: int) -> dict[str, Any]:
    raw, adjusted, withheld = [], [], 0
    for number in range(juries):
        lot = np.random.default_rng([seed, number])
        truth, scores = scored(jury, seats(jury, lot), lot)
        found = ranking.rank(scores, WEIGHTS, draws=0)
        by_name = {one.pitch: one for one in found.pitches}
        order = [by_name[f"p{place:03}"] for place in range(jury.pitches)]
        withheld += found.withheld is not None
        raw.append(tau(truth, [one.raw for one in order]))
        adjusted.append(tau(truth, [one.score for one in order]))
    gained = [after - before for before, after in zip(raw, adjusted, strict=True)]
    return {
        "raw": mean(raw),
        "adjusted": mean(adjusted),
        "difference": mean(gained),
        "standard_error": stdev(gained) / math.sqrt(juries),
        "withheld": withheld,
    }


def balanced(jury: Jury, lot: np.random.Generator) -> list[list[int]]:
    """The jurors of each pitch, as the product seats them."""
    names = [f"{place:03}" for place in range(max(jury.pitches, jury.jurors))]
    problem = Problem(
        [Pitch(name) for name in names[: jury.pitches]],
        [Juror(name) for name in names[: jury.jurors]],
        jury.per_pitch,
        seed=int(lot.integers(2**31)),
    )
    answer = seat(problem)
    assert isinstance(answer, Seating)  # nobody is in conflict
    seats: list[list[int]] = [[] for _pitch in range(jury.pitches)]
    for pitch, juror in answer.seats:
        seats[int(pitch)].append(int(juror))
    return seats


def unbalanced(jury: Jury, lot: np.random.Generator) -> list[list[int]]:
    """The jurors of each pitch, where some jurors sit everywhere and others hardly ever, and one pitch has more than another."""
    zeal = lot.exponential(size=jury.jurors) + 0.05
    many = lot.integers(1, 2 * jury.per_pitch, size=jury.pitches)
    return [
        lot.choice(jury.jurors, size=min(int(number), jury.jurors), replace=False, p=zeal / zeal.sum()).tolist() for number in many
    ]


def scored(jury: Jury, seats: Sequence[Sequence[int]], lot: np.random.Generator) -> tuple[np.ndarray, list[Score]]:
    """The true worth of each pitch, and what the jurors write down: whole levels from 1 to 5."""
    truth = lot.normal(0, QUALITY, jury.pitches)
    severity = lot.normal(0, 1, jury.jurors) * jury.severity
    scores = []
    for pitch, chosen in enumerate(seats):
        noise = lot.normal(0, NOISE, (len(chosen), len(WEIGHTS)))
        levels = np.clip(np.rint(MIDDLE + truth[pitch] - severity[list(chosen)][:, None] + noise), 1, 5)
        for juror, sheet in zip(chosen, levels.tolist(), strict=True):
            scores += [Score(f"p{pitch:03}", f"j{juror:02}", name, level) for name, level in zip(WEIGHTS, sheet, strict=True)]
    return truth, scores


def tau(one: Sequence[float] | np.ndarray, other: Sequence[float | None]) -> float:
    """Return Kendall's tau-b of two orders; 0 where one of them is no order at all."""
    a, b = np.asarray(one, dtype=float), np.round(np.asarray(other, dtype=float), 9)
    left, right = np.sign(a[:, None] - a), np.sign(b[:, None] - b)
    size = math.sqrt(float((left**2).sum() * (right**2).sum()))
    return float((left * right).sum()) / size if size else 0.0
