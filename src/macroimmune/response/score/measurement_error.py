"""The error of a mean over markers that were measured in the same cells."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["CELLS_CORRELATION", "SHARED", "error_of_mean"]

# Phospho-markers of one cell go together. Mean correlation between cells of pSTAT1, pSTAT3 and
# pSTAT5 within T cells, arcsinh(x / 5): 0.24 in four files of `bodenmiller_bcrxl_fcs`, 0.09 in 16
# populations of `bcrxl_paired`.
CELLS_CORRELATION = 0.25
# A drawn threshold moves all markers of a population, the strength of a stimulus all of a batch.
SHARED = 1.0


def error_of_mean(errors: NDArray[np.float64], correlation: float) -> NDArray[np.float64]:
    """Return the standard error of the mean of several values whose errors go together.

    Parameters
    ----------
    errors : float array, shape (samples, values)
        Standard errors of the values that are in the mean; NaN where a value is not in it.
    correlation : float, 0 to 1
        Of any two errors of one sample.

    Returns
    -------
    error : float array, shape (samples,)
        NaN where a sample has no value.

    Notes
    -----
    Convention: 0 is the error of independent values, the smallest; 1 the mean of the errors, the
    largest that any correlation gives.

    Examples
    --------
    >>> error_of_mean(np.array([[0.3, 0.4]]), 0.0), error_of_mean(np.array([[0.3, 0.4]]), 1.0)
    (array([0.25]), array([0.35]))
    """
    there = np.isfinite(errors)
    n = np.count_nonzero(there, axis=1)
    held = np.where(there, errors, 0.0)
    variance = (1.0 - correlation) * (held**2).sum(axis=1) + correlation * held.sum(axis=1) ** 2
    return np.where(n > 0, np.sqrt(variance) / np.maximum(n, 1), np.nan)
