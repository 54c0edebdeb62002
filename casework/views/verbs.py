"""One view for every verb of a case: its form, what is missing, the verb itself, and what happened said in place."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
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

from accounts.models import User
from casework.forms.verb import VerbForm
from casework.models import Case
from workflows import hooks
from workflows.acting import Option, Refused, Stale, options
from workflows.actors import actor_of
from workflows.drafts import DROP, KEEP, Typed, is_long
from workflows.machine import Blocker


@dataclass(frozen=True)
class VerbPage:
    """A verb, its form and its function; `will` says before, and `did` after, what it does."""

    form: type[VerbForm]
    action: Callable[..., Any]
    will: Any
    did: Any
    template: str = "casework/verb.html"

    @property
    def verb(self) -> str:
        return self.action.__name__

    @property
    def takes_version(self) -> bool:
        """Whether the verb notices a stale page."""
        return "version" in inspect.signature(self.action).parameters


def verb_view(page: VerbPage) -> Callable[..., HttpResponse]:
    """GET shows the form with what it will do or what is missing; POST performs the verb, or says in the form why not."""

    @require_http_methods(["GET", "HEAD", "POST"])
    def view(request: HttpRequest, pk: UUID) -> HttpResponse:
        case = _visible_case(request, pk)
        option = option_of(case, request.user, page.verb)
        if option.status == "not_yours":
            raise PermissionDenied(str(option.why))
        typed = Typed(request.user, f"casework.{page.verb}", case.stream)
        if answer := typed.answer(request) or kept_or_dropped(request, typed):
            return answer
        form = page.form(
            request.POST or None,
            request.FILES or None,
            case=case,
            user=request.user,
            initial=_asked(page.form, request),
            typed=typed.data,
        )
        typed.into(form)
        status = HTTPStatus.OK
        if request.method == "POST" and form.is_valid():
            try:
                perform(page, case, form, by=request.user)
            except Refused as refused:
                form.refuse(refused)
                status = HTTPStatus.CONFLICT
                if isinstance(refused, Stale):
                    case = _visible_case(request, pk)
                    form.keep_up(case.version)
            else:
                typed.drop()
                messages.success(request, page.did % {"name": case.person.name, "reference": case.reference})
                return redirect(case)
        context = {"case": case, "form": form, "option": option, "page": page, "refused": form.blockers}
        context |= typed_context(typed, form, case.version)
        return render(request, page.template, context, status=status)

    view.__name__ = page.verb
    return view


def kept_or_dropped(request: HttpRequest, typed: Typed) -> HttpResponse | None:
    """Without a script: a button keeps what stands in the form for later, another throws it away."""
    if request.method == "POST" and DROP in request.POST:
        typed.drop()
        return redirect(request.path)
    if request.method == "POST" and KEEP in request.POST:
        if typed.keep(request.POST) is None:
            messages.warning(request, _("You have typed into this form in another tab since. That text is shown here."))
        else:
            messages.success(request, _("Kept for you alone, for 14 days. Nothing is said yet."))
        return redirect(request.path)
    return None


def typed_context(typed: Typed, form: Any, version: int, *, long: bool = False) -> dict[str, Any]:
    """What the page of a long form knows of what was typed: when, on which version, and who else writes it."""
    if not (long or is_long(form)):
        return {}
    if form.is_bound:
        # A press that was refused or not valid loses nothing, even when the page is closed now.
        typed.keep(form.data)
    others = typed.others()
    names = {str(user.pk): user.called for user in User.objects.filter(pk__in=others)} if others else {}
    return {
        "typed": typed,
        "typed_before": typed.before(version),
        "typed_by_others": [(names.get(key, _("Somebody")), at) for key, at in others.items()],
    }


def perform(page: VerbPage, case: Case, form: VerbForm, *, by: Any) -> Any:
    """Call the verb with what the form says: on the case, or on the row of it that the form chose."""
    subject = form.cleaned_data[form.subject] if form.subject else case
    version = {"version": form.cleaned_data["version"]} if page.takes_version else {}
    return page.action(subject, by=by, **version, **form.keywords())


def option_of(case: Case, user: Any, verb: str) -> Option:
    """The verb as it stands for this user on this case; out of another state it is blocked, with the sentence why."""
    found = next((option for option in options(case, user) if option.name == verb), None)
    if found is None:
        declared = case.known_verbs()[verb]
        refusal = hooks.refusal_of(actor_of(user), f"casework.{verb}", case)
        if refusal is not None:
            return Option(f"casework.{verb}", declared.label, "not_yours", why=refusal)
        sentence = _("The case is “%(state)s”: this does not lead on from there.") % {"state": case.get_state_display()}
        return Option(
            f"casework.{verb}",
            declared.label,
            "blocked",
            (Blocker("state", sentence, case.get_absolute_url(), _("Open the case")),),
        )
    return found


def _visible_case(request: HttpRequest, pk: UUID) -> Case:
    cases = Case.objects.visible_to(request.user).select_related("person", "programme", "office", "caseworker", "offered_to")
    return get_object_or_404(cases, pk=pk)


def _asked(form: type[VerbForm], request: HttpRequest) -> dict[str, str]:
    """What the address suggests: `?placement=3` from the row that was pressed."""
    return {name: request.GET[name] for name in form.base_fields if name in request.GET}


def verb_path(page: VerbPage) -> URLPattern:
    """The address of a verb has its name: /cases/<id>/record-placement/."""
    return path(f"cases/<uuid:pk>/{page.verb.replace('_', '-')}/", verb_view(page), name=page.verb)
