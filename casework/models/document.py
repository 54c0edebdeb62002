"""Papers: that they were seen, until when they hold, and, where a copy is kept, where. Files are never served publicly."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from casework import states
from casework.models.ties import one_of


class DocumentQuerySet(models.QuerySet["Document"]):
    def expiring(self, *, by: object) -> "DocumentQuerySet":
        """Those that lapse by the day."""
        return self.filter(expires_on__lte=by)


class Document(models.Model):
    """One paper of a case, or why there is none."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("casework.Case", on_delete=models.CASCADE, related_name="documents")
    kind = models.CharField(_("kind"), max_length=20, choices=states.DocumentKind.choices)
    title = models.CharField(_("what it is"), max_length=120, blank=True)
    seen_on = models.DateField(_("seen on"), null=True, blank=True)
    absent_because = models.CharField(
        _("there is none, because"),
        max_length=20,
        blank=True,
        default="",
        choices=[
            ("lost", _("It was lost on the way")),
            ("taken", _("It was taken away")),
            ("never_had", _("There never was one")),
            ("asked_for", _("It is asked for")),
            ("at_home", _("It is with the family")),
            ("not_said", _("The person prefers not to say")),
        ],
    )
    expires_on = models.DateField(_("valid until"), null=True, blank=True)
    # Encrypted under HOMEWARD_DATA/files/<id>; the name that the sender gave is not a path.
    file_name = models.CharField(max_length=120, blank=True, default="")
    content_type = models.CharField(max_length=60, blank=True, default="")
    size = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True, default="")
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = DocumentQuerySet.as_manager()

    class Meta:
        ordering = ["-added_at"]
        constraints = [
            one_of("document", "kind", states.DocumentKind),
            models.CheckConstraint(
                condition=Q(seen_on__isnull=False, absent_because="") | (Q(seen_on=None) & ~Q(absent_because="")),
                name="document_seen_or_absent",
            ),
        ]
        indexes = [models.Index(fields=["case", "kind"], name="document_of_case")]

    def __str__(self) -> str:
        return self.title or self.get_kind_display()
