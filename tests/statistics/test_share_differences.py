"""Shares compared within and between donors."""

from dataclasses import fields
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from macroimmune.errors import InputError
from macroimmune.statistics import paired_share_difference, share_difference

FOLDER = Path(__file__).parents[2] / "reference" / "share_differences"


def compared(case):
    cells = pl.read_csv(FOLDER / "cells.csv")
    end = "_alike" if case.endswith("alike") else ""
    one, two = cells[f"first{end}"], cells[f"second{end}"]
    totals = cells["first_total"], cells["second_total"]
    if case.startswith("paired"):
        return paired_share_difference(one, totals[0], two, totals[1])
    is_second = np.repeat([False, True], len(one))
    return share_difference(np.concatenate([one, two]), np.concatenate(totals), is_second)


@pytest.mark.parametrize("case", ["paired", "paired_alike", "unpaired", "unpaired_alike"])
def test_metafor_gives_the_same(case, expected):
    found = compared(case)
    for name in ("log_odds_ratio", "standard_error", "p_value", "variance_between"):
        answer = expected("share_differences", case, name)[0]
        # Both search the variance to 1e-12 and less.
        assert getattr(found, name) == pytest.approx(answer, rel=1e-7, abs=1e-10), name
    interval = expected("share_differences", case, "interval")
    np.testing.assert_allclose([found.ci_low, found.ci_high], interval, rtol=1e-8)
    assert not found.status


def drawn(seed, n=6):
    rng = np.random.default_rng(seed)
    totals = rng.integers(300, 3000, (2, n))
    return rng.binomial(totals, rng.beta(4, 40, (2, n))), totals


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6))
def test_sides_exchanged_and_the_rest_of_the_cells_turn_the_sign(seed):
    (a, b), (n, m) = drawn(seed)
    found = paired_share_difference(a, n, b, m)
    swapped = paired_share_difference(b, m, a, n)
    rest = paired_share_difference(n - a, n, m - b, m)
    for other in (swapped, rest):
        assert other.log_odds_ratio == pytest.approx(-found.log_odds_ratio, rel=1e-8, abs=1e-10)
        assert other.p_value == pytest.approx(found.p_value, rel=1e-7)


def test_a_donor_without_any_cell_shows_no_difference_whatever_the_totals():
    few, many = (
        paired_share_difference(
            [0, 30, 12, 20], [total, 900, 900, 900], [0, 60, 30, 38], [900, 900, 900, 900]
        )
        for total in (300, 9000)
    )
    assert few.log_odds_ratio > 0
    assert many.log_odds_ratio == pytest.approx(few.log_odds_ratio, rel=0.25)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ([0] * 4, "no donor has a cell of the population"),
        ([500] * 4, "every cell belongs to the population"),
        ([1, 1, 0, 0], "too few cells: 0.5 per sample would be expected"),
        ([2, 3], "2 donors are too few, 3 are needed on each side"),
        ([40] * 4, "every donor shows the very same difference"),
    ],
)
def test_what_cannot_be_compared_has_a_reason_and_no_number(cells, reason):
    totals = [500] * len(cells)
    found = paired_share_difference(cells, totals, cells, totals)
    assert found.status.startswith(reason)
    gaps = {f.name for f in fields(found) if f.type is float and np.isnan(getattr(found, f.name))}
    assert gaps >= {"odds_ratio", "ci_low", "ci_high", "p_value"}


def test_counts_that_are_none_are_refused():
    with pytest.raises(InputError, match="row 1, has 9 of 4"):
        share_difference([1, 9, 2], [4, 4, 4], [0, 1, 1])
    with pytest.raises(InputError, match="3 first and 2 second"):
        paired_share_difference([1, 2, 3], [9, 9, 9], [1, 2], [9, 9])
    with pytest.raises(InputError, match="a group for each donor"):
        share_difference([1, 2], [4, 4], [0, 1, 1])
    with pytest.raises(InputError, match="row 0"):
        share_difference([np.nan, 2], [4, 4], [0, 1])


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.001, 0.1])
def test_without_a_difference_one_comparison_in_twenty_is_below_one_in_twenty(share):
    rng = np.random.default_rng(11)
    runs, n, below = 1000, 8, 0
    for _ in range(runs):
        totals = rng.integers(2000, 20_000, (2, n))
        logit = np.log(share / (1 - share)) + rng.normal(0, 0.7, n) + rng.normal(0, 0.2, (2, n))
        cells = rng.binomial(totals, 1 / (1 + np.exp(-logit)))
        below += paired_share_difference(cells[0], totals[0], cells[1], totals[1]).p_value < 0.05
    # Standard error of the rate: 0.007.
    assert 0.035 < below / runs < 0.065
