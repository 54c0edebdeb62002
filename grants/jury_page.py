"""What the jury's pages show: a juror's own pitches and sheet, and nothing that another has done; the board of the chair."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from grants.actions.scores import FORM, HIGHEST, LOWEST
from grants.models import AgendaItem, Criterion, Seat, Sitting
from grants.states import CannotJudge, SittingState
from workflows import clock
from workflows.models import Draft

CANNOT = 0
"""The key of “I cannot judge this”."""


@dataclass(frozen=True)
class MySeat:
    """One of a juror's own seats, and how far they themselves are with it."""

    seat: Seat
    position: int
    begun: bool

    @property
    def stands(self) -> Any:
        """Where one's own reading stands, in words."""
        if self.seat.absent_at:
            return _("you were not there")
        if self.seat.scored_at:
            return _("handed in")
        if not self.seat.declared_at:
            return _("to declare")
        return _("begun") if self.begun else _("to read")


@dataclass(frozen=True)
class MySitting:
    """A sitting that one is a juror of, with one's own seats in the order of hearing."""

    sitting: Sitting
    undertaken: bool
    seats: tuple[MySeat, ...]

    @property
    def handed_in(self) -> int:
        return sum(one.seat.scored_at is not None for one in self.seats)

    @property
    def next(self) -> MySeat | None:
        """The first that waits for this juror."""
        return next((one for one in self.seats if not one.seat.scored_at and not one.seat.absent_at), None)


def my_sittings(user: Any) -> list[MySitting]:
    """What is this juror's to hear: open and coming sittings, then those that are signed. Three queries."""
    place = AgendaItem.objects.filter(sitting=OuterRef("member__sitting"), pitch=OuterRef("pitch"), taken_off_at=None)
    seats = list(
        Seat.objects.of(user)
        .held()
        .select_related("member__sitting__call", "pitch__call", "pitch__case__person")
        .annotate(place=Subquery(place.values("position")[:1]))
        .order_by("place", "pk")
    )
    begun = set(Draft.objects.filter(owner_id=str(user.pk), form=FORM, expires_at__gt=clock.now()).values_list("stream", flat=True))
    by_sitting: dict[Any, list[MySeat]] = defaultdict(list)
    for seat in seats:
        row = MySeat(seat, getattr(seat, "place", 0) or 0, seat.stream in begun)
        by_sitting[seat.member.sitting_id].append(row)
    members = user.jury_memberships.filter(left_at=None).select_related("sitting__call", "sitting__chair")
    found = [
        MySitting(one.sitting, one.undertaken_at is not None, tuple(by_sitting[one.sitting_id]))
        for one in members.order_by("sitting__held_on", "pk")
    ]
    return sorted(found, key=lambda one: one.sitting.state == SittingState.SIGNED)


# ——— one sheet ———


@dataclass(frozen=True)
class Answer:
    """What stands on the sheet for one question."""

    level: int | None = None
    cannot_judge: str = ""
    words: str = ""

    @property
    def given(self) -> bool:
        return self.level is not None or bool(self.cannot_judge)

    @property
    def whole(self) -> bool:
        return self.given and not (self.level in (LOWEST, HIGHEST) and not self.words.strip())


@dataclass(frozen=True)
class Line:
    """One question of the rubric with what stands there."""

    n: int
    criterion: Criterion
    answer: Answer
    open: bool

    @property
    def sentence(self) -> str:
        """What the level chosen means."""
        if self.answer.level is None:
            return str(CannotJudge(self.answer.cannot_judge).label) if self.answer.cannot_judge in CannotJudge.values else ""
        return str(self.criterion.levels[self.answer.level - 1]) if len(self.criterion.levels) >= self.answer.level else ""

    @property
    def choices(self) -> list[tuple[int, str]]:
        """Level and sentence."""
        return list(enumerate(self.criterion.levels, 1))


@dataclass
class Sheet:
    """A juror's own sheet on one pitch: what was handed in, with what was typed since over it."""

    seat: Seat
    user: Any
    asked: int = 0
    typed: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def criteria(self) -> list[Criterion]:
        return list(Criterion.objects.filter(call=self.seat.pitch.call_id))

    @cached_property
    def draft(self) -> Draft | None:
        return Draft.of(owner=self.user, form=FORM, stream=self.seat.stream)

    @property
    def saved_at(self) -> dt.datetime | None:
        """When something was kept last."""
        return self.draft.saved_at if self.draft else None

    @cached_property
    def answers(self) -> dict[int, Answer]:
        """criterion → what stands there now."""
        found = {one.criterion_id: Answer(one.level, one.cannot_judge, one.words) for one in self.seat.scores.all()}
        kept = self.draft.payload if self.draft else {}
        for one in self.criteria:
            if str(one.pk) in kept:
                said = kept[str(one.pk)]
                found[one.pk] = Answer(said.get("level"), said.get("cannot_judge", ""), said.get("words", ""))
        return found

    @cached_property
    def lines(self) -> list[Line]:
        open_at = self.asked or next(
            (n for n, one in enumerate(self.criteria, 1) if not self.answers.get(one.pk, Answer()).whole), len(self.criteria) + 1
        )
        return [Line(n, one, self.answers.get(one.pk, Answer()), n == open_at) for n, one in enumerate(self.criteria, 1)]

    @property
    def whole(self) -> bool:
        """Every question answered, words where they are asked for."""
        return all(line.answer.whole for line in self.lines)

    @property
    def open_line(self) -> Line | None:
        return next((line for line in self.lines if line.open), None)

    def keep(self, post: Any) -> Draft | None:
        """Keep what was typed for one question: encrypted, without an event, nothing that another could read."""
        criterion = next((one for one in self.criteria if str(one.pk) == post.get("criterion")), None)
        if criterion is None:
            return None
        level = post.get("level", "")
        cannot = level == str(CANNOT)
        said = {
            "level": int(level) if level in {str(n) for n in range(LOWEST, HIGHEST + 1)} else None,
            "cannot_judge": (post.get("cannot_judge") or CannotJudge.NOT_MY_FIELD.value) if cannot else "",
            "words": post.get("words", "")[:2_000],
        }
        payload = {**(self.draft.payload if self.draft else {}), str(criterion.pk): said}
        draft = Draft.keep(owner=self.user, form=FORM, stream=self.seat.stream, payload=payload)
        for name in ("draft", "answers", "lines"):
            self.__dict__.pop(name, None)
        return draft

    def scores(self) -> dict[int, dict[str, Any]]:
        """The sheet as the verb takes it."""
        return {
            key: {"level": one.level, "cannot_judge": one.cannot_judge, "words": one.words} for key, one in self.answers.items()
        }


def earlier(seat: Seat, user: Any) -> list[tuple[Seat, int, int]]:
    """One's own other sheets of the same sitting: points given, of how many. Nobody else's."""
    others = (
        Seat.objects.of(user)
        .held()
        .filter(member__sitting=seat.member.sitting_id, scored_at__isnull=False)
        .exclude(pk=seat.pk)
        .select_related("pitch")
        .prefetch_related("scores")
        .order_by("pitch__number")
    )
    found = []
    for one in others:
        levels = [score.level for score in one.scores.all() if score.level is not None]
        found.append((one, sum(levels), HIGHEST * len(levels)))
    return found


def ends_at(seat: Seat) -> dt.datetime | None:
    """Until when the pitch is heard: the minutes that each one has run from its hearing. None while it is not being heard."""
    item = AgendaItem.objects.filter(sitting=seat.member.sitting_id, pitch=seat.pitch_id, taken_off_at=None).first()
    return until(item, seat.member.sitting) if item else None


def until(item: AgendaItem, sitting: Sitting) -> dt.datetime | None:
    """When the minutes of an item are over; None where they do not run."""
    if item.heard_at is None:
        return None
    over = item.heard_at + dt.timedelta(minutes=sitting.minutes_each)
    return over if over > clock.now() else None
