"""Verbs on a person: they do, they refuse, they record one event, they are denied."""

import datetime as dt

import pytest
from django.db.models import F

from casework.actions import people
from casework.contact import LETTER, SAFETY, may_contact, next_moment
from casework.models import Barred, Case, Guardian, Person, Reach, Safety, Screening, SearchToken
from tests import factories as make
from workflows import clock as clocks
from workflows.acting import NotYours, Refused, Stale
from workflows.models import Event, Note
from workflows.partial import PartialDate

pytestmark = pytest.mark.django_db


@pytest.fixture
def khaled() -> Person:
    """Somebody with a case in Tunis."""
    return make.case(person=make.person(given_names="Khaled", family_name="Belhadj", phone="+216 26 131 860")).person


def events_of(person: Person) -> list[Event]:
    return list(Event.objects.filter(stream=person.stream).order_by("seq"))


# ——— correct_person ———


def test_correct_person_writes_what_is_known_and_is_found_by_it(khaled: Person) -> None:
    people.correct_person(khaled, by=make.user("amina"), called="Khalil", born=PartialDate(1994, 3), document_number="a-951 33 58")

    khaled.refresh_from_db()
    assert (khaled.name, str(khaled.born), khaled.document_number) == ("Khalil", "1994-03", "a-951 33 58")
    assert khaled.document_index == people.Person.objects.get(pk=khaled.pk).document_index != ""
    assert SearchToken.objects.filter(person=khaled, token="khalil").exists()


def test_correct_person_says_which_facts_changed_and_never_what_they_are(khaled: Person) -> None:
    people.correct_person(khaled, by=make.user("amina"), called="Khalil", sex="male", reason="As he says it himself")

    (event,) = events_of(khaled)
    note = Note.objects.get(stream=khaled.stream)
    assert (event.verb, event.facts) == ("casework.correct_person", {"changed": ["called"], "note": str(note.pk)})
    assert note.text == "As he says it himself"


def test_correct_person_refuses_a_stale_page_and_leaves_nothing(khaled: Person) -> None:
    people.correct_person(khaled, by=make.user("amina"), version=0, called="Khalil")

    with pytest.raises(Stale):
        people.correct_person(khaled, by=make.user("amina"), version=0, called="Halil")
    assert Person.objects.get(pk=khaled.pk).called == "Khalil"
    assert len(events_of(khaled)) == 1


@pytest.mark.parametrize("who", ["chen", "rida", "dana", "gia", "mona"])
def test_correct_person_is_denied_to_another_office_and_to_other_roles(khaled: Person, who: str) -> None:
    with pytest.raises(NotYours):
        people.correct_person(khaled, by=make.user(who), called="Mallory")
    assert Person.objects.get(pk=khaled.pk).called == ""


# ——— set_reach ———


def test_set_reach_keeps_the_order_and_what_may_be_said(khaled: Person) -> None:
    amina, phone = make.user("amina"), khaled.reaches.get()

    people.set_reach(
        khaled,
        by=amina,
        ways=[
            {"id": phone.pk, "kind": "phone", "value": "26 131 860", "whose": "mine_alone"},
            {
                "kind": "phone",
                "value": "+216 22 000 111",
                "whose": "trusted_person",
                "trusted_name": "Leila",
                "trusted_relation": "sister",
                "may_be_said": "Say that the workshop called.",
            },
        ],
    )

    first, second = Reach.objects.filter(person=khaled, ended_at=None)
    assert (first.pk, first.value, first.whose) == (phone.pk, "+21626131860", "mine_alone")
    assert (second.value, second.trusted_name, second.may_be_said) == ("+21622000111", "Leila", "Say that the workshop called.")


def test_no_phone_is_an_answer_and_the_old_number_is_kept_as_ended(khaled: Person) -> None:
    people.set_reach(khaled, by=make.user("amina"), ways=[{"kind": "none"}])

    assert list(khaled.reaches.filter(ended_at=None).values_list("kind", flat=True)) == ["none"]
    assert khaled.reaches.exclude(ended_at=None).count() == 1
    assert events_of(khaled)[0].facts == {"ways": ["none"], "whose": ["unknown"], "ended": 1}


@pytest.mark.parametrize(
    ("ways", "code"),
    [
        ([], "no_way"),
        ([{"kind": "phone", "value": " "}], "no_value"),
        ([{"kind": "none", "value": "+21622000111"}], "value_of_none"),
        ([{"kind": "phone", "value": "+21622000111", "whose": "trusted_person", "trusted_name": "Leila"}], "trusted_unnamed"),
    ],
)
def test_set_reach_refuses(khaled: Person, ways: list, code: str) -> None:
    with pytest.raises(Refused) as refused:
        people.set_reach(khaled, by=make.user("amina"), ways=ways)
    assert refused.value.codes == [code]
    assert events_of(khaled) == []


def test_set_reach_is_denied_to_another_office(khaled: Person) -> None:
    with pytest.raises(NotYours):
        people.set_reach(khaled, by=make.user("chen"), ways=[{"kind": "none"}])
    assert khaled.reaches.get().kind == "phone"


def test_a_dead_number_stays_in_its_place(khaled: Person) -> None:
    way = people.mark_way_dead(khaled.reaches.get(), by=make.user("amina"))
    assert way.dead_since == clocks.today()
    assert not way.usable
    assert events_of(khaled)[0].facts == {"dead": way.pk}


# ——— set_safety, and what it binds ———


def at(hour: int, minute: int = 0) -> dt.datetime:
    """An hour of Monday 2 March 2026 in Tunis (UTC+1)."""
    return dt.datetime(2026, 3, 2, hour - 1, minute, tzinfo=dt.UTC)


def test_set_safety_binds_hours_channel_messages_visits_and_letters(khaled: Person) -> None:
    phone = khaled.reaches.get()
    home = Reach.objects.create(person=khaled, kind="visit", value="Rue de la Mer 3")
    Reach.objects.filter(pk=phone.pk).update(leave_message=True, whose="mine_alone")
    phone.refresh_from_db()
    assert may_contact(khaled, phone, at(21)) is None
    assert may_contact(khaled, LETTER, at(10)) is None

    people.set_safety(
        khaled,
        by=make.user("petra"),
        safe_from=dt.time(9),
        safe_to=dt.time(11),
        never_leave_message=True,
        never_visit_home=True,
        never_write_letters=True,
    )

    assert may_contact(khaled, phone, at(10)) is None
    assert may_contact(khaled, phone, at(21)) == SAFETY
    assert may_contact(khaled, phone, at(10), leaving_message=True) == SAFETY
    assert may_contact(khaled, home, at(10)) == SAFETY
    assert may_contact(khaled, LETTER, at(10)) == SAFETY
    assert str(SAFETY) == "Safety setting"


def test_only_the_safe_channel_is_used_and_a_trusted_person_never(khaled: Person) -> None:
    safe = khaled.reaches.get()
    sister = Reach.objects.create(
        person=khaled, kind="phone", value="+21622000111", whose="trusted_person", trusted_name="L", may_be_said="x"
    )
    assert may_contact(khaled, sister, at(10)) is None

    people.set_safety(khaled, by=make.user("petra"), safe_channel=safe)

    assert may_contact(khaled, safe, at(10)) is None
    assert may_contact(khaled, sister, at(10)) == SAFETY


def test_a_person_who_is_feared_is_never_called(khaled: Person) -> None:
    husband = Reach.objects.create(person=khaled, kind="phone", value="+21622000111", whose="shared")
    people.set_safety(khaled, by=make.user("petra"), feared=[{"name": "N", "phone": "+216 22 000 111"}])
    assert may_contact(khaled, husband, at(10)) == SAFETY


def test_a_disputed_guardian_stops_every_message() -> None:
    child = make.case(person=make.person(born=PartialDate(clocks.today().year - 12))).person
    way = Reach.objects.create(person=child, kind="phone", value="+21622000111")
    people.name_guardian(child, by=make.user("amina"), name="Uncle", relation="uncle", since=clocks.today(), disputed=True)
    assert may_contact(child, way, clocks.now()) == SAFETY


def test_set_safety_leaves_a_neutral_event_and_its_kind_in_a_restricted_note(khaled: Person) -> None:
    people.set_safety(khaled, by=make.user("petra"), never_visit_home=True, words="The brother must not learn of it.")

    (event,) = events_of(khaled)
    notes = Note.objects.filter(stream=khaled.stream)
    assert event.verb == "casework.restricted_change"
    assert set(event.facts) == {"note"}
    assert {note.audience for note in notes} == {"protection"}
    assert {note.kind for note in notes} == {"set_safety"}


def test_set_safety_refuses_the_way_to_somebody_else(khaled: Person) -> None:
    other = Reach.objects.create(person=make.person(), kind="phone", value="+21622000111")
    with pytest.raises(Refused) as refused:
        people.set_safety(khaled, by=make.user("petra"), safe_channel=other)
    assert refused.value.codes == ["not_their_channel"]


def test_set_safety_is_denied_to_another_office(khaled: Person) -> None:
    with pytest.raises(NotYours):
        people.set_safety(khaled, by=make.user("chen"), no_contact=True)
    assert not Safety.objects.exists()


def test_the_agreed_hours_are_told_and_the_next_moment_found(khaled: Person) -> None:
    way = khaled.reaches.get()
    way.hours_from, way.hours_to = dt.time(18), dt.time(20)

    blocker = may_contact(khaled, way, at(10))
    assert blocker is not None
    assert (blocker.code, str(blocker)) == ("agreed_hours", "Outside the hours that the person agreed to.")
    assert next_moment(khaled, way, at(10)) == at(18)


def test_safety_of_a_merged_record_binds_the_one_that_is_kept(khaled: Person) -> None:
    gone = make.person()
    Safety.objects.create(person=khaled)
    Safety.objects.create(person=gone, no_contact=True)
    Person.objects.filter(pk=gone.pk).update(merged_into=khaled)
    assert may_contact(khaled, khaled.reaches.get(), at(10)) == SAFETY


# ——— bar_colleague ———


def test_a_barred_colleague_does_not_find_the_person_nor_the_case(khaled: Person) -> None:
    amina, boris = make.user("amina"), make.user("boris")
    people.bar_colleague(khaled, by=boris, colleague=amina, words="My cousin works here.")

    assert not Case.objects.visible_to(amina).filter(person=khaled).exists()
    assert not Person.objects.visible_to(amina).filter(pk=khaled.pk).exists()
    assert Person.objects.visible_to(boris).filter(pk=khaled.pk).exists()
    assert [event.verb for event in events_of(khaled)] == ["casework.restricted_change"]

    people.bar_colleague(khaled, by=boris, colleague=amina, lifted=True)
    assert Person.objects.visible_to(amina).filter(pk=khaled.pk).exists()


def test_bar_colleague_refuses_the_caseworker_of_an_open_case() -> None:
    amina = make.user("amina")
    person = make.case(caseworker=amina).person
    with pytest.raises(Refused) as refused:
        people.bar_colleague(person, by=make.user("boris"), colleague=amina)
    assert refused.value.codes == ["is_caseworker"]
    assert not Barred.objects.exists()


def test_bar_colleague_is_denied_to_another_office(khaled: Person) -> None:
    with pytest.raises(NotYours):
        people.bar_colleague(khaled, by=make.user("chen"), colleague=make.user("amina"))


# ——— record_screening ———


def test_record_screening_keeps_codes_for_the_caseworker_and_words_for_protection(khaled: Person) -> None:
    screening = people.record_screening(
        khaled, by=make.user("amina"), alone=True, outcomes=["protection"], words="What she said.", case=khaled.cases.get()
    )

    assert Screening.objects.get().outcomes == ["protection"]
    assert (screening.note.audience, screening.note.text) == ("protection", "What she said.")
    (event,) = events_of(khaled)
    assert event.verb == "casework.record_screening"
    assert event.facts == {"case": str(khaled.cases.get().pk)}


@pytest.mark.parametrize(("alone", "outcomes", "code"), [(False, ["protection"], "not_alone"), (True, [], "no_outcome")])
def test_record_screening_refuses(khaled: Person, alone: bool, outcomes: list[str], code: str) -> None:
    with pytest.raises(Refused) as refused:
        people.record_screening(khaled, by=make.user("amina"), alone=alone, outcomes=outcomes)
    assert refused.value.codes == [code]
    assert not Screening.objects.exists()


@pytest.mark.parametrize("who", ["chen", "rida", "dana"])
def test_record_screening_is_denied(khaled: Person, who: str) -> None:
    with pytest.raises(NotYours):
        people.record_screening(khaled, by=make.user(who), alone=True, outcomes=["nothing_said"])


# ——— name_guardian ———


def test_name_guardian_for_a_child_only() -> None:
    child = make.case(person=make.person(born=PartialDate(clocks.today().year - 12))).person
    people.name_guardian(child, by=make.user("amina"), name="Uncle", relation="uncle", since=clocks.today())
    assert Guardian.objects.get().name == "Uncle"
    assert events_of(child)[0].facts == {"adult": None, "since": clocks.today().isoformat(), "until": None}


@pytest.mark.parametrize(("age", "name", "code"), [(30, "Uncle", "adult"), (12, " ", "no_name")])
def test_name_guardian_refuses(age: int, name: str, code: str) -> None:
    person = make.case(person=make.person(born=PartialDate(clocks.today().year - age))).person
    with pytest.raises(Refused) as refused:
        people.name_guardian(person, by=make.user("amina"), name=name, relation="uncle", since=clocks.today())
    assert refused.value.codes == [code]


def test_name_guardian_is_denied_to_another_office() -> None:
    child = make.case(person=make.person(born=PartialDate(clocks.today().year - 12))).person
    with pytest.raises(NotYours):
        people.name_guardian(child, by=make.user("chen"), name="Uncle", relation="uncle", since=clocks.today())


# ——— who a person is ———


def test_an_age_that_is_not_sure_counts_as_a_child_until_assessed() -> None:
    year = clocks.today().year
    assert Person(born=PartialDate(year - 18)).is_child() is True
    assert Person(born=PartialDate(year - 30)).is_child() is False
    assert Person().is_child() is None


def test_numbers_and_papers_are_ciphertext_in_the_database(khaled: Person) -> None:
    people.correct_person(khaled, by=make.user("amina"), document_number="A9513358")
    stored = Reach.objects.annotate(raw=F("value")).values_list("value_index", flat=True).get(person=khaled)
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM casework_reach")
        (number,) = cursor.fetchone()
        cursor.execute("SELECT document_number FROM casework_person WHERE document_number <> ''")
        (paper,) = cursor.fetchone()
    assert number.startswith("v1:")
    assert paper.startswith("v1:")
    assert "26131860" not in stored
