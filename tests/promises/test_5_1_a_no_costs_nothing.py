"""Promise 5.1: every verb runs with each consent at *no*, except the very sharing or contacting that it covers."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from casework.actions import people, work
from casework.models import Case, Purpose, Sharing, consents_of
from monitoring.models import Invitation
from monitoring.states import Why
from tests import factories
from tests.casework.test_matrix import LETTERS, ORDER, PERFORM, TABLE, _lay_out, _vacancy, cells, hand
from tests.monitoring.asking import advised, rounds_of, ticked
from workflows.acting import Refused, options
from workflows.models import Message
from workflows.partial import PartialDate

pytestmark = pytest.mark.django_db


def says_no(case: Case) -> None:
    """*No* to everything that can be asked."""
    amina, person = factories.user("amina"), case.person
    alone = {purpose.value: "no" for purpose in Purpose if purpose != Purpose.CV_SHARING}
    people.record_consent(person, by=amina, answers=alone, case=case)
    people.record_consent(person, by=amina, answers={"cv_sharing": "no"}, recipient=str(_vacancy().employer_id), case=case)
    person.refresh_from_db()
    assert {one.answer for one in consents_of(person)} == {"no"}


@pytest.mark.parametrize("verb", TABLE)
def test_every_verb_of_the_file_runs_with_every_no(verb: str, clock: Any) -> None:
    state = next(state for state in ORDER if cells(verb)[state] != ".")
    case = factories.case_at(state)
    case, row = _lay_out(case, verb)
    says_no(case)
    role = "supervisor" if "supervisor" in TABLE[verb][1].split() else TABLE[verb][1].split()[0]

    PERFORM[verb](factories.again(case), row, hand(role))

    cell = cells(verb)[state]
    assert factories.again(case).state == (state if cell == "=" else LETTERS[cell])


@pytest.mark.parametrize("state", ORDER)
def test_a_no_blocks_nothing_that_was_open_before(state: str, clock: Any) -> None:
    case, boris = factories.case_at(state), factories.user("boris")

    def standing() -> list[tuple[str, str, list[str]]]:
        fresh = factories.again(case)
        found = [*options(fresh, boris), *options(fresh.person, boris)]
        return [(one.verb, one.status, [blocker.code for blocker in one.blockers]) for one in found]

    before = standing()
    says_no(case)
    assert standing() == before


OF_THE_PERSON: dict[str, Callable[[Case, Any], Any]] = {
    "correct_person": lambda case, by: people.correct_person(case.person, by=by, called="Khaled"),
    "record_notice": lambda case, by: people.record_notice(case.person, by=by, language="ar", text_version="1"),
    "record_consent": lambda case, by: people.record_consent(case.person, by=by, answers={"counts": "later"}),
    "record_screening": lambda case, by: people.record_screening(case.person, by=by, outcomes=["prefers_not"], alone=True),
    "set_reach": lambda case, by: people.set_reach(case.person, by=by, ways=[{"kind": "none"}]),
    "set_safety": lambda case, by: people.set_safety(case.person, by=by, no_contact=True),
    "name_guardian": lambda case, by: people.name_guardian(
        case.person, by=by, name="An aunt", relation="aunt", since=dt.date(2026, 1, 1)
    ),
    "join_household": lambda case, by: people.join_household(case.person, by=by),
    "split_household": lambda case, by: (
        people.join_household(case.person, by=by),
        people.split_household(case.person, by=by),
    ),
    "bar_colleague": lambda case, by: people.bar_colleague(case.person, by=by, colleague=factories.user("rida")),
}
# They need a yes to take back, or a second record, and rest on no permission themselves.
APART = {"withdraw_consent", "merge_people", "unmerge_people"}


@pytest.mark.parametrize("verb", OF_THE_PERSON)
def test_every_verb_of_the_person_runs_with_every_no(verb: str, clock: Any) -> None:
    case = factories.case(person=factories.person(born=PartialDate(2012)), caseworker=factories.user("amina"))
    says_no(case)
    OF_THE_PERSON[verb](case, factories.user("amina"))


def test_no_verb_of_the_person_is_forgotten() -> None:
    assert set(OF_THE_PERSON) | APART == set(factories.person.__annotations__["return"].known_verbs())


def test_a_no_to_sharing_stops_this_sharing_and_not_the_application(clock: Any) -> None:
    case = factories.case_at("job_search")
    says_no(case)

    with pytest.raises(Refused) as refused:
        work.apply_for_vacancy(factories.again(case), by=case.caseworker, vacancy=_vacancy(), cv_sent=True)
    assert refused.value.codes == ["no_consent"]
    assert not Sharing.objects.exists()

    assert work.apply_for_vacancy(factories.again(case), by=case.caseworker, vacancy=_vacancy()).state == "sent"


def test_a_no_to_being_asked_later_stops_the_asking_alone(clock: Any) -> None:
    case = advised(agreed="no")
    clock.set(dt.datetime(2026, 3, 20, 10))
    ticked()
    assert not Invitation.objects.exists()
    assert not Message.objects.filter(kind="follow_up").exists()
    assert {one.why for one in rounds_of(case).values()} <= {Why.NOT_AGREED, ""}
