"""The talk: its ten parts, which of them are done, what is still missing for the plan, and what was typed and not said yet."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from casework import rules
from casework.models import Case, Profile, Reach, consents_of
from casework.states import CLOSED
from workflows import clock
from workflows.acting import Option, options
from workflows.models import Draft

PARTS: dict[str, tuple[Any, Any]] = {
    "words": (gettext_lazy("Words to read"), gettext_lazy("who we are, and that no is an answer")),
    "needs": (gettext_lazy("Today you need"), gettext_lazy("a tick opens first aid")),
    "who": (gettext_lazy("Who are you"), gettext_lazy("names, born, language, papers")),
    "reach": (gettext_lazy("How may we reach you"), gettext_lazy("number, hours, words that are safe")),
    "home": (gettext_lazy("With whom you live"), gettext_lazy("and who should not know you came")),
    "away": (gettext_lazy("The years away"), gettext_lazy("work, trade, languages, papers you brought")),
    "alone": (gettext_lazy("Alone only"), gettext_lazy("opens when it is only the two of you")),
    "hope": (gettext_lazy("What you hope for in a year"), gettext_lazy("and what we can and cannot do")),
    "permissions": (gettext_lazy("Permissions"), gettext_lazy("each yes, no or later")),
    "session": (gettext_lazy("What we agreed"), gettext_lazy("topics, next date, a note")),
}
_FORM = "talk."
_FIRST = ("words", "needs", "who")
# What a rule misses → the part in which it is answered, and a short name for it.
_ANSWERED_IN = {
    "no_notice": ("words", gettext_lazy("The words, read out")),
    "identity": ("who", gettext_lazy("Identity seen, or why not")),
    "screening": ("alone", gettext_lazy("The gentle questions, alone")),
    "no_draft": ("hope", gettext_lazy("What you hope for")),
    "duplicates": ("who", gettext_lazy("Whether we know you already")),
    "not_approved": ("", gettext_lazy("A second person approves the plan")),
}


@dataclass(frozen=True)
class Step:
    """One part as it stands: `done` says in words what is known, or is empty."""

    code: str
    n: int
    title: Any
    hint: Any
    done: str
    drafted: bool


@dataclass(frozen=True)
class Missing:
    """One thing that is missing, with where it is answered."""

    words: Any
    link: str


class Talk:
    """One conversation of one user about one file. Reading it writes nothing."""

    def __init__(self, case: Case, user: Any) -> None:
        self.case, self.user = case, user

    # ——— what was typed and not said yet ———

    @cached_property
    def drafts(self) -> dict[str, Draft]:
        """What this user typed into each part and has not said yet."""
        rows = Draft.objects.filter(
            owner_id=str(self.user.pk), stream=self.case.stream, form__startswith=_FORM, expires_at__gt=clock.now()
        )
        return {row.form.removeprefix(_FORM): row for row in rows}

    def typed(self, part: str) -> QueryDict | None:
        """The draft of a part as a form reads it."""
        if part not in self.drafts:
            return None
        data = QueryDict(mutable=True)
        for name, values in self.drafts[part].payload.items():
            data.setlist(name, values)
        return data

    def keep(self, part: str, data: QueryDict) -> Draft:
        """Keep what stands in a part, encrypted and without an event."""
        own = {name: data.getlist(name) for name in data if name.startswith(f"{part}-") and not name.endswith("-version")}
        return Draft.keep(owner=self.user, form=_FORM + part, stream=self.case.stream, payload=own)

    def drop(self, *parts: str) -> None:
        """Said, or not wanted any more: what was typed into these parts goes."""
        forms = [_FORM + part for part in parts or PARTS]
        Draft.objects.filter(owner_id=str(self.user.pk), stream=self.case.stream, form__in=forms).delete()
        self.__dict__.pop("drafts", None)

    @property
    def saved_at(self) -> Any:
        """When something was kept last."""
        return max((draft.saved_at for draft in self.drafts.values()), default=None)

    # ——— where the talk stands ———

    @cached_property
    def steps(self) -> list[Step]:
        """The ten parts in their order."""
        return [
            Step(code, at, title, hint, _DONE[code](self.case), code in self.drafts)
            for at, (code, (title, hint)) in enumerate(PARTS.items(), start=1)
        ]

    def step(self, code: str) -> Step:
        """One part."""
        return next(step for step in self.steps if step.code == code)

    def open_parts(self, asked: str = "") -> set[str]:
        """Which parts stand open: the one that was asked for; else the first ones, or the first that is not done."""
        if asked in PARTS:
            return {asked}
        begun = [step.code for step in self.steps if not step.done and step.code in _FIRST]
        kept = [step.code for step in self.steps if step.drafted and step.code != "alone"]
        first = next((step.code for step in self.steps if not step.done and step.code != "alone"), "session")
        return set(begun or [first]) | set(kept)

    def after(self, code: str) -> str:
        """The part that comes next: the first after this one that is not done."""
        order = list(PARTS)
        later = [step for step in self.steps if order.index(step.code) > order.index(code)]
        return next((step.code for step in later if not step.done), "session")

    @cached_property
    def open_verbs(self) -> dict[str, Option]:
        """The verbs of the case that this user may perform now."""
        return {option.name: option for option in options(self.case, self.user) if option.status == "open"}

    @property
    def moves(self) -> list[Option]:
        """What may begin from here, at a press."""
        return [self.open_verbs[name] for name in ("open_intake", "begin_counselling") if name in self.open_verbs]

    def missing(self) -> list[Missing]:
        """What the plan still waits for, each with where it is answered."""
        if self.case.state == CLOSED:
            return []
        facts = Case.load_facts([self.case])[self.case.pk]
        if facts.plan_agreed and not facts.draft:
            return []
        blockers = [*rules.blockers_to_begin_counselling(facts), *rules.blockers_to_agree_plan(facts)]
        found = []
        for one in blockers:
            part, words = _ANSWERED_IN.get(one.code, ("", one.sentence))
            link = f"?step={part}#{part}" if part else one.link
            found.append(Missing(words, rules.page("duplicates") if one.code == "duplicates" else link))
        return found

    def unknown(self) -> list[Missing]:
        """What is good to know and blocks nothing."""
        person, found = self.case.person, []
        if not person.reaches.filter(ended_at=None).exists():
            found.append(Missing(_("One way to reach you"), "?step=reach#reach"))
        if not person.reads:
            found.append(Missing(_("What you read"), "?step=who#who"))
        return found

    @property
    def next_appointment(self) -> Any:
        """The next talk that is booked."""
        return self.case.appointments.booked().filter(starts_at__gt=clock.now()).order_by("starts_at").first()


# ——— what is known of each part, in a few words ———


def _day(day: Any) -> str:
    return date_format(day, "j F") if day.year == clock.today().year else date_format(day, "DATE_FORMAT")


def _words(case: Case) -> str:
    notice = case.person.notices.filter(understood=True).first()
    return _("Read on %(day)s") % {"day": _day(notice.given_on)} if notice else ""


def _needs(case: Case) -> str:
    given = list(case.first_aid.standing().order_by("-given_on", "-pk")[:3])
    return _listed([aid.get_kind_display() for aid in given])


def _who(case: Case) -> str:
    person = case.person
    if not person.language or not (person.identity_seen_on or person.identity_absent_because):
        return ""
    return person.name


def _reach(case: Case) -> str:
    ways = list(case.person.reaches.filter(ended_at=None).exclude(whose=Reach.Whose.UNKNOWN, kind__in=("phone", "email")))
    return _listed([str(way.get_kind_display()) for way in ways[:3]])


def _home(case: Case) -> str:
    size = case.person.household_size
    return ngettext("%(size)s person", "%(size)s people", size) % {"size": size} if size else ""


def _away(case: Case) -> str:
    return Profile.objects.filter(person=case.person_id).values_list("occupation", flat=True).first() or ""


def _alone(case: Case) -> str:
    asked = case.person.screenings.first()
    return _("Asked on %(day)s") % {"day": _day(asked.done_on)} if asked else ""


def _hope(case: Case) -> str:
    plan = case.plans.filter(replaced_at=None).order_by("-number").first()
    if plan is None:
        return ""
    return (_("Plan %(number)s agreed") if plan.agreed_at else _("Plan %(number)s written")) % {"number": plan.number}


def _permissions(case: Case) -> str:
    answers = consents_of(case).exclude(purpose__in=("referral", "cv_sharing")).count()
    return ngettext("%(count)s answer", "%(count)s answers", answers) % {"count": answers} if answers else ""


def _session(case: Case) -> str:
    last = case.sessions.standing().first()
    return _("Written down on %(day)s") % {"day": _day(last.held_on)} if last and last.held_on == clock.today() else ""


def _listed(words: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(words))


_DONE: dict[str, Callable[[Case], str]] = {
    "words": _words, "needs": _needs, "who": _who, "reach": _reach, "home": _home, "away": _away, "alone": _alone,
    "hope": _hope, "permissions": _permissions, "session": _session,
}  # fmt: skip
