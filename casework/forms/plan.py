from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from casework import states
from casework.forms.verb import DayField, MoneyField, VerbForm, choice, row, words
from casework.models import Promise


class LineForm(forms.Form):
    kind = forms.ChoiceField(label=_("For"), choices=[("", "—"), *states.PlanLineKind.choices])
    what = forms.CharField(label=_("What"), max_length=200, required=False)
    amount = MoneyField(label=_("Amount"), required=False)
    by_when = DayField(label=_("By when"), required=False)
    referral_needed = forms.BooleanField(label=_("Referral needed"), required=False)


class GoalForm(forms.Form):
    what = forms.CharField(label=_("Goal"), max_length=300)
    by_when = DayField(label=_("By when"), required=False)


class PromiseForm(forms.Form):
    whose = forms.ChoiceField(label=_("Whose"), choices=states.PromiseBy.choices, initial=states.PromiseBy.OFFICE)
    what = forms.CharField(label=_("Promise"), max_length=300)
    by_when = DayField(label=_("By when"), required=False)


class DraftPlanForm(VerbForm):
    """The plan with its rows; empty rows say nothing. It begins as the plan that stands."""

    path = choice(states.Path, _("Path"), required=False)
    hope = words(_("What the person hopes for in a year, in their words"))

    def prepare(self) -> None:
        last = self.case.plans.filter(replaced_at=None).order_by("-number").first()
        if last:
            self.initial.update(path=last.path, hope=last.hope)
        began = {
            "lines": [{name: getattr(line, name) for name in LineForm.base_fields} for line in last.lines.all()] if last else [],
            "goals": [{"what": goal.what, "by_when": goal.by_when} for goal in last.goals.all()] if last else [],
            "promises": [{"whose": one.whose, "what": one.what, "by_when": one.by_when} for one in last.promises.all()]
            if last
            else [],
        }
        self.rows = {}
        for name, form, extra in (("goals", GoalForm, 2), ("lines", LineForm, 3), ("promises", PromiseForm, 3)):
            made = forms.formset_factory(form, extra=extra, max_num=40, absolute_max=60, can_delete=False)
            begins = began[name] if self.typed is None else _rows_typed(self.typed, name, form)
            self.rows[name] = made(self.data if self.is_bound else None, prefix=name, initial=None if self.is_bound else begins)
            for each in self.rows[name]:
                each.empty_permitted = True
                if "amount" in each.fields:
                    each.fields["amount"].currency = self.case.programme.currency

    @property
    def row_sets(self) -> list[Any]:
        """The formsets in the order of the page, for the template."""
        return list(self.rows.values())

    def is_valid(self) -> bool:
        return all([super().is_valid(), *(rows.is_valid() for rows in self.rows.values())])

    def keywords(self) -> dict[str, Any]:
        kept = {
            name: [_said(form) for form in rows if form.has_changed() and form.cleaned_data] for name, rows in self.rows.items()
        }
        return {**super().keywords(), **kept}


def _rows_typed(typed: QueryDict, prefix: str, form: type[forms.Form]) -> list[dict[str, Any]]:
    """The rows as they were typed and not sent, without the empty ones."""
    many = typed.get(f"{prefix}-TOTAL_FORMS", "")
    rows = [
        {name: field.widget.value_from_datadict(typed, {}, f"{prefix}-{at}-{name}") for name, field in form.base_fields.items()}
        for at in range(min(int(many), 40) if many.isdecimal() else 0)
    ]
    return [row for row in rows if any(row[name] for name in row if name != "whose")]


def _said(form: forms.Form) -> dict[str, Any]:
    facts = dict(form.cleaned_data)
    if "amount" in facts:
        facts["amount"] = facts["amount"] or 0
    return facts


class AgreePlanForm(VerbForm):
    person_mark = choice(states.Mark, _("The person says"))
    reservations = words(_("Reservations, in the words of the person"))
    office_mark = choice(states.Mark, _("The office says"), initial=states.Mark.AGREED)
    on = DayField(label=_("On"), required=False)


class KeepPromiseForm(VerbForm):
    subject = "promise"
    promise = row(_("Promise"))

    def prepare(self) -> None:
        self.offer("promise", Promise.objects.open().filter(plan__case=self.case))
