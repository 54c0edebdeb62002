"""The way so far: what ran when, as lines that a page draws. A mark holds days, never a place on the screen."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from dateutil.relativedelta import relativedelta
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from casework.models import Case
from casework.states import FUNDED, START_UP, EnrolmentState, LastDay
from casework.story import Row, day, moment, small
from workflows import clock
from workflows.partial import PartialDate

Track = dict[str, Any]

_IN_A_WORD: dict[str, Any] = {
    LastDay.START_UP: gettext_lazy("business file"),
    LastDay.SUPPORT: gettext_lazy("support"),
    LastDay.TRAINING: gettext_lazy("training"),
    LastDay.APPEAL: gettext_lazy("appeal"),
    LastDay.PAPERS: gettext_lazy("papers"),
}


def tracks_of(case: Case, rows: Iterable[Row], others: Sequence[Track] = ()) -> list[Track]:
    """Arrival, training, work, business, what other rooms add, last days: only lines that have something on them."""
    by_kind: dict[str, list[Row]] = {}
    for row in rows:
        by_kind.setdefault(row.kind, []).append(row)
    found = [
        _arrival(case, by_kind.get("plan", [])),
        _training(by_kind.get("enrolled", [])),
        _work(by_kind.get("spell", [])),
        _business(case),
        *others,
        _last_days(by_kind.get("deadline", [])),
    ]
    return [track for track in found if track and track["marks"]]


def since_when(case: Case) -> str:
    """ "7 months since the return": what stands beside the heading."""
    arrived: Any = case.arrived_on
    if not arrived or case.closed_at:
        return ""
    gone = relativedelta(clock.today(), arrived.earliest)
    months = gone.years * 12 + gone.months
    if months:
        return ngettext("%(count)s month since the return", "%(count)s months since the return", months) % {"count": months}
    weeks = max((clock.today() - arrived.earliest).days // 7, 0)
    return (
        ngettext("%(count)s week since the return", "%(count)s weeks since the return", weeks) % {"count": weeks} if weeks else ""
    )


def _date(text: str) -> dt.date | None:
    """The earliest day that a text of the database may mean."""
    return PartialDate.parse(text[:10]).earliest if text else None


def _mark(kind: str, on: dt.date, until: dt.date | None = None, words: Any = "") -> dict[str, Any]:
    return {"kind": kind, "on": on, "until": until, "words": words}


def _spell(on: dt.date, until: dt.date | None, ends: dt.date | None = None) -> list[dict[str, Any]]:
    """A line from `on` to `until`; one that still runs goes to today, and dotted on to where it is to end."""
    today = clock.today()
    if until:
        return [_mark("span", on, until), _mark("notch", until)]
    marks = [_mark("run", on, today)] if on <= today else [_mark("due", on)]
    if ends and ends > today:
        marks.append(_mark("ahead", max(on, today), ends))
    return marks


def _arrival(case: Case, plans: list[Row]) -> Track | None:
    label = _("Arrived")
    agreed = sorted(filter(None, (moment(plan.b) for plan in plans)))
    arrived: Any = case.arrived_on
    expected: Any = case.expected_arrival
    if not arrived:
        if not expected or case.closed_at:
            return None
        on = expected.earliest
        say = _("Expected on %(day)s.") % {"day": day(expected)}
        return {"label": _("Arrival"), "say": say, "marks": [_mark("due", on, words=_("expected"))]}
    on = arrived.earliest
    said = [f"{day(arrived)}."]
    marks = [_mark("full", on)]
    if agreed and agreed[0].date() >= on:
        first = agreed[0].date()
        marks = [_mark("span", on, first), *marks, _mark("notch", first, words=_("plan agreed"))]
        said.append(_("Plan agreed %(day)s.") % {"day": day(first)})
    return {"label": label, "say": " ".join(said), "marks": marks}


def _training(rows: list[Row]) -> Track:
    marks: list[dict[str, Any]] = []
    said = []
    for row in sorted(rows, key=lambda one: one.a or one.e):
        # a starts on, b ended on, c state, d course, e confirmed at, f the course ends on
        on = _date(row.a) or _date(row.e)
        if on is None:
            continue
        until = _date(row.b)
        spell = _spell(on, until, _date(row.f))
        word = {EnrolmentState.COMPLETED: _("finished"), EnrolmentState.DROPPED_OUT: _("left")}.get(row.c, row.d)  # type: ignore[call-overload]
        spell[-1]["words"] = word
        marks += spell
        said.append(_span_words(row.d, on, until, word if until else ""))
    return {"label": _("Training"), "say": " ".join(said), "marks": marks}


def _span_words(what: str, on: dt.date, until: dt.date | None, end: str) -> str:
    if until:
        return _("%(what)s, %(from)s to %(to)s, %(end)s.") % {"what": what, "from": day(on), "to": day(until), "end": end}
    return _("%(what)s, since %(from)s.") % {"what": what, "from": day(on)}


def _work(rows: list[Row]) -> Track:
    marks: list[dict[str, Any]] = []
    said = []
    for row in sorted(rows, key=lambda one: one.a):
        # a started on, b ended on, c occupation, d employer
        on, until = _date(row.a), _date(row.b)
        if on is None:
            continue
        spell = _spell(on, until)
        if not until:
            spell[-1]["words"] = small(row.c)
        marks += spell
        said.append(_span_words(row.c, on, until, _("ended")))
    return {"label": _("Work"), "say": " ".join(said), "marks": marks}


def _business(case: Case) -> Track | None:
    if case.state not in (START_UP, FUNDED):
        return None
    say = _("Since %(day)s.") % {"day": day(case.state_since)}
    return {"label": _("Business"), "say": say, "marks": [_mark("run", case.state_since, clock.today())]}


def _last_days(rows: list[Row]) -> Track:
    today = clock.today()
    labels: dict[str, Any] = dict(LastDay.choices)
    marks, said = [], []
    for row in sorted(rows, key=lambda one: one.b):
        on = _date(row.b)
        if on is None or on < today:
            continue
        kind = row.a.partition(".")[2]
        word = small(labels.get(kind, kind))
        marks.append(_mark("last", on, words=f"{day(on)}, {_IN_A_WORD.get(kind, word)}"))
        said.append(_("%(day)s: %(what)s.") % {"day": day(on), "what": word})
    return {"label": _("Last days"), "say": " ".join(said), "marks": marks}
