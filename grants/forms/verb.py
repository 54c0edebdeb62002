"""The shape of every verb's form of this room: what it asks for becomes the verb's keywords, every refusal a sentence."""

from typing import Any

from django import forms

from casework.forms.verb import MoneyField
from workflows.acting import Refused
from workflows.machine import AggregateRoot


class RootForm(forms.Form):
    """The form of one verb on one call, pitch, sitting, contract or payment. `version` is the row's when the page was opened."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, root: AggregateRoot, user: Any, **kwargs: Any) -> None:
        self.root, self.user = root, user
        self.blockers: list[Any] = []
        kwargs["initial"] = {"version": root.version, **self.begins_with(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, MoneyField):
                field.currency = self.currency
                field.label = f"{field.label} ({field.currency})"
        self.prepare()

    @property
    def currency(self) -> str:
        """The currency of the amounts in the form."""
        for row in (self.root, getattr(self.root, "call", None), getattr(self.root, "contract", None)):
            if (found := getattr(row, "currency", "")) != "":
                return str(found)
        return "EUR"

    def begins_with(self) -> dict[str, Any]:
        """What stands in the form before anybody types."""
        return {}

    def prepare(self) -> None:
        """Offer what this row has: a verb's own choices."""

    def keywords(self) -> dict[str, Any]:
        """What the verb is called with, besides its row, `by` and `version`."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version" and value is not None}

    def refuse(self, refused: Refused) -> None:
        """Say in the form why the verb was refused; what was typed stays."""
        self.blockers = refused.blockers

    def keep_up(self, version: int) -> None:
        """After a stale page: the next press speaks of the row as it is now."""
        self.data = self.data.copy()
        self.data["version"] = str(version)
