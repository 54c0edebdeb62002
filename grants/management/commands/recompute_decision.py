"""recompute_decision SITTING: work the record of a signed sitting out again from its scores, and say where it differs."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from grants import record
from grants.models import Sitting


class Command(BaseCommand):
    help = "Works out the decision record of a signed sitting again. Exit 1 and the first difference where the two differ."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("sitting", help="the key of the sitting")

    def handle(self, *_args: Any, sitting: str, **_options: Any) -> None:
        try:
            found = Sitting.objects.select_related("call").filter(pk=sitting).first()
        except (ValidationError, ValueError):
            found = None
        if found is None:
            raise CommandError(f"There is no sitting {sitting}.")
        if not found.record:
            raise CommandError("This sitting is not signed: it has no record yet.")
        for difference in record.differences(found):
            raise CommandError(f"They differ. {difference}")
        self.stdout.write(f"The record follows from the scores: {found.record_digest}")
