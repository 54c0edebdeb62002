"""Mona, who keeps the accounts, and two offices."""

import pytest

from tests import factories


@pytest.fixture
def tunis(db):
    return factories.office("TUNIS")


@pytest.fixture
def zarzis(db):
    return factories.office("ZARZIS")


@pytest.fixture
def mona(db):
    return factories.user("mona")


@pytest.fixture
def amina(tunis):
    return factories.user("amina")


@pytest.fixture
def boris(tunis):
    return factories.user("boris")
