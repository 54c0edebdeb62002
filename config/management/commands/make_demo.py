"""`manage.py make_demo`: fills an empty installation with a programme that has lived for eighteen months."""

import json
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.test.utils import override_settings

from accounts.models import User
from casework.models import Programme
from config.demo import cast, story
from workflows import clock


class Command(BaseCommand):
    """Perform the demo's verbs on a moved clock; nothing leaves the machine. Does nothing where the demo is already."""

    help = "Fills an empty installation with the demo programme; does nothing when it is there already."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", type=int, default=2026)

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The demo is not for production: its people are invented and its passwords are printed.")
        there = Programme.objects.filter(code="TN-RETURN").exists()
        if not there and User.objects.exists():
            raise CommandError("This installation is in use. The demo fills an empty one: give another HOMEWARD_DATA.")
        if not there:
            began = time.monotonic()
            self.stdout.write("Living through eighteen months of Return to Tunisia …")
            # One commit: a demo that was interrupted leaves nothing, and is made again.
            with (
                override_settings(EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend", HOMEWARD_NUDGE=False),
                transaction.atomic(),
            ):
                told = story.tell(clock.now(), seed=options["seed"], said=self.stdout.write)
            self.stdout.write(f"{told.cases} people over {told.days} days in {time.monotonic() - began:.0f} s.")
        file = settings.DATA / "demo-accounts.json"
        file.write_text(json.dumps(cast.accounts(), indent=2), encoding="utf-8")
