"""The programme is set up, changed and opened; its rules bind every case in it."""

import datetime as dt

import pytest

from casework.actions.programme import change_programme, go_live, set_up_programme
from casework.models import Programme
from tests import factories as make
from workflows import clock as clocks
from workflows.acting import NotYours, Refused
from workflows.models import Event

pytestmark = pytest.mark.django_db
BASIS = {"lawful_basis": "The task given by law.", "lawful_basis_decided_by": "Lena"}
POLICE = {"label": "Police", "number": "197"}


@pytest.fixture
def programme() -> Programme:
    return set_up_programme(by=make.user("gia"), code="MA-RETURN", name="Return to Morocco", country="MA", offices=[make.office()])


def test_set_up_programme_has_the_defaults_of_the_field(programme: Programme) -> None:
    made = Programme.objects.get()
    assert (made.first_aid_ceiling, made.currency, made.schedule_months, made.reminder_days) == (100_00, "EUR", [3, 6, 12], [3, 7])
    assert (made.small_cell, made.placed_kinds, made.started_only_days, made.live_since) == (5, ["job", "apprenticeship"], 28, None)
    event = Event.objects.get(stream=programme.stream)
    assert (event.verb, event.facts) == (
        "casework.set_up_programme",
        {"code": "MA-RETURN", "country": "MA", "offices": [str(make.office().pk)]},
    )


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"schedule_months": [12, 6]}, "schedule_months"),
        ({"reminder_days": [3, 60], "round_closes_after": 45}, "reminder_days"),
        ({"languages": ["xx"]}, "languages"),
        ({"placed_kinds": []}, "placed_kinds"),
    ],
)
def test_settings_that_no_case_could_live_by_are_refused(programme: Programme, settings: dict, code: str) -> None:
    with pytest.raises(Refused) as refused:
        change_programme(programme, by=make.user("gia"), **settings)
    assert refused.value.codes == [code]
    assert Programme.objects.get().version == 1


def test_change_programme_says_numbers_from_and_to(programme: Programme) -> None:
    change_programme(programme, by=make.user("gia"), first_aid_ceiling=150_00, name="Return to Morocco II")
    event = Event.objects.filter(stream=programme.stream).latest("seq")
    assert event.facts == {
        "changed": ["first_aid_ceiling", "name"],
        "was": {"first_aid_ceiling": 100_00},
        "now": {"first_aid_ceiling": 150_00},
    }


def test_an_office_with_open_cases_stays(programme: Programme) -> None:
    make.case(programme=programme)
    with pytest.raises(Refused) as refused:
        change_programme(programme, by=make.user("gia"), offices=[make.office("ZARZIS")])
    assert refused.value.codes == ["open_cases"]
    assert list(programme.offices.all()) == [make.office()]


def test_go_live_names_everything_that_is_missing(programme: Programme) -> None:
    with pytest.raises(Refused) as refused:
        go_live(programme, by=make.user("gia"))
    assert refused.value.codes == ["lawful_basis", "no_emergency_number"]


@pytest.mark.parametrize(
    ("number", "codes"),
    [
        ({}, ["unchecked_number"]),
        ({"checked_on": dt.date(2020, 1, 1)}, ["unchecked_number"]),
        ({"dead_since": dt.date(2026, 1, 1)}, ["dead_number"]),
    ],
)
def test_dead_numbers_block_go_live(programme: Programme, number: dict, codes: list[str]) -> None:
    gia = make.user("gia")
    change_programme(programme, by=gia, emergency_numbers=[{**POLICE, **number}], **BASIS)
    with pytest.raises(Refused) as refused:
        go_live(Programme.objects.get(), by=gia)
    assert refused.value.codes == codes
    assert Programme.objects.get().live_since is None


def test_go_live_opens_the_programme(programme: Programme) -> None:
    gia = make.user("gia")
    change_programme(programme, by=gia, emergency_numbers=[{**POLICE, "checked_on": clocks.today()}], **BASIS)
    go_live(Programme.objects.get(), by=gia)
    assert list(Programme.objects.live()) == [programme]
    with pytest.raises(Refused) as refused:
        go_live(Programme.objects.get(), by=gia)
    assert refused.value.codes == ["live_already"]


@pytest.mark.parametrize("who", ["amina", "boris", "dana"])
def test_programmes_are_not_for_offices_to_change(programme: Programme, who: str) -> None:
    with pytest.raises(NotYours):
        change_programme(programme, by=make.user(who), first_aid_ceiling=10**9)
    with pytest.raises(NotYours):
        go_live(programme, by=make.user(who))
    with pytest.raises(NotYours):
        set_up_programme(by=make.user(who), code="X", name="X", country="TN")
    assert Programme.objects.get().first_aid_ceiling == 100_00
