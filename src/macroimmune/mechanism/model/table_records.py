"""Rows of the tables that the package declares, and records made of them."""

import csv
import dataclasses
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, TypeVar

__all__ = ["as_record", "table_rows"]

_Record = TypeVar("_Record")


def table_rows(package: str, name: str) -> list[dict[str, str]]:
    """Return the rows of a CSV file of a package of the model, in file order, as they are written.

    Parameters
    ----------
    package : str
        Of `macroimmune.mechanism`, such as `scenarios`.
    name : str
        Path of the file within it.
    """
    table = files(f"macroimmune.mechanism.{package}").joinpath(name)
    with table.open(encoding="utf-8") as text:
        return list(csv.DictReader(text))


def as_record(kind: type[_Record], row: Mapping[str, str], **given: Any) -> _Record:
    """Return a row as a record: its texts as written, its numbers as numbers.

    Parameters
    ----------
    kind : type
        A dataclass; a field is text (`str`), a number (`float`), or a number where the cell is
        not empty (`float | None`).
    row : mapping of str to str
        With a cell per field, and others.
    given
        Fields that are not the cell of their name.
    """
    found = dict(given)
    for field in dataclasses.fields(kind):  # type: ignore[arg-type]
        if field.name in given:
            continue
        cell = row[field.name]
        if field.type is str:
            found[field.name] = cell
        else:
            found[field.name] = float(cell) if cell or field.type is float else None
    return kind(**found)
