"""Import a list of referrals, with the code that the page uses."""

import hashlib
import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.models import Office, User
from casework import referrals
from casework.actions.referral import import_list
from casework.models import Programme
from workflows.acting import NotYours, Refused


class Command(BaseCommand):
    help = "Import a list of referrals (CSV or XLSX). Exit code 0 when the file was read, 2 when it could not be."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--programme", required=True, metavar="CODE")
        parser.add_argument("--office", required=True, metavar="CODE")
        parser.add_argument("--by", required=True, metavar="EMAIL")
        parser.add_argument("--sender", default="", help="Who sends the list, where one programme has several senders.")
        parser.add_argument("--dry-run", action="store_true", help="Say what would be answered, write nothing.")
        parser.add_argument("--report", type=Path, metavar="OUT.json")

    def handle(self, *args: Any, **options: Any) -> None:
        programme = self._one(
            Programme.objects.filter(code=options["programme"]), f"No programme has the code {options['programme']}."
        )
        office = self._one(Office.objects.filter(code=options["office"]), f"No office has the code {options['office']}.")
        by = self._one(User.objects.filter(email__iexact=options["by"], is_active=True), f"Nobody signs in as {options['by']}.")
        file: Path = options["file"]
        try:
            reading = referrals.read(file, country=programme.country, limit_bytes=settings.REFERRAL_FILE_LIMIT)
            report = import_list(
                reading,
                programme=programme,
                office=office,
                by=by,
                dry_run=options["dry_run"],
                sender=options["sender"],
                file_name=file.name,
                sha256=hashlib.sha256(file.read_bytes()).hexdigest(),
            )
        except referrals.Unreadable as wrong:
            raise CommandError(str(wrong), returncode=2) from wrong
        except OSError as wrong:
            raise CommandError(f"{file} cannot be opened: {wrong.strerror}.", returncode=2) from wrong
        except (Refused, NotYours) as wrong:
            raise CommandError(str(wrong), returncode=2) from wrong
        told = report.as_json()
        if options["report"]:
            options["report"].write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        counts = ", ".join(
            f"{told[name]} {name.replace('_', ' ')}"
            for name in ("read", "accepted", "possible_duplicates", "rejected", "unchanged")
        )
        self.stdout.write(counts + (" (nothing written)" if options["dry_run"] else ""))

    @staticmethod
    def _one(rows: Any, missing: str) -> Any:
        found = rows.first()
        if found is None:
            raise CommandError(missing, returncode=2)
        return found
