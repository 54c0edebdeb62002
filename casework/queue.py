"""The queue: the files that one may see, each with what comes next and by when; the same statements for ten or ten thousand."""

import base64
import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import DateField, Exists, Min, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Least, TruncDate
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.scope import EVERYWHERE, scope_of
from casework.models import Appointment, Case, Vulnerability
from casework.models.ties import StreamOf
from casework.notices import words_of
from casework.queries import matching
from casework.states import CaseState, LastDay, Path
from workflows import clock
from workflows.models import Deadline, Note, Task

PAGE = 25
CAP = 1000
QUIET_DAYS = 45
# What a row shows: a file and a person have many more facts, and some are sealed.
SHOWN = (
    *("reference", "state", "state_since", "last_contact_on", "review_on", "hold_reason", "closed_at", "outcome"),
    *("person__called", "person__given_names", "person__family_name", "person__native_name"),
    *("caseworker__name", "caseworker__short_name", "caseworker__email"),
)
_NEVER = dt.date(9999, 1, 1)

# What the office usually does next in a state, when nothing is booked or due.
USUALLY_NEXT: Mapping[str, Any] = {
    CaseState.REFERRED: _("Confirm arrival and open intake"),
    CaseState.INTAKE: _("Meet, give the notice, begin counselling"),
    CaseState.COUNSELLING: _("Agree the plan"),
    CaseState.TRAINING: _("Follow the course"),
    CaseState.JOB_SEARCH: _("Look for vacancies"),
    CaseState.PLACED: _("Hear how work goes"),
    CaseState.START_UP: _("Write the business plan"),
    CaseState.FUNDED: _("Visit the business"),
    CaseState.ON_HOLD: _("Review the hold"),
    CaseState.CLOSED: "",
}


@dataclass(frozen=True)
class Asked:
    """What the reader asks of the queue; every part has an answer when it is missing."""

    view: str = "mine"
    text: str = ""
    state: str = ""
    office: str = ""
    caseworker: str = ""
    path: str = ""
    flag: str = ""
    overdue: bool = False

    @classmethod
    def of(cls, said: Mapping[str, str], *, view: str) -> "Asked":
        """From an address; what is not known there is left out."""
        return cls(
            view=said.get("view", "") if said.get("view") in VIEWS else view,
            text=" ".join(said.get("q", "")[:200].split()),
            state=said.get("state", "") if said.get("state") in CaseState.values else "",
            office=said.get("office", "")[:40],
            caseworker=said.get("caseworker", "")[:40],
            path=said.get("path", "")[:20],
            flag=said.get("flag", "") if said.get("flag") in Vulnerability.Code.values else "",
            overdue=bool(said.get("overdue")),
        )

    def as_said(self) -> dict[str, str]:
        """As an address says it: `of` makes the same of it again."""
        parts = {"view": self.view, "q": self.text, "state": self.state, "office": self.office, "caseworker": self.caseworker}
        parts |= {"path": self.path, "flag": self.flag, "overdue": "1" if self.overdue else ""}
        return {name: value for name, value in parts.items() if value}

    def in_words(self) -> str:
        """What is asked, as a line that a colleague would say."""
        choices = {**dict(CaseState.choices), **dict(Vulnerability.Code.choices), **{v: w for v, w in Path.choices if v}}
        said = [VIEWS[self.view], *(choices.get(code, "") for code in (self.state, self.path, self.flag))]
        said += [f"“{self.text}”" if self.text else "", self.office, self.caseworker, _("Overdue only") if self.overdue else ""]
        return " · ".join(str(one) for one in said if one)

    @property
    def narrowed(self) -> bool:
        """Whether anything but the view is asked."""
        return any((self.text, self.state, self.office, self.caseworker, self.path, self.flag, self.overdue))


VIEWS: Mapping[str, Any] = {
    "mine": _("Mine"),
    "overdue": _("Overdue"),
    "quiet": format_lazy(_("Quiet for {days} days"), days=QUIET_DAYS),
    "nobody": _("No one yet"),
    "all": _("All I may see"),
}


@dataclass
class Row:
    """One file with what comes next, why, and by when (None: no day is set)."""

    case: Case
    next: Any
    why: Any = ""
    by_when: dt.date | None = None


@dataclass
class Page:
    """One page of rows, and the key at which the next one begins."""

    rows: list[Row] = field(default_factory=list)
    next_key: str = ""
    begins_at_start: bool = True


def in_view(user: Any, view: str) -> Any:
    """The files of a view, among those that the user may see."""
    seen, today = Case.objects.visible_to(user), clock.today()
    if view == "mine":
        return seen.open().of_caseworker(user)
    if view == "overdue":
        return seen.overdue(on=today)
    if view == "quiet":
        return seen.quiet_since(today - dt.timedelta(days=QUIET_DAYS))
    if view == "nobody":
        return seen.without_caseworker()
    return seen


def asked_for(user: Any, asked: Asked) -> Any:
    """The files that are asked for, in no order."""
    found = in_view(user, asked.view)
    if asked.text:
        found = matching(found, asked.text)
    for column, value in (("state", asked.state), ("path", asked.path)):
        if value:
            found = found.filter(**{column: value})
    for column, value in (("office__code", asked.office), ("caseworker__email", asked.caseworker)):
        if value:
            found = found.filter(**{column: value})
    if asked.flag:
        found = _flagged(found, user, asked.flag)
    return found.overdue(on=clock.today()) if asked.overdue else found


def _flagged(found: Any, user: Any, flag: str) -> Any:
    """Those with the need, at the offices where this user may know of it; elsewhere the answer is as if there were none."""
    known = found.filter(Exists(Vulnerability.objects.standing().filter(person=OuterRef("person"), code=flag)))
    offices = scope_of(user).reads_where("flags")
    return known if offices == EVERYWHERE else known.filter(office__in=offices)


def page_of(user: Any, asked: Asked, *, after: str = "", size: int = PAGE) -> Page:
    """One page by key: one's own files by what is due first, every longer list by the newest change."""
    by_due = asked.view in ("mine", "overdue")
    found = asked_for(user, asked).select_related("person", "caseworker").only(*SHOWN)
    key = _read(after)
    if by_due:
        found = found.annotate(due=_due()).order_by("due", "pk")
        if key:
            found = found.filter(Q(due__gt=key[0]) | Q(due=key[0], pk__gt=key[1]))
    else:
        found = found.order_by("-state_since", "pk")
        if key:
            found = found.filter(Q(state_since__lt=key[0]) | Q(state_since=key[0], pk__gt=key[1]))
    cases = list(found[: size + 1])
    shown = cases[:size]
    more = _written(shown[-1].due if by_due else shown[-1].state_since, shown[-1].pk) if len(cases) > size else ""
    return Page(rows_of(shown), more, not key)


def count_of(user: Any, asked: Asked) -> int:
    """How many files, exact to the cap; CAP + 1 stands for more."""
    return asked_for(user, asked).values("pk").order_by()[: CAP + 1].count()


def _due() -> Any:
    """The earliest day on which something of a file is due; far away where nothing is."""
    far = Cast(Value(_NEVER), DateField())
    stream = StreamOf("case", OuterRef("pk"))
    tasks = (
        Task.objects.filter(stream=stream, done_at=None).order_by().values("stream").annotate(first=Min("due_on")).values("first")
    )
    days = (
        Deadline.objects.filter(stream=stream, met_at=None, due_on__gte=clock.today())
        .order_by()
        .values("stream")
        .annotate(first=Min("due_on"))
        .values("first")
    )
    talks = (
        Appointment.objects.booked()
        .filter(case=OuterRef("pk"))
        .order_by()
        .values("case")
        .annotate(first=TruncDate(Min("starts_at")))
        .values("first")
    )
    return Least(
        *(Coalesce(Subquery(one, output_field=DateField()), far) for one in (tasks, days, talks)),
        Coalesce("review_on", far),
        output_field=DateField(),
    )


def rows_of(cases: Iterable[Case]) -> list[Row]:
    """Each file with what comes next: three questions for any number of them."""
    cases = list(cases)
    by_stream = {case.stream: case for case in cases}
    tasks = _first_of(Task.objects.open().filter(stream__in=by_stream).order_by("due_on", "pk"), "stream")
    days = _first_of(
        Deadline.objects.filter(stream__in=by_stream, met_at=None, due_on__gte=clock.today()).order_by("due_on", "pk"), "stream"
    )
    talks = _first_of(Appointment.objects.booked().filter(case__in=cases).order_by("starts_at"), "case_id")
    own = [str(task.params["note"]) for task in tasks.values() if task.params.get("note")]
    words = {str(note.pk): note.text for note in Note.objects.filter(pk__in=own, erased_at=None)} if own else {}
    return [_row(case, tasks.get(case.stream), days.get(case.stream), talks.get(case.pk), words) for case in cases]


def _first_of(rows: Iterable[Any], key: str) -> dict[Any, Any]:
    first: dict[Any, Any] = {}
    for row in rows:
        first.setdefault(getattr(row, key), row)
    return first


def _row(case: Case, task: Task | None, day: Deadline | None, talk: Appointment | None, words: Mapping[str, str]) -> Row:
    if case.closed_at:
        return Row(case, case.get_outcome_display())
    usually = USUALLY_NEXT[case.state]
    found: list[tuple[dt.date, int, Any, Any]] = []
    if talk:
        found.append((timezone.localtime(talk.starts_at).date(), 0, talk.about or _("Talk"), _("booked")))
    if task:
        said = words.get(str(task.params.get("note"))) or words_of(task)
        found.append((task.due_on, 1, said, ""))
    if case.review_on:
        found.append((case.review_on, 2, _("Review the hold"), case.get_hold_reason_display()))
    if day:
        found.append((day.due_on, 3, usually, last_day_words(day)))
    if not found:
        return Row(case, usually)
    due, _order, next_, why = min(found, key=lambda one: one[:2])
    return Row(case, next_, why, due)


def last_day_words(day: Deadline) -> Any:
    """Which right runs out."""
    kind = day.kind.partition(".")[2]
    return dict(LastDay.choices).get(kind, day.kind)


def _written(day: dt.date, pk: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps([day.isoformat(), str(pk)]).encode()).decode()


def _read(key: str) -> tuple[dt.date, str] | None:
    try:
        day, pk = json.loads(base64.urlsafe_b64decode(key))
        return dt.date.fromisoformat(day), str(pk)
    except (ValueError, TypeError):
        return None
