"""What is decided on T cell repertoires before outcomes are read: `[analysis.repertoires]`."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Literal, get_args

from macroimmune.study.column_settings import Problems

__all__ = ["RepertoireSettings", "repertoire_settings"]

Sequence = Literal["nucleotide", "amino acid"]
Genes = Literal["v and j", "v", "none"]
Chain = Literal["TRB", "TRA", "TRG", "TRD", "IGH", "IGK", "IGL", "paired"]
SeveralChains = Literal["most umis", "all", "drop cell"]
Neighbours = Literal["one substitution", "one edit"]
_KEY = "analysis.repertoires"
_WORDS = {
    "sequence": get_args(Sequence),
    "genes": get_args(Genes),
    "chain": get_args(Chain),
    "several_chains": get_args(SeveralChains),
    "neighbours": get_args(Neighbours),
}
_FLAGS = ("only_productive", "only_cells", "same_v_gene")
_NUMBERS = {"coverage": (0.0, 1.0), "overdispersion": (0.0, 10.0)}


@dataclass(frozen=True, slots=True)
class RepertoireSettings:
    """What a clonotype is and how repertoires are compared; the meaning stands beside each.

    Parameters
    ----------
    sequence : {"nucleotide", "amino acid"}
    genes : {"v and j", "v", "none"}
    chain : {"TRB", "TRA", "TRG", "TRD", "IGH", "IGK", "IGL", "paired"}
    several_chains : {"most umis", "all", "drop cell"}
    only_productive, only_cells : bool
    coverage : float
    overdispersion : float
    neighbours : {"one substitution", "one edit"}
    same_v_gene : bool
    """

    sequence: Sequence = field(
        default="nucleotide",
        metadata={"meaning": "the CDR3 by which clonotypes are told apart"},
    )
    genes: Genes = field(
        default="v and j",
        metadata={"meaning": "genes that belong to a clonotype beside its CDR3; alleles do not"},
    )
    chain: Chain = field(
        default="TRB",
        metadata={"meaning": "chain that is read; paired: both of a cell, where cells are known"},
    )
    several_chains: SeveralChains = field(
        default="most umis",
        metadata={
            "meaning": "of a cell with several chains of one locus: the one with most UMIs "
            "(most reads, then the first in the alphabet, where equal), all of them as one "
            "clonotype, or no clonotype for the cell"
        },
    )
    only_productive: bool = field(
        default=True, metadata={"meaning": "whether other rearrangements are left out"}
    )
    only_cells: bool = field(
        default=True,
        metadata={
            "meaning": "whether contigs of barcodes that are no cells, or of low confidence, are "
            "left out"
        },
    )
    coverage: float = field(
        default=0.0,
        metadata={
            "meaning": "coverage at which diversity is compared; 0: the lowest that all samples "
            "of a kind reach when each is extrapolated to twice its size"
        },
    )
    overdispersion: float = field(
        default=0.05,
        metadata={
            "meaning": "squared SD over mean of a clone's share between two libraries of one "
            "blood sample, beyond counting; a stated prior, used where there are no replicates"
        },
    )
    neighbours: Neighbours = field(
        default="one substitution",
        metadata={
            "meaning": "how far the amino acids of two similar receptors may differ: one "
            "substituted, or one edit (substituted, put in or taken out)"
        },
    )
    same_v_gene: bool = field(
        default=False,
        metadata={"meaning": "whether similar receptors must have the same V gene, alleles aside"},
    )


def repertoire_settings(section: object, problems: Problems) -> RepertoireSettings:
    """Return the decisions of `[analysis.repertoires]`; what is absent keeps its default.

    Parameters
    ----------
    section : object
        As parsed from TOML.
    problems : Problems
        Receives an error for every key or value that cannot be used.
    """
    default = RepertoireSettings()
    if not isinstance(section, Mapping):
        problems.wrong_type(_KEY, section, f"a section [{_KEY}]")
        return default
    known = [one.name for one in fields(RepertoireSettings)]
    found: dict[str, object] = {}
    for name, value in section.items():
        if name not in known:
            problems.unknown_key(f"{_KEY}.{name}", str(name), known)
        elif _is_usable(name, value, problems):
            found[name] = float(value) if name in _NUMBERS else value
    return RepertoireSettings(**found)  # type: ignore[arg-type]


def _is_usable(name: str, value: object, problems: Problems) -> bool:
    key = f"{_KEY}.{name}"
    if name in _FLAGS:
        if isinstance(value, bool):
            return True
        problems.wrong_type(key, value, "true or false")
    elif name in _NUMBERS:
        low, high = _NUMBERS[name]
        if isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high:
            return True
        problems.wrong_type(key, value, f"a number from {low:g} to {high:g}")
    elif not isinstance(value, str):
        problems.wrong_type(key, value, f"one of {', '.join(_WORDS[name])}")
    elif value in _WORDS[name]:
        return True
    else:
        problems.unknown_key(key, value, _WORDS[name])
    return False
