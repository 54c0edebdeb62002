"""What this room does when something happened: a changed account is told to the person, on the way that stood there before."""

from django.utils import translation
from django.utils.translation import gettext as _

from casework import contact
from casework.models import Reach
from grants import periods
from grants.models import Account
from workflows import clock, hooks, messages
from workflows.models import Event

KIND = "something_changed"


def register() -> None:
    """Listen to changed accounts; object to days that are closed."""
    hooks.listen("grants.replace_account", "grants.tell_of_change", tell_of_change)
    hooks.days(periods.OF_CASEWORK, periods.of_case)


def tell_of_change(event: Event) -> None:
    """Write to the person that something in the file was changed, in neutral words, where they agreed to be written to.

    By a way of their own that was there before the change. Where there is none, the call that finance makes tells them.
    """
    account = Account.objects.select_related("case__person", "case__office").get(pk=event.subject_id)
    person = account.case.person
    if account.case.dead:
        return
    now = clock.now()
    settings = contact.safety_of([person.pk]).get(person.pk, [])
    if any(one.never_leave_message or one.no_contact for one in settings):
        return
    for way in person.reaches.filter(kind=Reach.Kind.EMAIL).exclude(whose=Reach.Whose.TRUSTED):
        agreed_before = way.agreed_on is None or way.agreed_on <= event.recorded_at.date()
        moment = contact.next_moment(person, way, now, safety=settings) if way.usable and way.value and agreed_before else None
        if moment is None:
            continue
        with translation.override(way.language or person.language or "fr"):
            subject = _("A short note")
            body = _(
                "Hello, something that you told us was changed. If it was not you who asked for it, please come or call us soon."
            )
        messages.queue_message(
            channel="email",
            to=way.value,
            subject=subject,
            body=f"{body}\n\n{account.case.office.name}",
            key=f"{KIND}:{event.pk}",
            about=account.case.stream,
            kind=KIND,
            language=way.language or person.language,
            not_before=moment,
        )
        return
