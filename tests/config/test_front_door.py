"""The front door's own pages: nothing typed is lost, nothing is said that should not be."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from config import views
from config.busy import Busy, is_busy
from tests import factories
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


def test_a_file_that_was_sent_along_is_said_to_be_chosen_again(post):
    file = SimpleUploadedFile("paper.pdf", b"%PDF-1.7")
    answer = views.busy(post({"summary": "Wants to weld", "copy": file}))
    assert "choose it once more" in page(answer)


@pytest.mark.parametrize("show", [views.broken, views.busy, views.stale_page, views.unreadable, views.signed_out])
def test_pages_for_what_is_broken_need_nothing_that_may_be_broken(show, post, monkeypatch):
    """Neither the list of static files nor the database nor who reads: this test has no database at all."""

    def lost(name, *_args, **_kwargs):
        raise ValueError(f"Missing staticfiles manifest entry for {name!r}")

    monkeypatch.setattr(staticfiles_storage, "url", lost)
    request = post({"summary": "Wants to weld"}, origin="http://testserver")
    del request.user

    words = page(show(request))

    assert "<h1>" in words and 'href="/static/css/answer.css"' in words
    if show not in (views.broken, views.unreadable):
        assert 'name="summary" value="Wants to weld"' in words


def test_our_own_fault_is_told_in_words_and_shows_nothing_of_itself(client, db, monkeypatch):
    def breaks(_request):
        raise RuntimeError("the name of somebody")

    client.raise_request_exception = False
    client.force_login(factories.user("amina"))
    monkeypatch.setattr("casework.views.queue.scope_of", breaks)

    answer = client.get(reverse("casework:queue"))

    assert answer.status_code == 500
    assert "Something broke on our side" in page(answer)
    assert "the name of somebody" not in page(answer)


def test_what_was_typed_before_being_signed_out_is_kept(client, db):
    answer = client.post("/people/new/", {"given_names": "Khaled <b>", "csrfmiddlewaretoken": "old"})
    words = page(answer)
    assert answer.status_code == 403
    assert 'name="given_names" value="Khaled &lt;b&gt;"' in words
    assert 'action="/people/new/"' in words and 'href="/account/login/"' in words


def test_an_address_that_is_the_answer_of_a_button_says_so_when_it_is_opened(client, db):
    client.force_login(factories.user("amina"))
    answer = client.get(reverse("casework:could_be"))
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "Go back to the page where the button is" in page(answer)


def test_more_fields_than_a_form_has_is_said_in_words(client, db):
    client.force_login(factories.user("amina"))
    answer = client.post("/people/new/", {f"x{n}": "1" for n in range(2000)})
    assert answer.status_code == 400
    assert "Nothing was saved" in page(answer)


@pytest.mark.parametrize("headers", [{"host": "evil.example"}, {"host": "a b"}, {"host": "testserver.evil.example"}])
def test_another_name_of_the_house_is_refused_in_words(client, db, headers):
    answer = client.get("/account/login/", headers=headers)
    assert answer.status_code == 400
    assert "evil.example" not in page(answer)


def test_a_name_said_by_somebody_on_the_way_is_not_believed(client, db):
    client.force_login(factories.user("amina"))
    answer = client.get(reverse("casework:my_day"), headers={"x-forwarded-host": "evil.example", "x-forwarded-for": "1.2.3.4, <b>"})
    assert answer.status_code == 200
    assert "evil.example" not in page(answer)


@pytest.mark.parametrize(
    "there",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "http:///evil.example", "\x00"],
)
def test_nobody_is_led_out_of_the_house(client, db, there):
    for name in ("choose_theme", "choose_language"):
        assert client.post(reverse(name), {"next": there}).url == "/"
    user = factories.user("amina")
    user.set_password("come-home-safely")
    user.save()
    answer = client.post("/account/login/", {"login": user.email, "password": "come-home-safely", "next": there})
    assert answer.status_code == 302 and "evil" not in answer.url and answer.url.startswith("/")


@pytest.mark.parametrize("bare", ["home", "casework:case", "NaN", "x" * 10_000])
def test_a_bare_word_leads_home_and_is_not_taken_for_a_page(client, db, bare):
    assert client.post(reverse("choose_theme"), {"next": bare}).url == "/"


@pytest.mark.parametrize("name", ["homeward", "csrftoken", "messages", "theme", "homeward_language"])
def test_a_cookie_that_was_tampered_with_breaks_nothing(client, db, name):
    client.force_login(factories.user("amina"))
    for value in ("x" * 3000, "../../etc", "%00", "{}", "é"):
        client.cookies[name] = value
        answer = client.get(reverse("casework:my_day"))
        assert answer.status_code in (200, 302)
        client.force_login(factories.user("amina"))


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
