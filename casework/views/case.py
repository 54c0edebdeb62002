"""The page of a case and its sections, and the referral of a known person."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Office
from accounts.scope import EVERYWHERE, scope_of
from casework import story
from casework.actions.case import refer as refer_person
from casework.case_page import case_page, cases_for, opened_for_purpose, reads_of, sections_of, story_page, summary_of
from casework.forms.case import ReferForm
from casework.models import Case, Person
from casework.next_steps import grouped, of_person, theirs
from casework.sections import SECTIONS
from casework.story import KINDS
from workflows import accesses, hooks
from workflows.acting import Refused, options
from workflows.models import Access


def opened(request: HttpRequest, pk: UUID, *, kind: str = Access.OPEN, for_purpose: bool = False) -> Case:
    """The file among those that this user may see, or 404; that it was opened is noted.

    With `for_purpose`, also a file that the user opened for a stated purpose a while ago: to read, and noted with what for.
    """
    found = cases_for(request.user).filter(pk=pk).first() or (opened_for_purpose(request.user, pk) if for_purpose else None)
    if found is None:
        raise Http404(pk)
    accesses.note(request, "person", found.person_id, kind=kind, purpose=found.opened.purpose if found.opened else "")
    return found


def _asked(request: HttpRequest) -> tuple[str, int]:
    """Which kind of things, and before which event: what the address says, if it makes sense."""
    kind, before = request.GET.get("kind", ""), request.GET.get("before", "")
    return kind if kind in KINDS else "", int(before) if before.isdecimal() and len(before) < 19 else 0


@require_safe
def case(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The page of the file: who, the way so far, what comes next, what was promised, what happened."""
    found = opened(request, pk, for_purpose=True)
    panels = hooks.panels_of("case", request, found)
    kind, before = _asked(request)
    if request.headers.get("HX-Target") in ("story", "more"):
        told = story_page(request.user, found, panels=panels, kind=kind, before=before)
        part = "casework/parts/case_story.html" if request.headers["HX-Target"] == "story" else "casework/parts/case_lines.html"
        return render(request, part, {"case": found, "story": told, "kinds": story.kinds()})
    # Whoever opened the file for a purpose reads it, and presses nothing.
    open_to = [] if found.opened else options(found, request.user)
    page = case_page(request.user, found, open_to, panels=panels, kind=kind, before=before)
    context = {
        "page": page,
        "case": found,
        "story": page.story,
        "kinds": story.kinds(),
        "may_note": page.may("write_note"),
        "may_talk": page.may("record_session"),
    }
    return render(request, "casework/case.html", context)


@require_safe
def happened(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What happened, on a page of its own: for a phone, and to be sent to a colleague."""
    found = opened(request, pk, for_purpose=True)
    kind, before = _asked(request)
    told = story_page(request.user, found, panels=hooks.panels_of("case", request, found), kind=kind, before=before)
    return render(request, "casework/case_story.html", {"case": found, "story": told, "kinds": story.kinds(), "whole": True})


@require_safe
def verbs(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Something else happened: every verb, open, not yet possible, or somebody else's."""
    found = opened(request, pk)
    every = options(found, request.user)
    groups = [*grouped(found, every), *of_person(found.person, options(found.person, request.user))]
    return render(request, "casework/case_verbs.html", {"case": found, "groups": groups, "theirs": theirs(every, found.office_id)})


@require_safe
def section(request: HttpRequest, pk: UUID, name: str) -> HttpResponse:
    """One section of the file: inside the page where a script asks, else on a page of its own."""
    found = opened(request, pk, for_purpose=True)
    reads = reads_of(request.user, found)
    panels = hooks.panels_of("case", request, found)
    shown = {one.name: one for one in sections_of(found, summary_of(found, reads), reads, panels)}
    if name not in shown:
        raise Http404(name)
    context = {"case": found, "section": shown[name], "reads": reads}
    if name in SECTIONS:
        context |= {"part": f"casework/parts/case_{name}.html", **SECTIONS[name](found, request.user, reads)}
    else:
        panel = next(panel for panel in panels if panel.name == name)
        context |= {"part": panel.template, **panel.context}
    template = "casework/parts/case_section.html" if request.headers.get("HX-Request") else "casework/case_section.html"
    return render(request, template, context)


@require_safe
def on_paper(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The file on paper, as far as its reader may read it; that it was printed is noted."""
    found = opened(request, pk, kind=Access.PRINT)
    panels = hooks.panels_of("case", request, found)
    page = case_page(request.user, found, (), panels=panels)
    told = story_page(request.user, found, panels=panels, most=200)
    return render(request, "casework/case_print.html", {"case": found, "page": page, "story": told})


@require_http_methods(["GET", "HEAD", "POST"])
def refer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A new return of a person whose file this user may see."""
    person = get_object_or_404(Person.objects.visible_to(request.user), pk=pk)
    where = scope_of(request.user).where("casework.refer")
    if not where:
        raise PermissionDenied(_("A caseworker or the front desk refers."))
    offices = Office.objects.filter(active=True)
    form = ReferForm(request.POST or None, offices=offices if where == EVERYWHERE else offices.filter(pk__in=where))
    refused = []
    if request.method == "POST" and form.is_valid():
        try:
            new = refer_person(person=person, by=request.user, **form.cleaned_data)
        except Refused as missing:
            refused = missing.blockers
        else:
            messages.success(request, _("%(name)s is referred.") % {"name": person.name})
            return redirect(new)
    return render(request, "casework/refer.html", {"person": person, "form": form, "refused": refused})
