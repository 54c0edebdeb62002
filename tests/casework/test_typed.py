"""Long forms keep what is typed: encrypted, without an event, for one person, until the verb is pressed."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from tests import factories
from workflows.drafts import Typed
from workflows.models import Draft, Event

pytestmark = pytest.mark.django_db
AUTOSAVE = {"headers": {"X-Autosave": "1"}}


@pytest.fixture
def amina(client: Any, clock: Any) -> Any:
    client.force_login(factories.user("amina"), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def case(clock: Any) -> Any:
    return factories.case_at("counselling")


def page_of(verb: str, case: Any) -> str:
    return reverse(f"casework:{verb}", args=[case.pk])


PLAN = {
    "path": "work",
    "hope": "A bakery by the sea",
    "goals-TOTAL_FORMS": "2", "goals-INITIAL_FORMS": "0", "goals-0-what": "Rent a room", "goals-1-what": "",
    "lines-TOTAL_FORMS": "1", "lines-INITIAL_FORMS": "0", "lines-0-kind": "training", "lines-0-amount": "12,50",
    "promises-TOTAL_FORMS": "1", "promises-INITIAL_FORMS": "0", "promises-0-whose": "person", "promises-0-what": "Ask an uncle",
}  # fmt: skip


def test_a_long_form_keeps_itself_and_shows_it_again(amina: Any, case: Any) -> None:
    events = Event.objects.count()
    answer = amina.post(page_of("draft_plan", case), {**PLAN, "version": case.version}, **AUTOSAVE)

    assert answer.status_code == 204 and len(answer["X-Saved-At"]) == 5
    page = amina.get(page_of("draft_plan", case)).content.decode()
    for typed in ("A bakery by the sea", "Rent a room", "12,50", "Ask an uncle", "and did not send it"):
        assert typed in page
    assert Event.objects.count() == events and not case.plans.exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT payload FROM workflows_draft")
        assert "bakery" not in str(cursor.fetchone()[0])


def test_pressing_the_verb_deletes_it(amina: Any, case: Any) -> None:
    amina.post(page_of("write_note", case), {"text": "She came with a sister"}, **AUTOSAVE)

    amina.post(page_of("write_note", case), {"text": "She came with her sister", "audience": "file", "version": case.version})

    assert not Draft.objects.exists()
    assert "did not send" not in amina.get(page_of("write_note", case)).content.decode()


def test_a_refused_press_loses_nothing(amina: Any, case: Any) -> None:
    answer = amina.post(page_of("write_note", case), {"text": "", "audience": "file"})
    assert answer.status_code == 200
    answer = amina.post(page_of("record_session", case), {"agreed": "Come on Monday", "held_on": "not a day"})

    assert "Come on Monday" in answer.content.decode()
    assert "Come on Monday" in amina.get(page_of("record_session", case)).content.decode()


def test_it_is_kept_and_thrown_away_without_a_script(amina: Any, case: Any) -> None:
    kept = amina.post(page_of("record_session", case), {"agreed": "Come on Monday", "keep_typed": "1"}, follow=True)
    assert "Kept for you alone, for 14 days. Nothing is said yet." in kept.content.decode()
    assert "Come on Monday" in kept.content.decode()

    gone = amina.post(page_of("record_session", case), {"drop_typed": "1"}, follow=True)

    assert "Come on Monday" not in gone.content.decode() and not Draft.objects.exists()


def test_pressing_enter_in_a_long_form_presses_the_verb(amina: Any, case: Any) -> None:
    amina.post(page_of("record_session", case), {"agreed": "Come on Monday"}, **AUTOSAVE)

    page = amina.get(page_of("record_session", case)).content.decode()

    form = page[page.index("data-autosave") :]
    assert form.index("btn-primary") < form.index("keep_typed") and "drop_typed" not in form


def test_a_tab_that_was_opened_before_another_wrote_is_told(amina: Any, case: Any, clock: Any) -> None:
    old = amina.get(page_of("record_session", case)).context["typed"].tab
    clock.set(clock.now() + timedelta(minutes=5))
    new = amina.get(page_of("record_session", case)).context["typed"].tab
    clock.set(clock.now() + timedelta(minutes=1))
    assert amina.post(page_of("record_session", case), {"agreed": "New", "typed_tab": new}, **AUTOSAVE).status_code == 204

    told = amina.post(page_of("record_session", case), {"agreed": "Old", "typed_tab": old}, **AUTOSAVE)

    assert told.status_code == 409
    assert Draft.objects.get().payload["agreed"] == ["New"]
    assert amina.post(page_of("record_session", case), {"agreed": "New and more", "typed_tab": new}, **AUTOSAVE).status_code == 204


def test_a_later_page_takes_over_what_an_earlier_one_kept(amina: Any, case: Any, clock: Any) -> None:
    old = amina.get(page_of("record_session", case)).context["typed"].tab
    amina.post(page_of("record_session", case), {"agreed": "Begun", "typed_tab": old}, **AUTOSAVE)
    clock.set(clock.now() + timedelta(minutes=1))
    new = amina.get(page_of("record_session", case)).context["typed"].tab
    clock.set(clock.now() + timedelta(minutes=1))

    assert amina.post(page_of("record_session", case), {"agreed": "Begun, done", "typed_tab": new}, **AUTOSAVE).status_code == 204


def test_a_colleague_who_writes_the_same_is_named_and_what_they_type_is_not(amina: Any, case: Any) -> None:
    theirs = Typed(factories.user("boris"), "casework.record_session", case.stream)
    amina.get(page_of("record_session", case))
    Draft.keep(owner=factories.user("boris"), form=theirs.form, stream=theirs.stream, payload={"agreed": ["Secret words"]})

    page = amina.get(page_of("record_session", case)).content.decode()

    assert "is writing this too" in page and "Boris" in page and "Secret words" not in page


def test_a_file_that_has_changed_since_says_so(amina: Any, case: Any) -> None:
    amina.post(page_of("record_session", case), {"agreed": "Come on Monday", "version": case.version}, **AUTOSAVE)
    amina.post(page_of("write_note", case), {"text": "A call from her mother", "audience": "file", "version": case.version})

    assert "The file has changed since: read it again first." in amina.get(page_of("record_session", case)).content.decode()


def test_a_form_that_asks_for_no_lines_keeps_nothing_by_itself(amina: Any, case: Any) -> None:
    assert "data-autosave" not in amina.get(page_of("keep_promise", case)).content.decode()


def test_the_forms_of_a_person_keep_themselves_too(amina: Any, case: Any) -> None:
    address = reverse("casework:record_screening", args=[case.person_id])
    amina.post(address, {"words": "She looked at the door", "outcomes": ["nothing_said"]}, **AUTOSAVE)

    page = amina.get(address).content.decode()

    assert "She looked at the door" in page and "did not send it" in page


def test_whoever_may_not_press_the_verb_keeps_nothing(client: Any, case: Any) -> None:
    client.force_login(factories.user("dana"), backend="allauth.account.auth_backends.AuthenticationBackend")

    assert client.post(page_of("record_session", case), {"agreed": "Mine"}, **AUTOSAVE).status_code == 403
    assert not Draft.objects.exists()
