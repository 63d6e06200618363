"""Kinds that a later sample holds and an earlier one does not, against what depth alone gives.

Simple case: the earlier sample is half as large. A kind of which the later sample expects l
individuals is seen after and not before with chance exp(-l/2) (1 - exp(-l)). No l is known, but of
the later count y the power x^y has the mean exp(-l (1 - x)), so that (1/2)^y - (-1/2)^y has that
chance as its mean, for every kind, rare or common. What is seen after only, less the sum of that,
is zero on average where nothing changed. Kinds seen once cancel: they are as common where the rare
kinds are many as where some are new, so that somewhat more rare kinds than before (naive cells) are
no excess by that.

An earlier sample that is t times as large has (1 - t)^y - (-t)^y in that place; one larger than
half of the later is thinned, by formula, to half: beyond, even and odd counts tell the opposite. A
kind that is truly new counts by the chance with which the earlier sample would have shown it. Over-
dispersion lets more be missed; kinds seen twice after and not before tell how many. Kinds that
rise from too rare to be seen are an excess like new ones: no two samples tell them apart.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from macroimmune.errors import InputError
from macroimmune.statistics.intervals import normal_quantile, wald_p
from macroimmune.statistics.kept_ratio import kept_ratio
from macroimmune.statistics.kind_counts import check_dispersion, kind_counts, paired_kind_counts

__all__ = ["NovelKinds", "novel_kinds"]

Floats = NDArray[np.float64]

_ROUNDS, _MOST_NEW = 4, 0.9
# Of the later sample: above, even and odd counts of the same clone size tell the opposite.
_MOST_BEFORE = 0.5
CONVENTION = (
    "novel = seen after and not before; expected = missed before by chance, as counts of the later "
    "sample tell; excess = observed - expected: a new kind counts by the chance that the earlier "
    "sample would have shown it"
)
EMPTY = "a sample is empty"
APART = "no rare kind was seen in both samples, so their depths cannot be compared"
_STEP = 1e-3
ONCE = "no kind was seen twice after, so new kinds cannot be told from rare ones"


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
    before: ArrayLike,
    after: ArrayLike,
    *,
    among: ArrayLike | None = None,
    dispersion: float = 0.0,
    dispersion_error: float = 0.0,
    by_kept_kinds: bool = False,
    confidence: float = 0.95,
) -> NovelKinds:
    """Return the novel kinds of a sample beyond those that its depth and an earlier one's give.

    Parameters
    ----------
    before, after : int array, shape (kinds,)
        Counts of independent individuals (cells, templates, molecules; not reads), in the same
        order; kinds absent from both are left out.
    among : int array, shape (kinds,), or None
        Of `after`, the individuals of one sort (cells of a population): only kinds with such a one
        are asked whether they are novel, with any individual before. None: all.
    dispersion : float
        Over-dispersion of repeats, from `replicate_dispersion`; 0 for single cells or molecules
        drawn at random.
    dispersion_error : float
        Its standard error, which the interval carries.
    by_kept_kinds : bool
        Whether depths are compared by the rare kinds that both samples hold (`kept_ratio`), for
        thousands of kinds of which some populations rose and others fell; else by individuals.
    confidence : float

    Returns
    -------
    novel : NovelKinds
        With a status and NaN where a sample is empty, no kind that is asked was seen twice after,
        or no kind tells how depths compare.

    Raises
    ------
    InputError
        If shapes differ, a count is negative or no whole number, more are of a sort than there
        are, or the dispersion is negative.

    Notes
    -----
    Convention: kinds are independent of each other, and a kind is as common before as after, or
    new; the ratio of depths is that of individuals that are not of new kinds; the variance is the
    sum of squares. The estimate of kinds that a further sample would add is that of Good
    and Toulmin (Biometrika 1956;43:45-63). Where rare kinds became much more or fewer, all others
    did the opposite, which the ratio of individuals does not know; that of kept kinds does, to
    first order. Checked against: hand calculation,
    samples of one pool of any two sizes, pools with more and fewer rare kinds, planted kinds.

    Examples
    --------
    >>> found = novel_kinds([4, 1, 1, 1, 0, 0], [2, 0, 1, 1, 2, 1])
    >>> found.observed, found.excess
    (2, 0.0)
    """
    one, two = paired_kind_counts(before, after)
    sort = two if among is None else kind_counts(among).astype(float)
    check_dispersion(dispersion)
    check_dispersion(dispersion_error)
    if sort.shape != two.shape or (sort > two).any():
        msg = "of each kind at most as many of a sort as there are after"
        raise InputError(msg)
    z = normal_quantile(confidence)
    asked = sort > 0
    is_new = asked & (one == 0)
    plain = (int(is_new.sum()), int(sort[is_new].sum()))
    counts = (int(one.sum()), int(two.sum()))
    if not all(counts):
        return _novel(plain, np.full(6, np.nan), counts, EMPTY)
    if by_kept_kinds:
        parts, individuals, error = _by_kept_kinds(one, two, sort, dispersion)
        if not np.isfinite(individuals):
            return _novel(plain, np.full(6, np.nan), counts, APART)
    else:
        size = _of_old_kinds(one, two)
        parts, individuals = _parts(one, two, sort, dispersion, size)
        # The excess falls in proportion to the dispersion.
        error = parts.sum() - _parts(one, two, sort, dispersion + 1.0, size)[0].sum()
    spread = float(np.hypot(np.sqrt((parts**2).sum()), error * dispersion_error))
    if not spread or not (two[asked] > 1).any():
        return _novel(plain, np.full(6, np.nan), counts, ONCE)
    excess = float(parts.sum())
    p_value = float(wald_p(np.asarray(excess / spread)))
    reach = z * spread
    numbers = [plain[0] - excess, excess, excess - reach, excess + reach, p_value]
    return _novel(plain, np.array([*numbers, plain[1] - individuals]), counts, "")


def _by_kept_kinds(
    before: Floats, after: Floats, sort: Floats, dispersion: float
) -> tuple[Floats, float, float]:
    """Return as `_parts`, with what each kind tells of depths, and the slope by dispersion."""

    def excess(ratio: float, dispersion: float) -> tuple[Floats, float]:
        return _parts(before, after, sort, dispersion, before.sum() / ratio)

    kept = kept_ratio(before, after, dispersion=dispersion, most=_MOST_BEFORE)
    other = kept_ratio(before, after, dispersion=dispersion + _STEP, most=_MOST_BEFORE)
    if not np.isfinite([kept.ratio, other.ratio]).all():
        return kept.influence, np.nan, np.nan
    parts, individuals = excess(kept.ratio, dispersion)
    moved = [excess(kept.ratio * by, dispersion)[0].sum() for by in (1.0 - _STEP, 1.0 + _STEP)]
    slope = (moved[1] - moved[0]) / (2.0 * _STEP * kept.ratio)
    with_more = excess(other.ratio, dispersion + _STEP)[0].sum()
    by_dispersion = float(parts.sum() - with_more) / _STEP
    return parts + slope * kept.influence, individuals, by_dispersion


def _of_old_kinds(before: Floats, after: Floats) -> float:
    """Return how many later individuals are of kinds that are not new: depths are theirs."""
    n_after = after.sum()
    size = n_after
    for _ in range(_ROUNDS):
        _, individuals = _parts(before, after, after, 0.0, size)
        size = n_after - min(max(individuals, 0.0), _MOST_NEW * n_after)
    return float(size)


def _parts(
    before: Floats, after: Floats, sort: Floats, dispersion: float, n_after: float
) -> tuple[Floats, float]:
    """Return what each kind adds to the excess, and the excess of individuals.

    `n_after` is the depth of the later sample.
    """
    n_before = before.sum()
    size = _MOST_BEFORE * n_after
    ratio = min(n_before / n_after, _MOST_BEFORE)
    missed = (before == 0).astype(float)
    if n_before > size:
        missed = _missed_by_a_part(before, n_before, size)
    others = after - sort
    rest = np.power(1.0 - ratio, others)
    by_chance = rest * (np.power(1.0 - ratio, sort) - np.power(-ratio, sort))
    parts = np.where(sort > 0, missed, 0.0) - by_chance
    if dispersion:
        parts = parts - 2.0 * ratio * dispersion * missed * ((sort > 0) & (after == 2))
    # The mean of y x^(y - 1) is l exp(-l (1 - x)).
    held = sort * np.power(1.0 - ratio, np.maximum(sort - 1.0, 0.0)) * rest
    return parts, float((sort * missed).sum() - held.sum())


def _missed_by_a_part(counts: Floats, n: float, size: float) -> Floats:
    """Return the chance that a part of the sample, drawn without replacement, lacks each kind."""
    left = n - counts
    held = np.maximum(left, size)
    log_p = special.gammaln(held + 1) - special.gammaln(held - size + 1)
    log_p -= special.gammaln(n + 1) - special.gammaln(n - size + 1)
    return np.where(left >= size, np.exp(log_p), 0.0)


def _novel(
    plain: tuple[int, int], numbers: Floats, counts: tuple[int, int], status: str
) -> NovelKinds:
    expected, excess, low, high, p_value, individuals = (float(number) for number in numbers)
    return NovelKinds(
        observed=plain[0],
        expected=expected,
        excess=excess,
        ci_low=low,
        ci_high=high,
        p_value=p_value,
        n_before=counts[0],
        n_after=counts[1],
        individuals=plain[1],
        expected_individuals=individuals,
        method="novel kinds against a depth-matched null",
        convention=CONVENTION,
        status=status,
    )
