"""A period is closed by two people: finance proposes it, the programme manager closes it."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from casework.actions.authorship import author, refuse
from casework.models import Programme
from grants.models import ClosedPeriod, StatementLine
from grants.periods import closed_until
from workflows import clock
from workflows.acting import act, freeze, signed_payload

A_DAY = dt.timedelta(days=1)


def propose_close_period(programme: Programme, *, by: Any, until: dt.date) -> ClosedPeriod:
    """Propose that nothing dated up to the end of a month changes any more. Another person closes it.

    Refuses a day that is no month's last or has not passed, a month that is closed, and while lines of statements are unexplained.
    """
    if (until + A_DAY).day != 1 or until >= clock.today():
        raise refuse("no_month_end", _("A period ends with a month that has passed."))
    last = closed_until(programme.pk)
    if last is not None and until <= last:
        raise refuse("closed", _("Everything up to %(until)s is closed already.") % {"until": date_format(last)})
    open_lines = StatementLine.objects.unmatched().filter(statement__programme=programme, booked_on__lte=until).count()
    if open_lines:
        raise refuse("unmatched", _("%(n)s lines of statements up to this day are not explained yet.") % {"n": open_lines})
    with transaction.atomic():
        there = ClosedPeriod.objects.filter(programme=programme, until=until).first()
        if there is not None:
            raise refuse("proposed", _("This is proposed already: another person closes it."), there.get_absolute_url())
        period = ClosedPeriod(programme=programme, until=until, proposed_at=clock.now(), proposed_by_id=author(by))
        with act(period, "grants.propose_close_period", by=by) as period:
            freeze(period, "close_period", {"until": until.isoformat()})
            period.says(programme=programme.pk, until=until)
    return period


def close_period(period: ClosedPeriod, *, by: Any, version: int | None = None) -> ClosedPeriod:
    """Close it, as a second person: no cost, payment or placement dated inside is added or changed after this."""
    with act(period, "grants.close_period", by=by, version=version) as period:
        if period.closed_at:
            raise refuse("closed", _("This is closed already."))
        signed_payload(period, "close_period")
        period.closed_at, period.closed_by_id = clock.now(), author(by)
        period.says(programme=period.programme_id, until=period.until)
    return period
