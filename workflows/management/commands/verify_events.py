"""`manage.py verify_events`: is the record what was written?"""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from workflows import chain, clock, triggers


class Command(BaseCommand):
    """Check every stream, head and seal. Exit 0 with the counts, or 1 with the first line that does not hold."""

    help = "Checks every event, stream, head and seal: exit 0 and the counts, or exit 1 and the first broken line."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = chain.verify()
        except chain.Broken as broken:
            raise CommandError(str(broken), returncode=1) from None
        if lacking := triggers.missing():
            raise CommandError(
                f"The record holds, but the database would let it be rewritten: {', '.join(lacking)} missing.", returncode=1
            )
        age = int((clock.now() - done.unsealed_since).total_seconds()) if done.unsealed_since else 0
        counts = {
            "events": done.events,
            "streams": done.streams,
            "accesses": done.accesses,
            "seals": done.seals,
            "unsealed": done.unsealed,
            "unsealed_age_seconds": age,
        }
        if options["format"] == "json":
            self.stdout.write(json.dumps(counts))
        else:
            self.stdout.write(
                f"{done.events} events in {done.streams} streams hold, under {done.seals} seals; {done.accesses} accesses. "
                f"Unsealed: {done.unsealed}, the oldest {age} s old. Keys: {chain.present_key()}."
            )
