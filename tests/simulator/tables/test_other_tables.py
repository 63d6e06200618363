"""Samples, medications, assays and scores."""

import numpy as np
import polars as pl
import pytest
from scipy.special import logit

from macroimmune.features.compartments import slug
from macroimmune.simulator.features import FEATURES
from macroimmune.simulator.plan import MedicationsPlan, ScoresPlan, StudyPlan, VisitPlan

# Of a person's logit: between two assays of one person, and between people (CD107a v K562).
NOISE, SPREAD = 0.20, 0.50


def test_every_draw_is_a_sample_of_blood_with_its_visit_and_batch(drawn):
    table = drawn.tables["samples.csv"]
    assert table["Sample"].to_list() == drawn.samples.sample_ids.tolist()
    assert table["Visit"].to_list() == drawn.samples.visit.tolist()
    assert table["Batch"].n_unique() == np.unique(drawn.samples.batch).size
    assert set(table["Compartment"]) == {"blood"}


def test_courses_keep_clear_of_treatment_start_and_of_draws(drawn):
    courses = drawn.tables["medications.csv"]
    days = drawn.samples.days
    away = (courses["Stop"] < min(days.min(), -60) - 14) | (courses["Start"] > days.max() + 14)
    assert away.all()
    assert (courses["Stop"] > courses["Start"]).all()
    assert (courses["Stop"].is_between(-60, 60)).sum() == 0


def test_the_stated_share_of_patients_has_a_course(draw):
    plan = StudyPlan(
        patients=2000,
        visits=(VisitPlan("baseline", -3, 3),),
        medications=MedicationsPlan(antibiotic=1.0, steroid=0.3, g_csf=0.0, other=0.0),
    )
    found = draw(plan)
    courses = found.tables["medications.csv"]
    end = np.fmin(found.outcomes.death_days, found.outcomes.last_seen_days)
    # Courses after the start need somebody who lives to see them.
    possible = 0.5 + 0.5 * (end > 200).mean()
    antibiotics = courses.filter(Class="antibiotic").height / 2000
    assert possible - 0.02 < antibiotics < 1.0
    assert courses.filter(Class="steroid").height / 2000 == pytest.approx(
        0.3 * antibiotics, abs=0.03
    )
    assert courses.filter(Class="g_csf").is_empty()


def test_g_csf_before_treatment_goes_with_therapy_before(draw):
    found = draw(StudyPlan(patients=500, medications=MedicationsPlan(g_csf=1.0)))
    early = found.tables["medications.csv"].filter(pl.col("Class") == "g_csf", pl.col("Start") < 0)
    names = found.people.participant_ids[found.people.has_prior_therapy]
    assert early.height > 50
    assert set(early["Patient"]) <= set(names.tolist())


def test_nobody_begins_a_course_after_the_end_of_observation(drawn):
    end = np.fmin(drawn.outcomes.death_days, drawn.outcomes.last_seen_days)
    last = pl.DataFrame({"Patient": drawn.people.participant_ids, "end": end})
    courses = drawn.tables["medications.csv"].join(last, on="Patient")
    assert courses.height > 200
    assert ((courses["Start"] < 0) | (courses["Start"] <= courses["end"])).all()


def test_assays_differ_between_people_and_within_them_as_stated(drawn):
    rows = drawn.tables["functional_assays.csv"].filter(Target="K562")
    person = rows["Sample"].str.split("-").list.first()
    answers = rows.with_columns(person=person, logit=pl.Series(logit(rows["Percent"] / 100)))
    repeated = answers.group_by("person").agg(
        pl.col("logit").mean(), pl.col("logit").var().alias("within"), pl.len().alias("n")
    )
    several = repeated.filter(pl.col("n") > 1)
    within = several["within"].mean()
    between = several["logit"].var() - (within / several["n"]).mean()
    assert np.sqrt(within) == pytest.approx(NOISE, rel=0.06)
    assert np.sqrt(between) == pytest.approx(SPREAD, rel=0.08)


def test_assays_do_not_go_with_response(drawn):
    rows = drawn.tables["functional_assays.csv"].filter(
        pl.col("Sample").str.ends_with("-baseline"), pl.col("Sample").str.starts_with("V")
    )
    responds = dict(
        zip(drawn.people.participant_ids.tolist(), drawn.outcomes.response.tolist(), strict=True)
    )
    for _, assay in rows.group_by("Effector", "Target", "Readout"):
        group = np.array([responds[sample.split("-")[0]] for sample in assay["Sample"]])
        values = logit(assay["Percent"].to_numpy() / 100)
        difference = values[group].mean() - values[~group].mean()
        error = values.std() * np.sqrt(1 / group.sum() + 1 / (~group).sum())
        assert abs(difference) < 3.5 * error


def test_scores_are_the_true_responsiveness_with_the_stated_error(draw):
    found = draw(StudyPlan(patients=2000, healthy=50, scores=ScoresPlan(missing=0.0, noise=0.4)))
    table = found.tables["scores.csv"]
    assert table["Sample"].str.ends_with("-baseline").all()
    error = table["Value"].to_numpy() - found.people.ifn_responsiveness
    assert error.std() == pytest.approx(0.4, rel=0.05)
    assert abs(np.corrcoef(error, found.people.ifn_responsiveness)[0, 1]) < 0.08


def test_the_score_is_found_under_the_name_that_its_truth_has(drawn):
    (name,) = drawn.tables["scores.csv"]["Score"].unique()
    assert slug(name) == FEATURES["ifn_responsiveness"].reported


def test_tables_that_are_not_wanted_are_not_there(draw):
    plan = StudyPlan(patients=5, scores=ScoresPlan(is_written=False))
    assert "scores.csv" not in draw(plan).tables
