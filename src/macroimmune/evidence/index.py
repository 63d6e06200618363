"""Every line of the evidence by its id."""

from difflib import get_close_matches
from functools import cache
from types import MappingProxyType
from typing import TypeAlias

from macroimmune.errors import InputError
from macroimmune.evidence.antigen import Antigen, antigens, named_antigen
from macroimmune.evidence.biomarker import Biomarker, biomarkers
from macroimmune.evidence.claim import Claim, claims
from macroimmune.evidence.gene_set import GeneSet, gene_sets
from macroimmune.evidence.perturbation import Perturbation, perturbations
from macroimmune.evidence.population import Population, find_population, populations
from macroimmune.evidence.source import Source, sources

__all__ = ["Record", "lookup", "records"]

Record: TypeAlias = Biomarker | Perturbation | Claim | Population | Antigen | GeneSet | Source


@cache
def records() -> MappingProxyType[str, tuple[Record, ...]]:
    """Return all lines of the evidence, by kind, in the order in which a search lists them."""
    return MappingProxyType({
        "biomarker": biomarkers(),
        "perturbation": perturbations(),
        "claim": claims(),
        "population": populations(),
        "antigen": antigens(),
        "gene set": gene_sets(),
        "source": tuple(sources().values()),
    })


@cache
def _by_id() -> MappingProxyType[str, Record]:
    return MappingProxyType({
        record.evidence_id: record for of_kind in records().values() for record in of_kind
    })


def lookup(evidence_id: str) -> Record:
    """Return the line of the evidence with this id.

    Parameters
    ----------
    evidence_id : str
        Populations and antigens are also found by their other names.

    Raises
    ------
    InputError
        If there is none.

    Examples
    --------
    >>> lookup("C123").observable
    'overall survival'
    >>> lookup("BDCA-2").id, lookup("Tregs").id
    ('CD303', 'treg')
    """
    record = _by_id().get(evidence_id) or _by_other_name(evidence_id)
    if record is None:
        near = get_close_matches(evidence_id, _by_id(), n=3)
        hint = f"did you mean {' or '.join(near)}?" if near else "search the evidence by words"
        msg = f"no line of the evidence has the id {evidence_id!r}; {hint}"
        raise InputError(msg)
    return record


def _by_other_name(name: str) -> Record | None:
    """Return what a whole name means; a label of a channel, with more in it, means no line."""
    return find_population(name) or named_antigen(name)
