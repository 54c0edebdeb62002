"""Who watches over Homeward hears the truth: ready only with its database, its triggers, its broker and a ticking beat."""

import json
import time
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from config import health
from workflows import clock as clocks
from workflows import jobs, triggers


def checks(client):
    answer = client.get("/health/ready")
    return answer.status_code, json.loads(answer.content)["checks"]


def test_live_asks_nothing_of_the_database(client):
    answer = client.get("/health/live")  # without the `db` fixture, a query would be refused
    assert (answer.status_code, answer.json()) == (200, {"live": True})


def test_ready_needs_no_login_and_names_what_it_looked_at(client, db):
    jobs.tick()
    code, said = checks(client)
    assert code == 200
    assert set(said) == {"database", "triggers", "broker", "beat"}
    assert said["beat"].startswith("ticked ")


def test_a_process_that_has_just_started_waits_for_the_first_tick(client, db, monkeypatch):
    monkeypatch.setattr(health, "_started", time.monotonic())
    assert checks(client)[1]["beat"] == "just started: waiting for the first tick"


def test_not_ready_when_beat_is_silent(db):
    silent = {"beat": "Beat has not ticked for three minutes: is it running, and a worker?"}
    assert health.report(["beat"], patient=False) == (False, silent)
    jobs.tick()
    assert health.report(["beat"], patient=False)[0]
    with clocks.moved_to(clocks.now() + timedelta(minutes=4)):
        assert health.report(["beat"], patient=False) == (False, silent)


def test_not_ready_when_a_trigger_is_missing(client, db):
    gone, table = sorted(triggers.present())[0], "workflows_access"
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TRIGGER {gone}" if connection.vendor == "sqlite" else f"DROP TRIGGER {gone} ON {table}")
        code, said = checks(client)
        transaction.set_rollback(True)
    assert (code, said["triggers"]) == (503, f"Triggers are missing: {gone}. Run manage.py migrate.")
    assert checks(client)[1]["triggers"] == "installed"


def test_not_ready_when_the_broker_does_not_answer(client, db, settings):
    settings.CELERY_BROKER_URL = "filesystem://"
    settings.BROKER_DIR = "/nowhere"
    code, said = checks(client)
    assert (code, said["broker"]) == (503, "The broker's folder cannot be written to.")


def test_the_command_is_not_patient(db):
    with pytest.raises(CommandError):
        call_command("health", stdout=StringIO())
    jobs.tick()
    out = StringIO()
    call_command("health", "database", "beat", stdout=out)
    assert [line.split(":")[0] for line in out.getvalue().splitlines()] == ["database", "beat"]


@pytest.mark.parametrize("address", ["/health/live", "/health/ready"])
def test_health_is_only_read(client, db, address):
    assert client.post(address).status_code == 405


def test_health_is_answered_under_any_name_and_over_plain_http(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.ALLOWED_HOSTS = ["homeward.example.org"]
    assert client.get("/health/live", headers={"host": "10.0.0.7:8000"}).status_code == 200
