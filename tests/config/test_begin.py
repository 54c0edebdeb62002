"""`manage.py begin`: one command makes an empty installation ready for its first administrator, and no other."""

import json
import re
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.invitations import invited_by
from accounts.models import Office, RoleGrant, User
from casework.models import Programme
from tests import factories
from workflows.models import Event, Message

pytestmark = pytest.mark.django_db
GIVEN = {
    "programme_name": "Return to Armenia",
    "programme_code": "am-return",
    "country": "am",
    "office": ["EREVAN=Yerevan", "GYUMRI=Gyumri"],
    "emergency": ["Police=102", "Ambulance=103"],
    "administrator": "Ani@office.example",
    "administrator_name": "Ani Petrosyan",
}


def begin(**changed: Any) -> str:
    out = StringIO()
    call_command("begin", interactive=False, stdout=out, **{**GIVEN, **changed})
    return out.getvalue()


def test_it_makes_the_programme_its_offices_its_numbers_and_the_first_administrator() -> None:
    said = begin()
    programme = Programme.objects.get()
    assert (programme.code, programme.name, programme.country, programme.live_since) == (
        "AM-RETURN",
        "Return to Armenia",
        "AM",
        None,
    )
    assert [office.code for office in programme.offices.all()] == ["GYUMRI", "EREVAN"]
    assert [(one.label, one.number, one.checked_on) for one in programme.emergency_numbers.all()] == [
        ("Police", "102", None),
        ("Ambulance", "103", None),
    ]
    ani = User.objects.get()
    assert (ani.email, ani.is_invited) == ("ani@office.example", True)
    assert list(RoleGrant.objects.values_list("role", "office")) == [("administrator", None)]
    assert "The programme manager opens the programme." in said


def test_the_link_that_is_printed_lets_the_administrator_in_and_goes_by_mail_too(client: Any) -> None:
    link = re.search(r"https?://\S+/welcome/(\S+)/", begin())
    assert link is not None
    assert invited_by(link[1]) == User.objects.get()
    assert Message.objects.get(kind="invitation").address == "ani@office.example"
    chosen = {"password": "a-long-quiet-street", "again": "a-long-quiet-street"}
    page = client.get(f"/welcome/{link[1]}/")
    names = [name for name in page.context["form"].fields if name != "version"]
    client.post(f"/welcome/{link[1]}/", dict(zip(names, chosen.values(), strict=False)))
    assert not User.objects.get().is_invited


def test_every_row_is_made_by_a_verb_and_the_record_says_that_the_command_did_it() -> None:
    begin()
    events = Event.objects.order_by("pk")
    assert {(event.actor_kind, event.actor_id) for event in events} == {("system", "config.begin")}
    assert sorted(event.verb for event in events) == [
        "accounts.grant_role",
        "accounts.invite_user",
        "accounts.open_office",
        "accounts.open_office",
        "casework.set_up_programme",
    ]
    assert "Ani" not in json.dumps([event.body for event in events])


def test_run_again_it_makes_nothing_twice_and_sends_the_invitation_again() -> None:
    first = begin()
    again = begin(office=["EREVAN=Yerevan", "VANADZOR=Vanadzor"])
    assert (Programme.objects.count(), User.objects.count(), RoleGrant.objects.count()) == (1, 1, 1)
    assert sorted(Office.objects.values_list("code", flat=True)) == ["EREVAN", "GYUMRI", "VANADZOR"]
    assert "there already" in again
    old, new = (re.search(r"/welcome/(\S+)/", said) for said in (first, again))
    assert old and new
    assert invited_by(old[1]) is None
    assert invited_by(new[1]) is not None


def test_an_administrator_who_signs_in_already_gets_no_new_link() -> None:
    begin()
    ani = User.objects.get()
    ani.set_password("a-long-quiet-street")
    User.objects.filter(pk=ani.pk).update(password=ani.password)
    assert "/welcome/" not in begin()


def test_it_refuses_where_people_are_on_file_or_others_have_accounts() -> None:
    factories.user("mona")
    with pytest.raises(CommandError, match="Others have accounts here"):
        begin()
    factories.person()
    with pytest.raises(CommandError, match="People are on file here"):
        begin()
    assert not Office.objects.filter(code="EREVAN").exists()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"programme_name": ""}, "Missing: --programme-name"),
        ({"administrator": "ani"}, "ani is no e-mail address"),
        ({"programme_code": "am return"}, "am return is no code"),
        ({"country": "Armenia"}, "Armenia is no country in two letters"),
        ({"office": ["Yerevan"]}, "Yerevan is not written as CODE=Name"),
    ],
)
def test_a_wrong_answer_is_said_in_one_line_and_leaves_nothing(changed: dict[str, Any], sentence: str) -> None:
    with pytest.raises(CommandError, match=re.escape(sentence)):
        begin(**changed)
    assert not Event.objects.exists()


def test_the_environment_answers_where_no_option_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOMEWARD_BEGIN_PROGRAMME_NAME", "Return to Gyumri")
    begin(programme_name="")
    assert Programme.objects.get().name == "Return to Gyumri"
