"""The follow-up report on the page, on paper and as files: one table for all of them, hidden before any of them sees it."""

import io
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.models import Office
from accounts.scope import EVERYWHERE, scope_of
from casework.models import Programme
from monitoring import exports
from monitoring.charts import interval_chart, shares_of
from monitoring.forms import FiguresForm
from monitoring.indicators import HIDDEN, Table
from monitoring.reports import findings, follow_up
from monitoring.reports.slices import Slice, shown
from monitoring.reports.work import COLUMNS, kinds_of_work
from workflows import clock

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class AskedFor:
    """What a reader asked for: the form, and the table where the form holds."""

    form: FiguresForm
    programme: Programme | None
    table: Table | None
    work: tuple[Slice, ...] = ()

    @property
    def query(self) -> str:
        """The same question once more, with its day named: a file is of the day that the page showed."""
        assert self.programme is not None and self.table is not None
        return urlencode({"programme": self.programme.code, "as_of": self.table.facts["as_of"]})


def asked_of(request: HttpRequest) -> AskedFor:
    """Who reads figures reads those of their offices; a programme of other offices is not there."""
    offices = scope_of(request.user).reads_where("figures")
    if not offices:
        raise PermissionDenied(
            _("Supervisors read the figures of their office; programme managers and data protection read all of them.")
        )
    programmes = Programme.objects.order_by("name", "code")
    if offices != EVERYWHERE:
        programmes = programmes.filter(offices__in=list(offices)).distinct()
    found = list(programmes)
    code = request.GET.get("programme", "")
    programme = next((one for one in found if one.code == code), None) if code else next(iter(found), None)
    if programme is None and code:
        raise Http404
    form = FiguresForm(
        found, data={"programme": programme.code if programme else "", "as_of": request.GET.get("as_of") or clock.today()}
    )
    table, work = None, ()
    if programme is not None and form.is_valid():
        table = follow_up.figures(programme, form.cleaned_data["as_of"])
        work = tuple(kinds_of_work(programme, form.cleaned_data["as_of"]))
        if offices != EVERYWHERE:
            codes = set(Office.objects.filter(pk__in=list(offices)).values_list("code", flat=True))
            table, work = table.of_offices(codes), tuple(line for line in work if line.code in codes)
    return AskedFor(form, programme, table, work)


@require_GET
def report(request: HttpRequest) -> HttpResponse:
    """The figures of a programme as of a day: in a sentence, as a table, drawn, and what each of them means."""
    asked = asked_of(request)
    may_see_effort = scope_of(request.user).reads("effort")
    may_look = scope_of(request.user).reads_where("figures") == EVERYWHERE
    return render(request, "monitoring/report.html", {**_page(asked), "may_see_effort": may_see_effort, "may_look": may_look})


@require_GET
def report_print(request: HttpRequest) -> HttpResponse:
    """The same on paper."""
    asked = asked_of(request)
    if asked.table is None:
        return _back(request)
    return render(request, "monitoring/report_print.html", _page(asked))


@require_GET
def report_csv(request: HttpRequest) -> HttpResponse:
    """The same figures as CSV."""
    asked = asked_of(request)
    if asked.table is None:
        return _back(request)
    return _file(asked, exports.as_csv(asked.table), "text/csv; charset=utf-8", "csv")


@require_GET
def report_xlsx(request: HttpRequest) -> HttpResponse:
    """The same figures as a workbook."""
    asked = asked_of(request)
    if asked.table is None:
        return _back(request)
    target = io.BytesIO()
    exports.write_xlsx(asked.table, target)
    return _file(asked, target.getvalue(), XLSX, "xlsx")


def _back(request: HttpRequest) -> HttpResponse:
    """To the page, which says what is wrong with the question."""
    return redirect(f"{reverse('monitoring:report')}?{request.GET.urlencode()}")


def _file(asked: AskedFor, content: bytes, content_type: str, ending: str) -> HttpResponse:
    assert asked.programme is not None and asked.table is not None
    name = f"follow-up-{asked.programme.code}-{asked.table.facts['as_of']}.{ending}"
    return HttpResponse(content, content_type=content_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _page(asked: AskedFor) -> dict[str, Any]:
    context: dict[str, Any] = {"form": asked.form, "programme": asked.programme, "table": asked.table}
    if asked.table is None:
        return context
    table = asked.table
    looks = []
    for number, place in enumerate(findings.places(table)):
        found = findings.headline(table, place)
        looks.append(
            {
                "place": place,
                "headline": found,
                "chart": interval_chart(f"work-{number}", _("In work, by round"), shares_of(table, place.code)),
                "not_asked": findings.not_asked(table, place),
            }
        )
    return {
        **context,
        "as_of": asked.form.cleaned_data["as_of"],
        "query": asked.query,
        "looks": looks if table.round_kinds else [],
        "by_office": len(looks) > 1,
        "head": findings.head(),
        "work_head": list(COLUMNS.values()),
        "work": [(line, [shown(name, cell) for name, cell in line.cells.items()]) for line in asked.work],
        "groups": list(findings.groups(table)),
        "not_reached": findings.not_reached(table),
        "hidden": HIDDEN,
        "any_hidden": any(cell.hidden for line in table.lines for cell in line.cells.values()),
        "most_hidden": table.threshold - 1,
    }
