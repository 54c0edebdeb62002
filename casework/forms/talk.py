"""What the talk asks for, part by part. Nothing in it is needed to go on, and every part keeps itself."""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.models import Office
from accounts.scope import EVERYWHERE, scope_of
from casework import states
from casework.forms.people import LANGUAGES, NO_PAPERS, WaysFormSet
from casework.forms.verb import DayField, MomentField, MoneyField, choice, words
from casework.models import LANGUAGES_OF_WORK, Answer, Appointment, Case, Profile, Programme, Purpose, ScreeningOutcome, Sex
from workflows import clock
from workflows.acting import Refused
from workflows.partial import PartialDate, PartialDateFormField

A_DAY = dt.timedelta(days=1)
ABOUT = re.compile(r"^\s*(about|around|environ|vers|ca\.?|~|حوالي|نحو)\s*", re.IGNORECASE)


# ——— born: day, month and year, each of them perhaps not known ———


@dataclass(frozen=True)
class Born:
    """A birth as it was said: the date as far as it is known, and whether “about” was said."""

    on: PartialDate | None
    about: bool = False


class BornWidget(forms.MultiWidget):
    template_name = "casework/talk/born.html"

    def __init__(self) -> None:
        shown = ((_("Day"), _("day")), (_("Month"), _("month")), (_("Year"), _("year, or about 1990")))
        attrs = [{"aria-label": label, "placeholder": hint, "autocomplete": "off"} for label, hint in shown]
        super().__init__([forms.TextInput(attrs=one) for one in attrs])

    def decompress(self, value: Any) -> list[str]:
        if not isinstance(value, Born) or value.on is None:
            return ["", "", ""]
        year = str(value.on.year)
        return [
            str(value.on.day or ""),
            str(value.on.month or ""),
            str(_("about %(year)s") % {"year": year}) if value.about else year,
        ]


class BornField(forms.MultiValueField):
    """Three boxes; “about 1990” is an answer, and so is nothing."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            fields=[forms.CharField(required=False, max_length=20) for _part in range(3)],
            widget=BornWidget(),
            required=False,
            require_all_fields=False,
            help_text=_("Leave out what is not known. “about 1990” is an answer."),
            **kwargs,
        )

    def compress(self, data_list: Any) -> Born:
        day, month, year = [(part or "").strip() for part in (data_list or ("", "", ""))]
        bare = ABOUT.sub("", year)
        about = bare != year
        if not (day or month or bare):
            return Born(None)
        if not re.fullmatch(r"\d{4}", bare):
            raise forms.ValidationError(_("The year has four figures. If it is not known, leave all three out."), "bad_year")
        if day and not month:
            raise forms.ValidationError(_("A day without its month: leave the day out, or add the month."), "no_month")
        try:
            on = PartialDate(int(bare), int(month) if month else None, int(day) if day else None)
        except ValueError:
            raise forms.ValidationError(
                _("There is no such day. If the day is not known, write the month and the year."), "no_such_day"
            ) from None
        if on.earliest > clock.today():
            raise forms.ValidationError(_("This day lies ahead."), "ahead")
        return Born(on, about)


# ——— the parts ———


class Part(forms.Form):
    """One part of the talk. `version` is that of what it changes first, so that a stale page is noticed."""

    code = ""
    of_person = False
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: QueryDict | None = None, *, case: Case, user: Any, draft: QueryDict | None = None) -> None:
        self.case, self.user = case, user
        self.blockers: list[Any] = []
        super().__init__(data, prefix=self.code)
        self.prepare()
        self.initial.update(self.begins_with())
        if draft is not None:
            self.initial.update(self.typed(draft))
        self.initial["version"] = case.person.version if self.of_person else case.version

    def prepare(self) -> None:
        """Offer what this case has."""

    def begins_with(self) -> dict[str, Any]:
        """What stands in the part before anybody types."""
        return {}

    def typed(self, draft: QueryDict) -> dict[str, Any]:
        """What was typed and not said yet, to stand in the part again."""
        return {
            name: field.widget.value_from_datadict(draft, {}, self.add_prefix(name))
            for name, field in self.fields.items()
            if name != "version"
        }

    def refuse(self, refused: Refused) -> None:
        """Say in the part why a verb was refused; what was typed stays."""
        self.blockers = refused.blockers

    def keep_up(self, version: int) -> None:
        """After a stale page: the next press speaks of the record as it is now."""
        self.data = self.data.copy()
        self.data[self.add_prefix("version")] = str(version)


class WordsPart(Part):
    code, of_person = "words", True
    language = forms.CharField(widget=forms.HiddenInput, max_length=12)
    interpreter = forms.CharField(label=_("Interpreter"), max_length=120, required=False)
    interpreter_bound = forms.BooleanField(label=_("Has signed to keep silent"), required=False)


class NeedsPart(Part):
    """What is needed today: each tick asks how much, and for a receipt or a thumb-print."""

    code = "needs"
    KINDS = (
        ("bed", _("Bed")),
        ("food", _("Food")),
        ("medicine", _("Medicine")),
        ("transport", _("Ride")),
        ("phone", _("Phone card")),
        ("child", _("For a child")),
        ("nothing", _("Nothing")),
    )
    needs = forms.MultipleChoiceField(label=_("Today you need"), choices=KINDS, required=False, widget=forms.CheckboxSelectMultiple)

    def prepare(self) -> None:
        for kind, _label in self.KINDS[:-1]:
            amount = MoneyField(label=_("How much (%(currency)s)") % {"currency": self.case.programme.currency}, required=False)
            amount.currency = self.case.programme.currency
            amount.widget.attrs["inputmode"] = "decimal"
            self.fields[f"{kind}_amount"] = amount
            self.fields[f"{kind}_receipt"] = forms.CharField(label=_("Receipt number"), max_length=40, required=False)
            self.fields[f"{kind}_thumb"] = forms.BooleanField(label=_("Thumb-print taken"), required=False)

    def rows(self) -> list[dict[str, Any]]:
        """Each kind with its tick and its questions."""
        return [
            {"kind": kind, "label": label, **{name: self[f"{kind}_{name}"] for name in ("amount", "receipt", "thumb")}}
            for kind, label in self.KINDS[:-1]
        ]

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        for kind in facts.get("needs") or ():
            if kind != "nothing" and f"{kind}_amount" not in self.errors and facts.get(f"{kind}_amount") is None:
                self.add_error(f"{kind}_amount", _("Say how much; nothing is 0."))
        return facts

    def aids(self) -> list[dict[str, Any]]:
        """What is given, as `give_first_aid` takes it."""
        facts = self.cleaned_data
        return [
            {
                "kind": kind,
                "amount": facts[f"{kind}_amount"],
                "receipt": facts[f"{kind}_receipt"],
                "thumb_print": facts[f"{kind}_thumb"],
            }
            for kind in facts["needs"]
            if kind != "nothing"
        ]


class WhoPart(Part):
    code, of_person = "who", True
    called = forms.CharField(label=_("Name, as you say it"), max_length=120, required=False)
    native_name = forms.CharField(label=_("Name on your papers, in its own script"), max_length=160, required=False)
    given_names = forms.CharField(label=_("Given names, in Latin letters"), max_length=120, required=False)
    family_name = forms.CharField(label=_("Family name, in Latin letters"), max_length=120, required=False)
    born = BornField(label=_("Born"))
    sex = choice(Sex, _("Sex"))
    language = forms.ChoiceField(label=_("Language you like to speak"), choices=LANGUAGES, required=False)
    reads = forms.CharField(
        label=_("And read"), max_length=60, required=False, help_text=_("What, and how well: “French a little”.")
    )
    place = forms.CharField(label=_("Place you live in"), max_length=80, required=False)
    arrived_on = PartialDateFormField(label=_("Day you came back"), required=False)
    identity_seen_on = DayField(label=_("Papers seen on"), required=False)
    identity_absent_because = forms.ChoiceField(label=_("Or no papers, because"), choices=NO_PAPERS, required=False)
    OF_PERSON = (
        *("called", "native_name", "given_names", "family_name", "sex", "language", "reads", "place"),
        *("identity_seen_on", "identity_absent_because"),
    )

    def prepare(self) -> None:
        if self.case.state != states.REFERRED or self.case.arrived_on:
            del self.fields["arrived_on"]

    def begins_with(self) -> dict[str, Any]:
        person = self.case.person
        facts = {name: getattr(person, name) for name in self.OF_PERSON}
        return {**facts, "born": Born(person.born, person.born_is_estimate), "arrived_on": str(self.case.expected_arrival or "")}

    def person_facts(self) -> dict[str, Any]:
        """What `correct_person` is called with; an emptied box is an answer."""
        born: Born = self.cleaned_data["born"]
        facts = {name: self.cleaned_data[name] for name in self.OF_PERSON}
        return {**facts, "born": born.on, "born_is_estimate": born.about}


class HomePart(Part):
    """With whom the person lives, and who should not know: the second half is for the protection lead."""

    code, of_person = "home", True
    household_size = forms.IntegerField(label=_("How many live there, with you"), min_value=1, max_value=60, required=False)
    feared_name = forms.CharField(label=_("Who should not know you came: name"), max_length=120, required=False)
    feared_phone = forms.CharField(label=_("Number of that person"), max_length=40, required=False)
    never_leave_message = forms.BooleanField(label=_("Never leave a message"), required=False)
    never_visit_home = forms.BooleanField(label=_("Never visit at home"), required=False)
    never_write_letters = forms.BooleanField(label=_("No letters to the house"), required=False)
    words = words(_("In words"), lines=2, help_text=_("Only protection reads this."))
    BINDING = ("never_leave_message", "never_visit_home", "never_write_letters")

    def begins_with(self) -> dict[str, Any]:
        safety = getattr(self.case.person, "safety", None)
        bound = {name: getattr(safety, name, False) for name in self.BINDING}
        return {"household_size": self.case.person.household_size, **bound}

    def safety(self) -> dict[str, Any] | None:
        """What `set_safety` is called with, or None where nothing of it was said or changed."""
        facts, standing = self.cleaned_data, getattr(self.case.person, "safety", None)
        settings_ = {name: facts[name] for name in self.BINDING if facts[name] != getattr(standing, name, False)}
        if facts["feared_name"] or facts["feared_phone"]:
            known = getattr(standing, "feared", None) or []
            settings_["feared"] = [*known, {"name": facts["feared_name"], "phone": facts["feared_phone"]}]
        if facts["words"].strip():
            settings_["words"] = facts["words"]
        return settings_ or None


class AwayPart(Part):
    code = "away"
    occupation = forms.CharField(label=_("Your trade"), max_length=80, required=False)
    years_abroad_at_work = forms.IntegerField(label=_("Years at work there"), min_value=0, max_value=60, required=False)
    level = forms.ChoiceField(
        label=_("School"), required=False, choices=[("", _("Not known")), *Profile._meta.get_field("level").choices]
    )  # type: ignore[list-item]
    languages = forms.MultipleChoiceField(label=_("Languages you can work in"), required=False, widget=forms.CheckboxSelectMultiple)
    skills = words(_("What you did there, and what you can do"))
    papers = forms.MultipleChoiceField(
        label=_("Papers you brought"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[
            (kind.value, kind.label)
            for kind in (
                states.DocumentKind.DIPLOMA,
                states.DocumentKind.WORK,
                states.DocumentKind.SOCIAL_SECURITY,
                states.DocumentKind.MEDICAL,
                states.DocumentKind.CONTRACT,
            )
        ],
        help_text=_("A tick says: seen today."),
    )

    def prepare(self) -> None:
        self.fields["languages"].choices = LANGUAGES_OF_WORK  # type: ignore[attr-defined]

    def begins_with(self) -> dict[str, Any]:
        profile = Profile.objects.filter(person=self.case.person_id).first()
        names = ("occupation", "level", "languages", "years_abroad_at_work", "skills")
        return {name: getattr(profile, name) for name in names} if profile else {}

    def profile(self) -> dict[str, Any]:
        """What `record_profile` is called with."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("version", "papers")}


class AlonePart(Part):
    """Opened by the answer *only the two of us*; without it the verb refuses."""

    code, of_person = "alone", True
    alone = forms.BooleanField(widget=forms.HiddenInput, required=False)
    outcomes = forms.MultipleChoiceField(
        label=_("What follows"), choices=ScreeningOutcome.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    words = words(_("In words"), help_text=_("Only protection reads this."))
    interpreter = forms.CharField(label=_("Interpreter"), max_length=120, required=False, help_text=_("Never a relative."))


class HopePart(Part):
    code = "hope"
    hope = words(_("In a year, in your own words"))
    path = choice(states.Path, _("The way you would like to go"), required=False)
    office_promises = words(_("What we promise, a line each"), lines=2)
    person_promises = words(_("What you will do, a line each"), lines=2)
    not_promised = words(_("What we said we cannot promise"), lines=2, help_text=_("It is kept as a note of the file."))

    def begins_with(self) -> dict[str, Any]:
        return {"path": self.case.path}

    def promises(self) -> list[dict[str, str]]:
        """The promises of both sides, as `draft_plan` takes them."""
        sides = ((states.PromiseBy.OFFICE, "office_promises"), (states.PromiseBy.PERSON, "person_promises"))
        return [
            {"whose": whose, "what": line.strip()[:300]}
            for whose, name in sides
            for line in self.cleaned_data[name].splitlines()
            if line.strip()
        ]


class PermissionsPart(Part):
    """Three questions, each yes, no or later; keeping a file is notice, and a CV is asked for employer by employer."""

    code, of_person = "permissions", True
    ASKED = (Purpose.FOLLOW_UP, Purpose.TRAINING_CENTRE, Purpose.COUNTS)
    language = forms.CharField(widget=forms.HiddenInput, required=False, max_length=12)
    interpreter = forms.CharField(label=_("Interpreter"), max_length=120, required=False)

    def prepare(self) -> None:
        answers = [(one.value, one.label.capitalize()) for one in (Answer.YES, Answer.NO, Answer.LATER)]
        for purpose in self.ASKED:
            self.fields[purpose.value] = forms.ChoiceField(choices=answers, required=False, widget=forms.RadioSelect)

    def answers(self) -> dict[str, str]:
        """What `record_consent` is called with: only what was asked."""
        return {one.value: self.cleaned_data[one.value] for one in self.ASKED if self.cleaned_data.get(one.value)}


class BookedField(forms.ModelChoiceField):
    """A choice among booked talks, each by its hour here."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{date_format(timezone.localtime(obj.starts_at), 'l j F, H:i')} {obj.about}".strip()


class SessionPart(Part):
    """The talk itself, ninety seconds after the person has left."""

    code = "session"
    appointment = BookedField(label=_("The talk that was booked"), queryset=Appointment.objects.none(), required=False)
    came_with = forms.CharField(label=_("Who came along"), max_length=120, required=False)
    interpreter = forms.CharField(label=_("Interpreted by"), max_length=80, required=False)
    topics = forms.MultipleChoiceField(
        label=_("What we talked about"), choices=states.Topic.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    agreed = words(_("What we agreed"))
    next_at = MomentField(label=_("Next date"), required=False)
    next_about = forms.CharField(label=_("What we do then"), max_length=120, required=False)
    next_bring = forms.CharField(label=_("What you bring"), max_length=200, required=False)
    restricted_note = words(_("Note for the caseworker and the supervisor alone"), lines=2)

    def prepare(self) -> None:
        booked = self.case.appointments.booked().filter(starts_at__lte=clock.now() + A_DAY).order_by("-starts_at")
        if not booked.exists():
            del self.fields["appointment"]
            return
        self.fields["appointment"].queryset = booked  # type: ignore[attr-defined]
        self.initial["appointment"] = booked.values_list("pk", flat=True).first()


PARTS: dict[str, type[Part]] = {
    part.code: part
    for part in (WordsPart, NeedsPart, WhoPart, HomePart, AwayPart, AlonePart, HopePart, PermissionsPart, SessionPart)
}


def ways_formset(data: QueryDict | None, case: Case, draft: QueryDict | None = None) -> Any:
    """The ways to reach this person in their order, or what was typed of them and not said yet."""
    if data is not None:
        return WaysFormSet(data, prefix="reach")
    if draft is not None:
        return WaysFormSet(prefix="reach", initial=_typed_ways(draft))
    standing = [{"id": way.pk, **{name: getattr(way, name) for name in _WAY}} for way in case.person.reaches.filter(ended_at=None)]
    return WaysFormSet(prefix="reach", initial=standing)


_WAY = [
    "kind",
    "value",
    "whose",
    "trusted_name",
    "trusted_relation",
    "may_be_said",
    "hours_from",
    "hours_to",
    "days",
    "language",
    "leave_message",
]


def _typed_ways(draft: QueryDict) -> list[dict[str, Any]]:
    try:
        count = min(int(draft.get("reach-TOTAL_FORMS", "0")), 8)
    except ValueError:
        return []
    empty = WaysFormSet.form()
    rows = []
    for at in range(count):
        row = {
            name: field.widget.value_from_datadict(draft, {}, f"reach-{at}-{name}")
            for name, field in empty.fields.items()
        }  # fmt: skip
        if row.get("kind") or row.get("value"):
            rows.append(row)
    return rows


# ——— a new person ———


class NewPersonForm(forms.Form):
    """The shortest form there is: one thing that is known is enough."""

    given_names = forms.CharField(label=_("Given names"), max_length=120, required=False)
    family_name = forms.CharField(label=_("Family name"), max_length=120, required=False)
    native_name = forms.CharField(label=_("Name in its own script"), max_length=160, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"}))
    born = BornField(label=_("Born"))
    sex = choice(Sex, _("Sex"), initial=Sex.UNKNOWN)
    language = forms.ChoiceField(label=_("Language they like to speak"), choices=LANGUAGES, required=False)
    place = forms.CharField(label=_("Place they live in"), max_length=80, required=False)
    arrived_on = PartialDateFormField(label=_("Day they came back"), required=False)
    programme = forms.ModelChoiceField(label=_("Programme"), queryset=Programme.objects.none())
    office = forms.ModelChoiceField(label=_("Office"), queryset=Office.objects.none())

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        where = scope_of(user).where("casework.refer")
        offices = Office.objects.filter(active=True)
        offices = offices if where == EVERYWHERE else offices.filter(pk__in=where)
        programmes = Programme.objects.filter(offices__in=offices, ended_on=None).exclude(live_since=None).distinct()
        for name, rows in (("office", offices), ("programme", programmes)):
            self.fields[name].queryset = rows  # type: ignore[attr-defined]
            only = list(rows[:2])
            if len(only) == 1:
                self.fields[name].widget = forms.HiddenInput()
                self.initial.setdefault(name, only[0].pk)

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        programme, office = facts.get("programme"), facts.get("office")
        if programme and office and not programme.offices.filter(pk=office.pk).exists():
            self.add_error("office", _("This office does not work in the programme."))
        if not any(facts.get(name) for name in ("given_names", "family_name", "native_name", "phone", "place")):
            raise forms.ValidationError(_("Write one thing that you know: a name, a phone or a place."), "nothing")
        return facts

    def who(self) -> dict[str, Any]:
        """The person, as `new_person` takes them."""
        facts = self.cleaned_data
        born: Born = facts["born"]
        names = ("given_names", "family_name", "native_name", "sex", "language", "place")
        return {**{name: facts[name] for name in names}, "born": born.on, "born_is_estimate": born.about}
