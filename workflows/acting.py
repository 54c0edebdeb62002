"""act(): the one way to change a state, and everything that a change must carry with it.

    with act(case, "casework.record_placement", by=user, version=form_version) as case:
        Placement.objects.create(case=case, …)
        case.record_placement()

It locks the row, refuses a stale form, asks who may, evaluates what is missing, lets the body run, saves, writes one
event with its deliveries, and nudges the worker once the transaction is committed. Whatever fails leaves nothing.
"""

import datetime as dt
import hashlib
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import connection, models, transaction
from django.utils.translation import gettext_lazy

from workflows import chain, clock, faults, hooks, jobs
from workflows.actors import LINK, SYSTEM, Actor, actor_of
from workflows.machine import WRONG_STATE, AggregateRoot, Blocker, Verb, state_names
from workflows.models import Delivery, Event, Note, Signature

__all__ = [
    "LINK",
    "SYSTEM",
    "Actor",
    "Blocker",
    "NestedAct",
    "NotYours",
    "Option",
    "Outcome",
    "Refused",
    "Stale",
    "act",
    "act_each",
    "dates",
    "freeze",
    "options",
    "signed_payload",
    "withdraw",
]

Root = TypeVar("Root", bound=AggregateRoot)


class Refused(Exception):
    """The verb is not possible now; `blockers` say all that is missing, each with the place where it is met."""

    def __init__(self, blockers: Sequence[Blocker]) -> None:
        self.blockers = list(blockers)
        super().__init__(" ".join(str(one) for one in self.blockers))

    @property
    def codes(self) -> list[str]:
        """The stable names of what is missing."""
        return [one.code for one in self.blockers]


class Stale(Refused):
    """Somebody changed the row since the form was opened."""

    def __init__(self) -> None:
        super().__init__(
            [
                Blocker(
                    "stale",
                    gettext_lazy(
                        "Somebody changed this since you opened it. Look at it, then press again: what you typed is kept."
                    ),
                )
            ]
        )


class NotYours(PermissionDenied):
    """Not this person's verb; the sentence says whose it is."""


class NestedAct(RuntimeError):
    """An act inside an act: one act has one root, reactions are listeners. A mistake of the programmer."""


@dataclass(frozen=True)
class Option:
    """One verb out of the present state: open, blocked because …, or not yours."""

    verb: str
    label: Any
    status: str
    blockers: tuple[Blocker, ...] = ()
    why: Any = ""

    @property
    def name(self) -> str:
        """The verb without its room: the name of its address."""
        return self.verb.partition(".")[2]


@dataclass(frozen=True)
class Outcome:
    """What became of one row of `act_each`: its event, or why it was refused."""

    obj: Any
    event: Event | None = None
    refused: Refused | NotYours | None = None


_under_way: ContextVar[str | None] = ContextVar("homeward_act", default=None)


def declared(obj: AggregateRoot, verb: str) -> Verb:
    """What the row's machine knows of the verb "room.name". Raises LookupError for a verb it does not know."""
    room, _dot, name = verb.partition(".")
    if room != obj._meta.app_label or name not in obj.known_verbs():
        raise LookupError(f"{verb} is no verb of {obj._meta.label}.")
    return obj.known_verbs()[name]


@contextmanager
def act(
    obj: Root,
    verb: str,
    *,
    by: Any,
    version: int | None = None,
    occurred_on: dt.date | None = None,
    note: str = "",
    audience: str = Note.FILE,
) -> Iterator[Root]:
    """Perform `verb` on `obj` and bind the locked, fresh row.

    `version` is the one the form was opened with; `occurred_on` the day it happened when that is not today; `note` are
    words that go into an erasable Note. An unsaved `obj` is created, where the verb creates.
    Raises Refused (Stale among them), NotYours, LookupError, NestedAct; whatever is raised leaves nothing behind.
    """
    actor, one = actor_of(by), declared(obj, verb)
    if _under_way.get():
        raise NestedAct(f"{verb} inside {_under_way.get()}: one act has one root; reactions are listeners.")
    token = _under_way.set(verb)
    try:
        with transaction.atomic():
            root = _begin(obj, one, version)
            faults.reached("act.locked")
            _allow(root, one, verb, actor)
            faults.reached("act.allowed")
            before = root.standing
            _open(root, one)
            if occurred_on:
                dates(root, occurred_on)
            yield root
            faults.reached("act.body_done")
            if note:
                _add_note(root, one, actor, note, audience)
            event = _close(root, one, verb, actor, before, occurred_on)
            _insert(root._children)
            _save(root)
            faults.reached("act.saved")
            event.save(force_insert=True)
            Delivery.objects.bulk_create(_deliveries(event))
            faults.reached("act.written")
            transaction.on_commit(jobs.nudge, robust=True)
        root._snapshot = _values(root)
        faults.reached("act.committed")
    finally:
        _under_way.reset(token)


def act_each(
    objs: Sequence[Root],
    verb: str,
    *,
    by: Any,
    body: Callable[[Root], None] | None = None,
    occurred_on: dt.date | None = None,
) -> list[Outcome]:
    """Perform `verb` on up to 200 rows in one transaction, each accepted or refused on its own.

    `body(row)` changes the row, calls its transition, and adds children by `row.adds(…)`: it writes nothing itself and
    may raise Refused. Without a body the transition alone is called. The outcomes are in the order of `objs`.
    """
    if len(objs) > 200:
        raise ValueError("act_each takes up to 200 rows: a longer transaction would hold up the office.")
    if not objs:
        return []
    actor, one = actor_of(by), declared(objs[0], verb)
    if _under_way.get():
        raise NestedAct(f"{verb} inside {_under_way.get()}.")
    token = _under_way.set(verb)
    outcomes: dict[Any, Outcome] = {}
    accepted: list[tuple[Root, Event]] = []
    try:
        with transaction.atomic():
            rows = _lock_all(objs, one)
            facts = type(objs[0]).load_facts(list(rows.values())) if one.needs or hooks.objections_to(verb) else {}
            for obj in objs:
                row = rows.get(obj.pk)
                try:
                    if row is None:
                        raise Stale  # the outcome of this row, like any other refusal
                    _allow(row, one, verb, actor, facts)
                    before = row.standing
                    _open(row, one)
                    if occurred_on:
                        dates(row, occurred_on)
                    if body:
                        body(row)
                    elif one.transition:
                        getattr(row, one.name)()
                    event = _close(row, one, verb, actor, before, occurred_on)
                except (Refused, NotYours) as refused:
                    outcomes[obj.pk] = Outcome(obj, refused=refused)
                else:
                    accepted.append((row, event))
                    outcomes[obj.pk] = Outcome(row, event)
            _insert([child for row, _event in accepted for child in row._children])
            _save_all(list(dict.fromkeys(row for row, _event in accepted)))
            events = [event for _row, event in accepted]
            Event.objects.bulk_create(events)
            Delivery.objects.bulk_create([delivery for event in events for delivery in _deliveries(event)])
            transaction.on_commit(jobs.nudge, robust=True)
    finally:
        _under_way.reset(token)
    return [outcomes[obj.pk] for obj in objs]


def options(obj: AggregateRoot, actor: Any, *, machine: bool = False) -> list[Option]:
    """Every verb out of the present state: open, blocked because …, or not yours, from the rules that `act` itself asks.

    Verbs that only the system performs are left out unless `machine`.
    """
    who, room, state = actor_of(actor), obj._meta.app_label, obj.standing
    out = [one for one in obj.known_verbs().values() if one.leads_from(state) and (machine or not one.said_by_machine)]
    mine = [(one, f"{room}.{one.name}", hooks.refusal_of(who, f"{room}.{one.name}", obj)) for one in out]
    facts = None
    if any(refusal is None and (one.needs or hooks.objections_to(verb)) for one, verb, refusal in mine):
        facts = type(obj).load_facts([obj])[obj.pk]
    waiting = None
    if any(refusal is None and one.signs for one, _verb, refusal in mine):
        waiting = {proposal.what: proposal for proposal in reversed(open_proposals(obj))}
    found = []
    for one, verb, refusal in mine:
        if refusal is not None:
            found.append(Option(verb, one.label, "not_yours", why=refusal))
            continue
        missing = [*_missing(obj, one, verb, facts), *_second_person(obj, one, who, waiting)]
        found.append(Option(verb, one.label, "blocked" if missing else "open", tuple(missing)))
    return found


def dates(root: AggregateRoot, day: dt.date) -> None:
    """Inside an act: what it adds or changes bears this day (`act` asks for `occurred_on`). Raises Refused where a room objects."""
    if missing := hooks.objections_to_day(f"{root._meta.app_label}.{root._acting}", root, day):
        raise Refused(missing)


# ——— two persons ———


def freeze(root: AggregateRoot, what: str, payload: dict[str, Any]) -> Signature:
    """Inside the act of a `propose_…` verb: keep the proposal for another person, its hash in the event."""
    text = chain.canonical(payload)
    proposal = Signature(
        stream=root.stream,
        what=what,
        payload=payload,
        digest=hashlib.sha256(text.encode()).hexdigest(),
        proposed_by=_acting_as(root).id,
        root_version=root.version + 1,
    )
    Signature.objects.filter(stream=root.stream, what=what, signed_at=None, withdrawn_at=None).update(withdrawn_at=clock.now())
    proposal.save()
    root.says(proposal=proposal.pk, digest=chain.digest(text + str(proposal.pk), chain.present_key()))
    return proposal


def signed_payload(root: AggregateRoot, what: str) -> dict[str, Any]:
    """Inside the act of the signing verb: what was proposed; the signature is written. Raises Refused without a proposal."""
    proposal = _open_proposal(root, what)
    if proposal is None:
        raise Refused([_nothing_proposed(what)])
    who = _acting_as(root)
    Signature.objects.filter(pk=proposal.pk).update(signed_by=who.id, signed_at=clock.now())
    root.says(proposal=proposal.pk, proposed_by=proposal.proposed_by)
    return proposal.payload


def withdraw(root: AggregateRoot, what: str) -> Signature:
    """Inside the act of a verb that says no: the proposal waits no longer. Raises Refused without one."""
    proposal = _open_proposal(root, what)
    if proposal is None:
        raise Refused([_nothing_proposed(what)])
    Signature.objects.filter(pk=proposal.pk).update(withdrawn_at=clock.now())
    root.says(proposal=proposal.pk, proposed_by=proposal.proposed_by)
    return proposal


def open_proposals(root: AggregateRoot) -> list[Signature]:
    """What waits for a second person on this row."""
    return list(Signature.objects.filter(stream=root.stream, signed_at=None, withdrawn_at=None).order_by("pk"))


def _open_proposal(root: AggregateRoot, what: str) -> Signature | None:
    return Signature.objects.filter(stream=root.stream, what=what, signed_at=None, withdrawn_at=None).first()


def _nothing_proposed(what: str) -> Blocker:
    return Blocker("nothing_proposed", gettext_lazy("Nobody has proposed this yet: one person proposes, another signs."))


def _second_person(
    obj: AggregateRoot, one: Verb, actor: Actor, waiting: Mapping[str, Signature] | None = None
) -> Iterator[Blocker]:
    if not one.signs:
        return
    proposal = _open_proposal(obj, one.signs) if waiting is None else waiting.get(one.signs)
    if proposal is None:
        yield _nothing_proposed(one.signs)
    elif proposal.proposed_by == actor.id:
        yield Blocker(
            "same_person", gettext_lazy("You proposed this yourself. It takes a second person to sign, whatever roles you hold.")
        )
    elif not obj.still_stands(proposal):
        yield Blocker("changed_since", gettext_lazy("The file has changed since this was proposed. It has to be proposed again."))


# ——— the steps of an act ———


def _begin(obj: Root, one: Verb, version: int | None) -> Root:
    if obj._state.adding:
        if not one.creates:
            raise LookupError(f"{one.name} creates nothing: save {obj._meta.label} by the verb that creates it.")
        return obj
    if one.creates:
        raise LookupError(f"{one.name} creates {obj._meta.label}: it is there already.")
    root = _locked(type(obj)).get(pk=obj.pk)
    if version is not None and root.version != version:
        raise Stale
    root._snapshot = _values(root)
    return root


def _locked(model: type[Root]) -> models.QuerySet[Root]:
    # SQLite has no row locks: there, the transaction itself began IMMEDIATE and holds the one write lock.
    return model._base_manager.select_for_update(of=("self",))


def _lock_all(objs: Sequence[Root], one: Verb) -> dict[Any, Root]:
    if one.creates:
        return {obj.pk: obj for obj in objs if obj._state.adding}
    rows = {row.pk: row for row in _locked(type(objs[0])).filter(pk__in=[obj.pk for obj in objs]).order_by("pk")}
    for row in rows.values():
        row._snapshot = _values(row)
    return rows


def _allow(root: AggregateRoot, one: Verb, verb: str, actor: Actor, facts: Any = None) -> None:
    refusal = hooks.refusal_of(actor, verb, root)
    if refusal is not None:
        raise NotYours(str(refusal))
    if not one.creates and not one.leads_from(root.standing):
        raise Refused([_wrong_state(root, one)])
    if facts is None and (one.needs or hooks.objections_to(verb)):
        facts = type(root).load_facts([root])
    missing = [*_second_person(root, one, actor), *_missing(root, one, verb, (facts or {}).get(root.pk))]
    if missing:
        raise Refused(missing)
    root._actor = actor


def _wrong_state(root: AggregateRoot, one: Verb) -> Blocker:
    state = state_names(type(root)).get(root.standing, root.standing)
    return Blocker("state", WRONG_STATE % {"state": state, "verb": one.label})


def _missing(root: AggregateRoot, one: Verb, verb: str, facts: Any) -> Iterator[Blocker]:
    for need in one.needs:
        yield from need(facts)
    for objection in hooks.objections_to(verb):
        yield from objection(root, facts)


def _open(root: AggregateRoot, one: Verb) -> None:
    root._acting, root._moved, root._facts, root._children = one.name, False, {}, []


def _acting_as(root: AggregateRoot) -> Actor:
    return root._actor


def _add_note(root: AggregateRoot, one: Verb, actor: Actor, text: str, audience: str) -> None:
    note = Note(
        stream=root.stream,
        audience=Note.PROTECTION if one.restricted else audience,
        kind=one.name,
        author_id=actor.id,
        text=text,
        salt=uuid.uuid4().hex,
    )
    root._children.append(note)
    root.says(note=note.pk)


def _close(root: AggregateRoot, one: Verb, verb: str, actor: Actor, before: str, occurred_on: dt.date | None) -> Event:
    if one.transition and not root._moved:
        raise RuntimeError(f"The body of {verb} did not call {one.name}().")
    facts = root._facts
    if one.restricted:
        # The kind of a safety or protection change would itself be a trace: it stands in a restricted note.
        kept = Note(stream=root.stream, audience=Note.PROTECTION, kind=one.name, author_id=actor.id, salt=uuid.uuid4().hex)
        root._children.append(kept)
        facts = {"note": str(kept.pk)}
        verb = f"{root._meta.app_label}.restricted_change"
    root._acting = None
    return chain.next_event(
        root, verb=verb, actor=actor, at=clock.now(), occurred_on=occurred_on, moved=(before, root.standing), facts=facts
    )


def _deliveries(event: Event) -> list[Delivery]:
    # By what the event says: the delivery of a restricted change must not tell which it was.
    return [Delivery(event=event, verb=event.verb, listener=name) for name in hooks.listeners_of(event.verb)]


def _values(root: AggregateRoot) -> dict[str, Any]:
    return {one.attname: root.__dict__.get(one.attname) for one in root._meta.concrete_fields}


def _insert(children: Sequence[models.Model]) -> None:
    by_model: dict[type[models.Model], list[models.Model]] = {}
    for child in children:
        by_model.setdefault(type(child), []).append(child)
    for model, rows in by_model.items():
        model._base_manager.bulk_create(rows)


def _save(root: AggregateRoot) -> None:
    before, root.version = root.version, root.version + 1
    if root._state.adding:
        root.save(force_insert=True)
        return
    # The conditional UPDATE is the last word against a stale writer, on both databases.
    changed = {name: value for name, value in _values(root).items() if value != root._snapshot.get(name)}
    if not type(root)._base_manager.filter(pk=root.pk, version=before).update(**changed):
        raise Stale


def _save_all(rows: Sequence[AggregateRoot]) -> None:
    if not rows:
        return
    model = type(rows[0])
    for row in rows:
        row.version += 1
    if rows[0]._state.adding:
        model._base_manager.bulk_create(rows)
        return
    changed = {name for row in rows for name, value in _values(row).items() if value != row._snapshot.get(name)}
    columns = [one for one in model._meta.concrete_fields if one.attname in changed]
    key, quoted = model._meta.pk, connection.ops.quote_name
    sets = ", ".join(f"{quoted(str(one.column))} = %s" for one in columns)
    where = f"{quoted(str(key.column))} = %s AND {quoted('version')} = %s"
    # The same conditional UPDATE as for one row; bulk_update's CASE of a branch for each row and column takes ten times as long.
    values = [
        (
            *(one.get_db_prep_save(getattr(row, one.attname), connection) for one in columns),
            key.get_db_prep_save(row.pk, connection),
            row.version - 1,
        )
        for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {quoted(model._meta.db_table)} SET {sets} WHERE {where}",  # noqa: S608 (names of our own columns)
            values,
        )
        if cursor.rowcount != len(rows):
            raise Stale
