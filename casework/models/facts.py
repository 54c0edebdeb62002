"""Where the rules' facts come from: one query for any number of cases."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import Exists, F, Func, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from casework.models.consent import NoticeGiven
from casework.models.cost import Cost
from casework.models.document import Document
from casework.models.labour import Application, Placement, Profile
from casework.models.plan import Plan, Promise
from casework.models.referral import PossibleDuplicate
from casework.models.screening import Screening
from casework.models.services import Appointment, Enrolment, Session
from casework.models.ties import StreamOf
from casework.rules import CaseFacts
from casework.states import DocumentKind, EnrolmentState
from workflows import clock
from workflows.models import Task

if TYPE_CHECKING:
    from casework.models.case import Case

A_DAY = dt.timedelta(days=1)


def facts_of(cases: Sequence["Case"]) -> Mapping[uuid.UUID, CaseFacts]:
    """The facts of each case by its key, as they stand in the database now."""
    now = clock.now()
    asked = _questions().filter(pk__in=[case.pk for case in cases])
    rows = {row["pk"]: row for row in asked}
    return {case.pk: _facts(case, rows[case.pk], now) for case in cases if case.pk in rows}


def _count(rows: QuerySet[Any]) -> Any:
    """How many of `rows`, correlated with the case, as a subquery of its own (a join would multiply them)."""
    counted = rows.order_by().annotate(n=Func(F("pk"), function="COUNT", output_field=IntegerField())).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _questions() -> QuerySet[Any]:
    of_case = {"case": OuterRef("pk")}
    of_person = {"person": OuterRef("person")}
    here = Q(case=OuterRef("pk")) | Q(case=None)
    draft = Plan.objects.drafts().filter(**of_case)
    enrolments = Enrolment.objects.standing().filter(**of_case)
    profile = Profile.objects.filter(**of_person)
    return apps.get_model("casework", "Case")._base_manager.values(
        "pk",
        "person__identity_seen_on",
        "person__identity_absent_because",
        "offered_to__name",
        ceiling=F("programme__plan_approval_ceiling"),
        notice=Exists(NoticeGiven.objects.filter(here, understood=True, **of_person)),
        identity=Exists(Document.objects.filter(kind=DocumentKind.IDENTITY, **of_case)),
        screened=Exists(Screening.objects.filter(here, **of_person)),
        duplicates=_count(PossibleDuplicate.objects.undecided().filter(**of_case)),
        occupation=Subquery(profile.values("occupation")[:1]),
        level=Subquery(profile.values("level")[:1]),
        languages=Subquery(profile.values("languages")[:1]),
        plan_path=Subquery(Plan.objects.agreed().filter(**of_case).values("path")[:1]),
        plan_agreed=Exists(Plan.objects.agreed().filter(**of_case)),
        draft=Exists(draft),
        draft_total=Subquery(draft.values("total")[:1]),
        draft_approved=Exists(draft.exclude(approved_at=None)),
        promises_open=_count(Promise.objects.open().filter(plan__case=OuterRef("pk"))),
        enrolments_all=_count(enrolments),
        enrolments_asked=_count(enrolments.filter(state=EnrolmentState.ASKED)),
        enrolments_running=_count(Enrolment.objects.running().filter(**of_case)),
        applications_open=_count(Application.objects.open().filter(**of_case)),
        placements_all=_count(Placement.objects.standing().filter(**of_case)),
        placements_running=_count(Placement.objects.running().filter(**of_case)),
        sessions_all=_count(Session.objects.standing().filter(**of_case)),
        appointments_open=_count(Appointment.objects.booked().filter(**of_case)),
        costs_all=_count(Cost.objects.standing().filter(**of_case)),
        tasks_open=_count(Task.objects.open().filter(stream=StreamOf("case", OuterRef("pk")))),
    )


def _facts(case: "Case", row: dict[str, Any], now: dt.datetime) -> CaseFacts:
    missing = tuple(
        part
        for part, value in (("occupation", row["occupation"]), ("level", row["level"]), ("language", row["languages"]))
        if not value
    )
    return CaseFacts(
        id=case.pk,
        person=case.person_id,
        state=str(case.state),
        path=case.path,
        outcome=case.outcome,
        has_caseworker=case.caseworker_id is not None,
        arrived=bool(case.arrived_on),
        held_from=case.held_from,
        counselled=case.counselling_since is not None,
        merged=case.merged_into_id is not None,
        erased=case.erased_at is not None,
        notice_understood=row["notice"],
        identity_answered=bool(row["identity"] or row["person__identity_seen_on"] or row["person__identity_absent_because"]),
        screened=row["screened"],
        undecided_duplicates=row["duplicates"],
        missing_in_profile=missing,
        plan_agreed=row["plan_agreed"],
        plan_path=row["plan_path"] or "",
        draft=row["draft"],
        draft_total=row["draft_total"] or 0,
        draft_ceiling=row["ceiling"],
        draft_approved=row["draft_approved"],
        promises_open=row["promises_open"],
        offered_to=row["offered_to__name"] or "",
        enrolments=row["enrolments_all"],
        enrolments_asked=row["enrolments_asked"],
        enrolments_running=row["enrolments_running"],
        applications_open=row["applications_open"],
        placements=row["placements_all"],
        placements_running=row["placements_running"],
        sessions=row["sessions_all"],
        appointments_open=row["appointments_open"],
        costs=row["costs_all"],
        tasks_open=row["tasks_open"],
        dead=case.death_recorded_at is not None,
        death_confirmed=case.death_confirmed_at is not None,
        death_within_a_day=case.death_recorded_at is not None and now - case.death_recorded_at <= A_DAY,
    )
