"""Where the rules' facts come from: at most three queries for any number of cases, and none that no rule asks for."""

import datetime as dt
import uuid
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from casework.models.consent import NoticeGiven
from casework.models.cost import Cost
from casework.models.document import Document
from casework.models.labour import Application, Placement, Profile
from casework.models.plan import Plan, Promise
from casework.models.referral import PossibleDuplicate
from casework.models.screening import Screening
from casework.models.services import Appointment, Enrolment, Session
from casework.models.ties import StreamOf, number_of
from casework.rules import CaseFacts
from casework.states import DocumentKind, EnrolmentState
from workflows import clock
from workflows.models import Signature, Task

if TYPE_CHECKING:
    from casework.models.case import Case

A_DAY = dt.timedelta(days=1)


def facts_of(cases: Sequence["Case"]) -> Mapping[uuid.UUID, CaseFacts]:
    """The facts of each case by its key, as they stand in the database when a rule first asks."""
    now, load = clock.now(), _Load(cases)
    return {case.pk: CaseFacts(partial(load.bundle_of, case.pk), **_at_hand(case, now)) for case in cases}


class _Load:
    """One load of many cases: each bundle is one query for all of them, at the first question."""

    def __init__(self, cases: Sequence["Case"]) -> None:
        self.keys = [case.pk for case in cases]
        self.read: dict[str, dict[uuid.UUID, dict[str, Any]]] = {}

    def bundle_of(self, key: uuid.UUID, bundle: str) -> dict[str, Any]:
        if bundle not in self.read:
            rows = _QUESTIONS[bundle]().filter(pk__in=self.keys)
            self.read[bundle] = {row.pop("pk"): _ANSWERS[bundle](row) for row in rows}
        return self.read[bundle][key]


def _at_hand(case: "Case", now: dt.datetime) -> dict[str, Any]:
    return {
        "id": case.pk,
        "person": case.person_id,
        "state": str(case.state),
        "path": case.path,
        "outcome": case.outcome,
        "has_caseworker": case.caseworker_id is not None,
        "arrived": bool(case.arrived_on),
        "held_from": case.held_from,
        "counselled": case.counselling_since is not None,
        "merged": case.merged_into_id is not None,
        "erased": case.erased_at is not None,
        "offered": case.offered_to_id is not None,
        "dead": case.death_recorded_at is not None,
        "death_confirmed": case.death_confirmed_at is not None,
        "death_within_a_day": case.death_recorded_at is not None and now - case.death_recorded_at <= A_DAY,
    }


def _cases() -> Any:
    return apps.get_model("casework", "Case")._base_manager


_OF_CASE = {"case": OuterRef("pk")}
_OF_PERSON = {"person": OuterRef("person")}


@cache
def _of_the_person() -> QuerySet[Any]:
    here = Q(case=OuterRef("pk")) | Q(case=None)
    profile = Profile.objects.filter(**_OF_PERSON)
    return _cases().values(
        "pk",
        "person__identity_seen_on",
        "person__identity_absent_because",
        "offered_to__name",
        draft_ceiling=F("programme__plan_approval_ceiling"),
        notice_understood=Exists(NoticeGiven.objects.filter(here, understood=True, **_OF_PERSON)),
        identity=Exists(Document.objects.filter(kind=DocumentKind.IDENTITY, **_OF_CASE)),
        screened=Exists(Screening.objects.filter(here, **_OF_PERSON)),
        undecided_duplicates=number_of(PossibleDuplicate.objects.undecided().filter(**_OF_CASE)),
        occupation=Subquery(profile.values("occupation")[:1]),
        level=Subquery(profile.values("level")[:1]),
        language=Subquery(profile.values("languages")[:1]),
    )


def _person_answers(row: dict[str, Any]) -> dict[str, Any]:
    seen = [row.pop(name) for name in ("identity", "person__identity_seen_on", "person__identity_absent_because")]
    missing = tuple(part for part in ("occupation", "level", "language") if not row.pop(part))
    offered = row.pop("offered_to__name") or ""
    return {**row, "identity_answered": any(seen), "missing_in_profile": missing, "offered_name": offered}


@cache
def _of_the_plan() -> QuerySet[Any]:
    agreed = Plan.objects.agreed().filter(**_OF_CASE)
    draft = Plan.objects.drafts().filter(**_OF_CASE)
    return _cases().values(
        "pk",
        plan_agreed=Exists(agreed),
        plan_path=Coalesce(Subquery(agreed.values("path")[:1]), Value("")),
        draft=Exists(draft),
        draft_total=Coalesce(Subquery(draft.values("total")[:1]), 0),
        draft_approved=Exists(draft.exclude(approved_at=None)),
        proposals_open=number_of(
            Signature.objects.filter(stream=StreamOf("case", OuterRef("pk")), signed_at=None, withdrawn_at=None)
        ),
        promises_open=number_of(Promise.objects.open().filter(plan__case=OuterRef("pk"))),
    )


@cache
def _of_the_services() -> QuerySet[Any]:
    standing = Enrolment.objects.standing().filter(**_OF_CASE)
    return _cases().values(
        "pk",
        enrolments_all=number_of(standing),
        enrolments_asked=number_of(standing.filter(state=EnrolmentState.ASKED)),
        enrolments_running=number_of(Enrolment.objects.running().filter(**_OF_CASE)),
        applications_open=number_of(Application.objects.open().filter(**_OF_CASE)),
        placements_all=number_of(Placement.objects.standing().filter(**_OF_CASE)),
        placements_running=number_of(Placement.objects.running().filter(**_OF_CASE)),
        sessions_all=number_of(Session.objects.standing().filter(**_OF_CASE)),
        appointments_open=number_of(Appointment.objects.booked().filter(**_OF_CASE)),
        costs_all=number_of(Cost.objects.standing().filter(**_OF_CASE)),
        tasks_open=number_of(Task.objects.open().filter(stream=StreamOf("case", OuterRef("pk")))),
    )


def _services_answers(row: dict[str, Any]) -> dict[str, Any]:
    return {name.removesuffix("_all"): number for name, number in row.items()}


_QUESTIONS = {"person": _of_the_person, "plan": _of_the_plan, "services": _of_the_services}
_ANSWERS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "person": _person_answers,
    "plan": dict,
    "services": _services_answers,
}
