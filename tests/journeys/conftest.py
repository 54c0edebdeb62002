"""The product as it runs: web, worker and scheduler on a data folder of its own, and a browser before it."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "come-home-safely"


@dataclass
class Homeward:
    """A running installation."""

    url: str
    data: Path
    environment: dict[str, str]
    khaled: str

    def command(self, *words: str) -> str:
        """What a management command says, run beside the running product."""
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        return done.stdout

    def mails(self) -> list[str]:
        """The texts of the e-mails that left, oldest first."""
        files = sorted((self.data / "mail").glob("*"), key=lambda file: file.stat().st_mtime)
        found = []
        for file in files:
            for part in file.read_text(encoding="utf-8").split("-" * 79):
                if part.strip():
                    found.append(message_from_bytes(part.lstrip().encode()).get_payload(decode=True).decode())
        return found

    def until(self, wanted: Callable[[], Any], *, seconds: int = 60) -> Any:
        """Wait for the worker: what `wanted` gives as soon as it gives something."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if found := wanted():
                return found
            time.sleep(0.5)
        raise AssertionError(f"Waited {seconds} s in vain; logs in {self.data / 'log'}")


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/health/live", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@pytest.fixture(scope="session")
def homeward(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Homeward]:
    """One installation for all journeys, ended with them."""
    data, port = tmp_path_factory.mktemp("homeward"), _free_port()
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("HOMEWARD_", "DATABASE_URL", "DJANGO_", "PYTEST_"))
    }
    url = f"http://127.0.0.1:{port}"
    environment = {
        **kept,
        "HOMEWARD_DATA": str(data),
        "HOMEWARD_URL": url,
        "EMAIL_URL": f"filemail:///{data}/mail",
        "HOMEWARD_DEBUG": "1",
        "PYTHONPATH": str(ROOT),
    }
    made = subprocess.run(
        [sys.executable, "-m", "tests.journeys.town"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert made.returncode == 0, made.stderr[-2000:]
    khaled = made.stdout.strip().splitlines()[-1]
    running = subprocess.Popen(
        [sys.executable, "manage.py", "up", "--port", str(port)],
        cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    house = Homeward(url, data, environment, khaled)
    try:
        house.until(lambda: _answers(url), seconds=90)
        yield house
    finally:
        running.send_signal(signal.SIGINT)
        try:
            running.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    quiet = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    with sync_playwright() as playwright:
        chrome = playwright.chromium.launch(executable_path=chromium, args=quiet)
        yield chrome
        chrome.close()


@pytest.fixture
def sit_down(browser: Any, homeward: Homeward) -> Iterator[Callable[..., Any]]:
    """`page = sit_down("amina")`: a browser of one's own, signed in; without a name, a stranger's. A console error fails."""
    opened, said = [], []

    def sit(name: str = "", *, phone: bool = False, **also: Any) -> Any:
        size = {"width": 360, "height": 720} if phone else {"width": 1280, "height": 800}
        context = browser.new_context(viewport=size, base_url=homeward.url, **also)
        opened.append(context)
        page = context.new_page()
        page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        if name:
            page.goto("/")
            page.get_by_label(re.compile("mail", re.I)).fill(f"{name}@homeward.example")
            page.locator("input[type=password]").fill(PASSWORD)
            page.keyboard.press("Enter")
            page.wait_for_url("**/day/")
        return page

    yield sit
    for context in opened:
        context.close()
    # A link that has ended says so with 410, and the browser repeats it on its console.
    assert [line for line in said if "410 (Gone)" not in line] == []
