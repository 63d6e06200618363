"""Albumin and mutational burden over NLR in the published training cohort, beside R."""

import os
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from macroimmune.outcomes import Survival
from macroimmune.statistics import added_value_survival
from macroimmune.units import DAYS_PER_MONTH

FOLDER = Path(os.environ.get("MACROIMMUNE_DATA", "no folder named")) / "loris"
pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(
        not FOLDER.is_dir(), reason="MACROIMMUNE_DATA names no folder with the cohorts of loris/"
    ),
]


@pytest.fixture(scope="module")
def train():
    columns = ["NLR", "Albumin", "TMB", "OS_Months", "OS_Event"]
    return pl.read_csv(FOLDER / "Chowell_train.csv", columns=columns)


@pytest.mark.parametrize("marker", ["Albumin", "TMB"])
def test_what_a_marker_adds_to_nlr_equals_r(marker, train, expected):
    survival = Survival(
        time=train["OS_Months"].to_numpy() * DAYS_PER_MONTH,
        event=train["OS_Event"].to_numpy() == 1,
    )
    found = added_value_survival(
        survival,
        np.log2(train["NLR"].to_numpy()),
        train[marker].to_numpy(),
        horizon_days=730.0,
        threshold=0.5,
        replicates=100,
        rng=np.random.default_rng(1),
    )
    answers = {
        name: np.squeeze(expected("added_value_chowell", marker, name))
        for name in ("statistic", "p_value", "coefficient", "standard_error", "uno", "n")
    }
    models, change = found.models, found.concordance
    for value, name in (
        (models.likelihood_ratio_statistic, "statistic"),
        (models.p_value, "p_value"),
        (models.coefficient, "coefficient"),
        (models.standard_error, "standard_error"),
    ):
        np.testing.assert_allclose(value, answers[name], rtol=1e-6, err_msg=name)
    apparent = (change.apparent_base, change.apparent_with)
    np.testing.assert_allclose(apparent, answers["uno"], rtol=1e-9)
    assert found.n == int(answers["n"])
    # Both add something that does not vanish with the optimism.
    assert 0.0 < change.ci_low <= change.change < change.apparent_change
