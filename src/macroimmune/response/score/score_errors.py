"""The standard errors of scores: of cells, of thresholds and between batches."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from macroimmune.response.score.measurement_error import CELLS_CORRELATION, SHARED, error_of_mean
from macroimmune.response.score.reference import FrozenReference, Standardised
from macroimmune.response.score.series import Series
from macroimmune.statistics.variance_between import variance_between

__all__ = ["ScoreErrors", "score_errors"]

Values = NDArray[np.float64]
_MANY = 1e9


@dataclass(frozen=True, slots=True, eq=False)
class ScoreErrors:
    """The errors of the scores of a series.

    Parameters
    ----------
    standard_error : float array, shape (samples,)
        Of cells, thresholds and batches; NaN where that of the cells is not known.
    freedom : float array, shape (samples,)
        Degrees of freedom.
    is_batch_included, are_thresholds_included : bool array, shape (samples,)
    """

    standard_error: Values
    freedom: Values
    is_batch_included: NDArray[np.bool_]
    are_thresholds_included: NDArray[np.bool_]

    def reach(self, level: float) -> Values:
        """Return half of the interval of a level, such as 0.95."""
        return np.asarray(stdtrit(self.freedom, (1 + level) / 2) * self.standard_error)


def score_errors(series: Series, reference: FrozenReference, scores: Standardised) -> ScoreErrors:
    """Return the errors of scores; the frozen reference has none by definition.

    Notes
    -----
    Convention: errors of cells are correlated between markers, those of thresholds are one. The
    variance between batches is that of the scores of bridging controls, in which markers move
    together as batches move them; batches whose stimulation failed have no part in it. Where no
    control has a score in two batches, the batch errors of the differences are taken as one.
    Few batches tell little of their variance: Student's t with the degrees of freedom of that
    estimate. Over 150 drawn studies of 40 people, 95 % intervals held the true score in 0.984 to
    0.995 with controls in five batches, 80 % intervals in 0.838 to 0.893: rather too often.
    """
    in_score = np.isfinite(scores.z) & np.isfinite(scores.score)[:, None]

    def of_mean(errors: Values, correlation: float) -> Values:
        found = error_of_mean(
            np.where(in_score, errors / reference.scaled_mad, np.nan), correlation
        )
        unknown = (in_score & ~np.isfinite(errors)).any(axis=1)
        return np.where(unknown, np.nan, found)

    cells = of_mean(series.cells_se, CELLS_CORRELATION)
    thresholds = of_mean(series.thresholds_se, SHARED)
    measured = cells**2 + np.nan_to_num(thresholds) ** 2
    rows, controls = _controls(series, scores.score, measured)
    variance, n_free = variance_between(scores.score[rows], measured[rows], controls)
    batch = of_mean(series.batch_se, SHARED) ** 2
    if n_free:
        batch = np.full(measured.shape, variance)
    total = measured + np.nan_to_num(batch)
    freedom = np.full(total.shape, _MANY)
    if n_free:
        # The variance between batches was found as that of controls less their errors, so it is
        # known as badly as both together, also where nothing is left of it.
        freedom = np.minimum(n_free * (total / (variance + measured[rows].mean())) ** 2, _MANY)
    known = np.isfinite(total)
    return ScoreErrors(
        standard_error=np.sqrt(total),
        freedom=np.where(known, np.maximum(freedom, 1.0), _MANY),
        is_batch_included=known & np.isfinite(batch),
        are_thresholds_included=known & np.isfinite(thresholds),
    )


def _controls(
    series: Series, score: Values, measured: Values
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the rows of controls with a score and its error, and which control each is."""
    is_control = (series.samples["control"] != "").to_numpy()
    rows = np.flatnonzero(is_control & np.isfinite(score) & (measured > 0))
    names = series.samples["control"].gather(rows).to_numpy()
    return rows, np.unique(names, return_inverse=True)[1].astype(np.intp)
