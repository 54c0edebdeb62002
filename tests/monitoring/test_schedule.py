"""Days and windows: arithmetic on facts."""

import datetime as dt
import random
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from casework.actions import closing, work
from casework.actions import people as peoples
from casework.models import Case, Programme
from monitoring import schedule
from monitoring.actions.planning import plan_all, plan_case
from monitoring.models import Round, Schedule
from monitoring.states import INVITED, PLANNED, STOPPED, WAIVED, AnchorKind, Why
from tests.monitoring.asking import advised, in_work, placed, rounds_of, ticked, turned_down
from workflows import hooks, jobs
from workflows.models import Event
from workflows.partial import PartialDate

pytestmark = pytest.mark.django_db


def programme(**rules):
    return Programme(**{"round_opens_before": 7, "round_closes_after": 45, **rules})


@dataclass
class OneRound:
    due_on: dt.date
    schedule_id: int
    state: str = PLANNED
    months: int = 3
    asked: bool = False
    pk: UUID = field(default_factory=uuid4)


def test_three_months_after_a_long_month_end_on_the_last_day_of_a_short_one():
    window = schedule.window(dt.date(2025, 11, 30), 3, programme())
    assert window == schedule.Window(dt.date(2026, 2, 28), dt.date(2026, 2, 21), dt.date(2026, 4, 14))


def test_the_plan_has_the_baseline_alone_and_work_the_programmes_months():
    assert schedule.months_of(AnchorKind.PLAN, programme()) == (0,)
    assert schedule.months_of(AnchorKind.WORK, programme()) == (3, 6, 12)


def test_a_path_may_have_months_of_its_own():
    own = programme(schedule_by_path={"start_up": [6, 24]})
    assert schedule.months_of(AnchorKind.WORK, own, "start_up") == (6, 24)
    assert schedule.months_of(AnchorKind.WORK, own, "work") == (3, 6, 12)
    assert schedule.months_of(AnchorKind.PLAN, own, "start_up") == (0,)


def test_rounds_of_two_schedules_within_thirty_days_are_asked_once_and_the_earlier_leads():
    first, second = OneRound(dt.date(2026, 3, 1), 1), OneRound(dt.date(2026, 3, 31), 2)
    assert schedule.asked_together([second, first], 30) == {second.pk: first.pk}
    second.due_on = dt.date(2026, 4, 1)
    assert schedule.asked_together([second, first], 30) == {}


def test_what_was_asked_already_follows_nobody():
    first, second = OneRound(dt.date(2026, 3, 1), 1), OneRound(dt.date(2026, 3, 9), 2, state=INVITED)
    assert schedule.asked_together([first, second], 30) == {}


def test_a_baseline_neither_leads_nor_follows():
    baseline, other = OneRound(dt.date(2026, 3, 1), 1, months=0), OneRound(dt.date(2026, 3, 9), 2)
    assert schedule.asked_together([baseline, other], 30) == {}


def test_counselling_plans_the_baseline_and_work_the_three_others(clock):
    case = in_work()
    rounds = rounds_of(case)
    assert {key: one.due_on for key, one in rounds.items()} == {
        ("plan", 0): dt.date(2026, 3, 2),
        ("work", 3): dt.date(2026, 6, 2),
        ("work", 6): dt.date(2026, 9, 2),
        ("work", 12): dt.date(2027, 3, 2),
    }
    assert {one.state for one in rounds.values()} == {PLANNED}


def test_planning_again_changes_nothing(clock):
    case = in_work()
    before = list(Round.objects.order_by("pk").values())
    assert plan_case(case.pk) == {}
    assert plan_all() == {}
    assert list(Round.objects.order_by("pk").values()) == before


def test_a_second_placement_moves_none(clock):
    case = in_work()
    before = {key: one.due_on for key, one in rounds_of(case).items()}
    clock.set(dt.datetime(2026, 5, 20, 9))
    placement = case.placements.get()
    work.end_placement(placement, by=case.caseworker, ended_on=PartialDate.of(dt.date(2026, 5, 20)), reason="better_job")
    placed(case)
    assert {key: one.due_on for key, one in rounds_of(case).items()} == before


def test_work_that_did_not_last_is_left_out_and_the_next_that_lasts_takes_the_rounds_up_again(clock):
    case = in_work()
    clock.set(dt.datetime(2026, 3, 12, 9))
    work.end_placement(case.placements.get(), by=case.caseworker, ended_on=PartialDate.of(dt.date(2026, 3, 12)), reason="not_paid")
    jobs.drain()
    rounds = rounds_of(case)
    assert {(one.state, one.why) for key, one in rounds.items() if key[0] == "work"} == {(WAIVED, Why.ANCHOR_GONE)}
    clock.set(dt.datetime(2026, 4, 1, 9))
    placed(case)
    rounds = rounds_of(case)
    assert rounds["work", 3].state == PLANNED
    assert rounds["work", 3].due_on == dt.date(2026, 7, 1)
    assert Schedule.objects.get(case=case, kind="work").gone_at is None


def test_a_corrected_date_moves_what_nobody_was_asked_yet_and_says_what_moved(clock):
    case = in_work()
    clock.set(dt.datetime(2026, 6, 3, 10))
    ticked()
    assert rounds_of(case)["work", 3].state == INVITED
    spell = case.placements.get()
    type(spell).objects.filter(pk=spell.pk).update(started_on="2026-02-20")
    done = plan_case(case.pk)
    assert done == {"move_round": 2}
    rounds = rounds_of(case)
    assert rounds["work", 3].due_on == dt.date(2026, 6, 2)
    assert (rounds["work", 6].due_on, rounds["work", 6].moved_from) == (dt.date(2026, 8, 20), dt.date(2026, 9, 2))
    said = Event.objects.filter(verb="monitoring.move_round").order_by("pk").first().facts
    assert said == {"months": said["months"], "was": said["was"], "due_on": said["due_on"]}
    assert {said["was"], said["due_on"]} <= {"2026-09-02", "2026-08-20", "2027-03-02", "2027-02-20"}


def test_two_rounds_within_a_month_are_asked_once_and_count_for_both(clock):
    case = in_work()
    turned_down(case, on=dt.date(2026, 3, 20))
    plan_case(case.pk)
    other = Schedule.objects.get(case=case, kind=AnchorKind.DECISION)
    lead, follower = Round.objects.get(schedule__kind="work", months=3), Round.objects.get(schedule=other, months=3)
    assert follower.asked_with_id == lead.pk
    clock.set(dt.datetime(2026, 6, 2, 12))
    ticked()
    lead.refresh_from_db()
    follower.refresh_from_db()
    assert (lead.state, follower.state) == (INVITED, PLANNED)
    clock.set(dt.datetime(2026, 7, 30, 12))
    ticked()
    lead.refresh_from_db()
    follower.refresh_from_db()
    assert (lead.state, lead.why) == ("missed", Why.NOT_REACHED)
    assert (follower.state, follower.why, follower.asked) == ("missed", Why.NOT_REACHED, True)


def test_withdrawal_stops_all_and_a_new_yes_takes_up_what_is_ahead(clock):
    case = in_work()
    peoples.withdraw_consent(case.person, by=case.caseworker, purpose="follow_up")
    jobs.drain()
    assert {(one.state, one.why) for one in rounds_of(case).values()} == {(STOPPED, Why.WITHDREW)}
    peoples.record_consent(case.person, by=case.caseworker, answers={"follow_up": "yes"})
    jobs.drain()
    assert {one.state for one in rounds_of(case).values()} == {PLANNED}


def test_a_death_stops_all_at_once_and_its_undoing_takes_them_up(clock):
    case = in_work()
    closing.record_death(Case.objects.get(pk=case.pk), by=case.caseworker, told_by="A cousin")
    jobs.drain()
    assert {(one.state, one.why) for one in rounds_of(case).values()} == {(STOPPED, Why.DECEASED)}
    closing.undo_death(Case.objects.get(pk=case.pk), by=case.caseworker, words="Another Khaled")
    jobs.drain()
    assert {one.state for one in rounds_of(case).values()} == {PLANNED}


@pytest.mark.parametrize(("outcome", "state"), [("moved_away", PLANNED), ("left_with_papers", PLANNED), ("transferred", STOPPED)])
def test_closing_does_not_end_following_up_but_a_transfer_out_does(clock, outcome, state):
    case = in_work()
    closing.close_case(Case.objects.get(pk=case.pk), by=case.caseworker, outcome=outcome)
    jobs.drain()
    assert {one.state for one in rounds_of(case).values()} == {state}


@pytest.mark.parametrize("seed", range(6))
def test_the_same_facts_give_the_same_rounds_in_whatever_order_they_were_heard(clock, seed):
    """Events are delivered late, twice, or not at all: the nightly look at the facts comes to the same."""
    case = advised()
    clock.set(dt.datetime(2026, 6, 1, 9))
    spells = [placed(case, on=dt.date(2026, 4, 5), main=False), placed(case, on=dt.date(2026, 3, 20), main=False)]
    work.end_placement(spells[1], by=case.caseworker, ended_on=PartialDate.of(dt.date(2026, 3, 25)), reason="dismissed")
    events = list(Event.objects.filter(stream=case.stream))
    random.Random(seed).shuffle(events)
    for event in events[:seed]:
        if listener := hooks.listener(event.verb, "monitoring.plan_rounds"):
            listener(event)
    plan_all()
    assert {key: (one.due_on, one.state) for key, one in rounds_of(case).items() if key[0] == "work"} == {
        ("work", 3): (dt.date(2026, 7, 5), PLANNED),
        ("work", 6): (dt.date(2026, 10, 5), PLANNED),
        ("work", 12): (dt.date(2027, 4, 5), PLANNED),
    }


def test_at_most_one_schedule_of_a_kind(clock):
    case = in_work()
    with pytest.raises(IntegrityError), transaction.atomic():
        Schedule.objects.create(case=case, kind="work", anchor_on=dt.date(2026, 1, 1))
