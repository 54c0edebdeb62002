"""Who signs a row, and who may still strike it out."""

import datetime as dt
import uuid
from typing import Any

from django.utils.translation import gettext as _

from accounts.scope import scope_of
from casework.models import Barred
from workflows import clock
from workflows.acting import Blocker, NotYours, Refused
from workflows.actors import actor_of

SEVEN_DAYS = dt.timedelta(days=7)


def author(by: Any) -> uuid.UUID:
    """The key of the person who acts. Raises NotYours for the system: a row that says *recorded by* names a person."""
    user = actor_of(by).user
    if user is None:
        raise NotYours(_("A person records this."))
    return user.pk


def supervises(by: Any, office_id: uuid.UUID) -> bool:
    """Whether the one who acts is a supervisor at the office. The system is nobody's supervisor."""
    user = actor_of(by).user
    return user is not None and scope_of(user).holds("supervisor", office_id)


def may_correct(by: Any, office_id: uuid.UUID, recorded_at: dt.datetime) -> None:
    """Raise NotYours where the record is older than seven days and `by` is no supervisor there."""
    if clock.now() - recorded_at > SEVEN_DAYS and not supervises(by, office_id):
        raise NotYours(_("This was recorded more than seven days ago: a supervisor corrects it."))


def not_barred(person_id: uuid.UUID, colleague: Any) -> None:
    """Raise Refused where the person named this colleague as one who must not open their file (promise 5.18)."""
    if Barred.objects.filter(person=person_id, user=colleague).exists():
        raise refuse("barred", _("The person wishes that this colleague does not open the file. Name another."))


def refuse(code: str, sentence: Any, link: str = "", link_label: Any = "") -> Refused:
    """One missing thing that only the words of the form could show."""
    return Refused([Blocker(code, sentence, link, link_label)])
