"""What a person does with the link, and what a caseworker writes down for them: the same questions, the same rows."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from monitoring import instruments, rules, schedule
from monitoring.actions.alarms import raise_alarm
from monitoring.dispatch import task_of
from monitoring.instruments import PREFER_NOT, Instrument, Item
from monitoring.models import Answer, Invitation, Round
from monitoring.states import ANSWERED, PARTLY_ANSWERED, REFUSED, PhoneIs, Way, Why
from workflows import clock
from workflows.acting import LINK, Blocker, Refused, act
from workflows.models import Task

Given = Mapping[tuple[str, str], Any]


@dataclass(frozen=True)
class Question:
    """One item of one instrument, with where it stands in what this round asks."""

    instrument: Instrument
    item: Item

    @property
    def key(self) -> str:
        """How a form names it: "employment.worked_last_week"."""
        return f"{self.instrument.name}.{self.item.id}"


def asked_by(one: Round) -> list[Instrument]:
    """The instruments of the round in the wording that it was first asked in, work first."""
    versions = one.instruments
    return [instruments.instrument(name, versions[name]) for name in instruments.names() if name in versions]


def said_so_far(one: Round) -> dict[str, dict[str, Any]]:
    """What is kept of this round: instrument → item → answer, as the questions read it. Stays in this room (promise 5.3)."""
    said: dict[str, dict[str, Any]] = {}
    for row in Answer.objects.filter(round=one):
        found = said.setdefault(row.instrument, {})
        if row.declined:
            found[row.item] = PREFER_NOT
        else:
            item = next(
                (i for asked in asked_by(one) if asked.name == row.instrument for i in asked.items if i.id == row.item), None
            )
            found[row.item] = row.said.split(",") if item is not None and item.type == "many" else row.said
    return said


def questions(one: Round, *, way: str, alone: bool) -> list[Question]:
    """What is asked of this person by this way after what was said so far, answered ones among them, in order."""
    said = said_so_far(one)
    found = []
    for asked in asked_by(one):
        mine = {**instruments.known(asked, said), **said.get(asked.name, {})}
        known = instruments.known(asked, said)
        found += [
            Question(asked, item)
            for item in asked.items
            if instruments.may_ask(item, mine, way, alone) and (item.id not in known or item.id in said.get(asked.name, {}))
        ]
    return found


def left_for_voice(one: Round, alone: bool) -> bool:
    """Whether there are questions that this telephone may not show and that a voice would still ask."""
    said = said_so_far(one)
    return any(instruments.left_for_voice(asked, said.get(asked.name, {}), alone) for asked in asked_by(one))


def row_of(one: Round, question: Question, given: Any, way: str, *, late: bool) -> Answer:
    """The answer as it is kept: sealed where the question is sensitive, else a code to be counted. Raises instruments.BadAnswer."""
    value = instruments.clean(question.item, given)
    declined = value == PREFER_NOT
    kept = "" if declined else ",".join(value) if isinstance(value, list) else str(value)
    return Answer(
        round=one,
        instrument=question.instrument.name,
        item=question.item.id,
        code="" if question.item.alone_only else kept,
        value=kept if question.item.alone_only else "",
        declined=declined,
        way=way,
        at=clock.now(),
        late=late,
    )


def _keep(one: Round, rows: list[Answer]) -> None:
    """Write the answers down. What was counted when the round ended stays as it was: later words add, and replace later words."""
    if one.ended:
        counted = set(Answer.objects.counted().filter(round=one, at__lte=one.ended_at).values_list("instrument", "item"))
        rows = [row for row in rows if (row.instrument, row.item) not in counted]
    Answer.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["round", "instrument", "item"],
        update_fields=["code", "value", "declined", "way", "at", "late"],
    )


def _tasks(one: Round, question: Question, given: Any) -> list[Any]:
    """The work that an answer asks of the office: a *yes* to a call, or danger. A wish to leave asks for nothing (promise 5.4)."""
    rows: list[Any] = []
    for kind in instruments.tasks_of(question.instrument, {question.item.id: given}):
        if kind == "danger":
            rows += raise_alarm(one, one.case)
        else:
            task = task_of(one, one.case, kind)
            rows += [] if Task.objects.filter(key=task.key).exists() else [task]
    return rows


def is_late(one: Round) -> bool:
    """Whether what is said now comes after the round's window."""
    return clock.today() > one.closes_on


# ——— by link ———


def begin_answers(invitation: Invitation, *, phone_is: str, language: str) -> None:
    """Note whose telephone it is and in which language the person reads. No event: nothing was said yet."""
    Invitation.objects.filter(pk=invitation.pk).update(
        phone_is=phone_is if phone_is in PhoneIs.values else "", language=language, begun_at=invitation.begun_at or clock.now()
    )


def save_answer(invitation: Invitation, question: Question, given: Any) -> Round:
    """Keep one answer the moment it is given; a second one to the same question replaces it.

    Refuses when the link has ended or the question is not asked here. A danger raises the alarm now, not at the end.
    Leaves the state of the round.
    """
    _alive(invitation)
    with act(invitation.round, "monitoring.save_answer", by=LINK("invitation", invitation.pk)) as one:
        row = row_of(one, question, given, Way.WEB, late=is_late(one))
        _keep(one, [row])
        one.adds(*_tasks(one, question, instruments.clean(question.item, given)))
        one.says(answers=Answer.objects.filter(round=one).count(), late=row.late)
    return one


def submit_answers(invitation: Invitation, *, shared: list[str]) -> Round:
    """Send: the round ends as answered or partly answered, the link dies, and the caseworker may read what was ticked.

    Somebody who preferred not to say anything has refused. Refuses a second sending. After the window, the round stays as it ended.
    """
    _alive(invitation)
    now = clock.now()
    with act(invitation.round, "monitoring.submit_answers", by=LINK("invitation", invitation.pk)) as one:
        to, why = _how_it_ends(one, way=Way.WEB, alone=invitation.alone)
        late = is_late(one)
        one.submit_answers(to=to, at=now, why=why)
        one.left_for_voice = not late and to != REFUSED and left_for_voice(one, invitation.alone)
        Invitation.objects.filter(pk=invitation.pk).update(submitted_at=now, ended_at=now, token="")
        for key in shared:
            name, _dot, item = key.partition(".")
            Answer.objects.filter(round=one, instrument=name, item=item).update(shared_with_caseworker=True)
        one.says(late=late, why=one.why, shared=len(shared))
    return one


def refuse(invitation: Invitation, *, never_again: bool) -> Round:
    """Say no: not this time, or never again. What was kept of this round goes, and the link dies.

    *Never again* also takes back the permission to be written to (a listener). Costs nothing: no payment, no help.
    """
    _alive(invitation)
    now = clock.now()
    with act(invitation.round, "monitoring.refuse", by=LINK("invitation", invitation.pk)) as one:
        one.refuse(at=now, why=Why.NEVER_AGAIN if never_again else Why.NOT_THIS_TIME)
        Answer.objects.filter(round=one).delete()
        Invitation.objects.filter(pk=invitation.pk).update(submitted_at=now, ended_at=now, token="")
        one.says(why=one.why)
    return one


def _alive(invitation: Invitation) -> None:
    if invitation.ended_at:
        raise Refused([Blocker("link_ended", rules.LINK_ENDED)])
    if invitation.expired(clock.now()):
        raise Refused([Blocker("link_expired", rules.LINK_EXPIRED)])


def _how_it_ends(one: Round, *, way: str, alone: bool) -> tuple[str, str]:
    said = said_so_far(one)
    values = [value for of_one in said.values() for value in of_one.values()]
    if values and all(value == PREFER_NOT for value in values):
        return REFUSED, Why.NOTHING_SAID
    asked = questions(one, way=way, alone=alone)
    complete = all(question.item.id in said.get(question.instrument.name, {}) for question in asked)
    return (ANSWERED, "") if complete and values else (PARTLY_ANSWERED, Why.BROKEN_OFF)


# ——— by voice, visit, paper or proxy ———


def record_interview(
    one: Round,
    *,
    by: Any,
    way: str,
    answers: Given,
    refused: str = "",
    left_out: bool = False,
    occurred_on: dt.date | None = None,
    version: int | None = None,
) -> Round:
    """Write down what somebody answered to the same questions: by phone, in a visit, on paper, or through a proxy they named.

    `refused` is the reason of a *no* (not_this_time, never_again). Refuses answers that a question does not offer
    (instruments.BadAnswer), an empty sheet, and anything where nobody is asked any more. After the window the answers are
    kept as late and the round stays as it ended.
    """
    if not answers and not refused:
        raise Refused([Blocker("nothing_said", rules.NOTHING_SAID)])
    with act(one, "monitoring.record_interview", by=by, version=version, occurred_on=occurred_on) as one:
        late = is_late(one)
        one.instruments = one.instruments or schedule.asked_in(one.schedule.kind, one.months)
        if refused:
            to, why = str(REFUSED), refused
        else:
            rows, tasks, said = [], [], said_so_far(one)
            for asked in asked_by(one):
                so_far = {
                    **said.get(asked.name, {}),
                    **{item: given for (name, item), given in answers.items() if name == asked.name},
                }
                for item in asked.items:
                    given = answers.get((asked.name, item.id))
                    if given not in (None, "", []) and instruments.applies(item, so_far):
                        question = Question(asked, item)
                        rows.append(row_of(one, question, given, way, late=late))
                        tasks += _tasks(one, question, instruments.clean(item, given))
            _keep(one, rows)
            one.adds(*{(type(task), task.key): task for task in tasks}.values())
            to, why = _how_it_ends(one, way=way, alone=True)
        one.record_interview(to=to, how=way, at=clock.now(), why=why)
        one.left_for_voice = False
        one.says(how=way, why=one.why, late=late)
    return one
