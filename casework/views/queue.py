"""The queue, its export, and the search over everything that one may see."""

import csv
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Office, User
from accounts.scope import EVERYWHERE, scope_of
from casework import queue as queues
from casework.models import Case, SavedView, Vulnerability
from casework.queries import search as search_for
from casework.states import CaseState, Path
from workflows import accesses, clock
from workflows.models import Access

EXPORT_MOST = 20_000
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """The files of one view, narrowed by what is asked, a page at a time."""
    carries = scope_of(request.user).holds("caseworker")
    asked = queues.Asked.of(request.GET, view="mine" if carries else "all")
    if request.GET.get("export"):
        return _exported(request, asked)
    page = queues.page_of(request.user, asked, after=request.GET.get("after", ""))
    kept = {name: value for name, value in request.GET.items() if name not in ("after", "view", "name") and value}
    context = {
        "asked": asked,
        "page": page,
        "count": queues.count_of(request.user, asked),
        "cap": queues.CAP,
        "views": [(name, label, "?" + urlencode({**kept, "view": name})) for name, label in queues.VIEWS.items()],
        "states": CaseState.choices,
        "paths": [(value, label) for value, label in Path.choices if value],
        "offices": _offices(request.user),
        "flags": Vulnerability.Code.choices if scope_of(request.user).reads_where("flags") else [],
        # One's own files need no such choice.
        "caseworkers": [] if asked.view in ("mine", "nobody") else _caseworkers(request.user),
        "next_url": f"?{urlencode({**kept, 'view': asked.view, 'after': page.next_key})}" if page.next_key else "",
        "first_url": "" if page.begins_at_start else f"?{urlencode({**kept, 'view': asked.view})}",
        "export_url": f"?{urlencode({**kept, 'view': asked.view, 'export': 'csv'})}",
        **_kept_views(request, asked),
        "may_refer": scope_of(request.user).may("casework.refer"),
    }
    return render(request, "casework/queue.html", context)


def _kept_views(request: HttpRequest, asked: queues.Asked) -> dict[str, Any]:
    """The reader's own views beside the others, and what saving the present one would keep."""
    said = asked.as_said()
    own = [(view.name, view.asked, "?" + urlencode(view.asked)) for view in SavedView.objects.visible_to(request.user)]
    kept_as = next((name for name, same, _url in own if same == said), "")
    return {
        "own_views": [(name, url, name == kept_as) for name, _same, url in own],
        "kept_as": kept_as,
        "said": said.items(),
        "tried_name": request.GET.get("name", "")[:60],
        # What is no question of one's own needs no name of one's own.
        "may_save": asked.narrowed and not kept_as,
    }


def _offices(user: User) -> list[Office]:
    files = scope_of(user).sees_files_of()
    offices = Office.objects.filter(active=True)
    return list(offices if files == EVERYWHERE else offices.filter(pk__in=files))


def _caseworkers(user: User) -> list[User]:
    files = scope_of(user).sees_files_of()
    held = User.objects.filter(is_active=True, grants__role__in=("caseworker", "supervisor"), grants__until=None)
    return list((held if files == EVERYWHERE else held.filter(grants__office__in=files)).distinct().order_by("name")[:60])


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Find a file by name in any script, phone or reference."""
    text = " ".join(request.GET.get("q", "")[:200].split())
    found = search_for(request.user, text) if text else None
    rows = queues.rows_of(hit.case for hit in found.hits) if found else []
    for row in rows:
        accesses.note(request, "person", row.case.person_id, kind=Access.SEARCH)
    return render(request, "casework/search.html", {"searched": text, "found": found, "rows": rows})


def _exported(request: HttpRequest, asked: queues.Asked) -> HttpResponse:
    """What is filtered, as CSV that a spreadsheet opens as text; every person in it is noted as exported."""
    cases = list(
        queues.asked_for(request.user, asked)
        .select_related("person", "office", "caseworker")
        .order_by("-state_since", "pk")[:EXPORT_MOST]
    )
    for case in cases:
        accesses.note(request, "person", case.person_id, kind=Access.EXPORT)
    answer = StreamingHttpResponse(_lines(cases), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="queue-{clock.today():%Y-%m-%d}.csv"'
    return answer


class _Echo:
    def write(self, line: str) -> str:
        return line


def _lines(cases: list[Case]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff"
    yield writer.writerow(
        [
            _("Reference"),
            _("Family name"),
            _("Given names"),
            _("Name in its own script"),
            _("Where they stand"),
            _("Since"),
            _("Path"),
            _("Office"),
            _("Caseworker"),
            _("Last contact"),
        ]
    )
    for case in cases:
        person = case.person
        cells = (
            case.reference,
            person.family_name,
            person.given_names,
            person.native_name,
            case.get_state_display(),
            case.state_since,
            case.get_path_display(),
            case.office.name,
            case.caseworker.name if case.caseworker else "",
            case.last_contact_on or "",
        )
        yield writer.writerow([f"'{cell}" if str(cell).startswith(_FORMULA) else str(cell) for cell in cells])
