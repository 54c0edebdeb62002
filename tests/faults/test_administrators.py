"""Somebody can always open the door: two administrators who take each other's role at one moment do not both succeed."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from accounts import actions
from accounts.models import RoleGrant, User
from tests import factories
from workflows import chain
from workflows.acting import NotYours, Refused


def _revoke(of: User, by: User) -> None:
    actions.revoke_role(of.grants.get(role="administrator"), by=by)


def _deactivate(of: User, by: User) -> None:
    actions.deactivate_user(of, by=by)


@pytest.mark.parametrize("how", [_revoke, _deactivate])
@pytest.mark.parametrize("time", range(5))
def test_of_two_administrators_who_end_each_other_one_stays(ground: str, how: Any, time: int) -> None:
    mona, max_ = (factories.user(f"{name}{how.__name__}{time}", role="administrator") for name in ("mona", "max"))
    RoleGrant.objects.filter(role="administrator").exclude(user__in=(mona, max_)).delete()
    start = threading.Barrier(2)

    def press(pair: tuple[User, User]) -> str:
        of, by = (User.objects.get(pk=one.pk) for one in pair)
        start.wait()
        try:
            how(of, by)
        except (Refused, NotYours) as refused:
            return type(refused).__name__
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(press, [(mona, max_), (max_, mona)]))

    assert outcomes in (["Refused", "done"], ["NotYours", "done"])
    assert RoleGrant.objects.in_force().filter(role="administrator", office=None, user__is_active=True).count() == 1
    chain.verify()
