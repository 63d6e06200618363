"""An earlier reference from a file: read as what anybody may have changed since."""

import math
from pathlib import Path

import numpy as np
import polars as pl

from macroimmune.errors import FormatError
from macroimmune.evidence import find_stimulus
from macroimmune.response.score.declared import SCORED_FAMILY, declared_list
from macroimmune.response.score.reference import LEAST_PEOPLE, FrozenReference
from macroimmune.response.score.series import SERIES, Series
from macroimmune.results import RESULT_TABLES
from macroimmune.results.result_table import NUMBER, TEXT, WHOLE

__all__ = ["matching_reference", "read_reference"]

_TABLE = "responsiveness_reference"
_KEY = [*SERIES, "population", "unit", "marker"]
_MOST_BYTES = 10_000_000
_WHAT = "responsiveness_reference.csv of an earlier run"


def read_reference(path: Path) -> pl.DataFrame:
    """Return the table `responsiveness_reference` of an earlier run.

    Parameters
    ----------
    path : Path

    Returns
    -------
    reference : polars DataFrame
        The declared columns.

    Raises
    ------
    FormatError
        If the file is not there, is no such table, or holds what no run writes.
    """
    text = _text_table(path)
    columns = RESULT_TABLES[_TABLE].schema
    missing = [name for name in columns if name not in text.columns]
    if missing:
        msg = f"{path}: no column {', '.join(missing)}; expected the {_WHAT}"
        raise FormatError(msg)
    table = text.select(
        pl.col(name).fill_null("") if kind == TEXT else _numbers(path, text, name, kind)
        for name, kind in columns.items()
    )
    _check_rows(path, table)
    return table


def _text_table(path: Path) -> pl.DataFrame:
    """Return the cells of the file as text.

    Raises
    ------
    FormatError
        If there is no such file, or it is no table.
    """
    if not path.is_file():
        msg = f"{path}: no such file; reference_file names the {_WHAT}, from the study's folder"
        raise FormatError(msg)
    n_bytes = path.stat().st_size
    if n_bytes > _MOST_BYTES:
        msg = f"{path}: {n_bytes / 1e6:.0f} MB; expected the {_WHAT}, which is smaller than 10 MB"
        raise FormatError(msg)
    try:
        return pl.read_csv(path, infer_schema=False)
    except (pl.exceptions.PolarsError, OSError) as error:
        msg = f"{path}: no table with commas ({error}); expected the {_WHAT}"
        raise FormatError(msg) from error


def _numbers(path: Path, text: pl.DataFrame, name: str, kind: pl.DataType) -> pl.Series:
    """Return a column of numbers.

    Raises
    ------
    FormatError
        If a cell is no finite number, or no whole one where it should be.
    """
    cells = text[name].str.strip_chars().replace("", None)
    values = cells.cast(NUMBER, strict=False)
    wrong = cells.is_not_null() & ~values.is_finite().fill_null(value=False)
    if kind == WHOLE:
        wrong |= (values != values.round()).fill_null(value=False)
    if wrong.any():
        row = int(wrong.arg_max() or 0)
        what = "whole number" if kind == WHOLE else "number"
        msg = f"{path}, row {row + 2}, {name} = {cells[row]!r}: no {what}; expected the {_WHAT}"
        raise FormatError(msg)
    return values.cast(kind).alias(name)


def _check_rows(path: Path, table: pl.DataFrame) -> None:
    """Refuse rows that no run writes.

    Raises
    ------
    FormatError
        With the first such row.
    """
    seen: dict[tuple[object, ...], int] = {}
    for row, values in enumerate(table.iter_rows(named=True), start=2):
        key = tuple(values[name] for name in _KEY)
        problem = _problem(values)
        if key in seen:
            problem = f"the same series, population and marker as row {seen[key]}"
        seen[key] = row
        if problem:
            msg = f"{path}, row {row}: {problem}; take the {_WHAT} as it was written"
            raise FormatError(msg)
    if table.filter(pl.col("scaled_mad").is_not_null()).is_empty():
        msg = f"{path}: no marker has a scaled_mad, so nothing can be standardised; take another"
        raise FormatError(msg)


def _problem(row: dict[str, object]) -> str:
    """Return what is wrong with a row, empty where nothing is."""
    declared = declared_list(str(row["marker_list"]))
    if declared is None or declared.family != SCORED_FAMILY:
        return f"marker_list {row['marker_list']!r} is none of type I interferon"
    for name in ("scaled_mad", "unstimulated_scaled_mad"):
        spread = _number(row[name])
        if spread <= 0:
            return f"{name} = {spread:g}; it is above zero"
    n, median, spread = (_number(row[name]) for name in ("n_reference", "median", "scaled_mad"))
    if math.isfinite(spread) and not math.isfinite(median):
        return "scaled_mad without median"
    if math.isfinite(spread) and not n >= LEAST_PEOPLE:
        return f"n_reference = {row['n_reference']}; a reference is {LEAST_PEOPLE} people or more"
    low, high = _number(row["low_tertile"]), _number(row["high_tertile"])
    if low > high or math.isfinite(low) != math.isfinite(high):
        return "low_tertile and high_tertile are not two numbers in ascending order"
    return ""


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else math.nan


def matching_reference(table: pl.DataFrame, series: Series) -> tuple[FrozenReference | None, str]:
    """Return the reference of a series.

    Parameters
    ----------
    table : polars DataFrame
        As `read_reference` returns it.
    series : Series

    Returns
    -------
    reference : FrozenReference or None
    status : str
        Why there is none, or that it is of another panel.

    Notes
    -----
    Convention: modality, list, stimulus, minutes, dose, population and unit are the same; the
    panel too, or else the file holds one panel alone.
    """
    rows = table.filter(
        pl.lit(value=True).and_(
            *(
                pl.col(name).eq_missing(pl.lit(series.key[name], dtype=table.schema[name]))
                for name in SERIES
                if name not in {"panel", "stimulus"}
            )
        ),
        pl.col("population") == series.population,
        pl.col("unit") == series.unit,
    )
    same = _stimulus(str(series.key["stimulus"]))
    rows = rows.filter(
        pl.Series([_stimulus(one) == same for one in rows["stimulus"]], dtype=pl.Boolean)
    )
    of_panel = rows.filter(pl.col("panel") == series.key["panel"])
    if of_panel.is_empty() and rows["panel"].n_unique() > 1:
        return None, "no reference: the file holds several panels and this one is not among them"
    status = ""
    if of_panel.is_empty() and not rows.is_empty():
        status = f"reference of panel {rows['panel'][0] or 'without name'}"
    rows = rows if of_panel.is_empty() else of_panel
    if rows.filter(pl.col("marker") != "").is_empty():
        what = f"{series.stimulus}, {series.population}, {series.unit}"
        return None, f"no reference: the file holds none of {what}"
    return _frozen(rows, series.markers), status


def _stimulus(words: str) -> str:
    known = find_stimulus(words)
    return known.id if known else words.casefold()


def _frozen(rows: pl.DataFrame, markers: tuple[str, ...]) -> FrozenReference:
    """Return the reference of these markers; tertiles only where they are those of the list."""
    by_marker = {row["marker"]: row for row in rows.iter_rows(named=True)}

    def column(name: str) -> list[float]:
        return [_number(by_marker.get(marker, {}).get(name)) for marker in markers]

    used = {name for name, row in by_marker.items() if name and row["scaled_mad"] is not None}
    whole = by_marker.get("", {}) if used <= set(markers) else {}
    return FrozenReference(
        median=np.array(column("median")),
        scaled_mad=np.array(column("scaled_mad")),
        level_median=np.array(column("unstimulated_median")),
        level_scaled_mad=np.array(column("unstimulated_scaled_mad")),
        n_people=np.nan_to_num(np.array(column("n_reference"))).astype(np.int64),
        low_tertile=_number(whole.get("low_tertile")),
        high_tertile=_number(whole.get("high_tertile")),
    )
