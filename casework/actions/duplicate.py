"""Deciding what waits side by side: same person, same person with a new return, different, later."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.scope import scope_of
from casework.actions.authorship import author, refuse
from casework.actions.closing import close_as_merged
from casework.actions.merging import merge_people, standing, unmerge_people
from casework.actions.referral import case_of, comes_along, person_of
from casework.models import Case, Merge, Person, PossibleDuplicate, ReferralRow
from casework.queries import beside, newest_file_of
from workflows import clock
from workflows.acting import SYSTEM, act
from workflows.actors import actor_of
from workflows.models import Note, Task
from workflows.partial import PartialDate

Decision = PossibleDuplicate.Decision
ANSWER_WITHIN = dt.timedelta(days=2)


def decide_duplicate(
    duplicate: PossibleDuplicate, *, by: Any, decision: str, reason: str = "", version: int | None = None
) -> PossibleDuplicate:
    """Decide whether a row or a case is a person already known, and do what follows at once.

    *Same*: the referral is noted on the file that is there. *Same, new return*: a new file for that person. *Different*: a
    person of their own. *Later*: it goes on waiting. Being a possible repeat is never called fraud, and blocks no first aid.
    Refuses what was decided already, and *same* of a file that one may not see and whose office was not heard.
    """
    with act(duplicate, "casework.decide_duplicate", by=by, version=version, note=reason) as duplicate:
        if decision not in Decision.values:
            raise refuse("no_decision", _("Choose one of the four answers."))
        if decision in (Decision.SAME, Decision.SAME_NEW_RETURN) and hidden_from(duplicate, by) and not answered(duplicate):
            raise refuse("elsewhere", _("The file is at another office. Ask its supervisor before you say that it is one person."))
        duplicate.decision, duplicate.decided_by_id, duplicate.decided_at = decision, author(by), clock.now()
        duplicate.says(
            decision=decision, person=duplicate.person_id, case=duplicate.case_id, row=duplicate.row_id, how=duplicate.how
        )
    if decision != Decision.LATER:
        carry_out(duplicate, by=by)
        duplicate.refresh_from_db()
    return duplicate


def take_back_decision(duplicate: PossibleDuplicate, *, by: Any, version: int | None = None) -> PossibleDuplicate:
    """Undo a decision about somebody who had a file of their own already: records that were joined are taken apart again.

    Refuses what was not decided, a decision on which a file was opened or noted, and one that closed a file.
    """
    with transaction.atomic():
        with act(duplicate, "casework.take_back_decision", by=by, version=version) as duplicate:
            case = duplicate.case
            assert case is not None
            if case.closed_at and case.outcome == "merged":
                raise refuse("closed_into_the_other", _("The newer file was closed into the other. A supervisor reopens it first."))
            duplicate.says(decision=duplicate.decision, case=case.pk)
            duplicate.decision, duplicate.decided_by_id, duplicate.decided_at = "", None, None
        if merge := _joined_by(duplicate):
            unmerge_people(merge.kept, by=by, merge=merge)
        Task.objects.filter(key=_merge_key(duplicate)).delete()
    return duplicate


def _joined_by(duplicate: PossibleDuplicate) -> Merge | None:
    """The merge that brought the file of the newcomer over to the known person."""
    assert duplicate.case is not None
    joined = Merge.objects.filter(kept=duplicate.case.person_id, undone_at=None).select_related("kept").order_by("-pk")
    return next((one for one in joined if str(duplicate.case_id) in one.moved.get("casework.case.person", ())), None)


def _merge_key(duplicate: PossibleDuplicate) -> str:
    return f"merge:{duplicate.pk}"


def ask_about_duplicate(duplicate: PossibleDuplicate, *, by: Any) -> Task:
    """Ask the supervisor of the office where the file is: a task there, and a call between two people settles it.

    Nothing of the newcomer goes over but that somebody asks. Refuses a second question, and a file that one may see.
    """
    with act(duplicate, "casework.ask_about_duplicate", by=by) as duplicate:
        if not hidden_from(duplicate, by):
            raise refuse("seen", _("You see both: decide it here."))
        if Task.objects.filter(key=_question_key(duplicate)).exists():
            raise refuse("asked", _("The other office is asked already."))
        theirs = newest_file_of(duplicate.person_id)
        assert theirs is not None
        asker = actor_of(by).user
        note = Note(
            stream=theirs.stream,
            kind="task",
            author_id=str(author(by)),
            salt=uuid.uuid4().hex,
            text=_("The office of %(office)s asks whether somebody newly come is this person. Call %(name)s.")
            % {"office": duplicate.office.name, "name": asker.called if asker else duplicate.office.name},
        )
        task = Task(
            stream=theirs.stream,
            kind="casework.ask_about_duplicate",
            key=_question_key(duplicate),
            params={"note": str(note.pk)},
            office_id=str(theirs.office_id),
            role="supervisor",
            due_on=clock.today() + ANSWER_WITHIN,
        )
        duplicate.adds(note, task)
        duplicate.says(office=theirs.office_id, note=note.pk)
    return task


def hidden_from(duplicate: PossibleDuplicate, by: Any) -> bool:
    """Whether the known person's file is one that this user may not see."""
    user = actor_of(by).user
    if user is None:
        return False
    known = beside(duplicate, user)
    return known.case is None and bool(known.office)


def question_about(duplicate: PossibleDuplicate) -> Task | None:
    """What the office of the file was asked, if it was."""
    return Task.objects.filter(key=_question_key(duplicate)).first()


def answered(duplicate: PossibleDuplicate) -> bool:
    """Whether the office of the file has been heard."""
    asked = question_about(duplicate)
    return asked is not None and asked.done_at is not None


def _question_key(duplicate: PossibleDuplicate) -> str:
    return f"ask:{duplicate.pk}"


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
            key=_merge_key(duplicate),
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
    Task.objects.filter(key=_merge_key(duplicate), done_at=None).update(done_at=clock.now(), done_by=str(user.pk), outcome="merged")
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
