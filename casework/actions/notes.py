"""Words about a file, with who may read them."""

from typing import Any

from django.utils.translation import gettext as _

from casework.actions.authorship import refuse
from casework.models import Case
from workflows.acting import act
from workflows.models import Note


def write_note(case: Case, *, by: Any, text: str, audience: str = Note.FILE, version: int | None = None) -> Case:
    """Write a note on the file, for those whom `audience` names; the event knows only that there is one.

    Refuses an empty note. Leaves everything else as it is.
    """
    if not text.strip():
        raise refuse("empty", _("Write what is to be noted."))
    with act(case, "casework.write_note", by=by, version=version, note=text.strip(), audience=audience) as case:
        pass
    return case
