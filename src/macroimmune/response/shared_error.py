"""How much of a response its unstimulated level seems to predict only because both share an error.

A difference is the stimulated minus the unstimulated mean. An unstimulated mean that came out too
high by chance makes the difference too low by as much: regression to the mean looks like
prediction.
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray

__all__ = ["shared_error_share"]

Values = NDArray[np.float64]


def shared_error_share(scores: Values, responses: pl.DataFrame, markers: tuple[str, ...]) -> float:
    """Return the R squared that the shared error of the unstimulated levels alone could give.

    Parameters
    ----------
    scores : float array, shape (donors,)
    responses : DataFrame
        `stimulation_responses` of these donors in one population, a row per donor and marker, with
        column `donor` (0, 1, ...).
    markers : tuple of str
        Of the score.

    Returns
    -------
    share : float
        NaN where too few donors have all the markers.

    Notes
    -----
    Convention: the error of an unstimulated mean is that of counting cells, of as much variance in
    both wells, and half of the variance between batches where that is known; errors of markers
    count as independent. With errors e of the levels u and weights w of the differences in the
    score, the share is c' var(u)^-1 c / var(score), c = var(e) w: what the best linear prediction
    from u explains if nothing but e ties the two.
    """
    wide = {
        name: _wide(responses, name, markers, scores.size)
        for name in ("difference", "mean_unstimulated", "error")
    }
    complete = np.isfinite(np.hstack([*wide.values()])).all(axis=1) & np.isfinite(scores)
    if complete.sum() < len(markers) + 3:
        return float("nan")
    response = scores[complete]
    design = np.column_stack([np.ones(response.size), wide["difference"][complete]])
    weights = np.linalg.lstsq(design, response, rcond=None)[0][1:]
    shared = wide["error"][complete].mean(axis=0) * weights
    spread = np.atleast_2d(np.cov(wide["mean_unstimulated"][complete], rowvar=False))
    explained = float(shared @ np.linalg.lstsq(spread, shared, rcond=None)[0])
    variance = float(np.var(response, ddof=1))
    return min(explained / variance, 1.0) if variance else float("nan")


def _wide(responses: pl.DataFrame, name: str, markers: tuple[str, ...], n: int) -> Values:
    """Return a column as an array, shape (donors, markers); NaN where it is missing."""
    n_0, n_1 = pl.col("n_unstimulated"), pl.col("n_stimulated")
    of_cells = pl.col("cells_se") ** 2 * n_1 / (n_0 + n_1)
    error = of_cells + pl.col("batch_se").fill_null(0.0) ** 2 / 2.0
    rows = responses.with_columns(error.alias("error")).filter(pl.col("marker").is_in(markers))
    found = np.full((n, len(markers)), np.nan)
    places = [markers.index(marker) for marker in rows["marker"]]
    found[rows["donor"].to_numpy(), places] = rows[name].fill_null(np.nan).to_numpy()
    return found
