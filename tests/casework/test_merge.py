"""Two records of one person become one, and come apart again exactly."""

from typing import Any

import pytest
from django.apps import apps
from django.urls import reverse

from casework.actions import people
from casework.actions.merging import merge_people, standing, unmerge_people
from casework.models import Barred, Merge, Person, Safety
from casework.queries import search
from tests import factories as make
from workflows.acting import NotYours, Refused
from workflows.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept() -> Person:
    return make.case(person=make.person(given_names="Khaled", family_name="Belhadj", phone="+21626131860")).person


@pytest.fixture
def gone() -> Person:
    person = make.case(person=make.person(given_names="Khalid", family_name="Bel Haj", email="khalid@example.org")).person
    people.record_consent(person, by=make.user("amina"), answers={"follow_up": "yes"})
    Safety.objects.create(person=person, never_visit_home=True)
    return person


def everything() -> dict[str, list]:
    """Every row of the room that can point at a person, as it stands."""
    models = [one for one in apps.get_app_config("casework").get_models() if one is not Merge and one is not Person]
    return {one._meta.label: list(one._base_manager.order_by("pk").values()) for one in models} | {
        "people": list(Person.objects.order_by("pk").values("pk", "merged_into", "family_name", "given_names", "search_key"))
    }


def test_merge_people_moves_everything_that_pointed_at_the_other(kept: Person, gone: Person) -> None:
    merge_people(kept, by=make.user("boris"), gone=gone, reason="Same paper, seen today.")

    gone.refresh_from_db()
    assert standing(gone) == kept
    assert (kept.cases.count(), kept.reaches.count(), kept.consents.count()) == (2, 2, 1)
    assert kept.safety.never_visit_home
    assert not gone.cases.exists()
    assert {hit.case.person for hit in search(make.user("amina"), "khalid").hits} == {kept}


def test_merge_people_records_one_event(kept: Person, gone: Person) -> None:
    merge = merge_people(kept, by=make.user("boris"), gone=gone)

    event = Event.objects.get(stream=kept.stream)
    moved = sum(map(len, merge.moved.values()))
    assert (event.verb, event.facts) == ("casework.merge_people", {"gone": str(gone.pk), "merge": merge.pk, "moved": moved})


def test_unmerge_restores_exactly(kept: Person, gone: Person) -> None:
    boris = make.user("boris")
    Safety.objects.create(person=kept, no_contact=True)
    Barred.objects.create(person=kept, user=make.user("rida"))
    Barred.objects.create(person=gone, user=make.user("rida"))
    before = everything()

    merge_people(kept, by=boris, gone=gone)
    assert everything() != before
    assert unmerge_people(kept, by=boris) == gone

    assert everything() == before
    assert [event.verb for event in Event.objects.filter(stream=kept.stream).order_by("seq")] == [
        "casework.merge_people",
        "casework.unmerge_people",
    ]


def test_what_was_added_since_stays_with_the_record_that_was_kept(kept: Person, gone: Person) -> None:
    merge_people(kept, by=make.user("boris"), gone=gone)
    people.record_consent(kept, by=make.user("amina"), answers={"photo": "no"})
    unmerge_people(kept, by=make.user("boris"))

    assert list(kept.consents.values_list("purpose", flat=True)) == ["photo"]
    assert list(gone.consents.values_list("purpose", flat=True)) == ["follow_up"]


def test_merges_come_apart_in_any_depth(kept: Person, gone: Person) -> None:
    third = make.case().person
    boris = make.user("boris")
    merge_people(gone, by=boris, gone=third)
    merge_people(kept, by=boris, gone=gone)
    third.refresh_from_db()
    assert standing(third) == kept
    assert kept.cases.count() == 3

    unmerge_people(kept, by=boris)
    unmerge_people(gone, by=boris)
    assert [person.cases.count() for person in (kept, gone, third)] == [1, 1, 1]


def test_merge_people_refuses(kept: Person, gone: Person) -> None:
    boris = make.user("boris")
    with pytest.raises(Refused) as refused:
        merge_people(kept, by=boris, gone=kept)
    assert refused.value.codes == ["same_record"]
    with pytest.raises(Refused) as refused:
        unmerge_people(kept, by=boris)
    assert refused.value.codes == ["nothing_merged"]
    merge_people(kept, by=boris, gone=gone)
    third = make.case().person
    with pytest.raises(Refused) as refused:
        merge_people(third, by=boris, gone=gone)
    assert refused.value.codes == ["merged_already"]
    assert Merge.objects.count() == 1


@pytest.mark.parametrize("who", ["amina", "nour", "mona"])
def test_merge_people_is_a_supervisors_verb_at_the_office(kept: Person, gone: Person, who: str) -> None:
    with pytest.raises(NotYours):
        merge_people(kept, by=make.user(who), gone=gone)
    assert gone.cases.exists()


def test_a_supervisor_takes_two_records_apart_on_the_persons_page(client: Any, kept: Person, gone: Person) -> None:
    merge_people(kept, by=make.user("boris"), gone=gone)
    client.force_login(make.user("boris"))
    where = reverse("casework:unmerge_people", args=[kept.pk])
    assert "They are two people after all" in client.get(where).content.decode()

    assert client.post(where, {"reason": "Two brothers."}).status_code == 302

    gone.refresh_from_db()
    assert gone.merged_into is None
