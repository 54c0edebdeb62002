"""A call of five hundred before its jury: seating beside the bare assignment by the same solver, and ranking.

`python -m tests.load.jury KIND` prints one JSON object. No database: the formulas know none.
"""

import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_matrix, vstack

from grants.assignment import Juror, Pitch, Problem, Seating, seat
from grants.ranking import Score, rank

PITCHES, JURORS, EACH, MOST = 500, 60, 3, 30
CRITERIA = {"market": 25.0, "plan": 20.0, "person": 20.0, "money": 15.0, "jobs": 10.0, "place": 10.0}


def took(what: Callable[[], Any]) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    what()
    return (time.perf_counter() - began) * 1000


def described(times: Sequence[float]) -> dict[str, float]:
    """Median and 95th percentile."""
    return {"median_ms": statistics.median(times), "p95_ms": sorted(times)[int(len(times) * 0.95)]}


def seating() -> dict[str, Any]:
    """Seats for all, hanging together, loads even; beside it the seats alone, which HiGHS fills at random costs and no more."""
    lot = random.Random(1)
    names, people = [f"p{n}" for n in range(PITCHES)], [f"j{n}" for n in range(JURORS)]
    conflicts = [(pitch, juror) for pitch in names for juror in people if lot.random() < 0.05]
    problem = Problem([Pitch(one) for one in names], [Juror(one, MOST) for one in people], EACH, conflicts, 2, seed=1)
    barred = set(conflicts)
    pairs = [(row, column) for row, one in enumerate(names) for column, other in enumerate(people) if (one, other) not in barred]
    rows, columns = np.array(pairs).T
    ones, spots, cost = np.ones(len(pairs)), np.arange(len(pairs)), np.random.default_rng(1).random(len(pairs))
    table = vstack(
        [csr_matrix((ones, (rows, spots)), (PITCHES, len(pairs))), csr_matrix((ones, (columns, spots)), (JURORS, len(pairs)))],
        format="csr",
    )
    least, most = np.r_[np.full(PITCHES, EACH), np.zeros(JURORS)], np.r_[np.full(PITCHES, EACH), np.full(JURORS, MOST)]

    def bare() -> None:
        assert milp(cost, constraints=LinearConstraint(table, least, most), bounds=Bounds(0, 1)).status == 0

    answer = seat(problem)
    assert isinstance(answer, Seating) and answer.connected
    times = [(took(lambda: seat(problem)), took(bare)) for _turn in range(9)]
    ours, hand = [one for one, _other in times], [other for _one, other in times]
    spread = max(answer.load.values()) - min(answer.load.values())
    ratio = statistics.median(ours) / statistics.median(hand)
    return {**described(ours), "queries": None, "ratio": ratio, "gap": answer.gap, "load_spread": spread}


def ranking() -> dict[str, Any]:
    """Three sheets of six criteria for each, and a thousand juries redrawn."""
    lot = np.random.default_rng(1)
    worth, strict = lot.normal(3.2, 0.7, PITCHES), lot.normal(0, 0.4, JURORS)
    scores = [
        Score(f"p{pitch}", f"j{juror}", name, float(np.clip(np.rint(worth[pitch] - strict[juror] + lot.normal(0, 0.9)), 1, 5)))
        for pitch in range(PITCHES)
        for juror in lot.choice(JURORS, EACH, replace=False)
        for name in CRITERIA
    ]
    asked = {f"p{pitch}": int(lot.integers(4_000, 7_500)) * 100 for pitch in range(PITCHES)}
    budget = sum(asked.values()) // 3
    times = [took(lambda: rank(scores, CRITERIA, asked=asked, budget=budget, seed=1)) for _turn in range(5)]
    return {**described(times), "queries": None, "ratio": None, "draws": 1_000, "seconds": statistics.median(times) / 1000}


if __name__ == "__main__":
    kinds = {"seating": seating, "ranking": ranking}
    sys.stdout.write(json.dumps(kinds[sys.argv[1]]()) + "\n")
