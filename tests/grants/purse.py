"""Contracts and payments for the tests. A state is reached by performing the verbs; amounts are cents."""

import datetime as dt
from typing import Any

from casework.actions import support
from casework.models import Case, Document
from grants.actions import contracts, tranches
from grants.models import Contract, Decision, Pitch, Sitting, Tranche
from grants.states import TrancheState
from tests import factories as make
from tests.grants import stage
from tests.grants.stage import again
from workflows import clock

AWARD = 4_792_00


def awarded(
    case: Case | None = None, *, amount: int = AWARD, conditions: tuple[str, ...] = ("Lease signed",), **call: Any
) -> Pitch:
    """A pitch with an award; the call has committed its money. The way through a jury is tested where the jury is."""
    pitch = stage.eligible(stage.open_call(**call) if call else None, case)
    farid, gia, now = make.user("farid"), make.user("gia"), clock.now()
    sitting = Sitting(call=pitch.call, chair=farid, held_on=clock.today())
    sitting.save()
    Decision.objects.create(
        pitch=pitch, sitting=sitting, result="awarded", amount=amount, conditions=list(conditions), written_at=now,
        written_by=farid, signed_at=now, signed_by=gia,
    )  # fmt: skip
    Pitch.objects.filter(pk=pitch.pk).update(state="awarded", amount=amount, decided_on=clock.today())
    type(pitch.call).objects.filter(pk=pitch.call_id).update(committed=amount)
    return again(pitch)


def signed(pitch: Pitch | None = None, **facts: Any) -> Contract:
    """A contract of an award: read out yesterday, signed today."""
    hana = make.user("hana")
    pitch = contracts.read_out_contract(pitch or awarded(**facts), by=make.user("amina"))
    clock.set_to(clock.now() + dt.timedelta(days=1))
    return again(contracts.sign_contract(again(pitch), by=hana))


def supported(case: Case | None = None, **facts: Any) -> Contract:
    """Social aid of EUR 300 in one payment, that asks for nothing before or after it."""
    facts = {
        "kind": "social_aid", "purpose": "School things", "schedule": [(clock.today(), 300_00)],
        "evidence": [], "receipts": [], **facts,
    }  # fmt: skip
    return contracts.grant_support(case or stage.candidate(), by=make.user("amina"), **facts)


def first_of(contract: Contract) -> Tranche:
    return contract.tranches.order_by("number").first()  # type: ignore[return-value]


def paper(case: Case, kind: str = "other") -> Document:
    """A paper of the case."""
    return support.add_document(make.again(case), by=make.user("amina"), kind=kind, title="Receipt 17", seen_on=clock.today())


def ready(tranche: Tranche) -> Tranche:
    """Everything that was asked for before it is there."""
    amina = make.user("amina")
    for one in tranche.evidence.filter(after_payment=False, given_at=None):
        if one.by_visit:
            contracts.record_visit(again(tranche.contract), by=make.user("hana"), words="The oven is hot.")
        else:
            tranches.answer_evidence(again(tranche), by=amina, evidence=one, document=paper(tranche.contract.case))
    return again(tranche)


def requested(tranche: Tranche) -> Tranche:
    return again(tranches.request_tranche(ready(tranche), by=make.user("amina")))


def approved(tranche: Tranche) -> Tranche:
    """Approved, by two where it takes two."""
    tranche = again(tranches.approve_tranche(requested(tranche), by=make.user("hana")))
    if tranche.state == TrancheState.REQUESTED:
        tranche = again(tranches.approve_tranche(tranche, by=make.user("gia")))
    return tranche


def ordered(tranche: Tranche) -> Tranche:
    tranches.order_payment(approved(tranche), by=make.user("dana"))
    return again(tranche)


def paid(tranche: Tranche) -> Tranche:
    """Paid: a signed receipt is in the file."""
    tranche = ordered(tranche)
    return again(tranches.confirm_payment(tranche, by=make.user("dana"), receipt=paper(tranche.contract.case)))


def accounted(tranche: Tranche) -> Tranche:
    """Paid, with receipts for all of it."""
    tranche = paid(tranche)
    missing = tranche.evidence.filter(after_payment=True, given_at=None).first()
    tranches.add_receipt(
        tranche, by=make.user("amina"), document=paper(tranche.contract.case), amount=tranche.amount, evidence=missing
    )  # fmt: skip
    return again(tranches.account_for(again(tranche), by=make.user("hana")))


def bounced(tranche: Tranche) -> Tranche:
    return again(tranches.bounce(ordered(tranche), by=make.user("dana"), reason="Account closed"))


def returned(tranche: Tranche) -> Tranche:
    return again(tranches.return_tranche(requested(tranche), by=make.user("hana"), reason="The lease is not signed."))


def cancelled(tranche: Tranche) -> Tranche:
    return again(tranches.cancel_tranche(tranche, by=make.user("hana"), reason="Not needed any more."))


WAY = {
    TrancheState.PLANNED: lambda tranche: tranche,
    TrancheState.REQUESTED: requested,
    TrancheState.RETURNED: returned,
    TrancheState.APPROVED: approved,
    TrancheState.ORDERED: ordered,
    TrancheState.BOUNCED: bounced,
    TrancheState.PAID: paid,
    TrancheState.ACCOUNTED: accounted,
    TrancheState.CANCELLED: cancelled,
}


def tranche_at(state: str, contract: Contract | None = None) -> Tranche:
    """The first tranche of a support, in the state."""
    return WAY[TrancheState(state)](first_of(contract or supported()))
