"""Who somebody being typed may be: the closest of those known in the programme, as far as the one who types may see them."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from casework import duplicates
from casework.actions.referral import known_people
from casework.models import Case, Person, PersonKey, Programme
from workflows.partial import PartialDate

MOST = 4
_MOST_COMPARED = 400


@dataclass(frozen=True)
class Candidate:
    """One who may be the same person. Without `case`: a file that this user may not see, its office and its strength alone."""

    person_id: uuid.UUID
    likeness: duplicates.Likeness
    office: str
    case: Case | None = None
    parts: tuple[dict[str, Any], ...] = ()

    @property
    def strength_in_words(self) -> str:
        """How alike the two are, in a word."""
        return strength_in_words(self.likeness.strength)


def strength_in_words(strength: str) -> str:
    """How alike two people are, in a word; never a number."""
    return {
        "strong": pgettext("likeness", "very alike"),
        "likely": pgettext("likeness", "alike"),
        "weak": pgettext("likeness", "a little alike"),
    }[strength]


def could_be(
    user: Any, programme: Programme, identity: duplicates.Identity, *, besides: uuid.UUID | None = None
) -> list[Candidate]:
    """The closest few, the likeliest first. One who barred this user is not among them: for this user that file does not exist."""
    found = alike(programme, identity, besides=besides)
    ids = [uuid.UUID(likeness.b) for likeness, _known, _office in found]
    allowed = set(map(str, Person.objects.filter(pk__in=ids).not_barring(user).values_list("pk", flat=True)))
    seen: dict[str, Case] = {}
    cases = Case.objects.visible_to(user).filter(person__in=ids).select_related("person", "office")
    for one in cases.order_by("referred_on", "pk"):
        seen[str(one.person_id)] = one
    return [
        Candidate(uuid.UUID(likeness.b), likeness, office, case, lines_of(identity, known, likeness.parts))
        if (case := seen.get(likeness.b))
        else Candidate(uuid.UUID(likeness.b), likeness, office)
        for likeness, known, office in found
        if likeness.b in allowed
    ]


def alike(
    programme: Programme, identity: duplicates.Identity, *, besides: uuid.UUID | None = None
) -> list[tuple[duplicates.Likeness, duplicates.Identity, str]]:
    """Everybody in the programme who is like enough, with what is known of them and the office of their file; the few closest."""
    keys = duplicates.blocking_keys(identity)
    if not keys:
        return []
    ids = PersonKey.objects.filter(programme=programme, key__in=keys).exclude(person=besides)
    known, files = known_people(
        ids.exclude(person__merged_into__isnull=False).values_list("person", flat=True).distinct()[:_MOST_COMPARED]
    )
    found = [
        (likeness, other, files[person].office if person in files else "")
        for person, other in known.items()
        if (likeness := duplicates.compare(identity, other))
    ]
    return sorted(found, key=lambda one: (-one[0].rank, one[0].b))[:MOST]


def lines_of(
    typed: duplicates.Identity, known: duplicates.Identity, parts: Iterable[duplicates.Part]
) -> tuple[dict[str, Any], ...]:
    """The comparison line by line, where there is something to hold side by side."""
    lines = []
    for part in parts:
        here, there = _said(typed, part.field), _said(known, part.field)
        if part.word != "unknown" and (here or there):
            lines.append(
                {
                    "label": _labels()[part.field],
                    "here": here,
                    "there": there,
                    "word": _likeness_words()[part.word],
                    "same": part.word == "same",
                }
            )
    if typed.native_name and known.native_name:
        same = typed.native_name == known.native_name
        words = _likeness_words()["same" if same else "differs"]
        lines.insert(
            2, {"label": _("Own script"), "here": typed.native_name, "there": known.native_name, "word": words, "same": same}
        )
    return tuple(lines)


def _said(one: duplicates.Identity, field: str) -> str:
    if field == "birth":
        return PartialDate.parse(one.born).in_words() if one.born else ""
    if field == "returned":
        return PartialDate.parse(one.returned).in_words() if one.returned else ""
    if field == "document":
        # A document's number is not shown beside another: that it is the same is enough.
        return _("given") if one.document else ""
    if field == "sex":
        return _sexes().get(one.sex, "")
    plural: Mapping[str, Iterable[str]] = {"phone": one.phones, "email": one.emails}
    return ", ".join(plural[field]) if field in plural else getattr(one, field, "")


def _sexes() -> dict[str, str]:
    return {"female": _("female"), "male": _("male"), "other": _("other")}


def _labels() -> dict[str, str]:
    return {
        "family_name": _("Family name"), "given_names": _("Given names"), "birth": _("Born"), "sex": _("Sex"),
        "document": _("Document"), "phone": _("Phone"), "email": _("E-mail"), "place": _("Place"), "returned": _("Came back"),
    }  # fmt: skip


def _likeness_words() -> dict[str, str]:
    return {
        "same": pgettext("likeness", "same"), "near": pgettext("likeness", "near"),
        "sounds alike": pgettext("likeness", "sounds alike"),
        "other script": pgettext("likeness", "same, other script"), "swapped": pgettext("likeness", "swapped"),
        "differs": pgettext("likeness", "differs"), "unknown": pgettext("likeness", "not known"),
    }  # fmt: skip
