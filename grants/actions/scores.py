"""What a juror does with a seat of their own: declares, scores, or leaves it. And what the chair does with it, blind."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from casework.actions.authorship import refuse
from grants.actions.sittings import _led_by, _of_this_sitting, _seat_for
from grants.models import AgendaItem, Criterion, JuryMember, Pitch, Score, Seat
from grants.states import CannotJudge, Conflict
from workflows import clock
from workflows.acting import NotYours, act
from workflows.actors import actor_of
from workflows.models import Draft

FORM = "grants.score_pitch"
LOWEST, HIGHEST = 1, 5


def _own(seat: Seat, by: Any) -> None:
    user = actor_of(by).user
    if user is None or seat.member.user_id != user.pk:
        raise NotYours(_("Each juror speaks for their own seat."))


def declare(seat: Seat, *, by: Any, version: int | None = None) -> Seat:
    """Say, before scoring, that one has no part in the pitch: no kin, no business, no favour. Said again, it stays said."""
    if seat.declared_at:
        _own(seat, by)
        return seat
    with act(seat, "grants.declare", by=by, version=version) as seat:
        _own(seat, by)
        seat.declared_at = seat.declared_at or clock.now()
    return seat


def declare_conflict(seat: Seat, *, by: Any, version: int | None = None) -> Seat:
    """“I know this person”: leave the pitch at once, nothing asked. What was typed goes."""
    return _leave(seat, "declare_conflict", by, version, Conflict.DECLARED)


def recuse(seat: Seat, *, by: Any, version: int | None = None) -> Seat:
    """Leave the pitch for a reason of one's own, nothing asked."""
    return _leave(seat, "recuse", by, version, Conflict.DECLARED)


def _leave(seat: Seat, verb: str, by: Any, version: int | None, why: str) -> Seat:
    with act(seat, f"grants.{verb}", by=by, version=version) as seat:
        _own(seat, by)
        seat.scores.all().delete()
        seat.left_at, seat.conflict, seat.scored_at = clock.now(), why, None
        Draft.drop(owner=seat.member.user, form=FORM, stream=seat.stream)
    return seat


def score_pitch(seat: Seat, *, by: Any, scores: Mapping[int, Mapping[str, Any]], version: int | None = None) -> Seat:
    """Hand in what one gives each criterion: `scores` is criterion → level 1 to 5, or why one cannot judge, and words.

    Handing in again before the scores are open takes the place of what was handed in. Refuses a sheet that is not whole, a 1
    or a 5 without words, a seat that is not one's own, and a pitch whose scores are open.
    """
    with act(seat, "grants.score_pitch", by=by, version=version) as seat:
        _own(seat, by)
        _write(seat, scores)
        Draft.drop(owner=seat.member.user, form=FORM, stream=seat.stream)
    return seat


def _write(seat: Seat, scores: Mapping[int, Mapping[str, Any]]) -> None:
    """Put the sheet in the place of the one before. The pitch is locked: an opening under way comes before or after."""
    Pitch._base_manager.select_for_update().get(pk=seat.pitch_id)
    opened = AgendaItem.objects.filter(pitch=seat.pitch_id, sitting=seat.member.sitting_id, released_at__isnull=False)
    if opened.exists():
        raise refuse("released", _("The scores of this pitch are open: they stand as they are."))
    rows = [_score(seat, one, scores.get(one.pk, {})) for one in Criterion.objects.filter(call=seat.pitch.call_id)]
    seat.scores.all().delete()
    Score.objects.bulk_create(rows)
    seat.scored_at = clock.now()


def _score(seat: Seat, criterion: Criterion, said: Mapping[str, Any]) -> Score:
    level, cannot, words = said.get("level"), said.get("cannot_judge") or "", (said.get("words") or "").strip()
    if (level is None) == (cannot == ""):
        raise refuse("not_whole", _("“%(question)s” has no answer yet.") % {"question": criterion.question})
    if level is not None and not (isinstance(level, int) and LOWEST <= level <= HIGHEST):
        raise refuse("level", _("A level is a whole number from 1 to 5."))
    if cannot and cannot not in CannotJudge.values:
        raise refuse("cannot_judge", _("Say why you cannot judge this."))
    if level in (LOWEST, HIGHEST) and not words:
        raise refuse("no_words", _("“%(question)s”: a 1 or a 5 needs a few words of why.") % {"question": criterion.question})
    return Score(seat=seat, criterion=criterion, level=level, cannot_judge=cannot, words=words)


# ——— the chair, blind ———


def record_absence(seat: Seat, *, by: Any) -> Seat:
    """Say, as the chair, that a juror was not there. What that juror had handed in before stands, and whether there is any is
    not answered: the verb does the same and says the same either way.
    """
    with act(seat, "grants.record_absence", by=by) as seat:
        _led_by(seat.member.sitting, by)
        if seat.scored_at is None:
            seat.absent_at = seat.absent_at or clock.now()
    return seat


def replace_juror(seat: Seat, *, by: Any, member: JuryMember) -> Seat:
    """Give a seat to another juror of the sitting, whatever was handed in for it. Refuses a conflict without saying which."""
    with act(seat, "grants.replace_juror", by=by) as seat:
        _of_this_sitting(seat.member.sitting, member)
        new = _seat_for(seat.pitch, member)
        new.save(force_insert=new._state.adding)
        seat.left_at = clock.now()
        seat.says(member=member.pk, seat=new.pk)
    return new
