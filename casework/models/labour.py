"""Work: what somebody can do, who hires, and spells of work with a start, an end and a reason."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from casework import states
from casework.models.services import Correctable, StandingQuerySet
from casework.models.ties import CURRENCY, at_and_by, not_negative, one_of, only_when
from workflows.encryption import EncryptedTextField
from workflows.machine import AggregateRoot, creates, still
from workflows.partial import PartialDateField

LEVELS = [
    ("none", _("No school")),
    ("isced_1", _("Primary school")),
    ("isced_2", _("Lower secondary school")),
    ("isced_3", _("Secondary school or trade certificate")),
    ("isced_5", _("Higher education")),
]
"""What somebody has learned, the least first."""
LANGUAGES_OF_WORK = [*settings.LANGUAGES, ("it", _("Italian")), ("de", _("German")), ("es", _("Spanish")), ("ka", _("Georgian"))]


class Profile(models.Model):
    """What a person can do, over all returns: the least that a job search needs."""

    person = models.OneToOneField("casework.Person", on_delete=models.CASCADE, related_name="profile")
    occupation = models.CharField(_("occupation"), max_length=80, blank=True)
    level = models.CharField(_("level of education"), max_length=10, blank=True, choices=LEVELS)
    languages = models.JSONField(_("languages of work"), default=list, blank=True)
    years_abroad_at_work = models.PositiveSmallIntegerField(_("years of work abroad"), null=True, blank=True)
    skills = models.TextField(_("what they can do, in words"), blank=True)

    def __str__(self) -> str:
        return self.occupation


class Employer(AggregateRoot):
    """Somebody who hires. Nothing ever goes to an employer by itself."""

    stream_kind = "employer"
    verbs = (
        creates("add_employer", label=_("Add an employer")),
        still("correct_employer", label=_("Correct an employer")),
        still("raise_employer_concern", label=_("Raise a concern about an employer"), restricted=True),
        still("record_employer_visit", label=_("Record a visit to an employer"), restricted=True),
    )

    name = models.CharField(_("name"), max_length=120)
    place = models.CharField(_("place"), max_length=80, blank=True)
    trade = models.CharField(_("trade"), max_length=80, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["name", "place"], name="employer_once_a_place")]

    def __str__(self) -> str:
        return self.name


class ConcernQuerySet(models.QuerySet["EmployerConcern"]):
    def open(self) -> "ConcernQuerySet":
        """Not settled by a visit."""
        return self.filter(settled_at=None)


class EmployerConcern(models.Model):
    """Somebody warned of an employer (promise 5.16): one that is open keeps the employer out of matching, two stop placements."""

    employer = models.ForeignKey(Employer, on_delete=models.CASCADE, related_name="concerns")
    kind = models.CharField(_("what it is about"), max_length=20, choices=states.EmployerWrong.choices)
    words = EncryptedTextField(_("in words"), blank=True, default="")
    raised_at = models.DateTimeField()
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    finding = models.CharField(
        _("what the visit found"), max_length=12, choices=states.VisitFinding.choices, blank=True, default=""
    )
    found = EncryptedTextField(_("what was seen"), blank=True, default="")
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = ConcernQuerySet.as_manager()

    class Meta:
        ordering = ["raised_at", "pk"]
        constraints = [
            at_and_by("employerconcern", "settled"),
            one_of("employerconcern", "kind", states.EmployerWrong),
            one_of("employerconcern", "finding", ["", *states.VisitFinding]),
            only_when(
                "employerconcern", "settled_by_what_was_found", Q(finding__in=["unfounded", "mended"]), Q(settled_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class VacancyQuerySet(models.QuerySet["Vacancy"]):
    def still_open(self, *, on: dt.date) -> "VacancyQuerySet":
        """Neither filled nor expired by the day."""
        return self.filter(filled_on=None).filter(Q(expires_on=None) | Q(expires_on__gte=on))

    def with_concerns(self) -> "VacancyQuerySet":
        """Each with whether a concern about its employer is open (`concerned`)."""
        return self.annotate(concerned=Exists(EmployerConcern.objects.open().filter(employer=OuterRef("employer"))))


class Vacancy(AggregateRoot):
    """A job that is to be had, with where it was found."""

    stream_kind = "vacancy"
    verbs = (creates("post_vacancy", label=_("Post a vacancy")), still("fill_vacancy", label=_("Say that a vacancy is filled")))

    employer = models.ForeignKey(Employer, on_delete=models.PROTECT, related_name="vacancies", verbose_name=_("employer"))
    title = models.CharField(_("job"), max_length=120)
    occupation = models.CharField(_("occupation"), max_length=80, blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=states.PlacementKind.choices, default=states.PlacementKind.JOB)
    place = models.CharField(_("place"), max_length=80, blank=True)
    level = models.CharField(_("least level of education"), max_length=10, blank=True, choices=LEVELS)
    languages = models.JSONField(_("languages that the work needs"), default=list, blank=True)
    hazardous = models.BooleanField(_("dangerous work"), default=False, help_text=_("Machines, heights, chemicals, nights."))
    source = models.CharField(_("found at"), max_length=80, blank=True)
    source_reference = models.CharField(_("reference there"), max_length=60, blank=True)
    posted_on = models.DateField(_("posted on"))
    expires_on = models.DateField(_("open until"), null=True, blank=True)
    filled_on = models.DateField(_("filled on"), null=True, blank=True)

    objects = VacancyQuerySet.as_manager()

    class Meta:
        ordering = ["-posted_on"]
        constraints = [one_of("vacancy", "kind", states.PlacementKind)]

    def __str__(self) -> str:
        return self.title


class ApplicationQuerySet(models.QuerySet["Application"]):
    def open(self) -> "ApplicationQuerySet":
        """Waiting for an answer, or asked to an interview."""
        return self.filter(state__in=[states.ApplicationState.SENT, states.ApplicationState.INTERVIEW])


class Application(models.Model):
    """One person asks for one job."""

    case = models.ForeignKey("casework.Case", on_delete=models.CASCADE, related_name="applications")
    vacancy = models.ForeignKey(Vacancy, on_delete=models.PROTECT, related_name="applications", verbose_name=_("vacancy"))
    state = models.CharField(max_length=12, choices=states.ApplicationState.choices, default=states.ApplicationState.SENT)
    applied_on = models.DateField(_("applied on"))
    answered_on = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        ordering = ["-applied_on"]
        constraints = [
            models.UniqueConstraint(fields=["case", "vacancy"], name="application_once"),
            one_of("application", "state", states.ApplicationState),
        ]

    def __str__(self) -> str:
        return str(self.vacancy)


class PlacementQuerySet(StandingQuerySet):
    def running(self) -> "PlacementQuerySet":
        """Begun and not ended."""
        return self.filter(struck_at=None, ended_on="")


class Placement(Correctable):
    """A spell of work: its start, its end, and how the office knows. Retention reads spells, never states."""

    case = models.ForeignKey("casework.Case", on_delete=models.CASCADE, related_name="placements")
    employer = models.ForeignKey(Employer, on_delete=models.PROTECT, related_name="placements", verbose_name=_("employer"))
    vacancy = models.ForeignKey(Vacancy, null=True, blank=True, on_delete=models.PROTECT, related_name="placements")
    kind = models.CharField(_("kind"), max_length=20, choices=states.PlacementKind.choices, default=states.PlacementKind.JOB)
    main = models.BooleanField(_("main work"), default=True)
    occupation = models.CharField(_("occupation"), max_length=80)
    contract = models.CharField(_("contract"), max_length=20, choices=states.Contract.choices, blank=True, default="")
    formality = models.CharField(_("declared"), max_length=10, choices=states.Formality.choices, blank=True, default="")
    started_on = PartialDateField(_("started on"))
    ended_on = PartialDateField(_("ended on"))
    end_reason = models.CharField(max_length=20, choices=states.PlacementEnd.choices, blank=True, default="")
    hours = models.DecimalField(_("hours a week"), max_digits=4, decimal_places=1, null=True, blank=True)
    wage = models.PositiveBigIntegerField(_("wage a month"), null=True, blank=True)
    currency = models.CharField(blank=True, default="", **CURRENCY)
    known_by = models.CharField(_("how it is known"), max_length=10, choices=states.KnownBy.choices)
    moved_from = models.CharField(max_length=30, choices=states.CaseState.choices)
    confirmed_how = models.CharField(max_length=10, choices=states.KnownBy.choices, blank=True, default="")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = PlacementQuerySet.as_manager()

    class Meta:
        ordering = ["-recorded_at"]
        constraints = [
            at_and_by("placement", "struck"),
            at_and_by("placement", "confirmed"),
            one_of("placement", "kind", states.PlacementKind),
            one_of("placement", "known_by", states.KnownBy),
            models.UniqueConstraint(
                fields=["case"], condition=Q(main=True, ended_on="", struck_at=None), name="placement_one_main_running"
            ),
            only_when("placement", "end_reason_when_ended", ~Q(end_reason=""), ~Q(ended_on="")),
            models.CheckConstraint(condition=~Q(started_on=""), name="placement_has_a_start"),
            not_negative("placement", "wage"),
            models.CheckConstraint(condition=Q(wage=None) | ~Q(currency=""), name="placement_wage_has_a_currency"),
        ]
        indexes = [
            # Spells of a case; whether any runs.
            models.Index(fields=["case", "ended_on"], name="placement_of_case")
        ]

    def __str__(self) -> str:
        return self.occupation

    def lasted(self, *, on: dt.date) -> int:
        """The days it has lasted by `on`, at the least that the dates as known allow."""
        end = min(self.ended_on.latest, on) if self.ended_on else on
        return max((end - self.started_on.earliest).days, 0)

    def counts(self, *, on: dt.date, programme: Any) -> str:
        """ "placed" on the day, "started" (too short yet, or ended too soon), or "step" (no kind that counts)."""
        if self.kind not in programme.placed_kinds:
            return "step"
        return "placed" if self.lasted(on=on) >= programme.started_only_days else "started"
