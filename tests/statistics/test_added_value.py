import numpy as np
import pytest

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics import (
    added_value_binary,
    added_value_survival,
    auc,
    baseline_hazard,
    concordance,
    cox,
    logistic,
    net_benefit,
    predicted_survival,
    survival_net_benefit,
)
from macroimmune.statistics.arranged_outcome import arranged
from macroimmune.statistics.resampled_predictions import judge, resample
from macroimmune.statistics.weighted_fits import climb

HORIZON, THRESHOLD = 200.0, 0.4


def survival_of(cohort, *, strata=None, replicates=20, seed=1):
    return added_value_survival(
        Survival(time=cohort["time"], event=cohort["event"]),
        cohort["x"][:, :2],
        cohort["x3"].astype(float),
        horizon_days=HORIZON,
        threshold=THRESHOLD,
        replicates=replicates,
        rng=np.random.default_rng(seed),
        strata=strata,
    )


@pytest.mark.parametrize(("case", "strata"), [("cox", None), ("cox strata", "group")])
def test_concordance_of_the_fitted_models_equals_r(case, strata, cohort, expected):
    found = survival_of(cohort, strata=None if strata is None else cohort[strata], replicates=2)
    for name, change in (("uno", found.concordance), ("harrell", found.harrell)):
        for which, value in (("smaller", change.apparent_base), ("larger", change.apparent_with)):
            answer = float(np.squeeze(expected("added_value", case, f"{which} {name}")))
            np.testing.assert_allclose(value, answer, rtol=1e-9, err_msg=f"{which} {name}")


@pytest.mark.parametrize(("case", "strata"), [("cox", None), ("cox strata", "group")])
def test_predicted_risks_equal_r_and_give_its_net_benefit(case, strata, cohort, tied, expected):
    found = survival_of(cohort, strata=None if strata is None else cohort[strata], replicates=2)
    codes = np.zeros(tied.n, dtype=np.int64)
    if strata is not None:
        codes = np.unique(cohort[strata], return_inverse=True)[1].astype(np.int64)
    outcome, order = arranged(tied, codes, HORIZON, THRESHOLD, is_cox=True)
    design = np.ascontiguousarray(cohort["x"][order])
    for which, columns, value in (
        ("smaller", 2, found.net_benefit.apparent_base),
        ("larger", 3, found.net_benefit.apparent_with),
    ):
        x, beta, ones = design[:, :columns].copy(), np.zeros(columns), np.ones(tied.n)
        risk, measures = np.empty(tied.n), np.empty((1, 3))
        assert climb(outcome, x, ones, beta)
        judge(outcome, x, beta, ones, ones[None, :], risk, measures)
        answer = expected("added_value", case, f"{which} risk")
        np.testing.assert_allclose(risk, answer[order], rtol=1e-6)
        curve = survival_net_benefit(tied, answer, [THRESHOLD], horizon_days=HORIZON)
        np.testing.assert_allclose(value, curve.net_benefit[0], rtol=1e-9)


def test_area_and_net_benefit_of_logistic_models_equal_r(cohort, expected):
    found = added_value_binary(
        cohort["response"],
        cohort["x"][:, :2],
        cohort["score"],
        threshold=THRESHOLD,
        replicates=2,
        rng=np.random.default_rng(1),
    )
    areas = expected("added_value", "logistic", "area")
    apparent = (found.concordance.apparent_base, found.concordance.apparent_with)
    np.testing.assert_allclose(apparent, areas, rtol=1e-9)
    risks = expected("added_value", "logistic", "risk").reshape(2, -1)
    benefit = [net_benefit(cohort["response"], one, [THRESHOLD]).net_benefit[0] for one in risks]
    apparent = (found.net_benefit.apparent_base, found.net_benefit.apparent_with)
    np.testing.assert_allclose(apparent, benefit, rtol=1e-9)


def drawn_rows(rng, n, strata):
    """Return how often each row is drawn within its stratum, and the rows one by one."""
    drawn = np.zeros(n)
    for stratum in np.unique(strata):
        members = np.flatnonzero(strata == stratum)
        np.add.at(drawn, rng.choice(members, members.size), 1.0)
    return drawn, np.repeat(np.arange(n), drawn.astype(int))


@pytest.mark.parametrize("has_strata", [False, True])
def test_a_bootstrap_sample_gives_what_the_drawn_rows_give(has_strata):
    rng = np.random.default_rng(5)
    n = 90
    strata = rng.integers(0, 2, n) if has_strata else np.zeros(n, dtype=np.int64)
    time, event = rng.integers(1, 30, n).astype(float), rng.random(n) < 0.7
    x = rng.normal(size=(n, 2))
    outcome, order = arranged(Survival(time=time, event=event), strata, 18.0, 0.4, is_cox=True)
    found = np.empty((1, 2, 2, 3))
    drawn, rows = drawn_rows(rng, n, strata)
    sorted_x = np.ascontiguousarray(x[order])
    resample(
        outcome,
        sorted_x[:, :1].copy(),
        sorted_x,
        np.zeros(1),
        np.zeros(2),
        drawn[order][None, :],
        found,
    )
    for model, columns in enumerate((1, 2)):
        sample = Survival(time=time[rows], event=event[rows])
        fit = cox(sample, x[rows, :columns], strata=strata[rows])
        baseline = baseline_hazard(sample, x[rows, :columns], fit.coefficients, strata=strata[rows])
        for judged, members in enumerate((rows, np.arange(n))):
            chosen = Survival(time=time[members], event=event[members])
            new = x[members, :columns]
            risk = predicted_survival(
                baseline, new, horizons_days=[18.0], strata=strata[members]
            ).risk[:, 0]
            curve = survival_net_benefit(chosen, risk, [0.4], horizon_days=18.0)
            np.testing.assert_allclose(found[0, model, judged, 2], curve.net_benefit[0], rtol=1e-8)
            if not has_strata:
                for place, weights in enumerate(("harrell", "uno")):
                    literal = concordance(
                        chosen, new @ fit.coefficients, weights=weights, horizon_days=18.0
                    )
                    np.testing.assert_allclose(
                        found[0, model, judged, place], literal.concordance, rtol=1e-10
                    )


def test_a_bootstrap_sample_of_a_binary_outcome_gives_what_the_drawn_rows_give():
    rng = np.random.default_rng(6)
    n = 80
    outcome, x = rng.random(n) < 0.4, rng.normal(size=(n, 2))
    as_days = Survival(time=np.where(outcome, 1.0, 2.0), event=outcome)
    days, order = arranged(as_days, np.zeros(n, dtype=np.int64), 1.0, 0.3, is_cox=False)
    drawn, rows = drawn_rows(rng, n, np.zeros(n))
    found = np.empty((1, 2, 2, 3))
    sorted_x = np.ascontiguousarray(x[order])
    resample(
        days,
        sorted_x[:, :1].copy(),
        sorted_x,
        np.zeros(2),
        np.zeros(3),
        drawn[order][None, :],
        found,
    )
    fit = logistic(outcome[rows], x[rows])
    for judged, members in enumerate((rows, np.arange(n))):
        predictor = fit.intercept + x[members] @ fit.coefficients
        area = auc(predictor, outcome[members]).estimate
        np.testing.assert_allclose(found[0, 1, judged, 1], area, rtol=1e-10)
        benefit = net_benefit(outcome[members], 1 / (1 + np.exp(-predictor)), [0.3]).net_benefit[0]
        np.testing.assert_allclose(found[0, 1, judged, 2], benefit, rtol=1e-8, atol=1e-12)


def test_the_same_seed_gives_the_same_numbers(cohort):
    one, two, other = (survival_of(cohort, seed=seed) for seed in (1, 1, 2))
    assert one.concordance == two.concordance
    assert one.net_benefit == two.net_benefit
    assert one.concordance.ci_low != other.concordance.ci_low


def test_the_corrected_change_is_below_the_apparent_one(cohort):
    found = survival_of(cohort, replicates=100)
    change = found.concordance
    assert change.ci_low <= change.change <= change.ci_high
    assert change.change < change.apparent_change
    assert found.n_events == int((cohort["event"] & (cohort["time"] <= HORIZON)).sum())


def test_what_cannot_be_predicted_has_a_status(cohort, late):
    marker, base = cohort["x3"].astype(float), cohort["x1"]
    tied = Survival(time=cohort["time"], event=cohort["event"])
    asked = {"threshold": 0.4, "replicates": 5, "rng": np.random.default_rng(0)}
    cases = (
        (tied, 1e5, "lies past the last follow-up"),
        (tied, 11.0, "are too few to resample"),
        (late, 200.0, "participants entered late"),
    )
    for survival, horizon, sentence in cases:
        found = added_value_survival(survival, base, marker, horizon_days=horizon, **asked)
        assert sentence in found.status
        assert found.concordance.status == found.status
        assert np.isnan([found.concordance.change, found.net_benefit.change]).all()
        # The test and the effect need no horizon.
        assert np.isfinite(found.models.p_value)


def test_a_stratum_that_was_not_followed_to_the_horizon_has_no_net_benefit(cohort, tied):
    strata = (cohort["time"] < 150).astype(int)
    found = survival_of(cohort, strata=strata)
    assert "a stratum was not followed to the horizon" in found.net_benefit.status
    assert np.isfinite(found.concordance.change)


def test_few_with_the_rarer_outcome_have_a_status(cohort):
    outcome = np.zeros(240, dtype=bool)
    outcome[::30] = True
    found = added_value_binary(
        outcome,
        cohort["x1"],
        cohort["x2"],
        threshold=0.1,
        replicates=5,
        rng=np.random.default_rng(0),
    )
    assert found.status == "8 with the rarer outcome are too few to resample: 10 are needed"


def test_thresholds_that_are_no_risk_are_refused(cohort):
    with pytest.raises(InputError, match="a threshold is a risk between 0 and 1"):
        added_value_binary(
            cohort["response"],
            cohort["x1"],
            cohort["x2"],
            threshold=1.0,
            replicates=5,
            rng=np.random.default_rng(0),
        )
    with pytest.raises(InputError, match="at least 2 samples"):
        survival_of(cohort, replicates=1)
