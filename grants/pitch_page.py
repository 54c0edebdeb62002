"""A pitch as it is read: what the jury sees of it, and nothing of the file behind it; its versions and what differs."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from grants import forecast
from grants.models import ForecastMonth, Pitch, PitchVersion, Source, Use

PAGE = (
    Prefetch("sources", Source.objects.order_by("pk")),
    Prefetch("uses", Use.objects.order_by("position", "pk")),
    Prefetch("forecast", ForecastMonth.objects.order_by("month")),
)


@dataclass
class PitchInWords:
    """One version of a pitch, ready to be read: at the table, on a screen, on paper. Amounts are minor units of `currency`."""

    pitch: Pitch
    version: PitchVersion

    @property
    def currency(self) -> str:
        """The currency of the call."""
        return self.pitch.call.currency

    @cached_property
    def candidate(self) -> str:
        """Who pitches, as the table hears it: the given name and the first letter of the family's."""
        return candidate_of(self.pitch)

    @cached_property
    def sections(self) -> list[tuple[Any, str]]:
        """Heading and words of each section that says something."""
        labels = {field.name: field.verbose_name for field in PitchVersion._meta.fields}
        return [(labels[name], getattr(self.version, name)) for name in PitchVersion.SECTIONS if getattr(self.version, name)]

    @cached_property
    def sources(self) -> list[Source]:
        """Where the money comes from."""
        return list(self.version.sources.all())

    @cached_property
    def uses(self) -> list[Use]:
        """What it goes to."""
        return list(self.version.uses.all())

    @property
    def asked(self) -> int:
        """What is asked from the programme."""
        return sum(one.amount for one in self.sources if one.kind == "asked")

    @property
    def sources_sum(self) -> int:
        """All that comes in."""
        return sum(one.amount for one in self.sources)

    @property
    def uses_sum(self) -> int:
        """All that is spent."""
        return sum(one.amount for one in self.uses)

    @property
    def margin(self) -> int | None:
        """What is left of the price of one, where both are known."""
        if self.version.price is None or self.version.unit_cost is None:
            return None
        return self.version.price - self.version.unit_cost

    @cached_property
    def months(self) -> list[forecast.Month]:
        """The forecast."""
        return [forecast.Month(one.month, one.income, one.expense) for one in self.version.forecast.all()]

    @cached_property
    def chart(self) -> forecast.Chart | None:
        """The forecast as a drawing."""
        return forecast.chart(self.months)

    @property
    def break_even(self) -> int | None:
        """The month from which on the business pays for itself."""
        return forecast.break_even(self.months)

    @property
    def jobs(self) -> str:
        """The work that the business gives, in words."""
        others = self.version.jobs_women + self.version.jobs_men
        return _("%(own)s for the candidate and partners, %(others)s for others") % {
            "own": self.version.jobs_self,
            "others": others,
        }

    @cached_property
    def profile(self) -> Any:
        """What the candidate can do, where they chose to show it; None else."""
        if not self.version.profile_shown:
            return None
        return getattr(self.pitch.case.person, "profile", None)


def candidate_of(pitch: Pitch) -> str:
    """Who pitches, as the table hears it: the given name and the first letter of the family's."""
    person = pitch.case.person
    given = str(person.given_names or person.name).split()
    family = str(getattr(person, "family_name", "") or "")
    return f"{given[0] if given else ''} {family[:1]}{'.' if family else ''}".strip()


def in_words(pitch: Pitch, *, number: int | None = None) -> PitchInWords:
    """The newest version of the pitch, or the one of that number, with its tables. Raises PitchVersion.DoesNotExist."""
    versions = pitch.versions.prefetch_related(*PAGE).order_by("-number")
    return PitchInWords(pitch, versions.get(number=number) if number else versions[:1].get())


def heard(pitch: Pitch) -> PitchInWords:
    """What the jury hears: the newest version that was handed in. Raises PitchVersion.DoesNotExist for a pure draft."""
    return PitchInWords(pitch, pitch.versions.filter(submitted_at__isnull=False).prefetch_related(*PAGE)[:1].get())


# ——— what differs between two versions ———


@dataclass(frozen=True)
class Piece:
    """A run of words: as they were, gone, or new."""

    kind: str
    """"same", "gone" or "new"."""
    words: str


@dataclass(frozen=True)
class Difference:
    """One section or figure that is another."""

    label: Any
    pieces: tuple[Piece, ...]


def differences(before: PitchInWords, after: PitchInWords) -> list[Difference]:
    """What the later version says otherwise, section by section and table by table; nothing where nothing differs."""
    found = []
    for field in PitchVersion._meta.fields:
        if field.name in PitchVersion.SECTIONS:
            was, now = getattr(before.version, field.name), getattr(after.version, field.name)
            if was != now:
                found.append(Difference(field.verbose_name, _between(was.split(), now.split())))
    for label, table in (
        (_("Where the money comes from"), lambda page: [f"{one} {one.amount}" for one in page.sources]),
        (_("What it goes to"), lambda page: [f"{one} {one.amount}" for one in page.uses]),
        (_("A year, month by month"), lambda page: [f"{one.month}: {one.income} − {one.expense}" for one in page.months]),
    ):
        was, now = table(before), table(after)
        if was != now:
            found.append(Difference(label, _between(was, now, between="; ")))
    return found


def _between(was: Sequence[str], now: Sequence[str], between: str = " ") -> tuple[Piece, ...]:
    pieces = []
    for kind, a, b, c, d in difflib.SequenceMatcher(a=was, b=now, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(Piece("same", between.join(was[a:b])))
            continue
        if b > a:
            pieces.append(Piece("gone", between.join(was[a:b])))
        if d > c:
            pieces.append(Piece("new", between.join(now[c:d])))
    return tuple(pieces)
