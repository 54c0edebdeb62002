"""Somebody stands at the door: a person and the file of this return, at once; whom they may repeat is decided or waits."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.db import transaction

from accounts.scope import scope_of
from casework import duplicates
from casework.actions.case import last_days_of, new_case, refer
from casework.actions.duplicate import decide_duplicate
from casework.actions.people import new_person
from casework.models import Case, Person, PossibleDuplicate, Programme
from workflows.acting import act
from workflows.partial import PartialDate

Decision = PossibleDuplicate.Decision


def refer_newcomer(
    *,
    by: Any,
    programme: Programme,
    office: Any,
    who: dict[str, Any],
    phone: str = "",
    arrived_on: PartialDate | None = None,
    alike: Iterable[duplicates.Likeness] = (),
    different: Iterable[uuid.UUID] = (),
) -> Case:
    """Open the file of somebody nobody knew. Asks for no paper and no consent; unknown is a value.

    Those who are `alike` wait side by side with the new file, and block no first aid; those called `different` are decided.
    """
    caseworker = by if scope_of(by).holds("caseworker", office.pk) else None
    with transaction.atomic():
        person, rows = new_person(programme=programme, phone=phone, **who)
        case = new_case(person=person, programme=programme, office=office, arrived_on=arrived_on, caseworker=caseworker)
        with act(case, "casework.refer", by=by) as case:
            case.adds(person, *rows, *last_days_of(case))
            case.says(person=person.pk, programme=programme.pk, office=office.pk, arrived=arrived_on)
        for likeness in alike:
            hold_beside(case, likeness, by=by, decision=Decision.DIFFERENT if uuid.UUID(likeness.b) in different else "")
    return Case.objects.get(pk=case.pk)


def refer_again(person: Person, *, by: Any, programme: Programme, office: Any, arrived_on: PartialDate | None = None) -> Case:
    """Open the file of another return of a person who is known; earlier files stay as they are."""
    caseworker = by if scope_of(by).holds("caseworker", office.pk) else None
    return refer(person=person, programme=programme, office=office, by=by, arrived_on=arrived_on, caseworker=caseworker)


def hold_beside(case: Case, likeness: duplicates.Likeness, *, by: Any, decision: str = "") -> PossibleDuplicate:
    """Keep that the person of this file may be another who is known; with a decision, decide it at once.

    A decision that is somebody else's to make waits for them. What was decided before stays decided.
    """
    with transaction.atomic():
        held, _new = PossibleDuplicate.objects.get_or_create(
            case=case,
            person_id=uuid.UUID(likeness.b),
            defaults={
                "programme_id": case.programme_id,
                "office_id": case.office_id,
                "how": list(likeness.how),
                "parts": [{"field": part.field, "word": part.word} for part in likeness.parts],
                "strength": likeness.strength,
            },
        )
        open_yet = held.decision in ("", Decision.LATER)
        if decision and open_yet and scope_of(by).may("casework.decide_duplicate", case.office_id):
            held = decide_duplicate(held, by=by, decision=decision)
    return held
