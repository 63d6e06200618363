import numpy as np
import polars as pl
import pytest
from scipy.stats import spearmanr
from tests.response.score.made_responses import (
    EARLY,
    drawn_differences,
    made_responses,
    study_of,
)

from macroimmune.response import score_responses

PEOPLE = [f"P{row:03d}" for row in range(40)]


def by_person(rows: pl.DataFrame, column: str = "score") -> np.ndarray:
    return rows.sort("participant_id")[column].to_numpy()


def test_the_score_is_the_mean_distance_from_the_median_in_scaled_deviations():
    differences = np.arange(21.0)[:, None] * np.array([1.0, 2.0, 5.0])
    responses = made_responses(differences, markers=EARLY, marker_list="ifn1_early")
    scored = score_responses(responses, study=study_of(PEOPLE[:21]))
    # Only three of six early markers are there: just enough. Medians 10, 20, 50; MAD 5, 10, 25.
    assert by_person(scored.responsiveness) == pytest.approx((np.arange(21.0) - 10) / (1.4826 * 5))
    assert scored.responsiveness["n_markers"].to_list() == [3] * 21
    reference = scored.reference.filter(pl.col("marker") == "pSTAT3").row(0, named=True)
    assert reference["reference"] == "baseline"
    assert (reference["median"], reference["scaled_mad"]) == pytest.approx((20, 14.826))


def test_scores_follow_the_true_responsiveness():
    truth, differences = drawn_differences(40, 1)
    scored = score_responses(made_responses(differences), study=study_of(PEOPLE))
    assert spearmanr(by_person(scored.responsiveness), truth).statistic > 0.95
    assert scored.findings == ()


def test_fewer_than_twenty_people_give_no_score_but_say_why():
    _, differences = drawn_differences(19, 1)
    scored = score_responses(made_responses(differences), study=study_of(PEOPLE[:19]))
    assert scored.responsiveness["score"].null_count() == 19
    assert "19 people at baseline" in scored.responsiveness["status"][0]
    assert scored.responsiveness["group"].unique().to_list() == [""]
    assert [one.code for one in scored.findings] == ["no-responsiveness-reference"]
