"""Two doors that would else be shut without a word: a form sent after signing out, and an address asked in the wrong way."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest

from config import views


class SignedIn(LoginRequiredMiddleware):
    """Whoever is not signed in is led to the page for it. What they had typed into a form is not thrown away."""

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> Any:
        """Lead to signing in; a form that was filled in stays on a page of its own, from where it can be sent again."""
        if request.method == "POST" and views.typed(request.POST) and not request.headers.get("HX-Request"):
            return views.signed_out(request)
        return super().handle_no_permission(request, view_func)


class RightWay:
    """An address that was asked in a way that it does not take says so in words; one with a null in it is no address."""

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> Any:
        if "%00" in request.META.get("QUERY_STRING", ""):
            # PostgreSQL keeps no null in a text, nor looks for one.
            return views.unreadable(request)
        answer = self.get_response(request)
        if answer.status_code != 405 or answer.streaming or answer.content or request.method == "HEAD":
            return answer
        said = views.wrong_method()
        said["Allow"] = answer["Allow"]
        return said
