"""How a table, a column, an endpoint and an analyte are declared."""

from dataclasses import dataclass
from typing import Literal

import polars as pl

__all__ = ["Analyte", "Causes", "Column", "Endpoint", "Table"]

Kind = Literal["text", "number", "boolean", "category"]

_POLARS: dict[Kind, pl.DataType] = {
    "text": pl.String(),
    "category": pl.String(),
    "number": pl.Float64(),
    "boolean": pl.Boolean(),
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    name : str
        Our name for it.
    kind : {"text", "number", "boolean", "category"}
    meaning : str
        One phrase for people.
    unit : str
        Canonical unit of a number, empty where it has none or where a `unit` column says it.
    low, high : float or None
        Permitted range in the canonical unit, ends included.
    categories : tuple of str
        The permitted codes of a category.
    required : bool
        Whether a table without it, or a row with it missing, is an error.
    is_path : bool
        Whether it names a file of the study.
    """

    name: str
    kind: Kind
    meaning: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    categories: tuple[str, ...] = ()
    required: bool = False
    is_path: bool = False

    @property
    def dtype(self) -> pl.DataType:
        """The polars type that holds it."""
        return _POLARS[self.kind]


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a study.

    Parameters
    ----------
    name, one_row_per : str
    columns : tuple of Column
        In the order in which they are kept; `source_file` and `source_row` follow them.
    key : tuple of str
        Columns that together may not repeat.
    measured : str
        For tables that can also be wide: the column whose values become column headings
        (`analyte`, `population`, ...); empty for tables that cannot.
    """

    name: str
    one_row_per: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    measured: str = ""

    @property
    def schema(self) -> dict[str, pl.DataType]:
        """The polars schema, with the place in the user's file that each row came from."""
        source: dict[str, pl.DataType] = {"source_file": pl.String(), "source_row": pl.Int64()}
        return {column.name: column.dtype for column in self.columns} | source

    @property
    def lists_files(self) -> bool:
        """Whether its rows name raw files."""
        return self.column("raw_file") is not None

    @property
    def path_columns(self) -> tuple[str, ...]:
        """The columns that name files."""
        return tuple(column.name for column in self.columns if column.is_path)

    @property
    def has_participants(self) -> bool:
        """Whether its rows are of participants; those of panels and of controls are not."""
        return self.column("participant_id") is not None

    @property
    def is_of_samples(self) -> bool:
        """Whether each row belongs to a sample, which may say whose it is and of which day."""
        is_part = "sample_id" in self.key and self.key != ("sample_id",)
        return self.has_participants and (bool(self.measured) or self.lists_files or is_part)

    def column(self, name: str) -> Column | None:
        """Return the declaration of a column, None where it is not declared."""
        return next((column for column in self.columns if column.name == name), None)


@dataclass(frozen=True, slots=True)
class Causes:
    """How the events of an endpoint are told apart into one of interest and competing ones.

    Parameters
    ----------
    column : str
        Column of `outcomes` with the cause or kind of the event.
    of_interest : str
        Its code for the event of interest; every other code is a competing event.
    unknown : str
        Its code for a cause that is not known; it counts as competing and is told of.
    interest, competing : str
        What the two are called.
    """

    column: str
    of_interest: str
    unknown: str
    interest: str
    competing: str


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One endpoint that outcomes can hold.

    Parameters
    ----------
    id, name : str
    kind : {"survival", "binary"}
    time, event : str
        Columns of `outcomes`; for a binary endpoint `event` is its column and `time` is empty.
    favourable : {"low", "high"}
        Whether fewer events (low) or more of them (high) are good for the patient.
    causes : Causes or None
        Where its events can be of several kinds that compete.
    """

    id: str
    name: str
    kind: Literal["survival", "binary"]
    time: str
    event: str
    favourable: Literal["low", "high"]
    causes: Causes | None = None


@dataclass(frozen=True, slots=True)
class Analyte:
    """One blood count or routine blood value.

    Parameters
    ----------
    id, name : str
    unit : str
        Canonical unit, in which it is kept.
    low, high : float
        What can occur in a living patient; outside it a finding asks for the unit.
    aliases : tuple of str
        Headings under which people have it; compared without case and punctuation.
    """

    id: str
    name: str
    unit: str
    low: float
    high: float
    aliases: tuple[str, ...] = ()
