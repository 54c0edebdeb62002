"""Opening a file for a stated purpose: a name needs one."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from casework.actions.authorship import author, refuse
from casework.models import Barred, Case, Opening
from workflows import clock
from workflows.acting import NotYours, act
from workflows.models import Note


def open_for_purpose(case: Case, *, by: Any, purpose: str, words: str) -> Opening:
    """Open a file to read, for a while, and write down what for; the supervisor of its office is told.

    Refuses without the purpose in words. Denies a file whose person named this colleague (promise 5.18) as one that is not
    there. Changes nothing in the file.
    """
    if not words.strip():
        raise refuse("words", _("Write down what for, in your own words."))
    who = author(by)
    if Barred.objects.filter(person=case.person_id, user=who).exists():
        raise NotYours(_("There is no such file."))
    now = clock.now()
    opening = Opening(
        case=case,
        user_id=who,
        purpose=purpose,
        opened_at=now,
        until=now + dt.timedelta(minutes=settings.OPENED_FOR_MINUTES),
    )
    with act(opening, "casework.open_for_purpose", by=by, note=words.strip(), audience=Note.RESTRICTED) as opening:
        opening.says(case=case.pk, purpose=purpose, until=opening.until)
    return opening
