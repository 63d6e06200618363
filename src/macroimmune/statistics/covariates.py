"""What every regression kernel checks of its inputs: covariates and labels, one row per patient."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from macroimmune.errors import InputError

__all__ = ["check_confidence", "covariate_matrix", "label_codes"]


def covariate_matrix(covariates: ArrayLike, n: int) -> NDArray[np.float64]:
    """Return the covariates as a float matrix of shape (n, covariates).

    Parameters
    ----------
    covariates : number or bool array, shape (n,) or (n, covariates)
        Missing values are refused: the caller chooses the rows, so that every n is known.
    n : int
        Number of participants of the outcome.

    Returns
    -------
    matrix : float array, shape (n, covariates)

    Raises
    ------
    InputError
        If the rows do not match the outcome, or a value is missing, infinite or not a number.

    Examples
    --------
    >>> covariate_matrix([1.0, 2.0], 2).shape
    (2, 1)
    """
    given = np.asarray(covariates)
    if given.dtype.kind not in "fiub":
        msg = f"covariates must be numbers, found {given.dtype}; code categories as 0/1 columns"
        raise InputError(msg)
    matrix = given.astype(float)
    if matrix.ndim == 1:
        matrix = matrix[:, None]
    if matrix.ndim != 2 or matrix.shape[0] != n or matrix.shape[1] == 0:
        msg = f"one row of covariates per participant: {n} participants, covariates {given.shape}"
        raise InputError(msg)
    finite = np.isfinite(matrix)
    if not finite.all():
        row, column = (int(i) for i in np.argwhere(~finite)[0])
        msg = (
            f"{int((~finite).sum())} covariate values are missing or infinite, the first in row "
            f"{row}, column {column}; select complete rows before the fit"
        )
        raise InputError(msg)
    return matrix


def label_codes(labels: ArrayLike, n: int, what: str) -> tuple[NDArray[np.intp], NDArray[np.str_]]:
    """Return each label as a code 0, 1, ... with the sorted labels as text.

    Parameters
    ----------
    labels : int, bool or text array, shape (n,)
        Group, stratum or cluster of each participant. Floats are refused, because a
        measurement passed as a label would make a group of every patient.
    n : int
        Number of participants of the outcome.
    what : str
        Name of the argument, for the message.

    Returns
    -------
    codes : int array, shape (n,)
    names : text array, shape (labels,)

    Raises
    ------
    InputError
        If there is not one label per participant, or labels are floats or missing.

    Examples
    --------
    >>> label_codes(["b", "a", "b"], 3, "group")[0]
    array([1, 0, 1])
    """
    given = np.asarray(labels)
    if given.shape != (n,):
        msg = f"one {what} label per participant: {n} participants, labels {given.shape}"
        raise InputError(msg)
    if given.dtype.kind == "O" and all(isinstance(label, str) for label in given):
        given = given.astype(str)
    if given.dtype.kind not in "iubUT":
        msg = f"{what} labels must be whole numbers or text without gaps, found {given.dtype}"
        raise InputError(msg)
    names, codes = np.unique(given, return_inverse=True)
    return codes, names.astype(str)


def check_confidence(confidence: float) -> None:
    """Refuse a confidence level outside (0, 1).

    Parameters
    ----------
    confidence : float
        Level of an interval, such as 0.95.

    Raises
    ------
    InputError
        If it is not strictly between 0 and 1.
    """
    if not 0.0 < confidence < 1.0:
        msg = f"a confidence level lies between 0 and 1, found {confidence}; write 0.95 for 95 %"
        raise InputError(msg)
