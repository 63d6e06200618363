import numpy as np
import polars as pl
import pytest
from scipy.special import expit
from scipy.stats import rankdata

from macroimmune.errors import InputError
from macroimmune.simulator.calibration import (
    COMPARED,
    rank_correlations,
    shipped_summaries,
    virtual_rows,
)
from macroimmune.workflow.calibration_cohorts import calibration_tables


def rows_of(cohort: str, n: int = 2000) -> pl.DataFrame:
    return virtual_rows(cohort, n, rng=np.random.default_rng(11))


@pytest.mark.parametrize("cohort", COMPARED)
def test_columns_are_those_of_the_cohort_and_nothing_is_missing(cohort):
    rows = rows_of(cohort, 300)
    stated = shipped_summaries().marginals.filter(
        pl.col("cohort") == cohort, pl.col("group") == "all"
    )
    assert rows.height == 300
    assert set(rows.columns) <= set(stated["variable"])
    assert len(rows.columns) >= 3
    assert rows.null_count().sum_horizontal()[0] == 0


def test_values_are_rounded_as_the_cohort_rounds():
    rows = rows_of("chowell_train")
    for name, decimals in (("albumin", 0), ("platelets", 0), ("nlr", 2)):
        values = rows[name].to_numpy()
        np.testing.assert_allclose(values, np.round(values, decimals), atol=1e-9)


def test_ages_are_those_of_the_cohort():
    ages = rows_of("milieu_interieur")["age_years"]
    assert ages.min() >= 18
    assert ages.max() <= 72


def test_npx_have_the_medians_of_the_cohort():
    rows = rows_of("prince_olink")
    assert np.median(rows["il6"].to_numpy()) == pytest.approx(4.26903, abs=1e-4)


def test_populations_lie_within_their_parents():
    rows = rows_of("10k_cytof")
    parts = rows.select("naive_cd4", "cm_cd4", "em_cd4", "temra_cd4", "treg").sum_horizontal()
    np.testing.assert_allclose(parts.to_numpy(), rows["cd4_t"].to_numpy())
    whole = rows.select("t_cells", "b_cells", "nk_cells", "monocytes_share").sum_horizontal()
    np.testing.assert_allclose(whole.to_numpy(), 100.0)


@pytest.mark.parametrize(
    ("cohort", "largest"), [("chowell_train", 0.06), ("10k_blood_counts", 0.12)]
)
def test_correlations_are_those_that_the_cohort_states(cohort, largest):
    found = rank_correlations(rows_of(cohort, 8000))
    stated = shipped_summaries().correlations.filter(
        pl.col("cohort") == cohort, pl.col("group") == "all"
    )
    both = stated.join(found, on=["variable_a", "variable_b"])
    apart = (both["rho"] - both["rho_virtual"]).abs()
    assert both.height >= 15
    assert apart.max() < largest
    assert apart.mean() < 0.03


def test_an_unknown_cohort_is_refused_with_the_nearest():
    with pytest.raises(InputError, match="Did you mean 'chowell_train'"):
        virtual_rows("chowel_train", 3, rng=np.random.default_rng(1))


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.parametrize("cohort", ["chowell_train", "chowell_test"])
def test_neighbours_and_a_logistic_model_cannot_tell_rows_from_real_ones(cohort):
    """A small form of benchmarks/virtual_against_real.py, without scikit-learn."""
    table = next(table for table in calibration_tables() if table.cohort == cohort)
    columns = ["nlr", "albumin", "haemoglobin", "platelets"]
    real = table.frame.select(columns).to_numpy()
    rng = np.random.default_rng(12)
    virtual = virtual_rows(cohort, len(real), rng=rng).select(columns).to_numpy()
    shuffled = np.stack([rng.permutation(column) for column in real.T], axis=1)
    assert max(out_of_fold_aucs(real, virtual, rng)) < 0.60
    # The same classifiers see columns that have lost their correlations.
    assert max(out_of_fold_aucs(real, shuffled, rng)) > 0.62


def out_of_fold_aucs(
    first: np.ndarray, second: np.ndarray, rng: np.random.Generator
) -> tuple[float, float]:
    rows = np.concatenate((first, second))
    is_second = np.repeat([0.0, 1.0], [len(first), len(second)])
    scores = rankdata(rows, axis=0) / len(rows) * 2 - 1
    fold = rng.permutation(len(rows)) % 5
    near, linear = np.empty(len(rows)), np.empty(len(rows))
    products = [scores[:, a] * scores[:, b] for a in range(4) for b in range(a + 1)]
    terms = np.column_stack((np.ones(len(rows)), scores, *products))
    for held in range(5):
        test, train = fold == held, fold != held
        apart = ((scores[test][:, None] - scores[train][None]) ** 2).sum(axis=2)
        closest = np.argpartition(apart, 40, axis=1)[:, :40]
        near[test] = is_second[train][closest].mean(axis=1)
        linear[test] = terms[test] @ logistic(terms[train], is_second[train])
    return auc(near, is_second), auc(linear, is_second)


def logistic(terms: np.ndarray, is_second: np.ndarray) -> np.ndarray:
    found = np.zeros(terms.shape[1])
    for _ in range(25):
        chance = expit(terms @ found)
        gradient = terms.T @ (is_second - chance) - found
        curvature = (terms * (chance * (1 - chance))[:, None]).T @ terms + np.eye(len(found))
        found = found + np.linalg.solve(curvature, gradient)
    return found


def auc(scores: np.ndarray, is_second: np.ndarray) -> float:
    above = rankdata(scores)[is_second == 1].sum()
    ones, zeros = int(is_second.sum()), int((1 - is_second).sum())
    return float((above - ones * (ones + 1) / 2) / (ones * zeros))
