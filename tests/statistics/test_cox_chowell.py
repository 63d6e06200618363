"""NLR and overall survival with and without checkpoint inhibitors: the published cohorts."""

import os
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from macroimmune.outcomes import Survival
from macroimmune.statistics import cox, predictive_verdict, treatment_interaction
from macroimmune.units import DAYS_PER_MONTH

FOLDER = Path(os.environ.get("MACROIMMUNE_DATA", "no folder named")) / "loris"
pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(
        not FOLDER.is_dir(), reason="MACROIMMUNE_DATA names no folder with the cohorts of loris/"
    ),
]
# The published figures have two decimals.
ROUNDED = {"atol": 0.005}


def read(sheet):
    columns = ["NLR", "OS_Months", "OS_Event", "CancerType"]
    return pl.read_csv(FOLDER / f"{sheet}.csv", columns=columns)


def overall_survival(table):
    return Survival(
        time=table["OS_Months"].to_numpy() * DAYS_PER_MONTH,
        event=table["OS_Event"].to_numpy() == 1,
    )


@pytest.mark.parametrize(
    ("sheet", "n", "answer"),
    [
        ("Chowell_train", 964, [1.48, 1.37, 1.60]),
        ("Chowell_test", 515, [1.59, 1.41, 1.80]),
        ("MSK_nonICB", 841, [2.17, 1.93, 2.43]),
    ],
)
def test_nlr_per_doubling(sheet, n, answer):
    table = read(sheet)
    fit = cox(overall_survival(table), np.log2(table["NLR"].to_numpy()))
    assert fit.n == n
    found = [fit.hazard_ratios[0], fit.ci_low[0], fit.ci_high[0]]
    np.testing.assert_allclose(found, answer, **ROUNDED)


def test_nlr_by_treatment_is_modification_that_proves_no_predictive_value():
    # All 2320 patients of the three sheets, also the 34 mesotheliomas that only the treated have.
    sheets = [read(name) for name in ("Chowell_train", "Chowell_test", "MSK_nonICB")]
    table = pl.concat(sheets)
    treated = np.arange(table.height) < sheets[0].height + sheets[1].height
    fit = treatment_interaction(
        overall_survival(table),
        np.log2(table["NLR"].to_numpy()),
        treated,
        randomised=False,
        strata=table["CancerType"].to_numpy(),
    )
    assert fit.n == 2320
    found = [fit.hazard_ratio_ratio, fit.ci_low, fit.ci_high]
    np.testing.assert_allclose(found, [0.73, 0.64, 0.84], **ROUNDED)
    verdict = predictive_verdict(fit, design="non-randomised", q_value=fit.p_value)
    assert verdict.sentence == (
        "associated with survival in both; effect modification HR x 0.73 [0.64 to 0.84] in a "
        "non-randomised comparison; predictive value cannot be established"
    )
