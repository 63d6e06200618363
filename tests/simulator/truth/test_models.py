"""Univariable models of generated patients: equal to R, and silent where nothing acts."""

from importlib.resources import files
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from macroimmune.outcomes import Survival
from macroimmune.simulator.features import FEATURES
from macroimmune.simulator.plan import ArmPlan, EffectPlan, OutcomesPlan, StudyPlan
from macroimmune.simulator.truth import (
    MODEL_COLUMNS,
    GeneratedPatients,
    fit_models,
    generate_patients,
    relevant_key,
    univariable_models,
)

REFERENCE = Path(__file__).parents[3] / "reference" / "virtual_cohort_truth"
# Of some 200 comparisons with a standard normal law, the largest lies below with probability 0.998.
LARGEST_Z = 4.3


def read_models(path):
    frame = pl.read_csv(path, comment_prefix="#", schema=MODEL_COLUMNS)
    return frame.with_columns(pl.col("arm").fill_null(""))


def test_models_of_two_arms_equal_those_of_r_to_a_millionth():
    frame = pl.read_csv(REFERENCE / "small_patients.csv")
    stated = read_models(REFERENCE / "small_models.csv")
    units = stated.filter(pl.col("feature") != "treatment").unique("feature", maintain_order=True)
    names = tuple(units["feature"])
    patients = GeneratedPatients(
        names=names,
        features=frame.select(names).to_numpy().astype(np.float32),
        units=units["unit"].to_numpy(),
        arm=frame["arm"].to_numpy().astype(np.int64),
        survival={
            endpoint: Survival(
                time=frame[f"{endpoint}_time"].to_numpy().astype(float),
                event=frame[f"{endpoint}_event"].to_numpy() == 1,
            )
            for endpoint in ("os", "pfs")
        },
        response=frame["response"].to_numpy() == 1,
    )
    plan = StudyPlan(arms=(ArmPlan("new"), ArmPlan("old")), effects=())
    ours = fit_models(patients, plan)
    keys = ["feature", "endpoint", "arm"]
    both = stated.join(ours, on=keys, how="full", suffix="_ours")
    assert both.null_count().sum_horizontal().item() == 0
    assert both.height == 3 * (3 * len(names) + 1)
    for column in ("log_ratio", "standard_error"):
        np.testing.assert_allclose(both[f"{column}_ours"], both[column], rtol=1e-6, atol=1e-7)


def test_the_shipped_models_are_of_the_default_plan_as_it_is():
    place = files("macroimmune.simulator.truth").joinpath("default_models.csv")
    text = place.read_text(encoding="utf-8")
    assert text.startswith(f"# {relevant_key(StudyPlan())}\n"), "run reference/virtual_cohort_truth"
    shipped = univariable_models(StudyPlan(seed=5, patients=10))
    assert shipped.height == 3 * len(FEATURES)
    assert shipped.null_count().sum_horizontal().item() == 0


def test_shipped_models_are_found_again_in_fewer_patients_by_our_own_kernels():
    plan = StudyPlan(truth_patients=30_000)
    names = ("nlr", "dnlr", "serum_ldh", "serum_il4", "nk_mature", "rel_eosinophils", "treg")
    ours = fit_models(generate_patients(plan, names), plan)
    both = ours.join(
        univariable_models(StudyPlan()), on=["feature", "endpoint", "arm"], suffix="_shipped"
    )
    assert both.height == 3 * len(names)
    # The few are the first of the million: the difference has the variance of the rest alone.
    error = both["standard_error"] * np.sqrt(1 - 30_000 / 1_000_000)
    z = (both["log_ratio"] - both["log_ratio_shipped"]) / error
    assert z.abs().max() < LARGEST_Z


def test_without_effects_every_model_is_silent():
    plan = StudyPlan(
        effects=(), arms=(ArmPlan("a"), ArmPlan("b", hazard_ratio=2.0)), truth_patients=10_000
    )
    models = fit_models(generate_patients(plan), plan).filter(pl.col("feature") != "treatment")
    assert (models["log_ratio"] / models["standard_error"]).abs().max() < LARGEST_Z


def test_the_only_feature_that_acts_is_seen_at_its_stated_size_and_only_in_its_arm():
    plan = StudyPlan(
        effects=(EffectPlan("serum_il2", 1.5, 0.5, arms=("b",)),),
        arms=(ArmPlan("a"), ArmPlan("b")),
        truth_patients=20_000,
    )
    models = fit_models(generate_patients(plan, ("serum_il2",)), plan)
    for arm, stated in (("a", {"os": 0.0, "response": 0.0}), ("b", {"os": 1.5, "response": 0.5})):
        for endpoint, ratio in stated.items():
            row = models.row(
                by_predicate=(pl.col("feature") == "serum_il2")
                & (pl.col("arm") == arm)
                & (pl.col("endpoint") == endpoint),
                named=True,
            )
            expected = np.log(ratio) if ratio else 0.0
            assert abs(row["log_ratio"] - expected) < LARGEST_Z * row["standard_error"]


def test_adjuvant_studies_have_relapse_in_the_place_of_response_and_progression():
    plan = StudyPlan(outcomes=OutcomesPlan(disease="adjuvant"), truth_patients=2000)
    models = fit_models(generate_patients(plan, ("nlr",)), plan)
    assert models["endpoint"].to_list() == ["os", "rfs"]


@pytest.mark.parametrize("n", [60_000])
def test_generated_patients_do_not_depend_on_how_many_follow(n):
    few = generate_patients(StudyPlan(truth_patients=50_000), ("nlr",))
    many = generate_patients(StudyPlan(truth_patients=n), ("nlr",))
    np.testing.assert_array_equal(few.features, many.features[:50_000])
    np.testing.assert_array_equal(few.survival["os"].time, many.survival["os"].time[:50_000])
