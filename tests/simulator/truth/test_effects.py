"""True effects as tables: stated ones per unit of the scale, arms, and what is null."""

import dataclasses
import math

import polars as pl
import pytest

from macroimmune.results import RESULT_TABLES
from macroimmune.simulator.features import FEATURES
from macroimmune.simulator.people import spread_of
from macroimmune.simulator.plan import ArmPlan, EffectPlan, OutcomesPlan, StudyPlan
from macroimmune.simulator.truth import (
    EFFECTS_FILE,
    effects_by_arm,
    true_effects,
    true_effects_task,
)

PREDICTIVE = StudyPlan(
    arms=(ArmPlan("new"), ArmPlan("old", hazard_ratio=1.4, odds_ratio=0.6)),
    effects=(EffectPlan("nlr", 1.3, 0.8), EffectPlan("m_mdsc", 1.5, 1.0, arms=("new",))),
    truth_patients=2000,
)


@pytest.fixture(scope="module")
def truth():
    """Give the truth of the default effects, from few patients."""
    return true_effects(StudyPlan(truth_patients=20_000))


def models_of(plan, arms=("",)):
    """Return models without any estimate, one unit of each feature being twice the plan's."""
    rows = [
        {
            "feature": name,
            "endpoint": endpoint,
            "arm": arm,
            "log_ratio": 0.1,
            "standard_error": 0.01,
            "unit": 2.0 * spread_of(name).unit,
        }
        for name in ("nlr", "m_mdsc", "treg")
        for endpoint in ("os", "response")
        for arm in arms
    ]
    return pl.DataFrame(rows)


def one(frame, **where):
    return frame.row(
        by_predicate=pl.all_horizontal(pl.col(name) == value for name, value in where.items()),
        named=True,
    )


def test_the_truth_is_the_table_of_the_contract_with_every_feature_and_endpoint(truth):
    assert dict(truth.schema) == dict(RESULT_TABLES["truth"].schema)
    assert truth.height == 3 * len(FEATURES)
    for name, feature in FEATURES.items():
        rows = truth.filter(pl.col("feature") == (feature.reported or name))
        assert rows["endpoint"].to_list() == ["os", "pfs", "response"]
        assert rows["scale"].unique().to_list() == [feature.scale]
        assert rows["effect"].to_list() == ["hazard_ratio", "hazard_ratio", "odds_ratio"]


def test_conditional_effects_are_the_stated_ones_per_unit_of_the_scale():
    plan = StudyPlan(effects=(EffectPlan("m_mdsc", 1.2, 0.8),))
    truth = true_effects(plan, models_of(plan))
    assert one(truth, feature="m_mdsc", endpoint="os")["conditional"] == pytest.approx(1.44)
    assert one(truth, feature="m_mdsc", endpoint="response")["conditional"] == pytest.approx(0.64)
    assert one(truth, feature="treg", endpoint="os")["conditional"] == 1.0
    assert one(truth, feature="treg", endpoint="os")["marginal"] == pytest.approx(math.exp(0.1))


def test_a_feature_is_null_where_it_has_no_effect_of_its_own_on_that_endpoint(truth):
    is_null = {
        (row["feature"], row["endpoint"]): row["is_null"] for row in truth.iter_rows(named=True)
    }
    assert not is_null["nlr", "os"]
    assert is_null["dnlr", "os"]
    assert is_null["cd8_senescent", "os"]
    assert not is_null["cd8_senescent", "response"]


def test_a_null_feature_may_still_go_with_survival_and_an_independent_one_does_not(truth):
    assert one(truth, feature="dnlr", endpoint="os")["marginal"] > 1.2
    independent = one(truth, feature="serum_il2", endpoint="os")
    z = math.log(independent["marginal"]) / independent["log_marginal_standard_error"]
    assert abs(z) < 4.0


def test_what_differs_between_arms_has_no_conditional_effect_of_all_but_one_in_each():
    models = pl.concat([models_of(PREDICTIVE), models_of(PREDICTIVE, ("new", "old"))])
    overall = one(true_effects(PREDICTIVE, models), feature="m_mdsc", endpoint="os")
    assert overall["conditional"] is None
    assert not overall["is_null"]
    by_arm = effects_by_arm(PREDICTIVE, models)
    new = one(by_arm, feature="m_mdsc", endpoint="os", arm="new")
    old = one(by_arm, feature="m_mdsc", endpoint="os", arm="old")
    assert new["conditional"] == pytest.approx(1.5**2)
    assert (old["conditional"], old["is_null"]) == (1.0, True)
    assert old["interaction"] == pytest.approx(1.5**-2)
    assert new["interaction"] is None
    assert old["marginal_interaction"] == pytest.approx(1.0)
    # No effect on response in either arm: nothing differs.
    same = one(true_effects(PREDICTIVE, models), feature="m_mdsc", endpoint="response")
    assert (same["conditional"], same["is_null"]) == (1.0, True)


def test_with_one_arm_there_is_nothing_by_arm():
    plan = StudyPlan()
    assert effects_by_arm(plan, models_of(plan)).is_empty()


def test_the_treatment_has_its_stated_ratio_against_the_first_arm(tmp_path):
    true_effects_task(PREDICTIVE).run(tmp_path)
    by_arm = pl.read_csv(tmp_path / "truth" / "effects_by_arm.csv")
    for endpoint, stated in (("os", 1.4), ("pfs", 1.4), ("response", 0.6)):
        row = one(by_arm, feature="treatment", endpoint=endpoint, arm="old")
        assert row["conditional"] == pytest.approx(stated)
        # Averaged over what is not in the model, a ratio comes nearer to 1; here by little.
        error = row["log_marginal_standard_error"]
        assert abs(math.log(row["marginal"]) - 0.9 * math.log(stated)) < 4 * error


def test_the_files_of_the_default_plan_are_written_without_generating_anyone(tmp_path):
    task = true_effects_task(StudyPlan(patients=12, seed=1))
    task.run(tmp_path)
    assert task.is_done(tmp_path)
    written = pl.read_csv(tmp_path / EFFECTS_FILE, schema=RESULT_TABLES["truth"].schema)
    assert written.equals(true_effects(StudyPlan()))
    assert [path.name for path in (tmp_path / "truth").iterdir()] == ["true_effects.csv"]


def test_what_only_changes_the_recording_does_not_change_the_truth():
    plan = StudyPlan()
    other = dataclasses.replace(
        plan, seed=9, patients=7, outcomes=dataclasses.replace(plan.outcomes, not_evaluable=0.5)
    )
    assert true_effects(other).equals(true_effects(plan))


def test_where_too_few_patients_tell_anything_the_effect_seen_is_missing(tmp_path):
    plan = StudyPlan(
        arms=(ArmPlan("all"), ArmPlan("hardly anyone", share=0.001)),
        outcomes=OutcomesPlan(response=0.001),
        truth_patients=1000,
    )
    true_effects_task(plan).run(tmp_path)
    by_arm = pl.read_csv(tmp_path / "truth" / "effects_by_arm.csv")
    rows = by_arm.filter(arm="hardly anyone", endpoint="response")
    assert rows["marginal"].null_count() == rows.height
    assert rows["conditional"].null_count() == 0
