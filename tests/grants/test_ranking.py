"""Raw, adjusted, agreement and sureness: examples worked by hand, and every formula beside an independent one."""

import itertools
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grants import ranking
from grants.ranking import Score, rank

RUBRIC = {"market": 30, "plan": 30, "person": 40}


def sheet(pitch, juror, *scores, rubric=RUBRIC):
    return [Score(pitch, juror, name, score) for name, score in zip(rubric, scores, strict=True)]


def plain(table):
    """Scores on one criterion from {pitch: {juror: score}}."""
    return [Score(pitch, juror, "all", score) for pitch, given in table.items() for juror, score in given.items()]


def jury(seed, pitches=12, jurors=6, per_pitch=3, severity=0.6):
    """A jury that scores three criteria, some of them not at all."""
    lot = np.random.default_rng(seed)
    worth, strict = lot.normal(3.2, 0.7, pitches), lot.normal(0, severity, jurors)
    scores = []
    for pitch in range(pitches):
        for juror in lot.choice(jurors, per_pitch, replace=False):
            levels = np.clip(np.rint(worth[pitch] - strict[juror] + lot.normal(0, 0.7, len(RUBRIC))), 1, 5)
            given_up = lot.random(len(RUBRIC)) < 0.1
            scores += sheet(
                f"p{pitch:02}", f"j{juror}", *(None if no else level for no, level in zip(given_up, levels, strict=True))
            )
    return scores


# ——— raw ———


def test_raw_is_the_weighted_mean_of_all_that_was_scored():
    """Elif: 30 × 4 + 30 × 3 + 40 × 5 = 410 of 100. Idris cannot judge the person: 30 × 2 + 30 × 4 = 180 of 60. 590 / 160."""
    found = rank([*sheet("pizzeria", "elif", 4, 3, 5), *sheet("pizzeria", "idris", 2, 4, None)], RUBRIC)

    pizzeria = found.pitches[0]
    assert pizzeria.raw == pytest.approx(590 / 160)
    assert (pizzeria.sheets, pizzeria.cannot_judge) == (2, 1)
    # The sheets are 4.1 and 3.0.
    assert pizzeria.spread == pytest.approx(1.1 / 2**0.5)


def test_a_pitch_that_nobody_could_judge_has_no_score_and_stands_last():
    found = rank([*sheet("a", "elif", None, None, None), *sheet("b", "elif", 1, 1, 1)], RUBRIC)

    assert [(one.pitch, one.raw) for one in found.pitches] == [("b", 1.0), ("a", None)]
    assert (found.pitches[1].spread, found.pitches[1].inside, found.pitches[1].low) == (None, None, None)


def test_nothing_scored_is_nothing_ranked():
    found = rank([], RUBRIC)

    assert (found.pitches, found.jurors, found.connected, found.model) == ((), (), True, None)


def test_what_cannot_be_is_refused():
    with pytest.raises(ValueError, match="elif has scored market of a twice"):
        rank([Score("a", "elif", "market", 3), Score("a", "elif", "market", 3)], RUBRIC)
    with pytest.raises(ValueError, match="criterion looks has no weight"):
        rank([Score("a", "elif", "looks", 3)], RUBRIC)
    for wrong in (0, 6, float("nan")):
        with pytest.raises(ValueError, match="a score lies between 1 and 5"):
            rank([Score("a", "elif", "market", wrong)], RUBRIC)
    with pytest.raises(ValueError, match="A weight is a number above zero"):
        rank([Score("a", "elif", "market", 3)], {"market": 0})


# ——— severity ———


def test_a_strict_juror_is_taken_off():
    """All say the same of each pitch, but for Karim, who always gives one less and has not read c and d."""
    table = {"a": {"elif": 4, "karim": 3, "idris": 4}, "b": {"elif": 3, "karim": 2, "idris": 3}}
    table |= {
        "c": {"elif": 3.5, "idris": 3.5},
        "d": {"elif": 2.5, "idris": 2.5},
        "e": {"elif": 5, "karim": 4},
        "f": {"idris": 4, "karim": 3},
    }

    found = rank(plain(table), {"all": 1})

    severity = {one.juror: one.severity for one in found.jurors}
    assert severity["karim"] == pytest.approx(2 / 3, abs=0.01)
    assert severity["elif"] == pytest.approx(-1 / 3, abs=0.01)
    by_name = {one.pitch: one for one in found.pitches}
    assert by_name["e"].raw == 4.5
    # Raw puts c (3.5, without Karim) level with f (3.5, with him); adjusted sees the difference: half of one point.
    assert by_name["f"].raw == by_name["c"].raw
    assert by_name["f"].adjusted - by_name["c"].adjusted == pytest.approx(0.5, abs=0.01)


def test_adjusted_is_raw_and_the_mean_severity_of_those_who_read_it():
    found = rank(jury(3), RUBRIC, draws=0)
    severity = {one.juror: one.severity for one in found.jurors}
    weight = {}
    for one in jury(3):
        if one.score is not None:
            weight[one.pitch, one.juror] = weight.get((one.pitch, one.juror), 0) + RUBRIC[one.criterion]

    for one in found.pitches:
        mine = {juror: number for (pitch, juror), number in weight.items() if pitch == one.pitch}
        strict = sum(severity[juror] * number for juror, number in mine.items()) / sum(mine.values())
        assert one.adjusted == pytest.approx(one.raw + strict, abs=1e-9)


def sheets_of(scores):
    """Pitch, juror, share and mean of each sheet, worked out anew."""
    found = {}
    for one in scores:
        if one.score is not None:
            above, below = found.get((one.pitch, one.juror), (0, 0))
            found[one.pitch, one.juror] = above + RUBRIC[one.criterion] * one.score, below + RUBRIC[one.criterion]
    keys = sorted(found)
    share = np.array([found[key][1] / 100 for key in keys])
    return keys, share, np.array([found[key][0] / found[key][1] for key in keys])


def columns(keys):
    rows, jurors = sorted({key[0] for key in keys}), sorted({key[1] for key in keys})
    pitch = np.array([[key[0] == name for name in rows] for key in keys], dtype=float)
    return pitch, np.array([[key[1] == name for name in jurors] for key in keys], dtype=float), jurors


@pytest.mark.parametrize("seed", range(8))
def test_severities_are_a_ridge_regression_by_statsmodels(seed):
    """At the variances found, penalised least squares of statsmodels gives the same mean and effects."""
    from statsmodels.api import OLS

    scores = jury(seed)
    found = rank(scores, RUBRIC, draws=0)
    keys, share, mean = sheets_of(scores)
    pitch, juror, jurors = columns(keys)
    model = found.model
    if not model.juror or not model.pitch:
        pytest.skip("no penalty is finite where a variance is zero")
    penalty = [0.0, *[model.rest / model.pitch] * pitch.shape[1], *[model.rest / model.juror] * juror.shape[1]]
    table, by_share = np.column_stack([np.ones(len(mean)), pitch, juror]), np.sqrt(share)

    fitted = OLS(mean * by_share, table * by_share[:, None]).fit_regularized(alpha=np.array(penalty) / len(mean), L1_wt=0)

    assert model.mean == pytest.approx(fitted.params[0], abs=1e-6)
    by_name = {one.juror: one.severity for one in found.jurors}
    assert [by_name[name] for name in jurors] == pytest.approx(-fitted.params[1 + pitch.shape[1] :], abs=1e-6)


def restricted_deviance(variances, keys, share, mean):
    """-2 × the restricted log-likelihood from its definition, with the whole covariance matrix."""
    pitch, juror, _jurors = columns(keys)
    covariance = variances[0] * pitch @ pitch.T + variances[1] * juror @ juror.T + variances[2] * np.diag(1 / share)
    inverse, ones = np.linalg.inv(covariance), np.ones(len(mean))
    inside = ones @ inverse @ ones
    middle = ones @ inverse @ mean / inside
    return np.linalg.slogdet(covariance)[1] + np.log(inside) + (mean - middle) @ inverse @ (mean - middle)


@pytest.mark.parametrize("seed", range(8))
def test_no_other_variances_are_more_likely(seed):
    from scipy.optimize import minimize

    scores = jury(seed)
    model = rank(scores, RUBRIC, draws=0).model
    sheets = sheets_of(scores)
    ours = restricted_deviance((model.pitch, model.juror, model.rest), *sheets)

    for start in ((0.5, 0.5, 0.5), (model.pitch, model.juror, model.rest), (0.1, 1.0, 0.2)):
        best = minimize(
            lambda log: restricted_deviance(np.exp(log), *sheets), np.log(np.maximum(start, 1e-6)), method="Nelder-Mead",
            options={"xatol": 1e-8, "fatol": 1e-12, "maxiter": 4000},
        )  # fmt: skip
        assert ours <= best.fun + 1e-6


def test_the_mixed_model_of_statsmodels_finds_the_same():
    from statsmodels.regression.mixed_linear_model import MixedLM

    scores = [one if one.score is not None else Score(one.pitch, one.juror, one.criterion, 3) for one in jury(5, 20, 6, 3)]
    found = rank(scores, RUBRIC, draws=0)
    keys, _share, mean = sheets_of(scores)
    pitch, juror, jurors = columns(keys)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from statsmodels.regression.mixed_linear_model import VCSpec

        parts = VCSpec(["pitch", "juror"], [[[f"p{n}" for n in range(pitch.shape[1])]], [jurors]], [[pitch], [juror]])
        fitted = MixedLM(mean, np.ones((len(mean), 1)), np.zeros(len(mean)), exog_vc=parts).fit(reml=True)

    assert (found.model.pitch, found.model.juror, found.model.rest) == pytest.approx((*fitted.vcomp, fitted.scale), rel=2e-3)
    theirs = dict(zip(jurors, fitted.random_effects[0].iloc[-len(jurors) :], strict=True))
    for one in found.jurors:
        assert one.severity == pytest.approx(-theirs[one.juror], abs=1e-3)


def test_where_all_read_all_the_order_is_the_raw_one():
    lot = np.random.default_rng(2)
    table = {f"p{n}": {f"j{m}": float(lot.integers(1, 6)) for m in range(5)} for n in range(9)}

    found = rank(plain(table), {"all": 1}, draws=0)

    off = {round(one.adjusted - one.raw, 9) for one in found.pitches}
    assert len(off) == 1


def test_jurors_of_one_mind_have_no_severity():
    table = {name: dict.fromkeys(("elif", "idris", "karim"), score) for name, score in {"a": 4, "b": 2, "c": 5, "d": 3}.items()}

    found = rank(plain(table), {"all": 1})

    assert [one.severity for one in found.jurors] == pytest.approx([0, 0, 0], abs=1e-9)
    assert [one.adjusted for one in found.pitches] == pytest.approx([5, 4, 3, 2])
    # Nobody doubts what all say.
    assert all(one.low == pytest.approx(one.high, abs=1e-4) for one in found.pitches)


def test_one_score_for_everything_is_no_fault():
    found = rank(plain({name: dict.fromkeys(("elif", "idris"), 3) for name in "abcd"}), {"all": 1})

    assert [one.adjusted for one in found.pitches] == [3, 3, 3, 3]
    assert found.alpha == {"all": None}


# ——— withheld ———


def test_severity_is_withheld_where_jurors_share_nothing():
    table = {n: {"elif": 3, "idris": 4} for n in "abc"} | {n: {"karim": 3, "zohra": 4} for n in "def"}

    found = rank(plain(table), {"all": 1})

    assert not found.connected
    assert found.withheld.code == "not_connected"
    assert "(elif, idris | karim, zohra)" in str(found.withheld)
    assert {one.adjusted for one in found.pitches} == {None}
    assert {one.severity for one in found.jurors} == {None}
    assert found.basis == "raw"


def test_severity_is_withheld_where_there_is_too_little():
    """Five sheets; one mean, two other pitches and two other jurors are to be found, so none is to spare."""
    found = rank(plain({"a": {"x": 3, "y": 4}, "b": {"y": 2, "z": 2}, "c": {"z": 5}}), {"all": 1})

    assert found.connected
    assert str(found.withheld) == (
        "Severity is not estimated: 0 sheets are to spare, and 4 are needed to tell strict jurors from weak pitches."
    )


def test_one_juror_alone_is_not_called_strict():
    found = rank(plain({"a": {"x": 3}, "b": {"x": 4}}), {"all": 1})

    assert found.withheld.code == "too_few"
    assert [(one.pitch, one.raw, one.low) for one in found.pitches] == [("b", 4, None), ("a", 3, None)]


# ——— agreement ———


def test_alpha_of_a_table_by_hand():
    """Pairs (1, 2) and (3, 3): observed ½·(1 + 1)/… = 0.5; expected over 1, 2, 3, 3 = 11/6; 1 - 3/11."""
    scores = np.array([[1, 2], [3, 3]], dtype=float)

    assert ranking.krippendorff_alpha(scores) == pytest.approx(1 - 0.5 / (11 / 6))


@given(st.lists(st.lists(st.one_of(st.none(), st.integers(1, 5)), min_size=4, max_size=4), min_size=2, max_size=12))
@settings(max_examples=80)
def test_alpha_agrees_with_the_krippendorff_package(rows):
    import krippendorff

    table = np.array([[np.nan if one is None else one for one in row] for row in rows], dtype=float)
    pairable = [row for row in rows if sum(one is not None for one in row) > 1]
    if len({one for row in pairable for one in row if one is not None}) < 2:
        assert ranking.krippendorff_alpha(table) is None
        return

    expected = krippendorff.alpha(reliability_data=table.T, level_of_measurement="interval")

    assert ranking.krippendorff_alpha(table) == pytest.approx(expected, abs=1e-6)


def test_each_criterion_has_its_own_agreement():
    scores = [*sheet("a", "x", 5, 1, 3), *sheet("a", "y", 5, 5, None), *sheet("b", "x", 1, 5, 3), *sheet("b", "y", 1, 1, 4)]

    alpha = rank(scores, RUBRIC).alpha

    assert alpha["market"] == 1
    assert alpha["plan"] < 0
    assert alpha["person"] == pytest.approx(0)


# ——— how sure ———


def test_a_clear_first_is_inside_a_clear_last_is_not_and_the_middle_is_open():
    lot = np.random.default_rng(1)
    worth = {"a": 4.8, "b": 4.6, "c": 3.05, "d": 3.0, "e": 1.3}
    table = {name: {f"j{n}": float(np.clip(score + lot.normal(0, 0.3), 1, 5)) for n in range(4)} for name, score in worth.items()}

    found = rank(plain(table), {"all": 1}, asked=dict.fromkeys(worth, 5_000), budget=15_000, seed=4)

    inside = {one.pitch: one.inside for one in found.pitches}
    assert inside["a"] > 0.99 and inside["b"] > 0.99 and inside["e"] < 0.01
    assert 0.05 < inside["c"] < 0.95 and 0.05 < inside["d"] < 0.95
    assert sum(inside.values()) == pytest.approx(3)
    for one in found.pitches:
        assert one.low <= one.adjusted <= one.high


def test_the_seed_decides_and_the_order_of_the_lines_does_not():
    asked = {f"p{n:02}": 4_000 + 100 * n for n in range(12)}
    first = rank(jury(1), RUBRIC, asked=asked, budget=30_000, seed=9)

    assert rank(list(reversed(jury(1))), dict(reversed(RUBRIC.items())), asked=asked, budget=30_000, seed=9) == first
    assert rank(jury(1), RUBRIC, asked=asked, budget=30_000, seed=10) != first


def test_without_a_budget_no_line_is_drawn():
    found = rank(jury(1), RUBRIC, seed=1)

    assert {one.inside for one in found.pitches} == {None}
    assert all(one.low < one.high for one in found.pitches)


def test_the_middle_95_percent_hold_the_true_worth_about_so_often():
    """Over 60 juries with known worth, measured from each jury's own average: severity shifts all pitches alike."""
    held = total = 0
    for seed in range(60):
        lot = np.random.default_rng([8, seed])
        worth, strict = lot.normal(0, 4, 24), lot.normal(0, 2, 6)
        seats = [lot.choice(6, 3, replace=False) for _pitch in worth]
        table = {f"p{n:02}": {f"j{m}": 50 + worth[n] - strict[m] + lot.normal(0, 3) for m in seats[n]} for n in range(len(worth))}
        found = rank(plain(table), {"all": 1}, seed=seed, draws=300, scale=(0, 100))
        for one in found.pitches:
            truth = 50 + worth[int(one.pitch[1:])] - strict.mean()
            held += one.low <= truth <= one.high
            total += 1

    assert 0.92 <= held / total <= 0.98


# ——— worth talking about ———


def test_the_widest_gap_comes_first_with_the_criterion_that_divides():
    scores = [*sheet("a", "x", 3, 3, 3), *sheet("a", "y", 3, 4, 3), *sheet("b", "x", 1, 3, 5), *sheet("b", "y", 5, 3, 5)]

    first, second = rank(scores, RUBRIC).gaps

    assert (first.pitch, first.criterion, first.low, first.high) == ("b", "market", 1, 5)
    assert first.gap == pytest.approx(1.2)
    assert (second.pitch, second.criterion) == ("a", "plan")


def test_a_lenient_and_a_strict_juror_do_not_disagree():
    """Karim gives one less than Elif everywhere, Idris as Elif but on c: only c is worth the talk."""
    table = {n: {"elif": 4, "karim": 3, "idris": 4} for n in "abdefg"} | {"c": {"elif": 4, "karim": 3, "idris": 1}}

    gaps = rank(plain(table), {"all": 1}).gaps

    assert gaps[0].pitch == "c"
    assert all(one.gap < gaps[0].gap / 3 for one in gaps[1:])


@given(
    st.dictionaries(
        st.tuples(st.sampled_from("abcdef"), st.sampled_from("wxyz"), st.sampled_from(sorted(RUBRIC))),
        st.one_of(st.none(), st.floats(1, 5), st.integers(1, 5)),
        max_size=50,
    ),
    st.integers(0, 30),
)
def test_no_table_is_a_fault(cells, budget):
    """However thin the scores: what is said is a number or nothing, and nothing is said of a pitch that nobody scored."""
    scores = [Score(*key, score) for key, score in cells.items()]

    found = rank(scores, RUBRIC, asked=dict.fromkeys("abcdef", 5), budget=budget, draws=20)

    assert {one.pitch for one in found.pitches} == {key[0] for key in cells}
    for one in found.pitches:
        assert (one.raw is None) == (one.sheets == 0)
        said = [one.raw, one.adjusted, one.low, one.high, one.inside, one.spread]
        assert all(number is None or np.isfinite(number) for number in said)
        assert one.low is None or one.low <= one.high
    assert (found.withheld is None) == (found.model is not None)
    assert found.connected or found.withheld.code == "not_connected"


def test_every_ranking_of_a_small_table_is_the_same_whoever_is_named_first():
    """Names decide nothing but ties: the same table under other names has the same scores."""
    table = {"a": {"x": 4, "y": 3, "z": 5}, "b": {"x": 2, "y": 2, "z": 3}, "c": {"x": 5, "y": 3, "z": 3}}
    first = rank(plain(table), {"all": 1}, draws=0)
    for names in itertools.permutations("abc"):
        renamed = {names["abc".index(name)]: row for name, row in table.items()}
        found = {one.pitch: one.adjusted for one in rank(plain(renamed), {"all": 1}, draws=0).pitches}
        for one in first.pitches:
            assert found[names["abc".index(one.pitch)]] == pytest.approx(one.adjusted, abs=1e-9)
