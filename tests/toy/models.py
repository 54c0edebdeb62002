"""A door and its visitors."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Q

from workflows.machine import ANY, SAME, AggregateRoot, Blocker, Returned, StateField, creates, still, verb


class DoorState(models.TextChoices):
    OPEN = "open", "Open"
    SHUT = "shut", "Shut"
    LOCKED = "locked", "Locked"
    AJAR = "ajar", "Ajar"


@dataclass
class DoorFacts:
    door: "Door"
    people_inside: int


def blockers_to_shut(facts: DoorFacts) -> Iterable[Blocker]:
    if facts.door.blocked_by_foot:
        yield Blocker("foot", "A foot is in the door.", link="/foot/", link_label="Ask it away")
    if facts.people_inside > 2:
        yield Blocker("full", "Three people are inside.")


class Door(AggregateRoot):
    stream_kind = "door"
    verbs = [
        creates("build", label="Build"),
        still("paint", label="Paint", sources=ANY),
        still("propose_lock", label="Propose to lock", sources=DoorState.SHUT),
        still("hide_key", label="Hide the key", sources=ANY, restricted=True),
        still("creak", label="Creak", sources=ANY, said_by_machine=True),
    ]

    state = StateField(DoorState, default=DoorState.OPEN)
    colour = models.CharField(max_length=20, blank=True)
    blocked_by_foot = models.BooleanField(default=False)
    was = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(state__in=DoorState.values), name="door_state_known")]

    @classmethod
    def load_facts(cls, rows: Sequence["Door"]) -> dict[Any, DoorFacts]:
        inside = dict(Visitor.objects.filter(door__in=rows).values_list("door").annotate(models.Count("pk")))
        return {row.pk: DoorFacts(row, inside.get(row.pk, 0)) for row in rows}

    @verb(moves={(DoorState.OPEN, DoorState.AJAR): DoorState.SHUT}, label="Shut", needs=(blockers_to_shut,))
    def shut(self) -> None:
        self.was = DoorState.OPEN

    @verb(moves={DoorState.SHUT: DoorState.OPEN, DoorState.OPEN: SAME}, label="Open")
    def open(self) -> None:
        pass

    @verb(moves={DoorState.SHUT: DoorState.LOCKED}, label="Lock", signs="lock")
    def sign_lock(self) -> None:
        pass

    @verb(moves={DoorState.LOCKED: Returned(DoorState.OPEN, DoorState.SHUT)}, label="Unlock")
    def unlock(self) -> str:
        return self.was or DoorState.SHUT


class Visitor(models.Model):
    door = models.ForeignKey(Door, on_delete=models.CASCADE)
    number = models.PositiveIntegerField(default=0)
