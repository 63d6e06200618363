"""Regression on order statistics: undetected values from a line through the detected ones.

Ranks alone are used of what is below a limit. Between neighbouring limits the share of values
that lie above each limit is built from the highest limit downwards (Helsel and Cohn, 1988);
detected values are spread evenly within their interval, undetected ones evenly below their limit.
A line of the detected values' logarithms on normal quantiles then gives a value to each
undetected one; detected values stay as they are, which makes the estimate robust.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from macroimmune.errors import InputError
from macroimmune.statistics.left_censored import (
    LARGEST_SHARE,
    Distribution,
    checked_limits,
)

__all__ = ["OrderStatistics", "plotting_positions", "regression_on_order_statistics"]

METHOD = "robust regression on order statistics"
CONVENTION = (
    "Helsel-Cohn plotting positions with several limits; detected values kept, undetected ones "
    "from the line; SD with divisor n - 1; for summaries, never as the values of participants"
)


@dataclass(frozen=True, slots=True, eq=False)
class OrderStatistics:
    """What regression on order statistics gives; NaN where `status` says why there is nothing.

    Parameters
    ----------
    mean, sd : float
        Of detected and modelled values together.
    quantiles : float array, shape (probabilities,)
        Of them, interpolated between neighbours.
    modelled : float array, shape (n,)
        Detected values as given, undetected ones from the line; NaN for limits above every
        detected value. Which of several equal limits bears which value means nothing.
    share_below : float
        Of values that are undetected.
    n, n_below, n_left_out : int
        Values, undetected ones, and undetected ones whose limit lies above every detected value:
        they tell nothing and are left out.
    method, convention, status : str
    """

    mean: float
    sd: float
    quantiles: NDArray[np.float64]
    modelled: NDArray[np.float64]
    share_below: float
    n: int
    n_below: int
    n_left_out: int
    method: str
    convention: str
    status: str


def regression_on_order_statistics(
    values: ArrayLike,
    is_below: ArrayLike,
    *,
    distribution: Distribution = "lognormal",
    probabilities: ArrayLike = (0.25, 0.5, 0.75),
    largest_share: float = LARGEST_SHARE,
) -> OrderStatistics:
    """Return mean, SD and quantiles with undetected values from their expected ranks.

    Parameters
    ----------
    values : float array, shape (n,)
        The value, or the limit of detection where it is undetected; each may have its own limit.
    is_below : bool array, shape (n,)
        True where the value is undetected.
    distribution : {"normal", "lognormal"}
        Whether values or their natural logarithms lie on the line.
    probabilities : float array, shape (probabilities,)
        Between 0 and 1.
    largest_share : float
        With a larger share undetected there is no estimate.

    Returns
    -------
    found : OrderStatistics

    Raises
    ------
    InputError
        If a value or limit is missing, shapes differ, a log-normal value is not above zero, or a
        probability lies outside 0 to 1.

    Notes
    -----
    Convention: ties keep neighbouring ranks; a detected value at a limit counts as above it.
    Checked against: the worked example of Helsel and Cohn (1988), appendix B, and the arsenic
    data of Helsel (2005), both to the published two decimals, and statsmodels, to 1e-8.

    Examples
    --------
    >>> found = regression_on_order_statistics([1.0, 1.0, 2.0, 4.0, 8.0], [True] + 4 * [False])
    >>> found.modelled.round(2)
    array([0.25, 1.  , 2.  , 4.  , 8.  ])
    """
    asked = np.atleast_1d(np.asarray(probabilities, dtype=float))
    if not ((asked >= 0) & (asked <= 1)).all():
        msg = f"probabilities lie between 0 and 1, found {asked.tolist()}; write 0.5 for the median"
        raise InputError(msg)
    level, below = checked_limits(values, is_below, distribution)
    n, n_below = level.size, int(below.sum())
    top = level[~below].max(initial=-np.inf)
    used = ~below | (level <= top)
    status = _problem(level, below, largest_share)
    modelled = np.full(n, np.nan)
    if not status:
        modelled[used] = _modelled(level[used], below[used])
        if distribution == "lognormal":
            modelled = np.where(below, np.exp(modelled), np.asarray(values, dtype=float))
        given = np.asarray(values, dtype=float)
        status = _notes(int((~used).sum()), int((modelled > given)[below & used].sum()))
    known = modelled[used & ~np.isnan(modelled)]
    return OrderStatistics(
        mean=float(known.mean()) if known.size else float("nan"),
        sd=float(known.std(ddof=1)) if known.size > 1 else float("nan"),
        quantiles=np.quantile(known, asked) if known.size else np.full(asked.size, np.nan),
        modelled=modelled,
        share_below=n_below / n if n else float("nan"),
        n=n,
        n_below=n_below,
        n_left_out=int((~used).sum()),
        method=METHOD,
        convention=CONVENTION,
        status=status,
    )


def plotting_positions(level: NDArray[np.float64], below: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the expected probability below each value, by Helsel and Cohn.

    Parameters
    ----------
    level : float array, shape (n,)
        Values, or limits where undetected; no limit above every detected value.
    below : bool array, shape (n,)

    Returns
    -------
    position : float array, shape (n,)
        Strictly between 0 and 1.

    Examples
    --------
    >>> plotting_positions(np.array([1.0, 2.0, 3.0]), np.zeros(3, bool))
    array([0.25, 0.5 , 0.75])
    """
    limits = np.unique(level[below])
    seen = np.sort(level[~below])
    # Interval 0 lies below the lowest limit; interval j from limit j to the next.
    edges = np.concatenate(([-np.inf], limits, [np.inf]))
    first = np.searchsorted(seen, edges, side="left")
    above = np.diff(first)
    under = first[:-1] + np.searchsorted(np.sort(level[below]), edges[:-1], side="right")
    exceedance = np.zeros(edges.size)
    for j in range(edges.size - 2, -1, -1):
        share = above[j] / (above[j] + under[j]) if above[j] else 0.0
        exceedance[j] = exceedance[j + 1] + share * (1.0 - exceedance[j + 1])
    # Nothing lies below the lowest of all values, whether or not any is below the lowest limit.
    exceedance[0] = 1.0
    position = np.empty(level.size)
    interval = np.searchsorted(limits, level, side="right")
    for j in range(edges.size - 1):
        detected = np.flatnonzero(~below & (interval == j))
        detected = detected[np.argsort(level[detected], kind="stable")]
        step = (exceedance[j] - exceedance[j + 1]) / (detected.size + 1)
        position[detected] = 1.0 - exceedance[j] + step * np.arange(1, detected.size + 1)
        hidden = np.flatnonzero(below & (interval == j))
        step = (1.0 - exceedance[j]) / (hidden.size + 1)
        position[hidden] = step * np.arange(1, hidden.size + 1)
    return position


def _modelled(level: NDArray[np.float64], below: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return detected values as they are and undetected ones on the line."""
    if not below.any():
        return level
    z = special.ndtri(plotting_positions(level, below))
    seen, mean_z, mean = ~below, z[~below].mean(), level[~below].mean()
    slope = ((z[seen] - mean_z) @ (level[seen] - mean)) / ((z[seen] - mean_z) ** 2).sum()
    return np.where(below, mean + slope * (z - mean_z), level)


def _notes(left_out: int, above: int) -> str:
    """Say what a reader of the estimate must know, or nothing."""
    notes = [f"{left_out} limits above every detected value left out"] if left_out else []
    if above:
        notes.append(f"{above} modelled values lie above their limits: the line fits badly")
    return "; ".join(notes)


def _problem(level: NDArray[np.float64], below: NDArray[np.bool_], largest_share: float) -> str:
    """Say why there is no estimate, or nothing."""
    n, n_below = level.size, int(below.sum())
    if n == 0:
        return "no values"
    if n_below == n:
        return f"all {n} values are undetected, so nothing is known but that"
    if n_below > largest_share * n:
        return (
            f"{n_below} of {n} values are undetected, more than {largest_share:.0%}: what can be "
            "said is detected or not"
        )
    if n_below and n - n_below < 2:
        return "one detected value gives no line"
    return ""
