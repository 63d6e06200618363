"""What a check of raw files is, and what it looks at."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from macroimmune.formats import FcsHead
from macroimmune.results import Finding
from macroimmune.study.raw_files.opened import RawFile, RawFiles
from macroimmune.study.study import AnalysisSettings

__all__ = ["CYTOMETRY", "OpenedFiles", "RawFileCheck"]

CYTOMETRY = ("cytometry", "cytometry_controls")


@dataclass(frozen=True, slots=True, eq=False)
class OpenedFiles:
    """The raw files of a study with their heads, and its tables.

    Parameters
    ----------
    by_table : mapping from table name to tuple of RawFile
        Tables that list files, in the order of their rows.
    tables : mapping from table name to polars DataFrame
        All of the study.
    folder : Path
        From which files are named.
    analysis : AnalysisSettings
        What was declared of stimuli.
    """

    by_table: RawFiles
    tables: Mapping[str, pl.DataFrame]
    folder: Path
    analysis: AnalysisSettings = AnalysisSettings()

    def all_files(self) -> Iterator[tuple[str, RawFile]]:
        """Yield each listed file with the name of its table."""
        for name, some in self.by_table.items():
            for one in some:
                yield name, one

    def fcs_files(self) -> Iterator[tuple[RawFile, FcsHead]]:
        """Yield each FCS file that can be read, of samples before those of controls."""
        for name in CYTOMETRY:
            for one in self.by_table.get(name, ()):
                if isinstance(one.head, FcsHead):
                    yield one, one.head


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
        Takes the opened files; yields findings, none where all is well.
    """

    codes: tuple[str, ...]
    meaning: str
    look: Callable[[OpenedFiles], Iterable[Finding]]
