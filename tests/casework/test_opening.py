"""A name needs a purpose: somebody who reads figures opens a file for a while, to read, and the office sees it."""

import datetime as dt
import json
from typing import Any

import pytest
from django.urls import reverse

from casework.actions import closing
from casework.actions.notes import write_note
from casework.actions.opening import open_for_purpose
from casework.models import Barred, Case, Opening
from tests import factories as make
from workflows.acting import NotYours, Refused
from workflows.jobs import drain
from workflows.models import Access, Event, Note, Task

pytestmark = pytest.mark.django_db
WHERE = "/open-for-purpose/"


@pytest.fixture
def case(clock: Any) -> Case:
    made = make.case(caseworker=make.user("amina"), person=make.person(given_names="Khaled", family_name="Zarrouk"))
    write_note(made, by=make.user("amina"), text="He sleeps at his sister’s.")
    write_note(make.again(made), by=make.user("amina"), text="Afraid of his uncle.", audience=Note.RESTRICTED)
    return make.again(made)


def signed_in(client: Any, name: str) -> Any:
    client.force_login(make.user(name))
    return client


def ask(client: Any, case: Case, **typed: str) -> Any:
    return client.post(WHERE, {"reference": case.reference, "purpose": "complaint", "words": "He wrote to us.", **typed})


# ——— it does ———


def test_with_a_purpose_the_file_opens_to_read(client: Any, case: Case) -> None:
    where = reverse("casework:case", args=[case.pk])
    assert signed_in(client, "gia").get(where).status_code == 404
    assert ask(client, case).url == where
    page = client.get(where).content.decode()
    assert "Zarrouk" in page
    assert "Nothing can be changed from here" in page
    assert "He sleeps at his sister’s." in client.get(reverse("casework:section", args=[case.pk, "notes"])).content.decode()


def test_what_is_restricted_stays_so_and_nothing_can_be_pressed_printed_or_found(client: Any, case: Case) -> None:
    ask(signed_in(client, "gia"), case)
    for name in ("case", "story", "who_has_looked"):
        assert "uncle" not in client.get(reverse(f"casework:{name}", args=[case.pk])).content.decode()
    assert "uncle" not in client.get(reverse("casework:section", args=[case.pk, "notes"])).content.decode()
    for name in ("print", "verbs", "talk", "write_note", "close_case", "sign_closing"):
        assert client.get(reverse(f"casework:{name}", args=[case.pk])).status_code == 404, name
    for where in ("/queue/?view=all", f"/search/?q={case.reference}"):
        assert "Zarrouk" not in client.get(where).content.decode()


def test_after_its_time_the_file_is_closed_again(client: Any, case: Case, clock: Any, settings: Any) -> None:
    settings.OPENED_FOR_MINUTES = 20
    ask(signed_in(client, "gia"), case)
    where = reverse("casework:case", args=[case.pk])
    clock.set(clock.now() + dt.timedelta(minutes=19))
    client.force_login(make.user("gia"))
    assert client.get(where).status_code == 200
    clock.set(clock.now() + dt.timedelta(minutes=1))
    client.force_login(make.user("gia"))
    assert client.get(where).status_code == 404


def test_opening_a_file_makes_no_proposal_and_no_form_of_a_colleague_stale(client: Any, case: Case) -> None:
    closing.propose_closing(case, by=make.user("amina"), outcome="lost", words="No trace.")
    before = make.again(case).version
    ask(signed_in(client, "gia"), case, purpose="to_sign")
    client.get(reverse("casework:case", args=[case.pk]))
    assert make.again(case).version == before
    assert closing.sign_closing(make.again(case), by=make.user("gia")).outcome == "lost"


# ——— it refuses ———


def test_it_refuses_without_words_and_says_so_at_the_field(client: Any, case: Case) -> None:
    answer = ask(signed_in(client, "gia"), case, words="")
    assert answer.context["form"].errors["words"]
    with pytest.raises(Refused) as refused:
        open_for_purpose(case, by=make.user("gia"), purpose="complaint", words="  ")
    assert refused.value.codes == ["words"]
    assert not Opening.objects.exists()


def test_an_unknown_reference_and_a_barred_one_are_answered_alike(client: Any, case: Case) -> None:
    Barred.objects.create(person=case.person, user=make.user("gia"))
    barred = ask(signed_in(client, "gia"), case)
    unknown = ask(client, case, reference="TN-0000-0000")
    assert barred.status_code == unknown.status_code == 404
    assert barred.context["form"].errors == unknown.context["form"].errors
    with pytest.raises(NotYours):
        open_for_purpose(case, by=make.user("gia"), purpose="complaint", words="Really.")


def test_whoever_is_barred_while_it_is_open_is_out_at_once(client: Any, case: Case) -> None:
    ask(signed_in(client, "gia"), case)
    Barred.objects.create(person=case.person, user=make.user("gia"))
    assert client.get(reverse("casework:case", args=[case.pk])).status_code == 404


# ——— it records ———


def test_it_is_one_event_of_its_own_with_codes_and_the_words_a_restricted_note(client: Any, case: Case) -> None:
    before = Event.objects.count()
    ask(signed_in(client, "gia"), case)
    opening, event = Opening.objects.get(), Event.objects.order_by("pk").last()
    assert event is not None
    assert Event.objects.count() == before + 1
    assert (event.verb, event.stream) == ("casework.open_for_purpose", opening.stream)
    assert (event.facts["case"], event.facts["purpose"]) == (str(case.pk), "complaint")
    assert "wrote" not in json.dumps(event.body)
    note = Note.objects.get(pk=event.facts["note"])
    assert (note.text, note.audience) == ("He wrote to us.", Note.RESTRICTED)


def test_who_has_looked_shows_it_with_its_purpose_and_the_supervisor_reads_the_words(client: Any, case: Case) -> None:
    ask(signed_in(client, "gia"), case)
    client.get(reverse("casework:case", args=[case.pk]))
    looks = Access.objects.filter(subject_id=str(case.person_id), user_id=str(make.user("gia").pk))
    assert {look.purpose for look in looks} == {"complaint"}
    where = reverse("casework:who_has_looked", args=[case.pk])
    page = signed_in(client, "boris").get(where).content.decode()
    assert "A complaint is looked into" in page
    assert "He wrote to us." in page
    front_desk = signed_in(client, "rida").get(where).content.decode()
    assert "A complaint is looked into" in front_desk
    assert "He wrote to us." not in front_desk


def test_the_supervisor_of_the_office_has_a_task(client: Any, case: Case) -> None:
    ask(signed_in(client, "gia"), case)
    drain()
    task = Task.objects.get(kind="casework.look_at_opening")
    assert (task.role, task.office_id, task.stream) == ("supervisor", str(case.office_id), case.stream)


# ——— it is denied ———


@pytest.mark.parametrize("name", ["amina", "boris", "chen", "dana", "lena", "mona"])
def test_every_other_role_is_denied_and_learns_nothing(client: Any, case: Case, name: str) -> None:
    answer = ask(signed_in(client, name), case)
    assert answer.status_code == 403
    assert "Zarrouk" not in answer.content.decode()
    with pytest.raises(NotYours):
        open_for_purpose(case, by=make.user(name), purpose="complaint", words="Just so.")
    assert not Opening.objects.exists()
