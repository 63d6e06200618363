"""Agreement of two ways of measuring."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from macroimmune.errors import InputError
from macroimmune.statistics import method_agreement

# Peak expiratory flow of 17 people, first measurements, L/min: Bland and Altman 1986, table 1.
WRIGHT = [494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427]
MINI = [512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451]


def test_the_published_peak_flow_meters_come_out():
    found = method_agreement(WRIGHT, MINI)
    assert round(found.mean_difference, 1) == -2.1
    # Published with 2 standard deviations of 38.8: -79.7 to 75.5; here 1.96.
    assert found.limit_low == pytest.approx(-2.1 - 1.96 * 38.8, abs=0.1)
    assert found.limit_high == pytest.approx(-2.1 + 1.96 * 38.8, abs=0.1)
    assert (round(found.ci_low, 1), round(found.ci_high, 1)) == (-22.0, 17.8)
    assert round(found.correlation, 2) == 0.94


def test_intervals_equal_those_of_scipy():
    found = method_agreement(WRIGHT, MINI)
    pearson = stats.pearsonr(WRIGHT, MINI)
    interval = pearson.confidence_interval()
    assert found.correlation == pytest.approx(pearson.statistic, rel=1e-12)
    assert (found.correlation_ci_low, found.correlation_ci_high) == pytest.approx(
        (interval.low, interval.high), rel=1e-12
    )
    paired = stats.ttest_rel(WRIGHT, MINI).confidence_interval()
    assert (found.ci_low, found.ci_high) == pytest.approx((paired.low, paired.high), rel=1e-12)


@given(
    st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100)), min_size=3, max_size=20),
    st.floats(-50, 50),
)
def test_a_shift_of_one_way_moves_the_difference_alone(pairs, shift):
    a, b = np.array(pairs).T
    one, moved = method_agreement(a, b), method_agreement(a + shift, b)
    assert moved.mean_difference == pytest.approx(one.mean_difference + shift, abs=1e-9)
    assert moved.limit_high - moved.limit_low == pytest.approx(
        one.limit_high - one.limit_low, abs=1e-6
    )
    swapped = method_agreement(b, a)
    assert swapped.mean_difference == pytest.approx(-one.mean_difference, abs=1e-9)
    assert swapped.limit_low == pytest.approx(-one.limit_high, abs=1e-9)


def test_few_units_and_constant_measurements_have_a_status():
    few = method_agreement([1.0, np.nan, 2.0], [1.0, 2.0, 3.0])
    assert (few.n, few.status) == (2, "measured both ways: 2; at least 3 are needed")
    assert np.isnan(few.mean_difference)
    three = method_agreement([1.0, 2.0, 4.0], [1.0, 3.0, 4.0])
    assert three.status == "no interval of the correlation: three units"
    assert np.isfinite(three.ci_low)
    flat = method_agreement([1.0, 1.0, 1.0, 1.0], [1.0, 2.0, 3.0, 4.0])
    assert flat.status == "no correlation: one way gives the same everywhere"


def test_unequal_arrays_are_refused():
    with pytest.raises(InputError, match="one of each per unit"):
        method_agreement([1.0, 2.0], [1.0])
