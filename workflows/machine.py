"""Machines: which verbs an aggregate knows, and from which state to which they lead. The only import of django_fsm.

    class Door(AggregateRoot):
        stream_kind = "door"
        state = StateField(DoorState, default=DoorState.OPEN)
        verbs = [creates("build", label=_("Build")), still("paint", label=_("Paint"), sources=ANY)]

        @verb(moves={DoorState.OPEN: DoorState.SHUT}, label=_("Shut"), needs=(blockers_to_shut,))
        def shut(self) -> None: ...

A transition touches `self` only, and runs inside `act` alone: called anywhere else it raises OutsideAct.
"""

import datetime as dt
import re
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, ClassVar, Self

import django_fsm
from django.db import models
from django.utils.translation import gettext_lazy as _

from workflows.partial import PartialDate

SAME = None
"""Target of a verb that leaves the state as it is."""

ANY = "*"
"""Source: any state."""


class OutsideAct(RuntimeError):
    """A transition was called without `act`: no lock, no authority, no event. A mistake of the programmer."""


class Returned:
    """Target that the transition itself returns, one of `states` (a hold that is lifted leads back to where it was)."""

    def __init__(self, *states: str) -> None:
        self.states = states


@dataclass(frozen=True)
class Blocker:
    """One missing thing: a sentence to act on, and the address where it is met.

    `code` is stable and names the thing for tests and events; `sentence` is translated text.
    """

    code: str
    sentence: Any
    link: str = ""
    link_label: Any = ""

    def __str__(self) -> str:
        return str(self.sentence)


Need = Callable[[Any], Iterable[Blocker]]


@dataclass(frozen=True)
class Verb:
    """What a machine knows of one verb. `moves` maps each source state to its target (SAME keeps the state)."""

    name: str
    label: Any
    moves: Mapping[str, Any] = field(default_factory=dict)
    needs: tuple[Need, ...] = ()
    creates: bool = False
    transition: bool = False
    signs: str = ""
    """The proposal that this verb signs: another person than its proposer performs it."""
    restricted: bool = False
    """Its event says `<app>.restricted_change` and nothing else; which verb it was is kept in a restricted note."""
    said_by_machine: bool = False
    """Performed by the system or over a link, never offered to a person as a button."""

    def leads_from(self, state: str) -> bool:
        """Whether the verb exists in `state`."""
        return not self.creates and (ANY in self.moves or state in self.moves)


def _flatten(moves: Mapping[Any, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for sources, target in moves.items():
        for source in (sources,) if isinstance(sources, str) else sources:
            if str(source) in flat:
                raise ValueError(f"The state {source} is named twice.")
            flat[str(source)] = target
    return flat


def verb(
    *,
    moves: Mapping[Any, Any],
    label: Any,
    needs: Iterable[Need] = (),
    signs: str = "",
    restricted: bool = False,
    said_by_machine: bool = False,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare the method as the transition of the verb that has its name.

    `moves` maps a state, or a tuple of states, to a state, to SAME, or to Returned(…). Raises OutsideAct when the
    method is called outside `act`, and django_fsm.TransitionNotAllowed (which `act` foresees) from another state.
    """
    flat = _flatten(moves)

    def declare(method: Callable[..., Any]) -> Callable[..., Any]:
        declared = method
        for source, target in flat.items():
            fsm_target = django_fsm.RETURN_VALUE(*target.states) if isinstance(target, Returned) else target
            declared = django_fsm.transition(field="state", source=source, target=fsm_target)(declared)

        @wraps(declared)
        def performed(self: "AggregateRoot", *args: Any, **kwargs: Any) -> Any:
            if self._acting != method.__name__:
                raise OutsideAct(f"{method.__name__} was called outside its act.")
            self._moved = True
            return declared(self, *args, **kwargs)

        performed.verb = Verb(  # type: ignore[attr-defined]
            method.__name__,
            label,
            flat,
            tuple(needs),
            transition=True,
            signs=signs,
            restricted=restricted,
            said_by_machine=said_by_machine,
        )
        return performed

    return declare


def still(
    name: str,
    *,
    label: Any,
    sources: Any = ANY,
    needs: Iterable[Need] = (),
    signs: str = "",
    restricted: bool = False,
    said_by_machine: bool = False,
) -> Verb:
    """Declare a verb that moves no state: it has an event, a role and its needs like any other."""
    return Verb(
        name, label, _flatten({sources: SAME}), tuple(needs), signs=signs, restricted=restricted, said_by_machine=said_by_machine
    )


def creates(name: str, *, label: Any, said_by_machine: bool = False) -> Verb:
    """Declare the verb that begins an aggregate: it locks no parent and writes the first event of a new stream."""
    return Verb(name, label, creates=True, said_by_machine=said_by_machine)


class StateField(django_fsm.FSMField):
    """The state of an aggregate: written by transitions alone, one of `states` (a TextChoices)."""

    def __init__(self, states: type[models.TextChoices] | None = None, **kwargs: Any) -> None:
        if states is not None:
            kwargs["choices"] = states.choices
        kwargs.setdefault("max_length", 30)
        kwargs["protected"] = True
        kwargs.setdefault("db_index", True)
        super().__init__(**kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("protected", None)
        kwargs.pop("choices", None)  # a check constraint says which states there are; labels are no business of the schema
        return name, path, args, kwargs


_CODE = re.compile(r"^[\w.:/@+-]{0,80}$", re.ASCII)
_PLAIN = (bool, int, type(None))


def _as_fact(name: str, value: Any) -> Any:
    """`value` as it may stand in an event: an id, a code, a number or a date. Raises ValueError for words of people."""
    if isinstance(value, models.Model):
        value = value.pk
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, uuid.UUID | dt.date | PartialDate):
        return value.isoformat() if isinstance(value, dt.date) else str(value)
    if isinstance(value, str) and _CODE.match(value):
        return str(value)
    if isinstance(value, list | tuple | set | frozenset):
        return [_as_fact(name, one) for one in value]
    if isinstance(value, dict):
        return {str(_as_fact(name, key)): _as_fact(name, one) for key, one in value.items()}
    raise ValueError(f"The fact {name!r} is neither an id, a code, a number nor a date: words of people belong in a Note.")


class AggregateRoot(models.Model):
    """The row that an act locks: it keeps its stream's head, its version, and (where it has one) its state.

    A class names its `stream_kind` and may give `verbs`, `load_facts` and a `state = StateField(…)`.
    """

    stream_kind: ClassVar[str]
    verbs: ClassVar[Sequence[Verb]] = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)
    stream_seq = models.PositiveIntegerField(default=0, editable=False)
    stream_head = models.CharField(max_length=64, blank=True, default="", editable=False)

    # What an act notes on the row it holds; never stored.
    _acting: str | None = None
    _moved = False
    _actor: Any = None
    _facts: dict[str, Any]
    _children: list[models.Model]
    _snapshot: dict[str, Any]

    class Meta:
        abstract = True

    @classmethod
    def known_verbs(cls) -> dict[str, Verb]:
        """Every verb of this machine by its name, transitions first in the order of their names."""
        known: dict[str, Verb] | None = cls.__dict__.get("_known_verbs")
        if known is None:
            declared = (getattr(getattr(cls, name, None), "verb", None) for name in dir(cls))
            known = {one.name: one for one in (*filter(None, declared), *cls.verbs)}
            cls._known_verbs = known  # type: ignore[attr-defined]
        return known

    @classmethod
    def has_states(cls) -> bool:
        """Whether rows of this class stand in a state, or only are."""
        return any(isinstance(one, StateField) for one in cls._meta.concrete_fields)

    @classmethod
    def load_facts(cls, rows: Sequence[Self]) -> Mapping[uuid.UUID, Any]:
        """What the needs of verbs ask about each of `rows`, by primary key. The rows themselves, unless a class knows better."""
        return {row.pk: row for row in rows}

    @property
    def stream(self) -> str:
        """The name of the row's stream of events: "case:<uuid>"."""
        return f"{self.stream_kind}:{self.pk}"

    @property
    def standing(self) -> str:
        """The state, or "" where there is none."""
        return str(self.state) if self.has_states() else ""  # type: ignore[attr-defined]

    def still_stands(self, proposal: Any) -> bool:
        """Whether a frozen proposal may still be signed: nothing has changed since. A class may know better which facts count."""
        return bool(proposal.root_version == self.version)

    def says(self, **facts: Any) -> None:
        """Add facts to the event being written: ids, codes, numbers, dates. Raises ValueError for names and free text."""
        if self._acting is None:
            raise OutsideAct("Facts are said inside an act.")
        self._facts.update((name, _as_fact(name, value)) for name, value in facts.items())

    def adds(self, *rows: models.Model) -> None:
        """Insert `rows` with this act, in one statement a model; a refused row of `act_each` takes its own with it."""
        if self._acting is None:
            raise OutsideAct("Children are added inside an act.")
        self._children.extend(rows)

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        """As Django's, past the protection of the state and without touching the field that all threads share."""
        for one in self._meta.concrete_fields:
            if isinstance(one, StateField):
                self.__dict__.pop(one.attname, None)
        super().refresh_from_db(*args, **kwargs)


def state_names(model: type[AggregateRoot]) -> dict[str, Any]:
    """The states of a machine, value → label, in their order."""
    return dict(_state_of(model).flatchoices) if model.has_states() else {}


def _state_of(model: type[AggregateRoot]) -> StateField:
    return next(one for one in model._meta.concrete_fields if isinstance(one, StateField))


def charted(model: type[AggregateRoot]) -> list[tuple[str, str, str]]:
    """Every (source, verb, target) of a machine for its chart; "*" and kept states are written out."""
    states = list(state_names(model))
    rows = []
    for one in model.known_verbs().values():
        if one.creates:
            rows.append(("", one.name, str(_state_of(model).get_default()) if states else ""))
        for source, target in one.moves.items():
            for state in states if source == ANY else [source]:
                goals = target.states if isinstance(target, Returned) else (target or state,)
                rows.extend((state, one.name, str(goal)) for goal in goals)
    return rows


WRONG_STATE = _("The file is “%(state)s” now, and “%(verb)s” does not lead on from there.")
