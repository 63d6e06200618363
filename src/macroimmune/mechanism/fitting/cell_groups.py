"""Cell groups: the immune cells of body and compartments, counted and weighed in a course."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import polars as pl

from macroimmune.mechanism.model import Engine, parameters, table_rows

__all__ = ["with_cell_groups", "missing_names"]

_BLOOD_LITRES = 5.0
_COMPARTMENTS = {"marrow": "bm", "blood": "bl", "spleen": "sp", "node": "ln"}
_NAME = re.compile(r"[A-Za-z_][A-Za-z_0-9]*")


@cache
def _groups() -> dict[str, tuple[str, ...]]:
    path = files("macroimmune.mechanism.fitting") / "data" / "cell_groups.toml"
    text = path.read_text(encoding="utf-8")
    return {name: tuple(members) for name, members in tomllib.loads(text).items()}


@cache
def _masses() -> dict[str, float]:
    rows = table_rows("fitting", "data/cell_masses.csv")
    return {row["cells"]: float(row["picograms"]) for row in rows}


@cache
def _outside() -> dict[str, float]:
    """Return the cells of the body outside the places of the model, in 10^9, by group."""
    rows = table_rows("fitting", "data/outside_cells.csv")
    return {row["cells"]: float(row["number"]) for row in rows}


@cache
def _members(columns: tuple[str, ...]) -> dict[str, list[str]]:
    """Return the columns that each group holds, in all compartments and in each one."""
    found: dict[str, list[str]] = {}
    for group, names in _groups().items():
        for place, code in (("", "bm|bl|sp|ln|tu|lu|pe"), *_COMPARTMENTS.items()):
            pattern = re.compile(rf"({'|'.join(names)})_({code})\d*")
            held = [column for column in columns if pattern.fullmatch(column)]
            if held:
                found[f"{group}_{place}" if place else group] = held
    return found


def with_cell_groups(course: pl.DataFrame, values: Mapping[str, float]) -> pl.DataFrame:
    """Return a course with cell groups, the mass of all immune cells, and parameters as columns.

    Parameters
    ----------
    course : polars.DataFrame
        `day` and columns of the model.
    values : mapping
        Parameters that differ from the table.

    Notes
    -----
    Convention: numbers in 10^9 cells, mass in kg; blood has 5 litres. The model has one node and
    no other tissue: what the body has outside is added to a group, all immune cells and the mass,
    as `outside_cells.csv` counts it.
    """
    held = _members(tuple(course.columns))
    sums = [
        (pl.sum_horizontal(columns) + _outside().get(name, 0.0)).alias(name)
        for name, columns in held.items()
    ]
    sums += [pl.lit(n).alias(name) for name, n in _outside().items() if name not in held]
    constants = {name: one.value for name, one in parameters().items()} | dict(values)
    fixed = [pl.lit(value).alias(name) for name, value in constants.items()]
    frame = course.with_columns(*sums, *fixed)
    frame = frame.with_columns(pl.lit(_BLOOD_LITRES).alias("blood_litres"))
    kinds = [name for name in _masses() if name in held or name in _outside()]
    # 10^9 cells of 1 pg weigh 1 mg.
    mass = pl.sum_horizontal([pl.col(kind) * _masses()[kind] for kind in kinds]) / 1e6
    return frame.with_columns(*_totals(held), mass.alias("immune_mass"))


def _totals(held: Mapping[str, object]) -> list[pl.Expr]:
    """Return all immune cells, of the body and of each compartment, as sums of groups."""
    totals = []
    for place in ("", *(f"_{one}" for one in _COMPARTMENTS)):
        known = {*held, *([] if place else _outside())}
        parts = [f"{kind}{place}" for kind in _masses() if f"{kind}{place}" in known]
        if parts:
            totals.append(pl.sum_horizontal(parts).alias(f"immune_cells{place}"))
    return totals


def missing_names(expression: str) -> list[str]:
    """Return the names in an expression that neither model nor groups have."""
    columns = Engine().columns
    held = _members(columns)
    known = {*columns, *held, *parameters(), "blood_litres", "immune_mass"}
    known |= {one.meta.output_name() for one in _totals(held)}
    return sorted(set(_NAME.findall(expression)) - known)
