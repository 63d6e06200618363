"""Outcomes follow the stated models: medians, proportional hazards, logistic response."""

import dataclasses

import numpy as np
import pytest

from macroimmune.outcomes import Survival
from macroimmune.simulator.people import (
    draw_outcomes,
    draw_people,
    predictors,
    scaled_feature,
    spread_of,
)
from macroimmune.simulator.plan import ArmPlan, EffectPlan, OutcomesPlan, StudyPlan
from macroimmune.statistics.cox import cox
from macroimmune.statistics.logistic import logistic
from macroimmune.units import DAYS_PER_MONTH

# Of some 20 comparisons with a standard normal law, the largest lies below with probability 0.999.
LARGEST_Z = 4.0


@pytest.fixture(scope="module")
def many():
    plan = StudyPlan(
        patients=40_000,
        seed=4,
        arms=(ArmPlan("new"), ArmPlan("old", hazard_ratio=1.4, odds_ratio=0.5)),
        effects=(
            EffectPlan("nlr", 1.25, 0.78),
            EffectPlan("m_mdsc", 1.3, 0.8),
            EffectPlan("ifn_responsiveness", 1.5, 0.6, arms=("new",)),
        ),
    )
    people = draw_people(plan)
    return plan, people, draw_outcomes(plan, people)


def design(people):
    columns = [people.arm == "old"]
    for name in ("nlr", "m_mdsc", "ifn_responsiveness"):
        spread = spread_of(name)
        columns.append((scaled_feature(people, name) - spread.centre) / spread.unit)
    columns[-1] = columns[-1] * (people.arm == "new")
    return np.column_stack(columns).astype(float)


def observed(outcomes, days):
    event = days <= outcomes.last_seen_days
    return Survival(time=np.minimum(days, outcomes.last_seen_days), event=event)


@pytest.mark.parametrize("endpoint", ["os", "pfs"])
def test_hazards_are_proportional_with_the_stated_ratios(many, endpoint):
    _, people, outcomes = many
    days = outcomes.death_days
    if endpoint == "pfs":
        days = np.minimum(days, outcomes.progression_days)
    fit = cox(observed(outcomes, days), design(people))
    stated = np.log([1.4, 1.25, 1.3, 1.5])
    assert np.abs((fit.coefficients - stated) / fit.standard_errors).max() < LARGEST_Z


def test_response_follows_the_stated_logistic_model(many):
    _, people, outcomes = many
    fit = logistic(outcomes.response, design(people))
    stated = np.log([0.5, 0.78, 0.8, 0.6])
    assert np.abs((fit.coefficients - stated) / fit.standard_errors).max() < LARGEST_Z
    z = (fit.intercept - np.log(0.3 / 0.7)) / fit.intercept_standard_error
    assert abs(z) < LARGEST_Z


def test_responders_progress_later_than_others(many):
    _, _, outcomes = many
    late, early = (
        np.median(outcomes.progression_days[rows])
        for rows in (outcomes.response, ~outcomes.response)
    )
    assert late > 2 * early


def test_an_average_patient_has_the_stated_medians():
    stated = OutcomesPlan(os_median_months=20.0, progression_median_months=6.0, os_shape=1.4)
    plan = StudyPlan(patients=20_000, effects=(), outcomes=stated)
    outcomes = draw_outcomes(plan, draw_people(plan))
    months = np.median(outcomes.death_days) / DAYS_PER_MONTH
    assert months == pytest.approx(20.0, rel=0.03)
    months = np.median(outcomes.progression_days) / DAYS_PER_MONTH
    assert months == pytest.approx(6.0, rel=0.04)


def test_patients_who_are_average_of_every_acting_feature_have_no_predictor():
    plan = StudyPlan(patients=20_000)
    acting = predictors(plan, draw_people(plan))
    # Every feature is centred at its mean in the population; so is then every sum of features.
    assert abs(acting.log_hazard.mean()) < 4 * acting.log_hazard.std() / np.sqrt(20_000)
    assert abs(acting.log_odds.mean()) < 4 * acting.log_odds.std() / np.sqrt(20_000)


def test_observation_ends_between_the_follow_up_of_the_last_and_of_the_first_patient():
    stated = OutcomesPlan(enrolment_months=10.0, follow_up_months=6.0, lost_per_year=0.0)
    plan = StudyPlan(patients=5_000, outcomes=stated)
    months = draw_outcomes(plan, draw_people(plan)).last_seen_days / DAYS_PER_MONTH
    assert months.min() >= 6.0
    assert months.max() <= 16.0
    assert months.mean() == pytest.approx(11.0, abs=0.2)


def test_loss_to_follow_up_has_the_stated_hazard():
    stated = OutcomesPlan(enrolment_months=0.0, follow_up_months=12.0, lost_per_year=0.3)
    plan = StudyPlan(patients=20_000, outcomes=stated)
    seen = draw_outcomes(plan, draw_people(plan)).last_seen_days
    is_lost = seen < 12.0 * DAYS_PER_MONTH
    assert is_lost.mean() == pytest.approx(1 - np.exp(-0.3), abs=0.015)


def test_only_deaths_before_progression_have_another_cause_than_the_cancer(many):
    plan, _, outcomes = many
    is_first = outcomes.death_days <= outcomes.progression_days
    assert (outcomes.death_cause[~is_first] == "cancer").all()
    causes = outcomes.death_cause[is_first]
    assert set(causes) == {"cancer", "treatment", "other"}
    assert (causes == "treatment").mean() == pytest.approx(plan.outcomes.treatment_death, abs=0.015)
    assert (causes == "cancer").mean() == pytest.approx(plan.outcomes.cancer_death, abs=0.02)


def test_shares_of_the_same_deaths_over_one_are_refused():
    with pytest.raises(ValueError, match="together at most 1"):
        OutcomesPlan(cancer_death=0.7, treatment_death=0.5)


def test_healthy_people_have_no_outcome():
    plan = StudyPlan(patients=5, healthy=3)
    outcomes = draw_outcomes(plan, draw_people(plan))
    for days in (outcomes.death_days, outcomes.progression_days, outcomes.last_seen_days):
        assert np.isnan(days).tolist() == [False] * 5 + [True] * 3
    assert not outcomes.response[5:].any()
    assert outcomes.death_cause[5:].tolist() == ["", "", ""]


def test_nobody_responds_after_surgery_and_relapses_come_as_stated():
    metastatic = StudyPlan(patients=300)
    adjuvant = dataclasses.replace(metastatic, outcomes=OutcomesPlan(disease="adjuvant"))
    people = draw_people(adjuvant)
    outcomes = draw_outcomes(adjuvant, people)
    assert not outcomes.response.any()
    same = draw_outcomes(metastatic, people)
    np.testing.assert_array_equal(outcomes.progression_days, same.progression_days)
    assert same.response.any()
