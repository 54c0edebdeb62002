"""Promise 5.3: answers are read by follow-up staff and, item by item with the person's yes, by the caseworker; by nobody else."""

import ast
import datetime as dt
from pathlib import Path

import pytest

from accounts.roles import LINK_VERBS, ROLES
from monitoring.actions import answering
from monitoring.models import Answer
from tests import factories
from tests.monitoring.asking import in_work, rounds_of, ticked
from workflows.models import Event

ROOT = Path(__file__).resolve().parents[2]
ROOMS_BELOW = ("workflows", "accounts", "casework", "grants")
# In this room: what keeps answers, asks the next question, counts them without names, or shows them to those who may read.
MAY_NAME_ANSWER = {
    "models/__init__.py",
    "models/round.py",
    "actions/answering.py",
    "dispatch.py",
    "views/calls.py",
    "indicators.py",
    "queries.py",
    "exports.py",
    "reports/follow_up.py",
}


def modules_named_in(file: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{name.name}" for name in node.names}
    return found


def test_no_room_outside_monitoring_can_reach_an_answer():
    for room in ROOMS_BELOW:
        for file in (ROOT / room).rglob("*.py"):
            assert not {name for name in modules_named_in(file) if name.split(".")[0] == "monitoring"}, file
            assert "monitoring_answer" not in file.read_text(encoding="utf-8"), file


def test_inside_monitoring_few_modules_name_answers_and_dispatch_asks_only_whether_there_is_one():
    naming = set()
    for file in (ROOT / "monitoring").rglob("*.py"):
        names = modules_named_in(file)
        if "monitoring.models.Answer" in names or "monitoring.models.round.Answer" in names:
            naming.add(file.relative_to(ROOT / "monitoring").as_posix())
    assert naming <= MAY_NAME_ANSWER
    assert (
        'Answer.objects.filter(round__in=ids).values_list("round_id", flat=True)' in (ROOT / "monitoring/dispatch.py").read_text()
    )


def test_rules_and_schedule_know_no_answer():
    for name in ("rules.py", "schedule.py", "states.py", "letters.py"):
        assert "nswer.objects" not in (ROOT / "monitoring" / name).read_text()


@pytest.mark.parametrize(
    "role",
    [
        "caseworker",
        "grant_officer",
        "finance",
        "juror",
        "chair",
        "auditor",
        "programme_manager",
        "data_protection",
        "administrator",
    ],
)
def test_the_role_does_not_read_answers(role):
    assert "answers" not in ROLES[role].reads


def test_a_link_writes_answers_and_reads_none():
    assert LINK_VERBS["invitation"] == {
        "monitoring.save_answer",
        "monitoring.submit_answers",
        "monitoring.refuse",
        "casework.withdraw_consent",
    }


@pytest.mark.django_db
def test_the_page_of_answers_is_closed_to_all_but_those_who_look_after_them(client, clock):
    case = in_work()
    factories.user("boris")
    clock.set(dt.datetime(2026, 6, 2, 10))
    ticked()
    one = rounds_of(case)["work", 3]
    answering.record_interview(one, by=case.caseworker, way="phone", answers={("employment", "worked_last_week"): "yes"})
    seen = {}
    for name in factories.CAST:
        client.force_login(factories.user(name))
        seen[name] = client.get(f"/calls/{one.pk}/answers/").status_code
    assert seen["boris"] == 200
    assert seen["amina"] == 200
    assert set(seen) - {name for name, status in seen.items() if status in (403, 404)} == {"amina", "boris"}
    client.force_login(case.caseworker)
    assert "Nothing that you may read." in client.get(f"/calls/{one.pk}/answers/").content.decode()
    Answer.objects.update(shared_with_caseworker=True)
    assert "for one hour?" in client.get(f"/calls/{one.pk}/answers/").content.decode()


@pytest.mark.django_db
def test_no_event_says_an_answer(clock):
    case = in_work()
    clock.set(dt.datetime(2026, 6, 2, 10))
    ticked()
    answering.record_interview(
        rounds_of(case)["work", 3],
        by=case.caseworker,
        way="phone",
        answers={("employment", "kind_of_work"): "day_work", ("employment", "worked_last_week"): "yes"},
    )
    for event in Event.objects.filter(verb__startswith="monitoring."):
        assert "day_work" not in event.body
        assert "kind_of_work" not in event.body
