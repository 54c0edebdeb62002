from typing import Any

from django.apps import AppConfig, apps
from django.core.management import call_command
from django.db.models.signals import post_migrate


class FrontDoorConfig(AppConfig):
    name = "config"
    label = "front_door"

    def ready(self) -> None:
        # This app has no models, so it is told of no migration: the kit's moment is taken.
        post_migrate.connect(_make_cache_table, sender=apps.get_app_config("workflows"), dispatch_uid="config.cache_table")


def _make_cache_table(*, using: str, **_kwargs: Any) -> None:
    """Limits and lockouts live in the database: their table comes with the migrations, as every other does."""
    call_command("createcachetable", database=using, verbosity=0)
