"""What a virtual study encodes in resting chromatin is found, and nothing where nothing is."""

import numpy as np
import polars as pl
import pytest

from macroimmune.expression import gene_activity
from macroimmune.response import pre_encoded
from macroimmune.results import RESULT_TABLES, empty
from macroimmune.simulator import StudyPlan, write_virtual_study
from macroimmune.simulator.plan import ChromatinPlan
from macroimmune.statistics import nested_ridge
from macroimmune.study import load_study

SCORE_OF = {
    "control": "",
    "modality": "cytometry",
    "panel": "T cell",
    "marker_list": "ifn1_early",
    "stimulus": "IFN-a",
    "stimulus_minutes": 15.0,
    "population": "effector_cd4",
    "is_primary": True,
    "markers": "pSTAT1",
}


def found_in(folder, **settings):
    """Return how gene activity predicts the true responsiveness, and how far it is encoded."""
    chromatin = ChromatinPlan(
        is_written=True, participants=40, populations=("CD4 effector",), **settings
    )
    write_virtual_study(folder, StudyPlan(patients=40, healthy=0, truth_patients=1000, seed=5,
                                          chromatin=chromatin))  # fmt: skip
    activity = gene_activity(load_study(folder)).block
    truth = pl.read_csv(folder / "truth" / "chromatin_people.csv")
    donors = activity.values.unique("participant_id", maintain_order=True).join(
        truth, on="participant_id"
    )
    scores = pl.DataFrame(
        [
            SCORE_OF
            | {name: row[name] for name in ("participant_id", "sample_id")}
            | {"days_from_treatment_start": -1.0, "batch": "", "score": row["ifn_responsiveness"]}
            for row in donors.to_dicts()
        ],
        schema=RESULT_TABLES["responsiveness"].schema,
    )
    rng = np.random.default_rng(7)
    found, _ = pre_encoded(scores, empty("stimulation_responses"), [activity], rng=rng)
    encoded = np.corrcoef(donors["ifn_responsiveness"], donors["encoded_state"])[0, 1] ** 2
    return found.row(0, named=True), encoded


@pytest.mark.slow
def test_what_resting_chromatin_encodes_is_found(tmp_path):
    row, encoded = found_in(tmp_path / "study")
    assert row["n_donors"] == 40
    assert row["p_value"] < 0.01
    assert row["ci_low"] < encoded < row["ci_high"]
    assert row["carried_by"].count("+") >= 1


@pytest.mark.slow
def test_chromatin_that_encodes_nothing_is_silent(tmp_path):
    row, _ = found_in(tmp_path / "study", activity_per_sd=0.0)
    assert row["p_value"] > 0.05
    assert row["r_squared"] < 0.05
    assert row["carried_by"] == ""


@pytest.mark.slow
def test_noise_has_a_permutation_p_below_five_percent_in_five_of_a_hundred():
    rng = np.random.default_rng(31)
    p = [
        nested_ridge(
            rng.normal(size=(16, 5)), rng.normal(size=16), permutations=39, interval=False, rng=rng
        ).p_value
        for _ in range(200)
    ]
    # Of 200 at 5 %, 4 to 18 in 99 of 100 draws.
    assert 4 <= np.sum(np.array(p) <= 0.05) <= 18
    assert 0.42 < np.mean(p) < 0.60
