"""What was recorded by mistake: struck out with its reason, never deleted. After seven days, by a supervisor."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from casework import rules
from casework.actions.authorship import author, may_correct, refuse
from casework.actions.case import replan_last_days
from casework.models import Case, Cost, Enrolment, Placement, Session
from casework.states import COUNSELLING, PLACED, TRAINING, WORKING, AppointmentState, EnrolmentState
from workflows import clock
from workflows.acting import act, dates
from workflows.models import Event
from workflows.partial import PartialDate


def correct_arrival(
    case: Case, *, by: Any, arrived_on: PartialDate | None, mistake: str, words: str = "", version: int | None = None
) -> Case:
    """Mend the day of arrival, or take it off; last days and rounds not yet asked are planned anew.

    Refuses, after seven days, anybody but a supervisor. Leaves rounds that were asked.
    """
    with act(case, "casework.correct_arrival", by=by, version=version, note=words) as case:
        said = Event.objects.filter(
            stream=case.stream, verb__in=("casework.refer", "casework.confirm_arrival", "casework.correct_arrival")
        ).order_by("-seq")
        if last := said.first():
            may_correct(by, case.office_id, last.recorded_at)
        before, case.arrived_on = case.arrived_on, arrived_on
        case.says(before=before, arrived=arrived_on, mistake=mistake, moved=replan_last_days(case))
    return case


def correct_session(
    session: Session,
    *,
    by: Any,
    mistake: str,
    words: str = "",
    changes: Mapping[str, Any] | None = None,
    version: int | None = None,
) -> Session:
    """Strike out a talk that was not held as recorded, or mend its facts; the appointment is open again.

    Refuses one that is struck out, and, after seven days, anybody but a supervisor.
    """
    with act(session.case, "casework.correct_session", by=by, version=version, note=words) as case:
        _still_standing(session)
        may_correct(by, case.office_id, session.recorded_at)
        if changes:
            _mend(session, changes)
        else:
            _strike(session, by, mistake)
            if session.appointment is not None:
                session.appointment.state = AppointmentState.BOOKED
                session.appointment.save(update_fields=["state"])
        held = case.sessions.standing().order_by("-held_on").values_list("held_on", flat=True).first()
        case.last_contact_on = held
        case.says(session=session.pk, mistake=mistake, struck=not changes, fields=sorted(changes or ()))
    return session


def correct_placement(
    placement: Placement,
    *,
    by: Any,
    mistake: str,
    words: str = "",
    changes: Mapping[str, Any] | None = None,
    version: int | None = None,
) -> Placement:
    """Strike out a spell of work that was recorded by mistake, or mend its facts.

    A case that was placed by it goes back to where it was. Refuses to strike out a spell whose end or second source is on
    record, because those rest on it; and, after seven days, anybody but a supervisor.
    """
    with act(placement.case, "casework.correct_placement", by=by, version=version, note=words) as case:
        _still_standing(placement)
        may_correct(by, case.office_id, placement.recorded_at)
        to = case.state
        if changes:
            _mend(placement, changes)
            if placement.ended_on and placement.ended_on.latest < placement.started_on.earliest:
                raise refuse("before_start", _("It cannot end before it began."))
        else:
            if placement.ended_on or placement.confirmed_at:
                raise refuse("rests_on_it", _("Its end, or a second source, is on record and rests on it: mend its facts instead."))
            _strike(placement, by, mistake)
            if case.state == PLACED and not case.placements.running().exists():
                to = placement.moved_from if placement.moved_from in WORKING and placement.moved_from != PLACED else COUNSELLING
        case.correct_placement(to=to, on=clock.today())
        case.says(
            placement=placement.pk,
            mistake=mistake,
            struck=not changes,
            fields=sorted(changes or ()),
            started_on=placement.started_on,
        )
    return placement


def correct_enrolment(enrolment: Enrolment, *, by: Any, mistake: str, words: str = "", version: int | None = None) -> Enrolment:
    """Strike out an enrolment that was recorded by mistake.

    Refuses while attendance or an end rests on it, or a case in training has no other course; and, after seven days,
    anybody but a supervisor.
    """
    with act(enrolment.case, "casework.correct_enrolment", by=by, version=version, note=words) as case:
        _still_standing(enrolment)
        may_correct(by, case.office_id, enrolment.recorded_at)
        if enrolment.ended_on or enrolment.attendances.exists():
            raise refuse("rests_on_it", _("Attendance or an end is on record and rests on it."))
        if case.state == TRAINING and not case.enrolments.running().exclude(pk=enrolment.pk).exists():
            raise refuse(
                "in_training",
                _("The case is in training on this course: go back to counselling first."),
                rules.page("back_to_counselling", case.pk),
                _("Back to counselling"),
            )
        _strike(enrolment, by, mistake)
        case.says(enrolment=enrolment.pk, mistake=mistake, confirmed=enrolment.state == EnrolmentState.CONFIRMED)
    return enrolment


def correct_cost(cost: Cost, *, by: Any, mistake: str, words: str = "", version: int | None = None) -> Cost:
    """Strike out a cost that was booked by mistake; the first aid that it paid for goes with it.

    Refuses one that is struck out, and, after seven days, anybody but a supervisor. The right amount is a new line.
    """
    with act(cost.case, "casework.correct_cost", by=by, version=version, note=words) as case:
        _still_standing(cost)
        may_correct(by, case.office_id, cost.recorded_at)
        dates(case, cost.spent_on)
        _strike(cost, by, mistake)
        if cost.first_aid_id:
            _strike(cost.first_aid, by, mistake)
        case.says(cost=cost.pk, mistake=mistake, amount=cost.amount, currency=cost.currency)
    return cost


def _still_standing(row: Any) -> None:
    row.refresh_from_db()
    if row.struck_at:
        raise refuse("struck", _("This is struck out already."))


def _strike(row: Any, by: Any, mistake: str) -> None:
    row.struck_at, row.struck_by_id, row.mistake = clock.now(), author(by), mistake
    row.save(update_fields=["struck_at", "struck_by", "mistake"])


def _mend(row: Any, changes: Mapping[str, Any]) -> None:
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(update_fields=sorted(changes))
