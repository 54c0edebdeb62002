"""The plan: written, approved where it costs much, agreed by both, its promises kept."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from casework.actions.authorship import author, refuse
from casework.models import Case, Goal, Plan, PlanLine, Promise
from casework.states import Mark
from workflows import clock
from workflows.acting import act, freeze, signed_payload


def draft_plan(
    case: Case,
    *,
    by: Any,
    path: str,
    lines: Sequence[Mapping[str, Any]] = (),
    goals: Sequence[Mapping[str, Any]] = (),
    promises: Sequence[Mapping[str, Any]] = (),
    hope: str = "",
    version: int | None = None,
) -> Plan:
    """Write the next version of the plan: goals, lines of the budget, what each side promises.

    A draft that nobody agreed to is replaced. The plan in force stays until another is agreed. Above the programme's
    ceiling this is also the proposal that a second person approves.
    """
    with act(case, "casework.draft_plan", by=by, version=version) as case:
        now, programme = clock.now(), case.programme
        case.plans.drafts().update(replaced_at=now)
        last = case.plans.order_by("-number").values_list("number", flat=True).first() or 0
        plan = Plan.objects.create(
            case=case,
            number=last + 1,
            path=path,
            hope=hope,
            currency=programme.currency,
            total=sum(line.get("amount") or 0 for line in lines),
            drafted_at=now,
            drafted_by_id=author(by),
        )
        PlanLine.objects.bulk_create(PlanLine(plan=plan, position=place, **row) for place, row in enumerate(lines))
        Goal.objects.bulk_create(Goal(plan=plan, position=place, **row) for place, row in enumerate(goals))
        Promise.objects.bulk_create(Promise(plan=plan, position=place, **row) for place, row in enumerate(promises))
        case.says(plan=plan.pk, number=plan.number, path=path, total=plan.total, currency=plan.currency)
        if plan.total > programme.plan_approval_ceiling:
            freeze(case, "approve_plan", {"plan": plan.pk, "number": plan.number, "total": plan.total, "currency": plan.currency})
    return plan


def approve_plan(case: Case, *, by: Any, version: int | None = None) -> Plan:
    """Approve, as a second person, a plan above the programme's ceiling.

    Refuses whoever wrote it, under any role, and a plan that was rewritten since. Leaves agreeing to the person.
    """
    with act(case, "casework.approve_plan", by=by, version=version) as case:
        plan = case.plans.drafts().get(pk=signed_payload(case, "approve_plan")["plan"])
        plan.approved_at, plan.approved_by_id = clock.now(), author(by)
        plan.save(update_fields=["approved_at", "approved_by"])
        case.says(plan=plan.pk, number=plan.number, total=plan.total, currency=plan.currency)
    return plan


def agree_plan(
    case: Case,
    *,
    by: Any,
    person_mark: str,
    office_mark: str = Mark.AGREED,
    reservations: str = "",
    on: dt.date | None = None,
    version: int | None = None,
) -> Plan:
    """Write down what each side says to the plan; agreed by both, with reservations or without, it is in force.

    Refuses while identity, screening, a possible duplicate or an approval is open, and reservations without their words.
    *Not agreed* is written down and ends nothing: help goes on, the draft stays.
    """
    if person_mark == Mark.RESERVATIONS and not reservations.strip():
        raise refuse("reservations", _("Write the reservations down, in the words of the person."))
    with act(case, "casework.agree_plan", by=by, version=version, occurred_on=on) as case:
        now, plan = clock.now(), case.plans.drafts().get()
        plan.person_mark, plan.office_mark, plan.reservations, plan.marked_on = (
            person_mark,
            office_mark,
            reservations,
            on or clock.today(),
        )
        in_force = Mark.NOT_AGREED not in (person_mark, office_mark)
        if in_force:
            case.plans.agreed().update(replaced_at=now)
            plan.agreed_at, plan.agreed_by_id = now, author(by)
            case.path = plan.path
        plan.save()
        case.says(plan=plan.pk, number=plan.number, person=person_mark, office=office_mark, in_force=in_force, path=plan.path)
    return plan


def keep_promise(promise: Promise, *, by: Any, version: int | None = None) -> Promise:
    """Say that a promise was kept, the office's or the person's.

    Refuses one that is kept already.
    """
    with act(promise.plan.case, "casework.keep_promise", by=by, version=version) as case:
        if not Promise.objects.filter(pk=promise.pk, kept_at=None).update(kept_at=clock.now(), kept_by=author(by)):
            raise refuse("kept", _("This promise is kept already."))
        case.says(promise=promise.pk, whose=promise.whose, by_when=promise.by_when)
    promise.refresh_from_db()
    return promise
