"""The words, figures and small parts that every page is built of. Examples: docs/look.md; all of them at once: /look/."""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.templatetags.static import static
from django.utils import formats, numberformat, timezone
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, ngettext, pgettext

from workflows import clock
from workflows.partial import PartialDate

register = template.Library()

# ——— icons ———

# Icons with a direction turn round in Arabic; clocks, phones, ticks and charts do not.
FLIPPED = frozenset({"chevron", "back", "forward", "leave", "send", "undo", "list", "move", "journey", "text"})


@register.simple_tag
def icon(name: str) -> SafeString:
    """The 16 px drawing `name` of static/icons.svg, hidden from who reads by ear: it always stands beside a word."""
    kind = "i i-flip" if name in FLIPPED else "i"
    return format_html(
        '<svg class="{}" viewBox="0 0 16 16" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        kind,
        static("icons.svg"),
        name,
    )


# ——— how far it has come: a shape and the word ———

_RIM = '<circle class="rim" cx="7" cy="7" r="5.7"/>'
SHAPES = {
    "expected": '<circle class="rim" cx="7" cy="7" r="5.7" stroke-dasharray="2.2 2.28"/>',
    "quarter": f'{_RIM}<path class="pie" d="M7 7V3.4A3.6 3.6 0 0 1 10.6 7Z"/>',
    "half": f'{_RIM}<path class="pie" d="M7 7V3.4A3.6 3.6 0 0 1 7 10.6Z"/>',
    "most": f'{_RIM}<path class="pie" d="M7 7V3.4A3.6 3.6 0 1 1 3.4 7Z"/>',
    "whole": f'{_RIM}<circle class="pie" cx="7" cy="7" r="3.6"/>',
    "held": f'{_RIM}<path class="rim" d="M5.6 5v4M8.4 5v4"/>',
    "ended": f'{_RIM}<path class="rim" d="M4.5 7h5"/>',
}
SHAPE_OF = {
    # a case
    "referred": "expected",
    "intake": "quarter",
    "counselling": "half",
    "training": "most",
    "job_search": "most",
    "start_up": "most",
    "placed": "whole",
    "funded": "whole",
    "on_hold": "held",
    "closed": "ended",
    # a round of asking
    "planned": "expected",
    "invited": "quarter",
    "interviewing": "half",
    "partly_answered": "most",
    "answered": "whole",
    "refused": "ended",
    "missed": "ended",
    "waived": "ended",
    "stopped": "ended",
    # a tranche
    "requested": "quarter",
    "approved": "half",
    "ordered": "most",
    "paid": "whole",
    "accounted": "whole",
    "returned": "held",
    "bounced": "held",
    "cancelled": "ended",
}


@register.simple_tag
def state(of: Any, word: Any = "", shape: str = "") -> SafeString:
    """Where something stands: a shape that fills, and the word. Takes an object with a state, or the code and its word."""
    code = of if isinstance(of, str) else of.state
    kind: Any = type(of)
    if not word:
        word = code if isinstance(of, str) else _state_word(get_language(), kind, code)
    return _state_drawn(shape or SHAPE_OF.get(str(code), "expected"), str(word))


@lru_cache(maxsize=1024)
def _state_word(_language: str | None, model: Any, code: str) -> str:
    return str(dict(model._meta.get_field("state").flatchoices).get(code, code))


@lru_cache(maxsize=1024)
def _state_drawn(shape: str, word: str) -> SafeString:
    return format_html(
        '<span class="state"><svg viewBox="0 0 14 14" aria-hidden="true" focusable="false">{}</svg>{}</span>',
        mark_safe(SHAPES[shape]),
        word,
    )


# ——— days and hours ———


def _day_of(value: dt.date | dt.datetime) -> dt.date:
    if isinstance(value, dt.datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value


def _written(day: dt.date, pattern: str) -> str:
    return _written_in(get_language(), day, pattern)


@lru_cache(maxsize=4096)
def _written_in(language: str | None, day: dt.date, pattern: str) -> str:
    # A list says the same few days over and over. A month has no capital in French: `b` is `M` without it.
    return formats.date_format(day, pattern.replace("M", "b") if language == "fr" else pattern)


@register.filter
def day(value: dt.date | dt.datetime | PartialDate | None) -> str:
    """`14 May` in this year, `14 May 2025` in another; a partial date as far as it is known; "" for nothing."""
    if not value:
        return ""
    if isinstance(value, PartialDate):
        if value.known == "year":
            return str(value.year)
        return _written(value.earliest, "j F Y" if value.known == "day" else "F Y")
    on = _day_of(value)
    return _written(on, "j M") if on.year == clock.today().year else _written(on, "j M Y")


@register.filter
def long_day(value: dt.date | dt.datetime | None) -> str:
    """`Thursday 14 May`: the head of a page, or an appointment."""
    return _written(_day_of(value), "l j F") if value else ""


@register.filter
def hour(value: dt.datetime | dt.time | None) -> str:
    """`09:30`, in the time of the office."""
    if not value:
        return ""
    if isinstance(value, dt.datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return value.strftime("%H:%M")


@register.filter
def due(value: dt.date | dt.datetime | None) -> str:
    """By when, as one says it: `6 days late`, `yesterday`, `today`, `tomorrow`, `Mon 18 May`, `in 9 days`, `12 Sep`."""
    if not value:
        return ""
    on = _day_of(value)
    ahead = (on - clock.today()).days
    if ahead < 0:
        return ngettext("%(days)s day late", "%(days)s days late", -ahead) % {"days": -ahead}
    if ahead == 0:
        return gettext("today")
    if ahead == 1:
        return gettext("tomorrow")
    if ahead < 7:
        return _written(on, "D j M")
    if ahead <= 30:
        return ngettext("in %(days)s day", "in %(days)s days", ahead) % {"days": ahead}
    return day(on)


@register.filter
def ago(value: dt.date | dt.datetime | None) -> str:
    """How long since: `today`, `yesterday`, `5 days ago`, then the day itself; `never` for nothing."""
    if not value:
        return pgettext("last contact", "never")
    on = _day_of(value)
    behind = (clock.today() - on).days
    if behind == 0:
        return gettext("today")
    if behind == 1:
        return gettext("yesterday")
    if 1 < behind < 15:
        return ngettext("%(days)s day ago", "%(days)s days ago", behind) % {"days": behind}
    return day(on)


@register.simple_tag
def by_when(value: dt.date | dt.datetime | None, soon: int = 0) -> SafeString:
    """`due` as a <time>, in madder when late, in ochre within `soon` days; always with the word. Nothing for nothing."""
    if not value:
        return mark_safe("")
    on = _day_of(value)
    ahead = (on - clock.today()).days
    tone = "late" if ahead < 0 else "soon" if ahead <= soon and soon else "due"
    return format_html('<time class="{}" datetime="{}">{}</time>', tone, on.isoformat(), due(on))


# ——— figures and names ———

_EXPONENT = {
    **dict.fromkeys(("TND", "LYD", "IQD", "JOD", "KWD", "BHD", "OMR"), 3),
    **dict.fromkeys(("XAF", "XOF", "GNF", "DJF", "RWF", "BIF", "KMF", "JPY", "KRW", "ISK", "UGX", "VND"), 0),
}


def _grouped(number: Decimal | int | float, places: int = 0) -> str:
    """In threes, with the reader's own marks: Django groups nothing in Arabic."""
    return numberformat.format(
        number,
        formats.get_format("DECIMAL_SEPARATOR"),
        places,
        grouping=3,
        thousand_sep=formats.get_format("THOUSAND_SEPARATOR"),
        force_grouping=True,
    )


@register.filter
def money(minor: int | None, currency: str = "TND") -> SafeString:
    """Minor units as the amount alone: 3354400|money:"TND" is 3,354.400, by the reader's own marks. The unit stands in the head."""
    if minor is None:
        return mark_safe("")
    places = _EXPONENT.get(currency, 2)
    amount = Decimal(minor).scaleb(-places)
    return format_html('<bdi class="amount">{}</bdi>', _grouped(amount, places))


@register.filter
def money_of(minor: int | None, currency: str = "TND") -> SafeString:
    """The amount with its unit, for a sentence: `3,354.400 TND`."""
    if minor is None:
        return mark_safe("")
    places = _EXPONENT.get(currency, 2)
    amount = _grouped(Decimal(minor).scaleb(-places), places)
    return format_html('<bdi class="amount">{}\u00a0{}</bdi>', amount, currency)


@register.filter
def whole(minor: int, currency: str = "TND") -> str:
    """The amount in whole units as plain text, for the axis of a chart: `1,000`."""
    return _grouped(Decimal(minor).scaleb(-_EXPONENT.get(currency, 2)).to_integral_value())


@register.filter
def figure(number: int | float | None) -> SafeString:
    """A whole number with its thousands apart, by the reader's own marks; a dash for nothing."""
    if number is None:
        return mark_safe('<span class="quiet">–</span>')
    return format_html("<bdi>{}</bdi>", _grouped(number))


@register.filter
def capped(number: int, cap: int = 1000) -> str:
    """A count that is exact below the cap and `1,000+` above it."""
    if number > cap:
        return f"{_grouped(cap)}+"
    return _grouped(number)


@register.filter
def bdi(text: Any) -> SafeString:
    """A name, reference, amount or number in a sentence, kept whole whatever the direction around it."""
    return format_html("<bdi>{}</bdi>", text)


_SCRIPTS = (
    (0x0600, 0x06FF, "ar"),
    (0x10A0, 0x10FF, "ka"),
    (0x1C90, 0x1CBF, "ka"),
    (0x0530, 0x058F, "hy"),
    (0x1200, 0x139F, "ti"),
    (0x0400, 0x04FF, "ru"),
)


@register.filter
def name(text: str) -> SafeString:
    """A person's name with the `lang` of its script, so that it is drawn and read in its own letters."""
    for letter in text or "":
        for first, last, lang in _SCRIPTS:
            if first <= ord(letter) <= last:
                if lang == (get_language() or "")[:2]:
                    return format_html("<bdi>{}</bdi>", text)
                return format_html('<bdi lang="{}">{}</bdi>', lang, text)
    return format_html("<bdi>{}</bdi>", text)


@register.simple_tag
def phone(number: str, shown: str = "") -> SafeString:
    """A telephone number that can be tapped; always left to right."""
    digits = "".join(c for c in number if c.isdigit() or c == "+")
    return format_html('<a href="tel:{}"><bdi dir="ltr">{}</bdi></a>', digits, shown or number)


@register.filter
def initials(text: str) -> str:
    """The first letters of the first and last word of a name."""
    words = (text or "").split()
    return (words[0][:1] + (words[-1][:1] if len(words) > 1 else "")).upper() if words else ""


@register.filter
def listed(things: Iterable[Any]) -> SafeString:
    """`a, b and c`, each escaped on its own."""
    parts = [conditional_escape(thing) for thing in things]
    if len(parts) < 2:
        return mark_safe("".join(parts))
    comma = pgettext("between the things of a list", ", ")
    return format_html(gettext("{} and {}"), mark_safe(comma.join(parts[:-1])), parts[-1])


# ——— forms ———

_ATTRIBUTE_OF_TYPE = {
    "tel": {"dir": "ltr", "inputmode": "tel"},
    "email": {"dir": "ltr"},
    "url": {"dir": "ltr"},
    "number": {"dir": "ltr"},
}


def _kind(widget: forms.Widget) -> str:
    if isinstance(widget, forms.CheckboxInput):
        return "tick"
    if isinstance(widget, forms.CheckboxSelectMultiple):
        return "ticks"
    if isinstance(widget, forms.RadioSelect):
        return "choices"
    if widget.use_fieldset:
        return "several"
    return "one"


@register.inclusion_tag("parts/field.html")
def field(
    bound: BoundField,
    label: Any = "",
    hint: Any = "",
    row: bool = False,
    keys: bool = False,
    optional: bool = False,
    wide: bool = False,
    **more: Any,
) -> dict[str, Any]:
    """One question of a form: label above, hint below, what is wrong under it.

    `row` lays choices side by side, `keys` numbers them. What else is given becomes an attribute of the control:
    `hx_get` is `hx-get`.
    """
    widget = bound.field.widget
    hint = hint or bound.help_text
    said = [f"{bound.auto_id}_{part}" for part, there in (("hint", hint), ("error", bound.errors)) if there]
    kind = _kind(widget)
    attrs: dict[str, Any] = {key.replace("_", "-"): value for key, value in more.items()}
    if kind in ("one", "several"):
        select = isinstance(widget, forms.Select)
        attrs["class"] = " ".join(filter(None, (widget.attrs.get("class"), "form-select" if select else "form-control")))
        if isinstance(widget, forms.TextInput | forms.Textarea):
            for key, value in _ATTRIBUTE_OF_TYPE.get(getattr(widget, "input_type", ""), {"dir": "auto"}).items():
                attrs.setdefault(key, value)
    if said and kind in ("one", "tick"):
        attrs["aria-describedby"] = " ".join(said)
    if bound.errors:
        attrs["aria-invalid"] = "true"
    return {
        "field": bound,
        "kind": "hidden" if bound.is_hidden else kind,
        "label": label or bound.label,
        "hint": hint,
        "row": row,
        "keys": keys,
        "optional": optional,
        "wide": wide,
        "described": " ".join(said),
        "control": bound.as_widget(attrs=attrs) if kind not in ("ticks", "choices") else "",
        "options": list(bound.subwidgets) if kind in ("ticks", "choices") else [],
    }


@register.inclusion_tag("parts/faults.html")
def faults(*forms_: Any, blockers: Iterable[Any] = ()) -> dict[str, Any]:
    """All that is wrong, at the top, each with its link: the errors of forms and formsets, and the blockers of a refusal."""
    found: list[tuple[str, Any, str]] = []
    for form in forms_:
        for each in getattr(form, "forms", [form]):
            if not each:
                continue
            found += [("", error, "") for error in each.non_field_errors()]
            for name_, errors in each.errors.items():
                if name_ in each.fields:
                    asked = each[name_]
                    target = "" if asked.is_hidden else f"#{asked.auto_id}"
                    label = str(asked.label).rstrip(":?؟ ")
                    found += [
                        (target, format_html(pgettext("question: what is wrong", "{}: {}"), label, error), "") for error in errors
                    ]
    found += [(blocker.link, blocker.sentence, blocker.link_label) for blocker in blockers]
    many = len(found)
    return {"found": found, "heading": ngettext("One thing to mend", "%(many)s things to mend", many) % {"many": many}}


# ——— the way so far ———

_COLUMNS = 56
_KINDS = {"span": "span", "run": "span run", "ahead": "span ahead", "full": "dot full", "due": "dot due", "notch": "dot notch"}


def _months(day_: dt.date) -> int:
    return day_.year * 12 + day_.month - 1


def _value(row: Any, key: str, otherwise: Any = None) -> Any:
    return row.get(key, otherwise) if isinstance(row, Mapping) else getattr(row, key, otherwise)


@register.inclusion_tag("parts/journey.html")
def journey(tracks: Iterable[Any], note: Any = "") -> dict[str, Any]:
    """The way so far, drawn from plain facts; mirrors by itself.

    A track is {"label", "say", "marks"}; a mark is {"kind", "on", "until", "words"} with kind span | run | ahead (a line from `on`
    to `until`), full (answered, begun) | due (not yet) | notch (a thing that happened) or last (a last day).
    """
    rows = list(tracks)
    today = clock.today()
    days = [today] + [
        day_ for row in rows for mark in _value(row, "marks", ()) for day_ in (_value(mark, "on"), _value(mark, "until")) if day_
    ]
    first, last = _months(min(days)), _months(max(days)) + 1
    step = max(1, -(-(last - first + 1) // 14))
    first -= first % step

    def column(day_: dt.date) -> int:
        """Which of the 56 columns a day falls in, counted from 1."""
        part = (_months(day_) - first + (day_.day - 1) / 31) / step * 4
        return min(max(int(part) + 1, 1), _COLUMNS + 1)

    drawn = []
    for row in rows:
        marks: list[dict[str, Any]] = []
        words: list[dict[str, Any]] = []
        for mark in _value(row, "marks", ()):
            kind, start = _value(mark, "kind"), column(_value(mark, "on"))
            text = _value(mark, "words", "")
            if kind == "last":
                marks.append({"kind": "last", "from": start, "to": 0, "words": ""})
                words.append({"kind": "last", "from": start, "words": text})
                continue
            end = column(_value(mark, "until")) if _value(mark, "until") else 0
            marks.append(
                {
                    "kind": _KINDS[kind],
                    "from": start,
                    "to": max(end, start + 1) if kind in ("span", "run", "ahead") else 0,
                    "words": "",
                }
            )
            if text:
                words.append({"kind": "cap", "from": end or start, "words": text})
        # Two words that would run into each other: the earlier one is left to the sentence of the row.
        places = sorted({mark["from"] for mark in marks} | {mark["to"] for mark in marks if mark["to"]})
        kept = []
        for word in words:
            after = next((place for place in places if place > word["from"]), _COLUMNS + 9)
            room = len(str(word["words"])) / 3
            if word["from"] + room > _COLUMNS + 3 and after > _COLUMNS:
                # Too near the end: the words stand before their mark, if nothing else does.
                before = max((place for place in places if place < word["from"]), default=0)
                if before <= word["from"] - room:
                    kept.append({**word, "kind": f"{word['kind']} ends"})
                continue
            if len(str(word["words"])) / 3 <= after - word["from"] or (word["kind"] == "last" and word is words[-1]):
                kept.append(word)
        lasts = [mark for mark in marks if mark["kind"] == "last" and mark["from"] not in {word["from"] for word in kept}]
        drawn.append({
            "label": _value(row, "label"),
            "say": _value(row, "say"),
            "marks": [mark for mark in marks if mark["kind"] != "last"] + lasts,
            "words": kept,
        })  # fmt: skip
    heads = []
    for index in range(14):
        month = first + index * step
        start_of = dt.date(month // 12, month % 12 + 1, 1)
        named = index == 0 or start_of.month <= step
        heads.append(
            {"from": index * 4 + 1, "to": index * 4 + 5, "year": named, "word": _written(start_of, "M y" if named else "M")}
        )
    return {"tracks": drawn, "heads": heads, "today": column(today), "note": note}


@register.simple_tag
def key_hint(*keys: str) -> SafeString:
    """The keys to press, as they look on a keyboard."""
    return format_html_join(" ", "<kbd>{}</kbd>", ((key,) for key in keys))
