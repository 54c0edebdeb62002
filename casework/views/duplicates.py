"""Those who could be someone we know: what waits, one by one side by side, and the four ways on."""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.scope import scope_of
from casework.actions import duplicate as verbs
from casework.forms.people import DecideDuplicateForm
from casework.models import PossibleDuplicate
from casework.queries import undecided_of
from casework.side_by_side import newcomers, side_by_side, waiting_to_be_joined, what_was_decided
from workflows import accesses
from workflows.acting import Refused

CAP = 200
PAGE = 20


def _decides(request: HttpRequest) -> None:
    if not scope_of(request.user).where("casework.decide_duplicate"):
        raise PermissionDenied(_("Caseworkers and supervisors decide whether somebody is known."))


def _visible(request: HttpRequest, pk: UUID) -> PossibleDuplicate:
    """One among those of the offices that this user sees, or 404; 403 with the sentence where it is not theirs to decide."""
    whole = PossibleDuplicate.objects.visible_to(request.user).select_related("row", "case__person", "person", "office")
    found = get_object_or_404(whole, pk=pk)
    if not scope_of(request.user).may("casework.decide_duplicate", found.office_id):
        raise PermissionDenied(_("Caseworkers and supervisors decide whether somebody is known."))
    return found


@require_safe
def duplicates(request: HttpRequest) -> HttpResponse:
    """What waits: the first side by side, the others in line behind it, and above what was decided a moment ago."""
    _decides(request)
    return render(request, "casework/duplicates.html", _page(request, after=_key(request, "after")))


@require_safe
def duplicate(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One of them; decided already, what was decided."""
    found = _visible(request, pk)
    if found.decision not in ("", PossibleDuplicate.Decision.LATER):
        context = _page(request, said=found)
        return render(request, "casework/duplicates.html", context)
    return render(request, "casework/duplicates.html", _page(request, shown=found))


@require_POST
def decide_duplicate(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One of the four ways on; then the next one, with what was decided said above it."""
    found = _visible(request, pk)
    form = DecideDuplicateForm(request.POST)
    if not form.is_valid():
        return _again(request, found, form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        decided = verbs.decide_duplicate(found, by=request.user, **form.cleaned_data)
    except Refused as refused:
        return _again(request, _visible(request, pk), refused=refused.blockers, status=HTTPStatus.CONFLICT)
    return _next(request, decided)


@require_POST
def ask_about_duplicate(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask the supervisor of the office where the file is."""
    return _press(request, pk, verbs.ask_about_duplicate)


@require_POST
def take_back_decision(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Undo: it waits again, as if nothing had been said."""
    return _press(request, pk, verbs.take_back_decision)


@require_POST
def open_meanwhile(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Open a file at once: somebody stands at the door. The decision goes on waiting."""
    found = _visible(request, pk)
    try:
        case = verbs.open_meanwhile(found, by=request.user)
    except Refused as refused:
        return _again(request, _visible(request, pk), refused=refused.blockers, status=HTTPStatus.CONFLICT)
    return redirect(case)


@require_POST
def merge_people(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Join two records that were decided to be one person."""
    found = _visible(request, pk)
    if not scope_of(request.user).may("casework.merge_people", found.office_id):
        raise PermissionDenied(_("A supervisor joins two records."))
    return _press(request, pk, verbs.carry_out, lead_on=True)


def _press(request: HttpRequest, pk: UUID, verb: Any, *, lead_on: bool = False) -> HttpResponse:
    found = _visible(request, pk)
    try:
        verb(found, by=request.user)
    except Refused as refused:
        return _again(request, _visible(request, pk), refused=refused.blockers, status=HTTPStatus.CONFLICT)
    if lead_on:
        return _next(request, _visible(request, pk))
    return redirect("casework:duplicate", pk=pk)


def _next(request: HttpRequest, decided: PossibleDuplicate) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return render(request, "casework/parts/waiting.html", _page(request, said=_visible(request, decided.pk)))
    return redirect(f"{reverse('casework:duplicates')}?{urlencode({'said': decided.pk})}")


def _again(request: HttpRequest, found: PossibleDuplicate, *, status: HTTPStatus, **more: Any) -> HttpResponse:
    """The same one once more, with what was missing; one that somebody decided meanwhile says what was decided."""
    open_yet = found.decision in ("", PossibleDuplicate.Decision.LATER)
    context = _page(request, **({"shown": found} if open_yet else {"said": found})) | more
    part = "casework/parts/waiting.html" if request.headers.get("HX-Request") else "casework/duplicates.html"
    return render(request, part, context, status=status)


def _key(request: HttpRequest, name: str) -> UUID | None:
    try:
        return UUID(request.GET.get(name, ""))
    except ValueError:
        return None


def _page(
    request: HttpRequest,
    *,
    shown: PossibleDuplicate | None = None,
    said: PossibleDuplicate | None = None,
    after: UUID | None = None,
) -> dict[str, Any]:
    """Everything the page shows: `shown` or the first in line, then the line; `said` is what was decided last."""
    user, waiting = request.user, undecided_of(request.user)
    if said is None and (last := _key(request, "said")):
        said = PossibleDuplicate.objects.visible_to(user).exclude(decision="").filter(pk=last).first()
    begin = waiting.filter(pk=after).first() if after else None
    line = waiting
    if begin is not None:
        behind = Q(turn__gt=begin.turn) | Q(turn=begin.turn, pk__gt=begin.pk)
        line = waiting.filter(Q(decision__gt=begin.decision) | Q(behind, decision=begin.decision))
    few = list(line[: PAGE + 2])
    if shown is None and few and begin is None:
        shown = few[0]
    rest = [one for one in few if shown is None or one.pk != shown.pk]
    page, more = rest[:PAGE], len(rest) > PAGE
    apart = waiting_to_be_joined(user)
    who = newcomers([*page, *apart], user)
    beside = side_by_side(shown, user) if shown else None
    count = waiting.values("pk").order_by()[: CAP + 2].count()
    if beside:
        for whose in filter(None, (beside.known.person, beside.newcomer.case and beside.newcomer.case.person)):
            accesses.note(request, "person", whose.pk)
    return {
        "form": None,
        "refused": (),
        "shown": beside,
        "said": what_was_decided(said, user) if said else None,
        "said_of": said,
        "may_join": bool(said and scope_of(user).may("casework.merge_people", said.office_id)),
        "line": [(one, who[one.pk]) for one in page],
        "next_url": f"?{urlencode({'after': page[-1].pk})}" if more and page else "",
        "begins_later": begin is not None,
        "count": min(count, CAP + 1),
        "behind": min(count - bool(shown), CAP + 1),
        "cap": CAP,
        "to_join": [(one, who[one.pk]) for one in apart],
    }
