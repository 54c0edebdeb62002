"""Promise 5.17: a business that failed is no debt. Money is asked back by two people, after hearing, never from a family."""

from typing import Any

import pytest
from django.urls import reverse

from casework.actions import closing
from grants import states
from grants.actions import contracts, ledger
from grants.books import book_of
from grants.models import Entry, Tranche
from tests import factories
from tests.grants import purse
from tests.grants.stage import again
from workflows import clock as clocks
from workflows import jobs
from workflows.acting import Refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_that_a_business_failed_is_among_no_reasons() -> None:
    reasons = {str(label).casefold() for _value, label in states.RecoveryReason.choices}
    assert reasons == {"it was not spent as agreed", "it was paid by mistake", "it was not spent, and the contract was ended"}


def test_ending_the_contract_of_a_failed_shop_asks_nothing_back() -> None:
    contract = purse.signed()
    purse.accounted(purse.first_of(contract))
    contracts.propose_termination(again(contract.pitch), by=factories.user("hana"), reason="The shop failed.")
    contracts.terminate_contract(again(contract.pitch), by=factories.user("gia"))
    jobs.drain()

    assert not Entry.objects.filter(kind="recovered").exists()
    now = book_of(contract).balance
    assert (now.kept, now.recovered, now.cancelled) == (3_354_40, 0, 1_437_60)


def test_a_visit_that_finds_the_shop_shut_takes_nothing_back_and_stops_no_payment_by_itself() -> None:
    contract = purse.signed()
    purse.paid(purse.first_of(contract))
    contracts.record_visit(again(contract), by=factories.user("hana"), words="The shop is shut.", as_agreed=False)
    jobs.drain()

    assert again(contract).suspended_on is None
    assert [one.state for one in Tranche.objects.order_by("number")] == ["paid", "planned"]
    assert not Entry.objects.filter(kind="recovered").exists()


def test_it_takes_two_people_a_hearing_and_a_reason() -> None:
    contract = purse.tranche_at("paid").contract
    said: dict[str, Any] = {"amount": 100_00, "reason": "not_as_agreed", "heard_on": clocks.today(), "words": "She said so."}
    hana, gia = factories.user("hana"), factories.user("gia")
    with pytest.raises(Refused):
        ledger.record_recovery(again(contract), by=gia)
    with pytest.raises(Refused):
        ledger.propose_recovery(again(contract), by=hana, **{**said, "words": ""})
    ledger.propose_recovery(again(contract), by=hana, **said)
    with pytest.raises(Refused) as refused:
        ledger.record_recovery(again(contract), by=hana)
    assert refused.value.codes == ["same_person"]
    ledger.waive_recovery(again(contract), by=gia, reason="Three children and no income.")
    assert not Entry.objects.filter(kind="recovered").exists()


def test_after_a_death_nothing_can_be_asked_back() -> None:
    contract = purse.tranche_at("paid").contract
    closing.record_death(factories.again(contract.case), by=factories.user("amina"), told_by="family", died_on=None)
    with pytest.raises(Refused) as refused:
        ledger.propose_recovery(
            again(contract), by=factories.user("hana"), amount=1_00, reason="unspent", heard_on=clocks.today(), words="The widow."
        )
    assert str(refused.value) == "A death is on record: nothing is asked back from a family."


def test_the_form_says_so_before_anybody_writes(client: Any) -> None:
    contract = purse.tranche_at("paid").contract
    client.force_login(factories.user("hana"))
    page = client.get(reverse("grants:propose_recovery", args=[contract.pk])).content.decode()
    assert "the person is heard first" in page
    assert "Another person decides." in page
