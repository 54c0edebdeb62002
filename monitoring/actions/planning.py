"""Rounds follow the facts: planned, moved, left out, stopped and taken up again, the same in whatever order things happened."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from casework.models import Case, Consent, Purpose
from monitoring import rules, schedule
from monitoring.models import Round, Schedule
from monitoring.states import OPEN, PLANNED, STOPPED, TAKEN_BACK, WAIVED, Why
from workflows import clock
from workflows.acting import SYSTEM, act_each

BATCH = 100
PLANNER = SYSTEM("monitoring.plan")


def plan_case(case_id: Any) -> Counter[str]:
    """Bring one case's rounds into line with its facts; how many rounds each verb touched."""
    return plan_cases([case_id])


def plan_all() -> Counter[str]:
    """Bring every case's rounds into line with its facts (nightly). A second run touches nothing."""
    done: Counter[str] = Counter()
    last = None
    while True:
        some = Case.objects.order_by("pk")
        ids = list((some.filter(pk__gt=last) if last else some).values_list("pk", flat=True)[:BATCH])
        if not ids:
            return done
        done += plan_cases(ids)
        last = ids[-1]


def plan_cases(case_ids: Sequence[Any]) -> Counter[str]:
    """Bring the rounds of up to 100 cases into line with their facts, under a lock on the cases.

    Rounds are moved only while they are planned; what was asked or ended by answers stays. Leaves the cases themselves alone.
    """
    with transaction.atomic():
        # One planner at a time for a case: the unique constraints would say the same, later and louder.
        locked = Case.objects.select_for_update(of=("self",)).filter(pk__in=list(case_ids)).order_by("pk")
        cases = list(locked.select_related("programme", "office"))
        return _Plan(cases).carry_out()


class _Plan:
    """What the facts of some cases ask for, next to what is there."""

    def __init__(self, cases: Sequence[Case]) -> None:
        self.cases = {case.pk: case for case in cases}
        self.now = clock.now()
        self.done: Counter[str] = Counter()
        people = {case.person_id for case in cases}
        withdrawn = set(
            Consent.objects.filter(person__in=people, purpose=Purpose.FOLLOW_UP)
            .standing()
            .filter(withdrawn_on__isnull=False)
            .values_list("person_id", flat=True)
        )
        self.ended = {case.pk: rules.why_following_ended(case, withdrew=case.person_id in withdrawn) for case in cases}

    def carry_out(self) -> Counter[str]:
        schedules = self.bring_schedules_up_to_date()
        rounds = self.rounds()
        self.plan_missing(schedules, rounds)
        self.stop_and_leave_out(rounds)
        self.take_up_again(rounds)
        self.move(rounds)
        self.pair(self.rounds())
        self.count_with_the_other(self.rounds())
        return self.done

    def rounds(self) -> list[Round]:
        return list(Round.objects.filter(case__in=list(self.cases)).select_related("schedule").order_by("pk"))

    def bring_schedules_up_to_date(self) -> list[Schedule]:
        """Write the anchors as they are now: begun, corrected, or turned out not to be so."""
        known = {(row.case_id, row.kind): row for row in Schedule.objects.filter(case__in=list(self.cases)).order_by("pk")}
        new, changed = [], []
        for kind, read in schedule.ANCHORS.items():
            anchors = read(list(self.cases.values()))
            for case_id in self.cases:
                anchor, row = anchors.get(case_id), known.get((case_id, kind))
                if row is None:
                    if anchor and not self.ended[case_id]:
                        new.append(Schedule(case_id=case_id, kind=kind, anchor_on=anchor, planned_at=self.now))
                elif anchor is None and row.gone_at is None:
                    row.gone_at = self.now
                    changed.append(row)
                elif anchor and (row.anchor_on != anchor or row.gone_at):
                    row.anchor_on, row.gone_at = anchor, None
                    changed.append(row)
        Schedule.objects.bulk_create(new)
        Schedule.objects.bulk_update(changed, ["anchor_on", "gone_at"])
        return [*known.values(), *new]

    def window_of(self, one: Round) -> schedule.Window:
        return schedule.window(one.schedule.anchor_on, one.months, self.cases[one.case_id].programme)

    def plan_missing(self, schedules: Iterable[Schedule], rounds: Iterable[Round]) -> None:
        there = {(one.schedule_id, one.months) for one in rounds}
        new = []
        for row in schedules:
            case = self.cases[row.case_id]
            if row.gone_at or self.ended[case.pk]:
                continue
            for months in schedule.months_of(row.kind, case.programme, case.path):
                if (row.pk, months) not in there:
                    days = schedule.window(row.anchor_on, months, case.programme)
                    new.append(
                        Round(
                            schedule=row,
                            case=case,
                            months=months,
                            due_on=days.due_on,
                            opens_on=days.opens_on,
                            closes_on=days.closes_on,
                            next_step_at=schedule.opening(days.opens_on, case.office),
                        )
                    )

        def say(one: Round) -> None:
            one.says(case=one.case_id, kind=one.schedule.kind, months=one.months, due_on=one.due_on)

        self.each(new, "plan_round", say)

    def stop_and_leave_out(self, rounds: Sequence[Round]) -> None:
        """Whoever died, withdrew, was merged or handed over is asked no more; what rested on a fact that is none is left out."""
        self.each(
            [one for one in rounds if one.state in OPEN and self.ended[one.case_id]],
            "stop",
            lambda one: self.end(one, "stop", self.ended[one.case_id]),
        )
        self.each(
            [one for one in rounds if one.state == PLANNED and one.schedule.gone_at and not self.ended[one.case_id]],
            "waive",
            lambda one: self.end(one, "waive", Why.ANCHOR_GONE),
        )

    def end(self, one: Round, verb: str, why: str) -> None:
        getattr(one, verb)(at=self.now, why=why)
        one.says(why=why)

    def take_up_again(self, rounds: Sequence[Round]) -> None:
        """The death was another person's, the work began after all: what was stopped for that is planned again, if in time."""
        again = []
        for one in rounds:
            because = (one.state == STOPPED and not self.ended[one.case_id]) or (one.state == WAIVED and one.why == Why.ANCHOR_GONE)
            if one.state in TAKEN_BACK and because and not one.schedule.gone_at and not self.ended[one.case_id]:
                days, office = self.window_of(one), self.cases[one.case_id].office
                if schedule.closing(days.closes_on, office) > self.now:
                    again.append(one)

        windows = {one.pk: self.window_of(one) for one in again}

        def body(one: Round) -> None:
            days, office = windows[one.pk], self.cases[one.case_id].office
            one.take_up(
                due_on=days.due_on,
                opens_on=days.opens_on,
                closes_on=days.closes_on,
                next_step_at=schedule.opening(days.opens_on, office),
            )
            one.says(due_on=days.due_on)

        self.each(again, "take_up", body)

    def move(self, rounds: Sequence[Round]) -> None:
        """A corrected date moves the rounds that nobody was asked yet; the event says from when to when."""
        standing = [one for one in rounds if one.state == PLANNED and not one.schedule.gone_at and not self.ended[one.case_id]]
        windows = {one.pk: self.window_of(one) for one in standing}
        wrong = [one for one in standing if schedule.Window(one.due_on, one.opens_on, one.closes_on) != windows[one.pk]]

        def body(one: Round) -> None:
            days, before = windows[one.pk], one.due_on
            one.move_to(days.due_on, days.opens_on, days.closes_on, schedule.opening(days.opens_on, self.cases[one.case_id].office))
            one.says(months=one.months, was=before, due_on=days.due_on)

        self.each(wrong, "move_round", body)

    def pair(self, rounds: Sequence[Round]) -> None:
        """Two rounds due within the programme's days are asked once."""
        of_case: dict[UUID, list[Round]] = defaultdict(list)
        for one in rounds:
            of_case[one.case_id].append(one)
        pairs: dict[UUID, UUID] = {}
        for case_id, some in of_case.items():
            pairs |= schedule.asked_together(some, self.cases[case_id].programme.ask_once_within)

        def body(one: Round) -> None:
            one.asked_with_id = pairs.get(one.pk)
            one.says(asked_with=one.asked_with_id)

        self.each([one for one in rounds if one.state == PLANNED and one.asked_with_id != pairs.get(one.pk)], "ask_with", body)

    def count_with_the_other(self, rounds: Sequence[Round]) -> None:
        """What was asked once counts for both, and ends as the other ended."""
        ended = {one.pk: one for one in rounds if one.ended}
        leads = {one.pk: ended[one.asked_with_id] for one in rounds if one.state == PLANNED and one.asked_with_id in ended}

        def body(one: Round) -> None:
            one.count_with(lead=leads[one.pk])
            one.says(lead=leads[one.pk].pk, why=one.why, how=one.how)

        self.each([one for one in rounds if one.pk in leads], "count_with", body)

    def each(self, rounds: Sequence[Round], verb: str, body: Any) -> None:
        for start in range(0, len(rounds), BATCH):
            outcomes = act_each(rounds[start : start + BATCH], f"monitoring.{verb}", by=PLANNER, body=body)
            self.done[verb] += sum(outcome.event is not None for outcome in outcomes)
