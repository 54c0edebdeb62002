from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from casework import states
from casework.forms.verb import DayField, MoneyField, VerbForm, choice
from casework.models import Document


class GiveFirstAidForm(VerbForm):
    kind = choice(states.AidKind, _("What"))
    for_whom = forms.CharField(label=_("For whom"), max_length=80, required=False)
    amount = MoneyField(label=_("How much"))
    receipt = forms.CharField(label=_("Receipt number"), max_length=40, required=False)
    thumb_print = forms.BooleanField(label=_("A thumb-print was taken"), required=False)
    first_witness = forms.CharField(label=_("First witness"), max_length=80, required=False)
    second_witness = forms.CharField(label=_("Second witness"), max_length=80, required=False)
    given_on = DayField(label=_("Given on"), required=False)


class AddDocumentForm(VerbForm):
    kind = choice(states.DocumentKind, _("Kind"))
    title = forms.CharField(label=_("What it is"), max_length=120, required=False)
    seen_on = DayField(label=_("Seen on"), required=False)
    absent_because = forms.ChoiceField(
        label=_("Or: there is none, because"),
        required=False,
        choices=[("", "—"), *Document._meta.get_field("absent_because").choices],
    )  # type: ignore[list-item]
    expires_on = DayField(label=_("Valid until"), required=False)
    file = forms.FileField(label=_("Copy"), required=False, help_text=_("PDF, JPEG or PNG, up to 10 MB. It is encrypted."))

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        if bool(facts.get("seen_on")) == bool(facts.get("absent_because")) and not {"seen_on", "absent_because"} & set(self.errors):
            self.add_error("seen_on", _("Say on which day the paper was seen, or why there is none."))
        return facts


class BookCostForm(VerbForm):
    category = choice(states.CostCategory, _("For"))
    what = forms.CharField(label=_("What"), max_length=120, required=False)
    amount = MoneyField(label=_("Amount"))
    spent_on = DayField(label=_("Spent on"), required=False)
    receipt = forms.CharField(label=_("Receipt number"), max_length=40, required=False)
