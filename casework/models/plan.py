"""The plan: what the person wants to reach, what each side promises, and what it costs. Versions are kept."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from casework import states
from casework.models.ties import CURRENCY, at_and_by, not_negative, one_of
from workflows.encryption import EncryptedTextField


class PlanQuerySet(models.QuerySet["Plan"]):
    def drafts(self) -> "PlanQuerySet":
        """Written, and neither agreed nor replaced."""
        return self.filter(agreed_at=None, replaced_at=None)

    def agreed(self) -> "PlanQuerySet":
        """The one plan a case goes by; with reservations is agreed."""
        return self.filter(agreed_at__isnull=False, replaced_at=None)


class Plan(models.Model):
    """One version of one case's plan. It is never changed: another plan is another version."""

    case = models.ForeignKey("casework.Case", on_delete=models.CASCADE, related_name="plans")
    number = models.PositiveSmallIntegerField(_("version"))
    path = models.CharField(_("path"), max_length=20, choices=states.Path.choices, blank=True, default="")
    hope = EncryptedTextField(_("what you hope for in a year"), blank=True, default="")
    currency = models.CharField(**CURRENCY)
    total = models.PositiveBigIntegerField(_("total"), default=0)
    drafted_at = models.DateTimeField()
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    office_mark = models.CharField(_("the office says"), max_length=20, choices=states.Mark.choices, blank=True, default="")
    person_mark = models.CharField(_("the person says"), max_length=20, choices=states.Mark.choices, blank=True, default="")
    reservations = EncryptedTextField(_("reservations, in the words of the person"), blank=True, default="")
    marked_on = models.DateField(null=True, blank=True)
    agreed_at = models.DateTimeField(null=True, blank=True)
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    replaced_at = models.DateTimeField(null=True, blank=True)

    objects = PlanQuerySet.as_manager()

    class Meta:
        ordering = ["case", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="plan_version_once"),
            models.UniqueConstraint(fields=["case"], condition=Q(agreed_at=None, replaced_at=None), name="plan_one_draft"),
            models.UniqueConstraint(
                fields=["case"], condition=Q(agreed_at__isnull=False, replaced_at=None), name="plan_one_in_force"
            ),
            at_and_by("plan", "approved"),
            at_and_by("plan", "agreed"),
            # Two persons: whoever wrote it does not approve it.
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("drafted_by")), name="plan_approved_by_another"
            ),
            one_of("plan", "person_mark", ["", *states.Mark]),
            models.CheckConstraint(
                condition=Q(agreed_at=None)
                | (Q(person_mark__in=["agreed", "reservations"]) & Q(office_mark__in=["agreed", "reservations"])),
                name="plan_agreed_by_both",
            ),
        ]

    def __str__(self) -> str:
        return f"v{self.number}"


class PlanLine(models.Model):
    """One line of the budget: what for, how much, by when."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(_("kind"), max_length=20, choices=states.PlanLineKind.choices)
    what = models.CharField(_("what"), max_length=200, blank=True)
    amount = models.PositiveBigIntegerField(_("amount"), default=0)
    by_when = models.DateField(_("by when"), null=True, blank=True)
    referral_needed = models.BooleanField(_("referral needed"), default=False)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [one_of("planline", "kind", states.PlanLineKind), not_negative("planline", "amount")]

    def __str__(self) -> str:
        return self.what or self.get_kind_display()


class Goal(models.Model):
    """What the person wants to have reached."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="goals")
    position = models.PositiveSmallIntegerField(default=0)
    what = models.CharField(_("goal"), max_length=300)
    by_when = models.DateField(_("by when"), null=True, blank=True)
    reached_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.what


class PromiseQuerySet(models.QuerySet["Promise"]):
    def open(self) -> "PromiseQuerySet":
        """Of a plan in force or under way, and not kept yet."""
        return self.filter(kept_at=None, plan__replaced_at=None)


class Promise(models.Model):
    """What the office promised, or what the person said they would do: by when, and whether it was kept."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="promises")
    position = models.PositiveSmallIntegerField(default=0)
    whose = models.CharField(_("whose"), max_length=10, choices=states.PromiseBy.choices)
    what = models.CharField(_("promise"), max_length=300)
    by_when = models.DateField(_("by when"), null=True, blank=True)
    kept_at = models.DateTimeField(null=True, blank=True)
    kept_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = PromiseQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [at_and_by("promise", "kept"), one_of("promise", "whose", states.PromiseBy)]

    def __str__(self) -> str:
        return self.what
