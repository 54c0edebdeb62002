"""What the committee writes to a candidate: in their language, from the committee, nobody of it named (promise 5.9).

Never “rejected”. A *not this time* gives the reasons and the ways on; every letter ends with where to turn if somebody asks
for money.
"""

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from casework.rules import in_money
from casework.words import words_in
from grants.models import Decision, Pitch
from grants.states import LetterReason, Result
from workflows import clock

# How people of this region name what they speak, and which of our languages they read.
_READ_AS = {"aeb": "ar", "ary": "ar", "arz": "ar", "arq": "ar", "ayl": "ar", "apc": "ar"}
TWO = 2


@dataclass(frozen=True)
class Letter:
    """One letter, ready to be printed: every sentence in its language already."""

    language: str
    direction: str
    subject: str
    greeting: str
    paragraphs: tuple[str, ...]
    points: tuple[str, ...]
    after: tuple[str, ...]
    signature: str
    day: str
    office: str
    free: str


def languages() -> list[tuple[str, str]]:
    """The languages that letters are written in, by their own names."""
    return [(code, translation.get_language_info(code)["name_local"].capitalize()) for code, _name in settings.LANGUAGES]


def language_for(pitch: Pitch) -> str:
    """The language that the candidate reads, of ours; else the programme's first of ours."""
    ours = [code for code, _name in settings.LANGUAGES]
    for code in (pitch.case.person.language, *pitch.call.programme.languages):
        base = (code or "").lower().replace("_", "-").split("-")[0]
        base = _READ_AS.get(base, base)
        if base in ours:
            return base
    return ours[0]


def letter(decision: Decision, *, language: str = "", on: dt.date | None = None) -> Letter:
    """The letter that says this decision, as the candidate will get it. Pure words: it changes nothing and sends nothing."""
    pitch = decision.pitch
    chosen = language if language in dict(settings.LANGUAGES) else language_for(pitch)
    with translation.override(chosen):
        paragraphs, points, after = _WRITES[Result(decision.result)](decision, pitch)
        return Letter(
            language=chosen,
            direction="rtl" if translation.get_language_bidi() else "ltr",
            subject=_("Your plan “%(title)s”") % {"title": pitch.title},
            greeting=_("Dear %(name)s,") % {"name": pitch.case.person.name},
            paragraphs=tuple(paragraphs),
            points=tuple(points),
            after=(*after, *_members(pitch)),
            signature=_("The committee"),
            day=_day(on or clock.today()),
            office=pitch.office.name,
            free=free_of_charge(chosen, pitch.office.phone),
        )


def free_of_charge(language: str, phone: str) -> str:
    """The line that ends every letter, with the number to call."""
    return f"{words_in(language).slip['free']} {phone}".strip()


def _day(day: dt.date) -> str:
    return date_format(day, "j F Y")


def _members(pitch: Pitch) -> list[str]:
    """Who sat in the committee: institutions, never names."""
    members = pitch.seats.held().exclude(scored_at=None).values_list("member__institution", flat=True)
    institutions = sorted(set(members))
    if not institutions:
        return []
    listed = _(", ").join(institutions)
    return [_("On the committee sat: %(institutions)s.") % {"institutions": listed}]


def _award(decision: Decision, pitch: Pitch) -> tuple[list[str], list[str], list[str]]:
    amount = in_money(decision.amount or 0, pitch.call.currency)
    said = [
        _("The committee has heard your plan “%(title)s” and decided to award you %(amount)s.")
        % {"title": pitch.title, "amount": amount}
    ]
    if decision.words:
        said.append(decision.words)
    if decision.conditions:
        said.append(
            ngettext(
                "Before the first part is paid, we need from you:", "Before the first part is paid, we need these from you:",
                len(decision.conditions),
            )
        )  # fmt: skip
    after = [
        _("The money is paid in %(n)s parts. Your adviser reads the contract out to you; then you have a day to think.")
        % {"n": len(pitch.call.split)},
        _("Please tell your adviser within %(n)s days whether you accept.") % {"n": pitch.call.answer_days},
    ]
    return said, list(decision.conditions), after


def _reserve(decision: Decision, pitch: Pitch) -> tuple[list[str], list[str], list[str]]:
    said = [
        _("The committee has heard your plan “%(title)s” and finds it good. The money of this call did not reach for all.")
        % {"title": pitch.title},
        _("Your plan is on the reserve list: if money becomes free, it can be awarded, and we tell you at once."),
    ]
    return [*said, *filter(None, [decision.words])], [], [_("Until then you can start a training or a job search.")]


def _adjourned(decision: Decision, pitch: Pitch) -> tuple[list[str], list[str], list[str]]:
    reasons = _reasons(decision)
    if LetterReason.ABSENT in decision.reasons:
        said = [
            _("The committee wanted to hear your plan “%(title)s”. You could not come that day, and nothing is lost.")
            % {"title": pitch.title}
        ]
        reasons = [one for one in reasons if one != str(LetterReason.ABSENT.label)]
    else:
        said = [
            _("The committee has heard your plan “%(title)s”. Not now: it would like to hear you again.") % {"title": pitch.title}
        ]
    said += filter(None, [decision.words])
    if reasons:
        said.append(_("Until then, this is missing:"))
    if decision.come_back_on:
        after = [_("Come back on %(day)s. Your adviser helps you to prepare.") % {"day": _day(decision.come_back_on)}]
    else:
        after = [_("Your adviser tells you the day of the next sitting and helps you to prepare.")]
    return said, reasons, after


def _declined(decision: Decision, pitch: Pitch) -> tuple[list[str], list[str], list[str]]:
    said = [_("The committee has heard your plan “%(title)s”. Not this time.") % {"title": pitch.title}]
    said += filter(None, [decision.words])
    reasons = _reasons(decision)
    if reasons:
        said.append(_("The committee found:"))
    told = pitch.told_on or pitch.decided_on or clock.today()
    until = told + dt.timedelta(days=pitch.call.appeal_days)
    after = [
        _("You can:"),
        _("– revise your plan with your adviser and hand it in for the next call;"),
        _("– ask other members to look again, until %(day)s;") % {"day": _day(until)},
        _("– start a training or a job search now. Your adviser has time for you."),
        _("You may ask what the committee found on each question, and why. A plan that is not funded closes nothing."),
    ]
    return said, reasons, after


def _reasons(decision: Decision) -> list[str]:
    return [str(LetterReason(one).label) for one in decision.reasons if one in LetterReason.values and one != LetterReason.OTHER]


_WRITES = {Result.AWARD: _award, Result.RESERVE: _reserve, Result.ADJOURN: _adjourned, Result.DECLINE: _declined}


# ——— what the person may know of how they were judged ———


def findings(pitch: Pitch, decision: Decision) -> list[tuple[str, float]]:
    """What the committee gave each question on average, once signed: no names, no order, no single score.

    With three jurors or fewer nothing but the agreed text is told: an average would give single scores away (promise 5.9).
    """
    from django.db.models import Avg, Count

    from grants.models import Score

    rows = (
        Score.objects.filter(seat__pitch=pitch, seat__left_at=None, seat__member__sitting=decision.sitting_id, level__isnull=False)
        .values_list("criterion__position", "criterion__question")
        .annotate(Avg("level"), Count("pk"))
        .order_by("criterion__position")
    )
    return [(question, round(mean, 1)) for _position, question, mean, number in rows if number > 3]


# ——— on paper ———


_PAPER = """
@page { size: A4; margin: 28mm }
body { font: 11pt/1.6 "Source Serif 4", "Noto Naskh Arabic", "Noto Serif", serif }
h1 { font-size: 14pt }
p { margin-block: 0 .6em }
.small { font-size: 9pt }
"""


class NotHere(RuntimeError):
    """This machine cannot make a PDF; the printable page says so."""


@lru_cache(maxsize=1)
def pdf_is_possible() -> bool:
    """Whether this machine has what WeasyPrint needs (Pango)."""
    try:
        import weasyprint  # type: ignore[import-untyped]  # noqa: F401
    except (ImportError, OSError):
        return False
    return True


def pdf(html: str) -> bytes:
    """The page as a PDF. Nothing is fetched from anywhere but our own style sheets. Raises NotHere without Pango."""
    try:
        from weasyprint import CSS, HTML
    except (ImportError, OSError) as missing:
        raise NotHere(str(missing)) from missing
    sheet = CSS(string=_PAPER, url_fetcher=_fetch_nothing)
    return bytes(HTML(string=html, url_fetcher=_fetch_nothing).write_pdf(stylesheets=[sheet]) or b"")


def _fetch_nothing(url: str, *_args: Any, **_kwargs: Any) -> Any:
    """No address outside, no file of the machine: a letter carries all that it needs."""
    raise ValueError(f"A letter fetches nothing: {url.partition(':')[0]}")
