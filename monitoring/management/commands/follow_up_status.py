"""Where following up stands: `follow_up_status --format json`."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from monitoring.queries import follow_up_status


class Command(BaseCommand):
    help = "Rounds by state; messages queued, sent, failed, dead; the oldest that waits."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--format", choices=["json", "text"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        status = follow_up_status()
        if options["format"] == "json":
            self.stdout.write(json.dumps(status))
            return
        for name, count in status["rounds"].items():
            self.stdout.write(f"{name:16} {count:7}")
        self.stdout.write(f"{'all':16} {status['all']:7}")
        for name, count in status["messages"].items():
            self.stdout.write(f"messages {name:7} {count:7}")
        oldest = status["oldest_waiting_seconds"]
        self.stdout.write("nothing waits" if oldest is None else f"the oldest waits since {oldest} s")
