"""The house rules of the tests: real services or a loud word, one clock, one sanctioned flush, pages that are tidy."""

import json
import os
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from unittest import mock

import hypothesis
import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client, TestCase, TransactionTestCase

from workflows import clock as clocks
from workflows import triggers

HERE = Path(__file__).parent
EXAMPLES = HERE.parents[1] / "shared" / "data"
REQUIRED = os.environ.get("HOMEWARD_REQUIRE_SERVICES") == "1"

# What is about locks, constraints, triggers, search, dispatch and migrations runs on both databases.
BOTH_DATABASES = (
    "workflows",
    "accounts",
    "casework/test_actions",
    "casework/test_queries",
    "casework/test_duplicates",
    "grants/test_calls",
    "grants/test_pitches",
    "monitoring/test_dispatch",
    "migrations",
)

hypothesis.settings.register_profile("homeward", deadline=None, derandomize=True, max_examples=60, database=None)
hypothesis.settings.load_profile("homeward")


# ——— services: present, or missed aloud ———


@cache
def postgresql_answers() -> bool:
    """Whether the PostgreSQL of the tests is there."""
    import psycopg

    try:
        psycopg.connect(os.environ["HOMEWARD_TEST_DATABASE_URL"], connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


@cache
def redis_answers() -> bool:
    """Whether the Redis of the tests is there."""
    import redis

    try:
        return bool(redis.Redis.from_url(os.environ["HOMEWARD_TEST_REDIS_URL"], socket_connect_timeout=2).ping())
    except redis.RedisError:
        return False


def chromium_path() -> str | None:
    """Where a Chromium is, if one is."""
    return (
        os.environ.get("HOMEWARD_TEST_CHROMIUM")
        or shutil.which("chromium")
        or shutil.which("chromium-browser")
        or shutil.which("google-chrome")
    )


NEEDED = {
    "postgresql": (postgresql_answers, "no PostgreSQL answers at HOMEWARD_TEST_DATABASE_URL"),
    "redis": (redis_answers, "no Redis answers at HOMEWARD_TEST_REDIS_URL"),
    "browser": (lambda: chromium_path() is not None, "no Chromium is on this machine"),
}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("on_postgresql"):
            item.add_marker("both_databases")
        place = item.path.relative_to(HERE).as_posix()
        if place.startswith(BOTH_DATABASES):
            item.add_marker("both_databases")
        if place.startswith("journeys/"):
            item.add_marker("browser")
    if connection.vendor != "postgresql":
        races = [item for item in items if item.get_closest_marker("on_postgresql")]
        config.hook.pytest_deselected(items=races)
        items[:] = [item for item in items if item not in races]


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker, (there, why) in NEEDED.items():
        if item.get_closest_marker(marker) and not there():
            if REQUIRED:
                pytest.fail(f"Not to be missed here: {why}.", pytrace=False)
            pytest.skip(why)
    if (wanted := item.get_closest_marker("examples")) and not (EXAMPLES / wanted.args[0]).exists():
        pytest.skip(f"{wanted.args[0]} is not beside this copy")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report: Any = yield
    if REQUIRED and report.skipped and not hasattr(report, "wasxfail") and not item.get_closest_marker("examples"):
        report.outcome = "failed"
        report.longrepr = f"Skipped where nothing may be skipped: {report.longrepr}"
    return report


def pytest_terminal_summary(terminalreporter: Any) -> None:
    stats = terminalreporter.stats
    missed = Counter(
        str(report.longrepr[2]).removeprefix("Skipped: ")
        for report in stats.get("skipped", [])
        if isinstance(report.longrepr, tuple)
    )
    if missed:
        terminalreporter.section("NOT TESTED HERE", sep="!", red=True, bold=True)
        for why, number in missed.most_common():
            terminalreporter.line(f"{number} tests: {why}", red=True)
    if counts := os.environ.get("HOMEWARD_TEST_COUNTS"):
        numbers = {name: len(stats.get(name, [])) for name in ("passed", "failed", "error", "skipped")}
        Path(counts).write_text(json.dumps(numbers))


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where the browser is. Only for tests marked `browser`."""
    return chromium_path() or ""


@pytest.fixture(scope="session")
def redis_url() -> str:
    """An empty Redis database. Only for tests marked `redis`."""
    import redis

    redis.Redis.from_url(os.environ["HOMEWARD_TEST_REDIS_URL"]).flushdb()
    return os.environ["HOMEWARD_TEST_REDIS_URL"]


# ——— the database ———


@pytest.fixture(scope="session", autouse=True)
def sanctioned_flush() -> Iterator[None]:
    """The one door past the append-only triggers: `flush` cleans up after tests that commit, and its post_migrate restores them."""
    cleaned_up = TransactionTestCase._fixture_teardown

    def drop_then_clean_up(case: TransactionTestCase) -> None:
        if not isinstance(case, TestCase):
            triggers.drop()
        cleaned_up(case)
        if not isinstance(case, TestCase):
            assert triggers.missing() == [], "flush left the ledgers unguarded"

    with mock.patch.object(TransactionTestCase, "_fixture_teardown", drop_then_clean_up):
        yield


@pytest.fixture
def vendor(db: None) -> str:
    """The present database: sqlite or postgresql."""
    return connection.vendor


# ——— time ———


class MovableClock:
    """`clock.set(…)` and the product lives then. Naive moments are meant where the programme is."""

    def set(self, moment: datetime) -> datetime:
        clocks.set_to(moment)
        return clocks.now()

    def now(self) -> datetime:
        return clocks.now()


@pytest.fixture
def clock() -> Iterator[MovableClock]:
    """The product's clock, standing still at Monday 2 March 2026, 09:00 UTC, until it is set."""
    with clocks.moved_to(datetime(2026, 3, 2, 9, 0, tzinfo=UTC)):
        yield MovableClock()


# ——— pages ———


class Untidy(AssertionError):
    """A page that the strict policy or a reader would stumble over."""


class _Page(HTMLParser):
    """Collects what may not stand in a page of ours."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.faults += [f"inline {name} on <{tag}>" for name in given if name.startswith("on") or name == "style"]
        self.faults += [
            f"javascript: address on <{tag}>" for value in given.values() if (value or "").strip().lower().startswith("javascript:")
        ]
        self.faults += [
            f"template code in {name} of <{tag}>" for name, value in given.items() if "{{" in (value or "") or "{%" in (value or "")
        ]
        if tag == "style":
            self.faults.append("inline <style>")
        if tag == "script" and "src" not in given and given.get("type") != "application/json":
            self.faults.append("inline <script>")
        if tag in ("script", "textarea", "code", "pre", "style"):
            self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if not self._inside and ("{{" in data or "{%" in data or "{#" in data):
            self.faults.append(f"template code in the text: {data.strip()[:60]!r}")


def look_over(response: HttpResponse) -> None:
    """Raise Untidy for an HTML page with inline handlers, scripts or styles, or with template code left in it."""
    if response.streaming or not response.headers.get("Content-Type", "").startswith("text/html"):
        return
    page = _Page()
    page.feed(response.content.decode(response.charset))
    if page.faults:
        raise Untidy("; ".join(page.faults))


class TidyClient(Client):
    """Runs what is to run on commit, as a real request would, and looks over every page."""

    def request(self, **request: Any) -> Any:
        with TestCase.captureOnCommitCallbacks(execute=True):
            response = super().request(**request)
        look_over(response)
        return response


@pytest.fixture
def client() -> TidyClient:
    """A browser without JavaScript, not signed in."""
    return TidyClient()
