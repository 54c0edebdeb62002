"""The calls: their list, one call with its pitches, and the verbs that run it."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Office
from accounts.scope import EVERYWHERE, scope_of
from casework.models import Programme
from grants.actions import calls as verbs
from grants.forms import calls as forms
from grants.models import Call
from grants.queries import calls_with_figures, pitches_by_state
from grants.views.verbs import VerbPage, verb_path, visible
from workflows.acting import Refused, options

_ROLES = ("caseworker", "supervisor", "grant_officer", "finance", "chair", "programme_manager")


@require_safe
def calls(request: HttpRequest) -> HttpResponse:
    """Every call that one may see, the newest first, with its money and its pitches."""
    if not scope_of(request.user).roles & {*_ROLES, "juror"}:
        raise PermissionDenied(_("Those who work with pitches use this list."))
    rows = calls_with_figures(Call.objects.visible_to(request.user), request.user)
    return render(request, "grants/calls.html", {"rows": rows, "may_draft": scope_of(request.user).may("grants.draft_call")})


@require_safe
def call(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One call: what it offers, by when, judged by what; its pitches as far as one may see them; the next verbs."""
    found = visible(Call, request, pk)
    context = {
        "call": found,
        "options": [one for one in options(found, request.user) if one.status != "not_yours"],
        "groups": pitches_by_state(found, request.user),
        "criteria": list(found.criteria.all()),
        "rules": list(found.eligibility.all()),
        "sittings": list(found.sittings.visible_to(request.user)),
        "may_clone": scope_of(request.user).may("grants.clone_call", found.office_id),
    }
    return render(request, "grants/call.html", context)


def _named(request: HttpRequest, name: str, rows: Any) -> Any:
    """The row whose code is said under the name, or the first."""
    code = request.POST.get(name) or request.GET.get(name) or ""
    return next((row for row in rows if row.code == code), None) or rows.first()


@require_http_methods(["GET", "HEAD", "POST"])
def draft_call(request: HttpRequest) -> HttpResponse:
    """Write a new call for a programme and an office that one runs calls at."""
    where = scope_of(request.user).where("grants.draft_call")
    if not where:
        raise PermissionDenied(_("A grant officer writes calls."))
    offices = Office.objects.filter(active=True)
    offices = offices if where == EVERYWHERE else offices.filter(pk__in=where)
    programmes = Programme.objects.filter(programme_offices__office__in=offices).distinct()
    office, programme = _named(request, "office", offices), _named(request, "programme", programmes)
    if office is None or programme is None:
        raise PermissionDenied(_("No programme is carried out at your office yet."))
    return _writing(
        request,
        Call(programme=programme, office=office, currency=programme.currency),
        lambda said: verbs.draft_call(by=request.user, programme=programme, office=office, **said),
        {"offices": offices, "programmes": programmes, "office": office, "programme": programme, "label": _("Write a call")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def clone_call(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write a call after this one: everything is there but what another offer must say anew."""
    source = visible(Call, request, pk)
    if not scope_of(request.user).may("grants.clone_call", source.office_id):
        raise PermissionDenied(_("A grant officer writes calls."))
    clone = Call(programme=source.programme, office=source.office, currency=source.currency, cloned_from=source)
    kept = {name: getattr(source, name) for name in verbs.SETTINGS if name not in verbs.TO_ADAPT}
    fields = Call._meta.get_field
    return _writing(
        request,
        clone,
        lambda said: _clone(source, request.user, said),
        {
            "label": _("Write a call after this one"),
            "source": source,
            "to_adapt": [fields(name).verbose_name for name in verbs.TO_ADAPT],  # type: ignore[union-attr]
        },
        initial=kept,
    )


def _clone(source: Call, user: Any, said: dict[str, Any]) -> Call:
    criteria, eligibility = said.pop("criteria"), said.pop("eligibility")
    clone = verbs.clone_call(source, by=user, **said)
    as_before = list(source.criteria.values("code", "question", "predicts", "weight", "levels"))
    if criteria != as_before or eligibility != list(source.eligibility.values("rule", "number", "question")):
        clone = verbs.change_call(clone, by=user, criteria=criteria, eligibility=eligibility)
    return clone


def _writing(
    request: HttpRequest, root: Call, write: Any, context: dict[str, Any], initial: dict[str, Any] | None = None
) -> HttpResponse:
    form = forms.CallForm(request.POST or None, root=root, user=request.user, initial=initial)
    status = HTTPStatus.OK
    if request.method == "POST" and form.is_valid():
        try:
            made = write(form.keywords())
        except Refused as refused:
            form.refuse(refused)
            status = HTTPStatus.CONFLICT
        else:
            messages.success(request, _("The call is written. Open it when it is whole."))
            return redirect(made)
    return render(request, "grants/call_form.html", {**context, "form": form, "refused": form.blockers}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def change_call(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change a call that is not open yet."""
    found = get_object_or_404(Call.objects.visible_to(request.user), pk=pk)
    if not scope_of(request.user).may("grants.change_call", found.office_id):
        raise PermissionDenied(_("A grant officer changes calls."))
    kept = {name: getattr(found, name) for name in verbs.SETTINGS}
    context = {"label": _("Change the call"), "call": found}
    if found.state != "draft":
        context["refused_state"] = _("An open call is not changed: people have read it. Its last day and its budget can be moved.")

    def write(said: dict[str, Any]) -> Call:
        version = request.POST.get("version", "")
        return verbs.change_call(found, by=request.user, version=int(version) if version.isdecimal() else None, **said)

    return _writing(request, found, write, context, initial=kept)


PAGES = [
    VerbPage(
        Call, "grants/calls", forms.JustPress, verbs.open_call,
        _("Caseworkers can write and hand in pitches from now on. What it offers is not changed any more."),
        _("The call is open."),
    ),
    VerbPage(
        Call, "grants/calls", forms.ProlongCallForm, verbs.prolong_call,
        _("The new day holds for everybody alike."), _("The last day is moved."),
    ),
    VerbPage(
        Call, "grants/calls", forms.RaiseBudgetForm, verbs.raise_budget,
        _("Awards that were made stay as they are."), _("The budget is changed."),
    ),
    VerbPage(
        Call, "grants/calls", forms.CloseSubmissionsForm, verbs.close_submissions,
        _("No pitch can be handed in any more. Drafts move to the next call, or stay where they are."),
        _("The call takes no more pitches."),
    ),
    VerbPage(
        Call, "grants/calls", forms.JustPress, verbs.open_jury,
        _("The eligible pitches can be put on an agenda and scored."), _("The call is before its jury."),
    ),
    VerbPage(
        Call, "grants/calls", forms.JustPress, verbs.decide_call,
        _("Every pitch has its decision. Letters, contracts and the reserve go on."), _("The call is decided."),
    ),
    VerbPage(
        Call, "grants/calls", forms.JustPress, verbs.settle_call,
        _("Nothing of the call is open any more; its figures stand."), _("The call is settled."),
    ),
]  # fmt: skip

addresses = [
    path("grants/calls/", calls, name="calls"),
    path("grants/calls/write/", draft_call, name="draft_call"),
    path("grants/calls/<uuid:pk>/", call, name="call"),
    path("grants/calls/<uuid:pk>/clone-call/", clone_call, name="clone_call"),
    path("grants/calls/<uuid:pk>/change-call/", change_call, name="change_call"),
    *(verb_path(page) for page in PAGES),
]
