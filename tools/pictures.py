"""Takes the pictures of the README from a demo of its own, in a real browser: `make pictures`.

Needs a Chromium. The demo is made in HOMEWARD_DATA/pictures and kept, so that a second run takes seconds.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

BASE = Path(__file__).resolve().parent.parent
ROOM = Path(os.environ.get("HOMEWARD_DATA") or BASE / "var").resolve() / "pictures"
OUT = BASE / "docs" / "pictures"


@dataclass(frozen=True)
class Picture:
    """One page as one of the cast sees it. `follow` is pressed after the page has come, to reach what has no fixed address."""

    name: str
    role: str
    address: str
    follow: str = ""
    language: str = "en"
    scheme: str = "light"
    width: int = 1280
    height: int = 860


PICTURES = (
    Picture("my-day", "caseworker", "casework:my_day"),
    Picture("queue", "caseworker", "casework:queue"),
    Picture("case", "caseworker", "casework:queue", follow="main table a[href]"),
    Picture("case-arabic-dark", "caseworker", "casework:queue", follow="main table a[href]", language="ar", scheme="dark"),
    Picture("case-phone", "caseworker", "casework:queue", follow="main table a[href]", width=390, height=844),
    Picture("report", "programme_manager", "monitoring:report"),
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def chromium() -> str:
    given = os.environ.get("HOMEWARD_TEST_CHROMIUM")
    found = given or next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
    )
    if not found:
        raise SystemExit("No Chromium is on this machine.")
    return found


def account_of(role: str, accounts: list[dict[str, str]]) -> dict[str, str]:
    """The first of the demo's people who holds that role."""
    words = role.replace("_", " ")
    return next(account for account in accounts if account["role"].lower().replace("_", " ").startswith(words))


def sign_in(page: Page, url: str, account: dict[str, str]) -> None:
    page.goto(f"{url}/account/login/")
    page.fill('input[name="login"]', account["email"])
    page.fill('input[name="password"]', account["password"])
    page.press('input[name="password"]', "Enter")
    page.wait_for_url(lambda address: "/login" not in address)


def take(browser: Browser, url: str, accounts: list[dict[str, str]], picture: Picture) -> None:
    from django.conf import settings
    from django.urls import reverse

    context = browser.new_context(viewport={"width": picture.width, "height": picture.height}, color_scheme=picture.scheme)
    context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": picture.language, "url": url}])
    page = context.new_page()
    sign_in(page, url, account_of(picture.role, accounts))
    page.goto(url + reverse(picture.address))
    if picture.follow:
        page.locator(picture.follow).first.click()
        page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    page.screenshot(path=OUT / f"{picture.name}.png")
    print(f"  docs/pictures/{picture.name}.png", flush=True)
    context.close()


def main() -> None:
    os.environ.update(
        {"HOMEWARD_DATA": str(ROOM), "HOMEWARD_STATIC_ROOT": str(ROOM / "static"), "DJANGO_SETTINGS_MODULE": "config.settings"}
    )
    sys.path.insert(0, str(BASE))
    import django

    django.setup()
    OUT.mkdir(parents=True, exist_ok=True)
    browser_path, port = chromium(), free_port()
    subprocess.run([sys.executable, "tools/setup.py"], cwd=BASE, check=True)
    up = subprocess.Popen([sys.executable, "manage.py", "up", "--demo", "--port", str(port)], cwd=BASE)
    try:
        from config.supervisor import answers

        until = time.monotonic() + 600
        while not answers("127.0.0.1", port, "/health/ready"):
            if up.poll() is not None or time.monotonic() > until:
                raise SystemExit("The demo did not come up.")
            time.sleep(0.5)
        demo = json.loads((ROOM / "demo.json").read_text())
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox", "--disable-dev-shm-usage"])
            for picture in PICTURES:
                take(browser, demo["url"], demo["accounts"], picture)
            browser.close()
    finally:
        up.send_signal(signal.SIGINT)
        up.wait()


if __name__ == "__main__":
    main()
