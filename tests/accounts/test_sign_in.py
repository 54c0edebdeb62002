"""Coming in: the password, the lockout, the code from the phone, the invitation, the forgotten password."""

import datetime as dt

import pytest
from allauth.mfa.adapter import get_adapter as mfa_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.test import Client

from accounts import actions
from accounts.invitations import LASTS, invited_by, token_for
from accounts.models import User
from tests import factories
from workflows import clock as clocks
from workflows.models import Event, Message

PASSWORD = "four words that differ"
LOGIN = "/account/login/"


@pytest.fixture(autouse=True)
def counters(db):
    cache.clear()


@pytest.fixture
def amina(tunis):
    user = factories.user("amina")
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    return user


@pytest.fixture
def wided(mona):
    return actions.invite_user(by=mona, email="wided@example.org", name="Wided Sassi", language="fr")


def sign_in(client, email="amina@example.org", password=PASSWORD, **more):
    return client.post(LOGIN, {"login": email, "password": password}, **more)


def signed_in(client) -> bool:
    return "_auth_user_id" in client.session


# ——— the password ———


@pytest.mark.parametrize("email", ["amina@example.org", "AMINA@Example.org", " amina@example.org "])
def test_with_the_right_password_one_comes_in(client, amina, email):
    answer = sign_in(client, email)
    assert (answer.status_code, answer.url) == (302, "/")
    assert signed_in(client)
    amina.refresh_from_db()
    assert amina.last_login is not None


def test_one_lands_where_one_was_going_and_nowhere_else(amina):
    assert sign_in(Client(), QUERY_STRING="next=/me/").url == "/me/"
    assert sign_in(Client(), QUERY_STRING="next=https://elsewhere.example/").url == "/"


@pytest.mark.parametrize(("email", "password"), [("amina@example.org", "wrong"), ("nobody@example.org", PASSWORD)])
def test_a_wrong_password_and_an_unknown_address_are_answered_alike(client, amina, email, password):
    answer = sign_in(client, email, password)
    assert answer.status_code == 200 and not signed_in(client)
    said = [str(error) for error in answer.context["form"].non_field_errors()]
    assert said == ["The email address and/or password you specified are not correct."]


def test_a_closed_account_and_an_open_invitation_do_not_come_in(client, amina, wided, mona):
    actions.deactivate_user(amina, by=mona)
    sign_in(client)
    sign_in(client, "wided@example.org", "")
    sign_in(client, "wided@example.org", "!")
    assert not signed_in(client)


def test_signing_in_page_by_get_writes_nothing(client, amina):
    assert client.get(LOGIN).status_code == 200
    assert not Event.objects.exists()


def test_signing_out_takes_a_press(client, amina):
    sign_in(client)
    client.get("/account/logout/")
    assert signed_in(client), "an address that is opened signs nobody out"
    client.post("/account/logout/")
    assert not signed_in(client)


# ——— the lockout ———


def test_eight_wrong_passwords_lock_the_address_for_an_hour_however_it_is_written(client, amina, settings):
    settings.AXES_FAILURE_LIMIT = 8
    for number in range(7):
        answer = sign_in(client, "amina@example.org" if number % 2 else "AMINA@example.org", "wrong")
        assert answer.status_code == 200, number
    answer = sign_in(client, password="wrong")
    assert answer.status_code == 429
    assert "Locked for an hour" in answer.content.decode()
    assert sign_in(client).status_code == 429, "the right password does not help now"
    assert not signed_in(client)


def test_a_lock_holds_for_the_address_and_not_for_the_office(client, amina):
    boris = factories.user("boris")
    boris.set_password(PASSWORD)
    boris.save(update_fields=["password"])
    for _ in range(9):
        sign_in(client, password="wrong")
    assert sign_in(client, "boris@example.org").status_code == 302


def test_a_right_password_forgets_the_wrong_ones_before(client, amina):
    for _ in range(2):
        for _ in range(5):
            sign_in(client, password="wrong")
        cache.clear()
        assert sign_in(client).status_code == 302
        client.logout()


# ——— the code from the phone ———


@pytest.fixture
def secret(amina):
    secret = generate_totp_secret()
    TOTP.activate(amina, secret)
    return secret


def code(secret: str) -> str:
    return f"{hotp_value(secret, next(yield_hotp_counters_from_time())):06d}"


def test_with_a_code_set_up_the_password_alone_is_not_enough(client, amina, secret):
    answer = sign_in(client)
    assert answer.url.startswith("/account/two-factor/authenticate/")
    assert not signed_in(client)
    assert client.get("/me/").status_code == 302
    assert client.post(answer.url, {"code": "000000"}).status_code == 200
    assert not signed_in(client)
    assert client.post(answer.url, {"code": code(secret)}).status_code == 302
    assert signed_in(client)


def test_a_secret_is_not_kept_as_it_is(amina, secret):
    assert mfa_adapter().decrypt(Authenticator.objects.get().data["secret"]) == secret


def test_codes_cannot_be_tried_out(client, amina, secret):
    address = sign_in(client).url
    for number in range(12):
        client.post(address, {"code": f"{number:06d}"})
    client.post(address, {"code": code(secret)})
    assert not signed_in(client), "the right code comes too late"


def test_a_role_that_asks_for_a_code_is_led_to_it_where_that_is_required(client, mona, amina, settings):
    client.force_login(mona)
    assert client.get("/team/").status_code == 200
    settings.HOMEWARD_REQUIRE_TOTP = True
    answer = client.get("/team/")
    assert (answer.status_code, answer.url) == (302, "/account/two-factor/totp/activate/")
    assert client.post("/team/invite/", {"name": "X"}).status_code == 302
    assert client.post("/appearance/light/", {"theme": "dark"}).url == "/", "what needs no signing in stays open"
    assert client.post("/account/logout/").status_code == 302


def test_a_role_that_asks_for_no_code_is_left_alone_and_so_is_who_has_one(client, mona, amina, settings):
    settings.HOMEWARD_REQUIRE_TOTP = True
    client.force_login(amina)
    assert client.get("/me/").status_code == 200
    TOTP.activate(mona, generate_totp_secret())
    client.force_login(mona)
    assert client.get("/team/").status_code == 200


def test_without_the_requirement_one_is_reminded(client, mona):
    client.force_login(mona)
    assert "your role asks for a code from your phone" in client.get("/me/").content.decode()


# ——— the invitation ———


def link(user) -> str:
    return f"/welcome/{token_for(user)}/"


def test_opening_the_link_changes_nothing_however_often(client, wided):
    before = Event.objects.count()
    for _ in range(3):
        answer = client.get(link(wided))
        assert answer.status_code == 200 and b"Wided" in answer.content
        client.head(link(wided))
    assert Event.objects.count() == before
    assert User.objects.get(pk=wided.pk).is_invited
    assert answer["Cache-Control"].startswith("max-age=0") and answer["Referrer-Policy"] == "same-origin"


def test_choosing_a_password_is_the_second_step_and_the_link_is_used_up(client, wided):
    address = link(wided)
    answer = client.post(address, {"password": PASSWORD, "again": PASSWORD})
    assert (answer.status_code, answer.url) == (302, LOGIN)
    assert not signed_in(client)
    assert sign_in(client, "wided@example.org").status_code == 302
    assert signed_in(client)
    for press in (client.get, client.post):
        over = press(address, {"password": "another one of mine", "again": "another one of mine"})
        assert over.status_code == 410
    assert User.objects.get(pk=wided.pk).check_password(PASSWORD)


@pytest.mark.parametrize(
    ("password", "again", "fault"),
    [
        ("short", "short", "password"),
        ("password1234", "password1234", "password"),
        ("wided@example.org", "wided@example.org", "password"),
        (PASSWORD, "another one of mine", "again"),
        ("", "", "password"),
    ],
)
def test_a_password_that_is_easily_guessed_is_not_taken(client, wided, password, again, fault):
    answer = client.post(link(wided), {"password": password, "again": again})
    assert answer.status_code == 200
    assert fault in answer.context["form"].errors
    assert User.objects.get(pk=wided.pk).is_invited
    assert 'value="' + password not in answer.content.decode() or not password


def test_a_link_altered_too_old_or_of_a_closed_account_opens_nothing(client, wided, mona, clock):
    good = token_for(wided)
    assert invited_by(good) == wided
    for bad in (good[:-1], good + "x", "x" * 40, good.swapcase(), token_for(mona)):
        assert client.get(f"/welcome/{bad}/").status_code == 410
    clock.set(clocks.now() + LASTS + dt.timedelta(minutes=1))
    assert invited_by(good) is None
    fresh = token_for(wided)
    actions.deactivate_user(wided, by=mona)
    assert invited_by(fresh) is None


# ——— the forgotten password ———


def test_a_forgotten_password_sends_a_letter_through_the_queue_and_its_link_acts_on_the_second_step(client, amina):
    answer = client.post("/account/password/reset/", {"email": "AMINA@example.org"})
    assert answer.status_code == 302
    letter = Message.objects.get()
    assert (letter.address, letter.kind, letter.about) == ("amina@example.org", "sign_in", amina.stream)
    assert letter.subject == "A new password"
    address = letter.body.partition("http://testserver")[2].split()[0]
    for _ in range(2):
        opened = client.get(address)
        assert opened.status_code == 302
    form = client.get(opened.url)
    assert form.status_code == 200
    client.post(opened.url, {"password1": "a wholly new password", "password2": "a wholly new password"})
    amina.refresh_from_db()
    assert amina.check_password("a wholly new password")
    again = client.get(address, follow=True)
    assert "This link is used up" in again.content.decode()


def test_a_forgotten_password_tells_nobody_who_works_here(client, amina):
    known = client.post("/account/password/reset/", {"email": "amina@example.org"})
    unknown = client.post("/account/password/reset/", {"email": "nobody@example.org"})
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert Message.objects.count() == 1


def test_a_letter_is_in_the_language_of_its_reader(client, amina):
    User.objects.filter(pk=amina.pk).update(language="fr")
    client.post("/account/password/reset/", {"email": "amina@example.org"})
    assert Message.objects.get().language == "fr"


def test_a_new_password_lifts_the_lock(client, amina):
    for _ in range(9):
        sign_in(client, password="wrong")
    cache.clear()
    assert sign_in(client).status_code == 429
    client.post("/account/password/reset/", {"email": "amina@example.org"})
    address = Message.objects.get().body.partition("http://testserver")[2].split()[0]
    client.post(client.get(address).url, {"password1": "a wholly new password", "password2": "a wholly new password"})
    cache.clear()
    assert sign_in(client, password="a wholly new password").status_code == 302
