"""What a programme promised, paid, recovered and has open: manage.py ledger --programme CODE --format json."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from casework.models import Programme
from casework.rules import decimals, in_money
from grants.books import Book, books_of, last_closed, totals
from grants.models import Contract
from workflows import clock


class Command(BaseCommand):
    help = "The ledger of a programme: awarded = kept + recovered + open + cancelled. Amounts are minor units; nobody is named."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--programme", required=True, metavar="CODE")
        parser.add_argument("--format", choices=["json", "text"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        programme = Programme.objects.filter(code=options["programme"]).first()
        if programme is None:
            raise CommandError(f"There is no programme {options['programme']}.")
        books = list(books_of(Contract._base_manager.filter(case__programme=programme)))
        sums = totals(books)
        if options["format"] == "json":
            closed = last_closed(programme)
            answer = {
                "programme": programme.code,
                "as_of": clock.now().isoformat(),
                "closed_until": closed.isoformat() if closed else None,
                "contracts": [self.contract(book) for book in books],
                "totals": {money: {"decimals": decimals(money), **balance.as_dict()} for money, balance in sorted(sums.items())},
            }
            self.stdout.write(json.dumps(answer, indent=2))
            return
        for book in books:
            self.stdout.write(f"{book.contract.pk}  {book.contract.kind:<14} {self.line(book.balance, book.contract.currency)}")
        for money, balance in sorted(sums.items()):
            self.stdout.write(f"all in {money}: {self.line(balance, money)}")

    def contract(self, book: Book) -> dict[str, Any]:
        """One contract for the machine."""
        contract = book.contract
        return {
            "contract": str(contract.pk),
            "kind": contract.kind,
            "case": str(contract.case_id),
            "pitch": str(contract.pitch_id) if contract.pitch_id else None,
            "currency": contract.currency,
            "decimals": decimals(contract.currency),
            **book.balance.as_dict(),
            "holds": not book.faults,
            "tranches": [
                {
                    "number": one.number,
                    "state": str(one.state),
                    "amount": one.amount,
                    "paid_on": one.paid_on.isoformat() if one.paid_on else None,
                    "paid_amount": one.paid_amount,
                    "paid_currency": one.paid_currency,
                    "rate": str(one.rate) if one.rate is not None else None,
                    "rate_source": one.rate_source,
                    "payment_key": one.payment_key,
                }
                for one in book.tranches
            ],
        }

    def line(self, balance: Any, money: str) -> str:
        """One line for people."""
        said = balance.as_dict()
        return " · ".join(f"{name} {in_money(said[name], money)}" for name in ("awarded", "kept", "recovered", "open", "cancelled"))
