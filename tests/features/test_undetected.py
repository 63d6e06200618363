"""Undetected values, however a laboratory writes them, are the same data."""

import numpy as np
import polars as pl
import pytest

from macroimmune.association import associate
from macroimmune.features import compute_features
from macroimmune.workflow import study_from_frames

N = 120
LIMIT = 2.0


def cohort():
    rng = np.random.default_rng(11)
    ids = [f"p{number}" for number in range(N)]
    level = np.round(np.exp2(rng.normal(size=N) + 1.4), 4)
    death = rng.exponential(500 / level**0.3)
    end = rng.uniform(300, 1500, N)
    outcomes = {
        "participant_id": ids,
        "os_time_days": np.ceil(np.minimum(death, end)),
        "os_event": death <= end,
    }
    return ids, level, pl.DataFrame(outcomes)


def written(way, level):
    low = level < LIMIT
    empty = [None if under else value for under, value in zip(low, level, strict=True)]
    limit = {"limit_of_detection": [LIMIT] * N}
    return {
        "text": {
            "value": [
                f"<{LIMIT}" if under else str(value)
                for under, value in zip(low, level, strict=True)
            ]
        },
        "empty beside a limit": {"value": empty} | limit,
        "flagged and empty": {"value": empty, "below_limit": low} | limit,
        "flagged zero": {"value": np.where(low, 0.0, level), "below_limit": low} | limit,
        "flagged half": {"value": np.where(low, LIMIT / 2, level), "below_limit": low} | limit,
        "zero beside a limit": {"value": np.where(low, 0.0, level)} | limit,
        "zero": {"value": np.where(low, 0.0, level)},
        "flagged without a limit": {"value": empty, "below_limit": low},
    }[way]


def study_of(way):
    ids, level, outcomes = cohort()
    same = {
        "participant_id": ids,
        "days_from_treatment_start": 0.0,
        "analyte": "IL-6",
        "unit": "pg/mL",
    }
    return study_from_frames(
        "undetected",
        participants=pl.DataFrame({"participant_id": ids}),
        outcomes=outcomes,
        proteins=pl.DataFrame(same | written(way, level)),
    )


def hazard_ratio(study):
    rows = associate(study, compute_features(study)).associations
    row = rows.filter((pl.col("endpoint") == "os") & (pl.col("effect") == "hazard_ratio"))
    return row.row(0, named=True)


@pytest.mark.parametrize(
    "way",
    [
        "empty beside a limit",
        "flagged and empty",
        "flagged zero",
        "flagged half",
        "zero beside a limit",
    ],
)
def test_every_way_of_writing_undetected_gives_the_same_hazard_ratio(way):
    reference, found = hazard_ratio(study_of("text")), hazard_ratio(study_of(way))
    assert found["n"] == reference["n"] == N
    assert found["estimate"] == pytest.approx(reference["estimate"], rel=1e-12)


def test_zeros_without_a_limit_are_warned_of_and_each_sample_says_why_it_is_left_out():
    study = study_of("zero")
    n_low = int((cohort()[1] < LIMIT).sum())
    (warning,) = [item for item in study.findings if item.code == "zero-on-log-scale"]
    assert (warning.severity, warning.column) == ("warning", "IL-6")
    assert warning.found.startswith(f"{n_low} of {N} ")
    said = compute_features(study).frame.filter(pl.col("status") != "")
    assert said.height == n_low
    assert set(said["value"]) == {0.0}


def test_undetected_values_that_have_no_limit_are_counted():
    (warning,) = [
        item
        for item in study_of("flagged without a limit").findings
        if "without-limit" in item.code
    ]
    assert warning.severity == "warning"
    assert warning.found.startswith(f"{int((cohort()[1] < LIMIT).sum())} values ")
