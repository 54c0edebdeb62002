"""The page of a programme: its rules in words, what it lacks to open, and what was changed, by whom and why."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import get_language_info, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.scope import scope_of
from casework.models import Case, Programme
from casework.rules import in_money
from casework.states import LastDay, Path, PlacementKind
from casework.words import TEXT_VERSION, WORDS
from workflows.models import Event, Note

KEEPERS = ("casework.set_up_programme", "casework.change_programme", "casework.go_live")
FILES_A_PAGE = 40


def reads_programmes(user: Any) -> bool:
    """Whether the user has business with the rules of programmes: keeps them, oversees them, or supervises by them."""
    scope = scope_of(user)
    return any(scope.may(verb) for verb in KEEPERS) or scope.holds("supervisor")


def programmes_for(user: Any) -> QuerySet[Programme]:
    """The programmes that the user may see, each with its number of offices and of open cases."""
    offices = Count("programme_offices", distinct=True)
    seen = Programme.objects.visible_to(user).values("pk")
    running = Count("cases", filter=Q(cases__closed_at=None), distinct=True)
    return Programme.objects.filter(pk__in=seen).annotate(number_of_offices=offices, number_of_cases=running).order_by("code")


# ——— the rules in words ———


@dataclass(frozen=True)
class Rule:
    """One rule: what it is called, and how it stands."""

    label: Any
    value: Any
    missing: bool = False


@dataclass(frozen=True)
class Part:
    """The rules that are changed together."""

    name: str
    title: Any
    rules: list[Rule]


def parts_of(programme: Programme, titles: Mapping[str, Any]) -> list[Part]:
    """Every rule of the programme, by part, in the order of `titles`."""
    said = {
        "name": _name_rules(programme),
        "lawful-basis": _basis(programme),
        "numbers": _numbers(programme),
        "offices": [Rule(office.name, office.code) for office in programme.offices.all()]
        or [Rule(_("Offices"), _("None carries it out yet"), missing=True)],
        "ceilings": [
            Rule(_("A caseworker alone gives first aid up to"), in_money(programme.first_aid_ceiling, programme.currency)),
            Rule(_("A plan takes a second person above"), in_money(programme.plan_approval_ceiling, programme.currency)),
            Rule(_("Two people approve a payment above"), in_money(programme.payment_approval_ceiling, programme.currency)),
        ],
        "asking": _asking(programme),
        "last-days": [
            Rule(label, _months_after(programme.last_days[kind])) for kind, label in LastDay.choices if kind in programme.last_days
        ]
        or [Rule(_("Last days"), _("None follows from the arrival"))],
        "languages": _languages(programme),
        "figures": [
            Rule(_("Hidden are figures below"), programme.small_cell),
            Rule(_("As placed counts"), _listed(dict(PlacementKind.choices).get(kind, kind) for kind in programme.placed_kinds)),
            Rule(_("Shorter work counts as started only"), _days(programme.started_only_days)),
        ],
    }
    return [Part(name, title, said[name]) for name, title in titles.items()]


def _name_rules(programme: Programme) -> list[Rule]:
    found = [
        Rule(_("Code"), programme.code),
        Rule(_("Country"), programme.country),
        Rule(_("Currency"), programme.currency),
    ]
    if programme.ended_on:
        found.append(Rule(_("Ended on"), _day(programme.ended_on)))
    return found


def _basis(programme: Programme) -> list[Rule]:
    if not programme.lawful_basis:
        return [Rule(_("Why files may be kept"), _("Not written down yet"), missing=True)]
    who = programme.lawful_basis_decided_by or _("nobody named")
    if programme.lawful_basis_decided_on:
        who = _("%(who)s, on %(day)s") % {"who": who, "day": _day(programme.lawful_basis_decided_on)}
    return [Rule(_("Why files may be kept"), programme.lawful_basis), Rule(_("Decided by"), who)]


def _numbers(programme: Programme) -> list[Rule]:
    found = []
    for one in programme.emergency_numbers.all():
        if one.dead_since:
            how = _("%(number)s, does not answer since %(day)s") % {"number": one.number, "day": _day(one.dead_since)}
        elif one.checked_on:
            how = _("%(number)s, answered on %(day)s") % {"number": one.number, "day": _day(one.checked_on)}
        else:
            how = _("%(number)s, nobody has called it yet") % {"number": one.number}
        found.append(Rule(one.label, how, missing=bool(one.dead_since or not one.checked_on)))
    return found or [Rule(_("Numbers"), _("None is written down"), missing=True)]


def _asking(programme: Programme) -> list[Rule]:
    found = [Rule(_("People are asked after"), _in_months(programme.schedule_months))]
    for path, months in programme.schedule_by_path.items():
        found.append(Rule(_("On the path “%(path)s” after") % {"path": dict(Path.choices).get(path, path)}, _in_months(months)))
    reminders = ngettext("%(days)s day", "%(days)s days", programme.reminder_days[-1] if programme.reminder_days else 0)
    found += [
        Rule(
            _("Reminded after"),
            reminders % {"days": ", ".join(map(str, programme.reminder_days))} if programme.reminder_days else _("never"),
        ),
        Rule(_("A round opens before its day"), _days(programme.round_opens_before)),
        Rule(_("It closes after its day"), _days(programme.round_closes_after)),
        Rule(_("Two rounds are asked once within"), _days(programme.ask_once_within)),
        Rule(_("A person may be called lost after a silence of"), _days(programme.lost_after_days)),
    ]
    return found


def _languages(programme: Programme) -> list[Rule]:
    names = [str(get_language_info(code)["name_translated"]) for code in programme.languages]
    read_out = [words.own_name for words in WORDS.values()]
    notice = _("%(languages)s; version %(version)s") % {"languages": ", ".join(read_out), "version": TEXT_VERSION}
    return [Rule(_("People are written to in"), _listed(names)), Rule(_("The notice is read out in"), notice)]


def _day(on: dt.date) -> str:
    return date_format(on, "j M Y")


def _days(number: int) -> str:
    return ngettext("%(days)s day", "%(days)s days", number) % {"days": number}


def _months_after(number: int) -> str:
    return ngettext("%(months)s month after the arrival", "%(months)s months after the arrival", number) % {"months": number}


def _in_months(months: Sequence[int]) -> str:
    return ngettext("%(months)s month", "%(months)s months", months[-1] if months else 0) % {"months": ", ".join(map(str, months))}


def _listed(words: Any) -> str:
    return ", ".join(str(word) for word in words)


# ——— what was changed ———

_LABELS: Mapping[str, Any] = {
    "name": gettext_lazy("the name"),
    "languages": gettext_lazy("the languages"),
    "lawful_basis": gettext_lazy("the lawful basis"),
    "lawful_basis_decided_by": gettext_lazy("who decided on it"),
    "lawful_basis_decided_on": gettext_lazy("the day it was decided"),
    "first_aid_ceiling": gettext_lazy("the ceiling of first aid"),
    "plan_approval_ceiling": gettext_lazy("the ceiling of plans"),
    "payment_approval_ceiling": gettext_lazy("the ceiling of payments"),
    "schedule_months": gettext_lazy("the months after which people are asked"),
    "schedule_by_path": gettext_lazy("the months on a path of their own"),
    "last_days": gettext_lazy("the last days"),
    "reminder_days": gettext_lazy("the days of reminders"),
    "round_opens_before": gettext_lazy("the days before which a round opens"),
    "round_closes_after": gettext_lazy("the days after which a round closes"),
    "ask_once_within": gettext_lazy("the days within which two rounds are asked once"),
    "lost_after_days": gettext_lazy("the silence before a person may be called lost"),
    "small_cell": gettext_lazy("below what figures are hidden"),
    "placed_kinds": gettext_lazy("what counts as placed"),
    "started_only_days": gettext_lazy("how short work counts as started only"),
    "ended_on": gettext_lazy("the day it ended"),
    "country": gettext_lazy("the country"),
    "currency": gettext_lazy("the currency"),
}
_MONEY = ("first_aid_ceiling", "plan_approval_ceiling", "payment_approval_ceiling")


@dataclass(frozen=True)
class Told:
    """One thing that was done to the programme: when, by whom, in a sentence, and the reason that was given."""

    at: dt.datetime
    who: str
    sentence: str
    why: str = ""


def story_of(programme: Programme, *, most: int = 60) -> list[Told]:
    """What was done to the programme, newest first: three questions."""
    events = list(Event.objects.filter(stream=programme.stream).order_by("-seq")[:most])
    ids = {event.actor_id for event in events if event.actor_kind == "user"}
    names = {str(pk): name for pk, name in User.objects.filter(pk__in=ids).values_list("pk", "name")}
    named = [event.facts["note"] for event in events if event.facts.get("note")]
    words = Note.objects.filter(pk__in=named, audience=Note.FILE, erased_at=None)
    notes = {str(note.pk): note.text for note in words}
    return [
        Told(
            event.recorded_at,
            names.get(event.actor_id, "") or _("The system"),
            _sentence(event, programme.currency),
            notes.get(event.facts.get("note", ""), ""),
        )
        for event in events
    ]


def _sentence(event: Event, currency: str) -> str:
    facts = event.facts
    match event.verb:
        case "casework.set_up_programme":
            return _("Set up.")
        case "casework.go_live":
            return _("Opened: it takes referrals from here on.")
    said = []
    for name in facts.get("changed", ()):
        label = str(_LABELS.get(name, name))
        if name in facts.get("was", {}):
            was, now = (_as_words(name, facts[side].get(name), currency) for side in ("was", "now"))
            label = _("%(what)s from %(was)s to %(now)s") % {"what": label, "was": was, "now": now}
        said.append(label)
    if "offices" in facts:
        said.append(_("the offices"))
    if "numbers" in facts:
        said.append(_("the numbers to call in danger"))
    return _("Changed: %(what)s.") % {"what": "; ".join(said)} if said else _("Looked over; everything stays as it was.")


def _as_words(name: str, value: Any, currency: str) -> str:
    if name in _MONEY and isinstance(value, int):
        return in_money(value, currency)
    labels: dict[str, Any] = {
        **dict(LastDay.choices),
        **dict(Path.choices),
        **dict(PlacementKind.choices),
        **dict(settings.LANGUAGES),
    }
    if isinstance(value, dict):
        return "; ".join(f"{labels.get(key, key)}: {_as_words('', part, currency)}" for key, part in value.items()) or _("none")
    if isinstance(value, list):
        return ", ".join(str(labels.get(part, part)) for part in value) or _("none")
    return str(value)


# ——— files without names ———


@dataclass(frozen=True)
class Nameless:
    """A page of files by their references, and the key of the next one."""

    cases: list[Case]
    next_key: str


def nameless_page(user: Any, programme: Programme, *, state: str = "", office: str = "", after: str = "") -> Nameless:
    """Where the files of the programme stand, without a name: newest change first, a page by key."""
    found = Case.objects.nameless_to(user).filter(programme=programme).select_related("office")
    if state:
        found = found.filter(state=state)
    if office:
        found = found.filter(office__code=office)
    day, _comma, key = after.partition(",")
    try:
        since = dt.date.fromisoformat(day)
    except ValueError:
        since = None
    if since and key:
        found = found.filter(Q(state_since__lt=since) | Q(state_since=since, reference__gt=key[:40]))
    rows = list(found.order_by("-state_since", "reference")[: FILES_A_PAGE + 1])
    last = rows[FILES_A_PAGE - 1] if len(rows) > FILES_A_PAGE else None
    return Nameless(rows[:FILES_A_PAGE], f"{last.state_since:%Y-%m-%d},{last.reference}" if last else "")
