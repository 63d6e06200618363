"""The order of rows in the files of a study changes nothing."""

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from macroimmune.features import compute_features

DAYS = (-1.0, 21.0)


def _rows(*words):
    return [
        {
            "sample_id": f"{who}@{day}{tube}",
            "participant_id": who,
            "days_from_treatment_start": day,
            "value": 1.0 + 3 * number + len(tube) + ord(who) % 7 + (day > 0),
        }
        | word
        for number, word in enumerate(words)
        for who in "abc"
        for day in DAYS
        for tube in ("", "x")
    ]


TABLES = {
    "proteins": _rows(
        {"analyte": "IL-6", "unit": "pg/mL"},
        {"analyte": "Interleukin 6", "unit": "pg/mL"},
        {"analyte": "IL6", "unit": "NPX"},
        {"analyte": "TNF", "unit": "MFI"},
        {"analyte": "TNF", "unit": None},
        {"analyte": "IL-8", "unit": "pg/mL"},
    ),
    "populations": _rows(
        {"population": "Treg", "parent": "CD4 T cells", "unit": "percent"},
        {"population": "Tregs", "parent": "lymphocytes", "unit": "percent"},
        {"population": "CD4 T cells", "parent": "lymphocytes", "unit": "percent"},
        {"population": "CD4 T cells", "parent": None, "unit": "10^9/L"},
    ),
    "blood_counts": _rows(
        {"analyte": "lymphocytes", "unit": "10^9/L"},
        {"analyte": "neutrophils", "unit": "10^9/L"},
    ),
    "supplied_features": _rows(
        {"feature": "my score", "unit": "index"},
        {"feature": "My_Score", "unit": "percent"},
    ),
    "functional_assays": _rows(
        {"readout": "killing", "effector": "NK", "effector_target_ratio": 5.0, "unit": "percent"},
        {"readout": "Killing", "effector": "nk", "effector_target_ratio": 5.0, "unit": "percent"},
    ),
}


def _computed(study):
    features = compute_features(study)
    definitions = sorted(features.computed, key=lambda item: item.id)
    keys = ["feature", "participant_id", "days_from_treatment_start"]
    return definitions, features.frame.sort(keys)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_in_the_files_does_not_matter(make_study, random):
    usual, frame = _computed(make_study(**TABLES))
    shuffled = {name: random.sample(rows, len(rows)) for name, rows in TABLES.items()}
    definitions, other = _computed(make_study(**shuffled))
    assert definitions == usual
    assert_frame_equal(frame, other, rel_tol=1e-9, check_exact=False)


def test_one_row_stays_per_participant_feature_and_day(make_study):
    _, frame = _computed(make_study(**TABLES))
    keys = ["feature", "participant_id", "days_from_treatment_start"]
    assert not frame.select(pl.struct(keys).is_duplicated().any()).item()
