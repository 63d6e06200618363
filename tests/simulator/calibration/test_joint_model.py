import numpy as np
import polars as pl
import pytest

from macroimmune.errors import InputError
from macroimmune.simulator.calibration import JointDraw, draw_joint, shipped_summaries
from macroimmune.simulator.calibration.joint_model import _assembled, joint_model
from macroimmune.simulator.calibration.shipped import model_table
from macroimmune.simulator.calibration.summaries import rank_correlation
from macroimmune.simulator.leaves import LEAVES

PEOPLE = 40_000


@pytest.fixture(scope="module")
def patients() -> JointDraw:
    return draw_joint("patient", PEOPLE, rng=np.random.default_rng(7))


@pytest.fixture(scope="module")
def healthy() -> JointDraw:
    return draw_joint("healthy", PEOPLE, rng=np.random.default_rng(8))


def quantiles_of(cohort: str, variable: str) -> dict[str, float]:
    rows = shipped_summaries().marginals.filter(
        pl.col("cohort") == cohort, pl.col("group") == "all", pl.col("variable") == variable
    )
    return rows.row(0, named=True)


def percent(draw: JointDraw, *leaves: str) -> np.ndarray:
    places = [list(LEAVES).index(leaf) for leaf in leaves]
    return 100.0 * draw.fractions[:, places].sum(axis=1)


def lineage(draw: JointDraw, *names: str) -> np.ndarray:
    return percent(draw, *(leaf.id for leaf in LEAVES.values() if leaf.lineage in names))


def stated_correlations(group: str) -> np.ndarray:
    """Return correlations as measured and assumed, before they are made to fit together."""
    rows = model_table("model_variables").filter(pl.col("group") == group).to_dicts()
    return _assembled(group, tuple(row["variable"] for row in rows), rows)


def ratio(draw: JointDraw) -> np.ndarray:
    return draw.baseline["neutrophils"] / draw.baseline["lymphocytes"]


def measured(cohort: str, first: str, second: str) -> float:
    rows = shipped_summaries().correlations.filter(
        pl.col("cohort") == cohort,
        pl.col("group") == "all",
        pl.col("variable_a").is_in([first, second]),
        pl.col("variable_b").is_in([first, second]),
    )
    return float(rows["rho"][0])


def test_the_same_generator_gives_the_same_people():
    first, second = (draw_joint("patient", 50, rng=np.random.default_rng(1)) for _ in range(2))
    np.testing.assert_array_equal(first.fractions, second.fractions)
    np.testing.assert_array_equal(first.baseline["crp"], second.baseline["crp"])


@pytest.mark.parametrize("group", ["patient", "healthy"])
def test_a_model_can_be_drawn_and_moved_few_correlations_far(group):
    model = joint_model(group)
    np.linalg.cholesky(model.correlations)
    np.testing.assert_allclose(np.diag(model.correlations), 1.0)
    moved = np.abs(model.correlations - stated_correlations(group))
    assert moved.max() < 0.1
    assert np.sqrt(np.mean(moved**2)) < 0.01
    assert set(LEAVES) - {"basophils"} <= set(model.names)


def test_everything_is_possible(patients, healthy):
    for draw in (patients, healthy):
        np.testing.assert_allclose(draw.fractions.sum(axis=1), 1.0)
        assert (draw.fractions > 0).all()
        assert all((values > 0).all() for values in draw.baseline.values())
        assert draw.age_years.min() >= 18
        assert draw.age_years.max() <= 95
        cells = ("neutrophils", "lymphocytes", "monocytes", "eosinophils", "basophils")
        total = np.sum([draw.baseline[cell] for cell in cells], axis=0)
        np.testing.assert_allclose(draw.baseline["leukocytes"], total)


@pytest.mark.parametrize("variable", ["nlr", "albumin", "haemoglobin", "platelets", "age_years"])
def test_patients_have_the_distribution_of_chowell(patients, variable):
    values = {"nlr": ratio(patients), "age_years": patients.age_years} | dict(patients.baseline)
    row = quantiles_of("chowell_train", variable)
    for q in (1, 5, 25, 50, 75, 95, 99):
        below = np.mean(values[variable] <= row[f"q{q}"])
        # Four standard errors of a share among 40,000, and the straight lines between quantiles.
        assert below == pytest.approx(q / 100, abs=0.012)


def test_patients_have_the_correlations_of_chowell(patients):
    values = {"nlr": ratio(patients), "age_years": patients.age_years} | dict(patients.baseline)
    names = ("nlr", "albumin", "haemoglobin", "platelets", "age_years")
    for a in names:
        for b in names:
            if a < b:
                found = rank_correlation(values[a], values[b])
                assert found == pytest.approx(measured("chowell_train", a, b), abs=0.05)


def test_the_ratio_of_healthy_people_is_that_of_10k_immunomes(healthy):
    found = np.quantile(ratio(healthy), [0.025, 0.5, 0.975])
    np.testing.assert_allclose(found, [0.74, 1.85, 4.95], rtol=0.03)


def test_naive_cd8_fall_with_age_as_in_milieu_interieur(healthy):
    found = rank_correlation(percent(healthy, "naive_cd8"), healthy.age_years)
    assert found == pytest.approx(-0.66, abs=0.04)


def test_cmv_carriers_have_more_cd8_emra(healthy):
    emra = percent(healthy, "temra_cd8")
    carriers = healthy.is_cmv_positive
    # Milieu Interieur: medians of 2078 and 484 cells; the level of these cells is another one.
    assert np.median(emra[carriers]) > 2.0 * np.median(emra[~carriers])
    found = rank_correlation(carriers.astype(float), emra)
    assert found == pytest.approx(measured("milieu_interieur", "cmv", "temra_cd8"), abs=0.06)


@pytest.mark.parametrize(
    ("lineages", "variable"),
    [
        (("cd4_t",), "cd4_t"),
        (("cd8_t",), "cd8_t"),
        (("b_cell",), "b_cells"),
        (("nk",), "nk_cells"),
        (("monocyte",), "monocytes_share"),
    ],
)
def test_healthy_lineages_have_the_medians_of_milieu_interieur(healthy, lineages, variable):
    row = quantiles_of("milieu_interieur", variable)
    found = np.median(lineage(healthy, *lineages))
    assert found == pytest.approx(row["q50"], rel=0.06)


def test_patients_who_are_older_have_fewer_naive_cd8_than_healthy_people(patients, healthy):
    assert np.median(percent(patients, "naive_cd8")) < 0.8 * np.median(
        percent(healthy, "naive_cd8")
    )


def test_responsiveness_of_healthy_people_has_mean_zero_and_sd_one(healthy, patients):
    assert healthy.ifn_responsiveness.mean() == pytest.approx(0.0, abs=0.02)
    assert healthy.ifn_responsiveness.std() == pytest.approx(1.0, abs=0.02)
    assert patients.ifn_responsiveness.mean() < -0.2


def test_every_variable_says_whether_it_was_measured():
    table = model_table("model_variables")
    assert table["basis"].null_count() == 0
    unmeasured = table.filter(pl.col("cohort").is_null())
    assert set(unmeasured["basis"]) == {"assumed"}
    cohorts = set(shipped_summaries().marginals["cohort"])
    assert set(table["cohort"].drop_nulls()) <= cohorts


def test_unknown_groups_and_negative_numbers_are_refused():
    with pytest.raises(InputError, match="'patient' or 'healthy'"):
        draw_joint("patients", 3, rng=np.random.default_rng(1))  # type: ignore[arg-type]
    with pytest.raises(InputError, match="0 or more"):
        draw_joint("patient", -1, rng=np.random.default_rng(1))
