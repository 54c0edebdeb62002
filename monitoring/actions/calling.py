"""Tries by hand, and leaving a round out: what the list of calls does."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from casework import contact
from casework.models import Reach
from casework.states import Reached
from monitoring import rules, schedule
from monitoring.models import Attempt, Round
from monitoring.states import WAIVED_BY_HAND, Way
from workflows import clock
from workflows.acting import Blocker, Refused, act
from workflows.models import Task


def hand_to_caseworker(one: Round, *, by: Any, version: int | None = None) -> Round:
    """Put the round on the list of calls now, without waiting for a written answer.

    Refuses where nobody is asked any more. The link, if one went out, stays open: whichever answer comes first counts.
    """
    with act(one, "monitoring.hand_to_caseworker", by=by, version=version) as one:
        one.instruments = one.instruments or schedule.asked_in(one.schedule.kind, one.months)
        one.hand_to_caseworker(next_step_at=schedule.closing(one.closes_on, one.case.office))
    return one


def log_attempt(
    one: Round,
    *,
    by: Any,
    outcome: str,
    reach: Reach | None = None,
    way: str = Way.PHONE,
    later_at: dt.datetime | None = None,
    version: int | None = None,
) -> Attempt:
    """Write down one try: reached, no answer, wrong number, switched off, or asked to call later.

    Refuses what a safety setting or the person's own hours forbid at this moment, a third person whom the person did not name or
    who was tried twice in this round, and a time for *later* that has passed. Leaves the state: only answers or a no end a round.
    """
    if later_at and (outcome != Reached.LATER or later_at <= clock.now()):
        raise Refused([Blocker("later_past", _("Call later at a time that lies ahead."))])
    with act(one, "monitoring.log_attempt", by=by, version=version) as one:
        through_another = reach is not None and reach.whose == Reach.Whose.TRUSTED
        _allow(one, reach, through_another)
        attempt = Attempt(
            round=one,
            at=clock.now(),
            by_id=by.pk,
            reach=reach,
            way=way,
            through_another=through_another,
            outcome=outcome,
            later_at=later_at,
        )
        one.asked_at = one.asked_at or attempt.at
        one.adds(attempt)
        one.says(outcome=outcome, way=way, through_another=through_another)
    if later_at:
        _call_later(one, later_at)
    return attempt


def _allow(one: Round, reach: Reach | None, through_another: bool) -> None:
    person = one.case.person
    safety = contact.safety_of([person.pk]).get(person.pk, [])
    missing: list[Blocker] = []
    if through_another:
        missing += rules.blockers_to_going_through_another(Round.load_facts([one])[one.pk], reach, safety=safety)
    elif reach is not None:
        forbidden = contact.may_contact(person, reach, clock.now(), safety=safety)
        missing += [forbidden] if forbidden else []
    elif any(setting.no_contact for setting in safety):
        missing.append(contact.SAFETY)
    if missing:
        raise Refused(missing)


def _call_later(one: Round, later_at: dt.datetime) -> None:
    Task.objects.filter(kind="monitoring.call", params__round=str(one.pk), done_at=None).update(
        due_on=later_at.astimezone(schedule.zone_of(one.case.office)).date(), due_at=later_at
    )


def waive(one: Round, *, by: Any, why: str, words: str = "", version: int | None = None) -> Round:
    """Leave this round out, for a reason: illness or mourning, no interpreter, the person's own wish.

    Later rounds are asked as planned. Never used to make figures look better: waived rounds are counted by name.
    """
    if why not in WAIVED_BY_HAND:
        raise Refused([Blocker("why", _("Say why this round is left out."))])
    with act(one, "monitoring.waive", by=by, version=version, note=words) as one:
        one.waive(at=clock.now(), why=why)
        one.says(why=why)
    return one
