import csv
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from macroimmune.errors import InputError
from macroimmune.statistics import plotting_positions, regression_on_order_statistics

FILE = Path(__file__).parents[2] / "reference" / "left_censored" / "order_statistics.csv"


@pytest.fixture(scope="module")
def theirs():
    found = defaultdict(list)
    with FILE.open(newline="") as file:
        for row in csv.DictReader(file):
            found[row["case"], row["quantity"]].append(float(row["value"]))
    return {key: np.array(values) for key, values in found.items()}


def of(theirs, case):
    return theirs[case, "value"], theirs[case, "below"] == 1


@pytest.mark.parametrize(
    ("case", "published"),
    [
        # Helsel and Cohn (1988), appendix B; Helsel (2005), arsenic in streams of Oahu.
        ("appendix b", [0.47, 0.85, 1.11, 1.27, 1.76, 2.34, 2.50, 3.03, 4.80]),
        (
            "arsenic",
            [0.35, 0.41, 0.46, 0.57, 0.58, 0.61, 0.68, 0.76, 0.81, 0.95, 0.98, 1.14, 1.42],
        ),
    ],
)
def test_published_worked_examples_come_out(case, published, theirs):
    value, below = of(theirs, case)
    found = regression_on_order_statistics(value, below, largest_share=0.8)
    np.testing.assert_allclose(np.sort(found.modelled[below]), published, atol=0.011)
    np.testing.assert_array_equal(found.modelled[~below], value[~below])


@pytest.mark.parametrize("case", ["appendix b", "arsenic", "cohort"])
def test_modelled_values_mean_and_sd_equal_the_peer(case, theirs):
    found = regression_on_order_statistics(*of(theirs, case), largest_share=0.8)
    np.testing.assert_allclose(np.sort(found.modelled), theirs[case, "modelled"], rtol=1e-8)
    np.testing.assert_allclose(found.mean, theirs[case, "mean"][0], rtol=1e-8)
    np.testing.assert_allclose(found.sd, theirs[case, "sd"][0], rtol=1e-8)


def test_positions_with_two_limits_by_hand(theirs):
    # Appendix B. Above 10: 6 of 18 = 1/3. From 1 to 10: 3 detected, 6 known to lie below 1, so
    # 1/3 + 3/9 (1 - 1/3) = 5/9 lie above 1. The three detected between are spread over 4/9..2/3.
    value, below = of(theirs, "appendix b")
    position = plotting_positions(value, below)
    np.testing.assert_allclose(position[below & (value == 1)], (4 / 9) * np.arange(1, 7) / 7)
    np.testing.assert_allclose(position[below & (value == 10)], (2 / 3) * np.arange(1, 4) / 4)
    between = 4 / 9 + (2 / 3 - 4 / 9) * np.arange(1, 4) / 4
    np.testing.assert_allclose(position[~below][:3], between)
    np.testing.assert_allclose(position[~below][3:], 2 / 3 + (1 / 3) * np.arange(1, 7) / 7)


def test_one_undetected_value_by_hand():
    # One of five below 1: the limit lies at 0.2, the undetected value at 0.1, the others at
    # 0.2 + 0.8 i / 5. A least-squares line through log(1, 2, 4, 8) gives the undetected one.
    z = stats.norm.ppf([0.1, 0.36, 0.52, 0.68, 0.84])
    slope, intercept = np.polyfit(z[1:], np.log([1.0, 2.0, 4.0, 8.0]), 1)
    found = regression_on_order_statistics([1.0, 1.0, 2.0, 4.0, 8.0], np.arange(5) == 0)
    np.testing.assert_allclose(found.modelled[0], np.exp(intercept + slope * z[0]))


def test_without_undetected_values_nothing_is_modelled():
    found = regression_on_order_statistics([1.0, 2.0, 6.0], np.zeros(3, bool))
    np.testing.assert_allclose([found.mean, found.quantiles[1]], [3.0, 2.0])
    np.testing.assert_allclose(found.sd, np.sqrt((4 + 1 + 9) / 2))
    assert found.status == ""


def test_a_limit_above_every_detected_value_is_left_out_and_counted():
    values, below = [1.0, 2.0, 3.0, 9.0], np.array([False, False, False, True])
    found = regression_on_order_statistics(values, below)
    assert found.n_left_out == 1
    assert "left out" in found.status
    assert np.isnan(found.modelled[3])
    np.testing.assert_allclose(found.mean, 2.0)


def test_a_line_that_leads_above_the_limit_is_told():
    # Four of eight at 10 and nothing else near it: the line through 100 ... 103 is flat.
    values = [10.0] * 4 + [100.0, 101.0, 102.0, 103.0]
    found = regression_on_order_statistics(values, np.arange(8) < 4)
    assert (found.modelled[:4] > 10).all()
    assert "4 modelled values lie above their limits" in found.status


@pytest.mark.parametrize(
    ("values", "below", "words"),
    [
        ([], [], "no values"),
        ([1, 1], [1, 1], "all 2 values are undetected"),
        ([1, 1, 2], [1, 1, 0], "more than 50%"),
        ([1, 2], [1, 0], "gives no line"),
    ],
)
def test_what_cannot_be_estimated_has_a_sentence_and_no_number(values, below, words):
    found = regression_on_order_statistics(values, np.array(below, dtype=bool))
    assert words in found.status
    assert np.isnan([found.mean, found.sd, *found.quantiles]).all()


def test_an_undetected_value_without_limit_is_refused():
    with pytest.raises(InputError, match="limit of detection"):
        regression_on_order_statistics([np.nan, 2.0, 3.0], np.arange(3) == 0)
