"""The distribution of one variable, from quantiles or from a median and a spread."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from macroimmune.simulator.calibration.summaries import PERCENTS, percent_column

__all__ = ["Marginal", "marginal_of"]

Values = NDArray[np.float64]

# Beyond the outermost quantiles a line goes on to here: the one from the 95th percentile where
# many participants state the tail, else from the 75th; below the median likewise.
_END = 6.0
_MANY = 400


@dataclass(frozen=True, slots=True)
class Marginal:
    """What a normal score becomes.

    Parameters
    ----------
    scores, heights : float array, shape (knots,)
        Normal scores, ascending, and the value there on the scale of the logarithm or as it is.
    is_log : bool
        Whether heights are natural logarithms.
    low, high : float
        Values beyond are set to these.
    """

    scores: Values
    heights: Values
    is_log: bool
    low: float
    high: float

    def values(self, scores: Values) -> Values:
        """Return the value at each normal score."""
        heights = np.interp(scores, self.scores, self.heights)
        if self.is_log:
            np.exp(heights, out=heights)
        return np.clip(heights, self.low, self.high)

    def score_of(self, values: Values) -> Values:
        """Return the normal score of each value, at most 3 to either side."""
        heights = np.log(values) if self.is_log else values
        scores = np.interp(heights, self.heights, self.scores)
        return np.asarray(np.clip(scores, -3.0, 3.0), dtype=float)


def marginal_of(row: Mapping[str, object], quantiles: Mapping[str, object] | None) -> Marginal:
    """Return the distribution that a line of the model states.

    Parameters
    ----------
    row : mapping
        A line of `model_variables.csv`.
    quantiles : mapping or None
        The line of `marginals.csv` that it refers to; None where it states median and spread.

    Returns
    -------
    marginal : Marginal

    Notes
    -----
    Convention: between the quantiles straight lines on the scale of the normal score and, for
    `log` and `npx`, of the logarithm; a stated median moves the whole distribution there.
    """
    scale = str(row["scale"])
    is_log = scale in {"log", "npx"}
    low, high = _number(row["low"]), _number(row["high"])
    median = row["median"]
    if quantiles is None:
        middle = np.log(_number(median)) if is_log else _number(median)
        scores = np.array([-_END, _END])
        return Marginal(scores, middle + _number(row["spread"]) * scores, is_log, low, high)
    known = [p for p in PERCENTS if quantiles[percent_column(p)] is not None]
    found = np.array([_number(quantiles[percent_column(p)]) for p in known])
    if scale == "npx":
        heights = found * np.log(2.0)
    else:
        heights = np.log(np.maximum(found, low)) if is_log else found
    if median is not None:
        middle = np.log(_number(median)) if is_log else _number(median)
        heights = heights + (middle - heights[known.index(50.0)])
    tail_from = 95.0 if _number(quantiles["n"]) >= _MANY else 75.0
    inner = (known.index(100.0 - tail_from), known.index(tail_from))
    scores, heights = _with_tails(np.asarray(ndtri(np.array(known) / 100.0)), heights, inner)
    return Marginal(scores, heights, is_log, low, high)


def _with_tails(scores: Values, heights: Values, inner: tuple[int, int]) -> tuple[Values, Values]:
    """Add a knot far out at each end, on the line through the outermost and the inner knot."""

    def end(outer: int, inside: int, at: float) -> float:
        slope = (heights[outer] - heights[inside]) / (scores[outer] - scores[inside])
        return float(heights[outer] + slope * (at - scores[outer]))

    lower, upper = end(0, inner[0], -_END), end(-1, inner[1], _END)
    return (
        np.concatenate(([-_END], scores, [_END])),
        np.concatenate(([lower], heights, [upper])),
    )


def _number(value: object) -> float:
    if not isinstance(value, int | float):
        return float("nan")
    return float(value)
