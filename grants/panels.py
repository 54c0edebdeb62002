"""What this room puts on the page of a file: its pitches and its money, its line on the way so far, its part of the story."""

import datetime as dt
from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext as _

from accounts.scope import scope_of
from casework.case_page import reads_of
from casework.rules import in_money
from casework.story import day
from grants.on_case import APitch, Beside, keep
from grants.states import PAID_TRANCHE, PitchState
from workflows import hooks
from workflows.hooks import Panel, Tale


def register() -> None:
    """Stand on the case page."""
    hooks.panels("case", start_up_of)


def start_up_of(request: Any, case: Any) -> Panel:
    """The pitches of this file with what comes next, and its money: promised, paid, left."""
    found = keep(case)
    reads, scope = reads_of(request.user, case), scope_of(request.user)
    context = {
        "case": case,
        "pitches": [(pitch, next_of(pitch)) for pitch in found.pitches],
        "promises": found.promises if reads.money else [],
        "reads_money": reads.money,
        "may_pitch": not case.opened and scope.may("grants.draft_pitch", case.office_id),
        "may_letter": scope.may("grants.hand_over_letter"),
        "may_set": not case.opened and scope.may("grants.set_account", case.office_id),
        "may_grant": not case.opened and scope.may("grants.grant_support", case.office_id),
    }
    return Panel(
        _("Start-up and money"),
        _summary(found, money=reads.money),
        "grants/panels/case.html",
        context,
        order=40,
        name="start_up",
        track=_track(found) if reads.money else None,
        tale=_tale(found, money=reads.money),
    )


def next_of(pitch: APitch) -> Any:
    """What the pitch waits for, in a sentence."""
    return {
        PitchState.DRAFT: _("Write on and submit it."),
        PitchState.SUBMITTED: _("The grant officer reads it."),
        PitchState.ELIGIBLE: _("It waits for its jury."),
        PitchState.IN_JURY: _("The jury hears it."),
        PitchState.SCORED: _("The committee decides."),
        PitchState.AWARDED: _("Read the contract out.") if pitch.told_on else _("Hand over the letter."),
        PitchState.RESERVE: _("It is on the waiting list."),
        PitchState.ADJOURNED: _("Revise it and come back."),
        PitchState.DECLINED: "" if pitch.told_on else _("Hand over the letter."),
        PitchState.INELIGIBLE: "" if pitch.told_on else _("Hand over the letter."),
        PitchState.APPEALED: _("The appeal is being looked at."),
    }.get(pitch.state, "")


def _summary(found: Beside, *, money: bool) -> Any:
    said = []
    if found.pitches:
        said.append(f"{found.pitches[0].title}: {found.pitches[0].state.label}")
    if money and found.promises:
        sums: dict[str, list[int]] = {}
        for promise in found.promises:
            sums.setdefault(promise.currency, [0, 0])
            sums[promise.currency][0] += promise.paid
            sums[promise.currency][1] += promise.left
        said += [
            _("%(paid)s paid, %(left)s left") % {"paid": in_money(paid, currency), "left": in_money(left, currency)}
            for currency, (paid, left) in sums.items()
        ]
    return " · ".join(said) or _("No pitch and no payment yet")


def _track(found: Beside) -> dict[str, Any]:
    """The line of the money: full where a part was paid, hollow where one is asked for."""
    marks, said = [], []
    for part in found.parts:
        if part.state in PAID_TRANCHE and part.paid_on:
            marks.append(_mark("full", part.paid_on, _("part %(number)s") % {"number": part.number}))
            said.append(_("Part %(number)s was paid on %(day)s.") % {"number": part.number, "day": day(part.paid_on)})
        elif part.unsettled:
            marks.append(_mark("due", part.since, part.state.label))
            said.append(_("Part %(number)s: %(state)s.") % {"number": part.number, "state": part.state.label})
    return {"label": _("Paid"), "say": " ".join(said), "marks": marks}


def _mark(kind: str, on: str, words: Any) -> dict[str, Any]:
    return {"kind": kind, "on": dt.date.fromisoformat(on), "until": None, "words": words}


def _tale(found: Beside, *, money: bool) -> Tale:
    """What the story of a file tells of its pitches and payments: what was done, never what a juror thought."""
    pitches = {pitch.stream: pitch for pitch in found.pitches}
    parts = {part.stream: part for part in found.parts} if money else {}
    promises = {promise.stream: promise for promise in found.promises} if money else {}
    of_pitch = {
        "grants.draft_pitch": _("{who} began the pitch “{what}”."),
        "grants.submit_pitch": _("{who} submitted the pitch “{what}”."),
        "grants.send_back_pitch": _("{who} sent the pitch “{what}” back to be mended."),
        "grants.revise_pitch": _("{who} took the pitch “{what}” up again."),
        "grants.find_eligible": _("{who} found the pitch “{what}” eligible."),
        "grants.confirm_ineligible": _("{who} confirmed that the pitch “{what}” is not eligible."),
        "grants.promote_reserve": _("{who} signed the award of “{what}” from the waiting list."),
        "grants.decline_award": _("{who} wrote down that the award of “{what}” is declined."),
        "grants.withdraw_pitch": _("{who} withdrew the pitch “{what}”."),
        "grants.hand_over_letter": _("{who} handed over the letter about “{what}”."),
        "grants.appeal": _("{who} appealed for “{what}”."),
        "grants.read_out_contract": _("{who} read out the contract of “{what}”."),
        "grants.sign_contract": _("{who} signed the contract of “{what}”."),
        "grants.complete_contract": _("{who} completed the contract of “{what}”."),
        "grants.terminate_contract": _("{who} ended the contract of “{what}” early."),
    }
    decided = {
        PitchState.AWARDED: _("The committee awarded “{what}”."),
        PitchState.RESERVE: _("The committee put “{what}” on the waiting list."),
        PitchState.ADJOURNED: _("The committee adjourned “{what}”."),
        PitchState.DECLINED: _("The committee did not fund “{what}” this time."),
    }
    of_part = {
        "grants.request_tranche": _("{who} asked for part {number} of “{what}”{money}."),
        "grants.return_tranche": _("{who} sent the request for part {number} of “{what}” back."),
        "grants.order_payment": _("{who} ordered the payment of part {number} of “{what}”{money}."),
        "grants.confirm_payment": _("Part {number} of “{what}” was paid{money}. {who} confirmed it."),
        "grants.bounce": _("The bank sent part {number} of “{what}” back. {who} wrote it down."),
        "grants.account_for": _("{who} looked at the receipts of part {number} of “{what}”."),
        "grants.cancel_tranche": _("{who} cancelled part {number} of “{what}”{money}."),
    }
    of_promise = {"grants.grant_support": _("{who} granted a support, “{what}”{money}.")}

    def say(event: Any, who: Any) -> Any:
        if pitch := pitches.get(event.stream):
            words = decided.get(event.to_state) if event.verb == "grants.sign_decision" else of_pitch.get(event.verb)
            return format_html(words, who=who, what=pitch.title) if words else ""
        if part := parts.get(event.stream):
            sum_of = format_html(", <bdi>{}</bdi>", in_money(part.amount, part.contract.currency))
            words = of_part.get(event.verb)
            return format_html(words, who=who, number=part.number, what=str(part.contract), money=sum_of) if words else ""
        if promise := promises.get(event.stream):
            sum_of = format_html(", <bdi>{}</bdi>", in_money(promise.amount, promise.currency))
            return format_html(of_promise[event.verb], who=who, what=str(promise), money=sum_of)
        return ""

    kinds = dict.fromkeys([*of_pitch, "grants.sign_decision"], "work") | dict.fromkeys([*of_part, *of_promise], "money")
    return Tale((*pitches, *parts, *promises), kinds, say)
