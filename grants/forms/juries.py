"""What the verbs of a sitting and its seats ask for."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import ROLES
from casework.forms.verb import DayField, MoneyField, choice
from casework.forms.verb import words as lines_of_words
from grants import states
from grants.forms.verb import RootForm
from grants.models import JuryMember, Pitch, Sitting
from grants.states import PitchState
from workflows import clock


def holders_of(verb: str) -> Any:
    """Colleagues whose role has the verb, by name."""
    roles = [code for code, role in ROLES.items() if verb in role.verbs]
    now = clock.now()
    held = User.objects.filter(is_active=True, grants__role__in=roles, grants__since__lte=now)
    return held.filter(Q(grants__until=None) | Q(grants__until__gt=now)).distinct().order_by("name")


class NamesOfColleagues(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class NamesOfMembers(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.user.called}, {obj.institution}"


def colleague(label: Any) -> forms.ModelChoiceField:
    return NamesOfColleagues(queryset=User.objects.none(), label=label, empty_label="—")


def member(label: Any) -> forms.ModelChoiceField:
    return NamesOfMembers(queryset=JuryMember.objects.none(), label=label, empty_label="—")


def pitch(label: Any) -> forms.ModelChoiceField:
    return forms.ModelChoiceField(queryset=Pitch.objects.none(), label=label, empty_label="—")


class LanguagesField(forms.CharField):
    """Codes of languages, as people write them: fr, ar."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Reads (languages)"))
        kwargs.setdefault("required", False)
        kwargs.setdefault("help_text", _("Such as fr, ar. Left empty, languages are no question."))
        super().__init__(max_length=60, **kwargs)

    def clean(self, value: Any) -> list[str]:
        return sorted({one.lower() for one in super().clean(value).replace(",", " ").split()})


class SittingForm(RootForm):
    """When, where and under whom the jury meets."""

    held_on = DayField(label=_("Day"))
    starts_at = forms.TimeField(label=_("Begins at"), required=False, widget=forms.TimeInput(attrs={"type": "time"}))
    place = forms.CharField(label=_("Place"), max_length=120, required=False)
    chair = colleague(_("Chair"))
    minutes_each = forms.IntegerField(label=_("Minutes for each pitch"), min_value=1, max_value=240, initial=20)
    kind = choice(states.SittingKind, _("How the jury meets"))

    def begins_with(self) -> dict[str, Any]:
        if isinstance(self.root, Sitting):
            names = ("held_on", "starts_at", "place", "minutes_each", "kind")
            return {**{name: getattr(self.root, name) for name in names}, "chair": self.root.chair_id}
        return {"kind": states.SittingKind.MEETING}

    def prepare(self) -> None:
        self.fields["chair"].queryset = holders_of("grants.open_sitting")  # type: ignore[attr-defined]


class PutOnAgendaForm(RootForm):
    pitch = pitch(_("Pitch"))

    def prepare(self) -> None:
        waiting = (PitchState.ELIGIBLE, PitchState.IN_JURY, PitchState.SCORED)
        here = self.root.agenda.filter(taken_off_at=None).values("pitch")  # type: ignore[attr-defined]
        rows = Pitch.objects.visible_to(self.user).filter(call=self.root.call_id, state__in=waiting)  # type: ignore[attr-defined]
        self.fields["pitch"].queryset = rows.exclude(pk__in=here)  # type: ignore[attr-defined]


class TakeOffAgendaForm(RootForm):
    pitch = pitch(_("Pitch"))

    def prepare(self) -> None:
        here = self.root.agenda.filter(taken_off_at=None).values("pitch")  # type: ignore[attr-defined]
        self.fields["pitch"].queryset = Pitch.objects.visible_to(self.user).filter(pk__in=here)  # type: ignore[attr-defined]


class InviteJurorForm(RootForm):
    user = colleague(_("Juror"))
    institution = forms.CharField(
        label=_("For which institution"), max_length=120, help_text=_("The candidates are told it, never the name.")
    )
    languages = LanguagesField()
    max_load = forms.IntegerField(label=_("At most so many pitches"), required=False, min_value=1, max_value=500)
    phone = forms.CharField(
        label=_("Telephone"), max_length=40, required=False, help_text=_("Compared with those of the candidates, and not kept.")
    )
    account = forms.CharField(
        label=_("Account number"),
        max_length=60,
        required=False,
        help_text=_("Compared with those of the candidates, and not kept."),
    )

    def prepare(self) -> None:
        there = self.root.members.values("user")  # type: ignore[attr-defined]
        jurors = holders_of("grants.score_pitch").exclude(pk__in=there).exclude(pk=self.root.chair_id)  # type: ignore[attr-defined]
        self.fields["user"].queryset = jurors  # type: ignore[attr-defined]


class NameSubstituteForm(InviteJurorForm):
    member = member(_("Instead of"))
    institution = forms.CharField(
        label=_("For which institution"), max_length=120, required=False, help_text=_("Left empty: the same.")
    )
    max_load = None  # type: ignore[assignment]
    field_order = ("member", "user")

    def prepare(self) -> None:
        super().prepare()
        self.fields["member"].queryset = self.root.members.filter(left_at=None).select_related("user")  # type: ignore[attr-defined]

    def keywords(self) -> dict[str, Any]:
        said = super().keywords()
        return {**said, "languages": said["languages"] or None}


class SeatJuryForm(RootForm):
    min_overlap = forms.IntegerField(
        label=_("Pitches that jurors share at least"),
        required=False,
        min_value=0,
        max_value=20,
        help_text=_("So that a strict juror can be told from a weak pitch. Left empty, one is wished for where it costs nothing."),
    )


class SeatJurorForm(RootForm):
    member = member(_("Juror"))

    def prepare(self) -> None:
        here = JuryMember.objects.filter(
            sitting__agenda__pitch=self.root.pk, sitting__agenda__taken_off_at=None, sitting__signed_at=None, left_at=None
        ).select_related("user")
        self.fields["member"].queryset = here  # type: ignore[attr-defined]


class BlindForm(RootForm):
    """A form on another's seat: without the seat's version, which tells how often its juror has acted."""

    version = None  # type: ignore[assignment]


class ReplaceJurorForm(BlindForm):
    member = member(_("Juror"))

    def prepare(self) -> None:
        jury = JuryMember.objects.filter(sitting=self.root.member.sitting_id, left_at=None).select_related("user")  # type: ignore[attr-defined]
        self.fields["member"].queryset = jury.exclude(pk=self.root.member_id)  # type: ignore[attr-defined]


class DrawLotsForm(RootForm):
    seed = forms.RegexField(
        r"^[0-9a-f]{8,64}$",
        label=_("Seed"),
        required=False,
        help_text=_("Left empty, one is drawn. It is kept, so that anybody can draw the same order."),
        error_messages={"invalid": _("8 to 64 of the signs 0–9 and a–f.")},
    )


class PromoteForm(RootForm):
    amount = MoneyField(label=_("Amount"))


class DecisionForm(RootForm):
    """What the committee decides on one pitch, in the words of its letter."""

    result = forms.ChoiceField(label=_("Decision"), choices=states.Result.choices, widget=forms.RadioSelect)
    amount = MoneyField(label=_("Amount"), required=False)
    conditions = lines_of_words(
        _("Before the first part is paid"),
        lines=2,
        help_text=_("One condition a line; each becomes evidence of the first tranche."),
    )
    reasons = forms.MultipleChoiceField(
        label=_("Reasons for the letter"), choices=states.LetterReason.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    words = lines_of_words(
        _("Words to the candidate"), help_text=_("They stand in the letter as you write them, from the committee.")
    )
    come_back_on = DayField(label=_("Come back on"), required=False)
    votes_for = forms.IntegerField(label=_("Votes for"), required=False, min_value=0, max_value=60)
    votes_against = forms.IntegerField(label=_("Votes against"), required=False, min_value=0, max_value=60)
    leaves_rule_because = lines_of_words(_("Why it leaves the rule of the call"), lines=2)

    def __init__(self, *args: Any, decision: Any = None, asked: int | None = None, **kwargs: Any) -> None:
        self.decision, self.asked = decision, asked
        super().__init__(*args, **kwargs)

    def begins_with(self) -> dict[str, Any]:
        if self.decision is None:
            return {"amount": self.asked}
        names = ("result", "reasons", "words", "come_back_on", "votes_for", "votes_against", "leaves_rule_because")
        said = {name: getattr(self.decision, name) for name in names}
        return {**said, "amount": self.decision.amount or self.asked, "conditions": "\n".join(self.decision.conditions)}

    def keywords(self) -> dict[str, Any]:
        said = super().keywords()
        conditions = [line.strip() for line in said.pop("conditions", "").splitlines() if line.strip()]
        return {**said, "conditions": conditions}
