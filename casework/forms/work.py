from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from casework import states
from casework.forms.verb import DayField, MoneyField, VerbForm, choice, row, words
from casework.models import LANGUAGES_OF_WORK, LEVELS, Employer, Profile, Vacancy
from workflows import clock
from workflows.partial import PartialDate, PartialDateFormField


class RecordProfileForm(VerbForm):
    occupation = forms.CharField(label=_("Occupation"), max_length=80, required=False)
    level = forms.ChoiceField(label=_("Level of education"), required=False, choices=[("", _("Not known")), *LEVELS])
    languages = forms.MultipleChoiceField(label=_("Languages of work"), required=False, widget=forms.CheckboxSelectMultiple)
    years_abroad_at_work = forms.IntegerField(label=_("Years of work abroad"), min_value=0, max_value=60, required=False)
    skills = words(_("What they can do"))

    def prepare(self) -> None:
        self.fields["languages"].choices = LANGUAGES_OF_WORK  # type: ignore[attr-defined]
        if profile := Profile.objects.filter(person=self.case.person_id).first():
            self.initial.update(
                {name: getattr(profile, name) for name in ("occupation", "level", "languages", "years_abroad_at_work", "skills")}
            )


class ApplyForVacancyForm(VerbForm):
    vacancy = row(_("Job"))
    applied_on = DayField(label=_("Asked on"), required=False)
    cv_sent = forms.BooleanField(
        label=_("The office sends the CV"), required=False, help_text=_("Needs the person’s yes for this employer.")
    )

    def prepare(self) -> None:
        self.offer("vacancy", Vacancy.objects.still_open(on=clock.today()).select_related("employer"))


class RecordEmployerAnswerForm(VerbForm):
    subject = "application"
    application = row(_("Application"))
    state = choice(states.ApplicationState, _("Answer"))
    on = DayField(label=_("On"), required=False)

    def prepare(self) -> None:
        self.offer("application", self.case.applications.open().select_related("vacancy"))


class RecordPlacementForm(VerbForm):
    employer = row(_("Employer"))
    vacancy = row(_("Through which vacancy"), required=False)
    kind = choice(states.PlacementKind, _("Kind"), initial=states.PlacementKind.JOB)
    occupation = forms.CharField(label=_("Occupation"), max_length=80)
    started_on = PartialDateFormField(label=_("First day"), required=True)
    contract = choice(states.Contract, _("Contract"), required=False)
    formality = choice(states.Formality, _("Declared"), required=False)
    hours = forms.DecimalField(label=_("Hours a week"), min_value=0, max_value=99, max_digits=4, decimal_places=1, required=False)
    wage = MoneyField(label=_("Wage a month"), required=False)
    known_by = choice(states.KnownBy, _("How it is known"))
    beside = forms.BooleanField(label=_("Work beside another main work"), required=False)

    def prepare(self) -> None:
        self.fields["employer"].queryset = Employer.objects.all()  # type: ignore[attr-defined]
        self.fields["vacancy"].queryset = Vacancy.objects.filter(applications__case=self.case)  # type: ignore[attr-defined]

    def keywords(self) -> dict[str, Any]:
        facts = super().keywords()
        beside = facts.pop("beside")
        return {**facts, "main": not beside}


class OfPlacement(VerbForm):
    subject = "placement"
    placement = row(_("Work"))

    def prepare(self) -> None:
        self.offer("placement", self.case.placements.running().select_related("employer"))


class ConfirmPlacementForm(OfPlacement):
    how = choice(states.KnownBy, _("How it is known now"))


class EndPlacementForm(OfPlacement):
    ended_on = PartialDateFormField(label=_("Last day"), required=True)
    reason = choice(states.PlacementEnd, _("Why"))
    words = words(_("In words"))

    def begins_with(self) -> dict[str, Any]:
        return {"ended_on": str(PartialDate.of(clock.today()))}
