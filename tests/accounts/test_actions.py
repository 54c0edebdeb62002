"""The verbs of people and offices: each does, refuses, records, and is denied."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from accounts import actions
from accounts.invitations import invited_by, token_for
from accounts.models import Office, RoleGrant, User
from accounts.scope import forget_scope, scope_of
from tests import factories
from workflows import clock as clocks
from workflows import faults
from workflows.acting import NotYours, Refused, Stale
from workflows.actors import SYSTEM
from workflows.models import Event, Message


def codes(refused):
    return refused.value.codes


def last_event(root):
    return Event.objects.filter(stream=root.stream).order_by("seq").last()


def again(user):
    return User.objects.get(pk=user.pk)


@pytest.fixture
def wided(mona):
    """Invited, with no role yet."""
    return actions.invite_user(by=mona, email="Wided@Example.org", name="Wided Sassi", language="fr")


# ——— they do ———


def test_an_invited_colleague_has_an_account_no_password_no_role_and_a_letter(wided, mona):
    assert (wided.email, wided.called, wided.has_usable_password(), wided.is_active) == ("wided@example.org", "Wided", False, True)
    assert scope_of(wided).roles == frozenset()
    letter = Message.objects.get()
    assert (letter.address, letter.about, letter.kind, letter.language) == (wided.email, wided.stream, "invitation", "fr")
    token = letter.body.partition("/welcome/")[2].partition("/")[0]
    assert invited_by(token) == wided


def test_an_invitation_without_a_letter(mona):
    actions.invite_user(by=mona, email="a@example.org", name="A", letter=False)
    assert not Message.objects.exists()


def test_an_accepted_invitation_is_a_password_and_the_link_is_used_up(wided):
    token = token_for(wided)
    actions.accept_invitation(wided, password="four words that differ")
    assert again(wided).check_password("four words that differ")
    assert invited_by(token) is None


def test_a_second_invitation_ends_the_link_of_the_first(wided, mona, clock):
    first = token_for(wided)
    clock.set(clocks.now() + dt.timedelta(days=1))
    second = token_for(actions.invite_again(wided, by=mona))
    assert invited_by(first) is None
    assert invited_by(second) == wided
    assert Message.objects.count() == 2


def test_a_corrected_colleague(wided, mona):
    token = token_for(wided)
    actions.correct_user(wided, by=mona, email="W.Sassi@example.org", name="Wided Sassi", short_name="Didi", language="ar")
    found = again(wided)
    assert (found.email, found.called, found.language) == ("w.sassi@example.org", "Didi", "ar")
    assert invited_by(token) is None, "a link that went to another address opens nothing"


def test_a_language_of_ones_own(amina):
    actions.choose_language(amina, by=amina, language="ar")
    assert again(amina).language == "ar"


def test_ended_access_takes_every_role_along(amina, mona, client):
    client.force_login(amina)
    actions.deactivate_user(amina, by=mona)
    assert not again(amina).is_active
    assert not amina.grants.in_force().exists()
    assert client.get("/me/").status_code == 302, "signed out this minute"


def test_access_given_again_brings_no_role_back(amina, mona):
    actions.deactivate_user(amina, by=mona)
    actions.reactivate_user(again(amina), by=mona)
    assert again(amina).is_active
    assert scope_of(again(amina)).roles == frozenset()


def test_a_role_given_and_taken_back(wided, mona, tunis):
    grant = actions.grant_role(wided, by=mona, role="caseworker", office=tunis)
    assert scope_of(again(wided)).may("casework.record_placement", tunis.pk)
    assert (grant.granted_by, grant.office, grant.until) == (str(mona.pk), tunis, None)
    actions.revoke_role(grant, by=mona)
    assert scope_of(again(wided)).roles == frozenset()
    assert RoleGrant.objects.get(pk=grant.pk).until is not None


def test_an_office_opened_and_corrected(mona):
    office = actions.open_office(by=mona, code="sfax", name="Sfax", country="TN", phone="+216 74 000 300")
    assert (office.code, office.active) == ("SFAX", True)
    actions.correct_office(office, by=mona, hours="9–16", active=False)
    found = Office.objects.get(code="SFAX")
    assert (found.hours, found.active, found.phone) == ("9–16", False, "+216 74 000 300")


# ——— they refuse ———


@pytest.mark.parametrize("address", ["amina@example.org", "AMINA@Example.ORG"])
def test_an_address_is_somebodys_once_in_any_case(amina, mona, wided, address):
    with pytest.raises(Refused) as refused:
        actions.invite_user(by=mona, email=address, name="Another")
    assert codes(refused) == ["known_address"]
    with pytest.raises(Refused) as refused:
        actions.correct_user(wided, by=mona, email=address)
    assert codes(refused) == ["known_address"]


def test_two_who_write_the_same_address_at_once_get_the_same_sentence(amina, mona, wided, monkeypatch):
    # The other one's row appears after ours was looked for: the database has the last word.
    monkeypatch.setattr("django.db.models.query.QuerySet.exists", lambda _rows: False)
    with pytest.raises(Refused) as refused:
        actions.invite_user(by=mona, email="Amina@example.org", name="Another")
    assert codes(refused) == ["known_address"]
    with pytest.raises(Refused) as refused:
        actions.correct_user(wided, by=mona, email="amina@example.org")
    assert codes(refused) == ["known_address"]


def test_who_has_a_password_or_no_access_is_not_invited_again(wided, mona):
    actions.accept_invitation(wided, password="four words that differ")
    with pytest.raises(Refused) as refused:
        actions.invite_again(wided, by=mona)
    assert codes(refused) == ["has_password"]
    with pytest.raises(Refused) as refused:
        actions.accept_invitation(wided, password="another one of mine")
    assert codes(refused) == ["used"]
    actions.deactivate_user(again(wided), by=mona)
    with pytest.raises(Refused) as refused:
        actions.invite_again(wided, by=mona)
    assert codes(refused) == ["closed"]


def test_nobody_ends_their_own_access_or_gives_themselves_a_role(mona):
    with pytest.raises(Refused) as refused:
        actions.deactivate_user(mona, by=mona)
    assert codes(refused) == ["oneself"]
    with pytest.raises(Refused) as refused:
        actions.grant_role(mona, by=mona, role="caseworker")
    assert codes(refused) == ["oneself"]


def test_the_last_administrator_stays(mona):
    with pytest.raises(Refused) as refused:
        actions.revoke_role(mona.grants.get(), by=mona)
    assert codes(refused) == ["last_administrator"]
    second = factories.user("second", role="administrator")
    local = factories.user("local", role="administrator", at="TUNIS")
    actions.deactivate_user(second, by=mona)
    for last_try in (lambda: actions.deactivate_user(mona, by=local), lambda: actions.revoke_role(mona.grants.get(), by=mona)):
        with pytest.raises(Refused) as refused:
            last_try()
        assert codes(refused) == ["last_administrator"]


def test_an_administrator_with_a_successor_may_go(mona):
    actions.grant_role(factories.user("second"), by=mona, role="administrator")
    actions.revoke_role(mona.grants.get(), by=mona)
    assert scope_of(again(mona)).roles == frozenset()


def test_a_role_is_given_once_at_a_place_and_only_where_it_exists(wided, mona, tunis):
    actions.grant_role(wided, by=mona, role="caseworker", office=tunis)
    with pytest.raises(Refused) as refused:
        actions.grant_role(again(wided), by=mona, role="caseworker", office=tunis)
    assert codes(refused) == ["held"]
    with pytest.raises(Refused) as refused:
        actions.grant_role(again(wided), by=mona, role="emperor", office=tunis)
    assert codes(refused) == ["unknown_role"]
    actions.grant_role(again(wided), by=mona, role="caseworker")


def test_a_closed_account_gets_no_role_and_is_not_opened_twice(amina, mona, tunis):
    with pytest.raises(Refused) as refused:
        actions.reactivate_user(amina, by=mona)
    assert codes(refused) == ["active"]
    actions.deactivate_user(again(amina), by=mona)
    with pytest.raises(Refused) as refused:
        actions.grant_role(again(amina), by=mona, role="caseworker", office=tunis)
    assert codes(refused) == ["closed"]


def test_an_administrator_of_one_office_gives_and_takes_roles_there_only(amina, wided, tunis, zarzis):
    local = factories.user("local", role="administrator", at="TUNIS")
    granted = actions.grant_role(wided, by=local, role="front_desk", office=tunis)
    actions.revoke_role(granted, by=local)
    for office in (zarzis, None):
        with pytest.raises(Refused) as refused:
            actions.grant_role(again(wided), by=local, role="front_desk", office=office)
        assert codes(refused) == ["beyond"]
    with pytest.raises(Refused) as refused:
        actions.revoke_role(factories.user("chen").grants.get(), by=local)
    assert codes(refused) == ["beyond"]


def test_a_role_ends_once(amina, mona):
    grant = amina.grants.get()
    actions.revoke_role(grant, by=mona)
    with pytest.raises(Refused) as refused:
        actions.revoke_role(grant, by=mona)
    assert codes(refused) == ["ended"]


def test_an_office_code_is_used_once_in_any_case(mona, tunis):
    with pytest.raises(Refused) as refused:
        actions.open_office(by=mona, code="tunis", name="Another")
    assert codes(refused) == ["known_code"]


def test_a_form_that_was_open_too_long_is_refused(amina, mona, tunis):
    seen = amina.version
    actions.correct_user(amina, by=mona, version=seen, name="Amina Ben Salah")
    with pytest.raises(Stale):
        actions.deactivate_user(amina, by=mona, version=seen)
    with pytest.raises(Stale):
        actions.correct_office(tunis, by=mona, version=99, name="x")


@pytest.mark.parametrize("change", [{"is_active": False}, {"password": "x"}])
def test_what_has_a_verb_of_its_own_is_not_corrected(amina, mona, tunis, change):
    with pytest.raises(ValueError, match="Not to be corrected here"):
        actions.correct_user(amina, by=mona, **change)
    with pytest.raises(ValueError, match="Not to be corrected here"):
        actions.correct_office(tunis, by=mona, code="ELSE") if "password" in change else actions.correct_office(
            tunis, by=mona, version=None, stream_seq=4
        )


# ——— they record ———


def test_each_act_is_one_event_without_a_name_or_an_address(wided, mona, tunis):
    grant = actions.grant_role(wided, by=mona, role="caseworker", office=tunis)
    actions.revoke_role(grant, by=mona)
    actions.correct_user(again(wided), by=mona, name="Wided S.")
    actions.invite_again(again(wided), by=mona)
    actions.accept_invitation(again(wided), password="four words that differ")
    actions.choose_language(again(wided), by=again(wided), language="en")
    actions.deactivate_user(again(wided), by=mona)
    actions.reactivate_user(again(wided), by=mona)
    events = list(Event.objects.filter(stream=wided.stream).order_by("seq"))
    assert [(event.verb, event.actor_kind, event.facts) for event in events] == [
        ("accounts.invite_user", "user", {}),
        ("accounts.grant_role", "user", {"role": "caseworker", "office": "TUNIS", "grant": grant.pk}),
        ("accounts.revoke_role", "user", {"role": "caseworker", "office": "TUNIS", "grant": grant.pk}),
        ("accounts.correct_user", "user", {"changed": ["name"]}),
        ("accounts.invite_again", "user", {}),
        ("accounts.accept_invitation", "link", {}),
        ("accounts.choose_language", "user", {"language": "en"}),
        ("accounts.deactivate_user", "user", {"grants_ended": 0}),
        ("accounts.reactivate_user", "user", {}),
    ]
    assert not any(word in event.body for event in events for word in ("Wided", "example.org"))


def test_an_office_has_its_own_stream(mona):
    office = actions.open_office(by=SYSTEM("config.make_demo"), code="SFAX", name="Sfax")
    actions.correct_office(office, by=mona, phone="+216 74 000 300", name="Sfax")
    assert [event.verb for event in Event.objects.filter(stream=f"office:{office.pk}").order_by("seq")] == [
        "accounts.open_office",
        "accounts.correct_office",
    ]
    assert last_event(office).facts == {"changed": ["phone"]}


@pytest.mark.parametrize("point", ["act.body_done", "act.saved", "act.written"])
def test_what_fails_midway_leaves_nothing(wided, mona, tunis, monkeypatch, point):
    before = (Event.objects.count(), RoleGrant.objects.count(), Message.objects.count())

    def break_at(name):
        if name == point:
            raise RuntimeError(point)

    monkeypatch.setattr(faults, "reached", break_at)
    tries = (
        lambda: actions.grant_role(wided, by=mona, role="caseworker", office=tunis),
        lambda: actions.invite_user(by=mona, email="new@example.org", name="New"),
        lambda: actions.deactivate_user(wided, by=mona),
        lambda: actions.open_office(by=mona, code="SFAX", name="Sfax"),
    )
    for attempt in tries:
        with pytest.raises(RuntimeError, match=point):
            attempt()
    assert (Event.objects.count(), RoleGrant.objects.count(), Message.objects.count()) == before
    assert again(wided).is_active and not Office.objects.filter(code="SFAX").exists()


# ——— they are denied ———


@pytest.mark.parametrize("name", ["amina", "boris", "gia", "lena", "hana", "dana", "farid", "elif", "rida", "petra"])
def test_nobody_but_an_administrator_touches_accounts_and_offices(mona, tunis, name):
    who, other = factories.user(name), factories.user("chen")
    tries = {
        "invite_user": lambda: actions.invite_user(by=who, email="new@example.org", name="New"),
        "invite_again": lambda: actions.invite_again(other, by=who),
        "correct_user": lambda: actions.correct_user(other, by=who, name="X"),
        "deactivate_user": lambda: actions.deactivate_user(other, by=who),
        "reactivate_user": lambda: actions.reactivate_user(other, by=who),
        "grant_role": lambda: actions.grant_role(other, by=who, role="administrator"),
        "revoke_role": lambda: actions.revoke_role(other.grants.get(), by=who),
        "open_office": lambda: actions.open_office(by=who, code="SFAX", name="Sfax"),
        "correct_office": lambda: actions.correct_office(tunis, by=who, name="X"),
    }
    for verb, attempt in tries.items():
        with pytest.raises(NotYours) as denied:
            attempt()
        assert str(denied.value) == "Mona may do this. Ask them.", verb
    assert not Event.objects.exists() and not User.objects.filter(email="new@example.org").exists()
    assert issubclass(NotYours, PermissionDenied)


def test_a_language_is_not_chosen_for_another(amina, mona):
    with pytest.raises(NotYours):
        actions.choose_language(amina, by=mona, language="ar")


def test_the_system_ends_nobodys_access(amina):
    with pytest.raises(NotYours):
        actions.deactivate_user(amina, by=SYSTEM("config.make_demo"))


# ——— the database has the last word ———


def test_a_role_stands_once_and_ends_after_it_began(amina, tunis):
    from django.db import IntegrityError, transaction

    now = clocks.now()
    wrong = [
        {"role": "caseworker", "office": tunis},
        {"role": "emperor", "office": tunis},
        {"role": "juror", "office": tunis, "since": now, "until": now - dt.timedelta(days=1)},
    ]
    for facts in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            RoleGrant.objects.create(user=amina, **facts)
    RoleGrant.objects.create(user=amina, role="juror")
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.create(user=amina, role="juror")


def test_an_address_stands_once_in_any_case(amina):
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="AMINA@example.org", name="Another")
    assert User.objects.get_by_natural_key("AMINA@example.org") == amina


def test_scopes_are_asked_anew_when_told(amina, tunis, mona):
    assert not scope_of(amina).holds("finance")
    actions.grant_role(amina, by=mona, role="finance")
    forget_scope(amina)
    assert scope_of(amina).holds("finance")
