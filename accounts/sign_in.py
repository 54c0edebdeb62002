"""Who comes in: colleagues who were invited, with a password and, where their role asks for it, a code from their phone."""

import uuid
from collections.abc import Callable
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.models import Authenticator
from axes.utils import reset as forget_wrong_passwords
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import ROLES
from accounts.scope import scope_of
from workflows import jobs
from workflows.messages import queue_message


class StaffOnly(DefaultAccountAdapter):
    """There is no sign-up: an administrator invites. What signing in mails is queued like everything that leaves the machine."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue it in the reader's language: how long the answer takes does not tell whether the address is known."""
        reader = context.get("user")
        language = getattr(reader, "language", None) or translation.get_language() or settings.LANGUAGE_CODE
        with translation.override(language):
            mail = self.render_mail(template_prefix, email, {"email": email, **context})
        queue_message(
            channel="email",
            to=email,
            subject=str(mail.subject),
            body=str(mail.body),
            key=f"sign-in:{uuid.uuid4().hex}",
            about=reader.stream if isinstance(reader, User) else "",
            kind="sign_in",
            language=language,
        )
        transaction.on_commit(jobs.nudge, robust=True)

    def set_password(self, user: Any, password: str) -> None:
        """A new password, and the wrong ones before it no longer count."""
        super().set_password(user, password)
        forget_wrong_passwords(username=user.email.lower())


def remember_language(answer: HttpResponse, language: str) -> None:
    """Let this browser ask for pages in the language."""
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )


def address_tried(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """The address that somebody tried to sign in with, however it was written: what a lockout counts by."""
    tried = (credentials or {}).get("email") or request.POST.get("login") or ""
    return str(tried).strip().lower()


def lacks_second_factor(user: User) -> bool:
    """Whether a role asks for a code from the phone, and none is set up."""
    asked = any(ROLES[role].needs_second_factor for role in scope_of(user).roles)
    return asked and not Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()


class SecondFactor:
    """Where HOMEWARD_REQUIRE_TOTP is on, whoever lacks the code that their role asks for sets it up before anything else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Lead to the page where the code is set up; signing in and out, and what needs no signing in, stay open."""
        if not settings.HOMEWARD_REQUIRE_TOTP or not request.user.is_authenticated or not getattr(view, "login_required", True):
            return None
        name = request.resolver_match.url_name or "" if request.resolver_match else ""
        if name.startswith(("mfa_", "account_")) or not lacks_second_factor(request.user):
            return None
        messages.info(request, _("Your role asks for a code from your phone. Set it up first."))
        return redirect(reverse("mfa_activate_totp"))
