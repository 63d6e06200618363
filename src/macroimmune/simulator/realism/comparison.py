"""What stands beside what where raw measurements are compared."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

__all__ = ["RawComparison", "RowsBeside", "no_points", "points"]


@dataclass(frozen=True, slots=True, eq=False)
class RowsBeside:
    """Libraries, cells or clonotypes, one row each, virtual beside real.

    Parameters
    ----------
    real, virtual : polars DataFrame
        Of the same columns; the numbers of rows may differ.
    units : mapping from column to str
    is_correlated : bool
        Whether correlations between the columns are compared too.
    """

    real: pl.DataFrame
    virtual: pl.DataFrame
    units: Mapping[str, str]
    is_correlated: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class RawComparison:
    """Virtual measurements beside those of one public cohort.

    Parameters
    ----------
    kind : str
        Such as "repertoires".
    lead : str
        What stands on both sides, and how it was chosen.
    rows : tuple of RowsBeside
    points : polars DataFrame
        As from `points`.
    """

    kind: str
    lead: str
    rows: tuple[RowsBeside, ...]
    points: pl.DataFrame


def points(
    figure: str, unit: str, rows: Iterable[tuple[str, float | None, float, float]]
) -> pl.DataFrame:
    """Return one point per label: a number that is known of both sides.

    Parameters
    ----------
    figure, unit : str
    rows : tuples of label, x (None where real stands against virtual), real, virtual

    Returns
    -------
    points : polars DataFrame
        figure, unit, label, x, real, virtual.

    Examples
    --------
    >>> points("V genes", "%", [("TRBV2", None, 4.0, 5.0)]).row(0)
    ('V genes', '%', 'TRBV2', None, 4.0, 5.0)
    """
    schema = {"label": pl.String, "x": pl.Float64, "real": pl.Float64, "virtual": pl.Float64}
    frame = pl.DataFrame(list(rows), schema=schema, orient="row")
    return frame.select(pl.lit(figure).alias("figure"), pl.lit(unit).alias("unit"), pl.all())


def no_points() -> pl.DataFrame:
    """Return a table of no points."""
    return points("", "", ())
