"""Virtual studies whose people, blood and outcomes follow from the mechanistic model."""

import dataclasses
import math

import numpy as np
import polars as pl
import pytest

import macroimmune
from macroimmune.errors import InputError
from macroimmune.mechanism.scenarios import run_scenario
from macroimmune.outcomes import Survival
from macroimmune.simulator import StudyPlan, draw_virtual_study, read_plan, write_virtual_study
from macroimmune.simulator.from_mechanism.model_blood import KEPT, blood_counts, leaf_fractions
from macroimmune.simulator.from_mechanism.model_runs import study_scenario
from macroimmune.simulator.leaves import LEAVES
from macroimmune.simulator.plan import ArmPlan, MechanismPlan, OutcomesPlan
from macroimmune.simulator.truth.relevant import relevant_key
from macroimmune.statistics.cox import cox

TREATED = "pancreatic_CD40_anti_PD1_chemotherapy"
SHORT = OutcomesPlan(enrolment_months=2.0, follow_up_months=5.0)
PLAN = StudyPlan(
    source="mechanism",
    patients=3,
    healthy=1,
    arms=(ArmPlan("none", is_immunotherapy=False), ArmPlan("combination", scenario=TREATED)),
    outcomes=SHORT,
)


@pytest.fixture(scope="module")
def study():
    return draw_virtual_study(PLAN)


def test_the_inputs_of_the_model_that_are_told_make_the_blood_of_each_patient(study):
    inputs = study.truth["model_inputs.csv"]
    assert inputs["participant_id"].to_list() == study.people.participant_ids.tolist()
    assert set(inputs["status"]) == {""}
    values = inputs.drop("participant_id", "arm", "status").row(0, named=True)
    run = run_scenario(study_scenario(PLAN), values=values, days=[-1.0])
    there = run.course.filter(pl.col("day") == -1.0)
    expected = (there["Neu_bl"][0] + there["PMN_bl"][0]) / 5.0
    assert study.people.baseline["neutrophils"][0] == pytest.approx(expected, rel=1e-3)


def test_blood_after_treatment_follows_the_model(study):
    samples = study.samples
    assert samples.fractions.sum(axis=1) == pytest.approx(1.0)
    moves = samples.moves["neutrophils"]
    assert np.all(moves[samples.days <= 0] == 0.0)
    assert np.all(np.abs(moves[samples.days > 0]) > 0.0)
    is_healthy = ~study.people.is_patient[samples.participant]
    assert np.all(moves[is_healthy] == 0.0)


def test_scans_show_the_response_and_the_progression_that_are_told(study):
    patients = study.files.tables["patients.csv"].frame.filter(pl.col("Group") == "patient")
    scans = study.files.tables["tumour_measurements.csv"].frame
    for number, row in enumerate(patients.iter_rows(named=True)):
        sums = scans.filter(pl.col("Patient") == row["Patient"])["Sum of diameters (mm)"].to_list()
        progressed = study.outcomes.progression_days[number]
        last_seen = study.outcomes.last_seen_days[number]
        before = sums[:-1] if progressed <= last_seen else sums
        if row["Best response"] in {"CR", "PR"}:
            assert min(before) <= 0.7 * sums[0] + 1
        elif row["Best response"] == "SD":
            assert min(before) > 0.7 * sums[0] - 1


def test_no_effect_is_stated_and_who_was_left_out_is(study):
    assert {"model_inputs.csv", "model_left_out.csv"} <= set(study.truth)
    assert not any("true_effects" in path for task in study.files.tasks for path in task.paths)
    assert study.truth["model_left_out.csv"].columns == ["status", "n"]


def test_cells_of_a_state_are_divided_by_a_persons_own_proportions():
    own = np.full((1, len(LEAVES)), 1.0 / len(LEAVES))
    own[0, list(LEAVES).index("nk_mature")] *= 3.0
    rows = pl.DataFrame({name: [1.0] for name in KEPT}).with_columns(
        pl.lit(0.1).alias("Ki67+ CD8 T cell frequency in blood")
    )
    fractions = dict(zip(LEAVES, leaf_fractions(rows, own)[0], strict=True))
    assert sum(fractions.values()) == pytest.approx(1.0)
    assert fractions["nk_mature"] == pytest.approx(3.0 * fractions["nk_cd56_bright"])
    assert fractions["nk_mature"] + fractions["nk_cd56_bright"] == pytest.approx(
        fractions["naive_cd4"]
    )
    assert fractions["ki67_cd8"] == pytest.approx(0.4 * fractions["naive_cd8"])
    assert blood_counts(rows)["monocytes"].tolist() == [0.4]


def test_what_is_asked_of_the_model_is_refused_where_it_cannot_be():
    adjuvant = dataclasses.replace(PLAN, outcomes=OutcomesPlan(disease="adjuvant"))
    with pytest.raises(InputError, match="needs a tumour to follow"):
        draw_virtual_study(adjuvant)
    unknown = dataclasses.replace(PLAN, mechanism=MechanismPlan(scenario="human_tumor"))
    with pytest.raises(InputError, match="Did you mean 'human_tumour'"):
        draw_virtual_study(unknown)
    healthy = dataclasses.replace(PLAN, mechanism=MechanismPlan(scenario="healthy_human"))
    with pytest.raises(InputError, match="patients need a scenario of people with a tumour"):
        draw_virtual_study(healthy)


def test_a_source_that_is_not_there_is_refused_with_the_nearest(tmp_path):
    (tmp_path / "plan.toml").write_text('source = "mechanistic"\n')
    with pytest.raises(InputError, match="Did you mean 'mechanism'"):
        read_plan(tmp_path / "plan.toml")


def test_the_scenario_of_an_arm_changes_no_effect_of_drawn_people():
    plain = StudyPlan(arms=(ArmPlan("a"),))
    assert relevant_key(plain) == relevant_key(StudyPlan(arms=(ArmPlan("a", scenario="x"),)))


@pytest.mark.slow
def test_a_written_study_passes_the_check_and_is_associated_with_the_sign_of_the_model(tmp_path):
    outcomes = OutcomesPlan(enrolment_months=4.0, follow_up_months=12.0)
    plan = StudyPlan(
        source="mechanism", patients=40, arms=(ArmPlan("none"),), outcomes=outcomes, seed=3
    )
    path = write_virtual_study(tmp_path / "study", plan)
    opened = macroimmune.open_study(path)
    findings = macroimmune.check(opened)
    assert findings.filter(pl.col("severity") == "error").height == 0
    truth = pl.read_csv(tmp_path / "study" / "truth" / "participants.csv")
    seen = truth["last_seen_days"].to_numpy()
    death = truth["death_days"].fill_null(math.inf).to_numpy()
    nlr = np.log2(truth["neutrophils"] / truth["lymphocytes"]).to_numpy()
    survival = Survival(time=np.minimum(death, seen), event=death <= seen)
    model = cox(survival, nlr)
    found = macroimmune.associate(opened).associations
    is_nlr = (pl.col("feature") == "nlr") & (pl.col("endpoint") == "os")
    (estimate,) = found.filter(is_nlr & pl.col("landmark_days").is_null())["estimate"]
    assert model.status == ""
    assert abs(model.coefficients[0]) > model.standard_errors[0]
    assert np.sign(np.log(estimate)) == np.sign(model.coefficients[0])
