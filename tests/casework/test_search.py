"""Search by name in any script, phone in any form, reference; only what one may see, in few queries."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from casework.queries import search
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture(autouse=True)
def people() -> None:
    for given, family, native, phone, reference in (
        ("Khaled", "Belhadj", "", "+21626131860", "TUN-26-0001"),
        ("Ahmed", "Guesmi", "أحمد القاسمي", "+21628190937", "TUN-26-0002"),
        ("Giorgi", "Beridze", "გიორგი ბერიძე", "", "GEO-26-0003"),
        ("Armen", "Petrosyan", "", "", "ARM-26-0004"),
        ("Oksana", "Shevchenko", "", "", "UKR-26-0005"),
    ):
        person = make.person(given_names=given, family_name=family, native_name=native, phone=phone)
        make.case(person=person, sender_reference=reference)
    stranger = make.person(given_names="Khaled", family_name="Belhadj", phone="+21626131860")
    make.case(person=stranger, at="ZARZIS", sender_reference="TUN-26-0009")


def found(text: str, who: str = "amina") -> list[str]:
    return [hit.case.sender_reference for hit in search(make.user(who), text).hits]


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("belhadj", "TUN-26-0001"),
        ("Belh", "TUN-26-0001"),
        ("belhadj khal", "TUN-26-0001"),
        ("بلحاج", "TUN-26-0001"),
        ("خالد بلحاج", "TUN-26-0001"),
        ("القاسمي", "TUN-26-0002"),
        ("Gasmi", "TUN-26-0002"),
        ("ბერიძე", "GEO-26-0003"),
        ("Петросян", "ARM-26-0004"),
        ("Պետրոսյան", "ARM-26-0004"),
        ("Шевченко", "UKR-26-0005"),
        ("+216 26 131 860", "TUN-26-0001"),
        ("26131860", "TUN-26-0001"),
        ("0021626131860", "TUN-26-0001"),
        ("٢٦١٣١٨٦٠", "TUN-26-0001"),
        ("TUN-26-0001", "TUN-26-0001"),
        ("tun-26-0001", "TUN-26-0001"),
    ],
)
def test_it_finds(text: str, reference: str) -> None:
    assert found(text)[:1] == [reference]


@pytest.mark.parametrize("text", ["belhadj", "26131860", "TUN-26-0009", "بلحاج"])
def test_it_never_finds_a_file_of_another_office(text: str) -> None:
    assert "TUN-26-0009" in found(text, "chen")
    assert "TUN-26-0009" not in found(text, "amina")
    assert found(text, "mona") == found(text, "gia") == []


@pytest.mark.parametrize("text", ["", "   ", "%", "_", "'; drop table", "x" * 10_000, "\u202eabc", "☃", "-"])
def test_nonsense_finds_nothing_and_harms_nothing(text: str) -> None:
    assert found(text) == []


def test_the_own_reference_is_found_by_its_beginning() -> None:
    from casework.models import Case

    case = Case.objects.get(sender_reference="TUN-26-0001")
    digits = next((part for part in (case.reference, case.reference[:4]) if any(c.isdigit() for c in part)), None)
    if digits:
        assert "TUN-26-0001" in found(digits.lower())


@pytest.mark.parametrize("text", ["belhadj khaled", "26131860", "TUN-26-0001", "بلحاج"])
def test_it_takes_few_queries_however_many_there_are(text: str) -> None:
    amina = make.user("amina")
    search(amina, text)
    with CaptureQueriesContext(connection) as few:
        search(amina, text)
    for _number in range(20):
        make.case(person=make.person(given_names="Khaled", family_name="Belhadj", phone="+21626131860"))
    with CaptureQueriesContext(connection) as many:
        result = search(amina, text)
    assert len(many) <= len(few) <= 5
    assert len(result.hits) <= 20
