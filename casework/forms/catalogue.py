"""What all files draw on: centres, courses, employers, vacancies."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Office
from casework import states
from casework.data.labour_law import law_of
from casework.forms.verb import DayField, DayInput, choice, words
from casework.models import LANGUAGES_OF_WORK, Course, Employer, Provider, Vacancy


class Versioned(forms.Form):
    """What is said of a row that is there; `version` is the row's when the page was opened, so that a stale page is noticed."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def keep_up(self, version: int) -> None:
        """After a stale page: the next press speaks of the row as it is now."""
        self.data = self.data.copy()
        self.data["version"] = str(version)


class ProviderForm(forms.ModelForm, Versioned):
    class Meta:
        model = Provider
        fields = ["name", "place", "phone", "email"]


class CourseForm(forms.ModelForm, Versioned):
    class Meta:
        model = Course
        fields = [
            "provider", "title", "occupation", "language", "starts_on", "ends_on", "places",
            "committed_employer", "committed_jobs", "committed_by",
        ]  # fmt: skip
        widgets = {name: DayInput() for name in ("starts_on", "ends_on", "committed_by")}


class EmployerForm(forms.ModelForm, Versioned):
    class Meta:
        model = Employer
        fields = ["name", "place", "trade", "phone", "email"]


# How advertisements say it, in the languages that they are written in here. Trades that have two forms are not among them.
_WISHES = {
    "sex": re.compile(
        r"\b(?:m[ea]n only|wom[ea]n only|males?|females?|ladies|gentlem[ea]n|girls?|boys?)\b"
        r"|\b(?:hommes?(?! d)|femmes?(?! d)|dames|filles?|garçons?|sexe)\b"
        r"|رجال|نساء|ذكور|إناث|اناث|فتيات|بنات|شباب فقط",
        re.I,
    ),
    "age": re.compile(
        r"\b(?:under|over|below|above|max(?:imum)?|moins de|plus de|entre)\s+\d\d\b|\b\d\d\s*(?:-|–|to|à)\s*\d\d\s*(?:years?|ans)\b"
        r"|\bmax(?:imum)?\.?\s*\d\d\s*(?:years?|ans)\b|\byoung (?:people|m[ea]n|wom[ea]n)\b|\bjeunes?\b|سن\s*\d",
        re.I,
    ),
    "origin": re.compile(
        r"\b(?:nationals? only|no (?:migrants?|returnees?|foreigners?)|nationalit[yé]|tribe|race|religion|muslims?|christians?|"
        r"pas de (?:migrants?|étrangers?))\b|جنسية|قبيلة",
        re.I,
    ),
}


class VacancyForm(forms.ModelForm):
    posted_on = DayField(label=_("Posted on"), required=False)
    languages = forms.MultipleChoiceField(
        label=_("Languages that the work needs"), required=False, choices=LANGUAGES_OF_WORK, widget=forms.CheckboxSelectMultiple
    )
    wish = forms.MultipleChoiceField(
        label=_("Does the employer wish for people of"),
        required=False,
        choices=[("sex", _("one sex")), ("age", _("some age")), ("origin", _("some origin, colour or faith"))],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Tick what was said. Such a wish is not carried out; you get the words to answer it with."),
    )

    class Meta:
        model = Vacancy
        fields = [
            "employer", "title", "occupation", "kind", "place", "level", "languages", "hazardous", "source", "source_reference",
            "posted_on", "expires_on",
        ]  # fmt: skip
        widgets = {"expires_on": DayInput()}

    def clean(self) -> dict[str, Any]:
        """A wish by sex, age or origin is refused with the law that forbids it, whether it was ticked or stands in the words."""
        facts: dict[str, Any] = super().clean() or {}
        ticked = facts.pop("wish", [])
        for name, said in _WISHES.items():
            if name in ticked:
                self.add_error("wish", refusal_of(name))
            for field in ("title", "occupation"):
                if found := said.search(facts.get(field) or ""):
                    self.add_error(field, _("“%(words)s”: %(why)s") % {"words": found.group(), "why": refusal_of(name)})
        return facts


def refusal_of(wish: str) -> str:
    """What to answer an employer who wishes for people of one sex, age or origin, with the law of the country named."""
    country = Office.objects.filter(active=True).values_list("country", flat=True).first() or ""
    law = law_of(country)
    sentences = {
        "sex": (_("We look for whoever can do the work, women and men. A choice by sex is against the law: %(law)s."), law.by_sex),
        "age": (
            _("We look for whoever can do the work. A choice by age treats people unequally: %(law)s. Name what the work needs."),
            law.by_age,
        ),
        "origin": (_("We look for whoever can do the work. A choice by origin is against the law: %(law)s."), law.by_origin),
    }
    sentence, name = sentences[wish]
    return sentence % {"law": name}


class ConcernForm(Versioned):
    kind = choice(states.EmployerWrong, _("What it is about"))
    words = words(_("What was said or seen"), help_text=_("Write no name of somebody who told you in trust."))


class EmployerVisitForm(Versioned):
    finding = choice(states.VisitFinding, _("What the visit found"))
    found = words(_("What was seen"))
