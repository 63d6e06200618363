"""Read the tables of the evidence: plain CSV in which every cell stays the word that it is."""

import csv
from importlib.resources import files

__all__ = ["parts", "table"]


def table(name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of one table of the evidence, in file order.

    Parameters
    ----------
    name : str
        Name of the table, without `.csv`.

    Notes
    -----
    Convention: nothing is inferred. `null` and `none` are words of the vocabulary, an empty cell
    is the empty text.
    """
    text = files("macroimmune.evidence").joinpath("data", f"{name}.csv").read_text("utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def parts(cell: str) -> tuple[str, ...]:
    """Return what a cell lists between semicolons.

    Examples
    --------
    >>> parts("breast; cervical;liver"), parts("")
    (('breast', 'cervical', 'liver'), ())
    """
    return tuple(part.strip() for part in cell.split(";") if part.strip())
