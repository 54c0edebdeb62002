"""Statements: read in two formats, once; what they prove is confirmed, the rest listed; files of orders beside the schema."""

import csv
import datetime as dt
import io
from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest
import sepaxml
import xmlschema
from hypothesis import given
from hypothesis import strategies as st

from grants import statements as reader
from grants.actions import periods, statements, tranches
from grants.books import book_of, broken_lines
from grants.models import Entry, Statement, StatementLine
from grants.money_page import order_as_data
from grants.payment_files import Order, Payee, as_csv, as_pain, for_banks
from tests import factories as make
from tests.grants import purse
from tests.grants.stage import again
from workflows import clock as clocks
from workflows.acting import NotYours, Refused
from workflows.models import Event

KEY = "HW" + "0123456789abcdef0123456789" + "-1"
CAMT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>1</MsgId></GrpHdr><Stmt><Id>S1</Id>
{entries}</Stmt></BkToCstmrStmt></Document>"""
ENTRY = """<Ntry><Amt Ccy="{money}">{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd><Sts><Cd>{status}</Cd></Sts>
<BookgDt><Dt>{day}</Dt></BookgDt><AcctSvcrRef>{ref}</AcctSvcrRef>
<NtryDtls><TxDtls><Refs><EndToEndId>{key}</EndToEndId></Refs><RmtInf><Ustrd>Things</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"""


def camt(*rows):
    began = {
        "money": "EUR",
        "amount": "300.00",
        "sign": "DBIT",
        "status": "BOOK",
        "day": "2026-03-02",
        "ref": "R1",
        "key": "NOTPROVIDED",
    }
    return CAMT.format(entries="".join(ENTRY.format(**{**began, **row}) for row in rows)).encode()


# ——— reading ———


def test_a_csv_of_an_english_and_one_of_a_french_bank_say_the_same():
    english = f"date,amount,currency,reference,key,text\n2026-03-02,-300.00,EUR,R1,{KEY},School things\n".encode()
    french = f"Date opération;Débit;Crédit;Devise;Référence;Libellé\r\n02/03/2026;300,00;;EUR;R1;{KEY.upper()}\r\n".encode("cp1252")
    one, two = reader.read(english)[0], reader.read(french)[0]
    assert (one.amount, one.key, one.booked_on, one.reference) == (-300_00, KEY, dt.date(2026, 3, 2), "R1")
    assert (two.amount, two.key, two.booked_on, two.reference) == (-300_00, KEY, dt.date(2026, 3, 2), "R1")


def test_amounts_are_read_as_they_are_written_here():
    rows = ["1 234,500", "1.234,500", "1,234.500", "1\u00a0234.5", "-1234.5"]
    text = "date;amount\n" + "".join(f"2026-03-02;{row}\n" for row in rows)
    assert [line.amount for line in reader.read(text.encode(), "TND")] == [1_234_500] * 4 + [-1_234_500]


def test_camt_053_is_read_with_its_sign_and_without_what_is_only_pending():
    lines = reader.read(camt({"key": KEY}, {"ref": "R2", "sign": "CRDT", "amount": "12.50"}, {"ref": "R3", "status": "PDNG"}))
    assert [(line.reference, line.amount, line.currency, line.key) for line in lines] == [
        ("R1", -300_00, "EUR", KEY),
        ("R2", 12_50, "EUR", ""),
    ]


def test_a_booking_of_several_payments_is_several_lines():
    parts = "".join(
        f'<TxDtls><Refs><EndToEndId>{KEY[:-1]}{n}</EndToEndId></Refs><Amt Ccy="EUR">{amount}</Amt></TxDtls>'
        for n, amount in ((1, "100.00"), (2, "200.00"))
    )
    whole = camt({}).decode().replace("<NtryDtls>", "<NtryDtls>" + parts, 1)
    head, _old, tail = whole.partition("<TxDtls><Refs><EndToEndId>NOTPROVIDED")
    lines = reader.read((head + tail[tail.index("</TxDtls>") + len("</TxDtls>") :]).encode())
    assert [(line.reference, line.amount, line.key[-1]) for line in lines] == [("R1/1", -100_00, "1"), ("R1/2", -200_00, "2")]


BOMB = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;">]><Document><Stmt>&c;</Stmt></Document>'
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><Document><Stmt>&b;</Stmt></Document>'


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"date,amount\n", "empty"),
        (b"when,what\n1,2\n", "headings"),
        (b"date,amount\n2026-13-02,1.00\n", "date"),
        (b"date,amount\n2026-03-02,ten\n", "amount"),
        (b"date,amount\n2026-03-02,1.005\n", "amount"),
        (b"date,amount\n2026-03-02,NaN\n", "amount"),
        (b"date,amount,currency\n2026-03-02,1.00,EURO\n", "currency"),
        (b"<Document", "xml"),
        (b"<Document/>", "no_statement"),
        (BOMB, "xml"),
        (OUTSIDE, "xml"),
        (b"x" * (reader.MOST_BYTES + 1), "too_large"),
    ],
)
def test_what_is_no_statement_is_refused_with_its_reason(data, code):
    with pytest.raises(reader.Unreadable) as unreadable:
        reader.read(data, "EUR")
    assert unreadable.value.code == code
    assert code in statements.WHY


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data):
    try:
        assert reader.read(data, "EUR")
    except reader.Unreadable as unreadable:
        assert unreadable.code in statements.WHY


def test_equal_bookings_of_one_day_are_told_apart_and_told_alike():
    text = b"date,amount\n2026-03-02,-5.00\n2026-03-02,-5.00\n"
    first, second = reader.read(text, "EUR")
    assert first.reference != second.reference
    assert reader.read(text, "EUR") == [first, second]


# ——— read in ———


def in_row(tranche, *, amount="-300.00", day="2026-03-02", ref="R1", money="EUR"):
    return f"{day},{amount},{money},{ref},{tranche.payment_key},x\n"


def csv_of(*rows):
    return ("date,amount,currency,reference,key,text\n" + "".join(rows)).encode()


def read_in(data, **also):
    programme = make.programme()
    said = {"by": make.user("dana"), "programme": programme, "office": make.office("TUNIS"), "name": "March", "data": data, **also}
    return statements.import_statement(**said)


@pytest.fixture
def ordered(db, clock):
    return purse.tranche_at("ordered")


def test_a_line_with_the_key_and_the_amount_confirms_the_payment(ordered):
    statement = read_in(csv_of(in_row(ordered), "2026-03-02,-1.50,EUR,R2,,Charges\n"))
    paid = again(ordered)
    assert (paid.state, paid.paid_amount, paid.paid_on) == ("paid", 300_00, dt.date(2026, 3, 2))
    assert [line.bank_reference for line in statement.lines.unmatched()] == ["R2"]
    assert list(broken_lines()) == []


def test_a_statement_imported_twice_changes_nothing(ordered):
    data = csv_of(in_row(ordered), "2026-03-02,-1.50,EUR,R2,,Charges\n")
    first = read_in(data)
    before = (Event.objects.count(), Entry.objects.count(), StatementLine.objects.count())
    assert read_in(data) == first
    assert read_in(data, name="Another name") == first
    assert (Event.objects.count(), Entry.objects.count(), StatementLine.objects.count()) == before


def test_a_longer_statement_brings_only_what_is_new(ordered):
    read_in(csv_of(in_row(ordered)))
    second = read_in(csv_of(in_row(ordered), "2026-03-02,-1.50,EUR,R2,,Charges\n"))
    assert [line.bank_reference for line in second.lines.all()] == ["R2"]
    assert Entry.objects.filter(kind="paid").count() == 1


def test_the_same_money_in_camt_and_csv_pays_once(ordered):
    read_in(csv_of(in_row(ordered)))
    read_in(camt({"key": ordered.payment_key}))
    assert Entry.objects.filter(kind="paid").count() == 1
    assert StatementLine.objects.count() == 1


@pytest.mark.parametrize("row", [{"amount": "-299.00"}, {"money": "TND", "amount": "-300.000"}])
def test_another_amount_or_currency_confirms_nothing_and_is_listed(ordered, row):
    statement = read_in(csv_of(in_row(ordered, **row)))
    assert again(ordered).state == "ordered"
    assert statement.lines.unmatched().count() == 1


def test_a_bank_that_sends_it_back_is_believed_before_and_after(ordered):
    read_in(csv_of(in_row(ordered)))
    read_in(csv_of(in_row(ordered), in_row(ordered, amount="300.00", ref="R9")))
    assert again(ordered).state == "bounced"
    assert book_of(ordered.contract).balance.kept == 0
    assert list(broken_lines()) == []


def test_a_credit_of_the_same_figure_in_another_currency_sends_nothing_back(ordered):
    statement = read_in(csv_of(in_row(ordered, amount="30.000", money="TND", ref="R9")))
    assert statement.lines.get().amount == ordered.amount
    assert (again(ordered).state, statement.lines.unmatched().count()) == ("ordered", 1)


def test_a_line_of_a_closed_month_is_booked_today(ordered):
    clocks.set_to(dt.datetime(2026, 4, 2, 9, tzinfo=dt.UTC))
    period = periods.propose_close_period(make.programme(), by=make.user("dana"), until=dt.date(2026, 3, 31))
    periods.close_period(again(period), by=make.user("gia"))
    statement = read_in(csv_of(in_row(ordered)))
    assert again(ordered).paid_on == dt.date(2026, 4, 2)
    assert statement.lines.get().booked_on == dt.date(2026, 3, 2)
    assert list(broken_lines()) == []


def test_a_line_is_said_once_and_only_in_its_statement(ordered):
    statement = read_in(b"date,amount,currency,reference\n2026-03-02,-1.50,EUR,R2\n")
    line, dana = statement.lines.get(), make.user("dana")
    statements.match_line(statement, by=dana, line=line, explained="charge")
    with pytest.raises(Refused) as refused:
        statements.match_line(again(statement), by=dana, line=line, explained="other")
    assert refused.value.codes == ["line_used"]
    with pytest.raises(Refused) as refused:
        statements.match_line(again(statement), by=dana, line=line, explained="other", tranche=ordered)
    assert refused.value.codes == ["one_of_both"]


def test_a_line_without_a_key_is_matched_by_hand(ordered):
    statement = read_in(b"date,amount,currency,reference\n2026-03-02,-300.00,EUR,R2\n")
    statements.match_line(statement, by=make.user("dana"), line=statement.lines.get(), tranche=ordered)
    assert again(ordered).state == "paid"


def test_a_month_with_unexplained_lines_is_not_closed(ordered):
    read_in(b"date,amount,currency,reference\n2026-02-02,-1.50,EUR,R2\n")
    with pytest.raises(Refused) as refused:
        periods.propose_close_period(make.programme(), by=make.user("dana"), until=dt.date(2026, 2, 28))
    assert refused.value.codes == ["unmatched"]


def test_nobody_but_finance_reads_in_or_sees_a_statement(ordered):
    with pytest.raises(NotYours):
        read_in(csv_of(in_row(ordered)), by=make.user("hana"))
    assert not Statement.objects.exists()
    read_in(csv_of(in_row(ordered)))
    assert not Statement.objects.visible_to(make.user("hana")).exists()


def test_the_download_of_a_file_confirms_nothing(ordered, client):
    client.force_login(make.user("dana"))
    for kind in ("csv", "pain.001.001.09", "pain.001.001.03"):
        assert client.get(f"/payment-orders/{ordered.order_id}/file/{kind}/").status_code == 200
    assert again(ordered).state == "ordered"
    assert client.get(f"/payment-orders/{ordered.order_id}/file/exe/").status_code == 404


# ——— files for banks ———

SCHEMAS = Path(sepaxml.__file__).parent / "schemas"
IBAN, OTHER = "TN5910006035183598478831", "08006000000000000001"


def an_order(*payees, money="EUR", **facts):
    payees = payees or (Payee(KEY, "Khaled Belhaj", IBAN, 3_354_40, bic="STBKTNTT", iban=True, about="Award"),)
    return Order(
        "TN-RETURN-20260302-A1B2C3", dt.datetime(2026, 3, 2, 9), dt.date(2026, 3, 3), money, "Office of Tunis", OTHER, payees,
        **facts,
    )  # fmt: skip


@pytest.mark.parametrize("version", ["pain.001.001.09", "pain.001.001.03"])
@pytest.mark.parametrize(
    "order",
    [
        an_order(),
        an_order(Payee(KEY, "خالد بلحاج", OTHER, 1), Payee(KEY[:-1] + "2", "Zoé <& Cie", OTHER, 99)),
        an_order(Payee(KEY, "Khaled", OTHER, 12_000_500), money="TND", payer_bic="STBKTNTTXXX"),
        replace(an_order(), payer_account=IBAN, payer_iban=True, payer_bic="STBKTNTT"),
    ],
)
def test_a_file_for_the_bank_is_what_the_schema_says(version, order):
    schema = xmlschema.XMLSchema(SCHEMAS / f"{version}.xsd")
    data = as_pain(order, version)
    schema.validate(io.BytesIO(data))
    space = f"{{urn:iso:std:iso:20022:tech:xsd:{version}}}"
    root = fromstring(data)
    assert [one.text for one in root.iter(f"{space}EndToEndId")] == [payee.key for payee in order.payees]
    sums = {one.text for one in root.iter(f"{space}CtrlSum")}
    assert len(sums) == 1 and float(sums.pop()) == order.total / (1000 if order.currency == "TND" else 100)


def test_dinars_leave_with_three_decimals():
    data = as_pain(an_order(Payee(KEY, "Khaled", OTHER, 12_000_500), money="TND")).decode()
    assert '<InstdAmt Ccy="TND">12000.500</InstdAmt>' in data


def test_names_are_in_letters_that_banks_take():
    assert for_banks("Zoé  <b>Ça</b> & Cie") == "Zoe b Ca /b Cie"
    assert for_banks("خالد") == ""


def test_a_cell_that_a_spreadsheet_would_run_is_set_off():
    order = an_order(Payee(KEY, "=cmd()", OTHER, 100), Payee(KEY[:-1] + "2", "Khaled", "+216", 100))
    rows = list(csv.reader(io.StringIO(as_csv(order).decode("utf-8-sig"))))
    assert (rows[1][3], rows[2][4], rows[1][7]) == ("'=cmd()", "'+216", "1.00")


def test_the_order_in_the_database_is_the_order_in_the_file(ordered):
    data = order_as_data(ordered.order)
    assert [(one.key, one.amount, one.account) for one in data.payees] == [(ordered.payment_key, 300_00, ordered.account.number)]
    xmlschema.XMLSchema(SCHEMAS / "pain.001.001.09.xsd").validate(io.BytesIO(as_pain(data)))


def test_a_file_pays_to_the_account_as_it_was_ordered(ordered):
    from grants.actions import accounts

    accounts.replace_account(ordered.account, by=make.user("amina"), holder="A cousin", number="1" * 20, reason="He rang.")
    assert order_as_data(again(ordered).order).payees[0].account == ordered.account.number
    tranches.bounce(again(ordered), by=make.user("dana"), reason="Account closed")
    with pytest.raises(Refused) as refused:
        tranches.order_again(again(ordered), by=make.user("dana"))
    assert refused.value.codes == ["account_not_checked"]
