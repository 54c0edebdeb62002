"""Which cases somebody sees, and the caseworkers' questions about them."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from casework.actions import case as way
from casework.actions import talks
from casework.models import Barred, Case
from tests import factories
from workflows import clock as clocks

pytestmark = pytest.mark.django_db


def seen(name: str) -> set[Case]:
    return set(Case.objects.visible_to(factories.user(name)))


def test_each_sees_the_files_of_their_offices_and_a_manager_none(clock: Any) -> None:
    tunis, zarzis = factories.case(), factories.case(at="ZARZIS")

    assert {name: seen(name) for name in ("amina", "boris", "chen", "dana", "gia", "elif", "mona", "lena", "rida")} == {
        "amina": {tunis}, "boris": {tunis}, "chen": {zarzis}, "dana": {tunis, zarzis}, "gia": set(), "elif": set(),
        "mona": set(), "lena": set(),
        "rida": {tunis},
    }  # fmt: skip


def test_a_barred_colleague_sees_no_case_of_the_person(clock: Any) -> None:
    case = factories.case()
    barred = Barred.objects.create(person=case.person, user=factories.user("amina"))
    assert (seen("amina"), seen("boris")) == (set(), {case})

    barred.delete()

    assert seen("amina") == {case}


def test_overdue_is_a_question_about_days_that_passed(clock: Any) -> None:
    on_hold, talk, task, calm = (factories.case_at("counselling") for _ in range(4))
    way.put_on_hold(on_hold, by=factories.user("amina"), reason="birth", review_on=dt.date(2026, 3, 10))
    talks.book_session(talk, by=factories.user("amina"), starts_at=clocks.now() + dt.timedelta(days=1))
    way.add_task(task, by=factories.user("amina"), what="Ask.", due_on=dt.date(2026, 3, 5))
    assert calm in Case.objects.open()

    on = {day: set(Case.objects.overdue(on=dt.date(2026, 3, day))) for day in (3, 4, 6, 11)}

    assert on == {3: set(), 4: {talk}, 6: {talk, task}, 11: {talk, task, on_hold}}


def test_quiet_files_count_from_the_last_contact_or_the_referral(clock: Any) -> None:
    met, never = factories.case_at("counselling"), factories.case()
    talks.record_session(met, by=factories.user("amina"), held_on=dt.date(2026, 3, 2))

    assert set(Case.objects.quiet_since(dt.date(2026, 3, 2))) == set()
    assert set(Case.objects.quiet_since(dt.date(2026, 3, 3))) == {met, never}


def test_facts_of_twenty_cases_cost_what_one_costs(clock: Any) -> None:
    cases = [factories.case() for _ in range(20)]

    def asked(some: list[Case]) -> tuple[int, int]:
        with CaptureQueriesContext(connection) as queries:
            answers = [(facts.dead, facts.screened, facts.plan_agreed, facts.sessions) for facts in Case.load_facts(some).values()]
        return len(queries), len(answers)

    assert (asked(cases[:1]), asked(cases)) == ((3, 1), (3, 20))


def test_facts_that_stand_on_the_row_cost_no_query(clock: Any, django_assert_num_queries: Any) -> None:
    case = factories.case()
    with django_assert_num_queries(0):
        facts = Case.load_facts([case])[case.pk]
        assert (facts.dead, facts.offered_to, facts.has_caseworker, facts.arrived) == (False, "", False, False)


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "closed"}, {"closed_at": dt.datetime(2026, 3, 2, tzinfo=dt.UTC)}, {"outcome": "lost"}, {"state": "nowhere"},
        {"held_from": "intake"}, {"state": "on_hold"}, {"death_recorded_at": dt.datetime(2026, 3, 2, tzinfo=dt.UTC)},
        {"outcome": "nonsense"},
    ],
)  # fmt: skip
def test_the_database_refuses_facts_that_contradict_each_other(wrong: dict[str, Any], clock: Any) -> None:
    case = factories.case()
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(**wrong)
