"""Every .po file is sound, and what a returnee reads is complete in every language.

    .venv/bin/python tools/translations.py

Sound: it parses, and each translation has the placeholders of its sentence. Complete: each sentence of the answer page and
of the messages has a translation that is not fuzzy. The sentences are taken from the source and not from the .po files, so
that one which nobody extracted is found too.
"""

import ast
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import polib

BASE = Path(__file__).resolve().parent.parent
ROOMS = ("config", "workflows", "accounts", "casework", "grants", "monitoring")
LANGUAGES = ("fr", "ar")

# What a returnee reads: the answer page, and the wording of every message that leaves the house.
READ_BY_RETURNEES = (
    "monitoring/templates/monitoring/answer/**/*",
    "monitoring/templates/monitoring/messages/**/*",
    "monitoring/answering.py",
    "monitoring/forms/answer.py",
    "monitoring/views/answer.py",
    "monitoring/letters.py",
    "grants/letters.py",
    "casework/templates/casework/messages/**/*",
    "workflows/messages.py",
)
_CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")

Sentence = tuple[str, str]  # context, msgid


def in_python(file: Path) -> Iterator[Sentence]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _CALLS:
            words = [
                argument.value for argument in node.args if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
            ]
            if node.func.id.startswith("pgettext") and len(words) > 1:
                yield words[0], words[1]
            elif words:
                yield "", words[0]


def in_template(file: Path) -> Iterator[Sentence]:
    from django.template import engines
    from django.template.base import Node
    from django.templatetags.i18n import BlockTranslateNode, TranslateNode
    from django.utils.translation import trim_whitespace

    template = engines["django"].engine.from_string(file.read_text(encoding="utf-8"))
    for node in template.nodelist.get_nodes_by_type(Node):
        context = str(node.message_context.var) if getattr(node, "message_context", None) else ""
        if isinstance(node, TranslateNode) and isinstance(node.filter_expression.var.literal, str):
            yield context, node.filter_expression.var.literal
        elif isinstance(node, BlockTranslateNode):
            words, _names = node.render_token_list(node.singular)
            yield context, trim_whitespace(words) if node.trimmed else words
    yield from (("", words) for words in re.findall(r"""_\("([^"]+)"\)""", file.read_text(encoding="utf-8")))


def sentences() -> dict[Sentence, str]:
    """What a returnee reads, and where it stands."""
    found: dict[Sentence, str] = {}
    for pattern in READ_BY_RETURNEES:
        for file in sorted(BASE.glob(pattern)):
            if file.is_file():
                read = in_python if file.suffix == ".py" else in_template
                found.update(dict.fromkeys(read(file), str(file.relative_to(BASE))))
    return found


def faults_of(entry: polib.POEntry) -> Iterator[str]:
    """What is wrong with one translation."""
    given = [entry.msgstr] if entry.msgstr else [words for words in entry.msgstr_plural.values() if words]
    asked = set(_PLACEHOLDER.findall(entry.msgid)) | set(_PLACEHOLDER.findall(entry.msgid_plural or ""))
    for words in given:
        strange = set(_PLACEHOLDER.findall(words)) - asked
        lost = set(_PLACEHOLDER.findall(entry.msgid)) - set(_PLACEHOLDER.findall(words)) if entry.msgstr else set()
        if strange or lost:
            yield f"{entry.msgid[:60]!r}: placeholders {sorted(strange | lost)}"


def main() -> int:
    sys.path.insert(0, str(BASE))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    wrong: list[str] = []
    wanted = sentences()
    for language in LANGUAGES:
        done: set[Sentence] = set()
        for room in ROOMS:
            for file in sorted((BASE / room).glob(f"locale/{language}/LC_MESSAGES/*.po")):
                for entry in polib.pofile(str(file)):
                    wrong += [f"{file.relative_to(BASE)}: {fault}" for fault in faults_of(entry)]
                    if entry.translated():
                        done.add((entry.msgctxt or "", entry.msgid))
        wrong += [f"{language}: {words[1][:80]!r} ({place})" for words, place in wanted.items() if words not in done]
    for line in wrong:
        print(line)
    print(f"{len(wanted)} sentences that a returnee reads, in {' and '.join(LANGUAGES)}: {len(wrong)} to mend")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
