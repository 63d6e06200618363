"""Which parameters the data fix: information near the best point, and how flat the loss is."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.mechanism.fitting.loss import Terms, prior_losses, term_losses
from macroimmune.mechanism.fitting.objective import Objective

__all__ = ["RISE", "ParameterRange", "identified", "slopes_along"]

Floats = NDArray[np.float64]

# A parameter is held where the loss rises by this: the 95 % point of chi-squared with 1 degree.
RISE = 3.84
_SLOPE_STEP = 0.1
_GRID = 81


@dataclass(frozen=True, slots=True)
class ParameterRange:
    """How well one parameter is known.

    Parameters
    ----------
    name : str
    value : float
        At the best point.
    low, high : float
        Between them the loss does not rise by `RISE`, the others held; ends of the stated range
        where it does not rise by that much within.
    prior_sd, joint_sd : float
        Standard deviation of its logarithm before the quantities were seen, and after, the others
        free: of the prior and of the information of quantities and prior together.
    held_by : str
        The term whose loss rises most at the nearer end; empty where nothing holds it.
    verdict : str
        One sentence.
    """

    name: str
    value: float
    low: float
    high: float
    prior_sd: float
    joint_sd: float
    held_by: str
    verdict: str


def slopes_along(objective: Objective, logs: Floats, chosen: NDArray[np.int64]) -> Floats:
    """Return the slopes of the measured numbers along some parameters.

    Parameters
    ----------
    objective : Objective
    logs : (p,) array
        Logarithms of the parameters.
    chosen : (k,) array
        Places of the parameters.

    Returns
    -------
    slopes : (n, k) array
        By central differences of 0.1 on the log scale; one-sided at the ends of the range.
    """
    space = objective.space
    columns = []
    for place in chosen:
        ends = []
        for step in (-_SLOPE_STEP, _SLOPE_STEP):
            moved = logs.copy()
            moved[place] = np.clip(logs[place] + step, space.low[place], space.high[place])
            ends.append((moved[place], objective.measured(moved)))
        (low, below), (high, above) = ends
        columns.append((above - below) / (high - low))
    return np.column_stack(columns)


def identified(
    objective: Objective, logs: Floats, measured: Floats, slopes: Floats
) -> list[ParameterRange]:
    """Return how well each parameter is known near a point.

    Parameters
    ----------
    objective : Objective
    logs : (p,) array
        The best point.
    measured : (n,) array
        There.
    slopes : (n, p) array
        Of `slopes_along` there, along all parameters.

    Notes
    -----
    Convention: the loss away from the point is that of the slopes, which is exact where terms are
    straight on the log scale; squares and hinges are taken as they are, so that a claim inside its
    region holds a parameter only where its edge is reached. Terms that could not be measured hold
    nothing.
    """
    space, terms = objective.space, objective.terms
    joint = _joint_sd(terms, measured, slopes, space.sd)
    ranges = []
    for column, name in enumerate(space.names):
        grid = np.linspace(space.low[column], space.high[column], _GRID)
        rises = _rises(objective, logs, measured, slopes, column, grid)
        total = rises.sum(axis=1)
        inside = _around(total < RISE, grid, logs[column])
        low, high = grid[inside[0]], grid[inside[-1]]
        held = _held_by(terms, rises, inside, total)
        ranges.append(
            ParameterRange(
                name,
                float(np.exp(logs[column])),
                float(np.exp(low)),
                float(np.exp(high)),
                float(space.sd[column]),
                float(joint[column]),
                held,
                _verdict(low, high, grid, joint[column] / space.sd[column], held),
            )
        )
    return ranges


def _joint_sd(terms: Terms, measured: Floats, slopes: Floats, prior_sd: Floats) -> Floats:
    known = ~terms.is_claim & np.isfinite(measured) & np.isfinite(slopes).all(axis=1)
    scaled = slopes[known] / terms.sd[known][:, None]
    information = scaled.T @ scaled + np.diag(prior_sd**-2.0)
    deviations: Floats = np.sqrt(np.diag(np.linalg.inv(information)))
    return deviations


def _rises(
    objective: Objective,
    logs: Floats,
    measured: Floats,
    slopes: Floats,
    column: int,
    grid: Floats,
) -> Floats:
    """Return the rise of each term and, last, of the prior, at each place of the grid."""
    space, terms = objective.space, objective.terms
    change = np.nan_to_num(slopes[:, column])
    here = term_losses(measured, terms)
    there = np.array([
        term_losses(measured + change * (place - logs[column]), terms) for place in grid
    ])
    middle, sd = space.centre[column : column + 1], space.sd[column : column + 1]
    prior = np.array([prior_losses(np.array([place]), middle, sd)[0] for place in grid])
    own = prior_losses(logs[column : column + 1], middle, sd)[0]
    return np.column_stack([there - here, prior - own])


def _around(allowed: NDArray[np.bool_], grid: Floats, place: float) -> NDArray[np.int64]:
    """Return the places of the grid that are joined to the point by allowed ones."""
    at = int(np.abs(grid - place).argmin())
    first, last = at, at
    while first > 0 and allowed[first - 1]:
        first -= 1
    while last < len(grid) - 1 and allowed[last + 1]:
        last += 1
    return np.arange(first, last + 1)


def _held_by(terms: Terms, rises: Floats, inside: NDArray[np.int64], total: Floats) -> str:
    """Return the term that rises most just beyond the nearer end of what is allowed."""
    beyond = [place for place in (inside[0] - 1, inside[-1] + 1) if 0 <= place < len(total)]
    if not beyond:
        return ""
    steepest = max(beyond, key=lambda place: total[place])
    names = (*terms.names, "prior")
    return names[int(rises[steepest].argmax())]


def _verdict(low: float, high: float, grid: Floats, share: float, held: str) -> str:
    width = (high - low) / (grid[-1] - grid[0])
    if not held or held == "prior":
        return "not fixed by the data: within its stated range the terms do not tell values apart"
    if share < 0.5:
        return f"fixed by the data: {held} holds it, also where the other parameters are free"
    if width < 0.5:
        return f"fixed only together with others: {held} holds it where these are held"
    return f"bounded on the side that {held} sees, otherwise open"
