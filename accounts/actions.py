"""The verbs of people and offices: who is invited, what role they hold where, and when that ends."""

from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext_lazy as _

from accounts.models import Office, RoleGrant, User
from accounts.roles import ROLES
from workflows import clock
from workflows.acting import Blocker, Refused, act
from workflows.actors import actor_of


def _refuse(code: str, sentence: Any) -> Refused:
    return Refused([Blocker(code, sentence)])


def invite_user(*, by: Any, email: str, name: str, short_name: str = "", language: str = "en") -> User:
    """Give a colleague an account without a password and without a role; the invitation's link lets them choose one.

    Refuses an address that somebody has already, in any case.
    """
    if User.objects.filter(email__iexact=email).exists():
        raise _refuse("known_address", _("Somebody has this address already. Look for them among the people."))
    user = User(email=email.lower(), name=name, short_name=short_name, language=language, invited_at=clock.now(), password=make_password(None))
    with act(user, "accounts.invite_user", by=by) as user:
        pass
    return user


def correct_user(user: User, *, by: Any, version: int | None = None, **changes: Any) -> User:
    """Correct a name, an address, or the language of a colleague. Roles and access are verbs of their own."""
    with act(user, "accounts.correct_user", by=by, version=version) as user:
        changed = {name: value for name, value in changes.items() if getattr(user, name) != value}
        if unknown := set(changed) - {"email", "name", "short_name", "language"}:
            raise ValueError(f"Not to be corrected here: {', '.join(sorted(unknown))}.")
        if "email" in changed and User.objects.filter(email__iexact=changed["email"]).exclude(pk=user.pk).exists():
            raise _refuse("known_address", _("Somebody has this address already. Look for them among the people."))
        for name, value in changed.items():
            setattr(user, name, value)
        user.says(changed=sorted(changed))
    return user


def deactivate_user(user: User, *, by: Any, version: int | None = None) -> User:
    """End a colleague's access this minute: roles end, sessions no longer count. What they did stays theirs.

    Refuses one's own account, and the last administrator: somebody must be able to open the door again.
    """
    if actor_of(by).id == str(user.pk):
        raise _refuse("oneself", _("You cannot end your own access. Another administrator does it."))
    with act(user, "accounts.deactivate_user", by=by, version=version) as user:
        _not_the_last_administrator(user)
        user.is_active = False
        ended = user.grants.in_force().update(until=clock.now())
        user.says(grants_ended=ended)
    return user


def reactivate_user(user: User, *, by: Any, version: int | None = None) -> User:
    """Let a colleague in again. The roles that ended stay ended: they are given anew."""
    with act(user, "accounts.reactivate_user", by=by, version=version) as user:
        if user.is_active:
            raise _refuse("active", _("This account is open already."))
        user.is_active = True
    return user


def grant_role(user: User, *, by: Any, role: str, office: Office | None = None, version: int | None = None) -> RoleGrant:
    """Give a role at one office, or at every office.

    Refuses to give oneself a role, an account that was closed, and a role that is held there already.
    """
    if actor_of(by).id == str(user.pk):
        raise _refuse("oneself", _("You cannot give a role to yourself. Another administrator does it."))
    with act(user, "accounts.grant_role", by=by, version=version) as user:
        if role not in ROLES:
            raise _refuse("unknown_role", _("There is no such role."))
        if not user.is_active:
            raise _refuse("closed", _("This account is closed. Give access again first."))
        if user.grants.in_force().filter(role=role, office=office).exists():
            raise _refuse("held", _("%(name)s holds this role there already.") % {"name": user.called})
        grant = RoleGrant.objects.create(user=user, role=role, office=office, since=clock.now(), granted_by=actor_of(by).id)
        user.says(role=role, office=office and office.code, grant=grant.pk)
    return grant


def revoke_role(grant: RoleGrant, *, by: Any, version: int | None = None) -> RoleGrant:
    """Take a role back from now on. Refuses the last administrator's, and one that has ended already."""
    with act(grant.user, "accounts.revoke_role", by=by, version=version) as user:
        current = user.grants.in_force().filter(pk=grant.pk).first()
        if current is None:
            raise _refuse("ended", _("This role has ended already."))
        if current.role == "administrator":
            _not_the_last_administrator(user)
        current.until = clock.now()
        current.save(update_fields=["until"])
        user.says(role=current.role, office=current.office and current.office.code, grant=current.pk)
    return current


def open_office(*, by: Any, code: str, name: str, country: str = "", **also: Any) -> Office:
    """Open an office. Refuses a code that another office has."""
    if Office.objects.filter(code__iexact=code).exists():
        raise _refuse("known_code", _("Another office has this code."))
    office = Office(code=code.upper(), name=name, country=country, **also)
    with act(office, "accounts.open_office", by=by) as office:
        office.says(code=office.code)
    return office


def correct_office(office: Office, *, by: Any, version: int | None = None, **changes: Any) -> Office:
    """Correct an office's name, telephone, hours, time zone, or close it to new files (`active`)."""
    with act(office, "accounts.correct_office", by=by, version=version) as office:
        changed = {name: value for name, value in changes.items() if getattr(office, name) != value}
        if unknown := set(changed) - {"name", "country", "time_zone", "phone", "hours", "active"}:
            raise ValueError(f"Not to be corrected here: {', '.join(sorted(unknown))}.")
        for name, value in changed.items():
            setattr(office, name, value)
        office.says(changed=sorted(changed))
    return office


def _not_the_last_administrator(user: User) -> None:
    holders = RoleGrant.objects.in_force().filter(role="administrator", user__is_active=True)
    if holders.filter(user=user).exists() and not holders.exclude(user=user).exists():
        raise _refuse("last_administrator", _("This is the last administrator. Give the role to somebody else first."))
