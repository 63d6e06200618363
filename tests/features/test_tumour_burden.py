import numpy as np
import polars as pl
import pytest

from macroimmune.errors import InputError
from macroimmune.features.tumour_burden import burden_samples, per_burden, to_burden_samples


def test_twelve_percent_on_six_centimetres_is_two_percent_per_cm():
    assert per_burden(np.array([12.0]), np.array([60.0]))[0] == 2.0


def test_shares_without_burdens_are_refused():
    with pytest.raises(InputError, match="one burden per share"):
        per_burden(np.ones(2), np.ones(3))


def test_on_treatment_cells_are_divided_by_the_baseline_burden(make_study):
    study = make_study(
        tumour_measurements=[
            {
                "participant_id": "a",
                "days_from_treatment_start": -10.0,
                "sum_of_diameters_mm": 50.0,
            },
            {"participant_id": "a", "days_from_treatment_start": 60.0, "sum_of_diameters_mm": 10.0},
        ]
    )
    cells = pl.DataFrame({
        "participant_id": ["a", "a", "b"],
        "sample_id": ["a0", "a1", "b1"],
        "days_from_treatment_start": [0.0, 21.0, 21.0],
        "value": [4.0, 15.0, 9.0],
        "status": ["", "", ""],
    })
    ratio = to_burden_samples(cells, burden_samples(study), (-42.0, 0.0))
    assert ratio["sample_id"].to_list() == ["a1", "b1"]
    assert ratio["value"].to_list() == [3.0, None]
    assert ratio["status"].to_list() == ["", "no baseline tumour measurement"]
