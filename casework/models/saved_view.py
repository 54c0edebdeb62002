"""What somebody keeps of the queue under a name of their own."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from workflows import clock
from workflows.encryption import EncryptedJSONField


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, user: Any) -> "SavedViewQuerySet":
        """One's own: nobody sees what a colleague looks for."""
        return self.filter(owner=user.pk)


class SavedView(models.Model):
    """A question to the queue, kept under a name. It holds the question, never the files: what one may see is asked each time."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views")
    name = models.CharField(_("name"), max_length=60)
    # Encrypted: the words that somebody searches for may be a name.
    asked = EncryptedJSONField()
    saved_at = models.DateTimeField(default=clock.now)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="savedview_once_a_name")]

    def __str__(self) -> str:
        return self.name
