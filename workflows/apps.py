from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, register
from django.db.models.signals import post_migrate


class WorkflowsConfig(AppConfig):
    name = "workflows"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        post_migrate.connect(_install_triggers, sender=self, dispatch_uid="workflows.triggers")
        register(_ledgers_are_append_only, Tags.database)


def _install_triggers(**_kwargs: Any) -> None:
    from workflows import triggers  # the models' tables exist only now

    triggers.install()


def _ledgers_are_append_only(databases: Any = None, **_kwargs: Any) -> list[CheckMessage]:
    from django.db import connection

    from workflows import triggers

    if not databases or "workflows_event" not in connection.introspection.table_names():
        return []
    lacking = triggers.missing()
    if not lacking:
        return []
    return [
        Error(f"The ledgers can be rewritten: {', '.join(lacking)} missing.", hint="Run `manage.py migrate`.", id="workflows.E001")
    ]
