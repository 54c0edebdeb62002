"""`make bench`: how fast the product is, beside a page with nothing in it and beside the same rows written by hand.

Two houses, of a hundred files and of ten thousand, each in a database of its own (PostgreSQL where it answers, else SQLite) that is
dropped afterwards; the product behind gunicorn on loopback; a caseworker of one of twenty offices, signed in. Samples of both
houses and of the floor are taken turn about, so that a busy machine is busy for all of them.
"""

import argparse
import contextlib
import http.client
import http.cookiejar
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

BASE = Path(__file__).resolve().parent.parent.parent
SMALL, PASSWORD = 100, "come-home-safely"
CASEWORKER, SUPERVISOR = "caseworker01@load.example", "supervisor01@load.example"
FLOOR, REPORT = "/bench/floor/", "/follow-up/"
READ_BY_SUPERVISORS = (REPORT,)

# What is promised: ratio of the medians to the floor (pages) or to the same by hand (work).
RATIO = {
    "my day": 5,
    "queue": 5,
    "queue, all": 5,
    "search": 5,
    "case": 8,
    "act": 6,
    "import": 10,
    "follow-up report": 3,
    "seating, 500 × 60 × 3": 10,
}
QUERIES = {"act": 10}
MOST_QUERIES, GROWTH = 15, 1.5
# Pages of figures read what they count, and are held beside SQL by hand instead: no promise that they stay as they are.
COUNTS_EVERYTHING = ("report",)
# Work of which so many a second are promised: its line says how long one hundred, or a thousand, take.
PER_SECOND = {"act_each, 100 rows": 1_000, "verify_events, 1,000 events": 50_000}
FLAT = 1.25
# Work that has so many seconds.
SECONDS = {"ranking, 500 × 3 × 6": 10}


def main() -> int:
    """Measure, print the table, write bench.json; 0 also where something is over its target: the table says so."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--cases", type=int, default=10_000)
    asked.add_argument("--samples", type=int, default=60)
    asked.add_argument("--rows", type=int, default=10_000, help="rows of the list that is imported")
    asked.add_argument("--sqlite", action="store_true", help="on SQLite, even where PostgreSQL answers")
    options = asked.parse_args()
    out = Path(os.environ.get("HOMEWARD_DATA") or BASE / "var").resolve()
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="homeward-bench-") as folder, contextlib.ExitStack() as stack:
        ground = Ground(Path(folder), use_postgres=not options.sqlite)
        say(f"On {'PostgreSQL' if ground.postgres else 'SQLite'}, {options.cases:,} files.")
        small = stack.enter_context(ground.house(SMALL))
        large = stack.enter_context(ground.house(options.cases))
        lines, in_small = pages(small, large, options.samples)
        show(lines)
        done = work(ground, large, options.rows, Path(folder))
    show(done)
    lines += in_small + done
    (out / "bench.json").write_text(json.dumps([line.as_dict() for line in lines], indent=1) + "\n")
    say(f"Written to {out / 'bench.json'}.")
    return 0


def say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


@dataclass
class Line:
    """One measure."""

    name: str
    kind: str
    median_ms: float
    p95_ms: float
    queries: int | None = None
    ratio: float | None = None
    more: dict[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """As bench.json has it: what the table says beside it can be worked out from these."""
        rounded = {"median_ms": round(self.median_ms, 2), "p95_ms": round(self.p95_ms, 2)}
        ratio = None if self.ratio is None else round(self.ratio, 2)
        return {"name": self.name, "kind": self.kind, **rounded, "queries": self.queries, "ratio": ratio}

    def bound(self) -> str:
        """What is promised of it, in short."""
        said = [f"≤ {RATIO[self.name]} ×"] if self.name in RATIO else []
        if self.name in PER_SECOND:
            said.append(f"≥ {PER_SECOND[self.name]:,} a second")
        if self.name in SECONDS:
            said.append(f"≤ {SECONDS[self.name]} s")
        return ", ".join(said)

    def is_bound(self) -> bool:
        """Whether anything is promised of it."""
        return self.name in (*RATIO, *PER_SECOND, *SECONDS) or (self.kind == "page" and self.name != "floor")

    def over(self) -> list[str]:
        """What is over its target, in words."""
        found = []
        if self.ratio is not None and self.name in RATIO and self.ratio > RATIO[self.name]:
            found.append(f"ratio over {RATIO[self.name]}")
        if self.kind == "page" and self.name != "floor":
            if (self.queries or 0) > MOST_QUERIES:
                found.append(f"more than {MOST_QUERIES} queries")
            if self.queries != self.more["queries_at_100"]:
                found.append(f"{self.more['queries_at_100']} queries at {SMALL}")
            if self.more["growth"] > GROWTH and self.name not in COUNTS_EVERYTHING:
                found.append(f"growth over {GROWTH}")
        if self.kind == "work" and (self.queries or 0) > QUERIES.get(self.name, 99):
            found.append(f"more than {QUERIES[self.name]} queries")
        if self.name in PER_SECOND and self.more["per_second"] < PER_SECOND[self.name]:
            found.append(f"under {PER_SECOND[self.name]:,} a second")
        if self.name in SECONDS and self.median_ms > SECONDS[self.name] * 1000:
            found.append(f"over {SECONDS[self.name]} s")
        if self.more.get("memory_growth", 1) > FLAT:
            found.append("memory is not flat")
        return found


def show(lines: list[Line]) -> None:
    """The table, each line with what is promised of it and whether that is met."""
    say(f"\n{'':30}{'median':>10}{'p95':>10}{'queries':>9}{'ratio':>8}  {'bound':20}{'':10}")
    for line in lines:
        ratio = "" if line.ratio is None else f"{line.ratio:.2f}"
        queries = "" if line.queries is None else str(line.queries)
        more = ", ".join(
            f"{name.replace('_', ' ')} {value:,.2f}" if isinstance(value, float) else f"{name.replace('_', ' ')} {value}"
            for name, value in line.more.items()
            if name != "rows"
        )
        verdict = "; ".join(line.over())
        said = f"NOT MET: {verdict}" if verdict else "met" if line.is_bound() else ""
        say(f"{line.name:30}{line.median_ms:10.2f}{line.p95_ms:10.2f}{queries:>9}{ratio:>8}  {line.bound():20}{said:10} {more}")


# ——— two houses ———


@dataclass
class House:
    """A filled database with the product before it."""

    what: str
    port: int
    server: subprocess.Popen[bytes]
    cookies: dict[str, str] = field(default_factory=dict)

    def close(self) -> None:
        """Let nobody in any more."""
        self.server.terminate()
        self.server.wait(20)

    def get(self, path: str, *, count: bool = False) -> tuple[float, int, str]:
        """Milliseconds, queries where counted, and the page."""
        who = SUPERVISOR if path in READ_BY_SUPERVISORS else CASEWORKER
        headers = {"Cookie": self.cookies[who], "Host": f"127.0.0.1:{self.port}", **({"X-Count": "1"} if count else {})}
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        began = time.perf_counter()
        line.request("GET", path, headers=headers)
        answer = line.getresponse()
        page = answer.read().decode()
        spent = (time.perf_counter() - began) * 1000
        line.close()
        if answer.status != 200:
            raise SystemExit(f"{path} answered {answer.status}.")
        return spent, int(answer.headers.get("X-Queries", 0)), page


class Ground:
    """Where the houses stand."""

    def __init__(self, folder: Path, *, use_postgres: bool) -> None:
        self.folder = folder
        self.server = os.environ.get("HOMEWARD_TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")
        self.postgres = use_postgres and self._answers()

    def _answers(self) -> bool:
        try:
            self._sql("SELECT 1")
        except Exception:  # noqa: BLE001 (whatever the reason, there is no PostgreSQL to measure on)
            return False
        return True

    def _sql(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(self.server, connect_timeout=2, autocommit=True) as connection:
            connection.execute(statement)

    def _name(self, what: str) -> str:
        return f"homeward_bench_{os.getpid()}_{what}"

    def url(self, what: str) -> str:
        """The address of a database."""
        if self.postgres:
            return self.server.rsplit("/", 1)[0] + "/" + self._name(what)
        return f"sqlite:///{self.folder / what}.sqlite3"

    def make(self, what: str) -> None:
        """An empty database."""
        if self.postgres:
            self._sql(f"CREATE DATABASE {self._name(what)}")

    def copy(self, what: str, to: str) -> None:
        """A second database with what the first has now; nobody may be in the first."""
        if self.postgres:
            self._sql(f"CREATE DATABASE {self._name(to)} TEMPLATE {self._name(what)}")
        else:
            shutil.copy(self.folder / f"{what}.sqlite3", self.folder / f"{to}.sqlite3")

    def drop(self, what: str) -> None:
        """No more of it."""
        if self.postgres:
            self._sql(f"DROP DATABASE IF EXISTS {self._name(what)} WITH (FORCE)")

    def env(self, what: str, port: int = 0) -> dict[str, str]:
        """What a process in the house has to know."""
        return {
            **os.environ,
            "PYTHONPATH": str(BASE),
            "DJANGO_SETTINGS_MODULE": "tests.load.settings",
            "HOMEWARD_MODE": "embedded",
            "HOMEWARD_DATA": str(self.folder),
            "HOMEWARD_STATIC_ROOT": str(self.folder / "static"),
            "HOMEWARD_LOG_LEVEL": "WARNING",
            "HOMEWARD_URL": f"http://127.0.0.1:{port}",
            "DATABASE_URL": self.url(what),
        }

    @contextlib.contextmanager
    def house(self, cases: int) -> Iterator[House]:
        """A house of so many files, open for visitors, gone at the end."""
        what, port = f"of_{cases}", free_port()
        env = self.env(what, port)
        self.make(what)
        try:
            began = time.monotonic()
            manage(env, "migrate", "-v0")
            manage(env, "collectstatic", "--noinput", "-v0")
            manage(env, "make_cases", "--cases", str(cases))
            manage(env, "dispatch_follow_ups")
            manage(env, "shell", "-v0", "-c", "from django.db import connection; connection.cursor().execute('ANALYZE')")
            say(f"{cases:,} files made in {time.monotonic() - began:.0f} s.")
            house = House(what, port, self._opened(env, port))
            try:
                house.cookies = {who: signed_in(port, who) for who in (CASEWORKER, SUPERVISOR)}
                yield house
            finally:
                house.close()
        finally:
            self.drop(what)

    @staticmethod
    def _opened(env: dict[str, str], port: int) -> subprocess.Popen[bytes]:
        options = ["--bind", f"127.0.0.1:{port}", "--worker-class", "gthread", "--workers", "1", "--threads", "4"]
        quiet = ["--log-level", "error", "--no-control-socket"]
        return subprocess.Popen([sys.executable, "-m", "gunicorn", *options, *quiet, "config.wsgi:application"], cwd=BASE, env=env)


def free_port() -> int:
    """A port that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def manage(env: dict[str, str], *words: str) -> None:
    """Run a command of the product."""
    python(env, "manage.py", *words)


def python(env: dict[str, str], *words: str) -> str:
    """Run Python in a house; what it wrote. Its complaints are shown where it fails."""
    done = subprocess.run([sys.executable, "-W", "ignore", *words], cwd=BASE, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(words)}:\n{done.stdout}{done.stderr}")
    return done.stdout


def signed_in(port: int, who: str) -> str:
    """The cookies of somebody who has signed in over the page."""
    jar = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    address = f"http://127.0.0.1:{port}/account/login/"
    for _attempt in range(100):
        with contextlib.suppress(OSError):
            opener.open(address, timeout=10).read()
            break
        time.sleep(0.1)
    token = next(cookie.value for cookie in jar if cookie.name == "csrftoken")
    said = urllib.parse.urlencode({"login": who, "password": PASSWORD, "csrfmiddlewaretoken": token}).encode()
    answer = opener.open(urllib.request.Request(address, said, {"Referer": address}), timeout=30)
    if "/login/" in answer.url:
        raise SystemExit("Nobody could sign in.")
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)


# ——— pages ———


def addresses(house: House) -> dict[str, str]:
    """The pages that are measured; the file is the first of the queue."""
    queue = house.get("/queue/")[2]
    file = re.search(r'href="(/cases/[0-9a-f-]{36}/)"', queue)
    if file is None:
        raise SystemExit("The queue is empty.")
    return {
        "my day": "/day/",
        "queue": "/queue/?view=mine",
        "queue, all": "/queue/?view=all",
        "search": "/search/?q=belhaj",
        "case": file.group(1),
        "calls": "/calls/",
        "report": REPORT,
    }


def pages(small: House, large: House, samples: int) -> tuple[list[Line], list[Line]]:
    """Each page of both houses and the floor, turn about: the lines of the large house, and those of the small one."""
    paths = {house.port: {"floor": FLOOR, **addresses(house)} for house in (small, large)}
    times: dict[tuple[int, str], list[float]] = {}
    queries: dict[tuple[int, str], int] = {}
    for house in (small, large):
        for name, path in paths[house.port].items():
            for _warm in range(3):
                queries[house.port, name] = house.get(path, count=True)[1]
    for _sample in range(samples):
        for name in paths[large.port]:
            for house in (small, large):
                times.setdefault((house.port, name), []).append(house.get(paths[house.port][name])[0])

    def line(house: House, name: str, called: str, **more: Any) -> Line:
        spent = sorted(times[house.port, name])
        middle, floor = statistics.median(spent), statistics.median(times[house.port, "floor"])
        return Line(called, "page", middle, spent[int(len(spent) * 0.95)], queries[house.port, name], middle / floor, more)

    in_small = {name: line(small, name, f"{name}, {SMALL} files") for name in paths[small.port]}
    in_large = []
    for name in paths[large.port]:
        found, there = line(large, name, name), in_small[name]
        found.more = {"growth": found.median_ms / there.median_ms, "queries_at_100": there.queries}
        in_large.append(found)
    return in_large, list(in_small.values())


# ——— work ———


def work(ground: Ground, house: House, rows: int, folder: Path) -> list[Line]:
    """What stands behind the pages, in the large house after its visitors have left."""
    house.close()

    def measured(kind: str, what: str, *words: str, by: str = "work") -> dict[str, Any]:
        told: dict[str, Any] = json.loads(python(ground.env(what), "-m", f"tests.load.{by}", kind, *words).splitlines()[-1])
        return told

    def line(name: str, told: dict[str, Any]) -> Line:
        return Line(name, "work", **{key: told.pop(key, None) for key in ("median_ms", "p95_ms", "queries", "ratio")}, more=told)

    lines = [line("act", measured("act", house.what)), line("act_each, 100 rows", measured("act_each", house.what))]
    ground.copy(house.what, "by_hand")
    try:
        found = measured("import", house.what, str(rows), str(folder))
        hand = measured("bulk", "by_hand", str(rows), str(folder))
    finally:
        ground.drop("by_hand")
    lines.append(line("import", {**found, "ratio": found["median_ms"] / hand["median_ms"]}))
    lines.append(line("verify_events, 1,000 events", measured("verify", house.what)))
    lines.append(line("follow-up report", measured("report", house.what)))
    lines.append(line("seating, 500 × 60 × 3", measured("seating", house.what, by="jury")))
    lines.append(line("ranking, 500 × 3 × 6", measured("ranking", house.what, by="jury")))
    return lines


if __name__ == "__main__":
    sys.exit(main())
