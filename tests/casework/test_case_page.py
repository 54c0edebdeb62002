"""The page of a file: who sees it, what each reads on it, and that a long history costs no more than a short one."""

import datetime as dt
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from casework import story
from casework.actions import case as way
from casework.actions import notes, people, plan, support, talks, work
from casework.case_page import ReachLine, case_page, cases_for
from casework.models import Barred, Case, Employer, Household, Membership, Person, Promise, Reach, Safety
from casework.rules import page
from tests import factories
from workflows import clock as clocks
from workflows.acting import NotYours, Refused, options
from workflows.models import Access, Event, Note
from workflows.partial import PartialDate

pytestmark = pytest.mark.django_db

QUERIES = 15
"""With session, user, roles and the access that is noted; the switches of read-only and the savepoint not counted."""


def amina() -> Any:
    return factories.user("amina")


def shown(client: Any, case: Case, who: str = "amina", at: str = "", **asked: Any) -> str:
    client.force_login(factories.user(who))
    answer = client.get(case.get_absolute_url() + at, asked)
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


def sentences(text: str) -> list[str]:
    """What happened, as one reads it."""
    found = re.findall(r'<p class="what">(.*?)</p>', text, re.S)
    return [" ".join(re.sub(r"<[^>]+>", "", one).split()) for one in found]


def asked_of_the_database(client: Any, case: Case, who: str = "amina") -> int:
    client.force_login(factories.user(who))
    with CaptureQueriesContext(connection) as asked:
        assert client.get(case.get_absolute_url()).status_code == 200
    return sum(not re.match(r"PRAGMA|SET |SAVEPOINT|RELEASE|BEGIN|COMMIT", one["sql"]) for one in asked)


# ——— who sees it ———


def test_a_file_of_another_office_a_barred_colleague_and_a_manager_get_404(client: Any, clock: Any) -> None:
    case = factories.case_at("counselling")
    Barred.objects.create(person=case.person, user=factories.user("boris"))
    for who, status in (("amina", 200), ("chen", 404), ("boris", 404), ("gia", 404), ("mona", 404), ("elif", 404)):
        client.force_login(factories.user(who))
        for at in ("", "story/", "verbs/", "print/", "who-has-looked/", "training/"):
            assert client.get(case.get_absolute_url() + at).status_code == status, (who, at)


def test_every_opening_is_noted_and_a_print_is_a_print(client: Any, clock: Any) -> None:
    case = factories.case_at("counselling")
    shown(client, case)
    shown(client, case, at="print/")

    assert set(Access.objects.values_list("subject_id", "kind")) == {(str(case.person_id), "open"), (str(case.person_id), "print")}
    looks = shown(client, case, "boris", at="who-has-looked/")
    assert "Amina" in looks and "Caseworker, Tunis" in looks and "printed" in looks


# ——— how much it costs ———


def test_the_page_asks_the_same_of_a_first_day_and_of_a_long_history(client: Any, clock: Any) -> None:
    case = factories.case_at("placed")
    support.give_first_aid(case, by=amina(), kind="food", amount=20_00, given_on=clocks.today(), receipt="1", for_whom="him")
    notes.write_note(factories.again(case), by=amina(), text="A word.")
    few = asked_of_the_database(client, case)
    for number in range(40):
        notes.write_note(factories.again(case), by=amina(), text=f"Word {number}.")
        talks.log_attempt(factories.again(case), by=amina(), result="no_answer")

    assert asked_of_the_database(client, case) == few <= QUERIES


@pytest.mark.parametrize("who", ["amina", "boris", "petra", "rida", "dana", "hana"])
@pytest.mark.parametrize(
    "state", ["referred", "intake", "counselling", "training", "job_search", "placed", "start_up", "on_hold", "closed"]
)
def test_every_state_is_shown_to_every_role_in_few_questions(client: Any, clock: Any, who: str, state: str) -> None:
    case = factories.case_at(state)

    assert asked_of_the_database(client, case, who) <= QUERIES + 1  # a perhaps-child or a second signature asks one more


# ——— what stands there ———


def test_the_story_tells_in_sentences_newest_first(client: Any, clock: Any) -> None:
    case = factories.case(caseworker=amina(), by=amina(), person=factories.person(given_names="Khaled", family_name="Belhaj"))
    way.open_intake(case, by=amina())
    factories.told(factories.again(case))
    way.begin_counselling(factories.again(case), by=amina())
    talks.record_session(factories.again(case), by=amina(), held_on=clocks.today(), how="phone", topics=["work", "family"])
    factories.placed(case)

    assert sentences(shown(client, case)) == [
        "Amina wrote down that Khaled works as baker at Boulangerie du Port since 2 Mar. Now: in work.",
        "Amina and Khaled talked, by phone: work, family.",
        "Amina began counselling. Now: counselling.",
        "Amina read out the notice to Khaled.",
        "Amina began the intake. Now: intake.",
        "Amina referred Khaled.",
    ]
    assert len(sentences(shown(client, case, kind="talks"))) == 2
    assert sentences(shown(client, case, kind="money")) == []


def test_every_verb_of_the_case_and_of_the_person_has_a_sentence() -> None:
    assert (story.untold(Case), story.untold(Person)) == ([], [])
    assert set(story.verbs_told().values()) == set(story.KINDS)


def test_the_story_goes_on_a_page_at_a_time(client: Any, clock: Any) -> None:
    case = factories.case_at("counselling")
    for number in range(25):
        notes.write_note(factories.again(case), by=amina(), text=f"Word {number}.")
    first = shown(client, case)
    key = re.search(r"before=(\d+)", first)
    assert key and len(sentences(first)) == story.PAGE
    later = shown(client, case, before=key[1])

    assert "That is the beginning." in later and "Word 24." in first and "Word 4." in later and "Word 24." not in later
    assert (
        len(sentences(first)) + len(sentences(later)) == Event.objects.filter(stream__in=[case.stream, case.person.stream]).count()
    )
    assert client.get(case.get_absolute_url(), {"before": "x", "kind": "nothing"}).status_code == 200


def test_who_reads_no_notes_reads_no_words_no_reasons_and_no_promises(client: Any, clock: Any) -> None:
    case = factories.agreed(factories.case_at("counselling"))
    notes.write_note(case, by=amina(), text="She is afraid of her cousin.")
    way.put_on_hold(factories.again(case), by=amina(), reason="detention", review_on=clocks.today() + dt.timedelta(days=9))

    theirs, hers = shown(client, case, "rida"), shown(client, case)

    assert "afraid of her cousin" in hers and "detention" in hers and "Find a course" in hers
    for words in ("afraid of her cousin", "detention", "Find a course", "gentle questions", "Planned</th>"):
        assert words not in theirs, words
    for name in ("notes", "plan", "papers", "consent", "costs"):
        assert client.get(f"{case.get_absolute_url()}{name}/").status_code == 200
        client.force_login(factories.user("rida"))
        assert client.get(f"{case.get_absolute_url()}{name}/").status_code == 404, name
        client.force_login(amina())


def test_a_note_for_the_protection_lead_is_hers_alone(client: Any, clock: Any) -> None:
    case = factories.case_at("counselling")
    notes.write_note(case, by=amina(), text="He followed her here.", audience=Note.PROTECTION)

    assert "followed her" not in shown(client, case) + shown(client, case, at="notes/")
    assert "followed her" in shown(client, case, "petra") and "followed her" in shown(client, case, "petra", at="notes/")


def test_a_restricted_change_leaves_no_trace(client: Any, clock: Any) -> None:
    case = factories.case_at("counselling")
    before = sentences(shown(client, case, "petra"))
    people.bar_colleague(case.person, by=factories.user("petra"), colleague=factories.user("boris"))

    assert Event.objects.filter(verb="casework.restricted_change").count() == 1
    assert sentences(shown(client, case, "petra")) == before


# ——— how to reach ———


def reach_line(case: Case) -> ReachLine:
    found = cases_for(amina()).get(pk=case.pk)
    return case_page(amina(), found, ()).reach


def test_the_first_way_stands_with_its_safe_words(client: Any, clock: Any) -> None:
    case = factories.case_at("counselling", person=factories.person(phone="+21620000387"))
    Reach.objects.filter(person=case.person).update(
        whose="mine_alone", hours_from=dt.time(17), hours_to=dt.time(20), may_be_said="the workshop"
    )

    text = shown(client, case)
    assert 'href="tel:+21620000387"' in text and "theirs alone, 17:00 to 20:00. Say “\u2068the workshop\u2069”." in text


@pytest.mark.parametrize(
    ("setting", "number"), [({"no_contact": True}, False), ({"never_leave_message": True, "never_write_letters": True}, True)]
)
def test_a_safety_setting_binds_what_is_shown(client: Any, clock: Any, setting: dict[str, Any], number: bool) -> None:
    case = factories.case_at("counselling", person=factories.person(phone="+21620000387"))
    Safety.objects.create(person=case.person, code_word="fig tree", feared=[{"name": "Cousin Ali"}], **setting)

    text = shown(client, case, "rida")

    assert ("tel:+21620000387" in text) is number
    assert ("No letters to the house" in text) is number
    assert ("No contact but through the protection lead." in text) is not number
    assert "fig tree" not in text and "Ali" not in text


def test_with_a_safety_setting_nobody_else_is_told(clock: Any) -> None:
    case = factories.case_at("counselling", person=factories.person(phone="+21620000387"))
    Reach.objects.filter(person=case.person).update(whose="trusted_person", trusted_name="Salma", may_be_said="the workshop")
    assert reach_line(case).value == "+21620000387"
    Safety.objects.create(person=case.person, never_visit_home=True)

    assert reach_line(case) == ReachLine("none", "", "No way to reach is known.")


def test_the_setting_of_a_record_that_was_merged_binds_too(clock: Any) -> None:
    case = factories.case_at("counselling", person=factories.person(phone="+21620000387"))
    other = factories.person()
    Person.objects.filter(pk=other.pk).update(merged_into=case.person)
    Safety.objects.create(person=other, no_contact=True)

    assert reach_line(case).words == "No contact but through the protection lead."


# ——— what comes next ———


@pytest.mark.parametrize(
    ("state", "label"),
    [
        ("referred", "Confirm arrival"),
        ("intake", "Give the notice"),
        ("counselling", "Write the plan"),
        ("training", "Record attendance"),
        ("job_search", "Apply for a vacancy"),
        ("placed", "Confirm placement"),
        ("start_up", "Book a talk"),
        ("on_hold", "Resume"),
    ],
)
def test_one_sentence_and_one_button_say_what_comes_next(client: Any, clock: Any, state: str, label: str) -> None:
    text = shown(client, factories.case_at(state))

    button = re.search(r'<a class="btn btn-primary btn-lg" href="[^"]+">(.*?)</a>', text)
    assert button and button[1] == label
    assert text.count("btn-primary") == 1


def test_what_is_not_yet_possible_says_why_with_links(client: Any, clock: Any) -> None:
    case = factories.case_at("counselling")
    plan.draft_plan(case, by=amina(), path="work", goals=[{"what": "Work"}])

    text = shown(client, case)
    assert "Not yet possible" in text and "The gentle questions have not been asked yet." in text
    assert page("record_screening", case.person_id) in text


def test_something_else_lists_every_verb_and_whose_the_others_are(client: Any, clock: Any) -> None:
    case, _boris = factories.case_at("placed"), factories.user("boris")
    text = shown(client, case, at="verbs/")
    for option in options(case, amina()):
        assert str(option.label) in text, option.label
    assert "Others do this here" in text and "Boris" in text


# ——— sections and promises ———


def test_every_section_opens_on_its_own_and_inside_the_page(client: Any, clock: Any) -> None:
    case = factories.placed(factories.agreed(factories.case_at("counselling")))
    text = shown(client, case)
    found = re.findall(r'<details class="fold" hx-get="([^"]+)"', text)
    assert len(found) == 12
    for address in found:
        whole, part = client.get(address), client.get(address, headers={"HX-Request": "true"})
        assert (whole.status_code, part.status_code) == (200, 200), address
        assert b"<html" in whole.content and b"<html" not in part.content


def test_the_household_names_no_adult_whose_file_one_may_not_open(client: Any, clock: Any) -> None:
    case, other = factories.case_at("counselling"), factories.case(at="ZARZIS", person=factories.person(given_names="Leila"))
    household = Household.objects.create()
    for person in (case.person, other.person):
        Membership.objects.create(household=household, person=person)

    text = shown(client, case, at="household/")
    assert "Leila" not in text and "1 adult with a file of their own" in text


def test_a_promise_is_ticked_where_it_stands(client: Any, clock: Any) -> None:
    case = factories.agreed(factories.case_at("counselling"))
    promise = Promise.objects.get(plan__case=case)
    assert f'value="{promise.pk}"' in shown(client, case)
    answer = client.post(page("keep_promise", case.pk), {"promise": promise.pk, "version": case.version})

    assert (answer.status_code, answer["Location"]) == (302, case.get_absolute_url())
    assert "Amina kept a promise: find a course." in sentences(shown(client, case))


def test_tabs_and_more_come_without_the_rest_of_the_page(client: Any, clock: Any) -> None:
    case = factories.case_at("counselling")
    client.force_login(amina())
    part = client.get(case.get_absolute_url(), {"kind": "talks"}, headers={"HX-Request": "true", "HX-Target": "story"})
    assert part.status_code == 200 and b"<html" not in part.content and b'id="story"' in part.content


# ——— write_note ———


def test_write_note_does_refuses_records_and_is_denied(client: Any, clock: Any) -> None:
    case = factories.case_at("closed")
    notes.write_note(case, by=amina(), text="  She called.  ")
    event = Event.objects.latest("pk")
    note = Note.objects.get(pk=event.facts["note"])
    assert (event.verb, set(event.facts), note.text, note.audience) == ("casework.write_note", {"note"}, "She called.", "file")
    with pytest.raises(Refused) as refused:
        notes.write_note(factories.again(case), by=amina(), text=" ")
    assert refused.value.codes == ["empty"]
    with pytest.raises(NotYours):
        notes.write_note(factories.again(case), by=factories.user("rida"), text="Mine.")
    assert Event.objects.latest("pk") == event

    client.force_login(amina())
    answer = client.post(page("write_note", case.pk), {"text": "By the page.", "audience": "restricted", "version": ""})
    assert answer.status_code == 302 and Note.objects.filter(audience="restricted").count() == 1


def test_the_page_stands_in_french_and_in_arabic(client: Any, clock: Any) -> None:
    case = factories.case_at("placed", person=factories.person(native_name="خالد بلحاج"))
    client.force_login(amina())
    for language in ("fr", "ar"):
        client.cookies["django_language"] = language
        text = client.get(case.get_absolute_url()).content.decode()
        assert f'lang="{language}"' in text and "خالد بلحاج" in text
    with translation.override("en"):
        assert story.day("1984-07") == "July 1984" and story.day("") == ""


def test_an_employer_with_markup_in_its_name_is_shown_as_written(client: Any, clock: Any) -> None:
    case = factories.case_at("counselling")
    employer: Employer = work.add_employer(by=amina(), name="<b>Fish & Co</b>", place="Tunis")
    work.record_placement(
        case, by=amina(), employer=employer, occupation="Cook", started_on=PartialDate(2026, 3), known_by="person"
    )
    assert "&lt;b&gt;Fish &amp; Co&lt;/b&gt;" in shown(client, case)
