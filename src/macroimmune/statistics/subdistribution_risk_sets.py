"""Risk sets in which those with a competing event stay, with a falling weight.

For the sub-distribution hazard of a cause, somebody who had another event at day x never has
the event of interest, and so stays at risk. Had there been no such event, observation might have
ended by itself: at event time t the participant counts with the weight G(t-) / G(x-), G being the
curve of remaining under observation. The weight is a product of a number of the time and one of
the participant, so that sums over these risk sets are cumulative sums too.
"""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from macroimmune.outcomes import Survival
from macroimmune.statistics.censoring import CensoringCurve, censoring_curve
from macroimmune.statistics.risk_sets import RiskSets, risk_sets

__all__ = ["SubdistributionRiskSets", "subdistribution_risk_sets"]


@dataclass(frozen=True, slots=True, eq=False)
class SubdistributionRiskSets(RiskSets):
    """Risk sets of a cohort with competing events, from `subdistribution_risk_sets`.

    Parameters
    ----------
    observed : float array, shape (event times,)
        G(t-) of the stratum, at each event time.
    competing : int array, shape (competing events,)
        The participants with an event of another cause.
    weight : float array, shape (competing events,)
        1 / G(x-) at the day of that event.
    last : int array, shape (competing events,)
        They stay at risk up to the last event time of their stratum, number last - 1.
    """

    observed: NDArray[np.float64]
    competing: NDArray[np.intp]
    weight: NDArray[np.float64]
    last: NDArray[np.intp]

    def sum_at_risk(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the weighted sum of `values`, shape (participants,), over each risk set."""
        stayed = values[self.competing] * self.weight
        size = self.time.size + 1
        entered = np.bincount(self.stop[self.competing], stayed, size)
        left = np.bincount(self.last, stayed, size)
        stay = np.cumsum(entered - left)[:-1] if self.is_staggered else np.cumsum(entered)[:-1]
        return RiskSets.sum_at_risk(self, values) + self.observed * stay

    def sum_while_at_risk(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return, per participant, the weighted sum of `values`, shape (event times,)."""
        total = RiskSets.sum_while_at_risk(self, values)
        running = np.concatenate(([0.0], np.cumsum(values * self.observed)))
        later = running[self.last] - running[self.stop[self.competing]]
        total[self.competing] += self.weight * later
        return total


def subdistribution_risk_sets(
    survival: Survival, codes: NDArray[np.intp], of: int, strata: NDArray[np.intp] | None = None
) -> SubdistributionRiskSets:
    """Return the risk sets of the sub-distribution hazard of one cause.

    Parameters
    ----------
    survival : Survival
        `event` is True for an event of any cause; without left truncation.
    codes : int array, shape (n,)
        0 without an event, else the code of its cause.
    of : int
        The cause of interest.
    strata : int array, shape (n,), or None
        Codes 0, 1, ...; each stratum has its own censoring curve.

    Returns
    -------
    risk : SubdistributionRiskSets

    Notes
    -----
    Convention: an event comes before a censoring of the same day; weights take G just before the
    day. Checked against: the weights of R `survival::finegray`.

    Examples
    --------
    >>> s = Survival(
    ...     time=np.array([1.0, 2.0, 3.0]), event=np.array([True, False, True])
    ... )
    >>> subdistribution_risk_sets(s, np.array([2, 0, 1]), 1).sum_at_risk(np.ones(3))
    array([1.5])
    """
    of_interest = codes == of
    risk = risk_sets(Survival(time=survival.time, event=of_interest), strata)
    competing = np.flatnonzero((codes > 0) & ~of_interest)
    stratum = np.zeros(survival.n, dtype=np.intp) if strata is None else strata
    curves = _curves(survival, stratum)
    of_event = stratum[_representatives(risk)]
    observed, weight = np.empty(risk.time.size), np.empty(competing.size)
    for number, curve in enumerate(curves):
        here = of_event == number
        observed[here] = curve.before(risk.time[here])
        rows = stratum[competing] == number
        weight[rows] = 1.0 / curve.before(survival.time[competing[rows]])
    return SubdistributionRiskSets(
        **_plain(risk),
        observed=observed,
        competing=competing,
        weight=weight,
        last=np.searchsorted(of_event, stratum[competing], side="right"),
    )


def _curves(survival: Survival, stratum: NDArray[np.intp]) -> list[CensoringCurve]:
    """Return the censoring curve of each stratum."""
    return [
        censoring_curve(survival.select(stratum == number))
        for number in range(int(stratum.max(initial=-1)) + 1)
    ]


def _representatives(risk: RiskSets) -> NDArray[np.intp]:
    """Return one participant with the event for each event time, in order."""
    return risk.event_rows[np.cumsum(risk.deaths) - 1]


def _plain(risk: RiskSets) -> dict[str, Any]:
    return {field.name: getattr(risk, field.name) for field in fields(risk)}
