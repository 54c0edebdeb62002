"""The tests' own rules hold: a page that is not tidy is refused, and what we depend on is what the locks say."""

import importlib.metadata
import json
import re
import socket
from pathlib import Path

import pytest
import pytest_socket
from django.db import DatabaseError
from django.http import HttpResponse

from tests.conftest import Untidy, look_over
from workflows import clock as clocks
from workflows import triggers
from workflows.models import Event

BASE = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        ('<p style="color:red">x</p>', "inline style on <p>"),
        ('<button onclick="go()">x</button>', "inline onclick on <button>"),
        ("<style>p{}</style>", "inline <style>"),
        ("<script>go()</script>", "inline <script>"),
        ('<a href="javascript:go()">x</a>', "javascript: address on <a>"),
        ("<p>{{ name }}</p>", "template code in the text: '{{ name }}'"),
        ('<a title="{{ name }}">x</a>', "template code in title of <a>"),
    ],
)
def test_an_untidy_page_is_refused(html, fault):
    with pytest.raises(Untidy) as refused:
        look_over(HttpResponse(html))
    assert str(refused.value) == fault


def test_a_tidy_page_passes():
    look_over(
        HttpResponse(
            '<script src="/a.js"></script><script type="application/json">{"a": "{{"}</script><textarea>{{ kept }}</textarea>'
        )
    )
    look_over(HttpResponse('{"onclick": "<style>"}', content_type="application/json"))


@pytest.mark.filterwarnings("ignore:A test tried to use socket")
def test_nothing_reaches_beyond_this_machine():
    with pytest.raises(pytest_socket.SocketConnectBlockedError), socket.socket() as outside:
        outside.connect(("192.0.2.1", 80))


def test_the_clock_stands_still_until_it_is_set(clock):
    first = clocks.now()
    assert first.isoformat() == "2026-03-02T09:00:00+00:00"
    assert clocks.now() == first
    clock.set(first.replace(year=2027))
    assert clocks.today().year == 2027


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", ["first", "second"])
def test_tests_that_commit_find_the_ledgers_empty_and_guarded(time):
    """Run twice: the event that the first leaves behind is gone at the second, and the triggers are back."""
    assert triggers.missing() == []
    assert not Event.objects.exists()
    Event.objects.create(
        stream="toy:1",
        seq=1,
        verb="toy.build",
        actor_kind="system",
        actor_id="tests",
        recorded_at=clocks.now(),
        body="{}",
        hash="0",
    )
    with pytest.raises(DatabaseError, match="append only"):
        Event.objects.all().delete()


def test_one_django_fsm_and_the_maintained_one():
    assert importlib.metadata.version("django-fsm-2")
    with pytest.raises(importlib.metadata.PackageNotFoundError):
        importlib.metadata.version("django-fsm")


def test_the_locks_name_versions_and_hashes_and_no_address():
    for name in ("requirements.lock", "requirements-dev.lock", "requirements-node.lock"):
        text = (BASE / name).read_text()
        assert "://" not in text
        packages = re.findall(r"^([\w.\[\]-]+)==", text, re.M)
        assert packages
        assert len(re.findall(r"^[\w.\[\]-]+==[^\n]*\\\n    --hash=sha256:", text, re.M)) == len(packages)
    packages = json.loads((BASE / "package-lock.json").read_text())["packages"]
    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert [name for name, package in packages.items() if name and "integrity" not in package] == []


def test_what_the_demo_installs_is_part_of_what_the_tests_install():
    def pins(name):
        return set(re.findall(r"^([\w.\[\]-]+==[^ ;\\]+)", (BASE / name).read_text(), re.M))

    assert pins("requirements.lock") <= pins("requirements-dev.lock")


def test_no_dependency_is_agpl():
    agpl = [
        distribution.metadata["Name"]
        for distribution in importlib.metadata.distributions()
        if "AGPL"
        in f"{distribution.metadata.get('License-Expression')} {distribution.metadata.get_all('Classifier')}".replace(
            "Affero", "AGPL"
        )
    ]
    assert agpl == []
