"""What this room does when something happened: the first payment reaches the file, a payment that came back becomes work,
a changed account is told to the person on the way that stood there before."""

import datetime as dt
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework import contact
from casework.actions.work import record_first_payment
from casework.models import Case, Reach
from casework.states import PAID_INTO
from grants import objections, periods
from grants.models import Account, Contract, Tranche
from grants.states import PAID_TRANCHE, ContractKind, TrancheState
from workflows import clock, hooks, messages
from workflows.acting import SYSTEM
from workflows.models import Event, Task

KIND = "something_changed"

# The one wording of every task of this room; a task stores its code and parameters.
TASKS = {
    "grants.first_payment": gettext_lazy("The first payment of a business arrived: look at where this file stands"),
    "grants.came_back": gettext_lazy("The bank sent a payment back: look at the account with the person"),
}
PAYER = SYSTEM("grants.confirm_payment")


def register() -> None:
    """Listen to payments and changed accounts; object to what money or a jury forbids, and to days that are closed."""
    hooks.wordings(TASKS)
    hooks.listen("grants.confirm_payment", "grants.say_it_is_funded", say_it_is_funded)
    hooks.listen("grants.bounce", "grants.ask_about_account", ask_about_account)
    hooks.listen(["grants.order_again", "grants.cancel_tranche"], "grants.account_was_looked_at", account_was_looked_at)
    hooks.listen("grants.replace_account", "grants.tell_of_change", tell_of_change)
    hooks.days(periods.OF_CASEWORK, periods.of_case)
    objections.register()


def say_it_is_funded(event: Event) -> None:
    """The first money of an award arrived: the file of each who runs the business says so, once; elsewhere it is a task.

    Reads what is paid now: a payment that came back before this ran says nothing, and its successor says it then.
    """
    tranche = Tranche.objects.get(pk=event.subject_id)
    contract = Contract.objects.select_for_update(of=("self",)).get(pk=tranche.contract_id)
    first = contract.tranches.filter(state__in=PAID_TRANCHE).order_by("paid_on", "number").first()
    if contract.kind != ContractKind.AWARD or first is None or first.paid_on is None:
        return
    for case in Case.objects.filter(pk__in=contract.run_by()).order_by("pk"):
        said = Event.objects.filter(stream=case.stream, verb="casework.record_first_payment")
        if any(one.facts.get("contract") == str(contract.pk) for one in said):
            continue
        record_first_payment(case, by=PAYER, contract=contract.pk, paid_on=first.paid_on)
        if case.state not in PAID_INTO and not case.dead:
            _task(case, "first_payment", clock.today(), about=contract.pk)


def ask_about_account(event: Event) -> None:
    """A payment came back: nothing that was said of the file is undone, and somebody asks about the account."""
    tranche = Tranche.objects.select_related("contract__case").get(pk=event.subject_id)
    if tranche.state == TrancheState.BOUNCED and not tranche.contract.case.dead:
        _task(tranche.contract.case, "came_back", clock.today(), about=f"{tranche.pk}:{tranche.attempt}")


def account_was_looked_at(event: Event) -> None:
    """It is ordered again, or given up: nobody need ask any more."""
    tranche = Tranche.objects.select_related("contract").get(pk=event.subject_id)
    asked = Task.objects.open().filter(kind="grants.came_back", stream=f"case:{tranche.contract.case_id}")
    asked.filter(params__tranche=str(tranche.pk)).update(done_at=clock.now(), done_by=str(PAYER), outcome=tranche.state)


def _task(case: Case, kind: str, due_on: dt.date, *, about: Any) -> None:
    """One task of the kind for whoever works on the file; for a supervisor of the office where nobody does."""
    Task.objects.get_or_create(
        key=f"{case.stream}:grants.{kind}:{about}",
        defaults={
            "stream": case.stream,
            "kind": f"grants.{kind}",
            "params": {"tranche" if kind == "came_back" else "contract": str(about).partition(":")[0]},
            "assignee_id": str(case.caseworker_id or ""),
            "role": "" if case.caseworker_id else "supervisor",
            "office_id": str(case.office_id),
            "due_on": due_on,
        },
    )


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
