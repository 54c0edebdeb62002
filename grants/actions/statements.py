"""Statements of the bank: read in once, matched to what was ordered, the rest listed until somebody says what it is."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.actions.authorship import author, refuse
from grants import statements
from grants.actions.tranches import bounce, confirm_payment
from grants.models import Statement, StatementLine, Tranche
from grants.periods import closed_until
from grants.states import LineIs, TrancheState
from workflows import clock
from workflows.acting import NotYours, Refused, act

WHY: dict[str, Any] = {
    "too_large": gettext_lazy("The file is larger than 5 MB."),
    "too_many": gettext_lazy("The file has more than 5,000 lines: read it in by the month."),
    "empty": gettext_lazy("There is no line in the file."),
    "no_text": gettext_lazy("This is no text: export the statement as CSV or camt.053."),
    "xml": gettext_lazy("This XML cannot be read safely: export the statement again as CSV or camt.053."),
    "no_statement": gettext_lazy("This XML is no statement of the kind camt.053."),
    "headings": gettext_lazy("The first line must name a date and an amount, or a debit and a credit."),
    "broken": gettext_lazy("The file is broken."),
    "currency": gettext_lazy("Line %(where)s names no currency."),
    "amount": gettext_lazy("The amount of line %(where)s cannot be read."),
    "date": gettext_lazy("The day of line %(where)s cannot be read."),
}


def read_lines(data: bytes, currency: str) -> list[statements.Line]:
    """The lines of the file. Raises Refused in words where it is no statement."""
    try:
        return statements.read(data, currency)
    except statements.Unreadable as wrong:
        raise refuse(wrong.code, WHY[wrong.code] % {"where": wrong.where}) from wrong


@dataclass(frozen=True)
class Proposed:
    """What a line would do: pay or return this tranche; nothing, because it is here already; or nothing that is known."""

    line: statements.Line
    tranche: Tranche | None = None
    known: bool = False

    @property
    def pays(self) -> bool:
        """Whether it proves the payment: the key of an order, its very amount, in its currency."""
        one = self.tranche
        if one is None or one.state != TrancheState.ORDERED:
            return False
        return (self.line.amount, self.line.currency) == (-one.amount, one.contract.currency)

    @property
    def sends_back(self) -> bool:
        """Whether it is the return of a payment."""
        one = self.tranche
        return one is not None and self.line.amount == one.amount and one.state in (TrancheState.ORDERED, TrancheState.PAID)


def proposals(lines: Iterable[statements.Line], tranches: Any) -> list[Proposed]:
    """What each line would do, before anything is read in; `tranches` are those that the reader may see."""
    rows = list(lines)
    waiting = {one.payment_key: one for one in tranches.filter(payment_key__in={line.key for line in rows if line.key})}
    there = {
        (one.bank_reference, one.booked_on, one.amount)
        for one in StatementLine.objects.filter(bank_reference__in=[line.reference for line in rows])
    }
    return [
        Proposed(line, waiting.get(line.key), (line.reference, line.booked_on, line.amount) in there)
        for line in rows
    ]  # fmt: skip


def import_statement(*, by: Any, programme: Any, office: Any, name: str, data: bytes) -> Statement:
    """Read in a statement and confirm what it proves: each line that bears the key of an ordered payment and its very amount.

    The same statement twice changes nothing, and a line that stood in another statement is not taken twice. What fits nothing is
    listed until somebody says what it is. Refuses a file that is no statement.
    """
    digest = hashlib.sha256(data).hexdigest()
    statement = Statement.objects.filter(digest=digest).first()
    if statement is None:
        statement = _read_in(by, programme, office, name, digest, read_lines(data, programme.currency))
    settle_lines(statement, by=by)
    return statement


def _read_in(by: Any, programme: Any, office: Any, name: str, digest: str, lines: list[statements.Line]) -> Statement:
    there = {
        (one.bank_reference, one.booked_on, one.amount)
        for one in StatementLine.objects.filter(bank_reference__in=[line.reference for line in lines])
    }
    new = [line for line in lines if (line.reference, line.booked_on, line.amount) not in there]
    statement = Statement(
        programme=programme, office=office, name=name[:120], digest=digest, imported_at=clock.now(), imported_by_id=author(by)
    )
    try:
        with transaction.atomic(), act(statement, "grants.import_statement", by=by) as statement:
            statement.adds(
                *(
                    StatementLine(
                        statement=statement,
                        position=position,
                        bank_reference=line.reference,
                        booked_on=line.booked_on,
                        amount=line.amount,
                        currency=line.currency,
                        payment_key=line.key,
                        text=line.text,
                    )
                    for position, line in enumerate(new, 1)
                )
            )
            statement.says(programme=programme.pk, lines=len(new), known=len(lines) - len(new), digest=digest)
    except IntegrityError:
        # Somebody read the same lines in at the same moment: theirs are there.
        found = Statement.objects.filter(digest=digest).first()
        if found is None:
            raise refuse("again", _("Somebody reads in a statement with the same lines right now: do it again.")) from None
        return found
    return statement


def settle_lines(statement: Statement, *, by: Any) -> int:
    """Confirm every payment, and note every return, that an unmatched line of the statement proves; how many.

    Each is a transaction of its own: what breaks off in the middle goes on from there when it is done again.
    """
    settled = 0
    for line in statement.lines.unmatched().exclude(payment_key=""):
        tranche = Tranche.objects.filter(payment_key=line.payment_key, contract__case__programme=statement.programme_id).first()
        if tranche is None:
            continue
        try:
            if line.amount < 0 and tranche.state == TrancheState.ORDERED:
                confirm_payment(tranche, by=by, line=line, on=_open_day(statement, line))
            elif line.amount > 0 and tranche.state in (TrancheState.ORDERED, TrancheState.PAID):
                bounce(tranche, by=by, line=line, reason=_("The statement of the bank says so."))
            else:
                continue
        except (Refused, NotYours):
            continue
        settled += 1
    return settled


def _open_day(statement: Statement, line: StatementLine) -> Any:
    """The day of the bank; where that is closed already, today: a closed period gets no new line."""
    until = closed_until(statement.programme_id)
    return clock.today() if until and line.booked_on <= until else line.booked_on


def match_line(
    statement: Statement,
    *,
    by: Any,
    line: StatementLine,
    tranche: Tranche | None = None,
    rate: Decimal | None = None,
    rate_source: str = "",
    explained: str = "",
    version: int | None = None,
) -> StatementLine:
    """Say what an unmatched line is: the payment or the return of a tranche, or something that is no payment of ours.

    Refuses both or neither, a line of another statement, and one that says what it is already.
    """
    if (tranche is None) == (not explained):
        raise refuse("one_of_both", _("Say which payment it is, or what else: one of the two."))
    if line.statement_id != statement.pk:
        raise refuse("another_statement", _("This line stands in another statement."))
    if tranche is not None:
        if line.amount > 0:
            bounce(tranche, by=by, line=line, reason=_("The statement of the bank says so."))
        else:
            confirm_payment(tranche, by=by, line=line, on=_open_day(statement, line), rate=rate, rate_source=rate_source)
    else:
        with act(statement, "grants.match_line", by=by, version=version) as statement:
            if not StatementLine.objects.unmatched().filter(pk=line.pk).update(explained=str(LineIs(explained))):
                raise refuse("line_used", _("This line of the statement says what it is already."))
            statement.says(line=line.pk, explained=explained)
    line.refresh_from_db()
    return line
