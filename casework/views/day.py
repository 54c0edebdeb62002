"""My day: the page that answers "what should I do now?"."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import Office
from accounts.scope import EVERYWHERE, scope_of
from casework import day
from workflows import hooks


@require_safe
def my_day(request: HttpRequest) -> HttpResponse:
    scope = scope_of(request.user)
    files = scope.sees_files_of()
    offices = [] if files == EVERYWHERE or not files else list(Office.objects.filter(pk__in=files).values_list("name", flat=True))
    panels = hooks.panels_of("my_day", request)
    context = {
        "day": day.day_of(request.user) if files else None,
        "office": ", ".join(offices),
        "now": [panel for panel in panels if panel.order == 0],
        "panels": [panel for panel in panels if panel.order > 0],
        "may_refer": scope.may("casework.refer"),
    }
    return render(request, "casework/my_day.html", context)
