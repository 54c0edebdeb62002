from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from casework import states
from casework.forms.verb import DayField, VerbForm, choice, row, words
from workflows.partial import PartialDateFormField


class Correction(VerbForm):
    """Which row, what was wrong with it, and what is right. Nothing filled in as right means: strike it out."""

    mistake = choice(states.Mistake, _("What was wrong"))
    words = words(_("In words"))
    right: tuple[str, ...] = ()
    """The fields that say what is right."""

    def keywords(self) -> dict[str, Any]:
        facts = super().keywords()
        if not self.right:
            return facts
        changes = {name: facts.pop(name) for name in self.right if name in facts}
        return {**facts, "changes": {name: value for name, value in changes.items() if value not in ("", None)}}


class CorrectArrivalForm(Correction):
    arrived_on = PartialDateFormField(label=_("Arrived on"), required=False, help_text=_("Empty: the person has not arrived."))
    field_order = ("arrived_on",)

    def keywords(self) -> dict[str, Any]:
        return {**super().keywords(), "arrived_on": self.cleaned_data["arrived_on"]}


class CorrectSessionForm(Correction):
    subject, right = "session", ("held_on", "minutes", "how")
    session = row(_("Talk"))
    held_on = DayField(label=_("Right day"), required=False, help_text=_("Nothing filled in: the talk is struck out."))
    minutes = forms.IntegerField(label=_("Right length (minutes)"), min_value=1, max_value=480, required=False)
    how = choice(states.Meeting, _("How"), required=False)
    field_order = ("session",)

    def begins_with(self) -> dict[str, Any]:
        return {}

    def prepare(self) -> None:
        self.offer("session", self.case.sessions.standing())


class CorrectPlacementForm(Correction):
    subject, right = "placement", ("started_on", "ended_on", "kind", "occupation")
    placement = row(_("Work"))
    started_on = PartialDateFormField(
        label=_("Right first day"), required=False, help_text=_("Nothing filled in: the work is struck out.")
    )
    ended_on = PartialDateFormField(label=_("Right last day"), required=False)
    kind = choice([("", _("As it is")), *states.PlacementKind.choices], _("Right kind"), required=False)
    occupation = forms.CharField(label=_("Right occupation"), max_length=80, required=False)
    field_order = ("placement",)

    def prepare(self) -> None:
        self.offer("placement", self.case.placements.standing().select_related("employer"))

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        placement = facts.get("placement")
        if placement and facts.get("ended_on") and not placement.ended_on:
            self.add_error("ended_on", _("This work has no end on record: record the end instead."))
        return facts


class CorrectEnrolmentForm(Correction):
    subject = "enrolment"
    enrolment = row(_("Course"))
    field_order = ("enrolment",)

    def prepare(self) -> None:
        self.offer("enrolment", self.case.enrolments.standing().select_related("course"))


class CorrectCostForm(Correction):
    subject = "cost"
    cost = row(_("Cost"))
    field_order = ("cost",)

    def prepare(self) -> None:
        self.offer("cost", self.case.costs.standing())
