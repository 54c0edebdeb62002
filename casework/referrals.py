"""Reading a list of referrals as a sender hands it over: whatever comes in, every row gets a clean reading or every fault.

`read_list` looks at the file twice. The first look decides what can only be decided over the whole file (encoding, delimiter,
where the headings are, whether month stands before day) and counts; the second gives the rows one by one, so that a list of
ten thousand takes no more memory than one of ten. A file that cannot be read at all raises `Unreadable` with one sentence.
Nothing here knows the database: what is done with a row is decided in `actions`.

Formulas are kept as text and never evaluated. Of a row whose consent was refused nothing survives but its reference.
"""

from __future__ import annotations

import calendar
import codecs
import csv
import datetime as dt
import io
import json
import re
import unicodedata
import warnings
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache, partial
from itertools import islice
from pathlib import Path
from typing import IO, Any, BinaryIO, TextIO

import openpyxl
import phonenumbers
from django.utils.translation import gettext as _
from openpyxl.utils.datetime import from_excel

from casework.data import countries, words
from casework.names import fold_digits
from workflows import clock
from workflows.partial import PartialDate

LIMIT_BYTES = 25_000_000
LIMIT_ROWS = 100_000
LIMIT_COLUMNS = 200
LIMIT_CELL = 32_768
LIMIT_SHEET = 1_048_576  # the last row that a spreadsheet has
_UNPACKED = 400_000_000
_SHARED = 100_000_000  # texts that all sheets share are held in memory
_LONGEST = {
    "reference": 60, "family_name": 120, "given_names": 120, "native_name": 160, "document_number": 40, "email": 254,
    "region": 60, "place": 80,
    "occupation": 200, "notes": 5000,
}  # fmt: skip
_NEEDED = ("reference", "family_name", "given_names")


class Unreadable(Exception):
    """The file cannot be read. `code` for machines, the sentence for people."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code, self.sentence = code, sentence


def _refusal(code: str) -> Unreadable:
    sentences = {
        "not_xlsx": _("The name says Excel, but the file is something else. Save it as .xlsx or as CSV and send that."),
        "not_csv": _("The name says CSV, but the file is something else. Save the list as CSV or .xlsx and send that."),
        "not_text": _("The file is not a text. Save the list as CSV or .xlsx and send that."),
        "encrypted": _("The file is locked with a password. Take the password off and send it again."),
        "broken": _("The Excel file is damaged. Open it, save it again and send that."),
        "zip_bomb": _("Unpacked, the file would be far too large. Save the list as CSV and send that."),
        "endless": _(
            "The sheet has more than %(most)d rows, empty ones among them. Copy the list alone into a new sheet and send that."
        )
        % {"most": 2 * LIMIT_ROWS},
        "no_headings": _("No headings that we know. The first row needs at least: reference, family name, given names."),
        "too_many_columns": _("The list has more than %(most)d columns.") % {"most": LIMIT_COLUMNS},
    }
    return Unreadable(code, sentences[code])


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a row. `value` is what was written; `message` never repeats it, because messages are kept."""

    field: str
    code: str
    value: str = ""

    @property
    def message(self) -> str:
        """Say what to do, in the reader's language, without what was written."""
        return _advice(self)

    @property
    def sentence(self) -> str:
        """Say what to do and name what was written: for the screen of somebody who sees the row."""
        shown = self.value if len(self.value) <= 60 else self.value[:57] + "…"
        return f"“{shown}”: {self.message}" if shown else self.message


def _advice(fault: Fault) -> str:
    if fault.code == "bad_date" and (day := _no_such_day(fault.value)):
        return day
    told = _told().get(fault.code)
    if told is None:
        raise KeyError(fault.code)
    return told % {"longest": _LONGEST.get(fault.field, LIMIT_CELL)}


def _told() -> dict[str, str]:
    return {
        "missing_reference": _("Write the sender's reference of this person."),
        "missing_family_name": _("Write the family name. If the person has one name only, write “-” here."),
        "missing_given_names": _("Write the given names. If the person has one name only, write “-” here."),
        "repeated_reference": _("An earlier row of this file has the same reference. Give each person a reference of their own."),
        "bad_date": _(
            "Write a date like 14/03/1994 or 1994-03-14. If the day is not known, write 07/1984; if only the year is, 1984."
        ),
        "birth_in_future": _("The date of birth lies ahead. Check the year."),
        "return_before_birth": _("The return is before the birth. Check both dates."),
        "unknown_country": _("Write the country by its name or its two letters, like Italy, Italie or IT."),
        "unknown_sex": _("Write F, M or X, or leave it empty."),
        "unknown_language": _("Write the language by its name or its two letters, like Arabic, arabe or ar."),
        "unknown_return_type": _("Write voluntary, assisted_voluntary, forced, charter or spontaneous, or leave it empty."),
        "unknown_path": _("Write job, training, start_up or unsure, or leave it empty."),
        "unknown_vulnerability": _("Use the codes of the list, like health or large_family, with a semicolon between them."),
        "unknown_consent": _("Write yes, no or unknown."),
        "bad_phone": _("Write the phone with its country code, like +216 26 131 860, or leave it empty."),
        "bad_email": _("Write an address like name@example.org, or leave it empty."),
        "bad_number": _("Write a whole number in digits that makes sense here, or leave it empty."),
        "too_long": _("Write at most %(longest)s characters."),
        "too_many_cells": _(
            "The row has more cells than there are headings. A comma or semicolon in a text needs quotation marks round the text."
        ),
        "consent_refused": _("The person does not want to be referred. Nothing else of this row is kept."),
        "formula": _("This looks like a formula. It is kept as text and never worked out."),
        "rounded": _("The part after the decimal sign is left out."),
        "placeholder_date": _("1 January 1900 stands for “not known” here, and is read so."),
    }


def _no_such_day(text: str) -> str:
    found = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})", fold_digits(text.strip()))
    if not found:
        return ""
    numbers = [int(n) for n in found.groups() if n]
    year, month, day = numbers if found.group(1) else numbers[::-1]
    if not (1 <= month <= 12 and 1800 < year < 2200 and 28 < day <= 31):
        return ""
    last = calendar.monthrange(year, month)[1]
    if day <= last:
        return ""
    # Neither month nor year is named: the message is kept, and must not tell when somebody was born.
    return _("The month has no such day. If the day is not known, write the month.")


@dataclass(slots=True)
class Row:
    """One row as it was read: clean values, or faults. `raw` is what was written under each heading."""

    line: int
    reference: str
    values: dict[str, Any]
    raw: dict[str, str]
    faults: list[Fault] = field(default_factory=list)
    flags: list[Fault] = field(default_factory=list)

    @property
    def fingerprint(self) -> str:
        """What is equal when the row says the same again. Made of the values: keep it only keyed (`blind_index`)."""
        return fingerprint(self.values)


@dataclass
class Reading:
    """A file that can be read. `rows` starts anew at each use; `count` is known before the first row is given."""

    name: str
    kind: str
    headings: list[str]
    columns: dict[str, int]
    ignored: list[str]
    twice: list[str]
    count: int
    encoding: str = ""
    delimiter: str = ""
    month_first: frozenset[str] = frozenset()
    _cells: Callable[[], Iterator[tuple[int, list[Any]]]] = field(repr=False, default=lambda: iter(()))
    _today: dt.date = field(repr=False, default_factory=clock.today)
    _country: str = ""

    @property
    def rows(self) -> Iterator[Row]:
        """Give the rows in the file's order, one at a time."""
        seen: set[str] = set()
        for line, cells in self._cells():
            yield self._row(line, cells, seen)

    def _row(self, line: int, cells: list[Any], seen: set[str]) -> Row:
        raw = {
            heading or f"({place + 1})": _text(cells[place]) if place < len(cells) else ""
            for place, heading in enumerate(self.headings)
        }
        reader = _RowReader(self, cells)
        reference = reader.word("reference")
        if len(reference) > _LONGEST["reference"]:
            reader.faults.append(Fault("reference", "too_long", reference))
            reference = ""
        consent = reader.consent()
        if consent == "no":
            seen.add(reference)
            return Row(line, reference, {}, {}, [Fault("consent", "consent_refused")])
        values = reader.values(reference, consent)
        if any(_text(cell).strip() for cell in cells[len(self.headings) :]):
            reader.faults.append(Fault("", "too_many_cells"))
        if reference and reference in seen:
            reader.faults.append(Fault("reference", "repeated_reference", reference))
        seen.add(reference)
        return Row(line, reference, values, raw, reader.faults, reader.flags)


def read(path: Path, *, today: dt.date | None = None, name: str = "", limit_bytes: int = LIMIT_BYTES, country: str = "") -> Reading:
    """Read a list that lies on the disk. As `read_list`; the file is opened anew for each look at the rows."""
    with path.open("rb"):
        pass
    return _read(partial(path.open, "rb"), name or path.name, limit_bytes, today, country)


def read_list(
    file: BinaryIO, name: str, *, limit_bytes: int = LIMIT_BYTES, today: dt.date | None = None, country: str = ""
) -> Reading:
    """Read an open, seekable file; it must stay open while rows are taken.

    `country` is where phone numbers without a country code are called from; else the row's own nationality.
    Raises Unreadable for a file that is not what its name says, is empty, locked, too large or has no headings we know.
    """

    def again() -> BinaryIO:
        file.seek(0)
        return _Lent(file)  # type: ignore[return-value]

    return _read(again, name, limit_bytes, today, country)


class _Lent(io.RawIOBase):
    """A file that somebody else will close."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def readinto(self, buffer: Any) -> int:
        data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def read(self, size: int = -1) -> bytes:
        return self._file.read(size)


_Opener = Callable[[], Any]


def _read(opener: _Opener, name: str, limit_bytes: int, today: dt.date | None, country: str) -> Reading:
    suffix = Path(name).suffix.casefold()
    with opener() as file:
        size = file.seek(0, io.SEEK_END)
        file.seek(0)
        head = file.read(8192)
    if not size or not head.strip(b"\x00\xef\xbb\xbf\xff\xfe \t\r\n"):
        raise Unreadable("empty", _("The file is empty."))
    if size > limit_bytes:
        raise Unreadable(
            "too_large", _("The file has more than %(most)d MB. Send it in parts.") % {"most": limit_bytes // 1_000_000}
        )
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        if suffix == ".xls":
            raise Unreadable("old_excel", _("This is a file of an old Excel. Save it as .xlsx or as CSV and send that."))
        raise _refusal("encrypted")
    zipped = head.startswith(b"PK\x03\x04")
    if suffix in (".xlsx", ".xlsm") or (zipped and suffix not in (".csv", ".tsv", ".txt")):
        if not zipped:
            raise _refusal("not_xlsx")
        return _read_xlsx(opener, name, today, country)
    if suffix in (".xls", ".ods", ".pdf", ".doc", ".docx"):
        raise Unreadable("unknown_kind", _("This kind of file cannot be read. Save it as .xlsx or as CSV and send that."))
    _refuse_no_text(head)
    return _read_csv(opener, name, today, country)


_MAGIC = (
    b"PK",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"%PDF",
    b"GIF8",
    b"\x1f\x8b",
    b"7z\xbc\xaf",
    b"Rar!",
    b"{\\rtf",
    b"\x7fELF",
    b"MZ\x90",
    b"II*\x00",
    b"RIFF",
)


def _refuse_no_text(head: bytes) -> None:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:64].lower()
    if head.startswith(_MAGIC) or start.startswith((b"<!doctype", b"<html", b"<table", b"<?xml", b"<head", b"<script", b"<div")):
        raise _refusal("not_csv")
    if start.startswith((b"{", b"[")):
        raise _refusal("not_csv")


# ——— headings ———


def _folded(text: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFKD", fold_digits(text).casefold()) if not unicodedata.combining(c))
    plain = plain.replace("œ", "oe").replace("æ", "ae").replace("’", "'")
    return " ".join(re.sub(r"[\W_]+", " ", plain).split())


def _symbols(text: str) -> str:
    return " ".join(text.casefold().split())


@cache
def _table(which: str) -> dict[str, Any]:
    """One of the tables of `data.words`, turned round: every written form to its code; signs that fold away stay as they are."""
    source: dict[Any, str]
    if which == "COUNTRIES":
        return {form: code for word, code in countries.BY_WORD.items() for form in (_folded(word),)}
    if which in ("YES", "NO", "UNKNOWN", "NOTHING"):
        source = {which.lower(): getattr(words, which)}
    elif which == "MONTHS":
        source = dict(enumerate(words.MONTHS, 1))
    else:
        source = getattr(words, which)
    table: dict[str, Any] = {}
    for code, forms in source.items():
        for form in forms.split("|"):
            table.setdefault(_folded(form) or _symbols(form), code)
    return table


@lru_cache(maxsize=4096)  # a column of a long list says the same few words over and over
def _look_up(which: str, text: str) -> Any:
    return None if len(text) > 80 else _table(which).get(_folded(text) or _symbols(text))


def _field_of(heading: str) -> str | None:
    text = str(heading).strip().strip("*:").strip()
    for form in (
        text,
        text.replace("(s)", "s"),
        text.replace("(s)", ""),
        text.replace("(e)", "e"),
        re.sub(r"\([^)]*\)|\[[^\]]*\]", " ", text),
    ):
        if (code := _table("HEADINGS").get(_folded(form) or _symbols(form))) is not None:
            return str(code)
    # DateOfBirth, date-of-birth and dateofbirth are one heading to the machines that write them.
    code = _run_together().get(_folded(text).replace(" ", ""))
    return str(code) if code else None


@cache
def _run_together() -> dict[str, Any]:
    return {form.replace(" ", ""): code for form, code in reversed(_table("HEADINGS").items()) if " " in form}


def _columns_of(cells: list[str]) -> dict[str, int]:
    """Which column holds which field. Of two headings for one field the first that names it best is taken."""
    columns: dict[str, int] = {}
    exact: set[str] = set()
    for place, cell in enumerate(cells):
        code = _field_of(cell) if cell.strip() else None
        if code is None:
            continue
        names_it = cell.strip().casefold().replace(" ", "_") == code
        if code not in columns or (names_it and code not in exact):
            columns[code] = place
        exact |= {code} if names_it else set()
    return columns


def _told_apart(headings: list[str]) -> list[str]:
    """The headings with a number behind each that stands there before, so that no cell hides another."""
    seen: dict[str, int] = {}
    apart = []
    for heading in headings:
        name = _folded(heading) or heading
        seen[name] = seen.get(name, 0) + 1
        if heading and seen[name] > 1:
            apart.append(f"{heading} ({seen[name]})")
        else:
            apart.append(heading)
    return apart


def _score(cells: list[str]) -> int:
    columns = _columns_of(cells)
    return len(columns) if len(columns) >= 2 else 0


def _check_headings(headings: list[str]) -> tuple[dict[str, int], list[str]]:
    if len(headings) > LIMIT_COLUMNS:
        raise _refusal("too_many_columns")
    columns = _columns_of(headings)
    if "full_name" in columns and ("family_name" in columns) != ("given_names" in columns):
        # "Name" beside "Surname" is the given name; beside "First name" the family name.
        missing = "given_names" if "family_name" in columns else "family_name"
        columns[missing] = columns.pop("full_name")
    if "family_name" in columns and "given_names" in columns:
        columns.pop("full_name", None)
    missing_fields = [need for need in _NEEDED if need not in columns and not ("full_name" in columns and need != "reference")]
    if missing_fields:
        told = {"reference": _("reference"), "family_name": _("family name"), "given_names": _("given names")}
        if len(missing_fields) == len(_NEEDED):
            raise _refusal("no_headings")
        raise Unreadable(
            "missing_headings", _("A column is missing: %(names)s.") % {"names": ", ".join(told[need] for need in missing_fields)}
        )
    taken = set(columns.values())
    ignored = [h.strip() for place, h in enumerate(headings) if h.strip() and place not in taken and _field_of(h) != "faults"]
    columns.pop("faults", None)
    return columns, ignored


# ——— CSV ———

_ENCODINGS = ("cp1252", "cp1256", "cp1251", "mac_roman", "cp850")
_FRENCH = frozenset("éèêëàâäçîïôöùûüÿœæñáíóúãõåøäöüÉÈÊËÀÂÄÇÎÏÔÖÙÛÜŒÆÑÁÍÓÚ")


def _encoding_of(opener: _Opener) -> str:
    """UTF-8 if the whole file is; UTF-16 by its mark or its zeros; else the code page in which the words look like words."""
    with opener() as file:
        sample = file.read(200_000)
        if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
            return "utf-16"
        zeros = sample[:4000].count(0)
        if zeros:
            even, odd = sample[:4000:2].count(0), sample[1:4000:2].count(0)
            if zeros > len(sample[:4000]) // 4 and min(even, odd) * 10 < max(even, odd):
                return "utf-16-be" if even > odd else "utf-16-le"
            raise _refusal("not_text")
        file.seek(0)
        pending, other = b"", bytearray()
        decoder = codecs.getincrementaldecoder("utf-8")()
        utf8 = True
        while chunk := file.read(1 << 16):
            if b"\x00" in chunk:
                raise _refusal("not_text")
            if utf8:
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError:
                    utf8 = False
            if len(other) < 200_000:
                # Lines with anything beyond ASCII, wherever in the file they stand.
                lines = (pending + chunk).split(b"\n")
                pending = lines.pop()[-4000:]
                other += b"\n".join(line for line in lines if not line.isascii())[:50_000] + b"\n"
        if utf8:
            try:
                decoder.decode(b"", final=True)
                return "utf-8-sig"
            except UnicodeDecodeError:
                pass
    other += pending
    return max(_ENCODINGS, key=lambda encoding: (_likelihood(bytes(other), encoding), -_ENCODINGS.index(encoding)))


def _likelihood(sample: bytes, encoding: str) -> float:
    score = 0.0
    text = sample.decode(encoding, errors="replace")
    for word in re.findall(r"[^\W\d_]+|\ufffd", text):
        if word.isascii():
            continue
        if word == "\ufffd":
            score -= 3
            continue
        strange = [c for c in word if ord(c) > 127]
        arabic = sum("\u0600" <= c <= "\u06ff" for c in strange)
        cyrillic = sum("\u0400" <= c <= "\u04ff" for c in strange)
        if arabic == len(word) and len(word) > 1:
            score += len(word)
        elif cyrillic == len(word) and len(word) > 1:
            score += len(word) if word.islower() or word.istitle() or word.isupper() else -len(word)
        elif (
            not arabic
            and not cyrillic
            and all(c in _FRENCH for c in strange)
            and (word.islower() or word.istitle() or word.isupper())
        ):
            # Three strange letters in a row are no French word, but may be an Arabic one in the wrong code page.
            score += len(strange) if len(strange) * 2 <= len(word) + 1 else -len(strange)
        else:
            score -= len(strange)
    return score


def _text_of(opener: _Opener, encoding: str) -> TextIO:
    file = opener()
    return io.TextIOWrapper(
        file if isinstance(file, io.BufferedReader) else io.BufferedReader(file), encoding=encoding, errors="replace", newline=""
    )


def _csv_rows(opener: _Opener, encoding: str, delimiter: str) -> Iterator[tuple[int, list[Any]]]:
    """Every record with the number of the line on which it begins."""
    with _text_of(opener, encoding) as text:
        reader = csv.reader(text, delimiter=delimiter, skipinitialspace=True)
        begins = 1
        try:
            for record in reader:
                yield begins, record
                begins = reader.line_num + 1
        except csv.Error as wrong:
            raise Unreadable(
                "broken_quotes",
                _("From line %(line)d on the cells cannot be told apart: a quotation mark is not closed.") % {"line": begins},
            ) from wrong


def _read_csv(opener: _Opener, name: str, today: dt.date | None, country: str) -> Reading:
    encoding = _encoding_of(opener)
    best: tuple[int, int, str] | None = None
    longest = 0
    for delimiter in (",", ";", "\t", "|"):
        try:
            for at, (_line, cells) in enumerate(islice(_csv_rows(opener, encoding, delimiter), 20)):
                longest = max(longest, len(cells))
                if (score := _score([str(c) for c in cells[: LIMIT_COLUMNS + 1]])) and (best is None or score > best[0]):
                    best = (score, at, delimiter)
        except Unreadable:
            continue
    if longest > LIMIT_COLUMNS:
        raise _refusal("too_many_columns")
    if best is None:
        raise _refusal("no_headings")
    _found, at, delimiter = best
    records = partial(_csv_rows, opener, encoding, delimiter)
    return _reading(name, "csv", records, at, today, country, encoding=encoding.removesuffix("-sig"), delimiter=delimiter)


# ——— XLSX ———


def _check_zip(opener: _Opener) -> None:
    with opener() as file:
        try:
            with zipfile.ZipFile(file) as archive:
                parts = archive.infolist()
                named = {part.filename for part in parts}
                if "EncryptedPackage" in named:
                    raise _refusal("encrypted")
                if "[Content_Types].xml" not in named or not any(n.startswith("xl/") for n in named):
                    raise _refusal("not_xlsx")
                if any(part.flag_bits & 1 for part in parts):
                    raise _refusal("encrypted")
                unpacked = sum(part.file_size for part in parts)
                packed = sum(part.compress_size for part in parts) or 1
                shared = sum(part.file_size for part in parts if part.filename.endswith("sharedStrings.xml"))
                bomb = unpacked > _UNPACKED or shared > _SHARED or (unpacked > 50_000_000 and unpacked / packed > 200)
                if bomb or len(parts) > 5000:
                    raise _refusal("zip_bomb")
                for part in parts:
                    if part.filename.endswith((".xml", ".rels")):
                        with archive.open(part) as inner:
                            if re.search(rb"<!(DOCTYPE|ENTITY)", inner.read(4096), re.IGNORECASE):
                                raise _refusal("not_xlsx")
                    if part.filename.startswith("xl/worksheets/"):
                        with archive.open(part) as inner:
                            _check_length(inner)
        except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError) as wrong:
            raise _refusal("broken") from wrong


_ROW = re.compile(rb"<(?:\w+:)?row[\s/>](?:[^>]{0,200}?\br=\"(\d+)\")?")


def _check_length(sheet: IO[bytes]) -> None:
    """Refuse a sheet that goes on for ever, before anything is made of its rows: it may be small, and unpack to millions."""
    count, rest = 0, b""
    while chunk := sheet.read(1 << 20):
        text = rest + chunk
        # What may be cut in two is looked at with the next chunk.
        cut = max(text.rfind(b"<"), len(text) - 400)
        for found in _ROW.finditer(text, 0, cut):
            count += 1
            if count > 2 * LIMIT_ROWS:
                raise _refusal("endless")
            if int(found.group(1) or 0) > LIMIT_SHEET:
                raise _refusal("broken")
        rest = text[cut:]


def _sheet_rows(opener: _Opener, sheet: int) -> Iterator[tuple[int, list[Any]]]:
    with opener() as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl tells of styles and extensions that it leaves out
        try:
            book = openpyxl.load_workbook(file, read_only=True, data_only=False, keep_links=False)
            try:
                page = book.worksheets[sheet]
                page.reset_dimensions()
                epoch = book.epoch
                for line, cells in enumerate(page.iter_rows(max_col=LIMIT_COLUMNS + 1, values_only=True), 1):
                    if cells.count(None) == len(cells):
                        continue
                    values = [_cell(cell, epoch) for cell in cells]
                    while values and values[-1] in (None, ""):
                        values.pop()
                    yield line, values
            finally:
                book.close()
        except Unreadable:
            raise
        except Exception as wrong:  # openpyxl answers a damaged file with whatever broke first
            raise _refusal("broken") from wrong


_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"})


def _cell(value: Any, epoch: dt.datetime) -> Any:
    if value is None or (value.__class__ is str and value not in _ERRORS):
        return value
    if isinstance(value, dt.datetime):
        return value.date() if value.time() == dt.time() else value
    if isinstance(value, (int, float)) and not isinstance(value, bool) and epoch.year == 1904:
        return _Serial(value, epoch)
    return "" if isinstance(value, str) else value


@dataclass(frozen=True)
class _Serial:
    """A number of a book that counts its days from 1904."""

    number: float
    epoch: dt.datetime


def _read_xlsx(opener: _Opener, name: str, today: dt.date | None, country: str) -> Reading:
    _check_zip(opener)
    with opener() as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            book = openpyxl.load_workbook(file, read_only=True, keep_links=False)
            sheets = len(book.worksheets)
            book.close()
        except Exception as wrong:  # as above
            raise _refusal("broken") from wrong
    best: tuple[int, int, int] | None = None
    wide = False
    for sheet in range(min(sheets, 20)):
        for at, (_line, cells) in enumerate(islice(_sheet_rows(opener, sheet), 20)):
            wide = wide or len(cells) > LIMIT_COLUMNS
            if (score := _score([_text(c) for c in cells])) and (best is None or (score > best[0] and sheet == best[1])):
                best = (score, sheet, at)
        if best is not None and best[0] >= 3:
            break
    if wide:
        raise _refusal("too_many_columns")
    if best is None:
        raise _refusal("no_headings")
    return _reading(name, "xlsx", partial(_sheet_rows, opener, best[1]), best[2], today, country)


# ——— the first look ———


def _reading(
    name: str, kind: str, records: Callable[[], Iterator[tuple[int, list[Any]]]], at: int, today: dt.date | None,
    country: str, *, encoding: str = "",
    delimiter: str = "",
) -> Reading:  # fmt: skip
    headings = [_text(cell).strip() for cell in next(islice((cells for _line, cells in records()), at, None))]
    while headings and not headings[-1]:
        headings.pop()
    headings = _told_apart(headings)
    columns, unknown = _check_headings(headings)
    twice = [heading for heading in unknown if _field_of(heading) in columns]
    ignored = [heading for heading in unknown if heading not in twice]

    def cells() -> Iterator[tuple[int, list[Any]]]:
        for place, (line, found) in enumerate(records()):
            if place > at and any(cell is not None and _text(cell).strip() for cell in found):
                yield line, found

    count = 0
    dates = [(code, columns[code]) for code in ("date_of_birth", "return_date") if code in columns]
    first = {code: [0, 0] for code, _place in dates}
    for _line, found in cells():
        count += 1
        if count > LIMIT_ROWS:
            raise Unreadable("too_many_rows", _("The list has more than %(most)d rows. Send it in parts.") % {"most": LIMIT_ROWS})
        for code, place in dates:
            if (
                place < len(found)
                and isinstance(found[place], str)
                and (numbers := _SLASHED.fullmatch(fold_digits(found[place].strip())))
            ):
                a, b = int(numbers.group(1)), int(numbers.group(2))
                first[code][0] += a > 12
                first[code][1] += b > 12
    if not count:
        raise Unreadable("no_rows", _("The list has headings, but no rows."))
    month_first = frozenset(code for code, (days, months) in first.items() if months and not days)
    return Reading(
        name,
        kind,
        headings,
        columns,
        ignored,
        twice,
        count,
        encoding,
        delimiter,
        month_first,
        cells,
        today or clock.today(),
        country,
    )


# ——— cells ———

_INVISIBLE = re.compile(
    r"[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
_FORMULA = re.compile(r"[=@]|[+-](?![\d\s().]*$)")


def _text(value: Any) -> str:
    if value.__class__ is str:
        return value
    if value is None:
        return ""
    if isinstance(value, _Serial):
        value = value.number
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    return str(value)


_SLASHED = re.compile(r"(\d{1,2})[/.\-\s]+(\d{1,2})[/.\-\s]+(\d{2}|\d{4})(?:[T\s].*)?")
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?(?:[T\s]\d{1,2}:\d{2}.*)?")
_MONTH_YEAR = re.compile(r"(\d{1,2})[/.\-\s](\d{4})")
_ABOUT = re.compile(
    r"^(?:(?:vers|env(?:iron)?\b\.?|about|around|approx(?:imately)?\b\.?|circa|ca\.|ca(?=\s)|c\.|autour de|aux environs de|"
    r"début|fin|early|mid|late|né(?:\(?e\)?)?(?: le| en)?(?=\s)|born(?: on| in)?|en|le|in|~|±|"
    r"نحو|حوالي|около|примерно|приблизительно|близько|დაახლოებით|մոտ)\s*)+",
    re.IGNORECASE,
)
_MORE_OR_LESS = re.compile(
    r"\s*(?:\(?(?:environ|env\.?|approx(?:imately)?\.?|about|circa|ca\.?|estimé|estimated|est\.?)\)?|\(?\?\)?|\*|"
    r"г\.?|год[а]?|წელი|წ\.?|թ\.?)$",
    re.IGNORECASE,
)
_NOT_KNOWN = re.compile(r"^(?:[?x_*-]{1,2}[/.\-])?(?:[?x_*-]{1,2}[/.\-])(?=\d)", re.IGNORECASE)
_NOT_KNOWN_AFTER = re.compile(r"(?<=\d)(?:[/.\-][?x_*]{1,2}){1,2}$", re.IGNORECASE)


def read_date(value: Any, *, today: dt.date, month_first: bool = False, past: bool = True) -> PartialDate | None:
    """Read a date as people write it, as exactly as it is known; None when nothing is. Raises ValueError for what is no date.

    Day stands before month unless the column as a whole proves the other. Two digits of a year are the last such year that
    is not ahead (`past`), or the one in this century.
    """
    if isinstance(value, _Serial):
        value = from_excel(value.number, value.epoch)
    if isinstance(value, dt.date):
        return _date(value.year, value.month, value.day)
    text = " ".join(fold_digits(_INVISIBLE.sub("", _text(value))).replace("،", ",").split()).strip(" .,'’")
    if not text or _look_up("NOTHING", text):
        return None
    text = _NOT_KNOWN_AFTER.sub("", _NOT_KNOWN.sub("", _MORE_OR_LESS.sub("", _ABOUT.sub("", text))))
    if found := _ISO.fullmatch(text):
        year, month, day = (int(part or 0) for part in found.groups())
        return _date(year, month, day)
    if found := _SLASHED.fullmatch(text):
        a, b, year = int(found.group(1)), int(found.group(2)), _year(found.group(3), today, past)
        return _date(year, a, b) if month_first else _date(year, b, a)
    if found := _MONTH_YEAR.fullmatch(text):
        return _date(int(found.group(2)), int(found.group(1)), 0)
    if re.fullmatch(r"\d{4}", text):
        return _date(int(text), 0, 0)
    if re.fullmatch(r"\d{8}", text):
        year = int(text[:4])
        return (
            _date(year, int(text[4:6]), int(text[6:]))
            if 1850 <= year <= 2200
            else _date(int(text[4:]), int(text[2:4]), int(text[:2]))
        )
    if re.fullmatch(r"\d{5}(?:\.\d+)?", text):
        serial = from_excel(float(text))
        return _date(serial.year, serial.month, serial.day)
    return _date_in_words(text, today, past)


def _date_in_words(text: str, today: dt.date, past: bool) -> PartialDate:
    day = year = month = 0
    spoken = re.sub(r"(\d)(?:er|st|nd|rd|th|e|ère)\b", r"\1", text)
    rest: list[str] = []
    for word in re.findall(r"[^\s,./\-]+", spoken):
        if word.isdigit():
            if len(word) == 4:
                year = int(word)
            elif len(word) == 2 and not year and int(word) > 31:
                year = _year(word, today, past)
            elif len(word) <= 2 and not day and not (year or (month and rest and rest[-1] == "day")):
                day = int(word)
                rest.append("day")
            elif len(word) == 2 and not year:
                year = _year(word, today, past)
            else:
                raise ValueError(text)
        elif (found := _look_up("MONTHS", word)) and not month:
            month = int(found)
        elif word.casefold() in ("de", "of", "the", "le", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi",
        "dimanche") or word.casefold() in (
            "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
        ):  # fmt: skip
            continue
        else:
            raise ValueError(text)
    if not month or not year:
        raise ValueError(text)
    return _date(year, month, day)


def _year(digits: str, today: dt.date, past: bool) -> int:
    if len(digits) == 4:
        return int(digits)
    year = today.year // 100 * 100 + int(digits)
    return year - 100 if past and year > today.year else year


def _date(year: int, month: int, day: int) -> PartialDate:
    if not 1880 <= year <= 2150:
        raise ValueError(year)
    # 00/07/1984 and 1984-00-00 are how forms write that a part is not known.
    return PartialDate(year, month or None, (day or None) if month else None)


class _RowReader:
    """Reads the cells of one row, and gathers what is wrong with them."""

    def __init__(self, reading: Reading, cells: list[Any]) -> None:
        self.reading, self.cells = reading, cells
        self.faults: list[Fault] = []
        self.flags: list[Fault] = []

    def cell(self, code: str) -> Any:
        place = self.reading.columns.get(code)
        return self.cells[place] if place is not None and place < len(self.cells) else None

    def word(self, code: str) -> str:
        """The cell as one line of text."""
        text = _text(self.cell(code)).strip()
        if not text.isascii() or not text.isprintable():
            text = unicodedata.normalize("NFC", _INVISIBLE.sub("", text)).strip()
        if text.startswith("'") and text[1:2] in ("=", "+", "-", "@"):
            text = text[1:]  # written so by us or a spreadsheet, to keep it a text
        return text if code == "notes" else " ".join(text.split())

    def fault(self, code: str, fault: str, value: str) -> None:
        self.faults.append(Fault(code, fault, value))

    def given(self, code: str) -> str:
        """The cell, or "" when it holds a word for nothing."""
        text = self.word(code)
        return "" if _look_up("NOTHING", text) else text

    def text(self, code: str, *, nothing: bool = True) -> str:
        text = self.given(code) if nothing else self.word(code)
        if len(text) > _LONGEST.get(code, LIMIT_CELL):
            self.fault(code, "too_long", text)
            return ""
        if text and _FORMULA.match(text):
            self.flags.append(Fault(code, "formula", text))
        return text

    def coded(self, code: str, which: str, fault: str, default: Any = "") -> Any:
        text = self.given(code)
        if not text or (_look_up("UNKNOWN", text) and which != "PATHS"):
            return default
        found = _look_up(which, text)
        if found is None:
            self.fault(code, fault, text)
            return default
        return found

    def consent(self) -> str:
        text = self.word("consent")
        if not text:
            return "unknown"
        for which in ("NO", "YES", "UNKNOWN"):
            if answer := _look_up(which, text):
                return str(answer)
        self.fault("consent", "unknown_consent", text)
        return "unknown"

    def date(self, code: str, *, past: bool) -> PartialDate | None:
        value = self.cell(code)
        try:
            return read_date(value, today=self.reading._today, month_first=code in self.reading.month_first, past=past)
        except (ValueError, OverflowError, TypeError):
            self.fault(code, "bad_date", _text(value).strip())
            return None

    def number(self, code: str, most: int) -> int | None:
        text = fold_digits(self.given(code))
        if not text:
            return None
        if code == "education_isced" and (level := _look_up("EDUCATION", text)) is not None and not text.isdigit():
            return int(level)
        found = re.fullmatch(
            r"(?:isced|cite|niveau|level)?\s*(\d{1,4})(?:[.,](\d+))?(?:\s*(?:ans?|années?|years?|yrs?|personnes?|people|persons))?",
            text,
            re.IGNORECASE,
        )
        if not found or int(found.group(1)) > most:
            self.fault(code, "bad_number", text)
            return None
        if (found.group(2) or "0").strip("0"):
            if code != "years_abroad":
                self.fault(code, "bad_number", text)
                return None
            self.flags.append(Fault(code, "rounded", text))
        return int(found.group(1))

    def phones(self, countries_: Iterable[str]) -> list[str]:
        written = fold_digits(self.given("phone"))
        numbers = []
        for one in re.split(r"\s*[;,/|]\s*|\s+(?:ou|or|et|and)\s+", written) if written else ():
            if one:
                number = read_phone(one, countries_)
                if not number:
                    self.fault("phone", "bad_phone", written)
                    return []
                numbers.append(number)
        return list(dict.fromkeys(numbers))

    def emails(self) -> list[str]:
        written = self.given("email")
        addresses = (
            [one.strip("<>") for one in re.split(r"[;,\s]+", written.replace("mailto:", "")) if one]
            if "@" in written
            else [written]
            if written
            else []
        )
        for address in addresses:
            if len(address) > _LONGEST["email"] or not _EMAIL.fullmatch(address) or ".." in address:
                self.fault("email", "bad_email", written)
                return []
        return addresses

    def vulnerabilities(self) -> list[str]:
        written = self.word("vulnerabilities")
        whole = _look_up("VULNERABILITIES", written)
        if whole:
            return [whole]
        codes: list[str] = []
        for one in re.split(r"[;,|/\n]+", written):
            if not one.strip() or _look_up("NOTHING", one) or _look_up("NO", one):
                continue
            code = _look_up("VULNERABILITIES", one)
            if code is None:
                self.fault("vulnerabilities", "unknown_vulnerability", one.strip())
            elif code not in codes:
                codes.append(code)
        return codes

    def names(self) -> tuple[str, str]:
        if "full_name" in self.reading.columns:
            family, given = _split_name(self.text("full_name", nothing=False))
        else:
            family, given = self.text("family_name", nothing=False), self.text("given_names", nothing=False)
        single = family in _SINGLE or given in _SINGLE
        for code, name, other in (("family_name", family, given), ("given_names", given, family)):
            if name in _SINGLE and other and other not in _SINGLE:
                continue
            too_long = any(f.field == code and f.code == "too_long" for f in self.faults)
            if not any(c.isalpha() for c in name) and not too_long and not (single and not name and other in _SINGLE):
                self.fault(code, "missing_" + code, "")
        return "" if family in _SINGLE else family, "" if given in _SINGLE else given

    def values(self, reference: str, consent: str) -> dict[str, Any]:
        """Every value of the row, clean; each fault is gathered on the way."""
        if not reference and not any(f.field == "reference" for f in self.faults):
            self.fault("reference", "missing_reference", "")
        family, given = self.names()
        born = self.date("date_of_birth", past=True)
        returned = self.date("return_date", past=False)
        today = self.reading._today
        if born and (born.year, born.month, born.day) == (1900, 1, 1):
            self.flags.append(Fault("date_of_birth", "placeholder_date"))
            born = None
        if born and born.earliest > today:
            self.fault("date_of_birth", "birth_in_future", _text(self.cell("date_of_birth")))
        elif born and returned and returned.latest < born.earliest:
            self.fault("return_date", "return_before_birth", _text(self.cell("return_date")))
        nationality = self.coded("nationality", "COUNTRIES", "unknown_country")
        host = self.coded("host_country", "COUNTRIES", "unknown_country")
        phones = self.phones(filter(None, (self.reading._country, nationality, host)))
        emails = self.emails()
        return {
            "reference": reference, "family_name": family, "given_names": given, "native_name": self.text("native_name"),
            "sex": self.coded("sex", "SEX", "unknown_sex"), "date_of_birth": born, "nationality": nationality,
            "document_number": self.text("document_number"), "host_country": host, "return_date": returned,
            "return_type": self.coded("return_type", "RETURN_TYPES", "unknown_return_type"), "phone": phones[0] if phones else "",
            "other_phones": phones[1:], "email": emails[0] if emails else "", "other_emails": emails[1:],
            "language": self.language(),
            "region": self.text("region"), "place": self.text("place"), "education_isced": self.number("education_isced", 8),
            "occupation": self.text("occupation"), "years_abroad": self.number("years_abroad", 90),
            "household_size": self.number("household_size", 60),
            "vulnerabilities": self.vulnerabilities(), "consent": consent, "path_wish": self.coded("path_wish", "PATHS",
            "unknown_path"),
            "notes": self.text("notes"),
        }  # fmt: skip

    def language(self) -> str:
        """The first of the languages named; each must be one that we know."""
        written = self.given("language")
        if not written or _look_up("UNKNOWN", written):
            return ""
        found = [_look_up("LANGUAGES", one) for one in re.split(r"[;,/|+&]|\s(?:et|and)\s", written) if one.strip()]
        if not found or None in found:
            self.fault("language", "unknown_language", written)
            return ""
        return str(found[0])


_SINGLE = frozenset({"-", "--", "—", "–"})
_EMAIL = re.compile(r"[^\s@<>\"(),:;\[\]\\]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_]{2,63}")


def _split_name(text: str) -> tuple[str, str]:
    """A whole name as family and given names: "Family, Given", "FAMILY Given", else the last word is the family's."""
    if "," in text:
        family, given = text.split(",", 1)
        return family.strip(), given.strip()
    parts = text.split()
    loud = [part for part in parts if part.isupper() and len(part) > 1]
    if loud and len(loud) < len(parts):
        return " ".join(loud), " ".join(part for part in parts if part not in loud)
    return (parts[-1], " ".join(parts[:-1])) if len(parts) > 1 else (text, "")


def read_phone(text: str, countries_: Iterable[str] = ()) -> str:
    """Read a phone number into its one international form, trying these countries where it has no code; "" if it is none."""
    bare = re.sub(r"^(?:tel|tél|gsm|mob(?:ile)?|wa|whatsapp)\s*[.:]?\s*", "", text.strip().lstrip("'"), flags=re.IGNORECASE)
    if re.search(r"[^\d\s+().\-/\u00a0\u2010-\u2015]", bare):
        return ""
    bare = re.sub(r"^\s*00", "+", bare)
    regions = [None] if bare.startswith("+") else [*dict.fromkeys(countries_)]
    for region in regions:
        try:
            number = phonenumbers.parse(bare, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_possible_number(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    digits = re.sub(r"\D", "", bare)
    if not bare.startswith("+") and 10 <= len(digits) <= 15:
        # A spreadsheet took the plus away from +216 26 131 860.
        try:
            number = phonenumbers.parse("+" + digits, None)
        except phonenumbers.NumberParseException:
            return ""
        if phonenumbers.is_valid_number(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if not bare.startswith("+") and not regions and 6 <= len(digits) <= 15:
        return digits  # no country is known: kept as it was written, without the spaces
    return ""


def fingerprint(values: dict[str, Any]) -> str:
    """Write the values of a row in one line that is equal when they are. It can be read: keep it only keyed or hashed."""
    return json.dumps(
        {key: value for key, value in values.items() if value not in (None, "", [])},
        sort_keys=True,
        ensure_ascii=False,
        default=str,
    )


# ——— back to the sender ———


def formula_safe(text: str) -> str:
    """Write a text so that no spreadsheet takes it for a formula; `read_list` takes the mark away again."""
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") and not re.fullmatch(r"-|-?\d+([.,]\d+)?", text) else text


def write_rejected(rows: Iterable[Any], fh: TextIO, *, delimiter: str = ",") -> int:
    """Write rows to be mended as CSV: their own headings, and last what is wrong with each. Gives the number of rows.

    A row has `raw` (heading → text) and `faults` (each with `field`, `code` and `message`, as attributes or keys). Rows of
    which nothing is kept (consent refused) are left out. The result can be mended and read again.
    """
    kept = [row for row in rows if row.raw]
    headings = list(dict.fromkeys(heading for row in kept for heading in row.raw))
    fh.write("\ufeff")
    writer = csv.writer(fh, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([*map(formula_safe, headings), "faults"])
    for row in kept:
        told = " · ".join(f"{_of(fault, 'field')}: {_of(fault, 'message')}" for fault in row.faults)
        writer.writerow([*(formula_safe(row.raw.get(heading, "")) for heading in headings), formula_safe(told)])
    return len(kept)


def _of(fault: Any, name: str) -> str:
    return str(fault[name] if isinstance(fault, dict) else getattr(fault, name))
