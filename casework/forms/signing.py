"""What the second person is asked, and what somebody says who opens a file for a purpose."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from casework.forms.verb import VerbForm, choice, words
from casework.states import OpeningPurpose
from workflows.acting import Refused, open_proposals

PROPOSALS = {"close_case": _("The closing"), "approve_plan": _("The plan above the ceiling")}
"""What a second person signs → what it is called."""


class TurnDownProposalForm(VerbForm):
    what = forms.ChoiceField(label=_("What"), widget=forms.RadioSelect)
    words = words(_("Why not, and what would make it a yes"), required=True)

    def prepare(self) -> None:
        """Offer what waits on this file."""
        waiting = [(one.what, PROPOSALS.get(one.what, one.what)) for one in open_proposals(self.case)]
        self.fields["what"].choices = waiting  # type: ignore[attr-defined]
        if len(waiting) == 1:
            self.initial.setdefault("what", waiting[0][0])


class OpenForPurposeForm(forms.Form):
    """A reference, what for, and in words: what stands in the record afterwards."""

    reference = forms.CharField(label=_("Reference"), max_length=40, help_text=_("As it stands in lists: TN-2026-0412"))
    purpose = choice(OpeningPurpose, _("What for"))
    words = words(_("In your own words"), required=True, help_text=_("The supervisor of the office reads this."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.blockers: list[Any] = []

    def refuse(self, refused: Refused) -> None:
        """Say in the form why not; what was typed stays."""
        self.blockers = refused.blockers
