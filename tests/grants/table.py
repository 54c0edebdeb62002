"""A jury at its table: seated, heard, scored, decided, signed, by the verbs. Elif, Idris and Karim score, Farid chairs."""

from typing import Any

from grants.actions import calls, decisions, scores, sittings
from grants.models import Call, JuryMember, Pitch, Seat, Sitting
from tests import factories as make
from tests.grants import stage
from workflows import clock

JURORS = ("elif", "idris", "karim")
INSTITUTIONS = {"elif": "Employment service", "idris": "Chamber of trades", "karim": "Savings bank"}


def in_jury(pitches: int = 2, **settings: Any) -> Call:
    """A call before its jury, with so many eligible pitches."""
    call = stage.open_call(**settings)
    for n in range(pitches):
        stage.eligible(call, title=f"Pitch {n + 1}")
    closed = stage.again(call)
    Call.objects.filter(pk=closed.pk).update(opens_on=clock.today() - stage.dt.timedelta(days=20), closes_on=yesterday())
    closed = calls.close_submissions(stage.again(closed), by=make.user("hana"))
    return calls.open_jury(closed, by=make.user("hana"))


def yesterday() -> Any:
    return clock.today() - stage.dt.timedelta(days=1)


def planned(pitches: int = 2, jurors: Any = JURORS, **settings: Any) -> Sitting:
    """A sitting with an agenda and jurors who were invited."""
    call = in_jury(pitches, **settings)
    sitting = sittings.plan_sitting(call, by=make.user("hana"), chair=make.user("farid"), held_on=clock.today(), place="La Marsa")
    for name in jurors:
        sittings.invite_juror(sitting, by=make.user("hana"), user=make.user(name), institution=INSTITUTIONS.get(name, name))
    return stage.again(sitting)


def seated(pitches: int = 2, **settings: Any) -> Sitting:
    """Everybody has a seat, signed and declared; the lots are drawn."""
    sitting = planned(pitches, **settings)
    hana = make.user("hana")
    sittings.seat_jury(sitting, by=hana)
    sittings.draw_lots(stage.again(sitting), by=hana, seed="0123456789abcdef")
    for member in JuryMember.objects.filter(sitting=sitting).select_related("user"):
        sittings.undertake(stage.again(sitting), by=user_of(member))
        for seat in Seat.objects.filter(member=member):
            scores.declare(seat, by=user_of(member))
    return stage.again(sitting)


def user_of(member: JuryMember) -> Any:
    return make.user(member.user.email.partition("@")[0])


def sitting(pitches: int = 2, **settings: Any) -> Sitting:
    """A sitting that is open."""
    return sittings.open_sitting(seated(pitches, **settings), by=make.user("farid"))


def seat_of(name: str, pitch: Pitch) -> Seat:
    """The juror's seat for the pitch."""
    return Seat.objects.get(member__user=make.user(name), pitch=pitch, left_at=None)


def sheet(pitch: Pitch, *levels: int | None) -> dict[int, dict[str, Any]]:
    """A whole sheet: a level a criterion, None for *cannot judge*; extremes carry words."""
    criteria = list(pitch.call.criteria.all())
    given = (list(levels) * len(criteria))[: len(criteria)] if len(levels) < len(criteria) else levels
    return {
        one.pk: {"cannot_judge": "not_my_field"}
        if level is None
        else {"level": level, "words": "Because." if level in (1, 5) else ""}
        for one, level in zip(criteria, given, strict=True)
    }


def scored(pitch: Pitch, **levels: Any) -> None:
    """Each juror named hands in: `scored(pitch, elif_=4, idris=[4, 3, 5])`."""
    for name, given in levels.items():
        juror = name.rstrip("_")
        given = given if isinstance(given, list | tuple) else [given]
        scores.score_pitch(seat_of(juror, pitch), by=make.user(juror), scores=sheet(pitch, *given))


def released(pitch: Pitch, elif_: Any = 4, idris: Any = 4, karim: Any = 4) -> Pitch:
    """Heard, scored by all three, and opened."""
    farid = make.user("farid")
    sittings.hear_pitch(stage.again(pitch), by=farid)
    scored(pitch, elif_=elif_, idris=idris, karim=karim)
    return sittings.release_scores(stage.again(pitch), by=farid)


def agenda(of: Sitting) -> list[Pitch]:
    """The pitches in the order drawn."""
    return [item.pitch for item in of.agenda.filter(taken_off_at=None).select_related("pitch__call").order_by("position")]


def decide(of: Sitting, pitch: Pitch, result: str = "awarded", **said: Any) -> Any:
    """The chair writes a decision."""
    if result == "awarded":
        said.setdefault("amount", 5_200_00)
    elif result in ("declined", "adjourned"):
        said.setdefault("reasons", ["market"])
    return decisions.write_decision(stage.again(of), by=make.user("farid"), pitch=pitch, result=result, **said)


def proposed(pitches: int = 2, **settings: Any) -> Sitting:
    """Every pitch heard, scored with 4, awarded, and proposed for the second signature."""
    at = sitting(pitches, **settings)
    for pitch in agenda(at):
        released(pitch)
        decide(at, pitch)
    return decisions.propose_decisions(stage.again(at), by=make.user("farid"))


def signed(pitches: int = 2, **settings: Any) -> Sitting:
    """Signed by Gia."""
    return decisions.sign_decisions(proposed(pitches, **settings), by=make.user("gia"))
