"""Lines of the ledger: added with the verb that they belong to, corrected by new lines, never changed."""

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from casework.actions.authorship import author, refuse
from grants.models import Contract, Entry, Tranche
from grants.states import EntryKind, RecoveryReason
from workflows import clock
from workflows.acting import act, freeze, open_proposals, signed_payload, withdraw
from workflows.actors import actor_of


def entry(
    contract: Contract,
    kind: str,
    amount: int,
    *,
    by: Any,
    key: str,
    tranche: Tranche | None = None,
    dated: dt.date | None = None,
    corrects: Entry | None = None,
) -> Entry:
    """A line, not yet written: an act adds it. `key` is unique, so that what is booked twice fails."""
    return Entry(
        key=key,
        contract=contract,
        tranche=tranche,
        kind=kind,
        amount=amount,
        currency=contract.currency,
        dated=dated or clock.today(),
        booked_at=clock.now(),
        booked_by=str(actor_of(by)),
        corrects=corrects,
    )


_OF_A_TRANCHE = (EntryKind.AWARDED, EntryKind.PAID, EntryKind.CANCELLED)


def correct_ledger(contract: Contract, *, by: Any, line: Entry, reason: str, version: int | None = None) -> Entry:
    """Take a line back by a new one of today that points to it: a recovery, a receipt, a gain or loss that was booked wrongly.

    Refuses lines that a tranche or the contract itself stands for (a payment that came back is recorded as such), a line that was
    taken back already, and doing it without a reason.
    """
    if not reason.strip():
        raise refuse("reason", _("Write down why."))
    if line.contract_id != contract.pk:
        raise refuse("another_contract", _("This line belongs to another contract."))
    if line.kind in _OF_A_TRANCHE:
        raise refuse(
            "of_a_tranche",
            _("This line stands for a tranche: if the money came back, record that it came back; nothing else changes it."),
            contract.get_absolute_url(),
            _("Open the contract"),
        )
    if line.corrects_id is not None:
        raise refuse("corrects", _("This line is a correction itself: book the right amount anew."))
    try:
        with transaction.atomic(), act(contract, "grants.correct_ledger", by=by, version=version, note=reason) as contract:
            made = entry(
                contract, line.kind, -line.amount, by=by, key=f"corrects:{line.pk}", tranche=line.tranche, corrects=line
            )  # fmt: skip
            contract.adds(made)
            contract.says(line=line.pk, kind=line.kind, amount=made.amount, currency=made.currency)
    except IntegrityError as twice:
        raise refuse("corrected", _("This line was taken back already.")) from twice
    return made


# ——— money that is asked back ———

WHAT = "record_recovery"


def propose_recovery(
    contract: Contract,
    *,
    by: Any,
    amount: int,
    reason: str,
    heard_on: dt.date,
    words: str,
    version: int | None = None,
) -> Contract:
    """Propose to ask money back, after the person was heard; another person decides, or waives it for hardship.

    Only money that was not spent as agreed, was paid by mistake, or is unspent: that a business failed is no reason. Refuses
    without the hearing and its words, after a death, and more than was paid and not asked back yet. Collects nothing by itself.
    """
    if reason not in RecoveryReason.values:
        raise refuse("reason", _("Money is asked back only for one of the reasons named; that a business failed is none."))
    if heard_on > clock.today():
        raise refuse("not_heard", _("The person is heard first: this day lies ahead."))
    if not words.strip():
        raise refuse("words", _("Write down what the person said."))
    with act(contract, "grants.propose_recovery", by=by, version=version, note=words) as contract:
        if contract.case.dead:
            raise refuse("dead", _("A death is on record: nothing is asked back from a family."))
        kept = sum(
            line.amount * (1 if line.kind == EntryKind.PAID else -1)
            for line in contract.entries.filter(kind__in=[EntryKind.PAID, EntryKind.RECOVERED])
        )
        if not 0 < amount <= kept:
            raise refuse("more_than_kept", _("At most what was paid and not asked back yet, and more than nothing."))
        payload = {"amount": amount, "reason": reason, "heard_on": heard_on.isoformat(), "lines": contract.entries.count()}
        freeze(contract, WHAT, payload)
        contract.says(amount=amount, currency=contract.currency, reason=reason, heard_on=heard_on)
    return contract


def record_recovery(contract: Contract, *, by: Any, version: int | None = None) -> Entry:
    """Decide, as a second person, that the money is asked back: one line against the contract.

    What it leaves carries over to whatever is paid next; nothing is cut at zero. Refuses the one who proposed it, and a
    proposal since which a line was added.
    """
    with act(contract, "grants.record_recovery", by=by, version=version) as contract:
        said = signed_payload(contract, WHAT)
        number = contract.entries.filter(kind=EntryKind.RECOVERED).count() + 1
        made = entry(contract, EntryKind.RECOVERED, said["amount"], by=by, key=f"recovered:{contract.pk}:{number}")
        contract.adds(made)
        contract.says(amount=made.amount, currency=made.currency, reason=said["reason"])
    return made


def waive_recovery(contract: Contract, *, by: Any, reason: str, version: int | None = None) -> Contract:
    """Do without the money, for hardship or another reason in words: the proposal falls, or a recovery is taken back by a line.

    Refuses where nothing is proposed or recovered.
    """
    if not reason.strip():
        raise refuse("reason", _("Write down why, such as the hardship it would mean."))
    with act(contract, "grants.waive_recovery", by=by, version=version, note=reason) as contract:
        author(by)
        if any(one.what == WHAT for one in open_proposals(contract)):
            withdraw(contract, WHAT)
            return contract
        line = (
            contract.entries.filter(kind=EntryKind.RECOVERED, corrects=None, corrections=None).order_by("-pk").first()
        )  # fmt: skip
        if line is None:
            raise refuse("nothing", _("Nothing is asked back."))
        contract.adds(entry(contract, EntryKind.RECOVERED, -line.amount, by=by, key=f"corrects:{line.pk}", corrects=line))
        contract.says(line=line.pk, amount=line.amount, currency=line.currency)
    return contract
