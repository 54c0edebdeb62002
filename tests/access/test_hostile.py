"""Bad input at every address: whatever is typed, altered, guessed or sent twice, there is a sentence and never a breakdown.

Every form that anybody reaches is filled with what nobody should type; every address is asked in ways nobody should ask.
"""

import datetime as dt
import re
from html import unescape
from html.parser import HTMLParser
from http import HTTPStatus
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from casework.actions.referral import hand_in_list
from monitoring.models import Answer, Invitation, Round
from tests import factories
from tests.access.addresses import PEOPLE
from tests.access.test_every_address import made, table
from tests.conftest import look_over
from tests.monitoring import asking
from workflows import clock
from workflows.models import Event

pytestmark = pytest.mark.django_db

HOSTILE = {
    "ten thousand characters": "ش" * 10_000,
    "a null": "Ali\x00Gharbi",
    "direction and control": "\u202eاسم\u202c Ali\x07\x1b[31m\u2066",
    "emoji": "🐝👩🏽‍🌾 𐤀",
    "markup": "<script>alert(1)</script><b title=\"x\" onclick='y'>'; DROP--",
    "a day that never was": "31/02/2026",
    "the last second": "9999-12-31T23:59",
    "not a number": "NaN",
    "huge": "1e400",
    "many digits": "9" * 60,
    "negative": "-1",
    "a formula": "=1+1",
    "half a key": "0187-not-a-key",
    "nothing": "",
}
WORDS = ("a null", "direction and control", "markup", "ten thousand characters")
ASKED = ("a null", "half a key", "many digits", "a day that never was")
# What every page has, pressed by its own tests.
IN_THE_BAR = ("/account/logout/", "/appearance/light/", "/appearance/language/", "/me/language/")
FINE = {200, 302, 303, 400, 403, 404, 405, 409, 410, 413, 422, 429}
MINE = "Words of my own, typed once"

Fields = dict[str, tuple[str, list[str]]]


class Forms(HTMLParser):
    """The forms of a page that are sent by POST: where to, and the names of what they ask for with what stands in them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, Fields]] = []
        self._open: Fields | None = None
        self._select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and given.get("method", "").lower() == "post":
            self._open = {}
            self.found.append((given.get("action", ""), self._open))
        if self._open is None:
            return
        name, kind = given.get("name", ""), given.get("type", "submit" if tag == "button" else "text")
        if tag == "textarea" and name:
            self._open[name] = ("words", [])
        elif tag == "select" and name:
            self._open[name], self._select = ("choice", []), name
        elif tag == "option" and self._select:
            self._open[self._select][1].append(given.get("value", ""))
        elif tag in ("input", "button") and name not in ("", "csrfmiddlewaretoken"):
            sort = {"radio": "choice", "checkbox": "choice", "submit": "button", "text": "words", "search": "words"}.get(kind, kind)
            self._open.setdefault(name, (sort, []))[1].append(given.get("value", "on" if sort == "choice" else ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = ""


def plausibly(fields: Fields, words: str) -> dict[str, str]:
    """The form as somebody would fill it, with `words` wherever words go."""
    fitting = {"date": f"{clock.today():%Y-%m-%d}", "datetime-local": "2026-03-02T09:00", "number": "1", "email": "a@example.net"}
    data = {}
    for name, (kind, stood) in fields.items():
        if kind == "words":
            data[name] = (stood[0] if stood else "") or ("1" if re.search("amount|wage|cost|months|hours", name) else words)
            data[name] = words if not stood or not stood[0] else data[name]
        elif kind in fitting:
            data[name] = fitting[kind]
        elif kind in ("choice", "hidden"):
            data[name] = next((one for one in reversed(stood) if one), "")
    return data


def all_wrong(fields: Fields, turn: int) -> dict[str, str]:
    """The form with another bad text in each of its fields, the choices and what was hidden too."""
    bad = list(HOSTILE.values())
    return {
        name: bad[(number + turn) % len(bad)] for number, name in enumerate(fields) if fields[name][0] not in ("file", "button")
    }


def pressed_badly(client: Client, where: str, page: str, *, turns: int = 3) -> list[str]:
    """Every form of the page with every sort of bad text in it: what broke."""
    wrong = []
    for action, fields in Forms(page).found:
        there = action if action.startswith("/") else where
        if there in IN_THE_BAR:
            continue
        sent = [(f"turn {turn}", all_wrong(fields, turn * 5)) for turn in range(turns)]
        sent += [(name, plausibly(fields, HOSTILE[name])) for name in WORDS if any(kind == "words" for kind, _ in fields.values())]
        for name, typed in sent:
            if said := broke(lambda: client.post(there, typed | {"no_such_field": "\x00"})):  # noqa: B023 called at once
                wrong.append(f"{there} with {name}: {said}")
    return wrong


def broke(ask: Any) -> str:
    """What broke when it was asked, or nothing."""
    try:
        with transaction.atomic():
            answer = ask()
            look_over(answer)
            if answer.streaming:
                list(answer)
    except Exception as error:  # noqa: BLE001 whatever it is, it is told with what was asked
        return f"{type(error).__name__}: {error!s:.200}"
    return "" if answer.status_code in FINE else str(answer.status_code)


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def world(db: None) -> SimpleNamespace:
    people = {letter: factories.user(name, **({"role": "auditor"} if letter == "a" else {})) for letter, name in PEOPLE.items()}
    return SimpleNamespace(people=people, **made())


def reached_first_by(letter: str) -> list[tuple[str, Any]]:
    """The addresses that open to this person and to nobody before them in the table: together, all of them once."""
    return [
        (name, address)
        for name, address in table().items()
        if address.cells.find("+") == list(PEOPLE).index(letter) and not name.startswith(("account_", "mfa_"))
    ]


FIRST = "".join(letter for letter in PEOPLE if reached_first_by(letter))


# ——— whatever is typed ———


@pytest.mark.both_databases
@pytest.mark.parametrize("letter", FIRST)
def test_whatever_is_typed_into_any_form_breaks_nothing(letter, world):
    client = signed_in(world.people[letter])
    wrong, seen = [], set()
    for _name, address in reached_first_by(letter):
        where = reverse(_name, args=address.args(world))
        page = None if address.post else client.get(where)
        if page is None or page.status_code != 200 or not page.headers["Content-Type"].startswith("text/html"):
            continue
        text = page.content.decode()
        shapes = {(action, *fields) for action, fields in Forms(text).found}
        if shapes - seen:
            seen |= shapes
            wrong += pressed_badly(client, where, text, turns=2)
    assert not wrong, "\n".join(wrong)


# ——— whatever stands behind the question mark ———


@pytest.mark.both_databases
@pytest.mark.parametrize("letter", FIRST)
def test_whatever_is_asked_behind_the_question_mark_breaks_nothing(letter, world, monkeypatch):
    """What a page looks for in its address is learnt by watching it look."""
    read: set[str] = set()

    def watched(name: str) -> Any:
        plain = getattr(QueryDict, name)

        def look(self: QueryDict, key: str, *more: Any) -> Any:
            read.add(key)
            return plain(self, key, *more)

        return look

    for name in ("__getitem__", "__contains__", "getlist"):
        monkeypatch.setattr(QueryDict, name, watched(name), raising=False)
    client, wrong = signed_in(world.people[letter]), []
    for name, address in reached_first_by(letter):
        if address.post:
            continue
        where = reverse(name, args=address.args(world))
        read.clear()
        said = broke(lambda: client.get(where))  # noqa: B023 called at once
        asked = sorted(read - {"csrfmiddlewaretoken"})
        tries = [(bad, dict.fromkeys(asked, HOSTILE[bad][:3000])) for bad in ASKED if asked]
        tries += [(f"half a key as {key}", {key: HOSTILE["half a key"]}) for key in asked[:4] if len(asked) > 1]
        for what, query in tries:
            if not said and (said := broke(lambda: client.get(where, query))):  # noqa: B023 called at once
                said = f"asked with {what}: {said}"
        if said:
            wrong.append(f"{where} {said}")
    assert not wrong, "\n".join(wrong)


# ——— a stale page, a second tab, a second press ———


def verb_forms(letter: str, world: SimpleNamespace) -> list[tuple[str, str, Fields]]:
    """(name, where, fields) of every form that opens to this person first and asks for something."""
    client, found = signed_in(world.people[letter]), []
    for name, address in reached_first_by(letter):
        where = reverse(name, args=address.args(world))
        page = None if address.post else client.get(where)
        if page is None or page.status_code != 200 or not page.headers["Content-Type"].startswith("text/html"):
            continue
        found += [(name, where, fields) for action, fields in Forms(page.content.decode()).found if action in ("", where)]
    return found


def words_of(fields: Fields, typed: dict[str, str]) -> bool:
    """Whether words were typed that can be kept."""
    return any(kind == "words" and typed[name] == MINE for name, (kind, _stood) in fields.items())


@pytest.mark.parametrize("letter", FIRST)
def test_a_form_of_a_row_that_changed_meanwhile_changes_nothing_and_keeps_what_was_typed(letter, world):
    """Two tabs, or two people: the later press speaks of a row that is no more what the page showed."""
    client, wrong = signed_in(world.people[letter]), []
    for name, where, fields in verb_forms(letter, world):
        if "version" not in fields or not fields["version"][1][0]:
            continue
        typed, before = plausibly(fields, MINE), Event.objects.count()
        answer = client.post(where, typed | {"version": str(int(fields["version"][1][0]) - 1)})
        if (
            answer.status_code not in (HTTPStatus.OK, HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY)
            or Event.objects.count() != before
        ):
            wrong.append(f"{name}: {answer.status_code}, {Event.objects.count() - before} events")
        elif words_of(fields, typed) and MINE not in answer.content.decode():
            wrong.append(f"{name}: what was typed is gone")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("letter", FIRST)
def test_a_form_that_is_pressed_twice_acts_once(letter, world):
    client, wrong = signed_in(world.people[letter]), []
    for name, where, fields in verb_forms(letter, world):
        typed, before = plausibly(fields, f"{MINE} {len(wrong)}"), Event.objects.count()
        with transaction.atomic():
            answers = [client.post(where, typed).status_code]
            first = Event.objects.count()
            answers.append(client.post(where, typed).status_code)
            if first > before and Event.objects.count() > first:
                wrong.append(f"{name}: {answers}, {first - before} and {Event.objects.count() - first} events")
            transaction.set_rollback(True)
    assert not wrong, "\n".join(wrong)


# ——— a file of another office, by guessing ———


def as_sent(answer: Any, key: str, text: bool = True) -> tuple[Any, ...]:
    """All that an answer says, with the key that was asked for taken out, and what is new in every page."""
    body = re.sub(r'csrfmiddlewaretoken" value="[^"]*"|nonce-[\w-]+|X-CSRFToken[^}]*', "", answer.content.decode(errors="replace"))
    headers = {name: value.replace(key, "…") for name, value in answer.headers.items() if name != "Set-Cookie"}
    return answer.status_code, body.replace(key, "…"), headers


@pytest.mark.both_databases
@pytest.mark.parametrize("letter", ["z", ""])
def test_a_guessed_address_says_no_more_than_an_address_of_nothing(letter, world):
    """Status, words, headers (an ETag, a length, where one is led): all alike, whatever the way of asking."""
    client, wrong, asked = signed_in(world.people[letter]) if letter else Client(), [], 0
    for name, address in table().items():
        args = address.args(world)
        if not args or not isinstance(args[0], UUID) or (letter and address.cells[list(PEOPLE).index(letter)] != "0"):
            continue
        other = uuid4()
        there, nowhere = (reverse(name, args=[key, *args[1:]]) for key in (args[0], other))
        for ask in (client.get, client.post, *([client.head] if "_" not in name else [])):
            asked += 1
            if as_sent(ask(there), str(args[0])) != as_sent(ask(nowhere), str(other)):
                wrong.append(f"{name} by {ask.__name__}")
    assert not wrong, "\n".join(wrong)
    assert asked > 60


COUNTS = ("casework:my_day", "casework:queue", "casework:search", "casework:referrals", "casework:duplicates", "monitoring:calls",
          "casework:print_day", "casework:visit_pack", "casework:match", "grants:calls", "casework:looked")  # fmt: skip


def test_no_list_or_number_of_another_office_changes_with_our_files(world):
    """Chen at Zarzis reads everything that Chen reads; then Tunis gets more of everything; then Chen reads it again."""
    client = signed_in(world.people["z"])

    def read() -> dict[str, Any]:
        pages = {name: as_sent(client.get(reverse(name), {"q": "Khaled"}), "-") for name in COUNTS}
        assert {page[0] for page in pages.values()} == {HTTPStatus.OK}
        return pages

    read()
    before = read()
    case = factories.case_at("placed")
    factories.case_at("training")
    hand_in_list(by=world.people["c"], programme=case.programme, office=case.office, file_name="more.csv", sha256="1" * 64)
    assert case.office.code == "TUNIS"
    after = read()
    assert [name for name in COUNTS if before[name] != after[name]] == []


# ——— a link in a letter ———


@pytest.fixture
def link(clock):
    """A question is out: the case, and the address in the letter."""
    case = asking.in_work()
    clock.set(dt.datetime(2026, 6, 2, 10))
    asking.ticked()
    return SimpleNamespace(case=case, path=f"/a/{asking.links()[-1]}/")


def as_it_stands() -> list[Any]:
    return [Event.objects.count(), list(Answer.objects.values()), list(Round.objects.order_by("pk").values("pk", "state", "why"))]


def test_a_mail_scanner_that_opens_every_link_and_presses_what_it_finds_answers_nothing(link, client):
    """It follows each link and looks by HEAD; a form sent empty, or one step early, is no answer, no refusal, no withdrawal."""
    before, follow, seen = as_it_stands()[1:], [link.path], set()
    while follow and len(seen) < 40:
        seen.add(address := follow.pop())
        assert client.head(address).status_code == HTTPStatus.OK
        page = client.get(address)
        found = re.findall(r'href="([^"]*)"', page.content.decode())
        follow += sorted({one for one in map(unescape, found) if one.startswith(link.path)} - seen)
    for typed in ({}, {"do": "nonsense"}, {"do": "answer"}, {"do": "answer", "question": "employment.worked_last_week"}):
        assert client.post(link.path, typed).status_code in (HTTPStatus.SEE_OTHER, HTTPStatus.UNPROCESSABLE_ENTITY)
    assert as_it_stands()[1:] == before
    assert client.get(link.path).status_code == HTTPStatus.OK, "the link still works for whom it was meant"


def test_sent_before_anything_was_answered_the_round_stays_open_and_the_way_out_is_shown(link, client):
    shown = client.post(link.path, {"do": "send"}, follow=True).content.decode()
    assert 'value="not_now"' in shown and 'value="send"' not in shown
    assert 'value="send"' not in client.get(link.path, {"n": "end"}).content.decode()
    assert asking.rounds_of(link.case)["work", 3].state == "invited"


@pytest.mark.parametrize("cut", [slice(None, -3), slice(2, None), slice(0, 0)])
def test_a_link_that_was_cut_lengthened_or_turned_opens_nothing(cut, link, client):
    token = link.path.split("/")[2]
    before = as_it_stands()
    for bad in (token[cut] or "x", token + "x", token.swapcase(), token[::-1], token + "%00", "ش" * 300):
        for ask in (client.get, client.post):
            assert ask(f"/a/{bad}/", {"do": "never"}).status_code == HTTPStatus.NOT_FOUND
    assert as_it_stands() == before


@pytest.mark.parametrize("do", ["not_now", "never", "send"])
def test_what_ends_a_link_ends_it_once(do, link, client):
    client.post(link.path, {"do": "begin"})
    client.post(link.path, {"do": "answer", "question": "employment.worked_last_week", "answer": "no"})
    answers = [client.post(link.path, {"do": do}).status_code for _press in range(2)]
    after = as_it_stands()
    assert answers == [HTTPStatus.SEE_OTHER, HTTPStatus.GONE]
    assert client.post(link.path, {"do": "begin"}).status_code == HTTPStatus.GONE
    assert as_it_stands() == after


@pytest.mark.both_databases
def test_whatever_is_sent_to_a_link_breaks_nothing(link, client):
    client.post(link.path, {"do": "begin"})
    first, wrong = {"do": "answer", "question": "employment.worked_last_week"}, []
    for name, bad in HOSTILE.items():
        presses = (None, {"do": bad}, {"do": "begin", "phone_is": bad}, first | {"answer": bad}, first | {"question": bad})
        for query in ({}, {"n": bad}, {"l": bad, "m": bad}):
            where = f"{link.path}?{urlencode({key: text[:900] for key, text in query.items()})}"
            for typed in presses:
                Invitation.objects.update(posts=0)
                if said := broke(lambda: client.get(where) if typed is None else client.post(where, typed)):  # noqa: B023
                    wrong.append(f"{where[:80]} with {name} {typed and sorted(typed)}: {said}")
    assert not wrong, "\n".join(wrong)
