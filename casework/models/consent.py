"""Notice is given; consent is asked only where a *no* costs nothing (promises 5.1, 5.2).

Each decision is a row, and the latest counts: nothing is overwritten, so that what was allowed on a day can be shown.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workflows import clock

from .person import Person


class NoticeGiven(models.Model):
    """The person was told who we are, what we write down, why, and who reads it; in a language understood."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="notices")
    case = models.ForeignKey("casework.Case", on_delete=models.CASCADE, null=True, blank=True, related_name="notices")
    language = models.CharField(_("language"), max_length=12)
    understood = models.BooleanField(_("understood, in the person's own words"), default=True)
    interpreter = models.CharField(_("interpreter"), max_length=120, blank=True)
    interpreter_bound = models.BooleanField(_("the interpreter has signed to keep silent"), default=False)
    text_version = models.CharField(_("version of the text"), max_length=30)
    given_on = models.DateField(_("given on"))
    recorded_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name_plural = "notices given"
        ordering = ["-given_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.language} {self.given_on}"


class Purpose(models.TextChoices):
    REFERRAL = "referral", _("be referred to us (asked by the sender)")
    CV_SHARING = "cv_sharing", _("share the CV with this employer")
    FOLLOW_UP = "follow_up", _("be called or written to in 3, 6 and 12 months")
    TRAINING_CENTRE = "training_centre", _("let the training centre know")
    COUNTS = "counts", _("use the answers in counts without the name")
    PHOTO = "photo", _("take and keep a photo")
    STORY = "story", _("tell the story in public")


class Answer(models.TextChoices):
    YES = "yes", _("yes")
    NO = "no", _("no")
    LATER = "later", _("ask me later")
    UNKNOWN = "unknown", _("not known")


class ConsentQuerySet(models.QuerySet["Consent"]):
    def standing(self) -> "ConsentQuerySet":
        """Of each person, purpose and recipient, the row that counts."""
        later = Consent.objects.filter(
            person=models.OuterRef("person"),
            purpose=models.OuterRef("purpose"),
            recipient=models.OuterRef("recipient"),
            pk__gt=models.OuterRef("pk"),
        )
        return self.filter(~models.Exists(later))

    def allowing(self, purpose: str, recipient: str = "") -> "ConsentQuerySet":
        """The standing *yes* for this purpose and recipient; anything else than a yes is not one."""
        return self.standing().filter(purpose=purpose, recipient=recipient, answer=Answer.YES, withdrawn_on__isnull=True)


class Consent(models.Model):
    """One answer of one person to one question. Rows are added, never changed; the newest counts."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="consents")
    case = models.ForeignKey("casework.Case", on_delete=models.CASCADE, null=True, blank=True, related_name="consents")
    purpose = models.CharField(_("purpose"), max_length=16, choices=Purpose.choices)
    # For cv_sharing, the employer's id: consent is per recipient. Empty where the purpose has none.
    recipient = models.CharField(_("recipient"), max_length=40, blank=True, default="")
    answer = models.CharField(_("answer"), max_length=8, choices=Answer.choices)
    how = models.CharField(
        _("how"),
        max_length=8,
        choices=[
            ("spoken", _("spoken")),
            ("written", _("in writing")),
            ("phone", _("by phone")),
            ("link", _("by link")),
            ("sender", _("says the sender")),
        ],
        default="spoken",
    )
    language = models.CharField(_("language"), max_length=12, blank=True)
    interpreter = models.CharField(_("interpreter"), max_length=120, blank=True)
    asked_on = models.DateField(_("asked on"))
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True)
    recorded_at = models.DateTimeField(default=clock.now)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["person", "purpose", "recipient"], name="consent_of_person")]
        constraints = [
            models.CheckConstraint(condition=Q(withdrawn_on__isnull=True) | Q(answer="no"), name="consent_withdrawn_is_a_no"),
            models.CheckConstraint(condition=Q(purpose="cv_sharing") | Q(recipient=""), name="consent_recipient_only_for_sharing"),
            models.CheckConstraint(condition=~Q(purpose="cv_sharing") | ~Q(recipient=""), name="consent_sharing_names_recipient"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose}: {self.answer}"


def consents_of(whom: models.Model) -> ConsentQuerySet:
    """The answers that count for a person, or for the person of a case."""
    person_id = whom.pk if isinstance(whom, Person) else whom.person_id  # type: ignore[attr-defined]
    return Consent.objects.filter(person_id=person_id).standing()
