"""The settings: production refuses what is weak, and each name is documented."""

import base64
import os
import re
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

BASE = Path(__file__).resolve().parents[2]


def keys() -> str:
    return f"a:{base64.b64encode(os.urandom(32)).decode()}"


@pytest.fixture
def production(tmp_path):
    return {
        "PATH": os.environ["PATH"],
        "HOMEWARD_MODE": "production",
        "HOMEWARD_DATA": str(tmp_path),
        "HOMEWARD_URL": "https://homeward.example.org",
        "HOMEWARD_HOSTS": "homeward.example.org",
        "HOMEWARD_SECRET_KEY": secrets.token_urlsafe(48),
        "HOMEWARD_INDEX_KEY": secrets.token_urlsafe(48),
        "HOMEWARD_FIELD_KEYS": keys(),
        "HOMEWARD_EVENT_KEYS": keys(),
        "DATABASE_URL": "postgres://homeward_app:unused@127.0.0.1:5432/homeward",
        "HOMEWARD_BROKER_URL": "redis://127.0.0.1:6379/0",
    }


def read(env) -> str:
    """The last line that reading the settings prints."""
    code = "import config.settings as s; print('read', s.DEBUG, s.SESSION_COOKIE_SECURE)"
    done = subprocess.run([sys.executable, "-c", code], cwd=BASE, env=env, capture_output=True, text=True, check=False)
    return (done.stdout + done.stderr).strip().splitlines()[-1].removeprefix("django.core.exceptions.ImproperlyConfigured: ")


def test_production_starts_with_the_documented_settings(production):
    assert read(production) == "read False True"


@pytest.mark.parametrize("name", ["HOMEWARD_SECRET_KEY", "HOMEWARD_INDEX_KEY", "HOMEWARD_FIELD_KEYS"])
def test_production_refuses_a_missing_secret(production, name):
    del production[name]
    assert read(production) == f"Production needs {name}: at least 32 random characters."


def test_production_refuses_events_without_a_key(production):
    del production["HOMEWARD_EVENT_KEYS"]
    assert read(production) == "HOMEWARD_EVENT_KEYS is missing: give at least one key as id:base64."


@pytest.mark.parametrize("weak", ["short", "a" * 60, "changeme" * 8])
def test_production_refuses_a_weak_secret(production, weak):
    production["HOMEWARD_SECRET_KEY"] = weak
    assert read(production) == "HOMEWARD_SECRET_KEY is too weak: give at least 32 random characters."


def test_production_refuses_one_secret_for_two_uses(production):
    production["HOMEWARD_INDEX_KEY"] = production["HOMEWARD_SECRET_KEY"]
    assert read(production) == "HOMEWARD_SECRET_KEY and HOMEWARD_INDEX_KEY must differ."


def test_production_refuses_a_field_key_that_is_not_random(production):
    production["HOMEWARD_FIELD_KEYS"] = f"a:{base64.b64encode(bytes(32)).decode()}"
    assert read(production) == "HOMEWARD_FIELD_KEYS: the key a is not random."


def test_production_refuses_debug_sqlite_and_plain_http(production):
    assert "not in production" in read({**production, "HOMEWARD_DEBUG": "1"})
    assert (
        read({**production, "DATABASE_URL": "sqlite:////tmp/x.sqlite3"})
        == "Production runs on PostgreSQL: set DATABASE_URL to postgres://…"
    )
    assert "https://" in read({**production, "HOMEWARD_URL": "http://homeward.example.org"})


def test_keys_are_made_once_and_for_the_owner_alone(tmp_path):
    from config.secrets import secret

    first = secret("", tmp_path, "secret_key", production=False)
    assert secret("", tmp_path, "secret_key", production=False) == first
    assert len(first) >= 32
    assert (tmp_path / "keys" / "secret_key").stat().st_mode & 0o077 == 0


def test_every_setting_is_documented_and_nothing_else():
    names = re.compile(r"\b(HOMEWARD_[A-Z_]+|DATABASE_URL|EMAIL_URL)\b")
    read_by_us = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (BASE / "config" / "settings.py").read_text()))
    table = {
        name
        for line in (BASE / "docs" / "settings.md").read_text().splitlines()
        if line.startswith("| `")
        for name in names.findall(line.split("|")[1])
    }
    assert table == read_by_us
