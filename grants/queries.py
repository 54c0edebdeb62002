"""What the pages of calls and pitches show: read once for a whole page, and only what its reader may see."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Prefetch, QuerySet, Sum

from accounts.scope import scope_of
from grants.models import Call, Pitch, PitchVersion, Source
from grants.states import PitchState


@dataclass(frozen=True)
class CallRow:
    """A call in the list, with how many of the pitches that one may see stand where."""

    call: Call
    pitches: int
    waiting: int
    """Submitted, and not read by the officer yet."""


def calls_with_figures(calls: QuerySet[Call], user: Any) -> list[CallRow]:
    """The calls with the figures of their pitches: two queries for any number of them."""
    counted: dict[Any, dict[str, int]] = defaultdict(dict)
    standing = Pitch.objects.visible_to(user).order_by().values_list("call", "state").annotate(Count("pk"))
    for key, state, number in standing:
        counted[key][state] = number
    return [
        CallRow(call, sum(counted[call.pk].values()), counted[call.pk].get(PitchState.SUBMITTED, 0))
        for call in calls.select_related("programme", "office")
    ]


@dataclass(frozen=True)
class PitchRow:
    """A pitch in a list. `who` is "" for a reader who reads no names."""

    pitch: Pitch
    who: str
    asked: int


@dataclass(frozen=True)
class Group:
    """The pitches of a call that stand in one state."""

    state: str
    label: Any
    rows: tuple[PitchRow, ...]


def pitches_by_state(call: Call, user: Any) -> list[Group]:
    """The pitches of the call that one may see, in the order of the states; two queries."""
    names = scope_of(user).reads_where("names")
    newest = Prefetch("versions", PitchVersion.objects.order_by("-number").annotate(asked=_asked()), to_attr="newest")
    found: dict[str, list[PitchRow]] = defaultdict(list)
    for pitch in (
        Pitch.objects.visible_to(user)
        .filter(call=call)
        .select_related("case__person", "call", "office")
        .prefetch_related(newest)
        .order_by("number")
    ):
        who = pitch.case.person.name if pitch.office_id in names or pitch.case.office_id in names else ""
        versions = pitch.newest
        found[str(pitch.state)].append(PitchRow(pitch, who, versions[0].asked or 0 if versions else 0))
    return [Group(state.value, state.label, tuple(found[state.value])) for state in PitchState if found[state.value]]


def _asked() -> Any:
    from django.db.models import OuterRef, Subquery

    asked = Source.objects.filter(version=OuterRef("pk"), kind="asked").order_by().values("version").annotate(sum=Sum("amount"))
    return Subquery(asked.values("sum")[:1])
