"""The day and its visits on paper: what is on it, and what is not."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from casework.actions import people, talks
from casework.actions.case import add_task
from tests import factories
from workflows import clock as clocks
from workflows.models import Access

pytestmark = pytest.mark.django_db


@pytest.fixture
def amina(client: Any, clock: Any) -> Any:
    client.force_login(factories.user("amina"), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def visited(**who: Any) -> Any:
    case = factories.case_at("counselling", person=factories.person(**who))
    soon = clocks.now() + timedelta(hours=2)
    talks.book_session(case, by=factories.user("amina"), starts_at=soon, how="visit", place="Café du Port", about="His illness")
    return factories.again(case)


def test_print_today_shows_the_day_and_notes_who_was_printed(amina: Any) -> None:
    case = factories.case_at("counselling")
    add_task(case, by=factories.user("amina"), what="Call the centre", due_on=factories.days_ago(0))

    page = amina.get(reverse("casework:print_day")).content.decode()

    assert case.person.name in page and "Call the centre" in page
    assert list(Access.objects.values_list("kind", "subject_id")) == [("print", str(case.person_id))]


def test_the_visit_pack_says_hour_first_name_and_place_and_nothing_that_harms(amina: Any) -> None:
    case = visited(given_names="Khaled", family_name="Belhaj")

    page = amina.get(reverse("casework:visit_pack")).content.decode()

    assert "Khaled" in page and "Café du Port" in page and case.reference in page
    assert "Belhaj" not in page and "illness" not in page


def test_who_must_not_be_visited_is_not_on_it(amina: Any) -> None:
    case = visited(given_names="Ines", family_name="Jaziri")
    people.set_safety(case.person, by=factories.user("amina"), never_visit_home=True)

    page = amina.get(reverse("casework:visit_pack")).content.decode()

    assert "Ines" not in page and "A visit is left out of this paper." in page


def test_a_day_without_visits_says_so(amina: Any) -> None:
    assert "No visit is booked with you today." in amina.get(reverse("casework:visit_pack")).content.decode()


def test_nobody_prints_the_visits_of_another(client: Any, clock: Any) -> None:
    visited(given_names="Khaled")
    client.force_login(factories.user("boris"), backend="allauth.account.auth_backends.AuthenticationBackend")

    assert "Khaled" not in client.get(reverse("casework:visit_pack")).content.decode()
