"""The sitting: planned, its agenda and its jury put together, seated, drawn by lot and opened; what happens at the table."""

import datetime as dt
import hashlib
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.scope import scope_of
from casework.actions.authorship import refuse
from casework.phones import address_index
from grants import assignment, conflicts
from grants.models import AgendaItem, Call, JuryMember, Pitch, Seat, Sitting
from grants.states import CallState, PitchState, SittingState
from workflows import clock
from workflows.acting import NotYours, act, act_each
from workflows.actors import actor_of

SETTINGS = ("kind", "held_on", "starts_at", "place", "minutes_each", "chair")
BEFORE_DECISION = (PitchState.ELIGIBLE, PitchState.IN_JURY, PitchState.SCORED)
MOST = 200


def plan_sitting(
    call: Call, *, by: Any, chair: Any, held_on: dt.date, pitches: Sequence[Pitch] | None = None, **settings: Any
) -> Sitting:
    """Plan a meeting of the jury. What of the call waits to be heard goes on its agenda, or the pitches that are named.

    Refuses a call that is settled or still takes pitches, a day that has passed, and somebody who chairs no sittings.
    """
    if call.state not in (CallState.SUBMISSIONS_CLOSED, CallState.IN_JURY):
        raise refuse("call_not_closed", _("A jury sits when submissions are closed."), call.get_absolute_url(), _("Open the call"))
    sitting = Sitting(call=call)
    _set(sitting, {**settings, "chair": chair, "held_on": held_on})
    waiting = _waiting(call) if pitches is None else list(pitches)
    with act(sitting, "grants.plan_sitting", by=by) as sitting:
        _may_be_heard(call, waiting)
        sitting.adds(*(AgendaItem(sitting=sitting, pitch=pitch, position=place) for place, pitch in enumerate(waiting, 1)))
        sitting.says(call=call.pk, chair=sitting.chair_id, held_on=held_on, pitches=[pitch.pk for pitch in waiting])
    return sitting


def change_sitting(sitting: Sitting, *, by: Any, version: int | None = None, **settings: Any) -> Sitting:
    """Change day, hour, place, chair or minutes of a sitting that has not begun."""
    with act(sitting, "grants.change_sitting", by=by, version=version) as sitting:
        before = {name: getattr(sitting, name) for name in settings}
        _set(sitting, settings)
        sitting.says(changed=sorted(name for name, was in before.items() if getattr(sitting, name) != was))
    return sitting


def _set(sitting: Sitting, settings: Mapping[str, Any]) -> None:
    if unknown := set(settings) - set(SETTINGS):
        raise TypeError(f"A sitting has no setting {', '.join(sorted(unknown))}.")
    for name, value in settings.items():
        setattr(sitting, name, value)
    if sitting.held_on < clock.today():
        raise refuse("past", _("This day has passed."))
    if not scope_of(sitting.chair).may("grants.open_sitting"):
        raise refuse("no_chair", _("This colleague chairs no sittings: the administrator gives the role."))
    if not sitting._state.adding and sitting.members.filter(user=sitting.chair_id, left_at=None).exists():
        raise refuse("chair_scores", _("The chair does not score: somebody who sits in this jury cannot chair it."))


def _waiting(call: Call) -> list[Pitch]:
    on_another = AgendaItem.objects.filter(taken_off_at=None, decided_at=None).values("pitch")
    return list(call.pitches.in_state(*BEFORE_DECISION).exclude(pk__in=on_another).order_by("number"))


def _may_be_heard(call: Call, pitches: Sequence[Pitch]) -> None:
    if any(pitch.call_id != call.pk for pitch in pitches):
        raise refuse("another_call", _("The sitting hears pitches of its own call."))
    if any(pitch.state not in BEFORE_DECISION for pitch in pitches):
        raise refuse("not_eligible", _("Only eligible pitches that are not decided come before the jury."))
    elsewhere = AgendaItem.objects.filter(pitch__in=pitches, taken_off_at=None, decided_at=None).exists()
    if elsewhere:
        raise refuse("on_another_agenda", _("A pitch is on one agenda at a time: take it off the other first."))


def put_on_agenda(sitting: Sitting, *, by: Any, pitch: Pitch, version: int | None = None) -> Sitting:
    """Put a pitch on the agenda. The order is drawn again: whoever comes late gets no place of choice."""
    with act(sitting, "grants.put_on_agenda", by=by, version=version) as sitting:
        _may_be_heard(sitting.call, [pitch])
        last = sitting.agenda.order_by("-position").values_list("position", flat=True).first() or 0
        sitting.adds(AgendaItem(sitting=sitting, pitch=pitch, position=last + 1))
        sitting.seed = ""
        sitting.says(pitch=pitch.pk)
    return sitting


def take_off_agenda(sitting: Sitting, *, by: Any, pitch: Pitch, version: int | None = None) -> Sitting:
    """Take a pitch off the agenda: it can be heard at another sitting. Refuses one whose scores are open."""
    with act(sitting, "grants.take_off_agenda", by=by, version=version) as sitting:
        item = _item(sitting, pitch)
        if item.released_at:
            raise refuse("released", _("Its scores are open: it is decided at this sitting."))
        now = clock.now()
        AgendaItem.objects.filter(pk=item.pk).update(taken_off_at=now)
        Seat.objects.held().filter(pitch=pitch, member__sitting=sitting).update(left_at=now)
        sitting.decisions.filter(pitch=pitch).delete()
        sitting.says(pitch=pitch.pk)
    return sitting


def _item(sitting: Sitting, pitch: Pitch) -> AgendaItem:
    item = sitting.agenda.filter(pitch=pitch.pk, taken_off_at=None).first()
    if item is None:
        raise refuse("not_on_agenda", _("This pitch is not on the agenda of the sitting."))
    return item


# ——— the jury ———


def invite_juror(
    sitting: Sitting,
    *,
    by: Any,
    user: Any,
    institution: str,
    languages: Sequence[str] = (),
    max_load: int | None = None,
    phone: str = "",
    account: str = "",
    version: int | None = None,
) -> JuryMember:
    """Ask somebody to sit in this jury for an institution. Telephone and account are kept only as what finds a conflict.

    Refuses the chair, whoever scores nothing, and somebody who is invited already.
    """
    with act(sitting, "grants.invite_juror", by=by, version=version) as sitting:
        member = _member(sitting, user, institution, languages, max_load, phone, account)
        member.save(force_insert=True)
        sitting.says(member=member.pk, user=user.pk)
    return member


def _member(
    sitting: Sitting, user: Any, institution: str, languages: Sequence[str], max_load: int | None, phone: str, account: str
) -> JuryMember:
    if not scope_of(user).may("grants.score_pitch"):
        raise refuse("no_juror", _("This colleague scores nothing: the administrator gives the role of juror."))
    if user.pk == sitting.chair_id:
        raise refuse("chair_scores", _("The chair does not score."))
    if sitting.members.filter(user=user).exists():
        raise refuse("invited_already", _("This juror is or was in this jury already."))
    if not institution.strip():
        raise refuse("institution", _("Write for which institution: the candidate is told it."))
    return JuryMember(
        sitting=sitting,
        user=user,
        institution=institution.strip(),
        languages=sorted(languages),
        max_load=max_load,
        phone_index=address_index("phone", phone, sitting.call.programme.country),
        account_index=conflicts.account_index(account),
    )


def name_substitute(
    sitting: Sitting,
    *,
    by: Any,
    member: JuryMember,
    user: Any,
    institution: str = "",
    languages: Sequence[str] | None = None,
    phone: str = "",
    account: str = "",
    version: int | None = None,
) -> JuryMember:
    """Let another person take a juror's place. Every seat whose scores are not open goes over, whatever was handed in for it:
    which of them were scored is nobody's business. The substitute signs and declares anew.
    """
    with act(sitting, "grants.name_substitute", by=by, version=version) as sitting:
        _of_this_sitting(sitting, member)
        new = _member(
            sitting, user, institution or member.institution, languages if languages is not None else member.languages,
            member.max_load, phone, account,
        )  # fmt: skip
        new.substitute_of = member
        new.save(force_insert=True)
        now = clock.now()
        JuryMember.objects.filter(pk=member.pk).update(left_at=now)
        open_ = sitting.agenda.filter(taken_off_at=None, released_at=None).values("pitch")
        seats = list(Seat.objects.held().filter(member=member, pitch__in=open_).select_related("pitch"))
        found = conflicts.found([seat.pitch for seat in seats], [new])
        Seat.objects.filter(pk__in=[seat.pk for seat in seats]).update(left_at=now)
        for seat in seats:
            if not found.bars(seat.pitch_id, new.pk):
                Seat(pitch=seat.pitch, member=new, seated_at=now, asked_about=found.asks.get((seat.pitch_id, new.pk), "")).save(
                    force_insert=True
                )
        sitting.says(member=new.pk, instead_of=member.pk, user=user.pk)
    return new


def _of_this_sitting(sitting: Sitting, member: JuryMember) -> None:
    if member.sitting_id != sitting.pk or member.left_at is not None:
        raise refuse("not_in_jury", _("This juror is not in the jury of the sitting."))


def undertake(sitting: Sitting, *, by: Any, version: int | None = None) -> JuryMember:
    """Sign, as a juror, the undertaking: to keep silent, to take no gifts, to meet no candidate. Once is enough."""
    signed = sitting.members.filter(user=getattr(actor_of(by).user, "pk", None), left_at=None, undertaken_at__isnull=False)
    if member := signed.first():
        return member
    with act(sitting, "grants.undertake", by=by, version=version) as sitting:
        user = actor_of(by).user
        member = sitting.members.filter(user=getattr(user, "pk", None), left_at=None).first()
        if member is None:
            raise NotYours(_("The jurors of this sitting sign it."))
        if member.undertaken_at is None:
            member.undertaken_at = clock.now()
            member.save(update_fields=["undertaken_at"])
        sitting.says(member=member.pk)
    return member


# ——— who hears what ———


def seat_jury(sitting: Sitting, *, by: Any, min_overlap: int | None = None, version: int | None = None) -> assignment.Seating:
    """Give every pitch its jurors: nobody in conflict, loads even, languages read, all comparable with all.

    Seating again moves as few as it can; once the sitting is open nobody who sits is moved, since who may be moved would tell
    who has not scored. Refuses with the reason where no seating is possible.
    """
    with transaction.atomic():
        with act(sitting, "grants.seat_jury", by=by, version=version) as sitting:
            waiting = sitting.agenda.filter(taken_off_at=None, released_at=None, absent_at=None)
            items = list(waiting.select_related("pitch").prefetch_related("pitch__versions"))
            pitches, members = [item.pitch for item in items], _jury(sitting)
            if not pitches:
                raise refuse("no_agenda", _("Nothing is on the agenda."), sitting.get_absolute_url())
            known = conflicts.found(pitches, members)
            held = list(Seat.objects.held().filter(member__sitting=sitting, pitch__in=pitches))
            seated = _seated(sitting, pitches, members, known, held, min_overlap)
            sitting.says(jurors=len(members), pitches=len(pitches), seats=len(seated.seats), connected=seated.connected)
        _change_seats(sitting, by, pitches, members, known, held, seated)
    return seated


def _jury(sitting: Sitting) -> list[JuryMember]:
    return list(sitting.members.filter(left_at=None).select_related("user"))


def _names(members: Sequence[JuryMember]) -> dict[int, str]:
    """A name a juror, which the reason of a refusal can say."""
    names: dict[int, str] = {}
    for member in members:
        name = member.user.called
        names[member.pk] = name if name not in names.values() else f"{name} ({member.institution})"
    return names if len(set(names.values())) == len(names) else {pk: f"{name} [{pk}]" for pk, name in names.items()}


def _seated(
    sitting: Sitting,
    pitches: Sequence[Pitch],
    members: Sequence[JuryMember],
    known: conflicts.Conflicts,
    held: Sequence[Seat],
    min_overlap: int | None,
) -> assignment.Seating:
    names, numbers = _names(members), {pitch.pk: f"{pitch.number:04d}" for pitch in pitches}
    languages = {
        pitch.pk: frozenset({language}) if language else frozenset()
        for pitch, language in ((pitch, next((one.language for one in pitch.versions.all()), "")) for pitch in pitches)
    }
    present = [(numbers[seat.pitch_id], names[seat.member_id]) for seat in held if seat.member_id in names]
    answer = assignment.seat(
        assignment.Problem(
            pitches=[assignment.Pitch(numbers[pitch.pk], languages[pitch.pk]) for pitch in pitches],
            jurors=[assignment.Juror(names[one.pk], one.max_load, frozenset(one.languages)) for one in members],
            per_pitch=sitting.call.jury_size,
            conflicts=[(numbers[pitch], names[member]) for pitch, member in known.barred if member in names],
            min_overlap=min_overlap,
            seed=sitting.pk.int % 2**32,
            seated=present,
            scored=present if sitting.state == SittingState.OPEN else [],
        )
    )
    if isinstance(answer, assignment.Impossible):
        reasons = {"pitches": answer.pitches, "jurors": answer.jurors}
        said = {name: ", ".join(some) or _(assignment.NOBODY) for name, some in reasons.items()}
        raise refuse(answer.code, _(assignment.REASONS[answer.code]) % {**said, **answer.facts}, sitting.get_absolute_url())
    return answer


def _change_seats(
    sitting: Sitting,
    by: Any,
    pitches: Sequence[Pitch],
    members: Sequence[JuryMember],
    known: conflicts.Conflicts,
    held: Sequence[Seat],
    seated: assignment.Seating,
) -> None:
    now, of_name = clock.now(), {name: key for key, name in _names(members).items()}
    wanted = {(number, of_name[name]) for number, name in seated.seats}
    there = {(seat.pitch_id, seat.member_id): seat for seat in held}
    for pair, seat in there.items():
        number = next(f"{pitch.number:04d}" for pitch in pitches if pitch.pk == pair[0])
        if (number, pair[1]) not in wanted:
            Seat._base_manager.filter(pk=seat.pk).update(left_at=now, conflict=known.barred.get(pair, seat.conflict))
    gone = {
        (seat.pitch_id, seat.member_id): seat
        for seat in Seat.objects.filter(member__sitting=sitting, pitch__in=pitches, left_at__isnull=False)
    }

    def body(pitch: Pitch) -> None:
        pitch.seat_juror(on=clock.today())
        new = [member for number, member in wanted if number == f"{pitch.number:04d}" and (pitch.pk, member) not in there]
        for member in sorted(new):
            if (before := gone.get((pitch.pk, member))) is not None:
                Seat._base_manager.filter(pk=before.pk).update(left_at=None, conflict="", seated_at=now)
            else:
                asked = known.asks.get((pitch.pk, member), "")
                pitch.adds(Seat(pitch=pitch, member_id=member, seated_at=now, asked_about=asked))
        pitch.says(sitting=sitting.pk, seats=len(new))

    fresh = [pitch for pitch in pitches if any(n == f"{pitch.number:04d}" and (pitch.pk, m) not in there for n, m in wanted)]
    for start in range(0, len(fresh), MOST):
        _all_or_nothing(act_each(fresh[start : start + MOST], "grants.seat_juror", by=by, body=body))


def _all_or_nothing(outcomes: Sequence[Any]) -> None:
    for outcome in outcomes:
        if outcome.refused is not None:
            raise outcome.refused


def seat_juror(pitch: Pitch, *, by: Any, member: JuryMember, version: int | None = None) -> Seat:
    """Give one juror a seat for one pitch. Refuses a conflict without saying which: it would give the candidate away."""
    with act(pitch, "grants.seat_juror", by=by, version=version) as pitch:
        sitting = member.sitting
        item = _item(sitting, pitch)
        _of_this_sitting(sitting, member)
        if sitting.state == SittingState.SIGNED or item.released_at:
            raise refuse("released", _("The scores of this pitch are open: nobody joins now."))
        seat = _seat_for(pitch, member)
        pitch.seat_juror(on=clock.today())
        seat.save(force_insert=seat._state.adding)
        pitch.says(member=member.pk, sitting=sitting.pk, seats=1)
    return seat


def _seat_for(pitch: Pitch, member: JuryMember) -> Seat:
    known = conflicts.found([pitch], [member])
    if known.bars(pitch.pk, member.pk):
        raise refuse("conflict", _("This juror has a conflict with this pitch and does not hear it. Seat another."))
    before = Seat.objects.filter(pitch=pitch, member=member).first()
    if before is not None and before.left_at is None:
        raise refuse("seated_already", _("This juror is seated already."))
    if before is not None:
        before.left_at, before.seated_at = None, clock.now()
        return before
    return Seat(pitch=pitch, member=member, seated_at=clock.now(), asked_about=known.asks.get((pitch.pk, member.pk), ""))


# ——— at the table ———


def draw_lots(sitting: Sitting, *, by: Any, seed: str = "", version: int | None = None) -> Sitting:
    """Draw the order of hearing. The seed is kept, and anybody can draw the same order from it.

    The order is that of SHA-256 over the seed, a colon, and the pitch's key.
    """
    with act(sitting, "grants.draw_lots", by=by, version=version) as sitting:
        sitting.seed = seed or secrets.token_hex(8)
        items = sorted(sitting.agenda.filter(taken_off_at=None), key=lambda item: lot_of(sitting.seed, item.pitch_id))
        if not items:
            raise refuse("no_agenda", _("Nothing is on the agenda."), sitting.get_absolute_url())
        for place, item in enumerate(items, 1):
            item.position = place
        AgendaItem.objects.bulk_update(items, ["position"])
        sitting.says(seed=sitting.seed, order=[item.pitch_id for item in items])
    return sitting


def lot_of(seed: str, pitch: Any) -> str:
    """The lot of a pitch under a seed; the least is heard first."""
    return hashlib.sha256(f"{seed}:{pitch}".encode()).hexdigest()


def _led_by(sitting: Sitting, by: Any) -> None:
    """Raise NotYours for anybody but the sitting's own chair."""
    user = actor_of(by).user
    if user is None or user.pk != sitting.chair_id:
        raise NotYours(_("%(chair)s chairs this sitting.") % {"chair": sitting.chair.called})


def open_sitting(sitting: Sitting, *, by: Any, version: int | None = None) -> Sitting:
    """Open the sitting, as its chair: from now on scores are handed in. Refuses without agenda, jury and drawn order."""
    with act(sitting, "grants.open_sitting", by=by, version=version) as sitting:
        _led_by(sitting, by)
        sitting.open_sitting()
        sitting.says(seed=sitting.seed)
    return sitting


def open_item(pitch: Pitch) -> AgendaItem:
    """The place of a pitch on the agenda of the sitting that hears it now. Raises Refused where none does."""
    item = AgendaItem.objects.filter(pitch=pitch.pk, taken_off_at=None, decided_at=None).select_related("sitting__chair").first()
    if item is None or item.sitting.state != SittingState.OPEN:
        raise refuse("sitting_not_open", _("No open sitting hears this pitch."), pitch.get_absolute_url())
    return item


def hear_pitch(pitch: Pitch, *, by: Any, version: int | None = None) -> Pitch:
    """The candidate is in the room: the minutes of this pitch run from now."""
    with act(pitch, "grants.hear_pitch", by=by, version=version) as pitch:
        item = open_item(pitch)
        _led_by(item.sitting, by)
        AgendaItem.objects.filter(pk=item.pk).update(heard_at=clock.now(), absent_at=None)
        pitch.says(sitting=item.sitting_id)
    return pitch


def mark_absent(pitch: Pitch, *, by: Any, version: int | None = None) -> Pitch:
    """The candidate did not come: the pitch is adjourned to another sitting, never declined."""
    with act(pitch, "grants.mark_absent", by=by, version=version) as pitch:
        item = open_item(pitch)
        _led_by(item.sitting, by)
        AgendaItem.objects.filter(pk=item.pk).update(heard_at=None, absent_at=clock.now())
        pitch.says(sitting=item.sitting_id)
    return pitch


def release_scores(pitch: Pitch, *, by: Any, version: int | None = None) -> Pitch:
    """Open the scores of a pitch to the table. Refuses until each seated juror has handed in or is recorded as absent."""
    with act(pitch, "grants.release_scores", by=by, version=version) as pitch:
        item = open_item(pitch)
        _led_by(item.sitting, by)
        now = clock.now()
        AgendaItem.objects.filter(pk=item.pk).update(released_at=now)
        pitch.release_scores(at=now, on=clock.today())
        pitch.says(sitting=item.sitting_id)
    return pitch
