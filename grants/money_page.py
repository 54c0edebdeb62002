"""What the pages of money show: what waits for whom, and one contract whole. Read once for a whole page."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from accounts.scope import scope_of
from grants import ledger, payment_files
from grants.actions.accounts import iban_holds, is_iban
from grants.books import Book, book_of
from grants.models import Account, Contract, PaymentOrder, Statement, Tranche
from grants.states import TrancheState
from workflows.acting import Option, open_proposals, options

MOST = 200
"""A list shows so many at most; the rest is said."""


@dataclass(frozen=True)
class Waiting:
    """A list of what waits: its name for the address, its heading, its rows."""

    name: str
    rows: list[Tranche]
    more: bool = False


@dataclass(frozen=True)
class Part:
    """One tranche on the page of its contract."""

    tranche: Tranche
    evidence: list[Any]
    options: list[Option]

    @property
    def blocked(self) -> list[Option]:
        """What cannot be done yet, with what is missing."""
        return [one for one in self.options if one.status == "blocked"]


def who(contract: Contract, user: Any) -> str:
    """The name of the person, where the reader reads names there; else "" and the reference stands alone."""
    names = scope_of(user).reads_where("names")
    return contract.case.person.name if contract.office_id in names or contract.case.office_id in names else ""


def waiting_of(user: Any) -> dict[str, Waiting]:
    """The tranches that somebody has to move on, by what is next for them."""
    rows: QuerySet[Tranche] = (
        Tranche.objects.visible_to(user)
        .select_related("contract__case__person", "contract__case__programme", "contract__employer", "order")
        .order_by("state_since", "pk")
    )
    found = {}
    for name, state in (
        ("to_approve", TrancheState.REQUESTED),
        ("to_order", TrancheState.APPROVED),
        ("to_confirm", TrancheState.ORDERED),
        ("came_back", TrancheState.BOUNCED),
        ("to_account", TrancheState.PAID),
    ):
        some = list(rows.filter(state=state)[: MOST + 1])
        found[name] = Waiting(name, some[:MOST], more=len(some) > MOST)
    names = scope_of(user).reads_where("names")
    for each in found.values():
        for one in each.rows:
            contract = one.contract
            one.who = contract.case.person.name if contract.office_id in names or contract.case.office_id in names else ""  # type: ignore[attr-defined]
    return found


def accounts_to_call(user: Any) -> list[Account]:
    """Accounts in force that nobody has confirmed; those that money waits for first."""
    waits = Q(case__contracts__tranches__state__in=[TrancheState.REQUESTED, TrancheState.APPROVED])
    rows = Account.objects.visible_to(user).in_force().filter(checked_at=None).select_related("case__person", "contract")
    return list(rows.annotate(waiting=Count("case__contracts__tranches", filter=waits)).order_by("-waiting", "written_at")[:MOST])


def statements_with_open_lines(user: Any) -> list[Statement]:
    """Statements of which a line is not explained yet."""
    unmatched = Count("lines", filter=Q(lines__tranche=None, lines__explained=""))
    return list(Statement.objects.visible_to(user).annotate(unmatched=unmatched).filter(unmatched__gt=0)[:MOST])


def parts_of(contract: Contract, user: Any) -> list[Part]:
    """The tranches of a contract, each with its evidence and what may be done next."""
    rows = contract.tranches.select_related("contract__case", "order").prefetch_related("evidence__document").order_by("number")
    return [
        Part(one, list(one.evidence.all()), [each for each in options(one, user) if each.status != "not_yours"]) for one in rows
    ]


def offered(contract: Contract, book: Book, user: Any) -> list[Option]:
    """The verbs of a contract that mean something now: nothing to lift where nothing is suspended, nothing to waive or sign of
    a recovery that nobody proposed."""
    pointless = {"lift_suspension"} if contract.suspended_on is None else {"suspend_contract"}
    found = [one for one in options(contract, user) if one.status != "not_yours"]
    if not any(one.what == "record_recovery" for one in open_proposals(contract)):
        pointless.add("record_recovery")
        if not book.balance.recovered:
            pointless.add("waive_recovery")
    if not book.balance.paid:
        pointless.add("propose_recovery")
    return [one for one in found if one.name not in pointless]


def rounding_of(contract: Contract) -> int:
    """What rounding adds to the last tranche of an award, in minor units; 0 for a support."""
    return ledger.rounding(contract.amount, contract.pitch.call.split) if contract.pitch_id and contract.pitch else 0


def book(contract: Contract) -> Book:
    """The contract by its ledger."""
    return book_of(contract)


def order_as_data(order: PaymentOrder) -> payment_files.Order:
    """The order as the files of banks are written from."""
    rows = order.tranches.select_related("contract", "account").order_by("payment_key")
    payees = [
        payment_files.Payee(
            key=one.payment_key or "",
            name=one.account.holder,
            account=one.account.number,
            amount=one.amount,
            bic=one.account.bic,
            bank=one.account.bank,
            iban=is_iban(one.account.number) and iban_holds(one.account.number),
        )
        for one in rows
        if one.account is not None
    ]
    return payment_files.Order(
        number=order.number,
        made_at=order.made_at,
        execute_on=order.execute_on,
        currency=order.currency,
        payer=order.payer_name,
        payer_account=order.payer_account,
        payees=payees,
        payer_bic=order.payer_bic,
        payer_iban=is_iban(order.payer_account) and iban_holds(order.payer_account),
    )
