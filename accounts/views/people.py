"""People and roles: who works here, what each may do, and since when."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts import actions
from accounts.forms import GrantForm, PeopleFilter, UserForm, VerbForm
from accounts.models import RoleGrant, User
from accounts.queries import people_page, role_sheets, story_of
from accounts.scope import scope_of
from accounts.sign_in import lacks_second_factor
from accounts.views.verb import press, reader, typed
from workflows.acting import options

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def reads_of_colleagues(user: Any) -> bool:
    """Whether the lists about colleagues are this user's business."""
    scope = scope_of(user)
    return bool(scope.reads_where("people")) or scope.may("accounts.invite_user")


def only_for_readers(request: HttpRequest) -> None:
    """Raise PermissionDenied for everybody else, saying whose it is."""
    if not reads_of_colleagues(request.user):
        raise PermissionDenied(_("Supervisors, data protection and the administrator read this."))


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Who works here, by name, with the roles they hold."""
    only_for_readers(request)
    form = PeopleFilter(request.GET)
    wanted = form.wanted()
    page = people_page(reader(request), **wanted)
    kept = {name: value for name, value in request.GET.items() if name != "after" and value}
    context = {
        "form": form,
        "page": page,
        "keeps_accounts": scope_of(request.user).may("accounts.invite_user"),
        "first_url": "?" + urlencode(kept) if wanted["after"] else "",
        "next_url": "?" + urlencode({**kept, "after": page.after}) if page.after else "",
    }
    return render(request, "accounts/people.html", context)


@require_safe
def person(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One colleague: their roles now and before, what may be done about them, and what was done."""
    found = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    open_verbs = {option.name for option in options(found, request.user) if option.status == "open"}
    grants = list(found.grants.select_related("office").order_by("-since", "-pk"))
    in_force = set(found.grants.in_force().values_list("pk", flat=True))
    keeps_accounts = bool(open_verbs - {"choose_language"})
    context = {
        "person": found,
        "held": [grant for grant in grants if grant.pk in in_force],
        "ended": [grant for grant in grants if grant.pk not in in_force],
        "open_verbs": open_verbs,
        "keeps_accounts": keeps_accounts,
        "lacks_code": keeps_accounts and lacks_second_factor(found),
        "story": story_of(found),
        "myself": found.pk == request.user.pk,
    }
    return render(request, "accounts/person.html", context)


@get_or_post
def invite_user(request: HttpRequest) -> HttpResponse:
    """An account and a letter with the link to it; roles come next, on the page of the colleague."""
    return press(
        request,
        verb="accounts.invite_user",
        subject=User(),
        form=UserForm(typed(request)),
        perform=lambda version, **asked: actions.invite_user(by=request.user, **asked),
        done=_("Invited. Now give a role."),
        back=reverse("accounts:people"),
        back_label=_("People and roles"),
        will=_("A letter with a link goes to them. They choose a password themselves; without a role they see nothing."),
        then=User.get_absolute_url,
    )


def _on_person(
    verb: str,
    action: Callable[..., Any],
    *,
    form: Callable[[HttpRequest, User], VerbForm],
    will: Any,
    done: Any,
) -> Callable[..., HttpResponse]:
    """The page of a verb on one colleague."""

    @get_or_post
    def view(request: HttpRequest, pk: UUID) -> HttpResponse:
        found = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
        return press(
            request,
            verb=f"accounts.{verb}",
            subject=found,
            form=form(request, found),
            perform=lambda **asked: action(found, by=request.user, **asked),
            done=done % {"name": found.called},
            back=found.get_absolute_url(),
            back_label=found.name,
            will=will % {"name": found.called},
        )

    view.__name__ = verb
    return view


def _nothing_asked(request: HttpRequest, found: User) -> VerbForm:
    return VerbForm(typed(request), initial={"version": found.version})


def _as_it_is(request: HttpRequest, found: User) -> UserForm:
    is_now = {name: getattr(found, name) for name in ("name", "short_name", "email", "language", "version")}
    return UserForm(typed(request), initial=is_now)


correct_user = _on_person(
    "correct_user",
    actions.correct_user,
    form=_as_it_is,
    will=gettext_lazy("A new address is the one they sign in with from now on."),
    done=gettext_lazy("Corrected."),
)
invite_again = _on_person(
    "invite_again",
    actions.invite_again,
    form=_nothing_asked,
    will=gettext_lazy("A new letter goes to %(name)s, and the link of the one before ends."),
    done=gettext_lazy("The invitation is on its way."),
)
deactivate_user = _on_person(
    "deactivate_user",
    actions.deactivate_user,
    form=_nothing_asked,
    will=gettext_lazy(
        "%(name)s is signed out everywhere, this minute, and every role ends. What they did stays in their name. "
        "Access can be given again; roles are then given anew."
    ),
    done=gettext_lazy("The access of %(name)s has ended."),
)
reactivate_user = _on_person(
    "reactivate_user",
    actions.reactivate_user,
    form=_nothing_asked,
    will=gettext_lazy("%(name)s can sign in again, and sees nothing until a role is given."),
    done=gettext_lazy("%(name)s can sign in again. Now give a role."),
)
grant_role = _on_person(
    "grant_role",
    actions.grant_role,
    form=lambda request, found: GrantForm(typed(request), by=reader(request), initial={"version": found.version}),
    will=gettext_lazy("It counts from this minute, at the office you choose."),
    done=gettext_lazy("%(name)s has a new role."),
)


@get_or_post
def revoke_role(request: HttpRequest, grant: int) -> HttpResponse:
    """Take one role back."""
    seen = RoleGrant.objects.filter(user__in=User.objects.visible_to(request.user))
    found = get_object_or_404(seen.select_related("user", "office"), pk=grant)
    person_, role = found.user, found.label
    return press(
        request,
        verb="accounts.revoke_role",
        subject=person_,
        form=VerbForm(typed(request), initial={"version": person_.version}),
        perform=lambda version: actions.revoke_role(found, by=request.user, version=version),
        done=_("%(name)s no longer holds this role.") % {"name": person_.called},
        back=person_.get_absolute_url(),
        back_label=person_.name,
        will=_("%(role)s, for %(office)s, ends this minute for %(name)s. Their files stay where they are.")
        % {"role": role, "office": found.where, "name": person_.called},
    )


@require_safe
def roles(request: HttpRequest) -> HttpResponse:
    """The table of access: every role in a sentence, with all that it may do. Everybody may read what everybody may."""
    return render(request, "accounts/roles.html", {"sheets": role_sheets(), "readers": reads_of_colleagues(request.user)})
