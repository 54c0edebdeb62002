"""From scores to an order, and how sure it is.

Plain data in, plain data out. `docs/jury.md` says the same in more words, with examples worked by hand.

**Raw.** The weighted mean of all that was scored on a pitch: Σ w·s / Σ w over every juror and criterion. *Cannot judge* is left
out, above and below the line.

**Severity.** A juror's sheet on a pitch is the weighted mean y of what they scored there; m is the weight of what they scored as a
share of the whole rubric's. The additive model with two random effects (Searle, Casella, McCulloch 1992, chapter 7; for reviewers:
Kuhlisch, Roos, Rothe, Rudolph, Scheuermann, Stoyan 2016; the idea of shrinkage: Henderson 1975) says

    y = μ + pitch + juror + rest,    pitch ~ (0, σp²),  juror ~ (0, σj²),  rest ~ (0, σe²/m).

The three variances maximise the restricted likelihood (REML: empirical Bayes). The jurors' effects are then their best linear
unbiased predictions, which is ridge regression with the penalties σe²/σp² and σe²/σj²: a juror with few sheets is taken to be
nearly like the others. A juror's *severity* is the effect with its sign turned: above zero is stricter.

**Adjusted.** Raw plus the mean severity of those who read the pitch (weighted by m): what an average juror would have given. Only
severities are shrunk, so nobody's pitch is drawn to the middle for having been read by few. Where all read all, the order is raw's.

**Withheld** are severities and adjusted scores where jurors and pitches fall into parts that share nobody, and where too few sheets
are to spare: what is left after μ, pitches and jurors must be at least twice the severities to be found, and no fewer than two.

**Alpha.** Krippendorff's alpha (2011, "Computing Krippendorff's Alpha-Reliability"), interval level, for each criterion:
1 - observed / expected squared difference, over the pitches that two or more jurors scored.

**Low, high, inside.** Redrawn juries: to what the pitches have, severities and rests are dealt out anew (drawn with replacement
from those found, and blown up to σj and σe, since what is found is shrunk: Carpenter, Goldstein, Rasbash 2003), and all is
estimated again with the same penalties. Drawing again among the three jurors of one pitch would call certain what three said
alike by chance, and understate every spread by a third; therefore the rests of all pitches are pooled. Low and high hold the
middle 95 % of the redrawn scores; inside is the share of juries in which the pitch stands above the budget line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from grants.allocation import DIGITS, Entry, gettext_noop, in_order

DRAWS, CONFIDENCE = 1_000, 0.95
# Redrawn juries that are worked on at one time: enough to be fast, little enough to stay in the processor's own memory.
AT_ONCE = 100


WITHHELD = {
    "not_connected": gettext_noop(
        "Severity is not estimated: the jurors fall into groups that read no pitch in common (%(groups)s), so strict jurors cannot "
        "be told from weak pitches."
    ),
    "too_few": gettext_noop(
        "Severity is not estimated: %(spare)s sheets are to spare, and %(needed)s are needed to tell strict jurors from weak "
        "pitches."
    ),
}


@dataclass(frozen=True)
class Score:
    """What one juror gave one pitch on one criterion; None is *cannot judge*."""

    pitch: str
    juror: str
    criterion: str
    score: float | None


@dataclass(frozen=True)
class Withheld:
    """Why nothing is said about severity."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return WITHHELD[self.code] % self.facts


@dataclass(frozen=True)
class Model:
    """The additive model as it was fitted: the mean and the three variances."""

    mean: float
    pitch: float
    juror: float
    rest: float


@dataclass(frozen=True)
class Ranked:
    """One pitch: its scores, how far its jurors are apart, and how sure its place is. What is not known is None."""

    pitch: str
    raw: float | None
    spread: float | None  # standard deviation of its sheets
    sheets: int
    cannot_judge: int
    adjusted: float | None
    low: float | None
    high: float | None
    inside: float | None

    @property
    def score(self) -> float | None:
        """What its place goes by."""
        return self.raw if self.adjusted is None else self.adjusted


@dataclass(frozen=True)
class Severity:
    """One juror: above zero is stricter than the others. None where it is withheld or nothing was scored."""

    juror: str
    severity: float | None
    sheets: int


@dataclass(frozen=True)
class Gap:
    """A pitch worth talking about: how far its highest and lowest sheet are apart, severities taken off.

    And the criterion on which its jurors differ most, with their lowest and highest score.
    """

    pitch: str
    gap: float
    criterion: str
    low: float
    high: float


@dataclass(frozen=True)
class Ranking:
    """Everything that is said about one sitting's scores; the pitches stand in order."""

    pitches: tuple[Ranked, ...]
    jurors: tuple[Severity, ...]
    alpha: Mapping[str, float | None]
    connected: bool
    withheld: Withheld | None
    model: Model | None
    gaps: tuple[Gap, ...]

    @property
    def basis(self) -> str:
        """Which score the order goes by."""
        return "adjusted" if self.model else "raw"


def rank(
    scores: Iterable[Score],
    weights: Mapping[str, float],
    *,
    asked: Mapping[str, int] | None = None,
    budget: int | None = None,
    lots: Mapping[str, int] | None = None,
    seed: int = 0,
    draws: int = DRAWS,
    scale: tuple[float, float] = (1.0, 5.0),
) -> Ranking:
    """Return the order of the pitches, and how sure it is.

    ``asked`` and ``budget`` are minor units; without both no line is drawn. ``lots`` are the places in the order of hearing.
    """
    table = _Table(scores, weights, scale)
    raw, connected = table.raw(), len(table.groups()) <= 1
    withheld = table.withheld()
    fit = None if withheld else _Fit(table)
    adjusted = fit.adjusted(fit.effects) if fit else None
    basis = raw if adjusted is None else adjusted
    known = [place for place in range(len(table.pitches)) if table.read[place]]
    entries = {name: Entry(name, None, (asked or {}).get(name, 0), lot=(lots or {}).get(name, 0)) for name in table.pitches}
    # Ties in a redrawn jury go by the same rule as ties in the true one.
    known.sort(key=lambda place: (entries[table.pitches[place]].asked, entries[table.pitches[place]].lot, table.pitches[place]))
    prices = [entries[name].asked for name in table.pitches]
    sure = _sureness(table, fit, known, prices, budget if asked is not None else None, np.random.default_rng(seed), draws)
    ranked = {
        name: Ranked(
            name,
            _number(raw[place]),
            table.spread(place),
            int(table.sheets[place]),
            int(table.cannot_judge[place]),
            None if adjusted is None else _number(adjusted[place]),
            _clipped(sure.low.get(place), _number(basis[place]), scale),
            _clipped(sure.high.get(place), _number(basis[place]), scale),
            sure.inside.get(place),
        )
        for place, name in enumerate(table.pitches)
    }
    order = in_order(Entry(name, one.score, entries[name].asked, lot=entries[name].lot) for name, one in ranked.items())
    effects = None if fit is None else fit.effects
    severities = tuple(
        Severity(name, _number(0.0 - effects[place]) if effects is not None and read else None, read)
        for place, (name, read) in enumerate(zip(table.jurors, table.read_by.tolist(), strict=True))
    )
    alpha = {name: krippendorff_alpha(table.cells[:, :, place]) for place, name in enumerate(table.criteria)}
    model = fit.model if fit else None
    return Ranking(tuple(ranked[one.pitch] for one in order), severities, alpha, connected, withheld, model, _gaps(table, effects))


def krippendorff_alpha(scores: np.ndarray) -> float | None:
    """Return the agreement on a table of pitches × jurors with NaN for what was not scored; None where nothing can be compared."""
    given = ~np.isnan(scores)
    number = given.sum(1)
    scores, given, number = scores[number > 1], given[number > 1], number[number > 1]
    total = int(number.sum())
    if total < 2:
        return None
    middle = scores[given].mean()
    off = np.where(given, scores - middle, 0.0)
    # Over ordered pairs, Σ (a - b)² = 2 (n Σ a² - (Σ a)²).
    observed = (2 * (number * (off**2).sum(1) - off.sum(1) ** 2) / (number - 1)).sum() / total
    expected = 2 * (total * (off**2).sum() - off.sum() ** 2) / (total * (total - 1))
    return None if expected <= 1e-12 else float(1 - observed / expected)


class _Table:
    """The scores laid out: pitches, jurors and criteria by name, so that the order of the lines plays no part."""

    def __init__(self, scores: Iterable[Score], weights: Mapping[str, float], scale: tuple[float, float]) -> None:
        cells: dict[tuple[str, str, str], float | None] = {}
        for one in scores:
            key = (one.pitch, one.juror, one.criterion)
            if key in cells:
                raise ValueError(f"{one.juror} has scored {one.criterion} of {one.pitch} twice.")
            if one.criterion not in weights:
                raise ValueError(f"The criterion {one.criterion} has no weight.")
            if one.score is not None and not scale[0] <= one.score <= scale[1]:
                raise ValueError(
                    f"{one.juror} on {one.pitch}, {one.criterion}: a score lies between {scale[0]:g} and {scale[1]:g}."
                )
            cells[key] = one.score
        self.pitches, self.jurors, self.criteria = (sorted({key[part] for key in cells}) for part in range(3))
        place = [{name: number for number, name in enumerate(names)} for names in (self.pitches, self.jurors, self.criteria)]
        shape = (len(self.pitches), len(self.jurors), len(self.criteria))
        self.cells = np.full(shape, np.nan)
        self.cannot_judge = np.zeros(shape[0], dtype=np.int64)
        for (pitch, juror, criterion), score in cells.items():
            if score is None:
                self.cannot_judge[place[0][pitch]] += 1
            else:
                self.cells[place[0][pitch], place[1][juror], place[2][criterion]] = score
        self.weights = np.array([float(weights[name]) for name in self.criteria])
        if not (np.isfinite(self.weights).all() and (self.weights > 0).all()):
            raise ValueError("A weight is a number above zero.")
        given = ~np.isnan(self.cells)
        # One sheet a line of these three: its pitch, its juror, and its share of the rubric's weight.
        weight = given @ self.weights
        self.pitch, self.juror = np.nonzero(weight > 0)
        whole = self.weights.sum()
        self.share = weight[self.pitch, self.juror] / (whole or 1.0)
        summed = np.where(given, self.cells, 0.0) @ self.weights
        self.mean = summed[self.pitch, self.juror] / weight[self.pitch, self.juror]
        self.sheets = np.bincount(self.pitch, minlength=shape[0])
        self.read, self.read_by = self.sheets > 0, np.bincount(self.juror, minlength=shape[1])

    def raw(self) -> np.ndarray:
        """The weighted mean of each pitch; NaN where nobody scored it."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return self.by_pitch(self.share * self.mean) / self.by_pitch(self.share)

    def by_pitch(self, numbers: np.ndarray) -> np.ndarray:
        """A sum a pitch."""
        return np.bincount(self.pitch, numbers, minlength=len(self.pitches))

    def spread(self, pitch: int) -> float | None:
        """How far the sheets of a pitch lie apart."""
        mine = self.mean[self.pitch == pitch]
        return float(mine.std(ddof=1)) if len(mine) > 1 else None

    def groups(self) -> list[list[int]]:
        """The jurors, by who reads pitches in common, directly or through others."""
        head = list(range(len(self.jurors)))

        def root(one: int) -> int:
            while head[one] != one:
                one = head[one]
            return one

        first: dict[int, int] = {}
        for pitch, juror in zip(self.pitch.tolist(), self.juror.tolist(), strict=True):
            head[root(juror)] = root(first.setdefault(pitch, juror))
        found: dict[int, list[int]] = {}
        for one in sorted(set(self.juror.tolist())):
            found.setdefault(root(one), []).append(one)
        return list(found.values())

    def withheld(self) -> Withheld | None:
        """Why severities are not estimated; nothing where they are."""
        groups = self.groups()
        if len(groups) > 1:
            named = " | ".join(", ".join(self.jurors[one] for one in some) for some in groups)
            return Withheld("not_connected", {"groups": named})
        jurors, pitches = int((self.read_by > 0).sum()), int(self.read.sum())
        spare, needed = max(0, len(self.mean) - jurors - pitches + 1), max(2, 2 * (jurors - 1))
        return Withheld("too_few", {"spare": spare, "needed": needed}) if spare < needed or jurors < 2 else None


class _Fit:
    """The additive model with random pitches and jurors, by restricted maximum likelihood.

    With V = I + γp·ZpZp' + γj·ZjZj' (γ: a variance over that of the rest; sheets weighted by their share), pitches are swept out
    by hand and jurors by elimination, on a whole grid of (γp, γj) at once. The grid is laid ever finer around its best point;
    standard deviations of zero are on it, so a jury of one mind is found as one.

    The elimination is written out: library routines share so small a table out among threads, which on a busy machine wait for
    each other a hundred times as long as the work takes.
    """

    FIRST, THEN, ROUNDS, FAR = 17, 9, 13, 0.97

    def __init__(self, table: _Table) -> None:
        self.table = table
        self.shares = np.zeros((len(table.pitches), len(table.jurors)))
        self.shares[table.pitch, table.juror] = table.share
        self.per_pitch, self.per_juror = self.shares.sum(1), self.shares.sum(0)
        self.centre = float(np.average(table.mean, weights=table.share))
        off = table.mean - self.centre
        self.sum_pitch, self.sum_juror = table.by_pitch(table.share * off), self.by_juror(table.share * off)
        # Pitches read alike often are swept out together.
        sums, kind = np.unique(self.per_pitch, return_inverse=True)
        self.kinds = sums, np.stack([self.shares[kind == one].T @ self.shares[kind == one] for one in range(len(sums))])
        self.squares = float((table.share * off**2).sum())
        self.gamma = self._best() if self.squares > 1e-12 * len(off) else (0.0, 0.0)
        self.mean, self.effects = self.solve(self.sum_pitch[None], self.sum_juror[None])
        self.mean, self.effects = self.mean[0], self.effects[0]
        rest = self._residual() / max(len(off) - 1, 1)
        self.model = Model(self.centre + float(self.mean), self.gamma[0] * rest, self.gamma[1] * rest, rest)

    def by_juror(self, numbers: np.ndarray) -> np.ndarray:
        """A sum a juror."""
        return np.bincount(self.table.juror, numbers, minlength=len(self.table.jurors))

    def _bordered(self, pitch: np.ndarray, juror: np.ndarray) -> np.ndarray:
        """For each γp and γj: the jurors' table with pitches swept out, bordered by the sums with 1 and with y."""
        size, (sums, kinds) = len(self.per_juror), self.kinds
        hold = pitch[:, None] / (1 + pitch[:, None] * self.per_pitch)
        swept = np.zeros((len(pitch), size + 2, size + 2))
        swept[:, :size, :size] = -np.einsum("kg,gij->kij", pitch[:, None] / (1 + pitch[:, None] * sums), kinds)
        swept[:, range(size), range(size)] += self.per_juror
        swept[:, size, :size] = self.per_juror - (hold * self.per_pitch) @ self.shares
        swept[:, size + 1, :size] = self.sum_juror - (hold * self.sum_pitch) @ self.shares
        swept[:, :size, size:] = np.swapaxes(swept[:, size:, :size], 1, 2)
        swept[:, size, size] = self.per_pitch.sum() - (hold * self.per_pitch**2).sum(1)
        swept[:, size + 1, size] = self.sum_pitch.sum() - (hold * self.per_pitch * self.sum_pitch).sum(1)
        swept[:, size, size + 1] = swept[:, size + 1, size]
        swept[:, size + 1, size + 1] = self.squares - (hold * self.sum_pitch**2).sum(1)
        scale = np.concatenate([np.repeat(np.sqrt(juror)[:, None], size, axis=1), np.ones((len(juror), 2))], axis=1)
        table = swept[:, None] * (scale[:, :, None] * scale[:, None, :])
        table[:, :, range(size), range(size)] += 1
        return table

    def _likelihood(self, pitch: np.ndarray, juror: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """log|V| + log(1'V⁻¹1), and what is left of y'V⁻¹y without the mean, at each γp and γj: pivots of the bordered table."""
        table = self._bordered(pitch, juror)
        spent = np.log1p(pitch[:, None] * self.per_pitch).sum(1)[:, None]
        for _step in range(table.shape[2] - 1):
            pivot, row = table[:, :, 0, 0], table[:, :, 0, 1:]
            spent = spent + np.log(pivot)
            table = table[:, :, 1:, 1:] - row[..., None] * (row / pivot[..., None])[:, :, None]
        return spent, np.maximum(table[:, :, 0, 0], 1e-12 * self.squares)

    def deviance(self, pitch: np.ndarray, juror: np.ndarray) -> np.ndarray:
        """-2 × the restricted log-likelihood at each γp and γj, the variance of the rest profiled out, up to a constant."""
        spent, rest = self._likelihood(pitch, juror)
        return spent + (len(self.table.mean) - 1) * np.log(rest)

    def _best(self) -> tuple[float, float]:
        """γp and γj; searched as u with √γ = u / (1 - u), which is finer where it matters."""
        low, high, number = np.zeros(2), np.full(2, self.FAR), self.FIRST
        best = low
        for _round in range(self.ROUNDS):
            pitch, juror = np.linspace(low[0], high[0], number), np.linspace(low[1], high[1], number)
            found = self.deviance((pitch / (1 - pitch)) ** 2, (juror / (1 - juror)) ** 2)
            row, column = np.unravel_index(int(found.argmin()), found.shape)
            best = np.array([pitch[row], juror[column]])
            step = 1.2 * (high - low) / (number - 1)
            low, high, number = np.maximum(best - step, 0), np.minimum(best + step, self.FAR), self.THEN
        gamma = (best / (1 - best)) ** 2
        return float(gamma[0]), float(gamma[1])

    def _residual(self) -> float:
        return float(self._likelihood(np.array(self.gamma[:1]), np.array(self.gamma[1:]))[1][0, 0])

    @cached_property
    def _fitted(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
        """At the fitted γ: the share that each pitch keeps, the jurors' sums with 1, the inverse of their table, and 1'V⁻¹1."""
        pitch, juror = self.gamma
        hold = pitch / (1 + pitch * self.per_pitch)
        left = np.diag(self.per_juror) - (self.shares.T * hold) @ self.shares
        ones = self.per_juror - (hold * self.per_pitch) @ self.shares
        inverse = np.linalg.inv(np.eye(len(ones)) + juror * left)
        return hold, ones, inverse, float((self.per_pitch - hold * self.per_pitch**2).sum() - juror * ones @ inverse @ ones)

    def solve(self, sum_pitch: np.ndarray, sum_juror: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Mean and jurors' effects for many juries at once, given their weighted sums a pitch and a juror, at the fitted γ."""
        hold, ones, inverse, one_one = self._fitted
        sums = sum_juror - (sum_pitch * hold) @ self.shares
        one_y = (sum_pitch * (1 - hold * self.per_pitch)).sum(1) - self.gamma[1] * sums @ inverse.T @ ones
        mean = one_y / one_one
        return mean, self.gamma[1] * (sums - mean[:, None] * ones) @ inverse.T

    def adjusted(self, effects: np.ndarray) -> np.ndarray:
        """Each pitch's mean with its jurors' effects taken off; NaN where nobody scored it."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return self.centre + (self.sum_pitch - self.shares @ effects) / self.per_pitch

    def redrawn(self, lot: np.random.Generator, number: int) -> np.ndarray:
        """So many juries dealt out anew, and the adjusted scores that each of them would give."""
        table, model = self.table, self.model
        truth = self.adjusted(self.effects) - self.centre
        rest = (table.mean - self.centre - truth[table.pitch] - self.effects[table.juror]) * np.sqrt(table.share)
        effects = _blown_up(self.effects[self.per_juror > 0], model.juror)
        rest = _blown_up(rest, model.rest)
        starts_pitch = np.flatnonzero(np.diff(table.pitch, prepend=-1))
        by_juror = np.argsort(table.juror, kind="stable")
        starts_juror = np.flatnonzero(np.diff(table.juror[by_juror], prepend=-1))
        severity = effects[lot.integers(len(effects), size=(number, len(table.jurors)))]
        # Severity is against this jury's own average: what would shift every pitch alike is no doubt about any of them.
        severity -= np.average(severity, axis=1, weights=self.per_juror)[:, None]
        dealt = rest[lot.integers(len(rest), size=(number, len(rest)))] / np.sqrt(table.share)
        dealt = (dealt + severity[:, table.juror] + truth[table.pitch]) * table.share
        sum_pitch, sum_juror = np.zeros((number, len(table.pitches))), np.zeros((number, len(table.jurors)))
        sum_pitch[:, table.pitch[starts_pitch]] = np.add.reduceat(dealt, starts_pitch, axis=1)
        sum_juror[:, table.juror[by_juror][starts_juror]] = np.add.reduceat(dealt[:, by_juror], starts_juror, axis=1)
        _mean, found = self.solve(sum_pitch, sum_juror)
        with np.errstate(invalid="ignore", divide="ignore"):
            return self.centre + (sum_pitch - found @ self.shares.T) / self.per_pitch


def _redrawn_raw(table: _Table, lot: np.random.Generator, number: int) -> np.ndarray:
    """Juries dealt out anew without a model of severity: the pitch's mean, and departures from the means of all pitches."""
    raw = table.raw()
    rest = (table.mean - raw[table.pitch]) * np.sqrt(table.share)
    free = len(rest) - int(table.read.sum())
    rest = _blown_up(rest, float((rest**2).sum()) / free)
    dealt = rest[lot.integers(len(rest), size=(number, len(rest)))] * np.sqrt(table.share)
    starts = np.flatnonzero(np.diff(table.pitch, prepend=-1))
    summed = np.zeros((number, len(raw)))
    summed[:, table.pitch[starts]] = np.add.reduceat(dealt, starts, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return raw + summed / table.by_pitch(table.share)


def _blown_up(found: np.ndarray, variance: float) -> np.ndarray:
    """Centred, and with the variance that the model says."""
    off = found - found.mean()
    size = float(np.sqrt((off**2).mean()))
    return off * (np.sqrt(max(variance, 0.0)) / size) if size > 1e-12 else off * 0.0


@dataclass(frozen=True)
class _Sure:
    """How sure the places are, a pitch: the middle 95 % of its redrawn scores, and the share of juries that have it inside."""

    low: Mapping[int, float]
    high: Mapping[int, float]
    inside: Mapping[int, float]


def _sureness(
    table: _Table,
    fit: _Fit | None,
    known: Sequence[int],
    asked: Sequence[int],
    budget: int | None,
    lot: np.random.Generator,
    draws: int,
) -> _Sure:
    """How sure the places are; ``known`` are the pitches with a score, ties first. Nothing where there is nothing to draw from."""
    if not known or draws < 1 or len(table.mean) <= len(known):
        return _Sure({}, {}, {})
    sizes = [min(AT_ONCE, draws - start) for start in range(0, draws, AT_ONCE)]
    drawn = [fit.redrawn(lot, size) if fit else _redrawn_raw(table, lot, size) for size in sizes]
    redrawn = np.concatenate(drawn)[:, list(known)]
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(redrawn, [tail, 1 - tail], axis=0).tolist()
    if budget is None:
        return _Sure(dict(zip(known, low, strict=True)), dict(zip(known, high, strict=True)), {})
    price = np.array([asked[place] for place in known], dtype=np.int64)
    order = np.argsort(-redrawn.round(DIGITS), axis=1, kind="stable")
    inside = np.zeros(redrawn.shape, dtype=bool)
    np.put_along_axis(inside, order, np.cumsum(price[order], axis=1) <= budget, axis=1)
    shares = inside.mean(0).tolist()
    return _Sure(*(dict(zip(known, some, strict=True)) for some in (low, high, shares)))


def _gaps(table: _Table, effects: np.ndarray | None) -> tuple[Gap, ...]:
    """The pitches that two or more have read, from the widest gap; severities are no disagreement about a pitch."""
    off = np.zeros(len(table.jurors)) if effects is None else effects
    found = []
    for place, name in enumerate(table.pitches):
        mine = table.juror[table.pitch == place]
        cells = table.cells[place, mine]
        twice = np.flatnonzero((~np.isnan(cells)).sum(0) > 1)
        if not len(twice):
            continue
        sheets = table.mean[table.pitch == place] - off[mine]
        wide = np.nanmax(cells[:, twice], axis=0) - np.nanmin(cells[:, twice], axis=0)
        widest = int(twice[wide.argmax()])
        low, high = float(np.nanmin(cells[:, widest])), float(np.nanmax(cells[:, widest]))
        found.append(Gap(name, float(sheets.max() - sheets.min()), table.criteria[widest], low, high))
    return tuple(sorted(found, key=lambda one: (-round(one.gap, DIGITS), one.pitch)))


def _number(value: Any) -> float | None:
    return None if np.isnan(value) else float(value)


def _clipped(value: float | None, score: float | None, scale: tuple[float, float]) -> float | None:
    """Inside the scale, as far as the score itself is."""
    if value is None or score is None:
        return None
    return min(max(value, min(scale[0], score)), max(scale[1], score))
