"""Centres, courses, employers and vacancies: added and corrected by verbs of their own."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts.scope import scope_of
from casework.actions import concerns, training, work
from casework.forms.catalogue import ConcernForm, CourseForm, EmployerForm, EmployerVisitForm, ProviderForm, VacancyForm, Versioned
from casework.models import Course, Employer, Provider, Vacancy
from workflows.acting import Refused, Stale
from workflows.machine import AggregateRoot


@dataclass(frozen=True)
class Shelf:
    """One kind of row that all files draw on."""

    model: type[AggregateRoot]
    form: type[Any]
    title: Any
    add: Callable[..., Any]
    correct: Callable[..., Any] | None
    folder: str


SHELVES = [
    Shelf(Provider, ProviderForm, _("Centres"), training.add_provider, training.correct_provider, "centres"),
    Shelf(Course, CourseForm, _("Courses"), training.add_course, training.correct_course, "courses"),
    Shelf(Employer, EmployerForm, _("Employers"), work.add_employer, work.correct_employer, "employers"),
    Shelf(Vacancy, VacancyForm, _("Vacancies"), work.post_vacancy, None, "vacancies"),
]


def _writing(shelf: Shelf, action: Callable[..., Any]) -> Callable[..., HttpResponse]:
    verb = action.__name__

    @require_http_methods(["GET", "HEAD", "POST"])
    def view(request: HttpRequest, pk: UUID | None = None) -> HttpResponse:
        if not scope_of(request.user).may(f"casework.{verb}"):
            raise PermissionDenied(_("A caseworker writes this down."))
        row = get_object_or_404(shelf.model, pk=pk) if pk else None
        label = shelf.model.known_verbs()[verb].label
        form = shelf.form(request.POST or None, instance=row, initial={"version": row.version} if row else None)
        refused: list[Any] = []
        if request.method == "POST" and form.is_valid():
            version = form.cleaned_data.pop("version", None)
            facts = {name: value for name, value in form.cleaned_data.items() if value is not None or row}
            # The form has written on its instance already: the verb is given the row as it stands in the database.
            now = shelf.model._base_manager.get(pk=pk) if pk else None
            try:
                if now:
                    action(now, by=request.user, version=version, **facts)
                else:
                    action(by=request.user, **facts)
            except Refused as missing:
                refused = missing.blockers
                if now and isinstance(missing, Stale):
                    form.keep_up(now.version)
            else:
                messages.success(request, _("Written down."))
                return redirect(f"casework:{shelf.folder}")
        context = {"form": form, "label": label, "shelf": shelf, "refused": refused}
        return render(request, "casework/shelf_form.html", context, status=409 if refused else 200)

    view.__name__ = verb
    return view


def _listing(shelf: Shelf) -> Callable[..., HttpResponse]:
    @require_http_methods(["GET", "HEAD"])
    def view(request: HttpRequest) -> HttpResponse:
        if not scope_of(request.user).sees_files_of():
            raise PermissionDenied(_("Those who work with people use this list."))
        # The first thousand: a country has more employers than an office uses.
        rows = shelf.model._default_manager.all()[:1000]
        if shelf.model is Vacancy:
            rows = rows.select_related("employer")
        scope = scope_of(request.user)
        may = {
            "may_match": shelf.model is Vacancy and scope.may("casework.apply_for_vacancy"),
            "may_warn": shelf.model is Employer and scope.may("casework.raise_employer_concern"),
        }
        return render(request, "casework/shelf.html", {"shelf": shelf, "rows": rows, **may})

    view.__name__ = shelf.folder
    return view


@require_http_methods(["POST"])
def fill_vacancy(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One press: the job is gone."""
    try:
        work.fill_vacancy(get_object_or_404(Vacancy, pk=pk), by=request.user)
    except Refused as missing:
        messages.warning(request, str(missing))
    else:
        messages.success(request, _("The job is gone. Whoever asked for it is told by their caseworker."))
    return redirect("casework:vacancies")


def _about_employer(action: Callable[..., Any], asks: type[Versioned], said: Any) -> Callable[..., HttpResponse]:
    verb = action.__name__

    @require_http_methods(["GET", "HEAD", "POST"])
    def view(request: HttpRequest, pk: UUID) -> HttpResponse:
        if not scope_of(request.user).may(f"casework.{verb}"):
            raise PermissionDenied(_("Caseworkers write down a concern; supervisors visit and say what was found."))
        employer = get_object_or_404(Employer, pk=pk)
        form = asks(request.POST or None, initial={"version": employer.version})
        refused: list[Any] = []
        if request.method == "POST" and form.is_valid():
            try:
                action(employer, by=request.user, **form.cleaned_data)
            except Refused as missing:
                refused = missing.blockers
                if isinstance(missing, Stale):
                    form.keep_up(Employer.objects.values_list("version", flat=True).get(pk=pk))
            else:
                messages.success(request, said)
                return redirect("casework:employers")
        label = Employer.known_verbs()[verb].label
        context = {"form": form, "label": label, "employer": employer, "concerns": employer.concerns.all(), "refused": refused}
        context["may_visit"] = verb != "record_employer_visit" and scope_of(request.user).may("casework.record_employer_visit")
        return render(request, "casework/employer_concern.html", context, status=409 if refused else 200)

    view.__name__ = verb
    return view


def shelf_paths() -> list[URLPattern]:
    """Each list, its *add* and its *correct*."""
    raising = _about_employer(
        concerns.raise_employer_concern, ConcernForm, _("The concern is written down. Nobody is matched with this employer now.")
    )
    visiting = _about_employer(concerns.record_employer_visit, EmployerVisitForm, _("What the visit found is written down."))
    found = [
        path("vacancies/<uuid:pk>/fill/", fill_vacancy, name="fill_vacancy"),
        path("employers/<uuid:pk>/raise-employer-concern/", raising, name="raise_employer_concern"),
        path("employers/<uuid:pk>/record-employer-visit/", visiting, name="record_employer_visit"),
    ]
    for shelf in SHELVES:
        found += [
            path(f"{shelf.folder}/", _listing(shelf), name=shelf.folder),
            path(f"{shelf.folder}/add/", _writing(shelf, shelf.add), name=shelf.add.__name__),
        ]
        if shelf.correct:
            found.append(path(f"{shelf.folder}/<uuid:pk>/correct/", _writing(shelf, shelf.correct), name=shelf.correct.__name__))
    return found
