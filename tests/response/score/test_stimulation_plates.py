import numpy as np
import polars as pl
import pytest
from tests.response.score.made_responses import (
    EARLY,
    drawn_differences,
    made_responses,
    study_of,
)

from macroimmune.response import score_responses
from macroimmune.response.score.stimulation_plates import stimulation_plates
from macroimmune.study import StimulationSettings

BATCHES = ["B1", "B2", "B3", "B4"]


def in_batches(n: int = 40, failed: str = "B2", **columns: object) -> pl.DataFrame:
    """Return people in four batches, one of which the stimulus did not reach."""
    _, differences = drawn_differences(n, 1)
    batch = [BATCHES[row % 4] for row in range(n)]
    nothing = 0.05 * np.random.default_rng(2).standard_normal(differences.shape)
    is_failed = np.array([one == failed for one in batch])[:, None]
    return made_responses(np.where(is_failed, nothing, differences), batch=batch, **columns)


def test_a_batch_in_which_no_donor_answers_has_no_scores_and_no_part_in_the_reference():
    scored = score_responses(in_batches(), study=study_of([f"P{row:03d}" for row in range(40)]))
    plates = {row["batch"]: row for row in scored.plates.to_dicts()}
    assert [plates[one]["is_failed"] for one in BATCHES] == [False, True, False, False]
    assert plates["B2"]["status"] == "failed: none of 10 donors answers"
    assert plates["B2"]["median_score"] is None
    assert plates["B1"]["n_responding"] == 10
    of_failed = scored.responsiveness.filter(pl.col("batch") == "B2")
    assert of_failed["score"].is_null().all()
    said = "no score: the stimulation of batch B2 failed"
    assert of_failed["status"].unique().to_list() == [said]
    assert scored.reference["n_reference"].unique().to_list() == [30]
    (finding,) = scored.findings
    assert (finding.severity, finding.code) == ("warning", "stimulation-failed")
    assert "batch B2, IFN-alpha, 360 min, ifn1_induced: none of 10 donors" in finding.found


def test_a_sample_that_was_measured_again_is_scored_by_the_batch_that_answers():
    _, differences = drawn_differences(40, 1)
    again = made_responses(differences[1:2], participant_id="P001", sample_id="P001-0", batch="B3")
    study = study_of([f"P{row:03d}" for row in range(40)])
    rows = score_responses(pl.concat([in_batches(), again]), study=study).responsiveness
    (row,) = rows.filter(participant_id="P001").to_dicts()
    assert (row["batch"], row["n_markers"]) == ("B3", 5)
    assert row["score"] is not None
    assert "mean of" not in row["status"]
    assert rows.filter(pl.col("score").is_null()).height == 9


def test_a_batch_where_nothing_happens_is_called_failed_however_many_donors_it_has():
    rng = np.random.default_rng(5)
    found = 0
    for _ in range(60):
        differences = 0.1 * rng.standard_normal((30, 5))
        plates = stimulation_plates(made_responses(differences), StimulationSettings())
        found += bool(plates["is_failed"][0])
    # At least 97.5 % of them; of 60, fewer than 54 has a chance below 1 in 1,000.
    assert found >= 54


@pytest.mark.parametrize("answer", [0.0, 1.0])
def test_two_donors_are_too_few_to_call_a_batch_failed_but_a_silent_control_is_named(answer):
    people = made_responses(np.zeros((1, 5)))
    control = made_responses(
        np.full((1, 5), answer), participant_id="", control="Control A", sample_id="Control A"
    )
    (plate,) = stimulation_plates(pl.concat([people, control]), StimulationSettings()).to_dicts()
    assert plate["is_failed"] is False
    assert ("too few to tell: 2 donors" in plate["status"]) == (answer == 0.0)
    assert ("control Control A does not answer" in plate["status"]) == (answer == 0.0)


def test_samples_of_one_donor_are_one_donor():
    differences = np.zeros((4, 5))
    several = made_responses(differences, participant_id="P1", sample_id=["a", "b", "c", "d"])
    (plate,) = stimulation_plates(several, StimulationSettings()).to_dicts()
    assert plate["n_donors"] == 1


def test_other_stimuli_are_checked_too_without_a_score():
    responses = made_responses(
        np.zeros((5, 2)),
        markers=EARLY[:2],
        marker_list="il6_early",
        stimulus="IL-6",
        stimulus_id="il6",
        use="effect size",
    )
    scored = score_responses(responses, study=study_of([f"P{row:03d}" for row in range(5)]))
    assert scored.plates["is_failed"].to_list() == [True]
    assert scored.responsiveness.is_empty()


def test_without_the_primary_population_the_next_of_the_list_is_read():
    responses = made_responses(np.ones((3, 5)), population="temra_cd4")
    (plate,) = stimulation_plates(responses, StimulationSettings()).to_dicts()
    assert plate["population"] == "temra_cd4"
