"""Patients: who they are and how they fared, as the clinic writes it down."""

import dataclasses

import numpy as np
import polars as pl
import pytest

from macroimmune.simulator.plan import ClinicPlan, OutcomesPlan, StudyPlan

MONTH = 30.4375


@pytest.fixture(scope="module")
def patients(drawn):
    return drawn.tables["patients.csv"].filter(Group="patient")


def test_times_and_flags_are_those_of_the_outcomes(drawn, patients):
    n = drawn.plan.patients
    seen, death = drawn.outcomes.last_seen_days[:n], drawn.outcomes.death_days[:n]
    first = np.minimum(drawn.outcomes.progression_days[:n], death)
    assert patients["OS (months)"].to_numpy() == pytest.approx(
        np.minimum(death, seen) / MONTH, abs=0.0051
    )
    assert patients["PFS (months)"].to_numpy() == pytest.approx(
        np.minimum(first, seen) / MONTH, abs=0.0051
    )
    assert (patients["Status"] == "dead").to_list() == (death <= seen).tolist()
    assert patients["Progressed or died"].to_list() == (first <= seen).astype(int).tolist()


def test_progression_free_survival_is_never_longer_than_survival(patients):
    assert (patients["PFS (months)"] <= patients["OS (months)"]).all()


def test_only_the_dead_have_a_cause_and_those_who_progressed_die_from_the_cancer(patients):
    alive, dead = (patients.filter(Status=status) for status in ("alive", "dead"))
    assert alive["Cause of death"].null_count() == alive.height
    later = dead.filter(pl.col("PFS (months)") < pl.col("OS (months)"))
    assert later["Cause of death"].unique().to_list() == ["cancer"]
    assert set(dead["Cause of death"]) == {"cancer", "other", "treatment"}


def test_responders_have_responses_and_few_are_not_evaluable(drawn, patients):
    responds = drawn.outcomes.response[: drawn.plan.patients]
    counted = patients.with_columns(responds=responds)["Best response"]
    assert set(counted.filter(pl.Series(responds)).unique()) == {"CR", "PR", "NE"}
    assert set(counted.filter(pl.Series(~responds)).unique()) == {"SD", "PD", "NE"}
    assert (counted == "NE").mean() == pytest.approx(0.03, abs=0.025)
    complete = (counted == "CR").sum() / counted.is_in(["CR", "PR"]).sum()
    assert complete == pytest.approx(0.25, abs=0.07)


def test_who_progressed_before_the_first_scan_has_progressive_disease(patients):
    rows = patients.filter(pl.col("Best response").is_in(["SD", "PD"]))
    early = (rows["PFS (months)"] * MONTH < 59) & (rows["Progressed or died"] == 1)
    late = rows["PFS (months)"] * MONTH > 75
    assert rows.filter(early)["Best response"].unique().to_list() == ["PD"]
    assert rows.filter(late)["Best response"].unique().to_list() == ["SD"]


def test_healthy_people_have_age_and_sex_and_nothing_of_a_patient(drawn):
    healthy = drawn.tables["patients.csv"].filter(Group="healthy")
    assert healthy.height == 200
    known = {name for name in healthy.columns if healthy[name].null_count() < healthy.height}
    assert known == {"Patient", "Group", "Age", "Sex"}


def test_immunotherapy_is_what_the_arm_gives(patients):
    given = patients.group_by("Arm").agg(pl.col("Immunotherapy").unique())
    assert dict(given.iter_rows()) == {"anti-PD1": ["yes"], "chemotherapy": ["no"]}


def test_adjuvant_studies_have_relapse_and_no_tumour(draw):
    plan = StudyPlan(
        patients=60,
        clinic=ClinicPlan(stages={"II": 1.0, "III": 1.0}),
        outcomes=dataclasses.replace(OutcomesPlan(), disease="adjuvant"),
    )
    tables = draw(plan).tables
    assert "tumour_measurements.csv" not in tables
    headings = tables["patients.csv"].columns
    assert {"RFS (months)", "Relapsed or died"} <= set(headings)
    assert not {"Best response", "PFS (months)"} & set(headings)
