"""Whether the resting state predicts a score, from the tables of responses."""

from importlib import import_module

import numpy as np
import polars as pl
import pytest

from macroimmune.response import RestingBlock, pre_encoded, resting_expression
from macroimmune.response.shared_error import shared_error_share
from macroimmune.results import RESULT_TABLES, empty

MARKERS = ("pSTAT1", "pSTAT3", "pSTAT5")
OTHERS = ("HLA-DR", "CD38")
SERIES = {
    "modality": "cytometry",
    "panel": "T cell",
    "stimulus": "IFN-a",
    "stimulus_minutes": 15.0,
    "stimulus_dose": None,
    "stimulus_dose_unit": "",
    "population": "effector_cd4",
    "batch": "1",
}


@pytest.fixture(autouse=True)
def _fewer_permutations(monkeypatch):
    # The function of that name hides its module.
    module = import_module("macroimmune.response.pre_encoded")
    monkeypatch.setattr(module, "_PERMUTATIONS", 149)


def tables(n, rng, *, of_others=0.0, error=0.0, day=-1.0):
    """Return scores and responses; `of_others`: weight of a resting marker outside the score."""
    scores, responses = [], []
    for donor in range(n):
        who = {
            "participant_id": f"P{donor:03}",
            "control": "",
            "sample_id": f"S{donor:03}",
            "days_from_treatment_start": day,
        }
        rest = dict(zip(MARKERS + OTHERS, rng.normal(size=5), strict=True))
        wrong = dict(zip(MARKERS + OTHERS, error * rng.normal(size=5), strict=True))
        answer = 2.0 + rng.normal() + of_others * rest["CD38"]
        for name, level in rest.items():
            responses.append(
                who
                | SERIES
                | {
                    "marker": name,
                    "marker_list": "ifn1_early" if name in MARKERS else "",
                    "mean_unstimulated": level + wrong[name],
                    "difference": answer - wrong[name],
                    "cells_se": np.sqrt(2.0) * error,
                    "n_unstimulated": 100,
                    "n_stimulated": 100,
                    "use": "score",
                }
            )
        score = np.mean([row["difference"] for row in responses[-5:] if row["marker_list"]])
        scores.append(
            who
            | SERIES
            | {
                "marker_list": "ifn1_early",
                "is_primary": True,
                "markers": "; ".join(MARKERS),
                "score": float(score),
                "status": "",
            }
        )
    return frame("responsiveness", scores), frame("stimulation_responses", responses)


def frame(name, rows):
    return pl.DataFrame(rows, schema=RESULT_TABLES[name].schema)


def block(scores, values, name="gene activity", population="effector_cd4", day=-1.0):
    return RestingBlock(
        name,
        pl.DataFrame({
            "participant_id": scores["participant_id"],
            "sample_id": scores["sample_id"],
            "days_from_treatment_start": day,
            "population": population,
            "feature": "ISG15",
            "value": values,
        }),
    )


def test_each_kind_of_resting_measurement_has_a_row_and_predictions_of_every_donor():
    rng = np.random.default_rng(1)
    scores, responses = tables(25, rng, of_others=2.0)
    told = block(scores, scores["score"] + 0.1 * rng.normal(size=25))
    found, predictions = pre_encoded(scores, responses, [told], rng=rng)
    assert found["resting"].to_list() == [
        "resting markers",
        "resting markers outside the score",
        "gene activity",
    ]
    assert set(found["response"]) == {"ifn1_early, effector_cd4, IFN-a, 15 min, T cell"}
    assert found["n_predictors"].to_list() == [5, 2, 1]
    assert (found["r_squared"] > 0.4).all()
    assert (found["p_value"] < 0.01).all()
    assert found["carried_by"][1].startswith("CD38 + (")
    assert predictions.height == 3 * 25
    one = predictions.filter(pl.col("resting") == "gene activity")
    assert np.corrcoef(one["measured"], one["predicted"])[0, 1] > 0.9


def test_a_resting_state_that_says_nothing_is_silent():
    rng = np.random.default_rng(2)
    scores, responses = tables(40, rng)
    found, _ = pre_encoded(scores, responses, rng=rng)
    assert (found["p_value"] > 0.05).all()
    assert (found["r_squared"] < 0.1).all()


def test_an_error_that_level_and_response_share_is_told_and_gone_outside_the_score():
    rng = np.random.default_rng(3)
    scores, responses = tables(60, rng, error=1.0)
    found, _ = pre_encoded(scores, responses, rng=rng)
    resting, others = found.iter_rows(named=True)
    # The error has the variance 1 of 2 in each level; each goes by a third into the score, whose
    # variance is 1 + 1/3: 3 x (1/3)^2 / 2 of 4/3 is one eighth.
    share = float(resting["status"].split("R2 = ")[1].split(";")[0])
    assert share == pytest.approx(0.125, abs=0.06)
    assert resting["r_squared"] > others["r_squared"]
    assert others["p_value"] > 0.05
    assert "batch not included" in resting["status"]


def test_the_share_of_a_shared_error_is_the_one_by_hand():
    rng = np.random.default_rng(4)
    scores, responses = tables(4000, rng, error=1.0)
    rows = responses.with_row_index("at").with_columns((pl.col("at") // 5).alias("donor"))
    share = shared_error_share(scores["score"].to_numpy(), rows, MARKERS)
    assert share == pytest.approx(0.125, abs=0.01)
    few = shared_error_share(
        scores["score"].to_numpy()[:4], rows.filter(pl.col("donor") < 4), MARKERS
    )
    assert np.isnan(few)


def test_fewer_than_fifteen_donors_are_a_status_and_no_number():
    rng = np.random.default_rng(5)
    found, predictions = pre_encoded(*tables(14, rng), rng=rng)
    assert found["r_squared"].null_count() == found.height == 2
    assert set(found["status"]) == {"14 donors with both; at least 15 are needed"}
    assert predictions.is_empty()


def test_samples_on_treatment_and_other_populations_are_not_used():
    rng = np.random.default_rng(6)
    late = pre_encoded(*tables(20, rng, day=21.0), rng=rng)[0]
    assert late.is_empty()
    scores, responses = tables(20, rng)
    other = scores.with_columns(is_primary=pl.lit(value=False))
    assert pre_encoded(other, responses, rng=rng)[0].is_empty()
    nobody = pre_encoded(empty("responsiveness"), empty("stimulation_responses"), rng=rng)
    assert [one.height for one in nobody] == [0, 0]


def test_of_several_samples_the_last_before_treatment_counts():
    rng = np.random.default_rng(7)
    first, one = tables(20, rng, day=-30.0)
    again, two = tables(20, rng, day=-2.0)
    again = again.with_columns(pl.col("sample_id") + "b")
    two = two.with_columns(pl.col("sample_id") + "b")
    _, predictions = pre_encoded(pl.concat([again, first]), pl.concat([one, two]), rng=rng)
    measured = predictions.filter(pl.col("resting") == "resting markers")["measured"]
    assert measured.to_list() == again["score"].to_list()


def test_measurements_of_the_same_population_go_before_those_of_others():
    rng = np.random.default_rng(8)
    scores, responses = tables(20, rng)
    own, other = block(scores, scores["score"]), block(scores, scores["score"], population="nk")
    both = RestingBlock("both", pl.concat([own.values, other.values]))
    found, _ = pre_encoded(scores, responses, [both, other], rng=rng)
    assert found["n_predictors"].to_list()[2:] == [1, 1]
    assert found["carried_by"][2].startswith("ISG15 +")
    assert found["carried_by"][3].startswith("ISG15 in nk +")


def test_resting_expression_holds_unstimulated_wells_only():
    rows = [
        {"participant_id": "P1", "sample_id": "S1", "stimulus": word, "gene_set": "isg_rs",
         "population": "", "pseudobulk": value}
        for word, value in (("none", 0.5), ("Unstim ", 0.7), ("IFN-b", 2.0), ("none", None))
    ]  # fmt: skip
    held = resting_expression(frame("expression_scores", rows)).values
    assert held["value"].to_list() == [0.5, 0.7]
