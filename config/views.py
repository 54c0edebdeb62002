"""The front door's own pages: where one lands, and what is said when something did not work."""

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render, resolve_url
from django.template.loader import render_to_string
from django.views.decorators.csrf import csrf_exempt

_NOT_TYPED = ("csrfmiddlewaretoken",)


def home(request: HttpRequest) -> HttpResponse:
    """Everybody's first page: what is on today."""
    return redirect("casework:my_day")


def typed(data: QueryDict) -> list[tuple[str, str]]:
    """What was typed into a form, to be kept in the page that says why it was not taken. Never a password."""
    return [(name, value) for name, values in data.lists() for value in values if name not in _NOT_TYPED and "password" not in name]


def _alone(template: str, status: HTTPStatus, **context: Any) -> HttpResponse:
    """A page for when something does not work: it asks neither the database nor the list of static files, nor who reads it."""
    sheet = f"{settings.STATIC_URL}css/answer.css"
    return HttpResponse(render_to_string(template, {"sheet": sheet, **context}), status=status)


def _kept(request: HttpRequest) -> dict[str, Any]:
    return {
        "typed": typed(request.POST),
        "had_files": bool(request.FILES),
        "address": request.get_full_path(),
        "token": get_token(request),
    }


@csrf_exempt
def stale_page(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose page has grown old: what was typed is kept and can be sent again, if it came from a page of ours."""
    ours = request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"
    return _alone("stale.html", HTTPStatus.FORBIDDEN, **(_kept(request) | ({} if ours else {"typed": []})))


def busy(request: HttpRequest) -> HttpResponse:
    """The database is held by somebody else for too long: nothing was saved, what was typed is kept and can be sent again."""
    answer = _alone("busy.html", HTTPStatus.SERVICE_UNAVAILABLE, **_kept(request))
    answer["Retry-After"] = "5"
    return answer


def signed_out(request: HttpRequest) -> HttpResponse:
    """Somebody was signed out while they wrote: what was typed is kept until they are in again."""
    return _alone("signed_out.html", HTTPStatus.FORBIDDEN, sign_in=resolve_url(settings.LOGIN_URL), **_kept(request))


def wrong_method() -> HttpResponse:
    """An address that takes only what a form sends was opened, or the other way round."""
    return _alone("405.html", HTTPStatus.METHOD_NOT_ALLOWED)


def unreadable(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """What was sent is no request that we can read."""
    return _alone("400.html", HTTPStatus.BAD_REQUEST)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """What one may see but not do: the sentence says who can."""
    return render(request, "403.html", {"why": str(exception or "")}, status=HTTPStatus.FORBIDDEN)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Nothing here, or nothing that this person may know of: both are answered alike."""
    return render(request, "404.html", status=HTTPStatus.NOT_FOUND)


def broken(request: HttpRequest) -> HttpResponse:
    """Our own fault. The page asks nothing of what may be broken."""
    return _alone("500.html", HTTPStatus.INTERNAL_SERVER_ERROR)
