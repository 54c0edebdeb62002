from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from casework import states
from casework.forms.verb import DayField, MomentField, VerbForm, choice, row, words


class BookSessionForm(VerbForm):
    starts_at = MomentField(label=_("When"))
    minutes = forms.IntegerField(label=_("How long (minutes)"), min_value=5, max_value=480, initial=45)
    how = choice(states.Meeting, _("How"), initial=states.Meeting.OFFICE)
    place = forms.CharField(label=_("Where"), max_length=120, required=False)
    about = forms.CharField(label=_("About"), max_length=120, required=False)
    bring = forms.CharField(label=_("What the person brings"), max_length=200, required=False)
    interpreter = forms.CharField(
        label=_("Interpreter"), max_length=80, required=False, help_text=_("Never a relative for screening, violence or consent.")
    )


class OfAppointment(VerbForm):
    subject = "appointment"
    appointment = row(_("Talk"))

    def prepare(self) -> None:
        self.offer("appointment", self.case.appointments.booked().order_by("starts_at"))


class CancelSessionForm(OfAppointment):
    words = words(_("Why"), lines=2)


class RecordNoShowForm(OfAppointment):
    reason = choice(states.NoShowReason, _("Why, as far as it is known"), initial=states.NoShowReason.NOT_KNOWN)


class RecordSessionForm(VerbForm):
    appointment = row(_("The talk that was booked"), required=False)
    held_on = DayField(label=_("Held on"))
    how = choice(states.Meeting, _("How"), required=False)
    minutes = forms.IntegerField(
        label=_("How long (minutes)"), min_value=1, max_value=480, required=False, help_text=_("Only if it was not as booked.")
    )
    came_with = forms.CharField(label=_("Who came along"), max_length=120, required=False)
    interpreter = forms.CharField(label=_("Interpreted by"), max_length=80, required=False)
    topics = forms.MultipleChoiceField(
        label=_("What we talked about"), choices=states.Topic.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    agreed = words(_("What we agreed"))
    next_on = DayField(label=_("Next date"), required=False)
    restricted_note = words(_("Note for the caseworker and the supervisor alone"))

    def prepare(self) -> None:
        self.fields["appointment"].queryset = self.case.appointments.booked().order_by("starts_at")  # type: ignore[attr-defined]

    def keywords(self) -> dict[str, Any]:
        return {name: value for name, value in super().keywords().items() if not (name == "how" and not value)}


class LogAttemptForm(VerbForm):
    result = choice(states.Reached, _("What came of it"))
