"""Append-only in the database itself: triggers that refuse to change, remove, or replace an event, a seal or an access.

They are installed after every migration (Django rebuilds SQLite tables and drops triggers silently), and `check` and
readiness fail without them. Only `flush` in tests may take them down, through the one fixture that puts them back.
"""

from django.db import connection

_TABLES = {
    # table: the columns that are unique together, which INSERT OR REPLACE would silently replace on SQLite
    "workflows_event": ("stream", "seq"),
    "workflows_seal": ("ledger", "number"),
    "workflows_access": ("user_id", "subject_kind", "subject_id", "kind", "purpose", "slot"),
}
_REFUSAL = "append only"


def _sqlite(table: str, unique: tuple[str, ...]) -> dict[str, str]:
    same = " AND ".join(f"{column} = NEW.{column}" for column in unique)
    # A second access within ten minutes is left out, not an error: it is written by INSERT OR IGNORE.
    again = "RAISE(IGNORE)" if table == "workflows_access" else f"RAISE(ABORT, '{table} is {_REFUSAL}')"
    abort = f"RAISE(ABORT, '{table} is {_REFUSAL}')"
    return {
        f"{table}_no_update": f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} BEGIN SELECT {abort}; END",
        f"{table}_no_delete": f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} BEGIN SELECT {abort}; END",
        f"{table}_no_replace_id": f"CREATE TRIGGER {table}_no_replace_id BEFORE INSERT ON {table} "
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id) BEGIN SELECT {abort}; END",
        f"{table}_no_replace": f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) BEGIN SELECT {again}; END",
    }


def _postgresql(table: str) -> dict[str, str]:
    run = "EXECUTE FUNCTION workflows_append_only()"
    return {
        f"{table}_no_change": f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {run}",
        f"{table}_no_truncate": f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {run}",
    }


_FUNCTION = f"""
CREATE OR REPLACE FUNCTION workflows_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is {_REFUSAL}', TG_TABLE_NAME; END $$
"""


def _wanted() -> dict[str, tuple[str, str]]:
    """Trigger name → (table, SQL that makes it) on the present database."""
    made = {}
    for table, unique in _TABLES.items():
        for name, sql in (_sqlite(table, unique) if connection.vendor == "sqlite" else _postgresql(table)).items():
            made[name] = (table, sql)
    return made


def present() -> set[str]:
    """The names of our triggers that are there and enabled."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'")
        return {row[0] for row in cursor.fetchall()} & set(_wanted())


def missing() -> list[str]:
    """The triggers that should be there and are not; empty when the ledgers are safe."""
    return sorted(set(_wanted()) - present())


def install() -> None:
    """Put every trigger in its place; those that are there stay."""
    tables = set(connection.introspection.table_names())
    there = present()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_FUNCTION)
        for name, (table, sql) in _wanted().items():
            if name not in there and table in tables:
                cursor.execute(sql)


def drop() -> None:
    """Take the triggers down. For the tests' one sanctioned flush alone; nothing of the product calls it."""
    with connection.cursor() as cursor:
        for name in present():
            table = _wanted()[name][0]
            cursor.execute(f"DROP TRIGGER {name}" if connection.vendor == "sqlite" else f"DROP TRIGGER {name} ON {table}")
