"""Lists of referrals as a sender hands them over, what was answered to each row, and what waits side by side."""

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.scope import EVERYWHERE, scope_of
from casework.person_rules import blockers_to_decide_duplicate, blockers_to_take_back_decision
from workflows import clock
from workflows.encryption import EncryptedJSONField
from workflows.machine import AggregateRoot, creates, still

from .person import Barred, Person

if TYPE_CHECKING:
    from accounts.models import User


# A row belongs to a `list`, so that inside its class the word means that.
_none_yet = list


class ReferralListQuerySet(models.QuerySet["ReferralList"]):
    def visible_to(self, user: "User") -> "ReferralListQuerySet":
        """Lists of the offices whose files this user sees."""
        offices = scope_of(user).sees_files_of()
        return self if offices == EVERYWHERE else self.filter(office_id__in=offices)

    def unfinished(self) -> "ReferralListQuerySet":
        return self.filter(stage=ReferralList.Stage.WORKING)

    def not_looked_through(self) -> "ReferralListQuerySet":
        """Handed in, and nobody can decide yet: what would be answered is not known."""
        return self.filter(stage=ReferralList.Stage.READ, looked=None).exclude(path="")


class ReferralList(AggregateRoot):
    """One file of referrals. The file is deleted after 7 days; its answers stay."""

    class Stage(models.TextChoices):
        READ = "read", _("read, nothing written yet")
        DECIDING = "deciding", _("being looked through")
        WORKING = "working", _("being imported")
        DONE = "done", _("imported")
        FAILED = "failed", _("could not be read")

    stream_kind: ClassVar[str] = "list"
    verbs: ClassVar = [
        creates("hand_in_list", label=_("Hand in a list")),
        still("import_referrals", label=_("Import the list")),
    ]

    programme = models.ForeignKey("casework.Programme", on_delete=models.PROTECT, related_name="referral_lists")
    office = models.ForeignKey("accounts.Office", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    sender = models.CharField(_("sender"), max_length=60, blank=True, default="")
    file_name = models.CharField(max_length=200)
    path = models.CharField(max_length=200, blank=True, default="")
    sha256 = models.CharField(max_length=64)
    stage = models.CharField(max_length=8, choices=Stage.choices, default=Stage.READ)
    rows_total = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    accepted = models.PositiveIntegerField(default=0)
    possible_duplicates = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    fault = models.CharField(max_length=400, blank=True, default="")
    # What would be answered, as `actions.referral.look_through` counted it: read before it is decided, never after.
    looked = EncryptedJSONField(null=True, blank=True, default=None)
    uploaded_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    file_deleted_at = models.DateTimeField(null=True, blank=True)
    lease = models.CharField(max_length=36, blank=True, default="")
    leased_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    objects = ReferralListQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_at"]
        indexes = [
            # The sweep: what is under way, and whose lease ran out.
            models.Index(fields=["stage", "leased_until"], name="referrallist_under_way"),
            # "Was this very file begun before?"
            models.Index(fields=["sha256"], name="referrallist_file"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(finished_at__isnull=False) | ~Q(stage="done"), name="referrallist_done_has_finished_at"
            ),
            models.CheckConstraint(condition=Q(file_deleted_at__isnull=True) | Q(path=""), name="referrallist_deleted_has_no_path"),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def percent(self) -> int:
        return 100 * self.rows_done // self.rows_total if self.rows_total else 0


class ReferralRow(models.Model):
    """One line of a list and what was answered to it. Of a refused consent only the reference and the code are kept."""

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", _("accepted")
        POSSIBLE_DUPLICATE = "possible_duplicate", _("possible duplicate")
        REJECTED = "rejected", _("rejected")
        UNCHANGED = "unchanged", _("unchanged")

    list = models.ForeignKey(ReferralList, on_delete=models.CASCADE, related_name="rows")
    programme = models.ForeignKey("casework.Programme", on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey("accounts.Office", on_delete=models.PROTECT, related_name="+")
    sender = models.CharField(max_length=60, blank=True, default="")
    line = models.PositiveIntegerField()
    reference = models.CharField(max_length=60, blank=True)
    outcome = models.CharField(max_length=18, choices=Outcome.choices)
    # [{"field", "code", "message"}]; no value of the row is repeated in a message.
    faults = models.JSONField(default=_none_yet, blank=True)
    of = models.CharField(max_length=120, blank=True, default="")
    how = models.JSONField(default=_none_yet, blank=True)
    fingerprint = models.CharField(max_length=32, blank=True, default="")
    values = EncryptedJSONField(null=True, blank=True, default=None)
    values_until = models.DateField(null=True, blank=True)
    case = models.ForeignKey("casework.Case", on_delete=models.SET_NULL, null=True, blank=True, related_name="referral_rows")
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="referral_rows")
    answered_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["list", "line"]
        indexes = [
            # "Was this reference sent before, and with the same words?"
            models.Index(fields=["programme", "sender", "reference"], name="referralrow_reference"),
            # The nightly deletion of rejected rows.
            models.Index(fields=["values_until"], name="referralrow_values_until", condition=Q(values_until__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["list", "line"], name="referralrow_answered_once"),
            models.UniqueConstraint(
                fields=["programme", "sender", "reference"],
                condition=Q(outcome="accepted"),
                name="referralrow_reference_accepted_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.outcome}"


class PossibleDuplicateQuerySet(models.QuerySet["PossibleDuplicate"]):
    def undecided(self) -> "PossibleDuplicateQuerySet":
        """Those that still wait for a person's eye; *later* is not a decision."""
        return self.filter(decision__in=("", PossibleDuplicate.Decision.LATER))

    def visible_to(self, user: "User") -> "PossibleDuplicateQuerySet":
        """Those at offices whose files this user sees, and not about a person who barred the user."""
        offices = scope_of(user).sees_files_of()
        mine = self if offices == EVERYWHERE else self.filter(office_id__in=offices)
        return mine.exclude(models.Exists(_barred(user)))


def _barred(user: "User") -> models.QuerySet[Barred]:
    return Barred.objects.filter(person=models.OuterRef("person"), user_id=user.pk)


class PossibleDuplicate(AggregateRoot):
    """A row or a case that may be a person already known: side by side, part by part, until somebody decides."""

    class Decision(models.TextChoices):
        SAME = "same", _("same person")
        SAME_NEW_RETURN = "same_new_return", _("same person, new return")
        DIFFERENT = "different", _("different")
        LATER = "later", _("later")

    stream_kind: ClassVar[str] = "duplicate"
    verbs: ClassVar = [
        still("decide_duplicate", label=_("Decide"), needs=(blockers_to_decide_duplicate,)),
        still("take_back_decision", label=_("Undo"), needs=(blockers_to_take_back_decision,)),
        still("ask_about_duplicate", label=_("Ask its supervisor"), needs=(blockers_to_decide_duplicate,)),
    ]

    programme = models.ForeignKey("casework.Programme", on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey("accounts.Office", on_delete=models.PROTECT, related_name="+")
    row = models.OneToOneField(ReferralRow, on_delete=models.CASCADE, null=True, blank=True, related_name="possible_duplicate")
    case = models.ForeignKey("casework.Case", on_delete=models.CASCADE, null=True, blank=True, related_name="possible_duplicates")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="possible_repeats")
    how = models.JSONField(default=list)
    parts = models.JSONField(default=list, help_text="What was compared and how alike it is: [{part, likeness, how}].")
    strength = models.CharField(max_length=8, default="", blank=True)
    found_at = models.DateTimeField(default=clock.now)
    decision = models.CharField(max_length=16, choices=Decision.choices, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = PossibleDuplicateQuerySet.as_manager()

    class Meta:
        ordering = ["found_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(row__isnull=False) | Q(case__isnull=False), name="possibleduplicate_of_a_row_or_a_case"
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, decided_by__isnull=True, decision="")
                | (Q(decided_at__isnull=False, decided_by__isnull=False) & ~Q(decision="")),
                name="possibleduplicate_decided_at_and_by",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def can_be_taken_back(self) -> bool:
        """Whether nothing stands in the way of undoing the decision, as far as this row alone can tell."""
        closed = self.case is not None and self.case.closed_at is not None and self.case.outcome == "merged"
        return not closed and not any(blockers_to_take_back_decision(self))
