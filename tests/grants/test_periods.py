"""Closed periods: two people close one, and nothing dated inside changes afterwards, in this room or below it."""

import datetime as dt

import pytest

from casework.actions import correction, support, work
from grants.actions import periods, tranches
from grants.books import broken_lines
from grants.models import ClosedPeriod, Entry
from tests import factories as make
from tests.grants import purse
from tests.grants.stage import again
from workflows import clock as clocks
from workflows.acting import NotYours, Refused
from workflows.partial import PartialDate

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

FEBRUARY = dt.date(2026, 2, 28)


def codes(press):
    with pytest.raises(Refused) as refused:
        press()
    return refused.value.codes


def closed(until=FEBRUARY):
    period = periods.propose_close_period(make.programme(), by=make.user("dana"), until=until)
    return periods.close_period(again(period), by=make.user("gia"))


def test_two_people_close_a_month_that_has_passed():
    period = closed()
    assert (period.until, period.proposed_by, period.closed_by) == (FEBRUARY, make.user("dana"), make.user("gia"))
    assert codes(lambda: closed()) == ["closed"]


def test_the_same_person_under_two_roles_does_not_close_what_they_proposed():
    both = make.user("zied", role="finance")
    make.give_role(both, "programme_manager")
    period = periods.propose_close_period(make.programme(), by=both, until=FEBRUARY)
    assert codes(lambda: periods.close_period(again(period), by=both)) == ["same_person"]
    with pytest.raises(NotYours):
        periods.close_period(again(period), by=make.user("hana"))
    assert not ClosedPeriod.objects.closed().exists()


@pytest.mark.parametrize(
    ("until", "code"), [(dt.date(2026, 2, 27), "no_month_end"), (dt.date(2026, 3, 31), "no_month_end"), (FEBRUARY, "proposed")]
)
def test_a_period_that_cannot_be_closed_is_refused(until, code):
    periods.propose_close_period(make.programme(), by=make.user("dana"), until=FEBRUARY)
    assert codes(lambda: periods.propose_close_period(make.programme(), by=make.user("dana"), until=until)) == [code]


def test_a_cost_inside_is_neither_booked_nor_struck_out_and_one_after_it_is():
    amina, case = make.user("amina"), make.case_at("job_search")
    cost = support.book_cost(case, by=amina, category="transport", amount=12_00, spent_on=FEBRUARY)
    closed()
    case = make.again(case)
    assert codes(lambda: support.book_cost(case, by=amina, category="transport", amount=5_00, spent_on=FEBRUARY)) == [
        "period_closed"
    ]
    assert codes(lambda: correction.correct_cost(cost, by=amina, mistake="twice")) == ["period_closed"]
    later = support.book_cost(make.again(case), by=amina, category="transport", amount=5_00, spent_on=dt.date(2026, 3, 1))
    correction.correct_cost(later, by=amina, mistake="twice")
    assert again(cost).struck_at is None


def test_the_sentence_says_until_when_and_what_to_do():
    closed()
    with pytest.raises(Refused) as refused:
        support.book_cost(make.case_at("job_search"), by=make.user("amina"), category="transport", amount=5_00, spent_on=FEBRUARY)
    assert str(refused.value) == (
        "Everything up to Feb. 28, 2026 is closed. Give it a day after that, and say in words which day is meant."
    )


def test_a_placement_inside_is_not_recorded():
    closed()
    case = make.case_at("job_search")
    begun = {"occupation": "Baker", "known_by": "contract", "employer": make.employer()}
    assert codes(lambda: work.record_placement(case, by=make.user("amina"), started_on=PartialDate.of(FEBRUARY), **begun)) == [
        "period_closed"
    ]
    work.record_placement(make.again(case), by=make.user("amina"), started_on=PartialDate.of(dt.date(2026, 3, 1)), **begun)


def test_a_payment_inside_is_not_confirmed_and_a_later_day_is():
    tranche = purse.tranche_at("ordered")
    receipt = purse.paper(tranche.contract.case)
    clocks.set_to(dt.datetime(2026, 4, 2, 9, tzinfo=dt.UTC))
    closed(dt.date(2026, 3, 31))
    dana, march = make.user("dana"), dt.date(2026, 3, 20)
    assert codes(lambda: tranches.confirm_payment(again(tranche), by=dana, receipt=receipt, on=march)) == ["period_closed"]
    tranches.confirm_payment(again(tranche), by=dana, receipt=receipt)
    assert Entry.objects.get(kind="paid").dated == dt.date(2026, 4, 2)
    assert list(broken_lines()) == []


def test_verify_finds_a_line_that_was_dated_back():
    purse.tranche_at("paid")
    clocks.set_to(dt.datetime(2026, 4, 2, 9, tzinfo=dt.UTC))
    closed(dt.date(2026, 3, 31))
    assert list(broken_lines()) == []
    Entry.objects.filter(kind="paid").update(booked_at=clocks.now() + dt.timedelta(days=1))
    assert [line.partition(": ")[2] for line in broken_lines()] == [
        "dated 2026-03-02, booked after the period to 2026-03-31 was closed"
    ]


def test_another_programme_stays_open():
    closed()
    other = make.programme("TN-OTHER")
    case = make.case_at("job_search", programme=other)
    support.book_cost(case, by=make.user("amina"), category="transport", amount=5_00, spent_on=FEBRUARY)
