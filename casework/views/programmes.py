"""Programmes: the list, the rules of one, a change with its reason, opening it, and its files without names."""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.scope import scope_of
from casework.actions import programme as actions
from casework.forms.programme import PARTS, SetUpProgrammeForm
from casework.models import Programme
from casework.programme_page import nameless_page, parts_of, programmes_for, reads_programmes, story_of
from casework.states import CaseState
from workflows import hooks
from workflows.acting import Refused, Stale, options
from workflows.actors import actor_of

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def _visible(request: HttpRequest, code: str) -> Programme:
    """The programme among those that this user may see, or 404; 403 for whoever has no business with their rules."""
    if not reads_programmes(request.user):
        raise PermissionDenied(_("Programme managers, data protection and supervisors read the rules of programmes."))
    return get_object_or_404(Programme.objects.visible_to(request.user), code=code)


def _allow(request: HttpRequest, verb: str, programme: Programme) -> None:
    refusal = hooks.refusal_of(actor_of(request.user), verb, programme)
    if refusal is not None:
        raise PermissionDenied(str(refusal))


@require_safe
def programmes(request: HttpRequest) -> HttpResponse:
    """The programmes whose rules this user may read."""
    if not reads_programmes(request.user):
        raise PermissionDenied(_("Programme managers, data protection and supervisors read the rules of programmes."))
    may = scope_of(request.user).may("casework.set_up_programme")
    return render(request, "casework/programmes.html", {"programmes": programmes_for(request.user), "may_set_up": may})


@get_or_post
def set_up_programme(request: HttpRequest) -> HttpResponse:
    """A new programme; it takes no referrals before it is opened."""
    _allow(request, "casework.set_up_programme", Programme())
    form = SetUpProgrammeForm(request.POST if request.method == "POST" else None)
    status = HTTPStatus.OK
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.set_up_programme(by=request.user, **form.cleaned_data)
        except Refused as refused:
            form.refuse(refused)
            status = HTTPStatus.CONFLICT
        else:
            messages.success(request, _("%(name)s is set up. Below is what it lacks to be opened.") % {"name": made.name})
            return redirect("casework:programme", made.code)
    return render(request, "casework/programme_form.html", {"form": form, "label": _("Set up a programme")}, status=status)


@require_safe
def programme(request: HttpRequest, code: str) -> HttpResponse:
    """The rules of one programme, what it lacks to open, and what was changed."""
    return _page(request, _visible(request, code))


def _page(request: HttpRequest, found: Programme, *, refused: list[Any] | None = None, status: int = HTTPStatus.OK) -> HttpResponse:
    scope = scope_of(request.user)
    every = {option.name: option for option in options(found, request.user)}
    context = {
        "programme": found,
        "parts": parts_of(found, {name: title for name, (title, _form) in PARTS.items()}),
        "may_change": every["change_programme"].status == "open",
        "opening": every["go_live"],
        "refused": refused or [],
        "story": story_of(found),
        "may_list": scope.may("casework.open_for_purpose"),
        "may_set_up": scope.may("casework.set_up_programme"),
    }
    return render(request, "casework/programme.html", context, status=status)


@get_or_post
def change_programme(request: HttpRequest, code: str, part: str) -> HttpResponse:
    """One part of the rules, changed with a reason; it binds from now on."""
    found = _visible(request, code)
    if part not in PARTS:
        raise Http404(part)
    _allow(request, "casework.change_programme", found)
    title, form_of = PARTS[part]
    form = form_of(request.POST if request.method == "POST" else None, programme=found, user=request.user)
    status = HTTPStatus.OK
    if request.method == "POST" and form.is_valid():
        asked = {"reason": form.cleaned_data["reason"], "version": form.cleaned_data["version"]}
        try:
            actions.change_programme(found, by=request.user, **asked, **form.settings())
        except Refused as refused:
            form.refuse(refused)
            status = HTTPStatus.CONFLICT
            if isinstance(refused, Stale):
                form.keep_up(Programme.objects.get(pk=found.pk).version)
        else:
            messages.success(request, _("Changed. It binds from now on."))
            return redirect("casework:programme", found.code)
    context = {"form": form, "label": title, "programme": Programme.objects.get(pk=found.pk)}
    return render(request, "casework/programme_form.html", context, status=status)


@get_or_post
def go_live(request: HttpRequest, code: str) -> HttpResponse:
    """Open the programme; what is missing is said with the place where it is met."""
    found = _visible(request, code)
    _allow(request, "casework.go_live", found)
    if request.method == "POST":
        version = request.POST.get("version", "")
        try:
            actions.go_live(found, by=request.user, version=int(version) if version.isdecimal() else None)
        except Refused as refused:
            return _page(request, found, refused=refused.blockers, status=HTTPStatus.CONFLICT)
        messages.success(request, _("%(name)s is open: it takes referrals from here on.") % {"name": found.name})
    return redirect("casework:programme", found.code)


@require_safe
def programme_files(request: HttpRequest, code: str) -> HttpResponse:
    """Where the files of a programme stand, by their references: a name takes a stated purpose."""
    found = _visible(request, code)
    if not scope_of(request.user).may("casework.open_for_purpose"):
        raise PermissionDenied(_("Your role sees files by name at its own office, or figures alone."))
    state, office = request.GET.get("state", ""), request.GET.get("office", "")[:20]
    asked = {"state": state if state in CaseState.values else "", "office": office}
    page = nameless_page(request.user, found, **asked, after=request.GET.get("after", "")[:60])
    kept = {name: value for name, value in asked.items() if value}
    context = {
        "programme": found,
        "page": page,
        "asked": asked,
        "states": CaseState.choices,
        "offices": found.offices.all(),
        "first_url": f"?{urlencode(kept)}" if request.GET.get("after") else "",
        "next_url": f"?{urlencode({**kept, 'after': page.next_key})}" if page.next_key else "",
    }
    return render(request, "casework/programme_files.html", context)
