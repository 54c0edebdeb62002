"""Somebody who is asked: a case in counselling or in work, an e-mail address, a permission."""

import datetime as dt
import itertools
import re
from typing import Any

from casework.actions import case as way
from casework.actions import people, work
from casework.models import Case, Employer, Reach
from casework.states import KnownBy
from grants.models import Decision, Pitch, Sitting
from monitoring.dispatch import Tick, dispatch
from monitoring.models import Round
from tests import factories
from tests.grants import stage
from workflows import clock, jobs
from workflows.models import Message
from workflows.partial import PartialDate

_number = itertools.count(1)


def advised(
    *, agreed: str = "yes", email: str = "someone@example.net", whose: str = Reach.Whose.MINE_ALONE, at: str = "TUNIS", **who: Any
) -> Case:
    """A case in counselling, begun today by performing the verbs."""
    by = factories.user("amina" if at == "TUNIS" else "chen")
    person = factories.person(**who)
    if email:
        Reach.objects.create(person=person, kind=Reach.Kind.EMAIL, value=email, whose=whose, position=0)
    case = factories.case(person=person, at=at, caseworker=by)
    way.open_intake(case, by=by)
    people.record_notice(person, by=by, language="ar", text_version="1", case=case)
    if agreed:
        people.record_consent(person, by=by, answers={"follow_up": agreed}, case=case)
    way.begin_counselling(Case.objects.get(pk=case.pk), by=by, language="ar")
    jobs.drain()
    return Case.objects.get(pk=case.pk)


def placed(case: Case, *, on: dt.date | None = None, **facts: Any) -> Any:
    """The case's person begins to work."""
    by = case.caseworker
    employer = work.add_employer(by=by, name=f"Atelier {next(_number)}") if "employer" not in facts else facts.pop("employer")
    assert isinstance(employer, Employer)
    found = work.record_placement(
        Case.objects.get(pk=case.pk),
        by=by,
        employer=employer,
        occupation="Tailor",
        started_on=PartialDate.of(on or clock.today()),
        known_by=KnownBy.CONTRACT,
        **facts,
    )
    jobs.drain()
    return found


def in_work(**who: Any) -> Case:
    """Advised, and at work since today."""
    case = advised(**who)
    placed(case)
    return case


def turned_down(case: Case, *, on: dt.date) -> Any:
    """A committee heard the person's plan and declined it on the day."""
    at = stage.open_call()
    pitch = Pitch.objects.create(
        call=at, case=case, office=case.office, number=9, state="declined", state_since=on, decided_on=on, title="A stall"
    )
    pitch.members.create(case=case)
    sitting = Sitting(call=at, chair=factories.user("farid"), held_on=on)
    sitting.save()
    noon = dt.datetime.combine(on, dt.time(12), dt.UTC)
    return Decision.objects.create(
        pitch=pitch, sitting=sitting, result="declined", written_at=noon, written_by=factories.user("farid"), signed_at=noon,
        signed_by=factories.user("gia"),
    )  # fmt: skip


def rounds_of(case: Case) -> dict[tuple[str, int], Round]:
    """(kind, months) → round."""
    return {(one.schedule.kind, one.months): one for one in Round.objects.filter(case=case).select_related("schedule")}


def ticked(at: dt.datetime | None = None) -> Tick:
    """One tick, and what listens to it."""
    tick = dispatch(at)
    jobs.drain()
    return tick


def links() -> list[str]:
    """The tokens in the messages that wait, oldest first."""
    found = (re.search(r"/a/([\w-]+)/", message.body) for message in Message.objects.filter(kind="follow_up").order_by("pk"))
    return [one.group(1) for one in found if one]
