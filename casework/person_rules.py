"""Questions about people, programmes and repeats that answer in sentences. The rules of the case are in rules.py."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from casework.rules import page
from workflows.machine import Blocker

if TYPE_CHECKING:
    from casework.models import EmergencyNumber, Person, PossibleDuplicate, Programme

# A number that nobody called for three months may be dead by now.
NUMBER_CHECKED_WITHIN = dt.timedelta(days=92)


@dataclass(frozen=True)
class ProgrammeFacts:
    """What opening a programme asks."""

    programme: "Programme"
    numbers: tuple["EmergencyNumber", ...]
    has_office: bool
    today: dt.date


@dataclass(frozen=True)
class PersonFacts:
    """What merging asks of a person: itself, and whether another record was merged into it and not undone."""

    person: "Person"
    holds_another: bool


def blockers_to_go_live(facts: ProgrammeFacts) -> Iterator[Blocker]:
    """A programme opens with a lawful basis, an office, and emergency numbers that answer."""
    programme, sentence = facts.programme, _("Nobody has written down on what lawful basis files are kept, and who decided it.")

    def missing(code: str, sentence: Any, part: str, label: Any) -> Blocker:
        return Blocker(code, sentence, page("change_programme", programme.code, part), label)

    if programme.live_since:
        yield Blocker("live_already", _("The programme is open already."))
    if not (programme.lawful_basis and programme.lawful_basis_decided_by):
        yield missing("lawful_basis", sentence, "lawful-basis", _("Write it down"))
    if not facts.has_office:
        yield missing("no_office", _("No office carries out the programme yet."), "offices", _("Name an office"))
    if not facts.numbers:
        yield missing("no_emergency_number", _("There is no number to call in an emergency."), "numbers", _("Write numbers down"))
    for number in facts.numbers:
        named = {"label": number.label, "number": number.number}
        if number.dead_since:
            dead = _("%(label)s, %(number)s, does not answer.") % named
            yield missing("dead_number", dead, "numbers", _("Give one that answers"))
        elif number.checked_on is None or number.checked_on < facts.today - NUMBER_CHECKED_WITHIN:
            unchecked = _("Nobody has called %(label)s, %(number)s, in the last three months.") % named
            yield missing("unchecked_number", unchecked, "numbers", _("Call it, and write the day down"))


def blockers_to_merge(facts: PersonFacts) -> Iterator[Blocker]:
    """A record that was merged into another is not the one to keep."""
    if facts.person.merged_into_id:
        yield Blocker("merged_already", _("This record was merged into another. Open that one."))
    if facts.person.erased_at:
        yield Blocker("erased", _("This record was erased."))


def blockers_to_unmerge(facts: PersonFacts) -> Iterator[Blocker]:
    """Only what was merged can be taken apart."""
    if not facts.holds_another:
        yield Blocker("nothing_merged", _("No other record was merged into this one."))


def blockers_to_decide_duplicate(duplicate: "PossibleDuplicate") -> Iterator[Blocker]:
    """A decision is made once; *later* leaves it open."""
    if duplicate.decision and duplicate.decision != duplicate.Decision.LATER:
        yield Blocker(
            "decided_already", _("This was decided already: %(decision)s.") % {"decision": duplicate.get_decision_display()}
        )


def blockers_to_take_back_decision(duplicate: "PossibleDuplicate") -> Iterator[Blocker]:
    """What was decided can be undone while nothing else rests on it."""
    if duplicate.decision in ("", duplicate.Decision.LATER):
        yield Blocker("not_decided", _("Nothing is decided here yet."))
    elif not duplicate.case_id:
        yield Blocker("acted_on", _("A file rests on this decision. Tell your supervisor if it was not right."))
