import numpy as np
import pytest
from scipy.special import expit

from macroimmune.errors import InputError
from macroimmune.statistics import binary_brier_score


def test_the_score_and_its_index_equal_r(cohort, expected):
    risk = expit(0.3 + 1.4 * cohort["x1"] - 0.9 * cohort["x3"])
    found = binary_brier_score(cohort["response"], risk)
    for name, value in (
        ("brier", found.score),
        ("null", found.null_score),
        ("ipa", found.accuracy),
        # R divides the variance by n - 1.
        ("brier_se", found.standard_error * np.sqrt(240 / 239)),
    ):
        answer = expected("prediction_error", "binary", name)[0]
        np.testing.assert_allclose(value, answer, rtol=1e-9, err_msg=name)


def test_four_participants_by_hand():
    # Squared errors 0.01, 0.36, 0.04, 0.25; the share 1/2 has 0.25 throughout.
    found = binary_brier_score(np.array([1, 1, 0, 0]) == 1, [0.9, 0.4, 0.2, 0.5])
    np.testing.assert_allclose(found.score, 0.165)
    np.testing.assert_allclose(found.accuracy, 1 - 0.165 / 0.25)
    spread = np.array([0.01, 0.36, 0.04, 0.25]) - 0.165
    np.testing.assert_allclose(found.standard_error, np.sqrt(np.sum(spread**2)) / 4)
    # The null score is the same for all, so the index spreads as the score does.
    np.testing.assert_allclose(
        found.accuracy_ci_high - found.accuracy, (found.ci_high - found.score) / 0.25
    )


def test_one_outcome_only_leaves_nothing_to_explain_and_nobody_leaves_nothing():
    found = binary_brier_score(np.array([True, True]), [0.9, 0.7])
    np.testing.assert_allclose(found.score, 0.05)
    assert np.isnan(found.accuracy)
    nobody = binary_brier_score(np.empty(0, bool), np.empty(0))
    assert nobody.status == "no participants"
    assert np.isnan(nobody.score)


def test_risks_outside_zero_to_one_are_refused():
    with pytest.raises(InputError, match="outside 0 to 1"):
        binary_brier_score(np.array([True, False]), [1.2, 0.1])
