"""The follow-up report: how the rounds of one programme stood when a day ended, counted by the database.

A day that is over keeps its figures. What has happened since is left out: ends, answers and transfers by their own dates; what was
moved, paired or taken up again since, which overwrites, is told anew from the events of those few rounds. One thing is not dated
back: when a record of a death is taken back, the rounds that were missed after it are due again for every day.
"""

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Case, CharField, Count, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext

from accounts.models import Office
from casework.models import Case as File
from casework.models import Programme, Transfer
from casework.states import TransferState
from monitoring.indicators import ASKED_ABOUT_WORK, AskedRound, Table, grouped, tabulate
from monitoring.models import Answer, Round
from monitoring.models.round import RoundQuerySet
from monitoring.states import MISSED, OPEN, PLANNED, REACHED, REFUSED, STOPPED, AnchorKind
from workflows import clock
from workflows.models import Event
from workflows.partial import PartialDate

# What overwrites a round that has not ended, so that its row no longer says how it stood.
OVERWRITES = ("monitoring.move_round", "monitoring.ask_with", "monitoring.take_up")
ASKS = ("monitoring.invite", "monitoring.log_attempt", "monitoring.record_interview")
CHUNK = 500

Alike = Counter[AskedRound]


class NotYet(ValueError):
    """The day asked for has not come."""

    def __str__(self) -> str:
        return str(_("This day has not come yet. Figures are of today or earlier."))


def figures(programme: Programme, as_of: dt.date | None = None) -> Table:
    """Return the figures of a programme at the end of a day (today where none is named), with small counts hidden.

    Rounds × offices of which a round was due by then; whoever asks for the same day later is told the same. Raises NotYet.
    """
    as_of = as_of or clock.today()
    alike = standing(programme, as_of)
    kinds = sorted({one.round_kind for one in alike}, key=_in_order)
    codes = sorted({one.office for one in alike})
    names = dict(Office.objects.filter(code__in=codes).values_list("code", "name"))
    return tabulate(
        grouped(alike),
        tuple(kinds),
        tuple(codes),
        tuple((kind, label(kind)) for kind in kinds),
        tuple((code, names[code]) for code in codes),
        programme.small_cell,
        {"programme": programme.code, "as_of": as_of.isoformat()},
    )


def standing(programme: Programme, as_of: dt.date, *, by: str = "") -> Alike:
    """Return how many rounds whose day had come stood alike when the day ended; in place of the office, `by` another column.

    Raises NotYet.
    """
    if as_of > clock.today():
        raise NotYet
    return _Standing(programme, as_of, by).counted()


def label(kind: str) -> str | Promise:
    """Return the words for a kind of round: `work-3` is "3 months"."""
    anchor, _dash, months = kind.rpartition("-")
    if anchor == AnchorKind.PLAN:
        return _("Start")
    count = int(months)
    words = ngettext("%(count)d month", "%(count)d months", count) % {"count": count}
    if anchor == AnchorKind.WORK:
        return words
    return pgettext("a round, and what it counts from", "%(months)s, %(anchor)s") % {
        "months": words,
        "anchor": AnchorKind(anchor).label,
    }


def _in_order(kind: str) -> tuple[int, int]:
    anchor, _dash, months = kind.rpartition("-")
    return AnchorKind.values.index(anchor), int(months)


class _Standing:
    """The rounds of one programme as they stood at one moment: the midnight that ends the day."""

    def __init__(self, programme: Programme, as_of: dt.date, by: str = "") -> None:
        self.programme, self.as_of, self.by = programme, as_of, by
        midnight = dt.datetime.combine(as_of + dt.timedelta(days=1), dt.time(0))
        # One midnight for every reader, wherever they sit.
        self.moment = timezone.make_aware(midnight, timezone.get_default_timezone())
        self.is_past = self.moment <= clock.now()

    def counted(self) -> Alike:
        alike = self.alike(self.due())
        told: set[UUID] = set()
        if self.is_past:
            for some in _chunks(self.overwritten()):
                rounds = self.due().filter(pk__in=some)
                alike.subtract(self.alike(rounds))
                alike.update(self.told_anew(some))
                told.update(some)
        for one in self.missed_after_a_death(told):
            alike[one] -= 1
            alike[replace(one, state=STOPPED)] += 1
        return +alike

    # ——— as their rows say ———

    def due(self) -> RoundQuerySet:
        """Those whose day had come, of what was known by then."""
        return Round.objects.filter(case__programme=self.programme, schedule__planned_at__lt=self.moment, due_on__lte=self.as_of)

    def stood(self, rounds: RoundQuerySet) -> Any:
        """Each with the office it was with, its state, whether it was asked, and whether who was reached is in work."""
        ended = Q(ended_at__lt=self.moment)
        # Asked once, counted for both: it stands as the other does, also while the planner has not yet been by.
        by_the_other = Q(state=PLANNED, asked_with__ended_at__lt=self.moment) & (
            Q(asked_with__state__in=(*REACHED, REFUSED)) | Q(asked_with__state=MISSED, asked_with__asked_at__isnull=False)
        )
        state = Case(
            When(ended, then=F("state")),
            When(by_the_other, then=F("asked_with__state")),
            default=Value(str(PLANNED)),
            output_field=CharField(),
        )
        yes = Answer.objects.counted().filter(
            round=Coalesce(OuterRef("asked_with_id"), OuterRef("pk")),
            instrument="employment",
            item__in=ASKED_ABOUT_WORK,
            code="yes",
            at__lt=self.moment,
        )
        return rounds.order_by().annotate(
            office_then=self.office(),
            state_then=state,
            asked_then=Case(
                When(Q(asked_at__lt=self.moment) | by_the_other, then=Value(True)),
                default=Value(False),
                output_field=BooleanField(),
            ),
            in_work_then=Case(
                When(ended & Q(state__in=REACHED) | by_the_other & Q(asked_with__state__in=REACHED), then=Exists(yes)),
                default=Value(False),
                output_field=BooleanField(),
            ),
        )

    def office(self) -> Any:
        """The office that had the file: before the first transfer that was accepted since. Or what else is looked at."""
        if self.by:
            return F(self.by)
        since = Transfer.objects.filter(
            case__programme=self.programme, state=TransferState.ACCEPTED, answered_at__gte=self.moment
        ).order_by("answered_at", "pk")
        if not self.is_past or not since.exists():
            return F("case__office__code")
        first = since.filter(case=OuterRef("case_id")).values("from_office__code")[:1]
        return Coalesce(Subquery(first), F("case__office__code"))

    def alike(self, rounds: RoundQuerySet) -> Alike:
        rows = (
            self.stood(rounds)
            .values_list("schedule__kind", "months", "office_then", "state_then", "asked_then", "in_work_then")
            .annotate(many=Count("pk"))
        )
        alike: Alike = Counter()
        for *row, many in rows:
            alike[_asked_round(*row)] += many
        return alike

    # ——— as their events tell ———

    def overwritten(self) -> list[UUID]:
        """The rounds whose rows were changed since in a way that leaves no trace in them."""
        verbs = [*OVERWRITES]
        if self.months_were_changed():
            # Only then are rounds added to a schedule that was there before.
            verbs.append("monitoring.plan_round")
        found = Event.objects.filter(verb__in=verbs, recorded_at__gte=self.moment).values_list("subject_id", flat=True)
        return [UUID(one) for one in sorted(set(found))]

    def months_were_changed(self) -> bool:
        changed = Event.objects.filter(verb="casework.change_programme", recorded_at__gte=self.moment)
        return changed.filter(subject_id=str(self.programme.pk)).exists()

    def told_anew(self, ids: Sequence[UUID]) -> Iterator[AskedRound]:
        """How these rounds stood, told from their events until the moment. None had an answer then, or it would be there still."""
        rounds: Any = Round.objects.filter(pk__in=ids, case__programme=self.programme, schedule__planned_at__lt=self.moment)
        rows = rounds.order_by().annotate(office_then=self.office()).values_list("pk", "schedule__kind", "months", "office_then")
        there = {str(pk): rest for pk, *rest in rows}
        streams: dict[str, _Told] = {}
        events = Event.objects.filter(stream__in=[f"round:{pk}" for pk in there], recorded_at__lt=self.moment)
        for subject, verb, body in events.order_by("stream", "seq").values_list("subject_id", "verb", "body"):
            streams.setdefault(subject, _Told()).hear(verb, json.loads(body))
        for pk, told in streams.items():
            if told.due_on and told.due_on <= self.as_of:
                kind, months, office = there[pk]
                yield _asked_round(kind, months, office, told.state, told.asked, False)

    # ——— who could not be reached any more ———

    def missed_after_a_death(self, but: set[UUID]) -> Iterator[AskedRound]:
        """Rounds due after the death of a person that the office had not learned of: stopped, and nobody's miss."""
        dead = File.objects.filter(programme=self.programme, death_recorded_at__lt=self.moment)
        rounds = self.stood(self.due().filter(case__in=dead.values("pk")))
        rows = rounds.filter(state_then__in=(*OPEN, MISSED)).values_list(
            "pk", "due_on", "case__died_on", "case__death_recorded_at", "schedule__kind", "months", "office_then", "state_then",
            "asked_then", "in_work_then",
        )  # fmt: skip
        for pk, due_on, died_on, recorded_at, *row in rows:
            if pk not in but and due_on > _at_the_latest(died_on, recorded_at):
                yield _asked_round(*row)


def _at_the_latest(died_on: PartialDate | None, recorded_at: dt.datetime) -> dt.date:
    recorded = recorded_at.astimezone(timezone.get_default_timezone()).date()
    return min(died_on.latest, recorded) if died_on else recorded


class _Told:
    """A round as its events tell it."""

    def __init__(self) -> None:
        self.due_on: dt.date | None = None
        self.state: str = PLANNED
        self.asked = False

    def hear(self, verb: str, body: Mapping[str, Any]) -> None:
        facts = body["facts"]
        if "due_on" in facts:
            self.due_on = dt.date.fromisoformat(facts["due_on"])
        self.state = body["to"] or self.state
        self.asked = self.asked or verb in ASKS


def _asked_round(kind: str, months: int, office: str, state: str, asked: bool, in_work: bool) -> AskedRound:
    asked = bool(asked)
    # Open is open: which of its three states a row is in now says nothing of then.
    state = PLANNED if state in OPEN else state
    return AskedRound(f"{kind}-{months}", office, str(state), invited=asked, asked=asked, in_work=bool(in_work))


def _chunks(ids: Sequence[UUID]) -> Iterable[Sequence[UUID]]:
    return (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))


__all__ = ["NotYet", "figures", "label", "standing"]
