"""Somebody says that they are in danger: a task for somebody awake, taken up by name, passed on after half an hour (promise 5.5).

The way on: the case's caseworker and everyone on duty at the office (supervisors), then the protection lead, then the supervisors
of every office; never a colleague whom the person named (promise 5.18). Nothing is promised to the person but the emergency
numbers on their page. The rows say “call now” and no more: tasks and mails must not tell who is in danger (promise 5.21).
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from accounts.models import RoleGrant, User
from casework.models import Barred
from monitoring import letters
from monitoring.models import Round
from workflows import clock
from workflows.acting import act
from workflows.encryption import blind_index
from workflows.messages import queue_message
from workflows.models import Message, Task

KIND = "monitoring.call_now"
PASSED_ON_AFTER = dt.timedelta(minutes=30)
LAST_STEP = 2


def raise_alarm(one: Round, case: Any) -> list[Any]:
    """The rows of a new alarm, to be written with the answer that raised it; none where one is open for this round already."""
    if Task.objects.filter(kind=KIND, params__round=str(one.pk), done_at=None).exists():
        return []
    return _rows(one.pk, case, 0, blind_index(f"{one.pk}:{one.version}", "alarm"))


def acknowledge_alarm(task: Task, *, by: Any) -> Round:
    """Say “I am on it”: every open task of this alarm is done, and nobody else is asked.

    Refuses a colleague without the verb at the case's office. Leaves the round as it is.
    """
    one = Round.objects.get(pk=task.params["round"])
    with act(one, "monitoring.acknowledge_alarm", by=by):
        open_tasks = Task.objects.filter(kind=KIND, params__round=str(one.pk), done_at=None)
        open_tasks.update(done_at=clock.now(), done_by=str(by.pk), outcome="acknowledged")
    return one


def pass_on(at: dt.datetime | None = None) -> int:
    """Ask the next colleagues about every alarm that nobody took up in half an hour; how many were passed on."""
    at = at or clock.now()
    passed = 0
    latest: dict[str, Task] = {}
    for task in Task.objects.filter(kind=KIND, done_at=None).order_by("pk"):
        latest[task.params["round"]] = task
    rounds = Round.objects.select_related("case").in_bulk(list(latest))
    for task in latest.values():
        step = task.params.get("step", 0) + 1
        if task.due_at is None or task.due_at > at or step > LAST_STEP:
            continue
        one = next(found for key, found in rounds.items() if str(key) == task.params["round"])
        rows = _rows(one.pk, one.case, step, task.params["turn"])
        # The keys are unique: two workers passing on at once write one of each.
        Task.objects.bulk_create([row for row in rows if isinstance(row, Task)], ignore_conflicts=True)
        Message.objects.bulk_create([row for row in rows if isinstance(row, Message)], ignore_conflicts=True)
        passed += 1
    return passed


def _rows(round_id: Any, case: Any, step: int, turn: str) -> list[Any]:
    now = clock.now()
    rows: list[Any] = []
    for user in _on_duty(case, step):
        rows.append(
            Task(
                stream=case.stream,
                kind=KIND,
                params={"round": str(round_id), "turn": turn, "step": step},
                assignee_id=str(user.pk),
                office_id=str(case.office_id),
                urgent=True,
                due_on=clock.today(),
                due_at=now + PASSED_ON_AFTER,
                key=f"call_now:{turn}:{step}:{user.pk}",
            )
        )
        words = letters.alarm(user.language)
        rows.append(
            queue_message(
                channel="email",
                to=user.email,
                subject=words.subject,
                body=words.body,
                key=f"call_now:{turn}:{step}:{user.pk}",
                kind="call_now",
                language=user.language,
                save=False,
            )
        )
    if not rows:
        # Nobody holds the role: the task waits at the office, and is passed on like any other.
        rows.append(
            Task(
                stream=case.stream,
                kind=KIND,
                params={"round": str(round_id), "turn": turn, "step": step},
                office_id=str(case.office_id),
                role="supervisor",
                urgent=True,
                due_on=clock.today(),
                due_at=now + PASSED_ON_AFTER,
                key=f"call_now:{turn}:{step}:office",
            )
        )
    return rows


def _on_duty(case: Any, step: int) -> Iterable[User]:
    if step == 0:
        own = [case.caseworker] if case.caseworker and case.caseworker.is_active else []
        found = {user.pk: user for user in (*own, *_holding("supervisor", case.office_id))}
    else:
        others = _holding("protection_lead", case.office_id) if step == 1 else _holding("supervisor", None)
        found = {user.pk: user for user in others}
    for barred in Barred.objects.filter(person=case.person_id).values_list("user_id", flat=True):
        found.pop(barred, None)
    return found.values()


def _holding(role: str, office_id: Any) -> Iterable[User]:
    grants = RoleGrant.objects.in_force().filter(role=role, user__is_active=True)
    if office_id:
        grants = grants.filter(office=office_id) | grants.filter(office=None)
    return User.objects.filter(pk__in=grants.values("user")).order_by("name")
