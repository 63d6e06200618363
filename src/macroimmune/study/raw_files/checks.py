"""What the heads of raw files show to be wrong, and how many files there are."""

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from macroimmune.results import Finding
from macroimmune.study.checks.check import limited
from macroimmune.study.raw_files.contents import CELL_COLUMNS, COUNT_COLUMNS, SAMPLES_IN_FILES
from macroimmune.study.raw_files.listed_markers import LISTED_MARKERS
from macroimmune.study.raw_files.listing import LISTING
from macroimmune.study.raw_files.opened import open_raw_files
from macroimmune.study.raw_files.panel_agreement import (
    ABSENT_CHANNELS,
    OTHER_ANTIGENS,
    UNLISTED_CHANNELS,
    UNMATCHED_PANELS,
)
from macroimmune.study.raw_files.panel_markers import DOUBLE_MARKERS, UNKNOWN_ANTIGENS
from macroimmune.study.raw_files.raw_file_check import OpenedFiles, RawFileCheck
from macroimmune.study.raw_files.readable_files import (
    ABSENT_FILES,
    DAMAGED_FILES,
    EMPTY_FILES,
    REMARKS,
)
from macroimmune.study.raw_files.same_bytes import SAME_BYTES
from macroimmune.study.raw_files.same_channels import SAME_CHANNELS
from macroimmune.study.raw_files.several_libraries import SEVERAL_LIBRARIES
from macroimmune.study.study import AnalysisSettings

__all__ = ["RAW_FILE_CHECKS", "check_raw_files"]

_AS_USUAL = AnalysisSettings()
RAW_FILE_CHECKS: tuple[RawFileCheck, ...] = (
    ABSENT_FILES,
    DAMAGED_FILES,
    EMPTY_FILES,
    SAME_BYTES,
    REMARKS,
    SAME_CHANNELS,
    UNMATCHED_PANELS,
    ABSENT_CHANNELS,
    UNLISTED_CHANNELS,
    OTHER_ANTIGENS,
    DOUBLE_MARKERS,
    UNKNOWN_ANTIGENS,
    LISTED_MARKERS,
    COUNT_COLUMNS,
    SEVERAL_LIBRARIES,
    SAMPLES_IN_FILES,
    CELL_COLUMNS,
    LISTING,
)


def check_raw_files(
    tables: Mapping[str, pl.DataFrame], folder: Path, analysis: AnalysisSettings = _AS_USUAL
) -> tuple[Finding, ...]:
    """Return everything that the heads of the raw files show.

    Parameters
    ----------
    tables : mapping from table name to polars DataFrame
        Of a study.
    folder : Path
        From which its raw files are named.
    analysis : AnalysisSettings
        What was declared of stimuli.

    Returns
    -------
    findings : tuple of Finding
        In the order of the checks; of one kind and column twenty rows are listed and the rest is
        counted.
    """
    opened = OpenedFiles(open_raw_files(tables, folder), tables, folder, analysis)
    return tuple(finding for check in RAW_FILE_CHECKS for finding in limited(check.look(opened)))
