"""What the model's blood is in the words of a laboratory: counts, proteins, populations."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.simulator.leaves import LEAVES

__all__ = ["CYTOKINES", "KEPT", "blood_counts", "cytokine_levels", "leaf_fractions"]

Values = NDArray[np.float64]

_LITRES = 5.0
_KI67 = "Ki67+ CD8 T cell frequency in blood"
_CD8 = ("N8_bl", "M8_bl", "E8_bl", "Mem8_bl")
_LYMPHOCYTES = (
    *_CD8,
    *("N4_bl", "M4_bl", "E4_bl", "Mem4_bl", "Treg_bl", "eTreg_bl", "B_bl", "Breg_bl", "NK_bl"),
)
# Counts of a laboratory: states of the model that are counted, 10^9 cells in the blood.
_COUNTS: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "neutrophils": ("Neu_bl", "PMN_bl"),
    "lymphocytes": _LYMPHOCYTES,
    "monocytes": ("Mono_bl", "MM_bl"),
    "eosinophils": ("Eos_bl",),
})
# Cytokines in serum that the model has, relative to healthy.
CYTOKINES: Mapping[str, str] = MappingProxyType({
    "il6": "IL6",
    "il8": "IL8",
    "tnf": "TNF",
    "il10": "IL10",
    "il2": "IL2",
})
# States of the model and the leaves that they are; where there are several leaves, a person's own
# proportions divide them.
_LEAVES: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("N4_bl",), ("naive_cd4",)),
    (("M4_bl", "E4_bl", "Mem4_bl"), ("cm_cd4", "em_cd4", "temra_cd4")),
    (("Treg_bl", "eTreg_bl"), ("naive_treg", "effector_treg")),
    (("N8_bl",), ("naive_cd8",)),
    (("B_bl",), ("naive_b", "memory_b", "plasmablast")),
    (("Breg_bl",), ("regulatory_b",)),
    (("NK_bl",), ("nk_cd56_bright", "nk_mature")),
    (("Mono_bl",), ("classical_monocyte", "intermediate_monocyte", "non_classical_monocyte")),
    (("MM_bl",), ("m_mdsc",)),
    (("PMN_bl",), ("pmn_mdsc",)),
    (("DC1_bl",), ("cdc1",)),
    (("DC2_bl",), ("cdc2", "pdc")),
    (("HSC_bl", "MPP_bl", "GMP_bl"), ("hspc",)),
)
_MEMORY_CD8 = ("cm_cd8", "em_cd8", "temra_cd8", "cd8_senescent")
# The model has none of them: a person has so many of them for each T cell as without it.
_OTHERS = ("gamma_delta_t", "mait", "basophils")
KEPT = tuple(
    dict.fromkeys((
        *(state for states in _COUNTS.values() for state in states),
        *(state for states, _ in _LEAVES for state in states),
        *CYTOKINES.values(),
        _KI67,
    ))
)


def blood_counts(rows: pl.DataFrame) -> dict[str, Values]:
    """Return the counts of each row, 10^9/L.

    Parameters
    ----------
    rows : polars DataFrame
        With the columns `KEPT`.
    """
    return {name: _sum(rows, states) / _LITRES for name, states in _COUNTS.items()}


def cytokine_levels(rows: pl.DataFrame) -> dict[str, Values]:
    """Return the cytokines of each row relative to healthy."""
    return {name: rows[state].to_numpy() for name, state in CYTOKINES.items()}


def leaf_fractions(rows: pl.DataFrame, own: Values) -> Values:
    """Return the fractions of mononuclear cells of each row.

    Parameters
    ----------
    rows : polars DataFrame
        With the columns `KEPT`.
    own : float array, shape (rows, leaves)
        Fractions of these people without the model; they divide what the model keeps together.

    Returns
    -------
    fractions : float array, shape (rows, leaves)
        Each row sums to 1.
    """
    place = {leaf: number for number, leaf in enumerate(LEAVES)}
    cells = np.zeros_like(own)
    for states, leaves in _LEAVES:
        _divide(cells, own, [place[leaf] for leaf in leaves], _sum(rows, states))
    cd8 = _sum(rows, _CD8)
    dividing = rows[_KI67].fill_null(0.0).to_numpy() * cd8
    cells[:, place["ki67_cd8"]] = dividing
    memory = np.maximum(cd8 - rows["N8_bl"].to_numpy() - dividing, 0.0)
    _divide(cells, own, [place[leaf] for leaf in _MEMORY_CD8], memory)
    is_t = [number for leaf, number in place.items() if LEAVES[leaf].lineage in {"cd4_t", "cd8_t"}]
    per_t_cell = cells[:, is_t].sum(axis=1) / own[:, is_t].sum(axis=1)
    for leaf in _OTHERS:
        cells[:, place[leaf]] = own[:, place[leaf]] * per_t_cell
    return np.asarray(cells / cells.sum(axis=1, keepdims=True), dtype=float)


def _sum(rows: pl.DataFrame, states: Sequence[str]) -> Values:
    """Return states together; a solver may leave one below nothing by a rounding."""
    return np.asarray(np.maximum(rows.select(states).to_numpy(), 0.0).sum(axis=1), dtype=float)


def _divide(cells: Values, own: Values, places: Sequence[int], total: Values) -> None:
    """Divide a total among leaves by a person's own proportions, in place."""
    parts = own[:, places]
    cells[:, places] = parts / parts.sum(axis=1, keepdims=True) * total[:, None]
