"""What somebody typed into a long form and has not said yet: kept while they type, shown again, gone when the verb is pressed.

A view asks `Typed(user, "casework.draft_plan", stream)`; its page includes "parts/typed_before.html" before the form and sends
`typed_tab` in it. Two pages of one form in two tabs do not write over each other: the older one is told, and keeps its text.
"""

import datetime as dt
import secrets
from functools import cached_property
from http import HTTPStatus
from typing import Any

from django.forms import Form, Textarea
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone

from workflows import clock
from workflows.models import Draft

KEEP, DROP = "keep_typed", "drop_typed"
"""The names of the two buttons that work without a script."""
_TAB = "typed_tab"
_NOT_KEPT = ("csrfmiddlewaretoken", KEEP, DROP)


def is_long(form: Form) -> bool:
    """Whether a form asks for lines of text, or for rows: what hurts to type twice."""
    return hasattr(form, "row_sets") or any(isinstance(field.widget, Textarea) for field in form.fields.values())


class Typed:
    """What one person typed into one form about one thing. Reading it writes nothing."""

    def __init__(self, user: Any, form: str, stream: str) -> None:
        self.user, self.form, self.stream = user, form, stream
        self.now_at = clock.now()

    @cached_property
    def draft(self) -> Draft | None:
        """The row, if there is one."""
        return Draft.of(owner=self.user, form=self.form, stream=self.stream)

    @property
    def data(self) -> QueryDict | None:
        """What was typed, as a form reads it."""
        if self.draft is None:
            return None
        data = QueryDict(mutable=True)
        for name, values in self.draft.payload.items():
            data.setlist(name, values)
        return data

    @property
    def at(self) -> dt.datetime | None:
        """When it was kept."""
        return self.draft.saved_at if self.draft else None

    def before(self, version: int) -> bool:
        """Whether it was typed on a page of an earlier version than this."""
        said = "" if self.draft is None else "".join(self.draft.payload.get("version", []))
        return said.isdecimal() and int(said) < version

    def others(self) -> dict[str, dt.datetime]:
        """Who else is writing in this very form, by their key, and since when it is kept."""
        rows = Draft.objects.filter(form=self.form, stream=self.stream, expires_at__gt=clock.now())
        return dict(rows.exclude(owner_id=str(self.user.pk)).order_by("saved_at").values_list("owner_id", "saved_at")[:3])

    @cached_property
    def tab(self) -> str:
        """The sign of this page: the moment it was opened, and a word that no other page has."""
        return f"{self.now_at.timestamp()}-{secrets.token_hex(4)}"

    def keep(self, said: QueryDict) -> Draft | None:
        """Keep what stands in the form, over what was kept before; None where another page has written since this one opened."""
        if self._elsewhere(said.get(_TAB, "")):
            return None
        payload = {name: said.getlist(name) for name in said if name not in _NOT_KEPT}
        self.draft = Draft.keep(owner=self.user, form=self.form, stream=self.stream, payload=payload)
        return self.draft

    def _elsewhere(self, tab: str) -> bool:
        if self.draft is None or not tab or self.draft.payload.get(_TAB) == [tab]:
            return False
        opened = tab.partition("-")[0]
        return opened.replace(".", "", 1).isdecimal() and self.draft.saved_at.timestamp() > float(opened)

    def drop(self) -> None:
        """Said, or not wanted any more."""
        if self.draft is not None:
            Draft.drop(owner=self.user, form=self.form, stream=self.stream)
            self.draft = None

    def answer(self, request: HttpRequest) -> HttpResponse | None:
        """What a page that keeps itself is told: 204 with the hour, 409 where another tab is ahead; None to any other request."""
        if request.method != "POST" or "X-Autosave" not in request.headers:
            return None
        kept = self.keep(request.POST)
        if kept is None:
            return HttpResponse(status=HTTPStatus.CONFLICT)
        answer = HttpResponse(status=HTTPStatus.NO_CONTENT)
        answer["X-Saved-At"] = timezone.localtime(kept.saved_at).strftime("%H:%M")
        return answer

    def into(self, form: Form) -> None:
        """Show in an unsent form what was typed; the version stays the page's own."""
        data = self.data
        if data is None or form.is_bound:
            return
        for name, field in form.fields.items():
            key = form.add_prefix(name)
            if name != "version" and not field.widget.value_omitted_from_data(data, {}, key):
                form.initial[name] = field.widget.value_from_datadict(data, {}, key)


__all__ = ["DROP", "KEEP", "Typed", "is_long"]
