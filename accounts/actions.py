"""The verbs of people and offices: who is invited, what role they hold where, and when that ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from accounts.letters import invitation_to
from accounts.models import Office, RoleGrant, User
from accounts.roles import ROLES
from accounts.scope import EVERYWHERE, scope_of
from workflows import clock
from workflows.acting import Blocker, Refused, act
from workflows.actors import LINK, actor_of


def invite_user(*, by: Any, email: str, name: str, short_name: str = "", language: str = "en", letter: bool = True) -> User:
    """Give a colleague an account without a password and without a role; the link in the letter lets them choose a password.

    Refuses an address that somebody has already, in any case.
    """
    user = User(email=email.lower(), name=name, short_name=short_name, language=language, invited_at=clock.now())
    user.set_unusable_password()
    with _one_address(), act(user, "accounts.invite_user", by=by) as user:
        if User.objects.filter(email__iexact=email).exists():
            raise _address_taken()
        if letter:
            user.adds(invitation_to(user))
    return user


def invite_again(user: User, *, by: Any, version: int | None = None) -> User:
    """Send the invitation once more; the link of the one before ends.

    Refuses a closed account, and somebody who has a password: their way in is a new password.
    """
    with act(user, "accounts.invite_again", by=by, version=version) as user:
        if not user.is_active:
            raise _closed()
        if not user.is_invited:
            raise _refuse("has_password", _("%(name)s has a password. “I cannot get in” sends a new one.") % {"name": user.called})
        user.invited_at = clock.now()
        user.adds(invitation_to(user))
    return user


def accept_invitation(user: User, *, password: str) -> User:
    """Choose the first password, over the link of the invitation. Refuses an account that has one."""
    with act(user, "accounts.accept_invitation", by=LINK("welcome", user.pk)) as user:
        if not (user.is_active and user.is_invited):
            raise _refuse("used", _("This invitation is used up."))
        user.set_password(password)
    return user


def choose_language(user: User, *, by: Any, language: str) -> User:
    """Choose the language in which one is written to. Nobody does it for another."""
    with act(user, "accounts.choose_language", by=by) as user:
        user.language = language
        user.says(language=language)
    return user


def correct_user(user: User, *, by: Any, version: int | None = None, **changes: Any) -> User:
    """Correct a name, an address, or the language of a colleague. Roles and access are verbs of their own.

    Refuses an address that somebody else has. A corrected address ends the link of an open invitation.
    """
    with _one_address(), act(user, "accounts.correct_user", by=by, version=version) as user:
        if "email" in changes:
            changes["email"] = changes["email"].lower()
        changed = {name: value for name, value in changes.items() if getattr(user, name) != value}
        if unknown := set(changed) - {"email", "name", "short_name", "language"}:
            raise ValueError(f"Not to be corrected here: {', '.join(sorted(unknown))}.")
        if "email" in changed and User.objects.filter(email__iexact=changed["email"]).exclude(pk=user.pk).exists():
            raise _address_taken()
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

    Refuses to give oneself a role, an account that was closed, a role that is held there already, and to reach beyond the
    offices for which one gives roles oneself.
    """
    if actor_of(by).id == str(user.pk):
        raise _refuse("oneself", _("You cannot give a role to yourself. Another administrator does it."))
    with act(user, "accounts.grant_role", by=by, version=version) as user:
        _not_beyond(by, "accounts.grant_role", office.pk if office else None)
        if role not in ROLES:
            raise _refuse("unknown_role", _("There is no such role."))
        if not user.is_active:
            raise _closed()
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
        _not_beyond(by, "accounts.revoke_role", current.office_id)
        if current.role == "administrator" and current.office_id is None:
            _not_the_last_administrator(user)
        current.until = clock.now()
        current.save(update_fields=["until"])
        user.says(role=current.role, office=current.office and current.office.code, grant=current.pk)
    return current


def open_office(*, by: Any, code: str, name: str, country: str = "", **also: Any) -> Office:
    """Open an office. Refuses a code that another office has."""
    office = Office(code=code.upper(), name=name, country=country, **also)
    with act(office, "accounts.open_office", by=by) as office:
        if Office.objects.filter(code__iexact=code).exists():
            raise _refuse("known_code", _("Another office has this code."))
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


# ——— what is refused in more than one place ———


def _refuse(code: str, sentence: Any) -> Refused:
    return Refused([Blocker(code, sentence)])


def _closed() -> Refused:
    return _refuse("closed", _("This account is closed. Give access again first."))


def _address_taken() -> Refused:
    return _refuse("known_address", _("Somebody has this address already. Look for them among the people."))


@contextmanager
def _one_address() -> Iterator[None]:
    """Two who write the same address at the same moment: the database has the last word, and this the sentence."""
    try:
        yield
    except IntegrityError as error:
        if "email" in str(error):
            raise _address_taken() from error
        raise


def _not_beyond(by: Any, verb: str, office_id: Any) -> None:
    """Whoever gives roles at some offices gives and takes them there, and not at every office."""
    actor = actor_of(by)
    if actor.kind != "user":
        return
    where = scope_of(actor.user).where(verb)
    if where != EVERYWHERE and (office_id is None or office_id not in where):
        raise _refuse("beyond", _("You give and take roles at your own offices only."))


def _not_the_last_administrator(user: User) -> None:
    """Somebody can still open the door. The rows are held: two who end each other cannot both be told that the other stays."""
    everywhere = RoleGrant.objects.filter(role="administrator", office=None)
    list(everywhere.order_by("pk").select_for_update(of=("self",)).values_list("pk"))
    # Asked anew, at a moment after the wait: who was waited for may have ended a role meanwhile.
    holders = set(everywhere.in_force().filter(user__is_active=True).values_list("user_id", flat=True))
    if holders == {user.pk}:
        raise _refuse("last_administrator", _("This is the last administrator. Give the role to somebody else first."))
