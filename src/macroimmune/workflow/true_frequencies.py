"""Measured cell frequencies of a virtual study beside the true ones of each FCS file."""

from pathlib import PurePosixPath
from types import MappingProxyType

import polars as pl

from macroimmune.results import conform

__all__ = ["LEAVES_OF", "truth_frequencies"]

_CD4 = ("naive_cd4", "cm_cd4", "em_cd4", "temra_cd4", "naive_treg", "effector_treg")
_CD8 = ("naive_cd8", "cm_cd8", "em_cd8", "temra_cd8", "cd8_senescent", "ki67_cd8")
_T = (*_CD4, *_CD8, "gamma_delta_t", "mait")
_B = ("naive_b", "memory_b", "regulatory_b", "plasmablast")
_NK = ("nk_cd56_bright", "nk_mature")
_MONOCYTES = ("classical_monocyte", "intermediate_monocyte")
# Virtual populations that a population of the evidence holds whole. Not here: populations whose
# signs cut through a virtual one, or that none is.
LEAVES_OF = MappingProxyType({
    "t_cell": _T,
    "b_cell": _B,
    "nk": _NK,
    "lymphocytes": (*_T, *_B, *_NK),
    "cd4_t": _CD4,
    "cd8_t": _CD8,
    "gamma_delta_t": ("gamma_delta_t",),
    "mait": ("mait",),
    "treg": ("naive_treg", "effector_treg"),
    "naive_cd4": ("naive_cd4",),
    "cm_cd4": ("cm_cd4",),
    "em_cd4": ("em_cd4",),
    "temra_cd4": ("temra_cd4",),
    "memory_cd4": ("cm_cd4", "em_cd4"),
    "effector_cd4": ("em_cd4", "temra_cd4"),
    "naive_cd8": ("naive_cd8",),
    "cm_cd8": ("cm_cd8",),
    "nk_cd56_bright": ("nk_cd56_bright",),
    "nk_mature": ("nk_mature",),
    "naive_b": ("naive_b", "regulatory_b"),
    "memory_b": ("memory_b", "plasmablast"),
    "cd14_myeloid": (*_MONOCYTES, "m_mdsc"),
    "m_mdsc": ("m_mdsc",),
    "monocyte": _MONOCYTES,
})
_EVERYTHING = ("", "leukocytes")


def truth_frequencies(frequencies: pl.DataFrame, fractions: pl.DataFrame) -> pl.DataFrame:
    """Return the table `truth_frequencies`.

    Parameters
    ----------
    frequencies : polars DataFrame
        Table `cell_frequencies`; automatic gates are compared.
    fractions : polars DataFrame
        file, leaf, fraction: as they were drawn from, of the live single cells of a file.

    Notes
    -----
    Convention: only populations, and parents, that are sums of virtual populations; every virtual
    cell is a leukocyte. The truth is what the cells were drawn from, not what was drawn.
    """
    by_file = {
        str(file): dict(zip(rows["leaf"], rows["fraction"], strict=True))
        for (file,), rows in fractions.group_by(["file"], maintain_order=True)
    }
    rows = []
    for row in frequencies.filter(pl.col("way") == "automatic").iter_rows(named=True):
        shares = by_file.get(PurePosixPath(row["raw_file"]).stem)
        of, parent = LEAVES_OF.get(row["population"]), _parent_leaves(row["parent"])
        if not shares or of is None or parent is None or row["percent"] is None:
            continue
        whole = sum(shares.get(leaf, 0.0) for leaf in parent or tuple(shares))
        # Of the parent: a population may hold cells that its parent, as named here, does not.
        part = sum(shares.get(leaf, 0.0) for leaf in of if not parent or leaf in parent)
        if whole <= 0:
            continue
        kept = ("raw_file", "panel", "population", "parent", "n_parent", "percent")
        rows.append(
            {name: row[name] for name in (*kept, "ci_low", "ci_high")}
            | {"true_percent": 100.0 * part / whole}
        )
    return conform("truth_frequencies", pl.DataFrame(rows)) if rows else pl.DataFrame()


def _parent_leaves(parent: str) -> tuple[str, ...] | None:
    """Return the leaves of a parent, () for all, None where it is no sum of leaves."""
    return () if parent in _EVERYTHING else LEAVES_OF.get(parent)
