from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from casework.forms.case import _grants
from casework.forms.verb import VerbForm, row, words


class OfferTransferForm(VerbForm):
    to_office = row(_("To"))
    promised = forms.CharField(label=_("Promised"), max_length=300, required=False)
    careful_with = forms.CharField(label=_("Careful with"), max_length=300, required=False)
    next = forms.CharField(label=_("Next"), max_length=300, required=False)
    words = words(_("Why"))

    def prepare(self) -> None:
        self.fields["to_office"].queryset = self.case.programme.offices.exclude(pk=self.case.office_id)  # type: ignore[attr-defined]


class AcceptTransferForm(VerbForm):
    caseworker = row(_("Caseworker"), required=False)

    def prepare(self) -> None:
        self.fields["caseworker"].queryset = (
            User.objects.filter(is_active=True, grants__in=_grants(self.case.offered_to_id)).distinct().order_by("name")
        )  # type: ignore[attr-defined]


class ReturnTransferForm(VerbForm):
    words = words(_("Why"))
