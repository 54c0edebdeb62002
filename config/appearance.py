"""Language and light: kept in a cookie and applied by the server, so that no page flashes and no script is needed."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from config.gallery import gallery

_YEAR = 365 * 24 * 3600


def _back(request: HttpRequest) -> HttpResponse:
    there = request.POST.get("next", "")
    # A path of ours and nothing else: `redirect` would take a bare word for the name of a view.
    safe = there.startswith("/") and url_has_allowed_host_and_scheme(there, allowed_hosts=None)
    return HttpResponseRedirect(there if safe else "/")


@login_not_required
@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Light, dark, or as the reader's system says; then back to where they were."""
    answer = _back(request)
    theme = request.POST.get("theme", "")
    if theme in ("light", "dark"):
        answer.set_cookie("theme", theme, max_age=_YEAR, samesite="Lax", secure=request.is_secure(), httponly=True)
    else:
        answer.delete_cookie("theme")
    return answer


@login_not_required
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """One of our languages; then back to where they were."""
    answer = _back(request)
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, language, max_age=_YEAR, samesite="Lax", secure=request.is_secure(), httponly=True
        )
    return answer


urlpatterns = [
    path("appearance/light/", choose_theme, name="choose_theme"),
    path("appearance/language/", choose_language, name="choose_language"),
    path("look/", gallery, name="look"),
]
