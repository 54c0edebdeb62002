"""Lists as senders write them: every encoding, heading, date and fault, and the files that are no lists."""

import csv
import datetime as dt
import io
import json
import random
import time
import tracemalloc
import zipfile
from pathlib import Path

import openpyxl
import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from casework import referrals
from casework.duplicates import Identity, Register
from casework.referrals import Fault, Reading, Row, Unreadable, fingerprint, read_date, read_list, read_phone, write_rejected
from tests.conftest import EXAMPLES
from workflows.partial import PartialDate

TODAY = dt.date(2026, 11, 23)
DEMO = Path(referrals.__file__).parent / "data" / "demo_referrals.csv"
PLAIN = {"reference": "R-1", "family_name": "Trabelsi", "given_names": "Mohamed"}


def listed(text: str | bytes, name: str = "list.csv", **more) -> Reading:
    data = text if isinstance(text, bytes) else text.encode()
    return read_list(io.BytesIO(data), name, today=TODAY, **more)


def row(**cells: str) -> Row:
    """The one row of a list with these cells beside a reference and a name."""
    cells = PLAIN | cells
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(cells)
    writer.writerow(cells.values())
    return next(listed(out.getvalue()).rows)


def codes(read: Row) -> list[str]:
    return [fault.code for fault in read.faults]


def book(rows: list[list], *, title: str = "Liste", before: list[list] | None = None) -> bytes:
    made = openpyxl.Workbook()
    if before is not None:
        front = made.active
        front.title = "Lisez-moi"
        for cells in before:
            front.append(cells)
        page = made.create_sheet(title)
    else:
        page = made.active
    for cells in rows:
        page.append(cells)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def answers(path: Path) -> list[tuple[str, str, str, tuple[str, ...]]]:
    """Each row's outcome, whom it repeats, and how or with which codes."""
    register, told = Register(), []
    for read in referrals.read(path, today=TODAY).rows:
        if read.faults:
            told.append((read.reference, "rejected", "", tuple(codes(read))))
            continue
        identity = Identity.of_row(read.values)
        found = register.seek(identity)
        register.add(identity, waiting=bool(found))
        told.append(
            (read.reference, "possible_duplicate", found[0].b, found[0].how) if found else (read.reference, "accepted", "", ())
        )
    return told


# ——— whole lists ———


@pytest.mark.examples("referrals-tunis.csv")
def test_the_list_of_tunis_is_answered_as_its_answers_say():
    expected = json.loads((EXAMPLES / "referrals-tunis.answers.json").read_text())

    for (reference, outcome, of, why), answer in zip(answers(EXAMPLES / "referrals-tunis.csv"), expected, strict=True):
        assert (reference, outcome) == (answer["reference"], answer["outcome"])
        if outcome == "rejected":
            assert list(why) == answer["codes"]
        if outcome == "possible_duplicate":
            assert of == answer["of"]
            assert answer["how"] in why


def test_the_list_of_the_demo_has_something_of_everything():
    told = answers(DEMO)
    outcomes = [outcome for _reference, outcome, _of, _why in told]

    assert (len(told), outcomes.count("accepted"), outcomes.count("possible_duplicate"), outcomes.count("rejected")) == (
        153,
        128,
        12,
        13,
    )
    assert {way for *_, why in told for way in why} >= {
        "script",
        "spelling",
        "swapped",
        "document",
        "consent_refused",
        "repeated_reference",
    }


FRENCH = """\
N° de dossier;Nom;Prénom(s);Sexe;Date de naissance;Nationalité;N° de passeport;Pays d'accueil;Date de retour;Type de retour;Téléphone;\
Courriel;Langue;Gouvernorat;Délégation;Niveau d'études;Profession;Années à l'étranger;Taille du ménage;Vulnérabilités;Consentement;Projet;\
Observations;Couleur préférée
D-01;Trabelsi;Héla;Féminin;14/03/1994;Tunisienne;A123456;Italie;01/09/2026;Retour volontaire assisté;26 131 860;hela@example.org;français;\
Médenine;Zarzis;Lycée;couturière;7;4;famille nombreuse, santé;Oui;Emploi;;bleu
D-02;Gharbi;Noël;H;03/04/1990;tunisien;;Allemagne;15.08.2026;forcé;+216 26 131 861;;arabe;Gabès;Mareth;3;maçon;2 ans;3;;Non;formation;déçu;
D-03;Ben Salah;Zoé;femme;07/1984;TUN;;Suisse;12 septembre 2026;;aucun;;ar;;;;;;;;inconnu;création d'entreprise;"a dit « plus tard »; à rappeler";
"""  # noqa: E501


def test_a_french_list_in_the_code_page_of_windows_with_semicolons():
    reading = listed(FRENCH.encode("cp1252"), "Liste retours.csv", country="TN")
    first, second, third = reading.rows

    assert (reading.encoding, reading.delimiter, reading.count, reading.ignored) == ("cp1252", ";", 3, ["Couleur préférée"])
    assert first.faults == third.faults == []
    assert first.values == {
        "reference": "D-01",
        "family_name": "Trabelsi",
        "given_names": "Héla",
        "native_name": "",
        "sex": "female",
        "date_of_birth": PartialDate(1994, 3, 14),
        "nationality": "TN",
        "document_number": "A123456",
        "host_country": "IT",
        "return_date": PartialDate(2026, 9, 1),
        "return_type": "assisted_voluntary",
        "phone": "+21626131860",
        "other_phones": [],
        "email": "hela@example.org",
        "other_emails": [],
        "language": "fr",
        "region": "Médenine",
        "place": "Zarzis",
        "education_isced": 3,
        "occupation": "couturière",
        "years_abroad": 7,
        "household_size": 4,
        "vulnerabilities": ["large_family", "health"],
        "consent": "yes",
        "path_wish": "job",
        "notes": "",
    }
    assert (second.reference, second.values, second.raw, codes(second)) == ("D-02", {}, {}, ["consent_refused"])
    assert (third.values["date_of_birth"], third.values["return_date"]) == (PartialDate(1984, 7), PartialDate(2026, 9, 12))
    assert (third.values["phone"], third.values["path_wish"], third.values["notes"]) == (
        "",
        "start_up",
        "a dit « plus tard »; à rappeler",
    )


def test_a_georgian_workbook_with_real_dates_and_numbers():
    data = book(
        [
            ["Reintegration: returns of October"],
            [],
            [
                "Reference",
                "Surname",
                "First name",
                "Gender",
                "Date of birth",
                "Citizenship",
                "Host country",
                "Return date",
                "Phone",
                "Years abroad",
                "Consent",
            ],
            [
                26001,
                "ბერიძე",
                "გიორგი",
                "მამრობითი",
                dt.datetime(1990, 5, 17),
                "Georgia",
                "Germany",
                dt.date(2026, 10, 1),
                995599123456,
                3.0,
                True,
            ],
            ["26002", "Beridze", "Giorgi", "M", "17.05.1990", "GEO", "DEU", 46296, "599 12 34 57", "4", "yes"],
            ["26003", "კვარაცხელია", "ნინო", "F", 1984, "Géorgie", "Allemagne", None, None, None, None],
        ],
        before=[["This file holds the returns of October."], ["Ask Nino about it."]],
    )
    reading = listed(data, "სია.xlsx")
    first, second, third = reading.rows

    assert (reading.kind, reading.count, first.line) == ("xlsx", 3, 4)
    assert [codes(one) for one in (first, second, third)] == [[], [], []]
    assert (first.reference, first.values["sex"], first.values["date_of_birth"]) == ("26001", "male", PartialDate(1990, 5, 17))
    assert (first.values["phone"], first.values["years_abroad"], first.values["consent"]) == ("+995599123456", 3, "yes")
    assert (second.values["return_date"], second.values["phone"]) == (PartialDate(2026, 10, 1), "+995599123457")
    assert (third.values["date_of_birth"], third.values["consent"]) == (PartialDate(1984), "unknown")

    register = Register([Identity.of_row(first.values)])
    assert [found.how for found in register.seek(Identity.of_row(second.values))] == [("script",)]


# ——— encodings and delimiters ———

BASE = (
    "reference,family_name,given_names,native_name,place\nR-1,Ben Salah,Héla,هالة بن صالح,Gabès\nR-2,Gharbi,Zoé,زوي الغربي,Sfax\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1256"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_every_encoding_and_delimiter(encoding, delimiter):
    reading = listed(BASE.replace(",", delimiter).encode(encoding))
    first = next(reading.rows)

    assert reading.delimiter == delimiter
    assert (first.values["given_names"], first.values["native_name"], first.values["place"]) == ("Héla", "هالة بن صالح", "Gabès")


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "mac_roman", "cp850", "cp1256"])
def test_french_in_every_old_code_page(encoding):
    first = next(listed("référence;nom;prénom;lieu\nR-1;Ben Salah;Héla;Gabès près de la forêt\n".encode(encoding)).rows)

    assert (first.values["given_names"], first.values["place"]) == ("Héla", "Gabès près de la forêt")


def test_russian_in_the_code_page_of_windows():
    first = next(listed("reference;surname;first name\nR-1;Иванов;Алексей\nR-2;Щербаков;Дмитрий\n".encode("cp1251")).rows)

    assert first.values["family_name"] == "Иванов"


def test_letters_beyond_ascii_late_in_a_long_file_are_seen():
    text = "reference;nom;prénom\n" + "".join(f"R-{n};Gharbi;Ali\n" for n in range(30_000)) + "R-x;Chérif;Héla\n"

    assert list(listed(text.encode("cp1252")).rows)[-1].values["family_name"] == "Chérif"


def test_a_line_that_names_the_delimiter_and_a_title_above_the_headings_are_passed_over():
    reading = listed("sep=;\nListe des retours 2026\n\nRéférence;Nom;Prénom\nR-1;Gharbi;Ali\n\n;;\nR-2;Gharbi;Sami\n")

    assert [(one.line, one.reference) for one in reading.rows] == [(5, "R-1"), (8, "R-2")]


def test_the_line_of_a_row_is_where_it_begins():
    reading = listed('reference,family_name,given_names,notes\nR-1,Gharbi,Ali,"one\ntwo\nthree"\nR-2,Gharbi,Sami,\n')

    assert [(one.line, one.reference) for one in reading.rows] == [(2, "R-1"), (5, "R-2")]
    assert next(reading.rows).values["notes"] == "one\ntwo\nthree"


def test_rows_can_be_taken_again():
    reading = listed(BASE)

    assert [one.reference for one in reading.rows] == [one.reference for one in reading.rows] == ["R-1", "R-2"]


# ——— headings ———


@pytest.mark.parametrize(
    ("headings", "field"),
    [
        ("REFERENCE|Family_Name|Given names|Date of Birth", "date_of_birth"), ("Réf.|NOM DE FAMILLE|PRENOMS|Né(e) le",
        "date_of_birth"),
        ("N° de référence|Nom :|Prénom *|Date de naissance (jj/mm/aaaa)", "date_of_birth"),
        ("Ref|Last name|First name|DOB", "date_of_birth"),
        ("reference|surname|forename|N° de passeport", "document_number"), ("référence|nom|prénom|Pays d’accueil", "host_country"),
        ("id|nom|prénom|Téléphone", "phone"), ("reference|nom|prénom|Consentement (oui/non)", "consent"),
        ("matricule|nom|prénoms|Niveau d’études", "education_isced"), ("Reference number|Surname|Name|E-mail address", "email"),
        ("المرجع|اللقب|الاسم|الهاتف", "phone"), ("ნომერი|გვარი|სახელი|დაბადების თარიღი", "date_of_birth"),
    ],
)  # fmt: skip
def test_headings_in_the_words_of_senders(headings, field):
    reading = listed(headings.replace("|", ";") + "\n1;Gharbi;Ali;\n")

    assert [reading.columns[code] for code in ("reference", "family_name", "given_names")] == [0, 1, 2]
    assert (reading.columns[field], reading.ignored) == (3, [])


@pytest.mark.parametrize(
    ("whole", "family", "given_names"),
    [("Gharbi, Ali", "Gharbi", "Ali"), ("BEN SALAH Houda", "BEN SALAH", "Houda"), ("Ali Gharbi", "Gharbi", "Ali")],
)
def test_a_whole_name_in_one_column_is_taken_apart(whole, family, given_names):
    first = next(listed(f'reference,full name\nR-1,"{whole}"\n').rows)

    assert (first.values["family_name"], first.values["given_names"], first.faults) == (family, given_names, [])


# ——— cells ———


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1994-03-14", "1994-03-14"), ("14/03/1994", "1994-03-14"), ("14.03.94", "1994-03-14"), ("14-3-1994",
        "1994-03-14"), ("3/4/1990", "1990-04-03"),
        ("14 mars 1994", "1994-03-14"), ("1er août 1988", "1988-08-01"), ("March 14, 1994", "1994-03-14"),
        ("14th of March 1994", "1994-03-14"),
        ("14-Mar-94", "1994-03-14"), ("mardi 14 mars 1994", "1994-03-14"), ("١٤/٠٣/١٩٩٤", "1994-03-14"),
        ("14 جويلية 1994", "1994-07-14"),
        ("2026-07", "2026-07"), ("07/1984", "1984-07"), ("juillet 1984", "1984-07"), ("Feb. 1984", "1984-02"), ("1979",
        "1979"), ("vers 1979", "1979"),
        ("00/07/1984", "1984-07"), ("00/00/1984", "1984"), ("1984-00-00", "1984"), ("34407", "1994-03-14"), ("19940314",
        "1994-03-14"),
        ("14031994", "1994-03-14"), ("1994-03-14 00:00:00", "1994-03-14"), ("1994-03-14T08:30:00Z", "1994-03-14"),
        ("14/03/1994 00:00", "1994-03-14"),
        ("1994/03/14", "1994-03-14"), ("01/01/31", "1931-01-01"), ("01/01/26", "2026-01-01"), ("né le 14/03/1994", "1994-03-14"),
        (dt.datetime(1994, 3, 14), "1994-03-14"), (dt.date(1994, 3, 14), "1994-03-14"), (34407.0, "1994-03-14"), (1979, "1979"),
    ],
)  # fmt: skip
def test_dates_as_people_write_them(written, read):
    assert str(read_date(written, today=TODAY)) == read


@pytest.mark.parametrize("written", ["", "  ", "-", "inconnu", "N/A", "unknown", None])
def test_no_date_is_none(written):
    assert read_date(written, today=TODAY) is None


@pytest.mark.parametrize(
    "written",
    [
        "1988-02-31",
        "31/02/1988",
        "14/13/1994",
        "13/14/1994",
        "yesterday",
        "12/03",
        "mars",
        "99999999",
        "1.5",
        "14 foo 1994",
        "0000-00-00",
        "=A1",
        "3",
    ],
)
def test_what_is_no_date_is_refused(written):
    with pytest.raises(ValueError):
        read_date(written, today=TODAY)
    assert codes(row(date_of_birth=written)) == ["bad_date"]


def test_day_stands_before_month_unless_the_column_proves_the_other():
    text = "reference,family_name,given_names,date_of_birth\nR-1,Gharbi,Ali,03/04/1990\nR-2,Gharbi,Sami,{}\n"

    assert next(listed(text.format("05/06/1991")).rows).values["date_of_birth"] == PartialDate(1990, 4, 3)
    assert next(listed(text.format("05/26/1991")).rows).values["date_of_birth"] == PartialDate(1990, 3, 4)
    both = listed(text.format("05/26/1991") + "R-3,Gharbi,Nizar,25/12/1980\n")
    assert [codes(one) for one in both.rows] == [[], ["bad_date"], []]


@pytest.mark.parametrize(
    ("heading", "written", "field", "read"),
    [
        *[("sex", word, "sex", "male") for word in ("M", "m", "H", "Homme", "male", "MASCULIN", "ذكر", "м")],
        *[("sex", word, "sex", "female") for word in ("F", "Femme", "female", "Féminin", "أنثى", "ж")],
        ("sex", "X", "sex", "other"), ("sex", "", "sex", ""), ("sex", "inconnu", "sex", ""),
        *[("consent", word, "consent", "yes") for word in ("yes", "OUI", "o", "Y", "1", "x", "true", "Vrai", "نعم", "да")],
        *[("consent", word, "consent", "unknown") for word in ("", "unknown", "inconnu", "?", "-", "N/A")],
        *[("nationality", word, "nationality", "CI") for word in ("CI", "ci", "CIV", "Côte d'Ivoire", "COTE D’IVOIRE",
        "Ivory Coast", "ivoirienne")],
        ("host_country", "États-Unis", "host_country", "US"), ("host_country", "Royaume-Uni", "host_country", "GB"),
        ("host_country", "", "host_country", ""),
        ("language", "Arabe", "language", "ar"), ("language", "ქართული", "language", "ka"), ("language",
        "arabe et français", "language", "ar"),
        ("return_type", "Retour forcé", "return_type", "forced"), ("return_type", "AVRR", "return_type", "assisted_voluntary"),
        ("return_type", "Assisted Voluntary", "return_type", "assisted_voluntary"), ("return_type", "spontané",
        "return_type", "spontaneous"),
        ("education_isced", "ISCED 3", "education_isced", 3), ("education_isced", "primaire", "education_isced", 1),
        ("education_isced", "0", "education_isced", 0), ("years_abroad", "1,5", "years_abroad", 1), ("household_size",
        "٤", "household_size", 4),
        ("vulnerabilities", "health|large_family", "vulnerabilities", ["health", "large_family"]), ("vulnerabilities",
        "aucune", "vulnerabilities", []),
        ("vulnerabilities", "Victime de traite; Santé ;santé", "vulnerabilities", ["victim_of_trafficking", "health"]),
        ("path_wish", "Création d’entreprise", "path_wish", "start_up"), ("path_wish", "undecided", "path_wish", "unsure"),
        ("phone", "+216 26.131.860 / 0021698111222", "other_phones", ["+21698111222"]), ("phone", "'+21626131860",
        "phone", "+21626131860"),
        ("phone", "21626131860", "phone", "+21626131860"), ("phone", "aucun", "phone", ""),
        ("email", "a@example.org; b@example.org", "other_emails", ["b@example.org"]),
        ("native_name", "\u202bخالد بلحاج\u202c", "native_name", "خالد بلحاج"), ("family_name", "بلحاج", "family_name", "بلحاج"),
        ("date_of_birth", "1900-01-01", "date_of_birth", None),
    ],
)  # fmt: skip
def test_cells_as_people_write_them(heading, written, field, read):
    one = row(**{heading: written})

    assert (one.values[field], one.faults) == (read, [])


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"reference": ""}, ["missing_reference"]), ({"family_name": "  "}, ["missing_family_name"]),
        ({"given_names": ""}, ["missing_given_names"]),
        ({"given_names": "?"}, ["missing_given_names"]), ({"given_names": "-"}, []), ({"family_name": "-",
        "given_names": "-"}, ["missing_family_name", "missing_given_names"]),
        ({"date_of_birth": "2031-04-02"}, ["birth_in_future"]), ({"date_of_birth": "2027"}, ["birth_in_future"]),
        ({"date_of_birth": "2026"}, []),
        ({"date_of_birth": "1990-05-05", "return_date": "1959-01-01"}, ["return_before_birth"]),
        ({"date_of_birth": "1990-05", "return_date": "1990"}, []), ({"return_date": "32/01/2026"}, ["bad_date"]),
        ({"host_country": "XQ"}, ["unknown_country"]), ({"nationality": "Atlantis"}, ["unknown_country"]), ({"sex": "Q"},
        ["unknown_sex"]),
        ({"language": "klingon"}, ["unknown_language"]), ({"return_type": "by bus"}, ["unknown_return_type"]),
        ({"path_wish": "the moon"}, ["unknown_path"]),
        ({"vulnerabilities": "health;lottery_winner;rich"}, ["unknown_vulnerability", "unknown_vulnerability"]),
        ({"consent": "maybe"}, ["unknown_consent"]),
        ({"phone": "12-ab-9"}, ["bad_phone"]), ({"phone": "2.1626E+10"}, ["bad_phone"]), ({"phone": "+216 1"}, ["bad_phone"]),
        ({"email": "not an address"}, ["bad_email"]), ({"email": "a@b"}, ["bad_email"]),
        ({"household_size": "minus two"}, ["bad_number"]),
        ({"household_size": "-2"}, ["bad_number"]), ({"household_size": "3.5"}, ["bad_number"]),
        ({"education_isced": "9"}, ["bad_number"]),
        ({"years_abroad": "300"}, ["bad_number"]), ({"notes": "x" * 10_000}, ["too_long"]), ({"family_name": "x" * 200},
        ["too_long"]),
        ({"reference": "R" * 61}, ["too_long"]), ({"sex": "Q", "phone": "abc", "host_country": "XQ"}, ["unknown_sex",
        "unknown_country", "bad_phone"]),
    ],
)  # fmt: skip
def test_every_fault_of_a_row_is_told(cells, expected):
    assert sorted(codes(row(**cells))) == sorted(expected)


def test_the_later_of_two_rows_with_one_reference_is_the_rejected_one():
    rows = list(listed("reference,family_name,given_names\nR-1,Gharbi,Ali\nR-2,Gharbi,Sami\nR-1,Chebbi,Olfa\n").rows)

    assert [codes(one) for one in rows] == [[], [], ["repeated_reference"]]


def test_of_a_refused_consent_only_the_reference_and_the_code_survive():
    one = row(consent="non", sex="Q", phone="abc", notes="a secret")

    assert (one.reference, one.values, one.raw, codes(one), one.flags) == ("R-1", {}, {}, ["consent_refused"], [])
    assert "secret" not in repr(one)


def test_a_formula_is_kept_as_text_and_flagged():
    written = '=HYPERLINK("http://example.org","open")'
    one = row(notes=written)

    assert (one.values["notes"], one.faults, [flag.code for flag in one.flags]) == (written, [], ["formula"])
    assert row(notes="- said -").flags != [] and row(notes="-3").flags == [] and row(phone="+21626131860").flags == []


def test_a_formula_in_a_workbook_is_not_worked_out():
    first = next(listed(book([["reference", "nom", "prénom", "notes"], ["R-1", "Gharbi", "Ali", "=1+1"]]), "a.xlsx").rows)

    assert (first.values["notes"], [flag.code for flag in first.flags]) == ("=1+1", ["formula"])


def test_a_row_with_more_cells_than_headings_is_not_guessed_at():
    first = next(listed("reference,family_name,given_names\nR-1,Gharbi,Ali,Tunis\n").rows)

    assert codes(first) == ["too_many_cells"]
    assert codes(next(listed("reference,family_name,given_names,sex\nR-1,Gharbi,Ali\n").rows)) == []


def test_a_message_says_what_to_do_and_never_what_was_written():
    fault = row(date_of_birth="1988-02-31").faults[0]

    assert fault.message == "The month has no such day. If the day is not known, write the month."
    assert fault.sentence.startswith("“1988-02-31”: ")
    for code in (c for c in ("bad_phone", "bad_email", "unknown_vulnerability", "unknown_sex", "repeated_reference", "too_long")):
        assert "secret" not in Fault("notes", code, "secret").message
    with translation.override("fr"):
        assert Fault("sex", "unknown_sex", "Q").message


def test_phones_without_a_country_code_are_tried_in_the_rows_countries():
    assert read_phone("26 131 860", ["TN"]) == "+21626131860"
    assert read_phone("599 12 34 56", ["GE", "DE"]) == "+995599123456"
    assert read_phone("26 131 860") == "26131860"
    assert read_phone("00216 26131860", ["IT"]) == "+21626131860"


# ——— files that are no lists ———


def encrypted() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le")


def zipped(**parts: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name.replace("__", "/"), text)
    return out.getvalue()


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _ in range(70):
                part.write(b" " * 1_000_000)
    return out.getvalue()


HEAD = "reference,family_name,given_names\n"


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.csv", b"", "empty"), ("a.csv", b"\xef\xbb\xbf\r\n \r\n", "empty"), ("a.xlsx", b"", "empty"),
        ("a.csv", HEAD.encode(), "no_rows"), ("a.csv", (HEAD + ",,\n\n").encode(), "no_rows"), ("a.xlsx",
        book([["reference", "nom", "prénom"]]), "no_rows"),
        ("a.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "not_csv"), ("a.csv", book([["reference", "nom", "prénom"]]),
        "not_csv"),
        ("a.csv", b"<!DOCTYPE html><html><body>sign in</body></html>", "not_csv"), ("a.csv", b'[{"reference": 1}]',
        "not_csv"), ("a.csv", b"%PDF-1.7\n", "not_csv"),
        ("a.csv", b"reference,family_name,given_names\nR-1,Gha\x00rbi,Ali\n", "not_text"), ("a.csv",
        bytes(range(256)) * 40, "not_text"),
        ("a.xlsx", HEAD.encode() + b"R-1,Gharbi,Ali\n", "not_xlsx"), ("a.xlsx", zipped(readme="no workbook"),
        "not_xlsx"), ("a.xlsx", encrypted(), "encrypted"),
        ("a.xlsx", zipped(**{"[Content_Types].xml": "<Types/>",
        "xl__workbook.xml": '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'}), "not_xlsx"),
        ("a.xlsx", zipped(**{"[Content_Types].xml": "<Types/>", "xl__workbook.xml": "<nothing/>"}), "broken"), ("a.xlsx",
        b"PK\x03\x04 cut off", "broken"),
        ("a.xlsx", bomb(), "zip_bomb"), ("a.xls", encrypted(), "old_excel"), ("a.pdf", b"%PDF-1.7", "unknown_kind"),
        ("a.csv", b"colour,shape\nred,round\n", "no_headings"), ("a.csv", b"just a line of text", "no_headings"),
        ("a.xlsx", book([["colour"], ["red"]]), "no_headings"),
        ("a.csv", b"reference,family_name,place\nR-1,Gharbi,Sfax\n", "missing_headings"), ("a.csv",
        b"nom,prenom\nGharbi,Ali\n", "missing_headings"),
        ("a.csv", (HEAD.strip() + ",x" * 300 + "\nR-1,Gharbi,Ali\n").encode(), "too_many_columns"),
        ("a.xlsx", book([["reference", "nom", "prénom", *["x"] * 300], ["R-1", "Gharbi", "Ali"]]), "too_many_columns"),
        ("a.csv", (HEAD + 'R-1,"Gharbi,Ali\n' + "x,y,z\n" * 40_000).encode(), "broken_quotes"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_list_is_refused_in_one_sentence(name, data, code):
    with pytest.raises(Unreadable) as refused:
        listed(data, name)

    assert refused.value.code == code
    assert str(refused.value) == refused.value.sentence
    assert refused.value.sentence.endswith(".") and "\n" not in refused.value.sentence


def test_a_file_that_is_too_large_is_refused_before_it_is_read():
    with pytest.raises(Unreadable) as refused:
        listed(HEAD + "R-1,Gharbi,Ali\n" * 1000, limit_bytes=10_000)

    assert refused.value.code == "too_large"


def test_a_missing_column_is_named():
    with pytest.raises(Unreadable, match="given names"):
        listed("reference,family_name,place\nR-1,Gharbi,Sfax\n")


# ——— the same again, and back to the sender ———


def test_the_same_words_have_the_same_fingerprint():
    assert row(place="Sfax").fingerprint == row(place=" Sfax ").fingerprint == row(place="Sfax", sex="").fingerprint
    assert row(place="Sfax").fingerprint != row(place="Gabès").fingerprint
    assert row(date_of_birth="14/03/1994").fingerprint == row(date_of_birth="1994-03-14").fingerprint
    assert fingerprint({"a": "", "b": None, "c": []}) == fingerprint({})


def test_rejected_rows_can_be_mended_and_read_again():
    source = listed(
        'Référence;Nom;Prénom;Sexe;Téléphone;Observations\nR-1;Gharbi;Ali;Q;+21626131860;"=1+1;x"\nR-2;Chebbi;Olfa;F;;\nR-3;Mejri;Sami;M;abc;-\nR-4;Nasri;Ali;?!;;@sum\n'
    )
    out = io.StringIO()

    written = write_rejected((one for one in source.rows if one.faults), out, delimiter=";")
    text = out.getvalue()

    assert written == 3
    assert text.startswith("\ufeffRéférence;Nom;Prénom;Sexe;Téléphone;Observations;faults\r\n")
    assert not any(cell[:1] in ("=", "+", "@") for line in csv.reader(io.StringIO(text[1:]), delimiter=";") for cell in line)
    mended = listed(text.replace(";Q;", ";M;").replace(";abc;", ";;").replace(";?!;", ";;"))
    assert [(one.reference, codes(one)) for one in mended.rows] == [("R-1", []), ("R-3", []), ("R-4", [])]
    assert mended.ignored == []
    first = next(mended.rows)
    assert (first.values["phone"], first.values["notes"]) == ("+21626131860", "=1+1;x")


def test_rows_kept_as_plain_data_and_refused_consents():
    class Kept:
        def __init__(self, raw, faults):
            self.raw, self.faults = raw, faults

    out = io.StringIO()

    assert (
        write_rejected(
            [Kept({}, []), Kept({"nom": "Gharbi"}, [{"field": "sex", "code": "unknown_sex", "message": "Write F."}])], out
        )
        == 1
    )
    assert out.getvalue() == "\ufeffnom,faults\r\nGharbi,sex: Write F.\r\n"


# ——— any file at all ———


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["a.csv", "a.xlsx", "a.txt", "a"]))
def test_no_file_does_more_than_be_refused(data, name):
    try:
        list(listed(data, name).rows)
    except Unreadable as refused:
        assert refused.sentence


@settings(max_examples=300, deadline=None)
@given(st.lists(st.text(max_size=30), min_size=24, max_size=26), st.sampled_from(["utf-8", "utf-16"]))
def test_no_cell_does_more_than_be_a_fault(cells, encoding):
    headings = DEMO.read_text(encoding="utf-8-sig").splitlines()[0]
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    data = (headings + "\n" + out.getvalue()).encode(encoding, errors="ignore")
    try:
        for one in listed(data).rows:
            assert all(fault.message and fault.sentence for fault in (*one.faults, *one.flags))
    except Unreadable as refused:
        assert refused.sentence


@settings(max_examples=300, deadline=None)
@given(
    st.dates(dt.date(1930, 1, 1), TODAY),
    st.sampled_from(["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%Y%m%d", "%d %B %Y", "%B %d, %Y", "%Y/%m/%d"]),
)
def test_every_day_is_read_in_every_form(day, form):
    assert read_date(day.strftime(form), today=TODAY) == PartialDate.of(day)


# ——— large lists ———


def long_list(rows: int) -> bytes:
    chance = random.Random(7)
    out = io.StringIO()
    writer = csv.writer(out)
    lines = list(csv.reader(io.StringIO(DEMO.read_text(encoding="utf-8-sig"))))
    writer.writerow(lines[0])
    for number in range(rows):
        writer.writerow([f"L-{number}", *chance.choice(lines[1:120])[1:]])
    return out.getvalue().encode()


def test_ten_times_the_rows_take_no_more_memory():
    small, large = long_list(400), long_list(4000)

    def peak(data: bytes) -> tuple[int, int]:
        file = io.BytesIO(data)
        tracemalloc.start()
        count = sum(1 for _row in read_list(file, "a.csv", today=TODAY).rows)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return count, most

    (_count, few), (count, many) = peak(small), peak(large)
    began = time.process_time()
    faults = sum(bool(one.faults) for one in listed(large).rows)

    assert count == 4000 and faults == 0
    assert many < few + 1_500_000
    assert time.process_time() - began < 4
