"""The person: a human being with many returns over a life, how to reach them, and what keeps them safe."""

import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from casework.duplicates import document_form
from casework.person_rules import PersonFacts, blockers_to_merge, blockers_to_unmerge
from workflows import clock
from workflows.encryption import EncryptedJSONField, EncryptedTextField, blind_index
from workflows.machine import AggregateRoot, still
from workflows.partial import PartialDateField

if TYPE_CHECKING:
    from accounts.models import User


class Sex(models.TextChoices):
    FEMALE = "female", _("female")
    MALE = "male", _("male")
    OTHER = "other", _("other")
    UNKNOWN = "unknown", _("not known")


class PersonQuerySet(models.QuerySet["Person"]):
    def visible_to(self, user: "User") -> "PersonQuerySet":
        """People with a case that this user may see, and the children cared for in such a case; never one who barred the user."""
        cases = apps.get_model("casework", "Case").objects.visible_to(user)
        membership = apps.get_model("casework", "Membership")
        in_care = membership.objects.filter(person=OuterRef("pk"), left_on__isnull=True, cared_for_by__in=cases.values("person_id"))
        return self.not_barring(user).filter(Exists(cases.filter(person=OuterRef("pk"))) | Exists(in_care))

    def not_barring(self, user: "User") -> "PersonQuerySet":
        """Without those who named this colleague as one who must not open their file (promise 5.18)."""
        return self.exclude(Exists(Barred.objects.filter(person=OuterRef("pk"), user_id=user.pk)))


class Person(AggregateRoot):
    """A human being, once. Every change of a person's data is a verb on the person; each return is a case."""

    stream_kind: ClassVar[str] = "person"
    verbs: ClassVar = [
        still("correct_person", label=_("Correct who this is")),
        still("record_notice", label=_("Record that the notice was given")),
        still("record_consent", label=_("Record permissions")),
        still("withdraw_consent", label=_("Withdraw a permission")),
        still("record_screening", label=_("Record the screening")),
        still("set_reach", label=_("Set how to reach")),
        still("set_safety", label=_("Set what keeps the person safe"), restricted=True),
        still("name_guardian", label=_("Name a guardian")),
        still("join_household", label=_("Join a household")),
        still("split_household", label=_("Leave the household"), restricted=True),
        still("bar_colleague", label=_("Name a colleague who must not open this file"), restricted=True),
        still("merge_people", label=_("Merge with another record"), needs=(blockers_to_merge,)),
        still("unmerge_people", label=_("Undo the merge"), needs=(blockers_to_unmerge,)),
    ]

    family_name = models.CharField(_("family name"), max_length=120, blank=True)
    given_names = models.CharField(_("given names"), max_length=120, blank=True)
    called = models.CharField(_("name as they say it"), max_length=120, blank=True)
    native_name = models.CharField(_("name in its own script"), max_length=160, blank=True)
    born = PartialDateField(_("born"))
    born_is_estimate = models.BooleanField(_("about"), default=False, help_text=_("The person said “about”."))
    sex = models.CharField(_("sex"), max_length=8, choices=Sex.choices, default=Sex.UNKNOWN)
    nationality = models.CharField(_("nationality"), max_length=2, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True)
    further_languages = models.JSONField(_("further languages"), default=list, blank=True)
    reads = models.CharField(_("reads"), max_length=60, blank=True, help_text=_("What, and how well: “French a little”."))
    region = models.CharField(_("region"), max_length=60, blank=True)
    place = models.CharField(_("place"), max_length=80, blank=True)
    years_abroad = models.PositiveSmallIntegerField(_("years abroad"), null=True, blank=True)
    household_size = models.PositiveSmallIntegerField(_("people in the household"), null=True, blank=True)
    document_number = EncryptedTextField(_("document number"), blank=True, default="")
    document_index = models.CharField(max_length=32, blank=True, default="", editable=False)
    identity_seen_on = models.DateField(_("papers seen on"), null=True, blank=True)
    identity_absent_because = models.CharField(_("no papers because"), max_length=20, blank=True)
    search_key = models.CharField(max_length=200, blank=True, default="", editable=False)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged_from")
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "people"
        indexes = [
            # Whether somebody with this very document is known (duplicates).
            models.Index(fields=["document_index"], name="person_document", condition=~Q(document_index="")),
            # Lists are in the order of names.
            models.Index(fields=["search_key"], name="person_search_key"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=models.F("id")), name="person_not_merged_into_itself"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def load_facts(cls, rows: Sequence["Person"]) -> dict[uuid.UUID, PersonFacts]:
        """The people with the merge that stands, in one query for any number of them."""
        standing = set(Merge.objects.filter(kept__in=rows, undone_at__isnull=True).values_list("kept_id", flat=True))
        return {row.pk: PersonFacts(row, row.pk in standing) for row in rows}

    @cached_property
    def authority_office_id(self) -> uuid.UUID | None:
        """The office whose locks apply: that of the newest case, an open one before a closed one; a child's, its carer's."""
        cases = apps.get_model("casework", "Case")._base_manager
        whose = cases.filter(Q(person=self.pk) | Q(person__cares_for__person=self.pk, person__cares_for__left_on=None))
        return (
            whose.order_by(models.F("closed_at").asc(nulls_first=True), "-referred_on", "pk")
            .values_list("office_id", flat=True)
            .first()
        )

    @property
    def name(self) -> str:
        """The name as the person says it, else as the papers have it."""
        return (
            self.called or " ".join(filter(None, (self.given_names, self.family_name))) or self.native_name or str(_("No name yet"))
        )

    @property
    def first_name(self) -> str:
        """The first word of the name as they say it: all that a paper for the road says."""
        return self.name.split()[0]

    @property
    def initials(self) -> str:
        words = (self.called or f"{self.given_names} {self.family_name}").split()
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()

    def age(self) -> tuple[int, int] | None:
        """The least and the most years the person may have, or None: unknown is a value."""
        return self.born.age_on(clock.today()) if self.born else None

    def is_child(self) -> bool | None:
        """Under 18 for certain, or perhaps: who may be a child is treated as one until assessed. None if nothing is known."""
        age = self.age()
        return None if age is None else age[0] < 18

    def with_document(self, number: str) -> None:
        """Set the document's number together with what finds it."""
        self.document_number, self.document_index = number.strip(), document_index(number)


def document_index(number: str) -> str:
    """What is equal for the same document however it is spaced or capitalised."""
    return blind_index(document_form(number), "document")


class PersonKey(models.Model):
    """A blocking key: two people who share one are worth comparing, inside one programme."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="keys")
    programme = models.ForeignKey("casework.Programme", on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=48)

    class Meta:
        # "Whom might these 100 rows repeat?"
        indexes = [models.Index(fields=["programme", "key"], name="personkey_lookup")]

    def __str__(self) -> str:
        return self.key


class SearchToken(models.Model):
    """One word of a name as the search finds it: the same key whatever script it was written in."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="tokens")
    token = models.CharField(max_length=40)

    class Meta:
        # "Whose name has a word that begins with …": a range in SQLite, LIKE 'x%' in PostgreSQL (see queries.begins).
        indexes = [
            models.Index(fields=["token", "person"], name="searchtoken_prefix", opclasses=["varchar_pattern_ops", "uuid_ops"])
        ]

    def __str__(self) -> str:
        return self.token


class Reach(models.Model):
    """One way to reach a person, in the order the person wishes. “No phone” is an answer (practice 2.6)."""

    class Kind(models.TextChoices):
        PHONE = "phone", _("phone")
        EMAIL = "email", _("e-mail")
        VISIT = "visit", _("visit")
        NONE = "none", _("no way known")

    class Whose(models.TextChoices):
        MINE_ALONE = "mine_alone", _("mine alone")
        SHARED = "shared", _("shared with others")
        TRUSTED = "trusted_person", _("of a person I trust")
        UNKNOWN = "unknown", _("not asked yet")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="reaches")
    position = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(_("way"), max_length=5, choices=Kind.choices)
    value = EncryptedTextField(_("number, address or place"), blank=True, default="")
    value_index = models.CharField(max_length=32, blank=True, default="", editable=False)
    whose = models.CharField(_("whose"), max_length=14, choices=Whose.choices, default=Whose.UNKNOWN)
    trusted_name = EncryptedTextField(_("name of that person"), blank=True, default="")
    trusted_relation = models.CharField(_("who is it to the person"), max_length=60, blank=True)
    hours_from = models.TimeField(_("not before"), null=True, blank=True)
    hours_to = models.TimeField(_("not after"), null=True, blank=True)
    days = models.JSONField(_("on these days"), default=list, blank=True, help_text=_("0 is Monday; none named means every day."))
    language = models.CharField(_("language"), max_length=12, blank=True)
    leave_message = models.BooleanField(_("a message may be left"), default=False)
    may_be_said = EncryptedTextField(_("what may be said"), blank=True, default="")
    agreed_on = models.DateField(_("agreed on"), null=True, blank=True)
    verified_on = models.DateField(_("tried and right on"), null=True, blank=True)
    dead_since = models.DateField(_("dead since"), null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name_plural = "reaches"
        ordering = ["position", "pk"]
        indexes = [
            # Search by phone, and "who else has this number?"
            models.Index(fields=["value_index"], name="reach_value", condition=~Q(value_index="")),
            models.Index(fields=["person", "position"], name="reach_of_person"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(kind="none") | Q(value_index=""), name="reach_none_has_no_value"),
            models.CheckConstraint(
                condition=Q(hours_from__isnull=True, hours_to__isnull=True) | Q(hours_from__isnull=False, hours_to__isnull=False),
                name="reach_hours_from_and_to",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.get_whose_display()})"

    @property
    def usable(self) -> bool:
        """Whether anything can be sent or done by it at all."""
        return self.kind != self.Kind.NONE and self.dead_since is None and self.ended_at is None


class Safety(models.Model):
    """What binds every message, letter and visit to one person (practice 2.11). Read by the protection lead; obeyed by all."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="safety")
    safe_from = models.TimeField(_("safe from"), null=True, blank=True)
    safe_to = models.TimeField(_("safe until"), null=True, blank=True)
    safe_days = models.JSONField(_("safe on these days"), default=list, blank=True)
    safe_channel = models.ForeignKey(
        Reach, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("the only safe way")
    )
    never_leave_message = models.BooleanField(_("never leave a message"), default=False)
    never_visit_home = models.BooleanField(_("never visit at home"), default=False)
    never_write_letters = models.BooleanField(_("no letters to the house"), default=False)
    no_contact = models.BooleanField(_("no contact but through the protection lead"), default=False)
    code_word = EncryptedTextField(_("code word"), blank=True, default="")
    feared = EncryptedJSONField(_("people feared"), null=True, blank=True, default=None)
    set_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name_plural = "safety settings"
        constraints = [
            models.CheckConstraint(
                condition=Q(safe_from__isnull=True, safe_to__isnull=True) | Q(safe_from__isnull=False, safe_to__isnull=False),
                name="safety_hours_from_and_to",
            )
        ]

    def __str__(self) -> str:
        return str(_("Safety setting"))


class Barred(models.Model):
    """A colleague who must not open this file, named by the person (promise 5.18). Seen by the supervisor alone."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="barred")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name_plural = "barred"
        constraints = [models.UniqueConstraint(fields=["person", "user"], name="barred_once")]

    def __str__(self) -> str:
        return f"{self.person_id} · {self.user_id}"


class Guardian(models.Model):
    """Who stands for a child, by which paper, from when to when (practice 2.9)."""

    child = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="guardians")
    adult = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    name = EncryptedTextField(_("name"), blank=True, default="")
    relation = models.CharField(_("relation"), max_length=60)
    court_paper = models.CharField(_("court paper"), max_length=120, blank=True)
    since = models.DateField(_("from"))
    until = models.DateField(_("to"), null=True, blank=True)
    disputed = models.BooleanField(_("disputed or suspected"), default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")), name="guardian_from_before_to"
            ),
        ]

    def __str__(self) -> str:
        return self.relation


class Merge(models.Model):
    """What a merge moved, so that undoing it restores both records exactly."""

    kept = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="merges")
    gone = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    moved: Any = models.JSONField(help_text="model.field → the keys of the rows that pointed at the record that went.")
    at = models.DateTimeField(default=clock.now)
    by = models.CharField(max_length=80)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gone"], condition=Q(undone_at__isnull=True), name="merge_standing_once"),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by="") | (Q(undone_at__isnull=False) & ~Q(undone_by="")),
                name="merge_undone_at_and_by",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gone_id} → {self.kept_id}"
