import dataclasses

import numpy as np
import polars as pl
import pytest
from scipy.stats import false_discovery_control, ttest_ind

from macroimmune.simulator.microbiome import microbiome_delivery
from macroimmune.simulator.people import draw_outcomes, draw_people, draw_samples
from macroimmune.simulator.plan import MedicationsPlan, MicrobiomePlan, StudyPlan
from macroimmune.simulator.tables.medications_table import medications_table


def delivered(*, patients=60, healthy=0, seed=3, antibiotic=0.12, **settings):
    plan = StudyPlan(
        seed=seed,
        patients=patients,
        healthy=healthy,
        medications=MedicationsPlan(antibiotic=antibiotic),
        microbiome=MicrobiomePlan(is_written=True, participants=10_000, **settings),
    )
    people = draw_people(plan)
    outcomes = draw_outcomes(plan, people)
    samples = draw_samples(plan, people, outcomes)
    return plan, people, samples, outcomes, microbiome_delivery(plan, people, samples, outcomes)


def log_ratios(counts):
    """Return log counts against the median of the taxa that were seen; NaN where unseen."""
    logs = np.where(counts > 0, np.log(np.maximum(counts, 1)), np.nan)
    return logs - np.nanmedian(logs, axis=1, keepdims=True)


def welch(logs, is_responder):
    """Return Welch's test per taxon, of the people in whom it was seen."""
    return ttest_ind(logs[is_responder], logs[~is_responder], equal_var=False, nan_policy="omit")


def test_nothing_is_delivered_where_nothing_is_asked_for():
    assert delivered(collected=0.0)[-1].tables == {}
    plan, people, samples, outcomes, _ = delivered(patients=5)
    off = dataclasses.replace(plan, microbiome=MicrobiomePlan())
    assert microbiome_delivery(off, people, samples, outcomes).study == ""


def test_the_tables_agree_and_lie_before_treatment():
    plan, people, _, _, delivery = delivered(healthy=10)
    tubes, long, wide = (
        delivery.tables[name] for name in ("stool_samples.csv", "taxa.csv", "taxa_counts.csv")
    )
    assert tubes["Day"].is_between(-plan.microbiome.days_before, 0).all()
    assert tubes["Stool"].to_list() == wide["Stool"].to_list()
    counts = wide.drop("Stool").to_numpy()
    assert (counts.sum(axis=1) == tubes["Reads"].to_numpy()).all()
    percent = long["Percent"].to_numpy().reshape(counts.shape)
    assert percent == pytest.approx(100 * counts / counts.sum(axis=1, keepdims=True), abs=1e-4)
    assert 0.7 < tubes.height / people.participant_ids.size < 0.97
    assert delivery.truth["taxa_compositions.csv"].height == tubes.height


def test_the_same_seed_gives_the_same_tables_and_another_others():
    first, again, other = (delivered(seed=seed)[-1].tables["taxa_counts.csv"] for seed in (3, 3, 4))
    assert first.equals(again)
    assert not first.equals(other)


def test_taxa_of_responders_are_found_and_null_taxa_are_silent():
    _, people, _, outcomes, delivery = delivered(patients=2350)
    wide = delivery.tables["taxa_counts.csv"]
    effects = delivery.truth["taxa_effects.csv"]
    response = dict(zip(people.participant_ids, outcomes.response, strict=True))
    is_responder = np.array([response[name.removesuffix("-stool")] for name in wide["Stool"]])
    assert is_responder.size > 1900
    found = welch(log_ratios(wide.drop("Stool").to_numpy()), is_responder)
    sign = np.sign(effects["log_change_in_responders"].to_numpy())
    null = effects["is_null"].to_numpy()
    q_value = false_discovery_control(found.pvalue)
    assert (q_value[~null] < 0.001).all()
    assert (np.sign(found.statistic[~null]) == sign[~null]).all()
    # One in twenty by chance: 74 null taxa give at most 9 in 99 of 100 studies.
    assert (found.pvalue[null] < 0.05).sum() <= 9
    assert (q_value[null] < 0.01).sum() == 0


def test_shares_differ_by_the_change_of_shares_that_the_truth_states():
    _, people, _, outcomes, delivery = delivered(patients=2350, antibiotic=0.0)
    effects = delivery.truth["taxa_effects.csv"]
    compositions = delivery.truth["taxa_compositions.csv"]
    response = dict(zip(people.participant_ids, outcomes.response, strict=True))
    is_responder = np.array([response[name] for name in compositions["participant_id"]])
    shares = compositions.select(effects["taxon"].to_list()).to_numpy()
    logs = np.log(np.where(shares > 1e-6, shares, np.nan))
    found = np.nanmean(logs[is_responder], axis=0) - np.nanmean(logs[~is_responder], axis=0)
    apart = found - effects["log_change_of_share"].to_numpy()
    null = effects["is_null"].to_numpy()
    # Taxa share the chance of their people's sums, so that errors do not average out.
    assert abs(apart[null].mean()) < 0.04
    assert found[null].mean() < -0.1
    assert np.abs(apart[~null]).max() < 0.35


def test_without_an_association_no_taxon_speaks():
    _, people, _, outcomes, delivery = delivered(patients=1000, in_responders=0.0)
    assert delivery.truth["taxa_effects.csv"]["is_null"].all()
    wide = delivery.tables["taxa_counts.csv"]
    response = dict(zip(people.participant_ids, outcomes.response, strict=True))
    is_responder = np.array([response[name.removesuffix("-stool")] for name in wide["Stool"]])
    p_value = welch(log_ratios(wide.drop("Stool").to_numpy()), is_responder).pvalue
    assert (p_value < 0.05).sum() <= 10
    assert false_discovery_control(p_value).min() > 0.01


def test_diversity_is_lower_after_the_antibiotics_of_the_medication_table():
    plan, people, samples, outcomes, delivery = delivered(patients=400, antibiotic=0.6)
    courses = medications_table(plan, people, samples, outcomes).filter(Class="antibiotic")
    stool = delivery.tables["stool_samples.csv"].join(courses, on="Patient")
    expected = stool.filter((pl.col("Day") - pl.col("Stop")).is_between(0, 180))["Patient"]
    truth = delivery.truth["taxa_compositions.csv"]
    assert set(truth.filter("had_antibiotic")["participant_id"]) == set(expected)
    shares = delivery.tables["taxa_counts.csv"].drop("Stool").to_numpy()
    richness = (shares > 0).sum(axis=1)
    had = truth["had_antibiotic"].to_numpy()
    assert 20 < had.sum() < had.size - 20
    assert richness[had].mean() / richness[~had].mean() == pytest.approx(0.7, abs=0.05)
