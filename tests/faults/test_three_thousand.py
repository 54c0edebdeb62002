"""Three thousand rounds due: Celery's worker killed three times, its broker emptied twice, a sink that refuses a tenth."""

import contextlib
import datetime as dt
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, connections
from kombu import Connection

from casework.models import Answer, Consent, Placement, Purpose
from config.demo import crowd
from monitoring.actions.planning import plan_cases
from monitoring.jobs import dispatch_follow_ups
from monitoring.models import Invitation, Round
from monitoring.queries import follow_up_status
from monitoring.states import INVITED
from tests import factories
from tests.faults.broker import broker_in
from tests.faults.ground import postgres_answers
from workflows import chain, clock, jobs
from workflows.acting import SYSTEM
from workflows.models import Message
from workflows.partial import PartialDate

pytestmark = pytest.mark.timeout(600)

PEOPLE = 3_000
KILLS, EMPTIED = 3, 2
LATEST = 300


def people_in_work() -> None:
    """Everybody referred by the verb; what was agreed and who works where is written by the hundred, to be here today."""
    chance, today = random.Random(1), clock.today()
    programme, amina, employer = factories.programme(), factories.user("amina"), factories.employer()
    for start in range(0, PEOPLE, 100):
        everybody = [
            (
                {**crowd.somebody(chance, n, "TUNIS", today), "phone": "", "email": f"p{n}@example.net"},
                {"office": factories.office("TUNIS"), "caseworker": amina, "sender": "OFII", "sender_reference": f"T-{n}"},
            )
            for n in range(start, start + 100)
        ]
        cases = crowd.refer_many(everybody, programme=programme, by=SYSTEM("tests"))
        Consent.objects.bulk_create(
            Consent(person_id=case.person_id, case=case, purpose=Purpose.FOLLOW_UP, answer=Answer.YES, asked_on=today)
            for case in cases
        )
        spell = {"employer": employer, "occupation": "Baker", "known_by": "contract", "moved_from": "counselling"}
        began = PartialDate.of(today - dt.timedelta(days=100))
        Placement.objects.bulk_create(
            Placement(case=case, started_on=began, recorded_at=clock.now(), recorded_by=amina, **spell) for case in cases
        )
        plan_cases([case.pk for case in cases])


class Works:
    """A worker of Celery's as it is run, with a broker of files, on the database of this test."""

    def __init__(self, folder: Path) -> None:
        self.broker, self.sink = folder / "broker", folder / "taken"
        self.broker.mkdir()
        self.sink.touch()
        self.line = Connection("filesystem://", transport_options=broker_in(self.broker))
        self.worker: subprocess.Popen[bytes] | None = None

    def env(self) -> dict[str, str]:
        database = connections.settings["default"]
        name = database["NAME"]
        server = os.environ["HOMEWARD_TEST_DATABASE_URL"].rsplit("/", 1)[0]
        return {
            **os.environ,
            "PYTHONPATH": str(settings.BASE),
            "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
            "HOMEWARD_MODE": "test",
            "DATABASE_URL": f"sqlite:///{name}" if connection.vendor == "sqlite" else f"{server}/{name}",
            "BROKER_DIR": str(self.broker),
            "SINK_FILE": str(self.sink),
        }

    def starts(self) -> None:
        """A worker comes up, if none is."""
        if self.worker is None or self.worker.poll() is not None:
            words = ["-m", "celery", "-A", "config", "worker", "--pool", "solo", "--loglevel", "ERROR"]
            quiet = ["--without-heartbeat", "--without-mingle", "--without-gossip"]
            self.worker = subprocess.Popen([sys.executable, *words, *quiet], cwd=settings.BASE, env=self.env())

    def is_killed(self) -> None:
        """Without a word, whatever it was doing."""
        assert self.worker is not None
        self.worker.send_signal(signal.SIGKILL)
        self.worker.wait()

    def nudged(self) -> None:
        """What beat says each minute."""
        for task in (dispatch_follow_ups, jobs.drain_deliveries, jobs.send_waiting_messages):
            task.apply_async(connection=self.line)

    def refused(self) -> int:
        """How many the sink sent away once."""
        return len(self.sink.with_suffix(".refused").read_text().split())

    def emptied(self) -> None:
        """The broker forgets everything."""
        for message in self.broker.glob("*.msg"):
            with contextlib.suppress(FileNotFoundError):
                message.unlink()

    def sent(self) -> Counter[str]:
        """Key → how often the sink took it."""
        return Counter(self.sink.read_text().split())


@pytest.fixture
def works(ground: str, tmp_path: Path) -> Iterator[Works]:
    made = Works(tmp_path)
    yield made
    if made.worker is not None:
        made.is_killed()
    made.line.release()


def minutes_go_by() -> None:
    """The leases of the dead have run out, and what was refused may be tried again."""
    Message.objects.filter(done_at=None).update(lease_until=None, not_before=clock.now())


@pytest.mark.parametrize("ground", ["postgresql" if postgres_answers() else "sqlite"], indirect=True)
def test_nobody_is_missed_and_nobody_is_asked_twice_but_under_the_same_key(works: Works) -> None:
    people_in_work()
    assert Round.objects.waiting_for_dispatch(clock.now()).count() == PEOPLE
    kills, emptied, until = 0, 0, time.monotonic() + LATEST
    while time.monotonic() < until and len(works.sent()) < PEOPLE:
        works.starts()
        works.nudged()
        time.sleep(1.5)
        taken = len(works.sent())
        if kills < KILLS and taken > PEOPLE * (kills + 1) // (KILLS + 2):
            works.is_killed()
            kills += 1
            if emptied < EMPTIED:
                works.emptied()
                emptied += 1
        minutes_go_by()

    taken = works.sent()
    assert (kills, emptied) == (KILLS, EMPTIED)
    assert len(taken) == PEOPLE, "somebody was missed"
    assert Round.objects.filter(state=INVITED).count() == Invitation.objects.count() == PEOPLE
    # Taken twice is only what a worker had handed over and died before noting it, and then under one key.
    assert sum(taken.values()) - PEOPLE <= KILLS
    assert works.refused() > PEOPLE // 20
    works.is_killed()
    status = follow_up_status()
    assert status["all"] == status["open"] + status["ended"]
    assert status["messages"]["dead"] == 0
    chain.verify()
