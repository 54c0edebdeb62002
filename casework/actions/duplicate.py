"""Deciding what waits side by side: same person, same person with a new return, different, later."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.scope import scope_of
from casework.actions.authorship import author, refuse
from casework.actions.closing import close_as_merged
from casework.actions.merging import merge_people, standing
from casework.actions.referral import case_of, comes_along, person_of
from casework.models import Case, Person, PossibleDuplicate, ReferralRow
from workflows import clock
from workflows.acting import SYSTEM, act
from workflows.actors import actor_of
from workflows.models import Task
from workflows.partial import PartialDate

Decision = PossibleDuplicate.Decision


def decide_duplicate(
    duplicate: PossibleDuplicate, *, by: Any, decision: str, reason: str = "", version: int | None = None
) -> PossibleDuplicate:
    """Decide whether a row or a case is a person already known, and do what follows at once.

    *Same*: the referral is noted on the file that is there. *Same, new return*: a new file for that person. *Different*: a
    person of their own. *Later*: it goes on waiting. Being a possible repeat is never called fraud, and blocks no first aid.
    Refuses what was decided already.
    """
    with act(duplicate, "casework.decide_duplicate", by=by, version=version, note=reason) as duplicate:
        if decision not in Decision.values:
            raise refuse("no_decision", _("Choose one of the four answers."))
        duplicate.decision, duplicate.decided_by_id, duplicate.decided_at = decision, author(by), clock.now()
        duplicate.says(
            decision=decision, person=duplicate.person_id, case=duplicate.case_id, row=duplicate.row_id, how=duplicate.how
        )
    if decision != Decision.LATER:
        carry_out(duplicate, by=by)
        duplicate.refresh_from_db()
    return duplicate


def open_meanwhile(duplicate: PossibleDuplicate, *, by: Any) -> Case:
    """Open a file before it is decided: somebody stands at the door and needs help today. The decision goes on waiting.

    Refuses once decided, and where the file is open already.
    """
    with transaction.atomic():
        row = _row_of(duplicate)
        if row is None or duplicate.case_id or duplicate.decision not in ("", Decision.LATER):
            raise refuse("open_already", _("There is a file already."))
        case = _open(row, None, by)
        PossibleDuplicate.objects.filter(pk=duplicate.pk).update(case=case)
        duplicate.case = case
    return case


def carry_out(duplicate: PossibleDuplicate, *, by: Any) -> Case | None:
    """Do what a decision says, once: pressed twice or taken up after a crash, nothing is done a second time. Gives the file."""
    person = standing(duplicate.person)
    if duplicate.case_id:
        return _carry_out_on_case(duplicate, person, by)
    with transaction.atomic():
        row = _row_of(duplicate)
        if row is None:
            return None
        if row.case_id:
            return row.case
        if duplicate.decision == Decision.SAME:
            case = person.cases.order_by("closed_at", "-referred_on").filter(programme=row.programme_id).first()
            _answered(row, person, case)
            return case
        return _open(row, person if duplicate.decision == Decision.SAME_NEW_RETURN else None, by)


def _carry_out_on_case(duplicate: PossibleDuplicate, person: Person, by: Any) -> Case:
    case = duplicate.case
    assert case is not None
    if duplicate.decision == Decision.DIFFERENT or case.person_id == person.pk:
        return case
    user = actor_of(by).user
    if user is None or not scope_of(user).may("casework.merge_people", person.authority_office_id):
        # Merging is a supervisor's verb: the decision stands, and the task says what is left to do.
        Task.objects.get_or_create(
            key=f"merge:{duplicate.pk}",
            defaults={
                "stream": case.stream,
                "kind": "casework.merge_people",
                "office_id": str(case.office_id),
                "role": "supervisor",
                "due_on": clock.today(),
                "params": {"duplicate": str(duplicate.pk)},
            },
        )
        return case
    merge_people(person, by=by, gone=case.person)
    Task.objects.filter(key=f"merge:{duplicate.pk}", done_at=None).update(
        done_at=clock.now(), done_by=str(user.pk), outcome="merged"
    )
    if duplicate.decision == Decision.SAME:
        other = person.cases.filter(programme=case.programme_id, closed_at=None).exclude(pk=case.pk).order_by("referred_on").first()
        if other is not None and case.closed_at is None:
            close_as_merged(Case.objects.get(pk=case.pk), by=SYSTEM("casework.decide_duplicate"), into=other)
            return other
    return case


def _row_of(duplicate: PossibleDuplicate) -> ReferralRow | None:
    # Locked, so that two hands that press at once open one file.
    return ReferralRow.objects.select_for_update(of=("self",)).filter(pk=duplicate.row_id).first() if duplicate.row_id else None


def _open(row: ReferralRow, person: Person | None, by: Any) -> Case:
    values = _revived((row.values or {}).get("values", {}))
    children: list[Any] = []
    whose = person
    if whose is None:
        whose, rows = person_of(values, row.programme)
        children = [whose, *rows]
    taken = Case._base_manager.filter(programme=row.programme_id, sender=row.sender, sender_reference=row.reference).exists()
    case = case_of(
        values,
        person=whose,
        programme=row.programme,
        office=row.office,
        sender=row.sender,
        reference="" if taken else row.reference,
    )
    with act(case, "casework.refer", by=by) as case:
        extra = comes_along(case, values, by)
        if person is not None:
            # A person has one profile over all returns, and it is not the sender's to overwrite.
            extra = [one for one in extra if one._meta.model_name != "profile"]
        case.adds(*children, *extra)
        case.says(person=whose.pk, programme=row.programme_id, office=row.office_id, list=row.list_id, line=row.line)
    _answered(row, whose, case)
    return case


def _answered(row: ReferralRow, person: Person, case: Case | None) -> None:
    ReferralRow.objects.filter(pk=row.pk).update(person=person, case=case, values=None)


def _revived(values: Mapping[str, Any]) -> dict[str, Any]:
    dates = ("date_of_birth", "return_date")
    return {name: PartialDate.parse(value) if name in dates and value else value for name, value in values.items()}
