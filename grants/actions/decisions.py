"""What the committee decides: written by the chair, frozen, signed by a second person, all of it or nothing."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from casework.actions.authorship import author, refuse
from grants import allocation, record
from grants.actions.calls import commit_money
from grants.actions.sittings import MOST, _all_or_nothing, _item, _led_by
from grants.board import Board
from grants.models import AgendaItem, Call, Decision, Pitch, Sitting
from grants.states import LetterReason, Result
from workflows import clock
from workflows.acting import act, act_each, freeze, signed_payload
from workflows.actors import actor_of

WITH_REASON = (Result.DECLINE, Result.ADJOURN)


def write_decision(
    sitting: Sitting,
    *,
    by: Any,
    pitch: Pitch,
    result: str,
    amount: int | None = None,
    conditions: Sequence[str] = (),
    reasons: Sequence[str] = (),
    words: str = "",
    come_back_on: dt.date | None = None,
    votes_for: int | None = None,
    votes_against: int | None = None,
    leaves_rule_because: str = "",
    version: int | None = None,
) -> Decision:
    """Write what the committee decides on one pitch, in the words of its letter. It binds nobody before it is signed.

    Refuses an award outside the call's amounts, a *no* or *not now* without a reason, a decision on closed scores (an absent
    candidate is adjourned), and one that leaves the call's rule without saying why.
    """
    with act(sitting, "grants.write_decision", by=by, version=version) as sitting:
        _led_by(sitting, by)
        item = _item(sitting, pitch)
        chosen = Result(result)
        _whole(sitting.call, item, chosen, amount, reasons, words, come_back_on)
        decision = Decision(
            pitch=pitch,
            sitting=sitting,
            result=chosen,
            amount=amount if chosen == Result.AWARD else None,
            conditions=[one.strip() for one in conditions if one.strip()] if chosen == Result.AWARD else [],
            reasons=list(reasons) if chosen != Result.AWARD else [],
            words=words.strip(),
            come_back_on=come_back_on if chosen == Result.ADJOURN else None,
            votes_for=votes_for,
            votes_against=votes_against,
            leaves_rule_because=leaves_rule_because.strip(),
            written_at=clock.now(),
            written_by_id=author(by),
        )
        sitting.decisions.filter(pitch=pitch).delete()
        decision.save(force_insert=True)
        left = [one for one in Board(sitting).departures() if one.pitch == str(pitch.pk)]
        if left and not decision.leaves_rule_because:
            raise refuse(
                "leaves_rule",
                _("This leaves the rule of the call: %(how)s Say why.") % {"how": " ".join(said(one) for one in left)},
            )
        sitting.says(pitch=pitch.pk, result=str(chosen), amount=decision.amount, leaves_rule=bool(left))
    return decision


def said(departure: allocation.Departure) -> str:
    """How a decision leaves the rule, in the reader's language, pitches by their titles."""
    facts = dict(departure.facts)
    if "others" in facts:
        keys = [one for one in str(facts["others"]).split(", ") if one]
        facts["others"] = ", ".join(Pitch.objects.filter(pk__in=keys).values_list("title", flat=True))
    return str(_(allocation.DEPARTURES[departure.code]) % facts)


def _whole(
    call: Call,
    item: AgendaItem,
    result: Result,
    amount: int | None,
    reasons: Sequence[str],
    words: str,
    come_back_on: dt.date | None,
) -> None:
    if item.absent_at and result != Result.ADJOURN:
        raise refuse("absent", _("The candidate did not come: the pitch is adjourned, never declined."))
    if item.released_at is None and result != Result.ADJOURN:
        raise refuse("not_released", _("Open the scores first: nothing is decided before the table has seen them."))
    if result == Result.AWARD:
        if not amount:
            raise refuse("amount", _("Write how much is awarded."))
        if not call.floor <= amount <= call.ceiling:
            raise refuse("amount_bounds", _("The amount lies outside what this call gives."))
    if unknown := [one for one in reasons if one not in LetterReason.values]:
        raise refuse("reasons", _("No letter knows the reason %(reason)s.") % {"reason": unknown[0]})
    if result in WITH_REASON and not reasons:
        raise refuse("no_reason", _("Choose the reason that the letter gives."))
    if LetterReason.OTHER in reasons and not words.strip():
        raise refuse("no_words", _("Write the reason as the letter will say it."))
    if come_back_on and come_back_on <= clock.today():
        raise refuse("come_back", _("The day to come back lies ahead."))


def propose_decisions(sitting: Sitting, *, by: Any, version: int | None = None) -> Sitting:
    """Freeze the decisions of the sitting for the second signature. Whoever did not come is adjourned.

    Refuses while a pitch is undecided, below its quorum or still closed, leaves the rule without a reason, or the money does not
    reach (`rules.blockers_to_propose_decisions`).
    """
    with act(sitting, "grants.propose_decisions", by=by, version=version) as sitting:
        _led_by(sitting, by)
        now, who = clock.now(), author(by)
        written = set(sitting.decisions.values_list("pitch", flat=True))
        for item in sitting.agenda.filter(taken_off_at=None, absent_at__isnull=False).exclude(pitch__in=written):
            Decision.objects.create(
                pitch_id=item.pitch_id,
                sitting=sitting,
                result=Result.ADJOURN,
                reasons=[LetterReason.ABSENT.value],
                written_at=now,
                written_by_id=who,
            )
        freeze(sitting, "sign_decisions", _frozen(sitting))
    return sitting


def _frozen(sitting: Sitting) -> dict[str, Any]:
    """The decisions as they are proposed and signed, word by word, with what they were made from."""
    decisions = [
        {
            "pitch": str(one.pitch_id),
            "result": one.result,
            "amount": one.amount,
            "conditions": one.conditions,
            "reasons": one.reasons,
            "words": one.words,
            "come_back_on": one.come_back_on.isoformat() if one.come_back_on else None,
            "votes": [one.votes_for, one.votes_against],
            "leaves_rule_because": one.leaves_rule_because,
        }
        for one in sitting.decisions.order_by("pitch")
    ]
    agenda = sorted(str(key) for key in sitting.agenda.filter(taken_off_at=None).values_list("pitch", flat=True))
    return {
        "decisions": decisions,
        "agenda": agenda,
        "awarded": sum(one["amount"] or 0 for one in decisions),
        "record": record.digest(record.canonical(_without_money(record.of_sitting(sitting)))),
    }


def _without_money(found: dict[str, Any]) -> dict[str, Any]:
    """The record without what another sitting of the call may change meanwhile: the database has the last word on money."""
    kept = {name: value for name, value in found.items() if name not in ("rule_awards", "best")}
    pitches = [{name: value for name, value in one.items() if name != "rule"} for one in found["pitches"]]
    return {**kept, "pitches": pitches, "call": {name: value for name, value in found["call"].items() if name != "left"}}


def sign_decisions(sitting: Sitting, *, by: Any, version: int | None = None) -> Sitting:
    """Sign the decisions as they were proposed, as a second person: the awards take their money, every pitch is decided, the
    record is kept and named. All of it or nothing.

    Refuses the chair under any role, decisions that changed since, and awards that the budget no longer holds.
    """
    with transaction.atomic():
        with act(sitting, "grants.sign_decisions", by=by, version=version) as sitting:
            proposed = signed_payload(sitting, "sign_decisions")
            if proposed != _frozen(sitting):
                raise refuse(
                    "changed_since", _("Something has changed since this was proposed. It has to be proposed again."),
                    sitting.get_absolute_url(), _("Look at it"),
                )  # fmt: skip
            now, who = clock.now(), author(by)
            awarded = proposed["awarded"]
            if awarded:
                commit_money(sitting.call_id, awarded)
            sitting.call.refresh_from_db()
            decisions = {one.pitch_id: one for one in sitting.decisions.all()}
            sitting.decisions.update(signed_at=now, signed_by=who)
            sitting.agenda.filter(taken_off_at=None).update(decided_at=now)
            sitting.sign_decisions(at=now, by=actor_of(by).user)
            text = record.canonical(record.of_sitting(sitting))
            sitting.record, sitting.record_digest = text, record.digest(text)
            sitting.says(call=sitting.call_id, awarded=awarded, decisions=len(decisions), record=sitting.record_digest)
        _sign_each(sitting, decisions, by)
    return sitting


def _sign_each(sitting: Sitting, decisions: dict[Any, Decision], by: Any) -> None:
    today = clock.today()

    def body(pitch: Pitch) -> None:
        decision = decisions[pitch.pk]
        pitch.sign_decision(result=decision.result, amount=decision.amount, on=today)
        pitch.says(sitting=sitting.pk, result=decision.result, amount=decision.amount, record=sitting.record_digest)

    pitches = list(Pitch.objects.filter(pk__in=decisions).select_related("call").order_by("pk"))
    for start in range(0, len(pitches), MOST):
        _all_or_nothing(act_each(pitches[start : start + MOST], "grants.sign_decision", by=by, body=body))


# ——— the reserve ———


def propose_promotion(pitch: Pitch, *, by: Any, amount: int, version: int | None = None) -> Pitch:
    """Propose, as the chair who heard it, to award a pitch of the reserve; a second person signs. Moves nothing."""
    with act(pitch, "grants.propose_promotion", by=by, version=version) as pitch:
        decision = _last_decision(pitch)
        _led_by(decision.sitting, by)
        call = pitch.call
        if not call.floor <= amount <= call.ceiling:
            raise refuse("amount_bounds", _("The amount lies outside what this call gives."))
        if amount > call.left:
            raise refuse("over_budget", _("The budget of the call does not reach for this award any more."))
        freeze(pitch, "promote_reserve", {"amount": amount, "sitting": str(decision.sitting_id)})
        pitch.says(amount=amount)
    return pitch


def promote_reserve(pitch: Pitch, *, by: Any, version: int | None = None) -> Pitch:
    """Award a pitch of the reserve as it was proposed, as a second person. Its money is taken; the database has the last word."""
    with act(pitch, "grants.promote_reserve", by=by, version=version) as pitch:
        amount = signed_payload(pitch, "promote_reserve")["amount"]
        commit_money(pitch.call_id, amount)
        pitch.promote_reserve(amount=amount, on=clock.today())
        pitch.says(amount=amount)
    return pitch


def lapse_reserve(pitch: Pitch, *, by: Any, version: int | None = None) -> Pitch:
    """The call ends and the money did not come: the reserve lapses. By the system, naming its job."""
    with act(pitch, "grants.lapse_reserve", by=by, version=version) as pitch:
        pitch.lapse_reserve(on=clock.today())
    return pitch


def _last_decision(pitch: Pitch) -> Decision:
    found = pitch.decisions.filter(signed_at__isnull=False).select_related("sitting__chair").order_by("-signed_at").first()
    if found is None:
        raise refuse("no_decision", _("No committee has decided on this pitch."))
    return found
