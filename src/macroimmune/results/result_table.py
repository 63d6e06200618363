"""What a table of a results folder is: a file, what a row is, columns with kind and meaning."""

from dataclasses import dataclass
from types import MappingProxyType

import polars as pl

__all__ = ["FLAG", "NUMBER", "TEXT", "WHOLE", "ResultTable", "result_table"]

TEXT, NUMBER, WHOLE, FLAG = pl.String(), pl.Float64(), pl.Int64(), pl.Boolean()


@dataclass(frozen=True, slots=True)
class ResultTable:
    """One table of the results folder.

    Parameters
    ----------
    file : str
        Its file name; the ending says the format.
    one_row_per : str
        What a row is.
    columns : mapping from name to (polars type, meaning)
        Always all there, in this order; an estimate that could not be made is null and its
        `status` says why.
    """

    file: str
    one_row_per: str
    columns: MappingProxyType[str, tuple[pl.DataType, str]]

    @property
    def schema(self) -> dict[str, pl.DataType]:
        """The polars schema."""
        return {name: kind for name, (kind, _) in self.columns.items()}


def result_table(path: str, one_row_per: str, /, **columns: tuple[pl.DataType, str]) -> ResultTable:
    """Return the table with these columns, in their order."""
    return ResultTable(path, one_row_per, MappingProxyType(columns))
