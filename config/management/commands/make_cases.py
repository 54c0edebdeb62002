"""`manage.py make_cases`: synthetic load through the product's own chain."""

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.test.utils import override_settings

from config.demo import load


class Command(BaseCommand):
    """Make files by performing the verbs in hundreds, in twenty offices with caseworkers to log in as."""

    help = "Makes as many files as are asked for, by performing the verbs. For measuring; not for production."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--cases", type=int, required=True, metavar="N")
        parser.add_argument("--seed", type=int, default=1, help="The same seed makes the same people.")
        parser.add_argument(
            "--history",
            choices=("short", "full"),
            default="full",
            help="short: referred and met; full: also talks, tasks, placements and rounds of asking.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("Invented files are not for production.")
        if options["cases"] < 1:
            raise CommandError("Ask for one file at least: --cases N.")
        began = time.monotonic()
        with override_settings(HOMEWARD_NUDGE=False):
            made = load.make(options["cases"], seed=options["seed"], short=options["history"] == "short", said=self.stdout.write)
        self.stdout.write(f"{made.cases:,} files, {made.caseworkers} caseworkers, {time.monotonic() - began:.0f} s. Log in as:")
        for email, password in made.accounts:
            self.stdout.write(f"  {email}  {password}")
