"""Contracts, supports, accounts, recoveries and the ledger's corrections: each verb does, refuses, records and is denied."""

import datetime as dt
import json

import pytest
from django.core.management import CommandError, call_command

from casework.actions import closing, people
from grants.actions import accounts, contracts, ledger, tranches
from grants.books import book_of, broken_lines
from grants.models import Account, Contract, Entry, Tranche
from tests import factories as make
from tests.grants import purse, stage
from tests.grants.stage import again
from workflows import clock as clocks
from workflows import jobs
from workflows.acting import NotYours, Refused, options
from workflows.models import Event, Message

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def codes(press):
    with pytest.raises(Refused) as refused:
        press()
    return refused.value.codes


def sentences(press):
    with pytest.raises(Refused) as refused:
        press()
    return [str(one) for one in refused.value.blockers]


# ——— the contract ———


def test_a_contract_is_read_out_and_there_is_a_day_to_think():
    pitch, hana = purse.awarded(), make.user("hana")
    assert codes(lambda: contracts.sign_contract(pitch, by=hana)) == ["not_read_out"]
    pitch = contracts.read_out_contract(pitch, by=make.user("amina"))
    assert sentences(lambda: contracts.sign_contract(again(pitch), by=hana)) == [
        "It was read out today: the candidate has a day to think. It can be signed from March 3, 2026."
    ]
    clocks.set_to(clocks.now() + dt.timedelta(days=1))
    contract = contracts.sign_contract(again(pitch), by=hana)
    assert (contract.amount, contract.currency, again(pitch).state) == (4_792_00, "EUR", "contracted")
    event = Event.objects.get(verb="grants.sign_contract")
    assert (event.facts["tranches"], event.facts["rounding"]) == ([3_354_40, 1_437_60], 0)


def test_a_contract_that_is_signed_twice_is_signed_once():
    contract = purse.signed()
    assert codes(lambda: contracts.sign_contract(again(contract.pitch), by=make.user("hana"))) == ["state"]
    assert Contract.objects.count() == 1


def test_without_a_checked_account_nothing_is_signed():
    pitch = purse.awarded()
    Account.objects.filter(case=pitch.case).update(checked_at=None, checked_by=None)
    contracts.read_out_contract(pitch, by=make.user("amina"))
    clocks.set_to(clocks.now() + dt.timedelta(days=1))
    assert codes(lambda: contracts.sign_contract(again(pitch), by=make.user("hana"))) == ["no_account"]


def test_another_split_has_its_rounding_said():
    contract = purse.signed(purse.awarded(amount=4_000_01, split=[33, 33, 34]))
    assert [one.amount for one in contract.tranches.order_by("number")] == [1_320_00, 1_320_00, 1_360_01]
    assert Event.objects.get(verb="grants.sign_contract").facts["rounding"] == 1


def test_a_contract_is_completed_only_when_all_is_accounted_for():
    contract = purse.signed()
    assert codes(lambda: contracts.complete_contract(again(contract.pitch), by=make.user("hana"))) == ["tranches_open"]


def test_ending_a_contract_early_takes_two_and_cancels_what_is_open():
    contract = purse.signed()
    purse.accounted(purse.first_of(contract))
    hana, gia = make.user("hana"), make.user("gia")
    contracts.propose_termination(again(contract.pitch), by=hana, reason="She moved away.")
    assert codes(lambda: contracts.terminate_contract(again(contract.pitch), by=hana)) == ["same_person"]
    contracts.terminate_contract(again(contract.pitch), by=gia)
    now = book_of(contract).balance
    assert (now.kept, now.open, now.cancelled) == (3_354_40, 0, 1_437_60)
    assert again(contract).ended_early_on == clocks.today()
    assert list(broken_lines()) == []


def test_a_contract_is_not_ended_while_money_is_on_its_way():
    contract = purse.signed()
    purse.ordered(purse.first_of(contract))
    contracts.propose_termination(again(contract.pitch), by=make.user("hana"), reason="She moved away.")
    assert codes(lambda: contracts.terminate_contract(again(contract.pitch), by=make.user("gia"))) == ["on_its_way"]
    assert again(contract.pitch).state == "contracted"


def test_what_came_back_is_cancelled_with_the_contract():
    contract = purse.signed()
    purse.bounced(purse.first_of(contract))
    contracts.propose_termination(again(contract.pitch), by=make.user("hana"), reason="She moved away.")
    contracts.terminate_contract(again(contract.pitch), by=make.user("gia"))
    assert {one.state for one in Tranche.objects.all()} == {"cancelled"}
    assert list(broken_lines()) == []


# ——— supports live without a pitch ———


def test_a_wage_subsidy_goes_to_the_employer_month_by_month_on_payslips():
    case, employer = stage.candidate(), make.employer()
    months = [(dt.date(2026, month, 28), 200_00) for month in (3, 4, 5)]
    contract = purse.supported(case, kind="wage_subsidy", employer=employer, schedule=months, evidence=None, receipts=None)
    assert (contract.payee_kind, contract.employer, contract.pitch, contract.amount) == ("employer", employer, None, 600_00)
    first = purse.first_of(contract)
    assert [str(one) for one in first.evidence.all()] == ["Payslip of the month"]
    assert codes(lambda: tranches.request_tranche(purse.ready(first), by=make.user("amina"))) == ["no_account"]
    account = accounts.set_account(
        case, by=make.user("amina"), holder="Boulangerie du Port", number="08006000000000000001", contract=contract
    )
    account.number_to_call = "+21671000000"
    account.save()
    accounts.check_account(account, by=make.user("dana"))
    assert purse.paid(again(first)).account == account
    assert case.accounts.filter(contract=None).get() != account


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"kind": "award"}, "kind"),
        ({"kind": "wage_subsidy"}, "employer"),
        ({"kind": "in_kind"}, "supplier"),
        ({"schedule": []}, "amount"),
        ({"schedule": [(None, 0)]}, "amount"),
        ({"schedule": [(None, -5)]}, "amount"),
    ],
)
def test_a_support_that_is_not_whole_is_refused(facts, code):
    case = stage.candidate()
    assert codes(lambda: purse.supported(case, **facts)) == [code]
    assert not Contract.objects.exists()


def test_a_support_needs_an_agreed_plan_and_an_open_case():
    assert codes(lambda: purse.supported(make.case_at("counselling"))) == ["no_plan"]
    assert codes(lambda: purse.supported(make.case_at("closed"))) == ["case_closed"]


def test_a_support_of_another_office_is_not_there_and_not_theirs():
    contract = purse.supported()
    assert not Contract.objects.visible_to(make.user("chen")).exists()
    with pytest.raises(NotYours):
        contracts.suspend_contract(contract, by=make.user("amina"), reason="No.")


# ——— accounts ———


def reached(case, email="khaled@example.org", phone="+21622000387"):
    people.set_reach(
        case.person, by=make.user("amina"),
        ways=[
            {"kind": "email", "value": email, "whose": "mine_alone", "leave_message": True},
            {"kind": "phone", "value": phone, "whose": "mine_alone"},
        ],
    )  # fmt: skip
    return make.again(case)


def fresh_account(case, **facts):
    return accounts.set_account(
        case, by=make.user("amina"), **{"holder": case.person.name, "number": "08006000000000000001", **facts}
    )


def test_an_account_is_confirmed_by_another_person_who_calls_the_number_on_file():
    case = reached(make.case_at("start_up"))
    account = fresh_account(case)
    assert account.number_to_call == "+21622000387"
    both = make.user("zied", role="caseworker", at="TUNIS")
    make.give_role(both, "finance")
    own = accounts.replace_account(again(account), by=both, holder="Khaled", number="08006000000000000002", reason="New bank.")
    assert codes(lambda: accounts.check_account(again(own), by=both)) == ["wrote_it"]
    accounts.check_account(again(own), by=make.user("dana"))
    assert again(own).checked_by == make.user("dana")


def test_the_number_to_call_is_the_one_from_before_the_change_of_everything():
    case = reached(make.case_at("start_up"))
    account = accounts.check_account(fresh_account(case), by=make.user("dana"))
    case = reached(case, phone="+21699999999")
    changed = accounts.replace_account(again(account), by=make.user("amina"), holder="A cousin", number="1" * 20, reason="He rang.")
    assert changed.number_to_call == "+21622000387"


def test_a_changed_account_is_told_to_the_person_on_the_old_way_in_neutral_words():
    case = reached(make.case_at("start_up"))
    account = fresh_account(case)
    accounts.replace_account(account, by=make.user("amina"), holder="A cousin", number="1" * 20, reason="He rang.")
    jobs.drain()
    message = Message.objects.get(kind="something_changed")
    assert message.address == "khaled@example.org"
    for word in ("bank", "account", "money", "payment", "grant", "return"):
        assert word not in (message.subject + message.body).casefold().replace("a short note", "")


def test_where_no_message_may_be_left_none_is():
    case = reached(make.case_at("start_up"))
    people.set_safety(case.person, by=make.user("petra"), never_leave_message=True, words="Her brother reads it.")
    accounts.replace_account(fresh_account(make.again(case)), by=make.user("amina"), holder="A", number="1" * 20, reason="He rang.")
    jobs.drain()
    assert not Message.objects.filter(kind="something_changed").exists()


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"number": ""}, "number"),
        ({"number": "TN59 1000 6035 1835 9847 8832"}, "iban"),
        ({"holder": " "}, "holder"),
    ],
)
def test_an_account_that_cannot_be_right_is_refused(facts, code):
    case = make.case_at("start_up")
    assert codes(lambda: fresh_account(case, **facts)) == [code]


def test_a_right_iban_is_taken_however_it_is_spaced_and_cash_needs_no_number():
    assert fresh_account(make.case_at("start_up"), number="TN59 1000 6035 1835 9847 8831").number == "TN5910006035183598478831"
    assert fresh_account(make.case_at("start_up"), number="", pay_by="cash").shown == ""


def test_a_second_account_is_a_change_of_the_first():
    case = make.case_at("start_up")
    account = fresh_account(case)
    assert codes(lambda: fresh_account(case)) == ["there_already"]
    same = {"holder": account.holder, "number": account.number, "reason": "x"}
    assert codes(lambda: accounts.replace_account(account, by=make.user("amina"), **same)) == ["same"]


def test_the_number_of_an_account_stands_nowhere_in_clear():
    from django.db import connection

    account = fresh_account(make.case_at("start_up"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM grants_account")
        assert account.number not in cursor.fetchone()[0]
    assert not any(account.number in str(event.body) for event in Event.objects.all())


# ——— money that is asked back ———


def recovery(contract, **facts):
    facts = {
        "by": make.user("hana"), "amount": 100_00, "reason": "not_as_agreed", "heard_on": clocks.today(),
        "words": "She bought a fridge.",
        **facts,
    }  # fmt: skip
    return ledger.propose_recovery(again(contract), **facts)


def test_money_is_asked_back_by_two_people_after_hearing_and_carries_over():
    contract = purse.signed()
    purse.accounted(purse.first_of(contract))
    recovery(contract, amount=3_000_00)
    assert codes(lambda: ledger.record_recovery(again(contract), by=make.user("hana"))) == ["same_person"]
    ledger.record_recovery(again(contract), by=make.user("gia"))
    now = book_of(contract).balance
    assert (now.kept, now.recovered, now.open) == (354_40, 3_000_00, 1_437_60)
    purse.accounted(contract.tranches.get(number=2))
    now = book_of(contract).balance
    assert (now.kept, now.recovered, now.open, now.out_by) == (1_792_00, 3_000_00, 0, 0)


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"reason": "business_failed"}, "reason"),
        ({"heard_on": dt.date(2099, 1, 1)}, "not_heard"),
        ({"words": " "}, "words"),
        ({"amount": 300_01}, "more_than_kept"),
        ({"amount": 0}, "more_than_kept"),
    ],
)
def test_what_is_no_reason_to_ask_money_back(facts, code):
    contract = purse.tranche_at("paid").contract
    assert codes(lambda: recovery(contract, **facts)) == [code]
    assert not Entry.objects.filter(kind="recovered").exists()


def test_nothing_is_asked_back_from_a_family():
    contract = purse.tranche_at("paid").contract
    closing.record_death(make.again(contract.case), by=make.user("amina"), told_by="family", died_on=None)
    assert codes(lambda: recovery(contract)) == ["dead"]


def test_a_proposal_does_not_stand_after_another_line():
    tranche = purse.tranche_at("paid")
    contract = tranche.contract
    recovery(contract)
    tranches.account_for(again(tranche), by=make.user("dana"))
    assert codes(lambda: ledger.record_recovery(again(contract), by=make.user("gia"))) == ["changed_since"]


def test_hardship_waives_before_and_after():
    contract = purse.tranche_at("paid").contract
    gia = make.user("gia")
    recovery(contract)
    ledger.waive_recovery(again(contract), by=gia, reason="Three children, no income.")
    assert codes(lambda: ledger.record_recovery(again(contract), by=gia)) == ["nothing_proposed"]
    recovery(contract)
    ledger.record_recovery(again(contract), by=gia)
    ledger.waive_recovery(again(contract), by=gia, reason="The shop burned.")
    assert book_of(contract).balance.recovered == 0
    assert [one.amount for one in Entry.objects.filter(kind="recovered").order_by("pk")] == [100_00, -100_00]
    assert codes(lambda: ledger.waive_recovery(again(contract), by=gia, reason="Again.")) == ["nothing"]
    assert list(broken_lines()) == []


# ——— corrections ———


def test_a_line_is_corrected_by_a_new_one_once_and_never_changed():
    contract = purse.tranche_at("paid").contract
    recovery(contract)
    line, dana = ledger.record_recovery(again(contract), by=make.user("gia")), make.user("dana")
    made = ledger.correct_ledger(again(contract), by=dana, line=line, reason="Booked on the wrong contract.")
    assert (made.amount, made.corrects, made.dated, again(line).amount) == (-100_00, line, clocks.today(), 100_00)
    assert codes(lambda: ledger.correct_ledger(again(contract), by=dana, line=line, reason="Again.")) == ["corrected"]
    assert codes(lambda: ledger.correct_ledger(again(contract), by=dana, line=made, reason="Back.")) == ["corrects"]
    paid = Entry.objects.get(kind="paid")
    assert codes(lambda: ledger.correct_ledger(again(contract), by=dana, line=paid, reason="No.")) == ["of_a_tranche"]


# ——— the commands ———


def run(name, capsys, *args):
    try:
        call_command(name, *args)
    except SystemExit as left:
        return left.code, capsys.readouterr()
    return 0, capsys.readouterr()


def test_the_ledger_of_a_programme_for_machines(capsys):
    contract = purse.signed()
    purse.accounted(purse.first_of(contract))
    purse.supported(case=make.again(contract.case))
    code, out = run("ledger", capsys, "--programme", "TN-RETURN", "--format", "json")
    said = json.loads(out.out)
    first = next(one for one in said["contracts"] if one["contract"] == str(contract.pk))
    assert code == 0
    assert {name: first[name] for name in ("awarded", "kept", "recovered", "open", "cancelled", "holds", "currency")} == {
        "awarded": 4_792_00, "kept": 3_354_40, "recovered": 0, "open": 1_437_60, "cancelled": 0, "holds": True, "currency": "EUR",
    }  # fmt: skip
    assert [(one["number"], one["state"], one["amount"]) for one in first["tranches"]] == [
        (1, "accounted", 3_354_40),
        (2, "planned", 1_437_60),
    ]
    total = said["totals"]["EUR"]
    assert total["awarded"] == total["kept"] + total["recovered"] + total["open"] + total["cancelled"] == 5_092_00
    assert contract.case.person.name not in out.out


def test_the_ledger_of_a_programme_for_people(capsys):
    purse.supported()
    assert "awarded EUR 300.00 · kept EUR 0.00" in run("ledger", capsys, "--programme", "TN-RETURN")[1].out
    with pytest.raises(CommandError, match="There is no programme NO"):
        call_command("ledger", "--programme", "NO")


def test_verify_says_that_the_books_are_right(capsys):
    purse.tranche_at("paid")
    code, out = run("verify_ledger", capsys)
    assert (code, out.out.strip()) == (0, "The ledger is right: 1 contracts.")


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda: Tranche.objects.update(amount=1), "paid is not what its state says"),
        (lambda: Entry.objects.filter(kind="paid").update(amount=1), "paid is not what its state says"),
        (lambda: Entry.objects.filter(kind="awarded").delete(), "awarded is not what the contract promises"),
        (lambda: Entry.objects.filter(kind="paid").update(currency="TND"), "the contract is in another currency"),
        (lambda: Contract.objects.update(amount=1), "awarded is not what the contract promises"),
    ],
)
def test_verify_finds_what_was_changed_behind_the_verbs(capsys, harm, said):
    purse.tranche_at("paid")
    harm()
    code, out = run("verify_ledger", capsys)
    assert code == 1
    assert said in out.err.splitlines()[0]


def test_verify_finds_a_call_whose_money_is_not_that_of_its_awards(capsys):
    pitch = purse.awarded()
    type(pitch.call).objects.update(committed=1)
    code, out = run("verify_ledger", capsys, "--programme", "TN-RETURN", "--all")
    assert (code, out.err.strip()) == (1, f"call {pitch.call_id}: committed 1, awards come to 479200")


def test_the_contract_lists_its_verbs_with_what_is_missing():
    contract = purse.supported()
    open_to = {one.name: one.status for one in options(contract, make.user("hana")) if one.status != "not_yours"}
    assert open_to["suspend_contract"] == "open"
    assert open_to["record_recovery"] == "blocked"
