import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.simulator.calibration import CohortTable, summarise
from macroimmune.simulator.calibration.summaries import (
    PERCENTS,
    percent_column,
    rank_correlation,
    spread_quantiles,
    stated_decimals,
)
from macroimmune.units import DAYS_PER_MONTH


def table_of(frame: pl.DataFrame, **others: object) -> CohortTable:
    given_fields = {
        "cohort": "c",
        "group": "all",
        "dataset": "loris",
        "files": ("f.csv",),
        "frame": frame,
        "units": dict.fromkeys(frame.columns, "pg/mL"),
    }
    return CohortTable(**(given_fields | others))


def test_quantiles_of_a_hundred_and_one_numbers_are_the_numbers():
    values = np.arange(101.0)
    found = spread_quantiles(values, [10.0, 50.0, 90.0], None)
    np.testing.assert_allclose(found, [9.6, 50.0, 90.4])


def test_ties_are_spread_within_their_rounding_unit_and_rounding_gives_them_back():
    values = np.repeat([1.0, 2.0, 3.0], [20, 50, 30])
    percents = [float(p) for p in range(6, 95)]
    found = spread_quantiles(values, percents, 0)
    assert (np.diff(found) > 0).all()
    shares = [np.mean(np.round(found) == kind) for kind in (1.0, 2.0, 3.0)]
    np.testing.assert_allclose(shares, [14 / 89, 50 / 89, 25 / 89], atol=0.02)


def test_quantiles_that_fewer_than_five_lie_beyond_are_not_stated():
    found = spread_quantiles(np.arange(40.0), [10.0, 12.5, 50.0, 90.0], None)
    np.testing.assert_array_equal(np.isnan(found), [True, False, False, True])


@given(st.lists(st.floats(0.1, 1e3), min_size=20, max_size=60))
def test_quantiles_rise_and_lie_among_the_values(values):
    known = np.array(values)
    found = spread_quantiles(known, PERCENTS, None)
    found = found[np.isfinite(found)]
    assert (np.diff(found) >= 0).all()
    assert found.min() >= known.min()
    assert found.max() <= known.max()


def test_decimals_are_the_fewest_that_hold():
    assert stated_decimals(np.array([4.0, 5.0])) == 0
    assert stated_decimals(np.array([4.0, 5.25])) == 2
    assert stated_decimals(np.array([np.pi, np.e])) is None


def test_rank_correlation_is_that_of_scipy():
    rng = np.random.default_rng(1)
    first = rng.integers(0, 9, 200).astype(float)
    second = first + rng.integers(0, 9, 200)
    assert rank_correlation(first, second) == pytest.approx(spearmanr(first, second).statistic)
    assert np.isnan(rank_correlation(first, np.ones(200)))


def test_missing_values_are_counted_and_left_out():
    values = [float(v) for v in range(1, 31)] + [None] * 10
    found = summarise([table_of(pl.DataFrame({"x": values}))]).marginals.row(0, named=True)
    assert found["n"] == 30
    assert found["missing_share"] == 0.25
    assert found["decimals"] == 0
    assert found["mean"] == pytest.approx(np.log(np.arange(1, 31)).mean(), rel=1e-5)
    assert found[percent_column(50.0)] == 15.5


def test_pairs_count_participants_who_have_both_and_may_be_chosen():
    rng = np.random.default_rng(2)
    frame = pl.DataFrame({name: rng.normal(size=50) for name in "abc"}).with_columns(
        pl.when(pl.int_range(50) >= 25).then("a").alias("a")
    )
    found = summarise([table_of(frame)]).correlations
    assert found["n"].to_list() == [25, 25, 50]
    chosen = summarise([table_of(frame, correlate_with=("a",))]).correlations
    assert set(chosen["variable_a"]) == {"a"}


def test_survival_is_stated_at_fixed_months_with_those_still_at_risk():
    months = np.array([1.0, 2.0, 4.0, 5.0] * 6)
    survival = Survival(time=months * DAYS_PER_MONTH, event=np.tile([True, False, True, True], 6))
    frame = pl.DataFrame({"x": np.arange(1.0, 25.0)})
    found = summarise([table_of(frame, survival={"os": survival})]).survival
    assert found["month"].to_list() == [0, 1, 2, 3]
    assert found["survival"].to_list() == [1.0, 0.75, 0.75, 0.75]
    assert found["at_risk"].to_list() == [24, 24, 18, 12]


def test_groups_that_are_too_small_are_refused():
    with pytest.raises(InputError, match="summaries are made of 20 or more"):
        table_of(pl.DataFrame({"x": np.arange(19.0)}))


def test_columns_without_a_unit_are_refused():
    with pytest.raises(InputError, match="a number with a unit is needed"):
        table_of(pl.DataFrame({"x": np.arange(20.0)}), units={})
