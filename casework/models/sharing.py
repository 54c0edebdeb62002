"""The register of sharing: nothing of a person goes to anybody outside without a line here (promise 5.13)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from casework.models.ties import one_of


class SharingQuerySet(models.QuerySet["Sharing"]):
    def running(self) -> "SharingQuerySet":
        """Not ended by the person, whether or not its day has passed."""
        return self.filter(ended_on=None)


class Sharing(models.Model):
    """Who was given what of one person, on which basis, and till when they may keep it. Shown to the person."""

    class What(models.TextChoices):
        CV = "cv", _("the CV")

    class Basis(models.TextChoices):
        CONSENT = "consent", _("with the person’s yes for this very recipient")

    person = models.ForeignKey("casework.Person", on_delete=models.CASCADE, related_name="sharings")
    case = models.ForeignKey("casework.Case", on_delete=models.CASCADE, related_name="sharings")
    employer = models.ForeignKey("casework.Employer", on_delete=models.PROTECT, related_name="+", verbose_name=_("with"))
    what = models.CharField(_("what"), max_length=12, choices=What.choices, default=What.CV)
    basis = models.CharField(_("basis"), max_length=12, choices=Basis.choices, default=Basis.CONSENT)
    since = models.DateField(_("given on"))
    until = models.DateField(_("may be kept until"))
    ended_on = models.DateField(_("taken back on"), null=True, blank=True)

    objects = SharingQuerySet.as_manager()

    class Meta:
        ordering = ["-since", "-pk"]
        constraints = [
            one_of("sharing", "what", ["cv"]),
            one_of("sharing", "basis", ["consent"]),
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="sharing_ends"),
        ]

    def __str__(self) -> str:
        return f"{self.get_what_display()}: {self.employer}"
