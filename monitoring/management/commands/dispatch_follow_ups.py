"""One tick of dispatch in the foreground: `dispatch_follow_ups [--at 2026-05-14T09:00]`."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from monitoring.dispatch import dispatch


class Command(BaseCommand):
    help = "Takes every follow-up round whose turn it is through its next step. Messages are queued; the worker sends them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--at",
            help="As if it were this moment: 2026-05-14 or 2026-05-14T09:00, in the programme's time unless it says otherwise.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(json.dumps(dispatch(self.moment(options["at"])).as_dict()))

    def moment(self, text: str | None) -> Any:
        if not text:
            return None
        try:
            moment = parse_datetime(text)
            if moment is None and (day := parse_date(text)):
                moment = parse_datetime(f"{day}T12:00")
        except ValueError as wrong:
            raise CommandError(f"--at: {wrong}.") from wrong
        if moment is None:
            raise CommandError(f"--at: {text} is no moment. Write 2026-05-14 or 2026-05-14T09:00.")
        return timezone.make_aware(moment) if timezone.is_naive(moment) else moment
