"""The list of calls, one tap a try, the questions by voice, and alarms."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from casework.actions import closing
from casework.models import Case, Reach, Safety
from monitoring.actions import alarms, answering, calling
from monitoring.models import Answer, Attempt, Round
from monitoring.states import ANSWERED, INTERVIEWING, MISSED, PARTLY_ANSWERED, REFUSED, WAIVED, Why
from tests import factories
from tests.monitoring.asking import in_work, rounds_of, ticked
from workflows import jobs
from workflows.acting import NotYours, Refused, Stale
from workflows.models import Access, Event, Message, Task

pytestmark = pytest.mark.django_db

DUE = dt.datetime(2026, 6, 2, 10)


def three(case: Case) -> Round:
    return rounds_of(case)["work", 3]


@pytest.fixture
def case(clock) -> Case:
    """Somebody with a telephone only, to be called."""
    made = in_work(email="")
    Reach.objects.create(person=made.person, kind="phone", value="+216 20 000 001", whose="mine_alone", position=0)
    clock.set(DUE)
    ticked()
    return made


@pytest.fixture
def amina(client, case):
    client.force_login(case.caseworker)
    return client


def test_the_list_shows_who_to_call_and_how(amina, case):
    page = amina.get(reverse("monitoring:calls")).content.decode()
    assert case.person.name in page
    assert "+216 20 000 001" in page
    assert "Try 1 of 5." in page


def test_the_list_of_another_office_is_empty_and_the_call_is_not_there(client, case):
    client.force_login(factories.user("chen"))
    assert case.person.name not in client.get(reverse("monitoring:calls") + "?whose=office").content.decode()
    for name in ("call", "record_interview", "waive", "answers"):
        assert client.get(reverse(f"monitoring:{name}", args=[three(case).pk])).status_code == 404
    assert client.post(reverse("monitoring:log_attempt", args=[three(case).pk]), {"outcome": "reached"}).status_code == 404


@pytest.mark.parametrize("name", ["rida", "hana", "dana", "gia", "lena", "mona", "elif"])
def test_colleagues_without_the_role_do_not_call(client, case, name):
    client.force_login(factories.user(name))
    assert client.get(reverse("monitoring:calls")).status_code == 403


def test_the_list_costs_the_same_queries_for_one_call_and_ten(amina, clock):
    amina.get(reverse("monitoring:calls"))
    with CaptureQueriesContext(connection) as one:
        amina.get(reverse("monitoring:calls"))
    clock.set(dt.datetime(2026, 3, 2, 11))
    for n in range(9):
        other = in_work(email="")
        Reach.objects.create(person=other.person, kind="phone", value=f"+216 20 000 1{n}", whose="mine_alone")
    clock.set(DUE)
    ticked()
    with CaptureQueriesContext(connection) as ten:
        page = amina.get(reverse("monitoring:calls"))
    assert page.content.decode().count('class="line') == 10
    assert len(ten) <= len(one)


def test_one_tap_logs_a_try_and_comes_back(amina, case):
    reach = case.person.reaches.get(kind="phone")
    answer = amina.post(
        reverse("monitoring:log_attempt", args=[three(case).pk]), {"outcome": "no_answer", "reach": reach.pk, "back": "list"}
    )
    assert answer["Location"] == reverse("monitoring:calls")
    attempt = Attempt.objects.get()
    assert (attempt.outcome, attempt.reach_id, attempt.by_id) == ("no_answer", reach.pk, case.caseworker_id)
    assert Event.objects.get(verb="monitoring.log_attempt").facts["outcome"] == "no_answer"
    assert "Try 2 of 5." in amina.get(reverse("monitoring:calls")).content.decode()


def test_reached_leads_to_the_questions(amina, case):
    answer = amina.post(reverse("monitoring:log_attempt", args=[three(case).pk]), {"outcome": "reached"})
    assert answer["Location"] == reverse("monitoring:record_interview", args=[three(case).pk])


def test_later_moves_the_call_to_its_day(amina, case):
    amina.post(reverse("monitoring:log_attempt", args=[three(case).pk]), {"outcome": "later", "later_at": "2026-06-04T17:00"})
    task = Task.objects.open().get(kind="monitoring.call", params__round=str(three(case).pk))
    assert task.due_on == dt.date(2026, 6, 4)


def test_later_in_the_past_is_refused_with_its_sentence(amina, case):
    page = amina.post(
        reverse("monitoring:log_attempt", args=[three(case).pk]), {"outcome": "later", "later_at": "2026-06-01T17:00"}
    )
    assert page.status_code == 409
    assert "Call later at a time that lies ahead." in page.content.decode()
    assert not Attempt.objects.exists()


def test_opening_a_call_is_written_down(amina, case):
    amina.get(reverse("monitoring:call", args=[three(case).pk]))
    assert Access.objects.filter(subject_id=str(case.person_id), user_id=str(case.caseworker_id)).exists()


def test_a_safety_setting_is_named_and_nothing_more(amina, case):
    Safety.objects.create(person=case.person, no_contact=True)
    page = amina.get(reverse("monitoring:call", args=[three(case).pk])).content.decode()
    assert "Safety setting" in page
    assert "+216 20 000 001" not in page
    with pytest.raises(Refused) as refused:
        calling.log_attempt(three(case), by=case.caseworker, outcome="reached", reach=case.person.reaches.get(kind="phone"))
    assert refused.value.codes == ["safety_setting"]


def test_the_questions_by_voice_are_the_same_and_end_the_round(amina, case):
    one = three(case)
    page = amina.get(reverse("monitoring:record_interview", args=[one.pk]))
    assert "did you work for pay or for your own business" in page.content.decode()
    answer = amina.post(
        reverse("monitoring:record_interview", args=[one.pk]),
        {
            "version": one.version,
            "way": "phone",
            "refused": "",
            "employment.worked_last_week": "no",
            "employment.away_from_work": "no",
        },
    )
    assert answer.status_code == 302
    one = three(case)
    assert (one.state, one.how) == (PARTLY_ANSWERED, "phone")
    assert set(Answer.objects.values_list("item", "code")) == {("worked_last_week", "no"), ("away_from_work", "no")}
    jobs.drain()
    assert not Task.objects.open().filter(kind="monitoring.call", params__round=str(one.pk)).exists()


def test_all_that_applies_answered_by_voice_is_answered(case):
    one = three(case)
    given = {
        ("employment", "worked_last_week"): "no",
        ("employment", "away_from_work"): "no",
        ("employment", "looked_for_work"): "yes",
        ("employment", "could_start"): "yes",
        ("employment", "training"): "prefer_not_to_say",
        ("employment", "in_danger"): "no",
        ("employment", "call_me"): "no",
    }
    done = answering.record_interview(one, by=case.caseworker, way="visit", answers=given)
    assert (done.state, done.how) == (ANSWERED, "visit")


def test_a_no_by_voice_is_a_refusal_with_its_reason(case):
    done = answering.record_interview(three(case), by=case.caseworker, way="phone", answers={}, refused="not_this_time")
    assert (done.state, done.why) == (REFUSED, Why.NOT_THIS_TIME)


def test_an_empty_sheet_and_a_stale_one_are_refused(case):
    with pytest.raises(Refused) as refused:
        answering.record_interview(three(case), by=case.caseworker, way="phone", answers={})
    assert refused.value.codes == ["nothing_said"]
    with pytest.raises(Stale):
        answering.record_interview(
            three(case), by=case.caseworker, way="phone", answers={("employment", "worked_last_week"): "no"}, version=77
        )
    assert not Answer.objects.exists()


def test_after_the_window_a_talk_is_kept_as_late(case, clock):
    clock.set(DUE + dt.timedelta(days=60))
    ticked()
    assert three(case).state == MISSED
    answering.record_interview(three(case), by=case.caseworker, way="phone", answers={("employment", "worked_last_week"): "yes"})
    assert three(case).state == MISSED
    assert Answer.objects.get().late


def test_a_round_is_left_out_with_a_reason(amina, case):
    one = three(case)
    amina.post(reverse("monitoring:waive", args=[one.pk]), {"version": one.version, "why": "ill", "words": "In hospital"})
    assert (three(case).state, three(case).why) == (WAIVED, Why.ILL)
    with pytest.raises(Refused):
        calling.waive(rounds_of(case)["work", 6], by=case.caseworker, why="not_reached")


def test_after_a_death_nobody_is_called(case):
    closing.record_death(Case.objects.get(pk=case.pk), by=case.caseworker, told_by="A cousin")
    one = three(case)
    with pytest.raises(Refused) as refused:
        calling.log_attempt(one, by=case.caseworker, outcome="reached")
    assert refused.value.codes == ["following_ended"]
    jobs.drain()
    assert three(case).state == "stopped"
    assert not Task.objects.open().filter(kind="monitoring.call", params__round=str(one.pk)).exists()


# ——— alarms ———


def danger(case: Case) -> Round:
    return answering.record_interview(
        three(case),
        by=case.caseworker,
        way="phone",
        answers={("employment", "worked_last_week"): "no", ("employment", "in_danger"): "yes"},
    )


def test_danger_asks_the_caseworker_and_the_supervisors_now(case):
    boris = factories.user("boris")
    danger(case)
    tasks = Task.objects.filter(kind=alarms.KIND)
    assert {task.assignee_id for task in tasks} == {str(case.caseworker_id), str(boris.pk)}
    assert all(task.urgent and task.due_at - task.created_at == dt.timedelta(minutes=30) for task in tasks)
    assert set(Message.objects.filter(kind="call_now").values_list("language", flat=True)) == {"en"}


def test_whoever_is_on_it_ends_the_alarm_for_all(client, case):
    boris = factories.user("boris")
    danger(case)
    client.force_login(boris)
    task = Task.objects.get(kind=alarms.KIND, assignee_id=str(boris.pk))
    assert "I am on it" in client.get(reverse("monitoring:calls")).content.decode()
    client.post(reverse("monitoring:acknowledge_alarm", args=[task.pk]))
    assert not Task.objects.open().filter(kind=alarms.KIND).exists()
    event = Event.objects.get(verb="monitoring.restricted_change")
    assert (event.actor_id, set(event.facts)) == (str(boris.pk), {"note"})


def test_nobody_on_it_for_half_an_hour_asks_the_next(case, clock):
    factories.user("boris")
    petra, nour = factories.user("petra"), factories.user("nour")
    danger(case)
    clock.set(DUE + dt.timedelta(minutes=29))
    assert alarms.pass_on() == 0
    clock.set(DUE + dt.timedelta(minutes=31))
    assert alarms.pass_on() == 1
    assert alarms.pass_on() == 0
    assert Task.objects.filter(kind=alarms.KIND, assignee_id=str(petra.pk)).count() == 1
    clock.set(DUE + dt.timedelta(minutes=62))
    assert alarms.pass_on() == 1
    assert Task.objects.filter(kind=alarms.KIND, assignee_id=str(nour.pk)).count() == 1
    clock.set(DUE + dt.timedelta(hours=9))
    assert alarms.pass_on() == 0


def test_an_alarm_is_not_anybodys_to_take(case):
    factories.user("boris")
    danger(case)
    with pytest.raises(NotYours):
        alarms.acknowledge_alarm(Task.objects.filter(kind=alarms.KIND).first(), by=factories.user("chen"))


def test_said_twice_it_is_one_alarm(case):
    factories.user("boris")
    danger(case)
    answering.record_interview(three(case), by=case.caseworker, way="phone", answers={("employment", "in_danger"): "yes"})
    assert Task.objects.filter(kind=alarms.KIND).count() == 2
    assert three(case).state != INTERVIEWING
