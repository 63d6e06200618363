"""Three real cohorts, pooled from their results folders, against arithmetic that stands here."""

import shutil

import numpy as np
import polars as pl
import pytest
from scipy import optimize, stats

from macroimmune.datasets import write_study
from macroimmune.workflow import meta_analysis, run

pytestmark = pytest.mark.data

COHORTS = ("chowell-train", "chowell-test", "msk-no-ici")


@pytest.fixture(scope="module")
def pooled(tmp_path_factory):
    """Return the results of each cohort and of all together, without a patient row in reach."""
    folder = tmp_path_factory.mktemp("pooled")
    results = []
    for name in COHORTS:
        results.append(run(write_study(name, folder / name), folder / f"results-{name}").path)
        (results[-1] / "features.parquet").unlink()
    yield results, meta_analysis(results, folder / "pooled")
    shutil.rmtree(folder)


def log_effects(results) -> tuple[np.ndarray, np.ndarray]:
    """Return the log hazard ratio of NLR for overall survival and its error in each cohort."""
    rows = [
        pl.read_csv(path / "associations.csv").filter(
            (pl.col("feature") == "nlr")
            & (pl.col("endpoint") == "os")
            & (pl.col("method") == "Cox model, continuous")
        )
        for path in results
    ]
    table = pl.concat(rows)
    width = np.log(table["ci_high"].to_numpy()) - np.log(table["ci_low"].to_numpy())
    return np.log(table["estimate"].to_numpy()), width / (2 * 1.959963984540054)


@pytest.mark.slow
def test_three_cohorts_pooled_equal_the_calculation_by_hand(pooled):
    results, found = pooled
    y, error = log_effects(results)
    (row,) = (
        found
        .table("meta_analysis")
        .filter(feature="nlr", endpoint="os", effect="hazard_ratio")
        .iter_rows(named=True)
    )

    # Restricted likelihood of the variance between cohorts, searched without any derivative.
    def minus_restricted(tau_squared: float) -> float:
        weight = 1 / (error**2 + tau_squared)
        mean = (weight * y).sum() / weight.sum()
        spread = (weight * (y - mean) ** 2).sum()
        return (-np.log(weight).sum() + np.log(weight.sum()) + spread) / 2

    tau_squared = optimize.minimize_scalar(
        minus_restricted, bounds=(0, 1), method="bounded", options={"xatol": 1e-12}
    ).x
    weight = 1 / (error**2 + tau_squared)
    mean = (weight * y).sum() / weight.sum()
    # Hartung and Knapp: the spread that was seen over the one expected, never below one.
    factor = max(1.0, (weight * (y - mean) ** 2).sum() / (3 - 1))
    of_mean = np.sqrt(factor / weight.sum())
    t = stats.t.ppf(0.975, 3 - 1)
    further = t * np.sqrt(of_mean**2 + tau_squared)
    expected = {
        "estimate": mean,
        "ci_low": mean - t * of_mean,
        "ci_high": mean + t * of_mean,
        "prediction_low": mean - further,
        "prediction_high": mean + further,
    }
    for name, value in expected.items():
        # The bounded search knows tau squared to 1e-8; the mean moves less than that.
        np.testing.assert_allclose(np.log(row[name]), value, rtol=2e-5, err_msg=name)
    np.testing.assert_allclose(row["tau"], np.sqrt(tau_squared), rtol=1e-4)
    assert (row["k"], row["n"]) == (3, 964 + 515 + 841)
    p = 2 * stats.t.sf(abs(mean / of_mean), 2)
    np.testing.assert_allclose(row["p_value"], p, rtol=1e-4)
    # The cohort without checkpoint inhibitors differs: a fixed effect would hide it.
    assert row["heterogeneity_p_value"] < 0.01
    assert row["prediction_low"] < 1 < row["prediction_high"]
