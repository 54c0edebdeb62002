"""Who has looked: at one file, and over all of them."""

from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from casework import looked as asked_of
from casework.case_page import LOOKS, looks_at, openings_of
from casework.views.case import opened
from workflows import accesses, clock
from workflows.models import Access


def _key(request: HttpRequest) -> int:
    before = request.GET.get("before", "")
    return int(before) if before.isascii() and before.isdecimal() and len(before) < 19 else 0


@require_safe
def who_has_looked(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Everybody who opened, found, exported or printed this person's data, with their roles, and what for where it was asked."""
    found = opened(request, pk, for_purpose=True)
    before = _key(request)
    looks, more = looks_at(found.person, before=before)
    context = {"case": found, "looks": looks, "more": more, "began": bool(before), "openings": openings_of(request.user, found)}
    return render(request, "casework/looked.html", context)


@require_safe
def looked(request: HttpRequest) -> HttpResponse:
    """Over all files: for data protection and auditors everybody's looks, for a supervisor the office's, for others their own."""
    asked, before = asked_of.Asked.of(request.GET.dict()), _key(request)
    looks, more = asked_of.page_of(request.user, asked, before=before)
    colleagues = asked_of.colleagues_of(request.user).order_by("name")[:500]
    kept = asked.as_address()
    context = {
        "asked": asked,
        "looks": looks,
        "colleagues": colleagues,
        "kinds": LOOKS.items(),
        "reads_all": bool(asked_of.readers_scope(request.user)),
        "next_url": f"?{urlencode({**kept, 'before': more})}" if more else "",
        "first_url": f"?{urlencode(kept)}" if before else "",
        "csv_query": urlencode(kept),
    }
    return render(request, "casework/looked_over_all.html", context)


@require_safe
def looked_csv(request: HttpRequest) -> HttpResponse:
    """What is filtered, as CSV; that the list was taken out is on it from then on."""
    asked = asked_of.Asked.of(request.GET.dict())
    accesses.note(request, "accesses", asked.colleague or asked.reference or "all", kind=Access.EXPORT)
    answer = HttpResponse("".join(asked_of.as_csv(request.user, asked)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="who-has-looked-{clock.today():%Y-%m-%d}.csv"'
    return answer
