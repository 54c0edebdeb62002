import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from casework import states
from casework.forms.verb import DayField, VerbForm, choice, row, words
from casework.models import Course
from workflows import clock


class EnrolForm(VerbForm):
    course = row(_("Course"))
    starts_on = DayField(label=_("Starts on"), required=False)
    confirmed = forms.BooleanField(label=_("The centre has confirmed the place"), required=False)

    def prepare(self) -> None:
        self.fields["course"].queryset = Course.objects.still_open(on=clock.today()).select_related("provider")  # type: ignore[attr-defined]


class OfEnrolment(VerbForm):
    subject = "enrolment"
    enrolment = row(_("Course"))

    def prepare(self) -> None:
        self.offer("enrolment", self.case.enrolments.running().select_related("course"))


class ConfirmEnrolmentForm(OfEnrolment):
    starts_on = DayField(label=_("Starts on"), required=False)

    def prepare(self) -> None:
        self.offer("enrolment", self.case.enrolments.standing().filter(state=states.EnrolmentState.ASKED).select_related("course"))


class RecordAttendanceForm(OfEnrolment):
    first_day = DayField(label=_("Days of the week that begins on"))
    present = forms.MultipleChoiceField(
        label=_("Was there on"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[
            ("0", _("Monday")),
            ("1", _("Tuesday")),
            ("2", _("Wednesday")),
            ("3", _("Thursday")),
            ("4", _("Friday")),
            ("5", _("Saturday")),
        ],
    )
    absent = forms.MultipleChoiceField(
        label=_("Was away on"), required=False, widget=forms.CheckboxSelectMultiple, choices=present.choices
    )

    def begins_with(self) -> dict[str, Any]:
        return {"first_day": clock.today() - dt.timedelta(days=clock.today().weekday())}

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        if both := set(facts.get("present", [])) & set(facts.get("absent", [])):
            self.add_error("absent", _("A day is in both lists.") if both else "")
        elif not facts.get("present") and not facts.get("absent"):
            self.add_error("present", _("Tick at least one day."))
        return facts

    def keywords(self) -> dict[str, Any]:
        facts = self.cleaned_data
        monday = facts["first_day"] - dt.timedelta(days=facts["first_day"].weekday())
        return {
            "days": {
                monday + dt.timedelta(days=int(day)): there
                for name, there in (("present", True), ("absent", False))
                for day in facts[name]
            }
        }


class CompleteCourseForm(OfEnrolment):
    on = DayField(label=_("Finished on"))
    certificate = forms.BooleanField(label=_("A certificate was given"), required=False)


class DropOutForm(OfEnrolment):
    on = DayField(label=_("Left on"))
    reason = choice(states.DropOut, _("Why"))
    words = words(_("In words"))
