"""Whether the books are right: exit 1, and the first line that is not."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from casework.models import Programme
from grants.books import broken_lines
from grants.models import Contract


class Command(BaseCommand):
    help = "Check every contract, call and closed period of the ledger. Exit 1 and the first broken line, or all with --all."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--programme", metavar="CODE", default="")
        parser.add_argument("--all", action="store_true", help="Every broken line, not only the first.")

    def handle(self, *args: Any, **options: Any) -> None:
        programme = Programme.objects.filter(code=options["programme"]).first() if options["programme"] else None
        if options["programme"] and programme is None:
            raise CommandError(f"There is no programme {options['programme']}.")
        broken = broken_lines(programme)
        first = next(broken, None)
        if first is None:
            rows = Contract._base_manager.filter(**({"case__programme": programme} if programme else {}))
            self.stdout.write(f"The ledger is right: {rows.count()} contracts.")
            return
        self.stderr.write(first)
        if options["all"]:
            for line in broken:
                self.stderr.write(line)
        sys.exit(1)
