"""The containers, read where no engine is at hand: pinned, healthy, without secrets, and a role that cannot rewrite history."""

import re
from pathlib import Path

import pytest
import yaml

BASE = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((BASE / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
DOCKERFILE = (BASE / "Dockerfile").read_text()
SETTINGS = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (BASE / "config" / "settings.py").read_text()))
PINNED = re.compile(r"^[\w./-]+:v?\d+\.\d+(\.\d+)?[\w.-]*$")


def test_the_services_of_the_house():
    assert set(SERVICES) == {"migrate", "web", "worker", "beat", "postgres", "redis", "mail"}


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_an_image_is_pinned(name):
    assert PINNED.match(SERVICES[name]["image"])


def test_the_images_that_ours_is_built_on_are_pinned():
    bases = re.findall(r"^FROM (\S+)", DOCKERFILE, re.M)
    assert len(bases) == 2
    assert all(PINNED.match(base) and "slim" in base for base in bases)


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"migrate"}))
def test_a_service_that_stays_has_a_health_check(name):
    assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"


def test_the_web_waits_for_the_migrations_and_they_for_the_database():
    assert SERVICES["web"]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert SERVICES["migrate"]["depends_on"]["postgres"] == {"condition": "service_healthy"}


@pytest.mark.parametrize("name", ["migrate", "web", "worker", "beat"])
def test_every_setting_named_exists(name):
    assert set(SERVICES[name]["environment"]) <= SETTINGS


def test_every_variable_asked_for_is_documented():
    asked = set(re.findall(r"\$\{([A-Z_]+)", (BASE / "docker-compose.yml").read_text()))
    documented = set(re.findall(r"\b(?:HOMEWARD_[A-Z_]+|EMAIL_URL)\b", (BASE / "docs" / "settings.md").read_text()))
    assert asked <= documented


def test_no_secret_stands_in_it():
    secret = re.compile(r"(KEY|KEYS|PASSWORD|SECRET)$")
    given = [
        (name, value)
        for service in SERVICES.values()
        for name, value in (service.get("environment") or {}).items()
        if secret.search(name)
    ]
    assert len(given) > 5
    assert [name for name, value in given if not re.fullmatch(r"\$\{[A-Z_]+:\?.+\}", str(value))] == []
    addresses = [
        str(service["environment"]["DATABASE_URL"])
        for service in SERVICES.values()
        if "DATABASE_URL" in (service.get("environment") or {})
    ]
    assert [address for address in addresses if not re.match(r"postgres://\w+:\$\{[A-Z_]+:\?", address)] == []
    assert not re.search(r"(KEY|PASSWORD|SECRET)\w*=", DOCKERFILE)


def test_only_the_migrations_come_as_the_owner():
    owners = {
        name
        for name, service in SERVICES.items()
        if "homeward_owner:" in str((service.get("environment") or {}).get("DATABASE_URL"))
    }
    assert owners == {"migrate"}


def test_ours_runs_as_nobody_on_a_file_system_that_cannot_be_written():
    assert re.findall(r"^USER (\S+)", DOCKERFILE, re.M) == ["10001"]
    for name in ("migrate", "web", "worker", "beat"):
        assert SERVICES[name]["read_only"] is True
        assert SERVICES[name]["cap_drop"] == ["ALL"]


def test_nothing_is_open_to_the_network_but_through_a_proxy():
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


@pytest.mark.postgresql
def test_the_application_role_reads_and_writes_but_cannot_rewrite_history(tmp_path):
    """The two files that the containers run, run on a real PostgreSQL, with a table as `migrate` would have made it."""
    import os
    import uuid
    from urllib.parse import urlsplit

    import psycopg

    server = os.environ["HOMEWARD_TEST_DATABASE_URL"]
    name = f"homeward_role_{uuid.uuid4().hex[:10]}"
    role = f"{name}_app"
    grants = (BASE / "docker" / "grants.sql").read_text().replace("homeward_app", role)
    made = (
        (BASE / "docker" / "role.sql").read_text().replace("homeward_app", role).replace("DATABASE homeward ", f"DATABASE {name} ")
    )
    made = "\n".join(line for line in made.splitlines() if not line.startswith("\\")).replace(
        ":'app_password'", "'only for this test'"
    )
    ledgers, others = ("workflows_event", "workflows_seal", "workflows_access"), ("workflows_task", "django_migrations")
    with psycopg.connect(server, autocommit=True) as administrator:
        administrator.execute(f"CREATE DATABASE {name}")
        try:
            place = urlsplit(server)._replace(path=f"/{name}").geturl()
            with psycopg.connect(place, autocommit=True) as owner:
                for table in (*ledgers, *others):
                    owner.execute(f"CREATE TABLE {table} (id bigserial PRIMARY KEY, words text)")
                owner.execute(made)
                owner.execute(grants)
                owner.execute(f"SET ROLE {role}")
                owner.execute("INSERT INTO workflows_task (words) VALUES ('call')")
                owner.execute("UPDATE workflows_task SET words = 'called'")
                for ledger in ledgers:
                    owner.execute(f"INSERT INTO {ledger} (words) VALUES ('said')")
                    for forbidden in (
                        f"UPDATE {ledger} SET words = 'unsaid'",
                        f"DELETE FROM {ledger}",
                        f"TRUNCATE {ledger}",
                        f"DROP TABLE {ledger}",
                    ):
                        with pytest.raises(psycopg.errors.InsufficientPrivilege):
                            owner.execute(forbidden)
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    owner.execute("ALTER TABLE workflows_event DISABLE TRIGGER ALL")
        finally:
            administrator.execute(f"DROP DATABASE {name} WITH (FORCE)")
            administrator.execute(f"DROP ROLE IF EXISTS {role}")
