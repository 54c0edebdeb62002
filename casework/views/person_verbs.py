"""The verbs of a person that a case may wait for: notice, permissions, gentle questions; and who may be known already."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from casework.actions import people
from casework.forms.person import PersonForm, RecordConsentForm, RecordNoticeForm, RecordScreeningForm
from casework.models import Case, Employer, Person
from workflows.acting import Refused, Stale, options


def _page(form_class: type[PersonForm], action: Callable[..., Any], will: Any, did: Any) -> URLPattern:
    verb = action.__name__

    @require_http_methods(["GET", "HEAD", "POST"])
    def view(request: HttpRequest, pk: UUID) -> HttpResponse:
        person = get_object_or_404(Person.objects.visible_to(request.user), pk=pk)
        option = next(one for one in options(person, request.user) if one.name == verb)
        if option.status == "not_yours":
            raise PermissionDenied(str(option.why))
        case = Case.objects.visible_to(request.user).filter(person=person).order_by("closed_at", "-referred_on").first()
        about = request.GET.get("about") if form_class is RecordConsentForm else None
        also = {"about": get_object_or_404(Employer, pk=about)} if about else {}
        form = form_class(request.POST or None, person=person, **also)
        status = HTTPStatus.OK
        if request.method == "POST" and form.is_valid():
            try:
                action(person, by=request.user, case=case, **form.keywords())
            except Refused as refused:
                form.refuse(refused)
                status = HTTPStatus.CONFLICT
                if isinstance(refused, Stale):
                    form.keep_up(Person.objects.values_list("version", flat=True).get(pk=pk))
            else:
                messages.success(request, did % {"name": person.name})
                return redirect(case or "home")
        context = {"person": person, "case": case, "form": form, "option": option, "will": will, "refused": form.blockers}
        return render(request, "casework/person_verb.html", context, status=status)

    view.__name__ = verb
    return path(f"people/<uuid:pk>/{verb.replace('_', '-')}/", view, name=verb)


def person_paths() -> list[URLPattern]:
    return [
        _page(
            RecordNoticeForm,
            people.record_notice,
            _("Who we are, what we write down, why, and who reads it: read out in a language understood."),
            _("%(name)s has heard the notice."),
        ),
        _page(
            RecordConsentForm,
            people.record_consent,
            _("A no costs nothing: every other help goes on."),
            _("What %(name)s allows is written down."),
        ),
        _page(
            RecordScreeningForm,
            people.record_screening,
            _("Alone only. “Prefers not to say” is an answer."),
            _("The gentle questions were asked."),
        ),
    ]
