"""What nobody can do somewhere: the command and the page say the same."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.models import Office
from accounts.queries import gaps, known_verbs
from tests import factories


@pytest.fixture
def staffed(tunis, zarzis):
    for name in ("amina", "boris", "chen", "nour", "gia", "lena", "mona", "dana", "hana", "elif", "farid"):
        factories.user(name)


def found():
    return {(gap.office.code if gap.office else "*", gap.verb, gap.why) for gap in gaps()}


def run(*args):
    out = StringIO()
    call_command("check_offices", *args, stdout=out)
    return out.getvalue()


def test_with_the_cast_in_place_everything_can_be_done_everywhere(staffed):
    assert found() == set()
    assert run("--strict") == "Every verb can be performed everywhere.\n"


def test_an_office_without_a_supervisor_cannot_do_what_only_one_does(staffed):
    factories.user("nour").grants.update(role="caseworker")
    missing = {verb for office, verb, why in found() if office == "ZARZIS" and why == "nobody"}
    assert missing == {
        "casework.accept_transfer",
        "casework.confirm_death",
        "casework.merge_people",
        "casework.offer_transfer",
        "casework.reopen_case",
        "casework.return_transfer",
        "casework.unmerge_people",
        "casework.close_as_merged",
    }
    assert not any(office == "TUNIS" for office, _verb, _why in found())


def test_an_office_of_one_cannot_sign(tunis):
    factories.user("boris")
    second = {verb for office, verb, why in found() if office == "TUNIS" and why == "second_person"}
    assert second == {"casework.approve_plan", "casework.sign_closing"}
    factories.user("gia")
    still = {verb for _office, verb, why in found() if why == "second_person"}
    assert not still & {"casework.approve_plan", "casework.sign_closing"}
    assert still == {verb for verb in still if verb.startswith("grants.")}
    for name in ("hana", "dana", "farid"):
        factories.user(name)
    assert not any(why == "second_person" for _office, _verb, why in found())


def test_ended_roles_and_closed_accounts_do_not_count(staffed):
    boris = factories.user("boris")
    boris.is_active = False
    boris.save(update_fields=["is_active"])
    assert ("TUNIS", "casework.merge_people", "nobody") in found()


def test_a_closed_office_is_not_asked_after(staffed):
    Office.objects.create(code="SFAX", name="Sfax", active=False)
    assert found() == set()
    Office.objects.filter(code="SFAX").update(active=True)
    assert {office for office, _verb, _why in found()} == {"SFAX"}


def test_with_nobody_at_all_everything_is_missing(tunis):
    assert {verb for _office, verb, _why in found()} == set(known_verbs())


def test_the_command_lists_fails_when_strict_and_takes_one_office(staffed):
    Office.objects.create(code="SFAX", name="Sfax")
    said = run()
    assert "SFAX" in said and "casework.record_placement" in said and "verbs that nobody can perform somewhere." in said
    with pytest.raises(CommandError) as failed:
        run("--strict")
    assert failed.value.returncode == 1
    assert run("--strict", "--office", "tunis") == "Every verb can be performed everywhere.\n"


def test_the_page_says_the_same_in_words(client, staffed):
    client.force_login(factories.user("mona"))
    assert "Everything can be done everywhere." in client.get(reverse("accounts:check_offices")).content.decode()
    Office.objects.create(code="SFAX", name="Sfax")
    words = client.get(reverse("accounts:check_offices")).content.decode()
    assert "Sfax" in words and "Record placement" in words and "Nobody holds a role with it." in words


def test_two_questions_however_many_offices_and_people(staffed, django_assert_num_queries):
    for number in range(10):
        Office.objects.create(code=f"O{number}", name=f"Office {number}")
    with django_assert_num_queries(2):
        gaps()
