"""GET never writes: the database itself refuses while a safe request is answered. What was looked at is noted after."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection
from django.http import HttpRequest, HttpResponse

from workflows import accesses

_SAFE = {"GET", "HEAD", "OPTIONS"}


@contextmanager
def read_only() -> Iterator[None]:
    """Let the database refuse every write of this connection until the block ends."""
    _set(True)
    try:
        yield
    finally:
        _set(False)


def _set(on: bool) -> None:
    # Past Django's cursor: a switch of the connection is no query, and every page pays for it twice.
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        connection.connection.execute(f"PRAGMA query_only = {int(on)}")
    else:
        connection.connection.execute(f"SET default_transaction_read_only = {'on' if on else 'off'}")


class ReadOnlyGets:
    """Middleware: answers safe requests under `read_only`, then writes the accesses that the page noted."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in _SAFE or connection.in_atomic_block:
            # Inside a test's transaction PostgreSQL cannot turn read-only and back; the transactional tests prove it there.
            response = self.get_response(request) if request.method not in _SAFE else self._inside_a_test(request)
        else:
            with read_only():
                response = self.get_response(request)
                if hasattr(response, "render") and callable(response.render):
                    response.render()
        accesses.write_noted(request)
        return response

    def _inside_a_test(self, request: HttpRequest) -> HttpResponse:
        if connection.vendor != "sqlite":
            return self.get_response(request)
        with read_only():
            return self.get_response(request)
