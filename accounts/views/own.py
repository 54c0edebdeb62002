"""One's own account, and the page of an invitation."""

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import actions
from accounts.forms import FirstPasswordForm, LanguageForm
from accounts.invitations import invited_by
from accounts.models import User
from accounts.sign_in import lacks_second_factor, remember_language
from accounts.views.verb import reader, typed
from workflows.acting import Refused


@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """My name, my roles in words, my language, my light, how I sign in."""
    user = reader(request)
    context = {
        "form": LanguageForm(initial={"language": user.language}),
        "held": user.grants.in_force().select_related("office").order_by("role", "pk"),
        "lacks_code": lacks_second_factor(user),
    }
    return render(request, "accounts/me.html", context)


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """The language of my pages and of what I am written."""
    form = LanguageForm(request.POST)
    answer = redirect("accounts:me")
    if form.is_valid():
        actions.choose_language(User.objects.get(pk=request.user.pk), by=request.user, language=form.cleaned_data["language"])
        remember_language(answer, form.cleaned_data["language"])
        with override(form.cleaned_data["language"]):
            messages.success(request, _("The pages and your letters are in this language now."))
    return answer


@sensitive_post_parameters()
@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def accept_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The invited choose their password. Opening the link changes nothing: a mail scanner may open it, only the form acts."""
    user = invited_by(token)
    if user is None:
        return render(request, "accounts/invitation_over.html", status=HTTPStatus.GONE)
    form = FirstPasswordForm(typed(request), user=user)
    if request.method == "POST" and form.is_valid():
        try:
            actions.accept_invitation(user, password=form.cleaned_data["password"])
        except Refused:
            return render(request, "accounts/invitation_over.html", status=HTTPStatus.GONE)
        answer = redirect("account_login")
        remember_language(answer, user.language)
        messages.success(request, _("Your password is kept. Sign in with it."))
        return answer
    return render(request, "accounts/accept_invitation.html", {"form": form, "invited": user})
