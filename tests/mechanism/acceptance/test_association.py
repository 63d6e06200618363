import numpy as np
import pytest
from scipy.stats import spearmanr

from macroimmune.mechanism.acceptance.association import concordance_sign, rank_correlation
from macroimmune.mechanism.acceptance.needs import NotEvaluatedError


def test_the_rank_correlation_is_that_of_scipy() -> None:
    rng = np.random.default_rng(3)
    first, second = rng.integers(0, 9, 40).astype(float), rng.normal(size=40)
    assert rank_correlation(first, second) == pytest.approx(spearmanr(first, second).statistic)


def test_a_predictor_that_does_not_differ_has_no_association() -> None:
    with pytest.raises(NotEvaluatedError, match="the predictor is the same in all patients"):
        rank_correlation(np.ones(5), np.arange(5.0))


def test_survivors_live_longer_than_the_dead_and_cannot_be_told_apart() -> None:
    deaths = np.array([10.0, 20.0, np.inf, np.inf])
    assert concordance_sign(np.array([1.0, 2.0, 4.0, 3.0]), deaths) == 1.0
    assert concordance_sign(np.array([4.0, 3.0, 2.0, 1.0]), deaths) == -1.0
    # Of five pairs that differ, three agree, one is tied and one disagrees.
    found = concordance_sign(np.array([1.0, 3.0, 3.0, 2.0]), deaths)
    assert found == pytest.approx((3 - 1) / 5)


def test_without_deaths_nothing_is_compared() -> None:
    with pytest.raises(NotEvaluatedError, match="no two patients"):
        concordance_sign(np.arange(3.0), np.full(3, np.inf))
