import numpy as np
import pytest

from macroimmune.errors import InputError
from macroimmune.statistics.covariates import check_confidence, covariate_matrix, label_codes


def test_booleans_and_integers_become_one_float_column():
    np.testing.assert_array_equal(covariate_matrix(np.array([True, False]), 2), [[1.0], [0.0]])
    assert covariate_matrix([1, 2, 3], 3).dtype == float


@pytest.mark.parametrize(
    ("covariates", "words"),
    [
        (np.ones((2, 0)), "one row of covariates per participant"),
        (np.ones((2, 1, 1)), "one row of covariates per participant"),
        (np.ones(3), "2 participants"),
        (np.array([[1.0, 2.0], [3.0, np.inf]]), "row 1, column 1"),
        (np.array(["a", "b"]), "0/1 columns"),
    ],
)
def test_what_is_no_covariate_is_refused(covariates, words):
    with pytest.raises(InputError, match=words):
        covariate_matrix(covariates, 2)


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        (["b", "a", "b"], ["a", "b"]),
        (np.array(["b", "a", "b"], dtype=object), ["a", "b"]),
        ([3, 1, 3], ["1", "3"]),
        ([True, False, True], ["False", "True"]),
    ],
)
def test_labels_are_coded_in_sorted_order(labels, names):
    codes, found = label_codes(labels, 3, "group")
    assert codes.tolist() == [1, 0, 1]
    assert found.tolist() == names


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        ([1.0, 2.0, 1.0], "whole numbers or text"),
        (np.array(["a", None, "b"], dtype=object), "without gaps"),
        (["a", "b"], "one group label per participant"),
    ],
)
def test_labels_that_are_measurements_or_missing_are_refused(labels, words):
    with pytest.raises(InputError, match=words):
        label_codes(labels, 3, "group")


@pytest.mark.parametrize("confidence", [0, 1, 95, float("nan")])
def test_confidence_outside_zero_to_one_is_refused(confidence):
    with pytest.raises(InputError, match=r"0\.95"):
        check_confidence(confidence)
