"""What the verbs of people and offices ask for."""

import re
import zoneinfo
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import Office, User
from accounts.roles import ROLES
from accounts.scope import EVERYWHERE, scope_of
from workflows.acting import Refused

EVERY_OFFICE = "everywhere"


class VerbForm(forms.Form):
    """The form of one verb. `version` is the row's when the page was opened, so that a stale page is noticed."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.blockers: list[Any] = []
        super().__init__(*args, **kwargs)

    def refuse(self, refused: Refused) -> None:
        """Say in the form why the verb was refused; what was typed stays."""
        self.blockers = refused.blockers

    def keep_up(self, version: int) -> None:
        """After a stale page: the next press speaks of the row as it is now."""
        self.data = {**self.data.dict(), "version": str(version)} if isinstance(self.data, QueryDict) else self.data


class UserForm(VerbForm):
    """Who somebody is, and how they are written to."""

    name = forms.CharField(label=_("Name"), max_length=120)
    short_name = forms.CharField(label=_("Called"), max_length=40, required=False, help_text=_("As colleagues say it"))
    email = forms.EmailField(label=_("E-mail"), max_length=254, help_text=_("They sign in with it"))
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)


class GrantForm(VerbForm):
    """One role, at one office or at every one: no answer is taken for *everywhere*."""

    role = forms.ChoiceField(label=_("Role"), help_text=_("“What each role may do” has them in words"))
    office = forms.ChoiceField(label=_("Where"))

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        where = scope_of(by).where("accounts.grant_role")
        offices = Office.objects.filter(active=True)
        here = offices if where == EVERYWHERE else offices.filter(pk__in=where)
        self.offices = {str(office.pk): office for office in here}
        everywhere = [(EVERY_OFFICE, _("Every office, those of tomorrow included"))] if where == EVERYWHERE else []
        self.fields["role"].choices = [("", "—"), *((code, role.label) for code, role in ROLES.items())]  # type: ignore[attr-defined]
        self.fields["office"].choices = [  # type: ignore[attr-defined]
            ("", "—"),
            *((pk, office.name) for pk, office in self.offices.items()),
            *everywhere,
        ]

    def clean_office(self) -> Office | None:
        """The office, or None for every one."""
        return self.offices.get(self.cleaned_data["office"])


_COUNTRY = re.compile(r"[A-Z]{2}")


class OfficeForm(VerbForm):
    """Where an office is and when it answers."""

    name = forms.CharField(label=_("Name"), max_length=80)
    country = forms.CharField(label=_("Country"), max_length=2, required=False, help_text=_("Two letters: TN"))
    time_zone = forms.CharField(label=_("Time zone"), max_length=40, initial="Africa/Tunis", help_text=_("As in Africa/Tunis"))
    phone = forms.CharField(
        label=_("Telephone"), max_length=30, required=False, widget=forms.TextInput(attrs={"type": "tel", "dir": "ltr"})
    )
    hours = forms.CharField(label=_("Opening hours"), max_length=120, required=False)

    def clean_country(self) -> str:
        """Two capital letters, or nothing."""
        country = self.cleaned_data["country"].strip().upper()
        if country and not _COUNTRY.fullmatch(country):
            raise forms.ValidationError(_("Write the two letters of the country, as in TN."), "country")
        return country

    def clean_time_zone(self) -> str:
        """A zone that this machine knows."""
        zone = self.cleaned_data["time_zone"].strip()
        if zone not in zoneinfo.available_timezones():
            raise forms.ValidationError(_("There is no such time zone. Write it as Africa/Tunis."), "time_zone")
        return zone


class OpenOfficeForm(OfficeForm):
    """A new office and its code, which stays."""

    code = forms.SlugField(label=_("Code"), max_length=20, help_text=_("Short, and for good: TUNIS"))
    field_order = ("code", "name")


class CorrectOfficeForm(OfficeForm):
    """An office as it is; closed, it takes no new files."""

    active = forms.BooleanField(label=_("Open to new files"), required=False)


class FirstPasswordForm(forms.Form):
    """The first password, written twice."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Twelve characters or more; four words that do not belong together are good."),
    )
    again = forms.CharField(
        label=_("The same again"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Both the same, and not to be guessed."""
        given = super().clean() or self.cleaned_data
        password, again = given.get("password"), given.get("again")
        if password and again and password != again:
            self.add_error("again", _("The two are not the same."))
        if password:
            try:
                password_validation.validate_password(password, self.user)
            except forms.ValidationError as weak:
                self.add_error("password", weak)
        return given


class LanguageForm(forms.Form):
    """The language that one is written to in."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)


class PeopleFilter(forms.Form):
    """What the list of people is narrowed to. Nonsense narrows nothing."""

    q = forms.CharField(label=_("Name or e-mail"), required=False, max_length=200)
    role = forms.ChoiceField(label=_("Role"), required=False)
    office = forms.ModelChoiceField(Office.objects.all(), label=_("Office"), required=False, empty_label=_("Any"))
    closed = forms.BooleanField(label=_("Access ended"), required=False)
    after = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [("", _("Any")), *((code, role.label) for code, role in ROLES.items())]  # type: ignore[attr-defined]

    def wanted(self) -> dict[str, Any]:
        """The answers that were understood, as `people_page` takes them."""
        self.is_valid()
        given = self.cleaned_data
        after: UUID | None = given.get("after")
        return {
            "words": given.get("q", ""),
            "role": given.get("role", ""),
            "office": given.get("office"),
            "closed": given.get("closed", False),
            "after": after,
        }
