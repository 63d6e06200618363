"""Virtual people whose responsiveness acts on outcome: the stage finds it, and nothing else."""

import dataclasses

import numpy as np
import polars as pl
import pytest

from macroimmune.association.confounded_batches import ConfoundedFeatures
from macroimmune.association.corrected_effects import corrected_effects
from macroimmune.association.endpoint_data import endpoint_data
from macroimmune.association.values import participant_values
from macroimmune.features import FeatureDefinition, FeatureTable
from macroimmune.outcomes import Survival
from macroimmune.results import conform
from macroimmune.simulator.people.draw_outcomes import draw_outcomes
from macroimmune.simulator.people.draw_people import draw_people
from macroimmune.simulator.plan import EffectPlan, StudyPlan
from macroimmune.statistics import cox, logistic
from macroimmune.study import study_from_frames

SCORE = FeatureDefinition(
    "ifn1_responsiveness_effector_cd4", "score", "responsiveness", "SD", "sd", "paired samples"
)
COHORTS, PEOPLE = 100, 200
ENDPOINTS = ("os", "pfs", "response")


def population(*effects):
    """Return the true responsiveness and the outcomes of all virtual patients."""
    plan = StudyPlan(patients=COHORTS * PEOPLE, healthy=0, seed=31)
    plan = dataclasses.replace(plan, effects=effects)
    people = draw_people(plan)
    outcomes = draw_outcomes(plan, people)
    frame = pl.DataFrame({
        "os": outcomes.death_days,
        "progression": outcomes.progression_days,
        "seen": outcomes.last_seen_days,
        "response": outcomes.response,
        "true": people.ifn_responsiveness,
    })
    first = pl.min_horizontal("os", "progression")
    return frame.select(
        "true",
        "response",
        os_time_days=pl.min_horizontal("os", "seen"),
        os_event=pl.col("os") <= pl.col("seen"),
        pfs_time_days=pl.min_horizontal(first, "seen"),
        pfs_event=first <= pl.col("seen"),
    )


def truth(people):
    """Return the marginal log ratios per unit of the true value, from all patients together."""
    true = people["true"].to_numpy()
    found = {"response": logistic(people["response"].to_numpy(), true).coefficients[0]}
    for name in ("os", "pfs"):
        time, event = (people[f"{name}_{what}"].to_numpy() for what in ("time_days", "event"))
        fit = cox(Survival(time=np.maximum(time, 0.5), event=event), true)
        found[name] = fit.coefficients[0]
    return found


def estimates(people):
    """Yield, for each cohort, the rows by endpoint and model and the SD of the measured score."""
    rng = np.random.default_rng(7)
    for number in range(COHORTS):
        cohort = people.slice(number * PEOPLE, PEOPLE)
        ids = [f"P{row:03d}" for row in range(PEOPLE)]
        errors = rng.uniform(0.15, 0.7, PEOPLE)
        score = cohort["true"].to_numpy() + rng.normal(size=PEOPLE) * np.sqrt(errors)
        half = 1.959964 * np.sqrt(errors)
        frame = pl.DataFrame({
            "participant_id": ids,
            "sample_id": ids,
            "days_from_treatment_start": -1.0,
            "feature": SCORE.id,
            "compartment": "blood",
            "value": score,
            "ci_low": score - half,
            "ci_high": score + half,
            "unit": "SD",
            "below_limit": False,
            "status": "",
        })
        outcomes = cohort.drop("true").with_columns(
            pl.col("os_time_days", "pfs_time_days").clip(lower_bound=0.5),
            participant_id=pl.Series(ids),
        )
        study = study_from_frames(
            "virtual", participants=outcomes.select("participant_id"), outcomes=outcomes
        )
        features = FeatureTable(conform("features", frame), (SCORE,), ())
        values = participant_values(
            features, study.participants["participant_id"], window=(-30.0, 0.0)
        )
        looks = [(values, endpoint_data(study))]
        rows = corrected_effects(study, features, looks, ConfoundedFeatures())
        yield {(row.endpoint, row.model): row for row in rows}, float(score.std(ddof=1))


@pytest.mark.slow
def test_the_true_ratios_of_virtual_people_are_recovered_from_measured_scores():
    people = population(EffectPlan("ifn_responsiveness", 1.6, 0.55))
    wanted = truth(people)
    assert wanted["os"] > 0.3
    assert wanted["response"] < -0.4
    found = list(estimates(people))
    for endpoint in ENDPOINTS:
        held, corrected, naive = [], [], []
        for rows, sd in found:
            row = rows[endpoint, "corrected"]
            low, high = np.log([row.ci_low, row.ci_high]) / sd
            held.append(low <= wanted[endpoint] <= high)
            corrected.append(np.log(row.estimate) / sd)
            naive.append(np.log(rows[endpoint, "naive"].estimate) / sd)
        # Of 100 intervals at 95 % fewer than 90 hold with a chance of 1 %.
        assert np.mean(held) >= 0.9, endpoint
        middle, attenuated = np.median(corrected), np.median(naive)
        assert middle == pytest.approx(wanted[endpoint], rel=0.1), endpoint
        assert abs(attenuated) < 0.8 * abs(wanted[endpoint]), endpoint


@pytest.mark.slow
def test_where_nothing_acts_on_outcome_no_model_finds_responsiveness():
    # Nothing acts on outcome: what goes with responsiveness would show through it.
    found = list(estimates(population()))
    for endpoint in ENDPOINTS:
        for model in ("naive", "corrected"):
            rejected = np.mean([rows[endpoint, model].p_value < 0.05 for rows, _ in found])
            # 5 % of 100 are 5; more than 10 come with a chance of 1 %.
            assert rejected <= 0.1, (endpoint, model)
        middle = np.median([np.log(rows[endpoint, "corrected"].estimate) for rows, _ in found])
        assert abs(middle) < 0.06, endpoint
