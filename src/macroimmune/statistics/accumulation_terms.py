"""Diversity at one size as sums over counts, and how it varies between samples of a community.

Every quantity is a sum over kinds of a term that depends on the kind's count alone, or a function
of such sums. So its first-order variance follows from that of each kind's term. The counts of a
kind in new samples are Poisson around what the estimated community of Chao et al. 2014 (Ecological
Monographs 84, 45, appendix G) gives it: a little less than was counted for kinds seen, and an equal
part of the unseen share for each kind not seen. That all samples have one size is taken out.

Repeats of one sample may vary by more: each kind's share is then multiplied by a number of mean 1
and variance phi, the over-dispersion, before shares sum to 1 again. That adds phi times the squared
slopes of all kinds, by the logarithm of their share, to the variance.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from macroimmune.statistics.entropy_growth import EntropyGrowth, entropy_growth
from macroimmune.statistics.frequency_counts import FrequencyCounts
from macroimmune.statistics.subsample_loops import absent_probabilities, entropy_terms
from macroimmune.statistics.unseen_kinds import (
    entropy_of_rare,
    later_kinds,
    later_share,
    unseen_kinds,
    unseen_share,
)

__all__ = ["Accumulation", "accumulation"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

# Kinds with more individuals have terms that are straight over the spread of their counts.
_FEW = 40
_REACH = 100


_STEP = 1e-4


@dataclass(frozen=True, slots=True, eq=False)
class _Terms:
    """Kinds, entropy and pairs of one size; and what each kind of a count adds to them."""

    sums: Floats
    by_count: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Accumulation:
    """A sample, ready to be thinned or extrapolated; made by `accumulation`.

    Parameters
    ----------
    counts : FrequencyCounts
    grid : int array, shape (grid,)
        Counts at which terms are worked out: 0 to `_REACH`, then those that occur and the next.
    kinds : int array, shape (grid,)
        Kinds with that count.
    log_whole : float array
        Logarithms of whole numbers.
    f1, f2 : float
        Kinds counted once and twice.
    """

    counts: FrequencyCounts
    grid: Whole
    kinds: Whole
    log_whole: Floats
    f1: float
    f2: float

    def coverage(self, size: float) -> float:
        """Return the estimated coverage at a size, continuous from 1 on."""
        n = self.counts.n
        if size >= n:
            return 1.0 - unseen_share(self.f1, self.f2, n, size - n)
        if size > n - 1:
            # Between the last two sizes coverage is taken as a straight line.
            last, whole = self.coverage(n - 1.0), self.coverage(float(n))
            return last + (size - n + 1.0) * (whole - last)
        sizes = self.counts.sizes
        absent = absent_probabilities(sizes, n, size)
        return float(1.0 - (sizes * self.counts.kinds) @ absent / (n - size))

    def size_beyond(self, coverage: float) -> float:
        """Return the size beyond that of the sample at which it would have a coverage."""
        n = self.counts.n
        rest = 1.0 - later_share(self.f1, self.f2, n)
        if not 0.0 < rest < 1.0:
            return float("nan")
        steps = np.log((1.0 - coverage) * n / self.f1) / np.log(rest)
        return float(n + steps - 1.0)

    def at(
        self, size: float, *, is_at_coverage: bool, dispersion: float = 0.0
    ) -> tuple[Floats, Floats, float]:
        """Return logarithms of Hill numbers, their covariance, and the coverage."""
        is_within = size < self.counts.n
        terms, by_size = self._rarefied(size) if is_within else self._extrapolated(size)
        kinds, entropy, pairs = terms.sums
        simpson = 1.0 / (1.0 / size + (size - 1.0) / size * pairs)
        log_hill = np.array([np.log(kinds), entropy, np.log(simpson)])
        scales = np.array([1.0 / kinds, 1.0, -simpson * (size - 1.0) / size])
        influence = scales[:, None] * terms.by_count[:3]
        if is_at_coverage and by_size[3] > 0.0:
            # A sample that covers more is thinned to fewer individuals.
            faster = by_size[:3] * [1.0 / kinds, 1.0, simpson * (1.0 - pairs) / size**2]
            influence -= (faster / by_size[3])[:, None] * terms.by_count[3]
        return log_hill, self._covariance(influence, dispersion), self.coverage(size)

    def coverage_error(self) -> float:
        """Return the standard error of the coverage of the whole sample."""
        influence = self._covered(float(self.counts.n))[None, :]
        return float(np.sqrt(max(self._covariance(influence, 0.0)[0, 0], 0.0)))

    def _rarefied(self, size: float) -> tuple[_Terms, Floats]:
        """Return sums and terms in a subsample, and what one individual more adds to sums.

        The concentration of pairs is the same at all sizes: its share in the slope is 1 by
        convention, so that the caller's factor is the slope.
        """
        low = int(np.floor(size))
        lower, upper = self._whole_rarefied(low), self._whole_rarefied(low + 1)
        share = size - low
        by_count = (1.0 - share) * lower + share * upper
        more = (upper - lower)[:2] @ self.kinds
        slope = self.coverage(low + 1.0) - self.coverage(float(low))
        sums = by_count[:3] @ self.kinds
        return _Terms(sums, by_count), np.array([*more, 1.0, slope])

    def _whole_rarefied(self, size: int) -> Floats:
        """Return terms of kinds, entropy, pairs and coverage, each for every count of the grid."""
        n, grid = self.counts.n, self.grid
        absent = absent_probabilities(grid, n, float(size))
        covered = self._covered(float(n)) if size == n else -grid * absent / (n - size)
        entropy = entropy_terms(grid, n, size, self.log_whole)
        return np.stack([1.0 - absent, entropy, self._pairs(), covered])

    def _extrapolated(self, size: float) -> tuple[_Terms, Floats]:
        """Return sums and terms beyond the sample, and what one individual more adds to sums."""
        n, grid = self.counts.n, self.grid
        more = size - n
        entropy, of_entropy = self._grown_entropy(more)
        pairs = self._pairs()
        seen = self.counts.n_kinds
        kinds = seen + later_kinds(self.f1, self.f2, n, more)
        by_count = np.stack([
            (grid > 0) + self._by_rare(lambda f1, f2: later_kinds(f1, f2, n, more)),
            of_entropy,
            pairs,
            self._covered(size),
        ])
        slopes = [
            seen + later_kinds(self.f1, self.f2, n, more + 1.0) - kinds,
            entropy.by_size,
            1.0,
            self.coverage(size + 1.0) - self.coverage(size),
        ]
        sums = np.array([kinds, entropy.entropy, pairs @ self.kinds])
        return _Terms(sums, by_count), np.array(slopes)

    def _grown_entropy(self, more: float) -> tuple[EntropyGrowth, Floats]:
        """Return the entropy of a larger sample, and what each kind of a count adds to it."""
        n, grid = self.counts.n, self.grid
        seen = grid / n * (np.log(n) - self.log_whole[grid])
        if more == 0.0:
            return EntropyGrowth(float(seen @ self.kinds), 0.0, 0.0, 0.0), seen
        before = entropy_terms(grid, n, n - 1, self.log_whole) if n > 1 else np.zeros(grid.size)
        expected = grid / n * (special.digamma(n) - special.digamma(np.maximum(grid, 1)))
        rare = entropy_of_rare(self.f1, self.f2, n)
        now, last = float(seen @ self.kinds), float((seen - before) @ self.kinds)
        grown = entropy_growth(now, last, float(expected @ self.kinds) + rare, more)
        expected = expected + self._by_rare(lambda f1, f2: entropy_of_rare(f1, f2, n))
        by_count = seen + grown.by_asymptote * (expected - seen) + grown.by_last * (seen - before)
        return grown, by_count

    def _pairs(self) -> Floats:
        n = self.counts.n
        return self.grid * (self.grid - 1.0) / (n * max(n - 1.0, 1.0))

    def _covered(self, size: float) -> Floats:
        """Return the terms of coverage at the size of the sample or beyond."""
        n = self.counts.n
        return self._by_rare(lambda f1, f2: -unseen_share(f1, f2, n, size - n))

    def _by_rare(self, function: Callable[[float, float], float]) -> Floats:
        """Return how a function of kinds counted once and twice changes with each kind."""
        out = np.zeros(self.grid.size)
        f1, f2 = self.f1, self.f2
        # Without kinds counted twice the estimates take another form, in which they stay none.
        if f1 > 0:
            step = _STEP * f1
            out[1] = (function(f1 + step, f2) - function(f1 - step, f2)) / (2.0 * step)
        if f2 > 0:
            step = _STEP * f2
            out[2] = (function(f1, f2 + step) - function(f1, f2 - step)) / (2.0 * step)
        return out

    def _covariance(self, influence: Floats, dispersion: float) -> Floats:
        """Return the covariance of sums over kinds, between samples of one size."""
        sizes, kinds = self.counts.sizes, self.counts.kinds
        few = sizes <= _FEW
        means, numbers = self._expected(sizes[few], kinds[few])
        steps = np.arange(_REACH + 1)
        log_law = special.xlogy(steps, means[:, None]) - means[:, None] - special.gammaln(steps + 1)
        law = np.exp(log_law)
        near = influence[:, : _REACH + 1]
        centred = near[:, None, :] - (near @ law.T)[:, :, None]
        apart = steps - means[:, None]
        spread = np.einsum("k,kj,akj,bkj->ab", numbers, law, centred, centred)
        sloped = np.einsum("kj,akj,kj->ak", law, centred, apart)
        at = np.searchsorted(self.grid, sizes[~few])
        slopes = influence[:, at] - influence[:, at - 1]
        weights = (sizes * kinds)[~few]
        spread += (slopes * weights) @ slopes.T
        along = sloped @ numbers + slopes @ weights
        individuals = float(means @ numbers + weights.sum())
        if dispersion > 0.0:
            # All shares fall where one rises: a sum that is straight in all of them stays.
            mean_slope = along / individuals
            few_free = sloped - np.outer(mean_slope, means)
            free = (slopes - mean_slope[:, None]) * sizes[~few]
            spread += dispersion * (few_free * numbers) @ few_free.T
            spread += dispersion * (free * kinds[~few]) @ free.T
        return np.asarray(spread - np.outer(along, along) / individuals)

    def _expected(self, sizes: Whole, kinds: Whole) -> tuple[Floats, Floats]:
        """Return mean count and number of rare kinds in the estimated community, unseen first."""
        n = self.counts.n
        missing = unseen_share(self.f1, self.f2, n)
        every = self.counts.sizes / n
        thinned = float((every * (1.0 - every) ** n) @ self.counts.kinds)
        # No more is taken from a kind than it has.
        most = 1.0 / float(((1.0 - every) ** n).max()) if thinned > 0 else 0.0
        less = min(missing / thinned, most) if thinned > 0 else 0.0
        means = sizes * (1.0 - less * (1.0 - sizes / n) ** n)
        unseen = unseen_kinds(self.f1, self.f2, n)
        if unseen <= 0.0:
            return means, kinds.astype(float)
        return np.append(means, n * missing / unseen), np.append(kinds.astype(float), unseen)


def accumulation(counts: FrequencyCounts) -> Accumulation:
    """Return a sample ready to be thinned or extrapolated.

    Parameters
    ----------
    counts : FrequencyCounts
        Not empty.

    Examples
    --------
    >>> accumulation(FrequencyCounts(np.array([1, 3]), np.array([2, 1]))).coverage(5.0)
    0.7333333333333333
    """
    n = counts.n
    many = counts.sizes[counts.sizes > _FEW]
    grid = np.unique(np.concatenate([np.arange(_REACH + 1), many - 1, many]))
    kinds = np.zeros(grid.size, dtype=np.int64)
    kinds[np.searchsorted(grid, counts.sizes)] = counts.kinds
    log_whole = np.zeros(int(grid[-1]) + 1)
    log_whole[1:] = np.log(np.arange(1, log_whole.size))
    # A sample of few individuals has no larger counts; what they would add stays that of the last.
    return Accumulation(
        counts=counts,
        grid=np.minimum(grid, n),
        kinds=kinds,
        log_whole=log_whole,
        f1=float(counts.of_size(1)),
        f2=float(counts.of_size(2)),
    )
