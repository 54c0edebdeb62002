"""What waits for my signature: signed, or turned down with the reason."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.scope import scope_of
from casework.actions.closing import sign_closing
from casework.actions.plan import approve_plan
from casework.actions.signing import turn_down_proposal
from casework.signing import Waiting, may_sign, one_waiting, waiting_for
from workflows.acting import Refused

_SIGN: dict[str, Any] = {"close_case": sign_closing, "approve_plan": approve_plan}


def _only_for_signers(request: HttpRequest) -> None:
    if not may_sign(request.user):
        raise PermissionDenied(_("Supervisors and programme managers sign as the second person."))


@require_safe
def to_sign(request: HttpRequest) -> HttpResponse:
    """Proposals of others that wait for me, and my own that wait for another."""
    _only_for_signers(request)
    return _page(request)


def _page(request: HttpRequest, *, refused: Any = (), status: int = HTTPStatus.OK, typed: str = "", at: int = 0) -> HttpResponse:
    every = waiting_for(request.user)
    context = {
        "waiting": [one for one in every if not one.mine],
        "own": [one for one in every if one.mine],
        "refused": refused,
        "typed": typed,
        "at": at,
        "may_open": scope_of(request.user).may("casework.open_for_purpose"),
    }
    return render(request, "casework/to_sign.html", context, status=status)


def _one(request: HttpRequest, pk: int) -> Waiting:
    _only_for_signers(request)
    found = one_waiting(request.user, pk)
    if found is None:
        raise Http404(pk)
    return found


@require_POST
def sign_proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign as the second person: what was proposed is done."""
    one = _one(request, pk)
    try:
        _SIGN[one.proposal.what](one.case, by=request.user, version=one.case.version)
    except Refused as refused:
        return _page(request, refused=refused.blockers, status=HTTPStatus.CONFLICT)
    messages.success(request, _("Signed: %(reference)s.") % {"reference": one.case.reference})
    return redirect("casework:to_sign")


@require_POST
def turn_down(request: HttpRequest, pk: int) -> HttpResponse:
    """Turn it down, with the reason; the caseworker finds it on *My day*."""
    one = _one(request, pk)
    words = request.POST.get("words", "")[:10_000]
    try:
        turn_down_proposal(one.case, by=request.user, what=one.proposal.what, words=words)
    except Refused as refused:
        return _page(request, refused=refused.blockers, status=HTTPStatus.CONFLICT, typed=words, at=pk)
    messages.success(request, _("Turned down: %(reference)s. The caseworker reads why.") % {"reference": one.case.reference})
    return redirect("casework:to_sign")
