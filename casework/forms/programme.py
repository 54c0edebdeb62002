"""The rules of a programme, part by part: each form becomes the keywords of one verb."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import Office
from casework.forms.verb import DayField, MoneyField, words
from casework.models import Programme
from casework.states import LastDay, Path, PlacementKind
from workflows import clock
from workflows.acting import Refused


def _placed_kinds() -> list[tuple[str, Any]]:
    # Cash for work is help, and never counts as placed.
    return [(value, label) for value, label in PlacementKind.choices if value != PlacementKind.CASH_FOR_WORK]


class WholeNumbersField(forms.CharField):
    """Whole numbers as people write them: 3, 6, 12."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(map(str, value)) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        parts = super().clean(value).replace(";", ",").replace("،", ",").split(",")
        numbers = [part.strip() for part in parts if part.strip()]
        if not all(part.isdecimal() and len(part) < 5 for part in numbers):
            raise forms.ValidationError(_("Write whole numbers with commas between them: 3, 6, 12."))
        return [int(part) for part in numbers]


class PartForm(forms.Form):
    """One part of a programme's rules. `version` is the programme's when the page was opened, so that a stale page is noticed."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, programme: Programme, user: Any, **kwargs: Any) -> None:
        self.programme, self.user = programme, user
        self.blockers: list[Any] = []
        kwargs["initial"] = {"version": programme.version, **self.begins_with(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, MoneyField):
                field.currency = programme.currency
                field.label = f"{field.label} ({field.currency})"
        # Why comes last, whatever the part asks.
        self.fields["reason"] = words(_("Why it changes"), required=True, lines=2)

    def begins_with(self) -> dict[str, Any]:
        """What stands in the form before anybody types: the rules as they are."""
        return {name: getattr(self.programme, name) for name in self.base_fields if hasattr(Programme, name) and name != "version"}

    def settings(self) -> Mapping[str, Any]:
        """What the verb is called with, besides the reason and the version."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("version", "reason")}

    def refuse(self, refused: Refused) -> None:
        """Say in the form why the verb was refused; what was typed stays."""
        self.blockers = refused.blockers

    def keep_up(self, version: int) -> None:
        """After a stale page: the next press speaks of the programme as it is now."""
        self.data = self.data.copy()
        self.data["version"] = str(version)

    @property
    def row_sets(self) -> Sequence[Any]:
        """Sets of rows, for a part that has them."""
        return ()


class NameForm(PartForm):
    name = forms.CharField(label=_("Name"), max_length=120)
    ended_on = DayField(
        label=_("Ended on"), required=False, help_text=_("From then on it takes no new referrals; work and asking go on.")
    )


class BasisForm(PartForm):
    lawful_basis = words(_("Why the office may keep a file"), required=True, help_text=_("In words that can be read out."))
    lawful_basis_decided_by = forms.CharField(label=_("Decided by"), max_length=120)
    lawful_basis_decided_on = DayField(label=_("Decided on"))

    def begins_with(self) -> dict[str, Any]:
        found = super().begins_with()
        if not self.programme.lawful_basis_decided_by:
            found.update(lawful_basis_decided_by=self.user.name, lawful_basis_decided_on=clock.today())
        return found


class NumberForm(forms.Form):
    label = forms.CharField(label=_("Who answers"), max_length=80)
    number = forms.CharField(label=_("Number"), max_length=30, widget=forms.TextInput(attrs={"dir": "ltr"}))
    checked_on = DayField(label=_("Called, and it answered, on"), required=False)
    dead_since = DayField(label=_("Does not answer since"), required=False)


class NumbersForm(PartForm):
    """The numbers in the order in which they are read out; a row that is emptied goes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        made = forms.formset_factory(NumberForm, extra=2, max_num=12, absolute_max=20)
        began = list(self.programme.emergency_numbers.values("label", "number", "checked_on", "dead_since"))
        self.rows = made(self.data if self.is_bound else None, prefix="numbers", initial=began)
        for each in self.rows:
            each.empty_permitted = True
            each.use_required_attribute = False

    def is_valid(self) -> bool:
        emptied = [each for each in self.rows if self.is_bound and not any(each[name].value() for name in NumberForm.base_fields)]
        for each in emptied:
            each.has_changed = lambda: False
        return super().is_valid() and self.rows.is_valid()

    def settings(self) -> Mapping[str, Any]:
        return {"emergency_numbers": [row for row in self.rows.cleaned_data if row.get("number")]}

    @property
    def row_sets(self) -> Sequence[Any]:
        return (self.rows,)


class CeilingsForm(PartForm):
    first_aid_ceiling = MoneyField(label=_("First aid: a caseworker alone gives up to"))
    plan_approval_ceiling = MoneyField(label=_("A plan is approved by a second person above"))
    payment_approval_ceiling = MoneyField(label=_("Two people approve a payment above"))


class AskingForm(PartForm):
    schedule_months = WholeNumbersField(label=_("People are asked after (months)"), max_length=60)
    reminder_days = WholeNumbersField(label=_("Reminded after (days)"), max_length=60, required=False)
    round_opens_before = forms.IntegerField(label=_("A round opens before its day (days)"), min_value=0, max_value=60)
    round_closes_after = forms.IntegerField(label=_("A round closes after its day (days)"), min_value=7, max_value=365)
    ask_once_within = forms.IntegerField(label=_("Two rounds are asked once within (days)"), min_value=0, max_value=180)
    lost_after_days = forms.IntegerField(label=_("Silence before a person may be called lost (days)"), min_value=30, max_value=1000)

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, programme=programme, **kwargs)
        reason = self.fields.pop("reason")
        for path, label in _paths():
            self.fields[f"path_{path}"] = WholeNumbersField(
                label=_("On the path “%(path)s” (months)") % {"path": label},
                max_length=60,
                required=False,
                initial=programme.schedule_by_path.get(path, []),
                help_text=_("Empty: as everybody"),
            )
        self.fields["reason"] = reason

    def settings(self) -> Mapping[str, Any]:
        given = dict(super().settings())
        of_paths = {path: given.pop(f"path_{path}") for path, _label in _paths()}
        return {**given, "schedule_by_path": {path: months for path, months in of_paths.items() if months}}


class LastDaysForm(PartForm):
    """How many months after the arrival each right ends; empty where the law sets no day."""

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, programme=programme, **kwargs)
        reason = self.fields.pop("reason")
        for kind, label in LastDay.choices:
            self.fields[kind] = forms.IntegerField(
                label=_("%(what)s (months after the arrival)") % {"what": label},
                min_value=1,
                max_value=120,
                required=False,
                initial=programme.last_days.get(kind),
            )
        self.fields["reason"] = reason

    def settings(self) -> Mapping[str, Any]:
        return {"last_days": {kind: months for kind, months in super().settings().items() if months}}


class LanguagesForm(PartForm):
    languages = forms.MultipleChoiceField(
        label=_("People are written to in"), choices=settings.LANGUAGES, widget=forms.CheckboxSelectMultiple
    )


class FiguresForm(PartForm):
    small_cell = forms.IntegerField(label=_("Figures below this are hidden"), min_value=3, max_value=50)
    placed_kinds = forms.MultipleChoiceField(
        label=_("What counts as placed"), choices=_placed_kinds, widget=forms.CheckboxSelectMultiple
    )
    started_only_days = forms.IntegerField(label=_("Shorter work counts as started only (days)"), min_value=0, max_value=365)


class OfficesForm(PartForm):
    offices = forms.ModelMultipleChoiceField(
        label=_("Offices that carry it out"), queryset=Office.objects.none(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["offices"].queryset = Office.objects.filter(active=True) | self.programme.offices.all()  # type: ignore[attr-defined]

    def begins_with(self) -> dict[str, Any]:
        return {"offices": self.programme.offices.all()}

    def settings(self) -> Mapping[str, Any]:
        return {"offices": list(self.cleaned_data["offices"])}


class SetUpProgrammeForm(forms.Form):
    code = forms.SlugField(label=_("Code"), max_length=30, help_text=_("As it stands in lists and commands: TN-RETURN"))
    name = forms.CharField(label=_("Name"), max_length=120)
    country = forms.RegexField(r"^[A-Za-z]{2}$", label=_("Where people come back to"), help_text=_("Two letters: TN"))
    currency = forms.RegexField(
        r"^[A-Za-z]{3}$", label=_("Currency of plans and ceilings"), initial="EUR", help_text=_("Three letters: EUR")
    )
    offices = forms.ModelMultipleChoiceField(
        label=_("Offices that carry it out"), queryset=Office.objects.filter(active=True), widget=forms.CheckboxSelectMultiple,
        required=False,
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.blockers: list[Any] = []

    def refuse(self, refused: Refused) -> None:
        """Say in the form why the verb was refused; what was typed stays."""
        self.blockers = refused.blockers

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"].upper()
        if Programme.objects.filter(code__iexact=code).exists():
            raise forms.ValidationError(_("Another programme has this code."))
        return code

    def clean_country(self) -> str:
        return str(self.cleaned_data["country"]).upper()

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()


def _paths() -> list[tuple[str, Any]]:
    return [(value, label) for value, label in Path.choices if value]


PARTS: Mapping[str, tuple[Any, type[PartForm]]] = {
    "name": (_("Name and end"), NameForm),
    "lawful-basis": (_("Lawful basis"), BasisForm),
    "numbers": (_("Numbers to call in danger"), NumbersForm),
    "offices": (_("Offices"), OfficesForm),
    "ceilings": (_("Ceilings"), CeilingsForm),
    "asking": (_("Asking how it goes"), AskingForm),
    "last-days": (_("Last days"), LastDaysForm),
    "languages": (_("Languages"), LanguagesForm),
    "figures": (_("Figures"), FiguresForm),
}
"""The parts of a programme's rules: the name in the address → its title and its form."""
