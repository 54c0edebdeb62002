"""Lists as other senders write them: other scripts, code pages, dates and headings; and sheets made to do harm."""

import csv
import datetime as dt
import io
import time
import tracemalloc
import zipfile

import openpyxl
import pytest

from casework.referrals import Reading, Row, Unreadable, read_date, read_list, write_rejected
from workflows.partial import PartialDate

TODAY = dt.date(2026, 11, 23)


def listed(data: bytes, name: str = "list.csv", **more) -> Reading:
    return read_list(io.BytesIO(data), name, today=TODAY, **more)


def rows(data: bytes, name: str = "list.csv", **more) -> list[Row]:
    return list(listed(data, name, **more).rows)


def faults(row: Row) -> list[tuple[str, str]]:
    return [(fault.field, fault.code) for fault in row.faults]


def facts(row: Row, *names: str) -> tuple:
    return tuple(row.values[name] for name in names)


def book(*lines: list) -> bytes:
    made, out = openpyxl.Workbook(), io.BytesIO()
    for cells in lines:
        made.active.append(cells)
    made.save(out)
    return out.getvalue()


# ——— other scripts and code pages ———


def test_a_workbook_in_georgian_script_under_english_headings():
    data = book(
        ["Reference", "Family name", "Given names", "Sex", "Date of birth", "Nationality", "Return date", "Consent", "Notes"],
        ["GE-1", "ბერიძე", "გიორგი", "მამრობითი", dt.datetime(1985, 3, 14), "საქართველო", 46_000, "კი", "ელის ზარს"],
        ["GE-2", "კაპანაძე", "ნინო", "ქალი", 31_120, "Georgia", "12 მარტი 2026", "Yes", None],
        ["GE-3", "ლომიძე", "ანა", "F", "დაახლოებით 1985", "GE", None, "არა", None],
    )

    first, second, third = rows(data, "სია.xlsx")

    assert facts(first, "family_name", "sex", "nationality", "consent") == ("ბერიძე", "male", "GE", "yes")
    assert facts(first, "date_of_birth", "return_date") == (PartialDate(1985, 3, 14), PartialDate(2025, 12, 9))
    assert facts(second, "sex", "date_of_birth", "return_date") == ("female", PartialDate(1985, 3, 14), PartialDate(2026, 3, 12))
    assert (third.reference, third.values, third.raw) == ("GE-3", {}, {})
    assert faults(first) == faults(second) == []


def test_a_french_list_with_semicolons_in_the_code_page_of_windows():
    text = (
        "N° dossier;NOM ;Prénoms;DATE NAISSANCE;Pays d’accueil;Date de retour;Consentement;Personnes au foyer\r\n"
        "D/1;Bénard;Éloïse;02/03/1985;Allemagne;05/11/2026;oui;4\r\nD/2;Noël;Zoé;vers 1985;Suisse;;non;\r\n"
        "D/3;Œuvrard;Anaïs;mars 1985;Italie;13/10/2026;à confirmer;—\r\n"
    )

    first, second, third = rows(text.encode("cp1252"))

    assert facts(first, "family_name", "given_names", "host_country", "household_size") == ("Bénard", "Éloïse", "DE", 4)
    assert facts(first, "date_of_birth", "return_date") == (PartialDate(1985, 3, 2), PartialDate(2026, 11, 5))
    assert (second.reference, faults(second), second.values) == ("D/2", [("consent", "consent_refused")], {})
    assert facts(third, "family_name", "date_of_birth", "consent") == ("Œuvrard", PartialDate(1985, 3), "unknown")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_tabs_in_utf_16_with_armenian_cyrillic_and_eastern_digits(encoding):
    text = (
        "Ref\tSurname\tFirst name\tDate of birth\tPhone\tYears abroad\r\n"
        "A-1\tԳրիգորյան\tԱրամ\t١٤/٠٣/١٩٨٥\t٠٠٢١٦٢٦١٣١٨٦٠\t٧\r\n"
        "A-2\tСоколов\tПётр\t14 марта 1985 г.\t\t\r\n"
        "A-3\tبن صالح\tمريم\t۱۹۸۵\t\t\r\n"
    )

    first, second, third = rows(text.encode(encoding))

    assert facts(first, "family_name", "given_names", "date_of_birth") == ("Գրիգորյան", "Արամ", PartialDate(1985, 3, 14))
    assert facts(first, "phone", "years_abroad") == ("+21626131860", 7)
    assert facts(second, "given_names", "date_of_birth") == ("Пётр", PartialDate(1985, 3, 14))
    assert facts(third, "family_name", "date_of_birth") == ("بن صالح", PartialDate(1985))
    assert not any(faults(row) for row in (first, second, third))


def test_a_mark_at_the_beginning_and_lines_inside_quotation_marks():
    text = (
        '\ufeffreference,family_name,given_names,notes\r\nR-1,Gharbi,Ali,"first line\r\nsecond, ""quoted"""\r\nR-2,Chebbi,Olfa,\r\n'
    )

    first, second = rows(text.encode())

    assert first.values["notes"].splitlines() == ["first line", 'second, "quoted"']
    assert (first.line, second.line, second.reference) == (2, 4, "R-2")


@pytest.mark.parametrize(
    "heading",
    [
        "Date de naissance", "DATE NAISSANCE", "date_de_naissance", " Date  de naissance * ", "Date de naissance (jj/mm/aaaa)",
        "DATE DE NAISSANCE:", "Né(e) le", "DOB", "Date of Birth", "dateofbirth", "DateOfBirth", "birth-date",
    ],
)  # fmt: skip
def test_one_heading_in_many_hands(heading):
    (row,) = rows(f"N° dossier;Nom;Prénom;{heading}\r\n7;Gharbi;Ali;14/03/1985\r\n".encode())
    assert row.values["date_of_birth"] == PartialDate(1985, 3, 14)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        *((one, PartialDate(1985)) for one in (
            "1985", "vers 1985", "about 1985", "Env. 1985", "born about 1985", "née vers 1985", "approx. 1985", "1985?",
            "1985 (environ)",
            "1985*", "??/??/1985", "XX/XX/1985", "1985-XX-XX", "00/00/1985", "début 1985", "حوالي 1985", "около 1985", "1985 წელი",
        )),
        *((one, PartialDate(1985, 3)) for one in (
            "03/1985", "3-1985", "mars 1985", "Mar-85", "vers mars 1985", "??/03/1985", "--/03/1985", "1985-03", "März 1985",
            "მარტი 1985",
        )),
        *((one, PartialDate(1985, 3, 14)) for one in (
            "14/03/1985", "14.3.85", "14-mars-1985", "١٤/٠٣/١٩٨٥", "31120", 31120, "14 / 03 / 1985", "14. März 1985",
            "14/03/1985 00:00",
            "jeudi 14 mars 1985", "14\u200f/03\u200f/1985",
        )),
    ],
)  # fmt: skip
def test_dates_are_read_as_exactly_as_they_are_known(written, read):
    assert read_date(written, today=TODAY) == read


@pytest.mark.parametrize(
    "written",
    ["31/02/1990", "0000-01-01", "01/01/99999", "99999-01-01", "99999", 99999, "NaN", "inf", "1e400", "-5", "32/31/85"],
)
def test_a_day_that_never_was_is_told_and_not_guessed(written):
    with pytest.raises((ValueError, OverflowError)):
        read_date(written, today=TODAY)
    row = rows(f"reference,nom,prenom,dob\nR-1,Gharbi,Ali,{written}\n".encode())[0]
    assert faults(row) == [("date_of_birth", "bad_date")]


# ——— what is not as it should be ———


def test_unknown_headings_and_headings_that_stand_twice_are_told_and_hide_nothing():
    text = "reference,family_name,given_names,Colour,reference,Mobile,phone\nR-1,Gharbi,Ali,red,OLD-1,+21626131860,+21622000111\n"

    reading = listed(text.encode())
    (row,) = reading.rows

    assert row.reference == "R-1" and row.values["phone"] == "+21622000111"
    assert (reading.ignored, reading.twice) == (["Colour"], ["reference (2)", "Mobile"])
    assert row.raw["reference"] == "R-1" and row.raw["reference (2)"] == "OLD-1"


def test_rows_under_headings_that_stand_twice_come_back_whole():
    reading = listed(b"reference,nom,prenom,sexe,nom\nR-1,Gharbi,Ali,Q,Chebbi\n")
    out = io.StringIO()

    write_rejected(reading.rows, out)

    told = list(csv.reader(io.StringIO(out.getvalue()[1:])))
    assert (told[0][:5], told[1][:5]) == (
        ["reference", "nom", "prenom", "sexe", "nom (2)"],
        ["R-1", "Gharbi", "Ali", "Q", "Chebbi"],
    )
    mended = listed(out.getvalue().replace(",Q,", ",M,").encode())
    assert [(one.reference, one.values["family_name"], faults(one)) for one in mended.rows] == [("R-1", "Gharbi", [])]


@pytest.mark.parametrize("written", ["NaN", "inf", "-3", "1e400", "9" * 30, "٣٣٣٣٣٣"])
def test_a_number_that_makes_no_sense_is_a_fault_of_its_field(written):
    (row,) = rows(f"reference,nom,prenom,household size\nR-1,Gharbi,Ali,{written}\n".encode())
    assert faults(row) == [("household_size", "bad_number")]


def test_control_and_direction_characters_leave_a_name_and_emoji_stay_in_notes():
    text = "reference,nom,prenom,notes\nR-\u202e1,Gha\u202erbi\u2066,A\x07l\u00adi\u061c,keeps bees 🐝\n"
    (row,) = rows(text.encode())
    assert facts(row, "reference", "family_name", "given_names", "notes") == ("R-1", "Gharbi", "Ali", "keeps bees 🐝")


def test_ten_thousand_characters_are_a_fault_of_each_field():
    long = "x" * 10_000
    (row,) = rows(f"reference,nom,prenom,place,notes,email\n{long},{long},{long},{long},{long},{long}\n".encode())
    assert {field for field, code in faults(row) if code == "too_long"} == {
        "reference", "family_name", "given_names", "place", "notes",
    }  # fmt: skip
    assert ("email", "bad_email") in faults(row)
    assert not any(long in fault.message for fault in row.faults)


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx"])
def test_a_formula_is_text_in_a_csv_and_in_a_workbook(name):
    lines = [["reference", "nom", "prenom", "notes"], ["R-1", "Gharbi", "Ali", '=HYPERLINK("http://x.example")']]
    out = io.StringIO()
    csv.writer(out).writerows(lines)
    (row,) = rows(book(*lines) if name == "a.xlsx" else out.getvalue().encode(), name)
    assert row.values["notes"] == '=HYPERLINK("http://x.example")'
    assert [(flag.field, flag.code) for flag in row.flags] == [("notes", "formula")]


# ——— sheets that go on for ever ———


def sheet(*parts: str) -> bytes:
    """A workbook with these words as its sheet: what a spreadsheet would never write."""
    plain, out = book(["x"]), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(plain)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for one in source.infolist():
            if one.filename != "xl/worksheets/sheet1.xml":
                made.writestr(one, source.read(one))
        with made.open("xl/worksheets/sheet1.xml", "w") as page:
            page.write(b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>')
            for part in parts:
                page.write(part.encode())
            page.write(b"</sheetData></worksheet>")
    return out.getvalue()


def line(number: int, *cells: str) -> str:
    told = "".join(f'<c r="{"ABC"[n]}{number}" t="inlineStr"><is><t>{cell}</t></is></c>' for n, cell in enumerate(cells))
    return f'<row r="{number}">{told}</row>'


HEAD = (line(1, "reference", "nom", "prenom"), line(2, "R-1", "Gharbi", "Ali"))


def test_two_million_empty_rows_are_refused_before_anything_is_made_of_them():
    data = sheet(
        *HEAD, *("".join(f'<row r="{n}"/>' for n in range(start, start + 20_000)) for start in range(3, 2_000_000, 20_000))
    )
    tracemalloc.start()
    began = time.process_time()

    with pytest.raises(Unreadable) as refused:
        listed(data, "a.xlsx")

    assert (refused.value.code, "new sheet" in refused.value.sentence) == ("endless", True)
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    assert time.process_time() - began < 5
    tracemalloc.stop()


def test_a_row_far_below_the_others_is_not_lost():
    told = rows(sheet(*HEAD, line(50_000, "R-2", "Chebbi", "Olfa")), "a.xlsx")
    assert [(row.line, row.reference) for row in told] == [(2, "R-1"), (50_000, "R-2")]


def test_a_row_that_no_spreadsheet_has_is_damage():
    with pytest.raises(Unreadable) as refused:
        listed(sheet(*HEAD, line(99_999_999_999, "R-2", "Chebbi", "Olfa")), "a.xlsx")
    assert refused.value.code == "broken"


def test_texts_that_would_fill_the_memory_are_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("[Content_Types].xml", "<Types/>")
        with made.open("xl/sharedStrings.xml", "w", force_zip64=True) as part:
            for n in range(102):
                part.write((f"<si><t>{n}</t></si>".encode() * 60_000)[:1_000_000])
    with pytest.raises(Unreadable) as refused:
        listed(out.getvalue(), "a.xlsx")
    assert refused.value.code == "zip_bomb"
