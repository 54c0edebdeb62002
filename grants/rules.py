"""What is missing for a verb of a call, a pitch, a sitting or a payment: questions about facts, answered in sentences.

Every sentence can be acted on and has an address where it is met. The facts are plain data, loaded in `models/facts.py`.
"""

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from casework.rules import in_money
from workflows.machine import Blocker

HUNDRED = 100
A_DAY = dt.timedelta(days=1)
QUOTE_HOLDS = dt.timedelta(days=90)


def page(name: str, pk: uuid.UUID, anchor: str = "") -> str:
    """The address of a page of this room."""
    return reverse(f"grants:{name}", args=[pk]) + (f"#{anchor}" if anchor else "")


# ——— the call ———


@dataclass(frozen=True)
class CallFacts:
    """What the rules ask about one call."""

    id: uuid.UUID
    state: str
    today: dt.date
    budget: int
    floor: int
    ceiling: int
    split: tuple[int, ...]
    opens_on: dt.date
    closes_on: dt.date
    criteria: int
    criteria_without_levels: int
    rules: int
    programme_live: bool
    by_state: dict[str, int] = field(default_factory=dict)
    """state of a pitch → how many of the call stand in it"""
    undecided: int = 0


def blockers_to_open_call(call: CallFacts) -> Iterator[Blocker]:
    """A call opens whole: money, criteria with five sentences each, rules, tranches, and a last day ahead."""
    change = (page("change_call", call.id), _("Change the call"))
    if not call.programme_live:
        yield Blocker("programme_not_live", _("The programme is not open yet: open it first."), *change)
    if call.budget < call.floor:
        yield Blocker("budget_below_floor", _("The budget does not reach for one plan of the least amount."), *change)
    if not call.criteria:
        yield Blocker("no_criteria", _("The call has no criteria: say what the jury judges by."), *change)
    if call.criteria_without_levels:
        yield Blocker(
            "criteria_without_levels",
            ngettext(
                "%(n)s criterion does not say in words what its levels mean.",
                "%(n)s criteria do not say in words what their levels mean.",
                call.criteria_without_levels,
            )
            % {"n": call.criteria_without_levels},
            *change,
        )
    if not call.rules:
        yield Blocker("no_rules", _("The call does not say who is eligible."), *change)
    if sum(call.split) != HUNDRED or not all(part > 0 for part in call.split):
        yield Blocker("split", _("The tranches do not add up to 100 percent."), *change)
    if call.closes_on < call.today:
        yield Blocker("closes_in_the_past", _("The last day for pitches has passed: move it."), *change)


def blockers_to_open_jury(call: CallFacts) -> Iterator[Blocker]:
    """Every submitted pitch was read by the grant officer."""
    waiting = call.by_state.get("submitted", 0)
    if waiting:
        yield Blocker(
            "submitted",
            ngettext(
                "%(n)s pitch still waits to be found eligible or not.",
                "%(n)s pitches still wait to be found eligible or not.",
                waiting,
            )
            % {"n": waiting},
            page("call", call.id, "submitted"),
            _("Read them"),
        )
    if not any(call.by_state.get(state) for state in ("eligible", "in_jury", "scored")):
        yield Blocker("nobody_eligible", _("No pitch is eligible: there is nothing to hear."), page("call", call.id))


def blockers_to_decide_call(call: CallFacts) -> Iterator[Blocker]:
    """Every pitch before the jury is decided."""
    if call.undecided:
        yield Blocker(
            "undecided",
            ngettext("%(n)s pitch is not decided yet.", "%(n)s pitches are not decided yet.", call.undecided)
            % {"n": call.undecided},
            page("call", call.id, "in_jury"),
            _("See which"),
        )


def blockers_to_settle_call(call: CallFacts) -> Iterator[Blocker]:
    """Nothing of the call is open: no reserve, adjourned or appealed pitch, no award unanswered, no running contract."""
    sentences = {
        "reserve": _("A pitch is on the reserve list: promote it, or let the reserve lapse."),
        "adjourned": _("A pitch is adjourned: revise it for another sitting, or withdraw it."),
        "appealed": _("An appeal waits for an answer."),
        "awarded": _("An award has no contract yet."),
        "contracted": _("A contract still runs."),
    }
    for state, sentence in sentences.items():
        if call.by_state.get(state):
            yield Blocker(f"has_{state}", sentence, page("call", call.id, state), _("See which"))


# ——— the pitch ———


@dataclass(frozen=True)
class PitchFacts:
    """What the rules ask about one pitch: the newest version, the call's rules, the file's answers, the jury's seats."""

    id: uuid.UUID
    case: uuid.UUID
    state: str
    today: dt.date
    call_state: str
    closes_on: dt.date
    currency: str
    floor: int
    ceiling: int
    percent: int
    appeal_until: dt.date | None
    # the newest version
    missing_sections: tuple[Any, ...]
    asked: int
    sources: int
    uses: int
    uses_without_quote: int
    forecast_months: int
    shares: int
    # the file
    dead: bool
    case_closed: bool
    plan_agreed: bool
    identity_answered: bool
    account_checked: bool
    # the rules of the call
    rules_open: int
    rules_failed: int
    # the jury
    seats: int
    seats_open: int
    # the award
    read_out_on: dt.date | None
    tranches_open: int
    """Tranches of its contract that are neither accounted for nor cancelled."""


def blockers_to_submit_pitch(pitch: PitchFacts) -> Iterator[Blocker]:
    """Every section; the amount inside floor and ceiling and the call's percentage; sources = uses; the file in order."""
    write = (page("write_pitch", pitch.id), _("Write on"))
    case = reverse("casework:case", args=[pitch.case])
    if pitch.call_state != "open":
        yield Blocker("call_not_open", _("The call takes no pitches now: move the pitch to the next call."), *write)
    elif pitch.closes_on < pitch.today:
        yield Blocker(
            "call_closed",
            _("The last day was %(day)s: move the pitch to the next call.") % {"day": date_format(pitch.closes_on)},
            *write,
        )
    if pitch.missing_sections:
        yield Blocker(
            "sections",
            _("Not written yet: %(sections)s.") % {"sections": ", ".join(str(one) for one in pitch.missing_sections)},
            *write,
        )
    yield from _blockers_of_the_money(pitch, write)
    if pitch.shares != HUNDRED:
        yield Blocker("shares", _("The shares of the partners add up to %(n)s percent, not to 100.") % {"n": pitch.shares}, *write)
    if not pitch.plan_agreed:
        yield Blocker("no_plan", _("No plan is agreed yet."), case, _("Open the case"))
    if not pitch.identity_answered:
        yield Blocker("no_identity", _("The identity was not seen, and its absence is not explained."), case, _("Open the case"))
    if not pitch.account_checked:
        yield Blocker(
            "no_account",
            _("No account was checked: write it down, and let finance call."),
            reverse("grants:set_account", args=[pitch.case]),
            _("Write down the account"),
        )
    yield from blockers_of_an_ended_case(pitch)


def _blockers_of_the_money(pitch: PitchFacts, write: tuple[str, str]) -> Iterator[Blocker]:
    def says(amount: int) -> str:
        return in_money(amount, pitch.currency)

    if not pitch.asked:
        yield Blocker("nothing_asked", _("The plan does not say how much is asked from the programme."), *write)
    elif pitch.asked > pitch.ceiling:
        yield Blocker(
            "above_ceiling",
            _("The plan asks for %(asked)s; this call gives at most %(most)s. Lower it by %(by)s, or find another source for it.")
            % {"asked": says(pitch.asked), "most": says(pitch.ceiling), "by": says(pitch.asked - pitch.ceiling)},
            *write,
        )
    elif pitch.asked < pitch.floor:
        yield Blocker(
            "below_floor",
            _("The plan asks for %(asked)s; this call gives at least %(least)s.")
            % {"asked": says(pitch.asked), "least": says(pitch.floor)},
            *write,
        )
    if pitch.uses != pitch.sources:
        yield Blocker(
            "sources_and_uses",
            _("The money comes to %(sources)s and is spent on %(uses)s: the difference is %(by)s. Both must be the same.")
            % {"sources": says(pitch.sources), "uses": says(pitch.uses), "by": says(abs(pitch.sources - pitch.uses))},
            *write,
        )
    elif pitch.uses and pitch.asked * HUNDRED > pitch.uses * pitch.percent:
        most = pitch.uses * pitch.percent // HUNDRED
        yield Blocker(
            "above_share",
            _("This call pays at most %(percent)s percent of the total cost: %(most)s of %(total)s.")
            % {"percent": pitch.percent, "most": says(most), "total": says(pitch.uses)},
            *write,
        )
    if pitch.uses_without_quote:
        yield Blocker(
            "quotes",
            ngettext(
                "%(n)s piece of equipment has no quote, or one older than 90 days.",
                "%(n)s pieces of equipment have no quote, or one older than 90 days.",
                pitch.uses_without_quote,
            )
            % {"n": pitch.uses_without_quote},
            *write,
        )
    if pitch.forecast_months < 12:
        yield Blocker("forecast", _("The forecast does not cover twelve months."), *write)


def blockers_of_an_ended_case(pitch: PitchFacts) -> Iterator[Blocker]:
    """Nothing begins for somebody who died, or whose case is closed."""
    case = reverse("casework:case", args=[pitch.case])
    if pitch.dead:
        yield Blocker("dead", _("A death is on record."), case, _("Open the case"))
    elif pitch.case_closed:
        yield Blocker("case_closed", _("The case is closed: reopen it first."), case, _("Open the case"))


def blockers_to_revise_pitch(pitch: PitchFacts) -> Iterator[Blocker]:
    """A pitch that is before the officer is taken back only while the call is open; an adjourned one whenever."""
    if pitch.state == "submitted" and pitch.call_state != "open":
        yield Blocker("call_not_open", _("The call is closed: the grant officer may send the pitch back."), page("pitch", pitch.id))


def blockers_to_find_eligible(pitch: PitchFacts) -> Iterator[Blocker]:
    """Each rule is answered, and none with no."""
    answer = (page("answer_rule", pitch.id), _("Answer the rules"))
    if pitch.rules_open:
        yield Blocker(
            "rules_open",
            ngettext("%(n)s rule is not answered yet.", "%(n)s rules are not answered yet.", pitch.rules_open)
            % {"n": pitch.rules_open},
            *answer,
        )
    if pitch.rules_failed:
        yield Blocker("rules_failed", _("A rule of the call is not met: propose “not eligible”, or correct the answer."), *answer)


def blockers_to_release_scores(pitch: PitchFacts) -> Iterator[Blocker]:
    """Every seated score is in, or its absence recorded. How many are missing, and whose, is said to nobody."""
    if not pitch.seats:
        yield Blocker("no_seats", _("Nobody was seated for this pitch."), page("seat_juror", pitch.id), _("Seat a juror"))
    elif pitch.seats_open:
        yield Blocker(
            "seats_open",
            _("Not all scores are in. They are opened when each seated juror has handed in, or is recorded as absent."),
        )


def blockers_to_appeal(pitch: PitchFacts) -> Iterator[Blocker]:
    """Within the call's days after the letter."""
    if pitch.appeal_until and pitch.appeal_until < pitch.today:
        yield Blocker(
            "appeal_late",
            _("An appeal could be handed in until %(day)s.") % {"day": date_format(pitch.appeal_until)},
            page("pitch", pitch.id),
        )


def blockers_to_sign_contract(pitch: PitchFacts) -> Iterator[Blocker]:
    """Read out, a day to think, and an account that was checked."""
    if pitch.read_out_on is None:
        yield Blocker(
            "not_read_out",
            _("The contract was not read out to the candidate."),
            page("read_out_contract", pitch.id),
            _("Read it out"),
        )
    elif pitch.today - pitch.read_out_on < A_DAY:
        yield Blocker(
            "a_day_to_think",
            _("It was read out today: the candidate has a day to think. It can be signed from %(day)s.")
            % {"day": date_format(pitch.read_out_on + A_DAY)},
            page("pitch", pitch.id),
        )
    if not pitch.account_checked:
        yield Blocker(
            "no_account",
            _("No account was checked: write it down, and let finance call."),
            reverse("grants:set_account", args=[pitch.case]),
            _("Write down the account"),
        )
    yield from blockers_of_an_ended_case(pitch)


def blockers_to_complete_contract(pitch: PitchFacts) -> Iterator[Blocker]:
    """Every tranche is accounted for or cancelled."""
    if pitch.tranches_open:
        yield Blocker(
            "tranches_open",
            ngettext(
                "%(n)s tranche is neither accounted for nor cancelled.",
                "%(n)s tranches are neither accounted for nor cancelled.",
                pitch.tranches_open,
            )
            % {"n": pitch.tranches_open},
            page("pitch", pitch.id, "money"),
            _("See which"),
        )


# ——— the seat ———


@dataclass(frozen=True)
class SeatFacts:
    """What the rules ask about one juror's seat. Nothing here tells one seat of another."""

    id: uuid.UUID
    pitch: uuid.UUID
    sitting: uuid.UUID
    sitting_state: str
    undertaken: bool
    declared: bool
    absent: bool
    left: bool
    released: bool


def _blockers_of_a_seat(seat: SeatFacts) -> Iterator[Blocker]:
    if seat.left:
        yield Blocker("left", _("This seat was left."), page("sitting", seat.sitting), _("Look at it"))
    elif seat.released:
        yield Blocker(
            "released",
            _("The scores of this pitch are open: they stand as they are."),
            page("sitting", seat.sitting),
            _("Look at it"),
        )


def blockers_to_leave_a_seat(seat: SeatFacts) -> Iterator[Blocker]:
    """Until the scores are open a seat can be left."""
    yield from _blockers_of_a_seat(seat)


def blockers_to_declare(seat: SeatFacts) -> Iterator[Blocker]:
    """The undertaking is read and signed first."""
    yield from _blockers_of_a_seat(seat)
    if not seat.undertaken:
        yield Blocker(
            "no_undertaking",
            _("You have not signed the undertaking of this sitting yet."),
            page("undertake", seat.sitting),
            _("Read and sign it"),
        )


def blockers_to_score_pitch(seat: SeatFacts) -> Iterator[Blocker]:
    """Own declaration on record, the sitting is open, the scores are not."""
    yield from blockers_to_declare(seat)
    if seat.absent:
        yield Blocker(
            "absent", _("You are recorded as absent from this pitch: speak with the chair."), page("sitting", seat.sitting)
        )
    if not seat.declared:
        yield Blocker("not_declared", _("Say first that you have no part in it."), page("declare", seat.id), _("Declare"))
    if seat.sitting_state == "planned":
        yield Blocker(
            "sitting_not_open",
            _("Scores are handed in once the chair has opened the sitting. What you write is kept until then."),
            page("score_pitch", seat.id),
            _("Write on"),
        )


def blockers_to_record_absence(seat: SeatFacts) -> Iterator[Blocker]:
    """At an open sitting, before the scores are open. Whether something was handed in is no answer here."""
    yield from _blockers_of_a_seat(seat)
    if seat.sitting_state == "planned":
        yield Blocker("sitting_not_open", _("The sitting is not open yet."), page("sitting", seat.sitting), _("Look at it"))


# ——— the sitting ———


@dataclass(frozen=True)
class SittingFacts:
    """What the rules ask about one sitting."""

    id: uuid.UUID
    state: str
    call: uuid.UUID
    call_state: str
    currency: str
    quorum: int
    call_left: int
    members: int
    without_undertaking: int
    agenda: int
    not_drawn: bool
    without_decision: int
    not_released: int
    below_quorum: tuple[str, ...]
    without_reason: tuple[str, ...]
    awards: int
    """The sum of the awards written, in minor units."""


def blockers_to_open_sitting(sitting: SittingFacts) -> Iterator[Blocker]:
    """A jury that was invited, an agenda whose order was drawn by lot, a call that is before its jury."""
    here = (page("sitting", sitting.id), _("Look at it"))
    if sitting.call_state != "in_jury":
        yield Blocker("call_not_in_jury", _("The call is not before its jury yet."), page("call", sitting.call), _("Open the call"))
    if not sitting.agenda:
        yield Blocker("no_agenda", _("Nothing is on the agenda."), *here)
    if sitting.members < sitting.quorum:
        yield Blocker("no_jury", _("Fewer jurors are invited than the call asks for."), *here)
    if sitting.agenda and sitting.not_drawn:
        yield Blocker("not_drawn", _("The order of hearing was not drawn by lot."), *here)


def blockers_to_propose_decisions(sitting: SittingFacts) -> Iterator[Blocker]:
    """Every pitch on the agenda has a decision; quorum; words where it leaves the rule; inside the budget."""
    here = (page("sitting", sitting.id), _("Look at it"))
    if sitting.without_decision:
        yield Blocker(
            "without_decision",
            ngettext("%(n)s pitch has no decision yet.", "%(n)s pitches have no decision yet.", sitting.without_decision)
            % {"n": sitting.without_decision},
            *here,
        )
    if sitting.not_released:
        yield Blocker("not_released", _("The scores of a pitch are not released yet."), *here)
    for pitch in sitting.below_quorum:
        yield Blocker("quorum", _("%(pitch)s was scored by fewer jurors than the quorum.") % {"pitch": pitch}, *here)
    for pitch in sitting.without_reason:
        yield Blocker("without_reason", _("%(pitch)s leaves the rule of the call: say why.") % {"pitch": pitch}, *here)
    yield from blockers_to_sign_decisions(sitting)


def blockers_to_sign_decisions(sitting: SittingFacts) -> Iterator[Blocker]:
    """The awards fit into what is left of the budget."""
    if sitting.awards > sitting.call_left:
        yield Blocker(
            "over_budget",
            _("The awards come to %(awards)s, and %(left)s is left of the budget.")
            % {"awards": in_money(sitting.awards, sitting.currency), "left": in_money(sitting.call_left, sitting.currency)},
            page("sitting", sitting.id),
            _("Look at it"),
        )


# ——— money ———


@dataclass(frozen=True)
class TrancheFacts:
    """What the rules ask about one tranche."""

    id: uuid.UUID
    contract: uuid.UUID
    case: uuid.UUID
    number: int
    state: str
    today: dt.date
    suspended: bool
    ended_early: bool
    dead: bool
    identity_answered: bool
    account: bool
    account_checked: bool
    evidence_missing: tuple[str, ...]
    receipts_missing: tuple[str, ...]
    earlier_open: bool
    """An earlier tranche is neither accounted for nor cancelled."""


def blockers_to_request_tranche(tranche: TrancheFacts) -> Iterator[Blocker]:
    """The evidence that the plan and the jury named is there; the tranche before it is accounted for."""
    here = page("contract", tranche.contract, f"tranche-{tranche.number}")
    for what in tranche.evidence_missing:
        yield Blocker("evidence", _("Missing: %(what)s.") % {"what": what}, here, _("Hand it in"))
    if tranche.earlier_open:
        yield Blocker("earlier_open", _("The tranche before this one is not accounted for."), here)
    yield from _blockers_to_pay(tranche)


def blockers_to_approve_tranche(tranche: TrancheFacts) -> Iterator[Blocker]:
    """What was asked for is still so when it is approved."""
    yield from blockers_to_request_tranche(tranche)


def blockers_to_order_payment(tranche: TrancheFacts) -> Iterator[Blocker]:
    """To pay more than first aid: identity and account checked; nothing suspended."""
    yield from _blockers_to_pay(tranche)


def blockers_to_order_again(tranche: TrancheFacts) -> Iterator[Blocker]:
    """After a payment that came back: the account is looked at again."""
    yield from _blockers_to_pay(tranche)


def _blockers_to_pay(tranche: TrancheFacts) -> Iterator[Blocker]:
    here = page("contract", tranche.contract)
    if tranche.dead:
        yield Blocker("dead", _("A death is on record."), reverse("casework:case", args=[tranche.case]), _("Open the case"))
    if tranche.suspended:
        yield Blocker("suspended", _("Payments of this contract are suspended."), here)
    if tranche.ended_early:
        yield Blocker("ended_early", _("The contract was ended."), here)
    if not tranche.identity_answered:
        yield Blocker(
            "no_identity",
            _("The identity was not seen, and its absence is not explained."),
            reverse("casework:case", args=[tranche.case]),
            _("Open the case"),
        )
    if not tranche.account:
        yield Blocker("no_account", _("No account is written down."), here, _("Write down the account"))
    elif not tranche.account_checked:
        yield Blocker(
            "account_not_checked",
            _("The account is new or was changed: payments wait until finance has called the number on file before the change."),
            here,
        )


def blockers_to_account_for(tranche: TrancheFacts) -> Iterator[Blocker]:
    """Every receipt that was promised is there."""
    here = page("contract", tranche.contract, f"tranche-{tranche.number}")
    for what in tranche.receipts_missing:
        yield Blocker("receipt", _("Missing: %(what)s.") % {"what": what}, here, _("Add the receipt"))


@dataclass(frozen=True)
class AccountFacts:
    """What the rules ask about one account."""

    id: uuid.UUID
    case: uuid.UUID
    replaced: bool
    checked: bool


def blockers_to_check_account(account: AccountFacts) -> Iterator[Blocker]:
    """Only the account in force is confirmed, once."""
    here = reverse("casework:case", args=[account.case])
    if account.replaced:
        yield Blocker("replaced", _("Another account was written down since."), here)
    elif account.checked:
        yield Blocker("checked", _("The account is confirmed already."), here)
