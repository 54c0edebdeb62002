"""Encrypted fields, blind indexes, partial dates, drafts and the clock."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from workflows import clock
from workflows.encryption import Undecipherable, blind_index, decrypt, encrypt
from workflows.models import Draft, Note
from workflows.partial import PartialDate, PartialDateFormField


@given(st.text())
def test_what_is_encrypted_is_read_back(text):
    assert decrypt(encrypt(text, "t.c"), "t.c") == text


def test_ciphertext_cannot_be_moved_to_another_column_or_altered():
    stored = encrypt("A9513358", "person.document")
    with pytest.raises(Undecipherable):
        decrypt(stored, "person.notes")
    with pytest.raises(Undecipherable):
        decrypt(stored[:-4] + "AAAA", "person.document")


def test_a_value_under_an_older_key_is_still_read(settings):
    old = settings.FIELD_KEYS
    stored = encrypt("x", "t.c")
    settings.FIELD_KEYS = {"new": bytes(range(1, 33)), **old}

    assert decrypt(stored, "t.c") == "x"
    assert encrypt("x", "t.c").startswith("v1:new:")


def test_a_note_is_ciphertext_in_the_database(db):
    Note.objects.create(stream="case:1", author_id="1", text="He fears his uncle")
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM workflows_note")
        stored = cursor.fetchone()[0]

    assert stored.startswith("v1:") and "uncle" not in stored
    assert Note.objects.get().text == "He fears his uncle"
    with pytest.raises(TypeError, match="blind index"):
        Note.objects.filter(text="x")


def test_a_blind_index_is_equal_for_equal_values_of_one_purpose():
    assert blind_index("A951", "document") == blind_index("A951", "document") != blind_index("A951", "phone")
    assert blind_index("", "document") == ""


def test_a_draft_is_one_a_form_and_goes_when_the_verb_is_pressed(db, porter):
    Draft.keep(owner=porter, form="talk", stream="case:1", payload={"hope": "a bakery"})
    Draft.keep(owner=porter, form="talk", stream="case:1", payload={"hope": "a workshop"})

    assert Draft.of(owner=porter, form="talk", stream="case:1").payload == {"hope": "a workshop"}
    with clock.moved_to(clock.now() + dt.timedelta(days=15)):
        assert Draft.of(owner=porter, form="talk", stream="case:1") is None
    Draft.drop(owner=porter, form="talk", stream="case:1")
    assert Draft.objects.count() == 0


@pytest.mark.parametrize(
    ("text", "known", "earliest", "latest"),
    [
        ("1984", "year", dt.date(1984, 1, 1), dt.date(1984, 12, 31)),
        ("1984-02", "month", dt.date(1984, 2, 1), dt.date(1984, 2, 29)),
        ("1984-02-03", "day", dt.date(1984, 2, 3), dt.date(1984, 2, 3)),
    ],
)
def test_a_date_is_kept_as_far_as_it_is_known(text, known, earliest, latest):
    date = PartialDate.parse(text)

    assert (date.known, date.earliest, date.latest, str(date)) == (known, earliest, latest, text)


@pytest.mark.parametrize("text", ["1984-13", "1984-02-30", "84", "1984-2", "", "0000"])
def test_what_is_no_date_is_refused(text):
    with pytest.raises(ValueError):
        PartialDate.parse(text)


def test_an_age_has_a_least_and_a_most():
    assert PartialDate.parse("1990").age_on(dt.date(2026, 5, 14)) == (35, 36)


@pytest.mark.parametrize(
    ("typed", "kept"), [("14/03/1994", "1994-03-14"), ("07/1984", "1984-07"), ("1979", "1979"), ("3.4.1990", "1990-04-03")]
)
def test_dates_are_typed_as_people_write_them(typed, kept):
    assert str(PartialDateFormField().clean(typed)) == kept


def test_a_wrong_date_says_what_to_do():
    with pytest.raises(ValidationError, match="If the day is not known, write the month"):
        PartialDateFormField().clean("31/02/1990")


def test_the_clock_is_moved_for_a_block_alone():
    moment = dt.datetime(2025, 1, 1, 12, tzinfo=dt.UTC)
    with clock.moved_to(moment):
        assert (clock.now(), clock.today()) == (moment, dt.date(2025, 1, 1))
        clock.set_to(moment + dt.timedelta(days=1))
        assert clock.today() == dt.date(2025, 1, 2)
    assert clock.now() != moment
    with pytest.raises(RuntimeError):
        clock.set_to(moment)
