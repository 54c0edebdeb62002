"""The product's addresses, and the floor that its pages are measured against: everything around a page, and no page."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from config.urls import handler403, handler404, handler500, urlpatterns

__all__ = ["handler403", "handler404", "handler500", "urlpatterns"]

_EMPTY = engines["django"].from_string('{% extends "base.html" %}')


def floor(request: HttpRequest) -> HttpResponse:
    """A page for somebody who is signed in, with session, user, roles and the full base template, and nothing in it."""
    return HttpResponse(_EMPTY.render({}, request))


urlpatterns = [*urlpatterns, path("bench/floor/", floor)]


class QueryCount:
    """Says in `X-Queries` how many questions a page cost, where the request asks with `X-Count`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "X-Count" not in request.headers:
            return self.get_response(request)
        asked: list[str] = []

        def count(execute: Any, sql: str, *rest: Any) -> Any:
            if sql.lstrip().upper().startswith(("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")):
                asked.append(sql)
            return execute(sql, *rest)

        with connection.execute_wrapper(count):
            response = self.get_response(request)
        response["X-Queries"] = str(len(asked))
        return response
