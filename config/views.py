"""The front door's own pages: where one lands, and what is said when something did not work."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt

_NOT_TYPED = ("csrfmiddlewaretoken",)


def home(request: HttpRequest) -> HttpResponse:
    """Everybody's first page: what is on today."""
    return redirect("casework:my_day")


def typed(data: QueryDict) -> list[tuple[str, str]]:
    """What was typed into a form, to be kept in the page that says why it was not taken. Never a password."""
    return [(name, value) for name, values in data.lists() for value in values if name not in _NOT_TYPED and "password" not in name]


@csrf_exempt
def stale_page(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose page has grown old: what was typed is kept and can be sent again, if it came from a page of ours."""
    ours = request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"
    context = {"typed": typed(request.POST) if ours else [], "address": request.get_full_path()}
    return render(request, "stale.html", context, status=HTTPStatus.FORBIDDEN)


def busy(request: HttpRequest) -> HttpResponse:
    """The database is held by somebody else for too long: nothing was saved, what was typed is kept and can be sent again."""
    context = {"typed": typed(request.POST), "address": request.get_full_path()}
    answer = render(request, "busy.html", context, status=HTTPStatus.SERVICE_UNAVAILABLE)
    answer["Retry-After"] = "5"
    return answer


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """What one may see but not do: the sentence says who can."""
    return render(request, "403.html", {"why": str(exception or "")}, status=HTTPStatus.FORBIDDEN)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Nothing here, or nothing that this person may know of: both are answered alike."""
    return render(request, "404.html", status=HTTPStatus.NOT_FOUND)


def broken(request: HttpRequest) -> HttpResponse:
    """Our own fault. The page asks nothing of the database, which may be what broke."""
    return render(request, "500.html", status=HTTPStatus.INTERNAL_SERVER_ERROR)
