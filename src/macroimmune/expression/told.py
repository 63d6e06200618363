"""Findings of expression: files, rows and columns that could not be used, with what to do."""

from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from macroimmune.evidence import gene_sets
from macroimmune.expression.counted_file import CountedFile
from macroimmune.expression.listed_rows import ListedRow
from macroimmune.results import Finding

__all__ = ["expression_findings"]

Files = Mapping[str, tuple[Sequence[ListedRow], CountedFile | str]]


def expression_findings(files: Files, pairs: pl.DataFrame) -> tuple[Finding, ...]:
    """Return what a person should know of the files of counts.

    Parameters
    ----------
    files : mapping from raw_file to (rows, CountedFile or str)
        A text says why the file was left out.
    pairs : polars DataFrame
        Table `stimulation_pairs` of these files.
    """
    found: list[Finding] = []
    for name, (rows, file) in files.items():
        if isinstance(file, str):
            found.append(_left_out(name, file))
        else:
            found += [*_rows(name, rows, file), *_sets(name, file)]
    if pairs.is_empty() and any(not isinstance(file, str) for _, file in files.values()):
        found.append(_no_stimulus())
    return (*found, *_alone(pairs))


def _no_stimulus() -> Finding:
    return Finding(
        "note",
        "no-stimulated-well",
        "",
        None,
        "stimulus",
        "every well of cells is unstimulated",
        "a stimulated well beside it, where a response is wanted",
        "Scores are of resting cells; there is no response. Name the stimulus of a row, or "
        "stimulus_column.",
    )


def _left_out(name: str, why: str) -> Finding:
    return Finding(
        "warning",
        "expression-file-left-out",
        name,
        None,
        "",
        why,
        "raw counts of human genes, cells by genes, in h5ad or 10x",
        "Nothing of this study uses the file. Correct it, or delete its rows.",
    )


def _rows(name: str, rows: Sequence[ListedRow], file: CountedFile) -> Iterator[Finding]:
    for number, trouble in file.row_troubles.items():
        yield Finding(
            "warning",
            "cells-of-sample-not-found",
            name,
            None,
            trouble.column,
            trouble.found,
            f"the cells of sample {rows[int(number)].sample_id!r} alone",
            f"The sample was left out. {trouble.advice}",
        )
    for trouble in file.label_troubles.values():
        yield Finding(
            "warning",
            "cell-populations-not-found",
            name,
            None,
            trouble.column,
            trouble.found,
            "a column with the population of each cell",
            f"Scores are of all cells together. {trouble.advice}",
        )


def _sets(name: str, file: CountedFile) -> Iterator[Finding]:
    few = [
        f"{one.id} {present} of {len(one.genes)}"
        for one, present in zip(gene_sets(), file.present, strict=True)
        if 2 * present < len(one.genes)
    ]
    if few:
        yield Finding(
            "note",
            "genes-of-sets-missing",
            name,
            None,
            "",
            ", ".join(few),
            "at least half of the genes of a set",
            "These sets have no score in this file. Deliver all genes that were counted.",
        )


def _alone(pairs: pl.DataFrame) -> Iterator[Finding]:
    for row in pairs.filter(pl.col("unstimulated_file") == "").iter_rows(named=True):
        yield Finding(
            "warning",
            "no-unstimulated-well",
            row["stimulated_file"],
            None,
            "stimulus",
            f"{row['stimulus']} of sample {row['sample_id']}: {row['status']}",
            "an unstimulated well of the same sample",
            "A response is a difference between two wells: list the other one, with the stimulus "
            "none.",
        )
