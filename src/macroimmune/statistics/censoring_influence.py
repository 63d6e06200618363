"""How the error of the censoring curve reaches the score of a sub-distribution hazard."""

import numpy as np
from numpy.typing import NDArray

from macroimmune.outcomes import Survival
from macroimmune.statistics.cox_likelihood import PartialLikelihood
from macroimmune.statistics.subdistribution_risk_sets import SubdistributionRiskSets

__all__ = ["censoring_influence"]


def censoring_influence(
    survival: Survival,
    stratum: NDArray[np.intp] | None,
    risk: SubdistributionRiskSets,
    covariates: NDArray[np.float64],
    likelihood: PartialLikelihood,
) -> NDArray[np.float64]:
    """Return what the estimated censoring curve adds to each participant's score.

    Parameters
    ----------
    survival : Survival
        `event` is True for an event of any cause.
    stratum : int array, shape (participants,), or None
        Codes 0, 1, ...; each stratum has its own censoring curve.
    risk : SubdistributionRiskSets
    covariates : float array, shape (participants, covariates)
    likelihood : PartialLikelihood
        At the coefficients of interest.

    Returns
    -------
    influence : float array, shape (participants, covariates)
        They sum to zero: who leaves early is set off by who stays.

    Notes
    -----
    Convention: an error of the censoring hazard at day u moves the weights at later event times of
    all who had their competing event by then; q(u) is by how much the score moves. Each
    participant's part is q(u) over the number exposed to censoring, summed over the
    participant's censoring martingale. Checked against: the covariance of R `cmprsk::crr`.
    """
    inverse = risk.observed[risk.event_index] / likelihood.denominator
    # Per event time: G(t-) dH(t) in the first column, times the mean covariates in the others.
    steps = np.column_stack([
        risk.sum_of_deaths(inverse),
        *(risk.sum_of_deaths(inverse * mean) for mean in likelihood.mean.T),
    ])
    held = likelihood.relative_hazard[risk.competing] * risk.weight
    stayed = np.column_stack([held, held[:, None] * covariates[risk.competing]])
    added = np.zeros_like(covariates)
    labels = np.zeros(survival.n, dtype=np.intp) if stratum is None else stratum
    of_event = labels[risk.event_rows[np.cumsum(risk.deaths) - 1]]
    for number in range(int(labels.max()) + 1):
        rows, events = np.flatnonzero(labels == number), of_event == number
        mine = labels[risk.competing] == number
        added[rows] = _martingale_sums(
            survival.time[rows],
            survival.event[rows],
            (risk.time[events], steps[events]),
            (survival.time[risk.competing[mine]], stayed[mine]),
        )
    return added


def _martingale_sums(
    time: NDArray[np.float64],
    event: NDArray[np.bool_],
    steps: tuple[NDArray[np.float64], NDArray[np.float64]],
    stayed: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> NDArray[np.float64]:
    """Return the sum of q(u) / exposed(u) over each participant's censoring martingale."""
    days, n_censored = np.unique(time[~event], return_counts=True)
    # An event comes before a censoring of the same day and ends the exposure to it.
    ended = np.searchsorted(np.sort(time), days, side="left")
    same_day = np.searchsorted(np.sort(time[event]), days, side="right")
    same_day -= np.searchsorted(np.sort(time[event]), days, side="left")
    exposed = time.size - ended - same_day
    later = _sum_where(*steps, days, is_later=True)
    so_far = _sum_where(*stayed, days, is_later=False)
    q = so_far[:, 1:] * later[:, :1] - so_far[:, :1] * later[:, 1:]
    jump = q / exposed[:, None]
    running = np.vstack([
        np.zeros((1, jump.shape[1])),
        np.cumsum(jump * (n_censored / exposed)[:, None], axis=0),
    ])
    # Exposed to the censorings before the own day, and to those of that day unless the event came.
    total = -running[np.searchsorted(days, time, side="left")]
    own = np.searchsorted(days, time[~event])
    total[~event] = jump[own] - running[own + 1]
    return np.asarray(total, dtype=float)


def _sum_where(
    time: NDArray[np.float64],
    values: NDArray[np.float64],
    days: NDArray[np.float64],
    *,
    is_later: bool,
) -> NDArray[np.float64]:
    """Return the sum of rows of `values` after each of `days`, or up to and including it."""
    order = np.argsort(time, kind="stable")
    running = np.vstack([np.zeros((1, values.shape[1])), np.cumsum(values[order], axis=0)])
    place = np.searchsorted(time[order], days, side="right")
    return np.asarray(running[-1] - running[place] if is_later else running[place], dtype=float)
