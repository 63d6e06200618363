import numpy as np
import pytest
from scipy import stats

from macroimmune.errors import InputError
from macroimmune.statistics.count_laws import count_laws


@pytest.mark.parametrize(("dispersion", "share"), [(0.05, 0.5), (0.5, 0.06), (0.01, 0.97)])
def test_laws_and_p_values_are_those_of_scipy(dispersion, share):
    laws = count_laws(dispersion, share, largest=60)
    c = 1 / (2 * dispersion * share * (1 - share))
    law = stats.betabinom(laws.totals, c * share, c * (1 - share))
    np.testing.assert_allclose(laws.probabilities, law.pmf(laws.firsts), rtol=1e-9, atol=1e-15)
    by_hand = np.minimum(1, 2 * np.minimum(law.cdf(laws.firsts), law.sf(laws.firsts - 1)))
    np.testing.assert_allclose(laws.p_values, by_hand, rtol=1e-7, atol=1e-13)


def test_without_over_dispersion_the_law_is_binomial():
    laws = count_laws(0.0, 0.3, largest=40)
    np.testing.assert_allclose(
        laws.probabilities, stats.binom.pmf(laws.firsts, laws.totals, 0.3), rtol=1e-4, atol=1e-15
    )


def test_the_smallest_p_value_of_each_total_is_found_and_places_are_entries():
    laws = count_laws(0.1, 0.2, largest=30)
    smallest = [laws.p_values[laws.totals == m].min() for m in range(31)]
    np.testing.assert_array_equal(laws.smallest_p(), smallest)
    place = laws.places(np.array([3]), np.array([7]))[0]
    assert (laws.firsts[place], laws.totals[place]) == (3, 7)


def test_a_dispersion_below_zero_is_refused():
    with pytest.raises(InputError, match="zero or more"):
        count_laws(-0.1, 0.5)
