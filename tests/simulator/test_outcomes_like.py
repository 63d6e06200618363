import numpy as np
import polars as pl
import pytest

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.simulator import StudyPlan
from macroimmune.simulator.calibration import shipped_summaries
from macroimmune.simulator.outcomes_like import cohorts_with_outcomes, plan_like
from macroimmune.simulator.people import draw_outcomes, draw_people
from macroimmune.statistics import kaplan_meier
from macroimmune.units import DAYS_PER_MONTH


@pytest.mark.parametrize("cohort", ["chowell_train", "prince"])
def test_virtual_patients_live_and_respond_as_the_cohort(cohort):
    plan = plan_like(StudyPlan(patients=6000, seed=3), cohort)
    outcomes = draw_outcomes(plan, draw_people(plan))
    first = np.minimum(outcomes.progression_days, outcomes.death_days)
    table = shipped_summaries().survival.filter(
        pl.col("cohort") == cohort, pl.col("group") == "all"
    )
    # A Weibull curve has two numbers. Progression is seen at scans: in Chowell nearly nobody
    # progresses before the first, many at it.
    for endpoint, days, apart in (("os", outcomes.death_days, 0.07), ("pfs", first, 0.16)):
        rows = table.filter(pl.col("endpoint") == endpoint)
        curve = kaplan_meier(Survival(time=days, event=np.ones(len(days), dtype=bool)))
        found = curve.at(rows["month"].to_numpy() * DAYS_PER_MONTH)[0]
        is_stated = rows["survival"].is_not_null().to_numpy()
        stated = rows["survival"].to_numpy()
        assert np.abs(found - stated)[is_stated].max() < apart
    responses = shipped_summaries().response.filter(
        pl.col("cohort") == cohort, pl.col("group") == "all"
    )
    assert outcomes.response.mean() == pytest.approx(responses["share"][0], abs=0.025)


def test_what_a_cohort_does_not_state_stays():
    plan = plan_like(StudyPlan(), "msk_without_ici")
    assert plan.outcomes.response == StudyPlan().outcomes.response
    assert plan.outcomes.progression_shape == StudyPlan().outcomes.progression_shape
    assert plan.outcomes.os_median_months > StudyPlan().outcomes.os_median_months


def test_every_cohort_with_outcomes_is_listed_and_another_is_refused():
    assert ("prince", "arm A1") in cohorts_with_outcomes()
    with pytest.raises(InputError, match="no survival of chowell_trian / all"):
        plan_like(StudyPlan(), "chowell_trian")
