"""What one user may do and see, and where: one query a request, then plain sets."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final
from uuid import UUID

from accounts.roles import ROLES


class _Everywhere(frozenset[Any]):
    """Every office, those of tomorrow included: contains anything."""

    def __contains__(self, _office: object) -> bool:
        return True

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Everywhere)

    def __ne__(self, other: object) -> bool:
        # frozenset has its own, which would call no office and every office the same.
        return not isinstance(other, _Everywhere)

    def __hash__(self) -> int:
        return hash("everywhere")

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        return "EVERYWHERE"


EVERYWHERE: Final = _Everywhere()
Offices = frozenset[UUID]


def _union(found: Iterable[Offices]) -> Offices:
    """All of the offices; EVERYWHERE swallows the rest."""
    every: set[UUID] = set()
    for offices in found:
        if offices == EVERYWHERE:
            return EVERYWHERE
        every |= offices
    return frozenset(every)


@dataclass(frozen=True)
class Scope:
    """The roles that are in force, each with its offices."""

    at: tuple[tuple[str, UUID | None], ...]

    @cached_property
    def by_role(self) -> dict[str, Offices]:
        """role code → offices, or EVERYWHERE."""
        found: dict[str, Offices] = {}
        for role, office in self.at:
            held = frozenset([office]) if office else EVERYWHERE
            found[role] = _union([found.get(role, frozenset()), held])
        return found

    @property
    def roles(self) -> frozenset[str]:
        """The codes of the roles held anywhere."""
        return frozenset(self.by_role)

    def offices(self, *roles: str) -> Offices:
        """Where any of the roles is held."""
        return _union(self.by_role.get(role, frozenset()) for role in roles)

    def holds(self, role: str, office_id: UUID | None = None) -> bool:
        """Whether the role is held: at that office, or anywhere when none is named."""
        offices = self.by_role.get(role)
        return offices is not None and (office_id is None or office_id in offices)

    def may(self, verb: str, office_id: UUID | None = None) -> bool:
        """Whether a role held at that office (anywhere, when none is named) has the verb."""
        return any(verb in ROLES[role].verbs and self.holds(role, office_id) for role in self.by_role)

    def where(self, verb: str) -> Offices:
        """The offices at which this user has the verb."""
        return _union(offices for role, offices in self.by_role.items() if verb in ROLES[role].verbs)

    def reads(self, what: str, office_id: UUID | None = None) -> bool:
        """Whether a role held there reads `what` ("notes", "restricted_notes", "flags", "answers", "money", "names" …)."""
        return any(what in ROLES[role].reads and self.holds(role, office_id) for role in self.by_role)

    def reads_where(self, what: str) -> Offices:
        """The offices at which this user reads `what`."""
        return _union(offices for role, offices in self.by_role.items() if what in ROLES[role].reads)

    def sees_files_of(self) -> Offices:
        """The offices whose files this user may open."""
        return _union(offices for role, offices in self.by_role.items() if ROLES[role].sees == "office")


def scope_of(user: Any) -> Scope:
    """The user's scope: asked once, then kept on the user object (which lives for one request)."""
    kept: Scope | None = getattr(user, "_scope", None)
    if kept is None:
        kept = Scope(_in_force(user) if getattr(user, "is_active", False) and user.pk else ())
        user._scope = kept
    return kept


def forget_scope(user: Any) -> None:
    """Roles were granted or revoked: the next question asks the database again."""
    user.__dict__.pop("_scope", None)


def _in_force(user: Any) -> tuple[tuple[str, UUID | None], ...]:
    return tuple(user.grants.in_force().order_by("pk").values_list("role", "office_id"))
