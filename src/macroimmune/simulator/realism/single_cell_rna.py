"""Virtual single-cell RNA beside public cells with and without interferon-beta."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from macroimmune.formats import AnnotatedMatrix, read_h5ad
from macroimmune.simulator.cells.expression_files import ExpressionFile, draw_expression_file
from macroimmune.simulator.cells.expression_profiles import interferon_alpha_genes
from macroimmune.simulator.cells.wells import draw_wells
from macroimmune.simulator.people import draw_outcomes, draw_people, draw_samples
from macroimmune.simulator.plan import ExpressionPlan, StudyPlan
from macroimmune.simulator.realism.comparison import RawComparison, RowsBeside, points

__all__ = [
    "beside_interferon_wells",
    "cell_rows",
    "counts_of",
    "interferon_cells",
    "interferon_scores",
    "shared_genes",
    "virtual_cells",
    "zeros_by_mean",
]

Values = NDArray[np.float64]

_DONORS, _CELLS_PER_WELL, _GENES = 8, 125, 5000
_REAL_STIMULUS, _VIRTUAL_STIMULUS = "ifnb", "IFN-beta"
# What the page shows of a cell: name and unit.
_SHOWN = {
    "counts per cell": ("counts", "UMI per cell"),
    "genes per cell": ("genes", "per cell"),
    "interferon score": ("IFN score", "log1p"),
}
_MEANS = tuple(float(edge) for edge in np.geomspace(0.01, 30.0, 15).round(4))


def interferon_cells(folder: Path) -> AnnotatedMatrix:
    """Return the published cells of `kang_ifnb`.

    Raises
    ------
    InputError
        If h5py is not installed.
    """
    return read_h5ad(folder / "kang_ifnb_2000.h5ad")


def virtual_cells(seed: int) -> AnnotatedMatrix:
    """Return cells of eight virtual patients, half of them with interferon-beta.

    Parameters
    ----------
    seed : int
    """
    expression = ExpressionPlan(
        is_written=True, participants=_DONORS, cells_per_well=_CELLS_PER_WELL, genes=_GENES
    )
    plan = StudyPlan(patients=_DONORS, seed=seed, expression=expression)
    people = draw_people(plan)
    outcomes = draw_outcomes(plan, people)
    wells = draw_wells(plan, people, draw_samples(plan, people, outcomes), outcomes)
    return draw_expression_file(ExpressionFile(seed, expression, tuple(wells)))[0]


def interferon_scores(matrix: AnnotatedMatrix) -> Values:
    """Return the interferon score of each cell.

    Parameters
    ----------
    matrix : AnnotatedMatrix
        Of counts.

    Returns
    -------
    scores : float array, shape (cells,)
        Mean of log1p of counts per 10,000 over the genes of the Hallmark set of interferon alpha
        that were counted.
    """
    place = {gene: number for number, gene in enumerate(matrix.var_names)}
    counted = [gene for gene in interferon_alpha_genes() if gene in place]
    library = np.asarray(matrix.values.sum(axis=1)).ravel()
    scaled = 1e4 * counts_of(matrix, counted).toarray() / library[:, None]
    return np.asarray(np.log1p(scaled).mean(axis=1), dtype=float)


def shared_genes(real: AnnotatedMatrix, virtual: AnnotatedMatrix) -> tuple[str, ...]:
    """Return the genes that both counted, in the order of the virtual ones."""
    known = set(real.var_names)
    return tuple(gene for gene in virtual.var_names if gene in known)


def counts_of(matrix: AnnotatedMatrix, genes: Sequence[str]) -> sparse.csr_array:
    """Return counts of these genes, shape (cells, genes)."""
    place = {gene: number for number, gene in enumerate(matrix.var_names)}
    return sparse.csr_array(matrix.values[:, [place[gene] for gene in genes]])


def cell_rows(matrix: AnnotatedMatrix, genes: Sequence[str], stimulus: str) -> pl.DataFrame:
    """Return one row per cell.

    Parameters
    ----------
    matrix : AnnotatedMatrix
        `condition` in its obs.
    genes : sequence of str
        Those that count.
    stimulus : str
        The condition of stimulated cells.

    Returns
    -------
    rows : polars DataFrame
        counts per cell, genes per cell, interferon score, is_stimulated.
    """
    counts = counts_of(matrix, genes)
    return pl.DataFrame({
        "counts per cell": np.asarray(counts.sum(axis=1), dtype=float).ravel(),
        "genes per cell": np.diff(counts.indptr).astype(float),
        "interferon score": interferon_scores(matrix),
        "is_stimulated": matrix.obs["condition"].cast(pl.String) == stimulus,
    })


def zeros_by_mean(counts: sparse.csr_array, edges: Sequence[float]) -> pl.DataFrame:
    """Return how often genes of a mean are not counted.

    Parameters
    ----------
    counts : csr_array, shape (cells, genes)
    edges : sequence of float
        Rising means of a gene per cell, of cells brought to one depth.

    Returns
    -------
    zeros : polars DataFrame
        low, high, genes, `zeros` (share of cells and genes), `excess` (median over genes of the
        squared coefficient of variation beyond Poisson); null where there is no gene.
    """
    dense = counts.toarray()
    depth = dense.sum(axis=1)
    scaled = dense * (depth.mean() / depth)[:, None]
    # A gene without any count has no dispersion.
    mean = np.maximum(scaled.mean(axis=0), 1e-9)
    excess = (scaled.var(axis=0, ddof=1) - mean * (depth.mean() / depth).mean()) / mean**2
    rows = []
    for low, high in zip(edges[:-1], edges[1:], strict=True):
        chosen = (mean >= low) & (mean < high)
        is_known = bool(chosen.any())
        rows.append({
            "low": low,
            "high": high,
            "genes": int(chosen.sum()),
            "zeros": float((dense[:, chosen] == 0).mean()) if is_known else None,
            "excess": float(np.median(excess[chosen])) if is_known else None,
        })
    return pl.DataFrame(rows)


def beside_interferon_wells(folder: Path, seed: int) -> RawComparison:
    """Return virtual cells beside those of Kang 2018.

    Parameters
    ----------
    folder : Path
        Of the cohort `kang_ifnb`.
    seed : int

    Raises
    ------
    InputError
        If h5py is not installed.
    """
    real, virtual = interferon_cells(folder), virtual_cells(seed)
    genes = shared_genes(real, virtual)
    both = {"real": (real, _REAL_STIMULUS), "virtual": (virtual, _VIRTUAL_STIMULUS)}
    rows = {name: cell_rows(matrix, genes, stimulus) for name, (matrix, stimulus) in both.items()}
    zeros = []
    for name, (matrix, _) in both.items():
        at_rest = np.flatnonzero(~rows[name]["is_stimulated"].to_numpy())
        zeros.append(zeros_by_mean(counts_of(matrix, genes)[at_rest], _MEANS))
    joined = zeros[0].join(zeros[1], on=["low", "high"], suffix="_virtual").drop_nulls()
    return RawComparison(
        kind="single-cell RNA",
        lead="Mononuclear cells with and without interferon-beta for 6 hours; "
        f"{_DONORS} virtual patients. {len(genes):,} genes that both count. The IFN score "
        "is the mean of log1p of counts per 10,000 over the Hallmark genes of interferon alpha.",
        rows=tuple(_of_condition(rows, word) for word in ("unstimulated", "stimulated")),
        points=points(
            "zeros of genes by their mean count, unstimulated",
            "% of cells",
            (
                (
                    f"{row['low']:g} to {row['high']:g}",
                    float(np.sqrt(row["low"] * row["high"])),
                    100.0 * row["zeros"],
                    100.0 * row["zeros_virtual"],
                )
                for row in joined.iter_rows(named=True)
            ),
        ),
    )


def _of_condition(rows: dict[str, pl.DataFrame], word: str) -> RowsBeside:
    units = {f"{shown}, {word}": unit for shown, unit in _SHOWN.values()}
    found = [
        frame.filter(pl.col("is_stimulated") == (word == "stimulated")).select(
            pl.col(name).alias(f"{shown}, {word}") for name, (shown, _) in _SHOWN.items()
        )
        for frame in (rows["real"], rows["virtual"])
    ]
    return RowsBeside(found[0], found[1], units)
