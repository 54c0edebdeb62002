"""The tranche: asked for with its evidence, approved by another, ordered by a third, paid, accounted for; or it came back.

Caseworker, approver and payer are three people, whatever roles they hold: said here in words, and kept by the database.
"""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.scope import scope_of
from casework.actions.authorship import author, refuse
from casework.models import Document
from casework.rules import decimals, in_money
from grants import ledger
from grants.actions.contracts import cancelled_line, refused_first
from grants.actions.ledger import entry
from grants.models import Account, Entry, Evidence, PaymentOrder, StatementLine, Tranche
from grants.periods import against_a_closed_day
from grants.states import EntryKind, PayBy, PayeeKind
from workflows import clock
from workflows.acting import Refused, act, act_each
from workflows.actors import actor_of

TENTH = 10
"""A payment in another currency that is worth more than a tenth off the tranche is a slip of the pen, not a rate."""


# ——— asking ———


def answer_evidence(
    tranche: Tranche, *, by: Any, evidence: Evidence, document: Document, amount: int | None = None, version: int | None = None
) -> Evidence:
    """Hand in one thing that is asked for before the tranche: a paper of the case. Refuses one of another case."""
    with act(tranche, "grants.answer_evidence", by=by, version=version) as tranche:
        if evidence.tranche_id != tranche.pk or evidence.after_payment:
            raise refuse("evidence", _("This is not asked for before this tranche."))
        _of_the_case(tranche, document)
        evidence.document, evidence.amount = document, amount
        evidence.given_at, evidence.given_by_id, evidence.waived_because = clock.now(), author(by), ""
        evidence.save()
        tranche.says(evidence=evidence.pk, document=document.pk, amount=amount)
    return evidence


def waive_evidence(tranche: Tranche, *, by: Any, evidence: Evidence, reason: str, version: int | None = None) -> Evidence:
    """Do without one thing that was asked for, with the reason. The jury's conditions stay: only a jury takes them back."""
    if not reason.strip():
        raise refuse("reason", _("Write down why it is not needed."))
    with act(tranche, "grants.waive_evidence", by=by, version=version) as tranche:
        if evidence.tranche_id != tranche.pk or evidence.given_at:
            raise refuse("evidence", _("This is not asked for before this tranche."))
        if evidence.from_jury:
            raise refuse("from_jury", _("This is a condition of the jury: only a jury takes it back."))
        evidence.waived_because = reason.strip()[:120]
        evidence.save(update_fields=["waived_because"])
        tranche.says(evidence=evidence.pk)
    return evidence


def _of_the_case(tranche: Tranche, document: Document) -> None:
    if document.case_id != tranche.contract.case_id:
        raise refuse("another_case", _("This paper belongs to another case."))


def request_tranche(tranche: Tranche, *, by: Any, version: int | None = None) -> Tranche:
    """Ask for the tranche. Refuses with everything that is missing: evidence, the tranche before, identity, a checked account."""
    with act(tranche, "grants.request_tranche", by=by, version=version) as tranche:
        tranche.request_tranche(at=clock.now(), by=author(by), on=clock.today())
        _says(tranche)
    return tranche


def return_tranche(tranche: Tranche, *, by: Any, reason: str, version: int | None = None) -> Tranche:
    """Give it back to be asked for again, with what is missing in words."""
    if not reason.strip():
        raise refuse("reason", _("Write down what is missing, so that it can be mended."))
    with act(tranche, "grants.return_tranche", by=by, version=version, note=reason) as tranche:
        tranche.return_tranche(on=clock.today())
        _says(tranche)
    return tranche


def cancel_tranche(tranche: Tranche, *, by: Any, reason: str, version: int | None = None) -> Tranche:
    """Give the tranche up, with the reason and its line. What was paid or is on its way cannot be."""
    if not reason.strip():
        raise refuse("reason", _("Write down why."))
    with act(tranche, "grants.cancel_tranche", by=by, version=version, note=reason) as tranche:
        tranche.adds(cancelled_line(tranche, by))
        tranche.cancel_tranche(on=clock.today())
        _says(tranche)
    return tranche


def _says(tranche: Tranche) -> None:
    tranche.says(contract=tranche.contract_id, amount=tranche.amount, currency=tranche.contract.currency)


# ——— approving ———


def takes_two(tranche: Tranche) -> bool:
    """Whether two people approve it: above the programme's ceiling, and always in a currency that it cannot be compared with."""
    programme = tranche.contract.case.programme
    return tranche.contract.currency != programme.currency or tranche.amount > programme.payment_approval_ceiling


def approve_tranche(tranche: Tranche, *, by: Any, version: int | None = None) -> Tranche:
    """Approve what was asked for. Above the programme's ceiling it takes two people, a grant officer first.

    Refuses whoever asked for it, and the first of two as the second.
    """
    with act(tranche, "grants.approve_tranche", by=by, version=version) as tranche:
        who, two = author(by), takes_two(tranche)
        if who == tranche.requested_by_id:
            raise refuse("requested_it", _("You asked for this payment: another person approves it, whatever roles you hold."))
        if two and who == tranche.first_approved_by_id:
            raise refuse("first_approver", _("You approved it first: above this amount a second person approves it as well."))
        second = two and tranche.first_approved_by_id is not None
        scope = scope_of(actor_of(by).user)
        if not second and not any(scope.holds("grant_officer", office) for office in tranche.offices_for("approve_tranche")):
            raise refuse("officer_first", _("A grant officer approves first; you may be the second."))
        tranche.approve_tranche(at=clock.now(), by=who, on=clock.today(), takes_two=two)
        _says(tranche)
        tranche.says(first_of_two=two and not second)
    return tranche


# ——— ordering ———


def key_of(tranche: Tranche) -> str:
    """The key of its next payment: the same however often it is asked for, another one after it came back. At most 35 signs."""
    return f"HW{tranche.pk.hex[:26]}-{tranche.attempt + 1}"


def account_of(tranche: Tranche) -> Account | None:
    """Where its money goes: the person's account, or the employer's or supplier's for this contract."""
    contract = tranche.contract
    own = contract.payee_kind == PayeeKind.PERSON
    which = {"case": contract.case_id, "contract": None} if own else {"contract": contract.pk}
    return Account.objects.in_force().filter(**which).first()


def make_payment_order(
    tranches: Sequence[Tranche],
    *,
    by: Any,
    execute_on: dt.date | None = None,
    payer_name: str = "",
    payer_account: str = "",
    payer_bic: str = "",
) -> PaymentOrder:
    """Order the payment of approved tranches together: one file, sheet or list. All of them or none; each under its own key.

    Refuses tranches of several programmes, currencies or ways to pay, whoever asked for or approved one of them, and one that is
    ordered already. Pays nothing: that it was paid, a statement or a signed receipt says.
    """
    if not tranches:
        raise refuse("nothing", _("Choose the payments that go out."))
    today = clock.today()
    if execute_on is not None and execute_on < today:
        raise refuse("past", _("This day has passed."))
    with transaction.atomic():
        rows = list(Tranche.objects.filter(pk__in=[one.pk for one in tranches]).select_related("contract__case__programme"))
        accounts = {row.pk: account_of(row) for row in rows}
        ways = {account.pay_by for account in accounts.values() if account is not None}
        first = rows[0].contract
        if len(ways) > 1 or len({row.contract.currency for row in rows}) > 1:
            raise refuse("mixed", _("One order is in one currency and goes out in one way: make two."))
        if len({(row.contract.case.programme_id, row.contract.office_id) for row in rows}) > 1:
            raise refuse("programmes", _("One order is of one programme and one office: make two."))
        order = PaymentOrder(
            programme=first.case.programme,
            office_id=first.office_id,
            pay_by=next(iter(ways), PayBy.TRANSFER),
            execute_on=execute_on or today,
            currency=first.currency,
            payer_name=payer_name.strip(),
            payer_account=payer_account.replace(" ", ""),
            payer_bic=payer_bic.replace(" ", ""),
            made_at=clock.now(),
            made_by_id=author(by),
        )
        order.number = f"{first.case.programme.code[:14]}-{today:%Y%m%d}-{order.pk.hex[:6]}".upper()
        with act(order, "grants.make_payment_order", by=by) as order:
            order.says(
                programme=order.programme_id, number=order.number, tranches=[row.pk for row in rows], currency=order.currency
            )
        refused_first(act_each(rows, "grants.order_payment", by=by, body=lambda row: _order(row, order, accounts[row.pk])))
    return order


def _order(tranche: Tranche, order: PaymentOrder, account: Account | None) -> None:
    if order.made_by_id in (tranche.requested_by_id, tranche.approved_by_id, tranche.first_approved_by_id):
        raise refuse(
            "three_people", _("You asked for or approved this: a third person orders the payment, whatever roles you hold.")
        )
    if account is None or account.checked_at is None:
        raise refuse("no_account", _("No account is written down."))
    key = key_of(tranche)
    tranche.order_payment(at=order.made_at, by=order.made_by_id, on=clock.today(), order=order, account=account, key=key)
    _says(tranche)
    tranche.says(order=order.pk, key=key, account=account.pk)


def order_payment(tranche: Tranche, *, by: Any, **facts: Any) -> PaymentOrder:
    """Order the payment of one tranche alone: an order with one line."""
    return make_payment_order([tranche], by=by, **facts)


# ——— paid, or come back ———


def confirm_payment(
    tranche: Tranche,
    *,
    by: Any,
    line: StatementLine | None = None,
    receipt: Document | None = None,
    amount: int | None = None,
    currency: str = "",
    on: dt.date | None = None,
    rate: Decimal | None = None,
    rate_source: str = "",
    version: int | None = None,
) -> Tranche:
    """Say that it was paid, because a line of a statement or a signed receipt says so. A file that was downloaded says nothing.

    The payment keeps its own amount, currency and day; in another currency than the contract's also the rate (units of it for one
    of the contract's) and its source. A gain or loss on the rate is a line of its own, and never the person's. Refuses an amount
    that is not the tranche's, a line that is used already, and a day that is ahead, closed, or before the order.
    """
    if (line is None) == (receipt is None):
        raise refuse("no_proof", _("A line of a statement or a signed receipt says that it was paid: name one of them."))
    with act(tranche, "grants.confirm_payment", by=by, version=version) as tranche:
        contract, order = tranche.contract, tranche.order
        if line is not None:
            paid, money, day = -line.amount, line.currency, on or line.booked_on
            if line.payment_key and line.payment_key != tranche.payment_key:
                raise refuse("another_key", _("This line bears the key of another payment."))
        else:
            paid, money, day = tranche.amount if amount is None else amount, currency or contract.currency, on or clock.today()
        _on_a_day(tranche, day, order)
        exchange = _exchange(tranche, paid, money, rate, rate_source)
        if receipt is not None:
            _of_the_case(tranche, receipt)
        proof = f"line:{line.pk}" if line is not None else f"receipt:{receipt.pk}"  # type: ignore[union-attr]
        if line is not None:
            _use(line, tranche)
        rows = [
            entry(contract, EntryKind.PAID, tranche.amount, by=by, key=f"paid:{tranche.payment_key}", tranche=tranche, dated=day)
        ]
        if exchange:
            key = f"exchange:{tranche.payment_key}"
            rows.append(entry(contract, EntryKind.EXCHANGE, exchange, by=by, key=key, tranche=tranche, dated=day))
        tranche.adds(*rows)
        tranche.confirm_payment(
            on=day,
            amount=paid,
            currency=money,
            rate=rate if money != contract.currency else None,
            rate_source=rate_source if money != contract.currency else "",
            proof=proof,
            since=clock.today(),
        )
        _says(tranche)
        tranche.says(
            case=contract.case_id,
            kind=contract.kind,
            paid_on=day,
            paid=paid,
            paid_currency=money,
            exchange=exchange,
            key=tranche.payment_key,
            proof=proof,
        )
    return tranche


def _on_a_day(tranche: Tranche, day: dt.date, order: PaymentOrder | None) -> None:
    if day > clock.today():
        raise refuse("ahead", _("This day lies ahead."))
    if order is not None and day < timezone.localtime(order.made_at).date():
        raise refuse("before_order", _("It was ordered after this day."))
    if closed := list(against_a_closed_day(tranche.contract.case.programme_id, day)):
        raise Refused(closed)


def _exchange(tranche: Tranche, paid: int, money: str, rate: Decimal | None, source: str) -> int:
    contract = tranche.contract
    asked, currency = tranche.amount, contract.currency
    if money == currency:
        if paid != asked:
            raise refuse(
                "another_amount",
                _("The tranche is %(asked)s, and %(paid)s was paid. What the bank charges is a cost of its own; otherwise ask it.")
                % {"asked": in_money(asked, currency), "paid": in_money(paid, money)},
            )
        return 0
    if rate is None or rate <= 0 or not source.strip():
        raise refuse("no_rate", _("It was paid in another currency: say at what rate, and where the rate is from."))
    value = ledger.worth(paid, rate, paid_places=decimals(money), places=decimals(currency))
    if abs(value - asked) * TENTH > asked:
        raise refuse(
            "rate_far_off",
            _("At this rate it is worth %(worth)s, and the tranche is %(asked)s: look at the amount and at the rate again.")
            % {"worth": in_money(value, currency), "asked": in_money(asked, currency)},
        )
    return asked - value


def _use(line: StatementLine, tranche: Tranche) -> None:
    if not StatementLine.objects.unmatched().filter(pk=line.pk).update(tranche=tranche):
        raise refuse("line_used", _("This line of the statement says what it is already."))


def bounce(tranche: Tranche, *, by: Any, reason: str, line: StatementLine | None = None, version: int | None = None) -> Tranche:
    """Write down that the bank sent the money back, before or after its statement said that it left.

    A payment that was confirmed is taken back by a new line of today. Nobody pays it again before the account was looked at.
    Refuses without what the bank says, and a line that is not the return of this amount.
    """
    if not reason.strip():
        raise refuse("reason", _("Write down what the bank says."))
    with act(tranche, "grants.bounce", by=by, version=version, note=reason) as tranche:
        if line is not None:
            if (line.amount, line.currency) != (
                tranche.paid_amount or tranche.amount,
                tranche.paid_currency or tranche.contract.currency,
            ):
                raise refuse("another_amount", _("This line is not the return of this payment."))
            _use(line, tranche)
        was_paid = tranche.paid_on is not None
        if was_paid:
            tranche.adds(*_taken_back(tranche, by))
        tranche.says(key=tranche.payment_key, was_paid=was_paid, case=tranche.contract.case_id)
        tranche.bounce(on=clock.today())
        _says(tranche)
    return tranche


def _taken_back(tranche: Tranche, by: Any) -> list[Entry]:
    booked = tranche.entries.filter(key__in=[f"paid:{tranche.payment_key}", f"exchange:{tranche.payment_key}"], corrections=None)
    return [
        entry(tranche.contract, one.kind, -one.amount, by=by, key=f"corrects:{one.pk}", tranche=tranche, corrects=one)
        for one in booked
    ]


def order_again(tranche: Tranche, *, by: Any, version: int | None = None) -> Tranche:
    """Let a payment that came back be ordered again, under a new key. Refuses without a checked account."""
    with act(tranche, "grants.order_again", by=by, version=version) as tranche:
        tranche.order_again(on=clock.today())
        _says(tranche)
    return tranche


# ——— accounting ———


def add_receipt(
    tranche: Tranche,
    *,
    by: Any,
    document: Document,
    amount: int,
    evidence: Evidence | None = None,
    what: str = "",
    version: int | None = None,
) -> Evidence:
    """Add a receipt for what was paid, with its amount; `evidence` names what it was promised for.

    Refuses a paper of another case, and one that is a receipt of this tranche already.
    """
    if amount <= 0:
        raise refuse("amount", _("The amount is above zero."))
    with act(tranche, "grants.add_receipt", by=by, version=version) as tranche:
        _of_the_case(tranche, document)
        if evidence is not None and (evidence.tranche_id != tranche.pk or not evidence.after_payment or evidence.given_at):
            raise refuse("evidence", _("This receipt is not asked for, or it is here already."))
        if tranche.evidence.filter(document=document, after_payment=True).exists():
            raise refuse("twice", _("This paper is a receipt of this tranche already."))
        receipt = evidence or Evidence(tranche=tranche, after_payment=True, position=99, what=(what or str(document))[:200])
        receipt.document, receipt.amount = document, amount
        receipt.given_at, receipt.given_by_id = clock.now(), author(by)
        receipt.save()
        tranche.says(evidence=receipt.pk, document=document.pk, amount=amount)
    return receipt


def account_for(tranche: Tranche, *, by: Any, reason: str = "", version: int | None = None) -> Tranche:
    """Say that the receipts are there and were looked at.

    Refuses while one is missing, and, where they come to less than was paid, without the reason in words.
    """
    with act(tranche, "grants.account_for", by=by, version=version, note=reason) as tranche:
        contract = tranche.contract
        amounts = [one.amount for one in tranche.evidence.filter(after_payment=True, given_at__isnull=False) if one.amount]
        shown = sum(amounts) if amounts else tranche.amount
        if shown < tranche.amount and not reason.strip():
            raise refuse(
                "short",
                _("The receipts come to %(shown)s of %(paid)s: add the others, or say why that is right.")
                % {"shown": in_money(shown, contract.currency), "paid": in_money(tranche.amount, contract.currency)},
            )
        tranche.adds(
            entry(contract, EntryKind.ACCOUNTED, shown, by=by, key=f"accounted:{tranche.payment_key}", tranche=tranche)
        )  # fmt: skip
        tranche.account_for(on=clock.today())
        _says(tranche)
        tranche.says(shown=shown)
    return tranche
