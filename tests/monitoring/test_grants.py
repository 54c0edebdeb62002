"""After a jury: whoever is funded, waits, or was not funded is asked, on the same days and with the same effort."""

import datetime as dt
from typing import Any

import pytest

from grants.actions import decisions, tranches
from grants.models import Decision, Pitch, Sitting
from monitoring import schedule
from monitoring.actions.planning import plan_all
from monitoring.states import AnchorKind
from tests import factories as make
from tests.grants import purse, stage, table
from tests.grants.stage import again
from tests.monitoring.asking import rounds_of
from workflows import clock as now
from workflows import jobs

pytestmark = pytest.mark.django_db


def decided(result: str, pitch: Pitch | None = None) -> Pitch:
    """A pitch that a committee heard and decided on today; the way through the jury is tested where the jury is."""
    pitch = pitch or stage.eligible()
    sitting = Sitting(call=pitch.call, chair=make.user("farid"), held_on=now.today())
    sitting.save()
    Decision.objects.create(
        pitch=pitch, sitting=sitting, result=result, written_at=now.now(), written_by=make.user("farid"), signed_at=now.now(),
        signed_by=make.user("gia"),
    )  # fmt: skip
    waiting = {"waiting_since": now.today()} if result == "reserve" else {}
    Pitch.objects.filter(pk=pitch.pk).update(state=result, decided_on=now.today(), **waiting)
    plan_all()
    return again(pitch)


def asked(case: Any, kind: str) -> dict[int, dt.date]:
    return {months: one.due_on for (of, months), one in rounds_of(case).items() if of == kind and one.state == "planned"}


@pytest.mark.both_databases
def test_the_first_payment_is_what_the_questions_about_the_business_count_from(clock: Any) -> None:
    contract = purse.signed(purse.awarded())
    tranche = purse.paid(purse.first_of(contract))
    jobs.drain()

    days = [schedule.window(tranche.paid_on, months, contract.case.programme).due_on for months in (3, 6, 12)]
    assert asked(contract.case, AnchorKind.BUSINESS) == dict(zip((3, 6, 12), days, strict=True))

    tranches.bounce(again(tranche), by=make.user("dana"), reason="Account closed")
    jobs.drain()

    assert asked(contract.case, AnchorKind.BUSINESS) == {}


@pytest.mark.both_databases
def test_what_a_jury_signs_plans_the_questions_of_everybody_it_heard(clock: Any) -> None:
    at = table.sitting(2)
    first, second = table.agenda(at)
    for pitch, result in ((first, "declined"), (second, "adjourned")):
        table.released(pitch)
        table.decide(at, pitch, result, leaves_rule_because="The lease fell through.")
    at = decisions.propose_decisions(again(at), by=make.user("farid"))
    decisions.sign_decisions(again(at), by=make.user("gia"))
    jobs.drain()

    assert [sorted(asked(pitch.case, AnchorKind.DECISION)) for pitch in (first, second)] == [[3, 6, 12], [3, 6, 12]]


@pytest.mark.parametrize(("result", "kind"), [("declined", "decision"), ("adjourned", "decision"), ("reserve", "waiting")])
def test_who_was_heard_and_not_awarded_is_asked_on_the_same_days_as_who_was_funded(result: str, kind: str, clock: Any) -> None:
    pitch = decided(result)

    assert sorted(asked(pitch.case, kind)) == [3, 6, 12]
    assert {of for of, _months in rounds_of(pitch.case)} == {"plan", kind}


def test_an_absent_candidate_was_not_heard(clock: Any) -> None:
    pitch = stage.eligible()
    decided("adjourned", pitch)
    sitting = Sitting.objects.get(call=pitch.call)
    sitting.agenda.create(pitch=pitch, absent_at=now.now(), decided_at=now.now())

    assert schedule.decision_anchors([pitch.case]) == {}


def test_who_is_awarded_after_all_is_asked_about_the_business_alone(clock: Any) -> None:
    pitch = decided("reserve")
    Pitch.objects.filter(pk=pitch.pk).update(state="awarded", amount=4_792_00, waiting_since=None)

    plan_all()

    assert asked(pitch.case, AnchorKind.WAITING) == {}


def test_a_reserve_that_lapsed_is_asked_once_and_goes_on(clock: Any) -> None:
    pitch = decided("reserve")
    days = asked(pitch.case, AnchorKind.WAITING)
    Pitch.objects.filter(pk=pitch.pk).update(state="declined", waiting_since=None)

    plan_all()

    assert (asked(pitch.case, AnchorKind.WAITING), asked(pitch.case, AnchorKind.DECISION)) == (days, {})


def test_everybody_who_shares_in_the_pitch_is_asked(clock: Any) -> None:
    pitch, partner = stage.eligible(), stage.candidate()
    pitch.members.create(case=partner, share=40)

    decided("declined", pitch)

    assert sorted(asked(partner, AnchorKind.DECISION)) == [3, 6, 12]


def test_a_second_night_plans_nothing_new(clock: Any) -> None:
    decided("declined")

    assert sum(plan_all().values()) == 0
