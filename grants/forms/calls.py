"""What the verbs of a call ask for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from casework.forms.verb import DayField, MoneyField, choice, words
from grants import states
from grants.forms.verb import RootForm
from grants.models import Call

LEVELS = 5
_MOST_ROWS = 20


class SplitField(forms.CharField):
    """Percentages as people write them: 70, 30."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("Such as 70, 30. They add up to 100."))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        written = (super().to_python(value) or "").replace("%", " ").replace("/", " ").replace("+", " ").replace(",", " ")
        parts = written.split()
        if not all(part.isdecimal() and len(part) <= 3 for part in parts):
            raise forms.ValidationError(_("Write whole percentages: 70, 30."), "split")
        return [int(part) for part in parts]

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(map(str, value)) if isinstance(value, list) else value


class CriterionForm(forms.Form):
    question = forms.CharField(label=_("Question"), max_length=200)
    predicts = forms.CharField(label=_("What it predicts"), max_length=200)
    weight = forms.IntegerField(label=_("Weight"), min_value=1, max_value=100, initial=1)
    levels = forms.CharField(
        label=_("What 1 to 5 mean"),
        max_length=1_500,
        widget=forms.Textarea(attrs={"rows": LEVELS}),
        help_text=_("Five lines, from the least to the best. Each is a sentence about the plan, not about the person."),
    )

    def clean_levels(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["levels"].splitlines() if line.strip()]
        if len(lines) != LEVELS:
            raise forms.ValidationError(_("Five lines, one for each level; here are %(n)s."), "levels", {"n": len(lines)})
        return lines


class EligibilityForm(forms.Form):
    rule = forms.ChoiceField(label=_("Rule"), choices=[("", "—"), *states.Rule.choices])
    number = forms.IntegerField(label=_("How many"), min_value=1, max_value=600, required=False)
    question = forms.CharField(label=_("Question, where it is asked"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        rule = said.get("rule")
        if rule in (states.Rule.MONTHS_SINCE_RETURN, states.Rule.MONTHS_ABROAD) and not said.get("number"):
            self.add_error("number", _("Say how many months."))
        if rule == states.Rule.ASKED and not said.get("question"):
            self.add_error("question", _("Write the question that is asked."))
        return said


class CallForm(RootForm):
    """A call with its criteria and rules; empty rows say nothing."""

    title = forms.CharField(label=_("Title"), max_length=120)
    code = forms.SlugField(label=_("Code"), max_length=30, help_text=_("As it stands in lists and letters: 2026-1."))
    budget = MoneyField(label=_("Budget"))
    floor = MoneyField(label=_("Least amount for a plan"))
    ceiling = MoneyField(label=_("Greatest amount for a plan"))
    share = forms.IntegerField(label=_("At most so many percent of the total cost"), min_value=1, max_value=100, initial=80)
    split = SplitField(label=_("Tranches in percent"), initial=[70, 30])
    decision_mode = choice(states.DecisionMode, _("The committee decides"))
    pass_mark = forms.IntegerField(label=_("Pass mark, of 100"), min_value=0, max_value=100, initial=65)
    jury_size = forms.IntegerField(label=_("Jurors for each pitch"), min_value=1, max_value=15, initial=3)
    quorum = forms.IntegerField(label=_("Least jurors that must have scored"), min_value=1, max_value=15, initial=2)
    opens_on = DayField(label=_("Opens on"))
    closes_on = DayField(label=_("Pitches until"))
    decides_by = DayField(label=_("Decision by"))
    appeal_days = forms.IntegerField(label=_("Days to appeal"), min_value=0, max_value=120, initial=15)
    answer_days = forms.IntegerField(label=_("Days to accept an award"), min_value=1, max_value=120, initial=30)

    def prepare(self) -> None:
        call: Call = self.root  # type: ignore[assignment]
        # A form for a call that stands begins as it is; `initial` names what the clone leaves open.
        began: dict[str, list[dict[str, Any]]] = {"criteria": [], "eligibility": []}
        source = call if call.stream_seq else call.cloned_from
        if source is not None:
            began["criteria"] = [
                {"question": one.question, "predicts": one.predicts, "weight": one.weight, "levels": "\n".join(one.levels)}
                for one in source.criteria.all()
            ]
            began["eligibility"] = list(source.eligibility.values("rule", "number", "question"))
        self.rows = {}
        for name, form, extra in (("criteria", CriterionForm, 2), ("eligibility", EligibilityForm, 2)):
            made = forms.formset_factory(form, extra=extra, max_num=_MOST_ROWS, absolute_max=_MOST_ROWS * 2)
            self.rows[name] = made(
                self.data if self.is_bound else None, prefix=name, initial=None if self.is_bound else began[name]
            )
            for each in self.rows[name]:
                each.empty_permitted = True

    @property
    def row_sets(self) -> list[Any]:
        """The formsets in the order of the page, for the template."""
        return list(self.rows.values())

    def is_valid(self) -> bool:
        return all([super().is_valid(), *(rows.is_valid() for rows in self.rows.values())])

    def keywords(self) -> dict[str, Any]:
        said = {name: [form.cleaned_data for form in rows if form.cleaned_data] for name, rows in self.rows.items()}
        criteria = [{**one, "code": f"c{place}"} for place, one in enumerate(said["criteria"], 1)]
        return {**super().keywords(), "criteria": criteria, "eligibility": said["eligibility"]}


class JustPress(RootForm):
    """The verb asks for nothing."""


class ProlongCallForm(RootForm):
    closes_on = DayField(label=_("New last day"))
    decides_by = DayField(label=_("Decision by"), required=False, help_text=_("Moves along when nothing is said."))
    reason = words(_("Why"), required=True)


class RaiseBudgetForm(RootForm):
    budget = MoneyField(label=_("New budget"))
    reason = words(_("Why"), required=True)

    def begins_with(self) -> dict[str, Any]:
        return {"budget": self.root.budget}  # type: ignore[attr-defined]


class CloseSubmissionsForm(RootForm):
    next_call = forms.ModelChoiceField(
        queryset=Call.objects.none(), label=_("Drafts move to"), required=False, empty_label=_("They stay where they are")
    )

    def prepare(self) -> None:
        call: Call = self.root  # type: ignore[assignment]
        others = Call.objects.visible_to(self.user).taking_pitches().filter(programme=call.programme_id).exclude(pk=call.pk)
        self.fields["next_call"].queryset = others  # type: ignore[attr-defined]
