"""The area under the ROC curve within strata: only pairs of one stratum are compared."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from macroimmune.statistics.covariates import label_codes
from macroimmune.statistics.intervals import normal_quantile
from macroimmune.statistics.roc import (
    CONVENTION,
    Auc,
    checked_score,
    delong_variance,
    logit_interval,
    placements,
)

__all__ = ["stratified_auc"]

METHOD = "area under the ROC curve within strata, DeLong variance"


def stratified_auc(
    score: ArrayLike, outcome: NDArray[np.bool_], strata: ArrayLike, *, confidence: float = 0.95
) -> Auc:
    """Return the share of pairs within strata in which the case scores higher.

    Parameters
    ----------
    score : float array, shape (n,)
        Without missing values.
    outcome : bool array, shape (n,)
        True for cases, such as responders.
    strata : int or text array, shape (n,)
    confidence : float
        Level of the interval.

    Returns
    -------
    area : Auc
        `n` and `n_events` count the strata with at least two of each outcome, which DeLong's
        variance needs; participants of other strata are left out.

    Raises
    ------
    InputError
        If shapes differ, the outcome is not boolean, or scores are missing.

    Notes
    -----
    Convention: each stratum weighs by its number of pairs; its variance is DeLong's, and strata
    are independent. Checked against: R `pROC` stratum by stratum.

    Examples
    --------
    >>> site = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    >>> y = np.array([True, False, False, True] * 2)
    >>> stratified_auc([2.0, 1.0, 3.0, 4.0, 20.0, 10.0, 30.0, 40.0], y, site).estimate
    0.75
    """
    values, cases = checked_score(score, outcome)
    z = normal_quantile(confidence)
    codes = label_codes(strata, cases.size, "stratum")[0]
    areas, variances, pairs, used = [], [], [], np.zeros(cases.size, dtype=bool)
    for code in np.unique(codes):
        rows = codes == code
        n_cases = int(cases[rows].sum())
        n_controls = int(rows.sum()) - n_cases
        if min(n_cases, n_controls) < 2:
            continue
        of_cases, of_controls = placements(values[rows], cases[rows])
        areas.append(float(of_cases.mean()))
        variances.append(float(delong_variance([of_cases], [of_controls])[0, 0]))
        pairs.append(n_cases * n_controls)
        used |= rows
    n, n_events = int(used.sum()), int(cases[used].sum())
    nan = float("nan")
    if not pairs:
        status = "no stratum holds two of each outcome, so the area has no variance"
        everyone = (int(cases.size), int(cases.sum()))
        return Auc(nan, nan, nan, nan, nan, *everyone, METHOD, CONVENTION, status)
    weights = np.array(pairs) / np.sum(pairs)
    area = float(weights @ areas)
    error = float(np.sqrt(weights**2 @ variances))
    if not (0.0 < area < 1.0 and error > 0.0):
        status = f"within strata the area is {area:g} without variance; no interval"
        return Auc(area, nan, nan, nan, nan, n, n_events, METHOD, CONVENTION, status)
    low, high, p_value = logit_interval(area, error, z)
    return Auc(area, error, low, high, p_value, n, n_events, METHOD, CONVENTION, "")
