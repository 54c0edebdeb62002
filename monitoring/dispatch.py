"""Whose turn it is, and what is next: invite, remind, hand to a caseworker, close. A tick can be killed anywhere and run again.

Each step of a round is one transaction with its event and its message, decided from facts read in a fixed number of queries for a
batch, and refused if anybody touched the round in between. So nobody is missed and nobody is asked twice; a message that the mail
server took while the worker died goes out again under the same key.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from casework import contact
from casework.models import Answer as Said
from casework.models import Case, Consent, Person, Purpose, Reach, Safety
from monitoring import letters, rules, schedule
from monitoring.models import Answer, Invitation, Round
from monitoring.models.round import new_token, token_index
from monitoring.states import INTERVIEWING, INVITED, PLANNED, Way, Why
from workflows import clock
from workflows.acting import SYSTEM, Stale, act_each
from workflows.messages import queue_message
from workflows.models import Message, Task

DISPATCHER = SYSTEM("monitoring.dispatch")
BATCH = 50
# After the last reminder, so many days of silence put the round on the list of calls.
CALL_AFTER = dt.timedelta(days=3)
KIND = "follow_up"


@dataclass(frozen=True)
class Facts:
    """What the next step of one round is decided from."""

    case: Case
    agreed: str = ""
    """The standing answer to *may we write or call later?*: yes, no, later, unknown, or "" where nobody asked."""
    withdrew: bool = False
    safety: Sequence[Safety] = ()
    answered: bool = False
    invitation: Invitation | None = None
    bounced: bool = False
    asks: Mapping[str, int] = field(default_factory=dict)
    """What the round asks, with what the rounds that count with it would have asked: instrument → version."""

    @property
    def person(self) -> Person:
        return self.case.person


@dataclass(frozen=True)
class Step:
    """What happens to a round now: the verb, or "wait" until a moment."""

    verb: str
    why: str = ""
    reach: Reach | None = None
    until: dt.datetime | None = None
    ask_permission: bool = False


def next_step(one: Round, facts: Facts, at: dt.datetime) -> Step:
    """What happens to this round at this moment. Pure: facts in, a step out."""
    case = facts.case
    ended = rules.why_following_ended(case, withdrew=facts.withdrew)
    if ended:
        return Step("stop", ended)
    closes = schedule.closing(one.closes_on, case.office)
    asks_in_a_talk = one.months == 0
    may_ask = asks_in_a_talk or facts.agreed == Said.YES
    if at >= closes:
        if facts.answered and one.state != PLANNED:
            return Step("keep_part")
        return Step("miss") if may_ask or one.asked else Step("waive", Why.NOT_AGREED)
    if one.state == INTERVIEWING:
        return Step("wait", until=closes)
    opens = schedule.opening(one.opens_on, case.office)
    if at < opens:
        return Step("wait", until=opens)
    if not may_ask:
        if facts.agreed == Said.NO:
            return Step("waive", Why.NOT_AGREED)
        # Nobody has asked yet, or the person wished to think: the caseworker asks for leave, and nothing goes out.
        return Step("wait", until=min(at + dt.timedelta(days=1), closes), ask_permission=True)
    if asks_in_a_talk:
        return Step("hand_to_caseworker")
    return _invite(facts, at, closes) if one.state == PLANNED else _remind(one, facts, at, closes)


def _invite(facts: Facts, at: dt.datetime, closes: dt.datetime) -> Step:
    ways = ways_to_write(facts)
    moments = []
    for reach in ways:
        moment = contact.next_moment(facts.person, reach, at, safety=facts.safety)
        if moment == at:
            return Step("invite", reach=reach)
        if moment and moment < closes:
            moments.append(moment)
    return Step("wait", until=min(moments)) if moments else Step("hand_to_caseworker")


def _remind(one: Round, facts: Facts, at: dt.datetime, closes: dt.datetime) -> Step:
    sent = facts.invitation
    if sent is None or facts.bounced or sent.reach not in ways_to_write(facts):
        return Step("hand_to_caseworker")
    days = facts.case.programme.reminder_days
    if one.reminders >= len(days):
        call = sent.sent_at + dt.timedelta(days=days[-1] if days else 0) + CALL_AFTER
        return Step("hand_to_caseworker") if at >= call else Step("wait", until=min(call, closes))
    turn = sent.sent_at + dt.timedelta(days=days[one.reminders])
    if at < turn:
        return Step("wait", until=min(turn, closes))
    moment = contact.next_moment(facts.person, sent.reach, at, safety=facts.safety)
    if moment == at:
        return Step("remind", reach=sent.reach)
    return Step("wait", until=min(moment, closes)) if moment else Step("hand_to_caseworker")


def ways_to_write(facts: Facts) -> list[Reach]:
    """The e-mail addresses that a link may go to, in the person's order: the person's own, alone or shared.

    Never a third person's; none for a child, who is asked in a talk; none where a message must not be left.
    """
    if facts.person.is_child() or any(setting.never_leave_message or setting.no_contact for setting in facts.safety):
        return []
    return [
        way
        for way in facts.person.reaches.all()
        if way.kind == Reach.Kind.EMAIL and way.usable and way.value and way.whose != Reach.Whose.TRUSTED
    ]


# ——— one tick ———


@dataclass
class Tick:
    """What one tick did: how many rounds took each step, and how many were refused because somebody was quicker."""

    at: dt.datetime
    steps: Counter[str] = field(default_factory=Counter)
    refused: int = 0

    def as_dict(self) -> dict[str, Any]:
        """For the command and the log."""
        return {"at": self.at.isoformat(), "steps": dict(sorted(self.steps.items())), "refused": self.refused}


def dispatch(at: dt.datetime | None = None, *, most: int = 100_000) -> Tick:
    """Take every round whose step is due through that step, in batches, until none is left; safe to run twice at once."""
    at = at or clock.now()
    tick = Tick(at)
    while sum(tick.steps.values()) + tick.refused < most:
        rounds = list(Round.objects.waiting_for_dispatch(at).select_related("schedule")[:BATCH])
        if not rounds:
            break
        before = sum(tick.steps.values())
        _take(rounds, at, tick)
        if sum(tick.steps.values()) == before:
            break
    return tick


def _take(rounds: Sequence[Round], at: dt.datetime, tick: Tick) -> None:
    facts = facts_of(rounds)
    by_verb: dict[str, list[Round]] = defaultdict(list)
    steps: dict[UUID, Step] = {}
    for one in rounds:
        step = steps[one.pk] = next_step(one, facts[one.case_id, one.pk], at)
        by_verb[step.verb].append(one)
    for verb, some in by_verb.items():
        if verb == "wait":
            tick.steps["wait"] += _wait(some, steps, facts)
            continue
        body = _BODIES[verb](steps, {one.pk: one.version for one in some}, {one.pk: facts[one.case_id, one.pk] for one in some}, at)
        for outcome in act_each(some, f"monitoring.{verb}", by=DISPATCHER, body=body):
            if outcome.event:
                tick.steps[verb] += 1
            else:
                tick.refused += 1


def _wait(rounds: Iterable[Round], steps: Mapping[UUID, Step], facts: Mapping[Any, Facts]) -> int:
    waiting, tasks = 0, []
    for one in rounds:
        step = steps[one.pk]
        waiting += Round.objects.filter(pk=one.pk, version=one.version).update(next_step_at=step.until)
        if step.ask_permission:
            tasks.append(task_of(one, facts[one.case_id, one.pk].case, "ask_permission"))
    Task.objects.bulk_create(tasks, ignore_conflicts=True)
    return waiting


def facts_of(rounds: Sequence[Round]) -> dict[tuple[UUID, UUID], Facts]:
    """(case, round) → its facts, in a fixed number of queries for any number of rounds."""
    ids = [one.pk for one in rounds]
    cases = {
        case.pk: case
        for case in Case.objects.filter(pk__in={one.case_id for one in rounds})
        .select_related("person", "programme", "office")
        .prefetch_related("person__reaches")
    }
    people = {case.person_id for case in cases.values()}
    consents = {
        row.person_id: row for row in Consent.objects.filter(person__in=people, purpose=Purpose.FOLLOW_UP, recipient="").standing()
    }
    safety = contact.safety_of(people)
    answered = set(Answer.objects.filter(round__in=ids).values_list("round_id", flat=True))
    invitations = {row.round_id: row for row in Invitation.objects.filter(round__in=ids, ended_at=None).select_related("reach")}
    asks = {one.pk: schedule.asked_in(one.schedule.kind, one.months) for one in rounds}
    for other in Round.objects.filter(asked_with__in=ids).select_related("schedule"):
        assert other.asked_with_id is not None
        asks[other.asked_with_id] |= schedule.asked_in(other.schedule.kind, other.months)
    bounced = set(
        Message.objects.filter(about__in=[case.stream for case in cases.values()], kind=KIND)
        .exclude(dead_at=None)
        .values_list("key", flat=True)
    )
    found = {}
    for one in rounds:
        case = cases[one.case_id]
        consent, invitation = consents.get(case.person_id), invitations.get(one.pk)
        found[case.pk, one.pk] = Facts(
            case=case,
            agreed=consent.answer if consent else "",
            withdrew=bool(consent and consent.withdrawn_on),
            safety=safety.get(case.person_id, []),
            answered=one.pk in answered,
            invitation=invitation,
            bounced=bool(invitation and any(key.startswith(_key(invitation)) for key in bounced)),
            asks=asks[one.pk],
        )
    return found


# ——— the bodies of the verbs: what changes on the row, and what is written with it ———

Body = Callable[[Round], None]


def _same(one: Round, versions: Mapping[UUID, int]) -> None:
    if one.version != versions[one.pk]:
        raise Stale


def _invites(steps: Mapping[UUID, Step], versions: Mapping[UUID, int], facts: Mapping[UUID, Facts], at: dt.datetime) -> Body:
    def body(one: Round) -> None:
        _same(one, versions)
        known, reach = facts[one.pk], steps[one.pk].reach
        assert reach is not None
        programme, office = known.case.programme, known.case.office
        token, language = new_token(), letters.language_for(known.person, programme, reach)
        invitation = Invitation(
            round=one,
            reach=reach,
            language=language,
            token=token,
            token_index=token_index(token),
            sent_at=at,
            expires_at=schedule.closing(one.closes_on, office) + schedule.GRACE,
        )
        one.instruments = one.instruments or dict(known.asks)
        one.invite(at=at, next_step_at=at + dt.timedelta(days=(programme.reminder_days or [CALL_AFTER.days])[0]))
        one.adds(invitation, _message(known.case, invitation, letters.invitation(token, language), 0, at))
        one.says(channel="email", language=language, invitation=invitation.pk)

    return body


def _reminds(steps: Mapping[UUID, Step], versions: Mapping[UUID, int], facts: Mapping[UUID, Facts], at: dt.datetime) -> Body:
    def body(one: Round) -> None:
        _same(one, versions)
        known = facts[one.pk]
        invitation = known.invitation
        assert invitation is not None
        one.reminders += 1
        one.next_step_at = at
        one.adds(_message(known.case, invitation, letters.reminder(invitation.token, invitation.language), one.reminders, at))
        one.says(reminder=one.reminders)

    return body


def _hands(_steps: Mapping[UUID, Step], versions: Mapping[UUID, int], facts: Mapping[UUID, Facts], _at: dt.datetime) -> Body:
    def body(one: Round) -> None:
        _same(one, versions)
        case = facts[one.pk].case
        one.instruments = one.instruments or dict(facts[one.pk].asks)
        one.hand_to_caseworker(next_step_at=schedule.closing(one.closes_on, case.office))
        one.adds(task_of(one, case, "call"))

    return body


def _keeps_part(_steps: Mapping[UUID, Step], versions: Mapping[UUID, int], _facts: Mapping[UUID, Facts], at: dt.datetime) -> Body:
    def body(one: Round) -> None:
        _same(one, versions)
        one.keep_part(at=at, how=Way.WEB if one.state == INVITED else Way.PHONE)
        one.says(why=one.why, how=one.how)

    return body


def _misses(_steps: Mapping[UUID, Step], versions: Mapping[UUID, int], _facts: Mapping[UUID, Facts], at: dt.datetime) -> Body:
    def body(one: Round) -> None:
        _same(one, versions)
        one.miss(at=at)
        one.says(why=one.why)

    return body


def _ends(verb: str) -> Any:
    def bodies(steps: Mapping[UUID, Step], versions: Mapping[UUID, int], _facts: Mapping[UUID, Facts], at: dt.datetime) -> Body:
        def body(one: Round) -> None:
            _same(one, versions)
            getattr(one, verb)(at=at, why=steps[one.pk].why)
            one.says(why=one.why)

        return body

    return bodies


_BODIES = {
    "invite": _invites,
    "remind": _reminds,
    "hand_to_caseworker": _hands,
    "keep_part": _keeps_part,
    "miss": _misses,
    "waive": _ends("waive"),
    "stop": _ends("stop"),
}


def _key(invitation: Invitation) -> str:
    return f"{KIND}:{invitation.pk}:"


def _message(case: Case, invitation: Invitation, words: letters.Words, number: int, at: dt.datetime) -> Message:
    assert invitation.reach is not None
    return queue_message(
        channel="email",
        to=invitation.reach.value,
        subject=words.subject,
        body=words.body,
        key=f"{_key(invitation)}{number}",
        about=case.stream,
        kind=KIND,
        language=invitation.language,
        not_before=at,
        save=False,
    )


def task_of(one: Round, case: Case, kind: str, **params: Any) -> Task:
    """Work for the case's caseworker, or for that role at the office; one of a kind a round (calls: each handing over)."""
    return Task(
        stream=case.stream,
        kind=f"monitoring.{kind}",
        params={"round": str(one.pk), "months": one.months, **params},
        assignee_id=str(case.caseworker_id or ""),
        office_id=str(case.office_id),
        role="caseworker",
        due_on=clock.today(),
        key=f"monitoring.{kind}:{one.pk}:{one.version if kind == 'call' else 0}",
    )
