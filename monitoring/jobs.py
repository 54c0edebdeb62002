"""What the worker does for this room. The rows are the truth: a lost or repeated job changes nothing but the hour."""

from typing import Any

from celery import shared_task

from monitoring.actions import alarms, planning
from monitoring.dispatch import dispatch


@shared_task(name="monitoring.dispatch")
def dispatch_follow_ups() -> dict[str, Any]:
    """One tick: every round whose turn it is takes its next step."""
    return dispatch().as_dict()


@shared_task(name="monitoring.pass_on_alarms")
def pass_on_alarms() -> int:
    """Ask the next colleagues about alarms that nobody took up in half an hour."""
    return alarms.pass_on()


@shared_task(name="monitoring.plan_follow_ups")
def plan_follow_ups() -> dict[str, int]:
    """Nightly: bring all rounds into line with the facts."""
    return dict(planning.plan_all())
