"""Promise 5.10: a jury sees the pitch as the person wrote it, after an undertaking, and nothing of the file behind it."""

import pytest
from django.urls import reverse

from casework.models import Case, Person
from grants.actions import scores, sittings
from grants.models import Seat
from tests import factories as make
from tests.grants import table

pytestmark = pytest.mark.django_db


def test_the_sheet_of_a_juror_and_the_board_of_the_chair_show_nothing_of_the_file(clock, client):
    at = table.sitting(1)
    pitch = table.agenda(at)[0]
    Case.objects.filter(pk=pitch.case_id).update(return_as_sent="forced", host_country="DE")
    Person.objects.filter(pk=pitch.case.person_id).update(place="Hidden-upon-Sea", nationality="TN")
    for who, page in (
        ("elif", reverse("grants:score_pitch", args=[table.seat_of("elif", pitch).pk])),
        ("farid", reverse("grants:sitting", args=[at.pk])),
    ):
        client.force_login(make.user(who))
        shown = client.get(page).content.decode()
        assert "Pitch" in shown
        assert not any(word in shown for word in ("Forced", "forced", "Hidden-upon-Sea", "Germany", pitch.case.person.family_name))
        assert client.get(reverse("casework:case", args=[pitch.case_id])).status_code == 404


def test_the_plan_opens_after_the_undertaking_and_the_declaration(clock, client):
    at = table.planned(1)
    sittings.seat_jury(at, by=make.user("hana"))
    seat = Seat.objects.get(member__user=make.user("elif"))
    client.force_login(make.user("elif"))
    page = reverse("grants:score_pitch", args=[seat.pk])
    assert "Nine hundred pupils" not in client.get(page).content.decode()
    client.post(reverse("grants:undertake", args=[at.pk]), {"sign": "1"})
    assert "Nine hundred pupils" not in client.get(page).content.decode()
    client.post(reverse("grants:declare", args=[seat.pk]), {"declare": "1"})
    assert "Nine hundred pupils" in client.get(page).content.decode()


def test_i_know_this_person_closes_the_plan_at_once(clock, client):
    at = table.sitting(1)
    seat = table.seat_of("elif", table.agenda(at)[0])
    scores.declare_conflict(seat, by=make.user("elif"))
    client.force_login(make.user("elif"))
    assert client.get(reverse("grants:pitch", args=[seat.pitch_id])).status_code == 404
    assert client.get(reverse("grants:score_pitch", args=[seat.pk])).status_code == 404
