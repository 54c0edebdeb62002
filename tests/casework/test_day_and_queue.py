"""My day and the queue: what needs whom, in which order, and nothing of another office."""

import datetime as dt

import pytest

from casework.actions import case as cases
from casework.actions import talks
from casework.models import Case
from casework.queue import Asked, in_view, page_of
from tests import factories
from workflows.models import Access

pytestmark = pytest.mark.django_db


@pytest.fixture
def amina(clock):
    return factories.user("amina")


def at(day, hour):
    return dt.datetime(2026, 3, day, hour, tzinfo=dt.UTC)


def names(page):
    return [row.case.pk for row in page.rows]


# ——— my day ———


def test_the_day_shows_talks_by_the_clock_then_tasks_each_with_its_next_step(client, amina):
    talk, task = factories.case_at("intake"), factories.case_at("intake")
    talks.book_session(talk, by=amina, starts_at=at(2, 13), about="Plan", interpreter="Tigrinya")
    cases.add_task(task, by=amina, what="Ask the port for a stall", due_on=dt.date(2026, 3, 1))
    client.force_login(amina)

    page = client.get("/day/").content.decode()

    assert page.index("Plan. Interpreter for Tigrinya is booked.") < page.index("Ask the port for a stall")
    assert "14:00" in page and "1 day late" in page
    assert "No identity paper has been seen" in page  # what is missing for the plan of whom one meets
    assert f"/cases/{task.pk}/complete-task/" in page


def test_the_day_shows_the_last_days_of_the_next_two_months(client, amina):
    case = factories.case_at("intake")
    cases.set_last_day(case, by=amina, kind="papers", due_on=dt.date(2026, 3, 11))
    cases.set_last_day(factories.again(case), by=amina, kind="appeal", due_on=dt.date(2026, 6, 11))
    client.force_login(amina)

    page = client.get("/day/").content.decode()

    assert "9 days" in page and "Papers must be handed in" in page
    assert "An appeal must be in" not in page


def test_another_office_is_not_in_my_day(client, amina):
    elsewhere = factories.case(at="ZARZIS", caseworker=factories.user("chen"))
    cases.add_task(
        elsewhere, by=factories.user("chen"), what="Secret of Zarzis", due_on=dt.date(2026, 3, 2), assignee=factories.user("chen")
    )
    client.force_login(amina)

    page = client.get("/day/").content.decode()

    assert "Secret of Zarzis" not in page
    assert "Nothing is due." in page


def test_whoever_sees_no_file_is_shown_what_they_can_open(client, clock):
    client.force_login(factories.user("mona"))

    assert "What you can open" in client.get("/day/").content.decode()


# ——— the queue ———


def test_my_queue_begins_with_what_is_due_first(amina):
    later, never, sooner = (factories.case_at("intake") for _ in range(3))
    cases.add_task(later, by=amina, what="Later", due_on=dt.date(2026, 3, 9))
    cases.add_task(sooner, by=amina, what="Sooner", due_on=dt.date(2026, 3, 3))

    page = page_of(amina, Asked())

    assert names(page) == [sooner.pk, later.pk, never.pk]
    assert [(str(row.next), row.by_when) for row in page.rows] == [
        ("Sooner", dt.date(2026, 3, 3)),
        ("Later", dt.date(2026, 3, 9)),
        ("Meet, give the notice, begin counselling", None),
    ]


@pytest.mark.parametrize("view", ["mine", "all"])
def test_pages_by_key_show_every_file_once(amina, view):
    made = {factories.case_at("intake").pk for _ in range(7)}
    seen, key = [], ""
    for _page in range(4):
        page = page_of(amina, Asked(view=view), after=key, size=2)
        seen += names(page)
        key = page.next_key

    assert (sorted(seen), key) == (sorted(made), "")


def test_views_are_questions_about_facts(amina, clock):
    mine = factories.case_at("intake")
    nobodys = factories.case()
    late = factories.case_at("intake")
    cases.add_task(late, by=amina, what="Late", due_on=dt.date(2026, 3, 1))
    factories.case(at="ZARZIS", caseworker=factories.user("chen"))

    found = {view: set(in_view(amina, view).values_list("pk", flat=True)) for view in ("mine", "overdue", "nobody", "quiet", "all")}

    assert found == {
        "mine": {mine.pk, late.pk},
        "overdue": {late.pk},
        "nobody": {nobodys.pk},
        "quiet": set(),
        "all": {mine.pk, late.pk, nobodys.pk},
    }


@pytest.mark.parametrize("text", ["Khaled", "khalid", "خالد", "+216 20 123 456", "20123456"])
def test_the_queue_finds_by_name_in_any_script_and_by_phone(client, amina, text):
    wanted = factories.case(
        person=factories.person(given_names="Khaled", family_name="Belhaj", native_name="خالد بلحاج", phone="+216 20 123 456")
    )
    factories.case(
        person=factories.person(given_names="Ines", family_name="Jaziri", native_name="إيناس الجزيري", phone="+216 20 999 999")
    )

    assert names(page_of(amina, Asked(view="all", text=text))) == [wanted.pk]


def test_a_broken_key_begins_at_the_start(client, amina):
    factories.case_at("intake")
    client.force_login(amina)

    assert "You are at the start" in client.get("/queue/?after=nonsense").content.decode()


def test_unknown_filters_are_left_out_and_what_was_typed_is_kept(client, amina):
    client.force_login(amina)

    page = client.get("/queue/", {"view": "nowhere", "state": "nonsense", "q": "x" * 10_000}).content.decode()

    assert "Nobody like that among the files you may see." in page
    assert f'value="{"x" * 200}"' in page


def test_an_export_is_safe_for_a_spreadsheet_and_is_recorded(client, amina):
    person = factories.person(given_names="=HYPERLINK(1)", family_name="Belhaj")
    factories.case(person=person, caseworker=amina)
    client.force_login(amina)

    answer = client.get("/queue/?export=csv")
    text = b"".join(answer.streaming_content).decode()

    assert text.startswith("\ufeffReference,Family name,")
    assert "'=HYPERLINK(1)" in text
    assert list(Access.objects.values_list("kind", "subject_id")) == [("export", str(person.pk))]


def test_a_search_is_recorded_for_those_it_shows(client, amina):
    person = factories.person(given_names="Khaled", family_name="Belhaj")
    factories.case(person=person)
    factories.case(person=factories.person(given_names="Khaled", family_name="Belhaj"), at="ZARZIS")
    client.force_login(amina)

    client.get("/search/?q=Khaled")

    assert list(Access.objects.values_list("kind", "subject_id")) == [("search", str(person.pk))]
    assert Case.objects.count() == 2
