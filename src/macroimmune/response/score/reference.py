"""The frozen reference: against what responses become a score, and the score itself."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "LEAST_PEOPLE",
    "FrozenReference",
    "Standardised",
    "apply_reference",
    "fit_reference",
    "least_markers",
]

LEAST_PEOPLE = 20
_LEAST_MARKERS = 3
_MAD_TO_SD = 1.4826
# A spread below this share of the largest value is rounding: such people are all alike.
_ROUNDING = 1e-12

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class FrozenReference:
    """Against what the responses of a list of markers are standardised.

    Parameters
    ----------
    median, scaled_mad : float array, shape (markers,)
        Of the differences. NaN where fewer than `LEAST_PEOPLE` people have the marker; the spread
        is NaN too where it is zero.
    level_median, level_scaled_mad : float array, shape (markers,)
        The same of the unstimulated means.
    n_people : int array, shape (markers,)
        People with the marker.
    low_tertile, high_tertile : float
        Of the scores of those people who have every marker with a spread; NaN where they are
        fewer than `LEAST_PEOPLE`.
    """

    median: Values
    scaled_mad: Values
    level_median: Values
    level_scaled_mad: Values
    n_people: NDArray[np.int64]
    low_tertile: float
    high_tertile: float

    @property
    def is_used(self) -> NDArray[np.bool_]:
        """Which markers can be standardised."""
        return np.isfinite(self.median) & np.isfinite(self.scaled_mad)


@dataclass(frozen=True, slots=True, eq=False)
class Standardised:
    """Responses against a reference.

    Parameters
    ----------
    z : float array, shape (samples, markers)
        Distance from the median in scaled deviations; NaN where it is unknown.
    score : float array, shape (samples,)
        Mean of `z`; NaN where too few markers are there.
    level : float array, shape (samples,)
        The same of the unstimulated means of the markers in the score.
    """

    z: Values
    score: Values
    level: Values


def least_markers(declared: int) -> int:
    """Return how many markers a score needs: three, and half of the declared list.

    Examples
    --------
    >>> least_markers(4), least_markers(5), least_markers(8)
    (3, 3, 4)
    """
    return max(_LEAST_MARKERS, -(-declared // 2))


def fit_reference(differences: Values, levels: Values, *, least: int) -> FrozenReference:
    """Return the reference that people give.

    Parameters
    ----------
    differences : float array, shape (people, markers)
        One row per person; NaN where there is none.
    levels : float array, shape (people, markers)
        Unstimulated means.
    least : int
        Markers that a score needs.

    Returns
    -------
    reference : FrozenReference

    Notes
    -----
    Convention: medians, and 1.4826 x median absolute deviations, which are the SD of a normal
    distribution. Inside cross-validation it is fitted to the people of each training fold.

    Examples
    --------
    >>> people = np.arange(21.0)[:, None] * np.ones(3)
    >>> reference = fit_reference(people, people, least=3)
    >>> reference.median, reference.scaled_mad
    (array([10., 10., 10.]), array([7.413, 7.413, 7.413]))
    """
    median, spread, n = _spread(differences)
    level_median, level_spread, _ = _spread(levels)
    without = FrozenReference(median, spread, level_median, level_spread, n, np.nan, np.nan)
    whole = np.isfinite(differences[:, without.is_used]).all(axis=1)
    if np.count_nonzero(whole) < LEAST_PEOPLE or np.count_nonzero(without.is_used) < least:
        return without
    scores = apply_reference(without, differences[whole], levels[whole], least=least).score
    low, high = np.quantile(scores, [1 / 3, 2 / 3])
    return FrozenReference(median, spread, level_median, level_spread, n, float(low), float(high))


def _spread(values: Values) -> tuple[Values, Values, NDArray[np.int64]]:
    """Return median, scaled median absolute deviation and number of people, by marker."""
    n = np.count_nonzero(np.isfinite(values), axis=0).astype(np.int64)
    median, spread = np.full((2, values.shape[1]), np.nan)
    for marker in np.flatnonzero(n >= LEAST_PEOPLE):
        held = values[np.isfinite(values[:, marker]), marker]
        median[marker] = np.median(held)
        found = _MAD_TO_SD * float(np.median(np.abs(held - median[marker])))
        if found > _ROUNDING * float(np.abs(held).max()):
            spread[marker] = found
    return median, spread, n


def apply_reference(
    reference: FrozenReference, differences: Values, levels: Values, *, least: int
) -> Standardised:
    """Return scores of samples against a reference that stays as it is.

    Parameters
    ----------
    reference : FrozenReference
    differences, levels : float array, shape (samples, markers)
        In the order of the markers of the reference.
    least : int
        Markers that a score needs.

    Returns
    -------
    standardised : Standardised

    Notes
    -----
    Convention: high = responds. Every marker counts alike.
    """
    z = (differences - reference.median) / reference.scaled_mad
    level_z = (levels - reference.level_median) / reference.level_scaled_mad
    score = _mean(z, least)
    level = _mean(np.where(np.isfinite(z), level_z, np.nan), 1)
    return Standardised(z, score, np.where(np.isfinite(score), level, np.nan))


def _mean(z: Values, least: int) -> Values:
    """Return the mean over the markers that are there, NaN where they are fewer than `least`."""
    there = np.isfinite(z)
    n = np.count_nonzero(there, axis=1)
    total = np.where(there, z, 0.0).sum(axis=1)
    return np.where(n >= least, total / np.maximum(n, 1), np.nan)
