"""The chain of events: canonical text, hashes, and the check that nothing was altered, removed, swapped or slipped in.

Within a stream each event carries the hash of the one before; once a minute a seal covers everything new over all
streams. The hash is HMAC-SHA-256 under a key outside the database, or plain SHA-256 where there is no key ("none").
"""

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import Max

from workflows import clock
from workflows.machine import AggregateRoot
from workflows.models import Access, Event, Seal

HASH_VERSION = 1
_BATCH = 5_000


def canonical(content: dict[str, Any]) -> str:
    """`content` as the one text that is hashed: sorted keys, no spaces, UTF-8, no NaN."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def present_key() -> str:
    """The id of the key that hashes now: the newest of HOMEWARD_EVENT_KEYS, or "none"."""
    return next(iter(settings.EVENT_KEYS), "none")


def digest(text: str, key_id: str) -> str:
    """64 hex digits over `text`. Raises KeyError for a key that is not given."""
    if key_id == "none":
        return hashlib.sha256(text.encode()).hexdigest()
    return hmac.new(settings.EVENT_KEYS[key_id], text.encode(), hashlib.sha256).hexdigest()


def next_event(
    root: AggregateRoot,
    *,
    verb: str,
    actor: Any,
    at: dt.datetime,
    occurred_on: dt.date | None,
    moved: tuple[str, str],
    facts: dict[str, Any],
) -> Event:
    """The event that comes next in the root's stream, hashed but not saved; the root's head is moved to it."""
    seq = root.stream_seq + 1
    key = present_key()
    content = {
        "v": HASH_VERSION,
        "stream": root.stream,
        "seq": seq,
        "prev": root.stream_head,
        "verb": verb,
        "actor": [actor.kind, actor.id],
        "subject": [root.stream_kind, str(root.pk)],
        "at": at.astimezone(dt.UTC).isoformat(),
        "on": occurred_on.isoformat() if occurred_on else None,
        "from": moved[0],
        "to": moved[1],
        "facts": facts,
    }
    body = canonical(content)
    event = Event(
        stream=root.stream,
        seq=seq,
        verb=verb,
        actor_kind=actor.kind,
        actor_id=actor.id,
        subject_kind=root.stream_kind,
        subject_id=str(root.pk),
        recorded_at=at,
        occurred_on=occurred_on,
        body=body,
        prev=root.stream_head,
        hash=digest(body, key),
        hash_version=HASH_VERSION,
        key_id=key,
    )
    root.stream_seq, root.stream_head = seq, event.hash
    return event


# ——— seals ———


def access_hash(row: Access, key_id: str) -> str:
    """The hash of one Access row over all that it says."""
    return digest(
        canonical(
            {
                "u": row.user_id,
                "s": [row.subject_kind, row.subject_id],
                "k": row.kind,
                "p": row.purpose,
                "at": row.at.astimezone(dt.UTC).isoformat(),
                "slot": row.slot,
            }
        ),
        key_id,
    )


_LEDGERS: dict[str, type[models.Model]] = {"events": Event, "accesses": Access}


def seal(ledger: str) -> Seal | None:
    """Seal everything new of `ledger` ("events" or "accesses"); None when there is nothing new.

    On PostgreSQL a short SHARE lock waits for the writers under way, so that no lower id appears behind the seal.
    """
    model = _LEDGERS[ledger]
    last = Seal.objects.filter(ledger=ledger).order_by("-number").first()
    since = last.last_id if last else 0
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '3s'")
                cursor.execute(f"LOCK TABLE {model._meta.db_table} IN SHARE MODE")
        until = model._default_manager.aggregate(last=Max("pk"))["last"] or 0
    if until <= since:
        return None
    first, count, over = _digest_of(model, since, until)
    made = Seal(
        ledger=ledger,
        number=last.number + 1 if last else 1,
        first_id=first,
        last_id=until,
        count=count,
        digest=over,
        prev=last.hash if last else "",
        key_id=present_key(),
        sealed_at=clock.now(),
    )
    made.hash = _seal_hash(made)
    made.save(force_insert=True)
    return made


def _digest_of(model: type[models.Model], since: int, until: int) -> tuple[int, int, str]:
    over, first, count = hashlib.sha256(), 0, 0
    for pk, one in (
        model._default_manager.filter(pk__gt=since, pk__lte=until).order_by("pk").values_list("pk", "hash").iterator(_BATCH)
    ):
        over.update(one.encode())
        first, count = first or pk, count + 1
    return first, count, over.hexdigest()


def _seal_hash(one: Seal) -> str:
    content = {
        "ledger": one.ledger,
        "number": one.number,
        "first": one.first_id,
        "last": one.last_id,
        "count": one.count,
        "digest": one.digest,
        "prev": one.prev,
    }
    return digest(canonical({**content, "at": one.sealed_at.astimezone(dt.UTC).isoformat()}), one.key_id)


# ——— verifying ———


@dataclass
class Broken(Exception):
    """The first line that does not hold: where, and what is wrong with it."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


@dataclass
class Verified:
    """What a whole check covered."""

    events: int = 0
    streams: int = 0
    accesses: int = 0
    seals: int = 0
    unsealed: int = 0
    unsealed_since: dt.datetime | None = None


def roots() -> Iterator[type[AggregateRoot]]:
    """Every model whose rows keep the head of a stream."""
    for model in apps.get_models():
        if issubclass(model, AggregateRoot):
            yield model


def verify() -> Verified:
    """Check every stream, every head and every seal; count what was covered. Raises Broken at the first line that fails."""
    done = Verified()
    heads = _verify_streams(done)
    _verify_heads(heads)
    for ledger, model in _LEDGERS.items():
        _verify_seals(ledger, model, done)
    return done


_REPEATED = ("stream", "seq", "verb", "actor_kind", "actor_id", "subject_kind", "subject_id", "recorded_at", "occurred_on", "prev")


_TOLD = ("v", "stream", "seq", "prev", "verb", "actor", "subject", "at", "on")
_repeated_in = itemgetter(*_TOLD)
_parse = json.JSONDecoder().raw_decode


def _broken(row: tuple[Any, ...], what: str) -> Broken:
    return Broken(f"event {row[0]} ({row[1]} {row[2]})", what)


def _verify_streams(done: Verified) -> dict[str, tuple[int, str]]:
    heads: dict[str, tuple[int, str]] = {}
    columns = ("pk", *_REPEATED, "body", "hash", "hash_version", "key_id")
    for row in Event.objects.order_by("stream", "seq").values_list(*columns).iterator(_BATCH):
        _pk, stream, seq, verb, actor_kind, actor_id, subject_kind, subject_id, at, on, prev, body, stored, version, key_id = row
        if version != HASH_VERSION:
            raise _broken(row, f"hash version {version} is not known")
        try:
            counted = digest(body, key_id)
        except KeyError:
            raise _broken(row, f"the key {key_id} is not among HOMEWARD_EVENT_KEYS") from None
        if counted != stored:
            raise _broken(row, "its text does not have its hash")
        said, end = _parse(body)
        if end != len(body):
            raise _broken(row, "more stands in its text than one thing said")
        beside = (
            version, stream, seq, prev, verb, [actor_kind, actor_id], [subject_kind, subject_id],
            at.astimezone(dt.UTC).isoformat(), on.isoformat() if on else None,
        )  # fmt: skip
        if beside != _repeated_in(said):
            name = next(name for name, one, other in zip(_TOLD, beside, _repeated_in(said), strict=True) if one != other)
            raise _broken(row, f"“{name}” beside the text differs from the text")
        before_seq, before_hash = heads.get(stream, (0, ""))
        if seq != before_seq + 1:
            raise _broken(row, f"{before_seq + 1} was expected here: an event is missing or was slipped in")
        if prev != before_hash:
            raise _broken(row, "it does not follow from the event before it")
        heads[stream] = (seq, stored)
        done.events += 1
    done.streams = len(heads)
    return heads


def _verify_heads(heads: dict[str, tuple[int, str]]) -> None:
    left = dict(heads)
    for model in roots():
        rows: Iterable[tuple[Any, int, str]] = model._base_manager.values_list("pk", "stream_seq", "stream_head").iterator(_BATCH)
        for pk, seq, head in rows:
            stream = f"{model.stream_kind}:{pk}"
            if left.pop(stream, (0, "")) != (seq, head):
                raise Broken(
                    stream, "the row's head is not the last event of its stream: the tail was removed or the row was put back"
                )
    if left:
        raise Broken(next(iter(left)), "its row is gone, and its events are not")


def _verify_seals(ledger: str, model: type[models.Model], done: Verified) -> None:
    before: Seal | None = None
    for one in Seal.objects.filter(ledger=ledger).order_by("number").iterator():
        where = f"seal {one.number} of the {ledger}"
        if one.number != (before.number + 1 if before else 1) or one.prev != (before.hash if before else ""):
            raise Broken(where, "it does not follow from the seal before it")
        if not hmac.compare_digest(_seal_hash(one), one.hash):
            raise Broken(where, "its text does not have its hash")
        first, count, over = _digest_of(model, before.last_id if before else 0, one.last_id)
        if (first, count, over) != (one.first_id, one.count, one.digest):
            raise Broken(
                where, f"it sealed {one.count} rows from {one.first_id} to {one.last_id}; now {count} are there, or they differ"
            )
        before, done.seals = one, done.seals + 1
    rest = model._default_manager.filter(pk__gt=before.last_id if before else 0)
    if ledger == "accesses":
        for row in Access.objects.order_by("pk").iterator(_BATCH):
            if access_hash(row, row.key_id) != row.hash:
                raise Broken(f"access {row.pk}", "its text does not have its hash")
            done.accesses += 1
    else:
        done.unsealed = rest.count()
        done.unsealed_since = rest.order_by("pk").values_list("recorded_at", flat=True).first()
