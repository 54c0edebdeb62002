"""The page behind a link, as somebody with an old telephone meets it: no account, no script, no cookie."""

import datetime as dt
import html
import re

import pytest

from casework.models import Consent, EmergencyNumber, Reach
from monitoring.models import Answer, Invitation, Round
from monitoring.states import ANSWERED, INTERVIEWING, INVITED, MISSED, PARTLY_ANSWERED, REFUSED, Why
from tests import factories
from tests.monitoring.asking import in_work, links, rounds_of, ticked
from workflows import jobs
from workflows.models import Event, Message, Task

pytestmark = pytest.mark.django_db

DUE = dt.datetime(2026, 6, 2, 10)


def said(response) -> str:
    return html.unescape(re.sub(r"\s+", " ", response.content.decode()))


class Phone:
    """Somebody with the link in their hand."""

    def __init__(self, client, case, token):
        self.client, self.case, self.path = client, case, f"/a/{token}/"
        self.page = client.get(self.path + "?l=en")

    @property
    def round(self) -> Round:
        return rounds_of(self.case)["work", 3]

    def get(self, query=""):
        self.page = self.client.get(self.path + query)
        return self.page

    def post(self, **data):
        action = re.search(r'<form method="post" action="([^"]*)"', self.page.content.decode())
        response = self.client.post(html.unescape(action.group(1)), data)
        while response.status_code == 303:
            response = self.client.get(response["Location"])
        self.page = response
        return response

    def begin(self, phone_is="mine_alone"):
        return self.post(do="begin", phone_is=phone_is)

    @property
    def question(self) -> str:
        found = re.search(r'name="question" value="([^"]*)"', self.page.content.decode())
        return found.group(1) if found else ""

    def answer(self, value, **more):
        return self.post(do="answer", question=self.question, answer=value, **more)

    def to_the_end(self, **answers):
        """Answer what is named, prefer not to say the rest."""
        asked = []
        while key := self.question:
            asked.append(key)
            given = answers.get(key.partition(".")[2], "prefer_not_to_say")
            field = 'name="prefer_not"' in self.page.content.decode()
            self.answer("", prefer_not="1") if field and given == "prefer_not_to_say" else self.answer(given)
            if "m=1" in self.page.request["QUERY_STRING"]:
                onward = re.search(r'class="btn btn-primary wide" href="([^"]*)"', self.page.content.decode())
                self.page = self.client.get(html.unescape(onward.group(1)))
        return asked


@pytest.fixture
def phone(clock, client):
    return opened(clock, client)


def opened(clock, client, **who) -> Phone:
    case = in_work(**who)
    factories.user("boris")
    clock.set(DUE)
    ticked()
    return Phone(client, case, links()[-1])


def test_the_first_page_says_who_reads_that_nobody_reads_at_night_and_the_numbers(phone):
    words = said(phone.page)
    assert "Boris, who looks after these call-backs. Nobody else by name." in words
    assert "Nobody reads this at night." in words
    assert 'href="tel:197"' in words
    assert "Nothing about money or help, whatever you say." in words


def test_leaving_quickly_is_the_first_thing_after_the_title(phone, settings):
    words = said(phone.page)
    assert words.index("Leave quickly") < words.index("<h1>")
    assert f'href="{settings.LEAVE_QUICKLY_TO}" rel="noreferrer"' in words


def test_no_script_no_cookie_no_brand(phone):
    words = said(phone.page)
    assert "<script" not in words
    assert not phone.page.cookies
    assert "homeward" not in words.lower()
    assert "return" not in words.lower()
    assert phone.page.headers["Cache-Control"] == "no-store, private"
    assert phone.page.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in phone.page.headers["X-Robots-Tag"]


@pytest.mark.parametrize(("code", "words", "direction"), [("fr", "Bonjour", "ltr"), ("ar", "مرحبا", "rtl"), ("en", "Hello", "ltr")])
def test_it_speaks_three_languages(phone, code, words, direction):
    page = said(phone.get(f"?l={code}"))
    assert words in page
    assert f'<html lang="{code}" dir="{direction}">' in page


def test_opening_the_link_changes_nothing_so_a_mail_scanner_may(phone):
    before = (
        Event.objects.count(),
        Answer.objects.count(),
        list(Invitation.objects.values()),
        list(Round.objects.order_by("pk").values()),
    )
    for query in ("", "?n=0", "?n=3", "?n=end", "?n=stop", "?n=99", "?n=x", "?l=fr", "?n=0&m=1", "?n=-1", "?l=xx"):
        assert phone.get(query).status_code == 200
    assert phone.client.head(phone.path).status_code == 200
    assert before == (
        Event.objects.count(),
        Answer.objects.count(),
        list(Invitation.objects.values()),
        list(Round.objects.order_by("pk").values()),
    )


def test_each_answer_is_kept_at_once_and_the_link_resumes_at_the_next(phone):
    phone.begin()
    assert phone.question == "employment.worked_last_week"
    phone.answer("yes")
    assert Answer.objects.get().code == "yes"
    assert phone.question == "employment.kind_of_work"
    phone.get("?l=en")
    phone.begin()
    assert phone.question == "employment.kind_of_work"
    assert phone.round.state == INVITED


def test_answered_values_are_not_shown_back(phone):
    phone.begin()
    phone.answer("yes")
    page = phone.get("?n=0&l=en").content.decode()
    assert "checked" not in page
    assert Answer.objects.get().code == "yes"


def test_going_back_and_answering_again_replaces(phone):
    phone.begin()
    phone.answer("yes")
    phone.get("?n=0&l=en")
    phone.answer("no")
    assert Answer.objects.get().code == "no"
    assert phone.question == "employment.away_from_work"


def test_an_empty_screen_says_what_to_do_and_what_was_typed_wrong_is_kept(phone):
    phone.begin()
    page = phone.post(do="answer", question=phone.question)
    assert page.status_code == 422
    assert "Choose an answer, or skip this question." in said(page)
    for value in ("yes", "employee"):
        phone.answer(value)
    assert phone.question == "employment.started_on"
    page = phone.answer("last spring" * 1000)
    assert page.status_code == 422
    page = phone.answer("last spring")
    assert "Write the month and the year" in said(page)
    assert 'value="last spring"' in said(page)


def test_skipping_leaves_no_row_and_the_round_is_partly_answered(phone):
    phone.begin()
    phone.answer("no")
    phone.get("?n=end&l=en")
    phone.post(do="send")
    assert (phone.round.state, phone.round.why, phone.round.how) == (PARTLY_ANSWERED, Why.BROKEN_OFF, "web")


def test_sent_to_the_end_it_is_answered_and_the_link_is_dead(phone):
    phone.begin()
    phone.to_the_end(worked_last_week="no", away_from_work="no")
    assert "That was all. Send it?" in said(phone.page)
    page = phone.post(do="send")
    assert page.status_code == 410
    assert "This was sent already." in said(page)
    one = phone.round
    assert (one.state, one.how, one.why) == (ANSWERED, "web", "")
    assert Invitation.objects.get().token == ""
    again = phone.client.post(phone.path, {"do": "send"})
    assert again.status_code == 410
    assert Event.objects.filter(verb="monitoring.submit_answers").count() == 1


def test_preferring_not_to_say_anything_is_a_refusal(phone):
    phone.begin()
    phone.to_the_end()
    phone.post(do="send")
    assert (phone.round.state, phone.round.why) == (REFUSED, Why.NOTHING_SAID)


def test_the_adviser_reads_what_was_ticked_and_nothing_else(phone):
    phone.begin()
    phone.to_the_end(worked_last_week="no", away_from_work="no")
    phone.post(do="send", share=["employment.worked_last_week", "employment.nonsense"])
    assert list(Answer.objects.shared().values_list("item", flat=True)) == ["worked_last_week"]
    amina, boris, hana = phone.case.caseworker, factories.user("boris"), factories.user("hana")
    assert Answer.objects.all().readable_by(amina, phone.case).count() == 1
    assert Answer.objects.all().readable_by(boris, phone.case).count() == Answer.objects.count() > 1
    assert Answer.objects.all().readable_by(hana, phone.case).count() == 0


def test_not_this_time_takes_a_second_step_and_ends_this_round_alone(phone):
    page = phone.get("?n=stop&l=en")
    assert "It changes nothing about money or help." in said(page)
    phone.post(do="not_now")
    jobs.drain()
    assert (phone.round.state, phone.round.why) == (REFUSED, Why.NOT_THIS_TIME)
    assert rounds_of(phone.case)["work", 6].state == "planned"


def test_never_again_takes_back_the_permission_and_stops_the_rest(phone):
    phone.begin()
    phone.answer("yes")
    phone.get("?n=stop&l=en")
    phone.post(do="never")
    jobs.drain()
    assert (phone.round.state, phone.round.why) == (REFUSED, Why.NEVER_AGAIN)
    assert Answer.objects.count() == 0
    consent = Consent.objects.filter(purpose="follow_up").order_by("pk").last()
    assert (consent.answer, consent.how) == ("no", "link") and consent.withdrawn_on
    assert {rounds_of(phone.case)["work", months].state for months in (6, 12)} == {"stopped"}


def test_an_altered_link_has_its_sentence(phone):
    page = phone.client.get(phone.path[:-2] + "x/?l=en")
    assert page.status_code == 404
    assert "This link does not work. Open it once more from the message" in said(page)


def test_an_expired_link_has_its_sentence(phone, clock):
    clock.set(DUE + dt.timedelta(days=90))
    page = phone.get("?l=en")
    assert page.status_code == 410
    assert "The time for this link is over. You need do nothing." in said(page)
    assert phone.client.post(phone.path, {"do": "begin"}).status_code == 410


def test_after_the_window_an_answer_is_kept_as_late_and_the_round_stays_missed(phone, clock):
    clock.set(DUE + dt.timedelta(days=50))
    ticked()
    assert phone.round.state == MISSED
    phone.get("?l=en")
    phone.begin()
    phone.to_the_end(worked_last_week="no", away_from_work="no")
    phone.post(do="send")
    assert (phone.round.state, phone.round.why) == (MISSED, Why.NOT_REACHED)
    assert set(Answer.objects.values_list("late", flat=True)) == {True}
    assert Answer.objects.counted().count() == 0


def test_an_abandoned_answer_closes_as_partly_answered(phone, clock):
    phone.begin()
    phone.answer("yes")
    clock.set(DUE + dt.timedelta(days=50))
    ticked()
    assert (phone.round.state, phone.round.why) == (PARTLY_ANSWERED, Why.WINDOW_CLOSED)


def test_a_yes_to_a_call_becomes_a_task_and_a_no_becomes_none(phone):
    phone.begin()
    phone.to_the_end(worked_last_week="no", call_me="yes")
    task = Task.objects.get(kind="monitoring.call_back")
    assert task.assignee_id == str(phone.case.caseworker_id)
    assert set(task.params) == {"round", "months"}


def test_too_many_sends_are_slowed_down_and_nothing_is_lost(phone):
    phone.begin()
    Invitation.objects.update(posts=Invitation.POSTS_IN_TEN_MINUTES)
    page = phone.client.post(phone.path + "?l=en", {"do": "answer", "question": "employment.worked_last_week", "answer": "yes"})
    assert page.status_code == 429
    assert "what you answered is kept" in said(page)


def test_answered_while_on_the_list_of_calls_it_counts_as_web(phone, clock):
    for day in (3, 7, 10):
        clock.set(DUE + dt.timedelta(days=day))
        ticked()
    assert phone.round.state == INTERVIEWING
    phone.get("?l=en")
    phone.begin()
    phone.to_the_end(worked_last_week="no", away_from_work="no")
    phone.post(do="send")
    jobs.drain()
    assert phone.round.state == ANSWERED
    assert not Task.objects.open().filter(kind="monitoring.call").exists()


def test_answers_wait_for_no_reminder(phone, clock):
    phone.begin()
    phone.to_the_end(worked_last_week="no", away_from_work="no")
    phone.post(do="send")
    for day in (3, 7, 10, 50):
        clock.set(DUE + dt.timedelta(days=day))
        ticked()
    assert Message.objects.filter(kind="follow_up").count() == 1


def test_a_dead_number_is_not_shown(phone):
    EmergencyNumber.objects.create(programme=phone.case.programme, label="Old line", number="1818", dead_since=dt.date(2026, 1, 1))
    assert "1818" not in said(phone.get("?l=en"))


def test_a_screen_stays_small(phone):
    phone.begin()
    assert len(phone.page.content) < 10_000


def test_sensitive_answers_are_sealed_in_the_database(phone):
    phone.begin()
    phone.to_the_end(worked_last_week="no", in_danger="no")
    row = Answer.objects.get(item="in_danger")
    assert (row.code, row.said) == ("", "no")
    assert Reach.objects.get(pk=Invitation.objects.get().reach_id).whose == Reach.Whose.MINE_ALONE
