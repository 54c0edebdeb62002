"""One view for every verb of this room: its form, what is missing, the verb itself, and what happened said in place."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from grants.forms.verb import RootForm
from workflows import hooks
from workflows.acting import Option, Refused, Stale, options
from workflows.actors import actor_of
from workflows.machine import AggregateRoot, Blocker


@dataclass(frozen=True)
class VerbPage:
    """A verb of a kind of row, its form and its function; `will` says before, and `did` after, what it does."""

    model: type[AggregateRoot]
    place: str
    """How the address begins: "pitches" for /pitches/<id>/submit-pitch/."""
    form: type[RootForm]
    action: Callable[..., Any]
    will: Any
    did: Any
    template: str = "grants/verb.html"

    @property
    def verb(self) -> str:
        return self.action.__name__


def verb_view(page: VerbPage) -> Callable[..., HttpResponse]:
    """GET shows the form with what it will do or what is missing; POST performs the verb, or says in the form why not."""

    @require_http_methods(["GET", "HEAD", "POST"])
    def view(request: HttpRequest, pk: UUID) -> HttpResponse:
        root = visible(page.model, request, pk)
        option = option_of(root, request.user, page.verb)
        if option.status == "not_yours":
            raise PermissionDenied(str(option.why))
        asked = {name: request.GET[name] for name in page.form.base_fields if name in request.GET}
        form = page.form(request.POST or None, request.FILES or None, root=root, user=request.user, initial=asked)
        status = HTTPStatus.OK
        if request.method == "POST" and form.is_valid():
            try:
                perform(page, root, form, by=request.user)
            except Refused as refused:
                form.refuse(refused)
                status = HTTPStatus.CONFLICT
                if isinstance(refused, Stale):
                    root = visible(page.model, request, pk)
                    form.keep_up(root.version)
            else:
                messages.success(request, page.did)
                return redirect(root)
        context = {"root": root, "form": form, "option": option, "page": page, "refused": form.blockers}
        return render(request, page.template, context, status=status)

    view.__name__ = page.verb
    return view


def perform(page: VerbPage, root: AggregateRoot, form: RootForm, *, by: Any) -> Any:
    """Call the verb on the row with what the form says."""
    takes_version = "version" in inspect.signature(page.action).parameters
    version = {"version": form.cleaned_data["version"]} if takes_version else {}
    return page.action(root, by=by, **version, **form.keywords())


def option_of(root: AggregateRoot, user: Any, verb: str) -> Option:
    """The verb as it stands for this user on this row; out of another state it is blocked, with the sentence why."""
    found = next((option for option in options(root, user) if option.name == verb), None)
    if found is not None:
        return found
    name, declared = f"{root._meta.app_label}.{verb}", root.known_verbs()[verb]
    refusal = hooks.refusal_of(actor_of(user), name, root)
    if refusal is not None:
        return Option(name, declared.label, "not_yours", why=refusal)
    sentence = _("It is “%(state)s” now: this does not lead on from there.") % {"state": root.get_state_display()}  # type: ignore[attr-defined]
    return Option(name, declared.label, "blocked", (Blocker("state", sentence, root.get_absolute_url(), _("Look at it")),))  # type: ignore[attr-defined]


def visible(model: type[AggregateRoot], request: HttpRequest, pk: UUID) -> Any:
    """The row among those that this user may see, or 404."""
    return get_object_or_404(model.objects.visible_to(request.user), pk=pk)  # type: ignore[attr-defined]


def verb_path(page: VerbPage) -> URLPattern:
    """The address of a verb has its name: /pitches/<id>/submit-pitch/."""
    return path(f"{page.place}/<uuid:pk>/{page.verb.replace('_', '-')}/", verb_view(page), name=page.verb)
