"""The call: written, cloned, opened, closed, brought before its jury, decided and settled."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from casework.actions.authorship import refuse
from grants.models import Call, Criterion, EligibilityRule, Pitch
from grants.states import PitchState
from workflows import clock
from workflows.acting import SYSTEM, Blocker, Refused, act, act_each

SETTINGS = (
    "code", "title", "currency", "budget", "floor", "ceiling", "share", "split", "decision_mode", "pass_mark", "jury_size",
    "quorum", "opens_on", "closes_on", "decides_by", "appeal_days", "answer_days",
)  # fmt: skip
_CODES = ("split", "decision_mode")
# What a clone cannot take over: it is another offer.
TO_ADAPT = ("code", "title", "budget", "opens_on", "closes_on", "decides_by")


def draft_call(
    *,
    by: Any,
    programme: Any,
    office: Any,
    criteria: Sequence[Mapping[str, Any]] = (),
    eligibility: Sequence[Mapping[str, Any]] = (),
    **settings: Any,
) -> Call:
    """Write down a call with its rules and criteria. Nothing is offered before it is opened.

    Refuses settings that contradict one another, each with its sentence.
    """
    call = Call(programme=programme, office=office)
    settings.setdefault("currency", programme.currency)
    return _begin(call, "draft_call", by, criteria, eligibility, settings)


def clone_call(call: Call, *, by: Any, **settings: Any) -> Call:
    """Write a call after an earlier one: its rules and criteria, with another code, budget and timetable (`TO_ADAPT`)."""
    missing = [name for name in TO_ADAPT if name not in settings]
    if missing:
        raise TypeError(f"A clone needs {', '.join(missing)} of its own.")
    clone = Call(programme=call.programme, office=call.office, cloned_from=call)
    kept = {name: getattr(call, name) for name in SETTINGS if name not in TO_ADAPT}
    criteria = list(call.criteria.values("code", "question", "predicts", "weight", "levels"))
    eligibility = list(call.eligibility.values("rule", "number", "question"))
    return _begin(clone, "clone_call", by, criteria, eligibility, kept | settings)


def _begin(
    call: Call,
    verb: str,
    by: Any,
    criteria: Sequence[Mapping[str, Any]],
    eligibility: Sequence[Mapping[str, Any]],
    settings: Mapping[str, Any],
) -> Call:
    _set(call, settings)
    _check(call)
    with act(call, f"grants.{verb}", by=by) as call:
        call.adds(*_criteria(call, criteria), *_rules(call, eligibility))
        call.says(programme=call.programme_id, budget=call.budget, currency=call.currency, after=call.cloned_from_id)
    return call


def change_call(
    call: Call,
    *,
    by: Any,
    criteria: Sequence[Mapping[str, Any]] | None = None,
    eligibility: Sequence[Mapping[str, Any]] | None = None,
    version: int | None = None,
    **settings: Any,
) -> Call:
    """Change a call that is not open yet. The event says which settings changed, numbers and codes from and to."""
    with act(call, "grants.change_call", by=by, version=version) as call:
        before = {name: getattr(call, name) for name in settings}
        _set(call, settings)
        _check(call)
        changed = sorted(name for name, value in before.items() if getattr(call, name) != value)
        told = [name for name in changed if isinstance(before[name], int) or name in _CODES]
        if criteria is not None:
            call.criteria.all().delete()
            call.adds(*_criteria(call, criteria))
            changed.append("criteria")
        if eligibility is not None:
            call.eligibility.all().delete()
            call.adds(*_rules(call, eligibility))
            changed.append("eligibility")
        call.says(changed=changed, was={name: before[name] for name in told}, now={name: getattr(call, name) for name in told})
    return call


def prolong_call(
    call: Call, *, by: Any, closes_on: dt.date, decides_by: dt.date | None = None, reason: str, version: int | None = None
) -> Call:
    """Move the last day for pitches of an open call, and with it the day of the decision, for everybody alike.

    Refuses a day that has passed, one earlier than it was, and to move it without a reason.
    """
    if not reason.strip():
        raise refuse("reason", _("Write down why."))
    with act(call, "grants.prolong_call", by=by, version=version, note=reason) as call:
        if closes_on < max(call.closes_on, clock.today()):
            raise refuse("earlier", _("The last day is moved to a later one: people count on it."))
        moved = closes_on - call.closes_on
        call.says(was=call.closes_on, now=closes_on)
        call.closes_on, call.decides_by = closes_on, decides_by or call.decides_by + moved
        _check(call)
    return call


def raise_budget(call: Call, *, by: Any, budget: int, reason: str, version: int | None = None) -> Call:
    """Change the money of a call that runs. Refuses less than what its awards have taken."""
    if not reason.strip():
        raise refuse("reason", _("Write down why."))
    with act(call, "grants.raise_budget", by=by, version=version, note=reason) as call:
        if budget < call.committed:
            raise refuse("below_committed", _("Awards have taken more than this: the budget cannot be below them."))
        call.says(was=call.budget, now=budget, currency=call.currency)
        call.budget = budget
    return call


def open_call(call: Call, *, by: Any, version: int | None = None) -> Call:
    """Take pitches from now on. Refuses a call that is not whole (`rules.blockers_to_open_call`)."""
    with act(call, "grants.open_call", by=by, version=version) as call:
        call.open_call(at=clock.now())
        call.says(budget=call.budget, currency=call.currency, closes_on=call.closes_on)
    return call


def close_submissions(call: Call, *, by: Any, next_call: Call | None = None, version: int | None = None) -> Call:
    """Take no more pitches. Drafts move to the next call where one is named, and wait where they are otherwise.

    Refuses before the last day: people were told it.
    """
    if next_call is not None and (next_call.programme_id != call.programme_id or next_call.pk == call.pk):
        raise refuse("another_programme", _("Drafts move to another call of the same programme."))
    with transaction.atomic():
        with act(call, "grants.close_submissions", by=by, version=version) as call:
            if clock.today() <= call.closes_on:
                raise refuse("too_early", _("Pitches may be handed in until the end of the last day."))
            call.close_submissions()
            call.says(next=next_call.pk if next_call else None)
        if next_call is not None:
            _move_drafts(call, next_call)
    return call


def _move_drafts(call: Call, next_call: Call) -> None:
    there = set(next_call.pitches.exclude(state=PitchState.WITHDRAWN).values_list("case", flat=True))
    drafts = [one for one in call.pitches.in_state(PitchState.DRAFT).order_by("number") if one.case_id not in there]
    first = next_number(next_call)
    numbers = {one.pk: first + place for place, one in enumerate(drafts)}

    def body(pitch: Pitch) -> None:
        pitch.says(was=pitch.call_id, now=next_call.pk)
        pitch.call, pitch.number = next_call, numbers[pitch.pk]

    for start in range(0, len(drafts), 200):
        act_each(drafts[start : start + 200], "grants.move_pitch", by=SYSTEM("grants.close_submissions"), body=body)


def next_number(call: Call) -> int:
    """The number that the next pitch of the call gets. Asked under a lock on the call."""
    Call.objects.select_for_update().get(pk=call.pk)
    return (call.pitches.order_by("-number").values_list("number", flat=True).first() or 0) + 1


def open_jury(call: Call, *, by: Any, version: int | None = None) -> Call:
    """Bring the eligible pitches before the jury. Refuses while one waits to be found eligible or not."""
    with act(call, "grants.open_jury", by=by, version=version) as call:
        call.open_jury()
        call.says(eligible=call.pitches.in_state(PitchState.ELIGIBLE).count())
    return call


def decide_call(call: Call, *, by: Any, version: int | None = None) -> Call:
    """Say that the jury has decided every pitch of the call. Refuses while one is open."""
    with act(call, "grants.decide_call", by=by, version=version) as call:
        call.decide_call()
        call.says(committed=call.committed, budget=call.budget, currency=call.currency)
    return call


def settle_call(call: Call, *, by: Any, version: int | None = None) -> Call:
    """Close the books of the call. Refuses while a reserve, an adjourned or appealed pitch, or a contract is open."""
    with act(call, "grants.settle_call", by=by, version=version) as call:
        call.settle_call(at=clock.now())
        call.says(committed=call.committed, budget=call.budget, currency=call.currency)
    return call


def commit_money(call_id: Any, amount: int) -> None:
    """Take `amount` (minor units; below zero gives back) of the call's budget, inside the transaction of the award.

    The database has the last word: raises Refused where the awards would pass the budget.
    """
    try:
        with transaction.atomic():
            Call.objects.filter(pk=call_id).update(committed=F("committed") + amount)
    except IntegrityError as over:
        raise Refused([Blocker("over_budget", _("The budget of the call does not reach for this award any more."))]) from over


def _set(call: Call, settings: Mapping[str, Any]) -> None:
    unknown = set(settings) - set(SETTINGS)
    if unknown:
        raise TypeError(f"A call has no setting {', '.join(sorted(unknown))}.")
    for name, value in settings.items():
        setattr(call, name, value)


def _check(call: Call) -> None:
    wrong: dict[str, list[Any]] = {}
    try:
        call.clean_fields(exclude=["programme", "office", "cloned_from", "state"])
    except ValidationError as fields:
        wrong = dict(fields.message_dict)
    for name, is_so, sentence in (
        ("ceiling", "floor" in wrong or call.floor <= call.ceiling, _("The greatest amount is not below the least.")),
        ("share", 1 <= (call.share or 0) <= 100, _("A percentage from 1 to 100.")),
        ("pass_mark", 0 <= (call.pass_mark or 0) <= 100, _("A mark of 100.")),
        ("quorum", 1 <= (call.quorum or 0) <= (call.jury_size or 0), _("At least one, and not more than the jurors of a pitch.")),
        ("closes_on", call.opens_on <= call.closes_on, _("The last day is not before the first.")),
        ("decides_by", call.closes_on <= call.decides_by, _("The decision comes after the last day for pitches.")),
        ("split", _is_split(call.split), _("Whole percentages that add up to 100, such as 70 and 30.")),
    ):
        if name not in wrong and not is_so:
            wrong[name] = [sentence]
    taken = Call.objects.filter(programme=call.programme_id, code=call.code).exclude(pk=call.pk)
    if "code" not in wrong and taken.exists():
        wrong["code"] = [_("The programme has a call with this code.")]
    if wrong:
        raise Refused([Blocker(name, " ".join(map(str, sentences))) for name, sentences in wrong.items()])


def _is_split(split: Any) -> bool:
    return isinstance(split, list) and all(type(part) is int and part > 0 for part in split) and sum(split) == 100


def _criteria(call: Call, rows: Sequence[Mapping[str, Any]]) -> list[Criterion]:
    return [Criterion(call=call, position=place, **row) for place, row in enumerate(rows)]


def _rules(call: Call, rows: Sequence[Mapping[str, Any]]) -> list[EligibilityRule]:
    return [EligibilityRule(call=call, position=place, **row) for place, row in enumerate(rows)]
