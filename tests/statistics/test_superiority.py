"""The probability that a value of one sample exceeds one of the other."""

from dataclasses import fields, replace

import numpy as np
import pytest
from scipy.stats import mannwhitneyu

from macroimmune.statistics.ranked_samples import ranked_samples
from macroimmune.statistics.roc import auc
from macroimmune.statistics.superiority import superiority

RNG = np.random.default_rng(8)
ONE, TWO = np.sort(RNG.normal(0.7, 1, 90)), np.sort(RNG.normal(0, 1.3, 120))


def of(one, two, **given):
    usual = {"shift_variance": 0.0, "z": 1.96}
    pair = (ranked_samples([values], [values.size]) for values in (one, two))
    found = superiority(*pair, **(usual | given))
    return replace(found, **{one.name: getattr(found, one.name)[0] for one in fields(found)})


def test_it_is_the_statistic_of_mann_and_whitney_over_all_pairs():
    found = of(ONE, TWO)
    assert found.estimate == pytest.approx(mannwhitneyu(ONE, TWO).statistic / (90 * 120))
    ties = np.array([0.0, 0, 1]), np.array([0.0, 1, 1, 2])
    expected = mannwhitneyu(*ties).statistic / 12
    assert of(*ties).estimate == pytest.approx(expected)


def test_its_error_is_that_of_delong():
    is_case = np.repeat([True, False], [90, 120])
    expected = auc(np.concatenate([ONE, TWO]), is_case)
    assert of(ONE, TWO).standard_error == pytest.approx(expected.standard_error, rel=1e-9)


def test_exchanging_the_samples_mirrors_estimate_and_interval():
    there, back = of(ONE, TWO), of(TWO, ONE)
    assert there.estimate == pytest.approx(1 - back.estimate)
    assert there.ci_low == pytest.approx(1 - back.ci_high)
    assert there.ci_high == pytest.approx(1 - back.ci_low)


def test_samples_that_do_not_overlap_still_have_an_interval():
    found = of(np.arange(50) + 100.0, np.arange(50.0))
    assert found.estimate == found.ci_high == 1
    assert 0.93 < found.ci_low < 0.97


def test_a_shift_that_may_be_there_widens_the_interval_as_it_would_move_the_estimate():
    wide = of(ONE, TWO, shift_variance=0.25)
    moved = of(ONE + 0.05, TWO).estimate - of(ONE - 0.05, TWO).estimate
    plain = of(ONE, TWO)
    error = (wide.ci_high - plain.estimate) / 1.96
    expected = np.hypot(plain.standard_error, 0.5 * moved / 0.1)
    assert error == pytest.approx(expected, rel=0.15)
