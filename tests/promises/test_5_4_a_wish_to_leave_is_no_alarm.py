"""Promise 5.4: a wish to leave is counted, never an alert, never shown per person; a task comes of a yes, or of danger."""

import datetime as dt

import pytest

from monitoring import instruments
from monitoring.actions import answering
from monitoring.panels import follow_up_of
from tests import factories
from tests.monitoring.asking import in_work, rounds_of, ticked
from workflows.models import Event, Message, Note, Task

pytestmark = pytest.mark.django_db

LEAVING = {("wellbeing", "can_stay"): "no", ("wellbeing", "why_leave"): None}


@pytest.fixture
def asked(clock):
    case = in_work(email="")
    factories.user("boris")
    clock.set(dt.datetime(2026, 9, 2, 10))
    ticked()
    return case, rounds_of(case)["work", 6]


def test_nobody_is_alerted_when_somebody_wishes_to_leave(asked):
    case, one = asked
    reason = instruments.instrument("wellbeing").item("why_leave").options[0].id
    before = (Task.objects.count(), Message.objects.count(), Note.objects.count())
    answering.record_interview(
        one, by=case.caseworker, way="phone", answers={("wellbeing", "can_stay"): "no", ("wellbeing", "why_leave"): reason}
    )
    assert (Task.objects.count(), Message.objects.count(), Note.objects.count()) == before


def test_no_option_about_leaving_asks_for_work(asked):
    for name in instruments.names():
        for item in instruments.instrument(name).items:
            tasks = {option.task for option in item.options if option.task}
            assert tasks <= {"danger", "call_back", "support_wished"}
            if item.id in ("can_stay", "why_leave"):
                assert tasks == set()
                assert item.alone_only


@pytest.mark.parametrize(
    ("item", "instrument", "kind"),
    [("call_me", "employment", "monitoring.call_back"), ("in_danger", "employment", "monitoring.call_now")],
)
def test_a_yes_to_a_call_and_danger_become_tasks(asked, item, instrument, kind):
    case, one = asked
    answering.record_interview(one, by=case.caseworker, way="phone", answers={(instrument, item): "yes"})
    assert Task.objects.filter(kind=kind).exists()


def test_the_case_page_and_the_events_say_nothing_of_it(asked, rf):
    case, one = asked
    answering.record_interview(one, by=case.caseworker, way="phone", answers={("wellbeing", "can_stay"): "no"})
    request = rf.get("/")
    request.user = case.caseworker
    panel = follow_up_of(request, case)
    assert "can_stay" not in repr(panel.context["rounds"])
    assert not any("can_stay" in event.body or "leave" in event.body for event in Event.objects.all())
