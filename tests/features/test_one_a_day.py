import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from macroimmune.features.definition import SAMPLE_COLUMNS, UNDETECTED, FeatureDefinition
from macroimmune.features.one_a_day import one_a_day


def definition(scale):
    return FeatureDefinition("x", "x", "proteins", "pg/mL", scale, "x")


def rows(*values, day=0.0):
    return pl.DataFrame(
        [("a", f"s{number}", day, value, "") for number, value in enumerate(values)],
        schema=SAMPLE_COLUMNS,
        orient="row",
    )


@pytest.mark.parametrize(
    ("scale", "values", "mean"),
    [
        ("doubling", (2.0, 8.0), 4.0),
        ("npx", (2.0, 8.0), 5.0),
        ("root", (4.0, 16.0), 9.0),
        ("share", (0.0, 100.0), 50.0),
        ("flag", (0.0, 1.0), 1.0),
        ("doubling", (0.0, 8.0), 4.0),
    ],
)
def test_two_values_of_one_day_are_averaged_on_the_scale_of_models(scale, values, mean):
    merged = one_a_day(definition(scale), rows(*values))
    assert merged["value"].to_list() == [pytest.approx(mean)]
    assert merged["sample_id"].to_list() == ["s0"]
    assert "2 values of one day" in merged["status"][0]


def test_values_of_different_days_stay_as_they_are():
    both = pl.concat([rows(2.0), rows(8.0, day=1.0)])
    assert one_a_day(definition("doubling"), both).equals(both)


def test_a_sample_without_a_value_yields_to_one_with():
    assert one_a_day(definition("doubling"), rows(None, 8.0))["value"].to_list() == [8.0]


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from([0.0, 7.0])), min_size=1, max_size=8),
    st.integers(0, 2**16),
)
def test_the_order_of_rows_does_not_matter(where, seed):
    rng = np.random.default_rng(seed)
    frame = pl.DataFrame(
        [
            (who, f"s{number}", day, float(value), "")
            for number, ((who, day), value) in enumerate(
                zip(where, rng.lognormal(size=len(where)), strict=True)
            )
        ],
        schema=SAMPLE_COLUMNS,
        orient="row",
    )
    shuffled = frame[rng.permutation(frame.height).tolist()]
    order = ["participant_id", "days_from_treatment_start"]
    one, other = (one_a_day(definition("doubling"), part).sort(order) for part in (frame, shuffled))
    assert one.equals(other)


@pytest.mark.parametrize(
    ("statuses", "status"),
    [
        ((UNDETECTED, UNDETECTED), UNDETECTED),
        ((UNDETECTED, ""), "mean of 2 values of one day"),
        (("", ""), "mean of 2 values of one day"),
    ],
)
def test_the_mean_of_values_that_are_all_undetected_is_undetected(statuses, status):
    measured = rows(2.0, 8.0).with_columns(status=pl.Series(statuses))
    assert one_a_day(definition("doubling"), measured)["status"].to_list() == [status]


def test_a_mean_has_no_interval_and_names_its_batches_and_single_values_keep_theirs():
    measured = pl.concat([rows(1.0, 3.0), rows(5.0, day=7.0)]).with_columns(
        ci_low=pl.col("value") - 0.5,
        ci_high=pl.col("value") + 0.5,
        batch=pl.Series(["plate 2", "plate 1", "plate 3"]),
    )
    merged = one_a_day(definition("sd"), measured).sort("days_from_treatment_start")
    assert merged["value"].to_list() == [2.0, 5.0]
    assert merged["ci_low"].to_list() == [None, 4.5]
    assert merged["ci_high"].to_list() == [None, 5.5]
    assert merged["batch"].to_list() == ["plate 1 + plate 2", "plate 3"]
