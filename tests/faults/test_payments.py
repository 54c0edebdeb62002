"""One tranche and many who pay it: twenty at once, a worker killed on the way, a statement read in twice at the same moment."""

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from grants.actions import statements, tranches
from grants.books import book_of, broken_lines
from grants.models import Entry, PaymentOrder, StatementLine
from grants.states import TrancheState
from tests import factories
from tests.faults.ground import dies_at
from tests.grants import purse
from tests.grants.stage import again
from workflows import chain
from workflows.acting import Refused

THREADS = 20


def at_once(work: Callable[[int], str]) -> Counter[str]:
    """Let `work` run in twenty threads that start together; what each of them said."""
    gate, said = threading.Barrier(THREADS), Counter[str]()
    lock = threading.Lock()

    def one(number: int) -> None:
        try:
            gate.wait()
            answer = work(number)
        except Refused as refused:
            answer = ",".join(refused.codes)
        finally:
            connections.close_all()
        with lock:
            said[answer] += 1

    threads = [threading.Thread(target=one, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return said


def payers() -> list[Any]:
    """Twenty people of finance: who pays is not the question, how often is."""
    return [factories.user(f"payer{number}", role="finance") for number in range(THREADS)]


def test_twenty_who_order_one_tranche_order_it_once(ground: str) -> None:
    tranche, people = purse.tranche_at("approved"), payers()

    def press(number: int) -> str:
        tranches.order_payment(tranche, by=people[number])
        return "done"

    assert at_once(press) == {"done": 1, "state": THREADS - 1}
    assert PaymentOrder.objects.count() == 1
    assert again(tranche).attempt == 1
    chain.verify()


def test_twenty_who_confirm_one_payment_pay_it_once(ground: str) -> None:
    tranche, people = purse.tranche_at("ordered"), payers()
    receipt = purse.paper(tranche.contract.case)

    def press(number: int) -> str:
        tranches.confirm_payment(tranche, by=people[number], receipt=receipt)
        return "done"

    assert at_once(press) == {"done": 1, "state": THREADS - 1}
    assert [one.amount for one in Entry.objects.filter(kind="paid")] == [300_00]
    assert book_of(tranche.contract).balance.kept == 300_00
    assert list(broken_lines()) == []
    chain.verify()


def test_twenty_who_read_in_one_statement_read_it_in_once(ground: str) -> None:
    tranche, people = purse.tranche_at("ordered"), payers()
    programme, office = tranche.contract.case.programme, tranche.contract.office
    day = tranche.order.execute_on
    data = f"date,amount,currency,reference,key\n{day},-300.00,EUR,R1,{tranche.payment_key}\n{day},-1.50,EUR,R2,\n".encode()

    def press(number: int) -> str:
        statements.import_statement(by=people[number], programme=programme, office=office, name="May", data=data)
        return "done"

    assert set(at_once(press)) <= {"done", "again"}
    assert StatementLine.objects.count() == 2
    assert again(tranche).state == TrancheState.PAID
    assert Entry.objects.filter(kind="paid").count() == 1
    assert list(broken_lines()) == []


@pytest.mark.parametrize("point", ["act.locked", "act.body_done", "act.saved", "act.written"])
def test_a_worker_killed_while_it_orders_leaves_nothing_and_the_payment_goes_out_once(ground: str, point: str) -> None:
    tranche, dana = purse.tranche_at("approved"), factories.user("dana")

    assert dies_at(point, lambda: tranches.order_payment(tranche, by=dana))

    assert (again(tranche).state, PaymentOrder.objects.count()) == (TrancheState.APPROVED, 0)
    tranches.order_payment(again(tranche), by=dana)
    assert (again(tranche).attempt, PaymentOrder.objects.count()) == (1, 1)
    chain.verify()


@pytest.mark.parametrize("point", ["act.body_done", "act.written", "act.committed"])
def test_a_worker_killed_while_it_confirms_pays_once(ground: str, point: str) -> None:
    tranche, dana = purse.tranche_at("ordered"), factories.user("dana")
    receipt = purse.paper(tranche.contract.case)

    assert dies_at(point, lambda: tranches.confirm_payment(tranche, by=dana, receipt=receipt))

    if point == "act.committed":
        with pytest.raises(Refused) as refused:
            tranches.confirm_payment(again(tranche), by=dana, receipt=receipt)
        assert refused.value.codes == ["state"]
    else:
        assert not Entry.objects.filter(kind="paid").exists()
        tranches.confirm_payment(again(tranche), by=dana, receipt=receipt)
    assert [one.amount for one in Entry.objects.filter(kind="paid")] == [300_00]
    assert list(broken_lines()) == []
    chain.verify()


def test_a_statement_that_broke_off_goes_on_where_it_stopped(ground: str) -> None:
    rows, dana = [purse.tranche_at("ordered") for _one in range(2)], factories.user("dana")
    contract, day = rows[0].contract, rows[0].order.execute_on
    lines = "".join(f"{day},-300.00,EUR,R{number},{one.payment_key}\n" for number, one in enumerate(rows))
    said = {"by": dana, "programme": contract.case.programme, "office": contract.office, "name": "May"}

    def read_in() -> None:
        statements.import_statement(**said, data=f"date,amount,currency,reference,key\n{lines}".encode())

    # The first act reads the lines in; the worker dies right after it.
    assert dies_at("act.committed", read_in)
    assert {again(one).state for one in rows} == {TrancheState.ORDERED}

    read_in()
    assert {again(one).state for one in rows} == {TrancheState.PAID}
    assert (Entry.objects.filter(kind="paid").count(), StatementLine.objects.count()) == (2, 2)
    assert list(broken_lines()) == []
