"""The ledger of one promise of money: what of it was paid, kept, recovered, given up, and what is open. Plain data, no database.

    awarded = kept + recovered + open + cancelled,   kept = paid − recovered

holds after every step. What is awarded, paid, recovered and cancelled is read from the lines, what is open from the states of the
tranches: so a line without its tranche, or a tranche without its line, shows. Nothing is clamped: a recovery beyond what was paid
leaves `kept` below zero and carries over to what is paid next. Amounts are minor units of the contract's currency.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from grants.states import OPEN_TRANCHE, PAID_TRANCHE, EntryKind, TrancheState

HUNDRED = 100


@dataclass(frozen=True)
class Line:
    """One line: its kind, its amount (below zero where it takes an earlier line back), the tranche it belongs to."""

    kind: str
    amount: int
    tranche: Hashable = None


@dataclass(frozen=True)
class Part:
    """One tranche as it stands."""

    key: Hashable
    number: int
    state: str
    amount: int


@dataclass(frozen=True)
class Balance:
    """One contract at one moment."""

    awarded: int = 0
    paid: int = 0
    recovered: int = 0
    cancelled: int = 0
    open: int = 0
    accounted: int = 0
    exchange: int = 0
    """Gain (above zero) or loss on the rate of the payments: the programme's, never the returnee's."""

    @property
    def kept(self) -> int:
        """What was paid and not recovered."""
        return self.paid - self.recovered

    @property
    def out_by(self) -> int:
        """By how much the identity fails; 0 where it holds."""
        return self.awarded - (self.kept + self.recovered + self.open + self.cancelled)

    def as_dict(self) -> dict[str, int]:
        """For the command and the pages, with what is kept."""
        return {**asdict(self), "kept": self.kept}

    def __add__(self, other: "Balance") -> "Balance":
        mine, theirs = asdict(self), asdict(other)
        return Balance(**{name: mine[name] + theirs[name] for name in mine})


@dataclass(frozen=True)
class Fault:
    """Where lines and tranches say different things."""

    code: str
    number: int | None
    """The tranche; None where the contract as a whole is wrong."""
    said: int
    found: int

    def __str__(self) -> str:
        place = f"tranche {self.number}" if self.number is not None else "contract"
        return f"{place}: {self.code}: {self.said} said, {self.found} found"


def balance(lines: Iterable[Line], parts: Iterable[Part]) -> Balance:
    """The contract by its lines and its tranches."""
    sums: dict[str, int] = defaultdict(int)
    for line in lines:
        sums[str(line.kind)] += line.amount
    waiting = sum(part.amount for part in parts if part.state in OPEN_TRANCHE)
    return Balance(open=waiting, **{kind.value: sums[kind.value] for kind in EntryKind})


def faults(promised: int, lines: Sequence[Line], parts: Sequence[Part]) -> Iterator[Fault]:
    """Whatever does not agree, tranche by tranche and then the whole; nothing where the ledger is right."""
    of: dict[tuple[Hashable, str], int] = defaultdict(int)
    for line in lines:
        of[line.tranche, str(line.kind)] += line.amount
    known = {part.key for part in parts}
    for part in parts:
        paid = part.amount if part.state in PAID_TRANCHE else 0
        given_up = part.amount if part.state == TrancheState.CANCELLED else 0
        for kind, said in ((EntryKind.PAID, paid), (EntryKind.CANCELLED, given_up)):
            if (found := of[part.key, kind.value]) != said:
                yield Fault(f"{kind.value} is not what its state says", part.number, said, found)
        if part.state != TrancheState.ACCOUNTED and (accounted := of[part.key, EntryKind.ACCOUNTED.value]):
            yield Fault("accounted is not what its state says", part.number, 0, accounted)
    for (key, booked), amount in of.items():
        if booked in (EntryKind.PAID, EntryKind.CANCELLED) and key not in known and amount:
            yield Fault(f"{booked} without a tranche", None, 0, amount)
    now = balance(lines, parts)
    if now.awarded != promised:
        yield Fault("awarded is not what the contract promises", None, promised, now.awarded)
    if (together := sum(part.amount for part in parts)) != promised:
        yield Fault("tranches do not add up to the contract", None, promised, together)
    if now.out_by:
        yield Fault("awarded is not kept + recovered + open + cancelled", None, now.awarded, now.awarded - now.out_by)


def split(amount: int, percents: Sequence[int]) -> list[int]:
    """`amount` in tranches of so many percent, in whole minor units; what rounding leaves over goes to the last.

    70 and 30 percent of 4,792.00 are 3,354.40 and 1,437.60. Raises ValueError for percentages that are not 100 together.
    """
    if sum(percents) != HUNDRED or not all(part > 0 for part in percents):
        raise ValueError("Percentages above zero that add up to 100.")
    parts = [amount * percent // HUNDRED for percent in percents[:-1]]
    return [*parts, amount - sum(parts)]


def rounding(amount: int, percents: Sequence[int]) -> int:
    """What rounding adds to the last tranche, in minor units: said where the tranches are shown."""
    return split(amount, percents)[-1] - amount * percents[-1] // HUNDRED


def worth(paid: int, rate: Decimal, *, paid_places: int, places: int) -> int:
    """What was paid in another currency, in minor units of the contract's. `rate`: units of that currency for one of this."""
    if rate <= 0:
        raise ValueError("A rate is above zero.")
    amount = Decimal(paid).scaleb(-paid_places) / rate
    return int(amount.scaleb(places).to_integral_value(ROUND_HALF_UP))


def lines_of(entries: Iterable[Any]) -> list[Line]:
    """Rows of the table of entries as lines."""
    return [Line(str(one.kind), one.amount, one.tranche_id) for one in entries]


def parts_of(tranches: Iterable[Any]) -> list[Part]:
    """Rows of the table of tranches as parts."""
    return [Part(one.pk, one.number, str(one.state), one.amount) for one in tranches]
