"""Who might do which job: what fits, what is missing, and who or what was left out and why. Sentences, never a number.

It knows of a person only what a `Seeker` has: trade, learning, languages, place, courses, and whether the law says *too
young*. Sex, age, origin, kind of return, flags and answers are not in it, so no line here can read them (promise 5.11). It
opens no door by itself: nothing goes to an employer, and whoever is low on the list may be asked as well as the first.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework import names

Words = str | Promise
Levels = Sequence[tuple[str, Words]]
# The least that two words share at their beginning to be of one trade: baker and bakery, soudeur and soudure.
_STEM = 4
# Said of every trade, so they tell none apart.
_COMMON = frozenset(
    ("assistant", "aide", "helper", "worker", "ouvrier", "ouvriere", "employe", "employee", "agent", "general", "junior", "senior",
     "trainee", "apprenti")
)  # fmt: skip


@dataclass(frozen=True)
class Job:
    """A vacancy as matching sees it."""

    key: Any
    title: str
    trade: str = ""
    level: str = ""
    languages: tuple[str, ...] = ()
    place: str = ""
    employer: Any = None
    dangerous: bool = False
    gone: bool = False
    concerned: bool = False


@dataclass(frozen=True)
class Seeker:
    """A person as matching sees them. What is not here cannot be looked at."""

    key: Any
    trade: str = ""
    skills: str = ""
    level: str = ""
    languages: frozenset[str] = frozenset()
    place: str = ""
    finished: tuple[tuple[Any, str], ...] = ()
    """The employers who promised jobs to those who finish a course, with the course that this person finished."""
    too_young: Words = ""
    too_young_for_danger: Words = ""
    """Why the law keeps somebody from work, or from dangerous work; empty where it does not."""
    asked: frozenset[Any] = frozenset()


PROMISED, FITS, NEARLY, OTHER = "promised", "fits", "nearly", "other"
GROUPS: Mapping[str, Words] = {
    PROMISED: gettext_lazy("Promised to those who finished the course"),
    FITS: gettext_lazy("Everything that is asked for fits"),
    NEARLY: gettext_lazy("The trade fits, something is missing"),
    OTHER: gettext_lazy("Another trade, or none written down"),
}
IGNORED = gettext_lazy(
    "Not looked at: sex, age, origin, kind of return, flags, health, family and answers. "
    "Age counts for one thing alone: work that the law forbids to children. Distance is said and counts against nobody."
)


@dataclass(frozen=True)
class Fit:
    """One person and one job: in which group, and why. `left_out` says why they are not brought together at all."""

    group: str = OTHER
    fits: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    to_ask: tuple[str, ...] = ()
    left_out: str = ""


Of = TypeVar("Of", Job, Seeker)


@dataclass(frozen=True)
class Found(Generic[Of]):
    """What was found on the other side: by group, each in the order it was given; and what was left out, by reason."""

    groups: tuple[tuple[Words, tuple[tuple[Of, Fit], ...]], ...] = ()
    left_out: tuple[tuple[str, tuple[Of, ...]], ...] = field(default=())


def jobs_for(seeker: Seeker, jobs: Iterable[Job], *, levels: Levels, speaks: Mapping[str, Words]) -> Found[Job]:
    """The jobs for one person. `levels` are the least first; `speaks` names the languages."""
    return _grouped((job, fit_of(job, seeker, levels=levels, speaks=speaks)) for job in jobs)


def people_for(job: Job, seekers: Iterable[Seeker], *, levels: Levels, speaks: Mapping[str, Words]) -> Found[Seeker]:
    """The people for one job, the same way."""
    return _grouped((seeker, fit_of(job, seeker, levels=levels, speaks=speaks)) for seeker in seekers)


def _grouped(pairs: Iterable[tuple[Of, Fit]]) -> Found[Of]:
    kept: dict[str, list[tuple[Of, Fit]]] = {group: [] for group in GROUPS}
    out: dict[str, list[Of]] = {}
    for one, fit in pairs:
        if fit.left_out:
            out.setdefault(fit.left_out, []).append(one)
        else:
            kept[fit.group].append((one, fit))
    return Found(
        tuple((GROUPS[group], tuple(rows)) for group, rows in kept.items() if rows),
        tuple((why, tuple(some)) for why, some in out.items()),
    )


def fit_of(job: Job, seeker: Seeker, *, levels: Levels, speaks: Mapping[str, Words]) -> Fit:
    """One person beside one job."""
    if why := _apart(job, seeker):
        return Fit(left_out=why)
    promised = next((course for employer, course in seeker.finished if employer == job.employer), "")
    trade, words, is_known = _trades(job, seeker)
    fits = [_("The employer promised jobs to those who finish “%(course)s”, and this was finished.") % {"course": promised}] * bool(
        promised
    )
    missing: list[str] = []
    to_ask: list[str] = []
    (fits if trade else to_ask).append(words)
    _learned(job, seeker, levels, fits, missing)
    _spoken(job, seeker, speaks, fits, missing)
    _near(job, seeker, fits, to_ask)
    group = PROMISED if promised else OTHER if not trade or not is_known else NEARLY if missing else FITS
    return Fit(group, tuple(fits), tuple(missing), tuple(to_ask))


def _apart(job: Job, seeker: Seeker) -> str:
    if job.gone:
        return _("The job is gone.")
    if job.concerned:
        return _("A concern about the employer is open: nobody is sent there until a visit has settled it.")
    if seeker.too_young:
        return str(seeker.too_young)
    if job.dangerous and seeker.too_young_for_danger:
        return str(seeker.too_young_for_danger)
    if job.key in seeker.asked:
        return _("Asked for already.")
    return ""


def _trades(job: Job, seeker: Seeker) -> tuple[bool, str, bool]:
    """Whether the trades go together, in which words, and whether both are known."""
    wanted, has = job.trade or job.title, seeker.trade
    asked = stems(wanted)
    if has and same(wanted, has):
        return True, _("The trade is the same: %(trade)s.") % {"trade": has}, True
    if has and near(asked, stems(has)):
        return True, _("The trade is near: %(trade)s.") % {"trade": has}, True
    if word := next((word for word in names.words(seeker.skills) if near(asked, stems(word))), ""):
        return True, _("What they can do speaks of it: “%(word)s”.") % {"word": word}, True
    if not has:
        return False, _("No trade is written down: ask what they can do."), False
    return False, _("Another trade: %(trade)s. Ask whether they wish to change.") % {"trade": has}, True


def stems(text: str) -> frozenset[str]:
    """The words of a trade as they are compared: in Latin letters, without what is said of every trade."""
    return frozenset(word for word in re.findall(r"\w+", names.to_latin(text)) if len(word) >= _STEM and word not in _COMMON)


def same(one: str, other: str) -> bool:
    """The same words, in whatever script and order."""
    return names.to_latin(one).split() == names.to_latin(other).split() or (bool(stems(one)) and stems(one) == stems(other))


def near(some: Collection[str], others: Collection[str]) -> bool:
    """A word of each begins alike: half of the shorter one, and no less than four letters."""
    return any(_begin(a, b) >= max(_STEM, (min(len(a), len(b)) + 1) // 2) for a in some for b in others)


def _begin(a: str, b: str) -> int:
    return next((at for at, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


def _learned(job: Job, seeker: Seeker, levels: Levels, fits: list[str], missing: list[str]) -> None:
    order, called = [code for code, _words in levels], dict(levels)
    if job.level not in order:
        return
    if seeker.level not in order:
        missing.append(_("Asks for: %(level)s. What they have learned is not written down.") % {"level": called[job.level]})
    elif order.index(seeker.level) >= order.index(job.level):
        fits.append(_("Has learned enough: %(level)s.") % {"level": called[seeker.level]})
    else:
        missing.append(_("Asks for: %(asked)s. They have: %(has)s.") % {"asked": called[job.level], "has": called[seeker.level]})


def _spoken(job: Job, seeker: Seeker, speaks: Mapping[str, Words], fits: list[str], missing: list[str]) -> None:
    def called(codes: Iterable[str]) -> str:
        return ", ".join(str(speaks.get(code, code)) for code in codes)

    if has := [code for code in job.languages if code in seeker.languages]:
        fits.append(_("Speaks %(languages)s.") % {"languages": called(has)})
    if lacks := [code for code in job.languages if code not in seeker.languages]:
        if seeker.languages:
            missing.append(_("Needs %(languages)s.") % {"languages": called(lacks)})
        else:
            missing.append(_("Needs %(languages)s. Their languages of work are not written down.") % {"languages": called(lacks)})


def _near(job: Job, seeker: Seeker, fits: list[str], to_ask: list[str]) -> None:
    if not job.place or not seeker.place:
        return
    if names.to_latin(job.place) == names.to_latin(seeker.place):
        fits.append(_("In %(place)s, where they live.") % {"place": job.place})
    else:
        to_ask.append(_("In %(place)s; they live in %(home)s. Ask about the way.") % {"place": job.place, "home": seeker.place})


__all__ = [
    "FITS", "GROUPS", "IGNORED", "NEARLY", "OTHER", "PROMISED", "Fit", "Found", "Job", "Seeker", "fit_of", "jobs_for", "people_for",
]  # fmt: skip
