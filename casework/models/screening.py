"""Screening and vulnerability: restricted from the moment they are known (promise 5.12)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from workflows import clock

from .person import Person


class ScreeningOutcome(models.TextChoices):
    """What a caseworker may know of a screening: what follows, never what was said."""

    NOTHING_SAID = "nothing_said", _("Nothing that needs more help")
    PREFERS_NOT = "prefers_not", _("Prefers not to say")
    TALK_FIRST = "talk_first", _("Talk to the protection lead before any contact")
    PROTECTION = "protection", _("Wants to talk to the protection lead")
    HEALTH = "health", _("Needs a doctor")
    COUNSELLOR = "counsellor", _("Wants to talk to a psychologist")
    AGAIN = "again", _("Ask again another day")


class Screening(models.Model):
    """That the gentle questions were asked, alone, and what follows in codes. The words are a note for protection."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="screenings")
    case = models.ForeignKey("casework.Case", on_delete=models.CASCADE, null=True, blank=True, related_name="screenings")
    done_on = models.DateField(_("done on"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    alone = models.BooleanField(_("only the two of us, and an interpreter bound to silence"))
    interpreter = models.CharField(_("interpreter"), max_length=120, blank=True)
    outcomes = models.JSONField(_("what follows"), default=list)
    note = models.ForeignKey("workflows.Note", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    recorded_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-done_on", "-pk"]

    def __str__(self) -> str:
        return str(self.done_on)


class VulnerabilityQuerySet(models.QuerySet["Vulnerability"]):
    def standing(self) -> "VulnerabilityQuerySet":
        return self.filter(ended_on__isnull=True)


class Vulnerability(models.Model):
    """A special need or harm, as a code in a row of its own that only named roles read."""

    class Code(models.TextChoices):
        UNACCOMPANIED_CHILD = "unaccompanied_child", _("child without a parent")
        VICTIM_OF_TRAFFICKING = "victim_of_trafficking", _("trafficked")
        HEALTH = "health", _("health")
        SINGLE_PARENT = "single_parent", _("single parent")
        PREGNANT = "pregnant", _("pregnant")
        ELDERLY = "elderly", _("elderly")
        DISABILITY = "disability", _("disability")
        SURVIVOR_OF_VIOLENCE = "survivor_of_violence", _("survivor of violence")
        LARGE_FAMILY = "large_family", _("large family")
        SMALL_CHILDREN = "small_children", _("small children")
        LGBTIQ = "lgbtiq", _("LGBTIQ+")
        OTHER = "other", _("other")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="vulnerabilities")
    case = models.ForeignKey("casework.Case", on_delete=models.CASCADE, null=True, blank=True, related_name="vulnerabilities")
    code = models.CharField(_("kind"), max_length=24, choices=Code.choices)
    source = models.CharField(
        max_length=10,
        choices=[("sender", _("the sender")), ("person", _("the person")), ("screening", _("screening"))],
        default="sender",
    )
    known_on = models.DateField(default=clock.today)
    ended_on = models.DateField(null=True, blank=True)

    objects = VulnerabilityQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "vulnerabilities"
        indexes = [models.Index(fields=["person"], name="vulnerability_of_person")]

    def __str__(self) -> str:
        return self.get_code_display()
