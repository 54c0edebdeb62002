"""People who live together: each keeps a file of their own, and a split cuts what either side sees at once."""

import pytest

from casework.actions import people
from casework.models import Membership, Person
from casework.queries import living_together
from tests import factories as make
from workflows import clock as clocks
from workflows.acting import NotYours, Refused
from workflows.models import Event, Note
from workflows.partial import PartialDate

pytestmark = pytest.mark.django_db


@pytest.fixture
def leila() -> Person:
    return make.case(person=make.person(given_names="Leila", sex="female")).person


@pytest.fixture
def karim() -> Person:
    return make.case(person=make.person(given_names="Karim")).person


@pytest.fixture
def child() -> Person:
    return make.person(given_names="Yasmine", born=PartialDate(clocks.today().year - 6))


def test_join_household_puts_two_adults_with_files_of_their_own_together(leila: Person, karim: Person) -> None:
    member = people.join_household(leila, by=make.user("amina"), other=karim, relation="wife")

    assert set(member.household.memberships.current().values_list("person", flat=True)) == {leila.pk, karim.pk}
    event = Event.objects.get(stream=leila.stream)
    assert event.facts == {"household": str(member.household.pk), "child": False, "cared_for_by": None}


def test_a_child_is_seen_through_the_case_of_the_adult_who_cares(leila: Person, child: Person) -> None:
    amina = make.user("amina")
    assert not Person.objects.visible_to(amina).filter(pk=child.pk).exists()
    mother = people.join_household(leila, by=amina)
    Membership.objects.create(household=mother.household, person=child, child=True, cared_for_by=leila, needs=["school"])

    assert Person.objects.visible_to(amina).filter(pk=child.pk).exists()
    assert not Person.objects.visible_to(make.user("chen")).filter(pk=child.pk).exists()
    assert set(living_together(leila, amina)) == {child}


def test_join_household_refuses_a_second_household_and_a_carer_from_outside(leila: Person, karim: Person, child: Person) -> None:
    amina = make.user("amina")
    people.join_household(leila, by=amina, other=karim)

    with pytest.raises(Refused) as refused:
        people.join_household(leila, by=amina)
    assert refused.value.codes == ["lives_elsewhere"]
    outsider = make.case().person
    with pytest.raises(Refused) as refused:
        people.join_household(outsider, by=amina, other=karim, child=True, cared_for_by=outsider)
    assert refused.value.codes == ["carer_elsewhere"]
    with pytest.raises(Refused) as refused:
        people.join_household(outsider, by=amina, other=karim, cared_for_by=karim)
    assert refused.value.codes == ["adult_cared_for"]
    assert not outsider.memberships.exists()


def test_join_household_is_denied_to_another_office(leila: Person, karim: Person) -> None:
    with pytest.raises(NotYours):
        people.join_household(leila, by=make.user("chen"), other=karim)
    assert not Membership.objects.exists()


def test_split_household_cuts_what_either_side_sees_and_children_go_along(leila: Person, karim: Person, child: Person) -> None:
    amina = make.user("amina")
    household = people.join_household(leila, by=amina, other=karim).household
    Membership.objects.create(household=household, person=child, child=True, cared_for_by=karim)

    new = people.split_household(leila, by=make.user("petra"), taking=[child])

    assert set(living_together(leila, amina)) == {child}
    assert set(living_together(karim, amina)) == set()
    assert new.memberships.get(person=child).cared_for_by == leila
    assert set(new.memberships.current().values_list("person", flat=True)) == {leila.pk, child.pk}


def test_split_household_leaves_a_neutral_event(leila: Person, karim: Person) -> None:
    people.join_household(leila, by=make.user("amina"), other=karim)
    people.split_household(leila, by=make.user("petra"), words="She left in the night.")

    event = Event.objects.filter(stream=leila.stream).latest("seq")
    assert event.verb == "casework.restricted_change"
    assert set(event.facts) == {"note"}
    assert set(Note.objects.filter(stream=leila.stream).values_list("audience", flat=True)) == {"protection"}


def test_split_household_refuses_without_one_and_with_children_of_others(leila: Person, karim: Person, child: Person) -> None:
    with pytest.raises(Refused) as refused:
        people.split_household(leila, by=make.user("petra"))
    assert refused.value.codes == ["no_household"]
    people.join_household(leila, by=make.user("amina"), other=karim)
    with pytest.raises(Refused) as refused:
        people.split_household(leila, by=make.user("petra"), taking=[child])
    assert refused.value.codes == ["not_children_here"]
    assert leila.memberships.current().exists()


def test_split_household_is_denied_to_another_office(leila: Person, karim: Person) -> None:
    people.join_household(leila, by=make.user("amina"), other=karim)
    with pytest.raises(NotYours):
        people.split_household(leila, by=make.user("chen"))
    assert leila.memberships.current().exists()
