"""The pages of people and offices: what they show to whom, what they refuse, and that they stay quick."""

from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import actions
from accounts.models import Office, User
from tests import factories
from workflows import accesses


@pytest.fixture
def as_mona(client, mona):
    client.force_login(mona)
    return client


def page(client, view, *args, status=200, **query):
    answer = client.get(reverse(f"accounts:{view}", args=args), query)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


def press(client, view, *args, **data):
    return client.post(reverse(f"accounts:{view}", args=args), data)


# ——— people ———


def test_the_administrator_sees_everybody_with_their_roles(as_mona, amina, boris):
    words = page(as_mona, "people")
    for said in ("Amina", "Caseworker", "Tunis", "Boris", "Supervisor", "Administrator", "every office", "missing"):
        assert said in words


def test_a_supervisor_sees_colleagues_of_the_office_and_nothing_of_how_they_sign_in(client, boris, amina, mona):
    chen = factories.user("chen")
    client.force_login(boris)
    words = page(client, "people")
    assert "Amina" in words and "chen@example.org" not in words and "Last signed in" not in words
    page(client, "person", chen.pk, status=404)
    detail = page(client, "person", amina.pk)
    assert "Take back" not in detail and "End access" not in detail and "Last signed in" not in detail


def test_the_list_narrows_by_words_role_office_and_closed(as_mona, mona, amina, boris):
    chen = factories.user("chen")
    assert "boris@" not in page(as_mona, "people", q="AMI")
    assert "amina@" not in page(as_mona, "people", role="supervisor")
    at_zarzis = page(as_mona, "people", office=Office.objects.get(code="ZARZIS").pk)
    assert "chen@" in at_zarzis and "amina@" not in at_zarzis and "mona@" in at_zarzis, "whoever is everywhere is there too"
    actions.deactivate_user(chen, by=mona)
    assert "chen@" not in page(as_mona, "people")
    assert "chen@" in page(as_mona, "people", closed="on")
    assert "Nobody fits" in page(as_mona, "people", q="nobody at all")


@pytest.mark.parametrize("query", ["?role=emperor", "?office=x", "?after=x", f"?after={UUID(int=7)}", "?closed=x"])
def test_nonsense_narrows_nothing(as_mona, query):
    assert as_mona.get(reverse("accounts:people") + query).status_code == 200


def test_the_list_pages_by_name_without_losing_anybody(as_mona, monkeypatch):
    monkeypatch.setattr("accounts.queries.PAGE", 3)
    for name in ("b", "a", "c", "e", "d"):
        factories.user(name)
    User.objects.filter(name__in=("A", "B")).update(name="Same Name")
    seen, after = [], None
    while True:
        answer = as_mona.get(reverse("accounts:people"), {"after": after} if after else {})
        listed = answer.context["page"]
        seen += [one.email for one in listed.people]
        after = listed.after
        if not after:
            break
        assert f"after={after}" in answer.content.decode()
    assert len(seen) == len(set(seen)) == User.objects.count()


@pytest.mark.parametrize("who", ["mona", "boris"])
def test_the_list_asks_the_same_number_of_questions_for_many(client, who, boris, mona):
    client.force_login(factories.user(who))

    def questions():
        with CaptureQueriesContext(
            connection,
        ) as asked:
            page(client, "people")
        return len(asked)

    factories.user("zero", role="caseworker", at="TUNIS")
    page(client, "people")
    few = questions()
    for number in range(20):
        one = factories.user(f"many{number}", role="caseworker", at="TUNIS")
        factories.give_role(one, "finance")
    assert questions() == few <= 12


def test_one_colleague_asks_few_questions_however_long_the_story(as_mona, mona, amina, tunis):
    def questions():
        with CaptureQueriesContext(connection) as asked:
            page(as_mona, "person", amina.pk)
        return len(asked)

    few = questions()
    for _ in range(5):
        actions.revoke_role(actions.grant_role(amina, by=mona, role="front_desk", office=tunis), by=mona)
    assert questions() - few <= 1 and few <= 16
    words = page(as_mona, "person", amina.pk)
    assert "Front desk given, for Tunis." in words and "Front desk taken back, for Tunis." in words and "Roles before" in words


# ——— the verbs, pressed ———


def test_invited_and_given_a_role_by_hand(as_mona, tunis):
    answer = press(as_mona, "invite_user", name="Wided Sassi", short_name="", email="wided@example.org", language="fr")
    wided = User.objects.get(email="wided@example.org")
    assert answer.url == wided.get_absolute_url()
    assert "No role, so nothing to see" in page(as_mona, "person", wided.pk)
    answer = press(as_mona, "grant_role", wided.pk, role="caseworker", office=str(tunis.pk), version=wided.version)
    assert answer.status_code == 302
    assert wided.grants.get().office == tunis
    press(as_mona, "grant_role", wided.pk, role="finance", office="everywhere")
    assert wided.grants.get(role="finance").office is None


def test_no_answer_is_not_taken_for_every_office(as_mona, amina):
    answer = press(as_mona, "grant_role", amina.pk, role="finance", office="")
    assert answer.status_code == 200 and "office" in answer.context["form"].errors
    assert not amina.grants.filter(role="finance").exists()


def test_an_administrator_of_one_office_is_offered_that_one(client, amina, tunis, zarzis):
    local = factories.user("local", role="administrator", at="TUNIS")
    client.force_login(local)
    words = page(client, "grant_role", amina.pk)
    assert str(tunis.pk) in words and str(zarzis.pk) not in words and "Every office" not in words
    assert press(client, "grant_role", amina.pk, role="finance", office="everywhere").status_code == 200
    assert not amina.grants.filter(role="finance").exists()


def test_what_is_refused_is_said_in_the_form_and_what_was_typed_is_kept(as_mona, amina):
    answer = press(as_mona, "invite_user", name="Another <b>", email="amina@example.org", language="en")
    words = answer.content.decode()
    assert answer.status_code == 409
    assert "Somebody has this address already" in words and 'value="Another &lt;b&gt;"' in words


def test_a_stale_form_is_refused_keeps_what_was_typed_and_goes_through_the_second_time(as_mona, mona, amina):
    seen = amina.version
    actions.correct_user(amina, by=mona, short_name="Ami")
    typed = {"name": "Amina B.", "short_name": "Ami", "email": "amina@example.org", "language": "ar"}
    answer = press(as_mona, "correct_user", amina.pk, version=seen, **typed)
    assert answer.status_code == 409
    words = answer.content.decode()
    assert "Somebody changed this since you opened it" in words and 'value="Amina B."' in words
    now = answer.context["form"].data["version"]
    assert press(as_mona, "correct_user", amina.pk, version=now, **typed).status_code == 302
    assert User.objects.get(pk=amina.pk).name == "Amina B."


def test_access_ended_and_given_again_by_hand(as_mona, amina):
    words = page(as_mona, "deactivate_user", amina.pk)
    assert "signed out everywhere, this minute" in words
    assert User.objects.get(pk=amina.pk).is_active, "looking ends nothing"
    press(as_mona, "deactivate_user", amina.pk, version=amina.version)
    assert "Access ended" in page(as_mona, "person", amina.pk)
    press(as_mona, "reactivate_user", amina.pk)
    assert User.objects.get(pk=amina.pk).is_active


def test_a_role_taken_back_by_hand_says_what_ends(as_mona, amina):
    grant = amina.grants.get()
    assert "Caseworker, for Tunis, ends this minute for Amina." in page(as_mona, "revoke_role", grant.pk)
    assert press(as_mona, "revoke_role", grant.pk, version=amina.version).status_code == 302
    assert not amina.grants.in_force().exists()
    page(as_mona, "revoke_role", 999_999, status=404)


def test_an_office_opened_and_corrected_by_hand(as_mona):
    press(as_mona, "open_office", code="sfax", name="Sfax", country="tn", time_zone="Africa/Tunis", phone="+216 74 000 300")
    office = Office.objects.get(code="SFAX")
    assert office.country == "TN"
    answer = press(as_mona, "correct_office", office.pk, name="Sfax", country="T1", time_zone="Mars/Base", version=office.version)
    assert set(answer.context["form"].errors) == {"country", "time_zone"}
    press(as_mona, "correct_office", office.pk, name="Sfax", country="TN", time_zone="Africa/Tunis", version=office.version)
    assert not Office.objects.get(code="SFAX").active
    assert "closed to new files" in page(as_mona, "offices")


def test_ten_thousand_characters_are_a_fault_of_the_form(as_mona):
    answer = press(as_mona, "invite_user", name="x" * 10_000, email="a" * 10_000 + "@example.org", language="xx")
    assert answer.status_code == 200
    assert {"name", "email", "language"} <= set(answer.context["form"].errors)


# ——— who is let in ———

VERBS_ON_PERSON = ["correct_user", "invite_again", "deactivate_user", "reactivate_user", "grant_role"]


@pytest.mark.parametrize("verb", VERBS_ON_PERSON)
def test_a_guessed_colleague_is_not_there_and_ones_own_is_not_ones_to_change(client, amina, mona, verb):
    client.force_login(amina)
    for press_ in (client.get, client.post):
        assert press_(reverse(f"accounts:{verb}", args=[mona.pk])).status_code == 404
        answer = press_(reverse(f"accounts:{verb}", args=[amina.pk]))
        assert answer.status_code == 403
        assert "Mona may do this. Ask them." in answer.content.decode()


def test_a_supervisor_reads_and_does_not_press(client, boris, amina, mona):
    client.force_login(boris)
    for verb in VERBS_ON_PERSON:
        assert client.post(reverse(f"accounts:{verb}", args=[amina.pk])).status_code == 403
    assert client.post(reverse("accounts:revoke_role", args=[amina.grants.get().pk])).status_code == 403
    assert amina.grants.in_force().exists()


def test_people_are_no_business_of_a_caseworker(client, amina, mona):
    client.force_login(amina)
    words = page(client, "people", status=403)
    assert "Supervisors, data protection and the administrator read this." in words
    page(client, "check_offices", status=403)
    page(client, "invite_user", status=403)
    page(client, "open_office", status=403)


def test_everybody_reads_the_table_of_roles_and_the_offices(client, amina, zarzis):
    client.force_login(amina)
    words = page(client, "roles")
    assert "Record placement" in words and "Reads no notes and no answers." in words
    words = page(client, "offices")
    assert "Zarzis" in words and "Open an office" not in words


def test_ones_own_page_and_language(client, amina):
    client.force_login(amina)
    assert "Caseworker" in page(client, "me")
    answer = press(client, "choose_language", language="ar")
    assert answer.url == reverse("accounts:me") and answer.cookies["homeward_language"].value == "ar"
    assert User.objects.get(pk=amina.pk).language == "ar"
    assert 'dir="rtl"' in page(client, "me")
    press(client, "choose_language", language="xx")
    assert User.objects.get(pk=amina.pk).language == "ar"
    assert client.get(reverse("accounts:choose_language")).status_code == 405


def test_nobody_without_a_role_sees_anything(client, db):
    nobody = factories.user("nobody")
    client.force_login(nobody)
    assert "No role yet" in page(client, "me")
    page(client, "people", status=403)


def test_looking_at_colleagues_is_not_looking_at_people(as_mona, amina):
    page(as_mona, "person", amina.pk)
    assert not accesses.Access.objects.exists()
