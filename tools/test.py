"""Runs the tests on each database and service that answers, says loudly what was missing, and closes with one sum.

make test                             everything that can run here
HOMEWARD_REQUIRE_SERVICES=1 make test a missing service is a failure
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

BASE = Path(__file__).resolve().parent.parent
REQUIRED = os.environ.get("HOMEWARD_REQUIRE_SERVICES") == "1"
POSTGRESQL = os.environ.get("HOMEWARD_TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")


def answering() -> str | None:
    """The test PostgreSQL as the suite's own database, if it answers."""
    import psycopg

    try:
        psycopg.connect(POSTGRESQL, connect_timeout=2).close()
    except psycopg.OperationalError:
        return None
    return urlsplit(POSTGRESQL)._replace(path="/homeward").geturl()


def chromium() -> bool:
    given = os.environ.get("HOMEWARD_TEST_CHROMIUM")
    return bool(given or any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")))


def leg(title: str, *arguments: str, database: str = "") -> tuple[bool, dict[str, int]]:
    """One run of pytest: whether all is well, and how many did what."""
    print(f"\n=== {title} ===", flush=True)
    with tempfile.TemporaryDirectory(prefix="homeward-test-") as folder:
        counts = Path(folder) / "counts.json"
        env = {**os.environ, "HOMEWARD_DATA": folder, "HOMEWARD_TEST_COUNTS": str(counts), "HOMEWARD_MODE": "test"}
        env.pop("DATABASE_URL", None)
        if database:
            env["DATABASE_URL"] = database
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
        code = subprocess.run(command, cwd=BASE, env=env, check=False).returncode
        numbers: dict[str, int] = json.loads(counts.read_text()) if counts.exists() else {}
    return code == 0, numbers


def main() -> int:
    start, well, missing = time.monotonic(), True, []
    total = dict.fromkeys(("passed", "failed", "error", "skipped"), 0)
    two = ("-n", "2", "--dist", "loadscope")
    legs: list[tuple[str, tuple[str, ...], str]] = [("SQLite", (*two, "-m", "not browser"), "")]
    database = answering()
    if database:
        legs.append(("PostgreSQL", (*two, "-m", "both_databases and not browser"), database))
    else:
        missing.append("the suite on PostgreSQL: none answers at HOMEWARD_TEST_DATABASE_URL")
    if not any((BASE / "tests" / "journeys").glob("test_*.py")):
        missing.append("journeys in a browser: tests/journeys is empty")
    elif chromium():
        legs.append(("Journeys in a browser", ("-m", "browser"), database or ""))
    else:
        missing.append("journeys in a browser: no Chromium is on this machine")
    for title, arguments, where in legs:
        passed, numbers = leg(title, *arguments, *sys.argv[1:], database=where)
        well = well and passed
        for name in total:
            total[name] += numbers.get(name, 0)
    for what in missing:
        print(f"\n!!! NOT RUN: {what}", flush=True)
    failed = total["failed"] + total["error"]
    print(f"\n{time.monotonic() - start:.0f} s in all")
    print(f"{total['passed']} passed, {failed} failed, {total['skipped']} skipped", flush=True)
    return 0 if well and not failed and not (REQUIRED and missing) else 1


if __name__ == "__main__":
    sys.exit(main())
