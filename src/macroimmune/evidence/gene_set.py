"""Sets of genes by which cells are scored: interferon-stimulated genes and states of cells."""

from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

from macroimmune.errors import InputError
from macroimmune.evidence.phrases import capitalised
from macroimmune.evidence.population import populations
from macroimmune.evidence.source import sources
from macroimmune.evidence.tables import parts, table

__all__ = ["GeneSet", "GeneSetKind", "find_gene_set", "gene_sets"]

GeneSetKind = Literal["interferon", "state"]


@dataclass(frozen=True, slots=True)
class GeneSet:
    """Genes whose mean expression is a score of a cell.

    Parameters
    ----------
    id : str
        Unique among all lines of the evidence.
    name : str
    kind : {"interferon", "state"}
        Genes that interferon raises; genes of a state of cells.
    is_operational : bool
        Whether the list was put together here because the evidence gives none.
    populations : tuple of str
        In which it is a feature; none: in every one.
    genes : tuple of str
        Symbols of human genes.
    licence : str
    source : str
        Id of the publication, or what else it comes from.
    note : str
        Which list this is, and what was not verified.
    """

    id: str
    name: str
    kind: GeneSetKind
    is_operational: bool
    populations: tuple[str, ...]
    genes: tuple[str, ...]
    licence: str
    source: str
    note: str

    @property
    def evidence_id(self) -> str:
        """The id, under the name that every line of the evidence has."""
        return self.id

    @property
    def sentence(self) -> str:
        """The set in one sentence."""
        named = {one.id: one.name for one in populations()}
        where = " and ".join(named[one] for one in self.populations)
        placed = f", read in {where}" if where else ""
        kind = "an operational list of" if self.is_operational else "a published list of"
        plural = "gene" if len(self.genes) == 1 else "genes"
        return capitalised(f"{self.name}: {kind} {len(self.genes)} {plural}{placed}; {self.note}.")

    @property
    def citation(self) -> str:
        """Where the list comes from, and under which licence."""
        known = sources().get(self.source)
        return f"{known.citation if known else self.source}; {self.licence}"


@cache
def gene_sets(kind: GeneSetKind | None = None) -> tuple[GeneSet, ...]:
    """Return the gene sets of a kind, all where it is None, in file order.

    Examples
    --------
    >>> [(one.id, len(one.genes)) for one in gene_sets("interferon")]
    [('hallmark_ifn_alpha', 97), ('isg_rs', 38)]
    """
    kinds = {str(one): one for one in get_args(GeneSetKind)}
    return tuple(
        GeneSet(
            id=row["id"],
            name=row["name"],
            kind=kinds[row["kind"]],
            is_operational=row["origin"] == "operational",
            populations=parts(row["populations"]),
            genes=parts(row["genes"]),
            licence=row["licence"],
            source=row["source"],
            note=row["note"],
        )
        for row in table("gene_sets")
        if kind in {None, row["kind"]}
    )


def find_gene_set(identity: str) -> GeneSet:
    """Return the gene set with an id.

    Raises
    ------
    InputError
        If there is none.

    Examples
    --------
    >>> find_gene_set("ncr3").genes
    ('NCR3',)
    """
    for one in gene_sets():
        if one.id == identity:
            return one
    msg = f"no gene set {identity!r}; expected one of {', '.join(one.id for one in gene_sets())}"
    raise InputError(msg)
