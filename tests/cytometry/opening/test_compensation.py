import numpy as np
import pytest

from macroimmune.cytometry.opening.compensation import compensation_of
from macroimmune.errors import InputError
from macroimmune.formats import Spillover

NAMES = ("FSC-A", "FITC-A", "PE-A", "Time")
LABELS = ("", "CD4", "CD8", "")
LINEAR = (0, 3)
MATRIX = np.array([[1, 0.2], [0.1, 1]])


def made(spillover, names=NAMES, labels=LABELS):
    return compensation_of(names, labels, spillover, LINEAR, "a.fcs")


def test_the_inverse_takes_out_what_the_matrix_put_in():
    found = made(Spillover(("PE-A", "FITC-A"), MATRIX))
    assert found.columns.tolist() == [2, 1]
    true = np.array([[100.0, 5.0], [0.0, 300.0]])
    np.testing.assert_allclose(true @ MATRIX @ found.inverse, true, atol=1e-12)
    assert (found.is_applied, found.remarks) == (True, ())
    assert found.words == "$SPILLOVER, 2 channels"


@pytest.mark.parametrize(
    ("dyes", "remark"),
    [
        (("fitc-a", "PE -A"), "without case and spaces"),
        (("CD4", "CD8"), "by $PnS"),
        (("2", "3"), "by number"),
    ],
)
def test_channels_are_found_in_other_ways_and_told(dyes, remark):
    found = made(Spillover(dyes, MATRIX))
    assert found.columns.tolist() == [1, 2]
    assert found.remarks == (f"channels of the spillover matrix found {remark}",)


def test_an_identity_matrix_is_none():
    found = made(Spillover(("FITC-A", "PE-A"), np.eye(2), "SPILL"))
    assert (found.is_applied, found.words) == (False, "none: SPILL is an identity matrix")
    assert found.remarks == ()


def test_percent_is_divided_by_a_hundred():
    found = made(Spillover(("FITC-A", "PE-A"), 100 * MATRIX))
    np.testing.assert_allclose(found.inverse, np.linalg.inv(MATRIX))
    assert "in percent" in found.remarks[0]


def test_a_file_without_a_matrix_says_so():
    assert made(None).words == "none: the file has no spillover matrix"
    assert made(None).remarks == ("the file has no spillover matrix",)


@pytest.mark.parametrize("name", ["Comp-FITC-A", "FJComp-FITC-A", "<FITC-A>"])
def test_compensated_channels_are_not_compensated_twice(name):
    found = made(Spillover(("FITC-A", "PE-A"), MATRIX), ("FSC-A", name, "PE-A", "Time"))
    assert not found.is_applied
    assert found.words == f"none: channels such as {name} are compensated already"
    assert found.remarks == (found.words,)


def test_a_matrix_without_names_is_taken_only_where_the_first_channels_are_dyes():
    dyes = Spillover(("FITC-A", "PE-A"), MATRIX, "$COMP")
    names = ("FITC-A", "PE-A", "FSC-A", "Time")
    assert compensation_of(names, ("",) * 4, dyes, (2, 3), "a.fcs").is_applied
    scatter = made(Spillover(("FSC-A", "FITC-A"), MATRIX, "$COMP"))
    assert not scatter.is_applied
    assert "$COMP names no channels" in scatter.remarks[0]


@pytest.mark.parametrize("dyes", [("APC-A", "PE-A"), ("PE-A", "PE-A"), ("5", "1")])
def test_a_matrix_of_other_channels_is_refused(dyes):
    with pytest.raises(
        InputError, match=r"a\.fcs: the spillover matrix names .* expected channels"
    ):
        made(Spillover(dyes, MATRIX))


@pytest.mark.parametrize("matrix", [[[1, 1], [1, 1]], [[0, 0], [0, 1]], [[1, 1], [1, 1 + 1e-7]]])
def test_a_matrix_that_cannot_be_inverted_is_refused_in_words(matrix):
    with pytest.raises(InputError, match=r"a\.fcs: SPILL cannot be inverted .*look alike"):
        made(Spillover(("FITC-A", "PE-A"), np.array(matrix, float), "SPILL"))
