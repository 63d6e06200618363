import numpy as np
import pytest
from scipy import stats

from macroimmune.errors import InputError
from macroimmune.statistics.kind_counts import (
    beta_binomial_shape,
    check_dispersion,
    kind_counts,
    paired_kind_counts,
)


@pytest.mark.parametrize("bad", [[1.5, 2], [-1, 2], [np.nan, 2], [[1, 2]], ["a", "b"]])
def test_what_is_no_count_is_refused(bad):
    with pytest.raises(InputError, match="count"):
        kind_counts(bad)


def test_two_samples_must_count_the_same_kinds():
    one, two = paired_kind_counts([1, 2], [3.0, 0.0])
    assert (one.tolist(), two.tolist()) == ([1.0, 2.0], [3.0, 0.0])
    with pytest.raises(InputError, match="in both samples"):
        paired_kind_counts([1, 2], [1, 2, 3])
    with pytest.raises(InputError, match="give counts, not shares"):
        paired_kind_counts([1, 2], [0.5, 0.5])


def test_a_dispersion_below_zero_is_refused():
    check_dispersion(0.0)
    for bad in (-0.1, float("nan")):
        with pytest.raises(InputError, match="zero or more"):
            check_dispersion(bad)


def test_the_law_of_one_count_given_both_is_that_of_two_negative_binomial_counts():
    # Two counts with variance mu + phi mu^2 and equal means: P(k of m) by the definition.
    phi, mu, m = 0.4, 3.0, 7
    law = stats.nbinom(1 / phi, 1 / (1 + phi * mu))
    k = np.arange(m + 1)
    joint = law.pmf(k) * law.pmf(m - k)
    a, b = beta_binomial_shape(phi, 0.5)
    np.testing.assert_allclose(stats.betabinom(m, a, b).pmf(k), joint / joint.sum(), rtol=1e-10)
