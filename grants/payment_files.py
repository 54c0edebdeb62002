"""A payment order as a file for the bank: CSV, and ISO 20022 pain.001 in the versions 09 and 03. Plain data in, bytes out.

What a bank does with the file says nothing about whether it paid: only its statement does.
"""

import csv
import datetime as dt
import io
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from xml.etree.ElementTree import Element, SubElement, tostring

from casework.rules import decimals

VERSIONS = ("pain.001.001.09", "pain.001.001.03")
_BANKS = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]")


@dataclass(frozen=True)
class Payee:
    """One payment of the order."""

    key: str
    name: str
    account: str
    amount: int
    bic: str = ""
    bank: str = ""
    iban: bool = False
    about: str = ""


@dataclass(frozen=True)
class Order:
    """The order: who pays, from where, when, whom."""

    number: str
    made_at: dt.datetime
    execute_on: dt.date
    currency: str
    payer: str
    payer_account: str
    payees: Sequence[Payee]
    payer_bic: str = ""
    payer_iban: bool = False

    @property
    def total(self) -> int:
        """The sum, in minor units."""
        return sum(payee.amount for payee in self.payees)


def for_banks(text: str, most: int = 70) -> str:
    """`text` in the letters that every bank takes: Latin, without accents; what has none in Latin falls away."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return " ".join(_BANKS.sub(" ", plain).split())[:most]


def written(amount: int, currency: str) -> str:
    """The amount with the decimals of the currency and a point."""
    places = decimals(currency)
    return f"{Decimal(amount).scaleb(-places):.{places}f}"


def as_csv(order: Order) -> bytes:
    """One line a payment. A cell that a spreadsheet would take for a formula is set off by an apostrophe."""
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow(["order", "execute_on", "key", "name", "account", "bic", "bank", "amount", "currency", "about"])
    for one in order.payees:
        money = written(one.amount, order.currency)
        cells = [order.number, order.execute_on.isoformat(), one.key, one.name, one.account, one.bic, one.bank]
        sheet.writerow([*map(_harmless, cells), money, order.currency, _harmless(one.about)])
    return out.getvalue().encode("utf-8-sig")


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell[:1] in "=+-@\t\r" and cell else cell


def as_pain(order: Order, version: str = VERSIONS[0]) -> bytes:
    """A customer credit transfer of one batch. Raises ValueError for an unknown version, or an order without payments."""
    if version not in VERSIONS:
        raise ValueError(f"{version} is not written here.")
    if not order.payees:
        raise ValueError("An order has a payment at least.")
    newer = version == VERSIONS[0]
    root = Element("Document", xmlns=f"urn:iso:std:iso:20022:tech:xsd:{version}")
    whole = SubElement(root, "CstmrCdtTrfInitn")
    head = SubElement(whole, "GrpHdr")
    _say(head, MsgId=order.number, CreDtTm=order.made_at.strftime("%Y-%m-%dT%H:%M:%S"))
    _say(head, NbOfTxs=str(len(order.payees)), CtrlSum=written(order.total, order.currency))
    _say(SubElement(head, "InitgPty"), Nm=for_banks(order.payer) or "Office")
    batch = SubElement(whole, "PmtInf")
    _say(batch, PmtInfId=order.number, PmtMtd="TRF", BtchBookg="false")
    _say(batch, NbOfTxs=str(len(order.payees)), CtrlSum=written(order.total, order.currency))
    day = SubElement(batch, "ReqdExctnDt")
    if newer:
        _say(day, Dt=order.execute_on.isoformat())
    else:
        day.text = order.execute_on.isoformat()
    _say(SubElement(batch, "Dbtr"), Nm=for_banks(order.payer) or "Office")
    _account(SubElement(batch, "DbtrAcct"), order.payer_account, iban=order.payer_iban)
    _bank(SubElement(batch, "DbtrAgt"), order.payer_bic, newer=newer)
    _say(batch, ChrgBr="SLEV")
    for payee in order.payees:
        _payment(SubElement(batch, "CdtTrfTxInf"), payee, order.currency, newer=newer)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="utf-8")


def _payment(one: Element, payee: Payee, currency: str, *, newer: bool) -> None:
    _say(SubElement(one, "PmtId"), InstrId=payee.key, EndToEndId=payee.key)
    amount = SubElement(SubElement(one, "Amt"), "InstdAmt", Ccy=currency)
    amount.text = written(payee.amount, currency)
    if payee.bic:
        _bank(SubElement(one, "CdtrAgt"), payee.bic, newer=newer)
    _say(SubElement(one, "Cdtr"), Nm=for_banks(payee.name) or payee.key)
    _account(SubElement(one, "CdtrAcct"), payee.account, iban=payee.iban)
    _say(SubElement(one, "RmtInf"), Ustrd=for_banks(f"{payee.key} {payee.about}", 140))


def _account(place: Element, number: str, *, iban: bool) -> None:
    inside = SubElement(place, "Id")
    if iban:
        _say(inside, IBAN=number)
    else:
        _say(SubElement(inside, "Othr"), Id=number[:34] or "NOTPROVIDED")


def _bank(place: Element, bic: str, *, newer: bool) -> None:
    inside = SubElement(place, "FinInstnId")
    if bic:
        _say(inside, **{"BICFI" if newer else "BIC": bic})
    else:
        _say(SubElement(inside, "Othr"), Id="NOTPROVIDED")


def _say(place: Element, **said: str) -> None:
    for name, text in said.items():
        SubElement(place, name).text = text
