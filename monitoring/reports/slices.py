"""A small table of counts by group with its total, hidden before anybody sees it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from monitoring import statistics
from monitoring.charts import percent
from monitoring.indicators import ALL, Cell
from monitoring.reports.findings import Shown

Words = str | Promise


def shown(name: str, cell: Cell) -> Shown:
    """A cell as the pages write it: a count, a share in whole per cent, or that it is hidden."""
    if cell.hidden:
        return Shown(name, hidden=True)
    return Shown(name, number=cell.value) if isinstance(cell.value, int) else Shown(name, percent(cell.value))


@dataclass(frozen=True)
class Slice:
    """One group, or all of them, with a cell for each column."""

    code: str
    label: Words
    cells: Mapping[str, Cell]

    @property
    def is_total(self) -> bool:
        """Whether this line sums the others."""
        return self.code == ALL

    def share(self, part: str, whole: str) -> Cell:
        """One column as a share of another: hidden where either is, empty where there is nothing to share."""
        one, of = self.cells[part], self.cells[whole]
        if one.hidden or of.hidden:
            return Cell(None, hidden=True)
        return Cell(one.value / of.value if one.value is not None and of.value else None)


def sliced(
    counted: Mapping[tuple[str, str], int],
    groups: Sequence[tuple[str, Words]],
    columns: Sequence[str],
    sums: Sequence[tuple[str, tuple[str, ...]]],
    *,
    threshold: int,
    unpublished: frozenset[str] = frozenset(),
) -> list[Slice]:
    """Lines of (group, column) counts with their total. `sums` say which column is the sum of which others."""
    codes = tuple(code for code, _label in groups)
    if not codes:
        return []
    cells: dict[statistics.Key, int] = {(code, column): counted.get((code, column), 0) for code in codes for column in columns}
    cells |= {(ALL, column): sum(cells[code, column] for code in codes) for column in columns}
    by_group = statistics.Axis((*codes, ALL), ((ALL, codes),), {ALL: 4})
    by_column = statistics.Axis(tuple(columns), tuple(sums), None, unpublished)
    hidden = statistics.suppress(cells, (by_group, by_column), threshold)
    return [
        Slice(
            code,
            label,
            {
                column: Cell(None, hidden=True) if (code, column) in hidden else Cell(cells[code, column])
                for column in columns
                if column not in unpublished
            },
        )
        for code, label in (*groups, (ALL, _("All")))
    ]
