"""Before the scores of a pitch are open, nobody learns another's score, nor how far another is: hunted on every address."""

import io
import re
import uuid
import zipfile
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse

from grants.actions import scores, sittings
from grants.models import Pitch, Score, Seat
from tests import factories as make
from tests.access.test_every_address import patterns
from tests.grants import stage, table
from workflows import jobs
from workflows.acting import Refused
from workflows.models import Event

pytestmark = pytest.mark.django_db

EVERYBODY = (*make.CAST, "adem", "nobody")
SECRET = "Only Elif wrote this"
# What a page has of its own each time it is asked for.
FRESH = re.compile(rb'(csrfmiddlewaretoken" value="|X-CSRFToken": "|typed_tab" value=")[^"]+')


@pytest.fixture
def at(clock: Any) -> Any:
    """A sitting that is open, two pitches, three jurors; nobody has scored, and no listener has anything left to do."""
    made = table.sitting(2)
    jobs.drain()
    return made


def addresses(at: Any) -> list[str]:
    """Every address there is, completed with the rows of this sitting wherever its beginning says whose key it wants."""
    pitch = table.agenda(at)[0]
    rows = {
        "pitches": [pitch.pk, table.agenda(at)[1].pk],
        "sittings": [at.pk],
        "calls": [at.call_id],
        "seats": list(Seat.objects.values_list("pk", flat=True)),
        "cases": [pitch.case_id],
        "people": [pitch.case.person_id],
    }
    found = []
    for name, route, pattern in patterns(get_resolver()):
        if name.startswith(("account_", "mfa_")) or name in ("choose_theme", "choose_language", "look"):
            continue
        keys = rows.get(route.partition("/")[0], [])
        if not pattern.pattern.converters:
            found.append(reverse(name))
        for key in keys:
            try:
                found.append(reverse(name, args=[key]))
            except NoReverseMatch:
                continue
    sitting, first = reverse("grants:sitting", args=[at.pk]), f"?pitch={pitch.pk}"
    found += [sitting + first, reverse("grants:minutes", args=[at.pk]) + "?closed=1", reverse("casework:search") + "?q=warm"]
    return found


def _without_hours(body: bytes) -> bytes:
    """A workbook as its parts, without the hour at which it was made."""
    if not body.startswith(b"PK"):
        return body
    with zipfile.ZipFile(io.BytesIO(body)) as book:
        return b"".join(name.encode() + book.read(name) for name in sorted(book.namelist()) if name != "docProps/core.xml")


def seen(letter: str, where: list[str]) -> dict[str, tuple[int, bytes, dict[str, str]]]:
    """What somebody gets at each address: status, page, headers."""
    client = Client()
    client.force_login(make.user(letter, **({"role": "auditor"} if letter == "adem" else {})))
    found = {}
    for address in where:
        answer = client.get(address)
        body = _without_hours(b"".join(answer.streaming_content) if answer.streaming else answer.content)
        # How long a page is follows from the page itself, compared here; a packed workbook's depends on its hour.
        own = ("Content-Security-Policy", "Set-Cookie", "Content-Length")
        headers = {name: value for name, value in answer.headers.items() if name not in own}
        found[address] = (answer.status_code, FRESH.sub(b"", body), headers)
    return found


@pytest.mark.timeout(600)
@pytest.mark.parametrize("who", [one for one in EVERYBODY if one not in ("elif", "karim", "nour", "chen")])
def test_no_page_of_anybody_changes_by_a_byte_when_another_juror_scores(at, who):
    """Page, search, count, export, progress, order, version, ETag: asked before and after Elif hands in, answered alike."""
    where = addresses(at)
    seen(who, where)  # whatever the first look itself leaves behind
    before = seen(who, where)
    pitch = table.agenda(at)[0]
    sheet = {key: {**line, "words": SECRET} for key, line in table.sheet(pitch, 5).items()}
    scores.score_pitch(table.seat_of("elif", pitch), by=make.user("elif"), scores=sheet)
    jobs.drain()
    after = seen(who, where)
    changed = [address for address in where if before[address] != after[address]]
    assert changed == []
    assert not [address for address in where if SECRET.encode() in after[address][1]]


def test_the_file_and_the_pitch_keep_their_version_and_story_when_a_juror_scores(at):
    pitch = table.agenda(at)[0]
    was = Pitch.objects.values_list("version", "stream_seq", "state", "state_since", "released_at").get(pk=pitch.pk)
    sitting = type(at).objects.values_list("version", "stream_seq").get(pk=at.pk)
    table.scored(pitch, elif_=4)
    assert Pitch.objects.values_list("version", "stream_seq", "state", "state_since", "released_at").get(pk=pitch.pk) == was
    assert type(at).objects.values_list("version", "stream_seq").get(pk=at.pk) == sitting
    event = Event.objects.get(verb="grants.score_pitch")
    assert event.stream == table.seat_of("elif", pitch).stream
    assert event.facts == {}


def test_a_juror_finds_nothing_at_the_address_of_anothers_seat(client, at):
    seat = table.seat_of("elif", table.agenda(at)[0])
    client.force_login(make.user("idris"))
    for name in ("score_pitch", "declare", "declare_conflict", "recuse", "record_absence", "replace_juror"):
        assert client.get(reverse(f"grants:{name}", args=[seat.pk])).status_code == HTTPStatus.NOT_FOUND
        assert client.post(reverse(f"grants:{name}", args=[seat.pk])).status_code == HTTPStatus.NOT_FOUND
    assert client.post(reverse("grants:autosave_scores", args=[seat.pk])).status_code == HTTPStatus.NOT_FOUND
    assert client.get(reverse("grants:score_pitch", args=[uuid.uuid4()])).status_code == HTTPStatus.NOT_FOUND


def test_the_chair_learns_that_not_all_are_in_and_neither_how_many_nor_who(client, at):
    pitch = table.agenda(at)[0]
    client.force_login(make.user("farid"))
    page = reverse("grants:sitting", args=[at.pk]) + f"?pitch={pitch.pk}"
    said = []
    for given in ({}, {"elif_": 5}, {"idris": 2}):
        table.scored(pitch, **given)
        with pytest.raises(Refused) as refused:
            sittings.release_scores(stage.again(pitch), by=make.user("farid"))
        said.append((str(refused.value), client.get(page).content.decode().count("Not all scores are in.")))
    assert set(said) == {
        ("Not all scores are in. They are opened when each seated juror has handed in, or is recorded as absent.", said[0][1])
    }
    table.scored(pitch, karim=3)
    assert "All scores are in. Nobody has seen another’s." in client.get(page).content.decode()


def test_recording_an_absence_answers_alike_whether_the_juror_has_scored_or_not(client, at):
    """The chair cannot find out by trying: what was handed in stands, and the answer is the same."""
    first, second = table.agenda(at)
    table.scored(first, elif_=5)
    client.force_login(make.user("farid"))
    told = []
    for pitch in (first, second):
        seat = table.seat_of("elif", pitch)
        page = reverse("grants:record_absence", args=[seat.pk])
        answer = client.post(page, {"version": seat.version})
        told.append((answer.status_code, re.sub(r"[0-9a-f-]{36}", "", answer.url)))
        told.append(client.get(page).status_code)
    assert told[:2] == told[2:]
    assert table.seat_of("elif", first).scored_at is not None
    assert table.seat_of("elif", second).absent_at is not None


def test_a_score_is_read_by_its_juror_alone_until_the_chair_opens_all(at):
    pitch = table.agenda(at)[0]
    table.scored(pitch, elif_=4, idris=3, karim=2)
    own = {who: Score.objects.visible_to(make.user(who)).count() for who in EVERYBODY if who != "adem"}
    assert {who: n for who, n in own.items() if n} == {"elif": 3, "idris": 3, "karim": 3}
    sittings.release_scores(stage.again(pitch), by=make.user("farid"))
    opened = {who: Score.objects.visible_to(make.user(who)).count() for who in EVERYBODY if who != "adem"}
    assert {who for who, n in opened.items() if n == 9} == {"elif", "idris", "karim", "farid", "hana"}
    assert {who for who, n in opened.items() if n} == {"elif", "idris", "karim", "farid", "hana"}, "no caseworker reads one"


def test_once_open_the_board_shows_levels_in_order_and_no_name(client, at):
    pitch = table.agenda(at)[0]
    table.released(pitch, elif_=5, idris=2, karim=4)
    client.force_login(make.user("farid"))
    page = client.get(reverse("grants:sitting", args=[at.pk]) + f"?pitch={pitch.pk}").content.decode()
    assert "2, 4, 5" in page
    table_of_scores = page[page.index('class="table spreads"') : page.index("</table>")]
    assert not any(name in table_of_scores for name in ("Elif", "Idris", "Karim"))


def test_a_second_hearing_is_as_blind_as_the_first(at):
    """What was opened at the first hearing stays open; the sheets of the second are nobody's before they are opened."""
    first, second = table.agenda(at)
    for pitch in (first, second):
        table.released(pitch)
        table.decide(at, pitch, "adjourned", leaves_rule_because="Two papers are awaited.")
    from grants.actions import decisions, pitches

    decisions.sign_decisions(decisions.propose_decisions(stage.again(at), by=make.user("farid")), by=make.user("gia"))
    again = pitches.revise_pitch(stage.again(first), by=make.user("amina"))
    Pitch.objects.filter(pk=again.pk).update(state="eligible")
    later = sittings.plan_sitting(
        stage.again(at.call),
        by=make.user("hana"),
        chair=make.user("farid"),
        held_on=table.clock.today(),
        pitches=[stage.again(first)],
    )
    for name in table.JURORS:
        sittings.invite_juror(later, by=make.user("hana"), user=make.user(name), institution=name)
        sittings.undertake(stage.again(later), by=make.user(name))
    sittings.seat_jury(stage.again(later), by=make.user("hana"))
    sittings.draw_lots(stage.again(later), by=make.user("hana"))
    later = sittings.open_sitting(stage.again(later), by=make.user("farid"))
    seat = Seat.objects.get(pitch=first, member__sitting=later, member__user=make.user("elif"))
    scores.declare(seat, by=make.user("elif"))
    scores.score_pitch(stage.again(seat), by=make.user("elif"), scores=table.sheet(first, 3))
    visible = Score.objects.visible_to(make.user("farid"))
    assert visible.filter(seat__member__sitting=at).count() == 18
    assert visible.filter(seat__member__sitting=later).count() == 0
