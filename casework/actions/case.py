"""The way of a case: referred, met, advised, waiting, going on; who works on it; its days and tasks."""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from dateutil.relativedelta import relativedelta
from django.utils.translation import gettext as _

from accounts.scope import scope_of
from casework import rules
from casework.actions.authorship import author, not_barred, refuse, supervises
from casework.models import Case
from workflows import clock
from workflows.acting import NotYours, Outcome, act, act_each
from workflows.actors import actor_of
from workflows.models import Deadline, Note, Task
from workflows.partial import PartialDate

# No 0, O, 1, I, L: a reference is read out over a bad line.
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def reference_of(key: uuid.UUID) -> str:
    """The office's own reference of a case: eight letters and digits out of its key, told apart by voice, telling nothing."""
    rest, letters = key.int, []
    for _place in range(8):
        rest, at = divmod(rest, len(_LETTERS))
        letters.append(_LETTERS[at])
    return "".join(letters[:4]) + "-" + "".join(letters[4:])


def new_case(*, person: Any, programme: Any, office: Any, referred_on: dt.date | None = None, **facts: Any) -> Case:
    """A case as it begins, not saved: `refer` and the importer save it by the verb *refer*."""
    key = uuid.uuid4()
    day = referred_on or clock.today()
    facts.setdefault("reference", reference_of(key))
    return Case(id=key, person=person, programme=programme, office=office, referred_on=day, state_since=day, **facts)


def refer(
    *,
    person: Any,
    programme: Any,
    office: Any,
    by: Any,
    sender: str = "",
    sender_reference: str = "",
    return_as_sent: str = "",
    host_country: str = "",
    expected_arrival: PartialDate | None = None,
    arrived_on: PartialDate | None = None,
    path: str = "",
    caseworker: Any = None,
    referred_on: dt.date | None = None,
) -> Case:
    """Open the file of one return of a known person.

    Refuses a caseworker who does not work at the office, and (by the database) a reference that the sender used before.
    Asks no consent, paper or date: unknown is a value. Leaves earlier returns of the person as they are.
    """
    if caseworker is not None:
        _works_at(caseworker, office.pk)
        not_barred(person.pk, caseworker)
    case = new_case(
        person=person,
        programme=programme,
        office=office,
        referred_on=referred_on,
        sender=sender,
        sender_reference=sender_reference,
        return_as_sent=return_as_sent,
        host_country=host_country,
        expected_arrival=expected_arrival,
        arrived_on=arrived_on,
        path=path,
        caseworker=caseworker,
    )
    with act(case, "casework.refer", by=by, occurred_on=referred_on) as case:
        case.adds(*last_days_of(case))
        case.says(
            person=person.pk,
            programme=programme.pk,
            office=office.pk,
            host_country=host_country,
            expected=expected_arrival,
            arrived=arrived_on,
        )
    return case


def last_days_of(case: Case) -> list[Deadline]:
    """The legal last days that follow from the arrival, not saved; of an unsure date, the earliest counts."""
    if not case.arrived_on:
        return []
    return [
        Deadline(
            stream=case.stream,
            kind=f"last_day.{kind}",
            due_on=case.arrived_on.earliest + relativedelta(months=months),
            why=f"{months}_months_after_arrival",
        )
        for kind, months in case.programme.last_days.items()
    ]


def replan_last_days(case: Case) -> dict[str, list[dt.date | None]]:
    """Plan the last days anew after an arrival: what moved, kind → [before, after]. Days set by hand stay."""
    standing = {day.kind: day for day in Deadline.objects.filter(stream=case.stream, kind__startswith="last_day.", met_at=None)}
    wanted = {day.kind: day for day in last_days_of(case)}
    moved: dict[str, list[dt.date | None]] = {}
    for kind in sorted({*standing, *wanted}):
        before, after = standing.get(kind), wanted.get(kind)
        if before and before.why == "set_by_hand":
            continue
        if (before and before.due_on) != (after and after.due_on):
            moved[kind] = [before.due_on if before else None, after.due_on if after else None]
            if before:
                before.delete()
            if after:
                after.save()
    return moved


def confirm_arrival(case: Case, *, by: Any, arrived_on: PartialDate, version: int | None = None) -> Case:
    """Write down the true day of arrival; what hangs on it is planned anew, and the event says what moved.

    Refuses once an arrival is confirmed: that is corrected. Leaves the state: a person may have arrived and not been met.
    """
    with act(case, "casework.confirm_arrival", by=by, version=version) as case:
        expected, case.arrived_on = case.expected_arrival or None, arrived_on
        case.says(arrived=arrived_on, expected=expected, moved=replan_last_days(case))
    return case


def assign_caseworker(case: Case, *, by: Any, caseworker: Any, reason: str = "", version: int | None = None) -> Case:
    """Put the case into a caseworker's hands; open tasks and talks go along.

    A supervisor names anybody who works at the case's office, a caseworker oneself. A change needs its reason in words.
    Leaves everything else in the file untouched.
    """
    with act(case, "casework.assign_caseworker", by=by, version=version, note=reason) as case:
        _assign(case, caseworker, by, reason)
    return case


def assign_caseworkers(cases: Sequence[Case], *, by: Any, caseworker: Any, reason: str) -> list[Outcome]:
    """Put up to 200 cases into one caseworker's hands, each accepted or refused on its own (somebody leaves, or is away)."""

    def body(case: Case) -> None:
        _assign(case, caseworker, by, reason)
        note = Note(stream=case.stream, kind="assign_caseworker", author_id=actor_of(by).id, text=reason, salt=uuid.uuid4().hex)
        case.adds(note)
        case.says(note=note.pk)

    return act_each(cases, "casework.assign_caseworker", by=by, body=body)


def _assign(case: Case, caseworker: Any, by: Any, reason: str) -> None:
    user = actor_of(by).user
    if user is not None and user.pk != caseworker.pk and not supervises(user, case.office_id):
        raise NotYours(_("A supervisor names another caseworker; you may take the case yourself."))
    _works_at(caseworker, case.office_id)
    not_barred(case.person_id, caseworker)
    if case.caseworker_id == caseworker.pk:
        raise refuse("same_caseworker", _("The case is in these hands already."))
    if case.caseworker_id and not reason.strip():
        raise refuse("reason", _("Say why the caseworker changes."))
    case.says(caseworker=caseworker.pk, before=case.caseworker_id)
    case.caseworker = caseworker


def _works_at(caseworker: Any, office_id: uuid.UUID) -> None:
    if not caseworker.is_active or not scope_of(caseworker).holds("caseworker", office_id):
        raise refuse("not_at_office", _("This colleague is no caseworker at the case’s office."))


def open_intake(case: Case, *, by: Any, version: int | None = None) -> Case:
    """Meet the person: the case moves to intake, for as long as it needs.

    Refuses while nobody works on the case. Asks no paper and no consent.
    """
    with act(case, "casework.open_intake", by=by, version=version) as case:
        case.open_intake(on=clock.today())
    return case


def begin_counselling(case: Case, *, by: Any, language: str = "", interpreter: str = "", version: int | None = None) -> Case:
    """Begin to advise the person, in their language.

    Refuses until the notice was given in a language understood. Every consent may be a no.
    """
    with act(case, "casework.begin_counselling", by=by, version=version) as case:
        case.begin_counselling(on=clock.today())
        case.says(language=language, with_interpreter=bool(interpreter))
    return case


def back_to_counselling(case: Case, *, by: Any, reason: str, words: str = "", version: int | None = None) -> Case:
    """Go back to advising: a course, a job, a business or a wish ended.

    Refuses while a pitch is before a jury or a contract runs. Leaves placements, enrolments and the plan as they are.
    """
    with act(case, "casework.back_to_counselling", by=by, version=version, note=words) as case:
        case.back_to_counselling(on=clock.today())
        case.says(reason=reason)
    return case


def put_on_hold(case: Case, *, by: Any, reason: str, review_on: dt.date, words: str = "", version: int | None = None) -> Case:
    """Let the case wait, and say when it is looked at again.

    Refuses a day that is not ahead. Leaves rounds of asking and legal last days running.
    """
    if review_on <= clock.today():
        raise refuse("review_past", _("The day of the review lies ahead."))
    with act(case, "casework.put_on_hold", by=by, version=version, note=words) as case:
        case.put_on_hold(reason=reason, review_on=review_on, on=clock.today())
        case.says(reason=reason, review_on=review_on)
    return case


def resume(case: Case, *, by: Any, version: int | None = None) -> Case:
    """Go on where the case was, if what that rests on still stands; else with counselling."""
    with act(case, "casework.resume", by=by, version=version) as case:
        facts = Case.load_facts([case])[case.pk]
        case.says(was=case.held_from)
        case.resume(to=rules.resumes_to(facts), on=clock.today())
    return case


def set_last_day(case: Case, *, by: Any, kind: str, due_on: dt.date, why: str = "", version: int | None = None) -> Deadline:
    """Say until which day a right can be used; it is on *My day* from 60 days before, on hold too.

    One open day a kind: a new one replaces it. Leaves days that were met.
    """
    with act(case, "casework.set_last_day", by=by, version=version) as case:
        Deadline.objects.filter(stream=case.stream, kind=f"last_day.{kind}", met_at=None).delete()
        day = Deadline.objects.create(stream=case.stream, kind=f"last_day.{kind}", due_on=due_on, why=why or "set_by_hand")
        case.says(kind=kind, due_on=due_on)
    return day


def add_task(
    case: Case, *, by: Any, what: str, due_on: dt.date, assignee: Any = None, urgent: bool = False, version: int | None = None
) -> Task:
    """Note work to be done on this case, for oneself, for the caseworker, or for a colleague.

    The words are a note that can be erased; the task only names it.
    """
    with act(case, "casework.add_task", by=by, version=version) as case:
        note = Note.objects.create(stream=case.stream, kind="task", author_id=actor_of(by).id, text=what, salt=uuid.uuid4().hex)
        whose = assignee.pk if assignee else case.caseworker_id or author(by)
        task = Task.objects.create(
            stream=case.stream,
            kind="casework.own_words",
            params={"note": str(note.pk)},
            assignee_id=str(whose),
            office_id=str(case.office_id),
            due_on=due_on,
            urgent=urgent,
        )
        case.says(task=task.pk, note=note.pk, due_on=due_on)
    return task


def complete_task(task: Task, *, by: Any, outcome: str = "done", version: int | None = None) -> Task:
    """Say that a task on a case is done, and how it ended.

    Refuses a task that somebody has completed already.
    """
    case = Case.objects.get(pk=task.stream.partition(":")[2])
    with act(case, "casework.complete_task", by=by, version=version) as case:
        # Conditional: two colleagues at two desks complete it once.
        if not Task.objects.filter(pk=task.pk, done_at=None).update(done_at=clock.now(), done_by=actor_of(by).id, outcome=outcome):
            raise refuse("done", _("Somebody has completed this task already."))
        case.says(task=task.pk, kind=task.kind, outcome=outcome)
    task.refresh_from_db()
    return task
