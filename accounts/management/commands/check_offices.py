"""List every verb that nobody can perform at some office."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.queries import gaps


class Command(BaseCommand):
    help = "Lists every verb that nobody can perform at some office, one a line. With --strict, any such verb is a failure."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--strict", action="store_true", help="exit with 1 when there is any")
        parser.add_argument("--office", metavar="CODE", help="one office only")

    def handle(self, *args: Any, strict: bool, office: str | None, **options: Any) -> None:
        found = gaps()
        if office:
            found = [gap for gap in found if gap.office and gap.office.code == office.upper()]
        for gap in found:
            self.stdout.write(f"{gap.office.code if gap.office else '*':<10} {gap.verb:<40} {gap.why}")
        self.stdout.write(
            f"{len(found)} verbs that nobody can perform somewhere." if found else "Every verb can be performed everywhere."
        )
        if strict and found:
            raise CommandError("Somewhere the work would stop.", returncode=1)
