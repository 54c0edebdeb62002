"""Promise 5.9: letters come from the committee; names of jurors stand in the closed minutes alone; the record holds keys."""

import pytest
from django.urls import reverse

from grants import letters
from grants.actions import decisions
from grants.models import Decision
from tests import factories as make
from tests.grants import stage, table

pytestmark = pytest.mark.django_db

NAMES = [name.capitalize() for name in table.JURORS]


def test_no_letter_no_open_minutes_and_no_record_names_a_juror(clock, client):
    at = table.signed(1)
    pitch = table.agenda(at)[0]
    client.force_login(make.user("amina"))
    letter = client.get(reverse("grants:letter", args=[pitch.pk]) + "?letter=en").content.decode()
    assert "The committee" in letter
    assert "Savings bank" in letter, "the candidate is told the institutions"
    client.force_login(make.user("farid"))
    open_minutes = client.get(reverse("grants:minutes", args=[at.pk])).content.decode()
    for text in (letter, open_minutes, at.record):
        assert not any(name in text for name in NAMES)
    assert str(make.user("elif").pk) in at.record


def test_a_caseworker_reads_no_score_and_no_page_of_the_sitting(clock, client):
    at = table.signed(1)
    client.force_login(make.user("amina"))
    assert client.get(reverse("grants:sitting", args=[at.pk])).status_code == 404
    assert client.get(reverse("grants:minutes", args=[at.pk])).status_code == 404


def test_with_three_jurors_or_fewer_nothing_but_the_agreed_text_is_told(clock):
    at = table.sitting(1)
    pitch = table.released(table.agenda(at)[0], elif_=2, idris=3, karim=2)
    table.decide(at, pitch, "declined", words="Name your customers.")
    decisions.sign_decisions(decisions.propose_decisions(stage.again(at), by=make.user("farid")), by=make.user("gia"))
    decision = Decision.objects.get(pitch=pitch)
    assert letters.findings(stage.again(pitch), decision) == []
    assert "Name your customers." in letters.letter(decision, language="en").paragraphs


def test_whom_the_candidate_would_not_want_hears_nothing_of_it(clock):
    at = table.planned(1)
    pitch = table.agenda(at)[0]
    pitch.unwanted.add(make.user("elif"))
    from grants.actions import sittings
    from grants.models import JuryMember
    from workflows.acting import Refused

    member = JuryMember.objects.get(sitting=at, user=make.user("elif"))
    with pytest.raises(Refused) as told:
        sittings.seat_juror(stage.again(pitch), by=make.user("hana"), member=member)
    assert "wish" not in str(told.value)
    assert "want" not in str(told.value)
