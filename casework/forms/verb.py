"""The shape of every verb's form: what it asks for becomes the verb's keywords, and every refusal a sentence of the form."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from casework.models import Case
from casework.rules import decimals
from workflows import clock
from workflows.acting import Refused


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class DayField(forms.DateField):
    """A whole date, chosen or typed."""

    widget = DayInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("error_messages", {"invalid": _("This is not a date. Write it as 2026-05-14.")})
        super().__init__(**kwargs)


class MomentField(forms.DateTimeField):
    """A day and an hour, in the time of the office."""

    widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})


class MoneyField(forms.DecimalField):
    """An amount as people write it; the verb gets minor units."""

    currency = "EUR"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0, max_value=Decimal(10**9), **kwargs)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            # 1 200,50 and 1200.50 are both written in our offices.
            value = value.replace("\u00a0", "").replace("\u202f", "").replace(" ", "").replace(",", ".")
        return super().to_python(value)

    def clean(self, value: Any) -> Any:
        amount = super().clean(value)
        if amount is None:
            return None
        minor = amount * 10 ** decimals(self.currency)
        if minor != minor.to_integral_value():
            places = decimals(self.currency)
            raise forms.ValidationError(
                _("%(currency)s has %(places)s decimals.") % {"currency": self.currency, "places": places}, "decimals"
            )
        return int(minor)

    def prepare_value(self, value: Any) -> Any:
        return f"{Decimal(value) / 10 ** decimals(self.currency):f}" if isinstance(value, int) else value


def words(label: Any, *, required: bool = False, lines: int = 3, **more: Any) -> forms.CharField:
    """A field for some lines of text."""
    return forms.CharField(label=label, required=required, max_length=10_000, widget=forms.Textarea(attrs={"rows": lines}), **more)


def choice(states: Any, label: Any, *, required: bool = True, unknown: bool = False, **more: Any) -> forms.ChoiceField:
    """One of a TextChoices: few as a row of rings, many as a list; `unknown` adds the empty answer where the choices have none."""
    choices = list(states.choices) if hasattr(states, "choices") else list(states)
    if unknown and not any(value == "" for value, _label in choices):
        choices = [("", _("Not known")), *choices]
    few = len(choices) <= 5
    if not few and required:
        choices = [("", "—"), *choices]
    return forms.ChoiceField(
        label=label, choices=choices, required=required, widget=forms.RadioSelect if few else forms.Select, **more
    )


class VerbForm(forms.Form):
    """The form of one verb on one case. `version` is the case's when the page was opened, so that a stale page is noticed."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    subject = ""
    """The field that the verb is performed on, where that is a row of the case and not the case itself."""

    def __init__(self, *args: Any, case: Case, user: Any, typed: QueryDict | None = None, **kwargs: Any) -> None:
        self.case, self.user, self.typed = case, user, typed
        self.blockers: list[Any] = []
        kwargs["initial"] = {"version": case.version, **self.begins_with(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, MoneyField):
                field.currency = case.programme.currency
                field.label = f"{field.label} ({field.currency})"
        self.prepare()

    def begins_with(self) -> dict[str, Any]:
        """What stands in the form before anybody types."""
        return {name: clock.today() for name in ("held_on", "on", "given_on", "spent_on", "applied_on") if name in self.base_fields}

    def prepare(self) -> None:
        """Offer what this case has: a verb's own choices."""

    def offer(self, name: str, rows: Any) -> None:
        """Let the field choose among `rows`; the only one is chosen already."""
        field = self.fields[name]
        field.queryset = rows  # type: ignore[attr-defined]
        if field.required and (only := list(rows[:2])) and len(only) == 1:
            self.initial.setdefault(name, only[0].pk)

    def keywords(self) -> dict[str, Any]:
        """What the verb is called with, besides its subject, `by` and `version`."""
        return {
            name: value for name, value in self.cleaned_data.items() if name not in ("version", self.subject) and value is not None
        }

    def refuse(self, refused: Refused) -> None:
        """Say in the form why the verb was refused; what was typed stays."""
        self.blockers = refused.blockers

    def keep_up(self, version: int) -> None:
        """After a stale page: the next press speaks of the file as it is now."""
        self.data = self.data.copy()
        self.data["version"] = str(version)


def row(label: Any, *, required: bool = True) -> forms.ModelChoiceField:
    """A choice among rows that `prepare` offers."""
    return forms.ModelChoiceField(queryset=Case.objects.none(), label=label, required=required, empty_label="—")


def tomorrow() -> dt.date:
    return clock.today() + dt.timedelta(days=1)
