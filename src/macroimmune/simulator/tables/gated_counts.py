"""How many cells of each leaf population are gated in a tube: over-dispersed counting."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["gated_counts"]

Values = NDArray[np.float64]
Counts = NDArray[np.int64]


def gated_counts(
    fractions: Values,
    groups: tuple[tuple[int, ...], ...],
    *,
    cells: int,
    overdispersion: float,
    rng: np.random.Generator,
) -> Counts:
    """Return the cells of each leaf that are counted in a tube.

    Parameters
    ----------
    fractions : float array, shape (tubes, leaves)
        True fractions of all cells; rows sum to 1.
    groups : tuple of tuple of int
        Leaves gated below a common parent. Leaves in no group are gated directly.
    cells : int
        Gated per tube, in all.
    overdispersion : float
        Intra-class correlation of repeated tubes, from 0 (binomial) to below 1.
    rng : numpy Generator

    Returns
    -------
    counts : int array, shape (tubes, leaves)
        Rows sum to `cells`.

    Notes
    -----
    Convention: Dirichlet-multinomial at each gate, first the groups and single leaves among all
    cells, then the leaves within each group. A group, a leaf or any sum of siblings as part of
    its parent's count is then beta-binomial with exactly this correlation.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> half = np.array([[0.25, 0.25, 0.5]])
    >>> gated_counts(half, ((0, 1),), cells=1000, overdispersion=0.0, rng=rng).sum()
    np.int64(1000)
    """
    grouped = {leaf for group in groups for leaf in group}
    single = tuple((leaf,) for leaf in range(fractions.shape[1]) if leaf not in grouped)
    gates = (*groups, *single)
    shares = np.column_stack([fractions[:, list(gate)].sum(axis=1) for gate in gates])
    totals = np.full(fractions.shape[0], cells, dtype=np.int64)
    parents = _split(totals, shares, overdispersion, rng)
    counts = np.zeros(fractions.shape, dtype=np.int64)
    for place, gate in enumerate(gates):
        within = fractions[:, list(gate)]
        counts[:, list(gate)] = (
            parents[:, [place]]
            if len(gate) == 1
            else _split(parents[:, place], within, overdispersion, rng)
        )
    return counts


def _split(
    totals: Counts, shares: Values, overdispersion: float, rng: np.random.Generator
) -> Counts:
    """Return Dirichlet-multinomial counts of each part; each row sums to its total."""
    probabilities = _normalised(shares)
    if overdispersion > 0.0:
        concentration = (1.0 - overdispersion) / overdispersion
        probabilities = _normalised(rng.standard_gamma(concentration * probabilities))
    return np.asarray(rng.multinomial(totals, probabilities), dtype=np.int64)


def _normalised(shares: Values) -> Values:
    """Return rows that sum to 1; a row of zeros becomes even."""
    sums = shares.sum(axis=1, keepdims=True)
    even = np.full_like(shares, 1.0 / shares.shape[1])
    np.divide(shares, sums, out=even, where=sums > 0)
    return even
