"""A virtual study: what is in it, and what a check says of it."""

import dataclasses
import tomllib

import numpy as np
import polars as pl
import pytest

from macroimmune.errors import InputError
from macroimmune.schema import ANALYTES, TABLES
from macroimmune.simulator.leaves import LEAVES
from macroimmune.simulator.plan import ArmPlan, ClinicPlan, OutcomesPlan, StudyPlan, VisitPlan
from macroimmune.simulator.study_folder import write_virtual_study
from macroimmune.simulator.virtual_study import draw_virtual_study
from macroimmune.units import UNITS
from macroimmune.workflow import open_study

TWO_ARMS = (ArmPlan("chemotherapy", is_immunotherapy=False), ArmPlan("anti-PD1", 2.0))
ADJUVANT = dataclasses.replace(
    StudyPlan(patients=250),
    clinic=ClinicPlan(stages={"II": 0.5, "III": 0.5}),
    outcomes=dataclasses.replace(
        OutcomesPlan(), disease="adjuvant", os_median_months=60.0, progression_median_months=30.0
    ),
)
PLANS = {
    "default": StudyPlan(),
    "another seed": StudyPlan(seed=99),
    "two arms and healthy people": StudyPlan(patients=200, healthy=40, arms=TWO_ARMS),
    "adjuvant": ADJUVANT,
    "one visit": StudyPlan(patients=150, visits=(VisitPlan("screening", -10, 4),)),
}
# What the tables call for: undetected proteins, and outcomes that follow from others.
EXPECTED = {"below-limit", "derived-outcome"}


@pytest.fixture(scope="module")
def study():
    return draw_virtual_study(StudyPlan(patients=60, healthy=10, seed=3))


@pytest.mark.parametrize("name", PLANS)
def test_a_study_without_planted_troubles_has_only_expected_notes(name, tmp_path):
    # How the truth of effects is made does not matter here: few patients are fast.
    plan = dataclasses.replace(PLANS[name], truth_patients=1000)
    write_virtual_study(tmp_path / "study", plan)
    opened = open_study(tmp_path / "study")
    found = {(one.severity, one.code) for one in opened.findings}
    assert {code for _, code in found} <= EXPECTED, found
    assert {severity for severity, _ in found} == {"note"}
    assert opened.participants.height == PLANS[name].patients + PLANS[name].healthy


def test_every_section_maps_headings_that_are_there(study):
    settings = tomllib.loads(study.files.settings)
    sections = set(settings) & set(TABLES)
    assert {"participants", "outcomes", "samples", "blood_counts", "populations"} <= sections
    for name in sections:
        source = settings[name]
        heading = study.files.tables[source.get("file", settings["file"])].frame.columns
        declared = {column.name for column in TABLES[name].columns}
        wide = source.get("wide", {})
        assert set(wide) <= set(ANALYTES)
        for ours, spec in {**source, **wide}.items():
            if ours in {"file", "wide"}:
                continue
            assert ours in declared | set(wide)
            assert (spec if isinstance(spec, str) else spec["column"]) in heading
            assert isinstance(spec, str) or spec.get("unit", "day") in UNITS


def test_every_table_is_mapped_and_every_setting_has_a_line_of_its_own(study):
    settings = tomllib.loads(study.files.settings)
    mapped = {settings["file"]}
    mapped |= {part.get("file") for name, part in settings.items() if name in TABLES}
    assert set(study.files.tables) == mapped - {None}
    assert all(line.count(" = ") < 2 or "{" in line for line in study.files.settings.splitlines())


def test_baseline_draws_lie_in_the_window_and_all_others_before_the_landmark(study):
    analysis = tomllib.loads(study.files.settings)["analysis"]
    low, high = analysis["baseline_window_days"]
    days = study.files.tables["samples.csv"].frame["Day"]
    assert days.filter(days <= 0).is_between(low, high).all()
    assert days.max() <= analysis["landmarks_days"][0]


def test_several_arms_have_a_control_and_say_whether_they_were_randomised():
    for is_randomised in (True, False):
        plan = StudyPlan(patients=20, arms=TWO_ARMS, is_randomised=is_randomised)
        analysis = tomllib.loads(draw_virtual_study(plan).files.settings)["analysis"]
        assert analysis["control_arms"] == ["chemotherapy"]
        assert analysis["treated_arms"] == ["anti-PD1"]
        assert analysis["randomised"] is is_randomised


def test_a_study_of_one_arm_has_no_control(study):
    assert "control_arms" not in tomllib.loads(study.files.settings)["analysis"]


def test_names_of_any_kind_come_through_the_settings(tmp_path):
    plan = StudyPlan(
        name='Étude "α" \\ one',
        patients=30,
        arms=(ArmPlan('a, "b"'), ArmPlan("c = d")),
        truth_patients=1000,
    )
    write_virtual_study(tmp_path / "study", plan)
    opened = open_study(tmp_path / "study")
    assert opened.name == plan.name
    assert set(opened.participants["arm"]) == {'a, "b"', "c = d"}
    assert opened.analysis.control_arms == ('a, "b"',)


def test_the_truth_of_participants_is_what_the_tables_measure(study):
    true = study.truth["participants.csv"]
    patients = study.files.tables["patients.csv"].frame
    assert true["participant_id"].to_list() == patients["Patient"].to_list()
    assert true["age_years"].floor().cast(int).to_list() == patients["Age"].to_list()
    counts = study.files.tables["blood_counts.csv"].frame.group_by("Patient").first()
    both = counts.join(true, left_on="Patient", right_on="participant_id").drop_nulls("LDH")
    assert np.allclose(both["LDH"], both["ldh"].round(0))
    assert true.filter(~pl.col("is_patient"))["death_days"].null_count() == 10


def test_true_frequencies_of_every_draw_sum_to_one(study):
    true = study.truth["frequencies.csv"]
    assert true["sample_id"].to_list() == study.samples.sample_ids.tolist()
    assert true.select(*LEAVES).sum_horizontal().to_numpy() == pytest.approx(1.0)


def test_troubles_are_planted_into_the_files_and_not_into_the_truth():
    plan = StudyPlan(patients=80, seed=3)
    clean = draw_virtual_study(plan)
    planted = draw_virtual_study(dataclasses.replace(plan, troubles=("reversed-events",)))
    assert clean.truth.keys() == planted.truth.keys()
    assert all(clean.truth[name].equals(planted.truth[name]) for name in clean.truth)
    heading = "Progressed or died"
    before, after = (
        one.files.tables["patients.csv"].frame[heading].cast(int) for one in (clean, planted)
    )
    assert (before + after == 1).all()


def test_a_planted_trouble_is_found_by_the_check(tmp_path):
    plan = StudyPlan(patients=80, troubles=("reversed-events",), truth_patients=1000)
    write_virtual_study(tmp_path / "study", plan)
    codes = {finding.code for finding in open_study(tmp_path / "study").findings}
    assert "reversed-events" in codes


def test_settings_out_of_range_are_refused_before_anything_is_drawn():
    with pytest.raises(InputError, match="patients = 0: outside"):
        draw_virtual_study(StudyPlan(patients=0))
    with pytest.raises(InputError, match="Did you mean 'line-endings'"):
        draw_virtual_study(StudyPlan(troubles=("line-ending",)))


def test_more_patients_of_a_seed_are_the_same_ones_and_others():
    few, many = (draw_virtual_study(StudyPlan(patients=n)) for n in (30, 45))
    for name in ("participant_id", "age_years", "ldh", "il6", "death_days"):
        first = many.truth["participants.csv"][name].head(30)
        assert first.equals(few.truth["participants.csv"][name]), name
