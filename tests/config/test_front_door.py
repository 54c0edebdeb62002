"""The front door's own pages: nothing typed is lost, nothing is said that should not be."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from config import views
from config.busy import Busy, is_busy
from tests.conftest import look_over


@pytest.fixture
def post():
    def made(data, **headers):
        request = RequestFactory().post("/cases/1/talk/?from=queue", data, headers=headers)
        request.user = AnonymousUser()
        return request

    return made


def page(answer: HttpResponse) -> str:
    look_over(answer)
    return answer.content.decode()


def test_a_page_open_for_too_long_keeps_what_was_typed(post):
    request = post(
        {"summary": "Wants to weld <again>", "csrfmiddlewaretoken": "old", "password": "kept from no page"},
        origin="http://testserver",
    )
    answer = views.stale_page(request)
    words = page(answer)
    assert answer.status_code == 403
    assert '<input type="hidden" name="summary" value="Wants to weld &lt;again&gt;">' in words
    assert 'action="/cases/1/talk/?from=queue"' in words
    assert "kept from no page" not in words
    assert 'value="old"' not in words


@pytest.mark.parametrize("origin", [{}, {"origin": "https://elsewhere.example"}, {"origin": "null"}])
def test_a_form_from_elsewhere_is_not_offered_to_be_sent_again(post, origin):
    answer = views.stale_page(post({"summary": "not ours"}, **origin))
    assert answer.status_code == 403
    assert "not ours" not in page(answer)


def test_a_stale_token_reaches_that_page(db):
    answer = Client(enforce_csrf_checks=True).post(
        "/account/login/", {"login": "amina@example.org", "password": "x"}, headers={"origin": "http://testserver"}
    )
    assert answer.status_code == 403
    assert 'name="login" value="amina@example.org"' in page(answer)


def test_busy_is_a_page_that_keeps_what_was_typed(post):
    door = Busy(lambda request: HttpResponse())
    answer = door.process_exception(post({"summary": "Wants to weld"}), OperationalError("database is locked"))
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert 'name="summary" value="Wants to weld"' in page(answer)


def test_other_errors_of_the_database_are_not_called_busy(post):
    door = Busy(lambda request: HttpResponse())
    assert door.process_exception(post({}), OperationalError("no such table: cases")) is None
    assert not is_busy(ValueError("database is locked"))


@pytest.mark.postgresql
def test_postgresql_says_busy_in_its_own_way():
    import os

    import psycopg

    with psycopg.connect(os.environ["HOMEWARD_TEST_DATABASE_URL"]) as connection:
        connection.execute("SET LOCAL statement_timeout = 20")
        with pytest.raises(psycopg.Error) as late:
            connection.execute("SELECT pg_sleep(1)")
    error = OperationalError("canceling statement")
    error.__cause__ = late.value
    assert is_busy(error)


def test_everyone_lands_on_what_is_on_today(post):
    assert views.home(post({})).url == reverse("casework:my_day")


def test_nothing_is_reached_without_signing_in(client, db):
    answer = client.get("/")
    assert (answer.status_code, answer.url) == (302, "/account/login/?next=/")


def test_nobody_signs_up(client, db):
    assert client.get("/account/signup/").status_code == 404


def test_an_address_that_is_not_there_says_so(client, db):
    answer = client.get("/nowhere/")
    assert answer.status_code == 404
    assert "nowhere" not in page(answer)


def test_the_sign_in_page_stands_under_the_strict_policy(client, db):
    answer = client.get("/account/login/")
    assert answer.status_code == 200
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
