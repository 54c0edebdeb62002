"""My day: what is due today and why, in the order in which a caseworker would take it up. A bounded number of questions."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Office
from accounts.scope import EVERYWHERE, scope_of
from casework import rules
from casework.models import Appointment, Case, Enrolment, PossibleDuplicate
from casework.models.ties import StreamOf, number_of
from casework.notices import words_of
from casework.queue import QUIET_DAYS, last_day_words
from casework.states import REFERRED, EnrolmentState
from workflows import clock
from workflows.models import Deadline, Note, Task

MOST = 12
LAST_DAYS_AHEAD = 60


@dataclass(frozen=True)
class Line:
    """One row: when, who, why, and the one thing to do about it."""

    when: Any
    case: Case
    why: Any
    act: Any = ""
    url: str = ""
    on: dt.date | None = None
    lack: tuple[str, ...] = ()


@dataclass
class Day:
    """What one person finds on the page."""

    on: dt.date
    files: int = 0
    today: list[Line] = field(default_factory=list)
    today_more: int = 0
    last_days: list[Line] = field(default_factory=list)
    waiting: list[Line] = field(default_factory=list)
    new_referrals: int = 0
    possible_repeats: int = 0
    quiet: int = 0
    offices: list[str] = field(default_factory=list)
    from_other_rooms: list[Task] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits."""
        return not (self.today or self.waiting or self.last_days)


def day_of(user: Any) -> Day:
    """The day of this user: appointments by the clock, then tasks; last days; what others owe; what is new."""
    day = Day(clock.today())
    seen = Case.objects.visible_to(user)
    mine = seen.open().of_caseworker(user)
    _count(day, user, seen, mine)
    tasks, days = _tasks(day, user), _last_days(day, mine)
    day.from_other_rooms = [task for task in tasks if not task.kind.startswith("casework.")]
    cases = _cases_of(seen, user, (*tasks, *days))
    own = [task for task in tasks if task.kind.startswith("casework.") and task.stream in cases]
    _talks_and_tasks(day, user, seen, own, cases)
    for one in days:
        day.last_days.append(_last_day(day, one, cases[one.stream]))
    _waiting_for_others(day, mine, [case for case in cases.values() if case.offered_to and case.caseworker_id == user.pk])
    return day


def _count(day: Day, user: Any, seen: Any, mine: Any) -> None:
    """Count by office, in one question: the user's files, those that are quiet, what came in, what waits side by side."""
    files, here = scope_of(user).sees_files_of(), {"office": OuterRef("pk")}
    yesterday = timezone.localtime(clock.now() - dt.timedelta(days=1)).date()
    quiet = mine.filter(last_contact_on__lt=day.on - dt.timedelta(days=QUIET_DAYS))
    offices = Office.objects.all() if files == EVERYWHERE else Office.objects.filter(pk__in=files)
    counts = {
        "files": number_of(mine.filter(**here)),
        "quiet": number_of(quiet.filter(**here)),
        "new_referrals": number_of(seen.filter(state=REFERRED, referred_on__gte=yesterday, **here)),
        "possible_repeats": number_of(PossibleDuplicate.objects.visible_to(user).undecided().filter(**here)),
    }
    for office in offices.annotate(**counts).values("name", *counts).order_by("name"):
        day.offices.append(office["name"])
        for name in counts:
            setattr(day, name, getattr(day, name) + office[name])


def _cases_of(seen: Any, user: Any, rows: Iterable[Any]) -> dict[str, Case]:
    """The files that tasks and days are about, and those of the user that wait for another office: stream → file, one question."""
    about = Q(pk__in=_keys(rows)) | Q(caseworker=user, closed_at=None, offered_to__isnull=False)
    return {case.stream: case for case in seen.filter(about).select_related("person", "offered_to").order_by("pk")}


def _tasks(day: Day, user: Any) -> list[Task]:
    offices = scope_of(user).offices("supervisor")
    for_me = Q(assignee_id=str(user.pk))
    if offices:
        held = Q(assignee_id="", role="supervisor")
        for_me |= held if offices == EVERYWHERE else held & Q(office_id__in=[str(office) for office in offices])
    due = Task.objects.due(on=day.on).filter(for_me, stream__startswith="case:")
    # What another room asks for is on its own panel; only what is urgent is read here, for that panel to say.
    due = due.filter(Q(kind__startswith="casework.") | Q(urgent=True))
    return list(due.order_by("-urgent", "due_on", "pk")[: 2 * MOST + 1])


def _talks_and_tasks(day: Day, user: Any, seen: Any, tasks: list[Task], by_stream: Mapping[str, Case]) -> None:
    begins = timezone.make_aware(dt.datetime.combine(day.on, dt.time.min))
    talks = list(
        Appointment.objects.booked()
        .filter(case__in=seen, with_user=user, starts_at__lt=begins + dt.timedelta(days=1))
        .select_related("case__person")
        .order_by("starts_at")[:MOST]
    )
    lacks = _lacks([talk.case for talk in talks])
    for talk in talks:
        local = timezone.localtime(talk.starts_at)
        late = local.date() < day.on
        what = " ".join(
            filter(
                None,
                (
                    f"{talk.about}." if talk.about else "",
                    _("Interpreter for %(language)s is booked.") % {"language": talk.interpreter} if talk.interpreter else "",
                ),
            )
        )
        day.today.append(
            Line(
                local.strftime("%H:%M") if not late else "",
                talk.case,
                what or _("Talk"),
                _("Start talk"),
                rules.page("talk", talk.case_id) + ("?session" if talk.case.counselling_since else ""),
                on=local.date() if late else None,
                lack=lacks.get(talk.case_id, ()),
            )
        )
    named = [task.params["note"] for task in tasks if task.params.get("note")]
    notes = {str(note.pk): note.text for note in Note.objects.filter(pk__in=named, erased_at=None)}
    for task in tasks[:MOST]:
        case = by_stream[task.stream]
        said = notes.get(str(task.params.get("note"))) or words_of(task)
        late = task.due_on < day.on
        day.today.append(
            Line(
                "" if late else _("any time"),
                case,
                said,
                _("Done"),
                f"{rules.page('complete_task', case.pk)}?task={task.pk}",
                on=task.due_on if late else None,
            )
        )
    day.today_more = max(len(tasks) - MOST, 0)


def _keys(rows: Iterable[Any]) -> list[str]:
    return [row.stream.partition(":")[2] for row in rows]


def _lacks(cases: list[Case]) -> dict[Any, tuple[str, ...]]:
    """What is still missing for the plan of those whom one meets today: one question for all of them."""
    if not cases:
        return {}
    return {
        pk: tuple(
            str(blocker.sentence) for blocker in rules.blockers_to_agree_plan(facts) if blocker.code in ("identity", "screening")
        )
        for pk, facts in Case.load_facts(cases).items()
        if not facts.plan_agreed
    }


def _last_days(day: Day, mine: Any) -> list[Deadline]:
    until = day.on + dt.timedelta(days=LAST_DAYS_AHEAD)
    streams = mine.order_by().values_list(StreamOf("case", "pk"))
    near = Deadline.objects.filter(met_at=None, due_on__gte=day.on, due_on__lte=until, kind__startswith="last_day.")
    return list(near.filter(stream__in=streams).order_by("due_on", "pk")[:5])


def _last_day(day: Day, one: Deadline, case: Case) -> Line:
    left = (one.due_on - day.on).days
    when = ngettext("%(count)s day", "%(count)s days", left) % {"count": left} if left else _("today")
    return Line(when, case, last_day_words(one), on=one.due_on)


def _waiting_for_others(day: Day, mine: Any, offered: list[Case]) -> None:
    asked = (
        Enrolment.objects.standing()
        .filter(case__in=mine, state=EnrolmentState.ASKED)
        .select_related("case__person", "course__provider")
        .order_by("recorded_at")[:5]
    )
    for one in asked:
        days = (clock.now() - one.recorded_at).days
        when = ngettext("%(count)s day", "%(count)s days", days) % {"count": days} if days else _("today")
        why = _("%(provider)s has not answered about a place in %(course)s.") % {
            "provider": one.course.provider.name,
            "course": one.course.title,
        }
        day.waiting.append(Line(when, one.case, why, _("Confirm the place"), rules.page("confirm_enrolment", one.case_id)))
    for case in offered[:5]:
        day.waiting.append(Line("", case, _("Offered to %(office)s; nobody there has answered yet.") % {"office": case.offered_to}))
