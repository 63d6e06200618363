"""Which columns of a matrix are the genes of the sets: by symbol, wherever the file has symbols."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from macroimmune.errors import FormatError
from macroimmune.evidence import GeneSet

__all__ = ["GeneColumns", "gene_columns", "gene_symbols"]

# Columns in which files with identifiers as names keep symbols.
_SYMBOL_COLUMNS = (
    "gene_symbols",
    "gene_symbol",
    "symbol",
    "gene_name",
    "gene_names",
    "gene_short_name",
    "feature_name",
    "name",
)
_IDENTIFIER = re.compile(r"ENS[A-Z]*G[0-9]{6,}(\.[0-9]+)?")
_EXPRESSION = "Gene Expression"


@dataclass(frozen=True, slots=True, eq=False)
class GeneColumns:
    """The genes of the sets in one file.

    Parameters
    ----------
    names : tuple of str
        Symbol of each column of the file.
    symbols : tuple of str
        Genes of any set that the file has, each once.
    gather : csr_array, shape (columns of the file, symbols)
        Counts times this are counts per symbol; columns of one symbol are added.
    members : bool array, shape (symbols, sets)
    sizes : tuple of int
        Genes of each set, whether the file has them or not.
    is_gene : bool array, shape (columns of the file,)
        False for antibodies and other features; they do not count to the library.
    remarks : tuple of str
        What was assumed.
    """

    names: tuple[str, ...]
    symbols: tuple[str, ...]
    gather: sparse.csr_array
    members: NDArray[np.bool_]
    sizes: tuple[int, ...]
    is_gene: NDArray[np.bool_]
    remarks: tuple[str, ...]


def gene_symbols(names: Sequence[str], var: pl.DataFrame) -> tuple[tuple[str, ...], str]:
    """Return the symbol of each column of a matrix, and where they stand.

    Parameters
    ----------
    names : sequence of str
        Names of genes.
    var : DataFrame
        What else the file says of them.

    Returns
    -------
    symbols : tuple of str
    remark : str
        Empty where the names are symbols.

    Raises
    ------
    FormatError
        If the names are identifiers and no column holds symbols.
    """
    if not _are_identifiers(names):
        return tuple(names), ""
    for column in var.columns:
        if column.lower() in _SYMBOL_COLUMNS:
            found = var[column].cast(pl.String).fill_null("").to_list()
            if not _are_identifiers(found):
                return tuple(found), f"symbols of genes from column {column} of var"
    msg = (
        f"genes named {names[0]!r}: identifiers, and no column of var holds symbols; expected "
        "symbols such as ISG15; keep them in a column gene_symbols of var"
    )
    raise FormatError(msg)


def _are_identifiers(names: Sequence[str]) -> bool:
    found = sum(bool(_IDENTIFIER.fullmatch(name)) for name in names)
    return found > len(names) / 2


def gene_columns(names: Sequence[str], var: pl.DataFrame, sets: Sequence[GeneSet]) -> GeneColumns:
    """Return where the genes of the sets stand in a file.

    Parameters
    ----------
    names : sequence of str
    var : DataFrame
    sets : sequence of GeneSet

    Returns
    -------
    columns : GeneColumns

    Raises
    ------
    FormatError
        If no gene of any set is there.

    Notes
    -----
    Convention: symbols are compared as they are written, without older names; a symbol that
    stands several times is the sum of its columns. Features of another kind than gene expression
    (column `feature_types` of var) are left out.
    """
    symbols, remark = gene_symbols(names, var)
    is_gene = _is_gene(var, len(names))
    wanted = {gene for one in sets for gene in one.genes}
    places: dict[str, list[int]] = {}
    for number in np.flatnonzero(is_gene):
        if symbols[number] in wanted:
            places.setdefault(symbols[number], []).append(int(number))
    if not places:
        raise FormatError(_no_genes(symbols))
    found = tuple(sorted(places))
    rows = [number for gene in found for number in places[gene]]
    columns = [place for place, gene in enumerate(found) for _ in places[gene]]
    gather = sparse.csr_array((np.ones(len(rows)), (rows, columns)), (len(names), len(found)))
    twice = [gene for gene in found if len(places[gene]) > 1]
    remarks = [remark] if remark else []
    if twice:
        remarks.append(f"counts of {', '.join(twice[:3])} stand in several columns: added")
    return GeneColumns(
        names=symbols,
        symbols=found,
        gather=gather,
        members=np.array([[gene in one.genes for one in sets] for gene in found]),
        sizes=tuple(len(one.genes) for one in sets),
        is_gene=is_gene,
        remarks=tuple(remarks),
    )


def _is_gene(var: pl.DataFrame, count: int) -> NDArray[np.bool_]:
    if "feature_types" not in var.columns:
        return np.ones(count, dtype=bool)
    kinds = var["feature_types"].cast(pl.String).fill_null(_EXPRESSION)
    return (kinds == _EXPRESSION).to_numpy()


def _no_genes(symbols: Sequence[str]) -> str:
    shown = ", ".join(repr(name) for name in symbols[:3])
    of_mice = any(re.fullmatch(r"[A-Z][a-z0-9]+", name) for name in symbols[:200])
    hint = "symbols look like those of mice" if of_mice else "no symbol of a human gene set"
    return (
        f"genes named {shown}: {hint}; expected symbols of human genes such as ISG15; name them by "
        "HGNC symbols"
    )
