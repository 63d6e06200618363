"""The truth of a virtual cohort: stated effects, and what a univariable model sees of them."""

from importlib.resources import files
from io import StringIO

import numpy as np
import polars as pl
import pytest

from macroimmune.results import RESULT_TABLES
from macroimmune.simulator import CAUSES, FEATURE_SCALES, scaled_features, true_effects

# Of 60 comparisons with a standard normal law, the largest lies below this with probability 0.994.
LARGEST_Z = 4.0


def frozen():
    text = files("macroimmune.simulator").joinpath("truth.csv").read_text(encoding="utf-8")
    return pl.read_csv(StringIO(text))


def in_units(many, name):
    values = scaled_features(many.measured)[name]
    return values / values.std() if FEATURE_SCALES[name].startswith("per SD") else values


def test_the_truth_is_the_table_of_the_contract_with_every_feature_and_endpoint():
    truth = true_effects()
    assert dict(truth.schema) == dict(RESULT_TABLES["truth"].schema)
    assert truth.height == 3 * len(FEATURE_SCALES)
    for name, scale in FEATURE_SCALES.items():
        rows = truth.filter(pl.col("feature") == name)
        assert rows["endpoint"].to_list() == ["os", "pfs", "response"]
        assert rows["scale"].unique().to_list() == [scale]
        assert rows["effect"].to_list() == ["hazard_ratio", "hazard_ratio", "odds_ratio"]


def test_conditional_effects_are_those_of_the_model():
    for row in true_effects().iter_rows(named=True):
        cause = CAUSES.get(row["feature"])
        stated = 1.0
        if cause is not None:
            stated = cause.odds_ratio if row["endpoint"] == "response" else cause.hazard_ratio
        # One unit of the model is an SD only up to the clipping and rounding of shares.
        assert row["conditional"] == pytest.approx(stated, rel=0.01)
        assert row["is_null"] == (stated == 1.0)


@pytest.mark.parametrize("name", list(FEATURE_SCALES))
def test_marginal_effects_are_found_again_in_other_patients(
    many, univariable_cox, univariable_logistic, name
):
    x = in_units(many, name)
    found = {
        "os": univariable_cox(many.os_months, many.os_event, x),
        "pfs": univariable_cox(many.pfs_months, many.pfs_event, x),
        "response": univariable_logistic(many.response.astype(float), x),
    }
    for row in frozen().filter(pl.col("feature") == name).iter_rows(named=True):
        coefficient, error = found[row["endpoint"]]
        both = np.hypot(error, row["log_marginal_standard_error"])
        assert abs(coefficient - np.log(row["marginal"])) < LARGEST_Z * both, row


@pytest.mark.parametrize("name", ["treg", "serum_il2", "serum_il10", "serum_il4"])
def test_independent_features_have_no_marginal_effect(name):
    rows = frozen().filter(pl.col("feature") == name)
    z = rows["marginal"].log() / rows["log_marginal_standard_error"]
    assert z.abs().max() < LARGEST_Z


def test_a_feature_without_an_effect_of_its_own_may_still_go_with_survival():
    truth = true_effects().filter((pl.col("feature") == "serum_il6") & (pl.col("endpoint") == "os"))
    assert truth["is_null"].item()
    assert truth["marginal"].item() > 1.05


def test_the_marginal_effect_of_a_cause_is_not_its_conditional_effect():
    truth = true_effects().filter((pl.col("feature") == "nlr") & (pl.col("endpoint") == "os"))
    assert truth["marginal"].item() != pytest.approx(truth["conditional"].item(), rel=0.02)
