"""Whether two descriptions are of one person, part by part and in words.

Two people are held side by side by names, birth and papers. Names or papers alone decide nothing; a shared phone decides
nothing either, because families share phones: it only supports what name and birth already say. The answer is never a
percentage: every part gets a word (same, near, sounds alike, other script, swapped, differs, unknown) and the whole one of
three strengths. A person decides.

A row of a list is compared with the people already known and with the earlier rows of its list that were accepted or are
themselves possible duplicates (they wait for a decision and may turn out to be people); never with rejected rows. Where two
fit equally well, the earlier one is named, an accepted one before a waiting one: the caller adds them in that order.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from django.utils.translation import gettext as _

from casework.names import Name, NameLikeness, Sound, alike, distance, fold_digits, name, words
from casework.names import search_key as search_key
from casework.names import search_tokens as search_tokens
from workflows.encryption import blind_index

Word = Literal["same", "near", "sounds alike", "other script", "swapped", "differs", "unknown"]
Strength = Literal["strong", "likely", "weak"]

STRENGTHS: tuple[Strength, ...] = ("weak", "likely", "strong")


def document_form(number: str) -> str:
    """Write a document number the one way it is compared: capitals and digits only."""
    folded = fold_digits(unicodedata.normalize("NFKC", number)).upper()
    return "".join(c for c in folded if c.isalnum())


def phone_form(number: str) -> str:
    """Write a phone number the one way it is compared: its last nine digits."""
    digits = "".join(c for c in fold_digits(number) if c.isdigit())
    return digits[-9:] if len(digits) >= 7 else ""


@dataclass(frozen=True)
class Identity:
    """What is known of one person, as plain text. `born` and `returned` are ISO dates that may stop at the month or year."""

    key: str
    family_name: str = ""
    given_names: str = ""
    native_name: str = ""
    sex: str = ""
    born: str = ""
    document: str = ""
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    place: str = ""
    returned: str = ""
    closed: bool = False  # has a closed case from an earlier return

    @classmethod
    def of(
        cls, person: Any, *, phones: Iterable[str] = (), emails: Iterable[str] = (), returned: str = "", closed: bool = False
    ) -> Identity:
        """Describe somebody who has the fields of a person; how to reach them and their returns are given beside it."""
        sex = person.sex if person.sex != "unknown" else ""
        return cls(
            str(person.pk), person.family_name, person.given_names, person.native_name, sex, str(person.born or ""),
            person.document_number or "",
            tuple(phones), tuple(emails), person.place, returned, closed,
        )  # fmt: skip

    @classmethod
    def of_row(cls, values: Mapping[str, Any], *, key: str = "") -> Identity:
        """Describe the person of a row of a list, from its clean values."""
        return cls(
            key or values["reference"], values["family_name"], values["given_names"], values["native_name"], values["sex"],
            str(values["date_of_birth"] or ""), values["document_number"], tuple(filter(None, (values["phone"],
            *values.get("other_phones", ())))),
            tuple(filter(None, (values["email"], *values.get("other_emails", ())))), values["place"],
            str(values["return_date"] or ""),
        )  # fmt: skip

    @cached_property
    def views(self) -> tuple[tuple[Name, Name], ...]:
        """The name as (family, given), as written and, where it is known, in its own script."""
        written = (name(self.family_name), name(self.given_names))
        views = [written]
        native = words(self.native_name)
        if len(native) >= 2:
            views.append(_split_native(native, *written))
        # Cyrillic г is g in Russian and h in Ukrainian, and a name alone does not tell which: Grigorenko, Hryhorenko.
        views += [
            (name(family.text.replace("г", "һ")), name(given.text.replace("г", "һ")))
            for family, given in views
            if "г" in family.text + given.text
        ]
        return tuple(dict.fromkeys(views))

    @cached_property
    def birth(self) -> tuple[int, int, int]:
        """Year, month and day of birth; 0 where it is not known."""
        numbers = [int(part) for part in self.born.split("-") if part.isdigit()][:3] if self.born else []
        year, month, day = [*numbers, 0, 0, 0][:3]
        return (year, month, day if month else 0)

    @cached_property
    def paper(self) -> str:
        form = document_form(self.document)
        return form if len(form) >= 5 else ""

    @cached_property
    def calls(self) -> frozenset[str]:
        return frozenset(filter(None, map(phone_form, self.phones)))

    @cached_property
    def mails(self) -> frozenset[str]:
        return frozenset(mail.strip().casefold() for mail in self.emails if "@" in mail)


def _split_native(native: list[str], family: Name, given: Name) -> tuple[Name, Name]:
    """Tell which words of a whole name are the family's, by the name written beside it; given names first when unsure."""
    best: tuple[float, Name, Name] | None = None
    for at in range(1, len(native)):
        first, last = name(" ".join(native[:at])), name(" ".join(native[at:]))
        for own_given, own_family in ((first, last), (last, first)):
            cost = distance(own_given.whole, given.whole) + distance(own_family.whole, family.whole)
            if best is None or cost < best[0]:
                best = (cost, own_family, own_given)
    assert best is not None
    if best[0] < 3:
        return best[1], best[2]
    at = min(max(1, len(given.parts)), len(native) - 1)
    return name(" ".join(native[at:])), name(" ".join(native[:at]))


@dataclass(frozen=True, slots=True)
class Part:
    """One line of the comparison: what was compared and the word for it."""

    field: str
    word: Word

    def as_json(self) -> dict[str, str]:
        """The line as it is kept while a possible duplicate waits."""
        return {"part": self.field, "likeness": self.word}

    @property
    def sentence(self) -> str:
        """Say the line in the reader's language."""
        said = _sentences().get((self.field, self.word))
        return said or _words()[self.word] % {"field": _fields()[self.field]}


def _fields() -> dict[str, str]:
    return {
        "family_name": _("Family name"), "given_names": _("Given names"),
        "birth": _("Date of birth"), "sex": _("Sex"),
        "document": _("Document"), "phone": _("Phone"), "email": _("E-mail"), "place": _("Place"), "returned": _("Return"),
    }  # fmt: skip


def _words() -> dict[str, str]:
    return {
        "same": _("%(field)s: the same."),
        "near": _("%(field)s: nearly the same."),
        "sounds alike": _("%(field)s: sounds alike."),
        "other script": _("%(field)s: the same in another script."),
        "swapped": _("%(field)s: swapped."),
        "differs": _("%(field)s: differs."),
        "unknown": _("%(field)s: not known of both."),
    }


def _sentences() -> dict[tuple[str, str], str]:
    return {
        ("family_name", "swapped"): _("Family name: stands as the given names of the other."),
        ("given_names", "swapped"): _("Given names: stand as the family name of the other."),
        ("birth", "swapped"): _("Day and month of birth have changed places."),
        ("birth", "near"): _("Date of birth: one may be the other with a slip, or is less exact."),
        ("document", "same"): _("The document number is the same."),
        ("document", "differs"): _("The document numbers differ; people renew their papers."),
        ("phone", "same"): _("The phone is the same; families share phones."),
        ("returned", "differs"): _("They came back at different times."),
        ("sex", "differs"): _("Sex is written differently."),
    }


@dataclass(frozen=True, slots=True)
class Likeness:
    """Why two descriptions could be of one person. `how` lists every way, `parts` every line, `rank` only sorts."""

    a: str
    b: str
    strength: Strength
    how: tuple[str, ...]
    parts: tuple[Part, ...]
    rank: float

    @property
    def sentence(self) -> str:
        """Say in one sentence what the two have in common."""
        return _("Could be someone we know: %(ways)s.") % {"ways": self.ways}

    @property
    def ways(self) -> str:
        """What the two have in common, without a beginning and an end."""
        told = {
            "document": _("the document number is the same"),
            "script": _("the name is the same in another script"),
            "spelling": _("the name is spelled differently but sounds alike"),
            "swapped": _("names, or day and month, have changed places"),
            "name_and_birth": _("name and date of birth are the same"),
            "partial_birth": _("the dates of birth fit, one of them is not complete"),
            "birth_slip": _("the dates of birth differ by a slip"),
            "earlier_return": _("the person may have come back before"),
        }
        return ", ".join(told[way] for way in self.how)


def _births(a: tuple[int, int, int], b: tuple[int, int, int]) -> str:
    """same · swapped · month · year (as far as both are known) · slip · unknown · differs"""
    if not a[0] or not b[0]:
        return "unknown"
    if a == b:
        return "same" if a[2] else "month" if a[1] else "year"
    if a[0] == b[0]:
        if not a[1] or not b[1]:
            return "year"
        if not a[2] or not b[2]:
            return "month" if a[1] == b[1] else "differs"
        if a[1] == b[2] and a[2] == b[1]:
            return "swapped"
        return "slip" if a[1] == b[1] or a[2] == b[2] else "differs"
    if a[2] and abs(a[0] - b[0]) == 1 and a[1:] == b[1:]:
        return "slip"
    return "differs"


_BIRTH_WORD: dict[str, Word] = {
    "same": "same", "swapped": "swapped", "month": "near", "year": "near", "slip": "near", "unknown": "unknown",
    "differs": "differs",
}  # fmt: skip


_EXACT = frozenset({"same", "sounds alike", "other script"})


@dataclass(frozen=True, slots=True)
class _Names:
    family: NameLikeness
    given: NameLikeness
    swapped: bool
    fits: bool
    cost: float

    @property
    def exact(self) -> bool:
        return self.fits and self.family.word in _EXACT and self.given.word in _EXACT


def _names(a: Identity, b: Identity, *, backed: bool) -> _Names:
    """Hold every way the two names were written side by side and keep the closest."""
    best, rank = None, (99.0, "", "")
    for at_a, (family_a, given_a) in enumerate(a.views):
        for at_b, (family_b, given_b) in enumerate(b.views):
            for swapped in (False, True):
                family = alike(family_a, given_b if swapped else family_b)
                given = alike(given_a, family_b if swapped else given_b)
                fits = family.alike and given.alike
                # A family name with one letter wrong is believed when all else agrees; a given name never: twins.
                if (
                    not fits
                    and backed
                    and not swapped
                    and given.word in _EXACT
                    and family.cost <= 1.0
                    and _long(family_a.whole, family_b.whole)
                ):
                    family, fits = NameLikeness("near", family.cost), True
                cost = family.cost + given.cost + (0.05 if swapped else 0.0) + (0.0 if fits else 20.0)
                # As written comes first: the name in its own script helps where the written one does not answer.
                cost += 3.0 * (at_a != at_b) + 2.0 * (at_a > 0 and at_b > 0)
                told = (round(cost, 6), family.word, given.word)
                if told < rank:
                    rank, best = told, _Names(family, given, swapped, fits, family.cost + given.cost)
    assert best is not None
    return best


def _long(a: Sound, b: Sound) -> bool:
    return min(len(a.signs), len(b.signs)) >= 5


def _far_apart(a: str, b: str) -> bool:
    """Whether two dates of return are too far apart to be one return."""
    if len(a) < 7 or len(b) < 7:
        return bool(a and b) and a[:4] != b[:4]
    return abs((int(a[:4]) * 12 + int(a[5:7])) - (int(b[:4]) * 12 + int(b[5:7]))) > 3


def compare(a: Identity, b: Identity) -> Likeness | None:
    """Say why two descriptions could be of one person, or None when nothing says so. The same both ways round."""
    paper = bool(a.paper) and a.paper == b.paper
    birth = _births(a.birth, b.birth)
    if not paper and birth == "differs":
        return None
    phone, mail = bool(a.calls & b.calls), bool(a.mails & b.mails)
    backed = phone or mail
    if not paper and birth in ("slip", "unknown") and not backed:
        return None
    names = _names(a, b, backed=backed and birth == "same")
    other_paper = bool(a.paper and b.paper) and not paper
    other_sex = bool(a.sex and b.sex) and a.sex != b.sex
    if not paper and not _believed(names, birth, backed=backed, other_paper=other_paper, other_sex=other_sex):
        return None
    returned = _far_apart(a.returned, b.returned)
    how = [*(["document"] if paper else []), *(_ways(names, birth, across=_other_script(a, b)) if names.fits else [])]
    if a.closed or b.closed or returned:
        how.append("earlier_return")
    rank = 8.0 * paper + _BIRTH_RANK.get(birth, 0.0) + (3.0 - min(names.cost, 2.0)) * names.fits
    rank += 0.5 * phone + 0.5 * mail - 0.25 * other_paper - 0.5 * other_sex
    strength = _strength(names, birth, paper=paper, backed=backed, other_sex=other_sex)
    return Likeness(a.key, b.key, strength, tuple(how), _parts(a, b, names, birth, paper, returned), rank)


def compared(a: Identity, b: Identity) -> tuple[Part, ...]:
    """Hold two descriptions side by side line by line, whether or not they could be of one person."""
    birth = _births(a.birth, b.birth)
    names = _names(a, b, backed=bool(a.calls & b.calls) and birth == "same")
    paper = bool(a.paper) and a.paper == b.paper
    return _parts(a, b, names, birth, paper, _far_apart(a.returned, b.returned))


_BIRTH_RANK = {"same": 4.0, "swapped": 3.0, "month": 2.0, "slip": 2.0, "year": 1.0}


def _believed(names: _Names, birth: str, *, backed: bool, other_paper: bool, other_sex: bool) -> bool:
    """Whether names and birth, without a document in common, are enough to ask somebody."""
    if not names.fits or (other_sex and not (names.exact and birth == "same")):
        return False
    if birth in ("slip", "unknown"):
        return names.exact and backed and not other_paper
    if birth == "year":
        return backed or (names.exact and not other_paper)
    return birth != "month" or names.exact or not other_paper


def _ways(names: _Names, birth: str, *, across: bool) -> list[str]:
    how = []
    if names.swapped or birth == "swapped":
        how.append("swapped")
    written = {names.family.word, names.given.word}
    if across or "other script" in written:
        how.append("script")
    elif written & {"near", "sounds alike"}:
        how.append("spelling")
    if birth in ("month", "year"):
        how.append("partial_birth")
    if birth == "slip":
        how.append("birth_slip")
    return how if how or birth != "same" else ["name_and_birth"]


def _strength(names: _Names, birth: str, *, paper: bool, backed: bool, other_sex: bool) -> Strength:
    known = birth in ("same", "swapped")
    if (paper and (names.fits or known)) or (names.fits and birth == "same" and (backed or names.exact) and not other_sex):
        return "strong"
    if (paper and birth != "differs") or (names.fits and (known or birth == "month") and not other_sex):
        return "likely"
    return "weak"


def _other_script(a: Identity, b: Identity) -> bool:
    first, second = a.views[0], b.views[0]
    return bool(first[0].script and second[0].script) and first[0].script != second[0].script


def _parts(a: Identity, b: Identity, names: _Names, birth: str, paper: bool, returned: bool) -> tuple[Part, ...]:
    parts = []
    across = names.fits and _other_script(a, b)
    for at, field in enumerate(("family_name", "given_names")):
        likeness = alike(a.views[0][at], b.views[0][at]) if not names.fits else (names.family, names.given)[at]
        word = "swapped" if names.fits and names.swapped else "other script" if across and likeness.alike else likeness.word
        parts.append(Part(field, word))  # type: ignore[arg-type]
    parts.append(Part("birth", _BIRTH_WORD[birth]))
    parts.append(Part("sex", _word(a.sex, b.sex)))
    parts.append(Part("document", "same" if paper else "differs" if a.paper and b.paper else "unknown"))
    for field, mine, theirs in (("phone", a.calls, b.calls), ("email", a.mails, b.mails)):
        parts.append(Part(field, "unknown" if not mine or not theirs else "same" if mine & theirs else "differs"))
    place_a, place_b = name(a.place), name(b.place)
    parts.append(Part("place", alike(place_a, place_b).word if a.place and b.place else "unknown"))  # type: ignore[arg-type]
    if returned:
        parts.append(Part("returned", "differs"))
    return tuple(parts)


def _word(a: str, b: str) -> Word:
    return "unknown" if not a or not b else "same" if a == b else "differs"


def blocking_keys(identity: Identity) -> set[str]:
    """Give short strings of which two descriptions share at least one whenever `compare` could find them alike.

    Kept in an indexed table they find the few to compare by equality. The document enters only as its blind index. A key by
    birth holds year, day and month in either order; a key by name holds consonants only, in any order.
    """
    keys = set()
    if identity.paper:
        keys.add("d:" + blind_index(identity.paper, "document"))
    pairs = {tuple(sorted((family.skeleton, given.skeleton))) for family, given in identity.views}
    short = {tuple(sorted((f.skeleton, p.skeleton))) for f, g in identity.views for p in g.parts[:3] if len(g.parts) > 1}
    short |= {tuple(sorted((p.skeleton, g.skeleton))) for f, g in identity.views for p in f.parts[:3] if len(f.parts) > 1}
    keys |= {f"n:{a[:12]}.{b[:12]}" for a, b in pairs | short}
    year, month, day = identity.birth
    if day:
        low, high = min(month, day), max(month, day)
        if high > 1:
            keys.add(f"b:{year}:{low}:{high}")
        else:  # very many people are written down as born on 1 January
            bones = {
                part.skeleton
                for family, given in identity.views
                for part in (*family.parts, *given.parts, family.whole, given.whole)
            }
            keys |= {f"b:{year}:{bone[:6]}" for bone in bones}
    return keys


class Register:
    """People in memory, found by their keys: the earlier rows of a list, or a small programme.

    `seek` gives every likeness, best first; of equal ones the one added earlier, unless it was added as waiting.
    """

    def __init__(self, people: Iterable[Identity] = ()) -> None:
        self._by_key: dict[str, list[Identity]] = {}
        self._order: dict[str, tuple[bool, int]] = {}
        for person in people:
            self.add(person)

    def __len__(self) -> int:
        return len(self._order)

    def add(self, person: Identity, *, waiting: bool = False) -> None:
        """Remember a person; `waiting` says that it is itself a possible duplicate."""
        self._order[person.key] = (waiting, len(self._order))
        for key in blocking_keys(person):
            self._by_key.setdefault(key, []).append(person)

    def candidates(self, person: Identity) -> list[Identity]:
        """Give those who share a key with this person, each once."""
        found: dict[str, Identity] = {}
        for key in blocking_keys(person):
            for other in self._by_key.get(key, ()):
                if other.key != person.key:
                    found[other.key] = other
        return list(found.values())

    def seek(self, person: Identity) -> list[Likeness]:
        """Give everyone this person could be, the likeliest first."""
        likenesses = [likeness for other in self.candidates(person) if (likeness := compare(person, other))]
        return sorted(likenesses, key=lambda found: (-round(found.rank, 3), *self._order[found.b]))
