"""The only clock of the product. The demo and the tests may move it; nothing else may."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.utils import timezone

_moved: ContextVar[dt.datetime | None] = ContextVar("homeward_clock", default=None)


def now() -> dt.datetime:
    """The present moment, aware, in UTC."""
    return _moved.get() or timezone.now()


def today() -> dt.date:
    """The present day where the programme is (the active time zone)."""
    return timezone.localdate(now())


def set_to(moment: dt.datetime) -> None:
    """Move the clock of this context on, from inside `moved_to` (the demo lives through 18 months of days)."""
    if _moved.get() is None:
        raise RuntimeError("The clock is only moved inside moved_to().")
    _moved.set(_aware(moment))


@contextmanager
def moved_to(moment: dt.datetime) -> Iterator[None]:
    """Live at `moment` (aware, or naive in the active time zone) until the block ends."""
    token = _moved.set(_aware(moment))
    try:
        yield
    finally:
        _moved.reset(token)


def _aware(moment: dt.datetime) -> dt.datetime:
    return timezone.make_aware(moment) if timezone.is_naive(moment) else moment
