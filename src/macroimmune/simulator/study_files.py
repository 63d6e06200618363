"""The files of a virtual study before they are written: tables with their dialect, settings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import polars as pl

from macroimmune.formats import Dialect, write_table, write_workbook
from macroimmune.simulator.file_tasks import FileTask

__all__ = ["DeliveredTable", "StudyFiles"]

Damage = Callable[[bytes, Dialect], bytes]


@dataclass(frozen=True, slots=True, eq=False)
class DeliveredTable:
    """One table as it is handed over.

    Parameters
    ----------
    frame : polars DataFrame
        Under the laboratory's own headings.
    dialect : Dialect
        How it is written.
    beside : mapping from name to polars DataFrame
        Further sheets of a workbook, after the table.
    damages : tuple of callable
        What happens to the bytes after writing, in order; each is called with them and the
        dialect.
    """

    frame: pl.DataFrame
    dialect: Dialect = Dialect()
    beside: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    damages: tuple[Damage, ...] = ()

    def to_bytes(self) -> bytes:
        """Return the bytes of the file; the same table, the same bytes.

        Raises
        ------
        FormatError
            If a cell cannot be written in the dialect.
        """
        if self.beside:
            data = write_workbook({self.dialect.sheet: self.frame, **self.beside})
        else:
            data = write_table(self.frame, self.dialect)
        for damage in self.damages:
            data = damage(data, self.dialect)
        return data


@dataclass(frozen=True, slots=True)
class StudyFiles:
    """What a study folder will hold.

    Parameters
    ----------
    tables : mapping from file name to DeliveredTable
    settings : str
        The text of `study.toml`, one key a line.
    tasks : tuple of FileTask
        Raw files.
    """

    tables: Mapping[str, DeliveredTable]
    settings: str
    tasks: tuple[FileTask, ...] = ()
