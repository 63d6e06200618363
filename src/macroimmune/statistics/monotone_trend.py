"""Does a level rise or fall with dose? Isotonic fit, tested by exchanging doses within batches."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from macroimmune.errors import InputError
from macroimmune.statistics.compiled import compiled
from macroimmune.statistics.covariates import label_codes
from macroimmune.statistics.isotonic import isotonic_regression, pool_adjacent_violators

__all__ = ["MonotoneTrend", "monotone_trend"]

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]

METHOD = "isotonic regression, doses exchanged within batches"
CONVENTION = (
    "values centred and divided by their SD within batches; the larger of the shares explained "
    "by a rising and by a falling fit; p is (1 + as large) / (1 + permutations)"
)


@dataclass(frozen=True, slots=True, eq=False)
class MonotoneTrend:
    """A monotone fit over dose and its test; NaN where `status` says why there is none.

    Parameters
    ----------
    is_rising : bool
        Whether the rising fit explains more than the falling one.
    doses : float array, shape (distinct doses,)
        In ascending order.
    fitted : float array, shape (distinct doses,)
        The better monotone fit of the standardised values, in SD within batches.
    explained : float
        Share of the squares within batches that it explains.
    p_value : float
        Two-sided: no rise and no fall with dose.
    smallest_p : float
        What p would be at best with so many values: two of all arrangements.
    n, n_batches, n_permutations : int
    method, convention, status : str
    """

    is_rising: bool
    doses: Floats
    fitted: Floats
    explained: float
    p_value: float
    smallest_p: float
    n: int
    n_batches: int
    n_permutations: int
    method: str
    convention: str
    status: str


def monotone_trend(
    dose: ArrayLike,
    value: ArrayLike,
    batch: ArrayLike,
    *,
    rng: np.random.Generator,
    n_permutations: int = 1999,
) -> MonotoneTrend:
    """Return the isotonic fit of a level over dose, and the p-value of no rise or fall.

    Parameters
    ----------
    dose, value : float array, shape (n,)
        Without missing values; values may be negative.
    batch : text or int array, shape (n,)
        Plate, or participant, that has a level and a scale of its own.
    rng : numpy.random.Generator
    n_permutations : int
        Exchanges of the values within their batches.

    Returns
    -------
    trend : MonotoneTrend

    Raises
    ------
    InputError
        If lengths differ, or a value is missing.

    Notes
    -----
    Convention: Barlow's E-bar-squared in both directions. Where nothing depends on dose the
    values of a batch are exchangeable, so the test keeps its level for every scale of a batch.
    Checked against: R `isoreg`; all arrangements of four values.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> value = [1, 2, 4, 5, 10, 24, 41, 50]
    >>> trend = monotone_trend([0, 1, 2, 3] * 2, value, ["a"] * 4 + ["b"] * 4, rng=rng)
    >>> trend.is_rising, trend.p_value < 0.05
    (True, True)
    """
    x, y, codes = _checked(dose, value, batch)
    doses, places = np.unique(x, return_inverse=True)
    scaled = _standardised(y, codes)
    squares = float(scaled @ scaled)
    if doses.size < 2 or squares == 0.0:
        status = "one dose" if doses.size < 2 else "the values do not vary within batches"
        return _without(doses, y.size, int(codes.max(initial=-1)) + 1, status)
    order = np.argsort(codes, kind="stable")
    places, scaled = places[order].astype(np.int64), scaled[order]
    starts = np.append(0, np.cumsum(np.bincount(codes))).astype(np.int64)
    explained = _explained(places, scaled, doses.size)
    others = _permuted(places, scaled, starts, doses.size, rng.random((n_permutations, y.size)))
    # Sums in another order differ in the last digits: equal arrangements count as as large.
    as_large = int((others >= explained.max() * (1.0 - 1e-9)).sum())
    is_rising = bool(explained[0] >= explained[1])
    counts = np.bincount(places, minlength=doses.size).astype(float)
    means = np.bincount(places, scaled, doses.size) / counts
    return MonotoneTrend(
        is_rising=is_rising,
        doses=doses,
        fitted=isotonic_regression(means, counts, rising=is_rising),
        explained=float(explained.max()) / squares,
        p_value=(1 + as_large) / (1 + n_permutations),
        smallest_p=max(_smallest_p(places, starts), 1 / (1 + n_permutations)),
        n=y.size,
        n_batches=starts.size - 1,
        n_permutations=n_permutations,
        method=METHOD,
        convention=CONVENTION,
        status="",
    )


def _checked(dose: ArrayLike, value: ArrayLike, batch: ArrayLike) -> tuple[Floats, Floats, Codes]:
    """Return complete doses and values and the numbers of their batches.

    Raises
    ------
    InputError
        If lengths differ, or a value is missing.
    """
    x, y = np.asarray(dose, dtype=float), np.asarray(value, dtype=float)
    if x.ndim != 1 or x.shape != y.shape or not (np.isfinite(x).all() and np.isfinite(y).all()):
        msg = f"one finite value per finite dose: shapes {x.shape}, {y.shape}; leave out missing"
        raise InputError(msg)
    return x, y, label_codes(batch, y.size, "batch")[0].astype(np.int64)


def _standardised(y: Floats, codes: Codes) -> Floats:
    """Return values less the mean of their batch, in its SD; zero where a batch does not vary."""
    counts = np.bincount(codes)
    centred = y - (np.bincount(codes, y) / counts)[codes]
    sd = np.sqrt(np.bincount(codes, centred**2) / counts)
    return np.divide(centred, sd[codes], out=np.zeros(y.size), where=sd[codes] > 0)


def _smallest_p(places: Codes, starts: Codes) -> float:
    """Return the share of the two extreme arrangements among all that differ in their doses."""
    logarithm = 0.0
    for one in np.split(places, starts[1:-1]):
        repeats = np.unique(one, return_counts=True)[1]
        logarithm += float(special.gammaln(one.size + 1) - special.gammaln(repeats + 1).sum())
    return float(min(1.0, 2.0 * np.exp(-logarithm)))


def _without(doses: Floats, n: int, n_batches: int, status: str) -> MonotoneTrend:
    nan = float("nan")
    empty = np.full(doses.size, nan)
    return MonotoneTrend(
        is_rising=True,
        doses=doses,
        fitted=empty,
        explained=nan,
        p_value=nan,
        smallest_p=nan,
        n=n,
        n_batches=n_batches,
        n_permutations=0,
        method=METHOD,
        convention=CONVENTION,
        status=status,
    )


@compiled
def _explained(places: Codes, scaled: Floats, n_doses: int) -> Floats:
    """Return the squares that the rising and the falling fit over doses explain."""
    counts, means = np.zeros(n_doses), np.zeros(n_doses)
    for i in range(places.size):
        counts[places[i]] += 1.0
        means[places[i]] += scaled[i]
    means /= counts
    fitted, one, two, three = (
        np.empty(n_doses),
        np.empty(n_doses),
        np.empty(n_doses),
        np.empty(n_doses),
    )
    both = np.empty(2)
    for direction in range(2):
        pool_adjacent_violators(means, counts, fitted, one, two, three)
        both[direction] = (counts * fitted * fitted).sum()
        means = -means
    return both


@compiled
def _permuted(
    places: Codes, scaled: Floats, starts: Codes, n_doses: int, uniform: Floats
) -> Floats:
    """Return the larger of both for values in random order within their batches."""
    found = np.empty(uniform.shape[0])
    values = scaled.copy()
    for draw in range(uniform.shape[0]):
        for batch in range(starts.size - 1):
            first = starts[batch]
            for i in range(starts[batch + 1] - 1, first, -1):
                other = first + int(uniform[draw, i] * (i - first + 1))
                values[i], values[other] = values[other], values[i]
        found[draw] = _explained(places, values, n_doses).max()
    return found
