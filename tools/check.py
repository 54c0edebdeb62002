"""Everything that can be known without running the product's tests: one line a step, the rest only where one fails."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BASE = Path(__file__).resolve().parent.parent
ROOMS = ("config", "monitoring", "grants", "casework", "accounts", "workflows")
PY = sys.executable
TOOLS = Path(PY).parent

# Documented in docs/settings.md; random enough to be accepted, of no use anywhere.
PRODUCTION = {
    "HOMEWARD_MODE": "production",
    "HOMEWARD_URL": "https://homeward.example.org",
    "HOMEWARD_HOSTS": "homeward.example.org",
    "DATABASE_URL": "postgres://homeward_app:unused@127.0.0.1:5432/homeward",
    "HOMEWARD_BROKER_URL": "redis://127.0.0.1:6379/0",
}


def production() -> dict[str, str]:
    """The documented production settings with secrets made for this one check."""
    import base64
    import secrets

    def keys() -> str:
        return f"check:{base64.b64encode(secrets.token_bytes(32)).decode()}"

    made = {"HOMEWARD_SECRET_KEY": secrets.token_urlsafe(48), "HOMEWARD_INDEX_KEY": secrets.token_urlsafe(48)}
    return {**PRODUCTION, **made, "HOMEWARD_FIELD_KEYS": keys(), "HOMEWARD_EVENT_KEYS": keys()}


STEPS: list[tuple[str, list[str], dict[str, str]]] = [
    ("format", [PY, "-m", "ruff", "format", "--check", "."], {}),
    ("style", [PY, "-m", "ruff", "check", "."], {}),
    ("layers", [str(TOOLS / "lint-imports"), "--no-cache"], {}),
    ("types", [PY, "-m", "mypy"], {}),
    ("system", [PY, "manage.py", "check", "--fail-level", "WARNING"], {}),
    ("migrations", [PY, "manage.py", "makemigrations", "--check", "--dry-run"], {}),
    ("deploy", [PY, "manage.py", "check", "--deploy", "--fail-level", "WARNING"], production()),
    ("templates", [PY, "-m", "djlint", "--lint", "--quiet", *ROOMS], {}),
    ("translations", [PY, "tools/translations.py"], {}),
    ("state charts", [PY, "manage.py", "statechart", "--check"], {}),
]


def main() -> int:
    wanted, failed = sys.argv[1:], []
    with tempfile.TemporaryDirectory(prefix="homeward-check-") as data:
        for name, command, settings in STEPS:
            if wanted and name not in wanted:
                continue
            start = time.monotonic()
            env = {**os.environ, "HOMEWARD_DATA": data, **settings}
            done = subprocess.run(
                command, cwd=BASE, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
            )
            well = done.returncode == 0
            print(f"{'ok    ' if well else 'FAILED'}  {name:<13} {time.monotonic() - start:5.1f} s", flush=True)
            if not well:
                failed.append(name)
                print("\n".join(f"        {line}" for line in done.stdout.splitlines()[-60:]), flush=True)
    print(f"\n{'All is well.' if not failed else 'Look at: ' + ', '.join(failed) + '.'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
