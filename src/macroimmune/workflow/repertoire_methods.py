"""The sentences of the methods paragraph on T cell repertoires, from what a run's tables hold."""

from collections.abc import Mapping

import polars as pl

from macroimmune.study import RepertoireSettings

__all__ = ["repertoire_methods"]

_DIVERSITY = (
    "Hill numbers of order 0, 1 and 2 were rarefied and extrapolated analytically to one coverage "
    "for all samples of a kind, never beyond twice a sample; clonality is 1 - H / ln S (Shannon) "
    "and the root of the sum of squared shares (Simpson)."
)
_INTERVALS = (
    "Intervals of diversity hold counting and the variation of a clone's share between libraries "
    "of one sample, with over-dispersion from {source}."
)
_CHANGES = (
    "Clones of two samples were compared with over-dispersion from {source}; q-values "
    "(Benjamini-Hochberg) are over the clones tested in a pair. Clones not seen before are given "
    "beside the number that depth alone would make, as an excess."
)
_SHARING = (
    "Sharing of clones between blood and tumour stands beside the share expected at the same "
    "depths if both drew from one pool."
)
_READS = (
    "Where reads are counted the number of cells sampled is not known: no coverage, expansion or "
    "novelty is given, only the turnover between draws."
)
_CELLS = (
    "Expansion, migration and transition of clones are entropies in the manner of STARTRAC, beside "
    "those of shuffled labels."
)
_NEIGHBOURS = (
    "Receptors are neighbours within {rule}; the share with a neighbour is given at a common "
    "number of receptors."
)
_OUTSIDE_LEDGER = "p-values of clones test no outcome: they are not in the ledger of associations."


def repertoire_methods(
    tables: Mapping[str, pl.DataFrame], settings: RepertoireSettings
) -> tuple[str, ...]:
    """Return a sentence for each method that was used, none where there are no repertoires.

    Parameters
    ----------
    tables : mapping from name to polars DataFrame
        Tables of the results folder.
    settings : RepertoireSettings
    """
    listed = tables.get("repertoires")
    if listed is None or listed.is_empty():
        return ()
    words = "; ".join(listed["clonotype"].unique(maintain_order=True))
    sentences = [f"A clonotype of T cells is: {words}."]
    is_known = listed["is_sampling_known"]
    if is_known.any():
        sentences.append(_DIVERSITY)
        varied = _told(tables, "repertoire_diversity", "overdispersion_source")
        if varied:
            sentences.append(_INTERVALS.format(source=" or ".join(varied)))
        sources = _told(tables, "repertoire_changes", "overdispersion_source")
        if sources:
            sentences.append(_CHANGES.format(source=" or ".join(sources)))
        if _told(tables, "clone_sharing", "expected_percent"):
            sentences.append(_SHARING)
    if not is_known.all():
        sentences.append(_READS)
    if _told(tables, "startrac", "value"):
        sentences.append(_CELLS)
    rules = _told(tables, "receptor_neighbours", "rule")
    if rules:
        sentences.append(_NEIGHBOURS.format(rule=" or ".join(rules)))
    return (*sentences, _OUTSIDE_LEDGER)


def _told(tables: Mapping[str, pl.DataFrame], table: str, column: str) -> list[str]:
    """Return the distinct values of a column, without empty ones."""
    if table not in tables:
        return []
    values = tables[table][column].drop_nulls().cast(pl.String)
    return values.filter(values != "").unique(maintain_order=True).to_list()
