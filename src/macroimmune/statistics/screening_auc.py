"""Thousands of biomarkers, each with its area under the ROC curve."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from macroimmune.statistics.compiled import compiled
from macroimmune.statistics.intervals import normal_quantile, wald_p
from macroimmune.statistics.logistic import checked_outcome
from macroimmune.statistics.roc import CONVENTION, METHOD, Auc, problem_of_area, problem_of_counts
from macroimmune.statistics.screening_blocks import checked_markers, in_blocks

__all__ = ["AucScreen", "screen_auc"]


@dataclass(frozen=True, slots=True, eq=False)
class AucScreen:
    """An area under the ROC curve per biomarker; NaN where `status` says why there is none.

    Parameters
    ----------
    estimates : float array, shape (markers,)
        Above 0.5 where cases have higher values.
    standard_errors : float array, shape (markers,)
        DeLong, on the scale of the area.
    ci_low, ci_high, p_values : float array, shape (markers,)
        On the logit scale; p two-sided against 0.5.
    n, n_events : int array, shape (markers,)
        Participants with a value, and cases among them.
    status : tuple of str, shape (markers,)
        Empty when all is well.
    method, convention : str
    """

    estimates: NDArray[np.float64]
    standard_errors: NDArray[np.float64]
    ci_low: NDArray[np.float64]
    ci_high: NDArray[np.float64]
    p_values: NDArray[np.float64]
    n: NDArray[np.intp]
    n_events: NDArray[np.intp]
    status: tuple[str, ...]
    method: str
    convention: str

    def area_of(self, marker: int) -> Auc:
        """Return the area of one biomarker as `auc` returns it.

        Parameters
        ----------
        marker : int
            Its place among the biomarkers.
        """
        return Auc(
            estimate=float(self.estimates[marker]),
            standard_error=float(self.standard_errors[marker]),
            ci_low=float(self.ci_low[marker]),
            ci_high=float(self.ci_high[marker]),
            p_value=float(self.p_values[marker]),
            n=int(self.n[marker]),
            n_events=int(self.n_events[marker]),
            method=self.method,
            convention=self.convention,
            status=self.status[marker],
        )


def screen_auc(
    outcome: NDArray[np.bool_], markers: ArrayLike, *, confidence: float = 0.95
) -> AucScreen:
    """Return the area under the ROC curve of every biomarker.

    Parameters
    ----------
    outcome : bool array, shape (n,)
        True for cases, such as responders. Numbers are refused.
    markers : float array, shape (n, markers)
        NaN where a participant has no value; that participant is left out of that biomarker's
        area only.
    confidence : float

    Returns
    -------
    screen : AucScreen
        With fewer than two cases or controls there is no area. An area of exactly 0 or 1, or a
        biomarker that does not vary, has an area without interval. `status` says so.

    Raises
    ------
    InputError
        If the rows do not match the participants, the outcome is not boolean, or a value is
        infinite.

    Notes
    -----
    Convention: the direction is never turned round; ties count one half. Checked against: R
    `pROC`, and `auc` of one biomarker at a time.

    Examples
    --------
    >>> y = np.array([False, True, False, True])
    >>> screen = screen_auc(y, np.array([[1.0, np.nan], [2.0, 1.0], [3.0, 2.0], [4.0, 3.0]]))
    >>> screen.estimates.tolist(), screen.n.tolist()
    ([0.75, nan], [4, 3])
    """
    response = checked_outcome(outcome)
    given = checked_markers(markers, response.size)
    z = normal_quantile(confidence)
    is_case, found = response.astype(np.int64), np.zeros((given.shape[1], 4))

    def place(x: NDArray[np.float64], columns: slice) -> None:
        # Missing values come last.
        _areas(x, np.argsort(x, axis=1), is_case, found[columns])

    in_blocks(given, np.arange(response.size), place)
    area, variance = found[:, 0], found[:, 1]
    n, n_events = (counts.astype(np.intp) for counts in found.T[2:])
    has_interval = (area > 0.0) & (area < 1.0) & (variance > 0.0)
    error = np.sqrt(np.where(has_interval, variance, np.nan))
    with np.errstate(divide="ignore", invalid="ignore"):
        logit, logit_error = special.logit(area), error / (area * (1.0 - area))
        low, high = (special.expit(logit + k * logit_error) for k in (-z, z))
        p_values = wald_p(logit / logit_error)
    status = tuple(
        _problem(int(n[k]), int(n_events[k]), float(area[k]), is_done=bool(has_interval[k]))
        for k in range(area.size)
    )
    return AucScreen(
        estimates=area.copy(),
        standard_errors=error,
        ci_low=low,
        ci_high=high,
        p_values=p_values,
        n=n,
        n_events=n_events,
        status=status,
        method=METHOD,
        convention=CONVENTION,
    )


def _problem(n: int, n_cases: int, area: float, *, is_done: bool) -> str:
    """Say why there is no area or no interval, or nothing."""
    if is_done:
        return ""
    if n == 0:
        return "no participant has a value"
    return problem_of_counts(n_cases, n - n_cases) or problem_of_area(area)


@compiled
def _areas(
    x: NDArray[np.float64],
    orders: NDArray[np.int64],
    is_case: NDArray[np.int64],
    found: NDArray[np.float64],
) -> None:
    """Write area, DeLong's variance, participants and cases of each row of `x`, sorted by `orders`.

    A case's placement is the share of controls below it, ties one half; a control's is the share
    of cases above it. All of one value share them, so a walk along the sorted values with the
    numbers of both kinds passed so far gives every placement. The walk is made twice, because the
    spread is summed around the area.
    """
    for marker in range(x.shape[0]):
        order = orders[marker][: x.shape[1] - np.isnan(x[marker]).sum()]
        n_cases = 0.0
        for i in order:
            n_cases += is_case[i]
        n_controls = order.size - n_cases
        found[marker, 2], found[marker, 3] = order.size, n_cases
        if n_cases < 2.0 or n_controls < 2.0:
            found[marker, 0], found[marker, 1] = np.nan, np.nan
            continue
        area, _ = _walk(x[marker], is_case, order, n_cases, 0.0)
        _, variance = _walk(x[marker], is_case, order, n_cases, area)
        found[marker, 0], found[marker, 1] = area, variance


@compiled
def _walk(
    x: NDArray[np.float64],
    is_case: NDArray[np.int64],
    order: NDArray[np.int64],
    n_cases: float,
    centre: float,
) -> tuple[float, float]:
    """Return the area, and the variance with placements taken around `centre`."""
    n_controls = order.size - n_cases
    cases_below, controls_below = 0.0, 0.0
    won, of_cases, of_controls = 0.0, 0.0, 0.0
    start = 0
    while start < order.size:
        stop, cases = start, 0.0
        while stop < order.size and x[order[stop]] == x[order[start]]:
            cases += is_case[order[stop]]
            stop += 1
        controls = stop - start - cases
        below = controls_below + controls / 2.0
        above = n_cases - cases_below - cases / 2.0
        won += cases * below
        of_cases += cases * (below / n_controls - centre) ** 2
        of_controls += controls * (above / n_cases - centre) ** 2
        cases_below += cases
        controls_below += controls
        start = stop
    spread = of_cases / (n_cases - 1.0) / n_cases + of_controls / (n_controls - 1.0) / n_controls
    return won / (n_cases * n_controls), spread
