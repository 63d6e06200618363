"""The sentences of the methods paragraph on cytometry, from what a run's tables hold."""

from collections.abc import Mapping

import polars as pl

__all__ = ["cytometry_methods"]

_OPENING = (
    "Of each FCS file, events at the end of a detector, of unstable times, beads, debris, doublets "
    "and dead cells were left out where they are populations of their own; the table of files says "
    "how each was told."
)
_AUTOMATIC = (
    "Populations are those of the evidence, each with its source (macroimmune evidence show); they "
    "were gated by a threshold for each marker among the cells of the parent, found in each file "
    "and shrunk to those of its batch or cohort by its standard error. Intervals of frequencies "
    "carry counting and thresholds."
)
_BY_PEOPLE = {
    "workspace": "Gates of a workspace or of GatingML were applied by FlowKit.",
    "labels": "Labels of single cells were used as they were supplied.",
}
_CLUSTERS = (
    "Cells were also clustered by a self-organising map of lineage markers, whose nodes were "
    "grouped by average linkage."
)
_BATCHES = (
    "Differences between batches were measured for each marker by earth mover's distances, with "
    "p-values from permutations of files."
)


def cytometry_methods(tables: Mapping[str, pl.DataFrame], seed: int) -> tuple[str, ...]:
    """Return a sentence for each method that was used, none where no file was gated.

    Parameters
    ----------
    tables : mapping from name to polars DataFrame
        Tables of the results folder.
    seed : int
        Of random draws.
    """
    quality = tables["cytometry_quality"].filter(pl.col("status") == "used")
    if quality.is_empty():
        return ()
    scales = ", ".join(quality["transform"].drop_nulls().unique(maintain_order=True))
    ways = tables["cell_frequencies"]["way"].unique().to_list()
    sentences = [
        f"{quality.height} FCS files were gated one by one; scale of the markers: {scales}.",
        _OPENING,
    ]
    sentences += [_AUTOMATIC] * ("automatic" in ways)
    sentences += [words for way, words in _BY_PEOPLE.items() if way in ways]
    sentences += [_CLUSTERS] * (not tables["clusters"].is_empty())
    batches = tables["batch_effects"]
    sentences += [_BATCHES] * bool(batches["p_value"].drop_nulls().len())
    if "after" in batches["step"].to_list():
        sentences.append("Lineage channels were aligned between batches by smooth, shrunken maps.")
    abundance = tables["differential_abundance"]["method"].drop_nulls().unique(maintain_order=True)
    sentences += [f"Abundance: {words}." for words in abundance if words]
    sentences.append(f"Random draws of cytometry began from seed {seed}.")
    return tuple(sentences)
