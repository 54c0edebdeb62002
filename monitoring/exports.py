"""The report as a file: the very figures of the page, so that hidden stays hidden.

A name that begins like a formula is made harmless: files are opened in spreadsheets, and names come from people.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import IO, Any

import xlsxwriter
from django.utils.translation import gettext as _

from monitoring.indicators import HIDDEN, Cell, Indicator, Table

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")


def harmless(words: str) -> str:
    """Return text that no spreadsheet takes for a formula."""
    return f"'{words}" if words.lstrip(" ").startswith(_STARTS_A_FORMULA) else words


def as_dict(table: Table) -> dict[str, Any]:
    """Return the report as plain data: shares from 0 to 1, null where nothing is known, hidden figures named in ``hidden``."""
    return {
        **table.facts,
        "threshold": table.threshold,
        "hidden_means": str(HIDDEN),
        "indicators": [
            {"id": one.id, "title": str(one.title), "sentence": str(one.sentence), "kind": one.kind} for one in table.indicators
        ],
        "rows": [
            {
                "round": line.round_kind,
                "round_label": str(table.label(line)[0]),
                "office": line.office,
                "office_label": str(table.label(line)[1]),
                "total": line.is_total,
                **{one.id: _number(line.cells[one.id]) for one in table.indicators},
                "hidden": [one.id for one in table.indicators if line.cells[one.id].hidden],
            }
            for line in table.lines
        ],
    }


def as_json(table: Table) -> str:
    """Return the report as JSON text."""
    return json.dumps(as_dict(table), indent=2, ensure_ascii=False) + "\n"


def as_csv(table: Table) -> bytes:
    """Return the report as CSV that Excel opens as it is: UTF-8 with its mark, a comma between, shares in per cent."""
    words = io.StringIO(newline="")
    writer = csv.writer(words)
    for row in _rows(table):
        writer.writerow([harmless(one) if isinstance(one, str) else one for one in row])
    return words.getvalue().encode("utf-8-sig")


def write_xlsx(table: Table, target: IO[bytes]) -> None:
    """Write the report as a workbook of two sheets: the figures, and what each of them means."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(target, options) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        figures = book.add_worksheet(_("Follow-up"))
        figures.freeze_panes(1, 2)
        figures.set_column(0, 1, 22)
        figures.set_column(2, 1 + len(table.indicators), 12)
        for number, row in enumerate(_rows(table)):
            for place, one in enumerate(row):
                figures.write(number, place, one, bold if number == 0 else None)
        meaning = book.add_worksheet(_("What it means"))
        meaning.set_column(0, 0, 28)
        meaning.set_column(1, 1, 110)
        facts = [*table.facts.items(), (str(_("Hidden")), _hidden_sentence(table))]
        for number, (title, sentence) in enumerate([*facts, *((str(one.title), str(one.sentence)) for one in table.indicators)]):
            meaning.write_string(number, 0, title, bold)
            meaning.write_string(number, 1, sentence)


def _hidden_sentence(table: Table) -> str:
    return _("%(sentence)s: counts from 1 to %(most)d, and what would give them away.") % {
        "sentence": HIDDEN,
        "most": table.threshold - 1,
    }


def _rows(table: Table) -> Iterator[list[str | int | float]]:
    yield [_("Round"), _("Office"), *(_heading(one) for one in table.indicators)]
    for line in table.lines:
        kind, office = table.label(line)
        yield [str(kind), str(office), *(_shown(one, line.cells[one.id]) for one in table.indicators)]


def _heading(one: Indicator) -> str:
    return f"{one.title} (%)" if one.kind == "share" else str(one.title)


def _shown(one: Indicator, cell: Cell) -> str | int | float:
    if cell.hidden:
        return str(HIDDEN)
    if cell.value is None:
        return ""
    return round(100 * cell.value, 1) if one.kind == "share" else cell.value


def _number(cell: Cell) -> int | float | None:
    return round(cell.value, 4) if isinstance(cell.value, float) else cell.value


__all__ = ["as_csv", "as_dict", "as_json", "harmless", "write_xlsx"]
