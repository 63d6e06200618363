"""Real cohorts pooled, from folders and within one study, against arithmetic that stands here."""

import shutil

import numpy as np
import polars as pl
import pytest
from scipy import optimize, stats

from macroimmune.datasets import write_study
from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics import cox
from macroimmune.workflow import meta_analysis, open_study, run
from macroimmune.workflow.pipeline import run_study

pytestmark = [pytest.mark.data, pytest.mark.slow]

# All three under immune checkpoint inhibitors, with NLR and overall survival in common.
TREATED = ("chowell-train", "chowell-test", "hammerlab-urothelial")
UNTREATED = "msk-no-ici"
Z = 1.959963984540054
DAYS_PER_MONTH = 365.25 / 12


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pooled")
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def results(place, public_data):
    """Return the results of each cohort, without a patient row in reach."""
    found = {}
    for name in (*TREATED, UNTREATED):
        study = open_study(write_study(name, place / name))
        folder = run_study(study, place / f"results-{name}", command="", last_stage="associate")
        (folder.path / "features.parquet").unlink()
        found[name] = folder.path
    return found


def log_effects(folders, feature, endpoint) -> tuple[np.ndarray, np.ndarray]:
    """Return the log hazard ratio of a feature and its error in each folder."""
    rows = [
        pl.read_csv(path / "associations.csv").filter(
            (pl.col("feature") == feature)
            & (pl.col("endpoint") == endpoint)
            & (pl.col("method") == "Cox model, continuous")
        )
        for path in folders
    ]
    table = pl.concat([row.select("estimate", "ci_low", "ci_high") for row in rows])
    width = np.log(table["ci_high"].to_numpy()) - np.log(table["ci_low"].to_numpy())
    return np.log(table["estimate"].to_numpy()), width / (2 * Z)


def by_hand(y, error) -> dict[str, float]:
    """Return the pooled numbers from effects and errors, in the steps of a textbook."""
    k = y.size

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
    factor = max(1.0, (weight * (y - mean) ** 2).sum() / (k - 1))
    of_mean = np.sqrt(factor / weight.sum())
    t = stats.t.ppf(0.975, k - 1)
    further = t * np.sqrt(of_mean**2 + tau_squared)
    # Cochran: the spread about the mean of one common effect.
    fixed = 1 / error**2
    common = (fixed * y).sum() / fixed.sum()
    q = (fixed * (y - common) ** 2).sum()
    return {
        "estimate": np.exp(mean),
        "ci_low": np.exp(mean - t * of_mean),
        "ci_high": np.exp(mean + t * of_mean),
        "prediction_low": np.exp(mean - further),
        "prediction_high": np.exp(mean + further),
        "fixed_estimate": np.exp(common),
        "p_value": 2 * stats.t.sf(abs(mean / of_mean), k - 1),
        "q_statistic": q,
        "heterogeneity_p_value": stats.chi2.sf(q, k - 1),
        "tau": np.sqrt(tau_squared),
    }


def assert_as_by_hand(row, y, error) -> None:
    for name, value in by_hand(y, error).items():
        # The bounded search knows tau squared to some 1e-8: at zero, tau to 1e-4.
        atol = 1e-4 if name == "tau" else 0.0
        np.testing.assert_allclose(row[name], value, rtol=1e-4, atol=atol, err_msg=name)


def pooled_row(folder, feature, endpoint):
    found = folder.table("meta_analysis").filter(
        feature=feature, endpoint=endpoint, effect="hazard_ratio"
    )
    (row,) = found.iter_rows(named=True)
    return row


def test_three_treated_cohorts_pooled_equal_the_calculation_by_hand(results, place):
    folders = [results[name] for name in TREATED]
    found = meta_analysis(folders, place / "treated")
    for endpoint, n_events in (("os", 621 + 252 + 20), ("pfs", 813 + 420 + 23)):
        row = pooled_row(found, "nlr", endpoint)
        assert_as_by_hand(row, *log_effects(folders, "nlr", endpoint))
        assert (row["k"], row["n"], row["n_events"]) == (3, 964 + 515 + 29, n_events)
    assert pooled_row(found, "nlr", "os")["estimate"] > 1
    # The cohorts are different people: nothing is told of.
    assert found.table("findings").is_empty()


def test_a_cohort_without_the_drug_differs_and_the_prediction_interval_says_so(results, place):
    folders = [results[name] for name in (*TREATED[:2], UNTREATED)]
    found = meta_analysis(folders, place / "mixed")
    row = pooled_row(found, "nlr", "os")
    assert_as_by_hand(row, *log_effects(folders, "nlr", "os"))
    assert (row["k"], row["n"]) == (3, 964 + 515 + 841)
    # A fixed effect would hide it.
    assert row["heterogeneity_p_value"] < 0.01
    assert row["prediction_low"] < 1 < row["prediction_high"]


def test_cancer_types_within_one_study_equal_the_calculation_by_hand(place, public_data):
    settings = write_study("chowell-train", place / "types")
    text = settings.read_text(encoding="utf-8")
    both = 'cancer_type = "CancerType"\ncohort = "CancerType"'
    settings.write_text(text.replace('cancer_type = "CancerType"', both), encoding="utf-8")
    found = run(settings, place / "results-types")

    # From the file itself: a Cox model of log2 NLR, and of albumin per SD of all, in each type.
    raw = pl.read_csv(public_data / "loris" / "Chowell_train.csv")
    albumin = (raw["Albumin"] - raw["Albumin"].mean()) / raw["Albumin"].std()
    raw = raw.with_columns(nlr=raw["NLR"].log(2), albumin=albumin)
    types = sorted(raw["CancerType"].unique())
    assert len(types) == 16
    for feature, endpoint in (("nlr", "os"), ("nlr", "pfs"), ("albumin", "os"), ("albumin", "pfs")):
        y, error = [], []
        for name in types:
            rows = raw.filter(CancerType=name)
            survival = Survival(
                time=rows[f"{endpoint.upper()}_Months"].to_numpy() * DAYS_PER_MONTH,
                event=rows[f"{endpoint.upper()}_Event"].to_numpy() == 1,
            )
            fit = cox(survival, rows[feature].to_numpy())
            y.append(fit.coefficients[0])
            error.append(fit.standard_errors[0])
        row = pooled_row(found, feature, endpoint)
        assert_as_by_hand(row, np.array(y), np.array(error))
        assert (row["k"], row["n"]) == (16, 964)
        each = found.table("meta_cohorts").filter(
            feature=feature, endpoint=endpoint, effect="hazard_ratio"
        )
        assert each["cohort"].to_list() == types
        np.testing.assert_allclose(np.log(each["estimate"]), y, rtol=1e-6, atol=1e-9)
        # Leave one out: the same arithmetic on fifteen.
        for index in (0, 7, 15):
            rest = by_hand(np.delete(y, index), np.delete(error, index))
            np.testing.assert_allclose(each["estimate_without"][index], rest["estimate"], rtol=1e-4)
    page = (found.path / "report.html").read_text(encoding="utf-8")
    assert "Cohorts together" in page
    assert "within each of 16 cohorts" in page


def test_prince_shares_no_biomarker_with_these_cohorts(results, place, public_data):
    study = open_study(write_study("prince", place / "prince"))
    prince = run_study(study, place / "results-prince", command="", last_stage="associate")
    with pytest.raises(InputError, match="no feature and endpoint in common"):
        meta_analysis([results["chowell-train"], prince.path], place / "none")


def test_the_same_real_cohort_with_other_ids_and_another_order_is_told_of(
    results, place, public_data
):
    raw = pl.read_csv(public_data / "loris" / "Chowell_test.csv", infer_schema=False)
    shuffled = raw.sample(fraction=1.0, shuffle=True, seed=5)
    ids = [f"site-{number}" for number in range(raw.height)]
    settings = write_study("chowell-test", place / "again")
    shuffled.with_columns(SAMPLE_ID=pl.Series(ids)).write_csv(settings.with_name("ours.csv"))
    lines = settings.read_text(encoding="utf-8").splitlines()
    lines = ['file = "ours.csv"' if one.startswith("file = ") else one for one in lines]
    settings.write_text("\n".join(lines), encoding="utf-8")
    again = run_study(
        open_study(settings), place / "results-again", command="", last_stage="associate"
    )
    folders = [results["chowell-train"], results["chowell-test"], again.path]
    found = meta_analysis(folders, place / "twice").table("findings")
    alike = found.filter(code="cohorts-look-alike")
    assert alike.height == 1
    assert "252 events of 515 participants" in alike["found"][0]
