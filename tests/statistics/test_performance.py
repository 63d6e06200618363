from dataclasses import MISSING, fields

import numpy as np
import pytest
from scipy.special import expit

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics import (
    BinaryPerformance,
    SurvivalPerformance,
    auc,
    binary_performance,
    brier_score,
    concordance,
    net_benefit,
    survival_calibration,
    survival_performance,
    time_dependent_auc,
)

THRESHOLDS = (0.3, 0.5)


def drawn(seed=1, n=200):
    rng = np.random.default_rng(seed)
    predictor = rng.normal(size=n)
    death, end = rng.exponential(np.exp(-predictor)), rng.uniform(0.5, 3.0, n)
    survival = Survival(time=np.minimum(death, end), event=death <= end)
    return survival, 1 - np.exp(-np.exp(predictor))


def of_survival(survival, risk, *, horizon=1.0, is_apparent=False, **options):
    return survival_performance(
        survival, risk, horizon_days=horizon, thresholds=THRESHOLDS, is_apparent=is_apparent,
        replicates=0, rng=np.random.default_rng(1), **options,
    )  # fmt: skip


def of_binary(outcome, risk, *, is_apparent=False):
    return binary_performance(
        outcome, risk, thresholds=THRESHOLDS, is_apparent=is_apparent, replicates=0,
        rng=np.random.default_rng(1),
    )  # fmt: skip


def line(found, name):
    (one,) = [measure for measure in found.measures if name in measure.name]
    return one


def test_each_part_is_what_its_own_kernel_says():
    survival, risk = drawn()
    found = of_survival(survival, risk)
    alone = concordance(survival, risk, weights="uno", horizon_days=1.0)
    assert found.discrimination.concordance == alone.concordance
    assert found.area.auc == time_dependent_auc(survival, risk, horizon_days=1.0).auc
    score = brier_score(survival, 1 - risk, [1.0])
    assert line(found, "Brier").estimate == score.scores[0]
    assert line(found, "Brier").without_model == score.null_scores[0]
    fit = survival_calibration(
        survival, risk, horizon_days=1.0, replicates=0, rng=np.random.default_rng(1)
    )
    assert line(found, "slope").ci_low == fit.slope_ci_low
    assert line(found, "mean distance").estimate == fit.ici
    assert found.status == ""
    assert line(found, "Uno").name.endswith("up to day 1")


def test_a_binary_outcome_has_the_same_lines_and_the_intercept():
    rng = np.random.default_rng(2)
    risk = expit(rng.normal(size=150))
    outcome = rng.random(150) < risk
    found = of_binary(outcome, risk)
    assert line(found, "area").estimate == auc(risk, outcome).estimate
    worth = net_benefit(outcome, risk, THRESHOLDS)
    assert line(found, "net benefit at a risk of 0.3").estimate == worth.net_benefit[0]
    assert line(found, "net benefit at a risk of 0.3").without_model == max(worth.treat_all[0], 0)
    assert line(found, "in the large").estimate == found.calibration.intercept
    assert len(found.measures) == 11


def test_discrimination_never_stands_alone():
    # The result has no shape without the other parts, whatever is asked for.
    for kind in (BinaryPerformance, SurvivalPerformance):
        names = {field.name for field in fields(kind)}
        assert {"discrimination", "calibration", "brier", "net_benefit", "is_apparent"} <= names
        assert all(field.default is MISSING for field in fields(kind))
    survival, risk = drawn()
    words = " ".join(measure.name for measure in of_survival(survival, risk).measures)
    for needed in ("Uno's concordance up to day", "observed / expected", "slope", "distance",
                   "Brier", "index of prediction accuracy", "net benefit"):  # fmt: skip
        assert needed in words


def test_a_model_that_orders_well_and_is_wrong_is_seen_to_be_wrong():
    # Risks to the power of four: the same order, so the same concordance, but far too low.
    survival, risk = drawn(3, 600)
    good, bad = of_survival(survival, risk), of_survival(survival, risk**4)
    assert good.discrimination.concordance == bad.discrimination.concordance
    assert bad.area.auc == good.area.auc > 0.7
    assert line(good, "observed / expected").ci_low < 1 < line(good, "observed / expected").ci_high
    assert line(bad, "observed / expected").ci_low > 1.5
    assert line(good, "index").ci_low > 0 > line(bad, "index").estimate
    assert line(bad, "mean distance").estimate > 5 * line(good, "mean distance").estimate
    assert line(bad, "0.3").estimate < line(good, "0.3").estimate


def test_apparent_performance_is_labelled_and_must_be_declared():
    survival, risk = drawn()
    assert of_survival(survival, risk, is_apparent=True).method.startswith("apparent performance")
    assert "did not fit the model" in of_survival(survival, risk).method
    outcome = np.random.default_rng(1).random(200) < risk
    assert of_binary(outcome, risk, is_apparent=True).is_apparent
    with pytest.raises(TypeError, match="is_apparent"):
        binary_performance(
            outcome, risk, thresholds=THRESHOLDS, replicates=0, rng=np.random.default_rng(1)
        )


def test_the_model_of_nothing_may_come_from_the_training_cohort():
    survival, risk = drawn()
    training, _ = drawn(9)
    found = of_survival(survival, risk, training=training)
    expected = brier_score(survival, 1 - risk, [1.0], training=training)
    assert line(found, "Brier").without_model == expected.null_scores[0]


def test_a_horizon_past_the_follow_up_leaves_no_number():
    survival, risk = drawn()
    found = of_survival(survival, risk, horizon=50.0)
    assert "past the last follow-up" in found.status
    for measure in found.measures:
        assert np.isnan([measure.estimate, measure.ci_low, measure.ci_high]).all(), measure.name
        assert measure.status, measure.name


def test_without_events_only_what_can_be_told_is_told():
    survival, risk = drawn()
    alive = Survival(time=survival.time, event=np.zeros(200, bool))
    found = of_survival(alive, risk, horizon=0.4)
    assert "no events" in found.discrimination.status
    assert "no events" in found.calibration.status
    # Predicting too much for nobody has a price that is known.
    assert line(found, "Brier").estimate > 0
    assert "no model could explain" in line(found, "index").status
    early = of_survival(alive, risk, horizon=5.0)
    assert all(measure.status for measure in early.measures)


def test_one_outcome_or_constant_predictions_are_told():
    one = of_binary(np.ones(20, bool), np.full(20, 0.7))
    assert "0 controls" in one.discrimination.status
    assert np.isnan(line(one, "observed / expected").estimate)
    rng = np.random.default_rng(4)
    constant = of_binary(rng.random(40) < 0.4, np.full(40, 0.4))
    assert "does not vary" in line(constant, "area").status
    assert "do not vary" in line(constant, "slope").status
    assert line(constant, "observed / expected").status == ""
    survival, _ = drawn()
    flat = of_survival(survival, np.full(200, 0.5))
    assert flat.discrimination.concordance == 0.5
    assert "do not vary" in flat.status


def test_nobody_has_no_performance():
    empty = Survival(time=np.empty(0), event=np.empty(0, bool))
    assert all(m.status for m in of_survival(empty, np.empty(0)).measures)
    assert all(m.status for m in of_binary(np.empty(0, bool), np.empty(0)).measures)


def test_scores_that_are_no_risks_are_refused():
    survival, risk = drawn()
    with pytest.raises(InputError, match="outside 0 to 1"):
        of_survival(survival, risk * 3)
    with pytest.raises(InputError, match="horizon"):
        of_survival(survival, risk, horizon=-1.0)
    with pytest.raises(InputError, match="missing"):
        of_binary(np.array([True, False]), [np.nan, 0.2])
