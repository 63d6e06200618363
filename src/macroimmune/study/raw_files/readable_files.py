"""Raw files that are not there, cut short, not what they should be, or empty."""

from collections.abc import Iterator

from macroimmune.formats import DelimitedHead, FcsHead, H5adHead
from macroimmune.results import Finding
from macroimmune.schema import TABLES
from macroimmune.study.checks.check import at_row
from macroimmune.study.raw_files.opened import ABSENT
from macroimmune.study.raw_files.raw_file_check import OpenedFiles, RawFileCheck

__all__ = ["ABSENT_FILES", "DAMAGED_FILES", "EMPTY_FILES", "REMARKS"]


def _missing(opened: OpenedFiles) -> Iterator[Finding]:
    for name, one in opened.all_files():
        if one.trouble == ABSENT:
            yield at_row(
                one.row,
                severity="warning",
                code="raw-file-absent",
                column="raw_file",
                found=f"{one.row['raw_file']}, which is not there",
                expected=f"a file of {name} in the study's folder",
                advice="Copy the file there, correct its name, or name the folder: folder = ...",
            )
    for name in opened.by_table:
        for column in TABLES[name].path_columns:
            if column != "raw_file":
                yield from _missing_beside(opened, name, column)


def _missing_beside(opened: OpenedFiles, name: str, column: str) -> Iterator[Finding]:
    """Yield each file beside the raw files, such as a workspace, once where it is not there."""
    first = {one.row[column]: one.row for one in reversed(opened.by_table[name])}
    for path, row in first.items():
        if path is not None and not (opened.folder / str(path)).is_file():
            yield at_row(
                row,
                severity="warning",
                code="raw-file-absent",
                column=column,
                found=f"{path}, which is not there",
                expected=f"the {column} of {name} in the study's folder",
                advice="Copy the file there, or correct its name.",
            )


def _named(file: str, trouble: str) -> str:
    """Return the trouble with the name of its file, once."""
    return trouble if trouble.startswith(file) else f"{file}: {trouble}"


def _damaged(opened: OpenedFiles) -> Iterator[Finding]:
    for name, one in opened.all_files():
        if one.trouble and one.trouble != ABSENT:
            yield at_row(
                one.row,
                severity="warning",
                code="raw-file-unreadable",
                column="raw_file",
                found=_named(str(one.row["raw_file"]), one.trouble),
                expected=f"a file of {name} that can be read",
                advice="Export or copy the file again, or delete the row.",
            )
        elif isinstance(one.head, DelimitedHead) and one.head.is_cut:
            yield at_row(
                one.row,
                severity="warning",
                code="raw-file-unreadable",
                column="raw_file",
                found=f"{one.row['raw_file']}: the last row is shorter than the heading",
                expected="a whole file",
                advice="The copy is incomplete: copy or export the file again.",
            )


def _empty(opened: OpenedFiles) -> Iterator[Finding]:
    for _, one in opened.all_files():
        has_nothing = (
            (isinstance(one.head, FcsHead) and not one.head.n_events)
            or (isinstance(one.head, DelimitedHead) and not one.head.has_rows)
            or (isinstance(one.head, H5adHead) and not one.head.n_obs)
        )
        if has_nothing:
            yield at_row(
                one.row,
                severity="warning",
                code="raw-file-empty",
                column="raw_file",
                found=f"{one.row['raw_file']}, without an event, a row or a cell",
                expected="something measured",
                advice="A failed well or export? Export it again, or delete the row.",
            )


def _remarks(opened: OpenedFiles) -> Iterator[Finding]:
    """Yield what an FCS file says that disagrees with itself; it is read all the same."""
    for one, head in opened.fcs_files():
        for remark in head.remarks:
            yield at_row(
                one.row,
                severity="note",
                code="raw-file-remark",
                column="raw_file",
                found=f"{one.row['raw_file']}: {remark}",
                expected="a file that agrees with itself",
                advice="It is read as said. Nothing to do if its number of events is right.",
            )


ABSENT_FILES = RawFileCheck(
    ("raw-file-absent",), "raw files that are listed and not there", _missing
)
DAMAGED_FILES = RawFileCheck(
    ("raw-file-unreadable",),
    "raw files that are cut short or not what they should be (by their heads)",
    _damaged,
)
EMPTY_FILES = RawFileCheck(
    ("raw-file-empty",), "raw files without an event, a row or a cell", _empty
)
REMARKS = RawFileCheck(
    ("raw-file-remark",), "FCS files that disagree with themselves and are read", _remarks
)
