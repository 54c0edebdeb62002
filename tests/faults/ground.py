"""Ground for faults: a database of its own, on SQLite or PostgreSQL, that threads share and processes may die on."""

import os
import shutil
import signal
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management import call_command
from django.db import connections

POSTGRES = os.environ.get("HOMEWARD_TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")


def _postgres_settings() -> dict[str, object]:
    import environ

    return environ.Env.db_url_config(POSTGRES)


def postgres_answers() -> bool:
    """Whether a PostgreSQL is there to be tried on."""
    import psycopg

    try:
        psycopg.connect(POSTGRES, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _postgres(statement: str) -> None:
    import psycopg

    with psycopg.connect(POSTGRES, autocommit=True) as connection:
        connection.execute(statement)


@contextmanager
def pointed_at(settings: dict[str, object]) -> Iterator[None]:
    """Let `connections["default"]` be another database until the block ends, in this thread and those begun in it."""
    wrapper = connections["default"]
    old_settings = connections.settings["default"]
    merged = {**old_settings, **settings}
    del connections["default"]
    connections.settings["default"] = merged
    try:
        yield
    finally:
        connections["default"].close()
        connections.settings["default"] = old_settings
        connections["default"] = wrapper


@contextmanager
def ground(vendor: str, folder: Path) -> Iterator[None]:
    """A migrated database of `vendor` ("sqlite", "postgresql"), gone when the block ends."""
    if vendor == "sqlite":
        template = folder / "template.sqlite3"
        file = folder / f"{uuid.uuid4().hex}.sqlite3"
        options = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=OFF;",
        }
        common: dict[str, object] = {"ENGINE": "django.db.backends.sqlite3", "OPTIONS": options}
        if not template.exists():
            with pointed_at({**common, "NAME": str(template)}):
                call_command("migrate", run_syncdb=True, verbosity=0)
        shutil.copy(template, file)
        with pointed_at({**common, "NAME": str(file)}):
            yield
        return
    template_name = f"homeward_fault_{os.getpid()}"
    common = {**_postgres_settings(), "OPTIONS": {}, "CONN_MAX_AGE": 0}
    marker = folder / "postgres-template"
    if not marker.exists():
        _postgres(f"DROP DATABASE IF EXISTS {template_name}")
        _postgres(f"CREATE DATABASE {template_name}")
        with pointed_at({**common, "NAME": template_name}):
            call_command("migrate", run_syncdb=True, verbosity=0)
        marker.write_text(template_name)
    name = f"homeward_fault_{uuid.uuid4().hex[:12]}"
    _postgres(f"CREATE DATABASE {name} TEMPLATE {template_name}")
    try:
        with pointed_at({**common, "NAME": name}):
            yield
    finally:
        _postgres(f"DROP DATABASE {name} WITH (FORCE)")


def forget_templates(folder: Path) -> None:
    """Drop what `ground` keeps between tests."""
    marker = folder / "postgres-template"
    if marker.exists():
        _postgres(f"DROP DATABASE IF EXISTS {marker.read_text()} WITH (FORCE)")


def dies_at(point: str, work: Callable[[], object]) -> bool:
    """Run `work` in a child process that is killed at `point`; whether it died there."""
    connections["default"].close()
    child = os.fork()
    if child == 0:
        os.environ["HOMEWARD_DIE_AT"] = point
        try:
            work()
        finally:
            os._exit(0)
    _pid, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
