"""Pooled cohorts: by hand, against metafor, and how often null cohorts are found significant."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from macroimmune.errors import InputError
from macroimmune.statistics import leave_one_out, meta_analysis
from macroimmune.statistics.meta_analysis import FEWER_THAN_THREE, MetaAnalysis

CASES = ("bcg", "three", "homogeneous", "far", "uneven")
FLOORS = {"adhoc": "ad hoc", "knha": "none"}
SAME = (
    *("estimate", "standard_error", "ci_low", "ci_high", "p_value", "tau_squared"),
    *("q_statistic", "heterogeneity_p_value", "i_squared", "h", "weights_percent"),
    *("prediction_low", "prediction_high"),
)


def numbers_of(pooled: MetaAnalysis) -> list[float]:
    named = (getattr(pooled, name) for name in MetaAnalysis.__slots__)
    return [value for value in named if isinstance(value, float)]


def test_equal_errors_are_pooled_as_on_paper():
    # Equal errors: the mean is plain, (0.1 + 0.4 + 0.7) / 3 = 0.4, and tau squared is the variance
    # of the effects, 0.18 / 2 = 0.09, less that of one cohort, 0.01. Each weight is 1 / 0.09;
    # q = (0.09 + 0 + 0.09) / 0.09 / 2 = 1; the variance of the mean is 0.09 / 3 = 0.03.
    pooled = meta_analysis([0.1, 0.4, 0.7], [0.1, 0.1, 0.1])
    assert pooled.estimate == pytest.approx(0.4)
    assert pooled.tau_squared == pytest.approx(0.08, rel=1e-10)
    assert pooled.standard_error == pytest.approx(math.sqrt(0.03), rel=1e-10)
    # t with 2 degrees of freedom at 0.975 is 4.302653.
    assert pooled.ci_low == pytest.approx(0.4 - 4.302653 * math.sqrt(0.03), abs=1e-6)
    assert pooled.prediction_high == pytest.approx(0.4 + 4.302653 * math.sqrt(0.11), abs=1e-6)
    # Q = (0.09 + 0.09) / 0.01 = 18; within-cohort variance 0.01; I squared = 0.08 / 0.09.
    assert pooled.q_statistic == pytest.approx(18.0)
    assert pooled.i_squared == pytest.approx(100 * 8 / 9)
    assert pooled.h == pytest.approx(3.0)
    assert pooled.fixed_ci_high == pytest.approx(0.4 + 1.959964 * 0.1 / math.sqrt(3), abs=1e-6)
    assert pooled.n == 3
    assert pooled.status == ""


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("test", FLOORS)
def test_every_number_is_that_of_metafor(expected, case, test):
    def of_r(quantity, where=f"{case} {test}"):
        return expected("meta_analysis", where, quantity)

    y, errors = of_r("effects", case), of_r("standard_errors", case)
    pooled = meta_analysis(y, errors, floor=FLOORS[test])
    for name in SAME:
        # tau squared is zero in one case, where R stops at 1e-14.
        wanted = of_r(name)
        np.testing.assert_allclose(getattr(pooled, name), wanted, rtol=1e-7, atol=1e-11)
    # R's search for the ends of the interval stops at 1e-13 of the whole range.
    for name in ("tau_squared_low", "tau_squared_high"):
        assert getattr(pooled, name) == pytest.approx(of_r(name)[0], rel=1e-7, abs=1e-10)
    riley = meta_analysis(y, errors, floor=FLOORS[test], prediction="k - 2")
    assert riley.prediction_low == pytest.approx(of_r("riley_low")[0], rel=1e-7)
    assert riley.prediction_high == pytest.approx(of_r("riley_high")[0], rel=1e-7)
    for name in ("fixed_estimate", "fixed_ci_low", "fixed_ci_high"):
        assert getattr(pooled, name) == pytest.approx(of_r(name, case)[0], rel=1e-9)


@pytest.mark.parametrize("case", [name for name in CASES if name != "three"])
@pytest.mark.parametrize("test", FLOORS)
def test_leaving_each_cohort_out_is_that_of_metafor(expected, case, test):
    y, errors = (expected("meta_analysis", case, name) for name in ("effects", "standard_errors"))
    without = leave_one_out(y, errors, floor=FLOORS[test])
    for name in ("estimate", "ci_low", "ci_high"):
        wanted = expected("meta_analysis", f"{case} {test}", f"{name}_without")
        np.testing.assert_allclose(
            [getattr(one, name) for one in without], wanted, rtol=1e-7, atol=1e-11
        )


def test_cohorts_between_which_scoring_bounces_have_the_estimate_of_metafor():
    y = [0.0943, 0.1003, -0.1181, -0.1176, 0.0429, -0.0266, -0.0968, 0.2151, 0.0605, 0.1162, -0.149]
    errors = [0.2439, 0.1815, 0.385, 0.1731, 0.1874, 0.1066, 0.0529, 0.0821, 0.1331, 0.1485, 0.2169]
    # metafor stops with an error unless its steps are halved: rma(y, sei = errors,
    # test = "adhoc", control = list(stepadj = 0.5, threshold = 1e-14, maxiter = 10000)).
    pooled = meta_analysis(y, errors)
    assert pooled.tau_squared == pytest.approx(0.00784465519722, rel=1e-9)
    assert pooled.estimate == pytest.approx(0.02194751523874, rel=1e-9)
    assert pooled.ci_low == pytest.approx(-0.08933796352556, rel=1e-9)
    assert pooled.ci_high == pytest.approx(0.13323299400303, rel=1e-9)
    assert pooled.status == ""


def test_cohorts_towards_whose_variance_scoring_creeps_have_an_estimate():
    # Each step is 19/20 of the one before. The value is that of rma(y, variances,
    # control = list(threshold = 1e-14, maxiter = 10000)); so near the top the likelihood is flat.
    drawn = (
        (6.519659727359762, 74.95749618555577), (-0.7822004376732743, 5.818177159920723),
        (0.6626434699970247, 2.611978019191563), (0.4525228058297236, 37.87235921089647),
        (-0.23520830210138208, 3.4109700936844485), (-0.32314529643341067, 0.6144020053737016),
        (-0.4304998671272298, 0.0846540533937889), (-0.027841986280675454, 0.00227532786069799),
        (0.12325372708304093, 0.0206531975244096), (1.5088128811504637, 9.70220342291565),
        (-4.91308168926293, 54.15990078067231), (0.18455917253154627, 0.01600348602356866),
        (-1.6203472624974729, 0.3306234867383584),
    )  # fmt: skip
    y, variances = np.array(drawn).T
    pooled = meta_analysis(y, np.sqrt(variances))
    assert pooled.tau_squared == pytest.approx(0.0188085389286, rel=1e-6)


def test_one_cohort_with_all_the_weight_is_pooled():
    # metafor with an error of 1e-4 for the first: 0, 0.1000001 and 1e-4.
    pooled = meta_analysis([0.1, 0.15, 0.3, 0.2], [1e-10, 0.3, 0.2, 0.4])
    assert pooled.tau_squared == 0
    assert pooled.estimate == pytest.approx(0.1, abs=1e-9)
    assert pooled.standard_error == pytest.approx(1e-10)


@pytest.mark.parametrize("effects", [[], [0.3], [0.3, 0.5], [0.3, math.nan, 0.5]])
def test_fewer_than_three_cohorts_give_a_sentence_and_no_number(effects):
    pooled = meta_analysis(effects, [0.1] * len(effects))
    assert pooled.status == (FEWER_THAN_THREE if effects else "no cohort has an estimate")
    assert np.isnan(numbers_of(pooled)).all()
    assert np.isnan(pooled.weights_percent).all()


def test_leaving_one_of_three_out_gives_a_sentence_and_no_number():
    for without in leave_one_out([0.1, 0.2, 0.5], [0.1, 0.2, 0.1]):
        assert without.status == FEWER_THAN_THREE
        assert np.isnan(numbers_of(without)).all()


def test_a_cohort_without_an_estimate_is_left_out():
    with_gap = meta_analysis([0.1, math.nan, 0.4, 0.6], [0.1, 0.2, 0.1, math.nan])
    assert with_gap.status == FEWER_THAN_THREE
    pooled = meta_analysis([0.1, math.nan, 0.4, 0.6], [0.1, 0.2, 0.1, 0.3])
    same = meta_analysis([0.1, 0.4, 0.6], [0.1, 0.1, 0.3])
    assert numbers_of(pooled) == numbers_of(same)
    assert np.isnan(pooled.weights_percent).tolist() == [False, True, False, False]


def test_equal_estimates_have_an_interval_only_with_the_floor():
    floored = meta_analysis([0.3] * 4, [0.1] * 4)
    assert floored.standard_error == pytest.approx(0.05)
    assert math.isnan(floored.tau_squared_low)
    assert "tau has no interval" in floored.status
    bare = meta_analysis([0.25] * 4, [0.125] * 4, floor="none")
    assert math.isnan(bare.ci_low)
    assert math.isnan(bare.p_value)
    assert "there is no interval" in bare.status


@pytest.mark.parametrize(
    ("effects", "errors", "words"),
    [
        ([0.1, 0.2], [0.1], "one standard error per effect"),
        ([[0.1]], [[0.1]], "each a plain list"),
        ([0.1, math.inf, 0.2], [0.1, 0.1, 0.1], "infinite"),
        ([0.1, 0.2, 0.2], [0.1, 0.0, 0.1], "above zero, found 0"),
        ([0.1, 0.2, 0.2], [0.1, -1.0, 0.1], "above zero, found -1"),
    ],
)
def test_what_are_no_estimates_is_refused(effects, errors, words):
    with pytest.raises(InputError, match=words):
        meta_analysis(effects, errors)


def test_unknown_options_are_refused():
    with pytest.raises(InputError, match="floor is"):
        meta_analysis([0.1, 0.2, 0.3], [0.1] * 3, floor="DL")
    with pytest.raises(InputError, match="k - 2"):
        meta_analysis([0.1, 0.2, 0.3], [0.1] * 3, prediction="k")


cohorts = st.lists(st.tuples(st.floats(-3, 3), st.floats(0.01, 2.0)), min_size=3, max_size=7).map(
    np.array
)


@settings(max_examples=40)
@given(cohorts, st.floats(-5, 5), st.floats(0.001, 1000))
def test_a_shift_and_a_change_of_unit_pass_through(drawn, shift, unit):
    y, errors = drawn.T
    here, there = meta_analysis(y, errors), meta_analysis(unit * (y + shift), unit * errors)
    tolerance = {"rel": 1e-5, "abs": 1e-5 * unit}
    assert there.estimate == pytest.approx(unit * (here.estimate + shift), **tolerance)
    assert there.ci_high == pytest.approx(unit * (here.ci_high + shift), **tolerance)
    assert there.q_statistic == pytest.approx(here.q_statistic, rel=1e-6, abs=1e-6)


@settings(max_examples=40)
@given(cohorts)
def test_with_the_floor_no_interval_is_narrower_and_all_hold_the_estimate(drawn):
    y, errors = drawn.T
    floored, bare = meta_analysis(y, errors), meta_analysis(y, errors, floor="none")
    assert floored.standard_error >= bare.standard_error or math.isnan(bare.standard_error)
    assert floored.prediction_low <= floored.ci_low <= floored.estimate <= floored.ci_high
    assert floored.tau_squared >= 0
    assert floored.weights_percent.sum() == pytest.approx(100)


def der_simonian_laird_p(y: np.ndarray, v: np.ndarray) -> float:
    """The method that is not offered, as it is usually computed: normal quantiles."""
    w = 1 / v
    mean = w @ y / w.sum()
    q = w @ (y - mean) ** 2
    tau_squared = max(0.0, (q - (y.size - 1)) / (w.sum() - w @ w / w.sum()))
    w = 1 / (v + tau_squared)
    return float(2 * stats.norm.sf(abs(w @ y / w.sum() * math.sqrt(w.sum()))))


@pytest.mark.parametrize("k", [3, 4, 5])
def test_null_cohorts_are_significant_at_the_nominal_rate_and_too_often_with_der_simonian(k):
    """Sin 9: true effects scatter about zero, SD 0.3; cohorts of very different size."""
    rng, rounds = np.random.default_rng(90 + k), 1500
    ours, theirs = 0, 0
    for _ in range(rounds):
        v = rng.uniform(0.05, 0.25, k) ** 2
        y = rng.normal(0.0, 0.3, k) + rng.normal(0.0, np.sqrt(v))
        ours += meta_analysis(y, np.sqrt(v)).p_value < 0.05
        theirs += der_simonian_laird_p(y, v) < 0.05
    # The standard error of a rate of 0.05 in 1500 rounds is 0.0056: three of them are 0.017.
    assert ours / rounds <= 0.067
    assert ours / rounds >= 0.02
    assert theirs / rounds >= 0.10
