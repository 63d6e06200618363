import dataclasses

import numpy as np
import polars as pl
import pytest

from macroimmune.association.values import participant_values, without_batch
from macroimmune.errors import DesignError

WINDOW = (-42.0, 0.0)
PEOPLE = pl.Series(["a", "b", "c"])


def test_each_participant_has_one_value_in_the_order_of_the_study(make_features):
    features = make_features(
        ("c", "nlr", -3.0, 8.0), ("a", "nlr", -9.0, 1.0), ("a", "nlr", -2.0, 2.0)
    )
    (found,) = participant_values(features, PEOPLE, window=WINDOW)
    np.testing.assert_array_equal(found.values, [2.0, np.nan, 8.0])
    np.testing.assert_array_equal(found.on_scale, [1.0, np.nan, 3.0])
    assert found.landmark_days is None


def test_the_ends_of_the_baseline_window_belong_to_it(make_features):
    features = make_features(
        ("a", "nlr", -42.0, 2.0), ("b", "nlr", 0.0, 4.0), ("c", "nlr", -42.5, 8.0)
    )
    (found,) = participant_values(features, PEOPLE, window=WINDOW)
    np.testing.assert_array_equal(found.values, [2.0, 4.0, np.nan])


def test_a_sample_without_a_value_gives_way_to_the_one_before(make_features):
    features = make_features(("a", "nlr", -9.0, 4.0), ("a", "nlr", -1.0, None))
    (found,) = participant_values(features, PEOPLE, window=WINDOW)
    assert found.values[0] == 4.0


def test_samples_of_somebody_else_are_not_used(make_features):
    features = make_features(("a", "nlr", 0.0, 4.0), ("stranger", "nlr", 0.0, 9.0))
    (found,) = participant_values(features, PEOPLE, window=WINDOW)
    assert np.nansum(found.values) == 4.0


def test_a_participant_who_occurs_twice_is_refused(make_features):
    features = make_features(("a", "nlr", 0.0, 4.0))
    with pytest.raises(DesignError, match="the participant is the unit of analysis"):
        participant_values(features, pl.Series(["a", "b", "a"]), window=WINDOW)


def test_a_baseline_window_that_reaches_past_treatment_start_is_refused(make_features):
    features = make_features(("a", "nlr", 3.0, 4.0))
    with pytest.raises(DesignError, match="ends on day 7, after treatment start"):
        participant_values(features, PEOPLE, window=(-42.0, 7.0))


def test_at_a_landmark_the_last_sample_after_day_0_and_up_to_it_counts(
    make_features, make_definition
):
    definition = make_definition("nlr_change", timing="change")
    features = make_features(
        ("a", "nlr_change", 0.0, 2.0),
        ("a", "nlr_change", 21.0, 4.0),
        ("a", "nlr_change", 42.0, 8.0),
        ("b", "nlr_change", 42.5, 16.0),
        ("b", "nlr_change", 20.0, 32.0),
        ("c", "nlr_change", 0.0, 64.0),
        definitions=(definition,),
    )
    (found,) = participant_values(features, PEOPLE, window=WINDOW, landmark_days=42.0)
    np.testing.assert_array_equal(found.values, [8.0, 32.0, np.nan])
    assert found.landmark_days == 42.0


def test_baseline_and_on_treatment_features_never_mix(make_features, make_definition):
    definitions = (
        make_definition("nlr"),
        make_definition("nlr_change", timing="change"),
        make_definition("pmn_mdsc_on_treatment", timing="on treatment"),
    )
    rows = [("a", item.id, day, 2.0) for item in definitions for day in (-1.0, 21.0)]
    features = make_features(*rows, definitions=definitions)
    baseline = participant_values(features, PEOPLE, window=WINDOW)
    later = participant_values(features, PEOPLE, window=WINDOW, landmark_days=42.0)
    assert [value.definition.id for value in baseline] == ["nlr"]
    assert [value.definition.id for value in later] == ["nlr_change", "pmn_mdsc_on_treatment"]


def test_intervals_become_error_variances_on_the_scale_of_the_model(make_features):
    features = make_features(("A", "nlr", 0, 4.0), ("B", "nlr", 0, 2.0), ("C", "nlr", 0, 1.0))
    frame = features.frame.with_columns(
        ci_low=pl.Series([2.0, 2.0, None]), ci_high=pl.Series([8.0, 2.0, None])
    )
    features = dataclasses.replace(features, frame=frame)
    (values,) = participant_values(features, pl.Series(["A", "B", "C", "D"]), window=(-42, 0))
    # From log2 of 2 to log2 of 8: two doublings are twice 1.96 standard errors.
    assert values.error_variance[:2] == pytest.approx([(2.0 / (2 * 1.959964)) ** 2, 0.0])
    assert np.isnan(values.error_variance[2:]).all()


def test_without_any_interval_there_are_no_error_variances(make_features):
    features = make_features(("A", "nlr", 0, 4.0))
    (values,) = participant_values(features, pl.Series(["A"]), window=(-42, 0))
    assert values.error_variance is None


def test_a_standard_error_goes_before_an_interval_which_may_be_one_by_t(make_features):
    features = make_features(("A", "nlr", 0.0, 4.0), ("B", "nlr", 0.0, 2.0))
    frame = features.frame.with_columns(ci_low=pl.Series([1.0, 1.0]), ci_high=pl.lit(9.0))
    errors = pl.DataFrame(
        {
            "feature": "nlr",
            "participant_id": ["A", "B"],
            "days_from_treatment_start": 0.0,
            "standard_error": [0.5, None],
            "is_batch_included": [False, None],
        },
        schema=features.errors.schema,
    )
    features = dataclasses.replace(features, frame=frame, errors=errors)
    (values,) = participant_values(features, pl.Series(["A", "B"]), window=(-42, 0))
    assert values.error_variance[0] == 0.25
    assert np.isnan(values.error_variance[1])
    assert values.lacks_batch.tolist() == [True, False]
    assert without_batch(values, np.array([True, False])).startswith("batch not included in the")
    assert "of 1 of 2" in without_batch(values, np.array([True, True]))
    assert without_batch(values, np.array([False, True])) == ""
