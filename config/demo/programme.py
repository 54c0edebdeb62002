"""The programme that the invented people return into: set up, its emergency numbers called, opened."""

from collections.abc import Sequence
from typing import Any

from accounts.models import Office, User
from casework.actions.programme import change_programme, go_live, set_up_programme
from casework.models import Programme
from workflows import clock

_NUMBERS = (("Police", "197"), ("Ambulance", "190"), ("Violence against women", "1899"))


def open_programme(
    *, code: str, name: str, offices: Sequence[Office], administrator: User, manager: User, **also: Any
) -> Programme:
    """A programme for Tunisia that takes referrals at `offices`, by the verbs of those who set one up and open it."""
    programme = set_up_programme(
        by=administrator, code=code, name=name, country="TN", currency="TND", offices=offices,
        first_aid_ceiling=300_000, plan_approval_ceiling=100_000, languages=["ar", "fr", "en"],
        lawful_basis="The task that the law gives to the national employment agency: to help people who come home find work.",
        lawful_basis_decided_on=clock.today(), **also,
    )  # fmt: skip
    numbers = [{"label": label, "number": number, "checked_on": clock.today()} for label, number in _NUMBERS]
    programme = change_programme(programme, by=manager, emergency_numbers=numbers)
    programme = go_live(programme, by=manager)
    return Programme.objects.get(pk=programme.pk)
