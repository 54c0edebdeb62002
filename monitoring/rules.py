"""What stands in the way of asking, as questions about facts that answer in sentences."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from casework.states import ENDS_FOLLOW_UP, Outcome
from monitoring.states import Why
from workflows.machine import Blocker

# Attempts through somebody else are capped a round (promise 5.7).
MOST_THROUGH_OTHERS = 2
# Tries by hand that a round is worth before the list says that it has had its share.
TRIES = 5

NOTHING_SAID = _("Nothing is written down yet: answer at least one question, or say that the person would rather not.")
LINK_ENDED = _("This was sent already. Thank you: there is nothing more to do.")
LINK_EXPIRED = _("The time for this link is over. You need do nothing.")


@dataclass(frozen=True)
class RoundFacts:
    """A round, the case that it follows, and how often others were used to reach the person."""

    round: Any
    case: Any
    through_others: int
    now: dt.datetime


_OUTCOME_STOPS = {Outcome.DECEASED: Why.DECEASED, Outcome.MERGED: Why.MERGED, Outcome.TRANSFERRED: Why.TRANSFERRED}
assert set(_OUTCOME_STOPS) == set(ENDS_FOLLOW_UP)


def why_following_ended(case: Any, *, withdrew: bool) -> str:
    """The reason why nobody asks any more about this case, or "". Closing alone is none."""
    if case.dead:
        return Why.DECEASED
    if case.erased_at:
        return Why.ERASED
    if case.outcome in _OUTCOME_STOPS:
        return _OUTCOME_STOPS[case.outcome]
    return Why.WITHDREW if withdrew else ""


def blockers_after_following_ended(facts: RoundFacts) -> Iterable[Blocker]:
    """After a death, a merge or a transfer out nobody is asked."""
    if why_following_ended(facts.case, withdrew=False):
        yield Blocker("following_ended", _("Nobody is asked about this file any more."))


def blockers_when_asked_with_another(facts: RoundFacts) -> Iterable[Blocker]:
    """Two rounds due within a month are asked once."""
    if facts.round.asked_with_id:
        yield Blocker("asked_with_another", _("This is asked together with another round of the same month, and counts with it."))


def blockers_to_going_through_another(facts: RoundFacts, reach: Any, *, safety: Sequence[Any]) -> Iterable[Blocker]:
    """A third person is tried only if the person named them and what may be said, never under a safety setting, twice at most."""
    if safety:
        yield Blocker("safety_setting", _("Safety setting"))
    elif reach is None or not reach.trusted_name or not reach.may_be_said:
        yield Blocker("nothing_may_be_said", _("The person has not said who this is and what may be said there."))
    if facts.through_others >= MOST_THROUGH_OTHERS:
        yield Blocker("through_others_spent", _("Others were asked twice already for this round. That is the most."))


@dataclass(frozen=True)
class Touch:
    """What a caseworker would notice about losing touch, and nothing about who the person is (promise 5.8)."""

    missed_in_a_row: int = 0
    number_dead: bool = False
    moved: bool = False
    silent_days: int = 0
    quiet_after: int = field(default=60)


def signs_of_losing_touch(touch: Touch) -> list[str]:
    """Sentences that ask for one more effort. Shown to caseworker and supervisor, kept nowhere, never lessening anything."""
    signs = []
    if touch.missed_in_a_row:
        count = touch.missed_in_a_row
        signs.append(ngettext("The last round was missed.", "The last %(count)s rounds were missed.", count) % {"count": count})
    if touch.number_dead:
        signs.append(str(_("A number no longer works: ask for another.")))
    if touch.moved:
        signs.append(str(_("The person has moved.")))
    if touch.silent_days > touch.quiet_after:
        signs.append(
            ngettext("No word for %(days)s day.", "No word for %(days)s days.", touch.silent_days) % {"days": touch.silent_days}
        )
    return signs
