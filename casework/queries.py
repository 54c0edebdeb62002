"""Page-shaped reads over several models. Each starts from what this user may see."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts.scope import EVERYWHERE, scope_of
from casework import names, phones
from casework.models import Case, Membership, Person, PossibleDuplicate, Programme, Reach, SearchToken
from workflows.encryption import blind_index

_LAST = "\U0010ffff"
_MOST_WORDS = 6
_SPOKEN = "~"
"""Begins a token that says how a word sounds; one without it is the word in Latin letters."""


def begins(column: str, start: str) -> Q:
    """That `column` begins with `start`, in the form that this database answers from an index."""
    if connection.vendor == "postgresql":
        return Q(**{f"{column}__startswith": start})
    # SQLite's LIKE does not use an index of binary order; a range does.
    return Q(**{f"{column}__gte": start, f"{column}__lt": start + _LAST})


# ——— search ———


@dataclass(frozen=True)
class Hit:
    """One file found, and by what: "reference", "phone", "name" or "sound"."""

    case: Case
    by: str


@dataclass(frozen=True)
class Found:
    """What a search gives: the files that this user may see, the closest first, and whether there are more."""

    text: str
    hits: list[Hit] = field(default_factory=list)
    more: bool = False


def search(user: Any, text: str, *, most: int = 20) -> Found:
    """Find files by name in any script, phone in any form, or reference: at most five queries, whatever is typed.

    A word finds names that begin with it, then names that sound like it. Nothing outside `visible_to(user)` is ever found.
    """
    text = " ".join(names.fold_digits(text[:200]).split())
    seen = Case.objects.visible_to(user).select_related("person", "office", "caseworker")
    hits: dict[Any, Hit] = {}
    for by, cases in _ways(seen, text):
        wanted = most + 1 - len(hits)
        if wanted <= 0:
            break
        for case in cases.exclude(pk__in=list(hits)).order_by("-state_since", "pk")[:wanted]:
            hits[case.pk] = Hit(case, by)
    found = list(hits.values())
    return Found(text, found[:most], len(found) > most)


def matching(cases: QuerySet[Case], text: str) -> QuerySet[Case]:
    """Those of `cases` that a search for `text` finds, by any way, in no order: what the filter of a list needs."""
    found = Q()
    for _by, some in _ways(cases, " ".join(names.fold_digits(text[:200]).split())):
        found |= Q(pk__in=some.values("pk"))
    return cases.filter(found) if found else cases.none()


def _ways(seen: QuerySet[Case], text: str) -> Iterable[tuple[str, QuerySet[Case]]]:
    digits = sum(char.isdigit() for char in text)
    if digits and re.fullmatch(r"[\w./-]{3,60}", text):
        yield (
            "reference",
            seen.filter(
                begins("reference", text.upper()) | begins("sender_reference", text) | begins("sender_reference", text.upper())
            ),
        )
    if digits >= 6 and re.fullmatch(r"[\d+() ./-]+", text):
        yield "phone", seen.filter(person__in=_with_number(text))
        return
    if "@" in text:
        yield "email", seen.filter(person__in=_with_address(blind_index(text.casefold(), "email")))
        return
    written, spoken = latin_words(text)[:_MOST_WORDS], sound_words(text)[:_MOST_WORDS]
    if written:
        yield "name", seen.filter(*(_has_word(begins("token", word)) for word in written))
    if spoken:
        # One consonant is the beginning of too many words: it is asked for whole.
        yield (
            "sound",
            seen.filter(*(_has_word(begins("token", word) if len(word) > len(_SPOKEN) + 1 else Q(token=word)) for word in spoken)),
        )


def _has_word(matches: Q) -> Q:
    return Q(person__in=SearchToken.objects.filter(matches).values("person"))


def _with_number(text: str) -> QuerySet[Any]:
    countries = ["", *Programme.objects.values_list("country", flat=True).distinct()]
    numbers = {phones.normal(text, country) for country in countries} | {phones.normal("+" + re.sub(r"\D", "", text))}
    return _with_address(*(blind_index(number, "phone") for number in numbers if number))


def _with_address(*indexes: str) -> QuerySet[Any]:
    return Reach.objects.filter(value_index__in=indexes, ended_at=None).values("person")


def latin_words(text: str) -> list[str]:
    """The words of a text in Latin letters, as a search token keeps them."""
    return [word[:40] for word in dict.fromkeys(names.to_latin(text).split()) if word]


def sound_words(text: str) -> list[str]:
    """The words of a text as they sound, as a search token keeps them."""
    return [(_SPOKEN + word)[:40] for word in dict.fromkeys(names.search_tokens(text)) if word]


# ——— possible duplicates ———


@dataclass(frozen=True)
class Known:
    """Somebody who may be the same person. Without `person`: a file that this user may not see, and its office alone."""

    strength: str
    office: str
    person: Person | None = None
    case: Case | None = None
    how: tuple[str, ...] = ()
    parts: tuple[dict[str, Any], ...] = ()

    def __str__(self) -> str:
        return str(self.case) if self.case else elsewhere(self.office)


def elsewhere(office_name: str) -> str:
    """What is said of a file that one may not see."""
    return _("a file at the office of %(office)s") % {"office": office_name}


def beside(duplicate: PossibleDuplicate, user: Any) -> Known:
    """The person that a row or case may repeat, as far as this user may see: part by part, or only where the file is."""
    case = (
        Case.objects.visible_to(user)
        .filter(person=duplicate.person_id)
        .select_related("person", "office")
        .order_by("-referred_on", "pk")
        .first()
    )
    if case is not None:
        return Known(duplicate.strength, case.office.name, case.person, case, tuple(duplicate.how), tuple(duplicate.parts))
    other = newest_file_of(duplicate.person_id)
    return Known(duplicate.strength, other.office.name if other else "")


def newest_file_of(person_id: Any) -> Case | None:
    """The newest file of a person, whoever may see it: where it is, is all that may be said of it."""
    return Case._base_manager.filter(person=person_id).select_related("office").order_by("-referred_on", "pk").first()


def undecided_of(user: Any) -> QuerySet[PossibleDuplicate]:
    """What waits side by side for a word of this user: the oldest first, and last what was put off."""
    waiting = PossibleDuplicate.objects.visible_to(user).undecided()
    offices = scope_of(user).where("casework.decide_duplicate")
    if offices != EVERYWHERE:
        waiting = waiting.filter(office__in=offices)
    turn = waiting.annotate(turn=Coalesce("decided_at", "found_at"))
    return turn.select_related("row", "case", "office").order_by("decision", "turn", "pk")


def living_together(person: Person, user: Any) -> QuerySet[Person]:
    """Who lives with the person now, as far as this user may see each of them."""
    others = Membership.objects.together_with(person).filter(person=OuterRef("pk"))
    return Person.objects.visible_to(user).filter(Exists(others))
