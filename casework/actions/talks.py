"""Talks: booked, held, missed; and tries to reach somebody."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from casework.actions.authorship import author, refuse
from casework.models import Appointment, Attempt, Case, Session
from casework.states import AppointmentState, Meeting, NoShowReason, Reached
from workflows import clock
from workflows.acting import act
from workflows.models import Note


def book_session(
    case: Case,
    *,
    by: Any,
    starts_at: dt.datetime,
    minutes: int = 45,
    how: str = Meeting.OFFICE,
    place: str = "",
    about: str = "",
    bring: str = "",
    interpreter: str = "",
    with_user: Any = None,
    version: int | None = None,
) -> Appointment:
    """Book a talk, also by phone before the person is back.

    Refuses an hour that has passed, and an hour at which the same colleague sits with somebody else.
    """
    whose = with_user.pk if with_user else case.caseworker_id or author(by)
    if starts_at <= clock.now():
        raise refuse("past", _("This hour has passed. A talk that was held is recorded, not booked."))
    with act(case, "casework.book_session", by=by, version=version) as case:
        end = starts_at + dt.timedelta(minutes=minutes)
        same_day = Appointment.objects.booked().filter(
            with_user=whose, starts_at__lt=end, starts_at__gt=starts_at - dt.timedelta(hours=8)
        )
        if any(other.starts_at + dt.timedelta(minutes=other.minutes) > starts_at for other in same_day):
            raise refuse("busy", _("Another talk is booked at this hour. Choose another hour."))
        talk = Appointment.objects.create(
            case=case,
            starts_at=starts_at,
            minutes=minutes,
            how=how,
            place=place,
            about=about,
            bring=bring,
            interpreter=interpreter,
            with_user_id=whose,
            booked_at=clock.now(),
            booked_by_id=author(by),
        )
        case.says(appointment=talk.pk, starts_at=starts_at, how=how)
    return talk


def cancel_session(appointment: Appointment, *, by: Any, words: str = "", version: int | None = None) -> Appointment:
    """Take a booked talk off the calendar.

    Refuses one that was held, missed or cancelled. Tells nobody by itself: how, is the caseworker's to choose.
    """
    with act(appointment.case, "casework.cancel_session", by=by, version=version, note=words) as case:
        _leave(appointment, AppointmentState.CANCELLED)
        case.says(appointment=appointment.pk)
    return appointment


def record_session(
    case: Case,
    *,
    by: Any,
    held_on: dt.date,
    appointment: Appointment | None = None,
    minutes: int | None = None,
    how: str | None = None,
    topics: Sequence[str] = (),
    came_with: str = "",
    interpreter: str = "",
    agreed: str = "",
    next_on: dt.date | None = None,
    restricted_note: str = "",
    version: int | None = None,
) -> Session:
    """Write down a talk that was held; its length comes from the appointment.

    Refuses a day ahead, and an appointment that was recorded already. A restricted note is read by the caseworker and
    the supervisor alone. Leaves the state: a person may be met many times and sign nothing.
    """
    if held_on > clock.today():
        raise refuse("ahead", _("This day lies ahead: book the talk instead."))
    with act(
        case, "casework.record_session", by=by, version=version, occurred_on=held_on, note=restricted_note, audience=Note.RESTRICTED
    ) as case:
        if appointment is not None:
            _leave(appointment, AppointmentState.HELD)
        session = Session.objects.create(
            case=case,
            appointment=appointment,
            held_on=held_on,
            minutes=minutes or (appointment.minutes if appointment else 45),
            how=how or (appointment.how if appointment else Meeting.OFFICE),
            topics=list(topics),
            came_with=came_with,
            interpreter=interpreter,
            agreed=agreed,
            next_on=next_on,
            recorded_at=clock.now(),
            recorded_by_id=author(by),
        )
        case.met(held_on)
        case.says(session=session.pk, how=session.how, topics=list(topics), next_on=next_on)
    return session


def record_no_show(
    appointment: Appointment, *, by: Any, reason: str = NoShowReason.NOT_KNOWN, version: int | None = None
) -> Appointment:
    """Say that the person did not come; what to do next becomes a task, the third time for the supervisor.

    Refuses before the hour has come. Closes nothing, ever.
    """
    if appointment.starts_at > clock.now():
        raise refuse("ahead", _("The hour has not come yet."))
    with act(appointment.case, "casework.record_no_show", by=by, version=version) as case:
        _leave(appointment, AppointmentState.NO_SHOW, no_show_reason=reason)
        case.says(appointment=appointment.pk, reason=reason)
    return appointment


def log_attempt(case: Case, *, by: Any, result: str, version: int | None = None) -> Attempt:
    """Note a try to reach the person, outside a round of asking, with one tap.

    Reached counts as contact. Nobody is called lost for an attempt that failed.
    """
    with act(case, "casework.log_attempt", by=by, version=version) as case:
        attempt = Attempt.objects.create(case=case, tried_at=clock.now(), tried_by_id=author(by), result=result)
        if result == Reached.REACHED:
            case.met(clock.today())
        case.says(attempt=attempt.pk, result=result)
    return attempt


def _leave(appointment: Appointment, state: str, **also: Any) -> None:
    if not Appointment.objects.booked().filter(pk=appointment.pk).update(state=state, **also):
        raise refuse("not_booked", _("This talk is not booked any more: somebody has recorded or cancelled it."))
    appointment.refresh_from_db()
