"""Score answers from a file, so that anyone can check the arithmetic."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from monitoring import instruments, scoring


class Command(BaseCommand):
    """Print the scores of one person or of many; leave with 2 and one line where the file cannot be scored."""

    help = (
        "Scores answers and prints JSON. FILE holds one object or a list of objects: "
        '{"answers": {"QUESTION": "OPTION", …}} by the ids of the instrument, or {"points": {"DIMENSION": [0.5, null, …]}} '
        "to test the arithmetic alone (null: refused). A question left out or answered prefer_not_to_say counts as missing. "
        "docs/instruments.md describes both. “-” reads standard input."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE.json")
        parser.add_argument("--instrument", required=True, metavar="NAME", help=f"One of: {', '.join(instruments.names())}.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            asked = instruments.instrument(options["instrument"])
        except instruments.BadInstrument as fault:
            raise CommandError(str(fault), returncode=2) from fault
        given = _read(options["file"])
        if isinstance(given, list):
            answer: Any = [_scored(asked, one, f"entry {number}: ") for number, one in enumerate(given, start=1)]
        else:
            answer = _scored(asked, given, "")
        self.stdout.write(json.dumps(answer, indent=2, ensure_ascii=False))


def _read(name: str) -> Any:
    try:
        words = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        raise CommandError(
            f"{name} cannot be read: {getattr(fault, 'strerror', None) or 'it is not UTF-8 text'}.", returncode=2
        ) from fault
    try:
        return json.loads(words)
    except (json.JSONDecodeError, RecursionError) as fault:
        raise CommandError(f"{name} is not JSON: {fault}", returncode=2) from fault


def _scored(asked: instruments.Instrument, given: Any, where: str) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise CommandError(f"{where}an object with “answers” or “points” is needed.", returncode=2)
    try:
        if "points" in given:
            scores = scoring.score_points(asked, _points(given["points"]))
        else:
            answers = given.get("answers", given)
            if not isinstance(answers, dict):
                raise ValueError("“answers” is an object: question → answer.")
            scores = scoring.score(asked, answers)
    except ValueError as fault:
        raise CommandError(f"{where}{fault}", returncode=2) from fault
    named = {"id": given["id"]} if "id" in given else {}
    return {**named, **scores.as_dict()}


def _points(given: Any) -> dict[str, list[float | None]]:
    if not isinstance(given, dict) or not all(isinstance(one, list) for one in given.values()):
        raise ValueError("“points” is an object: dimension → list of numbers between 0 and 1, or null.")
    return given
