"""A spillover matrix from a table file, as programs export it."""

import csv
import math
from pathlib import Path

import numpy as np

from macroimmune.errors import FormatError
from macroimmune.formats import Spillover

__all__ = ["read_spillover"]

_MOST_BYTES = 10_000_000


def read_spillover(path: Path | str) -> Spillover:
    """Return the spillover matrix of a CSV or tab-separated file.

    Parameters
    ----------
    path : Path or str
        A line with the names of the detectors, then a line per dye in the same order. The lines
        may begin with the name of the dye. What stands after ``::`` in a name is not read (FlowJo
        writes the antigen there).

    Returns
    -------
    spillover : Spillover
        Its `keyword` is the name of the file.

    Raises
    ------
    FormatError
        If there is no such file, or it is no square matrix of finite numbers.
    """
    path = Path(path)
    rows = _rows(path)
    header, *lines = rows or [[]]
    is_named = bool(lines) and (len(lines[0]) > len(lines) or not header[0])
    names = [_bare(name) for name in (header[1:] if is_named and not _bare(header[0]) else header)]
    dyes = [_bare(line[0]) for line in lines] if is_named else names
    numbers = [[_number(cell) for cell in (line[1:] if is_named else line)] for line in lines]
    is_square = len(numbers) == len(names) > 0 and all(len(one) == len(names) for one in numbers)
    if not is_square or not np.isfinite(numbers).all():
        msg = (
            f"{path.name}: {len(names)} names and {len(lines)} lines; expected a line of detectors "
            "and, for each, a line of as many finite numbers; export the matrix as CSV again"
        )
        raise FormatError(msg)
    if sorted(dyes) != sorted(names):
        msg = (
            f"{path.name}: lines {', '.join(dyes[:5])}, columns {', '.join(names[:5])}; expected "
            "the same names; export the matrix as CSV again"
        )
        raise FormatError(msg)
    order = [dyes.index(name) for name in names]
    return Spillover(tuple(names), np.array(numbers)[order], path.name)


def _rows(path: Path) -> list[list[str]]:
    try:
        with path.open("rb") as stream:
            raw = stream.read(_MOST_BYTES + 1)
        text = raw.decode("utf-8-sig")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8"
        msg = f"{path}: cannot be read ({reason}); expected a matrix as CSV; correct the path"
        raise FormatError(msg) from error
    if len(raw) > _MOST_BYTES:
        msg = f"{path.name}: above 10 MB; expected a spillover matrix as CSV"
        raise FormatError(msg)
    first = text.partition("\n")[0]
    mark = max(",;\t", key=first.count)
    rows = csv.reader(text.splitlines(), delimiter=mark)
    return [cells for row in rows if any(cells := [cell.strip() for cell in row])]


def _bare(name: str) -> str:
    return name.partition("::")[0].strip()


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return math.nan
