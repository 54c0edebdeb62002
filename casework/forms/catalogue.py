"""What all files draw on: centres, courses, employers, vacancies."""

from django import forms

from casework.forms.verb import DayField, DayInput
from casework.models import Course, Employer, Provider, Vacancy


class ProviderForm(forms.ModelForm):
    class Meta:
        model = Provider
        fields = ["name", "place", "phone", "email"]


class CourseForm(forms.ModelForm):
    class Meta:
        model = Course
        fields = [
            "provider", "title", "occupation", "language", "starts_on", "ends_on", "places",
            "committed_employer", "committed_jobs", "committed_by",
        ]  # fmt: skip
        widgets = {name: DayInput() for name in ("starts_on", "ends_on", "committed_by")}


class EmployerForm(forms.ModelForm):
    class Meta:
        model = Employer
        fields = ["name", "place", "trade", "phone", "email"]


class VacancyForm(forms.ModelForm):
    posted_on = DayField(required=False)

    class Meta:
        model = Vacancy
        fields = ["employer", "title", "occupation", "kind", "place", "source", "source_reference", "posted_on", "expires_on"]
        widgets = {"expires_on": DayInput()}
