"""What the pages of this room ask for."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from casework.models import Programme
from casework.states import Reached
from monitoring import instruments
from monitoring.actions.answering import Question
from monitoring.instruments import PREFER_NOT
from monitoring.reports.follow_up import NotYet
from monitoring.states import WAIVED_BY_HAND, PhoneIs, Way, Why
from workflows import clock

# What is wrong with an answer, said to whoever typed it.
WRONG = {
    "not_offered": _("Choose one of the answers."),
    "nothing_chosen": _("Choose an answer, or skip this question."),
    "stands_alone": _("“None” stands alone: leave out the others."),
    "not_a_number": _("Write a number."),
    "out_of_range": _("This number is too small or too large."),
    "not_a_date": _("Write the month and the year, like 2026-03."),
    "no_such_date": _("There is no such date. The month and the year are enough, like 2026-03."),
}


class FiguresForm(forms.Form):
    """Whose figures, and of which day."""

    programme = forms.ChoiceField(label=_("Programme"))
    as_of = forms.DateField(
        label=_("As of"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), input_formats=["%Y-%m-%d"]
    )

    def __init__(self, programmes: Iterable[Programme], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = self.fields["programme"]
        assert isinstance(choices, forms.ChoiceField)
        choices.choices = [(one.code, one.name) for one in programmes]
        # A field for days shows nothing of what is none: the sentence repeats it.
        typed = str(self.data.get("as_of", ""))[:20]
        self.fields["as_of"].error_messages["invalid"] = _("There is no such day: %(typed)s. Write it like 2026-06-30.") % {
            "typed": typed
        }

    def clean_as_of(self) -> dt.date:
        """A day that has come."""
        as_of: dt.date = self.cleaned_data["as_of"]
        if as_of > clock.today():
            raise forms.ValidationError(str(NotYet()))
        return as_of


class BeginForm(forms.Form):
    """Whose telephone it is: asked before anything else."""

    phone_is = forms.ChoiceField(
        label=_("Whose phone is this?"),
        choices=[one for one in PhoneIs.choices if one[0]],
        widget=forms.RadioSelect,
        required=False,
    )


class QuestionForm(forms.Form):
    """One question on its screen. It never shows what was answered before (promise 5.6), only what was just typed wrong."""

    def __init__(self, question: Question, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.question = question
        language = get_language() or "en"
        options = [(option.id, instruments.text(option, language)) for option in question.instrument.choices(question.item)]
        kind = question.item.type
        if kind == "one":
            field: forms.Field = forms.ChoiceField(choices=options, widget=forms.RadioSelect)
        elif kind == "many":
            field = forms.MultipleChoiceField(choices=options, widget=forms.CheckboxSelectMultiple)
        else:
            hint = _("A whole number") if kind == "number" else _("Year and month, like 2026-03")
            attrs = {
                "class": "form-control",
                "inputmode": "decimal" if kind == "number" else "numeric",
                "autocomplete": "off",
                "dir": "ltr",
            }
            field = forms.CharField(max_length=20, widget=forms.TextInput(attrs=attrs), help_text=hint)
        field.label = instruments.text(question.item, language)
        field.error_messages["required"] = WRONG["nothing_chosen"] if options[1:] else WRONG["not_a_number"]
        field.error_messages["invalid_choice"] = WRONG["not_offered"]
        field.required = False
        self.fields["answer"] = field
        self.prefer_not = options[-1] if kind in ("number", "date") else None

    def clean(self) -> dict[str, Any]:
        """As the question's own rules have it, with the sentence for what is wrong."""
        cleaned = super().clean() or {}
        given = PREFER_NOT if self.data.get("prefer_not") else cleaned.get("answer")
        if self.errors:
            return cleaned
        if given in (None, "", []):
            self.add_error("answer", WRONG["nothing_chosen"])
            return cleaned
        try:
            cleaned["given"] = instruments.clean(self.question.item, given)
        except instruments.BadAnswer as wrong:
            self.add_error("answer", WRONG.get(wrong.code, WRONG["not_offered"]))
        return cleaned


class InterviewForm(forms.Form):
    """All questions of a round on one page, read aloud by a caseworker. What is left empty was not asked."""

    way = forms.ChoiceField(
        label=_("How"), choices=[one for one in Way.choices if one[0] != Way.WEB], initial=Way.PHONE, widget=forms.RadioSelect
    )
    refused = forms.ChoiceField(
        label=_("Or a no"),
        required=False,
        widget=forms.RadioSelect,
        choices=[
            ("", _("No, the person answers")),
            (Why.NOT_THIS_TIME, _("Not this time")),
            (Why.NEVER_AGAIN, _("Never again: we stop asking for good")),
        ],
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, questions: list[Question], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions
        language = get_language() or "en"
        for question in questions:
            options = [(option.id, instruments.text(option, language)) for option in question.instrument.choices(question.item)]
            kind = question.item.type
            if kind == "one":
                field: forms.Field = forms.ChoiceField(choices=options, widget=forms.RadioSelect, required=False)
            elif kind == "many":
                field = forms.MultipleChoiceField(choices=options, widget=forms.CheckboxSelectMultiple, required=False)
            else:
                field = forms.CharField(max_length=20, required=False)
            field.label = instruments.text(question.item, language)
            if question.item.alone_only:
                field.help_text = _("Only when nobody else can hear.")
            elif question.item.ask_if:
                field.help_text = _("Only if it fits what was said before.")
            self.fields[question.key] = field

    def clean(self) -> dict[str, Any]:
        """Each answer by its question's own rules."""
        cleaned = super().clean() or {}
        self.given: dict[tuple[str, str], Any] = {}
        for question in self.questions:
            given = cleaned.get(question.key)
            if given in (None, "", []):
                continue
            try:
                self.given[question.instrument.name, question.item.id] = instruments.clean(question.item, given)
            except instruments.BadAnswer as wrong:
                self.add_error(question.key, WRONG.get(wrong.code, WRONG["not_offered"]))
        return cleaned

    def asked(self) -> list[Any]:
        """The bound fields of the questions, in order."""
        return [self[question.key] for question in self.questions]


class AttemptForm(forms.Form):
    """One tap: what came of a try."""

    outcome = forms.ChoiceField(choices=Reached.choices)
    reach = forms.IntegerField(required=False)
    way = forms.ChoiceField(choices=Way.choices, required=False)
    later_at = forms.DateTimeField(required=False, input_formats=["%Y-%m-%dT%H:%M"])
    version = forms.IntegerField(required=False)


class WaiveForm(forms.Form):
    """Why a round is left out."""

    why = forms.ChoiceField(label=_("Why"), choices=[(why.value, why.label) for why in WAIVED_BY_HAND], widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("In words, for the file"), required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
