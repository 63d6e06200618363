"""The runs in which targets are measured, and the measuring of their courses."""

import csv
import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.errors import InputError
from macroimmune.mechanism.fitting.targets import Target
from macroimmune.mechanism.model import Engine, parameters
from macroimmune.mechanism.scenarios import Intervention, Scenario, run_scenario

__all__ = [
    "course_frame",
    "experiments",
    "measured_targets",
    "missing_names",
    "refusal",
    "unmeasurable",
]

Floats = NDArray[np.float64]

_SETTLE_DAYS = 150.0
_BLOOD_LITRES = 5.0
_RECOVERED = 0.6
_COMPARTMENTS = {"marrow": "bm", "blood": "bl", "spleen": "sp", "node": "ln"}
_NAME = re.compile(r"[A-Za-z_][A-Za-z_0-9]*")


@cache
def experiments() -> dict[str, Scenario]:
    """Return the experiments by name: scenarios of a human without tumour."""
    text = (_data() / "experiments.toml").read_text(encoding="utf-8")
    return {
        name: Scenario(
            name,
            species="human",
            settle_days=_SETTLE_DAYS,
            days=one["days"],
            interventions=tuple(Intervention(**given) for given in one.get("interventions", ())),
        )
        for name, one in tomllib.loads(text).items()
    }


def _data() -> Any:
    return files("macroimmune.mechanism.fitting") / "data"


@cache
def _groups() -> dict[str, tuple[str, ...]]:
    text = (_data() / "cell_groups.toml").read_text(encoding="utf-8")
    return {name: tuple(members) for name, members in tomllib.loads(text).items()}


@cache
def _masses() -> dict[str, float]:
    with (_data() / "cell_masses.csv").open(encoding="utf-8") as text:
        return {row["cells"]: float(row["picograms"]) for row in csv.DictReader(text)}


@cache
def _outside() -> dict[str, float]:
    """Return the cells of the body outside the places of the model, in 10^9, by group."""
    with (_data() / "outside_cells.csv").open(encoding="utf-8") as text:
        return {row["cells"]: float(row["number"]) for row in csv.DictReader(text)}


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


def course_frame(course: pl.DataFrame, values: Mapping[str, float]) -> pl.DataFrame:
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


def unmeasurable(chosen: Sequence[Target]) -> dict[str, str]:
    """Return the targets that the model as it stands cannot be asked for, with the reason."""
    reasons = {}
    for one in chosen:
        if missing := missing_names(one.expression):
            reasons[one.id] = f"the model has no {', '.join(missing)}"
        elif refused := refusal(experiments()[one.experiment]):
            reasons[one.id] = refused
    return reasons


@cache
def refusal(scenario: Scenario) -> str:
    """Return why a scenario cannot be run on the model as it stands, empty where it can."""
    try:
        run_scenario(scenario)
    except InputError as error:
        return str(error)
    return ""


def measured_targets(
    engine: Engine, values: Mapping[str, float], chosen: Sequence[Target]
) -> Floats:
    """Return the logarithm of each target as the model has it.

    Parameters
    ----------
    engine : Engine
    values : mapping
        Parameters that differ from the table.
    chosen : sequence of Target
        That the model can be asked for.

    Returns
    -------
    measured : (n,) array
        NaN where the run failed, or the number is not positive.
    """
    frames: dict[str, pl.DataFrame] = {}
    measured = np.full(len(chosen), np.nan)
    for place, one in enumerate(chosen):
        if one.experiment not in frames:
            frames[one.experiment] = _run(engine, values, experiments()[one.experiment])
        number = _measure(frames[one.experiment], one)
        if number > 0:
            measured[place] = np.log(number)
    return measured


def _run(engine: Engine, values: Mapping[str, float], experiment: Scenario) -> pl.DataFrame:
    days = np.arange(0.0, experiment.days + 0.25, 0.5).tolist()
    run = run_scenario(experiment, values=values, days=days, engine=engine)
    frame = course_frame(run.course, values).filter(pl.col("day") >= 0)
    return frame.clear() if run.status else frame


@cache
def _expression(text: str) -> pl.Expr:
    return pl.sql_expr(text)


def _measure(frame: pl.DataFrame, one: Target) -> float:
    """Return the number that the target asks for, NaN where there is none."""
    if frame.is_empty():
        return float("nan")
    course = frame.select(_expression(one.expression)).to_series().to_numpy()
    days = frame["day"].to_numpy()
    if one.measure in {"level", "parameter"}:
        return float(course[-1])
    if one.measure in {"peak_fold", "peak_day"}:
        top = int(course.argmax())
        if one.measure == "peak_fold":
            return float(course[top] / course[0])
        return _turning_day(days, course, top)
    if one.measure.startswith(("nadir", "recovery")):
        return _after_nadir(days, course, one.measure)
    return _on_a_day(days, course, one)


def _after_nadir(days: Floats, course: Floats, measure: str) -> float:
    bottom = int(course.argmin())
    if measure == "nadir_fold":
        return float(course[bottom] / course[0])
    if measure == "nadir_day":
        return _turning_day(days, course, bottom)
    level = _RECOVERED * course[0]
    back = np.flatnonzero(course[bottom:] >= level)
    if not len(back) or not back[0]:
        return float("nan")
    after = bottom + int(back[0])
    part = (level - course[after - 1]) / (course[after] - course[after - 1])
    return float(days[after - 1] + part * (days[after] - days[after - 1]))


def _turning_day(days: Floats, course: Floats, top: int) -> float:
    """Return the day of a peak or nadir, between reported days by a parabola."""
    if not 0 < top < len(days) - 1:
        return float(days[top])
    before, there, after = course[top - 1 : top + 2]
    bend = before - 2 * there + after
    part = (before - after) / (2 * bend) if bend else 0.0
    return float(days[top] + part * (days[top + 1] - days[top]))


def _on_a_day(days: Floats, course: Floats, one: Target) -> float:
    if one.measure == "half_life":
        fall = np.log(course[days == 1.0][0] / course[-1])
        return float((days[-1] - 1.0) * np.log(2) / fall) if fall > 0 else float("nan")
    there = int(np.flatnonzero(days == one.day)[0])
    before = course[0] if one.measure == "fold" else course[: there + 1].max()
    return float(course[there] / before)
