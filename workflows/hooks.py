"""Where an upper room adds to a lower one. Each hook is filled in `apps.ready()`; there are no signals of our own.

- `authority`: may this actor perform this verb on this row? (accounts)
- `objections`: another room's reasons against a verb (grants: an unpaid tranche blocks closing)
- `days`: another room's reasons against a day (grants: the period is closed)
- `listen`: an event → a function, run once, after commit (monitoring plans rounds)
- `panels`: another room's box on a page (monitoring adds follow-up to the case)
- `wordings`: what a room's tasks say, where another room lists them
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from workflows.machine import Blocker

Authority = Callable[[Any, str, Any], Any]
Objection = Callable[[Any, Any], Iterable[Blocker]]
OfDay = Callable[[Any, dt.date], Iterable[Blocker]]
Listener = Callable[[Any], None]


@dataclass(frozen=True)
class Tale:
    """What another room tells in a story: its streams, its verbs with the kind that each is filed under, and the words of an event.

    `say(event, actor)` answers with one sentence that begins with the actor, or "" to leave the event out.
    """

    streams: tuple[str, ...]
    kinds: Mapping[str, str]
    say: Callable[[Any, Any], Any]


@dataclass(frozen=True)
class Panel:
    """A box that another room puts on a page: its title, the one line that says what is inside, and its template.

    `track` is its line on the way so far, as the page draws it: {"label", "say", "marks"}; `tale` what it adds to the story.
    """

    title: Any
    summary: Any = ""
    template: str = ""
    context: dict[str, Any] = field(default_factory=dict)
    order: int = 50
    name: str = ""
    url: str = ""
    track: Mapping[str, Any] | None = None
    tale: Tale | None = None


_authority: list[Authority] = []
_objections: dict[str, list[Objection]] = defaultdict(list)
_days: dict[str, list[OfDay]] = defaultdict(list)
_listeners: dict[str, dict[str, Listener]] = defaultdict(dict)
_panels: dict[str, list[Callable[[Any, Any], Panel | None]]] = defaultdict(list)
_wordings: dict[str, Any] = {}


def authority(fn: Authority) -> None:
    """Let `fn(actor, verb, obj)` answer who may: None (may), or the sentence that says who can instead."""
    _authority[:] = [fn]


def refusal_of(actor: Any, verb: str, obj: Any) -> Any:
    """None where the actor may perform the verb on the row, else a sentence. With no room of locks, nobody may."""
    return _authority[0](actor, verb, obj) if _authority else "Nobody has been given this verb."


def objections(verb: str, fn: Objection) -> None:
    """Let `fn(obj, facts)` object to `verb` ("casework.close_case") with blockers."""
    _objections[verb].append(fn)


def objections_to(verb: str) -> list[Objection]:
    """The objections registered for `verb`."""
    return _objections.get(verb, [])


def days(verbs: Iterable[str], fn: OfDay) -> None:
    """Let `fn(obj, day)` object to what the verbs would date on `day`."""
    for one in verbs:
        _days[one].append(fn)


def objections_to_day(verb: str, obj: Any, day: dt.date) -> list[Blocker]:
    """What speaks against dating what `verb` does on that day."""
    return [blocker for fn in _days.get(verb, []) for blocker in fn(obj, day)]


def listen(verbs: str | Iterable[str], name: str, fn: Listener) -> None:
    """Run `fn(event)` once for each event of the verb (or verbs), in a transaction of its own after commit.

    It writes rows of our database only and reads present facts, never the order of events. `name` is stable
    ("monitoring.plan_rounds"): a delivery waits under it even while the code is being replaced.
    """
    for one in (verbs,) if isinstance(verbs, str) else verbs:
        if _listeners[one].setdefault(name, fn) is not fn:
            raise ValueError(f"{name} listens to {one} twice.")


def listeners_of(verb: str) -> list[str]:
    """The names of those who listen to `verb`, in the order of their registration."""
    return list(_listeners.get(verb, {}))


def listener(verb: str, name: str) -> Listener | None:
    """The function registered as `name` for `verb`; None when the release that knew it is gone."""
    return _listeners.get(verb, {}).get(name)


def panels(place: str, fn: Callable[[Any, Any], Panel | None]) -> None:
    """Let `fn(request, obj)` put its Panel on the page `place` ("case", "my_day"), or None to stay away."""
    _panels[place].append(fn)


def panels_of(place: str, request: Any, obj: Any = None) -> list[Panel]:
    """The panels of a page for this request, in their order."""
    return sorted(filter(None, (fn(request, obj) for fn in _panels.get(place, []))), key=lambda panel: panel.order)


def wordings(kinds: Mapping[str, Any]) -> None:
    """Let the kinds of task of a room be said in its words: {"monitoring.call": _("Call")}."""
    _wordings.update(kinds)


def wording_of(kind: str) -> Any:
    """What a task of the kind says, in the language of whoever reads it; the kind itself where no room knows it."""
    return _wordings.get(kind, kind)
