"""Promise 5.2: who withdraws from the follow-up keeps plan, supports, costs, first aid, and every payment on its day."""

import datetime as dt
from typing import Any

import pytest

from casework.actions import people, plan, support
from casework.models import Case, Cost, FirstAid, Plan, PlanLine, Promise
from grants.actions import tranches
from grants.models import Contract, Entry, Evidence, Tranche
from tests import factories
from tests.grants import purse, stage
from tests.monitoring.asking import rounds_of
from workflows import jobs
from workflows.acting import options

pytestmark = pytest.mark.django_db

FOLLOWED = ("monitoring.call", "monitoring.ask_permission")


def supports(case: Case) -> dict[str, Any]:
    """Every row that gives the person something, and what the office may do next for them."""
    of_case = {"case": case}
    return {
        "plans": list(Plan.objects.filter(**of_case).order_by("pk").values()),
        "lines": list(PlanLine.objects.filter(plan__case=case).order_by("pk").values()),
        "promises": list(Promise.objects.filter(plan__case=case).order_by("pk").values()),
        "costs": list(Cost.objects.filter(**of_case).order_by("pk").values()),
        "first aid": list(FirstAid.objects.filter(**of_case).order_by("pk").values()),
        "file": Case.objects.filter(pk=case.pk).values("state", "path", "caseworker", "outcome", "closed_at").get(),
        "verbs": [
            (one.verb, one.status, [blocker.code for blocker in one.blockers])
            for one in options(factories.again(case), factories.user("boris"))
        ],
    }


@pytest.fixture
def helped(clock: Any) -> Case:
    """At work, with a plan of money, a cost, first aid, and a yes to being asked."""
    case, amina = factories.case_at("placed"), factories.user("amina")
    people.record_consent(case.person, by=amina, answers={"follow_up": "yes"}, case=case)
    support.give_first_aid(factories.again(case), by=amina, kind="food", amount=50_00, receipt="7")
    support.book_cost(factories.again(case), by=amina, category="transport", amount=12_00)
    jobs.drain()
    return factories.again(case)


def test_nothing_that_was_promised_given_or_booked_changes(helped: Case, clock: Any) -> None:
    before = supports(helped)

    people.withdraw_consent(helped.person, by=helped.caseworker, purpose="follow_up")
    jobs.drain()

    assert supports(helped) == before
    assert {one.state for one in rounds_of(helped).values()} <= {"stopped", "waived"}


def test_what_is_given_afterwards_is_given_as_before(helped: Case, clock: Any) -> None:
    people.withdraw_consent(helped.person, by=helped.caseworker, purpose="follow_up")
    jobs.drain()
    clock.set(dt.datetime(2026, 3, 20, 10))

    aid = support.give_first_aid(factories.again(helped), by=helped.caseworker, kind="food", amount=50_00, receipt="8")
    cost = support.book_cost(factories.again(helped), by=helped.caseworker, category="transport", amount=12_00)
    promise = Promise.objects.filter(plan__case=helped).open().first()
    plan.keep_promise(promise, by=helped.caseworker)

    assert (aid.amount, cost.amount) == (50_00, 12_00)


def test_taking_back_is_as_easy_as_saying_yes(client: Any, helped: Case, clock: Any) -> None:
    client.force_login(helped.caseworker)
    where = f"/people/{helped.person_id}/withdraw-consent/"
    page = client.get(where).content.decode()
    assert "No help and no money is stopped, late or smaller." in page

    said = {"permission": "follow_up", "how": "phone", "withdrawn_on": "2026-03-02"}
    answer = client.post(where, said | {"version": helped.person.version})

    assert (answer.status_code, answer.url) == (302, helped.get_absolute_url())
    assert helped.person.consents.filter(purpose="follow_up").first().withdrawn_on == dt.date(2026, 3, 2)


# ——— money ———


def money(case: Case) -> dict[str, Any]:
    """Every row of the money of a case, and what everybody may do next about it."""
    return {
        "contracts": list(Contract.objects.filter(case=case).order_by("pk").values()),
        "tranches": list(Tranche.objects.filter(contract__case=case).order_by("pk").values()),
        "evidence": list(Evidence.objects.filter(tranche__contract__case=case).order_by("pk").values()),
        "lines": list(Entry.objects.filter(contract__case=case).order_by("pk").values()),
        "verbs": [
            (one.verb, one.status, [blocker.code for blocker in one.blockers])
            for tranche in Tranche.objects.filter(contract__case=case).order_by("pk")
            for name in ("amina", "hana", "dana")
            for one in options(tranche, factories.user(name))
        ],
    }


@pytest.mark.parametrize("state", ["planned", "requested", "approved", "ordered", "paid"])
def test_no_payment_is_stopped_late_or_smaller(state: str, clock: Any) -> None:
    case = stage.candidate()
    people.record_consent(case.person, by=case.caseworker, answers={"follow_up": "yes"}, case=case)
    tranche = purse.tranche_at(state, purse.supported(factories.again(case)))
    jobs.drain()
    before = money(case)

    people.withdraw_consent(case.person, by=case.caseworker, purpose="follow_up")
    jobs.drain()

    assert money(case) == before
    assert tranche.contract.case_id == case.pk


def test_who_withdrew_is_paid_on_the_same_way_as_everybody(clock: Any) -> None:
    case = stage.candidate()
    people.record_consent(case.person, by=case.caseworker, answers={"follow_up": "no"}, case=case)
    paid = purse.paid(purse.first_of(purse.supported(factories.again(case))))
    assert (paid.paid_amount, paid.paid_on, paid.state_since) == (300_00, paid.contract.signed_on, paid.contract.signed_on)
    tranches.account_for(paid, by=factories.user("hana"))
