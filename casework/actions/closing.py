"""How a case ends, and how it begins again. Never by a batch job, never by silence."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from casework import rules
from casework.actions.authorship import author, refuse
from casework.models import Case
from casework.states import CLOSING_OUTCOMES, DECLINED, TWO_PERSON_OUTCOMES
from workflows import clock
from workflows.acting import act, freeze, signed_payload
from workflows.partial import PartialDate


def decline_referral(case: Case, *, by: Any, outcome: str, words: str, version: int | None = None) -> Case:
    """Say no to a referral that nobody met, with where else the person can go.

    Refuses without those words. Leaves the person's record, and a later return begins anew.
    """
    if outcome not in DECLINED:
        raise refuse("outcome", _("A referral is not declined with this outcome."))
    if not words.strip():
        raise refuse("where_else", _("Write where else the person can go."))
    with act(case, "casework.decline_referral", by=by, version=version, note=words) as case:
        case.decline_referral(outcome=outcome, at=clock.now(), on=clock.today())
        case.says(outcome=outcome)
    return case


def record_not_departed(case: Case, *, by: Any, words: str, version: int | None = None) -> Case:
    """Close a referral of somebody who never left, and write down who said so.

    Refuses once an arrival is confirmed. Can be reopened: people leave later than planned.
    """
    if not words.strip():
        raise refuse("who_said_so", _("Write down who said so."))
    with act(case, "casework.record_not_departed", by=by, version=version, note=words) as case:
        case.record_not_departed(at=clock.now(), on=clock.today())
    return case


def close_case(case: Case, *, by: Any, outcome: str, words: str = "", version: int | None = None) -> Case:
    """End the work on the case with an outcome. Following up goes on where it was agreed.

    Refuses *lost* and *support stopped for cause*, which two persons sign, and outcomes that have a verb of their own.
    Leaves rounds, consents and the way back: the case can be reopened.
    """
    if outcome in TWO_PERSON_OUTCOMES:
        raise refuse(
            "two_persons",
            _("This outcome takes two persons: propose it, and another signs."),
            rules.page("propose_closing", case.pk),
            _("Propose closing"),
        )
    if outcome not in CLOSING_OUTCOMES:
        raise refuse("outcome", _("A case is not closed with this outcome."))
    with act(case, "casework.close_case", by=by, version=version, note=words) as case:
        case.close_case(outcome=outcome, at=clock.now(), on=clock.today())
        case.says(outcome=outcome, ends_follow_up=False)
    return case


def propose_closing(case: Case, *, by: Any, outcome: str, words: str, version: int | None = None) -> Case:
    """Propose to close a case as lost, or because support is stopped for cause; another person signs.

    Refuses without the reason in words. Moves nothing.
    """
    if outcome not in TWO_PERSON_OUTCOMES:
        raise refuse(
            "outcome", _("This outcome needs no second person: close the case."), rules.page("close_case", case.pk), _("Close case")
        )
    if not words.strip():
        raise refuse("reason", _("Write down why."))
    with act(case, "casework.propose_closing", by=by, version=version, note=words) as case:
        freeze(case, "close_case", {"outcome": outcome})
        case.says(outcome=outcome)
    return case


def sign_closing(case: Case, *, by: Any, version: int | None = None) -> Case:
    """Close the case as it was proposed, as a second person.

    Refuses whoever proposed it, under any role, and a file that changed since. Leaves follow-up running.
    """
    with act(case, "casework.sign_closing", by=by, version=version) as case:
        outcome = signed_payload(case, "close_case")["outcome"]
        case.sign_closing(outcome=outcome, at=clock.now(), on=clock.today())
        case.says(outcome=outcome)
    return case


def close_as_merged(case: Case, *, by: Any, into: Case, words: str = "", version: int | None = None) -> Case:
    """Close a case that tells the same return as another one; work goes on in the other.

    Refuses a case of another person or programme, and a case that was itself merged. Moves no row.
    """
    with act(case, "casework.close_as_merged", by=by, version=version, note=words) as case:
        if into.pk == case.pk or into.person_id != case.person_id or into.programme_id != case.programme_id:
            raise refuse("another_person", _("Only two cases of one person in one programme can tell the same return."))
        if into.merged_into_id:
            raise refuse("merged", _("The other case was merged itself: choose the one where work goes on."))
        case.close_as_merged(into=into, at=clock.now(), on=clock.today())
        case.says(into=into.pk)
    return case


def record_death(case: Case, *, by: Any, told_by: str, died_on: PartialDate | None = None, version: int | None = None) -> Case:
    """Write down that the person has died; every message, task and call stops at once, before anybody confirms.

    Refuses without who told it; the day may be unknown. Asks a family for nothing. A supervisor confirms; within a day it
    can be undone.
    """
    if not told_by.strip():
        raise refuse("told_by", _("Write down who told it."))
    if died_on and died_on.earliest > clock.today():
        raise refuse("ahead", _("This day lies ahead."))
    with act(case, "casework.record_death", by=by, version=version, note=told_by) as case:
        case.died_on, case.death_recorded_at, case.death_recorded_by_id = died_on, clock.now(), author(by)
        case.says(died_on=died_on)
    return case


def confirm_death(case: Case, *, by: Any, version: int | None = None) -> Case:
    """Confirm, as a supervisor, that the person has died; the case closes.

    Refuses whoever recorded it.
    """
    with act(case, "casework.confirm_death", by=by, version=version) as case:
        if case.death_recorded_by_id == author(by):
            raise refuse("same_person", _("You recorded this yourself: another person confirms it."))
        case.confirm_death(by=by, at=clock.now(), on=clock.today())
        case.says(died_on=case.died_on or None)
    return case


def undo_death(case: Case, *, by: Any, words: str = "", version: int | None = None) -> Case:
    """Take the record of a death back within a day: it was another person. What it stopped goes on.

    Refuses after a day, and once it is confirmed.
    """
    with act(case, "casework.undo_death", by=by, version=version, note=words) as case:
        case.forget_death()
    return case


def reopen_case(case: Case, *, by: Any, words: str, version: int | None = None) -> Case:
    """Begin again with a closed case: with counselling where it had begun, else with intake.

    Refuses a case that was erased or merged, and without a reason. Keeps what was agreed, booked and followed up; a death
    that was recorded wrongly is taken off.
    """
    if not words.strip():
        raise refuse("reason", _("Write down why the case begins again."))
    with act(case, "casework.reopen_case", by=by, version=version, note=words) as case:
        case.says(was=case.outcome, closed_on=_day(case.closed_at))
        case.reopen_case(on=clock.today())
    return case


def _day(moment: dt.datetime | None) -> dt.date | None:
    return moment.date() if moment else None
