"""Why this room speaks against a verb of the case: money that nobody has settled, a pitch before a jury, a contract that runs."""

from collections.abc import Iterator
from typing import Any
from weakref import WeakKeyDictionary

from django.utils.translation import gettext as _

from grants.on_case import Beside, take
from workflows import hooks
from workflows.machine import Blocker

TO_END = tuple(
    f"casework.{name}"
    for name in ("close_case", "propose_closing", "sign_closing", "close_as_merged", "decline_referral", "record_not_departed")
)


def register() -> None:
    """Speak against the ends of a case, and against going back to counselling."""
    for verb in TO_END:
        hooks.objections(verb, to_end)
    hooks.objections("casework.back_to_counselling", to_begin_anew)


def to_end(case: Any, facts: Any) -> Iterator[Blocker]:
    """A case ends when its money is settled and no jury has a pitch of it. What is only planned, or was paid, holds nobody."""
    found = _of(case, facts)
    for part in found.parts:
        if part.unsettled:
            yield Blocker(
                "unsettled_tranche",
                _("Part %(number)s of “%(what)s” is “%(state)s”: let it be paid, or cancelled, first.")
                % {"number": part.number, "what": part.contract, "state": part.state.label},
                part.url,
                _("Open the payment"),
            )
    yield from _before_a_jury(found)


def to_begin_anew(case: Any, facts: Any) -> Iterator[Blocker]:
    """Nobody is advised anew on something else while a jury has the plan, or while a contract runs."""
    found = _of(case, facts)
    yield from _before_a_jury(found)
    for promise in found.running:
        yield Blocker(
            "running_contract",
            _("The contract “%(what)s” runs: complete it, or end it early, first.") % {"what": promise},
            promise.url,
            _("Open the contract"),
        )


def _before_a_jury(found: Beside) -> Iterator[Blocker]:
    for pitch in found.pitches:
        if pitch.before_a_jury:
            yield Blocker(
                "before_a_jury",
                _("The pitch “%(title)s” is “%(state)s”: a jury decides on it, or it is withdrawn, first.")
                % {"title": pitch.title, "state": pitch.state.label},
                pitch.url,
                _("Open the pitch"),
            )


# What was read for one loading of the facts of a case: the verbs of one page all ask the same.
_read: "WeakKeyDictionary[Any, Beside]" = WeakKeyDictionary()


def _of(case: Any, facts: Any) -> Beside:
    found = _read.get(facts)
    if found is None:
        found = _read[facts] = take(case)
    return found
