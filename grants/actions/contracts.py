"""The promise of money: read out, signed, completed, ended early; a support that no jury awards; visits, suspension."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from casework.actions.authorship import author, refuse
from casework.models import Case, Employer
from casework.models.facts import facts_of
from grants import ledger
from grants.actions.ledger import entry
from grants.models import Contract, Evidence, Pitch, Tranche
from grants.states import ContractKind, EntryKind, PayeeKind, Result, TrancheState
from workflows import clock
from workflows.acting import SYSTEM, Refused, act, act_each, freeze, signed_payload

MAY_BE_CANCELLED = (
    TrancheState.PLANNED, TrancheState.REQUESTED, TrancheState.RETURNED, TrancheState.APPROVED, TrancheState.BOUNCED,
)  # fmt: skip


def read_out_contract(pitch: Pitch, *, by: Any, on: dt.date | None = None, version: int | None = None) -> Pitch:
    """Note that the contract was read out to the candidate. It can be signed a day later: there is a day to think.

    Refuses a day ahead, and one before the decision.
    """
    day = on or clock.today()
    if day > clock.today():
        raise refuse("ahead", _("This day lies ahead."))
    with act(pitch, "grants.read_out_contract", by=by, version=version, occurred_on=day) as pitch:
        if pitch.decided_on and day < pitch.decided_on:
            raise refuse("before_decision", _("The committee decided after this day."))
        pitch.read_out_on = day
        pitch.says(on=day)
    return pitch


def sign_contract(
    pitch: Pitch, *, by: Any, ends_on: dt.date | None = None, evidence: Sequence[str] = (), version: int | None = None
) -> Contract:
    """Sign the contract of an award: its tranches by the call's percentages, the jury's conditions as evidence of the first.

    Rounding goes to the last tranche. `evidence` are further things asked for before the first. After each tranche its receipts are
    asked for, and before every later one a visit. Refuses before a day to think, and without a checked account.
    """
    with act(pitch, "grants.sign_contract", by=by, version=version) as pitch:
        call, today = pitch.call, clock.today()
        contract = Contract(
            kind=ContractKind.AWARD,
            case_id=pitch.case_id,
            office_id=pitch.office_id,
            pitch=pitch,
            purpose=pitch.title,
            currency=call.currency,
            amount=pitch.amount or 0,
            signed_on=today,
            read_out_on=pitch.read_out_on,
            ends_on=ends_on,
            signed_by_id=author(by),
        )
        parts = ledger.split(contract.amount, call.split)
        decision = pitch.decisions.filter(result=Result.AWARD, signed_at__isnull=False).order_by("-signed_at").first()
        conditions = [str(one) for one in decision.conditions] if decision else []
        tranches = _tranches(contract, [(today if place == 0 else None, part) for place, part in enumerate(parts)])
        papers = [Evidence(tranche=tranches[0], what=what, from_jury=True) for what in conditions]
        papers += [Evidence(tranche=tranches[0], what=what) for what in evidence if what.strip()]
        for tranche in tranches[1:]:
            papers.append(Evidence(tranche=tranche, what=_("A visit to the business"), by_visit=True))
        papers += [Evidence(tranche=one, what=_("Receipts for what was bought"), after_payment=True) for one in tranches]
        _place(papers)
        awarded = entry(contract, EntryKind.AWARDED, contract.amount, by=by, key=f"awarded:{contract.pk}")
        pitch.adds(contract, *tranches, *papers, awarded)
        pitch.sign_contract(on=today)
        pitch.says(
            contract=contract.pk,
            amount=contract.amount,
            currency=contract.currency,
            tranches=parts,
            rounding=ledger.rounding(contract.amount, call.split),
        )
    return contract


def _tranches(contract: Contract, schedule: Iterable[tuple[dt.date | None, int]]) -> list[Tranche]:
    today = clock.today()
    return [
        Tranche(contract=contract, number=number, amount=amount, due_on=due_on, state_since=today)
        for number, (due_on, amount) in enumerate(schedule, 1)
    ]


def _place(papers: Sequence[Evidence]) -> None:
    for position, paper in enumerate(papers):
        paper.position, paper.what = position, paper.what.strip()[:200]


def complete_contract(pitch: Pitch, *, by: Any, version: int | None = None) -> Pitch:
    """Say that everything of the contract is paid and accounted for. Refuses while a tranche is open."""
    with act(pitch, "grants.complete_contract", by=by, version=version) as pitch:
        pitch.complete_contract(on=clock.today())
        pitch.says(contract=pitch.contract.pk)
    return pitch


def propose_termination(pitch: Pitch, *, by: Any, reason: str, version: int | None = None) -> Pitch:
    """Propose to end the contract early; another person signs. Nothing is asked back by it, and nothing stops yet.

    Refuses without the reason in words. That a business failed is no breach: what was spent as agreed stays with the person.
    """
    if not reason.strip():
        raise refuse("reason", _("Write down why."))
    with act(pitch, "grants.propose_termination", by=by, version=version, note=reason) as pitch:
        freeze(pitch, "terminate_contract", {"contract": str(pitch.contract.pk)})
        pitch.says(contract=pitch.contract.pk)
    return pitch


def terminate_contract(pitch: Pitch, *, by: Any, version: int | None = None) -> Pitch:
    """End the contract early, as a second person; what is open of it is cancelled.

    Refuses while a payment is on its way: it is confirmed, or has come back, first. What was paid stays paid.
    """
    with transaction.atomic():
        with act(pitch, "grants.terminate_contract", by=by, version=version) as pitch:
            contract = pitch.contract
            signed_payload(pitch, "terminate_contract")
            _none_on_its_way(contract)
            Contract.objects.filter(pk=contract.pk).update(ended_early_on=clock.today())
            pitch.terminate_contract(on=clock.today())
            pitch.says(contract=contract.pk)
        cancel_open(contract, by=SYSTEM("grants.terminate_contract"))
    return pitch


def _none_on_its_way(contract: Contract) -> None:
    if contract.tranches.filter(state=TrancheState.ORDERED).exists():
        raise refuse(
            "on_its_way",
            _("A payment is on its way: wait until the bank has paid it or sent it back."),
            contract.get_absolute_url(),
            _("Look at it"),
        )


def cancel_open(contract: Contract, *, by: Any) -> None:
    """Cancel every tranche of the contract that can be, each with its line."""

    def body(tranche: Tranche) -> None:
        tranche.adds(cancelled_line(tranche, by))
        tranche.cancel_tranche(on=clock.today())
        tranche.says(contract=tranche.contract_id, amount=tranche.amount, currency=contract.currency)

    rows = list(contract.tranches.filter(state__in=MAY_BE_CANCELLED))
    for outcome in act_each(rows, "grants.cancel_tranche", by=by, body=body):
        if outcome.refused:
            raise outcome.refused


def cancelled_line(tranche: Tranche, by: Any) -> Any:
    """The line of a cancelled tranche."""
    return entry(tranche.contract, EntryKind.CANCELLED, tranche.amount, by=by, tranche=tranche, key=f"cancelled:{tranche.pk}")


# ——— supports ———

_PAYEES = {ContractKind.WAGE_SUBSIDY: PayeeKind.EMPLOYER, ContractKind.IN_KIND: PayeeKind.SUPPLIER}


def papers_of(kind: str) -> tuple[list[str], list[str]]:
    """What a support of this kind asks for before it is paid, and after, where nobody names other things."""
    match kind:
        case ContractKind.WAGE_SUBSIDY:
            return [_("Payslip of the month")], []
        case ContractKind.IN_KIND:
            return [_("Quote or invoice")], [_("Signed list of what was handed over")]
        case ContractKind.TRANSPORT:
            return [], [_("Ticket or receipt")]
    return [], [_("Receipt signed by the person")]


def grant_support(
    case: Case,
    *,
    by: Any,
    kind: str,
    purpose: str,
    schedule: Sequence[tuple[dt.date | None, int]],
    currency: str = "",
    employer: Employer | None = None,
    supplier: str = "",
    evidence: Sequence[str] | None = None,
    receipts: Sequence[str] | None = None,
) -> Contract:
    """Promise money that no jury awards: `schedule` is a list of (planned for, amount). It is paid like an award, by three people.

    A wage subsidy goes to the employer, something in kind to its supplier, the rest to the person. `evidence` is asked for before
    each tranche and `receipts` after it; the kind says which where nothing is named. Refuses an award (a jury's), a closed case, a
    case without an agreed plan, and an amount that is not above zero.
    """
    if kind not in ContractKind.values or kind == ContractKind.AWARD:
        raise refuse("kind", _("A jury awards start-up money; a support is of another kind."))
    if not schedule or any(amount <= 0 for _day, amount in schedule):
        raise refuse("amount", _("Each payment is above zero, and there is one at least."))
    payee = _PAYEES.get(ContractKind(kind), PayeeKind.PERSON)
    if payee == PayeeKind.EMPLOYER and employer is None:
        raise refuse("employer", _("Name the employer: the subsidy is paid to them."))
    if payee == PayeeKind.SUPPLIER and not supplier.strip():
        raise refuse("supplier", _("Name the supplier: what is bought is paid to them."))
    if not case.is_open or case.dead:
        raise refuse("case_closed", _("The case is closed: reopen it first."), case.get_absolute_url(), _("Open the case"))
    if not facts_of([case])[case.pk].plan_agreed:
        raise refuse("no_plan", _("No plan is agreed yet."), case.get_absolute_url(), _("Open the case"))
    contract = Contract(
        kind=kind,
        case=case,
        office_id=case.office_id,
        payee_kind=payee,
        employer=employer if payee == PayeeKind.EMPLOYER else None,
        supplier=supplier.strip() if payee == PayeeKind.SUPPLIER else "",
        purpose=purpose,
        currency=currency or case.programme.currency,
        amount=sum(amount for _day, amount in schedule),
        signed_on=clock.today(),
        signed_by_id=author(by),
    )
    with act(contract, "grants.grant_support", by=by) as contract:
        before, after = papers_of(kind)
        before, after = list(before if evidence is None else evidence), list(after if receipts is None else receipts)
        tranches = _tranches(contract, schedule)
        papers: list[Evidence] = []
        for tranche in tranches:
            papers += [Evidence(tranche=tranche, what=what) for what in before]
            papers += [Evidence(tranche=tranche, what=what, after_payment=True) for what in after]
        _place(papers)
        awarded = entry(contract, EntryKind.AWARDED, contract.amount, by=by, key=f"awarded:{contract.pk}")
        contract.adds(*tranches, *papers, awarded)
        contract.says(
            case=case.pk, kind=kind, amount=contract.amount, currency=contract.currency, tranches=[one.amount for one in tranches]
        )
    return contract


# ——— while it runs ———


def suspend_contract(contract: Contract, *, by: Any, reason: str, version: int | None = None) -> Contract:
    """Let nothing be asked for, approved or ordered until it is lifted. A fact, not a punishment: nothing is cancelled.

    Refuses without the reason in words, and twice.
    """
    if not reason.strip():
        raise refuse("reason", _("Write down why."))
    with act(contract, "grants.suspend_contract", by=by, version=version, note=reason) as contract:
        if contract.suspended_on:
            raise refuse("suspended", _("It is suspended already."))
        contract.suspended_on = clock.today()
    return contract


def lift_suspension(contract: Contract, *, by: Any, reason: str = "", version: int | None = None) -> Contract:
    """Let payments go on. Refuses where nothing is suspended."""
    with act(contract, "grants.lift_suspension", by=by, version=version, note=reason) as contract:
        if not contract.suspended_on:
            raise refuse("not_suspended", _("Nothing is suspended."))
        contract.says(since=contract.suspended_on)
        contract.suspended_on = None
    return contract


def record_visit(
    contract: Contract, *, by: Any, words: str, on: dt.date | None = None, as_agreed: bool = True, version: int | None = None
) -> Contract:
    """Write down what was seen on a visit for the contract. What it was to show is then there, if it was as agreed.

    The visit is the contract's, apart from the questions of the follow-up. Refuses without words, and a day ahead.
    """
    day = on or clock.today()
    if day > clock.today():
        raise refuse("ahead", _("This day lies ahead."))
    if not words.strip():
        raise refuse("words", _("Write down what was seen."))
    with act(contract, "grants.record_visit", by=by, version=version, occurred_on=day, note=words) as contract:
        shown = None
        if as_agreed:
            waiting = Evidence.objects.filter(tranche__contract=contract, by_visit=True, given_at=None, waived_because="")
            shown = waiting.filter(tranche__state__in=MAY_BE_CANCELLED).order_by("tranche__number", "position").first()
        if shown is not None:
            shown.given_at, shown.given_by_id = clock.now(), author(by)
            shown.save(update_fields=["given_at", "given_by"])
        contract.says(on=day, as_agreed=as_agreed, evidence=shown.pk if shown else None)
    return contract


def refused_first(rows: Iterable[Any]) -> None:
    """Raise the first refusal among outcomes, with whatever else is missing beside it."""
    found = [outcome.refused for outcome in rows if outcome.refused]
    if not found:
        return
    if any(not isinstance(one, Refused) for one in found):
        raise next(one for one in found if not isinstance(one, Refused))
    raise Refused(list({str(blocker): blocker for one in found for blocker in one.blockers}.values()))
