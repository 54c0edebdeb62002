"""Lists of referrals: handed in, looked through, decided, imported by the worker, each row answered."""

import io
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Office
from accounts.scope import EVERYWHERE, scope_of
from casework.actions import referral as verbs
from casework.forms.people import ReferralFileForm
from casework.models import Programme, ReferralList
from casework.referral_page import (
    Outcome,
    Stage,
    answers_of,
    file_goes_on,
    lists_of,
    mendable,
    preview_of,
    progress_of,
    to_mend,
)
from casework.referrals import Unreadable, write_rejected
from workflows import accesses
from workflows.acting import Refused
from workflows.models import Access

_TABS = (Outcome.ACCEPTED, Outcome.POSSIBLE_DUPLICATE, Outcome.REJECTED, Outcome.UNCHANGED)


def _receives(request: HttpRequest, office_id: Any = None, verb: str = "refer") -> None:
    """403 with the sentence for whoever has nothing to do with lists."""
    if scope_of(request.user).may(f"casework.{verb}", office_id):
        return
    if verb == "refer":
        raise PermissionDenied(_("Caseworkers and the front desk receive referrals."))
    raise PermissionDenied(_("Caseworkers and supervisors hand in lists."))


def _visible(request: HttpRequest, pk: UUID) -> ReferralList:
    """The list among those of one's offices, or 404; 403 with the sentence for a colleague who does not receive people."""
    lists = ReferralList.objects.visible_to(request.user).select_related("programme", "office", "by")
    found = get_object_or_404(lists, pk=pk)
    _receives(request, found.office_id)
    return found


def _form(request: HttpRequest, *args: Any, **kwargs: Any) -> ReferralFileForm | None:
    where = scope_of(request.user).where("casework.hand_in_list")
    if not where:
        return None
    offices = Office.objects.filter(active=True).order_by("name")
    programmes = Programme.objects.filter(live_since__isnull=False, ended_on=None).order_by("name")
    return ReferralFileForm(
        *args, programmes=programmes, offices=offices if where == EVERYWHERE else offices.filter(pk__in=where), **kwargs
    )


@require_safe
def referrals(request: HttpRequest) -> HttpResponse:
    """The lists that were handed in, the newest first, and the form for another."""
    _receives(request)
    again = {name: request.GET[name] for name in ("programme", "office", "sender") if name in request.GET}
    return _page(request, _form(request, initial=again))


def _page(request: HttpRequest, form: ReferralFileForm | None, status: HTTPStatus = HTTPStatus.OK, **more: Any) -> HttpResponse:
    page = lists_of(request.user, before=request.GET.get("before", ""))
    context = {
        "page": page,
        "form": form,
        "next_url": f"?before={page.next_key}" if page.next_key else "",
        "first_url": reverse("casework:referrals") if request.GET.get("before") else "",
        "refused": (),
        **more,
    }
    return render(request, "casework/referrals.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def hand_in_list(request: HttpRequest) -> HttpResponse:
    """Take a file in: it is read and looked through, and nobody gets a file before it is decided."""
    _receives(request, verb="hand_in_list")
    if request.method != "POST":
        return _page(request, _form(request))
    form = _form(request, request.POST, request.FILES)
    assert form is not None
    if not form.is_valid():
        return _page(request, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    facts = form.cleaned_data
    try:
        listing = verbs.take_in(
            facts["file"], by=request.user, programme=facts["programme"], office=facts["office"], sender=facts["sender"]
        )
        if listing.rows_total <= verbs.LOOKED_AT_ONCE:
            verbs.look_through(listing)
    except Unreadable as wrong:
        form.add_error("file", wrong.sentence)
        return _page(request, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    return redirect("casework:referral_list", pk=listing.pk)


@require_safe
def referral_list(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One list: what would be answered, how far the import is, or what was answered to each row."""
    found = _visible(request, pk)
    if request.headers.get("HX-Request") and request.GET.get("part") == "progress":
        return _how_far(request, found)
    return _list_page(request, found)


def _list_page(request: HttpRequest, found: ReferralList, status: HTTPStatus = HTTPStatus.OK, **more: Any) -> HttpResponse:
    scope = scope_of(request.user)
    context = {
        "list": found,
        "progress": progress_of(found),
        "may_import": scope.may("casework.import_referrals", found.office_id),
        "file_goes_on": file_goes_on(found),
        "refused": (),
        **more,
    }
    if found.stage in (Stage.READ, Stage.DECIDING):
        context["preview"] = preview_of(found)
    elif found.stage != Stage.FAILED or found.rows_done:
        context |= _answers(request, found)
    return render(request, "casework/referral_list.html", context, status=status)


def _answers(request: HttpRequest, found: ReferralList) -> dict[str, Any]:
    counts = dict(zip(_TABS, (found.accepted, found.possible_duplicates, found.rejected, found.unchanged), strict=True))
    asked = request.GET.get("answer", "")
    tab = asked if asked in _TABS else next((one for one in (Outcome.POSSIBLE_DUPLICATE, *_TABS) if counts[one]), Outcome.ACCEPTED)
    after = request.GET.get("after", "")
    page = answers_of(found, request.user, tab, after=int(after) if after.isdecimal() and len(after) < 10 else 0)
    labels = {
        Outcome.ACCEPTED: _("Accepted"),
        Outcome.POSSIBLE_DUPLICATE: _("Could be someone we know"),
        Outcome.REJECTED: _("Rejected"),
        Outcome.UNCHANGED: _("Unchanged"),
    }
    return {
        "tabs": [(one.value, labels[one], counts[one]) for one in _TABS],
        "tab": str(tab),
        "page": page,
        "next_url": f"?answer={tab}&after={page.next_key}" if page.next_key else "",
        "first_url": f"?answer={tab}" if after else "",
        "mendable": mendable(found).exists() if found.rejected else False,
        "may_decide": scope_of(request.user).may("casework.decide_duplicate", found.office_id),
    }


def _how_far(request: HttpRequest, found: ReferralList) -> HttpResponse:
    """The bar alone, for a page that asks every two seconds; once there is nothing to wait for, the page comes anew."""
    progress = progress_of(found)
    answer = render(request, "casework/parts/import_progress.html", {"list": found, "progress": progress})
    if progress is None:
        answer["HX-Refresh"] = "true"
    return answer


@require_POST
def import_referrals(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Decide to import: the worker does it, in commits of a hundred."""
    found = _visible(request, pk)
    _receives(request, found.office_id, "import_referrals")
    version = request.POST.get("version", "")
    try:
        verbs.import_referrals(found, by=request.user, version=int(version) if version.isdecimal() and len(version) < 10 else None)
    except Refused as refused:
        return _list_page(request, _visible(request, pk), HTTPStatus.CONFLICT, refused=refused.blockers)
    return redirect("casework:referral_list", pk=pk)


@require_safe
def rejected_rows(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The rejected rows as CSV, each with what is wrong: to be mended and handed in again, for 30 days."""
    found = _visible(request, pk)
    _receives(request, found.office_id, "hand_in_list")
    text = io.StringIO()
    write_rejected(to_mend(found), text)
    accesses.note(request, "list", found.pk, kind=Access.EXPORT)
    answer = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="to-mend-{found.uploaded_at:%Y-%m-%d}.csv"'
    return answer
