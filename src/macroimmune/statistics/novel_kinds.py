"""Kinds that a later sample holds and an earlier one does not, against what depth alone gives.

A kind seen m times in both samples together falls, without any change, into the earlier one with
share s for each individual. Kinds that were seen before cannot be new, so they alone tell s: their
earlier counts are binomial in m, cut off at zero. They also tell how many of their like were
missed: for every kind seen before, q / (1 - q) others of the same m were not, with q = (1 - s)^m.
What is seen after only, beyond that number, is new. Over-dispersion makes the law beta-binomial.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, special

from macroimmune.statistics.intervals import normal_quantile, wald_p
from macroimmune.statistics.kind_counts import (
    beta_binomial_shape,
    check_dispersion,
    distinct_pairs,
    paired_kind_counts,
)

__all__ = ["NovelKinds", "novel_kinds"]

CONVENTION = (
    "novel = seen after and not before; expected = missed before by chance, as the kinds that were "
    "seen before tell; excess = observed - expected"
)
_LEAST_LOGIT, _MOST_LOGIT = -12.0, 12.0
_STEP = 1e-3


@dataclass(frozen=True, slots=True)
class NovelKinds:
    """Novel kinds, observed and expected; NaN where `status` says why.

    Parameters
    ----------
    observed : int
        Kinds seen after and not before; follows depth, never a result by itself.
    expected : float
        Of them, those that the depth of both samples gives.
    excess, ci_low, ci_high, p_value : float
        Observed less expected, with its interval; p against no excess, two-sided.
    n_before, n_after : int
        Individuals.
    individuals : int
        Of the later sample, in its novel kinds.
    expected_individuals : float
        Of them, those that depth gives.
    method, convention, status : str
    """

    observed: int
    expected: float
    excess: float
    ci_low: float
    ci_high: float
    p_value: float
    n_before: int
    n_after: int
    individuals: int
    expected_individuals: float
    method: str
    convention: str
    status: str


def novel_kinds(
    before: ArrayLike, after: ArrayLike, *, dispersion: float = 0.0, confidence: float = 0.95
) -> NovelKinds:
    """Return the novel kinds of a sample beyond those that its depth and an earlier one's give.

    Parameters
    ----------
    before, after : int array, shape (kinds,)
        Counts of independent individuals (cells, templates, molecules; not reads), in the same
        order; kinds absent from both are left out.
    dispersion : float
        Over-dispersion of repeats, from `replicate_dispersion`; 0 for single cells or molecules
        drawn at random.
    confidence : float

    Returns
    -------
    novel : NovelKinds
        With a status and NaN where a sample is empty, no kind was seen in both, or none twice
        before.

    Raises
    ------
    InputError
        If shapes differ, a count is negative or no whole number, or the dispersion is negative.

    Notes
    -----
    Convention: kinds are independent of each other; a kind that really grew or shrank moves the
    share a little, by its counts. The variance holds that of the share. Checked against: hand
    calculation, random splits of one sample, planted kinds.

    Examples
    --------
    >>> found = novel_kinds([4, 1, 1, 0, 0], [4, 1, 0, 2, 1])
    >>> found.observed, round(found.expected, 3)
    (2, 1.597)
    """
    one, two = paired_kind_counts(before, after)
    check_dispersion(dispersion)
    z = normal_quantile(confidence)
    observed = int(((one == 0) & (two > 0)).sum())
    counts = (int(one.sum()), int(two.sum()))
    seen = one > 0
    problem = _problem(one[seen], two[seen], counts)
    if problem:
        individuals = (int(two[~seen].sum()), float("nan"))
        return _novel(observed, np.full(5, np.nan), counts, problem, individuals)
    earlier, both, _, times = distinct_pairs(one[seen], (one + two)[seen])
    missed = _Missed(earlier, both, times.astype(float), dispersion)
    expected, expected_individuals, spread = missed.expected()
    excess = observed - expected
    p_value = float(wald_p(np.asarray(excess / spread)))
    numbers = np.array([expected, excess, excess - z * spread, excess + z * spread, p_value])
    individuals = (int(two[~seen].sum()), expected_individuals)
    return _novel(observed, numbers, counts, "", individuals)


def _problem(
    before: NDArray[np.float64], after: NDArray[np.float64], counts: tuple[int, int]
) -> str:
    """Say why nothing can be expected, or nothing."""
    if not counts[0] or not counts[1]:
        return "a sample is empty"
    if not after.any():
        return "no kind was seen in both samples, so their depths cannot be compared"
    if (before == 1).all():
        return "no kind was seen twice before, so what was missed there cannot be told"
    return ""


@dataclass(frozen=True, slots=True, eq=False)
class _Missed:
    """Kinds that were seen before: earlier count, count in both, and how many are alike."""

    earlier: NDArray[np.float64]
    both: NDArray[np.float64]
    times: NDArray[np.float64]
    dispersion: float

    def expected(self) -> tuple[float, float, float]:
        """Return kinds that were missed before, their individuals, standard error of kinds."""
        found = optimize.minimize_scalar(
            self._minus, bounds=(_LEAST_LOGIT, _MOST_LOGIT), method="bounded",
            options={"xatol": 1e-10},
        )  # fmt: skip
        at = float(found.x)
        odds = self._odds(at)
        expected = float(self.times @ odds)
        individuals = float(self.times @ (odds * self.both))
        curvature = self._minus(at + _STEP) - 2.0 * self._minus(at) + self._minus(at - _STEP)
        slope = float(self.times @ (self._odds(at + _STEP) - self._odds(at - _STEP))) / 2.0
        # Both differences carry the step: their quotient does not.
        of_share = slope**2 / curvature if curvature > 0 else 0.0
        # A kind of its m is missed with probability q: odds (1 + odds) for each that was seen.
        spread = float(np.sqrt(self.times @ (odds * (1.0 + odds)) + of_share))
        return expected, individuals, spread

    def _odds(self, logit: float) -> NDArray[np.float64]:
        """Return the odds of being missed before, for each kind."""
        log_q = self._log_missed(logit)
        return np.asarray(np.exp(log_q) / -np.expm1(log_q))

    def _log_missed(self, logit: float) -> NDArray[np.float64]:
        share = special.expit(logit)
        if self.dispersion == 0.0:
            return np.asarray(self.both * np.log1p(-share))
        a, b = beta_binomial_shape(self.dispersion, share)
        return np.asarray(special.betaln(a, b + self.both) - special.betaln(a, b))

    def _minus(self, logit: float) -> float:
        """Return minus the logarithm of the likelihood of the earlier counts, none being zero."""
        share = special.expit(logit)
        later = self.both - self.earlier
        if self.dispersion == 0.0:
            log_p = self.earlier * np.log(share) + later * np.log1p(-share)
        else:
            a, b = beta_binomial_shape(self.dispersion, share)
            log_p = special.betaln(a + self.earlier, b + later) - special.betaln(a, b)
        return float(-self.times @ (log_p - np.log(-np.expm1(self._log_missed(logit)))))


def _novel(
    observed: int,
    numbers: NDArray[np.float64],
    counts: tuple[int, int],
    status: str,
    individuals: tuple[int, float],
) -> NovelKinds:
    expected, excess, low, high, p_value = (float(number) for number in numbers)
    return NovelKinds(
        observed=observed,
        expected=expected,
        excess=excess,
        ci_low=low,
        ci_high=high,
        p_value=p_value,
        n_before=counts[0],
        n_after=counts[1],
        individuals=individuals[0],
        expected_individuals=individuals[1],
        method="novel kinds against a depth-matched null",
        convention=CONVENTION,
        status=status,
    )
