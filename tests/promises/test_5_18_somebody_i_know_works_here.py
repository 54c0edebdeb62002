"""Promise 5.18: whoever the person names finds the file nowhere; who was named is read by the supervisor alone."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse

from casework.actions import case as way
from casework.actions import people, talks, transfer
from casework.models import Case
from casework.queries import search
from casework.queue import Asked, count_of
from monitoring.actions import alarms, answering
from monitoring.models import Round
from tests import factories
from tests.access.test_every_address import made, table
from tests.monitoring.asking import rounds_of, ticked
from workflows import clock as clocks
from workflows.acting import Refused
from workflows.models import Message, Task

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(clock: Any) -> SimpleNamespace:
    """A file of Amina's at Tunis, with a talk, a task and a call; its person fears that Boris, the supervisor, is a cousin."""
    for name in factories.CAST:
        factories.user(name)
    factories.user("sami", role="supervisor", at="TUNIS")
    world = SimpleNamespace(**made())
    person = world.case.person
    people.correct_person(person, by=factories.user("amina"), family_name="Zoubeidi", given_names="Wassila", called="Wassila Z")
    soon = clocks.now() + dt.timedelta(hours=2)
    talks.book_session(factories.again(world.case), by=factories.user("amina"), starts_at=soon, with_user=factories.user("boris"))
    way.add_task(factories.again(world.case), by=factories.user("amina"), what="Ask the school", due_on=clocks.today())
    people.bar_colleague(person, by=factories.user("petra"), colleague=factories.user("boris"), words="A cousin of mine.")
    world.case = factories.again(world.case)
    return world


def names(case: Case) -> tuple[str, ...]:
    return ("Zoubeidi", "Wassila", case.reference)


def test_no_page_list_search_count_or_export_knows_the_file(client: Any, world: SimpleNamespace) -> None:
    boris = factories.user("boris")
    told = {}
    for name, address in table().items():
        where = reverse(name, args=address.args(world))
        for ask in (client.get, client.post):
            client.force_login(boris)
            answer = ask(where)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            if any(word in body.decode(errors="replace") for word in names(world.case)):
                told[name] = "names the file"
            if f"/{world.case.pk}/" in where and answer.status_code not in (404, 405):
                told[name] = f"answers {answer.status_code}"
            if f"/{world.case.person_id}/" in where and answer.status_code not in (404, 405):
                told[name] = f"answers {answer.status_code}"
    assert told == {}


def test_what_is_asked_for_by_name_number_or_reference_is_not_there(client: Any, world: SimpleNamespace) -> None:
    boris = factories.user("boris")
    client.force_login(boris)
    for words in names(world.case):
        assert search(boris, words).hits == []
        assert count_of(boris, Asked(view="all", text=words)) == 0
        for where in ("/search/", "/queue/"):
            page = client.get(where, {"q": words, "view": "all"}).content.decode()
            assert f"/cases/{world.case.pk}/" not in page
        sheet = client.get("/queue/", {"q": words, "view": "all", "export": "csv"})
        assert b"".join(sheet.streaming_content).decode().count("\n") == 1
    assert search(factories.user("sami"), "Zoubeidi").hits


def test_the_one_named_is_not_even_asked_when_somebody_is_in_danger(client: Any, world: SimpleNamespace, clock: Any) -> None:
    clock.set(dt.datetime(2026, 6, 2, 10))
    ticked()
    answering.record_interview(
        rounds_of(world.case)["work", 3],
        by=factories.user("amina"),
        way="phone",
        answers={("employment", "worked_last_week"): "no", ("employment", "in_danger"): "yes"},
    )
    asked = set(Task.objects.filter(kind=alarms.KIND).values_list("assignee_id", flat=True))
    assert asked == {str(factories.user(name).pk) for name in ("amina", "sami")}
    assert not Message.objects.filter(kind="call_now", key__contains=str(factories.user("boris").pk)).exists()


def test_a_call_that_was_asked_for_before_is_not_shown_after(client: Any, world: SimpleNamespace, clock: Any) -> None:
    boris = factories.user("boris")
    one = Round.objects.filter(case=world.case).first()
    Task.objects.create(
        stream=world.case.stream,
        kind=alarms.KIND,
        params={"round": str(one.pk), "turn": "x", "step": 0},
        assignee_id=str(boris.pk),
        urgent=True,
        due_on=clocks.today(),
        due_at=clocks.now(),
    )
    client.force_login(boris)
    for where in ("/day/", "/calls/"):
        assert world.case.reference not in client.get(where).content.decode()


def test_the_file_is_never_put_into_the_hands_of_the_one_named(world: SimpleNamespace) -> None:
    factories.give_role(factories.user("boris"), "caseworker", "TUNIS")
    with pytest.raises(Refused) as refused:
        way.assign_caseworker(world.case, by=factories.user("sami"), caseworker=factories.user("boris"), reason="Leave.")
    assert refused.value.codes == ["barred"]

    people.bar_colleague(world.case.person, by=factories.user("petra"), colleague=factories.user("chen"))
    transfer.offer_transfer(
        factories.again(world.case),
        by=factories.user("sami"),
        to_office=factories.office("ZARZIS"),
        promised="A call",
        next="A talk",
    )
    with pytest.raises(Refused) as refused:
        transfer.accept_transfer(factories.again(world.case), by=factories.user("nour"), caseworker=factories.user("chen"))
    assert refused.value.codes == ["barred"]


def test_anybody_at_the_office_writes_the_name_down_and_the_supervisor_alone_reads_it(client: Any, world: SimpleNamespace) -> None:
    where = reverse("casework:bar_colleague", args=[world.case.person_id])
    seen = {}
    for name in ("amina", "petra", "sami"):
        client.force_login(factories.user(name))
        seen[name] = "Named already" in client.get(where).content.decode()
    assert seen == {"amina": False, "petra": False, "sami": True}

    client.force_login(factories.user("amina"))
    said = {"colleague": factories.user("rida").pk, "words": "Her neighbour."}
    assert client.post(where, said).status_code == 302
    client.force_login(factories.user("rida"))
    assert client.get(world.case.get_absolute_url()).status_code == 404


def test_what_was_named_is_lifted_by_who_may_read_it(client: Any, world: SimpleNamespace) -> None:
    where, boris = reverse("casework:bar_colleague", args=[world.case.person_id]), factories.user("boris")
    client.force_login(factories.user("amina"))
    client.post(where, {"colleague": boris.pk, "lifted": "on"})
    assert not Case.objects.visible_to(boris).filter(pk=world.case.pk).exists()

    client.force_login(factories.user("sami"))
    client.post(where, {"colleague": boris.pk, "lifted": "on"})
    assert Case.objects.visible_to(boris).filter(pk=world.case.pk).exists()
