"""Promise 5.8: signs of losing touch only add effort, come of contacts alone, are sentences, kept nowhere, told to two roles."""

import dataclasses
import datetime as dt
from pathlib import Path

import pytest
from django.urls import reverse

from casework.models import Case, Reach
from monitoring.actions import answering
from monitoring.indicators import HIDDEN
from monitoring.models import Round
from monitoring.reports.effort import effort
from monitoring.rules import Touch, signs_of_losing_touch
from tests import factories
from tests.monitoring.asking import in_work, rounds_of, ticked
from workflows import jobs

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


# ——— once a year, for data protection ———


@pytest.mark.django_db
def test_once_a_year_it_is_told_for_whom_effort_was_asked_and_who_was_reached(client, clock):
    factories.programme(small_cell=3)
    women, men = [in_work(sex="female") for _n in range(3)], [in_work(sex="male") for _n in range(6)]
    Case.objects.filter(pk__in=[case.pk for case in women]).update(return_as_sent="forced")
    clock.set(dt.datetime(2026, 6, 2, 10))
    ticked()
    for case in men[:3]:
        answering.record_interview(
            rounds_of(case)["work", 3], by=case.caseworker, way="phone", answers={("employment", "worked_last_week"): "yes"}
        )
    for case in men[3:]:
        Reach.objects.create(person=case.person, kind="phone", value="+216 20 000 001", dead_since=dt.date(2026, 6, 1))
    jobs.drain()

    (title, by_sex), (_kind, by_return) = effort(2026).by
    assert title == "Sex"
    # The rounds at the start passed before anybody was asked: due, and not reached.
    found = {line.code: {name: cell.value for name, cell in line.cells.items()} for line in by_sex}
    assert found["female"] == {"due": 6, "listed": 0, "reached": 0}
    assert found["male"] == {"due": 12, "listed": 3, "reached": 3}
    assert found["all"] == {"due": 18, "listed": 3, "reached": 3}
    assert {line.code for line in by_return} == {"forced", "", "all"}


@pytest.mark.django_db
def test_a_round_after_a_missed_one_is_listed(clock):
    factories.programme(small_cell=3)
    cases = [in_work() for _n in range(3)]
    for moment in (dt.datetime(2026, 6, 2, 10), dt.datetime(2026, 7, 25, 10), dt.datetime(2026, 9, 3, 10)):
        clock.set(moment)
        ticked()
    assert {rounds_of(case)["work", 3].why for case in cases} == {"not_reached"}
    (_sex, lines), _by_return = effort(2026).by
    assert {line.code: line.cells["listed"].value for line in lines}["all"] == 3


@pytest.mark.django_db
def test_few_people_are_hidden_and_data_protection_alone_reads_it(client, clock):
    in_work(sex="female")
    clock.set(dt.datetime(2026, 6, 2, 10))
    seen = {}
    for name, (role, _at) in factories.CAST.items():
        client.force_login(factories.user(name))
        answers = [client.get(reverse(f"monitoring:{where}")) for where in ("effort", "effort_csv")]
        seen[role] = [answer.status_code for answer in answers]
        if seen[role] == [200, 200]:
            assert "hidden" in answers[0].content.decode()
            assert str(HIDDEN) in answers[1].content.decode("utf-8-sig")
    assert {role for role, codes in seen.items() if codes != [403, 403]} == {"data_protection"}
