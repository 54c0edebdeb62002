"""My day: the page that answers "what should I do now?"."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.scope import EVERYWHERE, scope_of
from casework import day
from casework.signing import may_sign, number_waiting
from workflows import hooks


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
