"""What one user may do and see, and where."""

import datetime as dt
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.models import RoleGrant, User
from accounts.scope import EVERYWHERE, Scope, forget_scope, scope_of
from tests import factories
from workflows import clock as clocks


def test_roles_are_asked_for_once_a_request(amina, django_assert_num_queries):
    with django_assert_num_queries(1):
        for _ in range(5):
            scope_of(amina).may("casework.refer", amina.pk)
            scope_of(amina).sees_files_of()


def test_a_role_counts_at_its_office_only(amina, tunis, zarzis):
    scope = scope_of(amina)
    assert scope.may("casework.record_placement", tunis.pk)
    assert not scope.may("casework.record_placement", zarzis.pk)
    assert scope.may("casework.record_placement")
    assert scope.offices("caseworker") == {tunis.pk}
    assert scope.sees_files_of() == {tunis.pk}
    assert scope.where("casework.record_placement") == {tunis.pk}
    assert scope.where("casework.merge_people") == frozenset()


def test_a_role_at_every_office_counts_at_those_of_tomorrow(db):
    scope = scope_of(factories.user("dana"))
    assert scope.offices("finance") == EVERYWHERE
    assert uuid4() in scope.sees_files_of()
    assert scope.may("casework.book_cost", uuid4())


def test_everywhere_swallows_one_office(tunis):
    both = Scope((("finance", tunis.pk), ("finance", None), ("supervisor", tunis.pk)))
    assert both.offices("finance") == EVERYWHERE
    assert both.offices("finance", "supervisor") == EVERYWHERE
    assert both.offices("supervisor") == {tunis.pk}
    assert bool(EVERYWHERE) and repr(EVERYWHERE) == "EVERYWHERE" and frozenset() != EVERYWHERE
    assert hash(EVERYWHERE) == hash(type(EVERYWHERE)())


def test_reads_are_where_the_role_is(boris, tunis, zarzis):
    scope = scope_of(boris)
    assert scope.reads("restricted_notes", tunis.pk) and not scope.reads("restricted_notes", zarzis.pk)
    assert scope.reads_where("accesses") == {tunis.pk}
    assert not scope.reads("consents")
    assert scope.reads_where("people") == {tunis.pk}
    assert scope.holds("supervisor") and not scope.holds("supervisor", zarzis.pk) and not scope.holds("chair")


def test_a_role_before_its_day_or_after_its_end_is_none(tunis, clock):
    user = factories.user("amina")
    grant = user.grants.get()
    RoleGrant.objects.filter(pk=grant.pk).update(since=clocks.now() + dt.timedelta(days=1))
    forget_scope(user)
    assert scope_of(user).roles == frozenset()
    clock.set(clocks.now() + dt.timedelta(days=2))
    forget_scope(user)
    assert scope_of(user).roles == {"caseworker"}
    RoleGrant.objects.filter(pk=grant.pk).update(until=clocks.now())
    forget_scope(user)
    assert scope_of(user).roles == frozenset()


def test_a_closed_account_and_nobody_have_no_scope(amina):
    amina.is_active = False
    assert scope_of(amina).roles == frozenset()
    assert scope_of(AnonymousUser()).roles == frozenset()


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("mona", "amina boris chen dana mona"),
        ("lena", "amina boris chen dana lena mona"),
        ("boris", "amina boris dana mona"),
        ("amina", "amina"),
        ("dana", "dana"),
    ],
)
def test_colleagues_whom_one_may_see(db, name, seen):
    for one in ("amina", "boris", "chen", "dana", "mona", name):
        factories.user(one)
    found = User.objects.visible_to(factories.user(name)).order_by("name")
    assert " ".join(one.email.partition("@")[0] for one in found) == seen
