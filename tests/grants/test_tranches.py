"""The tranche: what each verb does, refuses, records, and to whom it is denied; and that three people are three people."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from casework.actions import closing, people
from grants.actions import accounts, contracts, tranches
from grants.books import book_of, broken_lines
from grants.models import Entry, PaymentOrder, Statement, StatementLine, Tranche
from grants.states import TrancheState
from tests import factories as make
from tests.grants import purse, stage
from tests.grants.stage import again
from workflows import clock as clocks
from workflows.acting import NotYours, Refused, options
from workflows.models import Event

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

# state × verb → where it leads ("=" stays, "a|b" one of both). What stands in no row of a state is refused there.
TABLE = """
    planned    request_tranche=requested cancel_tranche=cancelled answer_evidence== waive_evidence==
    requested  return_tranche=returned approve_tranche=requested|approved cancel_tranche=cancelled answer_evidence==
               waive_evidence==
    returned   request_tranche=requested cancel_tranche=cancelled answer_evidence== waive_evidence==
    approved   order_payment=ordered cancel_tranche=cancelled
    ordered    confirm_payment=paid bounce=bounced
    bounced    order_again=approved cancel_tranche=cancelled
    paid       account_for=accounted bounce=bounced add_receipt==
    accounted  add_receipt==
    cancelled
"""


def table():
    found = {}
    for line in TABLE.replace("\n               ", " ").strip().splitlines():
        state, *moves = line.split()
        found[state] = {verb: target for verb, _eq, target in (move.partition("=") for move in moves)}
    return found


def target_of(goal):
    return "|".join(map(str, goal.states)) if hasattr(goal, "states") else str(goal or "=")


@pytest.mark.parametrize("state", list(TrancheState))
def test_the_machine_of_a_tranche_is_this_table(state):
    known = {verb.name: verb.moves[state] for verb in Tranche.known_verbs().values() if not verb.creates and state in verb.moves}
    assert {name: target_of(goal) for name, goal in known.items()} == table()[state]


PRESS = {
    "request_tranche": lambda one: tranches.request_tranche(one, by=make.user("amina")),
    "return_tranche": lambda one: tranches.return_tranche(one, by=make.user("hana"), reason="Mend it."),
    "approve_tranche": lambda one: tranches.approve_tranche(one, by=make.user("hana")),
    "order_payment": lambda one: tranches.order_payment(one, by=make.user("dana")),
    "confirm_payment": lambda one: tranches.confirm_payment(one, by=make.user("dana"), receipt=purse.paper(one.contract.case)),
    "bounce": lambda one: tranches.bounce(one, by=make.user("dana"), reason="Account closed"),
    "order_again": lambda one: tranches.order_again(one, by=make.user("dana")),
    "account_for": lambda one: tranches.account_for(one, by=make.user("hana")),
    "cancel_tranche": lambda one: tranches.cancel_tranche(one, by=make.user("hana"), reason="Given up."),
    "add_receipt": lambda one: tranches.add_receipt(
        one, by=make.user("amina"), document=purse.paper(one.contract.case), amount=1_00
    ),
}


@pytest.mark.parametrize("state", list(TrancheState))
@pytest.mark.parametrize("verb", PRESS)
def test_every_verb_in_every_state_leads_where_the_table_says_and_the_books_stay_right(state, verb):
    tranche = purse.tranche_at(state)
    goal, before = table()[state].get(verb), Event.objects.count()
    if goal is None:
        with pytest.raises(Refused) as refused:
            PRESS[verb](tranche)
        assert refused.value.codes == ["state"]
        assert again(tranche).state == state
        assert Event.objects.filter(verb=f"grants.{verb}").count() <= (before and Event.objects.count())
    else:
        PRESS[verb](tranche)
        assert str(again(tranche).state) in goal.replace("=", state).split("|")
    assert list(broken_lines()) == []
    assert book_of(tranche.contract).balance.out_by == 0


def codes(press):
    with pytest.raises(Refused) as refused:
        press()
    return refused.value.codes


def sentence(press):
    with pytest.raises(Refused) as refused:
        press()
    return str(refused.value)


# ——— from the plan to the receipts ———


def test_an_award_is_paid_in_two_tranches_from_the_contract_to_the_receipts():
    contract = purse.signed()
    first, second = contract.tranches.order_by("number")
    assert (first.amount, second.amount) == (3_354_40, 1_437_60)
    assert [str(one) for one in first.evidence.filter(from_jury=True)] == ["Lease signed"]

    first = purse.accounted(first)
    now = book_of(contract).balance
    assert (now.awarded, now.kept, now.recovered, now.open, now.cancelled) == (4_792_00, 3_354_40, 0, 1_437_60, 0)

    second = purse.accounted(again(second))
    now = book_of(contract).balance
    assert (now.kept, now.open, now.accounted) == (4_792_00, 0, 4_792_00)
    pitch = contracts.complete_contract(again(contract.pitch), by=make.user("hana"))
    assert pitch.state == "completed"
    assert list(broken_lines()) == []
    event = Event.objects.filter(verb="grants.confirm_payment").latest("pk")
    assert (event.facts["case"], event.facts["paid"], event.facts["kind"]) == (str(contract.case_id), 1_437_60, "award")


def test_what_is_missing_for_a_request_is_said_all_at_once_with_its_links():
    contract = purse.signed()
    first, second = contract.tranches.order_by("number")
    assert codes(lambda: tranches.request_tranche(first, by=make.user("amina"))) == ["evidence"]
    assert sentence(lambda: tranches.request_tranche(first, by=make.user("amina"))) == "Missing: Lease signed."
    assert codes(lambda: tranches.request_tranche(second, by=make.user("amina"))) == ["evidence", "earlier_open"]
    option = next(one for one in options(first, make.user("amina")) if one.name == "request_tranche")
    assert option.blockers[0].link == f"/contracts/{contract.pk}/#tranche-1"


def test_a_condition_of_the_jury_is_not_waived_and_other_evidence_is_with_a_reason():
    contract = purse.signed(purse.awarded())
    first = purse.first_of(contract)
    hana, condition = make.user("hana"), first.evidence.get(from_jury=True)
    assert codes(lambda: tranches.waive_evidence(first, by=hana, evidence=condition, reason="Later")) == ["from_jury"]
    second = contract.tranches.get(number=2)
    visit = second.evidence.get(by_visit=True)
    tranches.waive_evidence(second, by=hana, evidence=visit, reason="The road is closed; photographs were seen.")
    assert again(visit).waived_because.startswith("The road is closed")
    with pytest.raises(NotYours):
        tranches.waive_evidence(again(second), by=make.user("amina"), evidence=visit, reason="No time.")


def test_a_paper_of_another_case_is_no_evidence():
    tranche = purse.first_of(purse.supported(evidence=["Quote"]))
    other = purse.paper(make.case_at("counselling"))
    evidence = tranche.evidence.get()
    assert codes(lambda: tranches.answer_evidence(tranche, by=make.user("amina"), evidence=evidence, document=other)) == [
        "another_case"
    ]


def test_a_visit_shows_what_it_was_to_show_only_if_it_was_as_agreed():
    contract = purse.signed()
    visit = contract.tranches.get(number=2).evidence.get(by_visit=True)
    contracts.record_visit(contract, by=make.user("hana"), words="The shop is shut.", as_agreed=False)
    assert again(visit).given_at is None
    contracts.record_visit(again(contract), by=make.user("hana"), words="The shop is open.")
    assert again(visit).given_by == make.user("hana")


# ——— three people ———


def many_hats(name="zied"):
    """Somebody who holds every role that money asks for."""
    user = make.user(name, role="caseworker", at="TUNIS")
    for role in ("grant_officer", "finance", "programme_manager"):
        make.give_role(user, role)
    return user


def test_whoever_asked_for_it_does_not_approve_it_under_any_role():
    zied = many_hats()
    tranche = tranches.request_tranche(purse.first_of(purse.supported()), by=zied)
    assert codes(lambda: tranches.approve_tranche(tranche, by=zied)) == ["requested_it"]
    assert sentence(lambda: tranches.approve_tranche(tranche, by=zied)) == (
        "You asked for this payment: another person approves it, whatever roles you hold."
    )


@pytest.mark.parametrize("part", ["request", "approve"])
def test_whoever_asked_or_approved_does_not_order_it_under_any_role(part):
    zied, amina, hana = many_hats(), make.user("amina"), make.user("hana")
    tranche = tranches.request_tranche(purse.first_of(purse.supported()), by=zied if part == "request" else amina)
    tranche = tranches.approve_tranche(tranche, by=zied if part == "approve" else hana)
    assert codes(lambda: tranches.order_payment(tranche, by=zied)) == ["three_people"]
    assert not PaymentOrder.objects.exists()
    tranches.order_payment(tranche, by=make.user("dana"))


def test_the_database_keeps_them_apart_where_the_words_are_walked_past():
    tranche = purse.tranche_at("ordered")
    for name, other in (("approved_by", "requested_by"), ("ordered_by", "approved_by"), ("ordered_by", "requested_by")):
        with pytest.raises(IntegrityError), transaction.atomic():
            Tranche.objects.filter(pk=tranche.pk).update(**{name: getattr(tranche, other)})


def test_above_the_ceiling_of_the_programme_two_approve():
    case = stage.candidate()
    type(case.programme).objects.update(payment_approval_ceiling=250_00)
    tranche = purse.requested(purse.first_of(purse.supported(make.again(case))))
    hana, gia = make.user("hana"), make.user("gia")
    assert codes(lambda: tranches.approve_tranche(tranche, by=gia)) == ["officer_first"]
    tranche = again(tranches.approve_tranche(tranche, by=hana))
    assert (tranche.state, tranche.first_approved_by) == ("requested", hana)
    assert codes(lambda: tranches.approve_tranche(tranche, by=hana)) == ["first_approver"]
    tranche = again(tranches.approve_tranche(tranche, by=gia))
    assert (tranche.state, tranche.approved_by) == ("approved", gia)
    facts = [event.facts["first_of_two"] for event in Event.objects.filter(verb="grants.approve_tranche").order_by("pk")]
    assert facts == [True, False]


def test_what_is_sent_back_is_approved_by_two_anew():
    case = stage.candidate()
    type(case.programme).objects.update(payment_approval_ceiling=250_00)
    tranche = purse.requested(purse.first_of(purse.supported(make.again(case))))
    tranche = tranches.approve_tranche(tranche, by=make.user("hana"))
    tranche = tranches.return_tranche(again(tranche), by=make.user("hana"), reason="The sum is wrong.")
    tranche = tranches.request_tranche(again(tranche), by=make.user("amina"))
    assert again(tranche).first_approved_by is None


# ——— ordered and paid once ———


def test_pressed_twice_it_is_ordered_once():
    tranche = purse.approved(purse.first_of(purse.supported()))
    order = tranches.order_payment(tranche, by=make.user("dana"))
    assert codes(lambda: tranches.order_payment(again(tranche), by=make.user("dana"))) == ["state"]
    assert list(PaymentOrder.objects.all()) == [order]
    ordered = again(tranche)
    assert (ordered.order, ordered.payment_key) == (order, f"HW{tranche.pk.hex[:26]}-1")
    assert len(ordered.payment_key) <= 35 and len(order.number) <= 35


def test_an_order_is_whole_or_not_at_all():
    good = purse.approved(purse.first_of(purse.supported()))
    bad = purse.requested(purse.first_of(purse.supported()))
    assert codes(lambda: tranches.make_payment_order([good, bad], by=make.user("dana"))) == ["state"]
    assert again(good).state == "approved"
    assert not PaymentOrder.objects.exists()


def test_several_go_out_together():
    rows = [purse.approved(purse.first_of(purse.supported())) for _one in range(3)]
    order = tranches.make_payment_order(rows, by=make.user("dana"), payer_name="Office", payer_account="TN5910006035183598478831")
    assert {one.state for one in order.tranches.all()} == {"ordered"}
    assert len({one.payment_key for one in order.tranches.all()}) == 3


def test_one_order_is_in_one_currency():
    euros = purse.approved(purse.first_of(purse.supported()))
    dinars = purse.approved(purse.first_of(purse.supported(currency="TND", schedule=[(None, 300_000)])))
    assert codes(lambda: tranches.make_payment_order([euros, dinars], by=make.user("dana"))) == ["mixed"]


def test_without_proof_nothing_is_paid():
    tranche = purse.tranche_at("ordered")
    assert codes(lambda: tranches.confirm_payment(tranche, by=make.user("dana"))) == ["no_proof"]
    assert not Entry.objects.filter(kind="paid").exists()


def test_another_amount_in_the_same_currency_is_a_question_not_a_payment():
    tranche = purse.tranche_at("ordered")
    receipt = purse.paper(tranche.contract.case)
    said = sentence(lambda: tranches.confirm_payment(tranche, by=make.user("dana"), receipt=receipt, amount=299_00))
    assert said.startswith("The tranche is EUR 300.00, and EUR 299.00 was paid.")


@pytest.mark.parametrize(("days", "code"), [(1, "ahead"), (-1, "before_order")])
def test_a_payment_is_not_ahead_and_not_before_its_order(days, code):
    tranche = purse.tranche_at("ordered")
    receipt, day = purse.paper(tranche.contract.case), clocks.today() + dt.timedelta(days=days)
    assert codes(lambda: tranches.confirm_payment(tranche, by=make.user("dana"), receipt=receipt, on=day)) == [code]


# ——— currencies ———


def test_a_payment_in_another_currency_keeps_its_rate_and_source_and_the_difference_is_nobodys_but_the_programmes():
    contract = purse.signed()
    tranche = purse.ordered(purse.first_of(contract))
    receipt = purse.paper(contract.case)
    again(tranches.confirm_payment(
        tranche, by=make.user("dana"), receipt=receipt, amount=11_300_000, currency="TND", rate=Decimal("3.3805"),
        rate_source="InforEuro 2026-03",
    ))  # fmt: skip
    paid = again(tranche)
    assert (paid.paid_amount, paid.paid_currency, str(paid.rate), paid.rate_source) == (
        11_300_000, "TND", "3.380500", "InforEuro 2026-03",
    )  # fmt: skip
    now = book_of(contract).balance
    assert (now.paid, now.kept, now.exchange) == (3_354_40, 3_354_40, 11_70)
    assert Entry.objects.get(kind="exchange").tranche == tranche
    assert list(broken_lines()) == []


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"rate": None, "rate_source": "InforEuro"}, "no_rate"),
        ({"rate": Decimal("3.38"), "rate_source": " "}, "no_rate"),
        ({"rate": Decimal("0.29"), "rate_source": "InforEuro"}, "rate_far_off"),
    ],
)
def test_a_rate_without_a_source_or_upside_down_is_refused(facts, code):
    tranche = purse.tranche_at("ordered")
    receipt = purse.paper(tranche.contract.case)
    press = lambda: tranches.confirm_payment(  # noqa: E731
        tranche, by=make.user("dana"), receipt=receipt, amount=1_014_000, currency="TND", **facts
    )
    assert codes(press) == [code]
    assert again(tranche).state == "ordered"


def test_in_a_currency_that_the_programme_does_not_count_in_two_approve():
    tranche = purse.requested(purse.first_of(purse.supported(currency="TND", schedule=[(None, 1_000)])))
    assert again(tranches.approve_tranche(tranche, by=make.user("hana"))).state == "requested"


# ——— a bank that bounces ———


def test_what_came_back_is_paid_again_under_another_key_and_the_books_hold():
    tranche = purse.bounced(purse.first_of(purse.supported()))
    assert (tranche.order, tranche.payment_key, tranche.ordered_by) == (None, None, None)
    tranche = tranches.order_again(tranche, by=make.user("dana"))
    tranches.order_payment(again(tranche), by=make.user("dana"))
    assert again(tranche).payment_key.endswith("-2")
    assert list(broken_lines()) == []


def test_a_payment_that_comes_back_after_the_statement_is_taken_back_by_a_new_line():
    tranche = purse.tranche_at("paid")
    tranches.bounce(tranche, by=make.user("dana"), reason="Account closed")
    lines = list(Entry.objects.filter(kind="paid").order_by("pk"))
    assert [one.amount for one in lines] == [300_00, -300_00]
    assert lines[1].corrects == lines[0]
    now = book_of(tranche.contract).balance
    assert (now.kept, now.open) == (0, 300_00)
    tranche = tranches.order_again(again(tranche), by=make.user("dana"))
    tranches.order_payment(again(tranche), by=make.user("dana"))
    tranches.confirm_payment(again(tranche), by=make.user("dana"), receipt=purse.paper(tranche.contract.case))
    assert book_of(tranche.contract).balance.kept == 300_00
    assert list(broken_lines()) == []


def test_the_line_of_a_statement_pays_once():
    tranche = purse.tranche_at("ordered")
    dana = make.user("dana")
    statement = Statement.objects.create(
        programme=tranche.contract.case.programme, office=tranche.contract.office, name="May", digest="0" * 64,
        imported_at=clocks.now(), imported_by=dana,
    )  # fmt: skip
    line = StatementLine.objects.create(
        statement=statement, position=1, bank_reference="1", booked_on=clocks.today(), amount=-300_00, currency="EUR"
    )
    tranches.confirm_payment(tranche, by=dana, line=line)
    other = purse.tranche_at("ordered")
    assert codes(lambda: tranches.confirm_payment(other, by=dana, line=line)) == ["line_used"]
    assert again(tranche).proof == f"line:{line.pk}"


# ——— receipts ———


def test_receipts_that_come_short_are_asked_about():
    tranche = purse.paid(purse.first_of(purse.supported(receipts=["Receipt of the shop"])))
    hana, amina = make.user("hana"), make.user("amina")
    assert codes(lambda: tranches.account_for(tranche, by=hana)) == ["receipt"]
    receipt, document = tranche.evidence.get(), purse.paper(tranche.contract.case)
    tranches.add_receipt(tranche, by=amina, document=document, amount=120_00, evidence=receipt)
    said = sentence(lambda: tranches.account_for(again(tranche), by=hana))
    assert said == "The receipts come to EUR 120.00 of EUR 300.00: add the others, or say why that is right."
    tranches.account_for(again(tranche), by=hana, reason="The market gives no receipts; two witnesses signed.")
    assert Entry.objects.get(kind="accounted").amount == 120_00


def test_one_paper_is_one_receipt():
    tranche = purse.tranche_at("paid")
    document, amina = purse.paper(tranche.contract.case), make.user("amina")
    tranches.add_receipt(tranche, by=amina, document=document, amount=100_00)
    assert codes(lambda: tranches.add_receipt(again(tranche), by=amina, document=document, amount=100_00)) == ["twice"]


# ——— what stops payments ———


def test_a_suspended_contract_pays_nothing_and_goes_on_when_it_is_lifted():
    contract = purse.supported()
    tranche, hana = purse.approved(purse.first_of(contract)), make.user("hana")
    contracts.suspend_contract(again(contract), by=hana, reason="The shop is closed for a month.")
    assert codes(lambda: tranches.order_payment(tranche, by=make.user("dana"))) == ["suspended"]
    contracts.lift_suspension(again(contract), by=hana)
    tranches.order_payment(again(tranche), by=make.user("dana"))


def test_after_a_death_nothing_is_paid():
    tranche = purse.approved(purse.first_of(purse.supported()))
    closing.record_death(make.again(tranche.contract.case), by=make.user("amina"), told_by="family", died_on=None)
    assert codes(lambda: tranches.order_payment(tranche, by=make.user("dana"))) == ["dead"]


def test_withdrawing_from_the_follow_up_stops_no_payment():
    case = stage.candidate()
    people.record_consent(case.person, by=make.user("amina"), answers={"follow_up": "yes"}, case=case)
    tranche = purse.requested(purse.first_of(purse.supported(make.again(case))))
    people.withdraw_consent(case.person, by=make.user("amina"), purpose="follow_up")
    assert again(tranches.approve_tranche(again(tranche), by=make.user("hana"))).state == "approved"


def test_a_changed_account_freezes_what_was_approved():
    contract = purse.supported()
    tranche = purse.approved(purse.first_of(contract))
    account = contract.case.accounts.get()
    accounts.replace_account(
        account, by=make.user("amina"), holder="The cousin", number="12345678901234567890", reason="She asked."
    )
    assert codes(lambda: tranches.order_payment(tranche, by=make.user("dana"))) == ["account_not_checked"]


# ——— denied ———


@pytest.mark.parametrize(
    ("verb", "state", "name"),
    [
        ("request_tranche", "planned", "hana"),
        ("approve_tranche", "requested", "dana"),
        ("approve_tranche", "requested", "amina"),
        ("return_tranche", "requested", "amina"),
        ("order_payment", "approved", "hana"),
        ("confirm_payment", "ordered", "hana"),
        ("confirm_payment", "ordered", "amina"),
        ("bounce", "ordered", "amina"),
        ("cancel_tranche", "planned", "amina"),
        ("account_for", "paid", "amina"),
    ],
)
def test_a_verb_of_another_role_is_denied_and_leaves_nothing(verb, state, name):
    tranche = purse.tranche_at(state)
    who, before = make.user(name), Event.objects.count()
    facts = {
        "return_tranche": {"reason": "x"},
        "confirm_payment": {"receipt": tranche.contract.case.documents.first()},
        "bounce": {"reason": "x"},
        "cancel_tranche": {"reason": "x"},
    }
    with pytest.raises(NotYours):
        getattr(tranches, verb)(tranche, by=who, **facts.get(verb, {}))
    assert Event.objects.count() == before
    assert again(tranche).state == state


def test_after_a_transfer_the_new_office_asks_for_what_the_old_one_promised():
    contract = purse.supported()
    chen = make.user("chen")
    with pytest.raises(NotYours):
        tranches.request_tranche(purse.first_of(contract), by=chen)
    type(contract.case).objects.filter(pk=contract.case_id).update(office=make.office("ZARZIS"), caseworker=chen)
    found = Tranche.objects.visible_to(chen).get()
    assert tranches.request_tranche(found, by=chen).requested_by == chen
    assert again(contract).office == make.office("TUNIS")


def test_a_tranche_of_another_office_is_not_there():
    tranche = purse.tranche_at("planned")
    assert not Tranche.objects.visible_to(make.user("chen")).exists()
    assert list(Tranche.objects.visible_to(make.user("amina"))) == [tranche]
