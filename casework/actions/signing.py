"""The second person says no: what was proposed is off the table, with the reason."""

from typing import Any

from django.utils.translation import gettext as _

from casework.actions.authorship import refuse
from casework.models import Case
from workflows.acting import act, withdraw


def turn_down_proposal(case: Case, *, by: Any, what: str, words: str, version: int | None = None) -> Case:
    """Say no to what somebody proposed, a closing or a plan above the ceiling, and write down why; it can be proposed anew.

    Refuses without the reason, and where nothing of the kind is proposed (any more). Moves nothing, and ends no help.
    """
    if not words.strip():
        raise refuse("reason", _("Write down why, so that the colleague can do better than guess."))
    with act(case, "casework.turn_down_proposal", by=by, version=version, note=words.strip()) as case:
        withdraw(case, what)
        case.says(what=what)
    return case
