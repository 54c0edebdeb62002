"""My day: what is due today and why, in the order in which a caseworker would take it up. A bounded number of questions."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
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
from casework.states import REFERRED, EnrolmentState, Meeting
from workflows import clock
from workflows.models import Deadline, Note, Task

MOST = 12
LAST_DAYS_AHEAD = 60
FEW = 5
# What a line says of a file, and what the rules have at hand.
_SAID = (
    *("reference", "state", "path", "outcome", "arrived_on", "held_from", "counselling_since", "death_recorded_at"),
    *("death_confirmed_at", "erased_at", "caseworker_id", "merged_into_id", "offered_to__name"),
    *("person__called", "person__given_names", "person__family_name", "person__native_name"),
)


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
    _count(day, user)
    talks, tasks, days, asked = _talks(day, user), _tasks(day, user), _last_days(day, user), _asked(user)
    day.from_other_rooms = [task for task in tasks if not task.kind.startswith("casework.")]
    streams = [task.stream for task in tasks] + [one.stream for one in days]
    streams += [f"case:{key}" for key in {*(talk.case_id for talk in talks), *(one.case_id for one in asked)}]
    cases = _cases_of(seen, user, streams)
    _talks_and_tasks(
        day,
        [talk for talk in talks if f"case:{talk.case_id}" in cases],
        [task for task in tasks if task.kind.startswith("casework.") and task.stream in cases],
        cases,
    )
    day.last_days += [_last_day(day, one, cases[one.stream]) for one in days if one.stream in cases]
    _waiting_for_others(day, [one for one in asked if f"case:{one.case_id}" in cases], cases, user)
    return day


def visits_of(user: Any) -> tuple[list[Appointment], int]:
    """The visits of the user's day by the clock, and how many are left out because a visit is not safe: no paper says whose."""
    morning = timezone.make_aware(dt.datetime.combine(clock.today(), dt.time.min))
    booked = Appointment.objects.booked().filter(
        with_user=user.pk,
        how=Meeting.VISIT,
        starts_at__gte=morning,
        starts_at__lt=morning + dt.timedelta(days=1),
        case__in=Case.objects.visible_to(user),
    )
    visits = list(booked.select_related("case__person__safety").order_by("starts_at")[: MOST * 2])
    safe = [visit for visit in visits if not _not_safe(visit.case.person)]
    return safe, len(visits) - len(safe)


def _not_safe(person: Any) -> bool:
    safety = getattr(person, "safety", None)
    return safety is not None and (safety.never_visit_home or safety.no_contact)


def _count(day: Day, user: Any) -> None:
    """Count by office, in one question: the user's files, those that are quiet, what came in, what waits side by side."""
    files = scope_of(user).sees_files_of()
    here = Case.objects.not_barring(user).filter(office=OuterRef("pk"))
    mine = here.open().of_caseworker(user)
    yesterday = timezone.localtime(clock.now() - dt.timedelta(days=1)).date()
    offices = Office.objects.all() if files == EVERYWHERE else Office.objects.filter(pk__in=files)
    counts = {
        "files": number_of(mine),
        "quiet": number_of(mine.filter(last_contact_on__lt=day.on - dt.timedelta(days=QUIET_DAYS))),
        "new_referrals": number_of(here.filter(state=REFERRED, referred_on__gte=yesterday)),
        "possible_repeats": number_of(PossibleDuplicate.objects.visible_to(user).undecided().filter(office=OuterRef("pk"))),
    }
    for office in offices.annotate(**counts).values("name", *counts).order_by("name"):
        day.offices.append(office["name"])
        for name in counts:
            setattr(day, name, getattr(day, name) + office[name])


# ——— what is read: plain rows of this user; which of their files may be seen is asked once, for all of them ———


def _cases_of(seen: Any, user: Any, streams: Iterable[str]) -> dict[str, Case]:
    """The files that the rows are about, and those of the user that wait for another office: stream → file, one question."""
    keys = [stream.partition(":")[2] for stream in streams]
    about = Q(pk__in=keys) | Q(caseworker=user, closed_at=None, offered_to__isnull=False)
    found = seen.filter(about).select_related("person", "offered_to").only(*_SAID).order_by("pk")
    return {case.stream: case for case in found}


def _talks(day: Day, user: Any) -> list[Appointment]:
    midnight = timezone.make_aware(dt.datetime.combine(day.on + dt.timedelta(days=1), dt.time.min))
    return list(Appointment.objects.booked().filter(with_user=user, starts_at__lt=midnight).order_by("starts_at")[:MOST])


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


def _last_days(day: Day, user: Any) -> list[Deadline]:
    until = day.on + dt.timedelta(days=LAST_DAYS_AHEAD)
    streams = Case.objects.open().of_caseworker(user).values_list(StreamOf("case", "pk"))
    near = Deadline.objects.filter(met_at=None, due_on__gte=day.on, due_on__lte=until, kind__startswith="last_day.")
    return list(near.filter(stream__in=streams).order_by("due_on", "pk")[:FEW])


def _asked(user: Any) -> list[Enrolment]:
    """Places on courses that somebody was asked for and that nobody has confirmed."""
    asked = Enrolment.objects.standing().filter(case__caseworker=user, case__closed_at=None, state=EnrolmentState.ASKED)
    shown = ("case_id", "recorded_at", "course__title", "course__provider__name")
    return list(asked.select_related("course__provider").only(*shown).order_by("recorded_at")[:FEW])


# ——— what is said of it ———


def _talks_and_tasks(day: Day, talks: Sequence[Appointment], tasks: Sequence[Task], cases: Mapping[str, Case]) -> None:
    of_talk = {talk.pk: cases[f"case:{talk.case_id}"] for talk in talks}
    lacks = _lacks(list(of_talk.values()))
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
                of_talk[talk.pk],
                what or _("Talk"),
                _("Start talk"),
                rules.page("talk", talk.case_id) + ("?session" if of_talk[talk.pk].counselling_since else ""),
                on=local.date() if late else None,
                lack=lacks.get(talk.case_id, ()),
            )
        )
    named = [task.params["note"] for task in tasks if task.params.get("note")]
    notes = {str(note.pk): note.text for note in Note.objects.filter(pk__in=named, erased_at=None)}
    for task in tasks[:MOST]:
        case = cases[task.stream]
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


def _last_day(day: Day, one: Deadline, case: Case) -> Line:
    left = (one.due_on - day.on).days
    when = ngettext("%(count)s day", "%(count)s days", left) % {"count": left} if left else _("today")
    return Line(when, case, last_day_words(one), on=one.due_on)


def _waiting_for_others(day: Day, asked: Iterable[Enrolment], cases: Mapping[str, Case], user: Any) -> None:
    for one in asked:
        days = (clock.now() - one.recorded_at).days
        when = ngettext("%(count)s day", "%(count)s days", days) % {"count": days} if days else _("today")
        why = _("%(provider)s has not answered about a place in %(course)s.") % {
            "provider": one.course.provider.name,
            "course": one.course.title,
        }
        day.waiting.append(
            Line(when, cases[f"case:{one.case_id}"], why, _("Confirm the place"), rules.page("confirm_enrolment", one.case_id))
        )
    offered = [case for case in cases.values() if case.offered_to and case.caseworker_id == user.pk]
    for case in offered[:FEW]:
        day.waiting.append(Line("", case, _("Offered to %(office)s; nobody there has answered yet.") % {"office": case.offered_to}))
