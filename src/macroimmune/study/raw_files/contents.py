"""Columns of counts and samples that a raw file should hold and does not."""

from collections.abc import Iterator, Mapping, Sequence

from macroimmune.closest import did_you_mean
from macroimmune.formats import (
    DelimitedHead,
    H5adHead,
    layout_of_heading,
    named_heading,
    usual_counts,
)
from macroimmune.results import Finding
from macroimmune.study.checks.check import at_row
from macroimmune.study.raw_files.opened import repertoire_format
from macroimmune.study.raw_files.raw_file_check import OpenedFiles, RawFileCheck

__all__ = ["CELL_COLUMNS", "COUNT_COLUMNS", "SAMPLES_IN_FILES"]


def _counts(opened: OpenedFiles) -> Iterator[Finding]:
    for one in opened.by_table.get("repertoires", ()):
        if not isinstance(one.head, DelimitedHead):
            continue
        named, counted = one.row["count_column"], one.row["counted"]
        usual = usual_counts(repertoire_format(one.row), str(counted))
        wanted = (str(named),) if named else usual
        if wanted and named_heading(wanted, one.head.names) is None:
            yield at_row(
                one.row,
                severity="warning",
                code="no-count-column",
                column="count_column" if named else "counted",
                found=f"{one.row['raw_file']} without a column {' or '.join(wanted)}",
                expected=f"the column with the {counted or 'counts'}",
                advice=_other_format(one.row, one.head.names)
                or f"Write count_column = ... {did_you_mean(wanted[0], one.head.names)}",
            )


def _other_format(row: Mapping[str, object], names: Sequence[str]) -> str:
    """Return the format that the heading is of, where another is stated; empty: none is known."""
    likely = layout_of_heading(names)
    return (
        f"The heading is that of format = {likely}." if likely and likely != row["format"] else ""
    )


def _samples(opened: OpenedFiles) -> Iterator[Finding]:
    for name, one in opened.all_files():
        column = one.row.get("sample_column")
        if not isinstance(one.head, H5adHead) or not column:
            continue
        sample = str(one.row["sample_id"])
        if column not in one.head.columns:
            found = f"{one.row['raw_file']}: no column {column!r} of obs"
            advice = did_you_mean(str(column), one.head.columns)
        elif sample not in one.head.samples:
            found = f"{one.row['raw_file']}: no {sample!r} in column {column!r} of obs"
            advice = did_you_mean(sample, one.head.samples)
        else:
            continue
        yield at_row(
            one.row,
            severity="warning",
            code="sample-not-in-file",
            column="sample_column",
            found=found,
            expected=f"the sample of {name} that the row names",
            advice=advice,
        )


def _cell_columns(opened: OpenedFiles) -> Iterator[Finding]:
    """Say which columns of stimuli and populations a file does not have."""
    for _, one in opened.all_files():
        # A table of labels can hold them too.
        if not isinstance(one.head, H5adHead) or one.row.get("labels"):
            continue
        for name in ("stimulus_column", "population_column"):
            column = one.row.get(name)
            if column and column not in one.head.columns:
                yield at_row(
                    one.row,
                    severity="warning",
                    code="cell-column-not-in-file",
                    column=name,
                    found=f"{one.row['raw_file']}: no column {column!r} of obs",
                    expected=f"the {name.replace('_', ' ')} of its cells",
                    advice=did_you_mean(str(column), one.head.columns),
                )


COUNT_COLUMNS = RawFileCheck(
    ("no-count-column",), "repertoires without the column of their counts", _counts
)
SAMPLES_IN_FILES = RawFileCheck(
    ("sample-not-in-file",), "samples that their h5ad file does not hold", _samples
)
CELL_COLUMNS = RawFileCheck(
    ("cell-column-not-in-file",),
    "h5ad files without the column of stimuli or populations that is named",
    _cell_columns,
)
