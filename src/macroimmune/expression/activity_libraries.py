"""Files of gene activity: a column per library in a table, or a row per nucleus in an h5ad file."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from macroimmune.errors import FormatError
from macroimmune.expression.gene_columns import gene_symbols
from macroimmune.formats import read_h5ad
from macroimmune.formats.delimited import as_numbers, read_text_columns

__all__ = ["ActivityLibraries", "are_peaks", "libraries_of_h5ad", "libraries_of_table"]

Values = NDArray[np.float64]
# Nothing that was counted and scaled to a depth stays as small as this.
_LOG_LIMIT = 20.0
_PEAK = re.compile(r"(?i)(chr)?[0-9XYM]+[:_-][0-9]+[-_][0-9]+")


@dataclass(frozen=True, slots=True, eq=False)
class ActivityLibraries:
    """Gene activity of the libraries of one file.

    Parameters
    ----------
    genes : tuple of str
    samples, populations : tuple of str
        Of each library; the population as the file has it, empty where it does not say.
    counts : float array, shape (libraries, genes)
    """

    genes: tuple[str, ...]
    samples: tuple[str, ...]
    populations: tuple[str, ...]
    counts: Values


def libraries_of_table(path: Path, samples: Collection[str]) -> ActivityLibraries:
    """Return the libraries of a table with a row per gene and a column per library.

    Parameters
    ----------
    path : Path
        CSV, or with tabs; plain or gzip. The first column holds genes.
    samples : collection of str
        Samples of the study. A column is of the sample with whose id its heading begins, and what
        follows is the population: "S01 CD4 effector", "S01_NK", "S01".

    Raises
    ------
    FormatError
        If it cannot be read, or values are no counts.
    """
    separator = _separator(path)
    table, names = read_text_columns(path, separator, quote='"')
    if len(names) < 2:
        msg = f"{path.name}: {len(names)} column; expected genes and a column per library"
        raise FormatError(msg)
    longest_first = sorted(samples, key=len, reverse=True)
    placed = [(name, *_of_heading(name, longest_first)) for name in names[1:]]
    known = [(name, sample, rest) for name, sample, rest in placed if sample]
    genes = tuple(table[names[0]].fill_null("").to_list())
    counts = np.empty((len(known), len(genes)))
    for row, (name, _, _) in enumerate(known):
        counts[row] = as_numbers(table, name, path.name).fill_null(0.0).to_numpy()
    _refuse_what_is_not_counted(counts, path.name)
    return ActivityLibraries(
        genes,
        tuple(sample for _, sample, _ in known),
        tuple(rest for _, _, rest in known),
        counts,
    )


def _separator(path: Path) -> str:
    named = path.name.lower().removesuffix(".gz")
    return "\t" if named.endswith((".tsv", ".tab", ".txt")) else ","


def _of_heading(name: str, samples: Sequence[str]) -> tuple[str, str]:
    """Return the sample of a heading and what stands after it, both empty where it has none."""
    for sample in samples:
        rest = name.removeprefix(sample)
        if rest == name:
            continue
        # "S1" is not the sample of "S10 NK".
        if not rest or not rest[0].isalnum():
            return sample, rest.strip(" _.:|/-")
    return "", ""


def libraries_of_h5ad(
    path: Path, *, sample: str, sample_column: str, population_column: str
) -> ActivityLibraries:
    """Return the libraries of an h5ad file; nuclei of one sample and population are added up.

    Parameters
    ----------
    path : Path
    sample : str
        The sample of all rows where there is no `sample_column`.
    sample_column, population_column : str
        Columns of obs; where no population column is named, one called "population" is taken.

    Raises
    ------
    FormatError
        If it cannot be read, a named column is missing, or values are no counts.
    InputError
        If h5py is not installed.
    """
    matrix = read_h5ad(path)
    rows = len(matrix.obs_names)
    samples = _column(matrix.obs, sample_column, path.name) if sample_column else [sample] * rows
    usual = next((name for name in matrix.obs.columns if name.lower() == "population"), "")
    chosen = population_column or usual
    populations = _column(matrix.obs, chosen, path.name) if chosen else [""] * rows
    labels = list(zip(samples, populations, strict=True))
    each = tuple(dict.fromkeys(labels))
    place = {label: row for row, label in enumerate(each)}
    adding = sparse.csr_array(
        (np.ones(rows), ([place[label] for label in labels], np.arange(rows))), (len(each), rows)
    )
    stored = matrix.values
    values = stored.data if isinstance(stored, sparse.csr_array) else stored
    _refuse_what_is_not_counted(np.asarray(values, dtype=float), path.name)
    added = adding @ stored
    counts = added.toarray() if sparse.issparse(added) else np.asarray(added)
    return ActivityLibraries(
        gene_symbols(matrix.var_names, matrix.var)[0],
        tuple(one for one, _ in each),
        tuple(other for _, other in each),
        counts.astype(float),
    )


def _column(obs: pl.DataFrame, name: str, file: str) -> list[str]:
    """Return a column of obs as text.

    Raises
    ------
    FormatError
        If there is none.
    """
    if name not in obs.columns:
        msg = f"{file}: no column {name!r} of obs; expected one of {', '.join(obs.columns)}"
        raise FormatError(msg)
    return obs[name].cast(pl.String).fill_null("").to_list()


def _refuse_what_is_not_counted(values: Values, file: str) -> None:
    """Refuse values that are negative, endless or logarithms.

    Raises
    ------
    FormatError
        If they are.
    """
    if not values.size:
        return
    low, high = float(values.min()), float(values.max())
    found = ""
    if not np.isfinite(low + high):
        found = "values that are not finite"
    elif low < 0.0:
        found = f"negative values down to {low:.3g}"
    elif high < _LOG_LIMIT and (values != np.rint(values)).any():
        found = f"fractions up to {high:.3g}: logarithms?"
    if found:
        msg = f"{file}: {found}; expected fragments counted in genes; export the counts"
        raise FormatError(msg)


def are_peaks(genes: Sequence[str]) -> bool:
    """Whether most names are intervals of a chromosome, not genes.

    Examples
    --------
    >>> are_peaks(["chr1:100-600", "chr1-900-1400"]), are_peaks(["ISG15", "MX1"])
    (True, False)
    """
    return sum(bool(_PEAK.fullmatch(name)) for name in genes) > len(genes) / 2
