"""The follow-up report as a file: `follow_up_report --programme CODE [--as-of DATE] --format json|csv|xlsx [--output FILE]`."""

import datetime as dt
import io
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from casework.models import Programme
from monitoring import exports
from monitoring.indicators import Table
from monitoring.reports.follow_up import NotYet, figures


class Command(BaseCommand):
    help = "The figures of a programme by round and office as of a day, with small counts hidden."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--programme", required=True, metavar="CODE")
        parser.add_argument("--as-of", metavar="DATE", help="the end of this day, like 2026-06-30; today where it is left out")
        parser.add_argument("--format", choices=["json", "csv", "xlsx"], default="json")
        parser.add_argument("--output", type=Path, metavar="FILE", help="standard output where it is left out")

    def handle(self, *args: Any, **options: Any) -> None:
        programme = Programme.objects.filter(code=options["programme"]).first()
        if programme is None:
            raise CommandError(f"No programme has the code {options['programme']}.", returncode=2)
        try:
            table = figures(programme, _day(options["as_of"]))
        except NotYet as wrong:
            raise CommandError(str(wrong), returncode=2) from wrong
        content = _written(table, options["format"])
        if options["output"] is None:
            # Text goes where other words of a command go; a workbook is no text.
            if options["format"] == "json":
                self.stdout.write(content.decode(), ending="")
            else:
                getattr(self.stdout, "buffer", sys.stdout.buffer).write(content)
            return
        try:
            options["output"].write_bytes(content)
        except OSError as wrong:
            raise CommandError(f"{options['output']} cannot be written: {wrong.strerror}.", returncode=2) from wrong


def _day(words: str | None) -> dt.date | None:
    if words is None:
        return None
    try:
        return dt.date.fromisoformat(words)
    except ValueError as wrong:
        raise CommandError(f"{words} is no day. Write it like 2026-06-30.", returncode=2) from wrong


def _written(table: Table, form: str) -> bytes:
    if form == "json":
        return exports.as_json(table).encode()
    if form == "csv":
        return exports.as_csv(table)
    target = io.BytesIO()
    exports.write_xlsx(table, target)
    return target.getvalue()
