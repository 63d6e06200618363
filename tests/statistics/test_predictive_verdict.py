from dataclasses import replace
from typing import get_args

import numpy as np
import pytest

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics import predictive_verdict, treatment_interaction
from macroimmune.statistics.predictive_verdict import PredictiveWord


@pytest.fixture(scope="module")
def fit():
    rng = np.random.default_rng(17)
    marker, treated = rng.normal(size=400), np.arange(400) % 2 == 0
    hazard = np.exp(0.4 * marker - 0.9 * marker * treated)
    survival = Survival(time=rng.exponential(1 / hazard), event=np.ones(400, bool))
    return treatment_interaction(survival, marker, treated, randomised=True)


def observational(fit, **changes):
    return replace(fit, randomised=False, **changes)


def test_without_control_arm_it_cannot_be_told():
    found = predictive_verdict(None, design="no control arm", q_value=float("nan"))
    assert found.verdict == "cannot be told"
    assert "without a control arm" in found.sentence


def test_a_treatment_that_helps_some_and_harms_others_is_qualitative(fit):
    found = predictive_verdict(fit, design="randomised", q_value=0.01)
    assert found.verdict == "predictive, qualitative"
    assert "10th and 90th percentile" in found.sentence


@pytest.mark.parametrize("limits", [(0.2, 0.9), (0.8, 1.3)])
def test_a_benefit_that_only_varies_is_quantitative(fit, limits):
    low, high = np.full(3, limits[0]), np.full(3, limits[1])
    one_sided = replace(fit, treatment_ci_low=low, treatment_ci_high=high)
    found = predictive_verdict(one_sided, design="randomised", q_value=0.01)
    assert found.verdict == "quantitative, depends on the scale"


@pytest.mark.parametrize("q_value", [0.05, 0.7, float("nan")])
def test_no_evidence_comes_with_the_smallest_ratio_that_could_have_been_seen(fit, q_value):
    found = predictive_verdict(fit, design="randomised", q_value=q_value)
    assert found.verdict == "no evidence of interaction"
    assert f"{fit.smallest_detectable_ratio:.2f}" in found.sentence


@pytest.mark.parametrize("q_value", [1e-9, 0.8])
def test_without_randomisation_predictive_value_cannot_be_established(fit, q_value):
    both = observational(fit, marker_ci_low=np.array([1.2, 1.1]))
    found = predictive_verdict(both, design="non-randomised", q_value=q_value)
    assert found.verdict == "predictive value cannot be established"
    assert "effect modification HR x" in found.sentence
    assert "in a non-randomised comparison" in found.sentence


@pytest.mark.parametrize(
    ("low", "high", "ratio", "words"),
    [
        ([1.2, 1.1], [2.0, 2.0], [1.5, 1.4], "associated with survival in both;"),
        ([1.2, 0.5], [2.0, 0.9], [1.5, 0.7], "in both, in opposite directions;"),
        ([0.9, 1.1], [2.0, 2.0], [1.5, 1.4], "in the treated only;"),
        ([1.1, 0.9], [2.0, 2.0], [1.5, 1.4], "in the untreated only;"),
        ([0.9, 0.9], [2.0, 2.0], [1.5, 1.4], "in neither;"),
    ],
)
def test_the_sentence_says_where_the_marker_was_associated(fit, low, high, ratio, words):
    changed = observational(
        fit,
        marker_ci_low=np.array(low),
        marker_ci_high=np.array(high),
        marker_hazard_ratio=np.array(ratio),
    )
    found = predictive_verdict(changed, design="non-randomised", q_value=0.2)
    assert words in found.sentence


def test_a_failed_fit_cannot_be_told(fit):
    failed = replace(fit, status="no events in the treated")
    found = predictive_verdict(failed, design="randomised", q_value=float("nan"))
    assert found.verdict == "cannot be told"
    assert "no events in the treated" in found.sentence


def test_no_wording_denies_predictive_value(fit):
    assert not any("not predictive" in word.lower() for word in get_args(PredictiveWord))
    for q_value in (0.01, 0.9):
        sentence = predictive_verdict(fit, design="randomised", q_value=q_value).sentence
        assert "not predictive" not in sentence.lower()


@pytest.mark.parametrize(
    ("design", "has_fit", "words"),
    [
        ("crossover", True, "expected one of"),
        ("randomised", False, "needs the fit"),
        ("non-randomised", True, "randomised=True"),
    ],
)
def test_a_design_that_does_not_fit_is_refused(fit, design, has_fit, words):
    with pytest.raises(InputError, match=words):
        predictive_verdict(fit if has_fit else None, design=design, q_value=0.5)
