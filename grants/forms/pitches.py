"""What the verbs of a pitch ask for."""

from typing import Any

from django import forms
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from casework.forms.verb import DayField, MoneyField, choice, words
from casework.models import Case
from grants import states
from grants.forms.verb import RootForm
from grants.models import Call, Pitch, PitchVersion

MONTHS = 12
CONFIRMED_HOW = [
    ("signed", _("Signed")),
    ("read_out", _("Read out, and agreed aloud before a witness")),
    ("by_phone", _("Read out by phone, and agreed")),
]
_LANGUAGES = [(code, get_language_info(code)["name_local"].capitalize()) for code in ("ar", "fr", "en")]


class UseForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=[("", "—"), *states.UseKind.choices])
    what = forms.CharField(label=_("What"), max_length=200)
    amount = MoneyField(label=_("Amount"))
    supplier = forms.CharField(label=_("Supplier"), max_length=120, required=False)
    supplier_phone = forms.CharField(label=_("Telephone of the supplier"), max_length=40, required=False)
    quoted_on = DayField(label=_("Date of the quote"), required=False)


class SourceForm(forms.Form):
    kind = forms.ChoiceField(label=_("From"), choices=[("", "—"), *states.SourceKind.choices])
    amount = MoneyField(label=_("Amount"))
    note = forms.CharField(label=_("In words"), max_length=200, required=False)


class MonthForm(forms.Form):
    month = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=MONTHS)
    income = MoneyField(label=_("Income"), required=False)
    expense = MoneyField(label=_("Expense"), required=False)


class MemberForm(forms.Form):
    reference = forms.CharField(label=_("Reference of the file"), max_length=40)
    share = forms.IntegerField(label=_("Share in percent"), min_value=1, max_value=100)


_ROW_SETS = (("sources", SourceForm, 2), ("uses", UseForm, 3), ("members", MemberForm, 1))


class WritePitchForm(RootForm):
    """The whole plan on one page, in short sections. Half of it is kept too."""

    title = forms.CharField(label=_("What it is, in one line"), max_length=120)
    language = forms.ChoiceField(label=_("Written in"), choices=_LANGUAGES)
    story = words(_("Your story, as you want it told"))
    qualifications = words(_("What you can do, and where you learned it"))
    profile_shown = forms.BooleanField(label=_("Show my skills profile to the jury"), required=False)
    activity = words(_("What you will make, sell or do"))
    market = words(_("Who buys, at what price, and who else sells it"))
    price = MoneyField(label=_("Price of what you sell most"), required=False)
    unit_cost = MoneyField(label=_("What one costs you"), required=False)
    place = words(_("Where"), lines=2)
    permits = words(_("Permits, lease, registration"), lines=2)
    support = words(_("Who stands behind you"), lines=2)
    jobs_self = forms.IntegerField(label=_("Work for yourself and partners"), min_value=0, max_value=99)
    jobs_women = forms.IntegerField(label=_("Jobs for women"), min_value=0, max_value=99)
    jobs_men = forms.IntegerField(label=_("Jobs for men"), min_value=0, max_value=99)
    risks = words(_("What could go wrong, and what you would do"))

    def begins_with(self) -> dict[str, Any]:
        present = self._pitch.present
        return {
            "title": self._pitch.title,
            **{name: getattr(present, name) for name in self.base_fields if hasattr(present, name)},
        }

    @property
    def _pitch(self) -> Pitch:
        return self.root  # type: ignore[return-value]

    def prepare(self) -> None:
        present: PitchVersion = self._pitch.present
        months = {one.month: one for one in present.forecast.all()}
        began: dict[str, list[dict[str, Any]]] = {
            "sources": list(present.sources.values("kind", "amount", "note")),
            "uses": list(present.uses.values("kind", "what", "amount", "supplier", "supplier_phone", "quoted_on")),
            "members": [
                {"reference": one.case.reference, "share": one.share} for one in self._pitch.members.select_related("case")
            ],
            "forecast": [
                {
                    "month": month,
                    "income": getattr(months.get(month), "income", None),
                    "expense": getattr(months.get(month), "expense", None),
                }
                for month in range(1, MONTHS + 1)
            ],
        }
        self.rows: dict[str, Any] = {}
        for name, form, extra in (*_ROW_SETS, ("forecast", MonthForm, 0)):
            made = forms.formset_factory(form, extra=extra, max_num=40, absolute_max=60)
            self.rows[name] = made(
                self.data if self.is_bound else None, prefix=name, initial=None if self.is_bound else began[name]
            )
            for each in self.rows[name]:
                each.empty_permitted = True
                for field in each.fields.values():
                    if isinstance(field, MoneyField):
                        field.currency = self.currency
        for month, each in enumerate(self.rows["forecast"], 1):
            each.fields["income"].label = _("Month %(month)s: income") % {"month": month}
            each.fields["expense"].label = _("Month %(month)s: expense") % {"month": month}

    def is_valid(self) -> bool:
        fine = all([super().is_valid(), *(rows.is_valid() for rows in self.rows.values())])
        return fine and self._members_are_files()

    def _members_are_files(self) -> bool:
        self.partners = []
        for form in self._said("members"):
            said = form.cleaned_data
            case = Case.objects.filter(programme=self._pitch.call.programme_id, reference=said["reference"]).first()
            # A partner's file is named by its reference and not opened: it may be another office's.
            if case is None:
                form.add_error("reference", _("No file of this programme has this reference."))
                return False
            self.partners.append((case, said["share"]))
        kinds = [form.cleaned_data["kind"] for form in self._said("sources")]
        for form in self._said("sources"):
            if kinds.count(form.cleaned_data["kind"]) > 1:
                form.add_error("kind", _("Each source stands once: add the amounts up."))
                return False
        return True

    def _said(self, name: str) -> list[Any]:
        return [form for form in self.rows[name] if form.cleaned_data and (form.has_changed() or form.initial)]

    def keywords(self) -> dict[str, Any]:
        said = super().keywords()
        rows = {name: [form.cleaned_data for form in self._said(name)] for name in ("uses", "sources")}
        forecast = [
            {"month": one["month"], "income": one["income"] or 0, "expense": one["expense"] or 0}
            for one in (form.cleaned_data for form in self.rows["forecast"])
            if one and (one.get("income") is not None or one.get("expense") is not None)
        ]
        return {**said, **rows, "forecast": forecast, "members": self.partners}


class DraftPitchForm(forms.Form):
    """Asked on a case."""

    call = forms.ModelChoiceField(queryset=Call.objects.none(), label=_("Call"), empty_label=None)
    title = forms.CharField(
        label=_("What it is, in one line"), max_length=120, help_text=_("As the candidate says it: a bakery for three schools.")
    )


class SubmitPitchForm(RootForm):
    confirmed_how = choice(CONFIRMED_HOW, _("How the candidate confirmed this version"))


class SendBackForm(RootForm):
    missing = words(_("What is missing"), required=True)


class ReasonForm(RootForm):
    reason = words(_("Why"), required=True)


class MaybeReasonForm(RootForm):
    reason = words(_("Why"))


class AppealForm(RootForm):
    words = words(_("What others should look at again, in the words of the candidate"), required=True)


class HandOverForm(RootForm):
    on = DayField(label=_("Handed over on"))


class MovePitchForm(RootForm):
    call = forms.ModelChoiceField(queryset=Call.objects.none(), label=_("To the call"), empty_label=None)

    def prepare(self) -> None:
        pitch: Pitch = self.root  # type: ignore[assignment]
        others = Call.objects.visible_to(self.user).taking_pitches().filter(programme=pitch.call.programme_id)
        self.fields["call"].queryset = others.exclude(pk=pitch.call_id)  # type: ignore[attr-defined]


class NameUnwantedForm(RootForm):
    users = forms.ModelMultipleChoiceField(
        queryset=User.objects.none(),
        label=_("Is there anyone you would not want to decide on you? You need not say why."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def prepare(self) -> None:
        pitch: Pitch = self.root  # type: ignore[assignment]
        on_juries = User.objects.filter(jury_memberships__sitting__call__programme=pitch.call.programme_id, is_active=True)
        self.fields["users"].queryset = on_juries.distinct()  # type: ignore[attr-defined]
        self.fields["users"].label_from_instance = _institutions  # type: ignore[attr-defined]
        self.initial["users"] = list(pitch.unwanted.values_list("pk", flat=True))

    def keywords(self) -> dict[str, Any]:
        return {"users": list(self.cleaned_data["users"])}


def _institutions(user: User) -> str:
    """Candidates are told the institutions on the committee; a name only where they would know it anyway."""
    said = sorted(set(user.jury_memberships.values_list("institution", flat=True)))  # type: ignore[attr-defined]
    return ", ".join(said) or user.called


class AnswerRuleForm(RootForm):
    """Each rule of the call as a question; what the file answers stands there already."""

    def prepare(self) -> None:
        pitch: Pitch = self.root  # type: ignore[assignment]
        known = {one.rule_id: one for one in pitch.rule_answers.all()}
        for rule in pitch.call.eligibility.all():
            answer = known.get(rule.pk)
            said = str(rule) + (f" ({rule.number})" if rule.number else "")
            self.fields[f"rule_{rule.pk}"] = choice(states.Met, said)
            self.initial[f"rule_{rule.pk}"] = answer.met if answer else states.Met.UNKNOWN
            if answer and answer.by_file:
                self.fields[f"rule_{rule.pk}"].help_text = _("So the file says.")
        self.began = {f"rule_{pk}": answer.met for pk, answer in known.items()}

    def keywords(self) -> dict[str, Any]:
        changed = {name: met for name, met in self.cleaned_data.items() if name.startswith("rule_") and met != self.began.get(name)}
        return {"answers": {int(name.removeprefix("rule_")): met for name, met in changed.items()}}
