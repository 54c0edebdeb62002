"""A file opened for a stated purpose, by somebody who otherwise sees figures and references: what for, and until when."""

import datetime as dt
import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from casework.models.ties import one_of
from casework.states import OpeningPurpose
from workflows.machine import AggregateRoot, creates


class OpeningQuerySet(models.QuerySet["Opening"]):
    def running(self, *, at: dt.datetime) -> "OpeningQuerySet":
        """Those whose time is not over."""
        return self.filter(until__gt=at)


class Opening(AggregateRoot):
    """Its own stream, so that reading a file never makes a colleague's form of it stale."""

    stream_kind: ClassVar[str] = "opening"
    verbs: ClassVar = [creates("open_for_purpose", label=_("Open for a stated purpose"))]

    case = models.ForeignKey("casework.Case", on_delete=models.CASCADE, related_name="openings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(_("purpose"), max_length=20, choices=OpeningPurpose.choices)
    opened_at = models.DateTimeField()
    until = models.DateTimeField()

    objects = OpeningQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("opened_at")), name="opening_ends_after_it_began"),
            one_of("opening", "purpose", OpeningPurpose),
        ]
        indexes = [
            # "May this user read this file now?"
            models.Index(fields=["user", "until"], name="opening_of_user"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.purpose}"

    def offices_for(self, verb: str) -> tuple[uuid.UUID, ...]:
        """Whose locks apply: the office of the file; none yet while it is only asked who could."""
        return (self.case.office_id,) if self.case_id else ()

    @property
    def subject_person_id(self) -> Any:
        """Whose data it shows."""
        return self.case.person_id
