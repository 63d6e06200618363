"""What the heads of raw files show to be wrong, and how many files there are."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from macroimmune.closest import did_you_mean
from macroimmune.formats import DelimitedHead, FcsHead, H5adHead
from macroimmune.results import Finding
from macroimmune.schema import TABLES
from macroimmune.study.checks.check import at_row, limited
from macroimmune.study.raw_files.opened import (
    ABSENT,
    RawFile,
    RawFiles,
    open_raw_files,
    repertoire_format,
)

__all__ = ["RAW_FILE_CHECKS", "RawFileCheck", "check_raw_files"]

# The usual headings of counts, by format and by what is counted; the first that a file has.
_USUAL_COUNTS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("airr", "templates"): ("duplicate_count",),
    ("airr", "umis"): ("umi_count", "duplicate_count"),
    ("airr", "reads"): ("consensus_count", "duplicate_count"),
    ("airr", "cells"): ("cell_id",),
    ("10x", "umis"): ("umis",),
    ("10x", "reads"): ("reads",),
    ("10x", "cells"): ("barcode",),
}


@dataclass(frozen=True, slots=True)
class RawFileCheck:
    """One idea of what can be wrong with raw files.

    Parameters
    ----------
    codes : tuple of str
        The codes of the findings it can make.
    meaning : str
        What it looks for, in one phrase for people.
    look : function
        Takes the raw files by table; yields findings, none where all is well.
    """

    codes: tuple[str, ...]
    meaning: str
    look: Callable[[RawFiles], Iterable[Finding]]


def _all(files: RawFiles) -> Iterator[tuple[str, RawFile]]:
    for name, some in files.items():
        for one in some:
            yield name, one


def _missing(files: RawFiles) -> Iterator[Finding]:
    for name, one in _all(files):
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


def _damaged(files: RawFiles) -> Iterator[Finding]:
    for name, one in _all(files):
        if one.trouble and one.trouble != ABSENT:
            yield at_row(
                one.row,
                severity="warning",
                code="raw-file-unreadable",
                column="raw_file",
                found=f"{one.row['raw_file']}: {one.trouble}",
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


def _empty(files: RawFiles) -> Iterator[Finding]:
    for _, one in _all(files):
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


def _channels(files: RawFiles) -> Iterator[Finding]:
    """Yield files whose channels are not those that most files of their panel have."""
    panels: dict[object, list[tuple[RawFile, FcsHead]]] = defaultdict(list)
    for one in files.get("cytometry", ()):
        if isinstance(one.head, FcsHead):
            panels[one.row["panel"]].append((one, one.head))
    for panel, some in panels.items():
        counts = Counter(_labels(head) for _, head in some)
        usual, _ = max(counts.items(), key=lambda item: (item[1], sorted(item[0])))
        for one, head in some:
            labels = _labels(head)
            if labels != usual:
                yield at_row(
                    one.row,
                    severity="warning",
                    code="panel-channels-differ",
                    column="panel",
                    found=f"{one.row['raw_file']}{_difference(labels, usual)}",
                    expected=f"the channels of the other files of panel {panel or '(not named)'}",
                    advice="Another panel? Name it in column panel. Another label? Correct it.",
                )


def _labels(head: FcsHead) -> frozenset[str]:
    """Return detector and antigen of each channel; their order does not matter."""
    pairs = zip(head.names, head.antigens, strict=True)
    return frozenset(f"{name} ({antigen})" if antigen else name for name, antigen in pairs)


def _difference(labels: frozenset[str], usual: frozenset[str]) -> str:
    parts = [
        f" {word} {', '.join(sorted(some)[:6])}{' ...' * (len(some) > 6)}"
        for word, some in (("lacks", usual - labels), ("has", labels - usual))
        if some
    ]
    return " and".join(parts)


def _counts(files: RawFiles) -> Iterator[Finding]:
    for one in files.get("repertoires", ()):
        if not isinstance(one.head, DelimitedHead):
            continue
        named, counted = one.row["count_column"], one.row["counted"]
        usual = _USUAL_COUNTS.get((repertoire_format(one.row), str(counted)), ())
        wanted = (str(named),) if named else usual
        if wanted and not set(wanted) & set(one.head.names):
            yield at_row(
                one.row,
                severity="warning",
                code="no-count-column",
                column="count_column" if named else "counted",
                found=f"{one.row['raw_file']} without a column {' or '.join(wanted)}",
                expected=f"the column with the {counted or 'counts'}",
                advice=f"Write count_column = ... {did_you_mean(wanted[0], one.head.names)}",
            )


def _samples(files: RawFiles) -> Iterator[Finding]:
    for name, one in _all(files):
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


def _listing(files: RawFiles) -> Iterator[Finding]:
    """Note how many files there are, of how many participants, and that nothing reads them yet."""
    for name, some in files.items():
        paths = {one.row["raw_file"] for one in some}
        whose = "participant_id" if TABLES[name].has_participants else "control"
        people = {one.row[whose] for one in some}
        read = {one.row["raw_file"]: one.head for one in some if one.head is not None}
        yield Finding(
            "note",
            "raw-files-listed",
            str(some[0].row["source_file"] or ""),
            None,
            "",
            f"{name}: {len(paths)} files of {len(people)} {whose.removesuffix('_id')}s"
            f"{_content(read.values())}{_closed(len(paths) - len(read))}",
            "the raw files of the study",
            "Their heads were looked at; no analysis reads them yet.",
        )


def _content(heads: Iterable[object]) -> str:
    events = sum(head.n_events for head in heads if isinstance(head, FcsHead))
    return f", {events:,} events" if events else ""


def _closed(count: int) -> str:
    return f"; {count} of them could not be opened, or are of a format that is not" * bool(count)


RAW_FILE_CHECKS: tuple[RawFileCheck, ...] = (
    RawFileCheck(("raw-file-absent",), "raw files that are listed and not there", _missing),
    RawFileCheck(
        ("raw-file-unreadable",),
        "raw files that are cut short or not what they should be (by their heads)",
        _damaged,
    ),
    RawFileCheck(("raw-file-empty",), "raw files without an event, a row or a cell", _empty),
    RawFileCheck(
        ("panel-channels-differ",), "FCS files of one panel whose channels disagree", _channels
    ),
    RawFileCheck(("no-count-column",), "repertoires without the column of their counts", _counts),
    RawFileCheck(("sample-not-in-file",), "samples that their h5ad file does not hold", _samples),
    RawFileCheck(("raw-files-listed",), "how many raw files there are", _listing),
)


def check_raw_files(tables: Mapping[str, pl.DataFrame], folder: Path) -> tuple[Finding, ...]:
    """Return everything that the heads of the raw files show.

    Parameters
    ----------
    tables : mapping from table name to polars DataFrame
        Of a study.
    folder : Path
        From which its raw files are named.

    Returns
    -------
    findings : tuple of Finding
        In the order of the checks; of one kind and column twenty rows are listed and the rest is
        counted.
    """
    files = open_raw_files(tables, folder)
    return tuple(finding for check in RAW_FILE_CHECKS for finding in limited(check.look(files)))
