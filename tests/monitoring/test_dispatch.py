"""Whose turn it is: invited once, reminded twice, called, closed; at night nobody, and nobody twice."""

import datetime as dt

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from casework.actions import people as peoples
from casework.models import Case, Reach, Safety
from monitoring import dispatch as module
from monitoring.actions import calling
from monitoring.dispatch import dispatch
from monitoring.models import Attempt, Invitation, Round
from monitoring.queries import follow_up_status
from monitoring.states import INTERVIEWING, INVITED, MISSED, PLANNED, STOPPED, WAIVED, Why
from tests import factories
from tests.monitoring.asking import advised, in_work, links, rounds_of, ticked
from workflows import jobs, messages
from workflows.models import Event, Message, Task
from workflows.partial import PartialDate

pytestmark = pytest.mark.django_db

DUE = dt.datetime(2026, 6, 2, 10)


def three(case: Case) -> Round:
    return rounds_of(case)["work", 3]


def test_nothing_happens_before_the_window_opens(clock):
    case = in_work()
    ticked()
    clock.set(dt.datetime(2026, 6, 2, 8, 59))
    ticked()
    assert three(case).state == PLANNED
    assert links() == []


def test_an_invitation_goes_out_once_with_its_event_and_message(clock):
    case = in_work()
    clock.set(DUE)
    tick = ticked()
    assert tick.steps["invite"] == 1
    one = three(case)
    assert (one.state, one.asked, one.instruments) == (INVITED, True, {"employment": 1})
    assert Event.objects.filter(verb="monitoring.invite", subject_id=str(one.pk)).count() == 1
    assert len(links()) == 1
    ticked()
    assert len(links()) == 1


def test_the_message_is_neutral_in_the_persons_language_and_leads_to_the_page(clock, client, settings):
    case = in_work()
    clock.set(DUE)
    ticked()
    token = links()[0]
    message = Message.objects.get(kind="follow_up")
    assert message.language == "ar"
    assert case.reference not in message.body + message.subject
    assert messages.send_waiting() == 1
    assert mail.outbox[0].to == ["someone@example.net"]
    assert settings.SITE_URL in mail.outbox[0].body
    assert client.get(f"/a/{token}/").status_code == 200
    message.refresh_from_db()
    assert (message.body, message.address) == ("", "")


def test_reminders_after_three_and_seven_days_then_a_call(clock):
    case = in_work()
    ticked()
    days = {}
    for day in range(14):
        clock.set(DUE + dt.timedelta(days=day))
        for verb, count in ticked().steps.items():
            if verb != "wait":
                days.setdefault(verb, []).append((day, count))
    assert days == {"invite": [(0, 1)], "remind": [(3, 1), (7, 1)], "hand_to_caseworker": [(10, 1)], "miss": [(0, 1)]}
    assert three(case).state == INTERVIEWING
    assert (
        Task.objects.open()
        .filter(kind="monitoring.call", params__round=str(three(case).pk), assignee_id=str(case.caseworker_id))
        .count()
        == 1
    )
    assert len(set(links())) == 1 and len(links()) == 3


def test_an_unanswered_round_closes_by_itself_as_not_reached(clock):
    case = in_work()
    for day in (0, 3, 7, 10, 45, 46):
        clock.set(DUE + dt.timedelta(days=day))
        ticked()
    one = three(case)
    assert (one.state, one.why) == (MISSED, Why.NOT_REACHED)
    assert not Task.objects.open().filter(kind="monitoring.call", params__round=str(one.pk)).exists()


def test_a_round_that_the_server_slept_through_is_missed_not_asked(clock):
    case = in_work()
    clock.set(DUE + dt.timedelta(days=60))
    ticked()
    one = three(case)
    assert (one.state, one.why, one.asked) == (MISSED, Why.NOT_ASKED, False)
    assert links() == []


def test_without_an_address_the_caseworker_calls(clock):
    case = in_work(email="")
    clock.set(DUE)
    ticked()
    assert three(case).state == INTERVIEWING
    assert not three(case).asked


def test_a_third_persons_address_is_never_written_to(clock):
    case = in_work(whose=Reach.Whose.TRUSTED)
    clock.set(DUE)
    ticked()
    assert three(case).state == INTERVIEWING
    assert links() == []


def test_the_first_usable_address_in_the_persons_order_is_taken(clock):
    case = in_work(email="")
    for position, value in enumerate(["old@example.net", "new@example.net"]):
        Reach.objects.create(person=case.person, kind="email", value=value, whose="mine_alone", position=position)
    case.person.reaches.filter(position=0).update(dead_since=dt.date(2026, 3, 3))
    clock.set(DUE)
    ticked()
    assert Message.objects.get(kind="follow_up").address == "new@example.net"


@pytest.mark.parametrize("setting", [{"no_contact": True}, {"never_leave_message": True}], ids=["no contact", "never a message"])
def test_a_safety_setting_keeps_everything_from_leaving(clock, setting):
    case = in_work()
    Safety.objects.create(person=case.person, **setting)
    clock.set(DUE)
    ticked()
    assert links() == []
    assert three(case).state == INTERVIEWING


def test_safe_hours_are_waited_for(clock):
    case = in_work()
    Safety.objects.create(person=case.person, safe_from=dt.time(18), safe_to=dt.time(20))
    clock.set(DUE)
    ticked()
    assert three(case).state == PLANNED
    assert three(case).next_step_at == dt.datetime(2026, 6, 2, 17, tzinfo=dt.UTC)
    clock.set(dt.datetime(2026, 6, 2, 18, 1))
    ticked()
    assert three(case).state == INVITED


@pytest.mark.parametrize("answer", ["no", "later", ""])
def test_without_a_yes_nothing_goes_out(clock, answer):
    case = in_work(agreed=answer)
    for day in range(0, 60, 3):
        clock.set(DUE + dt.timedelta(days=day))
        ticked()
    one = three(case)
    assert links() == []
    assert (one.state, one.why) == (WAIVED, Why.NOT_AGREED)
    asked = Task.objects.filter(kind="monitoring.ask_permission", params__round=str(one.pk)).count()
    assert asked == (0 if answer == "no" else 1)


def test_a_yes_that_comes_in_time_lets_the_question_go_out(clock):
    case = in_work(agreed="later")
    clock.set(DUE)
    ticked()
    assert links() == []
    clock.set(DUE + dt.timedelta(days=4))
    peoples.record_consent(case.person, by=case.caseworker, answers={"follow_up": "yes"})
    ticked()
    assert three(case).state == INVITED


def test_a_withdrawal_takes_back_what_waits_to_be_sent(clock):
    case = in_work()
    clock.set(DUE)
    ticked()
    peoples.withdraw_consent(case.person, by=case.caseworker, purpose="follow_up")
    jobs.drain()
    assert messages.send_waiting() == 0
    assert mail.outbox == []
    assert three(case).state == STOPPED
    assert not Invitation.objects.filter(ended_at=None).exists()


def test_even_before_the_listeners_ran_a_dead_persons_round_is_not_asked(clock):
    case = in_work()
    clock.set(DUE)
    Case.objects.filter(pk=case.pk).update(death_recorded_at=DUE.replace(tzinfo=dt.UTC), death_recorded_by=case.caseworker)
    dispatch()
    assert three(case).state == STOPPED
    assert links() == []


def test_an_address_that_refuses_hands_the_round_to_the_caseworker(clock):
    case = in_work()
    clock.set(DUE)
    ticked()
    Message.objects.filter(kind="follow_up").update(dead_at=DUE.replace(tzinfo=dt.UTC))
    clock.set(DUE + dt.timedelta(days=3))
    ticked()
    assert three(case).state == INTERVIEWING


def test_a_child_is_asked_in_a_talk(clock):
    case = in_work(born=PartialDate(2012))
    clock.set(DUE)
    ticked()
    assert three(case).state == INTERVIEWING
    assert links() == []


def test_the_baseline_is_asked_in_a_talk_on_the_first_day(clock):
    case = advised()
    ticked()
    assert rounds_of(case)["plan", 0].state == INTERVIEWING


def test_whoever_touched_the_round_first_wins(clock):
    case = in_work()
    clock.set(DUE)
    rounds = list(Round.objects.waiting_for_dispatch(clock.now()).select_related("schedule"))
    Round.objects.filter(pk=three(case).pk).update(version=99)
    tick = module.Tick(clock.now())
    module._take([one for one in rounds if one.pk == three(case).pk], clock.now(), tick)
    assert (tick.refused, tick.steps["invite"]) == (1, 0)
    assert links() == []


def test_a_batch_costs_the_same_queries_for_one_round_and_twelve(clock):
    def cost(people: int) -> int:
        for n in range(people):
            in_work(email=f"p{n}@example.net")
        clock.set(clock.now() + dt.timedelta(days=92))
        Round.objects.filter(schedule__kind="plan").delete()
        with CaptureQueriesContext(connection) as queries:
            dispatch()
        return len([query for query in queries if "UPDATE" not in query["sql"]])

    one = cost(1)
    assert cost(12) <= one + 6  # the later rounds of the first are waited for in their own batch


def test_the_identity_holds_at_every_step(clock):
    for n in range(3):
        in_work(email="" if n else "p@example.net", agreed="yes" if n < 2 else "no")
    for day in range(0, 480, 7):
        clock.set(dt.datetime(2026, 3, 3, 10) + dt.timedelta(days=day))
        ticked()
        status = follow_up_status()
        assert status["all"] == 12 == status["open"] + status["ended"]
    assert status["open"] == 0


def test_status_counts_messages_by_what_became_of_them(clock):
    in_work()
    clock.set(DUE)
    ticked()
    assert follow_up_status()["messages"] == {"queued": 1, "sent": 0, "failed": 0, "dead": 0, "cancelled": 0}
    messages.send_waiting()
    assert follow_up_status()["messages"]["sent"] == 1


def test_a_try_counts_as_asking(clock):
    case = in_work(email="")
    clock.set(DUE)
    ticked()
    calling.log_attempt(three(case), by=case.caseworker, outcome="no_answer")
    assert three(case).asked and Attempt.objects.count() == 1
    clock.set(DUE + dt.timedelta(days=60))
    ticked()
    assert three(case).why == Why.NOT_REACHED
    assert factories.user("amina").pk == case.caseworker_id
