from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config import health


class Command(BaseCommand):
    help = "Says what /health/ready says, for containers that serve no pages. Exit 1 when something is missing."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("checks", nargs="*", choices=[*health.CHECKS, []], help="only these")

    def handle(self, *args: Any, checks: list[str], **options: Any) -> None:
        ready, said = health.report(checks or health.CHECKS, patient=False)
        for name, sentence in said.items():
            self.stdout.write(f"{name}: {sentence}")
        if not ready:
            raise CommandError("Not ready.")
