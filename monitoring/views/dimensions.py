"""The follow-up report by sex, path, host country and region: on the page and as CSV."""

import csv
import io
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.scope import EVERYWHERE, scope_of
from monitoring.exports import harmless
from monitoring.indicators import HIDDEN, Cell
from monitoring.reports.dimensions import COLUMNS, DIMENSIONS, Look, looked_at_by
from monitoring.reports.findings import Shown
from monitoring.reports.slices import shown
from monitoring.views.report import asked_of


def _asked(request: HttpRequest) -> tuple[Any, str, list[Look]]:
    if scope_of(request.user).reads_where("figures") != EVERYWHERE:
        # One office seen by sex, laid beside the whole by sex, would give the other office away.
        raise PermissionDenied(_("Programme managers and data protection look at the whole programme this way."))
    asked = asked_of(request)
    by = request.GET.get("by", "")
    by = by if by in DIMENSIONS else next(iter(DIMENSIONS))
    if asked.table is None or asked.programme is None:
        return asked, by, []
    return asked, by, looked_at_by(asked.programme, asked.form.cleaned_data["as_of"], by, asked.table)


@require_GET
def report_by(request: HttpRequest) -> HttpResponse:
    """Each round by one dimension: due, reached, in work with its interval."""
    asked, by, looks = _asked(request)
    question = {"programme": asked.form.data["programme"], "as_of": asked.form.data["as_of"]}
    context = {
        "form": asked.form,
        "programme": asked.programme,
        "table": asked.table,
        "by": by,
        "title": DIMENSIONS[by].title,
        "ways": [(code, one.title, f"?{urlencode({**question, 'by': code})}") for code, one in DIMENSIONS.items()],
        "query": urlencode({**question, "by": by}),
        "head": COLUMNS.values(),
        "looks": [(look.round, [(line, _cells(line, share, ends)) for line, share, ends in look.shares()]) for look in looks],
        "hidden": HIDDEN,
    }
    return render(request, "monitoring/report_by.html", context)


def _cells(line: Any, share: Cell, ends: tuple[Cell, Cell]) -> list[Shown]:
    low, high = (cell.value for cell in ends)
    between = "" if low is None or high is None else _("%(low)d to %(high)d") % {"low": round(100 * low), "high": round(100 * high)}
    last = shown("share", share)
    return [*(shown(name, line.cells[name]) for name in COLUMNS), last if last.hidden else Shown("share", last.words, between)]


@require_GET
def report_by_csv(request: HttpRequest) -> HttpResponse:
    """The same as CSV."""
    asked, by, looks = _asked(request)
    if asked.table is None:
        return redirect(f"{reverse('monitoring:report_by')}?{request.GET.urlencode()}")
    words = io.StringIO(newline="")
    writer = csv.writer(words)
    writer.writerow(
        [
            _("Round"),
            str(DIMENSIONS[by].title),
            *map(str, COLUMNS.values()),
            _("In work, of those reached") + " (%)",
            _("From"),
            _("To"),
        ]
    )
    for look in looks:
        if not look.lines:
            writer.writerow([harmless(str(look.round)), str(HIDDEN)])
        for line, share, ends in look.shares():
            counts = [str(HIDDEN) if cell.hidden else cell.value for cell in line.cells.values()]
            shares = [
                str(HIDDEN) if cell.hidden else "" if cell.value is None else round(100 * cell.value, 1) for cell in (share, *ends)
            ]
            writer.writerow([harmless(str(look.round)), harmless(str(line.label)), *counts, *shares])
    name = f"follow-up-{asked.programme.code}-{by}-{asked.table.facts['as_of']}.csv"
    answer = HttpResponse(words.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
