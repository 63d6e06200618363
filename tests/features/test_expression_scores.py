"""Gene set scores become features: at rest, and the answer of paired wells."""

import polars as pl
import pytest

from macroimmune.features import expression_features
from macroimmune.results import conform, empty

SET = "hallmark_ifn_alpha"


def scores_of(*rows) -> pl.DataFrame:
    usual = {
        "participant_id": "P1",
        "sample_id": "S1",
        "days_from_treatment_start": 0.0,
        "stimulus": "none",
        "stimulus_minutes": None,
        "batch": "1",
        "population": "effector_cd4",
        "gene_set": SET,
        "n_cells": 100,
        "n_genes": 90,
        "n_set": 97,
        "cell_mean": 0.3,
        "cell_sd": 0.1,
        "pseudobulk": 0.5,
        "pseudobulk_se": 0.03,
        "ci_low": 0.28,
        "ci_high": 0.32,
        "status": "",
    }
    frame = pl.DataFrame([usual | row for row in rows], infer_schema_length=None)
    return conform("expression_scores", frame)


def found(scores):
    return {definition.id: (definition, rows) for definition, rows in expression_features(scores)}


STIMULATED = {"stimulus": "IFN-beta", "stimulus_minutes": 360.0, "pseudobulk": 1.5}
RESPONSE = f"ifn1_expression_response_{SET}_effector_cd4"


def test_the_change_is_the_difference_of_pseudobulks_with_the_errors_of_both():
    features = found(scores_of({}, STIMULATED | {"pseudobulk_se": 0.04}))
    definition, rows = features[RESPONSE]
    assert definition.unit == "log1p CP10k"
    assert "IFN-beta 360 min" in definition.name
    assert definition.evidence == ()
    (row,) = rows.to_dicts()
    assert row["value"] == pytest.approx(1.0)
    assert (row["ci_high"] - row["ci_low"]) / 2 == pytest.approx(1.96 * 0.05, rel=1e-3)
    assert row["status"] == ""
    _, resting = features[f"ifn1_expression_resting_{SET}_effector_cd4"]
    assert resting["value"].to_list() == [0.5]


def test_the_unstimulated_well_of_the_same_batch_goes_first_and_another_is_told():
    scores = scores_of({"batch": "2", "pseudobulk": 0.1}, {}, STIMULATED)
    (row,) = found(scores)[RESPONSE][1].to_dicts()
    assert row["value"] == pytest.approx(1.0)
    other = scores_of({"batch": "2", "pseudobulk": 0.1}, STIMULATED)
    (row,) = found(other)[RESPONSE][1].to_dicts()
    assert row["value"] == pytest.approx(1.4)
    assert "wells of two batches" in row["status"]


def test_without_a_stimulated_well_the_response_has_no_rows_and_says_what_it_needs():
    definition, rows = found(scores_of({}))[RESPONSE]
    assert rows.is_empty()
    assert "interferon-stimulated and unstimulated cells of one sample" in definition.needs


def test_a_stimulus_of_another_kind_is_no_answer_to_interferon():
    assert found(scores_of({}, STIMULATED | {"stimulus": "LPS"}))[RESPONSE][1].is_empty()


def test_a_population_of_too_few_cells_has_no_value_and_keeps_its_status():
    few = {"pseudobulk": None, "pseudobulk_se": None, "status": "12 cells: fewer than 20"}
    (row,) = found(scores_of(few, STIMULATED))[RESPONSE][1].to_dicts()
    assert row["value"] is None
    assert row["status"] == "unstimulated: 12 cells: fewer than 20"


@pytest.mark.parametrize(
    ("gene_set", "population", "feature", "evidence"),
    [
        ("ncr3", "nk", "ncr3_transcript", "ncr3_transcript"),
        ("clonal_expansion", "cd8_t", "clonal_expansion_expression", "clonal_expansion_expression"),
    ],
)
def test_states_speak_to_the_evidence_in_their_population(gene_set, population, feature, evidence):
    row = {"gene_set": gene_set, "population": population, "n_genes": 1, "n_set": 1}
    definition, rows = found(scores_of(row, row | {"stimulus": "IFN-beta"}))[feature]
    assert rows["value"].to_list() == [0.5]
    assert definition.evidence == (evidence,)
    assert definition.timing == "baseline"


def test_the_state_that_is_published_after_treatment_is_read_there():
    row = {"gene_set": "cytolytic_exhausted", "population": "cd8_t"}
    later = row | {"sample_id": "S2", "days_from_treatment_start": 40.0, "pseudobulk": 0.7}
    features = found(scores_of(row, later))
    definition, rows = features["cytolytic_exhausted_cd8"]
    assert definition.timing == "on treatment"
    assert definition.evidence == ("cytolytic_exhausted_cd8",)
    assert rows["value"].to_list() == [0.7]
    assert features["cytolytic_exhausted_cd8_level"][0].evidence == ()


def test_no_scores_give_no_features():
    assert expression_features(empty("expression_scores")) == []
