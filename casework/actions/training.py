"""Courses: places asked for, confirmed, attended, completed or left."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from casework.actions.authorship import author, refuse
from casework.models import Attendance, Case, Course, Enrolment, Provider
from casework.states import EnrolmentState
from workflows import clock
from workflows.acting import act


def add_provider(*, by: Any, **facts: Any) -> Provider:
    """Add a centre that teaches. Names are unique: the same centre is there once."""
    with act(Provider(**facts), "casework.add_provider", by=by) as provider:
        pass
    return provider


def correct_provider(provider: Provider, *, by: Any, version: int | None = None, **facts: Any) -> Provider:
    """Correct what is known of a centre."""
    return _corrected(provider, "casework.correct_provider", by, version, facts)


def add_course(*, by: Any, **facts: Any) -> Course:
    """Add a course of a centre, maybe with an employer's commitment to hire."""
    with act(Course(**facts), "casework.add_course", by=by) as course:
        course.says(provider=course.provider_id, committed_jobs=course.committed_jobs)
    return course


def correct_course(course: Course, *, by: Any, version: int | None = None, **facts: Any) -> Course:
    """Correct what is known of a course. Leaves enrolments as they are."""
    return _corrected(course, "casework.correct_course", by, version, facts)


def _corrected(row: Any, verb: str, by: Any, version: int | None, facts: Mapping[str, Any]) -> Any:
    with act(row, verb, by=by, version=version) as row:
        for name, value in facts.items():
            setattr(row, name, value)
        row.says(fields=sorted(facts))
    return row


def enrol(
    case: Case, *, by: Any, course: Course, starts_on: dt.date | None = None, confirmed: bool = False, version: int | None = None
) -> Enrolment:
    """Ask for a place on a course, or write down that there is one.

    Refuses without an agreed plan, a course that has ended or is full, and a second place on the same course.
    Leaves the state: a funded or placed person may learn.
    """
    with act(case, "casework.enrol", by=by, version=version) as case:
        if course.ends_on and course.ends_on < clock.today():
            raise refuse("ended", _("This course has ended."))
        running = Enrolment.objects.standing().filter(course=course, state__in=[EnrolmentState.ASKED, EnrolmentState.CONFIRMED])
        if running.filter(case=case).exists():
            raise refuse("enrolled", _("The person has a place on this course, or asked for one."))
        if course.places is not None and running.count() >= course.places:
            raise refuse("full", _("Every place on this course is taken."))
        now, who = clock.now(), author(by)
        enrolment = Enrolment.objects.create(
            case=case,
            course=course,
            state=EnrolmentState.CONFIRMED if confirmed else EnrolmentState.ASKED,
            confirmed_at=now if confirmed else None,
            confirmed_by_id=who if confirmed else None,
            starts_on=starts_on or course.starts_on,
            recorded_at=now,
            recorded_by_id=who,
        )
        case.says(enrolment=enrolment.pk, course=course.pk, confirmed=confirmed, starts_on=enrolment.starts_on)
    return enrolment


def confirm_enrolment(enrolment: Enrolment, *, by: Any, starts_on: dt.date | None = None, version: int | None = None) -> Enrolment:
    """Write down that the centre has a place.

    Refuses one that does not wait for an answer.
    """
    with act(enrolment.case, "casework.confirm_enrolment", by=by, version=version) as case:
        changed = {"state": EnrolmentState.CONFIRMED, "confirmed_at": clock.now(), "confirmed_by": author(by)}
        if starts_on:
            changed["starts_on"] = starts_on
        _move(enrolment, EnrolmentState.ASKED, changed, _("This place does not wait for an answer."))
        case.says(enrolment=enrolment.pk, course=enrolment.course_id, starts_on=enrolment.starts_on)
    return enrolment


def start_training(case: Case, *, by: Any, version: int | None = None) -> Case:
    """Make training what the office and the person chiefly work on.

    Refuses without an agreed plan and a confirmed place.
    """
    with act(case, "casework.start_training", by=by, version=version) as case:
        case.start_training(on=clock.today())
    return case


def record_attendance(
    enrolment: Enrolment, *, by: Any, days: Mapping[dt.date, bool], version: int | None = None
) -> list[Attendance]:
    """Write down on which days the learner was there; a day written twice keeps the later word.

    Refuses days ahead, and a course that does not run for this person.
    """
    if any(day > clock.today() for day in days):
        raise refuse("ahead", _("A day that lies ahead cannot have been attended."))
    with act(enrolment.case, "casework.record_attendance", by=by, version=version) as case:
        _is_running(enrolment)
        rows = [Attendance(enrolment=enrolment, day=day, present=present) for day, present in sorted(days.items())]
        Attendance.objects.bulk_create(rows, update_conflicts=True, update_fields=["present"], unique_fields=["enrolment", "day"])
        case.says(enrolment=enrolment.pk, present=sum(days.values()), absent=len(days) - sum(days.values()))
    return list(enrolment.attendances.filter(day__in=days).order_by("day"))


def complete_course(
    enrolment: Enrolment, *, by: Any, on: dt.date, certificate: bool = False, version: int | None = None
) -> Enrolment:
    """Write down that the course was finished, with its certificate or without.

    Refuses a course that does not run for this person. Leaves the state: what comes next is a verb of its own.
    """
    with act(enrolment.case, "casework.complete_course", by=by, version=version, occurred_on=on) as case:
        ended = {"state": EnrolmentState.COMPLETED, "ended_on": on, "certificate": certificate}
        _move(enrolment, EnrolmentState.CONFIRMED, ended, _("This course does not run for this person."))
        case.says(enrolment=enrolment.pk, course=enrolment.course_id, certificate=certificate, ended_on=on)
    return enrolment


def drop_out(enrolment: Enrolment, *, by: Any, on: dt.date, reason: str, words: str = "", version: int | None = None) -> Enrolment:
    """Write down that the person left the course, and why.

    Refuses a course that does not run for this person. Leaves the state: *back to counselling* is a verb of its own.
    """
    with act(enrolment.case, "casework.drop_out", by=by, version=version, occurred_on=on, note=words) as case:
        ended = {"state": EnrolmentState.DROPPED_OUT, "ended_on": on, "drop_reason": reason}
        _move(enrolment, EnrolmentState.CONFIRMED, ended, _("This course does not run for this person."))
        case.says(enrolment=enrolment.pk, course=enrolment.course_id, reason=reason, ended_on=on)
    return enrolment


def _is_running(enrolment: Enrolment) -> None:
    if not Enrolment.objects.running().filter(pk=enrolment.pk).exists():
        raise refuse("not_running", _("This course does not run for this person."))


def _move(enrolment: Enrolment, source: str, changed: Mapping[str, Any], otherwise: str) -> None:
    if not Enrolment.objects.standing().filter(pk=enrolment.pk, state=source).update(**changed):
        raise refuse("not_running", otherwise)
    enrolment.refresh_from_db()
