"""Closed periods: nothing dated inside changes any more, whichever room keeps the row. A correction is a new line."""

import datetime as dt
import uuid
from collections.abc import Iterator
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from grants.models import ClosedPeriod
from workflows.machine import Blocker

# The verbs below this room that add or change what bears a day and has a price.
OF_CASEWORK = ("casework.book_cost", "casework.correct_cost", "casework.give_first_aid", "casework.record_placement")


def closed_until(programme_id: uuid.UUID) -> dt.date | None:
    """The last day that is closed; None where nothing was closed yet."""
    return ClosedPeriod.objects.closed().filter(programme=programme_id).order_by("-until").values_list("until", flat=True).first()


def against_a_closed_day(programme_id: uuid.UUID, day: dt.date) -> Iterator[Blocker]:
    """Why nothing can be dated on the day; nothing where it is open."""
    until = closed_until(programme_id)
    if until is not None and day <= until:
        yield Blocker(
            "period_closed",
            _("Everything up to %(until)s is closed. Give it a day after that, and say in words which day is meant.")
            % {"until": date_format(until)},
        )


def of_case(case: Any, day: dt.date) -> Iterator[Blocker]:
    """For the verbs of a case."""
    return against_a_closed_day(case.programme_id, day)
