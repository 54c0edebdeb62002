"""Intervals and survival beside independent implementations; hiding beside an exact solver."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitoring import statistics
from monitoring.statistics import Axis

SHARES = [(0, 1), (1, 1), (0, 30), (30, 30), (1, 7), (74, 96), (9, 16), (500, 1000)]


@pytest.mark.parametrize(("count", "of"), SHARES)
def test_wilson_agrees_with_statsmodels(count, of):
    from statsmodels.stats.proportion import proportion_confint

    assert statistics.wilson(count, of) == pytest.approx(proportion_confint(count, of, method="wilson"), abs=1e-12)


def test_nobody_asked_has_no_interval_and_nonsense_is_refused():
    assert statistics.wilson(0, 0) is None
    assert statistics.bounds(0, 0, 0) is None
    assert statistics.newcombe(0, 0, 1, 2) is None
    for count, of in ((3, 2), (-1, 2)):
        with pytest.raises(ValueError, match="is no share"):
            statistics.wilson(count, of)


def test_bounds_count_the_missed_as_none_and_as_all():
    assert statistics.bounds(74, 96, 121) == (74 / 121, 99 / 121)


@pytest.mark.parametrize(("first", "second"), [((56, 70), (48, 80)), ((9, 10), (3, 10)), ((0, 12), (5, 9)), ((6, 7), (2, 7))])
def test_newcombe_agrees_with_statsmodels(first, second):
    from statsmodels.stats.proportion import confint_proportions_2indep

    expected = confint_proportions_2indep(*first, *second, method="newcomb", compare="diff")

    difference, low, high = statistics.newcombe(*first, *second)
    assert (low, high) == pytest.approx(expected, abs=1e-9)
    assert difference == pytest.approx(first[0] / first[1] - second[0] / second[1])


def test_the_median_of_what_is_known():
    assert [statistics.median(some) for some in ([], [3], [4, 1], [9, 1, 5])] == [None, 3, 2.5, 5]


@given(st.lists(st.tuples(st.integers(1, 30), st.booleans()), min_size=1, max_size=60))
@settings(max_examples=60, deadline=None)
def test_kaplan_meier_agrees_with_lifelines(spells):
    from lifelines import KaplanMeierFitter

    fitted = KaplanMeierFitter().fit([one[0] for one in spells], [one[1] for one in spells])
    steps = statistics.kaplan_meier(spells)

    for step in steps:
        assert step.left == pytest.approx(fitted.survival_function_.loc[step.at].iloc[0], abs=1e-9)
        assert step.at_risk == fitted.event_table.loc[step.at, "at_risk"]
        assert (step.ended, step.censored) == tuple(fitted.event_table.loc[step.at, ["observed", "censored"]])
        if 0 < step.left < 1:
            low, high = fitted.confidence_interval_.loc[step.at]
            assert (step.low, step.high) == pytest.approx((low, high), abs=1e-9)
    median = statistics.median_survival(steps)
    # At exactly a half lifelines rounds either way.
    if not any(step.left == pytest.approx(0.5) for step in steps):
        assert fitted.median_survival_time_ == (math.inf if median is None else median)


def test_nobody_is_said_to_be_left_where_nobody_was_watched():
    steps = statistics.kaplan_meier([(4, True), (10, False)])

    assert statistics.left_at(steps, 5).left == 0.5
    assert statistics.left_at(steps, 11) is None
    assert [statistics.at_risk(steps, at) for at in (0, 4, 5, 11)] == [2, 2, 1, 0]
    assert statistics.kaplan_meier([]) == []


# Hiding


def table_of(grid):
    """A table of rounds × offices × figure with all its sums: figures are part, rest and whole."""
    rows, columns = len(grid), len(grid[0])
    axes = (
        Axis((*range(rows), "all"), (("all", tuple(range(rows))),)),
        Axis((*range(columns), "all"), (("all", tuple(range(columns))),)),
        Axis(("whole", "part", "rest"), (("whole", ("part", "rest")),)),
    )
    cells = {(row, column, name): 0 for row in axes[0].labels for column in axes[1].labels for name in axes[2].labels}
    for row, line in enumerate(grid):
        for column, (part, rest) in enumerate(line):
            for key in ((row, column), (row, "all"), ("all", column), ("all", "all")):
                cells[*key, "part"] += part
                cells[*key, "rest"] += rest
                cells[*key, "whole"] += part + rest
    return cells, axes


def range_of(key, cells, axes, hidden):
    """What an exact solver says the hidden cell can be, by everything a reader sees."""
    from scipy.optimize import linprog

    spots = {one: number for number, one in enumerate(sorted(hidden, key=str))}
    left, right = [], []
    for row, value in statistics._equations(cells, axes, set(hidden)):
        line = [0.0] * len(spots)
        for one, factor in row.items():
            line[spots[one]] = float(factor)
        left.append(line)
        right.append(float(value))
    aim = [0.0] * len(spots)
    aim[spots[key]] = 1.0
    low = linprog(aim, A_eq=left, b_eq=right, bounds=(0, None))
    high = linprog([-one for one in aim], A_eq=left, b_eq=right, bounds=(0, None))
    return low.fun, math.inf if high.status == 3 else -high.fun


counts = st.one_of(st.integers(0, 6), st.integers(0, 60))
grids = st.integers(1, 4).flatmap(
    lambda wide: st.lists(st.lists(st.tuples(counts, counts), min_size=wide, max_size=wide), min_size=1, max_size=4)
)


@given(grids)
@settings(max_examples=60, deadline=None)
def test_no_small_count_comes_out_by_an_exact_solver(grid):
    cells, axes = table_of(grid)

    hidden = statistics.suppress(cells, axes)

    for key in hidden:
        if 0 < cells[key] < 5:
            assert range_of(key, cells, axes, hidden)[1] >= 5 - 1e-6
    assert statistics.recoverable(cells, axes, hidden) == {}


@given(grids)
@settings(max_examples=60, deadline=None)
def test_every_small_count_is_hidden_and_a_table_without_any_is_left_alone(grid):
    cells, axes = table_of(grid)

    hidden = statistics.suppress(cells, axes)

    small = {key for key, count in cells.items() if 0 < count < 5}
    assert small <= hidden
    assert small or not hidden
    assert hidden == statistics.suppress(dict(reversed(cells.items())), axes)


@given(grids)
@settings(max_examples=40, deadline=None)
def test_what_is_said_to_come_out_does_come_out(grid):
    """Hiding only the small cells is the well-known mistake: what the check finds in it, an exact solver finds too."""
    cells, axes = table_of(grid)
    small = {key for key, count in cells.items() if 0 < count < 5}

    for key, value in statistics.recoverable(cells, axes, small).items():
        assert range_of(key, cells, axes, small) == pytest.approx((value, value), abs=1e-6)


def test_hiding_one_cell_alone_gives_it_away_and_the_check_says_so():
    cells, axes = table_of([[(20, 20), (30, 2)], [(40, 40), (50, 50)]])

    assert statistics.recoverable(cells, axes, {(0, 1, "rest")}) == {(0, 1, "rest"): 2}
    assert statistics.recoverable(cells, axes, statistics.suppress(cells, axes)) == {}


def test_a_cell_that_is_never_shown_is_guarded_against_subtraction():
    axes = (Axis(("whole", "part", "rest"), (("whole", ("part", "rest")),), {"whole": 9}, frozenset({"rest"})),)

    assert statistics.suppress({("whole",): 96, ("part",): 94, ("rest",): 2}, axes) == {("part",), ("rest",)}
    assert statistics.suppress({("whole",): 96, ("part",): 74, ("rest",): 22}, axes) == {("rest",)}


def test_zero_is_shown():
    cells, axes = table_of([[(0, 20), (0, 30)], [(40, 0), (50, 0)]])

    assert statistics.suppress(cells, axes) == frozenset()
