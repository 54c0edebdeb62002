"""What a round asks: each survey is one data file, and this room reads it, checks it and says which question comes next.

A file is named ``NAME.VERSION.toml``. Kept answers name the version they were given to, so an old file is never changed:
a new wording is a new file.
No answer is read here for any purpose but the next question (promise 5.3).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

LANGUAGES = ("en", "fr", "ar")
WAYS = ("web", "phone", "visit", "paper", "proxy")
TYPES = ("one", "many", "number", "date")
PREFER_NOT = "prefer_not_to_say"
# By voice in safe hours a person may speak for herself; a sheet of paper lies about and a proxy is somebody else.
VOICES = ("phone", "visit")

Answer = str | int | float | list[str]
Answers = Mapping[str, Any]
Text = Mapping[str, str]

_FOLDER = Path(__file__).parent
_ID = re.compile(r"^[a-z][a-z0-9_]*$")
_DATE = re.compile(r"^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$")


class BadInstrument(ValueError):
    """A data file that cannot be asked from; the message names the file and the item."""


class BadAnswer(ValueError):
    """An answer that its question does not offer. The page says ``code`` in the person's language."""

    def __init__(self, item: Item, code: str, message: str) -> None:
        super().__init__(f"{item.id}: {message}")
        self.item_id, self.code = item.id, code


@dataclass(frozen=True)
class Option:
    """One answer on offer. ``points`` run from 0 (worst) to 1 (best); ``task`` names the work that a *yes* asks of the office."""

    id: str
    text: Text
    points: float | None = None
    unknown: bool = False
    applies: bool = True
    exclusive: bool = False
    task: str = ""


@dataclass(frozen=True)
class Item:
    """One question, asked alone on its screen or read aloud."""

    id: str
    type: Literal["one", "many", "number", "date"]
    text: Text
    options: tuple[Option, ...] = ()
    dimension: str = ""
    ways: tuple[str, ...] = WAYS
    alone_only: bool = False
    ask_if: tuple[Mapping[str, tuple[str, ...]], ...] = ()
    known_if: tuple[tuple[str, str, str, str], ...] = ()
    least: float | None = None
    most: float | None = None

    @property
    def scored(self) -> bool:
        """Say whether this question counts in a dimension."""
        return bool(self.dimension)

    def option(self, option_id: str) -> Option | None:
        """Return the option with this id, or nothing."""
        return next((option for option in self.options if option.id == option_id), None)


@dataclass(frozen=True)
class Instrument:
    """One version of one survey."""

    name: str
    version: int
    title: Text
    prefer_not: Option
    items: tuple[Item, ...]
    dimensions: tuple[str, ...] = ()
    coverage: float = 0.6
    asked: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def item(self, item_id: str) -> Item | None:
        """Return the question with this id, or nothing."""
        return next((item for item in self.items if item.id == item_id), None)

    def items_of(self, dimension: str) -> tuple[Item, ...]:
        """Return the scored questions of one dimension, in the order they are asked."""
        return tuple(item for item in self.items if item.dimension == dimension)

    def choices(self, item: Item) -> tuple[Option, ...]:
        """Return what the page offers for a question; *I prefer not to say* is always the last."""
        return (*item.options, self.prefer_not)


def text(thing: Instrument | Item | Option, language: str) -> str:
    """Return the words of a question, an answer or a title in a language; English where that language is not carried."""
    words = thing.title if isinstance(thing, Instrument) else thing.text
    return words.get(language) or words.get(language.split("-")[0].split("_")[0]) or words["en"]


def instrument(name: str, version: int | None = None) -> Instrument:
    """Return one survey, its newest version unless another is named."""
    found = _on_disk()
    if name not in found:
        raise BadInstrument(f"There is no instrument called {name}. There are: {', '.join(sorted(found))}.")
    wanted = max(found[name]) if version is None else version
    if wanted not in found[name]:
        raise BadInstrument(f"{name} has no version {wanted}.")
    return found[name][wanted]


def names() -> tuple[str, ...]:
    """Return the names of the surveys that are carried, work first: it is asked first."""
    return tuple(sorted(_on_disk(), key=lambda name: (name != "employment", name)))


def asked_in(anchor: str, months: int) -> tuple[Instrument, ...]:
    """Return what a round asks, in order: the surveys whose file names this anchor and this month."""
    return tuple(found for found in map(instrument, names()) if months in found.asked.get(anchor, ()))


def next_item(asked: Instrument, answers: Answers, way: str, alone: bool) -> Item | None:
    """Return the next question for this person by this way, or nothing when all that may be asked has been.

    ``alone`` says that the phone is *mine alone*: without it a sensitive question waits for a voice (promise 5.6).
    """
    return next((item for item in asked.items if item.id not in answers and may_ask(item, answers, way, alone)), None)


def may_ask(item: Item, answers: Answers, way: str, alone: bool) -> bool:
    """Say whether a question may be put to this person by this way, after what was answered so far."""
    if way not in WAYS:
        raise ValueError(f"{way} is no way of asking. There are: {', '.join(WAYS)}.")
    if way not in item.ways:
        return False
    if item.alone_only and not (way in VOICES or (way == "web" and alone)):
        return False
    return applies(item, answers)


def applies(item: Item, answers: Answers) -> bool:
    """Say whether the earlier answers lead to this question at all."""
    if not item.ask_if:
        return True
    return any(all(_chosen(answers.get(key), wanted) for key, wanted in way_in.items()) for way_in in item.ask_if)


def progress(asked: Instrument, answers: Answers, way: str, alone: bool) -> tuple[int, int]:
    """Return how many questions are answered and how many there are as things stand now."""
    open_items = [item for item in asked.items if item.id in answers or may_ask(item, answers, way, alone)]
    return sum(item.id in answers for item in open_items), len(open_items)


def left_for_voice(asked: Instrument, answers: Answers, alone: bool) -> tuple[Item, ...]:
    """Return the questions that this phone may not show and a call would still ask."""
    return tuple(
        item
        for item in asked.items
        if item.id not in answers and may_ask(item, answers, "phone", alone) and not may_ask(item, answers, "web", alone)
    )


def known(asked: Instrument, others: Mapping[str, Answers]) -> dict[str, str]:
    """Return the answers that another survey of the same round has given already, so that nobody is asked twice."""
    carried: dict[str, str] = {}
    for item in asked.items:
        for name, item_id, value, gives in item.known_if:
            if item.id not in carried and others.get(name, {}).get(item_id) == value:
                carried[item.id] = gives
    return carried


def tasks_of(asked: Instrument, answers: Answers) -> tuple[str, ...]:
    """Return the kinds of work that the answers ask of the office: a call or a talk wished for, or danger (promise 5.4)."""
    kinds: list[str] = []
    for item in asked.items:
        for option in item.options:
            if option.task and option.task not in kinds and _chosen(answers.get(item.id), (option.id,)):
                kinds.append(option.task)
    return tuple(kinds)


def clean(item: Item, given: Any) -> Answer:
    """Return an answer in the form in which it is kept, or refuse it with a sentence that names the question."""
    if given == PREFER_NOT or given == [PREFER_NOT]:
        return PREFER_NOT
    if item.type == "one":
        if not isinstance(given, str) or item.option(given) is None:
            raise BadAnswer(item, "not_offered", f"{_shown(given)} is not one of the answers.")
        return given
    if item.type == "many":
        return _clean_many(item, given)
    if item.type == "number":
        return _clean_number(item, given)
    return _clean_date(item, given)


def _clean_many(item: Item, given: Any) -> list[str]:
    if isinstance(given, str):
        given = [given]
    if not isinstance(given, Iterable) or isinstance(given, Mapping):
        raise BadAnswer(item, "not_offered", "a list of answers is needed.")
    chosen = list(given)
    if not chosen:
        raise BadAnswer(item, "nothing_chosen", "nothing is chosen.")
    for one in chosen:
        if not isinstance(one, str) or item.option(one) is None:
            raise BadAnswer(item, "not_offered", f"{_shown(one)} is not one of the answers.")
    if len(set(chosen)) > 1 and any(option.exclusive for option in item.options if option.id in chosen):
        raise BadAnswer(item, "stands_alone", "“none” stands alone.")
    return [option.id for option in item.options if option.id in chosen]


def _clean_number(item: Item, given: Any) -> int | float:
    if isinstance(given, bool):
        raise BadAnswer(item, "not_a_number", "a number is needed.")
    try:
        # Eastern Arabic digits are read by float(); a decimal comma and its Arabic sister are not.
        number = float(str(given).strip().replace(" ", "").replace(",", ".").replace("٫", "."))
    except ValueError:
        raise BadAnswer(item, "not_a_number", "a number is needed.") from None
    if not abs(number) < float("inf"):
        raise BadAnswer(item, "not_a_number", "a number is needed.")
    if (item.least is not None and number < item.least) or (item.most is not None and number > item.most):
        raise BadAnswer(item, "out_of_range", f"the number lies between {item.least:g} and {item.most:g}.")
    return int(number) if number == int(number) else number


def _clean_date(item: Item, given: Any) -> str:
    found = _DATE.match(str(given).strip())
    if not found:
        raise BadAnswer(item, "not_a_date", "a year, a month or a day is needed, as 2026, 2026-03 or 2026-03-14.")
    year, month, day = (int(part) if part else None for part in found.groups())
    days = (31, 29 if year and (year % 4 == 0 and (year % 100 or year % 400 == 0)) else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    if (
        not year
        or year < 1900
        or (month is not None and not 1 <= month <= 12)
        or (day is not None and not 1 <= day <= days[(month or 1) - 1])
    ):
        raise BadAnswer(item, "no_such_date", "there is no such date.")
    return found.group(0)


def _chosen(answer: Any, wanted: tuple[str, ...]) -> bool:
    return any(one in wanted for one in answer) if isinstance(answer, list | tuple) else answer in wanted


def _shown(given: Any) -> str:
    return repr(given)[:40]


# Reading the files


@lru_cache(maxsize=1)
def _on_disk() -> dict[str, dict[int, Instrument]]:
    found: dict[str, dict[int, Instrument]] = {}
    for path in sorted(_FOLDER.glob("*.toml")):
        read = read_file(path)
        found.setdefault(read.name, {})[read.version] = read
    for versions in found.values():
        for one in versions.values():
            _check_known_if(one, found)
    return found


def read_file(path: Path) -> Instrument:
    """Read one data file and check it whole; a fault is told with the file and the item it is in."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise BadInstrument(f"{path.name}: cannot be read: {fault}") from fault
    return _Reader(path.name, data).instrument()


class _Reader:
    """One data file on its way to an ``Instrument``: knows its own name, so that every fault can say where it is."""

    TOP = {"name", "version", "title", "prefer_not", "asked", "scales", "items", "dimensions", "coverage"}
    ITEM = {"id", "type", "text", "options", "scale", "dimension", "ways", "alone_only", "ask_if", "known_if", "least", "most"}
    OPTION = {"id", "text", "points", "unknown", "applies", "exclusive", "task"}

    def __init__(self, file: str, data: dict[str, Any]) -> None:
        self.file, self.data = file, data

    def fault(self, where: str, what: str) -> BadInstrument:
        return BadInstrument(f"{self.file}: {where}: {what}")

    def instrument(self) -> Instrument:
        data = self.data
        self.only(data, self.TOP, "top")
        name, version = data.get("name"), data.get("version")
        if not isinstance(name, str) or not isinstance(version, int) or self.file != f"{name}.{version}.toml":
            raise self.fault("top", "name and version must be those of the file's name")
        dimensions = tuple(data.get("dimensions", ()))
        items: list[Item] = []
        for number, raw in enumerate(data.get("items", ()), start=1):
            items.append(self.item(raw, number, {item.id: item for item in items}, dimensions))
        if not items:
            raise self.fault("top", "there is no item")
        coverage = data.get("coverage", 0.6)
        if not isinstance(coverage, int | float) or not 0 < coverage <= 1:
            raise self.fault("top", "coverage lies between 0 and 1")
        empty = [one for one in dimensions if not any(item.dimension == one for item in items)]
        if empty:
            raise self.fault("top", f"no item counts in {empty[0]}")
        asked = {anchor: tuple(months) for anchor, months in data.get("asked", {}).items()}
        prefer_not = Option(PREFER_NOT, self.text(data.get("prefer_not"), "prefer_not"))
        return Instrument(
            name, version, self.text(data.get("title"), "title"), prefer_not, tuple(items), dimensions, float(coverage), asked
        )

    def item(self, raw: dict[str, Any], number: int, earlier: dict[str, Item], dimensions: tuple[str, ...]) -> Item:
        where = str(raw.get("id") or f"item {number}")
        self.only(raw, self.ITEM, where)
        if not _ID.match(str(raw.get("id", ""))):
            raise self.fault(where, "an id of small letters, digits and _ is needed")
        if where in earlier:
            raise self.fault(where, "the id is there twice")
        if raw.get("type") not in TYPES:
            raise self.fault(where, f"type is one of {', '.join(TYPES)}")
        dimension = raw.get("dimension", "")
        if dimension and dimension not in dimensions:
            raise self.fault(where, f"{dimension} is not one of the dimensions")
        ways = tuple(raw.get("ways", WAYS))
        if not ways or not set(ways) <= set(WAYS):
            raise self.fault(where, f"ways are some of {', '.join(WAYS)}")
        options = self.options(raw, where, bool(dimension))
        return Item(
            id=where,
            type=raw["type"],
            text=self.text(raw.get("text"), where),
            options=options,
            dimension=dimension,
            ways=ways,
            alone_only=bool(raw.get("alone_only", False)),
            ask_if=self.ask_if(raw.get("ask_if", []), where, earlier),
            known_if=self.known_if(raw.get("known_if", []), where, options),
            least=raw.get("least"),
            most=raw.get("most"),
        )

    def options(self, raw: dict[str, Any], where: str, scored: bool) -> tuple[Option, ...]:
        if raw["type"] not in ("one", "many"):
            if "options" in raw or "scale" in raw or scored:
                raise self.fault(where, "a number or a date has no options and no points")
            if raw["type"] == "number" and not ("least" in raw and "most" in raw):
                raise self.fault(where, "a number needs least and most")
            return ()
        if ("options" in raw) == ("scale" in raw):
            raise self.fault(where, "either options or a scale is needed")
        listed = raw.get("options", self.data.get("scales", {}).get(raw.get("scale")))
        if not listed or len(listed) < 2:
            raise self.fault(where, "at least two options are needed (is the scale there?)")
        options: list[Option] = []
        for one in listed:
            here = f"{where}.{one.get('id', '?')}"
            self.only(one, self.OPTION, here)
            if not _ID.match(str(one.get("id", ""))) or one["id"] == PREFER_NOT or one["id"] in {option.id for option in options}:
                raise self.fault(here, "an id of its own is needed")
            points = one.get("points")
            if scored:
                no_points = bool(one.get("unknown")) or not one.get("applies", True)
                if no_points == (points is not None):
                    raise self.fault(here, "points are needed, or unknown = true, or applies = false")
                if points is not None and (not isinstance(points, int | float) or isinstance(points, bool) or not 0 <= points <= 1):
                    raise self.fault(here, "points lie between 0 and 1")
            elif points is not None:
                raise self.fault(here, "points without a dimension")
            options.append(
                Option(
                    one["id"],
                    self.text(one.get("text"), here),
                    None if points is None else float(points),
                    bool(one.get("unknown", False)),
                    bool(one.get("applies", True)),
                    bool(one.get("exclusive", False)),
                    str(one.get("task", "")),
                )
            )
        return tuple(options)

    def ask_if(self, raw: Any, where: str, earlier: dict[str, Item]) -> tuple[Mapping[str, tuple[str, ...]], ...]:
        ways_in = [raw] if isinstance(raw, dict) else raw
        for way_in in ways_in:
            for key, wanted in way_in.items():
                if key not in earlier:
                    raise self.fault(where, f"ask_if names {key}, which is not asked before it")
                unknown = [one for one in wanted if earlier[key].option(one) is None]
                if unknown or not wanted:
                    raise self.fault(where, f"ask_if names an answer that {key} does not offer")
        return tuple({key: tuple(wanted) for key, wanted in way_in.items()} for way_in in ways_in)

    def known_if(self, raw: Any, where: str, options: tuple[Option, ...]) -> tuple[tuple[str, str, str, str], ...]:
        rules = []
        for one in raw:
            for source, value in one["answer"].items():
                name, _, item_id = source.partition(".")
                if one["gives"] not in {option.id for option in options}:
                    raise self.fault(where, f"known_if gives {one['gives']}, which it does not offer")
                rules.append((name, item_id, value, one["gives"]))
        return tuple(rules)

    def text(self, raw: Any, where: str) -> Text:
        for language in LANGUAGES:
            words = raw.get(language) if isinstance(raw, dict) else None
            if not isinstance(words, str) or not words.strip():
                raise self.fault(where, f"the text is missing in {language}")
        if set(raw) - set(LANGUAGES):
            raise self.fault(where, f"only {', '.join(LANGUAGES)} are carried")
        return dict(raw)

    def only(self, raw: dict[str, Any], allowed: set[str], where: str) -> None:
        strange = sorted(set(raw) - allowed)
        if strange:
            raise self.fault(where, f"{strange[0]} is not known here")


def _check_known_if(one: Instrument, found: Mapping[str, Mapping[int, Instrument]]) -> None:
    for item in one.items:
        for name, item_id, value, _ in item.known_if:
            source = found[name][max(found[name])].item(item_id) if name in found else None
            if source is None or source.option(value) is None:
                raise BadInstrument(
                    f"{one.name}.{one.version}.toml: {item.id}: known_if names {name}.{item_id} = {value}, which is not there"
                )
