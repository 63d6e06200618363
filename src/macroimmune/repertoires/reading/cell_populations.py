"""Of which population repertoires are: of sorted cells, and of cells with labels."""

from collections.abc import Iterable, Mapping

from macroimmune.evidence import find_population, populations_of_label, populations_of_labels

__all__ = ["sorted_population", "t_cell_populations"]

_ALL_T_CELLS = "t_cell"
_ALL = {_ALL_T_CELLS, "leukocytes", "pbmc", "lymphocytes"}


def sorted_population(word: str) -> str:
    """Return the id of the population that cells were sorted to; empty for all T cells.

    Parameters
    ----------
    word : str
        As the laboratory writes it; one that the vocabulary lacks is kept.

    Examples
    --------
    >>> sorted_population("CD8 T cells"), sorted_population("PBMC"), sorted_population("clone pool")
    ('cd8_t', '', 'clone pool')
    """
    known = find_population(word) if word else None
    if known is None:
        return word
    return "" if known.id in _ALL else known.id


def t_cell_populations(labels: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """Return the labels of each population of T cells, parents such as CD8 T cells included.

    Parameters
    ----------
    labels : iterable of str
        Of cells; those that are no T cells, or no word of the vocabulary, are in none.

    Notes
    -----
    Convention: a receptor chain in a cell that is labelled as another kind of cell is a doublet or
    ambient RNA more often than a finding, so there is no repertoire of such populations; their
    cells stay among all cells.

    Examples
    --------
    >>> dict(t_cell_populations(["Treg", "CD4 TEM", "NK", "cluster 7"]))["cd4_t"]
    ('CD4 TEM', 'Treg')
    """
    of_t_cells = sorted(
        label for label in set(labels) if label and _ALL_T_CELLS in populations_of_label(label)
    )
    found = populations_of_labels(of_t_cells)
    return {name: ones for name, ones in sorted(found.items()) if name != _ALL_T_CELLS}
