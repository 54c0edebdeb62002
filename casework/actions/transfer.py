"""A case goes to another office: offered, then accepted or returned. The sender is responsible until accepted."""

from typing import Any

from django.utils.translation import gettext as _

from casework.actions.authorship import author, not_barred, refuse
from casework.models import Case, Transfer
from casework.states import TransferState
from workflows import clock
from workflows.acting import act


def offer_transfer(
    case: Case,
    *,
    by: Any,
    to_office: Any,
    promised: str = "",
    careful_with: str = "",
    next: str = "",
    words: str = "",
    version: int | None = None,
) -> Transfer:
    """Offer the case to another office of the programme, with the three lines of the hand-over.

    Refuses the office where it is, an office outside the programme, and a second offer. Moves nothing yet.
    """
    with act(case, "casework.offer_transfer", by=by, version=version, note=words) as case:
        if to_office.pk == case.office_id:
            raise refuse("same_office", _("The case is at this office."))
        if not case.programme.offices.filter(pk=to_office.pk).exists():
            raise refuse(
                "not_in_programme",
                _("This office does not work in the programme: close the case as transferred to another organisation."),
            )
        transfer = Transfer.objects.create(
            case=case,
            from_office_id=case.office_id,
            to_office=to_office,
            promised=promised,
            careful_with=careful_with,
            next=next,
            offered_at=clock.now(),
            offered_by_id=author(by),
        )
        case.offered_to = to_office
        case.says(transfer=transfer.pk, to=to_office.pk)
    return transfer


def accept_transfer(case: Case, *, by: Any, caseworker: Any = None, version: int | None = None) -> Transfer:
    """Take the case: from now on this office is responsible, and its tasks and talks come along.

    Who worked on it before has it no more. Leaves costs, past events and pitches before a jury with the old office.
    """
    with act(case, "casework.accept_transfer", by=by, version=version) as case:
        if caseworker is not None:
            not_barred(case.person_id, caseworker)
        transfer = _answer(case, by, TransferState.ACCEPTED)
        case.says(
            transfer=transfer.pk,
            before=case.office_id,
            caseworker=caseworker.pk if caseworker else None,
            old_caseworker=case.caseworker_id,
        )
        case.office_id, case.offered_to, case.caseworker = transfer.to_office_id, None, caseworker
    return transfer


def return_transfer(case: Case, *, by: Any, words: str = "", version: int | None = None) -> Transfer:
    """Give the offered case back, or take the offer back: it stays where it is.

    The sender finds it on *My day*.
    """
    with act(case, "casework.return_transfer", by=by, version=version, note=words) as case:
        transfer = _answer(case, by, TransferState.RETURNED)
        case.offered_to = None
        case.says(transfer=transfer.pk)
    return transfer


def _answer(case: Case, by: Any, state: str) -> Transfer:
    transfer = case.transfers.get(state=TransferState.OFFERED)
    transfer.state, transfer.answered_at, transfer.answered_by_id = state, clock.now(), author(by)
    transfer.save(update_fields=["state", "answered_at", "answered_by"])
    return transfer
