"""Promise 5.21: what is done for somebody's protection leaves a neutral event, and no other row or log says what it was."""

import datetime as dt
import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.urls import reverse

from casework.actions import people
from casework.models import Case, Person
from monitoring.actions import alarms, answering
from monitoring.models import Round
from tests import factories
from tests.monitoring.asking import in_work, rounds_of, ticked
from workflows import hooks, jobs
from workflows.machine import AggregateRoot
from workflows.models import Delivery, Event, Message, Note, Task
from workflows.partial import PartialDate

pytestmark = pytest.mark.django_db

# Rows that are restricted themselves: what stands there is read by named roles, sealed where it is words, and erasable.
RESTRICTED = {
    "workflows_note",
    "casework_safety",
    "casework_barred",
    "casework_guardian",
    "casework_membership",
    "casework_screening",
}
# Who may perform what is the product's own table, not what was done.
OF_THE_HOUSE = {"django_migrations"}


def restricted() -> dict[type[AggregateRoot], set[str]]:
    """Every verb that is declared restricted, by its machine."""
    machines = [one for one in apps.get_models() if issubclass(one, AggregateRoot) and one._meta.app_label != "toy"]
    found = {one: {verb.name for verb in one.known_verbs().values() if verb.restricted} for one in machines}
    return {machine: verbs for machine, verbs in found.items() if verbs}


@pytest.fixture
def case(clock: Any) -> Case:
    """At work, asked after three months."""
    factories.user("boris"), factories.user("petra")
    case = in_work()
    clock.set(dt.datetime(2026, 6, 2, 10))
    ticked()
    return case


def in_danger(case: Case) -> Round:
    return answering.record_interview(
        rounds_of(case)["work", 3],
        by=case.caseworker,
        way="phone",
        answers={("employment", "worked_last_week"): "no", ("employment", "in_danger"): "yes"},
    )


def acknowledged(case: Case, _by: Any) -> None:
    in_danger(case)
    boris = factories.user("boris")
    alarms.acknowledge_alarm(Task.objects.get(kind=alarms.KIND, assignee_id=str(boris.pk)), by=boris)


PERFORM: dict[str, Callable[[Case, Any], Any]] = {
    "set_safety": lambda case, by: people.set_safety(case.person, by=by, never_visit_home=True, words="Her brother."),
    "split_household": lambda case, by: (
        people.join_household(case.person, by=factories.user("amina")),
        people.split_household(case.person, by=by, words="She left."),
    ),
    "bar_colleague": lambda case, by: people.bar_colleague(case.person, by=by, colleague=factories.user("rida")),
    "acknowledge_alarm": acknowledged,
}


def test_the_verbs_of_protection_are_declared_restricted() -> None:
    found = restricted()
    assert found[Person] == {"set_safety", "split_household", "bar_colleague"}
    assert found[Round] == {"acknowledge_alarm"}


@pytest.mark.parametrize("verb", PERFORM)
def test_no_table_and_no_log_says_which_it_was(verb: str, case: Case, caplog: pytest.LogCaptureFixture) -> None:
    told: list[Event] = []
    room = "monitoring" if verb == "acknowledge_alarm" else "casework"

    def listener(event: Event) -> None:
        told.append(event)
        raise RuntimeError(f"{verb} of {case.person.name}")

    hooks.listen(f"{room}.restricted_change", f"tests.{verb}", listener)
    try:
        with caplog.at_level(logging.DEBUG):
            PERFORM[verb](case, factories.user("petra"))
            jobs.drain()
    finally:
        hooks._listeners[f"{room}.restricted_change"].pop(f"tests.{verb}")

    assert [event.facts.keys() for event in told] == [{"note"}]
    assert Note.objects.get(pk=told[0].facts["note"]).audience == Note.PROTECTION
    failed = Delivery.objects.get(listener=f"tests.{verb}")
    assert (failed.verb, failed.last_error.split(" at ")[0]) == (f"{room}.restricted_change", "RuntimeError")
    assert verb not in caplog.text.replace(f"tests.{verb}", "") and case.person.name not in caplog.text
    Delivery.objects.filter(pk=failed.pk).update(listener="tests")
    assert tables_that_say(verb) == set()


def tables_that_say(words: str) -> set[str]:
    found = set()
    with connection.cursor() as cursor:
        for name in set(connection.introspection.table_names()) - RESTRICTED - OF_THE_HOUSE:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(name)}")
            if any(words in str(value) for row in cursor.fetchall() for value in row):
                found.add(name)
    return found


def test_nobody_listens_to_a_restricted_verb_by_its_own_name() -> None:
    for machine, verbs in restricted().items():
        for verb in verbs:
            assert hooks.listeners_of(f"{machine._meta.app_label}.{verb}") == [], "It would never be told."


def test_a_call_for_danger_is_one_more_call(case: Case) -> None:
    in_danger(case)
    tasks, messages = Task.objects.filter(urgent=True), Message.objects.filter(kind=alarms.KIND.partition(".")[2])
    assert tasks.count() == messages.count() == 2
    for row in (*tasks.values(), *messages.values("kind", "key", "about", "channel")):
        assert not any(word in str(row) for word in ("danger", "alarm", "violence", "protection"))
    assert not any(str(rounds_of(case)["work", 3].pk) in message.key for message in messages), "a mail server's log names no round"


@pytest.mark.parametrize("reader", ["hana", "dana", "rida"])
def test_the_queue_says_nothing_of_it_to_whoever_sees_the_file(client: Any, case: Case, reader: str) -> None:
    in_danger(case)
    client.force_login(factories.user(reader))
    for where in ("/queue/?view=all", case.get_absolute_url(), reverse("casework:story", args=[case.pk])):
        page = client.get(where).content.decode()
        assert case.reference in page
        assert "danger" not in page.casefold()


@pytest.mark.parametrize("outcomes", [["nothing_said"], ["protection"]])
def test_the_event_of_the_gentle_questions_is_the_same_whatever_was_said(case: Case, outcomes: list[str]) -> None:
    words = "What she said." if "protection" in outcomes else ""
    people.record_screening(case.person, by=case.caseworker, outcomes=outcomes, alone=True, words=words, case=case)
    event = Event.objects.filter(verb="casework.record_screening").latest("pk")
    assert event.facts == {"case": str(case.pk)}


def test_that_a_guardian_is_disputed_stands_in_no_event(clock: Any) -> None:
    child = factories.case(person=factories.person(born=PartialDate(2014))).person
    people.name_guardian(
        child, by=factories.user("amina"), name="An uncle", relation="uncle", since=dt.date(2026, 1, 1), disputed=True
    )
    assert tables_that_say("disputed") == set()
