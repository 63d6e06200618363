"""Findings of repertoires: files, rows and samples that could not be used, with what to do."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from macroimmune.repertoires.reading.chain_faults import FAULT_ADVICE
from macroimmune.repertoires.reading.kept_parts import Part
from macroimmune.repertoires.reading.listed_files import ListedFile
from macroimmune.repertoires.reading.reading_task import FileParts
from macroimmune.results import Finding

__all__ = ["file_findings", "repertoires_without_clonotypes"]

_SHOWN = 5
_OTHER_CHAIN = "another chain: "
_ADVICE = {
    "no nucleotides of a CDR3": 'Write sequence = "amino acid" in [analysis.repertoires] if only '
    "amino acids are known.",
    "no amino acids of a CDR3": "Name the column of the amino acids: junction_aa_column = ...",
    "chain of no known cell, which cannot be paired": "Pairs need cells: write chain = "
    '"TRB" in [analysis.repertoires].',
    "count that is not whole": "Give counts, not shares: a share does not tell how many were "
    "sampled.",
    "no usable count": "Name the column of the counts: count_column = ...",
}


def file_findings(listed: ListedFile, found: FileParts, chain: str) -> Iterator[Finding]:
    """Yield what a person should know of one file.

    Parameters
    ----------
    listed : ListedFile
    found : FileParts
    chain : str
        That is read.
    """
    file = listed.library.file
    if found.trouble:
        yield Finding(
            "warning",
            "repertoire-file-left-out",
            listed.source_file,
            listed.source_row,
            "raw_file",
            f"{file} of sample {listed.library.sample_id}: {found.trouble}",
            "a table of receptor chains",
            "Nothing of this study uses the file. Correct it or its format, or delete the row.",
        )
        return
    yield from _faults(file, found.faults)
    if found.label_trouble:
        is_note = found.label_trouble.endswith("without a label")
        yield Finding(
            "note" if is_note else "warning",
            "cells-without-label" if is_note else "cell-labels-not-used",
            listed.labels,
            None,
            listed.label_column,
            found.label_trouble,
            f"a label for each cell of {file}",
            "They count among all cells and in no population."
            if is_note
            else "There are no populations of this sample. Correct the table of labels.",
        )
    yield from _mixed_chains(listed, found.loci, chain)


def _faults(file: str, faults: pl.DataFrame) -> Iterator[Finding]:
    shown: dict[tuple[str, str], int] = defaultdict(int)
    lost = set(faults.filter(~pl.col("is_kept"))["row"].to_list())
    for row in faults.iter_rows(named=True):
        kind = row["kind"]
        if row["is_kept"] and row["column"] and row["row"] in lost:
            continue
        shown[kind, row["column"]] += 1
        if kind == "file-damaged":
            yield Finding(
                "warning",
                "repertoire-file-cut",
                file,
                row["row"],
                "",
                row["found"],
                row["expected"],
                "The rows up to there are used. Copy the file again.",
            )
        elif kind == "no-anchors":
            yield Finding(
                "warning",
                "cdr3-without-anchors",
                file,
                None,
                row["column"],
                row["found"],
                row["expected"],
                "Compare such files only with each other, or export the junction.",
            )
        elif shown[kind, row["column"]] <= _SHOWN:
            n_rows = row["n_rows"]
            more = f" ({n_rows:,} rows like this)" if n_rows > 1 else ""
            yield Finding(
                "note" if row["is_kept"] else "warning",
                "repertoire-rows-corrected" if row["is_kept"] else "repertoire-rows-left-out",
                file,
                row["row"],
                row["column"],
                f"{row['found']}{more}",
                row["expected"],
                FAULT_ADVICE[kind],
            )


def _mixed_chains(listed: ListedFile, loci: Mapping[str, int], chain: str) -> Iterator[Finding]:
    """Yield a finding where a file holds other chains than the study says of it."""
    others = {locus: rows for locus, rows in loci.items() if locus and locus != listed.chain}
    if not listed.chain or not others or chain == "paired":
        return
    told = ", ".join(f"{locus} {rows:,}" for locus, rows in sorted(others.items()))
    yield Finding(
        "warning",
        "repertoire-chains-mixed",
        listed.library.file,
        None,
        "chain",
        f"rows of other chains than {listed.chain}: {told}",
        f"chain = {listed.chain} alone, as the list of files says",
        f"Rows of {chain} are used, others left out. Were files exchanged? Write chain = "
        '"several" if they belong there.',
    )


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
            chain = first.removeprefix(_OTHER_CHAIN)
            advice = f'Write chain = "{chain}" in [analysis.repertoires].'
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
