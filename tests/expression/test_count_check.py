"""Values that are no counts are told by what they look like."""

import numpy as np
import pytest

from macroimmune.expression.count_check import count_trouble, depth_trouble


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([0.7, 2.4], "logarithms"),
        ([0.7, 2400.5], "normalised to a depth"),
        ([-1.0, 2.0], "negative values down to -1"),
        ([np.nan, 1.0], "not finite"),
        ([np.inf, 1.0], "not finite"),
    ],
)
def test_what_counts_cannot_be_is_told(values, said):
    assert said in count_trouble(np.array(values))


def test_counts_in_any_type_are_counts(rng):
    counts = rng.poisson(2.0, 50)
    for kind in (np.uint8, np.int32, np.float32, np.float64, bool):
        assert count_trouble(counts.astype(kind)) == ""
    assert count_trouble(np.array([])) == ""


def test_cells_with_one_sum_were_normalised_and_counted_cells_were_not(rng):
    assert "normalised" in depth_trouble(10_000.0 + rng.integers(-3, 4, 200))
    assert depth_trouble(rng.poisson(1000.0, 200).astype(float)) == ""
    assert depth_trouble(np.full(10, 100.0)) == ""
