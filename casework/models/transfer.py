"""A case that goes to another office: offered, then accepted or returned. Until accepted, the sender is responsible."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from casework import states
from casework.models.ties import at_and_by, one_of
from workflows.encryption import EncryptedTextField


class Transfer(models.Model):
    """One offer of one case, with the three lines of the hand-over."""

    case = models.ForeignKey("casework.Case", on_delete=models.CASCADE, related_name="transfers")
    from_office = models.ForeignKey("accounts.Office", on_delete=models.PROTECT, related_name="+")
    to_office = models.ForeignKey("accounts.Office", on_delete=models.PROTECT, related_name="+", verbose_name=_("to"))
    promised = EncryptedTextField(_("promised"), blank=True, default="")
    careful_with = EncryptedTextField(_("careful with"), blank=True, default="")
    next = EncryptedTextField(_("next"), blank=True, default="")
    state = models.CharField(max_length=10, choices=states.TransferState.choices, default=states.TransferState.OFFERED)
    offered_at = models.DateTimeField()
    offered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-offered_at"]
        constraints = [
            at_and_by("transfer", "answered"),
            one_of("transfer", "state", states.TransferState),
            models.UniqueConstraint(fields=["case"], condition=Q(state="offered"), name="transfer_one_offer"),
            models.CheckConstraint(condition=~Q(from_office=F("to_office")), name="transfer_to_another_office"),
            models.CheckConstraint(
                condition=Q(state="offered", answered_at=None) | (~Q(state="offered") & Q(answered_at__isnull=False)),
                name="transfer_answered_when_answered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_office_id} → {self.to_office_id}"
