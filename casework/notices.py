"""What follows from a verb of the case: tasks for people, and silence after a death. Rows of our database only.

`TASKS` holds the one wording of every task of this room; a task stores its code and parameters.
"""

import datetime as dt
import uuid
from typing import Any

from django.utils.translation import gettext_lazy as _

from casework.models import Application, Appointment, Case, Placement
from casework.states import AppointmentState
from workflows import clock, hooks, messages
from workflows.models import Event, Note, Task

TASKS = {
    "casework.own_words": _("A task of your own"),
    "casework.call_week_two": _("Call after two weeks at work: are you paid, do you keep your papers, can you leave?"),
    "casework.call_month_one": _("Call after a month at work, and hear it from a second source"),
    "casework.after_placement": _("The work has ended: ask what next"),
    "casework.did_not_come": _("Did not come: call, find a new date, or visit"),
    "casework.missed_three": _("Missed three talks in a row: look at it together"),
    "casework.give_notice": _("First aid was given: read out the notice"),
    "casework.see_identity": _("First aid was given: see the paper, or note why there is none"),
    "casework.screen": _("First aid was given: ask the gentle questions, alone"),
    "casework.confirm_death": _("A death is recorded: confirm it, or take it back"),
    "casework.after_death": _("After a death: what the family needs now, help with the funeral. Nothing is asked back"),
    "casework.answer_transfer": _("A case is offered to your office: accept or return it"),
    "casework.transfer_returned": _("The offered case came back: plan what next"),
    "casework.met_by_new_office": _("A case came to your office: name a caseworker, and tell the person who it is"),
    "casework.sign_closing": _("A closing is proposed: sign it, or talk about it"),
    "casework.turned_down": _("What was proposed was turned down: read why, and mend it or leave it"),
    "casework.look_at_opening": _("The file was opened for a purpose by somebody outside the office: see what for"),
    "casework.approve_plan": _("A plan above the ceiling waits for a second person"),
    "casework.review_hold": _("On hold until today: look at it again"),
    "casework.merge_people": _("Two records are one person: merge them"),
    "casework.ask_about_duplicate": _("Another office asks whether somebody newly come is this person: call them"),
    "casework.vacancy_filled": _("A job that was asked for is gone: say so, and look for another"),
}

STOPPED_BY_DEATH = "stopped_by_death"
CASE_CLOSED = "case_closed"


def words_of(task: Task) -> Any:
    """What a task says, in the language of whoever reads it; one's own words come from their note."""
    if note := task.params.get("note"):
        found = Note.objects.filter(pk=note, erased_at=None).first()
        return found.text if found else TASKS["casework.own_words"]
    return hooks.wording_of(task.kind)


def _case(event: Event) -> Case:
    return Case.objects.get(pk=event.subject_id)


def _task(
    case: Case, kind: str, due_on: dt.date, *, about: Any = "", role: str = "", office: Any = None, urgent: bool = False
) -> None:
    """One task of the kind for the case (and the row it is about): for the caseworker, or for a role at an office."""
    to_role = role or ("" if case.caseworker_id else "supervisor")
    Task.objects.get_or_create(
        key=f"{case.stream}:{kind}:{about}",
        defaults={
            "stream": case.stream,
            "kind": f"casework.{kind}",
            "params": {"about": str(about)} if about else {},
            "assignee_id": "" if to_role else str(case.caseworker_id),
            "role": to_role,
            "office_id": str(office or case.office_id),
            "due_on": due_on,
            "urgent": urgent,
        },
    )


def _complete(case: Case, *kinds: str, outcome: str) -> None:
    open_tasks = Task.objects.open().filter(stream=case.stream, kind__in=[f"casework.{kind}" for kind in kinds])
    open_tasks.update(done_at=clock.now(), done_by="system:casework", outcome=outcome)


def _days(count: int) -> dt.date:
    return clock.today() + dt.timedelta(days=count)


# ——— work ———


def call_after_placement(event: Event) -> None:
    """Two calls: in week two (are you paid, do you keep your papers), and after a month."""
    case, placement = _case(event), Placement.objects.get(pk=event.facts["placement"])
    start = placement.started_on.earliest
    for kind, after in (("call_week_two", 14), ("call_month_one", 30)):
        if start + dt.timedelta(days=after) >= clock.today() - dt.timedelta(days=after):
            _task(case, kind, max(start + dt.timedelta(days=after), clock.today()), about=placement.pk)


def ask_what_next(event: Event) -> None:
    """Work ended, or was recorded by mistake: the calls about it are dropped; after an end, tomorrow somebody asks what next."""
    if not event.facts.get("struck", True):
        return
    case, placement = _case(event), event.facts["placement"]
    Task.objects.open().filter(
        key__in=[f"{case.stream}:{kind}:{placement}" for kind in ("call_week_two", "call_month_one")]
    ).update(done_at=clock.now(), done_by="system:casework", outcome="work_ended")
    if case.is_open and not case.dead and event.verb == "casework.end_placement":
        _task(case, "after_placement", _days(1), about=placement)


def tell_of_filled_vacancy(event: Event) -> None:
    """A job is gone: every open case that asked for it has a task."""
    for application in Application.objects.open().filter(vacancy=uuid.UUID(event.subject_id)).select_related("case"):
        if application.case.is_open:
            _task(application.case, "vacancy_filled", _days(1), about=application.pk)


# ——— talks and first aid ———


def after_no_show(event: Event) -> None:
    """Somebody did not come: tomorrow try another way; the third time in a row, the supervisor looks too. Nothing closes."""
    case, appointment = _case(event), event.facts["appointment"]
    _task(case, "did_not_come", _days(1), about=appointment)
    met = case.appointments.filter(state__in=[AppointmentState.HELD, AppointmentState.NO_SHOW]).order_by("-starts_at")
    last = list(met.values_list("pk", "state")[:3])
    if [state for _pk, state in last] == [AppointmentState.NO_SHOW] * 3:
        # Named for the latest: a worker that wakes late finds one row of misses, not three.
        _task(case, "missed_three", _days(1), about=last[0][0], role="supervisor")


def ask_for_papers_tomorrow(event: Event) -> None:
    """First aid waited for nothing: what is missing is tomorrow's work."""
    case = _case(event)
    facts = Case.load_facts([case])[case.pk]
    missing = {
        "give_notice": not facts.notice_understood,
        "see_identity": not facts.identity_answered,
        "screen": not facts.screened,
    }
    for kind, lacks in missing.items():
        if lacks and case.is_open:
            _task(case, kind, _days(1))


# ——— hands ———


def hand_over(event: Event) -> None:
    """The case changes hands: open tasks and booked talks of the one before go along."""
    case = _case(event)
    before = event.facts.get("before") if event.verb == "casework.assign_caseworker" else event.facts.get("old_caseworker")
    tasks = Task.objects.open().filter(stream=case.stream, kind__startswith="casework.").exclude(kind="casework.answer_transfer")
    if event.verb == "casework.accept_transfer":
        tasks.update(office_id=str(case.office_id))
        _complete(case, "answer_transfer", outcome="accepted")
        if case.caseworker_id is None:
            _task(case, "met_by_new_office", _days(1), about=event.facts["transfer"], role="supervisor")
    if before:
        new = str(case.caseworker_id or "")
        tasks.filter(assignee_id=str(before)).update(assignee_id=new, role="" if new else "supervisor")
    if case.caseworker_id:
        Appointment.objects.booked().filter(case=case, **({"with_user": before} if before else {})).update(
            with_user=case.caseworker_id
        )
        # Tasks that fell to the supervisor because nobody worked on the case.
        if not before:
            tasks.filter(assignee_id="", role="supervisor").exclude(kind__in=_FOR_SUPERVISORS).update(
                assignee_id=str(case.caseworker_id), role=""
            )


_FOR_SUPERVISORS = [
    f"casework.{kind}"
    for kind in (
        *("confirm_death", "sign_closing", "approve_plan", "missed_three", "answer_transfer", "met_by_new_office"),
        "look_at_opening",
    )
]


def ask_receiving_office(event: Event) -> None:
    """An offer waits five working days for its answer."""
    case = _case(event)
    if case.offered_to_id:
        _task(case, "answer_transfer", _days(7), about=event.facts["transfer"], role="supervisor", office=case.offered_to_id)


def say_it_came_back(event: Event) -> None:
    """The offered case stays: the sender finds it on *My day*."""
    case = _case(event)
    _complete(case, "answer_transfer", outcome="returned")
    _task(case, "transfer_returned", clock.today(), about=event.facts["transfer"])


# ——— second persons and waiting ———


def ask_second_person(event: Event) -> None:
    """A proposal waits for another person at the office."""
    case = _case(event)
    if event.facts.get("proposal"):
        kind = "approve_plan" if event.verb == "casework.draft_plan" else "sign_closing"
        _task(case, kind, _days(2), about=event.facts["proposal"], role="supervisor")


def proposal_answered(event: Event) -> None:
    """A second person has signed."""
    _complete(_case(event), "approve_plan" if event.verb == "casework.approve_plan" else "sign_closing", outcome="signed")


def say_it_was_turned_down(event: Event) -> None:
    """The second person said no: nobody waits any more, and the caseworker reads why."""
    case = _case(event)
    _complete(case, "approve_plan" if event.facts["what"] == "approve_plan" else "sign_closing", outcome="turned_down")
    _task(case, "turned_down", _days(1), about=event.facts["proposal"])


def tell_of_opening(event: Event) -> None:
    """Somebody who reads figures opened a file for a purpose: the supervisor of its office sees that, and what for."""
    case = Case.objects.get(pk=event.facts["case"])
    _task(case, "look_at_opening", clock.today(), about=event.subject_id, role="supervisor")


def review_hold(event: Event) -> None:
    """A case on hold is looked at on the day that was said."""
    case = _case(event)
    if case.review_on:
        _task(case, "review_hold", case.review_on, about=case.review_on)


def hold_is_over(event: Event) -> None:
    _complete(_case(event), "review_hold", outcome="resumed")


# ——— endings ———


def clear_after_closing(event: Event) -> None:
    """A closed case has no work left in this room. Rounds of asking are another room's, and go on."""
    case = _case(event)
    if case.is_open:
        return
    Task.objects.open().filter(stream=case.stream, kind__startswith="casework.").exclude(kind="casework.after_death").update(
        done_at=clock.now(), done_by="system:casework", outcome=CASE_CLOSED
    )
    Appointment.objects.booked().filter(case=case).update(state=AppointmentState.CANCELLED)


def fall_silent(event: Event) -> None:
    """A death: no message, task or talk about any return of this person from now on. One task for the supervisor."""
    case = _case(event)
    if not case.dead:
        return
    for each in Case.objects.filter(person=case.person_id):
        messages.cancel(about=each.stream)
        Task.objects.open().filter(stream=each.stream).update(
            done_at=clock.now(), done_by="system:casework", outcome=STOPPED_BY_DEATH
        )
        Appointment.objects.booked().filter(case=each).update(state=AppointmentState.CANCELLED, stopped_by_death=True)
    messages.cancel(about=f"person:{case.person_id}")
    _task(case, "confirm_death", _days(3), about=event.seq, role="supervisor", urgent=True)


def speak_again(event: Event) -> None:
    """It was another person: what the record of the death stopped goes on; messages are written anew by whoever needs them."""
    case = _case(event)
    _complete(case, "confirm_death", outcome="taken_back")
    for each in Case.objects.filter(person=case.person_id, closed_at=None):
        Task.objects.filter(stream=each.stream, outcome=STOPPED_BY_DEATH).update(done_at=None, done_by="", outcome="")
        stopped = Appointment.objects.filter(case=each, stopped_by_death=True)
        stopped.filter(starts_at__gt=clock.now()).update(state=AppointmentState.BOOKED)
        stopped.update(stopped_by_death=False)


def help_the_family(event: Event) -> None:
    """A death is confirmed: a short list for a person, no letter by a machine."""
    case = _case(event)
    _complete(case, "confirm_death", outcome="confirmed")
    _task(case, "after_death", _days(1), about=event.seq)


def register() -> None:
    """Tell the kit who listens to what. Called once, when the room opens."""
    hooks.wordings(TASKS)
    for verbs, name, fn in (
        ("record_placement", "call_after_placement", call_after_placement),
        ("end_placement correct_placement", "ask_what_next", ask_what_next),
        ("fill_vacancy", "tell_of_filled_vacancy", tell_of_filled_vacancy),
        ("record_no_show", "after_no_show", after_no_show),
        ("give_first_aid", "ask_for_papers_tomorrow", ask_for_papers_tomorrow),
        ("assign_caseworker accept_transfer", "hand_over", hand_over),
        ("offer_transfer", "ask_receiving_office", ask_receiving_office),
        ("return_transfer", "say_it_came_back", say_it_came_back),
        ("draft_plan propose_closing", "ask_second_person", ask_second_person),
        ("approve_plan sign_closing", "proposal_answered", proposal_answered),
        ("turn_down_proposal", "say_it_was_turned_down", say_it_was_turned_down),
        ("open_for_purpose", "tell_of_opening", tell_of_opening),
        ("put_on_hold", "review_hold", review_hold),
        ("resume", "hold_is_over", hold_is_over),
        (
            "decline_referral record_not_departed close_case sign_closing close_as_merged",
            "clear_after_closing",
            clear_after_closing,
        ),
        ("record_death", "fall_silent", fall_silent),
        ("undo_death", "speak_again", speak_again),
        ("confirm_death", "help_the_family", help_the_family),
    ):
        hooks.listen([f"casework.{verb}" for verb in verbs.split()], f"casework.{name}", fn)
