"""Findings of repertoires: files, rows and samples that could not be used, with what to do."""

from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from macroimmune.repertoires.reading.kept_parts import Part
from macroimmune.results import Finding

__all__ = ["repertoires_without_clonotypes"]

_ADVICE = {
    "no nucleotides of a CDR3": 'Write sequence = "amino acid" in [analysis.repertoires] if only '
    "amino acids are known.",
    "no amino acids of a CDR3": 'Write sequence = "nucleotide" in [analysis.repertoires], or name '
    "the column of junction_aa.",
    "chain of no known cell, which cannot be paired": "Pairs need cells: write chain = "
    '"TRB" in [analysis.repertoires].',
    "count that is not whole": "Give counts, not shares: a share does not tell how many were "
    "sampled.",
    "no usable count": "Name the column of the counts.",
}
_OTHER_CHAIN = "another chain: "


def repertoires_without_clonotypes(
    groups: Mapping[str, Sequence[Part]], losses: pl.DataFrame
) -> Iterator[Finding]:
    """Yield a warning for each repertoire of which nothing is left.

    Parameters
    ----------
    groups : mapping from repertoire_id to sequence of Part
        All, also those without a clonotype.
    losses : DataFrame
        Table `repertoire_losses`.
    """
    for name, parts in groups.items():
        # A population that no cell is of is not a failed sample.
        if any(part.n_clonotypes or part.labels for part in parts):
            continue
        rows = losses.filter(pl.col("repertoire_id") == name).sort("n_rows", descending=True)
        why = "; ".join(f"{row[0]} ({row[1]:,})" for row in rows.select("reason", "n_rows").rows())
        first = rows["reason"][0] if rows.height else ""
        if first.startswith(_OTHER_CHAIN):
            advice = (
                f'Write chain = "{first.removeprefix(_OTHER_CHAIN)}" in [analysis.repertoires].'
            )
        else:
            advice = _ADVICE.get(first, "Look at table repertoire_losses; export the file again.")
        library = parts[0].library
        yield Finding(
            "warning",
            "repertoire-without-clonotypes",
            library.file,
            None,
            "",
            f"sample {library.sample_id}: none of {sum(part.n_rows for part in parts):,} rows is "
            f"counted: {why or 'there is none'}",
            "clonotypes of the chain that is asked for",
            f"The sample has no repertoire. {advice}",
        )
