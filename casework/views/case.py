"""The page of a case, and the referral of a known person."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Office
from accounts.scope import EVERYWHERE, scope_of
from casework.actions.case import refer as refer_person
from casework.forms.case import ReferForm
from casework.models import Case, Person
from workflows.acting import Refused, options


@require_safe
def case(request: HttpRequest, pk: UUID) -> HttpResponse:
    cases = Case.objects.visible_to(request.user).select_related("person", "programme", "office", "caseworker")
    found = get_object_or_404(cases, pk=pk)
    return render(request, "casework/case.html", {"case": found, "options": options(found, request.user)})


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
