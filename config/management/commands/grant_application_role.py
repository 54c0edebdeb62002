from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction


class Command(BaseCommand):
    help = "Gives the application's database role what it needs and no more: it cannot change or remove an event."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        if connection.vendor != "postgresql":
            raise CommandError("Only PostgreSQL has roles. Run this as the owner of the tables.")
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_roles WHERE rolname = 'homeward_app'")
            if not cursor.fetchone()[0]:
                raise CommandError("There is no role homeward_app. docker/role.sql makes it.")
            cursor.execute((settings.BASE / "docker" / "grants.sql").read_text(encoding="utf-8"))
        self.stdout.write("The role homeward_app reads and writes, and cannot change events, seals or accesses.")
