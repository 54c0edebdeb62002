"""Offices: where they are, when they answer, and what nobody there can do."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import actions
from accounts.forms import CorrectOfficeForm, OpenOfficeForm
from accounts.models import Office
from accounts.queries import gaps
from accounts.scope import scope_of
from accounts.views.people import get_or_post, only_for_readers, reads_of_colleagues
from accounts.views.verb import press, typed


@require_safe
def offices(request: HttpRequest) -> HttpResponse:
    """Every office with its telephone and hours: a colleague elsewhere is one call away."""
    keeps = scope_of(request.user).may("accounts.correct_office")
    found = Office.objects.order_by("-active", "name")
    return render(
        request,
        "accounts/offices.html",
        {
            "offices": found if keeps else found.filter(active=True),
            "keeps_offices": keeps,
            "readers": reads_of_colleagues(request.user),
        },
    )


@get_or_post
def open_office(request: HttpRequest) -> HttpResponse:
    """A new office."""
    return press(
        request,
        verb="accounts.open_office",
        subject=Office(),
        form=OpenOfficeForm(typed(request)),
        perform=lambda version, **asked: actions.open_office(by=request.user, **asked),
        done=_("The office is open. Now give roles there."),
        back=reverse("accounts:offices"),
        back_label=_("Offices"),
        will=_("It takes files as soon as somebody there holds a role."),
    )


@get_or_post
def correct_office(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The facts of an office, and whether it takes new files."""
    found = get_object_or_404(Office, pk=pk)
    is_now: dict[str, Any] = {name: getattr(found, name) for name in ("name", "country", "time_zone", "phone", "hours", "active")}
    return press(
        request,
        verb="accounts.correct_office",
        subject=found,
        form=CorrectOfficeForm(typed(request), initial={**is_now, "version": found.version}),
        perform=lambda **asked: actions.correct_office(found, by=request.user, **asked),
        done=_("Corrected."),
        back=reverse("accounts:offices"),
        back_label=_("Offices"),
        will=_("The telephone and the hours stand on slips and in letters. A closed office keeps its files and takes no new ones."),
    )


@require_safe
def check_offices(request: HttpRequest) -> HttpResponse:
    """What nobody can do somewhere: where the work would stop, before it stops."""
    only_for_readers(request)
    found: dict[Any, list[Any]] = {}
    for gap in gaps():
        found.setdefault(gap.office, []).append(gap)
    return render(request, "accounts/check_offices.html", {"gaps": list(found.items())})
