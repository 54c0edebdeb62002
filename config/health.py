"""Two addresses for whoever watches over Homeward: *live* says that the process answers, *ready* that it can do its work."""

import datetime as dt
import os
import time
import uuid
from collections.abc import Callable, Iterable
from functools import partial
from http import HTTPStatus
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from kombu.exceptions import OperationalError

from config.celery import app
from workflows import clock, jobs, triggers

BEAT_MAY_BE_SILENT = dt.timedelta(minutes=3)

_started = time.monotonic()


class Missing(Exception):
    """One thing that is missing, as a sentence without names or addresses."""


def database() -> str:
    """The database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        raise Missing("The database does not answer.") from error
    return "answers"


def append_only() -> str:
    """Events cannot be changed: every trigger that forbids it is installed."""
    try:
        missing = triggers.missing()
    except DatabaseError as error:
        raise Missing("The triggers could not be read.") from error
    if missing:
        raise Missing(f"Triggers are missing: {', '.join(sorted(missing))}. Run manage.py migrate.")
    return "installed"


def broker() -> str:
    """Work can be handed to the worker."""
    if settings.CELERY_BROKER_URL.startswith("filesystem"):
        probe = Path(settings.BROKER_DIR) / "queue" / f".probe-{os.getpid()}-{uuid.uuid4().hex}"
        try:
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise Missing("The broker's folder cannot be written to.") from error
        return "can be written to"
    try:
        with app.connection_for_write(connect_timeout=2) as link:
            link.ensure_connection(max_retries=1, interval_start=0, timeout=2)
    except (OSError, OperationalError) as error:
        raise Missing("The broker does not answer.") from error
    return "answers"


def beat(*, patient: bool = True) -> str:
    """Beat ticks and a worker hears it. A web process that has just started is patient and waits for the first tick."""
    try:
        last = jobs.last_tick()
    except DatabaseError as error:
        raise Missing("The last tick could not be read.") from error
    silent = clock.now() - last if last else None
    if silent is not None and silent < BEAT_MAY_BE_SILENT:
        return f"ticked {max(0, int(silent.total_seconds()))} s ago"
    if patient and time.monotonic() - _started < BEAT_MAY_BE_SILENT.total_seconds():
        return "just started: waiting for the first tick"
    raise Missing("Beat has not ticked for three minutes: is it running, and a worker?")


CHECKS = ("database", "triggers", "broker", "beat")


def report(names: Iterable[str] = CHECKS, *, patient: bool = True) -> tuple[bool, dict[str, str]]:
    """Whether all of these checks hold, and what each says."""
    asks: dict[str, Callable[[], str]] = {
        "database": database,
        "triggers": append_only,
        "broker": broker,
        "beat": partial(beat, patient=patient),
    }
    ready, said = True, {}
    for name in names:
        try:
            said[name] = asks[name]()
        except Missing as lack:
            ready, said[name] = False, str(lack)
    return ready, said


def live(request: HttpRequest) -> JsonResponse:
    """The process answers; nothing else is looked at."""
    return JsonResponse({"live": True})


def ready(request: HttpRequest) -> JsonResponse:
    """200 when Homeward can do its work, 503 with what is missing when it cannot."""
    all_well, said = report()
    return JsonResponse({"ready": all_well, "checks": said}, status=HTTPStatus.OK if all_well else HTTPStatus.SERVICE_UNAVAILABLE)


class Watch:
    """Middleware, the first of all: health is answered under any host name, over plain http, and while the database is away."""

    addresses = {"/health/live": live, "/health/ready": ready}

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        look = self.addresses.get(request.path_info)
        if look is None:
            return self.get_response(request)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        answer = look(request)
        answer["Cache-Control"] = "no-store"
        return answer
