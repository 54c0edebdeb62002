"""Every address × every role: who is let in, who is told that it is not theirs, and to whom nothing is there.

The pages of verbs on a file follow the table of verbs; every other address stands in `addresses.ADDRESSES`.
"""

import datetime as dt
from collections.abc import Iterator
from http import HTTPStatus
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts import actions
from accounts.invitations import token_for
from casework.actions import work
from casework.actions.referral import hand_in_list
from casework.models import PossibleDuplicate
from grants.actions import periods, statements
from monitoring.models import Round
from tests import factories
from tests.access.addresses import (
    ADDRESSES,
    PEOPLE,
    PUBLIC,
    SEE_THE_CALL,
    SEE_THE_FILE,
    SEE_THE_PITCH,
    SEE_THE_SITTING,
    Address,
    among,
    of_call,
    of_case,
    of_contract,
    of_person,
    of_pitch,
    of_sitting,
    of_tranche,
)
from tests.accounts.test_roles import rows
from tests.conftest import look_over
from tests.grants import purse, stage
from tests.grants import table as juries
from tests.monitoring import asking
from workflows.models import Event

# Where the pages of verbs are, who sees the row at all, and what its address needs.
FOLDERS = (
    ("cases/", SEE_THE_FILE, of_case),
    ("people/", SEE_THE_FILE, of_person),
    ("grants/calls/", SEE_THE_CALL, of_call),
    ("pitches/", SEE_THE_PITCH, of_pitch),
    ("contracts/", SEE_THE_PITCH, of_contract),
    ("tranches/", SEE_THE_PITCH, of_tranche),
    ("sittings/", SEE_THE_SITTING, of_sitting),
)
SAID = {200: "+", 302: "+", 405: "+", 409: "+", 410: "+", 422: "+", 403: "x", 404: "0"}


def patterns(resolver: Any, space: str = "", before: str = "") -> Iterator[tuple[str, str, URLPattern]]:
    """(name, route, pattern) of every address there is."""
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from patterns(one, f"{space}{one.namespace}:" if one.namespace else space, before + str(one.pattern))
        else:
            yield f"{space}{one.name}", before + str(one.pattern), one


def table() -> dict[str, Address]:
    """The addresses that are written down, and the pages of verbs on a row, each for those who have the verb."""
    found = dict(ADDRESSES)
    verbs = rows()
    for name, route, _pattern in patterns(get_resolver()):
        who = verbs.get(name.replace(":", "."))
        for folder, seeing, args in FOLDERS:
            if name not in found and who is not None and route.startswith(f"{folder}<uuid:pk>/"):
                found[name] = Address(among(seeing, who), args)
    return found


@pytest.fixture
def world(db: None) -> SimpleNamespace:
    """One file of Amina's at Tunis with a call-back, and everybody who might look at it."""
    people = {letter: factories.user(name, **({"role": "auditor"} if letter == "a" else {})) for letter, name in PEOPLE.items()}
    return SimpleNamespace(people=people, **made())


def made() -> dict[str, Any]:
    case = asking.in_work()
    wided = actions.invite_user(by=factories.user("mona"), email="wided@example.org", name="Wided", letter=False)
    amina = factories.user("amina")
    return {
        "case": case,
        "centre": factories.course().provider,
        "course": factories.course(),
        "employer": factories.employer(),
        "vacancy": work.post_vacancy(by=amina, employer=factories.employer(), title="Baker", occupation="Baker"),
        "round": Round.objects.filter(case=case).order_by("due_on", "pk").first(),
        "colleague": amina,
        "grant": amina.grants.get(),
        "welcome": token_for(wided),
        "listing": hand_in_list(by=amina, programme=case.programme, office=case.office, file_name="list.csv", sha256="0" * 64),
        "pitch": (pitch := stage.submitted()),
        "call": pitch.call,
        **money(),
        **jury(),
        "duplicate": PossibleDuplicate.objects.create(
            programme=case.programme, office=case.office, case=case, person=factories.person(), strength="likely"
        ),
    }


def money() -> dict[str, Any]:
    """A support that is ordered, its account and order, a statement, and a month that is proposed to be closed."""
    tranche, dana = purse.tranche_at("ordered"), factories.user("dana")
    programme = tranche.contract.case.programme
    return {
        "tranche": tranche,
        "contract": tranche.contract,
        "order": tranche.order,
        "account": tranche.account,
        "statement": statements.import_statement(
            by=dana, programme=programme, office=tranche.contract.office, name="May", data=b"date,amount\n2026-03-02,1.00\n"
        ),
        "period": periods.propose_close_period(programme, by=dana, until=dt.date(2001, 1, 31)),
    }


def jury() -> dict[str, Any]:
    """A sitting that Farid chairs, with Elif's own seat in it."""
    sitting = juries.seated(1)
    return {"sitting": sitting, "seat": juries.seat_of("elif", juries.agenda(sitting)[0])}


def test_every_address_is_in_the_table():
    names = [name for name, _route, _pattern in patterns(get_resolver())]
    missing = sorted(set(names) - set(table()))
    assert not missing, "Say in tests/access/addresses.py who reaches them."
    assert not set(table()) - set(names), "These addresses are gone."
    assert len(names) == len(set(names)), "Two addresses have one name."


def test_what_needs_no_signing_in_is_said_so():
    open_ = {name for name, _route, pattern in patterns(get_resolver()) if not getattr(pattern.callback, "login_required", True)}
    assert open_ == PUBLIC


def test_whoever_has_not_signed_in_is_led_to_the_sign_in_page(client, world):
    for name, address in table().items():
        where = reverse(name, args=address.args(world))
        for ask in (client.get, client.post):
            answer = ask(where)
            if name in PUBLIC:
                assert answer.status_code != 403, name
            else:
                assert (answer.status_code, answer.url.partition("?")[0]) == (302, "/account/login/"), name


@pytest.mark.parametrize("letter", PEOPLE)
def test_everybody_reaches_what_the_table_says_and_nothing_else(letter, world):
    """Asked by GET; where the answer is no, pressing is answered alike, leaves no trace, and nothing names whose file it is."""
    client = Client()
    client.force_login(world.people[letter])
    name_of_the_file = world.case.person.name
    column, before, wrong = list(PEOPLE).index(letter), Event.objects.count(), {}
    for name, address in table().items():
        where, expected = reverse(name, args=address.args(world)), address.cells[column]
        got = [] if address.post else [client.get(where)]
        if expected != "+" and (pressed := client.post(where)).status_code != HTTPStatus.METHOD_NOT_ALLOWED:
            got.append(pressed)
        for answer in got:
            look_over(answer)
            if expected != "+" and name_of_the_file in answer.content.decode():
                wrong[name] = "names whom it refuses to show"
            if SAID.get(answer.status_code, str(answer.status_code)) != expected:
                wrong[name] = f"{answer.status_code}, not {expected}"
    assert not wrong, "\n".join(f"{name}: {what}" for name, what in wrong.items())
    assert Event.objects.count() == before, "a refused press left something behind"
