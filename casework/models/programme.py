"""The programme: who pays, for whom, under which rules; and the offices that carry it out."""

import uuid
from collections.abc import Sequence
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.scope import EVERYWHERE, scope_of
from casework.person_rules import ProgrammeFacts, blockers_to_go_live
from casework.states import LAST_DAYS_AFTER_ARRIVAL, LastDay, Path
from workflows import clock
from workflows.machine import AggregateRoot, creates, still


def default_schedule() -> list[int]:
    """Months after an anchor at which people are asked."""
    return [3, 6, 12]


def default_reminders() -> list[int]:
    """Days after an invitation at which it is sent again."""
    return [3, 7]


def default_placed_kinds() -> list[str]:
    """The kinds of placement that a report may call *placed*."""
    return ["job", "apprenticeship"]


def default_languages() -> list[str]:
    return ["ar", "fr", "en"]


def default_last_days() -> dict[str, int]:
    """Months after arrival at which a right is gone, by its kind."""
    return {str(kind): months for kind, months in LAST_DAYS_AFTER_ARRIVAL.items()}


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    def visible_to(self, user: Any) -> "ProgrammeQuerySet":
        """Those whose rules the user keeps, oversees or works by: of every office, or of the user's own."""
        scope = scope_of(user)
        offices = scope.offices("programme_manager", "data_protection", "administrator", "supervisor")
        return self if offices == EVERYWHERE else self.filter(programme_offices__office__in=offices).distinct()

    def at_office(self, office_id: uuid.UUID) -> "ProgrammeQuerySet":
        """The programmes that this office carries out."""
        return self.filter(programme_offices__office_id=office_id)

    def live(self) -> "ProgrammeQuerySet":
        """Those that take referrals: begun, and not ended."""
        return self.filter(live_since__isnull=False, ended_on__isnull=True)


class Programme(AggregateRoot):
    """One programme with its rules as settings. Its ceilings and windows bind every case in it."""

    stream_kind: ClassVar[str] = "programme"
    verbs: ClassVar = [
        creates("set_up_programme", label=_("Set up a programme")),
        still("change_programme", label=_("Change the programme's settings")),
        still("go_live", label=_("Open the programme"), needs=(blockers_to_go_live,)),
    ]

    code = models.SlugField(_("code"), max_length=30, unique=True, help_text=_("As it stands in lists and commands: TN-RETURN."))
    name = models.CharField(_("name"), max_length=120)
    country = models.CharField(_("country"), max_length=2, help_text=_("Where people come back to."))
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    languages = models.JSONField(_("languages"), default=default_languages)

    # Keeping a file never rests on consent: promises 5.1.
    lawful_basis = models.TextField(
        _("lawful basis"), blank=True, help_text=_("Why the office may keep a file, in words that can be read out.")
    )
    lawful_basis_decided_by = models.CharField(_("decided by"), max_length=120, blank=True)
    lawful_basis_decided_on = models.DateField(_("decided on"), null=True, blank=True)

    first_aid_ceiling = models.PositiveBigIntegerField(_("first aid: a caseworker alone up to"), default=100_00)
    plan_approval_ceiling = models.PositiveBigIntegerField(_("a plan is approved by a second person above"), default=1_000_00)
    payment_approval_ceiling = models.PositiveBigIntegerField(_("two people approve a payment above"), default=5_000_00)

    schedule_months = models.JSONField(_("people are asked after (months)"), default=default_schedule)
    schedule_by_path = models.JSONField(
        _("on a path of their own (months)"),
        default=dict,
        blank=True,
        help_text=_("A path that is not named here follows the rest."),
    )
    last_days = models.JSONField(_("last days (months after arrival)"), default=default_last_days, blank=True)
    reminder_days = models.JSONField(_("reminders after (days)"), default=default_reminders)
    round_opens_before = models.PositiveSmallIntegerField(_("a round opens before its day (days)"), default=0)
    round_closes_after = models.PositiveSmallIntegerField(_("a round closes after its day (days)"), default=45)
    ask_once_within = models.PositiveSmallIntegerField(_("two rounds are asked once within (days)"), default=30)
    lost_after_days = models.PositiveSmallIntegerField(_("silence before a person may be called lost (days)"), default=180)

    small_cell = models.PositiveSmallIntegerField(_("figures below are hidden"), default=5)
    placed_kinds = models.JSONField(_("kinds of placement that count as placed"), default=default_placed_kinds)
    started_only_days = models.PositiveSmallIntegerField(_("shorter work counts as started only (days)"), default=28)

    live_since = models.DateTimeField(_("open since"), null=True, blank=True, editable=False)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    offices = models.ManyToManyField("accounts.Office", through="ProgrammeOffice", related_name="programmes")

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(small_cell__gte=3), name="programme_small_cell_at_least_3"),
            models.CheckConstraint(condition=Q(round_closes_after__gte=7), name="programme_round_open_a_week"),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def load_facts(cls, rows: Sequence["Programme"]) -> dict[uuid.UUID, ProgrammeFacts]:
        """The programmes with their offices and emergency numbers, in two queries for any number of them."""
        ids = [row.pk for row in rows]
        numbers: dict[uuid.UUID, list[EmergencyNumber]] = {pk: [] for pk in ids}
        for number in EmergencyNumber.objects.filter(programme_id__in=ids):
            numbers[number.programme_id].append(number)
        with_office = set(ProgrammeOffice.objects.filter(programme_id__in=ids).values_list("programme_id", flat=True))
        return {row.pk: ProgrammeFacts(row, tuple(numbers[row.pk]), row.pk in with_office, clock.today()) for row in rows}

    def months_on(self, path: str) -> list[int]:
        """After how many months people on the path are asked."""
        return list(self.schedule_by_path.get(path) or self.schedule_months)

    def clean(self) -> None:
        """Refuse settings that no case could live by."""
        wrong: dict[str, object] = {}
        for field, most in (("schedule_months", 60), ("reminder_days", 60)):
            if not _rising(getattr(self, field), most):
                wrong[field] = _("Whole numbers from 1 to %(most)s, each above the one before.") % {"most": most}
        paths = self.schedule_by_path
        if not isinstance(paths, dict) or not all(path in Path.values and path and _rising(paths[path], 60) for path in paths):
            wrong["schedule_by_path"] = _("Whole numbers from 1 to %(most)s, each above the one before.") % {"most": 60}
        if not isinstance(self.last_days, dict) or not all(
            kind in LastDay.values and type(months) is int and 1 <= months <= 120 for kind, months in self.last_days.items()
        ):
            wrong["last_days"] = _("Whole months from 1 to 120 after the arrival, or nothing where there is no last day.")
        if not wrong and self.reminder_days and self.reminder_days[-1] >= self.round_closes_after:
            wrong["reminder_days"] = _("The last reminder comes after the round has closed.")
        known = {code for code, _label in settings.LANGUAGES}
        if not isinstance(self.languages, list) or not self.languages or not set(self.languages) <= known:
            wrong["languages"] = _("At least one language that the product speaks: %(known)s.") % {
                "known": ", ".join(sorted(known))
            }
        kinds = {"job", "apprenticeship", "internship", "trial", "seasonal"}
        if not isinstance(self.placed_kinds, list) or not self.placed_kinds or not set(self.placed_kinds) <= kinds:
            wrong["placed_kinds"] = _("At least one of: %(kinds)s.") % {"kinds": ", ".join(sorted(kinds))}
        if wrong:
            raise ValidationError(wrong)


def _rising(numbers: object, most: int) -> bool:
    if not isinstance(numbers, list) or not all(type(n) is int for n in numbers):
        return False
    return all(1 <= n <= most for n in numbers) and numbers == sorted(set(numbers))


class ProgrammeOffice(models.Model):
    """An office that carries out a programme."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="programme_offices")
    office = models.ForeignKey("accounts.Office", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["programme", "office"], name="programme_office_once")]

    def __str__(self) -> str:
        return f"{self.programme_id} · {self.office_id}"


class EmergencyNumber(models.Model):
    """A number read out before a survey and on the danger page. A dead one keeps the programme from opening (promise 5.5)."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="emergency_numbers")
    label = models.CharField(_("who answers"), max_length=80)
    number = models.CharField(_("number"), max_length=30)
    checked_on = models.DateField(_("last called and answered on"), null=True, blank=True)
    dead_since = models.DateField(_("does not answer since"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return f"{self.label} {self.number}"
