"""`manage.py statechart`: draws every machine from its own code, and with --check says when the drawings are old."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from workflows.chain import roots
from workflows.machine import AggregateRoot, charted, state_names

PLACE = Path("docs") / "statecharts.md"


class Command(BaseCommand):
    """Write docs/statecharts.md: a Mermaid drawing and a table of verbs for each machine."""

    help = "Writes docs/statecharts.md from the machines; --check exits 1 when it is out of date."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing, exit 1 when the file differs")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("en"):
            text = "\n".join(
                [
                    "# State charts",
                    "",
                    "Made by `manage.py statechart` from the machines themselves; not edited by hand.",
                    "",
                    *self._pages(),
                ]
            )
        file = Path(settings.BASE) / PLACE
        if options["check"]:
            if not file.exists() or file.read_text() != text:
                raise CommandError(f"{PLACE} is out of date: run `manage.py statechart`.", returncode=1)
            self.stdout.write(f"{PLACE} is current.")
        else:
            file.write_text(text)
            self.stdout.write(f"{PLACE} written.")

    def _pages(self) -> list[str]:
        lines: list[str] = []
        for model in sorted(roots(), key=lambda one: one._meta.label):
            lines += _page(model)
        return lines


def _page(model: type[AggregateRoot]) -> list[str]:
    states = state_names(model)
    lines = [f"## {model._meta.label}", ""]
    if states:
        drawn: dict[tuple[str, str], list[str]] = {}
        for source, name, target in charted(model):
            if source != target:
                drawn.setdefault((source, target), []).append(name)
        lines += ["```mermaid", "stateDiagram-v2"]
        lines += [
            f"    {source or '[*]'} --> {target}: {', '.join(sorted(names))}" for (source, target), names in sorted(drawn.items())
        ]
        lines += ["```", ""]
    lines += ["| verb | label | from → to | needs |", "| --- | --- | --- | --- |"]
    for one in sorted(model.known_verbs().values(), key=lambda verb: verb.name):
        moves = (
            "begins"
            if one.creates
            else ", ".join(sorted({f"{source} → {_target(target)}" for source, target in one.moves.items()}))
        )
        needs = ", ".join(need.__name__ for need in one.needs) or "–"
        lines.append(f"| `{one.name}` | {one.label} | {moves} | {needs} |")
    return [*lines, ""]


def _target(target: Any) -> str:
    return " or ".join(target.states) if hasattr(target, "states") else str(target or "same")
