"""The pages of money as finance, grant officer, caseworker and manager use them."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from grants.actions import accounts
from grants.models import ClosedPeriod, Contract, PaymentOrder, Statement
from tests import factories as make
from tests.grants import purse, stage
from tests.grants.stage import again
from workflows.models import Access, Event

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def signed_in(client, name):
    client.force_login(make.user(name))
    return client


def page(client, name, where, *args):
    answer = signed_in(client, name).get(reverse(f"grants:{where}", args=args))
    assert answer.status_code == 200
    return answer.content.decode()


# ——— what waits ———


def test_each_sees_what_waits_and_finance_can_tick_what_goes_out(client):
    asked, approved, ordered = (purse.tranche_at(state) for state in ("requested", "approved", "ordered"))
    dana = page(client, "dana", "payments")
    for one in (asked, approved, ordered):
        assert one.get_absolute_url() in dana
    assert re.findall(r'name="tranche" value="([^"]+)"', dana) == [str(approved.pk)]
    assert 'name="tranche"' not in page(client, "hana", "payments")


def test_a_manager_reads_what_waits_without_names(client):
    tranche = purse.tranche_at("requested")
    gia = page(client, "gia", "payments")
    assert tranche.get_absolute_url() in gia
    assert tranche.contract.case.reference in gia and tranche.contract.case.person.name not in gia
    assert tranche.contract.case.person.name not in page(client, "gia", "contract", tranche.contract_id)


def test_the_list_asks_as_much_for_one_as_for_ten(client):
    def asked():
        make.user("dana")
        with CaptureQueriesContext(
            connection,
        ) as seen:
            page(client, "dana", "payments")
        return len(seen)

    purse.tranche_at("approved")
    asked()
    first = asked()
    for _one in range(4):
        purse.tranche_at("approved")
    assert asked() == first


# ——— orders ———


def test_what_was_ticked_goes_out_as_one_order(client):
    rows = [purse.tranche_at("approved") for _one in range(2)]
    signed_in(client, "dana")
    where = reverse("grants:make_payment_order")
    shown = client.get(where, {"tranche": [str(one.pk) for one in rows] + ["nonsense"]}).content.decode()
    assert all(str(one.pk) in shown for one in rows)
    said = {
        "tranche": [one.pk for one in rows],
        "execute_on": "2026-03-03",
        "payer_name": "Office of Tunis",
        "payer_account": "0800",
    }
    answer = client.post(where, said)
    order = PaymentOrder.objects.get()
    assert (answer.status_code, answer.url) == (302, order.get_absolute_url())
    assert {again(one).state for one in rows} == {"ordered"}
    again_pressed = client.post(where, said)
    assert again_pressed.status_code == 409
    assert PaymentOrder.objects.count() == 1
    other = purse.tranche_at("approved")
    assert 'value="Office of Tunis"' in client.get(where, {"tranche": str(other.pk)}).content.decode()


def test_the_sheet_to_sign_and_the_file_are_noted_as_access(client):
    order = purse.tranche_at("ordered").order
    sheet = page(client, "dana", "payment_order_print", order.pk)
    assert "Second signature" in sheet and order.tranches.get().account.number in sheet
    signed_in(client, "dana").get(reverse("grants:payment_order_file", args=[order.pk, "pain.001.001.09"]))
    assert set(Access.objects.values_list("kind", flat=True)) >= {"print", "export"}


@pytest.mark.parametrize(
    ("pay_by", "said"),
    [("cheque", "Register of cheques"), ("postal_order", "List of postal orders"), ("cash", "Receipts for cash")],
)
def test_each_way_to_pay_has_its_sheet(client, pay_by, said):
    case = stage.candidate()
    case.accounts.update(pay_by=pay_by, number="")
    order = purse.ordered(purse.first_of(purse.supported(case))).order
    assert said in page(client, "dana", "payment_order_print", order.pk)
    assert client.get(reverse("grants:payment_order_file", args=[order.pk, "pain.001.001.09"])).status_code == 404


# ——— one contract ———


def test_a_contract_shows_its_ledger_its_evidence_and_what_is_missing(client):
    contract = purse.signed()
    shown = page(client, "amina", "contract", contract.pk)
    for words in ("Lease signed", "condition of the committee", "Missing: Lease signed.", "A visit to the business"):
        assert words in shown
    assert "4,792.00" in shown and "3,354.40" in shown and "1,437.60" in shown
    assert contract.case.accounts.get().number not in shown


def test_from_the_paper_to_the_approval_by_the_pages(client):
    tranche = purse.first_of(purse.supported(evidence=["Quote"]))
    paper, evidence = purse.paper(tranche.contract.case), tranche.evidence.get()
    signed_in(client, "amina")
    where = reverse("grants:answer_evidence", args=[tranche.pk])
    assert client.post(where, {"evidence": evidence.pk, "document": paper.pk, "version": tranche.version}).status_code == 302
    where = reverse("grants:request_tranche", args=[tranche.pk])
    assert client.post(where, {"version": again(tranche).version}).url == tranche.get_absolute_url()
    signed_in(client, "hana")
    where = reverse("grants:approve_tranche", args=[tranche.pk])
    assert client.post(where, {"version": again(tranche).version}).status_code == 302
    assert again(tranche).state == "approved"


def test_a_payment_by_receipt_in_another_currency_by_the_page(client):
    tranche = purse.tranche_at("ordered")
    paper = purse.paper(tranche.contract.case)
    signed_in(client, "dana")
    where = reverse("grants:confirm_payment", args=[tranche.pk])
    said = {"receipt": paper.pk, "on": "2026-03-02", "currency": "tnd", "amount": "1 014,000", "version": tranche.version}
    short = client.post(where, said)
    assert short.status_code == 409
    assert "say at what rate, and where the rate is from" in short.content.decode()
    assert "Three letters, such as EUR or TND." in client.post(where, {**said, "currency": "T1D"}).content.decode()
    assert client.post(where, {**said, "rate": "3.38", "rate_source": "InforEuro 2026-03"}).status_code == 302
    assert (again(tranche).paid_amount, again(tranche).paid_currency) == (1_014_000, "TND")


# ——— supports and accounts of a case ———


def test_a_support_is_granted_on_the_case_month_by_month(client):
    case = stage.candidate()
    signed_in(client, "amina")
    where = reverse("grants:grant_support", args=[case.pk])
    said = {"kind": "transport", "purpose": "Bus to the course", "amount": "40,50", "first_on": "2026-01-31", "months": "3"}
    answer = client.post(where, said)
    contract = Contract.objects.get()
    assert (answer.status_code, answer.url) == (302, contract.get_absolute_url())
    assert [(str(one.due_on), one.amount) for one in contract.tranches.order_by("number")] == [
        ("2026-01-31", 40_50), ("2026-02-28", 40_50), ("2026-03-31", 40_50),
    ]  # fmt: skip
    assert "Bus to the course" in page(client, "amina", "money_of_case", case.pk)


def test_what_is_wrong_with_an_account_is_said_in_the_form_and_what_was_typed_stays(client):
    case = make.case_at("start_up")
    signed_in(client, "amina")
    where = reverse("grants:set_account", args=[case.pk])
    answer = client.post(where, {"pay_by": "transfer", "holder": "Khaled", "number": "TN59 1000 6035 1835 9847 8832"})
    shown = answer.content.decode()
    assert answer.status_code == 409
    assert "The check digits of this IBAN are wrong" in shown and "TN59 1000 6035 1835 9847 8832" in shown


def test_finance_calls_the_number_from_before(client):
    case = stage.candidate()
    case.accounts.update(number_to_call="+21622000387")
    new = accounts.replace_account(
        case.accounts.get(), by=make.user("amina"), holder="A cousin", number="1" * 20, reason="He rang."
    )  # fmt: skip
    shown = page(client, "dana", "check_account", new.pk)
    assert "22 000 387" in shown or "+21622000387" in shown
    answer = client.post(reverse("grants:check_account", args=[new.pk]), {"how": "called", "version": again(new).version})
    assert (answer.status_code, again(new).checked_by) == (302, make.user("dana"))


# ——— statements and periods ———


def test_a_statement_is_looked_at_first_and_then_read_in(client):
    tranche = purse.tranche_at("ordered")
    signed_in(client, "dana")
    where, before = reverse("grants:import_statement"), Event.objects.count()
    text = f"date,amount,currency,reference,key\n2026-03-02,-300.00,EUR,R1,{tranche.payment_key}\n2026-03-02,-1.50,EUR,R2,\n"
    said = {"programme": tranche.contract.case.programme_id, "office": tranche.contract.office_id}
    looked = client.post(where, {**said, "file": SimpleUploadedFile("march.csv", text.encode())})
    shown = looked.content.decode()
    assert f"Confirms the payment of {tranche.contract.case.reference}" in shown
    assert "Fits nothing" in shown
    assert (Event.objects.count(), again(tranche).state) == (before, "ordered")

    done = client.post(where, {"step": "read_in"})
    statement = Statement.objects.get()
    assert (done.status_code, done.url) == (302, statement.get_absolute_url())
    assert again(tranche).state == "paid"
    line = statement.lines.unmatched().get()
    assert f"?line={line.pk}" in client.get(done.url).content.decode()
    match = reverse("grants:match_line", args=[statement.pk])
    assert client.post(match, {"line": line.pk, "explained": "charge", "version": statement.version}).status_code == 302
    assert "A charge of the bank" in client.get(done.url).content.decode()
    assert client.post(where, {"step": "read_in"}).url == where


def test_what_is_no_statement_is_said_in_words(client):
    tranche = purse.tranche_at("ordered")
    signed_in(client, "dana")
    said = {"programme": tranche.contract.case.programme_id, "office": tranche.contract.office_id}
    answer = client.post(reverse("grants:import_statement"), {**said, "file": SimpleUploadedFile("x.csv", b"a,b\n1,2\n")})
    assert answer.status_code == 422
    assert "The first line must name a date and an amount" in answer.content.decode()


def test_a_period_is_proposed_by_finance_and_closed_by_the_manager(client):
    programme = make.programme()
    signed_in(client, "dana")
    answer = client.post(reverse("grants:periods"), {"programme": programme.pk, "until": "2026-02-28"})
    assert answer.status_code == 302
    period = ClosedPeriod.objects.get()
    assert "not closed yet" in page(client, "gia", "periods")
    answer = client.post(reverse("grants:close_period", args=[period.pk]), {"version": period.version})
    assert (answer.status_code, again(period).closed_by) == (302, make.user("gia"))
    refused = signed_in(client, "dana").post(reverse("grants:periods"), {"programme": programme.pk, "until": "2026-02-28"})
    assert refused.status_code == 409
