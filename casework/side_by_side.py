"""One who may be known already, as the page shows it: who came, who is on file, line by line, and what may be said of it."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.scope import EVERYWHERE, scope_of
from casework import duplicates
from casework.actions.duplicate import answered, question_about
from casework.actions.merging import standing
from casework.actions.referral import identity_of_row, known_people
from casework.models import Case, PossibleDuplicate
from casework.possible import lines_of, strength_in_words
from casework.queries import Known, beside, elsewhere, newest_file_of
from workflows.models import Task

Decision = PossibleDuplicate.Decision


@dataclass(frozen=True)
class Newcomer:
    """Who came: a row of a list, or the person of a file that was opened meanwhile."""

    name: str
    reference: str
    case: Case | None = None


@dataclass(frozen=True)
class SideBySide:
    """A possible repeat before the eyes of one user."""

    duplicate: PossibleDuplicate
    newcomer: Newcomer
    known: Known
    lines: tuple[dict[str, Any], ...]
    reason: str
    asked: Task | None = None
    heard: bool = False

    @property
    def hidden(self) -> bool:
        """Whether the file is one that this user may not see."""
        return self.known.case is None

    @property
    def strength(self) -> str:
        """How alike the two are, in a word."""
        return strength_in_words(self.duplicate.strength) if self.duplicate.strength else ""

    @property
    def here_label(self) -> str:
        """What stands over the newcomer's column."""
        return _("Newly come") if self.newcomer.case else _("The list says")

    @property
    def may_say_same(self) -> bool:
        """Whether this user can say that it is one person: they see both, or the other office was heard."""
        return not self.hidden or self.heard or not self.known.office

    @property
    def can_open_meanwhile(self) -> bool:
        """Whether a file can be opened before it is decided."""
        return self.duplicate.row_id is not None and self.duplicate.case_id is None


def side_by_side(duplicate: PossibleDuplicate, user: Any) -> SideBySide:
    """Everything that this user may see of a possible repeat, in a number of questions that does not depend on how many wait."""
    known = beside(duplicate, user)
    newcomer = newcomers([duplicate], user)[duplicate.pk]
    if known.case is None:
        asked = question_about(duplicate)
        return SideBySide(duplicate, newcomer, known, (), "", asked, answered(duplicate) if asked else False)
    here, there = _identities(duplicate)
    if here is None or there is None:
        return SideBySide(duplicate, newcomer, known, (), "")
    likeness = duplicates.compare(here, there)
    lines = lines_of(here, there, likeness.parts if likeness else duplicates.compared(here, there))
    return SideBySide(duplicate, newcomer, known, lines, _reason(likeness))


def newcomers(some: list[PossibleDuplicate], user: Any) -> Mapping[uuid.UUID, Newcomer]:
    """Who came, for each: one question for those who have a file already, none for the rest."""
    ids = [one.case_id for one in some if one.case_id]
    cases = {case.pk: case for case in Case.objects.visible_to(user).filter(pk__in=ids).select_related("person")} if ids else {}
    return {one.pk: _newcomer(one, cases.get(one.case_id) if one.case_id else None) for one in some}


def _newcomer(duplicate: PossibleDuplicate, case: Case | None) -> Newcomer:
    if case is not None:
        return Newcomer(case.person.name, case.reference, case)
    if duplicate.row is None:
        return Newcomer(_("A file that is elsewhere now"), "")
    values = (duplicate.row.values or {}).get("values") or {}
    name = " ".join(filter(None, (values.get("given_names", ""), values.get("family_name", ""))))
    return Newcomer(name or values.get("native_name") or "", duplicate.row.reference)


def _identities(duplicate: PossibleDuplicate) -> tuple[duplicates.Identity | None, duplicates.Identity | None]:
    people = {duplicate.person_id, *([duplicate.case.person_id] if duplicate.case else [])}
    known, _files = known_people(people)
    there = known.get(duplicate.person_id)
    if duplicate.case:
        return known.get(duplicate.case.person_id), there
    values = (duplicate.row.values or {}).get("values") if duplicate.row else None
    return (identity_of_row(str(duplicate.pk), values) if values else None), there


def _reason(likeness: duplicates.Likeness | None) -> str:
    return f"{capfirst(likeness.ways)}." if likeness else _("The sender used this reference before, with other words.")


@dataclass(frozen=True)
class Said:
    """What was decided, in a sentence, and the file that it led to where the user may see it."""

    sentence: str
    case: Case | None = None
    to_join: bool = False


def what_was_decided(duplicate: PossibleDuplicate, user: Any) -> Said:
    """What a decision did: in place, for whoever looks."""
    row, decision = duplicate.row, duplicate.decision
    case_id = duplicate.case_id or (row.case_id if row else None)
    case = Case.objects.visible_to(user).filter(pk=case_id).select_related("person").first() if case_id else None
    name = {"name": case.person.name} if case else {"name": _("the person")}
    if decision == Decision.LATER:
        return Said(_("Put off: it waits at the end of the line."), case)
    if decision == Decision.DIFFERENT:
        return Said(_("Somebody else: %(name)s has a file of their own.") % name, case)
    if duplicate.case_id:
        if to_join(duplicate):
            return Said(_("One person, two records: a supervisor joins them."), case, to_join=True)
        return Said(_("One person: the two records of %(name)s are one now.") % name, case)
    if decision == Decision.SAME_NEW_RETURN:
        return Said(_("Same person: a new return of %(name)s is open.") % name, case)
    if case is None:
        other = newest_file_of(duplicate.person_id)
        return Said(_("Same person: the referral is noted on %(file)s.") % {"file": elsewhere(other.office.name) if other else ""})
    return Said(_("Same person: the referral is noted on the file of %(name)s.") % name, case)


def to_join(duplicate: PossibleDuplicate) -> bool:
    """Whether it is decided that two records are one person, and nobody has joined them yet."""
    same = duplicate.decision in (Decision.SAME, Decision.SAME_NEW_RETURN)
    return bool(same and duplicate.case and duplicate.case.person_id != standing(duplicate.person).pk)


def waiting_to_be_joined(user: Any) -> list[PossibleDuplicate]:
    """Decided as one person, still two records: those that this user may join."""
    offices = scope_of(user).where("casework.merge_people")
    if not offices:
        return []
    decided = PossibleDuplicate.objects.visible_to(user).filter(
        decision__in=(Decision.SAME, Decision.SAME_NEW_RETURN), case__isnull=False, person__merged_into=None, person__erased_at=None
    )
    if offices != EVERYWHERE:
        decided = decided.filter(office__in=offices)
    apart = decided.exclude(case__person=F("person")).filter(case__person__merged_into=None)
    return list(apart.select_related("row", "case", "office").order_by("decided_at", "pk")[:20])
