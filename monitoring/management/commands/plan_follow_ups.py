"""Bring all follow-up rounds into line with the facts: `plan_follow_ups --reconcile`. A second run changes nothing."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from casework.models import Case
from monitoring.actions.planning import plan_all, plan_case


class Command(BaseCommand):
    help = "Plans, moves, leaves out, stops and takes up rounds as the facts of the cases have it; prints how many of each."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--reconcile", action="store_true", help="Every case.")
        parser.add_argument("--case", help="One case, by its reference.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["case"]:
            keys = list(Case.objects.filter(reference=options["case"]).values_list("pk", flat=True))
            if not keys:
                raise CommandError(f"There is no case {options['case']}.")
            done = plan_case(keys[0])
        elif options["reconcile"]:
            done = plan_all()
        else:
            raise CommandError("Say --reconcile for every case, or --case REFERENCE for one.")
        self.stdout.write(json.dumps(dict(sorted(done.items()))))
