"""Two counts of each of thousands of kinds: which changed, beyond what repeats of one sample do.

Counts of molecules that were copied and drawn vary more than a Poisson law says: their variance is
mu + phi mu^2. Given the sum m of both counts, the first is then beta-binomial, with mean share
s = n1 / (n1 + n2) and concentration 1 / (2 phi s (1 - s)): exact for samples of equal size, and for
others with the variance of the log ratio, 2 phi. Fisher's test is the case phi = 0, and calls many
repeats different.
"""

from dataclasses import dataclass
from math import exp, lgamma, log

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize

from macroimmune.statistics.compiled import compiled
from macroimmune.statistics.count_laws import CountLaws, count_laws
from macroimmune.statistics.intervals import normal_quantile
from macroimmune.statistics.kind_counts import (
    beta_binomial_shape,
    check_dispersion,
    distinct_pairs,
    paired_kind_counts,
)

__all__ = [
    "ChangedCounts",
    "ReplicateDispersion",
    "changed_counts",
    "conditional_p_values",
    "replicate_dispersion",
]

Floats = NDArray[np.float64]

CONVENTION = (
    "beta-binomial given the sum of both counts; two-sided p is twice the smaller tail; "
    "log2 ratio of shares, after over before"
)
EXPLORATORY = "exploratory: no replicates measured how much counts of one sample vary"
_SMALLEST, _LARGEST = 1e-8, 1e3
_ENOUGH_KINDS = 10


@dataclass(frozen=True, slots=True)
class ReplicateDispersion:
    """How much counts of repeats vary beyond chance; NaN where `status` says why it is unknown.

    Parameters
    ----------
    dispersion : float
        phi in the variance mu + phi mu^2; 0 where repeats vary no more than chance.
    n_kinds : int
        Kinds that told it: those seen at least twice in both samples together.
    status : str
    """

    dispersion: float
    n_kinds: int
    status: str


@dataclass(frozen=True, slots=True, eq=False)
class ChangedCounts:
    """A test of each kind; every array has one entry per kind.

    Parameters
    ----------
    log2_ratios : float array, shape (kinds,)
        Of the shares, after over before; NaN where either count is zero.
    ci_low, ci_high : float array, shape (kinds,)
    p_values : float array, shape (kinds,)
        NaN where both counts are zero, or a sample is empty.
    dispersion : float
        That was used.
    status : str
        Empty, why there is no test, or that the dispersion was not measured.
    method, convention : str
    """

    log2_ratios: Floats
    ci_low: Floats
    ci_high: Floats
    p_values: Floats
    dispersion: float
    status: str
    method: str
    convention: str


@compiled
def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


@compiled
def _log_probability(k: float, m: float, a: float, b: float) -> float:
    """Return the logarithm of the beta-binomial probability of k among m."""
    chosen = lgamma(m + 1.0) - lgamma(k + 1.0) - lgamma(m - k + 1.0)
    return chosen + _log_beta(k + a, m - k + b) - _log_beta(a, b)


@compiled
def _lower_tails(k: Floats, m: Floats, a: float, b: float, out: Floats) -> None:
    """Write the probability of at most k among m, from k downwards until nothing is added."""
    for i in range(k.size):
        term = 1.0
        total = 1.0
        j = k[i]
        while j > 0.0:
            term *= j / (m[i] - j + 1.0) * (m[i] - j + b) / (j - 1.0 + a)
            total += term
            j -= 1.0
            if term < 1e-17 * total:
                break
        out[i] = min(1.0, exp(_log_probability(k[i], m[i], a, b) + log(total)))


@compiled
def _log_likelihood(k: Floats, m: Floats, weight: Floats, a: float, b: float) -> float:
    total = 0.0
    for i in range(k.size):
        total += weight[i] * (_log_beta(k[i] + a, m[i] - k[i] + b) - _log_beta(a, b))
    return total


def replicate_dispersion(first: ArrayLike, second: ArrayLike) -> ReplicateDispersion:
    """Return the over-dispersion of two counts of the same material.

    Parameters
    ----------
    first, second : int array, shape (kinds,)
        Counts of each kind in two repeats, in the same order.

    Returns
    -------
    found : ReplicateDispersion

    Raises
    ------
    InputError
        If shapes differ, or a count is negative or no whole number.

    Notes
    -----
    Convention: one dispersion for all kinds, by the conditional maximum of likelihood. Checked
    against: R edgeR `estimateCommonDisp`.
    """
    one, two = paired_kind_counts(first, second)
    m = one + two
    told = m >= 2
    if told.sum() < _ENOUGH_KINDS or not one.sum() or not two.sum():
        few = (
            f"{int(told.sum())} kinds were seen twice or more, at least {_ENOUGH_KINDS} are needed"
        )
        return ReplicateDispersion(float("nan"), int(told.sum()), few)
    share = float(one.sum() / m.sum())
    k, both, _, times = distinct_pairs(one[told], m[told])
    weight = times.astype(float)

    def minus(log_dispersion: float) -> float:
        return -_log_likelihood(k, both, weight, *beta_binomial_shape(exp(log_dispersion), share))

    found = optimize.minimize_scalar(
        minus, bounds=(log(_SMALLEST), log(_LARGEST)), method="bounded", options={"xatol": 1e-9}
    )
    # Repeats that vary no more than chance push the dispersion to the end of the search.
    dispersion = exp(float(found.x))
    no_more = minus(log(_SMALLEST)) <= float(found.fun) + 1e-9
    return ReplicateDispersion(0.0 if no_more else dispersion, int(told.sum()), "")


def changed_counts(
    before: ArrayLike,
    after: ArrayLike,
    *,
    dispersion: float,
    is_measured: bool,
    confidence: float = 0.95,
) -> ChangedCounts:
    """Return a test of change for each kind.

    Parameters
    ----------
    before, after : int array, shape (kinds,)
        Counts of independent individuals (cells, templates, molecules), in the same order.
    dispersion : float
        From `replicate_dispersion`, or a stated assumption.
    is_measured : bool
        Whether replicates gave it; if not the status says that the tests are exploratory.
    confidence : float

    Returns
    -------
    changed : ChangedCounts

    Raises
    ------
    InputError
        If shapes differ, a count is negative or no whole number, or the dispersion is negative.

    Notes
    -----
    Convention: shares are of all individuals of a sample, so one large expansion lowers all other
    shares. The interval is that of the log ratio, variance 1/before + 1/after + 2 dispersion.
    Checked against: R edgeR `exactTest(rejection.region = "doubletail")`, Fisher by hand.

    Examples
    --------
    >>> found = changed_counts([5, 50, 45], [40, 30, 30], dispersion=0.1, is_measured=True)
    >>> found.p_values.round(4)
    array([0.0016, 0.3426, 0.4608])
    """
    one, two = paired_kind_counts(before, after)
    check_dispersion(dispersion)
    if not one.sum() or not two.sum():
        gap = np.full(one.size, np.nan)
        return _changed(gap, gap, gap, gap, dispersion, "a sample is empty")
    share = float(one.sum() / (one.sum() + two.sum()))
    p_values = _p_values(one, two, share, dispersion)
    seen = (one > 0) & (two > 0)
    x, y = np.where(seen, one, np.nan), np.where(seen, two, np.nan)
    ratio = np.log2((y / two.sum()) / (x / one.sum()))
    error = np.sqrt(1.0 / x + 1.0 / y + 2.0 * dispersion) / log(2.0)
    reach = normal_quantile(confidence) * error
    status = "" if is_measured else EXPLORATORY
    return _changed(ratio, ratio - reach, ratio + reach, p_values, dispersion, status)


def conditional_p_values(
    one: Floats, two: Floats, laws: CountLaws, dispersion: float, share: float
) -> Floats:
    """Return two-sided p-values: of small sums from their laws, of others once for each pair.

    Parameters
    ----------
    one, two : float array, shape (kinds,)
        Whole numbers.
    laws : CountLaws
        Of the same dispersion and share.
    dispersion, share : float
    """
    both = one + two
    is_small = both <= laws.largest
    p_values = np.empty(one.size)
    places = laws.places(one[is_small].astype(np.int64), both[is_small].astype(np.int64))
    p_values[is_small] = laws.p_values[places]
    k, m, place, _ = distinct_pairs(one[~is_small], both[~is_small])
    a, b = beta_binomial_shape(max(dispersion, _SMALLEST), share)
    lower, upper = np.empty(k.size), np.empty(k.size)
    _lower_tails(k, m, a, b, lower)
    _lower_tails(m - k, m, b, a, upper)
    p_values[~is_small] = np.minimum(1.0, 2.0 * np.minimum(lower, upper))[place]
    return p_values


def _p_values(one: Floats, two: Floats, share: float, dispersion: float) -> Floats:
    """Return two-sided p-values; NaN where both counts are zero."""
    p_values = conditional_p_values(one, two, count_laws(dispersion, share), dispersion, share)
    p_values[one + two == 0] = np.nan
    return p_values


def _changed(
    ratio: Floats, low: Floats, high: Floats, p_values: Floats, dispersion: float, status: str
) -> ChangedCounts:
    return ChangedCounts(
        log2_ratios=ratio,
        ci_low=low,
        ci_high=high,
        p_values=p_values,
        dispersion=dispersion,
        status=status,
        method="over-dispersed counts, conditional test of each kind",
        convention=CONVENTION,
    )
