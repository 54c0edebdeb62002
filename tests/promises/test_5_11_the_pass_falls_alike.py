"""Promise 5.11: how the pass fell by sex, way of return, education and place stands beside the minutes, small groups hidden.

A gap under four fifths asks the committee for a sentence; every question says what it predicts.
"""

from collections import Counter

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from grants.minutes import Share, _slice
from tests import factories as make
from tests.grants import stage, table

pytestmark = pytest.mark.django_db


def counted(**groups: tuple[int, int]) -> Counter:
    """group → passed, not passed."""
    found: Counter = Counter()
    for name, (passed, not_passed) in groups.items():
        found[name, True], found[name, False] = passed, not_passed
    return found


def test_a_gap_under_four_fifths_asks_for_a_sentence():
    assert _slice("Sex", counted(women=(3, 7), men=(8, 2))).gap
    assert not _slice("Sex", counted(women=(7, 3), men=(8, 2))).gap


def test_a_group_so_small_that_somebody_could_be_recognised_is_hidden_and_never_alone():
    shown = _slice("Place", counted(Tunis=(10, 5), Zarzis=(3, 1), Sfax=(6, 3)))
    assert shown.shares == (Share("Sfax", None, None), Share("Tunis", 15, 10), Share("Zarzis", None, None))


def test_the_shares_stand_beside_the_minutes(clock, client):
    at = table.signed(1)
    client.force_login(make.user("farid"))
    page = client.get(reverse("grants:minutes", args=[at.pk])).content.decode()
    for words in ("How the pass fell", "Sex", "Way of return", "Education", "Place", "Hidden, so that nobody can be recognised"):
        assert words in page


def test_every_question_says_what_it_predicts(clock):
    criterion = stage.call().criteria.first()
    criterion.predicts = ""
    with pytest.raises(ValidationError):
        criterion.full_clean()
