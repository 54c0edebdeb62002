"""May this actor perform this verb on this row? And if not, who can: asked by `act` and by `options`."""

from typing import Any

from django.utils.functional import lazy
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Office, RoleGrant
from accounts.roles import LINK_VERBS, OWN_VERBS, ROLES, SYSTEM_VERBS
from accounts.scope import scope_of
from workflows.actors import Actor


def authority(actor: Actor, verb: str, obj: Any) -> Any:
    """None where the actor may; else a sentence, which looks up who can only when somebody reads it."""
    if actor.kind == "system":
        return None if verb in SYSTEM_VERBS else _("The system does not do this by itself.")
    if actor.kind == "link":
        return None if verb in LINK_VERBS.get(actor.id.partition(":")[0], frozenset()) else _("This link does not do that.")
    if verb in OWN_VERBS:
        return None if str(obj.pk) == actor.id else _("Everybody does this for themselves.")
    offices = offices_of(obj, verb)
    scope = scope_of(actor.user)
    if any(scope.may(verb, office_id) for office_id in offices):
        return None
    return lazy(_who_can, str)(verb, offices[0])


def offices_of(obj: Any, verb: str) -> tuple[Any, ...]:
    """The offices whose locks apply to this verb on the row (a row may say which); (None,) where any will do."""
    if hasattr(obj, "offices_for"):
        return obj.offices_for(verb) or (None,)
    for name in ("authority_office_id", "office_id"):
        found = getattr(obj, name, None)
        if found is not None:
            return (found() if callable(found) else found,)
    return (None,)


def _who_can(verb: str, office_id: Any) -> str:
    roles = [code for code, role in ROLES.items() if verb in role.verbs]
    held = RoleGrant.objects.in_force().filter(role__in=roles, user__is_active=True).select_related("user").order_by("user__name")
    if office_id:
        held = held.filter(office__in=[office_id]) | held.filter(office=None)
    names = list(dict.fromkeys(grant.user.called for grant in held.distinct()))[:2]
    if not names:
        where = Office.objects.filter(pk=office_id).values_list("name", flat=True).first() if office_id else None
        if where:
            return gettext("Nobody at the office of %(office)s may do this yet: ask the administrator.") % {"office": where}
        return gettext("Nobody may do this yet: ask the administrator.")
    return ngettext("%(names)s may do this. Ask them.", "%(names)s may do this. Ask one of them.", len(names)) % {
        "names": gettext(" or ").join(names)
    }
