"""Populations as a laboratory reports them: leaves together, as percent of a parent."""

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from macroimmune.simulator.leaves import LEAVES

__all__ = ["PARENTS", "POPULATIONS", "Population", "population_percent"]

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Population:
    """A population as the laboratory reports it: some leaves as percent of a parent.

    Parameters
    ----------
    id : str
        As in `evidence` (populations.csv).
    leaves : tuple of str
    parent : str
        One of `PARENTS`.
    """

    id: str
    leaves: tuple[str, ...]
    parent: str


def _lineages(*names: str) -> tuple[str, ...]:
    return tuple(leaf.id for leaf in LEAVES.values() if leaf.lineage in names)


PARENTS = MappingProxyType({
    "PBMC": tuple(LEAVES),
    "CD4 T cells": _lineages("cd4_t"),
    "CD8 T cells": _lineages("cd8_t"),
    "B cells": _lineages("b_cell"),
})
_REGULATORY = ("naive_treg", "effector_treg")
_OF_CD4 = ("naive_cd4", "cm_cd4", "em_cd4", "temra_cd4", "naive_treg", "effector_treg")
_OF_CD8 = ("naive_cd8", "cm_cd8", "em_cd8", "temra_cd8", "cd8_senescent", "ki67_cd8")
_OF_B = ("naive_b", "memory_b", "regulatory_b", "plasmablast")
_OF_PBMC = (
    "gamma_delta_t",
    "mait",
    "nk_cd56_bright",
    "nk_mature",
    "classical_monocyte",
    "intermediate_monocyte",
    "non_classical_monocyte",
    "m_mdsc",
    "pmn_mdsc",
    "cdc1",
    "cdc2",
    "pdc",
    "hspc",
)
POPULATIONS = MappingProxyType({
    population.id: population
    for population in (
        Population("t_cell", _lineages("cd4_t", "cd8_t", "t_other"), "PBMC"),
        Population("cd4_t", _lineages("cd4_t"), "PBMC"),
        Population("cd8_t", _lineages("cd8_t"), "PBMC"),
        Population("b_cell", _lineages("b_cell"), "PBMC"),
        Population("nk", _lineages("nk"), "PBMC"),
        Population("treg", _REGULATORY, "CD4 T cells"),
        Population("effector_cd4", ("em_cd4", "temra_cd4"), "CD4 T cells"),
        *(Population(leaf, (leaf,), "CD4 T cells") for leaf in _OF_CD4),
        *(Population(leaf, (leaf,), "CD8 T cells") for leaf in _OF_CD8),
        *(Population(leaf, (leaf,), "B cells") for leaf in _OF_B),
        *(Population(leaf, (leaf,), "PBMC") for leaf in _OF_PBMC),
    )
})


def _members(leaves: tuple[str, ...]) -> Values:
    """Return 1 for each leaf that is one of these, in the order of `LEAVES`."""
    return np.array([leaf in leaves for leaf in LEAVES], dtype=float)


def population_percent(fractions: Values, population: str) -> Values:
    """Return a population as percent of its parent.

    Parameters
    ----------
    fractions : float array, shape (rows, leaves)
        In the order of `LEAVES`.
    population : str
        One of `POPULATIONS`.

    Returns
    -------
    percent : float array, shape (rows,)
        NaN where the parent is empty.

    Examples
    --------
    >>> even = np.full((1, len(LEAVES)), 1 / len(LEAVES))
    >>> population_percent(even, "treg").round(3)
    array([33.333])
    """
    known = POPULATIONS[population]
    part = fractions @ _members(known.leaves)
    whole = fractions @ _members(PARENTS[known.parent])
    percent = np.full(part.shape, np.nan)
    np.divide(100.0 * part, whole, out=percent, where=whole > 0)
    return np.asarray(np.minimum(percent, 100.0), dtype=float)
