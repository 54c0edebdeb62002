"""My day: the page that answers "what should I do now?"."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.scope import EVERYWHERE, scope_of
from casework import day
from casework.signing import may_sign, number_waiting
from workflows import accesses, hooks
from workflows.models import Access


@require_safe
def my_day(request: HttpRequest) -> HttpResponse:
    scope = scope_of(request.user)
    files = scope.sees_files_of()
    mine = day.day_of(request.user) if files else None
    panels = hooks.panels_of("my_day", request, mine)
    context = {
        "day": mine,
        "office": ", ".join(mine.offices) if mine and files != EVERYWHERE else "",
        "now": [panel for panel in panels if panel.order == 0],
        "panels": [panel for panel in panels if panel.order > 0],
        # Whoever sees files finds what waits among the tasks.
        "to_sign": 0 if mine or not may_sign(request.user) else number_waiting(request.user),
        "may_refer": scope.may("casework.refer"),
        "may_decide": scope.may("casework.decide_duplicate"),
    }
    return render(request, "casework/my_day.html", context)


def _sees_files(request: HttpRequest) -> None:
    if not scope_of(request.user).sees_files_of():
        raise PermissionDenied(_("Those who work with people have a day to print."))


@require_safe
def print_day(request: HttpRequest) -> HttpResponse:
    """The day on paper; that each person on it was printed is noted."""
    _sees_files(request)
    mine = day.day_of(request.user)
    for person in {line.case.person_id for line in (*mine.today, *mine.last_days, *mine.waiting)}:
        accesses.note(request, "person", person, kind=Access.PRINT)
    return render(request, "casework/my_day_print.html", {"day": mine})


@require_safe
def visit_pack(request: HttpRequest) -> HttpResponse:
    """The visits of the day on paper: hour, first name, place, and room to write. Nothing that would harm when it is lost."""
    _sees_files(request)
    visits, left_out = day.visits_of(request.user)
    for visit in visits:
        accesses.note(request, "person", visit.case.person_id, kind=Access.PRINT)
    return render(request, "casework/visit_pack.html", {"visits": visits, "left_out": left_out})
