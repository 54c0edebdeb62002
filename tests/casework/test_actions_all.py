"""What holds for every verb of the case: one event without words of people, nothing left of a failure, denied to strangers."""

from collections import Counter
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction

from casework.actions import transfer
from casework.models import Case
from tests import factories
from tests.casework.test_matrix import EVERYBODY, ORDER, PERFORM, TABLE, _lay_out, _vacancy, cells, hand
from workflows import faults
from workflows.acting import NotYours
from workflows.actors import actor_of
from workflows.models import Event

pytestmark = pytest.mark.django_db


class Broken(Exception):
    """The power went."""


def _ready(verb: str) -> tuple[Case, Any, Any]:
    """A case in the first state that knows the verb, what the verb needs, and somebody who may."""
    state = next(state for state in ORDER if cells(verb)[state] != ".")
    case, row = _lay_out(factories.case_at(state), verb)
    by = factories.user("nour" if verb == "accept_transfer" else EVERYBODY["supervisor"])
    if "supervisor" not in TABLE[verb][1]:
        by = hand(TABLE[verb][1].split()[0])
    # What the verb looks up or makes on the way (an employer, a course) is made before anything is counted.
    try:
        with transaction.atomic():
            PERFORM[verb](case, row, by)
            raise Broken
    except Broken:
        pass
    factories.employer(), factories.course("A third course"), factories.user("second", role="caseworker", at="TUNIS")
    factories.user("nour")
    if verb == "close_as_merged":
        factories.case(person=case.person)
    if verb == "apply_for_vacancy":
        _vacancy()
    if row is not None and hasattr(row, "refresh_from_db"):
        row.refresh_from_db()
    return factories.again(case), row, by


def _rows() -> Counter[str]:
    ours = [model for model in apps.get_models() if model._meta.app_label in ("casework", "workflows")]
    return Counter({model.__name__: model._base_manager.count() for model in ours})


@pytest.mark.parametrize("verb", TABLE)
def test_a_verb_writes_one_event_that_names_nobody(verb: str, clock: Any) -> None:
    case, row, by = _ready(verb)
    before = Event.objects.filter(stream=case.stream).count()

    PERFORM[verb](case, row, by)

    written = list(Event.objects.filter(stream=case.stream).order_by("seq")[before:])
    now = factories.again(case)
    assert [(event.verb, event.actor_id, event.from_state, event.to_state) for event in written] == [
        (f"casework.{verb}", actor_of(by).id, case.state, now.state)
    ]
    person = case.person
    assert not any(word in written[0].body for word in (person.family_name, person.given_names, case.reference))


@pytest.mark.parametrize("verb", TABLE)
def test_a_verb_that_breaks_midway_leaves_nothing(verb: str, clock: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    case, row, by = _ready(verb)
    before, version = _rows(), case.version

    def breaks(point: str) -> None:
        if point == "act.written":
            raise Broken

    monkeypatch.setattr(faults, "reached", breaks)
    with pytest.raises(Broken):
        PERFORM[verb](case, row, by)

    assert _rows() == before
    assert factories.again(case).version == version


@pytest.mark.parametrize("verb", TABLE)
def test_a_verb_is_denied_to_a_colleague_of_another_office(verb: str, clock: Any) -> None:
    case, row, _by = _ready(verb)
    before = _rows()
    stranger = factories.user("boris") if verb == "accept_transfer" else factories.user("chen")

    with pytest.raises(NotYours) as denied:
        if verb == "accept_transfer":
            transfer.accept_transfer(case, by=stranger)
        else:
            PERFORM[verb](case, row, stranger)

    assert case.person.family_name not in str(denied.value)
    assert _rows() == before
