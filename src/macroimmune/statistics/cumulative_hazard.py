"""The cumulative hazard that each participant was exposed to: Nelson and Aalen's estimate."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from macroimmune.outcomes import Survival
from macroimmune.statistics.covariates import label_codes
from macroimmune.statistics.risk_sets import risk_sets

__all__ = ["cumulative_hazard"]


def cumulative_hazard(survival: Survival, strata: ArrayLike | None = None) -> NDArray[np.float64]:
    """Return the cumulative hazard from entry to the own time of each participant.

    Parameters
    ----------
    survival : Survival
        Times with events; left truncation is honoured.
    strata : int or text array, shape (n,), or None
        Hazards are then those of each participant's own stratum.

    Returns
    -------
    hazard : float array, shape (n,)
        Sum of deaths over participants at risk, over the event times from entry (excluded) to the
        own time (included); zero where nobody died.

    Raises
    ------
    InputError
        If the strata do not match the participants.

    Notes
    -----
    Convention: tied deaths leave one after another, 1 / n + 1 / (n - 1) ..., as Efron's ties in
    the Cox model do. With the event, it is what an imputation of covariates must know of survival
    (White and Royston, 2009). Checked against: R `mice::nelsonaalen`, to 1e-12, and hand
    calculation with strata and late entry.

    Examples
    --------
    >>> s = Survival(time=np.array([1.0, 2.0, 2.0]), event=np.array([True, True, False]))
    >>> cumulative_hazard(s).round(3)
    array([0.333, 0.833, 0.833])
    """
    stratum = None if strata is None else label_codes(strata, survival.n, "stratum")[0]
    risk = risk_sets(survival, stratum)
    if risk.time.size == 0:
        return np.zeros(survival.n)
    at_risk = risk.sum_at_risk(np.ones(survival.n))
    died_before = np.round(risk.tie_fraction * risk.deaths[risk.event_index])
    steps = risk.sum_of_deaths(1.0 / (at_risk[risk.event_index] - died_before))
    return risk.sum_while_at_risk(steps)
