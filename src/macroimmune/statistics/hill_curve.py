"""Four-parameter Hill (log-logistic) curve over dose, with plates or participants as replicates."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from macroimmune.errors import InputError
from macroimmune.statistics.covariates import check_confidence, label_codes
from macroimmune.statistics.hill_profile import (
    HILL_BOUNDS,
    best_midpoint,
    profile_crossing,
)

__all__ = ["HillFit", "hill_curve"]

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]

METHOD = (
    "least squares; bottom and top of every batch, one midpoint and one Hill coefficient; interval "
    "by profile likelihood, from three batches by leaving out each"
)
CONVENTION = (
    "y = bottom + (top - bottom) / (1 + (EC50 / dose)^h), h > 0, so a falling curve has its top "
    "below its bottom"
)
# The midpoint is searched this many decades beyond the doses.
MARGIN = 2.0
FEWEST_DOSES = 4
_BATCHES_AS_REPLICATES = 3
# From more batches, as many groups of them are left out.
_MOST_GROUPS = 20


@dataclass(frozen=True, slots=True, eq=False)
class HillFit:
    """Hill curves of all batches; NaN where `status` says why there is none.

    Parameters
    ----------
    ec50, ci_low, ci_high : float, unit of the dose
        An end is 0 or infinite where the values set none.
    hill : float
    bottoms, tops : float array, shape (batches,), unit of the values
        In the sorted order of the batches.
    fitted : float array, shape (n,)
        The curve of the batch at every value.
    residual_sd : float
        In the unit of the values, or as a share of the range of the batch.
    is_noise_in_proportion : bool
        Whether the scatter goes with the range of the batch; else it is the same in all.
    degrees_of_freedom : int
    between_batches_se : float
        Standard error of log10 EC50 by leaving out batches, from more than 20 as many groups of
        them; NaN with fewer than three.
    n, n_doses, n_batches : int
    method, convention, status : str
    """

    ec50: float
    ci_low: float
    ci_high: float
    hill: float
    bottoms: Floats
    tops: Floats
    fitted: Floats
    residual_sd: float
    is_noise_in_proportion: bool
    degrees_of_freedom: int
    between_batches_se: float
    n: int
    n_doses: int
    n_batches: int
    method: str
    convention: str
    status: str


@dataclass(frozen=True, slots=True, eq=False)
class _Values:
    """Values in the order of their batches, turned so that they rise."""

    x: Floats
    y: Floats
    starts: Codes
    low: float
    high: float

    def of(self, is_kept: NDArray[np.bool_]) -> "_Values":
        """Return the values of some batches."""
        sizes = np.diff(self.starts)
        keep = np.repeat(is_kept, sizes)
        starts = np.append(0, np.cumsum(sizes[is_kept])).astype(np.int64)
        return _Values(self.x[keep], self.y[keep], starts, self.low, self.high)

    @property
    def ranges(self) -> Floats:
        """The range of the values of each batch."""
        return np.array([np.ptp(one) for one in np.split(self.y, self.starts[1:-1])])


def hill_curve(
    dose: ArrayLike,
    value: ArrayLike,
    batch: ArrayLike,
    *,
    rising: bool = True,
    confidence: float = 0.95,
) -> HillFit:
    """Return the Hill curve over dose with the interval of its EC50.

    Parameters
    ----------
    dose : float array, shape (n,)
        Zero is none; without missing values.
    value : float array, shape (n,)
        May be negative, such as intensities less background.
    batch : text or int array, shape (n,)
        Plate, or participant: a replicate with a bottom and a top of its own.
    rising : bool
        Whether the curve rises with dose.
    confidence : float

    Returns
    -------
    fit : HillFit

    Raises
    ------
    InputError
        If lengths differ, a value is missing, or a dose is negative.

    Notes
    -----
    Convention: bottoms and tops are fixed effects of the batches: over the public plates of
    ``ifn_pstat1_doseresponse`` the residual scatter is 39 % of the range of a plate with one bottom
    and top for all, 7.2 % with a scale for each, 6.9 % with both. The scatter is the same in all
    batches or goes with their range, whichever is likelier. The interval of one or two batches is
    that of the profile likelihood: wells scatter about one curve. From three batches it is a
    jackknife over batches (t with batches - 1 degrees of freedom), which also holds that curves
    differ between them: on simulated plates it covers 93 to 96 % whether they do or not
    (``benchmarks/dose_response.py``). Where the profile has no end, neither has the interval.
    Checked against: R `nls` and `optim` on the assay `DNase`.

    Examples
    --------
    >>> dose = [0.0, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0]
    >>> value = [2.1, 10.8, 24.8, 52.0, 76.9, 93.0, 98.7]
    >>> fit = hill_curve(dose, value, ["a"] * 7)
    >>> round(fit.ec50, 2), round(fit.hill, 2), fit.ci_low < 1 < fit.ci_high
    (1.0, 1.01, True)
    """
    check_confidence(confidence)
    doses, y, codes = _checked(dose, value, batch)
    order = np.argsort(codes, kind="stable")
    status = _problem(doses, y)
    if status:
        return _without(doses, codes, status)
    with np.errstate(divide="ignore"):
        x = np.log10(doses[order])
    tested = x[np.isfinite(x)]
    starts = np.append(0, np.cumsum(np.bincount(codes))).astype(np.int64)
    sign = 1.0 if rising else -1.0
    values = _Values(x, sign * y[order], starts, tested.min() - MARGIN, tested.max() + MARGIN)
    return _fit(values, sign, order, confidence)


def _checked(dose: ArrayLike, value: ArrayLike, batch: ArrayLike) -> tuple[Floats, Floats, Codes]:
    """Return complete doses and values and the numbers of their batches.

    Raises
    ------
    InputError
        If lengths differ, a value is missing, or a dose is negative.
    """
    doses, y = np.asarray(dose, dtype=float), np.asarray(value, dtype=float)
    if doses.ndim != 1 or doses.shape != y.shape or not np.isfinite(y).all():
        msg = f"one finite value per dose: shapes {doses.shape}, {y.shape}; leave out missing ones"
        raise InputError(msg)
    if not (np.isfinite(doses).all() and (doses >= 0).all()):
        msg = f"doses are 0 or more, found {doses.min()}; give them as amounts, not as logarithms"
        raise InputError(msg)
    return doses, y, label_codes(batch, y.size, "batch")[0].astype(np.int64)


def _problem(doses: Floats, y: Floats) -> str:
    """Say why no curve can be fitted, or nothing."""
    n_doses = np.unique(doses).size
    if n_doses < FEWEST_DOSES:
        return f"{n_doses} doses: a curve needs {FEWEST_DOSES}"
    if np.ptp(y) == 0.0:
        return "the values do not vary"
    return ""


def _without(doses: Floats, codes: Codes, status: str) -> HillFit:
    nan, n_batches = float("nan"), int(codes.max(initial=-1)) + 1
    each = np.full(n_batches, nan)
    return HillFit(
        ec50=nan,
        ci_low=nan,
        ci_high=nan,
        hill=nan,
        bottoms=each,
        tops=each,
        fitted=np.full(doses.size, nan),
        residual_sd=nan,
        is_noise_in_proportion=False,
        degrees_of_freedom=0,
        between_batches_se=nan,
        n=doses.size,
        n_doses=np.unique(doses).size,
        n_batches=n_batches,
        method=METHOD,
        convention=CONVENTION,
        status=status,
    )


def _fit(values: _Values, sign: float, order: NDArray[np.intp], confidence: float) -> HillFit:
    found = _likelier(values)
    midpoint, hill, squares, weights = found
    freedom = values.y.size - _parameters(values)
    low, high = _profile_ends(values, found, freedom, confidence)
    n_batches = values.starts.size - 1
    error = _error_between(values) if n_batches >= _BATCHES_AS_REPLICATES else float("nan")
    if np.isfinite(error):
        n_groups = min(n_batches, _MOST_GROUPS)
        reach = special.stdtrit(n_groups - 1, 0.5 + confidence / 2.0) * error
        # Where all values together set no end, leaving out batches sets none either.
        low = midpoint - reach if np.isfinite(low) else low
        high = midpoint + reach if np.isfinite(high) else high
    bottoms, tops, curves = _curves(values, midpoint, hill)
    fitted = np.empty(order.size)
    fitted[order] = sign * curves
    return HillFit(
        ec50=10.0**midpoint,
        ci_low=float(10.0**low),
        ci_high=float(10.0**high),
        hill=hill,
        bottoms=sign * bottoms,
        tops=sign * tops,
        fitted=fitted,
        residual_sd=float(np.sqrt(squares / freedom)) if freedom > 0 else float("nan"),
        is_noise_in_proportion=bool((weights != 1.0).any()),
        degrees_of_freedom=freedom,
        between_batches_se=error,
        n=order.size,
        n_doses=np.unique(values.x).size,
        n_batches=n_batches,
        method=METHOD,
        convention=CONVENTION,
        status="; ".join(filter(None, (_no_interval(freedom), _at_bound(hill)))),
    )


def _no_interval(freedom: int) -> str:
    return "" if freedom > 0 else "no interval: no more values than parameters"


def _at_bound(hill: float) -> str:
    """Say that the Hill coefficient is as low or as high as it was sought, or nothing."""
    low, high = HILL_BOUNDS
    if low * 1.001 < hill < high / 1.001:
        return ""
    return f"the Hill coefficient is at its bound of {low if hill < 1 else high:g}"


def _profile_ends(
    values: _Values,
    found: tuple[float, float, float, Floats],
    freedom: int,
    confidence: float,
) -> tuple[float, float]:
    """Return the ends of m by profile likelihood, infinite where there is none."""
    if freedom <= 0:
        return -np.inf, np.inf
    midpoint, _, squares, weights = found
    limit = squares * (1.0 + float(special.fdtri(1, freedom, confidence)) / freedom)
    given = (values.x, values.y, values.starts, weights, midpoint)
    low = profile_crossing(*given, values.low, limit)
    return low, profile_crossing(*given, values.high, limit)


def _parameters(values: _Values) -> int:
    """Return how many parameters the values of all batches bear: two of each, and two of all."""
    batches = np.split(values.x, values.starts[1:-1])
    return 2 + sum(min(np.unique(one).size, 2) for one in batches)


def _likelier(values: _Values) -> tuple[float, float, float, Floats]:
    """Return m, h, weighted residual squares and weights of the likelier kind of scatter."""
    ranges = values.ranges
    # A batch without a range bears nothing: its weight does not matter.
    floor = np.where(ranges > 0, ranges, 1.0)
    sizes = np.diff(values.starts)
    found = []
    for weights in (np.ones(ranges.size), floor**-2.0)[: ranges.size]:
        bounds = (values.low, values.high)
        best = best_midpoint(values.x, values.y, values.starts, weights, *bounds)
        with np.errstate(divide="ignore"):
            fit = values.y.size * np.log(best[2]) - float(sizes @ np.log(weights))
        found.append((fit, best, weights))
    _, (midpoint, hill, squares), weights = min(found, key=lambda one: one[0])
    return midpoint, hill, squares, weights


def _error_between(values: _Values) -> float:
    """Return the standard error of m by leaving out each batch, or group of batches, in turn."""
    n = values.starts.size - 1
    groups = np.arange(n) % min(n, _MOST_GROUPS)
    n_groups = int(groups.max()) + 1
    left = np.array([_likelier(values.of(groups != one))[0] for one in range(n_groups)])
    return float(np.sqrt((n_groups - 1) / n_groups * ((left - left.mean()) ** 2).sum()))


def _curves(values: _Values, midpoint: float, hill: float) -> tuple[Floats, Floats, Floats]:
    """Return bottom and top of every batch, and the curve at every value."""
    fraction = 1.0 / (1.0 + 10.0 ** (hill * (midpoint - values.x)))
    bottoms, tops, fitted = [], [], []
    for f, y in zip(
        np.split(fraction, values.starts[1:-1]), np.split(values.y, values.starts[1:-1]),
        strict=True,
    ):  # fmt: skip
        centred = f - f.mean()
        spread = float(centred @ centred)
        slope = max(float(centred @ y) / spread, 0.0) if spread > 1e-20 else 0.0
        bottoms.append(y.mean() - slope * f.mean())
        tops.append(bottoms[-1] + slope)
        fitted.append(bottoms[-1] + slope * f)
    return np.array(bottoms), np.array(tops), np.concatenate(fitted)
