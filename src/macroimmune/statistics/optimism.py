"""Optimism: how much better models look in the data they were fitted to, and what is left of it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.statistics.covariates import check_confidence

__all__ = ["CorrectedChange", "corrected_change"]

# Beyond this share of samples without a number, those with one are no longer a fair sample.
_MOST_FAILED = 0.1
_NAN = float("nan")


@dataclass(frozen=True, slots=True)
class CorrectedChange:
    """A measure of two models and its change; NaN where `status` says why there is none.

    Parameters
    ----------
    apparent_base, apparent_with : float
        In the participants to whom the models were fitted: too good.
    base, with_marker : float
        Less the optimism of each.
    change, ci_low, ci_high : float
        `with_marker` less `base`, with its interval.
    n_failed : int
        Bootstrap samples without a number.
    status : str
    """

    apparent_base: float
    apparent_with: float
    base: float
    with_marker: float
    change: float
    ci_low: float
    ci_high: float
    n_failed: int
    status: str

    @property
    def apparent_change(self) -> float:
        """Of the models in the participants to whom they were fitted."""
        return self.apparent_with - self.apparent_base


def corrected_change(
    apparent: NDArray[np.float64],
    resampled: NDArray[np.float64],
    *,
    confidence: float = 0.95,
    problem: str = "",
) -> CorrectedChange:
    """Return a measure of two models, less its optimism, and the change with its interval.

    Parameters
    ----------
    apparent : float array, shape (2 models,)
        The measure of the smaller and the larger model where they were fitted.
    resampled : float array, shape (samples, 2 models, 2 judged by)
        The measure of models fitted to bootstrap samples: judged by the sample, and by all
        participants. NaN where it could not be had.
    confidence : float
    problem : str
        Why there is no number at all; then everything but this is NaN.

    Returns
    -------
    found : CorrectedChange
        Without corrected numbers where more than a tenth of the samples failed.

    Notes
    -----
    Convention: optimism is the mean, over samples, of the measure in the sample less that in all
    participants (Harrell); the interval is that of the percentiles of the change in the samples,
    moved down by the optimism of the change (Noma and others 2021). An interval by the variance of
    paired predictions (DeLong) does not hold for nested models: where the marker does nothing the
    two orders are nearly the same and the difference is not normal (Demler and others 2012).
    Checked against: hand calculation; coverage in `tests/recovery`.

    Examples
    --------
    >>> samples = np.array([[[0.60, 0.58], [0.70, 0.62]], [[0.62, 0.60], [0.68, 0.64]]])
    >>> found = corrected_change(np.array([0.61, 0.66]), samples)
    >>> round(found.base, 3), round(found.with_marker, 3), round(found.change, 3)
    (0.59, 0.6, 0.01)
    """
    check_confidence(confidence)
    known = ~np.isnan(resampled).any(axis=(1, 2))
    n_failed = int((~known).sum())
    if not problem and np.isnan(apparent).any():
        problem = "the measure cannot be computed for these participants"
    if problem:
        return CorrectedChange(_NAN, _NAN, _NAN, _NAN, _NAN, _NAN, _NAN, n_failed, problem)
    looks = (float(apparent[0]), float(apparent[1]))
    if not known.any() or n_failed > _MOST_FAILED * known.size:
        status = (
            f"{n_failed} of {known.size} bootstrap samples gave no number, so only the apparent "
            "values are known"
        )
        return CorrectedChange(*looks, _NAN, _NAN, _NAN, _NAN, _NAN, n_failed, status)
    inside, outside = resampled[known, :, 0], resampled[known, :, 1]
    optimism = (inside - outside).mean(axis=0)
    corrected = apparent - optimism
    tail = 50.0 * (1.0 - confidence)
    ends = np.percentile(inside[:, 1] - inside[:, 0], [tail, 100.0 - tail])
    low, high = ends - (optimism[1] - optimism[0])
    return CorrectedChange(
        *looks,
        base=float(corrected[0]),
        with_marker=float(corrected[1]),
        change=float(corrected[1] - corrected[0]),
        ci_low=float(low),
        ci_high=float(high),
        n_failed=n_failed,
        status="",
    )
