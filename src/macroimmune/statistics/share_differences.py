"""Shares of counted cells compared on the scale of logits, a donor or a pair of samples a unit."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, stats

from macroimmune.errors import InputError
from macroimmune.statistics.covariates import check_confidence

__all__ = ["ShareDifference", "paired_share_difference", "share_difference"]

Floats = NDArray[np.float64]

PAIRED = "differences of logits within donors, random effects (Paule-Mandel, Hartung-Knapp)"
UNPAIRED = "differences of logits between donors, random effects (Paule-Mandel, Hartung-Knapp)"
CONVENTION = (
    "log odds ratio; half a cell per sample added to both sides in proportion to the totals; "
    "weights from totals and the pooled share alone; t with units less coefficients degrees of "
    "freedom"
)
# Cells that a sample would hold on average if both sides were alike.
_FEWEST_EXPECTED = 2.0
_LARGEST_VARIANCE = 1e4


@dataclass(frozen=True, slots=True)
class ShareDifference:
    """A comparison of shares; every number is NaN where `status` says why there is none.

    Parameters
    ----------
    log_odds_ratio, standard_error : float
        Of the second side against the first.
    odds_ratio, ci_low, ci_high : float
    p_value : float
        Two-sided, by t.
    variance_between : float
        Of true log odds ratios between donors (paired), of logits between donors (unpaired).
    degrees_of_freedom : int
    n : int
        Donors.
    method, convention, status : str
    """

    log_odds_ratio: float
    standard_error: float
    odds_ratio: float
    ci_low: float
    ci_high: float
    p_value: float
    variance_between: float
    degrees_of_freedom: int
    n: int
    method: str
    convention: str
    status: str


def paired_share_difference(
    first_counts: ArrayLike,
    first_totals: ArrayLike,
    second_counts: ArrayLike,
    second_totals: ArrayLike,
    *,
    confidence: float = 0.95,
) -> ShareDifference:
    """Return how the share of a population differs between two samples of each donor.

    Parameters
    ----------
    first_counts, second_counts : int array, shape (donors,)
        Cells of the population in the samples of both sides.
    first_totals, second_totals : int array, shape (donors,)
        Cells of its parent, at least one.
    confidence : float

    Returns
    -------
    difference : ShareDifference
        NaN and a reason where there are fewer than three donors, or a side is so poor in cells
        that it would hold fewer than two of the population per sample if both were alike.

    Raises
    ------
    InputError
        If shapes differ, or counts are no whole numbers or exceed their totals.

    Notes
    -----
    Convention: the donor's log odds ratio, with one cell per pair added in proportion to the
    totals, so that a donor without any cell of the population says "no difference" whatever the
    totals. Its counting variance is that of the pooled share of all donors: a variance from the
    donor's own counts goes with the estimate, and p-values then are too small where cells are few.
    What donors vary beyond counting is estimated (Paule and Mandel 1982, J Res Natl Bur Stand 87,
    377), the interval is that of Hartung and Knapp 2001 (Stat Med 20, 3875) without a floor. Type
    I errors: `benchmarks/differential_abundance.py`. A logistic model with an indicator for each
    donor is too liberal there but for rare cells. Checked against: R `metafor::rma`, given the same
    logits and variances.

    Examples
    --------
    >>> found = paired_share_difference([10, 30, 20, 8], [200] * 4, [22, 50, 41, 15], [200] * 4)
    >>> round(found.odds_ratio, 2), found.degrees_of_freedom
    (2.08, 3)
    """
    check_confidence(confidence)
    y1, n1 = _checked(first_counts, first_totals)
    y2, n2 = _checked(second_counts, second_totals)
    if y1.shape != y2.shape:
        msg = f"both samples of each donor: {y1.size} first and {y2.size} second ones"
        raise InputError(msg)
    share = (y1.sum() + y2.sum()) / max(n1.sum() + n2.sum(), 1.0)
    problem = _problem(y1.size, share, (n1, n2))
    if problem:
        return _without(y1.size, PAIRED, problem)
    both = n1 + n2
    effects = _logit(y2, n2, n2 / both) - _logit(y1, n1, n1 / both)
    variances = (1.0 / n1 + 1.0 / n2) / (share * (1.0 - share))
    return _fitted(effects, variances, np.ones((y1.size, 1)), PAIRED, confidence)


def share_difference(
    counts: ArrayLike,
    totals: ArrayLike,
    is_second: ArrayLike,
    *,
    confidence: float = 0.95,
) -> ShareDifference:
    """Return how the share of a population differs between two groups of donors.

    Parameters
    ----------
    counts, totals : int array, shape (donors,)
        Cells of the population and of its parent.
    is_second : bool array, shape (donors,)
        Whether the donor is of the second group.
    confidence : float

    Returns
    -------
    difference : ShareDifference
        NaN and a reason where a group has fewer than three donors or is too poor in cells.

    Raises
    ------
    InputError
        If shapes differ, or counts are no whole numbers or exceed their totals.

    Notes
    -----
    Convention: as `paired_share_difference`, of the logits of donors. Use `overdispersed_logistic`
    where both groups have cells of the population; this one remains finite where a group has none,
    its ratio then depends on the half cell that was added, so it is too near to 1.

    Examples
    --------
    >>> cells = [0, 0, 0, 0, 30, 44, 12, 25]
    >>> found = share_difference(cells, [1000] * 8, [0, 0, 0, 0, 1, 1, 1, 1])
    >>> found.odds_ratio > 20, found.p_value < 0.001
    (True, True)
    """
    check_confidence(confidence)
    y, n = _checked(counts, totals)
    second = np.asarray(is_second, dtype=bool)
    if second.shape != y.shape:
        msg = f"a group for each donor: {y.size} donors, {second.shape}"
        raise InputError(msg)
    share = y.sum() / max(n.sum(), 1.0)
    fewest = min(int(second.sum()), int((~second).sum()))
    problem = _problem(fewest, share, (n[~second], n[second]))
    if problem:
        return _without(y.size, UNPAIRED, problem)
    effects = _logit(y, n, 0.5 * n / n.mean())
    design = np.column_stack([np.ones(y.size), second])
    return _fitted(effects, 1.0 / (n * share * (1.0 - share)), design, UNPAIRED, confidence)


def _checked(counts: ArrayLike, totals: ArrayLike) -> tuple[Floats, Floats]:
    """Return counts and totals as floats.

    Raises
    ------
    InputError
        As the public functions say.
    """
    y, n = np.asarray(counts, dtype=float), np.asarray(totals, dtype=float)
    if y.ndim != 1 or y.shape != n.shape:
        msg = f"one total per count: shapes {y.shape} and {n.shape}"
        raise InputError(msg)
    with np.errstate(invalid="ignore"):
        good = (y == np.floor(y)) & (n == np.floor(n)) & (y >= 0) & (n >= 1) & (y <= n)
    good &= np.isfinite(n)
    if not good.all():
        first = int(np.flatnonzero(~good)[0])
        msg = (
            f"{int((~good).sum())} rows are no counts of a whole; the first, row {first}, has "
            f"{y[first]:g} of {n[first]:g}; give whole numbers of cells, none above its total"
        )
        raise InputError(msg)
    return y, n


def _problem(fewest: int, share: float, totals: tuple[Floats, Floats]) -> str:
    """Say why nothing can be compared, or nothing."""
    if fewest < 3:
        return f"{fewest} donors are too few, 3 are needed on each side"
    if share == 0.0:
        return "no donor has a cell of the population"
    if share == 1.0:
        return "every cell belongs to the population"
    expected = min(share, 1.0 - share) * min(total.mean() for total in totals)
    if expected < _FEWEST_EXPECTED:
        return (
            f"too few cells: {expected:.1f} per sample would be expected on the side with fewer "
            f"cells, {_FEWEST_EXPECTED:g} are needed"
        )
    return ""


def _logit(counts: Floats, totals: Floats, added: Floats) -> Floats:
    return np.asarray(np.log((counts + added) / (totals - counts + added)))


def _fitted(
    effects: Floats, variances: Floats, design: Floats, method: str, confidence: float
) -> ShareDifference:
    """Return the last coefficient of a random-effects regression with Hartung and Knapp's error."""
    freedom = effects.size - design.shape[1]
    between = _variance_between(effects, variances, design, freedom)
    beta, covariance, q = _weighted(effects, variances + between, design)
    error = float(np.sqrt(covariance[-1, -1] * q / freedom))
    estimate = float(beta[-1])
    if error == 0.0:
        return _without(effects.size, method, "every donor shows the very same difference")
    reach = float(stats.t.ppf(0.5 + confidence / 2.0, freedom)) * error
    with np.errstate(over="ignore"):
        ratio, low, high = np.exp(estimate + reach * np.array([0.0, -1.0, 1.0])).tolist()
    return ShareDifference(
        log_odds_ratio=estimate,
        standard_error=error,
        odds_ratio=ratio,
        ci_low=low,
        ci_high=high,
        p_value=float(2.0 * stats.t.sf(abs(estimate) / error, freedom)),
        variance_between=between,
        degrees_of_freedom=freedom,
        n=effects.size,
        method=method,
        convention=CONVENTION,
        status="",
    )


def _variance_between(effects: Floats, variances: Floats, design: Floats, freedom: int) -> float:
    """Return the variance at which the weighted squares equal their degrees of freedom."""

    def excess(between: float) -> float:
        return _weighted(effects, variances + between, design)[2] - freedom

    if excess(0.0) <= 0.0:
        return 0.0
    return float(optimize.brentq(excess, 0.0, _LARGEST_VARIANCE, xtol=1e-12))


def _weighted(effects: Floats, variances: Floats, design: Floats) -> tuple[Floats, Floats, float]:
    """Return coefficients, their covariance and the weighted sum of squares."""
    weights: Floats = 1.0 / variances
    covariance: Floats = np.asarray(np.linalg.inv((design.T * weights) @ design), dtype=float)
    beta = covariance @ ((design.T * weights) @ effects)
    return beta, covariance, float(weights @ (effects - design @ beta) ** 2)


def _without(n: int, method: str, status: str) -> ShareDifference:
    gap = float("nan")
    return ShareDifference(
        log_odds_ratio=gap,
        standard_error=gap,
        odds_ratio=gap,
        ci_low=gap,
        ci_high=gap,
        p_value=gap,
        variance_between=gap,
        degrees_of_freedom=0,
        n=n,
        method=method,
        convention=CONVENTION,
        status=status,
    )
