"""What lies on the table of a sitting: its agenda, the opened scores as numbers without names, and what the rule makes of them.

Only scores that the chair has opened come in here. Of all others it is known whether they are all in, and nothing else.
"""

import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext

from grants import allocation
from grants import ranking as ranks
from grants.models import AgendaItem, Criterion, Decision, JuryMember, PitchVersion, Score, Seat, Sitting, Source
from grants.states import DecisionMode, Result

LEVELS = (1.0, 5.0)
OF_HUNDRED = 20
"""A mean of 1 to 5 as a mark of 100: five of five is a hundred."""
FAR_APART = 3
DECISION_OF = {
    Result.AWARD: allocation.AWARD,
    Result.RESERVE: allocation.RESERVE,
    Result.ADJOURN: allocation.ADJOURN,
    Result.DECLINE: allocation.DECLINE,
}
RESULT_OF = {decision: result for result, decision in DECISION_OF.items()}


def of_hundred(mean: float | None) -> float | None:
    """A mean of the levels as a mark of 100."""
    return None if mean is None else round(mean * OF_HUNDRED, allocation.DIGITS)


@dataclass(frozen=True)
class Spread:
    """What the jurors gave one question of one pitch: levels in ascending order, nobody's name, nobody's turn."""

    criterion: Criterion
    levels: tuple[int, ...]
    cannot_judge: int

    @property
    def mean(self) -> float | None:
        return sum(self.levels) / len(self.levels) if self.levels else None

    @property
    def apart(self) -> bool:
        """Whether the highest and the lowest are so far apart that it is worth talking about first."""
        return bool(self.levels) and self.levels[-1] - self.levels[0] >= FAR_APART

    @property
    def dots(self) -> list[tuple[int, int]]:
        """Where each dot stands in the drawing: equal levels one above the other."""
        stacked: dict[int, int] = defaultdict(int)
        places = []
        for level in self.levels:
            places.append((20 + (level - 1) * 50, 12 - 11 * stacked[level]))
            stacked[level] += 1
        return places

    @property
    def height(self) -> int:
        """How far the highest pile reaches above the line."""
        return max((12 - y for _x, y in self.dots), default=0)


@dataclass(frozen=True)
class Row:
    """One pitch of the agenda as it stands."""

    item: AgendaItem
    asked: int
    all_in: bool
    seated: int
    scored: int
    """How many jurors scored it; 0 while the scores are closed."""
    decision: Decision | None
    ranked: ranks.Ranked | None
    rule: allocation.Outcome | None
    place: int | None

    @property
    def key(self) -> str:
        return str(self.item.pitch_id)

    @property
    def released(self) -> bool:
        return self.item.released_at is not None

    @property
    def raw(self) -> float | None:
        return of_hundred(self.ranked.raw) if self.ranked else None

    @property
    def adjusted(self) -> float | None:
        return of_hundred(self.ranked.adjusted) if self.ranked else None

    @property
    def rule_words(self) -> str:
        """What the rule says of it, in the reader's language."""
        return str(gettext(allocation.WHY[self.rule.why]) % self.rule.facts) if self.rule else ""

    @property
    def stands(self) -> str:
        """Where its hearing stands, as a code: absent, heard, or to be heard."""
        return "absent" if self.item.absent_at else "heard" if self.item.heard_at else "waiting"


class Board:
    """One sitting, read in a fixed number of queries whatever its size."""

    def __init__(self, sitting: Sitting, *, left: int | None = None) -> None:
        """`left` is what the call had left when the sitting decided, where that is on record."""
        self.sitting, self.call, self._left = sitting, sitting.call, left

    # ——— what is read ———

    @cached_property
    def items(self) -> list[AgendaItem]:
        """The agenda in the order drawn, with what each pitch asks."""
        newest = (
            PitchVersion.objects.filter(pitch=OuterRef("pitch"), submitted_at__isnull=False).order_by("-number").values("pk")[:1]
        )
        asked = Source.objects.filter(version=OuterRef("version"), kind="asked").values("amount")[:1]
        return list(
            self.sitting.agenda.filter(taken_off_at=None)
            .select_related("pitch__case__person")
            .annotate(version=Subquery(newest))
            .annotate(asked=Subquery(asked))
            .order_by("position", "pk")
        )

    @cached_property
    def criteria(self) -> list[Criterion]:
        return list(self.call.criteria.all())

    @cached_property
    def decisions(self) -> dict[uuid.UUID, Decision]:
        return {one.pitch_id: one for one in self.sitting.decisions.all()}

    @cached_property
    def opened(self) -> frozenset[uuid.UUID]:
        """The pitches whose scores the chair has opened."""
        return frozenset(item.pitch_id for item in self.items if item.released_at)

    @cached_property
    def scores(self) -> list[tuple[uuid.UUID, uuid.UUID, str, int | None]]:
        """The opened scores: pitch, juror, criterion, level."""
        rows = Score.objects.filter(
            seat__member__sitting=self.sitting.pk, seat__left_at=None, seat__pitch__in=self.opened, seat__scored_at__isnull=False
        )
        return sorted(rows.values_list("seat__pitch", "seat__member__user", "criterion__code", "level"), key=str)

    @cached_property
    def members(self) -> list[JuryMember]:
        """Who sits in the jury now."""
        return list(self.sitting.members.filter(left_at=None).select_related("user"))

    @cached_property
    def seats(self) -> list[Seat]:
        """Every seat that is held."""
        return list(Seat.objects.held().filter(member__sitting=self.sitting.pk).select_related("member__user"))

    @cached_property
    def all_in(self) -> dict[uuid.UUID, tuple[bool, int, int]]:
        """Of each pitch: whether every seat has scored or is absent, how many are seated, and, once open, how many scored.

        How many are missing, and whose, is never said.
        """
        seats: dict[uuid.UUID, list[Seat]] = defaultdict(list)
        for seat in self.seats:
            seats[seat.pitch_id].append(seat)
        return {
            pitch: (
                all(seat.scored_at or seat.absent_at for seat in held),
                len(held),
                sum(seat.scored_at is not None for seat in held) if pitch in self.opened else 0,
            )
            for pitch, held in seats.items()
        }

    # ——— what follows from it ———

    @cached_property
    def asked(self) -> dict[str, int]:
        return {str(item.pitch_id): getattr(item, "asked", 0) or 0 for item in self.items}

    @cached_property
    def ranking(self) -> ranks.Ranking:
        """The opened scores in order, with how sure it is."""
        return _ranked(
            tuple((str(pitch), str(juror), code, level) for pitch, juror, code, level in self.scores),
            tuple((one.code, one.weight) for one in self.criteria),
            tuple(sorted(self.asked.items())),
            tuple((str(item.pitch_id), item.position) for item in self.items),
            self.budget,
            self.sitting.seed,
        )

    @property
    def budget(self) -> int:
        """What this sitting may give: what no award has taken before it. A signed sitting counts as it stood when it decided."""
        if self._left is not None:
            return self._left
        own = sum(one.amount or 0 for one in self.decisions.values()) if self.sitting.signed_at else 0
        return int(self.call.left + own)

    @cached_property
    def _by_pitch(self) -> dict[str, ranks.Ranked]:
        return {one.pitch: one for one in self.ranking.pitches}

    @property
    def entries(self) -> list[allocation.Entry]:
        """The files that the rule can speak about: heard with open scores, or absent."""
        found = []
        for item in self.items:
            if item.pitch_id not in self.opened and not item.absent_at:
                continue
            key, decision = str(item.pitch_id), self.decisions.get(item.pitch_id)
            ranked = self._by_pitch.get(key)
            score = None
            if ranked is not None:
                score = of_hundred(ranked.score if self.competitive else ranked.raw)
            found.append(
                allocation.Entry(
                    key,
                    score,
                    self.asked[key],
                    votes=decision.votes_for if decision else None,
                    against=(decision.votes_against or 0) if decision else 0,
                    absent=bool(item.absent_at),
                    lot=item.position,
                )
            )
        return found

    @property
    def competitive(self) -> bool:
        return bool(self.call.decision_mode == DecisionMode.COMPETITIVE)

    @cached_property
    def rule(self) -> allocation.Allocation:
        """What the call's own rule makes of the opened scores."""
        if self.competitive:
            return allocation.down_the_line(self.entries, self.budget, self.call.pass_mark or None)
        return allocation.on_merit(self.entries, self.budget, self.call.pass_mark)

    @cached_property
    def best(self) -> allocation.Best:
        """The use of the money with the highest sum of scores, for information."""
        return allocation.best_total(self.entries, self.budget, self.call.pass_mark or None)

    def departures(self, also: Mapping[str, allocation.Decided] | None = None) -> list[allocation.Departure]:
        """Where the decisions written (and `also`, one that is being written) leave the rule."""
        decided = {str(key): decided_of(one) for key, one in self.decisions.items()}
        return allocation.departures(self.rule, {**decided, **(also or {})}, self.asked)

    @cached_property
    def rows(self) -> list[Row]:
        """The agenda with everything that may be said of each pitch."""
        outcomes = {one.pitch: one for one in self.rule.outcomes}
        places = {one.pitch: place for place, one in enumerate(self.ranking.pitches, 1)}
        return [
            Row(
                item,
                self.asked[str(item.pitch_id)],
                *self.all_in.get(item.pitch_id, (False, 0, 0)),
                self.decisions.get(item.pitch_id),
                self._by_pitch.get(str(item.pitch_id)),
                outcomes.get(str(item.pitch_id)),
                places.get(str(item.pitch_id)),
            )
            for item in self.items
        ]

    @property
    def withheld(self) -> str:
        """Why nothing is said about strict and mild jurors; "" where something is, or nothing is open yet."""
        why = self.ranking.withheld
        return str(gettext(ranks.WITHHELD[why.code]) % self._numbered(why.facts)) if why and self.opened else ""

    def _numbered(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """The facts of a sentence without anybody's key: groups of jurors are counted, not named."""
        groups = facts.get("groups")
        return {**facts, "groups": str(groups).count(" | ") + 1} if groups else dict(facts)

    @cached_property
    def talk_first(self) -> frozenset[str]:
        """The pitches about which the jurors are furthest apart."""
        return frozenset(one.pitch for one in self.ranking.gaps[:3] if one.gap >= 1)

    def spreads(self, pitch: uuid.UUID) -> list[Spread]:
        """The opened scores of one pitch, question by question; nothing while they are closed."""
        given: dict[str, list[int | None]] = defaultdict(list)
        for key, _juror, code, level in self.scores:
            if key == pitch:
                given[code].append(level)
        return [
            Spread(one, tuple(sorted(level for level in given[one.code] if level)), given[one.code].count(None))
            for one in self.criteria
            if one.code in given
        ]

    @property
    def awarded(self) -> int:
        """What the decisions written so far give away."""
        return sum(one.amount or 0 for one in self.decisions.values())


@lru_cache(maxsize=64)
def _ranked(scores: Any, weights: Any, asked: Any, lots: Any, budget: int, seed: str) -> ranks.Ranking:
    return ranks.rank(
        [ranks.Score(pitch, juror, code, None if level is None else float(level)) for pitch, juror, code, level in scores],
        dict(weights),
        asked=dict(asked),
        budget=budget,
        lots=dict(lots),
        seed=int(seed[:8], 16) if seed and all(letter in "0123456789abcdef" for letter in seed[:8]) else 0,
        scale=LEVELS,
    )


def decided_of(decision: Decision) -> allocation.Decided:
    """A written decision in the words of the rule."""
    return allocation.Decided(DECISION_OF[Result(decision.result)], decision.amount or 0)


def board_of(sitting: Sitting) -> Board:
    """The board of this very row, read once: its page and the rules ask the same one. A fresh row has a fresh board."""
    board: Board | None = sitting.__dict__.get("_board")
    if board is None:
        board = sitting.__dict__["_board"] = Board(sitting)
    return board
