"""Rank the scores of a file, so that anyone can check the arithmetic of a sitting."""

from __future__ import annotations

import csv
import io
import json
import math
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from grants import allocation, ranking
from grants.allocation import Entry
from grants.ranking import Score

COLUMNS = ("pitch", "juror", "criterion", "weight", "score")
CANNOT_JUDGE = ("", "cannot judge", "cannot_judge")
# Amounts are counted in thousandths: no currency has more decimals.
UNITS = 1_000


class Command(BaseCommand):
    """Print the ranking of a file of scores; leave with 2 and the line where it cannot be read."""

    # The formulas need neither a database nor any address of the house.
    requires_system_checks: list[str] = []

    help = (
        "Ranks scores and prints JSON. FILE is CSV with a line a juror, pitch and criterion: pitch, juror, criterion, weight, "
        "score, and asked where a budget line is to be drawn. A score left empty (or “cannot judge”) is left out. docs/jury.md "
        "has the formulas. “-” reads standard input."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="SCORES.csv")
        parser.add_argument("--budget", metavar="AMOUNT", help="Draw the budget line here; needs the column asked.")
        parser.add_argument("--seed", type=int, required=True, help="Of the redrawn juries.")
        parser.add_argument("--draws", type=int, default=ranking.DRAWS, help="How many juries are redrawn (default: %(default)s).")
        parser.add_argument("--least", type=float, default=1.0, help="The lowest level (default: 1).")
        parser.add_argument("--most", type=float, default=5.0, help="The highest level (default: 5).")
        parser.add_argument("--format", choices=["json"], default="json")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            scale = (options["least"], options["most"])
            given = read(_words(options["file"]), scale)
            budget = None if options["budget"] is None else _minor(options["budget"], "--budget")
            if options["seed"] < 0 or options["draws"] < 0:
                raise ValueError("--seed and --draws are not below zero.")
            if budget is not None and not given.asked:
                raise ValueError("--budget needs the column asked.")
        except ValueError as fault:
            raise CommandError(str(fault), returncode=2) from fault
        found = ranking.rank(
            given.scores,
            given.weights,
            asked=given.asked or None,
            budget=budget,
            seed=options["seed"],
            draws=options["draws"],
            scale=scale,
        )
        answer = told(found)
        answer["allocation"] = None if budget is None else allocated(found, given.asked, budget)
        self.stdout.write(json.dumps(answer, indent=2, ensure_ascii=False))


def told(found: ranking.Ranking) -> dict[str, Any]:
    """The ranking as it is printed."""
    return {
        "basis": found.basis,
        "pitches": [
            {
                "pitch": one.pitch,
                "raw": one.raw,
                "adjusted": one.adjusted,
                "low": one.low,
                "high": one.high,
                "inside": one.inside,
                "spread": one.spread,
                "sheets": one.sheets,
                "cannot_judge": one.cannot_judge,
            }
            for one in found.pitches
        ],
        "jurors": [{"juror": one.juror, "severity": one.severity, "sheets": one.sheets} for one in found.jurors],
        "alpha": dict(found.alpha),
        "connected": found.connected,
        "withheld": None if found.withheld is None else str(found.withheld),
        "model": None if found.model is None else vars(found.model),
        "talk_first": [vars(one) for one in found.gaps[:10]],
    }


def allocated(found: ranking.Ranking, asked: dict[str, int], budget: int) -> dict[str, Any]:
    """The line, and the best use of the money beside it, in the amounts of the file."""
    entries = [Entry(one.pitch, one.score, asked[one.pitch]) for one in found.pitches]
    line, best = allocation.down_the_line(entries, budget), allocation.best_total(entries, budget)
    return {
        "budget": _major(budget),
        "awarded": list(line.named(allocation.AWARD)),
        "reserve": list(line.named(allocation.RESERVE)),
        "adjourned": list(line.named(allocation.ADJOURN)),
        "spent": _major(line.spent),
        "left": _major(line.left),
        "tied_at_line": list(line.tied),
        "tie_rule": allocation.TIE_RULE,
        "best_total": {"pitches": list(best.pitches), "spent": _major(best.spent), "score": best.score},
    }


@dataclass
class Given:
    """What a file of scores says; amounts in thousandths."""

    scores: list[Score] = field(default_factory=list)
    weights: dict[str, float] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)


def _words(name: str) -> str:
    try:
        return sys.stdin.read() if name == "-" else Path(name).read_bytes().decode("utf-8-sig")
    except OSError as fault:
        raise ValueError(f"{name} cannot be read: {fault.strerror}.") from fault
    except UnicodeDecodeError as fault:
        line = fault.object[: fault.start].count(b"\n") + 1
        raise ValueError(f"Line {line}: this is not UTF-8 text.") from fault


def read(words: str, scale: tuple[float, float] = (1.0, 5.0)) -> Given:
    """Return the scores of a file; ValueError says in which line what is wrong."""
    given, lines = Given(), _lines(words)
    seen: dict[tuple[str, str, str], int] = {}
    first_weight: dict[str, int] = {}
    for number, row in lines:
        try:
            for name in ("pitch", "juror", "criterion"):
                if not row[name]:
                    raise ValueError(f"{name} is empty.")
            key = (row["pitch"], row["juror"], row["criterion"])
            if key in seen:
                raise ValueError(f"{key[1]} has scored {key[2]} of {key[0]} already in line {seen[key]}.")
            seen[key] = number
            weight = _number(row["weight"], "weight")
            if weight <= 0:
                raise ValueError(f"weight {row['weight']} is not above zero.")
            if given.weights.setdefault(key[2], weight) != weight:
                raise ValueError(
                    f"weight {row['weight']} of {key[2]} differs from {given.weights[key[2]]:g} in line {first_weight[key[2]]}."
                )
            first_weight.setdefault(key[2], number)
            given.scores.append(Score(*key, _score(row["score"], scale)))
            _ask(given, key[0], row.get("asked", ""))
        except ValueError as fault:
            raise ValueError(f"Line {number}: {fault}") from fault
    if not given.scores:
        raise ValueError("Line 2: there are no scores.")
    missing = sorted({one.pitch for one in given.scores} - set(given.asked))
    if given.asked and missing:
        raise ValueError(f"Line {next(n for key, n in seen.items() if key[0] == missing[0])}: asked is empty for {missing[0]}.")
    return given


def _lines(words: str) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows by the names of their columns, with the line on which each ends."""
    reader = csv.reader(io.StringIO(words, newline=""), strict=True)
    try:
        names = [name.strip().lower() for name in next(reader, [])]
        if not any(names):
            raise ValueError("Line 1: the file is empty; the first line names the columns.")
        _check_columns(names)
        for row in reader:
            if not any(cell.strip() for cell in row):
                continue
            if len(row) != len(names):
                raise ValueError(f"Line {reader.line_num}: {len(row)} columns where the first line has {len(names)}.")
            yield reader.line_num, dict(zip(names, (cell.strip() for cell in row), strict=True))
    except csv.Error as fault:
        raise ValueError(f"Line {reader.line_num}: this is not CSV ({fault}).") from fault


def _check_columns(names: list[str]) -> None:
    if len(names) == 1 and (other := next((sign for sign in ";\t|" if sign in names[0]), None)):
        shown = {";": "a semicolon", "\t": "a tab", "|": "a bar"}[other]
        raise ValueError(f"Line 1: columns are separated by commas, here {shown} stands between them.")
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        raise ValueError(f"Line 1: the column {missing[0]} is missing.")
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise ValueError(f"Line 1: the column {twice[0]} is there twice.")


def _number(words: str, name: str) -> float:
    try:
        number = float(words)
    except ValueError:
        raise ValueError(f"{name} “{words}” is not a number.") from None
    if not math.isfinite(number):
        raise ValueError(f"{name} “{words}” is not a number.")
    return number


def _score(words: str, scale: tuple[float, float]) -> float | None:
    if words.lower() in CANNOT_JUDGE:
        return None
    score = _number(words, "score")
    if not scale[0] <= score <= scale[1]:
        raise ValueError(f"score {words} is not between {scale[0]:g} and {scale[1]:g}.")
    return score


def _ask(given: Given, pitch: str, words: str) -> None:
    if words:
        amount = _minor(words, "asked")
        if given.asked.setdefault(pitch, amount) != amount:
            raise ValueError(f"asked {words} for {pitch} differs from {_major(given.asked[pitch])} above.")


def _minor(words: str, name: str) -> int:
    try:
        amount = Decimal(words.strip()) * UNITS
    except InvalidOperation:
        raise ValueError(f"{name} “{words}” is not an amount.") from None
    if not amount.is_finite() or amount < 0 or amount != amount.to_integral_value() or amount > 10**15:
        raise ValueError(f"{name} “{words}” is not an amount: zero or more, three decimals at most.")
    return int(amount)


def _major(units: int) -> float:
    whole, rest = divmod(units, UNITS)
    return units / UNITS if rest else whole
