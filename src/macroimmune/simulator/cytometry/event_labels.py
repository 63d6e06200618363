"""What each event of a tube is: a live or dead cell of a leaf, a doublet, debris or a bead."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.simulator.cytometry.event_types import BEAD, DEBRIS, N_LEAVES

__all__ = ["KINDS", "NO_LEAF", "EventLabels", "draw_labels"]

KINDS = ("live", "dead", "doublet", "debris", "bead")
NO_LEAF = -1


@dataclass(frozen=True, slots=True, eq=False)
class EventLabels:
    """What each event is.

    Parameters
    ----------
    kind : uint8 array, shape (events,)
        Place in `KINDS`.
    leaf, second_leaf : int8 array, shape (events,)
        Place in `LEAVES`; -1 where there is none. The second is that of doublets.
    """

    kind: NDArray[np.uint8]
    leaf: NDArray[np.int8]
    second_leaf: NDArray[np.int8]

    @property
    def types(self) -> NDArray[np.int64]:
        """Row of each event in `EventTypes`; of doublets, that of the first cell."""
        rows = self.leaf.astype(np.int64)
        rows[self.kind == KINDS.index("dead")] += N_LEAVES
        rows[self.kind == KINDS.index("debris")] = DEBRIS
        rows[self.kind == KINDS.index("bead")] = BEAD
        return rows


def draw_labels(
    n_events: int,
    shares: NDArray[np.float64],
    fractions: NDArray[np.float64],
    overdispersion: float,
    rng: np.random.Generator,
) -> EventLabels:
    """Return what each of `n_events` events is, in an order without meaning.

    Parameters
    ----------
    n_events : int
    shares : float array, shape (kinds,)
        Of all events, in the order of `KINDS`; sum 1.
    fractions : float array, shape (leaves,)
        Of the cells, whether live, dead or in doublets; sum 1.
    overdispersion : float
        Intra-class correlation; above 0 the fractions of this tube are Dirichlet around the given.
    rng : numpy Generator
    """
    if overdispersion > 0:
        concentration = (1 - overdispersion) / overdispersion
        # A Dirichlet needs every weight above zero.
        fractions = rng.dirichlet(np.maximum(fractions * concentration, 1e-12))
    of_kind = rng.multinomial(n_events, shares)
    kind = np.repeat(np.arange(len(KINDS), dtype=np.uint8), of_kind)
    leaf = np.full(n_events, NO_LEAF, np.int8)
    second = np.full(n_events, NO_LEAF, np.int8)
    n_cells = int(of_kind[:3].sum())
    leaves = np.arange(len(fractions), dtype=np.int8)
    first = np.repeat(leaves, rng.multinomial(n_cells, fractions))
    rng.shuffle(first)
    leaf[:n_cells] = first
    n_single, n_doublets = int(of_kind[:2].sum()), int(of_kind[2])
    partner = np.repeat(leaves, rng.multinomial(n_doublets, fractions))
    rng.shuffle(partner)
    second[n_single:n_cells] = partner
    order = rng.permutation(n_events)
    return EventLabels(kind[order], leaf[order], second[order])
