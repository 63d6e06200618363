"""How a program lays out receptor chains: which heading stands for what, and what counts what."""

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["FIELDS", "ReceptorLayout"]

# What a table of receptor chains may tell of each; a heading is asked for each.
FIELDS = (
    "cell_id",
    "is_cell",
    "high_confidence",
    "locus",
    "v_gene",
    "j_gene",
    "v_gene_ties",
    "j_gene_ties",
    "junction",
    "junction_aa",
    "cdr3",
    "cdr3_aa",
    "productive",
    "frame",
    "start",
    "length",
    "count",
    "umis",
    "reads",
    "population",
)


@dataclass(frozen=True, slots=True)
class ReceptorLayout:
    """A format of files with a row per receptor chain or clonotype.

    Parameters
    ----------
    name : str
    headings : mapping from str to tuple of str
        By entry of `FIELDS`, the headings that say it; the first that a file has is read.
    counts : mapping from str to tuple of str
        By what is counted, the headings of the counts; the first that a file has is read. Cells
        are counted by rows with a cell, so their heading is that of the cell.
    separator : str
        Empty: whichever the heading has.
    umis_of_cells : tuple of str
        Headings of the UMIs of a chain where cells are counted.
    """

    name: str
    headings: Mapping[str, tuple[str, ...]]
    counts: Mapping[str, tuple[str, ...]]
    separator: str = "\t"
    umis_of_cells: tuple[str, ...] = ()
