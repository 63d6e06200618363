"""What the unstimulated level explains of a score, and what is left of it."""

import numpy as np
from numpy.typing import NDArray

from macroimmune.response.score.reference import LEAST_PEOPLE

__all__ = ["adjusted_scores"]

Values = NDArray[np.float64]


def adjusted_scores(score: Values, level: Values, people: NDArray[np.int64]) -> tuple[Values, str]:
    """Return scores less what a straight line through the unstimulated levels gives.

    Parameters
    ----------
    score, level : float array, shape (samples,)
        NaN where there is none.
    people : int array
        Rows to which the line is fitted, one per person.

    Returns
    -------
    adjusted : float array, shape (samples,)
        Residuals of all samples from the line of `people`.
    status : str
        Empty, or why there are none.

    Notes
    -----
    Convention: least squares, within the study, to at least `LEAST_PEOPLE` people. A response is
    stimulated - unstimulated, so an error of the unstimulated mean enters both: with few cells a
    part of the slope is that error.
    """
    known = people[np.isfinite(score[people]) & np.isfinite(level[people])]
    nothing = np.full(score.shape, np.nan)
    if known.size < LEAST_PEOPLE:
        found = f"{known.size} people with score and unstimulated level"
        return nothing, f"not adjusted: {found}; {LEAST_PEOPLE} are needed"
    centred = level[known] - level[known].mean()
    squares = float(centred @ centred)
    if squares <= 0.0:
        return nothing, "not adjusted: the unstimulated level is the same in everyone"
    slope = float(centred @ score[known]) / squares
    return score - score[known].mean() - slope * (level - level[known].mean()), ""
