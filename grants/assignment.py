"""Who scores what, without a conflict.

Pitches and jurors go in, seats come out, or the reason why there can be none. Plain data; no database, no clock.

What is kept to, in this order:

1. Nobody sits on a pitch with which a conflict is declared or proven, nor on one that they cannot read: where a pitch and a juror
   both name languages, they share one. A seat that has a score already stays, unless it is barred by now.
2. Each pitch has ``per_pitch`` jurors; nobody has more pitches than their ``max_load`` (a score given counts, whatever the limit).
3. **Overlap.** Two jurors are *neighbours* where they share at least ``min_overlap`` pitches. All who have a seat hang together:
   from each of them a chain of neighbours leads to every other one. Without it a strict juror cannot be told from a weak pitch.
   One is the least that means anything; 0 asks for nothing; left out, 1 is wished for, where it costs no present seat and no
   evenness.
4. As few of the present seats move as possible.
5. Loads are even: the sum of their squares is the least there is.
6. What is still open is drawn by lot from the seed. The order of the lists plays no part: the same input has the same answer.

Points 1, 2, 4, 5 and 6 are one linear programme over a network, whose corners are whole numbers; HiGHS (through scipy) solves it.
Point 3 is asked of its answer. Where it fails, the seats are filled again around a tree of neighbours chosen beforehand. If that
costs a present seat or evenness, a mixed-integer programme looks for the best seating, or proves that there is none. For a jury
too large for it the best seating found is given: ``gap`` says how many more seats than the bare minimum it moves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

# A pair of jurors on a pitch is a variable of the exact search, which is left to juries of up to so many. Its limits are counted
# in steps and not in seconds, so that a slow machine gives the same answer.
EXACT_UP_TO = 300
NODES, ROUNDS, TRIES = 500, 30, 12


@dataclass(frozen=True)
class Pitch:
    """A plan to be scored, and the languages in which it can be read; none named: it is no question."""

    id: str
    languages: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Juror:
    """Somebody who scores: how many pitches at most, and the languages they read; none named: it is no question."""

    id: str
    max_load: int | None = None
    languages: frozenset[str] = frozenset()


Seat = tuple[str, str]  # pitch, juror


@dataclass(frozen=True)
class Problem:
    """What is to be seated. ``seated`` are the present seats, ``scored`` those with a score; who has left is passed over."""

    pitches: Sequence[Pitch]
    jurors: Sequence[Juror]
    per_pitch: int
    conflicts: Iterable[Seat] = ()
    min_overlap: int | None = None
    seed: int = 0
    seated: Iterable[Seat] = ()
    scored: Iterable[Seat] = ()


@dataclass(frozen=True)
class Seating:
    """The seats by pitch and juror, what each juror has, and whether all jurors hang together."""

    seats: tuple[Seat, ...]
    load: Mapping[str, int]
    connected: bool
    kept: int = 0
    moved: tuple[Seat, ...] = ()  # present seats that are no more, or belong to nobody now
    gap: int = 0


def gettext_noop(words: str) -> str:
    """Mark a sentence for the translators; the pages translate it, this module knows no framework."""
    return words


REASONS = {
    "few_jurors": gettext_noop(
        "Too few free jurors for pitch %(pitches)s: %(needed)s are needed, %(free)s can be had. In conflict: %(barred)s. "
        "Invite another juror or ask for fewer a pitch."
    ),
    "language": gettext_noop(
        "Too few jurors read a language of pitch %(pitches)s (%(languages)s): %(needed)s are needed, %(free)s can be had. "
        "Invite a juror who reads it or have the pitch translated."
    ),
    "total_load": gettext_noop(
        "The jurors can take %(free)s seats together, %(needed)s are needed. Raise a load, invite a juror or ask for fewer a pitch."
    ),
    "group_load": gettext_noop(
        "Pitches %(pitches)s need %(needed)s seats; the jurors who may score them (%(jurors)s) can take %(free)s of these. "
        "Raise their loads or invite another juror for these pitches."
    ),
    "overlap": gettext_noop(
        "However the seats are placed, the jurors fall into groups, and nobody shares %(overlap)s or more pitches with somebody of "
        "another group. Cut off are %(jurors)s with pitch %(pitches)s. Ask for more jurors a pitch, raise loads or ask for less "
        "overlap."
    ),
    "overlap_not_found": gettext_noop(
        "No seating was found in which all jurors hang together by %(overlap)s shared pitches, though none was proven impossible. "
        "Ask for less overlap or for more jurors a pitch."
    ),
}
NOBODY = gettext_noop("nobody")


@dataclass(frozen=True)
class Impossible:
    """Why there is no seating: the code of the reason, the pitches it is about, and what the sentence names."""

    code: str
    pitches: tuple[str, ...]
    jurors: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        named = {"pitches": _listed(self.pitches), "jurors": _listed(self.jurors) or NOBODY}
        return REASONS[self.code] % {**named, **self.facts}


def _listed(names: Sequence[str], most: int = 12) -> str:
    return ", ".join(names[:most]) + (f" … ({len(names)})" if len(names) > most else "")


def seat(problem: Problem) -> Seating | Impossible:
    """Return the seats, or why there can be none."""
    hall = _Hall(problem)
    if hall.wanted.size == 0:
        return Seating((), {juror.id: 0 for juror in hall.jurors}, connected=True, moved=tuple(sorted(set(problem.seated))))
    if (why := hall.shortage()) is not None:
        return why
    bare = hall.solve(hall.fixed)
    assert bare is not None  # the flow has said that there is one
    asked = problem.min_overlap
    if asked == 0 or hall.hangs_together(bare):
        return hall.told(bare, bare)
    if asked is None:
        found = hall.chained(bare)
        return hall.told(bare if found is None or hall.worth(found) < hall.worth(bare) else found, bare)
    best = hall.joined(bare)
    return best if isinstance(best, Impossible) else hall.told(best, bare)


class _Hall:
    """A problem laid out as tables: pitches down, jurors across, both by name, so that the order given plays no part."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.pitches = sorted(problem.pitches, key=lambda one: one.id)
        self.jurors = sorted(problem.jurors, key=lambda one: one.id)
        self.rows = {one.id: place for place, one in enumerate(self.pitches)}
        self.columns = {one.id: place for place, one in enumerate(self.jurors)}
        self.barred = self._table(problem.conflicts)
        self.reads = np.array([[_share(pitch, juror) for juror in self.jurors] for pitch in self.pitches], dtype=bool)
        self.reads = self.reads.reshape(self.barred.shape)
        self.allowed = self.reads & ~self.barred
        self.fixed = self._table(problem.scored) & self.allowed
        self.present = (self._table(problem.seated) | self.fixed) & self.allowed
        self.wanted = np.maximum(problem.per_pitch, self.fixed.sum(1))
        most = [len(self.pitches) if one.max_load is None else one.max_load for one in self.jurors]
        self.asked = np.array(most, dtype=np.int64)
        self.limit = np.maximum(np.minimum(self.asked, self.allowed.sum(0)), self.fixed.sum(0))
        self.overlap = max(1, problem.min_overlap or 1)
        self.lot = np.random.default_rng(problem.seed)
        self.drawn = self.lot.random(self.allowed.shape)

    def _table(self, seats: Iterable[Seat]) -> np.ndarray:
        table = np.zeros((len(self.pitches), len(self.jurors)), dtype=bool)
        for pitch, juror in seats:
            if pitch in self.rows and juror in self.columns:
                table[self.rows[pitch], self.columns[juror]] = True
        return table

    def told(self, seats: np.ndarray, bare: np.ndarray) -> Seating:
        """The tables as names again."""
        pairs = tuple((self.pitches[row].id, self.jurors[column].id) for row, column in zip(*np.nonzero(seats), strict=True))
        given = {*self.problem.seated, *self.problem.scored}
        kept = int((seats & self.present).sum())
        load = {juror.id: int(number) for juror, number in zip(self.jurors, seats.sum(0), strict=True)}
        gap = int((bare & self.present).sum()) - kept
        return Seating(pairs, load, self.hangs_together(seats), kept, tuple(sorted(given - set(pairs))), gap)

    # ——— is it possible at all ———

    def shortage(self) -> Impossible | None:
        """Why the seats cannot be filled, as small a reason as there is; nothing where they can."""
        short = np.minimum(self.allowed, self.limit > 0).sum(1) < self.wanted
        if short.any():
            return self._alone(np.flatnonzero(short))
        most = np.maximum(np.minimum(self.asked, len(self.pitches)), self.fixed.sum(0))
        if most.sum() < self.wanted.sum():
            facts = {"needed": int(self.wanted.sum()), "free": int(most.sum())}
            return Impossible("total_load", tuple(one.id for one in self.pitches), tuple(one.id for one in self.jurors), facts)
        group = self._group()
        if group is None:
            return None
        may = self.allowed[group].any(0) & (self.limit > 0)
        free = int(np.minimum(self.limit, self.allowed[group].sum(0))[may].sum())
        facts = {"needed": int(self.wanted[group].sum()), "free": free}
        jurors = tuple(self.jurors[place].id for place in np.flatnonzero(may))
        return Impossible("group_load", tuple(self.pitches[place].id for place in group), jurors, facts)

    def _alone(self, short: np.ndarray) -> Impossible:
        """Single pitches for which there are not enough people, whatever the others get."""
        without_language = (~self.barred & (self.asked > 0)).sum(1)
        code = "language" if (without_language[short] >= self.wanted[short]).all() else "few_jurors"
        free = (self.allowed[short] & (self.limit > 0)).sum(1)
        barred = np.flatnonzero(self.barred[short].any(0))
        facts = {
            "needed": int(self.wanted[short].max()),
            "free": int(free.min()),
            "barred": _listed([self.jurors[place].id for place in barred]) or NOBODY,
            "languages": _listed(sorted({one for place in short for one in self.pitches[place].languages})),
        }
        may = np.flatnonzero((self.allowed[short] & (self.limit > 0)).any(0))
        names = tuple(self.pitches[place].id for place in short)
        return Impossible(code, names, tuple(self.jurors[place].id for place in may), facts)

    def _group(self) -> list[int] | None:
        """Pitches that together ask too much of the jurors whom they have, none of which could be left out; nothing: it fits."""
        cut = self._cut(list(range(len(self.pitches))))
        if cut is None:
            return None
        for one in list(cut):
            fewer = [other for other in cut if other != one]
            smaller = self._cut(fewer)
            if smaller is not None:
                cut = fewer
        return cut

    def _cut(self, group: list[int]) -> list[int] | None:
        """The pitches of a group on the near side of the narrowest cut, where their seats do not fit through; else nothing."""
        from scipy.sparse import csr_matrix
        from scipy.sparse.csgraph import breadth_first_order, maximum_flow

        open_pairs = self.allowed[group] & ~self.fixed[group]
        wanted = (self.wanted - self.fixed.sum(1))[group]
        free = self.limit - self.fixed.sum(0)
        rows, columns = np.nonzero(open_pairs)
        many, jurors = len(group), len(self.jurors)
        source, sink = many + jurors, many + jurors + 1
        start = np.concatenate([np.full(many, source), rows, many + np.arange(jurors)])
        end = np.concatenate([np.arange(many), many + columns, np.full(jurors, sink)])
        room = np.concatenate([wanted, np.ones(len(rows), dtype=np.int64), free]).astype(np.int32)
        network = csr_matrix((room, (start, end)), shape=(sink + 1, sink + 1))
        flow = maximum_flow(network, source, sink)
        if flow.flow_value == wanted.sum():
            return None
        left = network - flow.flow
        left.data[left.data < 0] = 0
        left.eliminate_zeros()
        near = set(breadth_first_order(left, source, return_predecessors=False).tolist())
        return [one for place, one in enumerate(group) if place in near]

    # ——— the seats ———

    def solve(self, must: np.ndarray, without: Sequence[int] = ()) -> np.ndarray | None:
        """The best seating with certain seats in it and certain jurors left out, overlap aside; nothing where there is none."""
        may = self.allowed.copy()
        may[:, without] = False
        return _Model(self, must, may).solve()

    def hangs_together(self, seats: np.ndarray) -> bool:
        """Whether a chain of neighbours joins all who have a seat."""
        return len(self.groups(seats)) <= 1

    def groups(self, seats: np.ndarray) -> list[np.ndarray]:
        """The jurors with a seat, by who hangs together."""
        from scipy.sparse.csgraph import connected_components

        here = np.flatnonzero(seats.any(0))
        number, group = connected_components(_shared(seats[:, here]) >= self.overlap, directed=False)
        return sorted((here[group == one] for one in range(number)), key=lambda some: (len(some), some.tolist()))

    def worth(self, seats: np.ndarray) -> tuple[int, int]:
        """How good a seating is, the lot aside: present seats kept, then how even the loads are."""
        return int((seats & self.present).sum()), -int((seats.sum(0) ** 2).sum())

    def joined(self, bare: np.ndarray) -> np.ndarray | Impossible:
        """The best seating in which all hang together, or why there is none."""
        if (split := self._split()) is not None:
            return split
        if self.fewest() > self.most_joined():
            return self._apart(bare)
        found = self.chained(bare)
        if found is not None and self.worth(found) == self.worth(bare):
            return found
        if len(self.jurors) * (len(self.jurors) - 1) // 2 * len(self.pitches) <= EXACT_UP_TO:
            exact, proven = _Model(self, self.fixed, self.allowed, neighbours=True).solve_joined()
            if exact is None and proven:
                return self._apart(bare)
            if exact is not None and (found is None or self.worth(exact) >= self.worth(found)):
                return exact
        if found is None:
            return Impossible("overlap_not_found", tuple(one.id for one in self.pitches), (), {"overlap": self.overlap})
        return found

    def fewest(self) -> int:
        """How many jurors it takes at least, by their loads."""
        filled = np.cumsum(np.sort(self.limit)[::-1]) >= self.wanted.sum()
        return max(int(np.argmax(filled)) + 1, int(self.wanted.max()), int(self.fixed.any(0).sum()))

    def most_joined(self) -> int:
        """How many jurors can hang together at most.

        A tree of neighbours over n of them has n - 1 branches with so many pitches each, and the jurors of one pitch, k in number,
        lie on k - 1 branches at most.
        """
        return int((self.wanted - 1).sum()) // self.overlap + 1

    def _apart(self, seats: np.ndarray) -> Impossible:
        group = self.groups(seats)[0]
        return self._cut_off(np.flatnonzero(seats[:, group].any(1)), group)

    def _cut_off(self, pitches: np.ndarray, jurors: np.ndarray) -> Impossible:
        names = tuple(self.pitches[place].id for place in pitches), tuple(self.jurors[place].id for place in jurors)
        return Impossible("overlap", *names, {"overlap": self.overlap})

    def chained(self, bare: np.ndarray) -> np.ndarray | None:
        """The best of some seatings in which all hang together, each around a tree of neighbours; nothing where none was found."""
        best, start, most = None, bare, self.most_joined()
        for attempt in range(TRIES):
            without: Sequence[int] = ()
            stay = max(min(most, int(start.any(0).sum())) - attempt // 4, self.fewest())
            if int(start.any(0).sum()) > stay:
                rank = np.lexsort((self.lot.random(len(self.jurors)), -self.limit, -self.present.sum(0), -self.fixed.sum(0)))
                without = rank[stay:].tolist()
                fewer = self.solve(self.fixed, without)
                if fewer is None:
                    continue
                start = fewer
            must = self._chain(start)
            seats = None if must is None else self.solve(must, without)
            if seats is None:
                start = bare
                continue
            start = seats
            if self.hangs_together(seats):
                best, start = seats if best is None else max(best, seats, key=self.worth), bare
                if self.worth(best) == self.worth(bare):
                    break
        return best

    def _split(self) -> Impossible | None:
        """Pitches that no chain can reach, since even with every seat allowed their jurors share too little with the others."""
        from scipy.sparse.csgraph import connected_components

        may = self.allowed & (self.limit > 0)
        able = self.limit >= self.overlap
        number, group = connected_components((_shared(may) >= self.overlap) & able[:, None] & able, directed=False)
        groups = sorted((np.flatnonzero(group == one) for one in range(number)), key=lambda some: (len(some), some.tolist()))
        if any(may[:, some].any(1).all() for some in groups):
            return None  # one group can have all pitches, and the others none
        # Pitches that cannot be filled without a group, where others cannot be filled with it.
        bound = [(np.flatnonzero(np.delete(may, some, axis=1).sum(1) < self.wanted), some) for some in groups]
        cut = min((pair for pair in bound if len(pair[0])), key=lambda pair: (len(pair[0]), pair[0].tolist()), default=None)
        return None if cut is None else self._cut_off(*cut)

    def _chain(self, seats: np.ndarray) -> np.ndarray | None:
        """Seats that make neighbours of all who sit now: the strongest tree there is, and what it lacks."""
        here, shared = np.flatnonzero(seats.any(0)), _shared(seats)
        may = _shared(self.allowed)
        lot = self.lot.random(shared.shape)
        edges = sorted(
            ((int(one), int(other)) for place, one in enumerate(here) for other in here[place + 1 :]),
            key=lambda pair: (-min(int(shared[pair]), self.overlap), lot[pair]),
        )
        must, head = self.fixed.copy(), {int(one): int(one) for one in here}

        def root(one: int) -> int:
            while head[one] != one:
                one = head[one]
            return one

        for one, other in edges:
            if root(one) != root(other) and may[one, other] >= self.overlap:
                grown = self._neighbours(must, seats, one, other)
                if grown is not None:
                    must, head[root(one)] = grown, root(other)
        return must if len({root(int(one)) for one in here}) == 1 else None

    def _neighbours(self, must: np.ndarray, seats: np.ndarray, one: int, other: int) -> np.ndarray | None:
        """The seats that must be, and so many more that these two share enough; nothing where that does not fit."""
        pair, must = [one, other], must.copy()
        both = self.allowed[:, one] & self.allowed[:, other]
        cost = np.where(both, 2 - seats[:, pair].sum(1) + 0.5 * must.sum(1) + 0.4 * self.lot.random(len(must)), np.inf)
        cost[must[:, pair].all(1)] = -1
        for row in np.argsort(cost, kind="stable")[: self.overlap]:
            must[row, pair] = True
            if not np.isfinite(cost[row]) or must[row].sum() > self.wanted[row]:
                return None
        return must if (must.sum(0) <= self.limit)[pair].all() else None


class _Model:
    """The seating as a linear programme: a variable a seat, and a rung a seat of each juror's load, dearer the higher it is.

    With ``neighbours`` also, as whole numbers: who has a seat, who shares a pitch, and who is whose neighbour.
    """

    def __init__(self, hall: _Hall, must: np.ndarray, may: np.ndarray, *, neighbours: bool = False) -> None:
        self.hall = hall
        self.rows, self.columns = np.nonzero(may)
        seats, jurors = len(self.rows), len(hall.jurors)
        rungs = np.repeat(np.arange(jurors), hall.limit)
        height = np.concatenate([np.arange(1, most + 1) for most in hall.limit]) if jurors else np.zeros(0)
        # A present seat outweighs every evenness, and evenness the lot: along any exchange of seats the lots add up to less than 1.
        keep = float(hall.limit.max(initial=0) + 2)
        drawn = hall.drawn[self.rows, self.columns] / (len(hall.pitches) + jurors + 1)
        self.cost = [drawn - keep * hall.present[self.rows, self.columns], height.astype(float)]
        self.low = [must[self.rows, self.columns].astype(float), np.zeros(len(rungs))]
        self.whole = [np.zeros(seats), np.zeros(len(rungs))]
        self.size = seats + len(rungs)
        self.entries: list[tuple[int, int, float]] = []
        self.least: list[float] = []
        self.most: list[float] = []
        self._start = self._basic(rungs)
        if neighbours:
            self.whole[0][:] = 1
            self._neighbours()

    def _basic(self, rungs: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Each pitch has its jurors; each juror's seats are as many as their rungs."""
        seats, pitches = len(self.rows), len(self.hall.pitches)
        self.least = [*self.hall.wanted.astype(float), *np.zeros(len(self.hall.jurors))]
        self.most = list(self.least)
        row = np.concatenate([self.rows, pitches + self.columns, pitches + rungs])
        column = np.concatenate([np.arange(seats), np.arange(seats), seats + np.arange(len(rungs))])
        return row, column, np.concatenate([np.ones(2 * seats), -np.ones(len(rungs))])

    def _new(self, number: int, *, whole: bool) -> int:
        """More variables between 0 and 1 that cost nothing; where they begin."""
        self.cost.append(np.zeros(number))
        self.low.append(np.zeros(number))
        self.whole.append(np.full(number, float(whole)))
        self.size += number
        return self.size - number

    def _row(self, entries: Iterable[tuple[int, float]], least: float = -np.inf, most: float = np.inf) -> None:
        self.entries += [(len(self.least), column, value) for column, value in entries]
        self.least.append(least)
        self.most.append(most)

    def _neighbours(self) -> None:
        hall, place = self.hall, {}
        for number, spot in enumerate(zip(self.rows.tolist(), self.columns.tolist(), strict=True)):
            place[spot] = number
        jurors = range(len(hall.jurors))
        self.used = self._new(len(hall.jurors), whole=True)
        for juror in jurors:
            mine = [(number, 1.0) for (_row, column), number in place.items() if column == juror]
            self._row([*mine, (self.used + juror, -float(hall.limit[juror]))], most=0)
        self.pairs: dict[tuple[int, int], int] = {}
        for one in jurors:
            for other in range(one + 1, len(hall.jurors)):
                both = np.flatnonzero(hall.allowed[:, one] & hall.allowed[:, other])
                if len(both) < hall.overlap:
                    continue
                self.pairs[one, other] = near = self._new(1, whole=True)
                shared = self._new(len(both), whole=False)
                for number, row in enumerate(both.tolist()):
                    self._row([(shared + number, 1.0), (place[row, one], -1.0)], most=0)
                    self._row([(shared + number, 1.0), (place[row, other], -1.0)], most=0)
                self._row([*((shared + number, 1.0) for number in range(len(both))), (near, -float(hall.overlap))], least=0)
        # A tree over those who sit has one branch fewer than they are.
        self._row([*((near, 1.0) for near in self.pairs.values()), *((self.used + one, -1.0) for one in jurors)], least=-1)
        self._row([(self.used + one, 1.0) for one in jurors], most=hall.most_joined())

    def solve(self) -> np.ndarray | None:
        """The cheapest seating; nothing where none is, or none was found within the steps allowed."""
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import csr_matrix

        row, column, value = self._start
        if self.entries:
            more = np.array(self.entries)
            row, column = np.concatenate([row, more[:, 0].astype(int)]), np.concatenate([column, more[:, 1].astype(int)])
            value = np.concatenate([value, more[:, 2]])
        table = csr_matrix((value, (row, column)), shape=(len(self.least), self.size))
        whole = np.concatenate(self.whole)
        answer = milp(
            np.concatenate(self.cost),
            constraints=LinearConstraint(table, self.least, self.most),
            bounds=Bounds(np.concatenate(self.low), 1.0),
            integrality=whole,
            options={"mip_rel_gap": 0.0, "node_limit": NODES} if whole.any() else {},
        )
        self.proven_empty = answer.status == 2
        if answer.x is None or answer.status not in (0, 1):
            return None
        taken = answer.x[: len(self.rows)]
        if np.abs(taken - taken.round()).max() > 1e-6:  # no corner: ask for whole numbers
            self.whole[0][:] = 1
            return self.solve()
        seats = np.zeros(self.hall.allowed.shape, dtype=bool)
        seats[self.rows, self.columns] = taken > 0.5
        return seats

    def solve_joined(self) -> tuple[np.ndarray | None, bool]:
        """The cheapest seating in which all hang together, and whether the answer is proven.

        Wherever a group stands apart, the rule that it must have a neighbour outside is added, and the search goes on.
        """
        for _round in range(ROUNDS):
            seats = self.solve()
            if seats is None:
                return None, self.proven_empty
            groups = self.hall.groups(seats)
            if len(groups) == 1:
                return seats, True
            seated = np.flatnonzero(seats.any(0)).tolist()
            for group in groups:
                inside = set(group.tolist())
                across = [(near, 1.0) for (one, other), near in self.pairs.items() if (one in inside) != (other in inside)]
                for one in inside:
                    for other in seated:
                        if other not in inside:
                            self._row([*across, (self.used + one, -1.0), (self.used + other, -1.0)], least=-1)
        return None, False


def _share(pitch: Pitch, juror: Juror) -> bool:
    return not pitch.languages or not juror.languages or bool(pitch.languages & juror.languages)


def _shared(seats: np.ndarray) -> np.ndarray:
    """How many pitches each two jurors share; with themselves none."""
    number = seats.astype(np.int64).T @ seats.astype(np.int64)
    np.fill_diagonal(number, 0)
    return number
