"""Rows that every room shares. Events, seals and accesses are append-only: triggers in the database itself refuse the rest."""

import datetime as dt
import json
import uuid
from typing import Any

from django.db import models
from django.db.models import F, Q

from workflows import clock
from workflows.encryption import EncryptedJSONField, EncryptedTextField


class Event(models.Model):
    """One thing that was done: who, what, to what, when, and the facts. Ids and codes only; words stay in notes.

    `body` is canonical JSON (UTF-8, sorted keys, no spaces) and `hash` is over that stored text; the other columns
    repeat parts of it to be searched, and `verify_events` compares them.
    """

    stream = models.CharField(max_length=60)
    seq = models.PositiveIntegerField()
    verb = models.CharField(max_length=80)
    actor_kind = models.CharField(max_length=12)
    actor_id = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=30)
    subject_id = models.CharField(max_length=60)
    recorded_at = models.DateTimeField()
    occurred_on = models.DateField(null=True)
    body = models.TextField()
    prev = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)
    hash_version = models.PositiveSmallIntegerField(default=1)
    key_id = models.CharField(max_length=20, default="none")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stream", "seq"], name="event_once_in_its_place"),
            models.CheckConstraint(condition=Q(actor_kind__in=["user", "system", "link"]), name="event_actor_is_known_kind"),
        ]
        indexes = [
            # What one person did lately: "since yesterday", the access report.
            models.Index(fields=["actor_id", "-recorded_at"], name="event_by_actor"),
            # Listeners and reports that look for one verb over time.
            models.Index(fields=["verb", "recorded_at"], name="event_by_verb"),
        ]

    def __str__(self) -> str:
        return f"{self.stream} {self.seq} {self.verb}"

    @property
    def facts(self) -> dict[str, Any]:
        """The ids, codes, numbers and dates that the act said."""
        return json.loads(self.body).get("facts", {})

    @property
    def from_state(self) -> str:
        return json.loads(self.body).get("from", "")

    @property
    def to_state(self) -> str:
        return json.loads(self.body).get("to", "")


class Seal(models.Model):
    """Once a minute: covers all rows of a ledger since the last seal, so that a removed tail or stream is seen."""

    ledger = models.CharField(max_length=10, choices=[("events", "events"), ("accesses", "accesses")])
    number = models.PositiveIntegerField()
    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
    count = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    prev = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)
    key_id = models.CharField(max_length=20, default="none")
    sealed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ledger", "number"], name="seal_once_in_its_place")]


class Access(models.Model):
    """Somebody opened, searched, exported or printed a person's data: one row per user, subject and ten minutes."""

    OPEN, SEARCH, EXPORT, PRINT = "open", "search", "export", "print"

    user_id = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=30)
    subject_id = models.CharField(max_length=60)
    kind = models.CharField(max_length=10)
    purpose = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()
    slot = models.BigIntegerField()
    hash = models.CharField(max_length=64)
    key_id = models.CharField(max_length=20, default="none")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user_id", "subject_kind", "subject_id", "kind", "purpose", "slot"], name="access_once_in_ten_minutes"
            )
        ]
        indexes = [
            # "Who has looked": the accesses to one person, latest first.
            models.Index(fields=["subject_kind", "subject_id", "-at"], name="access_by_subject"),
            # What one colleague has looked at, and one's own openings.
            models.Index(fields=["user_id", "-id"], name="access_by_user"),
        ]


class WorkQuerySet(models.QuerySet["Any"]):
    """Rows that a worker takes under a lease."""

    def waiting(self, *, at: dt.datetime) -> "WorkQuerySet":
        """Neither done nor dead, due, and in nobody's hands at `at`."""
        return self.filter(done_at=None, dead_at=None, not_before__lte=at).filter(Q(lease_until=None) | Q(lease_until__lt=at))

    def take(self, *, at: dt.datetime, most: int, lease: dt.timedelta) -> list[Any]:
        """Claim up to `most` waiting rows by a conditional UPDATE under one new token, oldest first, and return them."""
        ids = list(self.waiting(at=at).order_by("not_before", "pk").values_list("pk", flat=True)[:most])
        if not ids:
            return []
        token = uuid.uuid4()
        model = self.model._base_manager
        WorkQuerySet(self.model, using=self.db).waiting(at=at).filter(pk__in=ids).update(
            lease_token=token, lease_until=at + lease, attempts=F("attempts") + 1
        )
        return list(model.filter(pk__in=ids, lease_token=token).order_by("pk"))

    def dead(self) -> "WorkQuerySet":
        """Given up after the last attempt; a person may press *Try again*."""
        return self.exclude(dead_at=None)


class Work(models.Model):
    """A row with a lease: whoever holds the token may finish it; a killed worker's row is taken again when it runs out."""

    not_before = models.DateTimeField(default=clock.now)
    lease_token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)
    done_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)

    objects = WorkQuerySet.as_manager()

    class Meta:
        abstract = True

    def finish(self, **also: Any) -> bool:
        """Mark done under this row's lease token; False when the lease was lost and somebody else has it."""
        return bool(
            type(self)
            ._base_manager.filter(pk=self.pk, lease_token=self.lease_token, done_at=None)
            .update(done_at=clock.now(), lease_until=None, lease_token=None, last_error="", **also)
        )

    def fail(self, error: str, *, most: int = 8) -> None:
        """Note the error; try again after 1, 2, 4 … minutes, or lie dead after `most` attempts until a person retries."""
        now = clock.now()
        type(self)._base_manager.filter(pk=self.pk, lease_token=self.lease_token, done_at=None).update(
            last_error=error[:300],
            lease_token=None,
            lease_until=None,
            not_before=now + dt.timedelta(minutes=2 ** min(self.attempts - 1, 8)),
            dead_at=now if self.attempts >= most else None,
        )

    def revive(self) -> None:
        """Take it off the dead list: it is tried again from the first attempt."""
        type(self)._base_manager.filter(pk=self.pk).exclude(dead_at=None).update(dead_at=None, attempts=0, not_before=clock.now())


class Delivery(Work):
    """One event for one listener: written with the event, done exactly once in the transaction of the listener's rows."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="deliveries", db_constraint=False)
    verb = models.CharField(max_length=80)
    listener = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "listener"], name="delivery_once_a_listener")]
        indexes = [
            # The drain's question: what is waiting?
            models.Index(fields=["not_before", "id"], condition=Q(done_at=None, dead_at=None), name="delivery_waiting")
        ]


class Message(Work):
    """What leaves the machine (e-mail, SMS, webhook): at least once, with one stable key. Words and address go when it is sent."""

    channel = models.CharField(max_length=10, choices=[("email", "email"), ("sms", "sms"), ("webhook", "webhook")])
    key = models.CharField(max_length=120, unique=True)
    about = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=10, blank=True)
    address = EncryptedTextField(blank=True)
    subject = EncryptedTextField(blank=True)
    body = EncryptedTextField(blank=True)
    created_at = models.DateTimeField(default=clock.now)
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["not_before", "id"], condition=Q(done_at=None, dead_at=None), name="message_waiting"),
            models.Index(fields=["about"], name="message_about"),
        ]


class Deadline(models.Model):
    """A day that matters to a row: "in three months" is this, never an ETA in the broker."""

    stream = models.CharField(max_length=60)
    kind = models.CharField(max_length=40)
    due_on = models.DateField()
    why = models.CharField(max_length=60, blank=True)
    met_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stream", "kind"], condition=Q(met_at=None), name="deadline_one_open_a_kind")
        ]
        indexes = [models.Index(fields=["due_on"], condition=Q(met_at=None), name="deadline_open")]


class TaskQuerySet(models.QuerySet["Task"]):
    def open(self) -> "TaskQuerySet":
        return self.filter(done_at=None)

    def due(self, *, on: dt.date) -> "TaskQuerySet":
        """Open and due on the day or before."""
        return self.open().filter(due_on__lte=on)


class Task(models.Model):
    """Work for a person. What it says is a code with parameters, worded in the language of whoever reads it."""

    stream = models.CharField(max_length=60, db_index=True)
    kind = models.CharField(max_length=40)
    params = models.JSONField(default=dict, blank=True)
    assignee_id = models.CharField(max_length=60, blank=True)
    office_id = models.CharField(max_length=60, blank=True)
    role = models.CharField(max_length=30, blank=True)
    urgent = models.BooleanField(default=False)
    due_on = models.DateField()
    due_at = models.DateTimeField(null=True, blank=True)
    key = models.CharField(max_length=120, unique=True, null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.CharField(max_length=60, blank=True)
    outcome = models.CharField(max_length=40, blank=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        indexes = [
            # My day: what is mine and due.
            models.Index(fields=["assignee_id", "due_on"], condition=Q(done_at=None), name="task_open_mine"),
            models.Index(fields=["office_id", "role", "due_on"], condition=Q(done_at=None), name="task_open_office"),
        ]


class Note(models.Model):
    """Words, with who may read them. Erasable: the event that it belongs to names only its id."""

    FILE, RESTRICTED, PROTECTION = "file", "restricted", "protection"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    stream = models.CharField(max_length=60, db_index=True)
    audience = models.CharField(max_length=20, default=FILE)
    kind = models.CharField(max_length=60, blank=True)
    author_id = models.CharField(max_length=60)
    text = EncryptedTextField(blank=True)
    salt = models.CharField(max_length=32, blank=True)
    at = models.DateTimeField(default=clock.now)
    erased_at = models.DateTimeField(null=True, blank=True)


class Draft(models.Model):
    """What somebody typed and has not said yet: encrypted, without an event, gone when the verb is pressed or in 14 days."""

    owner_id = models.CharField(max_length=60)
    form = models.CharField(max_length=60)
    stream = models.CharField(max_length=60, blank=True)
    payload = EncryptedJSONField()
    saved_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner_id", "form", "stream"], name="draft_one_a_form")]

    DAYS = 14

    @classmethod
    def keep(cls, *, owner: Any, form: str, stream: str = "", payload: dict[str, Any]) -> "Draft":
        """Save what was typed so far, over what was saved before."""
        now = clock.now()
        draft, _made = cls.objects.update_or_create(
            owner_id=str(owner.pk),
            form=form,
            stream=stream,
            defaults={"payload": payload, "saved_at": now, "expires_at": now + dt.timedelta(days=cls.DAYS)},
        )
        return draft

    @classmethod
    def of(cls, *, owner: Any, form: str, stream: str = "") -> "Draft | None":
        """What this person typed into this form and has not said yet."""
        return cls.objects.filter(owner_id=str(owner.pk), form=form, stream=stream, expires_at__gt=clock.now()).first()

    @classmethod
    def drop(cls, *, owner: Any, form: str, stream: str = "") -> None:
        """The verb was pressed: the draft goes."""
        cls.objects.filter(owner_id=str(owner.pk), form=form, stream=stream).delete()


class Signature(models.Model):
    """A proposal frozen for a second person: what, by whom, over which facts; and who signed or turned it down."""

    stream = models.CharField(max_length=60, db_index=True)
    what = models.CharField(max_length=60)
    payload = EncryptedJSONField()
    digest = models.CharField(max_length=64)
    proposed_by = models.CharField(max_length=60)
    proposed_at = models.DateTimeField(default=clock.now)
    root_version = models.PositiveIntegerField()
    signed_by = models.CharField(max_length=60, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["stream", "what"], condition=Q(signed_at=None, withdrawn_at=None), name="signature_one_open_proposal"
            ),
            models.CheckConstraint(
                condition=Q(signed_at=None, signed_by="") | (Q(signed_at__isnull=False) & ~Q(signed_by="")),
                name="signature_signed_by_at",
            ),
            models.CheckConstraint(condition=~Q(signed_by=F("proposed_by")), name="signature_two_persons"),
        ]


class Heartbeat(models.Model):
    """When the scheduler last ticked: readiness asks."""

    name = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField()
