"""A bank's statement as lines: CSV as banks export it, or ISO 20022 camt.053. Plain data in, plain data out.

A line is told again by the bank's own reference, its day and its amount; where a bank gives no reference, by what stands in the
line and which of its like it is on that day. Money that left is below zero.
"""

import csv
import datetime as dt
import hashlib
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from casework.rules import decimals

MOST_BYTES = 5_000_000
MOST_LINES = 5_000
_KEY = re.compile(r"\bHW[0-9a-f]{26}-\d+\b", re.I)


class Unreadable(ValueError):
    """The file is no statement that is understood; `code` says why, `where` names the line or field."""

    def __init__(self, code: str, where: str = "") -> None:
        self.code, self.where = code, where
        super().__init__(f"{code} {where}".strip())


@dataclass(frozen=True)
class Line:
    """One booking."""

    reference: str
    booked_on: dt.date
    amount: int
    currency: str
    key: str = ""
    text: str = ""


def read(data: bytes, currency: str = "") -> list[Line]:
    """The bookings of a statement in either format. `currency` is that of a CSV file that names none. Raises Unreadable."""
    if len(data) > MOST_BYTES:
        raise Unreadable("too_large")
    text = data.lstrip()
    lines = list(_camt(text) if text.startswith((b"<", b"\xef\xbb\xbf<")) else _csv(_decoded(data), currency))
    if not lines:
        raise Unreadable("empty")
    if len(lines) > MOST_LINES:
        raise Unreadable("too_many")
    return _told_apart(lines)


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable("no_text")


def _told_apart(lines: list[Line]) -> list[Line]:
    """Every line with a reference of its own; equal bookings of one day are counted, so that the same file tells them alike."""
    seen: Counter[Any] = Counter()
    found = []
    for line in lines:
        named = line.reference or hashlib.sha256(f"{line.booked_on}|{line.amount}|{line.text}|{line.key}".encode()).hexdigest()[:32]
        seen[named, line.booked_on, line.amount] += 1
        number = seen[named, line.booked_on, line.amount]
        found.append(replace(line, reference=named[:70] if number == 1 else f"{named[:70]}#{number}"))
    return found


# ——— CSV ———

_NAMES: Mapping[str, tuple[str, ...]] = {
    "date": ("date", "booked_on", "booking date", "date opération", "date operation", "date comptable", "buchungstag", "تاريخ"),
    "amount": ("amount", "montant", "betrag", "المبلغ"),
    "debit": ("debit", "débit", "paid out"),
    "credit": ("credit", "crédit", "paid in"),
    "currency": ("currency", "devise", "währung", "العملة"),
    "reference": ("reference", "référence", "bank reference", "bank_reference", "id", "المرجع"),
    "key": ("key", "payment_key", "end to end", "end_to_end_id", "endtoendid", "référence client"),
    "text": ("text", "description", "libellé", "libelle", "details", "verwendungszweck", "البيان"),
}


def _csv(text: str, currency: str) -> Iterator[Line]:
    head, _newline, _rest = text.partition("\n")
    rows = csv.reader(io.StringIO(text), delimiter=max(";,\t", key=head.count))
    try:
        names = [name.strip().casefold() for name in next(rows)]
    except (StopIteration, csv.Error) as nothing:
        raise Unreadable("empty") from nothing
    place = {what: names.index(name) for what, known in _NAMES.items() for name in known if name in names}
    if "date" not in place or not ("amount" in place or {"debit", "credit"} <= set(place)):
        raise Unreadable("headings", ", ".join(names)[:80])
    try:
        for number, row in enumerate(rows, 2):
            if any(cell.strip() for cell in row):
                yield _row({what: row[at].strip() if at < len(row) else "" for what, at in place.items()}, currency, number)
    except csv.Error as broken:
        raise Unreadable("broken", str(broken)) from broken


def _row(cells: Mapping[str, str], currency: str, number: int) -> Line:
    money = (cells.get("currency") or currency).upper()
    if not re.fullmatch("[A-Z]{3}", money):
        raise Unreadable("currency", str(number))
    if "amount" in cells:
        amount = _minor(cells["amount"], money, number)
    else:
        amount = _minor(cells["credit"] or "0", money, number) - abs(_minor(cells["debit"] or "0", money, number))
    text = cells.get("text", "")
    return Line(
        cells.get("reference", ""), _day(cells["date"], number), amount, money, _key(cells.get("key", ""), text), text[:500]
    )


def _key(said: str, text: str) -> str:
    found = _KEY.search(said) or _KEY.search(text)
    return _as_key(found.group()) if found else ""


def _as_key(written: str) -> str:
    return "HW" + written[2:].lower()


def _minor(written: str, money: str, number: int) -> int:
    plain = re.sub(r"[\s\u00a0\u202f']", "", written)
    if "," in plain and "." in plain:
        thousands = "," if plain.rindex(".") > plain.rindex(",") else "."
        plain = plain.replace(thousands, "")
    try:
        amount = Decimal(plain.replace(",", ".")).scaleb(decimals(money))
    except InvalidOperation as wrong:
        raise Unreadable("amount", str(number)) from wrong
    if not amount.is_finite() or amount != amount.to_integral_value() or abs(amount) > 10**15:
        raise Unreadable("amount", str(number))
    return int(amount)


def _day(written: str, number: int) -> dt.date:
    for pattern in ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y%m%d"):
        try:
            return dt.datetime.strptime(written[:10], pattern).date()
        except ValueError:
            continue
    raise Unreadable("date", str(number))


# ——— camt.053 ———


def _camt(data: bytes) -> Iterator[Line]:
    try:
        root = fromstring(data)
    except (ParseError, DefusedXmlException, ValueError) as wrong:
        raise Unreadable("xml") from wrong
    statements = [one for one in root.iter() if _name(one) == "Stmt"]
    if not statements:
        raise Unreadable("no_statement")
    for number, booked in enumerate((each for one in statements for each in one if _name(each) == "Ntry"), 1):
        if _said(booked, "Sts", "Cd") in ("", "BOOK") and (_said(booked, "Sts") or "BOOK").strip() in ("BOOK", ""):
            yield from _booking(booked, number)


def _booking(booked: Element, number: int) -> Iterator[Line]:
    day = _day(_said(booked, "BookgDt", "Dt") or _said(booked, "BookgDt", "DtTm") or _said(booked, "ValDt", "Dt"), number)
    sign = -1 if _said(booked, "CdtDbtInd") == "DBIT" else 1
    reference = _said(booked, "AcctSvcrRef") or _said(booked, "NtryRef")
    inside = [one for each in booked if _name(each) == "NtryDtls" for one in each if _name(one) == "TxDtls"]
    whole = _amount(booked, number)
    parts = [(one, _amount(one, number) or _amount(_child(one, "AmtDtls", "TxAmt"), number)) for one in inside]
    if len(parts) > 1 and all(part for _one, part in parts) and sum(part[0] for _one, part in parts if part) == (whole or (0,))[0]:
        for place, (one, part) in enumerate(parts, 1):
            yield _line(one, f"{reference}/{place}" if reference else "", day, sign, part, number)
    else:
        yield _line(inside[0] if len(inside) == 1 else booked, reference, day, sign, whole, number)


def _line(one: Element, reference: str, day: dt.date, sign: int, amount: tuple[int, str] | None, number: int) -> Line:
    if amount is None:
        raise Unreadable("amount", str(number))
    text = " ".join(
        each.text.strip() for each in one.iter() if _name(each) in ("Ustrd", "AddtlNtryInf", "AddtlTxInf") and each.text
    )
    said = next((each.text or "" for each in one.iter() if _name(each) == "EndToEndId"), "")
    return Line(reference or _said(one, "Refs", "AcctSvcrRef"), day, sign * amount[0], amount[1], _key(said, text), text[:500])


def _amount(one: Element | None, number: int) -> tuple[int, str] | None:
    found = _child(one, "Amt") if one is not None else None
    if found is None or not found.text:
        return None
    money = found.get("Ccy", "")
    if not re.fullmatch("[A-Z]{3}", money):
        raise Unreadable("currency", str(number))
    return _minor(found.text, money, number), money


def _name(one: Element) -> str:
    return str(one.tag).rpartition("}")[2]


def _child(one: Element, *path: str) -> Element | None:
    for name in path:
        found = next((each for each in one if _name(each) == name), None)
        if found is None:
            return None
        one = found
    return one


def _said(one: Element, *path: str) -> str:
    found = _child(one, *path)
    return (found.text or "").strip() if found is not None else ""
