import json
import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from config.supervisor import AlreadyUp, Child, Hold, PortTaken, Supervisor, answers, check_port


class Command(BaseCommand):
    help = "Runs all of Homeward on this machine: web, worker and beat, until Ctrl-C."
    # The database that the checks ask about is made a moment later, here.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--demo", action="store_true", help="fill an empty database with the demo first")

    def handle(self, *args: Any, port: int, host: str, demo: bool, **options: Any) -> None:
        url = f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else host}:{port}"
        data = Path(settings.DATA)
        try:
            with Hold(data, url):
                check_port(host, port)
                self._prepare(demo)
                accounts = self._write_demo(data, url) if demo else []
                self._run(data, host, port, url, accounts)
        except (AlreadyUp, PortTaken) as error:
            raise CommandError(str(error)) from error

    def _prepare(self, demo: bool) -> None:
        self._say("Preparing the database")
        call_command("migrate", interactive=False, verbosity=0)
        if demo:
            call_command("make_demo", stdout=self.stdout)
        connections.close_all()

    def _write_demo(self, data: Path, url: str) -> list[dict[str, str]]:
        """`demo.json`: the address and who to log in as, for people and programs that look for it."""
        accounts: list[dict[str, str]] = json.loads((data / "demo-accounts.json").read_text(encoding="utf-8"))
        part = data / "demo.json.part"
        part.write_text(json.dumps({"url": url, "accounts": accounts}, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        part.replace(data / "demo.json")
        return accounts

    def _run(self, data: Path, host: str, port: int, url: str, accounts: list[dict[str, str]]) -> None:
        python, logs = sys.executable, data / "log"
        celery = [python, "-m", "celery", "-A", "config"]
        quiet = ["--without-heartbeat", "--without-mingle", "--without-gossip"]
        web = [
            "--bind",
            f"{host}:{port}",
            "--worker-class",
            "gthread",
            "--workers",
            "1",
            "--threads",
            "8",
            "--graceful-timeout",
            "5",
            "--no-control-socket",
        ]
        worker = ["worker", "--pool", "threads", "--concurrency", "4", "--loglevel", "WARNING", "--hostname", "homeward@%h", *quiet]
        beat = ["beat", "--loglevel", "WARNING", "--pidfile=", "--schedule", settings.CELERY_BEAT_SCHEDULE_FILENAME]
        children = [
            Child("web", [python, "-m", "gunicorn", *web, "config.wsgi:application"], logs / "web.log"),
            Child("worker", [*celery, *worker], logs / "worker.log"),
            Child("beat", [*celery, *beat], logs / "beat.log"),
        ]
        env = {"HOMEWARD_URL": url, **os.environ, "HOMEWARD_DATA": str(data), "PYTHONUNBUFFERED": "1"}
        self._say("Starting web, worker and beat")

        def once_up() -> bool:
            up = answers(host, port, "/health/live")
            if up:
                self._welcome(url, logs, accounts)
            return up

        Supervisor(children, say=self._say, folder=settings.BASE, env=env).run(once_up=once_up)
        self._say("Stopped.")

    def _welcome(self, url: str, logs: Path, accounts: list[dict[str, str]]) -> None:
        lines = ["", f"Homeward is at {url}", ""]
        if accounts:
            role, email = (max(len(account[key]) for account in accounts) for key in ("role", "email"))
            lines += [f"  {a['role']:<{role}}  {a['email']:<{email}}  {a['password']}" for a in accounts]
            lines += ["", "The same is in " + str(logs.parent / "demo.json")]
        lines += [f"Logs are in {logs}. Ctrl-C stops everything.", ""]
        for line in lines:
            self._say(line)

    def _say(self, sentence: str) -> None:
        self.stdout.write(f"  {sentence}" if sentence else "")
        self.stdout.flush()
