import numpy as np
import pytest

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics import cox, effect_along_log_time, effect_before_and_after

STEP_CASES = [
    f"{case}{extra}"
    for case in ("plain", "late entry")
    for extra in ("", " + x2 + x3", " + strata(stratum)")
]
LOG_CASES = ("plain", "late entry", "plain + x2 + x3", "plain + strata(stratum)")


def options(case, cohort):
    return {
        "adjusted_for": cohort["x"][:, 1:] if "x2" in case else None,
        "strata": cohort["stratum"] if "strata" in case else None,
    }


def assert_equals_r(effect, key, expected):
    for name in ("log_hazard_ratio", "standard_error"):
        answer = expected("time_varying_effect", key, name)
        np.testing.assert_allclose(getattr(effect, name), answer, rtol=1e-6, atol=1e-9)
    change = (effect.change, effect.change_standard_error, effect.change_p_value)
    np.testing.assert_allclose(change, expected("time_varying_effect", key, "change"), rtol=1e-6)


@pytest.mark.parametrize("case", STEP_CASES)
def test_before_and_after_a_step_equal_r(case, cohort, tied, late, expected):
    survival = late if case.startswith("late") else tied
    effect = effect_before_and_after(
        survival, cohort["x1"], step_day=200.0, **options(case, cohort)
    )
    assert_equals_r(effect, f"step/{case}", expected)


@pytest.mark.parametrize("case", LOG_CASES)
def test_along_log_time_equals_r(case, cohort, tied, late, expected):
    survival = late if case.startswith("late") else tied
    effect = effect_along_log_time(
        survival, cohort["x1"], days=[30, 200, 500], **options(case, cohort)
    )
    assert_equals_r(effect, f"log/{case}", expected)


def test_without_other_covariates_a_step_is_two_models(cohort, tied):
    """Up to the step all are censored there; after it only those who got past it are at risk."""
    effect = effect_before_and_after(tied, cohort["x1"], step_day=200.0)
    early = Survival(time=np.minimum(tied.time, 200), event=tied.event & (tied.time <= 200))
    past, remains = tied.landmark(200.0)
    for place, fit in enumerate([
        cox(early, cohort["x1"]),
        cox(past, cohort["x1"][remains]),
    ]):
        np.testing.assert_allclose(effect.hazard_ratio[place], fit.hazard_ratios[0], rtol=1e-8)
        np.testing.assert_allclose(effect.ci_low[place], fit.ci_low[0], rtol=1e-8)


def test_a_ratio_that_fades_is_found():
    rng = np.random.default_rng(8)
    exposed = np.arange(800) < 400
    early = rng.exponential(np.where(exposed, 1 / 3, 1.0))
    time = np.where(early < 0.3, early, 0.3 + rng.exponential(1.0, 800))
    survival = Survival(time=time, event=np.ones(800, bool))
    step = effect_before_and_after(survival, exposed, step_day=0.3)
    assert step.ci_low[0] < 3 < step.ci_high[0]
    assert step.ci_low[1] < 1 < step.ci_high[1]
    assert step.change_p_value < 1e-4
    line = effect_along_log_time(survival, exposed, days=[0.05, 2.0])
    assert line.change < 0
    assert line.change_p_value < 1e-4
    assert line.hazard_ratio[0] > line.hazard_ratio[1]


@pytest.mark.parametrize(
    ("day", "words"), [(0.5, "no events up to day 0.5"), (30, "no events after day 30")]
)
def test_a_step_with_all_events_on_one_side_is_a_status(day, words):
    survival = Survival(time=np.arange(1.0, 31), event=np.ones(30, bool))
    effect = effect_before_and_after(survival, np.sin(np.arange(30)), step_day=day)
    assert words in effect.status
    assert np.isnan(effect.hazard_ratio).all()
    assert np.isnan(effect.change_p_value)


def test_no_events_are_a_status():
    survival = Survival(time=np.arange(30.0), event=np.zeros(30, bool))
    x = np.sin(np.arange(30))
    assert "no events" in effect_along_log_time(survival, x, days=[3]).status
    assert "no events" in effect_before_and_after(survival, x, step_day=9).status


def test_times_of_zero_leave_and_are_counted():
    rng = np.random.default_rng(1)
    time, x = np.arange(40.0), rng.normal(size=40)
    survival = Survival(time=time, event=np.ones(40, bool))
    later = survival.select(time > 0)
    for effect, without in (
        (
            effect_before_and_after(survival, x, step_day=9),
            effect_before_and_after(later, x[1:], step_day=9),
        ),
        (
            effect_along_log_time(survival, x, days=[3, 9]),
            effect_along_log_time(later, x[1:], days=[3, 9]),
        ),
    ):
        assert (effect.n, effect.n_events, effect.n_excluded) == (39, 39, 1)
        np.testing.assert_allclose(effect.hazard_ratio, without.hazard_ratio, rtol=1e-9)


def test_malformed_input_is_refused(tied, cohort):
    with pytest.raises(InputError, match="fix it in advance"):
        effect_before_and_after(tied, cohort["x1"], step_day=0)
    with pytest.raises(InputError, match="days after time zero"):
        effect_along_log_time(tied, cohort["x1"], days=[0, 4])
    with pytest.raises(InputError, match="found 3 columns"):
        effect_before_and_after(tied, cohort["x"], step_day=9)
