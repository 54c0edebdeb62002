"""Days that pass: every life waits for its next moment, and the clock moves from one to the next, delivering what was done."""

import datetime as dt
import heapq
import itertools
from collections.abc import Callable, Generator
from typing import Any

from django.utils import timezone

from workflows import clock, jobs

Life = Generator[dt.datetime, None, None]
"""A life yields the moment at which it goes on; what it does in between are verbs."""


class Days:
    """The calendar of the demo. `until` is the present: what lies behind it is left for the living."""

    def __init__(self, until: dt.datetime) -> None:
        self.until = until
        self._moments: list[tuple[dt.datetime, int, Life]] = []
        self._count = itertools.count()

    def begins(self, life: Life) -> None:
        """Let a life start: it runs to its first moment at once, before anything is written."""
        self._wait(life)

    def _wait(self, life: Life) -> None:
        moment = next(life, None)
        if moment is not None and moment <= self.until:
            heapq.heappush(self._moments, (moment, next(self._count), life))

    def pass_by(self, each_evening: Callable[[dt.datetime], Any], said: Callable[[dt.date], Any] = lambda day: None) -> None:
        """Live through all moments in order; after each day deliver its events and do what the office does in the evening."""
        evening: dt.datetime | None = None
        while self._moments:
            moment, _n, life = heapq.heappop(self._moments)
            while evening and moment > evening:
                self._evening(evening, each_evening, said)
                evening += dt.timedelta(days=1)
            evening = evening or at(timezone.localtime(moment).date(), 19)
            clock.set_to(moment)
            self._wait(life)
        while evening and evening < self.until:
            self._evening(evening, each_evening, said)
            evening += dt.timedelta(days=1)
        clock.set_to(self.until)
        jobs.drain()
        each_evening(self.until)
        jobs.drain()

    def _evening(self, moment: dt.datetime, each_evening: Callable[[dt.datetime], Any], said: Callable[[dt.date], Any]) -> None:
        clock.set_to(moment)
        jobs.drain()
        each_evening(moment)
        said(timezone.localtime(moment).date())


def at(day: dt.date, hour: int = 10, minute: int = 0) -> dt.datetime:
    """That hour of that day where the programme is."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time(hour, minute)))


def workday(day: dt.date) -> dt.date:
    """The day itself, or the Monday after a weekend."""
    return day + dt.timedelta(days={5: 2, 6: 1}.get(day.weekday(), 0))
