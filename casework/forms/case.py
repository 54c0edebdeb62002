from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from casework import states
from casework.forms.verb import DayField, VerbForm, choice, row, tomorrow, words
from casework.models import Programme
from casework.notices import words_of
from workflows.models import Task
from workflows.partial import PartialDateFormField


class JustPress(VerbForm):
    """A verb that asks for nothing."""


class ReferForm(forms.Form):
    """A new return of a person whom the office knows."""

    programme = forms.ModelChoiceField(queryset=Programme.objects.none(), label=_("Programme"))
    office = row(_("Office"))
    sender = forms.CharField(label=_("Sender"), max_length=120, required=False)
    sender_reference = forms.CharField(label=_("Reference of the sender"), max_length=60, required=False)
    return_as_sent = choice(states.ReturnAsSent, _("Return, as the sender wrote it"), required=False)
    host_country = forms.CharField(label=_("Host country"), max_length=2, required=False, help_text=_("Two letters: FR, IT, DE."))
    expected_arrival = PartialDateFormField(label=_("Expected arrival"), required=False)
    arrived_on = PartialDateFormField(label=_("Arrived on"), required=False)
    path = choice(states.Path, _("Path wished for"), required=False)

    def __init__(self, *args: Any, offices: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["programme"].queryset = Programme.objects.filter(offices__in=offices).distinct()  # type: ignore[attr-defined]
        self.fields["office"].queryset = offices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        programme, office = facts.get("programme"), facts.get("office")
        if programme and office and not programme.offices.filter(pk=office.pk).exists():
            self.add_error("office", _("This office does not work in the programme."))
        facts["host_country"] = (facts.get("host_country") or "").upper()
        return facts


class ConfirmArrivalForm(VerbForm):
    arrived_on = PartialDateFormField(label=_("Arrived on"), required=True)

    def begins_with(self) -> dict[str, Any]:
        return {"arrived_on": str(self.case.expected_arrival or "")}


class AssignCaseworkerForm(VerbForm):
    caseworker = row(_("Caseworker"))
    reason = words(_("Why it changes"), lines=2)

    def prepare(self) -> None:
        working = User.objects.filter(is_active=True, grants__in=_grants(self.case.office_id)).distinct().order_by("name")
        self.fields["caseworker"].queryset = working  # type: ignore[attr-defined]
        self.initial.setdefault("caseworker", self.user.pk if not self.case.caseworker_id else None)
        self.fields["reason"].required = self.case.caseworker_id is not None


def _grants(office_id: Any) -> Any:
    """Who is a caseworker at the office now."""
    grants = User.grants.rel.related_model.objects.in_force()  # type: ignore[attr-defined]
    return grants.filter(role="caseworker", office=office_id) | grants.filter(role="caseworker", office=None)


class BeginCounsellingForm(VerbForm):
    language = forms.CharField(label=_("Language"), max_length=12, required=False)
    interpreter = forms.CharField(label=_("Interpreter"), max_length=80, required=False)

    def begins_with(self) -> dict[str, Any]:
        return {"language": self.case.person.language}


class BackToCounsellingForm(VerbForm):
    reason = choice(states.Back, _("Why"))
    words = words(_("In words"))


class PutOnHoldForm(VerbForm):
    reason = choice(states.HoldReason, _("Why"))
    review_on = DayField(label=_("Look at it again on"), help_text=_("Legal last days keep running."))
    words = words(_("In words"))


class SetLastDayForm(VerbForm):
    kind = choice(states.LastDay, _("Until when what"))
    due_on = DayField(label=_("Last day"))


class AddTaskForm(VerbForm):
    what = words(_("What is to be done"), required=True, lines=2)
    due_on = DayField(label=_("By when"))
    assignee = row(_("For"), required=False)
    urgent = forms.BooleanField(label=_("It cannot wait"), required=False)

    def begins_with(self) -> dict[str, Any]:
        return {"due_on": tomorrow()}

    def prepare(self) -> None:
        self.fields["assignee"].queryset = (
            User.objects.filter(is_active=True, grants__in=_grants(self.case.office_id)).distinct().order_by("name")
        )  # type: ignore[attr-defined]


class TaskChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return str(words_of(obj))


class CompleteTaskForm(VerbForm):
    subject = "task"
    task = TaskChoice(queryset=Task.objects.none(), label=_("Task"))

    def prepare(self) -> None:
        self.offer("task", Task.objects.open().filter(stream=self.case.stream).order_by("due_on"))
