"""Promise 5.8: signs of losing touch only add effort, come of contacts alone, are sentences, kept nowhere, told to two roles."""

import dataclasses
import datetime as dt
from pathlib import Path

import pytest
from django.urls import reverse

from casework.models import Reach
from monitoring.models import Round
from monitoring.rules import Touch, signs_of_losing_touch
from tests import factories
from tests.monitoring.asking import in_work, rounds_of, ticked

ROOT = Path(__file__).resolve().parents[2]


def test_it_reads_contacts_and_nothing_about_who_the_person_is():
    assert {one.name for one in dataclasses.fields(Touch)} == {
        "missed_in_a_row",
        "number_dead",
        "moved",
        "silent_days",
        "quiet_after",
    }
    source = (ROOT / "monitoring/panels.py").read_text()
    reading = source[source.index("def touch_of") :]
    for word in ("sex", "born", "age", "nationality", "return_as", "vulnerab", "flag", "host_country", "Answer", "place"):
        assert word not in reading


def test_it_speaks_in_sentences_without_a_score():
    signs = signs_of_losing_touch(Touch(missed_in_a_row=2, number_dead=True, silent_days=90))
    assert signs == ["The last 2 rounds were missed.", "A number no longer works: ask for another.", "No word for 90 days."]
    assert signs_of_losing_touch(Touch()) == []


def test_it_is_kept_in_no_column():
    words = ("lost", "risk", "score", "touch")
    assert not [one.name for one in Round._meta.get_fields() if any(word in one.name for word in words)]


def test_neither_dispatch_nor_schedule_asks_for_it():
    for name in ("dispatch.py", "schedule.py", "actions/planning.py", "indicators.py", "exports.py"):
        assert (
            "touch_of" not in (ROOT / "monitoring" / name).read_text()
            and "losing_touch" not in (ROOT / "monitoring" / name).read_text()
        )


@pytest.mark.django_db
def test_caseworker_and_supervisor_see_it_on_the_call_and_nobody_else(client, clock):
    case = in_work(email="")
    Reach.objects.create(
        person=case.person, kind="phone", value="+216 20 000 001", whose="mine_alone", dead_since=dt.date(2026, 3, 5)
    )
    clock.set(dt.datetime(2026, 6, 2, 10))
    ticked()
    address = reverse("monitoring:call", args=[rounds_of(case)["work", 3].pk])
    seen = set()
    for name, (role, _at) in factories.CAST.items():
        client.force_login(factories.user(name))
        if b"Worth one more try" in client.get(address).content:
            seen.add(role)
    assert seen == {"caseworker", "supervisor"}
