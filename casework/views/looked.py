"""Who has looked at a file."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from casework.case_page import looks_at
from casework.views.case import opened


@require_safe
def who_has_looked(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Everybody who opened, found, exported or printed this person's data, with their roles."""
    found = opened(request, pk)
    before = request.GET.get("before", "")
    looks, more = looks_at(found.person, before=int(before) if before.isdecimal() and len(before) < 19 else 0)
    return render(request, "casework/looked.html", {"case": found, "looks": looks, "more": more, "began": bool(before)})
