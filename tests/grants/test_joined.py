"""Where money and juries meet the file: the first payment, and why a file does not end while something is open."""

import datetime as dt
from typing import Any

import pytest

from casework.actions import case as way
from casework.actions import closing, transfer
from casework.models import Case
from grants import notices
from grants.actions import pitches, tranches
from grants.models import Contract
from tests import factories as make
from tests.grants import purse, stage
from tests.grants.stage import again
from workflows import clock as now
from workflows import jobs
from workflows.acting import Refused, options
from workflows.models import Event, Task

pytestmark = pytest.mark.django_db


def award(state: str = "start_up") -> Contract:
    """A signed contract of somebody whose file stands in the state by then."""
    contract = purse.signed(purse.awarded())
    case = contract.case
    if state == "closed":
        for one in contract.tranches.filter(number__gt=1):
            purse.cancelled(one)
    if state in ("on_hold", "closed", "placed"):
        {
            "on_hold": lambda: way.put_on_hold(
                make.again(case), by=make.user("amina"), reason="harvest", review_on=now.today() + dt.timedelta(days=9)
            ),
            "closed": lambda: closing.close_case(make.again(case), by=make.user("amina"), outcome="self_employed"),
            "placed": lambda: make.placed(case),
        }[state]()
    return again(contract)


def paid(contract: Contract) -> Any:
    tranche = purse.paid(purse.first_of(contract))
    jobs.drain()
    return tranche


def said(case: Case) -> list[Event]:
    return list(Event.objects.filter(stream=case.stream, verb="casework.record_first_payment"))


def tasks(case: Case, kind: str) -> list[Task]:
    return list(Task.objects.open().filter(stream=case.stream, kind=f"grants.{kind}"))


@pytest.mark.both_databases
@pytest.mark.parametrize("state", ["start_up", "placed"])
def test_the_first_confirmed_payment_of_an_award_makes_the_file_funded(state: str, clock: Any) -> None:
    contract = award(state)
    assert make.again(contract.case).state == state

    tranche = paid(contract)

    case = make.again(contract.case)
    assert (case.state, case.state_since) == ("funded", now.today())
    assert [(one.actor_kind, one.facts["contract"], one.facts["paid_on"]) for one in said(case)] == [
        ("system", str(contract.pk), tranche.paid_on.isoformat())
    ]
    assert tasks(case, "first_payment") == []


def test_on_hold_it_stays_on_hold_and_resumes_as_funded_and_somebody_looks(clock: Any) -> None:
    contract = award("on_hold")

    paid(contract)

    case = make.again(contract.case)
    assert (case.state, case.held_from) == ("on_hold", "funded")
    assert [task.assignee_id for task in tasks(case, "first_payment")] == [str(case.caseworker_id)]
    assert make.again(way.resume(case, by=make.user("amina"))).state == "funded"


def test_everybody_who_shares_in_the_business_is_funded(clock: Any) -> None:
    partner = stage.candidate()
    pitch = purse.awarded()
    pitch.members.filter(case=pitch.case).update(share=60)
    pitch.members.create(case=partner, share=40)

    paid(purse.signed(pitch))

    assert [make.again(one).state for one in (pitch.case, partner)] == ["funded", "funded"]


@pytest.mark.both_databases
def test_what_is_heard_twice_is_said_once(clock: Any) -> None:
    contract = award()
    paid(contract)
    heard = Event.objects.filter(verb="grants.confirm_payment").latest("recorded_at")

    notices.say_it_is_funded(heard)

    assert len(said(contract.case)) == 1


def test_a_support_funds_no_business(clock: Any) -> None:
    contract = purse.supported()

    paid(contract)

    assert (make.again(contract.case).state, said(contract.case)) == ("start_up", [])


@pytest.mark.both_databases
def test_a_payment_that_came_back_undoes_nothing_and_becomes_a_task_until_it_is_looked_at(clock: Any) -> None:
    contract = award()
    tranche = paid(contract)

    tranches.bounce(again(tranche), by=make.user("dana"), reason="Account closed")
    jobs.drain()

    case = make.again(contract.case)
    assert case.state == "funded"
    assert [task.assignee_id for task in tasks(case, "came_back")] == [str(case.caseworker_id)]

    tranches.order_again(again(tranche), by=make.user("dana"))
    jobs.drain()

    assert tasks(case, "came_back") == []


def test_one_that_came_back_before_anybody_heard_of_it_funds_nothing(clock: Any) -> None:
    contract = award()
    tranche = purse.paid(purse.first_of(contract))
    tranches.bounce(again(tranche), by=make.user("dana"), reason="Account closed")

    jobs.drain()

    assert (make.again(contract.case).state, said(contract.case)) == ("start_up", [])


# ——— objections ———


def missing(case: Case, verb: str) -> list[tuple[str, str]]:
    found = next(one for one in options(make.again(case), make.user("boris")) if one.name == verb)
    return [(blocker.code, blocker.link) for blocker in found.blockers]


@pytest.mark.parametrize("state", ["requested", "returned", "approved", "ordered", "bounced"])
def test_a_file_does_not_end_while_money_is_on_its_way(state: str, clock: Any) -> None:
    tranche = purse.tranche_at(state)
    case = make.again(tranche.contract.case)

    with pytest.raises(Refused) as refused:
        closing.close_case(case, by=make.user("amina"), outcome="self_employed")

    assert [(one.code, one.link) for one in refused.value.blockers] == [("unsettled_tranche", tranche.get_absolute_url())]
    assert str(tranche.get_state_display()) in str(refused.value)


@pytest.mark.parametrize("state", ["planned", "paid", "accounted", "cancelled"])
def test_settled_and_only_planned_money_holds_nobody(state: str, clock: Any) -> None:
    tranche = purse.tranche_at(state)

    assert closing.close_case(make.again(tranche.contract.case), by=make.user("amina"), outcome="self_employed").state == "closed"


@pytest.mark.parametrize("verb", ["close_case", "propose_closing", "close_as_merged", "back_to_counselling"])
def test_a_pitch_before_a_jury_holds_the_file(verb: str, clock: Any) -> None:
    pitch = stage.submitted()

    assert ("before_a_jury", pitch.get_absolute_url()) in missing(pitch.case, verb)

    pitches.withdraw_pitch(again(pitch), by=make.user("amina"), reason="Wishes to think it over.")
    assert "before_a_jury" not in dict(missing(pitch.case, verb))


def test_a_draft_holds_nobody(clock: Any) -> None:
    pitch = stage.draft()

    assert closing.close_case(make.again(pitch.case), by=make.user("amina"), outcome="withdrew").state == "closed"


def test_nobody_begins_anew_while_a_contract_runs(clock: Any) -> None:
    contract = award()

    with pytest.raises(Refused) as refused:
        way.back_to_counselling(make.again(contract.case), by=make.user("amina"), reason="changed_mind")

    assert [(one.code, one.link) for one in refused.value.blockers] == [("running_contract", contract.get_absolute_url())]


def test_a_support_lets_somebody_begin_anew(clock: Any) -> None:
    case = make.again(purse.supported().case)

    assert way.back_to_counselling(case, by=make.user("amina"), reason="changed_mind").state == "counselling"


def test_a_running_pitch_stays_with_the_office_that_wrote_it(clock: Any) -> None:
    pitch = stage.submitted()
    zarzis = make.office("ZARZIS")

    case = transfer.offer_transfer(make.again(pitch.case), by=make.user("boris"), to_office=zarzis)
    transfer.accept_transfer(make.again(pitch.case), by=make.user("nour"))

    assert make.again(pitch.case).office_id == zarzis.pk
    assert again(pitch).office_id != zarzis.pk and case


def test_after_a_death_no_money_goes_out_and_a_draft_stays(clock: Any) -> None:
    contract = purse.supported()
    pitch = stage.draft(case=make.again(contract.case))
    closing.record_death(make.again(contract.case), by=make.user("amina"), told_by="His sister.")

    with pytest.raises(Refused) as refused:
        tranches.request_tranche(again(purse.first_of(contract)), by=make.user("amina"))

    assert "dead" in refused.value.codes
    assert again(pitch).state == "draft"


def test_work_and_business_run_side_by_side(clock: Any) -> None:
    contract = award("placed")
    paid(contract)
    case = make.again(contract.case)

    assert case.placements.running().count() == 1
    assert case.state == "funded"


# ——— beside the file ———


def shown(client: Any, case: Case, who: str = "amina", at: str = "") -> str:
    client.force_login(make.user(who))
    page = client.get(case.get_absolute_url() + at)
    assert page.status_code == 200
    return " ".join(page.content.decode().split())


def test_the_file_shows_its_pitch_its_money_and_the_ways_on(client: Any, clock: Any) -> None:
    contract = award()
    tranche = paid(contract)

    page = shown(client, contract.case)
    section = shown(client, contract.case, at="start_up/")

    assert "Start-up and money" in page and "Part 1 was paid on 3" in page
    assert "Part 1 of “Warm bread” was paid" in page and "Dana" in page
    for words in ("Committed", "4,792", "Under contract", tranche.get_absolute_url(), contract.get_absolute_url()):
        assert words in section, words
    for name in ("draft-pitch", "set-account", "grant-support"):
        assert name in section, name


def test_who_reads_no_money_is_shown_none(client: Any, clock: Any) -> None:
    contract = award()
    paid(contract)

    section = shown(client, contract.case, "rida", at="start_up/")

    assert "Warm bread" in section
    assert "4,792" not in section and "Part 1" not in shown(client, contract.case, "rida")


def test_a_file_without_a_pitch_says_so_and_leads_to_one(client: Any, clock: Any) -> None:
    section = shown(client, stage.candidate(), at="start_up/")

    assert "No pitch is written yet." in section and "Write a pitch" in section
