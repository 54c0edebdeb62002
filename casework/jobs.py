"""What the worker does for this room: imports lists of referrals, and forgets what need not be kept."""

import datetime as dt
import logging
import uuid
from collections.abc import Callable
from pathlib import Path

from celery import shared_task
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet

from casework import referrals
from casework.actions.duplicate import carry_out
from casework.actions.referral import FILE_KEPT, look_through, read_kept, work_through
from casework.models import PossibleDuplicate, ReferralList, ReferralRow
from workflows import clock, hooks
from workflows.acting import NotYours, Refused
from workflows.models import Event

log = logging.getLogger(__name__)

LEASE = dt.timedelta(minutes=2)
_MOST_ATTEMPTS = 5


@shared_task(name="casework.run_imports")
def run_imports() -> int:
    """Import every list that waits, or whose worker died; the number of lists finished."""
    return run_waiting_imports()


@shared_task(name="casework.forget")
def forget() -> None:
    """Delete files of referrals after 7 days and the words of rejected rows after 30."""
    forget_old_lists()


def run_waiting_imports() -> int:
    """Look through what was handed in, then work through each list under way that nobody holds.

    One whose worker was killed goes on where it stopped. A list that cannot be read says so and holds up no other.
    """
    waiting = ReferralList.objects.not_looked_through()
    return _work(waiting, _look) + _work(ReferralList.objects.unfinished().exclude(path=""), _run)


def _work(waiting: QuerySet[ReferralList], do: Callable[[ReferralList], bool]) -> int:
    finished = 0
    while listing := _take(waiting):
        try:
            finished += do(listing)
        except (referrals.Unreadable, Refused, NotYours, FileNotFoundError) as wrong:
            _fail(listing, str(wrong) if not isinstance(wrong, FileNotFoundError) else "The file is not kept any more.")
        except Exception:
            # The lease runs out and another attempt is made; after five it is a person's turn.
            log.exception("The list %s stopped", listing.pk)
            if listing.attempts >= _MOST_ATTEMPTS:
                _fail(listing, "The import stopped several times. Ask the administrator.")
            raise
    return finished


def _take(waiting: QuerySet[ReferralList]) -> ReferralList | None:
    now, token = clock.now(), uuid.uuid4().hex
    free = waiting.filter(Q(leased_until=None) | Q(leased_until__lt=now))
    pk = free.order_by("uploaded_at").values_list("pk", flat=True).first()
    if pk is None or not free.filter(pk=pk).update(lease=token, leased_until=now + LEASE, attempts=F("attempts") + 1):
        return None
    return ReferralList.objects.select_related("programme", "office", "by").get(pk=pk)


def _look(listing: ReferralList) -> bool:
    look_through(listing)
    return False


def _run(listing: ReferralList) -> bool:
    reading = read_kept(listing)
    for _done in work_through(listing, reading, by=listing.by):
        held = ReferralList.objects.filter(pk=listing.pk, lease=listing.lease).update(leased_until=clock.now() + LEASE)
        if not held:
            return False
    return True


def _fail(listing: ReferralList, fault: str) -> None:
    ReferralList.objects.filter(pk=listing.pk).update(
        stage=ReferralList.Stage.FAILED, fault=fault[:400], lease="", leased_until=None
    )


def forget_old_lists() -> tuple[int, int]:
    """Delete the files and the words whose time has come; how many of each. Answers, references and codes stay."""
    now = clock.now()
    files = 0
    for listing in (
        ReferralList.objects.exclude(path="").filter(uploaded_at__lt=now - FILE_KEPT).exclude(stage=ReferralList.Stage.WORKING)
    ):
        (Path(settings.DATA) / listing.path).unlink(missing_ok=True)
        files += ReferralList.objects.filter(pk=listing.pk).update(path="", file_deleted_at=now)
    words = ReferralRow.objects.filter(values_until__lt=clock.today()).update(values=None, values_until=None)
    return files, words


def register() -> None:
    """Listen to what makes work for the worker. Called once, when the room opens."""
    hooks.listen(("casework.hand_in_list", "casework.import_referrals"), "casework.start_import", start_import)
    hooks.listen("casework.decide_duplicate", "casework.carry_out_decision", carry_out_decision)


def carry_out_decision(event: Event) -> None:
    """Do what a decision says, where the one who pressed did not get that far (a crash between two commits)."""
    duplicate = PossibleDuplicate.objects.select_related("decided_by").get(pk=event.subject_id)
    if duplicate.decision not in ("", PossibleDuplicate.Decision.LATER):
        carry_out(duplicate, by=duplicate.decided_by)


def start_import(event: Event) -> None:
    """A list is to be looked through or imported: tell the worker now; beat would within a minute."""
    if settings.HOMEWARD_NUDGE:
        transaction.on_commit(_publish, robust=True)


def _publish() -> None:
    run_imports.apply_async(expires=120)
