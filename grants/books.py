"""The books as they stand: every contract of a programme by its ledger, and the first line that is not as it should be."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Max, Sum

from casework.models import Programme
from grants import ledger
from grants.models import Call, ClosedPeriod, Contract, Entry, Tranche
from grants.states import PitchState

_AWARDED = (PitchState.AWARDED, PitchState.CONTRACTED, PitchState.COMPLETED, PitchState.TERMINATED)
_BATCH = 200


@dataclass(frozen=True)
class Book:
    """One contract with its tranches and its balance."""

    contract: Contract
    tranches: tuple[Tranche, ...]
    balance: ledger.Balance
    faults: tuple[ledger.Fault, ...]


def books_of(contracts: Any) -> Iterator[Book]:
    """Each contract of the rows with its balance: three queries for every two hundred."""
    keys = list(contracts.order_by("signed_on", "pk").values_list("pk", flat=True))
    for start in range(0, len(keys), _BATCH):
        batch = keys[start : start + _BATCH]
        rows = Contract._base_manager.in_bulk(batch)
        parts: dict[Any, list[Tranche]] = defaultdict(list)
        for tranche in Tranche._base_manager.filter(contract__in=batch).order_by("number"):
            parts[tranche.contract_id].append(tranche)
        lines: dict[Any, list[Entry]] = defaultdict(list)
        for one in Entry.objects.filter(contract__in=batch).order_by("pk"):
            lines[one.contract_id].append(one)
        for key in batch:
            yield _book(rows[key], parts[key], lines[key])


def _book(contract: Contract, tranches: Iterable[Tranche], entries: Iterable[Entry]) -> Book:
    found = tuple(tranches)
    lines, parts = ledger.lines_of(entries), ledger.parts_of(found)
    return Book(contract, found, ledger.balance(lines, parts), tuple(ledger.faults(contract.amount, lines, parts)))


def book_of(contract: Contract) -> Book:
    """One contract with its balance."""
    return next(books_of(Contract._base_manager.filter(pk=contract.pk)))


def totals(books: Iterable[Book]) -> dict[str, ledger.Balance]:
    """The sums by currency."""
    sums: dict[str, ledger.Balance] = defaultdict(ledger.Balance)
    for book in books:
        sums[book.contract.currency] += book.balance
    return dict(sums)


def broken_lines(programme: Programme | None = None) -> Iterator[str]:
    """Everything that is not as it should be, in the order of the contracts; nothing where the books are right."""
    contracts = Contract._base_manager.all()
    entries = Entry.objects.all()
    calls = Call._base_manager.all()
    periods = ClosedPeriod.objects.closed()
    if programme is not None:
        contracts, entries = contracts.filter(case__programme=programme), entries.filter(contract__case__programme=programme)
        calls, periods = calls.filter(programme=programme), periods.filter(programme=programme)
    for book in books_of(contracts):
        for fault in book.faults:
            yield f"contract {book.contract.pk} {fault}"
    for key, number in entries.values_list("key").annotate(n=Count("pk")).filter(n__gt=1).order_by("key"):
        yield f"entry {key}: there {number} times"
    for line in entries.exclude(currency=F("contract__currency")).order_by("pk"):
        yield f"entry {line.key}: in {line.currency}, the contract is in another currency"
    for line in entries.filter(corrects__isnull=False).select_related("corrects").order_by("pk"):
        taken = line.corrects
        if taken is not None and (line.amount, line.contract_id, line.kind) != (-taken.amount, taken.contract_id, taken.kind):
            yield f"entry {line.key}: does not take back what it points to"
    yield from _committed(calls)
    for programme_id, until, closed_at in periods.order_by("until").values_list("programme", "until", "closed_at"):
        late = entries.filter(contract__case__programme=programme_id, dated__lte=until, booked_at__gt=closed_at).order_by("pk")
        for line in late:
            yield f"entry {line.key}: dated {line.dated}, booked after the period to {until} was closed"


def _committed(calls: Any) -> Iterator[str]:
    for call in calls.order_by("pk"):
        awarded = call.pitches.filter(state__in=_AWARDED).aggregate(sum=Sum("amount"))["sum"] or 0
        if awarded != call.committed:
            yield f"call {call.pk}: committed {call.committed}, awards come to {awarded}"


def last_closed(programme: Programme) -> Any:
    """The last closed day, for the head of a report."""
    return ClosedPeriod.objects.closed().filter(programme=programme).aggregate(last=Max("until"))["last"]
