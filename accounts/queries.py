"""What the pages of people and offices read: who works where, what was done to an account, what nobody can do somewhere."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db.models import Prefetch, Q
from django.utils.translation import gettext as _

from accounts.models import Office, RoleGrant, User
from accounts.roles import LINK_VERBS, OWN_VERBS, PROPOSED_BY, ROLES, SYSTEM_VERBS
from workflows.machine import AggregateRoot, Verb
from workflows.models import Event

PAGE = 50


# ——— people ———


@dataclass(frozen=True)
class PeoplePage:
    """One page of colleagues, and the key of the next one."""

    people: list[User]
    after: UUID | None


def people_page(
    user: User, *, words: str = "", office: Office | None = None, role: str = "", closed: bool = False, after: UUID | None = None
) -> PeoplePage:
    """Colleagues whom the user may see, by name; each with the roles in force (`.held`) and what is known of a code."""
    found = User.objects.visible_to(user).filter(is_active=not closed).order_by("name", "pk").found_by(words)
    held = RoleGrant.objects.in_force()
    if office or role:
        wanted = held.filter(Q(office=office) | Q(office=None)) if office else held
        found = found.filter(pk__in=(wanted.filter(role=role) if role else wanted).values("user"))
    if after and (last := User.objects.filter(pk=after).values_list("name", flat=True).first()) is not None:
        found = found.filter(Q(name__gt=last) | Q(name=last, pk__gt=after))
    rows = list(found.prefetch_related(_held())[: PAGE + 1])
    with_code = set(Authenticator.objects.filter(type=Authenticator.Type.TOTP, user__in=rows).values_list("user", flat=True))
    for row in rows:
        row.has_code = row.pk in with_code
        row.asks_code = any(ROLES[grant.role].needs_second_factor for grant in row.held)
    return PeoplePage(rows[:PAGE], rows[PAGE - 1].pk if len(rows) > PAGE else None)


def _held() -> Prefetch:
    in_force = RoleGrant.objects.in_force().select_related("office").order_by("role", "office__name", "pk")
    return Prefetch("grants", queryset=in_force, to_attr="held")


# ——— what was done ———


@dataclass(frozen=True)
class Line:
    """One thing that was done: when, by whom, in a sentence."""

    at: dt.datetime
    who: str
    sentence: str


def _sentence(event: Event, offices: dict[str, str]) -> str:
    facts = event.facts
    role = {
        "role": ROLES[facts["role"]].label if facts.get("role") in ROLES else "",
        "office": offices.get(facts.get("office") or "", _("every office")),
    }
    match event.verb:
        case "accounts.invite_user":
            return _("Invited.")
        case "accounts.invite_again":
            return _("Invited again. The link of before ended.")
        case "accounts.accept_invitation":
            return _("Accepted the invitation and chose a password.")
        case "accounts.choose_language":
            return _("Chose a language.")
        case "accounts.correct_user" | "accounts.correct_office":
            return _("Corrected what stands here.")
        case "accounts.deactivate_user":
            return _("Access ended, and every role with it.")
        case "accounts.reactivate_user":
            return _("Access given again.")
        case "accounts.grant_role":
            return _("%(role)s given, for %(office)s.") % role
        case "accounts.revoke_role":
            return _("%(role)s taken back, for %(office)s.") % role
        case "accounts.open_office":
            return _("Opened.")
    return event.verb


def story_of(root: AggregateRoot, *, most: int = 50) -> list[Line]:
    """What was done to an account or an office, newest first."""
    events = list(Event.objects.filter(stream=root.stream).order_by("-seq")[:most])
    ids = {event.actor_id for event in events if event.actor_kind == "user"}
    names = {str(pk): name for pk, name in User.objects.filter(pk__in=ids).values_list("pk", "name")}
    offices = dict(Office.objects.values_list("code", "name"))
    return [Line(event.recorded_at, _actor(event, names, root), _sentence(event, offices)) for event in events]


def _actor(event: Event, names: dict[str, str], root: AggregateRoot) -> str:
    if event.actor_kind == "user":
        return names.get(event.actor_id, "")
    if event.actor_kind == "link" and isinstance(root, User):
        return root.name
    return _("The system")


# ——— verbs ———


@dataclass(frozen=True)
class Known:
    """One verb as a machine declares it, and whether its rows belong to an office."""

    verb: str
    declared: Verb
    at_office: bool


@cache
def known_verbs() -> dict[str, Known]:
    """Every verb of every machine that a person performs, by its whole name."""
    found = {}
    for model in apps.get_models():
        if issubclass(model, AggregateRoot):
            room = model._meta.app_label
            local = any(hasattr(model, name) for name in ("offices_for", "authority_office_id", "office_id"))
            for declared in model.known_verbs().values():
                verb = f"{room}.{declared.name}"
                if room in _rooms() and not declared.said_by_machine and verb not in OWN_VERBS:
                    found[verb] = Known(verb, declared, local)
    return dict(sorted(found.items()))


def _rooms() -> set[str]:
    """The rooms whose verbs the access table speaks of."""
    given = set().union(*(role.verbs for role in ROLES.values()), SYSTEM_VERBS, *LINK_VERBS.values())
    return {verb.partition(".")[0] for verb in given}


def label_of(verb: str) -> Any:
    """What the verb is called on its button."""
    known = known_verbs().get(verb)
    return known.declared.label if known else verb.partition(".")[2]


@dataclass(frozen=True)
class Gap:
    """A verb that nobody can perform at an office (everywhere, where `office` is empty); `why` is nobody or second_person."""

    office: Office | None
    verb: str
    label: Any
    why: str

    @property
    def sentence(self) -> str:
        """What is missing."""
        if self.why == "second_person":
            return _("It takes two, and only one person here can do either part.")
        return _("Nobody holds a role with it.")


def gaps(offices: Iterable[Office] | None = None) -> list[Gap]:
    """Every verb that nobody can perform somewhere, in two queries, however many offices there are."""
    open_offices = list(Office.objects.filter(active=True) if offices is None else offices)
    holders: dict[UUID | None, dict[str, set[UUID]]] = defaultdict(lambda: defaultdict(set))
    grants = RoleGrant.objects.in_force().filter(user__is_active=True).values_list("office_id", "role", "user_id")
    for office_id, role, user_id in grants:
        for verb in ROLES[role].verbs:
            holders[office_id][verb].add(user_id)

    def may(verb: str, offices_: Sequence[UUID | None]) -> set[UUID]:
        return set().union(*(holders[office_id][verb] for office_id in offices_))

    anywhere = list(holders)
    found = []
    for verb, known in known_verbs().items():
        for office in open_offices if known.at_office else [None]:
            where = [office.pk, None] if office else anywhere
            signers = may(verb, where)
            if not signers:
                found.append(Gap(office, verb, known.declared.label, "nobody"))
            elif verb in PROPOSED_BY and len(signers | may(PROPOSED_BY[verb], where)) < 2:
                found.append(Gap(office, verb, known.declared.label, "second_person"))
    return sorted(found, key=lambda gap: (gap.office.name if gap.office else "", gap.verb))


@dataclass(frozen=True)
class RoleSheet:
    """One role as the table of roles shows it: its verbs by room, each by its label, and how many hold it."""

    code: str
    role: Any
    verbs: list[Any]
    held: int


def role_sheets() -> list[RoleSheet]:
    """The access table, in words."""
    counted: dict[str, set[UUID]] = defaultdict(set)
    for role, user_id in RoleGrant.objects.in_force().filter(user__is_active=True).values_list("role", "user_id"):
        counted[role].add(user_id)
    return [
        RoleSheet(code, role, sorted(str(label_of(verb)) for verb in role.verbs), len(counted[code]))
        for code, role in ROLES.items()
    ]
