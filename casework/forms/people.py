"""What the verbs on a person ask for. Unknown is an answer everywhere; nothing here is needed to get help."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.scope import scope_of
from casework.forms.verb import DayField, choice, words
from casework.models import (
    Answer,
    Case,
    Employer,
    Person,
    PossibleDuplicate,
    Purpose,
    Reach,
    ScreeningOutcome,
    Sex,
    consents_of,
)
from workflows import clock
from workflows.acting import Refused
from workflows.partial import PartialDateFormField

WEEKDAYS = [(0, _("Mon")), (1, _("Tue")), (2, _("Wed")), (3, _("Thu")), (4, _("Fri")), (5, _("Sat")), (6, _("Sun"))]
NO_PAPERS = [
    ("", "—"),
    ("never_had", _("Never had any")),
    ("lost", _("Lost")),
    ("taken", _("Were taken away")),
    ("elsewhere", _("Are kept elsewhere")),
    ("not_shown", _("Does not wish to show them")),
    ("not_known", _("Not known")),
]
LANGUAGES = [
    ("", "—"),
    ("ar", _("Arabic")),
    ("fr", _("French")),
    ("en", _("English")),
    ("it", _("Italian")),
    ("de", _("German")),
    ("ber", _("Tamazight")),
    ("ti", _("Tigrinya")),
    ("am", _("Amharic")),
    ("so", _("Somali")),
    ("ka", _("Georgian")),
    ("hy", _("Armenian")),
    ("ro", _("Romanian")),
    ("ru", _("Russian")),
    ("uk", _("Ukrainian")),
    ("bn", _("Bengali")),
    ("ur", _("Urdu")),
    ("fa", _("Persian")),
    ("sq", _("Albanian")),
    ("wo", _("Wolof")),
]
_ASKED = (Purpose.FOLLOW_UP, Purpose.TRAINING_CENTRE, Purpose.COUNTS, Purpose.PHOTO, Purpose.STORY)
_IF_NOT = {
    Purpose.FOLLOW_UP: _("If not: nobody calls or writes to ask how it goes. Help and money stay the same."),
    Purpose.TRAINING_CENTRE: _("If not: the person goes there without a word from us."),
    Purpose.COUNTS: _("If not: the answers are left out of every count."),
    Purpose.PHOTO: _("If not: no photo is taken."),
    Purpose.STORY: _("If not: the story is told to nobody."),
    Purpose.CV_SHARING: _("If not: this employer gets nothing from us."),
}


class HourField(forms.TimeField):
    """An hour of the day, in the time of the office."""

    widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})


class DaysField(forms.TypedMultipleChoiceField):
    """Days of the week; none ticked means every day."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=WEEKDAYS, coerce=int, empty_value=[], required=False, **kwargs)


def language(label: Any = "") -> forms.ChoiceField:
    return forms.ChoiceField(label=label or _("Language"), choices=LANGUAGES, required=False)


class PersonForm(forms.Form):
    """The form of one verb on one person. `version` is the person's when the page was opened, so that a stale page is noticed."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, person: Person, user: Any, about: Employer | None = None, **kwargs: Any) -> None:
        self.person, self.user, self.about = person, user, about
        self.blockers: list[Any] = []
        kwargs["initial"] = {"version": person.version, **self.begins_with(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.prepare()

    def begins_with(self) -> dict[str, Any]:
        """What stands in the form before anybody types."""
        return {}

    def prepare(self) -> None:
        """Offer what this person has."""

    def may_read(self, what: str) -> bool:
        """Whether whoever fills this in reads such things at the person's office."""
        return scope_of(self.user).reads(what, self.person.authority_office_id)

    def keywords(self) -> dict[str, Any]:
        """What the verb is called with, besides its subject, `by` and `version`."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version" and value not in (None, "")}

    def refuse(self, refused: Refused) -> None:
        """Say in the form why the verb was refused; what was typed stays."""
        self.blockers = refused.blockers

    def keep_up(self, version: int) -> None:
        """After a stale page: the next press speaks of the record as it is now."""
        self.data = self.data.copy()
        self.data["version"] = str(version)


class CorrectPersonForm(PersonForm):
    called = forms.CharField(label=_("Name as they say it"), max_length=120, required=False)
    given_names = forms.CharField(label=_("Given names, as on papers"), max_length=120, required=False)
    family_name = forms.CharField(label=_("Family name, as on papers"), max_length=120, required=False)
    native_name = forms.CharField(label=_("Name in its own script"), max_length=160, required=False)
    born = PartialDateFormField(label=_("Born"), required=False)
    born_is_estimate = forms.BooleanField(label=_("The person said “about”"), required=False)
    sex = choice(Sex, _("Sex"))
    nationality = forms.CharField(label=_("Nationality"), max_length=2, required=False, help_text=_("Two letters: TN, MA, GE."))
    language = language()
    reads = forms.CharField(label=_("Reads"), max_length=60, required=False, help_text=_("What, and how well: “French a little”."))
    region = forms.CharField(label=_("Region"), max_length=60, required=False)
    place = forms.CharField(label=_("Place"), max_length=80, required=False)
    document_number = forms.CharField(label=_("Document number"), max_length=60, required=False)
    identity_seen_on = DayField(label=_("Papers seen on"), required=False)
    identity_absent_because = forms.ChoiceField(label=_("No papers because"), choices=NO_PAPERS, required=False)
    reason = words(_("Why it changes"), lines=2)

    def begins_with(self) -> dict[str, Any]:
        return {name: getattr(self.person, name) for name in self.base_fields if hasattr(self.person, name) and name != "version"}

    def clean_nationality(self) -> str:
        return self.cleaned_data["nationality"].upper()

    def keywords(self) -> dict[str, Any]:
        # An emptied box is an answer: it was not so, or it is not known.
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class RecordNoticeForm(PersonForm):
    language = forms.CharField(label=_("Language in which it was read out"), max_length=12)
    text_version = forms.CharField(label=_("Version of the text"), max_length=30, initial="1")
    understood = forms.BooleanField(label=_("Understood: the person said it in their own words"), required=False)
    interpreter = forms.CharField(label=_("Interpreter"), max_length=120, required=False)
    interpreter_bound = forms.BooleanField(label=_("The interpreter has signed to keep silent"), required=False)
    given_on = DayField(label=_("Given on"), required=False)

    def begins_with(self) -> dict[str, Any]:
        return {"language": self.person.language}


class RecordConsentForm(PersonForm):
    """Each question with yes, no or later, and what a no means. Sharing a CV is asked for one employer, named in the address."""

    recipient = forms.ModelChoiceField(queryset=Employer.objects.all(), label=_("Employer"), required=False)

    def prepare(self) -> None:
        if self.about:
            self.fields["recipient"].initial = self.about.pk
        else:
            del self.fields["recipient"]
        said = [(one.value, one.label.capitalize()) for one in (Answer.YES, Answer.NO, Answer.LATER)]
        for purpose in [Purpose.CV_SHARING] if self.about else _ASKED:
            self.fields[purpose.value] = forms.ChoiceField(
                label=purpose.label.capitalize(),
                choices=[("", _("Not asked today")), *said],
                required=False,
                widget=forms.RadioSelect,
                help_text=_IF_NOT[purpose],
            )

    def keywords(self) -> dict[str, Any]:
        said = {name: value for name, value in self.cleaned_data.items() if name in Purpose.values and value}
        recipient = self.cleaned_data.get("recipient")
        return {"answers": said, "recipient": str(recipient.pk) if recipient else ""}


class WithdrawConsentForm(PersonForm):
    """What was allowed can be taken back as easily; nothing else changes."""

    permission = forms.ChoiceField(label=_("Which permission"), widget=forms.RadioSelect)
    how = forms.ChoiceField(
        label=_("How it was said"), choices=[("spoken", _("Spoken")), ("written", _("In writing")), ("phone", _("By phone"))]
    )
    withdrawn_on = DayField(label=_("On"))

    def begins_with(self) -> dict[str, Any]:
        return {"withdrawn_on": clock.today(), "how": "spoken"}

    def prepare(self) -> None:
        standing = list(consents_of(self.person).filter(answer=Answer.YES, withdrawn_on=None).order_by("pk"))
        employers = {str(pk): name for pk, name in Employer.objects.filter(
            pk__in=[one.recipient for one in standing if one.recipient]).values_list("pk", "name")}  # fmt: skip
        self.fields["permission"].choices = [  # type: ignore[attr-defined]
            (f"{one.purpose} {one.recipient}".strip(), " · ".join(
                filter(None, (str(one.get_purpose_display()).capitalize(), employers.get(one.recipient, ""))))) for one in standing
        ]  # fmt: skip

    def keywords(self) -> dict[str, Any]:
        facts = super().keywords()
        purpose, _space, recipient = facts.pop("permission").partition(" ")
        return {"purpose": purpose, "recipient": recipient, **facts}


class RecordScreeningForm(PersonForm):
    alone = forms.BooleanField(label=_("It was only the two of us, and an interpreter bound to silence"), required=False)
    outcomes = forms.MultipleChoiceField(
        label=_("What follows"), choices=ScreeningOutcome.choices, widget=forms.CheckboxSelectMultiple
    )
    interpreter = forms.CharField(label=_("Interpreter"), max_length=120, required=False, help_text=_("Never a relative."))
    words = words(_("What was said, for the protection lead alone"))
    done_on = DayField(label=_("Done on"), required=False)


class WayForm(forms.Form):
    """One way to reach a person; a formset of it is the whole list, in order."""

    id = forms.IntegerField(widget=forms.HiddenInput, required=False)
    kind = choice(Reach.Kind, _("Way"))
    value = forms.CharField(label=_("Number, address or place"), max_length=200, required=False)
    whose = choice(Reach.Whose, _("Whose is it"))
    trusted_name = forms.CharField(label=_("Name of that person"), max_length=120, required=False)
    trusted_relation = forms.CharField(label=_("Who is it to the person"), max_length=60, required=False)
    may_be_said = words(_("What may be said"), lines=2)
    hours_from = HourField(label=_("Not before"), required=False)
    hours_to = HourField(label=_("Not after"), required=False)
    days = DaysField(label=_("On these days"))
    language = language()
    leave_message = forms.BooleanField(label=_("A message may be left"), required=False)
    agreed_on = DayField(label=_("Agreed on"), required=False)

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        if bool(facts.get("hours_from")) != bool(facts.get("hours_to")):
            self.add_error("hours_to", _("Give both hours, or none."))
        return facts


WaysFormSet = forms.formset_factory(
    WayForm, extra=1, can_delete=True, can_order=True, max_num=8, validate_max=True, min_num=1, validate_min=True
)


def ways_of(formset: Any) -> list[dict[str, Any]]:
    """The ways that stand in a valid formset, in the order chosen, as `set_reach` takes them."""
    rows = [form.cleaned_data for form in formset.ordered_forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
    return [{name: value for name, value in row.items() if name not in ("ORDER", "DELETE")} for row in rows]


class SetSafetyForm(PersonForm):
    """Binds every message, letter, call and visit from the moment it is set. What stands there is read by protection alone.

    Whoever may not read it can add to it: what is left empty stays as it was.
    """

    safe_from = HourField(label=_("Safe from"), required=False)
    safe_to = HourField(label=_("Safe until"), required=False)
    safe_days = DaysField(label=_("Safe on these days"))
    safe_channel = forms.ModelChoiceField(
        label=_("The only safe way"), queryset=Reach.objects.none(), required=False, empty_label=_("No such rule")
    )
    never_leave_message = forms.BooleanField(label=_("Never leave a message"), required=False)
    never_visit_home = forms.BooleanField(label=_("Never visit at home"), required=False)
    never_write_letters = forms.BooleanField(label=_("No letters to the house"), required=False)
    no_contact = forms.BooleanField(label=_("No contact but through the protection lead"), required=False)
    code_word = forms.CharField(label=_("Code word"), max_length=60, required=False)
    feared_name = forms.CharField(label=_("Who must not learn of it: name"), max_length=120, required=False)
    feared_phone = forms.CharField(label=_("Number of that person"), max_length=40, required=False)
    words = words(_("In words"), help_text=_("Only protection reads this."))

    def begins_with(self) -> dict[str, Any]:
        safety = getattr(self.person, "safety", None)
        if safety is None or not self.may_read("protection"):
            return {}
        return {name: getattr(safety, name) for name in self.base_fields if hasattr(safety, name)}

    def prepare(self) -> None:
        self.fields["safe_channel"].queryset = self.person.reaches.filter(ended_at=None)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        if bool(facts.get("safe_from")) != bool(facts.get("safe_to")):
            self.add_error("safe_to", _("Give both hours, or none."))
        return facts

    def keywords(self) -> dict[str, Any]:
        facts = {name: value for name, value in self.cleaned_data.items() if name not in ("version", "feared_name", "feared_phone")}
        if not self.may_read("protection"):
            facts = {name: value for name, value in facts.items() if value}
        if self.cleaned_data.get("feared_name") or self.cleaned_data.get("feared_phone"):
            standing = getattr(getattr(self.person, "safety", None), "feared", None) or []
            facts["feared"] = [*standing, {"name": self.cleaned_data["feared_name"], "phone": self.cleaned_data["feared_phone"]}]
        return facts


class BarColleagueForm(PersonForm):
    """Anybody at the office writes the name down; who is named is read, and lifted, by the supervisor alone."""

    colleague = forms.ModelChoiceField(label=_("Who must not open this file"), queryset=User.objects.none())
    words = words(_("In words"), lines=2, help_text=_("Only protection reads this."))
    lifted = forms.BooleanField(widget=forms.HiddenInput, required=False)

    def prepare(self) -> None:
        self.fields["colleague"].queryset = User.objects.filter(is_active=True).order_by("name")  # type: ignore[attr-defined]
        if not self.may_read("barred"):
            del self.fields["lifted"]

    def named(self) -> list[User]:
        """Who must not open this file, for those who may read the list."""
        return (
            list(User.objects.filter(pk__in=self.person.barred.values("user")).order_by("name")) if self.may_read("barred") else []
        )


class UnmergePeopleForm(PersonForm):
    reason = words(_("Why they are two"), lines=2)


class NameGuardianForm(PersonForm):
    name = forms.CharField(label=_("Name"), max_length=120)
    relation = forms.CharField(label=_("Who is it to the child"), max_length=60)
    court_paper = forms.CharField(label=_("Court paper"), max_length=120, required=False)
    since = DayField(label=_("From"))
    until = DayField(label=_("To"), required=False)
    disputed = forms.BooleanField(
        label=_("Disputed, or you doubt it"), required=False, help_text=_("Every message stops until the protection lead decides.")
    )


class JoinHouseholdForm(PersonForm):
    other = forms.CharField(
        label=_("Reference of somebody who lives there"), max_length=40, required=False, help_text=_("Empty: alone, for now.")
    )
    relation = forms.CharField(label=_("Who is it to the others"), max_length=60, required=False)
    child = forms.BooleanField(label=_("A child, cared for in that file"), required=False)
    needs = forms.MultipleChoiceField(
        label=_("Needs"),
        choices=[("school", _("school")), ("health", _("health")), ("papers", _("papers"))],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def clean_other(self) -> Person | None:
        reference = self.cleaned_data["other"].strip()
        if not reference:
            return None
        found = Case.objects.visible_to(self.user).filter(reference__iexact=reference).exclude(person=self.person)
        case = found.select_related("person").first()
        if case is None:
            raise forms.ValidationError(_("You see no other file with this reference."), "unknown_reference")
        return case.person

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        if facts.get("child") and not facts.get("other") and "other" not in self.errors:
            self.add_error("other", _("A child is cared for by somebody: name that file."))
        return facts

    def keywords(self) -> dict[str, Any]:
        facts = super().keywords()
        return {**facts, "cared_for_by": facts["other"]} if facts.get("child") else facts


class SplitHouseholdForm(PersonForm):
    taking = forms.ModelMultipleChoiceField(
        label=_("Children who go along"), queryset=Person.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    words = words(_("In words"), lines=2, help_text=_("Only protection reads this."))

    def prepare(self) -> None:
        mine = self.person.memberships.current().values("household")
        children = Person.objects.visible_to(self.user).filter(
            memberships__household__in=mine, memberships__child=True, memberships__left_on=None
        )
        self.fields["taking"].queryset = children.distinct()  # type: ignore[attr-defined]

    def keywords(self) -> dict[str, Any]:
        return {"taking": list(self.cleaned_data["taking"]), "words": self.cleaned_data["words"]}


class DecideDuplicateForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    decision = forms.ChoiceField(label=_("What is it"), choices=PossibleDuplicate.Decision.choices, widget=forms.RadioSelect)
    reason = words(_("In words"), lines=2)


class ReferralFileForm(forms.Form):
    """A list of referrals: CSV or XLSX. It is looked through first; nothing is written before it was decided."""

    programme = forms.ModelChoiceField(label=_("Programme"), queryset=None)
    office = forms.ModelChoiceField(label=_("Office"), queryset=None)
    sender = forms.CharField(label=_("Sender"), max_length=60, required=False)
    file = forms.FileField(
        label=_("List"),
        help_text=_("CSV or Excel, headings in English or French."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
    )

    def __init__(self, *args: Any, programmes: Any, offices: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["programme"].queryset = programmes  # type: ignore[attr-defined]
        self.fields["office"].queryset = offices  # type: ignore[attr-defined]
        for name, rows in (("programme", programmes), ("office", offices)):
            if len(only := list(rows[:2])) == 1:
                self.initial.setdefault(name, only[0].pk)

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > settings.REFERRAL_FILE_LIMIT:
            most = settings.REFERRAL_FILE_LIMIT // (1024 * 1024)
            raise forms.ValidationError(_("The file is larger than %(most)s MB. Send it in parts.") % {"most": most}, "too_large")
        return file
