"""Who has looked, over all files: for data protection and auditors everybody, for a supervisor the office, for others oneself."""

import csv
import datetime as dt
import io
from typing import Any

import pytest
from django.urls import reverse

from casework.models import Barred, Case
from tests import factories as make
from workflows.accesses import record
from workflows.models import Access

pytestmark = pytest.mark.django_db
WHERE = "/who-has-looked/"


@pytest.fixture
def case(clock: Any) -> Case:
    return make.case(person=make.person(given_names="Khaled", family_name="Zarrouk"))


@pytest.fixture
def looks(case: Case, clock: Any) -> Case:
    """Amina opened Khaled's file, Boris printed it, and Chen opened another one at Zarzis."""
    other = make.case(at="ZARZIS")
    record(make.user("amina").pk, [("person", str(case.person_id), Access.OPEN, "")])
    record(make.user("boris").pk, [("person", str(case.person_id), Access.PRINT, "")])
    record(make.user("chen").pk, [("person", str(other.person_id), Access.OPEN, "")])
    return case


def signed_in(client: Any, name: str, **role: str) -> Any:
    client.force_login(make.user(name, **role))
    return client


def seen(client: Any, **asked: Any) -> list[str]:
    return [look.who for look in client.get(WHERE, asked).context["looks"]]


def test_data_protection_and_auditors_see_everybody_by_reference_and_no_name_of_a_person(client: Any, looks: Case) -> None:
    for reader in (signed_in(client, "lena"), signed_in(client, "adem", role="auditor")):
        assert seen(reader) == ["Chen", "Boris", "Amina"]
        page = reader.get(WHERE).content.decode()
        assert looks.reference in page
        assert "Zarrouk" not in page
        assert reverse("casework:case", args=[looks.pk]) not in page


def test_a_supervisor_sees_the_colleagues_of_the_office_with_a_way_to_the_file(client: Any, looks: Case) -> None:
    assert seen(signed_in(client, "boris")) == ["Boris", "Amina"]
    assert reverse("casework:case", args=[looks.pk]) in client.get(WHERE).content.decode()


def test_everybody_else_sees_their_own_and_cannot_ask_for_another(client: Any, looks: Case) -> None:
    assert seen(signed_in(client, "amina")) == ["Amina"]
    assert seen(client, colleague=str(make.user("boris").pk)) == []
    assert seen(signed_in(client, "mona")) == []


def test_it_is_asked_by_colleague_file_way_and_day(client: Any, looks: Case, clock: Any) -> None:
    clock.set(clock.now() + dt.timedelta(days=3))
    record(make.user("amina").pk, [("person", str(looks.person_id), Access.OPEN, "")])
    signed_in(client, "lena")
    assert seen(client, colleague=str(make.user("amina").pk)) == ["Amina", "Amina"]
    assert seen(client, reference=looks.reference.lower()) == ["Amina", "Boris", "Amina"]
    assert seen(client, kind="print") == ["Boris"]
    assert seen(client, since="2026-03-05") == ["Amina"]
    assert seen(client, until="2026-03-04", colleague=str(make.user("amina").pk)) == ["Amina"]
    assert len(seen(client, since="yesterday", colleague="'; --", kind="x", before="²")) == 4


def test_what_a_look_was_for_stands_beside_it(client: Any, case: Case) -> None:
    record(make.user("gia").pk, [("person", str(case.person_id), Access.OPEN, "complaint")])
    assert "A complaint is looked into" in signed_in(client, "lena").get(WHERE).content.decode()


def test_a_file_whose_person_named_the_reader_has_no_reference_for_them(client: Any, looks: Case) -> None:
    Barred.objects.create(person=looks.person, user=make.user("lena"))
    assert looks.reference not in signed_in(client, "lena").get(WHERE).content.decode()
    assert seen(client, reference=looks.reference) == []


def test_it_pages_by_key_and_asks_as_much_for_few_as_for_many(client: Any, case: Case, django_assert_max_num_queries: Any) -> None:
    people = [make.case().person_id for _n in range(3)]
    signed_in(client, "lena")
    client.get(WHERE)
    with django_assert_max_num_queries(10):
        client.get(WHERE)
    for n in range(70):
        record(make.user("amina").pk, [("person", str(people[n % 3]), Access.OPEN, f"p{n}")])
    with django_assert_max_num_queries(10):
        page = client.get(WHERE)
    assert len(page.context["looks"]) == 60
    rest = client.get(WHERE + page.context["next_url"])
    assert len(rest.context["looks"]) == 10
    assert rest.context["next_url"] == ""


def test_the_list_is_taken_out_as_csv_and_that_stands_on_it(client: Any, looks: Case) -> None:
    answer = signed_in(client, "lena").get(reverse("casework:looked_csv"), {"kind": "print"})
    text = answer.content.decode()
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text[1:])))
    assert rows[0] == ["When", "Who", "Reference", "How", "What for"]
    assert [row[1:4] for row in rows[1:]] == [["Boris", looks.reference, "printed"]]
    taken = Access.objects.get(subject_kind="accesses")
    assert (taken.user_id, taken.kind) == (str(make.user("lena").pk), Access.EXPORT)
    assert "the list of who has looked" in client.get(WHERE).content.decode()


def test_a_name_that_begins_like_a_formula_stays_text_in_the_csv(client: Any, case: Case) -> None:
    sly = make.user("sly", role="caseworker", at="TUNIS")
    sly.name = "=HYPERLINK(1)"
    sly.save(update_fields=["name"])
    record(sly.pk, [("person", str(case.person_id), Access.OPEN, "")])
    text = signed_in(client, "lena").get(reverse("casework:looked_csv")).content.decode()
    assert ",=HYPERLINK" not in text
    assert "HYPERLINK" in text
