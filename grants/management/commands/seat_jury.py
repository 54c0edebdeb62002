"""Seat a jury from a file, so that anyone can check who was seated where, and why not."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from grants.assignment import Impossible, Juror, Pitch, Problem, Seat, Seating, seat

NEEDED = ("pitches", "jurors", "per_pitch", "seed")
FIELDS = (*NEEDED, "conflicts", "min_overlap", "seated", "scored")


class Command(BaseCommand):
    """Print the seats, or why there can be none; leave with 2 and one line where the file says no problem."""

    # The formulas need neither a database nor any address of the house.
    requires_system_checks: list[str] = []

    help = (
        'Seats a jury and prints JSON. FILE: {"pitches": [{"id", "languages"?}], "jurors": [{"id", "max_load"?, "languages"?}], '
        '"conflicts": [[pitch, juror]], "per_pitch", "min_overlap"?, "seed"}, to plan again also "seated" and "scored": '
        "[[pitch, juror]]. docs/jury.md says what is kept to. “-” reads standard input."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="PROBLEM.json")
        parser.add_argument("--format", choices=["json"], default="json")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            given = _read(options["file"])
            problem = problem_from(given)
        except ValueError as fault:
            raise CommandError(str(fault), returncode=2) from fault
        self.stdout.write(json.dumps(told(seat(problem), given), indent=2, ensure_ascii=False))


def told(answer: Seating | Impossible, given: dict[str, Any]) -> dict[str, Any]:
    """The answer as it is printed: a name that was a number in the file is one again."""
    pitches, jurors = ({str(one["id"]): one["id"] for one in given[kind]} for kind in ("pitches", "jurors"))
    if isinstance(answer, Impossible):
        named = {"pitches": [pitches[one] for one in answer.pitches], "jurors": [jurors[one] for one in answer.jurors]}
        return {"impossible": str(answer), "code": answer.code, **named}
    return {
        "seats": [[pitches[pitch], jurors[juror]] for pitch, juror in answer.seats],
        "load": dict(answer.load),
        "connected": answer.connected,
        "kept": answer.kept,
        "moved": [[pitches.get(pitch, pitch), jurors.get(juror, juror)] for pitch, juror in answer.moved],
        "gap": answer.gap,
    }


def _read(name: str) -> Any:
    try:
        words = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8-sig")
        return json.loads(words)
    except OSError as fault:
        raise ValueError(f"{name} cannot be read: {fault.strerror}.") from fault
    except UnicodeDecodeError as fault:
        raise ValueError(f"{name} cannot be read: it is not UTF-8 text.") from fault
    except (json.JSONDecodeError, RecursionError) as fault:
        raise ValueError(f"{name} is not JSON: {fault}") from fault


def problem_from(given: Any) -> Problem:
    """Return the problem that a file says; ValueError names the field that is wrong."""
    if not isinstance(given, dict):
        raise ValueError("An object with “pitches”, “jurors”, “per_pitch” and “seed” is needed.")
    missing = [name for name in NEEDED if name not in given]
    if missing:
        raise ValueError(f"{missing[0]}: is missing.")
    strange = sorted(set(given) - set(FIELDS))
    if strange:
        raise ValueError(f"{strange[0]}: there is no such field; known are {', '.join(FIELDS)}.")
    pitches = [
        Pitch(_id(one, where), _languages(one, where)) for where, one in _objects(given["pitches"], "pitches", {"id", "languages"})
    ]
    jurors = [
        Juror(_id(one, where), _whole(one.get("max_load"), f"{where}.max_load", 0, optional=True), _languages(one, where))
        for where, one in _objects(given["jurors"], "jurors", {"id", "languages", "max_load"})
    ]
    names = {"pitch": _once([one.id for one in pitches], "pitches"), "juror": _once([one.id for one in jurors], "jurors")}
    per_pitch = _whole(given["per_pitch"], "per_pitch", 1)
    seed = _whole(given["seed"], "seed", 0)
    assert per_pitch is not None and seed is not None
    return Problem(
        pitches=pitches,
        jurors=jurors,
        per_pitch=per_pitch,
        conflicts=_pairs(given.get("conflicts", []), "conflicts", names),
        min_overlap=_whole(given.get("min_overlap"), "min_overlap", 0, optional=True),
        seed=seed,
        # Who has left, or was withdrawn, may well have had a seat.
        seated=_pairs(given.get("seated", []), "seated", None),
        scored=_pairs(given.get("scored", []), "scored", names),
    )


def _objects(given: Any, field: str, known: set[str]) -> list[tuple[str, dict[str, Any]]]:
    if not isinstance(given, list):
        raise ValueError(f"{field}: a list is needed.")
    found = []
    for number, one in enumerate(given):
        where = f"{field}[{number}]"
        if not isinstance(one, dict):
            raise ValueError(f"{where}: an object with “id” is needed.")
        strange = sorted(set(one) - known)
        if strange:
            raise ValueError(f"{where}.{strange[0]}: there is no such field; known are {', '.join(sorted(known))}.")
        found.append((where, one))
    return found


def _name(given: Any, where: str) -> str:
    if isinstance(given, bool) or not isinstance(given, str | int) or not str(given).strip():
        raise ValueError(f"{where}: a name or a whole number is needed, not {json.dumps(given)}.")
    return str(given)


def _id(given: dict[str, Any], where: str) -> str:
    if "id" not in given:
        raise ValueError(f"{where}.id: is missing.")
    return _name(given["id"], f"{where}.id")


def _once(names: list[str], field: str) -> set[str]:
    seen: set[str] = set()
    for number, name in enumerate(names):
        if name in seen:
            raise ValueError(f"{field}[{number}].id: {name} is there twice.")
        seen.add(name)
    return seen


def _languages(given: dict[str, Any], where: str) -> frozenset[str]:
    listed = given.get("languages")
    if listed is None:
        return frozenset()
    if not isinstance(listed, list) or not all(isinstance(one, str) and one.strip() for one in listed):
        raise ValueError(f"{where}.languages: a list of language codes is needed.")
    return frozenset(one.strip().lower() for one in listed)


def _whole(given: Any, field: str, least: int, *, optional: bool = False) -> int | None:
    if given is None and optional:
        return None
    if isinstance(given, bool) or not isinstance(given, int) or given < least:
        raise ValueError(f"{field}: a whole number from {least} is needed, not {json.dumps(given)}.")
    return given


def _pairs(given: Any, field: str, names: dict[str, set[str]] | None) -> list[Seat]:
    if not isinstance(given, list):
        raise ValueError(f"{field}: a list of [pitch, juror] is needed.")
    found = []
    for number, pair in enumerate(given):
        where = f"{field}[{number}]"
        if not isinstance(pair, list) or len(pair) != 2:
            raise ValueError(f"{where}: [pitch, juror] is needed.")
        pitch, juror = (_name(one, where) for one in pair)
        for kind, name in (("pitch", pitch), ("juror", juror)):
            if names is not None and name not in names[kind]:
                raise ValueError(f"{where}: there is no {kind} {name}.")
        found.append((pitch, juror))
    return found
