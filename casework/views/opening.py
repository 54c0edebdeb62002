"""Opening a file for a stated purpose."""

from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.scope import scope_of
from casework.actions.opening import open_for_purpose as perform
from casework.forms.signing import OpenForPurposeForm
from casework.models import Case
from workflows import accesses
from workflows.acting import Refused


@require_http_methods(["GET", "HEAD", "POST"])
def open_for_purpose(request: HttpRequest) -> HttpResponse:
    """A reference, what for, and in words; then the file, to read, for a while. A file that is barred to one is not there."""
    if not scope_of(request.user).may("casework.open_for_purpose"):
        raise PermissionDenied(_("Your role opens files at its own office, or none. A programme manager opens one for a purpose."))
    asked = {name: request.GET[name][:40] for name in ("reference", "purpose") if name in request.GET}
    form = OpenForPurposeForm(request.POST if request.method == "POST" else None, initial=asked)
    status = HTTPStatus.OK
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        found = Case.objects.nameless_to(request.user).filter(reference__iexact=said["reference"].strip()).first()
        if found is None:
            form.add_error("reference", _("There is no file with this reference. Look at the list of files without names."))
            status = HTTPStatus.NOT_FOUND
        else:
            try:
                opening = perform(found, by=request.user, purpose=said["purpose"], words=said["words"])
            except Refused as refused:
                form.refuse(refused)
                status = HTTPStatus.CONFLICT
            else:
                accesses.note(request, "person", found.person_id, purpose=opening.purpose)
                messages.success(request, _("Opened to read. The office sees that, and what for."))
                return redirect("casework:case", found.pk)
    return render(request, "casework/open_for_purpose.html", {"form": form}, status=status)
