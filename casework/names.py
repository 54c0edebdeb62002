"""How a name sounds, whatever script it was written in.

The same woman is Fatma, Fatima, Fatmah and فاطمة on four lists. A name is first brought to Latin letters, then to sounds
(one sign a sound, French and English spellings of Arabic alike), and two names are as far apart as the letters that one
clerk would have to change to write what the other wrote. Short vowels, which Arabic does not write, cost almost nothing;
consonants cost a whole step; a last vowel costs nearly one, because it tells Karim from Karima.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import Levenshtein

# --- letters to Latin letters ---------------------------------------------------------------------------------------

_GEORGIAN = dict(
    zip(
        "აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ",
        [
            "a",
            "b",
            "g",
            "d",
            "e",
            "v",
            "z",
            "t",
            "i",
            "k",
            "l",
            "m",
            "n",
            "o",
            "p",
            "zh",
            "r",
            "s",
            "t",
            "u",
            "p",
            "k",
            "gh",
            "q",
            "sh",
            "ch",
            "ts",
            "dz",
            "ts",
            "ch",
            "kh",
            "j",
            "h",
        ],
        strict=True,
    )
)
_ARMENIAN = dict(
    zip(
        "աբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆ",
        [
            "a",
            "b",
            "g",
            "d",
            "e",
            "z",
            "e",
            "e",
            "t",
            "zh",
            "i",
            "l",
            "kh",
            "ts",
            "k",
            "h",
            "dz",
            "gh",
            "ch",
            "m",
            "y",
            "n",
            "sh",
            "o",
            "ch",
            "p",
            "j",
            "r",
            "s",
            "v",
            "t",
            "r",
            "ts",
            "v",
            "p",
            "k",
            "o",
            "f",
        ],
        strict=True,
    )
)
_CYRILLIC = dict(
    zip(
        "абвгдезийклмнопрстуфхцшщыэюяжч",
        ["a", "b", "v", "g", "d", "e", "z", "i", "y", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f", "kh", "ts",
        "sh", "shch", "y", "e", "yu", "ya", "zh", "ch"],
        strict=True,
    )
) | {
    "ё": "yo", "ъ": "", "ь": "", "і": "i", "ї": "yi", "є": "ye", "ґ": "g", "ў": "u", "ђ": "dj", "ј": "y", "љ": "l",
    "њ": "n", "ћ": "ch", "џ": "j",
    "ә": "a", "ғ": "gh", "қ": "q", "ң": "n", "ө": "o", "ұ": "u", "ү": "u", "һ": "h", "ҳ": "h", "ҷ": "j", "ӣ": "i", "ӯ": "u",
}  # fmt: skip
_ARABIC = {
    "ا": "a", "أ": "a", "إ": "a", "آ": "a", "ٱ": "a", "ء": "", "ؤ": "u", "ئ": "i", "ب": "b", "ت": "t", "ث": "th",
    "ج": "j", "ح": "h", "خ": "kh",
    "د": "d", "ذ": "dh", "ر": "r", "ز": "z", "س": "s", "ش": "sh", "ص": "s", "ض": "d", "ط": "t", "ظ": "dh", "ع": "ʿ",
    "غ": "gh", "ف": "f",
    "ق": "q", "ك": "k", "ل": "l", "م": "m", "ن": "n", "ه": "h", "و": "u", "ي": "i", "ى": "a", "ة": "a",
    "پ": "p", "چ": "ch", "ژ": "zh", "گ": "g", "ڨ": "g", "ک": "k", "ی": "i", "ے": "i", "ہ": "h", "ھ": "h", "ڤ": "v",
    "ٹ": "t", "ڈ": "d", "ڑ": "r",
    "ۀ": "a", "ە": "a", "ۆ": "o", "ێ": "e",
}  # fmt: skip
# The Arabic letters whose Latin reading is open keep a sign of their own: first alef, ta marbuta, alef maqsura, ayn.
_ARABIC_SOUND = _ARABIC | {
    "ث": "t", "خ": "K", "ذ": "d", "ش": "x", "ظ": "d", "ع": "3", "غ": "G", "ى": "Y", "ة": "A", "چ": "c", "ژ": "Z", "گ": "g",
}  # fmt: skip
_ETHIOPIC_ROWS = [
    "h",
    "l",
    "h",
    "m",
    "s",
    "r",
    "s",
    "sh",
    "q",
    "kw",
    "q",
    "kw",
    "b",
    "v",
    "t",
    "ch",
    "h",
    "hw",
    "n",
    "ny",
    "-",
    "k",
    "kw",
    "kh",
    "khw",
    "w",
    "-",
    "z",
    "zh",
    "y",
    "d",
    "d",
    "j",
    "g",
    "gw",
    "ng",
    "t",
    "ch",
    "p",
    "ts",
    "ts",
    "f",
    "p",
]
_ETHIOPIC_VOWELS = ("e", "u", "i", "a", "e", "", "o", "wa")
_LATIN = {
    "š": "sh", "ş": "sh", "ș": "sh", "č": "ch", "ć": "ch", "ž": "zh", "đ": "dj", "ğ": "g", "ı": "i", "ß": "ss", "ø": "o",
    "æ": "ae", "œ": "e",
    "ł": "l", "ð": "d", "þ": "th", "ț": "ts", "ţ": "ts", "ə": "e", "ħ": "h", "ŋ": "n", "ġ": "gh", "ż": "z",
}  # fmt: skip
_DIGITS = {
    ord(c): str(unicodedata.digit(c)) for start in (0x0660, 0x06F0, 0x0966, 0x09E6) for c in map(chr, range(start, start + 10))
}
_APOSTROPHES = re.compile(r"['’‘`´ʼʾʻ′\u0640\u064b-\u065f\u0670\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_WORD = re.compile(r"[^\W_]+(?:[\u0300-\u036f]+[^\W_]*)*")
_SCRIPTS = (
    ("arabic", 0x0600, 0x06FF), ("arabic", 0x0750, 0x077F), ("arabic", 0x08A0, 0x08FF), ("arabic", 0xFB50, 0xFEFF),
    ("georgian", 0x10A0, 0x10FF),
    ("georgian", 0x1C90, 0x1CBF), ("georgian", 0x2D00, 0x2D2F), ("armenian", 0x0530, 0x058F), ("cyrillic", 0x0400,
    0x052F), ("ethiopic", 0x1200, 0x139F),
)  # fmt: skip


def fold_digits(text: str) -> str:
    """Write Arabic, Persian, Hindi and Bengali digits as 0 to 9."""
    return text.translate(_DIGITS)


def script_of(text: str) -> str:
    """Name the script that most letters of a text belong to: latin, arabic, georgian, armenian, cyrillic, ethiopic, other."""
    counts: dict[str, int] = {}
    for char in text:
        point = ord(char)
        if point < 0x250 or 0x1E00 <= point <= 0x1EFF:
            if char.isalpha():
                counts["latin"] = counts.get("latin", 0) + 1
            continue
        for name, first, last in _SCRIPTS:
            if first <= point <= last:
                counts[name] = counts.get(name, 0) + 1
                break
        else:
            if char.isalpha():
                counts["other"] = counts.get("other", 0) + 1
    return max(counts, key=lambda name: counts[name]) if counts else ""


def words(text: str) -> list[str]:
    """Split a name into folded words: no case, no apostrophe, no vowel sign, hyphens between words open."""
    folded = _APOSTROPHES.sub("", unicodedata.normalize("NFKC", text).casefold())
    return _WORD.findall(fold_digits(folded))


def _ethiopic() -> dict[str, str]:
    letters = {}
    for row, consonant in enumerate(_ETHIOPIC_ROWS):
        for order, vowel in enumerate(_ETHIOPIC_VOWELS):
            alone = {0: "a", 5: "e"}.get(order, vowel)
            letters[chr(0x1200 + 8 * row + order)] = alone if consonant == "-" else consonant + vowel
    return letters


_LETTERS = (
    {c: c for c in "abcdefghijklmnopqrstuvwxyz0123456789ʿ"} | _LATIN | _ARABIC | _GEORGIAN | _ARMENIAN | _CYRILLIC | _ethiopic()
)
_FIRST = {"ո": "vo", "ե": "ye", "ç": "ch"}


def _latin_letters(word: str) -> str:
    if word.isascii():
        return word
    ukrainian = any(c in "іїєґ" for c in word)
    out: list[str] = []
    for place, char in enumerate(word):
        if place == 0 and char in _FIRST:
            out.append(_FIRST[char])
        elif char == "ւ" and place and word[place - 1] == "ո":
            out[-1] = "u"
        elif char == "г" and ukrainian:
            out.append("h")
        elif char == "ç":
            out.append("s")
        elif char in _LETTERS:
            out.append(_LETTERS[char])
        else:
            plain = "".join(c for c in unicodedata.normalize("NFKD", char) if not unicodedata.combining(c))
            out.append(_latin_letters(plain) if plain != char else char if char.isalnum() else "")
    return "".join(out)


def to_latin(text: str) -> str:
    """Write a text in small Latin letters a to z, word by word; what has no Latin letter stays."""
    return " ".join(filter(None, (_latin_letters(word) for word in words(text))))


# --- Latin letters to sounds ----------------------------------------------------------------------------------------

_SERVANT = re.compile(r"^abd(?:[eauoi]l|[eauoi](?=([bcdfghjklmnpqrstvwxz])\1)|ou?l)(?=[a-z])")
_SOUNDS = {
    "shch": "x", "sch": "x", "tch": "c", "dzh": "j", "ch": "c", "sh": "x", "kh": "K", "gh": "G", "zh": "Z", "dj": "j",
    "ph": "f", "th": "t", "dh": "d",
    "ck": "k", "ou": "u", "oo": "u", "ee": "i", "x": "ks", "y": "i", "w": "u", "ʿ": "3",
}  # fmt: skip
_SPELLINGS = re.compile(r"shch|sch|tch|dzh|ch|sh|kh|gh|zh|dj|ph|th|dh|ck|gu(?=[eiy])|qu(?=[eiy])|ou|oo|ee|c(?=[eiy])|c|x|y|w|ʿ")
_DOUBLED = re.compile(r"(.)\1+")
_ARTICLES = frozenset({"el", "al", "ul"})
_PREFIXED = re.compile(r"^[ea]l(?=[^aeiouyl])")
VOWELS = frozenset("aeiouYAE3")


def _sound_of_spelling(match: re.Match[str]) -> str:
    spelling = match.group()
    if spelling == "gu":
        return "g"
    if spelling == "qu":
        return "q"
    if spelling == "c":
        return "s" if match.string[match.end() : match.end() + 1] in ("e", "i", "y") else "k"
    return _SOUNDS[spelling]


@dataclass(frozen=True, slots=True)
class Sound:
    """A word as it sounds, and whether it was written without its short vowels."""

    signs: str
    vowelless: bool
    skeleton: str


@lru_cache(maxsize=8192)
def sound(word: str) -> Sound:
    """Say how one folded word sounds."""
    if script_of(word) == "arabic":
        bare = word[2:] if word.startswith("ال") and len(word) >= 4 else word
        if bare.startswith("عبدال") and len(bare) > 6:
            bare = "عبد" + bare[5:]
        signs = "".join(_ARABIC_SOUND.get(char, _latin_letters(char)) for char in bare)
        if bare[:1] in "اأإآٱ":
            signs = "E" + signs[1:]
        signs = _DOUBLED.sub(r"\1", signs)
        return Sound(signs, True, _bones(signs))
    latin = _SERVANT.sub("abd", _latin_letters(word))
    if len(latin) >= 7:
        latin = _PREFIXED.sub("", latin)
    signs = _DOUBLED.sub(r"\1", _SPELLINGS.sub(_sound_of_spelling, latin))
    return Sound(signs, False, _bones(signs))


_BONES = str.maketrans({
    **dict.fromkeys("aeiouhYAE3", ""), **dict.fromkeys("kqgGK", "k"), **dict.fromkeys("xc", "x"), **dict.fromkeys("td",
    "t"), **dict.fromkeys("sz", "s"),
    **dict.fromkeys("fv", "f"), **dict.fromkeys("bp", "b"), **dict.fromkeys("jZ", "j"),
})  # fmt: skip


def _bones(signs: str) -> str:
    # Hayat, Hayet and حياة: a written final t of ta marbuta must not make another skeleton.
    bones = signs[:-1] + "t" if signs.endswith("A") and signs[-2:-1] in ("a", "u") else signs
    return _DOUBLED.sub(r"\1", bones.translate(_BONES))


# --- how far apart --------------------------------------------------------------------------------------------------

_PAIRS = {
    "ae": 0.1, "ei": 0.2, "ai": 0.4, "ou": 0.05, "ao": 0.3, "au": 0.45, "eo": 0.35, "eu": 0.35, "io": 0.5, "iu": 0.5,
    "qk": 0.05, "qg": 0.05, "kg": 0.35, "Kh": 0.2, "Kk": 0.35, "Kq": 0.4, "Gg": 0.15, "Gk": 0.4, "Gq": 0.4, "Gr": 0.6,
    "Gh": 0.5, "gh": 0.35,
    "cx": 0.05, "ck": 0.5, "cs": 0.6, "xs": 0.5, "Zj": 0.1, "jg": 0.3, "ji": 0.35, "Zz": 0.4, "jx": 0.6, "cj": 0.5, "Zx": 0.4,
    "sz": 0.3, "td": 0.35, "dz": 0.4, "ts": 0.6, "bp": 0.45, "vf": 0.3, "vu": 0.3, "vb": 0.5, "pf": 0.4, "mn": 0.7, "lr": 0.8,
    "Ya": 0.0, "Yi": 0.0, "Ye": 0.1, "Aa": 0.0, "Ae": 0.0, "At": 0.05, "Ah": 0.1, "AY": 0.1,
    "Ea": 0.0, "Ee": 0.0, "Ei": 0.0, "Eo": 0.0, "Eu": 0.05, "3a": 0.0, "3e": 0.0, "3i": 0.0, "3o": 0.0, "3u": 0.05, "3E": 0.1,
}  # fmt: skip
_CHANGE = _PAIRS | {pair[::-1]: cost for pair, cost in _PAIRS.items()}
_LAST = frozenset("aeiou")


def _gaps(word: Sound, other: Sound) -> list[float]:
    """What each sign of a word costs when the other word does not have it."""
    signs, last, out = word.signs, len(word.signs) - 1, []
    for place, sign in enumerate(signs):
        if sign == "3":
            cost = 0.05
        elif sign in VOWELS:
            beside = (place > 0 and signs[place - 1] in VOWELS) or (place < last and signs[place + 1] in VOWELS)
            if place == 0 and not (sign == "i" and beside):
                cost = 0.6
            elif place == last:
                cost = 0.2 if sign == "e" else 0.9
            elif word.vowelless:
                cost = 0.6 if other.vowelless else 0.5 if sign in "iu" else 0.3
            elif other.vowelless:
                cost = 0.5 if beside and sign in "iu" else 0.08 if sign in "iu" else 0.03
            elif not beside:
                cost = 0.3
            else:
                cost = 0.2 if sign == "e" or place == 0 or signs[place - 1] == "e" else 0.7
        elif sign == "h":
            cost = 0.15 if place == last else 0.5
        else:
            cost = 1.0
        out.append(cost)
    return out


def _change(x: str, y: str, last: bool, written: bool) -> float:
    """What it costs that one wrote the one sign and another the other; `written`: one of the two left its short vowels out."""
    change = _CHANGE.get(x + y, 1.0)
    if x in _LAST and y in _LAST:
        if last and change > 0.05:
            return 0.3 if change == 0.2 else 0.7 if change == 0.1 else 0.8
        if written and change >= 0.3:
            return 0.8
    return change


@lru_cache(maxsize=16384)
def distance(a: Sound, b: Sound) -> float:
    """Say how many steps lie between two words: 0 when they sound the same, about 1 for every other consonant."""
    if a.signs == b.signs:
        return 0.0
    if b.signs < a.signs:  # one order only, so that the answer is the same both ways
        a, b = b, a
    most = max(2, max(len(a.skeleton), len(b.skeleton)) // 2)
    if Levenshtein.distance(a.skeleton, b.skeleton, score_cutoff=most) > most:
        return 9.0
    left, right = a.signs, b.signs
    gaps_left, gaps_right = _gaps(a, b), _gaps(b, a)
    width, end_left, end_right = len(right), len(left) - 1, len(right) - 1
    written = a.vowelless != b.vowelless
    before: list[float] = []
    row = [0.0]
    for gap in gaps_right:
        row.append(row[-1] + gap)
    for i, x in enumerate(left):
        earlier, before, row = before, row, [row[0] + gaps_left[i]]
        for j in range(width):
            y = right[j]
            change = 0.0 if x == y else _change(x, y, i == end_left and j == end_right, written)
            best = min(before[j] + change, before[j + 1] + gaps_left[i], row[j] + gaps_right[j])
            if i and j and x == right[j - 1] and left[i - 1] == y and x not in VOWELS and y not in VOWELS:
                best = min(best, earlier[j - 1] + 0.6)
            row.append(best)
    return row[-1]


def allowed(a: Sound, b: Sound) -> float:
    """Say how far apart two words of this length may be and still be one name."""
    length = max(len(a.signs), len(b.signs))
    if a.vowelless != b.vowelless:
        return 0.1 + 0.08 * min(length, 10)
    return 0.1 + 0.1 * min(length, 10)


@dataclass(frozen=True, slots=True)
class Name:
    """One part of a name, family or given, ready to be held beside another."""

    text: str
    script: str
    parts: tuple[Sound, ...]
    whole: Sound

    @property
    def skeleton(self) -> str:
        return self.whole.skeleton


@lru_cache(maxsize=8192)
def name(text: str) -> Name:
    """Prepare a family name or given names, as they were written."""
    spoken = words(text)
    kept = [w for w in spoken if w not in _ARTICLES] if len(spoken) > 1 else spoken
    parts = tuple(s for s in map(sound, kept) if s.signs)
    latin = "".join(kept)
    if len(kept) == 1 or not parts:
        whole = parts[0] if parts else Sound("", False, "")
    elif all(p.vowelless for p in parts):
        signs = _DOUBLED.sub(r"\1", "".join(p.signs for p in parts))
        whole = Sound(signs, True, _bones(signs))
    elif latin.startswith("abd"):
        whole = sound("".join(spoken))
    else:
        signs = _DOUBLED.sub(r"\1", "".join(p.signs for p in parts))
        whole = Sound(signs, False, _bones(signs))
    return Name(" ".join(spoken), script_of(text), parts, whole)


@dataclass(frozen=True, slots=True)
class NameLikeness:
    """How one name answers another: the word to show, the steps between, and whether they may be one name."""

    word: str
    cost: float

    @property
    def alike(self) -> bool:
        return self.word != "differs" and self.word != "unknown"


_UNKNOWN, _DIFFERS, _SAME = NameLikeness("unknown", 0.0), NameLikeness("differs", 9.0), NameLikeness("same", 0.0)


@lru_cache(maxsize=16384)
def alike(a: Name, b: Name) -> NameLikeness:
    """Hold two names side by side: same, sounds alike, near, other script, differs or unknown."""
    if not a.whole.signs or not b.whole.signs:
        return _UNKNOWN
    if a.text == b.text:
        return _SAME
    cost = distance(a.whole, b.whole)
    fits = cost <= allowed(a.whole, b.whole)
    if not fits and (len(a.parts) > 1 or len(b.parts) > 1):
        part_cost = _shared_parts(a.parts, b.parts)
        if part_cost is not None:
            cost, fits = part_cost, True
    if not fits:
        return NameLikeness("differs", cost) if cost <= 2 else _DIFFERS
    if a.script != b.script:
        return NameLikeness("other script", cost)
    return NameLikeness("sounds alike" if cost <= 0.12 else "near", cost)


def _shared_parts(a: tuple[Sound, ...], b: tuple[Sound, ...]) -> float | None:
    """Match the shorter name's words among the longer's, in any order; None when one of them has no partner there."""
    short, long = (a, list(b)) if len(a) <= len(b) else (b, list(a))
    if sum(len(s.signs) for s in short) < 3:
        return None
    total = 0.15 * (len(long) - len(short)) + 0.1
    for part in short:
        best, where = 9.0, -1
        for place, other in enumerate(long):
            cost = distance(part, other)
            if cost < best and cost <= allowed(part, other):
                best, where = cost, place
        if where < 0:
            return None
        total += best
        del long[where]
    return total


# --- search ---------------------------------------------------------------------------------------------------------


def search_tokens(text: str) -> list[str]:
    """Give one key for every word of a text; a word typed in any script gives the key of the same word in another.

    The keys hold consonants only, so half a word gives the beginning of the whole word's key: search by prefix.
    """
    out = []
    for rough in unicodedata.normalize("NFKC", text).casefold().split():
        if any(c.isdigit() for c in rough):
            out.append("".join(c for c in fold_digits(rough) if c.isalnum()))
            continue
        spoken = words(rough)
        for word in spoken:
            if word in _ARTICLES and len(spoken) > 1:
                continue
            heard = sound(word)
            out.append(heard.skeleton or heard.signs.translate(str.maketrans("eoYAE3", "auaaaa")))
    return [token for token in out if token]


def search_key(text: str) -> str:
    """Give the text as its search tokens, joined by spaces."""
    return " ".join(search_tokens(text))
