"""What this room does when something happened: rounds follow the facts, links die with their rounds, a *never again* is kept."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from casework.actions.people import withdraw_consent
from casework.models import Case, Consent, Person, Purpose
from grants.models import PitchMember, Tranche
from monitoring import rules
from monitoring.actions.planning import plan_case
from monitoring.dispatch import KIND
from monitoring.models import Invitation, Round
from monitoring.states import Why
from workflows import clock, hooks, messages
from workflows.acting import LINK
from workflows.models import Event, Message, Task

# Whatever may change an anchor, or whether anybody is asked at all.
CASE_VERBS = tuple(
    f"casework.{name}"
    for name in (
        *("begin_counselling", "record_placement", "end_placement", "correct_placement", "confirm_placement"),
        *("record_death", "undo_death", "confirm_death", "close_case", "sign_closing", "close_as_merged", "reopen_case"),
    )
)
PERSON_VERBS = tuple(f"casework.{name}" for name in ("record_consent", "withdraw_consent", "merge_people", "unmerge_people"))
# Whatever may put money into somebody's hand or take it back, or say what a committee decided.
GRANT_VERBS = tuple(
    f"grants.{name}"
    for name in (
        *("confirm_payment", "bounce", "sign_decision", "promote_reserve", "lapse_reserve", "decline_award", "withdraw_pitch"),
        *("admit_appeal", "reject_appeal", "sign_contract"),
    )
)
ENDS = tuple(
    f"monitoring.{name}"
    for name in ("submit_answers", "record_interview", "refuse", "keep_part", "miss", "waive", "stop", "count_with")
)

# The one wording of every task of this room; a task stores its code and parameters.
TASKS = {
    "monitoring.call": _("Call: the questions were not answered in writing"),
    "monitoring.call_back": _("Asked to be called: ring, and ask about what"),
    "monitoring.ask_permission": _("Ask whether we may write or call later on"),
    "monitoring.call_now": _("Call now: see the list of calls"),
}


def register() -> None:
    """Listen to what changes rounds, and to their ends."""
    hooks.wordings(TASKS)
    hooks.listen(CASE_VERBS, "monitoring.plan_rounds", plan_rounds_of_case)
    hooks.listen(PERSON_VERBS, "monitoring.plan_rounds_of_person", plan_rounds_of_person)
    hooks.listen(GRANT_VERBS, "monitoring.plan_rounds_of_pitch", plan_rounds_of_pitch)
    hooks.listen(ENDS, "monitoring.tidy_up", tidy_up)
    hooks.listen("monitoring.refuse", "monitoring.never_again", never_again)


def plan_rounds_of_case(event: Event) -> None:
    """A fact of a case changed: plan, move, leave out, stop or take up its rounds."""
    case = Case.objects.get(pk=event.subject_id)
    if rules.why_following_ended(case, withdrew=False):
        # Not a minute later than this: not even what waits to be sent.
        messages.cancel(about=case.stream, kind=KIND)
    plan_case(case.pk)


def plan_rounds_of_person(event: Event) -> None:
    """A permission or a record of a person changed: so for each of their cases."""
    for case_id in Case.objects.filter(person=UUID(event.subject_id)).values_list("pk", flat=True):
        plan_case(case_id)


def plan_rounds_of_pitch(event: Event) -> None:
    """A committee decided, or money arrived or came back: so for each of those who stand behind the pitch."""
    if event.subject_kind == Tranche.stream_kind:
        contract = Tranche.objects.select_related("contract__pitch").get(pk=event.subject_id).contract
        if contract.pitch_id is None:
            return
        pitch = contract.pitch_id
    else:
        pitch = UUID(event.subject_id)
    for case_id in PitchMember.objects.filter(pitch=pitch).order_by("pk").values_list("case", flat=True):
        plan_case(case_id)


def tidy_up(event: Event) -> None:
    """A round ended: nothing more is sent, its calls are done, what counts with it ends too.

    The link dies, unless the window closed on it: then a late answer may still come.
    """
    one = Round.objects.select_related("case").get(pk=event.subject_id)
    if not one.ended:
        return
    now = clock.now()
    invitations = list(Invitation.objects.filter(round=one))
    for invitation in invitations:
        waiting = Message.objects.filter(about=one.case.stream, kind=KIND, key__startswith=f"{KIND}:{invitation.pk}:", done_at=None)
        waiting.update(cancelled_at=now, done_at=now, address="", subject="", body="", lease_token=None, lease_until=None)
    if not one.why or one.why not in (Why.NOT_REACHED, Why.WINDOW_CLOSED):
        Invitation.objects.filter(round=one, ended_at=None).update(ended_at=now, token="")
    finished = Task.objects.filter(
        kind__in=("monitoring.call", "monitoring.ask_permission"), params__round=str(one.pk), done_at=None
    )
    finished.update(done_at=now, done_by="system", outcome=one.state)
    plan_case(one.case_id)


def never_again(event: Event) -> None:
    """“Never again” is a permission taken back, by the link in the person's hand."""
    if event.facts.get("why") != Why.NEVER_AGAIN:
        return
    kind, _colon, key = event.actor_id.partition(":")
    person = Person.objects.get(cases__rounds=UUID(event.subject_id))
    if Consent.objects.filter(person=person).allowing(Purpose.FOLLOW_UP).exists():
        withdraw_consent(person, by=LINK(kind, key), purpose=Purpose.FOLLOW_UP, how="link")
