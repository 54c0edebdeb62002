"""*Busy* is a page and not a failure: the one place that knows how each database says that somebody else holds the row."""

from collections.abc import Callable

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse

from config import views

# PostgreSQL: lock not available, deadlock found, serialization failure, cancelled by the time limit.
_SQLSTATES = frozenset({"55P03", "40P01", "40001", "57014"})


def is_busy(error: Exception) -> bool:
    """Whether the database only asks us to come back later."""
    if not isinstance(error, OperationalError):
        return False
    return getattr(error.__cause__, "sqlstate", None) in _SQLSTATES or "database is locked" in str(error)


class Busy:
    """Answers a request that met a held lock with a page that keeps what was typed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return views.busy(request) if is_busy(error) else None
