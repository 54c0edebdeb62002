"""When people are asked: from the facts of a case to the days of its rounds. Questions and arithmetic; it changes nothing.

Decided here, because the journeys leave it open:

- The *plan* schedule counts from the day counselling began, and has the baseline (round 0) alone, so that it can be asked before
  the plan is agreed, in a talk.
- The *work* schedule counts from the earliest day that the first lasting placement may have begun. A placement lasts when it has
  run for the programme's least days, or runs still: a new one is planned for at once, and left out again if it was short.
- The *business* schedule counts from the first payment of an award that stands: for one that came back the next one counts.
- The *decision* schedule counts from the day a pitch that was heard was first declined or adjourned, and is gone when it is awarded
  after all. The *waiting* schedule counts from the day it was put on the reserve, and goes on when the reserve lapses: nobody is
  asked twice for one pitch. Who shares in a pitch is asked like who wrote it.
- A month that is too short ends on its last day: three months after 30 November is 28 February.
"""

import datetime as dt
import zoneinfo
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from dateutil.relativedelta import relativedelta
from django.db.models import Min
from django.utils import timezone

from casework.models import Case, Placement
from grants.models import AgendaItem, Decision, PitchMember, Tranche
from grants.states import PAID_TRANCHE, ContractKind, PitchState, Result
from monitoring import instruments
from monitoring.states import MISSED, OPEN, PLANNED, REACHED, REFUSED, AnchorKind

OPENING_HOUR = dt.time(9, 0)
# Answers by link are still taken, and kept as late, for so long after the window.
GRACE = dt.timedelta(days=30)


@dataclass(frozen=True)
class Window:
    """The day of a round, and the days between which it is asked (the last included)."""

    due_on: dt.date
    opens_on: dt.date
    closes_on: dt.date


def window(anchor_on: dt.date, months: int, programme: Any) -> Window:
    """The window of the round `months` after the anchor, by the programme's settings."""
    due = anchor_on + relativedelta(months=months)
    return Window(due, due - dt.timedelta(days=programme.round_opens_before), due + dt.timedelta(days=programme.round_closes_after))


def months_of(kind: str, programme: Any, path: str = "") -> tuple[int, ...]:
    """How many months after an anchor of this kind people on the path are asked."""
    return (0,) if kind == AnchorKind.PLAN else tuple(programme.months_on(path))


def asked_in(kind: str, months: int) -> dict[str, int]:
    """What a round asks: the name of each instrument and its version. A month that no instrument names asks about work."""
    found = instruments.asked_in(kind, months) or (instruments.instrument("employment"),)
    return {one.name: one.version for one in found}


def opening(opens_on: dt.date, office: Any) -> dt.datetime:
    """The hour at which a round begins to be asked: nine in the morning where the office is."""
    return dt.datetime.combine(opens_on, OPENING_HOUR, zone_of(office))


def closing(closes_on: dt.date, office: Any) -> dt.datetime:
    """The midnight with which a window closes, where the office is."""
    return dt.datetime.combine(closes_on + dt.timedelta(days=1), dt.time(0), zone_of(office))


def zone_of(office: Any) -> zoneinfo.ZoneInfo:
    """The office's time zone."""
    return zoneinfo.ZoneInfo(office.time_zone)


# ——— anchors: facts with a date ———


def plan_anchors(cases: Sequence[Case]) -> dict[UUID, dt.date]:
    """Case → the day counselling began."""
    return {case.pk: case.counselling_since for case in cases if case.counselling_since}


def work_anchors(cases: Sequence[Case]) -> dict[UUID, dt.date]:
    """Case → the first day of the first placement that lasts. One query."""
    programmes = {case.pk: case.programme for case in cases}
    spells: dict[UUID, list[Any]] = defaultdict(list)
    for spell in Placement.objects.filter(case__in=list(programmes), struck_at=None):
        spells[spell.case_id].append(spell)
    found = {}
    for case_id, of_case in spells.items():
        lasting = [spell.started_on.earliest for spell in of_case if lasts(spell, programmes[case_id])]
        if lasting:
            found[case_id] = min(lasting)
    return found


def lasts(spell: Any, programme: Any) -> bool:
    """Whether work counts from this placement: of a kind that the programme counts, begun on a known day, not ended too soon."""
    if spell.kind not in programme.placed_kinds or not spell.started_on:
        return False
    return not spell.ended_on or (spell.ended_on.latest - spell.started_on.earliest).days >= programme.started_only_days


_AWARDED = (PitchState.AWARDED, PitchState.CONTRACTED, PitchState.COMPLETED, PitchState.TERMINATED)


def business_anchors(cases: Sequence[Case]) -> dict[UUID, dt.date]:
    """Case → the day of the first payment of an award that the person runs a business with. Two queries."""
    pitches = _pitches_of(cases)
    paid = Tranche.objects.filter(
        contract__pitch__in=pitches, contract__kind=ContractKind.AWARD, state__in=PAID_TRANCHE, paid_on__isnull=False
    )
    return _first(pitches, paid.order_by().values_list("contract__pitch").annotate(Min("paid_on")))


def decision_anchors(cases: Sequence[Case]) -> dict[UUID, dt.date]:
    """Case → the day a pitch of theirs was heard and not awarded. Three queries."""
    pitches = _pitches_of(cases)
    absent = set(AgendaItem.objects.filter(pitch__in=pitches, absent_at__isnull=False).values_list("pitch", "sitting"))
    waited = set(_decided(pitches, Result.RESERVE).values_list("pitch", flat=True))
    refused = _decided(pitches, Result.DECLINE, Result.ADJOURN).exclude(pitch__in=waited)
    days = refused.values_list("pitch", "sitting", "signed_at")
    return _first(
        pitches, [(pitch, timezone.localtime(at).date()) for pitch, sitting, at in days if (pitch, sitting) not in absent]
    )


def waiting_anchors(cases: Sequence[Case]) -> dict[UUID, dt.date]:
    """Case → the day a pitch of theirs was put on the waiting list. Two queries."""
    pitches = _pitches_of(cases)
    days = _decided(pitches, Result.RESERVE).values_list("pitch", "signed_at")
    return _first(pitches, [(pitch, timezone.localtime(at).date()) for pitch, at in days])


def _pitches_of(cases: Sequence[Case]) -> dict[UUID, list[UUID]]:
    """Pitch → those of the cases that stand behind it."""
    found: dict[UUID, list[UUID]] = defaultdict(list)
    for pitch, case in PitchMember.objects.filter(case__in=[case.pk for case in cases]).values_list("pitch", "case"):
        found[pitch].append(case)
    return found


def _decided(pitches: Iterable[UUID], *results: str) -> Any:
    """What was signed of pitches that are not awarded now."""
    signed = Decision.objects.filter(pitch__in=list(pitches), result__in=results, signed_at__isnull=False)
    return signed.exclude(pitch__state__in=_AWARDED)


def _first(pitches: Mapping[UUID, list[UUID]], days: Iterable[tuple[UUID, dt.date]]) -> dict[UUID, dt.date]:
    found: dict[UUID, dt.date] = {}
    for pitch, day in days:
        for case in pitches[pitch]:
            found[case] = min(day, found.get(case, day))
    return found


# Kind → who reads its facts. Schedules of a kind without a reader are left as they are.
ANCHORS: Mapping[str, Any] = {
    AnchorKind.PLAN: plan_anchors,
    AnchorKind.WORK: work_anchors,
    AnchorKind.BUSINESS: business_anchors,
    AnchorKind.DECISION: decision_anchors,
    AnchorKind.WAITING: waiting_anchors,
}


# ——— two rounds within a month are asked once ———


def asked_together(rounds: Iterable[Any], within: int) -> dict[UUID, UUID]:
    """Round → the round that it is asked with: planned ones, due at most `within` days after one of another schedule.

    The earlier leads; a baseline neither leads nor follows, for it is asked in a talk before the plan.
    """
    leads: list[Any] = []
    pairs: dict[UUID, UUID] = {}
    for one in sorted(rounds, key=lambda r: (r.due_on, r.state == PLANNED, r.months, str(r.pk))):
        if one.months == 0:
            continue
        lead = next(
            (each for each in leads if each.schedule_id != one.schedule_id and (one.due_on - each.due_on).days <= within), None
        )
        if one.state == PLANNED and lead is not None:
            pairs[one.pk] = lead.pk
        elif leads_others(one):
            leads.append(one)
    return pairs


def leads_others(one: Any) -> bool:
    """Whether another round may be asked with this one: it is open, or was asked. One that nobody was asked leads nothing."""
    return one.state in OPEN or one.state in (*REACHED, REFUSED) or (one.state == MISSED and one.asked)
