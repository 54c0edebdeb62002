"""The verbs of a person: notice and permissions, what keeps safe, with whom they live, and who must not open the file."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from casework.actions import merging, people
from casework.forms import people as forms
from casework.models import Case, Employer, Person
from casework.views.verbs import kept_or_dropped, typed_context
from workflows import accesses
from workflows.acting import Refused, Stale, options
from workflows.drafts import Typed


@dataclass(frozen=True)
class PersonPage:
    """A verb on a person, its form and its function; `will` says before, and `did` after, what it does."""

    form: type[forms.PersonForm]
    action: Callable[..., Any]
    will: Any
    did: Any
    template: str = "casework/person_verb.html"

    @property
    def verb(self) -> str:
        return self.action.__name__


PAGES = [
    PersonPage(
        forms.RecordNoticeForm,
        people.record_notice,
        _("Who we are, what we write down, why, and who reads it: read out in a language understood."),
        _("%(name)s has heard the notice."),
    ),
    PersonPage(
        forms.RecordConsentForm,
        people.record_consent,
        _("A no costs nothing: every other help goes on."),
        _("What %(name)s allows is written down."),
    ),
    PersonPage(
        forms.WithdrawConsentForm,
        people.withdraw_consent,
        _("What rests on the permission stops. No help and no money is stopped, late or smaller."),
        _("The permission is taken back."),
    ),
    PersonPage(
        forms.RecordScreeningForm,
        people.record_screening,
        _("Alone only. “Prefers not to say” is an answer."),
        _("The gentle questions were asked."),
    ),
    PersonPage(
        forms.CorrectPersonForm,
        people.correct_person,
        _("Who this is, as it is known now. Unknown is an answer."),
        _("It is written down as it is known now."),
    ),
    PersonPage(
        forms.SetSafetyForm,
        people.set_safety,
        _("Binds every message, letter, call and visit from now on. The history says only that something restricted changed."),
        _("It binds from now on."),
    ),
    PersonPage(
        forms.BarColleagueForm,
        people.bar_colleague,
        _("For this colleague the file does not exist from now on. The supervisor alone reads who was named."),
        _("It is so from now on."),
        "casework/bar_colleague.html",
    ),
    PersonPage(
        forms.UnmergePeopleForm,
        merging.unmerge_people,
        _("They are two people after all: every row of the merge goes back, what was added since stays here."),
        _("They are two records again."),
    ),
    PersonPage(
        forms.NameGuardianForm,
        people.name_guardian,
        _("Who stands for the child, by which paper, from when to when."),
        _("The guardian is written down."),
    ),
    PersonPage(
        forms.JoinHouseholdForm,
        people.join_household,
        _("Each adult keeps a file, permissions and notes of their own."),
        _("Who lives together is written down."),
    ),
    PersonPage(
        forms.SplitHouseholdForm,
        people.split_household,
        _("From now on neither side’s file shows the other. The history says only that something restricted changed."),
        _("It is so from now on."),
    ),
]


def person_view(page: PersonPage) -> Callable[..., HttpResponse]:
    """GET shows the form, and that it was opened is noted; POST performs the verb, or says in the form why not."""
    takes_case = "case" in inspect.signature(page.action).parameters

    @require_http_methods(["GET", "HEAD", "POST"])
    def view(request: HttpRequest, pk: UUID) -> HttpResponse:
        person = get_object_or_404(Person.objects.visible_to(request.user), pk=pk)
        option = next(one for one in options(person, request.user) if one.name == page.verb)
        if option.status == "not_yours":
            raise PermissionDenied(str(option.why))
        accesses.note(request, "person", pk)
        employer = _employer_asked(request) if page.form is forms.RecordConsentForm else None
        typed = Typed(request.user, f"casework.{page.verb}", person.stream)
        if answer := typed.answer(request) or kept_or_dropped(request, typed):
            return answer
        form = page.form(request.POST or None, person=person, user=request.user, about=employer)
        typed.into(form)
        case, status = _case_of(request, person), HTTPStatus.OK
        if request.method == "POST" and form.is_valid():
            also = {"case": case} if takes_case else {}
            try:
                page.action(person, by=request.user, version=form.cleaned_data["version"], **also, **form.keywords())
            except Refused as refused:
                form.refuse(refused)
                status = HTTPStatus.CONFLICT
                if isinstance(refused, Stale):
                    form.keep_up(Person.objects.values_list("version", flat=True).get(pk=pk))
            else:
                typed.drop()
                messages.success(request, page.did % {"name": person.name})
                # Who named oneself sees the file no more.
                return redirect(_case_of(request, person) or "home")
        context = {
            "person": person,
            "case": case,
            "form": form,
            "option": option,
            "will": page.will,
            "refused": form.blockers,
            **typed_context(typed, form, person.version),
        }
        return render(request, page.template, context, status=status)

    view.__name__ = page.verb
    return view


def _employer_asked(request: HttpRequest) -> Employer | None:
    """Whom the address names, if it names anybody; what is no key names nobody who is there."""
    about = request.GET.get("about")
    try:
        return get_object_or_404(Employer, pk=UUID(about)) if about else None
    except ValueError as broken:
        raise Http404 from broken


def _case_of(request: HttpRequest, person: Person) -> Case | None:
    return Case.objects.visible_to(request.user).filter(person=person).order_by("closed_at", "-referred_on").first()


def person_paths() -> list[URLPattern]:
    """The address of a verb on a person has its name: /people/<id>/record-notice/."""
    return [path(f"people/<uuid:pk>/{page.verb.replace('_', '-')}/", person_view(page), name=page.verb) for page in PAGES]
