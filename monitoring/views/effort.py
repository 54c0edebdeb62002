"""Whether effort falls alike on everybody: once a year, for data protection, on the page and as CSV."""

import csv
import io
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.scope import scope_of
from monitoring.indicators import HIDDEN, Cell
from monitoring.reports.effort import Effort, effort, years
from monitoring.reports.slices import Slice, shown


def _asked(request: HttpRequest) -> tuple[Effort, list[int]]:
    if not scope_of(request.user).reads("effort"):
        raise PermissionDenied(_("Data protection reads this."))
    known, said = years(), request.GET.get("year", "")
    return effort(int(said) if said.isdecimal() and len(said) == 4 and int(said) in known else known[0]), known


@require_GET
def effort_of_a_year(request: HttpRequest) -> HttpResponse:
    """Rounds due in a year by sex and kind of return: who was listed for more effort, and who was reached."""
    found, known = _asked(request)
    tables = [(title, [(line, [shown(title, cell) for cell in _row(line)]) for line in lines]) for title, lines in found.by]
    return render(request, "monitoring/effort.html", {"year": found.year, "years": known, "tables": tables, "hidden": HIDDEN})


@require_GET
def effort_csv(request: HttpRequest) -> HttpResponse:
    """The same figures as CSV."""
    found, _known = _asked(request)
    words = io.StringIO(newline="")
    writer = csv.writer(words)
    heads = [_("Due"), _("Listed"), _("Listed, of those due (%)"), _("Reached"), _("Reached, of those due (%)")]
    writer.writerow([_("By"), _("Group"), *heads])
    for title, lines in found.by:
        for line in lines:
            writer.writerow([title, line.label, *(_written(cell) for cell in _row(line))])
    headers = {"Content-Disposition": f'attachment; filename="effort-{found.year}.csv"'}
    return HttpResponse(words.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8", headers=headers)


def _row(line: Slice) -> list[Cell]:
    cells = line.cells
    return [cells["due"], cells["listed"], line.share("listed", "due"), cells["reached"], line.share("reached", "due")]


def _written(cell: Cell) -> Any:
    if cell.hidden:
        return str(HIDDEN)
    if cell.value is None:
        return ""
    return round(100 * cell.value, 1) if isinstance(cell.value, float) else cell.value
