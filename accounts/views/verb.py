"""One way to press a verb of this room: who may, the form, what was refused, and what happened said in place."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from accounts.forms import VerbForm
from accounts.models import User
from accounts.queries import label_of
from workflows import hooks
from workflows.acting import Refused, Stale
from workflows.actors import actor_of
from workflows.machine import AggregateRoot


def reader(request: HttpRequest) -> User:
    """Whoever is signed in: nobody else gets as far as a view of this room."""
    return cast(User, request.user)


def typed(request: HttpRequest) -> QueryDict | None:
    """What was sent with a press, though it be nothing; None while the form is only looked at."""
    return request.POST if request.method == "POST" else None


def ask_for(request: HttpRequest, verb: str, subject: AggregateRoot) -> None:
    """Raise PermissionDenied, with the sentence that says who can, unless the reader may perform the verb on the row."""
    refusal = hooks.refusal_of(actor_of(request.user), verb, subject)
    if refusal is not None:
        raise PermissionDenied(str(refusal))


def press(
    request: HttpRequest,
    *,
    verb: str,
    subject: AggregateRoot,
    form: VerbForm,
    perform: Callable[..., Any],
    done: Any,
    back: str,
    back_label: Any,
    will: Any,
    then: Callable[[Any], str] | None = None,
) -> HttpResponse:
    """GET shows the form with what it will do; POST performs the verb, or says in the form why not.

    `perform` is called with what the form asks for; `done` is said afterwards, on the page `back` or where `then` leads
    with what was made.
    """
    ask_for(request, verb, subject)
    status = HTTPStatus.OK
    if request.method == "POST" and form.is_valid():
        try:
            made = perform(**form.cleaned_data)
        except Refused as refused:
            form.refuse(refused)
            status = HTTPStatus.CONFLICT
            if isinstance(refused, Stale):
                subject.refresh_from_db()
                form.keep_up(subject.version)
        else:
            messages.success(request, done)
            return redirect(then(made) if then else back)
    context = {"form": form, "label": label_of(verb), "will": will, "back": back, "back_label": back_label}
    return render(request, "accounts/verb.html", context, status=status)
