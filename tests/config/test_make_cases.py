"""`make_cases`: as many files as are asked for, through the product's own chain, and as many again the next time."""

import pytest
from django.core.management import CommandError, call_command

from casework.models import Appointment, Case
from workflows import chain

pytestmark = pytest.mark.django_db


def test_a_second_time_adds_to_the_first(capsys):
    call_command("make_cases", cases=40)
    call_command("make_cases", cases=40, seed=2)

    assert Case.objects.count() == 80
    assert capsys.readouterr().out.count("40 files, 20 caseworkers") == 2
    assert chain.verify().events > 200


def test_a_short_history_is_referred_and_met_and_no_more(capsys):
    call_command("make_cases", cases=40, history="short")

    assert set(Case.objects.values_list("state", flat=True)) == {"referred", "intake"}
    assert not Appointment.objects.exists()
    assert "caseworker01@load.example" in capsys.readouterr().out


def test_no_file_at_all_is_refused():
    with pytest.raises(CommandError, match="one file at least"):
        call_command("make_cases", cases=0)
