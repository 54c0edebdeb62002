"""Verbs in any order by anybody: what the page offers is what happens, nothing half-done stays, everybody has a way out."""

import datetime as dt
import random
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q

from casework.actions import people
from casework.models import Application, Appointment, Case, Cost, Enrolment, Placement, Promise, Session
from monitoring.dispatch import dispatch
from monitoring.queries import follow_up_status
from tests import factories
from tests.casework.test_matrix import PERFORM, _vacancy
from workflows import chain, clock, jobs
from workflows.acting import NotYours, Option, Refused, options
from workflows.models import Event, Task
from workflows.partial import PartialDate

pytestmark = pytest.mark.django_db

STEPS = 220
CAST = ("amina", "amina", "amina", "boris", "boris", "chen", "nour", "rida", "petra", "gia", "dana", "mona")

ENDS = (
    "close_case",
    "record_not_departed",
    "decline_referral",
    "record_death",
    "confirm_death",
    "sign_closing",
    "close_as_merged",
)

# What stands in the way of every other verb is itself taken away by a verb: a death noted by mistake, an offer nobody answers.
UNHOLD = {"undo_death", "accept_transfer", "return_transfer"}

# What a verb is performed on, where that is a row of the case; None where there is none yet.
ROWS: dict[str, Callable[[Case], Any]] = {
    "end_placement": lambda case: Placement.objects.running().filter(case=case).first(),
    "confirm_placement": lambda case: Placement.objects.running().filter(case=case).first(),
    "correct_placement": lambda case: Placement.objects.filter(case=case, struck_at=None).first(),
    "keep_promise": lambda case: Promise.objects.filter(plan__case=case).first(),
    "cancel_session": lambda case: Appointment.objects.booked().filter(case=case).first(),
    "record_no_show": lambda case: Appointment.objects.booked().filter(case=case).first(),
    "correct_session": lambda case: Session.objects.standing().filter(case=case).first(),
    "confirm_enrolment": lambda case: Enrolment.objects.standing().filter(case=case, state="asked").first(),
    "record_attendance": lambda case: Enrolment.objects.standing().filter(case=case).first(),
    "complete_course": lambda case: Enrolment.objects.standing().filter(case=case).first(),
    "drop_out": lambda case: Enrolment.objects.standing().filter(case=case).first(),
    "correct_enrolment": lambda case: Enrolment.objects.standing().filter(case=case).first(),
    "record_employer_answer": lambda case: Application.objects.open().filter(case=case).first(),
    "complete_task": lambda case: Task.objects.open().filter(stream=case.stream).first(),
    "correct_cost": lambda case: Cost.objects.filter(case=case, struck_at=None).first(),
}

# What is said and shown of a person in between, so that lives get somewhere.
IN_BETWEEN: tuple[Callable[[Case, Any], Any], ...] = (
    lambda case, by: people.record_notice(case.person, by=by, language="ar", text_version="1", case=case),
    lambda case, by: people.record_consent(case.person, by=by, answers={"follow_up": "yes"}, case=case),
    lambda case, by: people.record_screening(case.person, by=by, outcomes=["nothing_said"], alone=True, case=case),
    lambda case, by: factories.support.add_document(case, by=by, kind="identity", seen_on=clock.today()),
    lambda case, by: factories.work.record_profile(case, by=by, occupation="Baker", level="isced_3", languages=["ar"]),
    lambda case, by: people.withdraw_consent(case.person, by=by, purpose="follow_up"),
)


def offered(case: Case, verb: str, by: Any) -> Option | None:
    """The verb as the page would show it; None where it does not lead on from here."""
    return next((one for one in options(case, by) if one.name == verb), None)


def tried(case: Case, verb: str, by: Any) -> str:
    """Perform the verb, whatever the page says of it: "done", "refused" or "not_yours"."""
    row = ROWS[verb](case) if verb in ROWS else None
    if verb in ROWS and row is None:
        return "refused"
    try:
        PERFORM[verb](case, row, by)
    except Refused as refused:
        assert all(str(blocker.sentence) for blocker in refused.blockers)
        return "refused"
    except NotYours as refusal:
        assert str(refusal)
        return "not_yours"
    return "done"


@pytest.mark.parametrize("seed", range(6))
def test_whatever_anybody_presses_nothing_breaks(seed: int, clock: Any) -> None:
    chance = random.Random(seed)
    cases = two_people_who_came_back_twice()
    for _step in range(STEPS):
        clock.set(clock.now() + dt.timedelta(hours=chance.choice((0, 1, 5, 30, 200))))
        case, by = factories.again(chance.choice(cases)), factories.user(chance.choice(CAST))
        if chance.random() < 0.15:
            in_between(chance, case, by)
            continue
        verb = likely(chance, case, by)
        option, before = offered(case, verb, by), events()
        outcome = tried(case, verb, by)
        if outcome == "done":
            assert option is not None and option.status == "open", (verb, by.name, case.state, option)
            assert events() == before + 1
        else:
            assert events() == before, (verb, by.name, case.state)
            if option is not None and option.status == "not_yours":
                assert outcome == "not_yours" or verb in ROWS, (verb, by.name, case.state)
        if chance.random() < 0.1:
            jobs.drain()
            dispatch()
    nothing_is_broken(cases)


def two_people_who_came_back_twice() -> list[Case]:
    """Four files, and what verbs draw on: an employer, a course, a vacancy, a second caseworker."""
    amina = factories.user("amina")
    factories.employer(), factories.course("A third course"), factories.user("second", role="caseworker", at="TUNIS"), _vacancy()
    found = [factories.case(caseworker=amina, arrived_on=PartialDate(2026, 2)) for _person in range(2)]
    return found + [factories.case(person=one.person) for one in found]


def likely(chance: random.Random, case: Case, by: Any) -> str:
    """Half of the time a verb that the page offers, else any at all; endings seldom, or every life would be short."""
    open_now = [one.name for one in options(case, by) if one.status == "open"]
    verb = chance.choice(open_now) if open_now and chance.random() < 0.7 else chance.choice(sorted(PERFORM))
    ends = (
        "close_case",
        "record_not_departed",
        "decline_referral",
        "record_death",
        "confirm_death",
        "sign_closing",
        "close_as_merged",
    )
    return chance.choice(sorted(PERFORM)) if verb in ends and chance.random() < 0.6 else verb


def in_between(chance: random.Random, case: Case, by: Any) -> None:
    try:
        chance.choice(IN_BETWEEN)(case, by)
    except (Refused, NotYours) as no:
        assert str(no)


def events() -> int:
    """How many there are."""
    return Event.objects.count()


def nothing_is_broken(cases: list[Case]) -> None:
    """The chain holds, the sums hold, nobody is stuck."""
    jobs.drain()
    connection.check_constraints()
    chain.verify()
    status = follow_up_status()
    assert status["all"] == status["open"] + status["ended"]
    assert not Case.objects.filter(Q(state="closed") ^ Q(closed_at__isnull=False)).exists()
    for case in Case.objects.filter(closed_at=None):
        assert ways_out(case), f"Nobody can lead {case.pk} out of {case.state}."


def ways_out(case: Case) -> set[str]:
    """The verbs by which somebody of the cast can lead the file out of its state, or end what holds it there."""
    moves = {name for name, one in case.known_verbs().items() if one.transition and case.state in one.moves}
    found = set()
    for name in {*CAST}:
        found |= {one.name for one in options(case, factories.user(name)) if one.status == "open"} & (moves | UNHOLD)
    return found
