"""The runs in which targets are measured, and the measuring of their courses."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.errors import InputError
from macroimmune.mechanism.fitting.cell_groups import missing_names, with_cell_groups
from macroimmune.mechanism.fitting.targets import Target
from macroimmune.mechanism.model import Engine
from macroimmune.mechanism.scenarios import Intervention, Scenario, run_scenario

__all__ = [
    "experiments",
    "measured_targets",
    "refusal",
    "unmeasurable",
]

Floats = NDArray[np.float64]

_SETTLE_DAYS = 150.0
_RECOVERED = 0.6


@cache
def experiments() -> dict[str, Scenario]:
    """Return the experiments by name: scenarios of a human without tumour."""
    path = files("macroimmune.mechanism.fitting") / "data" / "experiments.toml"
    text = path.read_text(encoding="utf-8")
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
    frame = with_cell_groups(run.course, values).filter(pl.col("day") >= 0)
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
