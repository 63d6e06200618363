import numpy as np
import pytest
from scipy.stats import fisher_exact
from scipy.stats.contingency import association

from macroimmune.errors import InputError
from macroimmune.statistics.confounding import confounding


def test_p_of_a_fourfold_table_is_near_that_of_fisher():
    first = ["a"] * 12 + ["b"] * 12
    second = ["x"] * 9 + ["y"] * 3 + ["x"] * 3 + ["y"] * 9
    found = confounding(first, second, rng=np.random.default_rng(1))
    # 1,999 tables: the standard error at 0.04 is 0.004.
    assert found.p_value == pytest.approx(fisher_exact([[9, 3], [3, 9]]).pvalue, abs=0.015)
    assert not found.is_complete


def test_corrected_v_by_hand_and_near_the_plain_one_in_a_large_table():
    table = np.array([[400, 100], [100, 400]])
    pairs = [(r, c) for r in range(2) for c in range(2) for _ in range(table[r, c])]
    first, second = ([str(pair[k]) for pair in pairs] for k in (0, 1))
    found = confounding(first, second, rng=np.random.default_rng(1))
    # chi squared / n = 0.36; minus 1 / 999, over 1 - 1 / 999.
    assert found.cramers_v == pytest.approx(np.sqrt((0.36 - 1 / 999) / (1 - 1 / 999)))
    assert found.cramers_v == pytest.approx(association(table, correction=False), abs=0.002)


def test_independent_groupings_have_v_near_zero_and_p_above_its_level():
    rng = np.random.default_rng(2)
    found = [
        confounding(list(rng.choice(list("abc"), 30)), list(rng.choice(list("xy"), 30)), rng=rng)
        for _ in range(150)
    ]
    assert np.mean([one.p_value < 0.05 for one in found]) <= 0.1
    assert np.median([one.cramers_v for one in found]) < 0.1


def test_one_group_tells_nothing_and_missing_labels_are_left_out():
    rng = np.random.default_rng(1)
    assert np.isnan(confounding(["a", "b"], ["x", "x"], rng=rng).cramers_v)
    found = confounding(["a", "b", "", "a"], ["x", "y", "x", ""], rng=rng)
    assert (found.n, found.is_complete) == (2, True)
    assert confounding([], [], rng=rng).n == 0


def test_groupings_of_different_length_are_refused():
    with pytest.raises(InputError, match="one group of each grouping per unit"):
        confounding(["a"], [], rng=np.random.default_rng(1))
