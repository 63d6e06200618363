"""Sensitivity of declared outputs to the immune parameters: Morris, and Sobol of the strongest."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.errors import InputError
from macroimmune.mechanism.fitting.cell_groups import missing_names, with_cell_groups
from macroimmune.mechanism.fitting.experiments import refusal
from macroimmune.mechanism.fitting.fitted_parameters import ParameterSpace
from macroimmune.mechanism.model import Engine
from macroimmune.mechanism.scenarios import Intervention, Scenario, run_scenario

__all__ = [
    "METHODS",
    "Output",
    "available_outputs",
    "morris",
    "morris_points",
    "output_values",
    "outputs",
    "sobol",
    "sobol_points",
]

Floats = NDArray[np.float64]

METHODS = ("morris", "sobol")
_LEVELS = 6
# A number below counts as this: 10^9 cells, so a single cell is the least that is told apart.
_LEAST = 1e-9


@dataclass(frozen=True, slots=True)
class Output:
    """One number of a run.

    Parameters
    ----------
    name : str
    scenario : Scenario
    day : float
    expression : str
        Over columns, cell groups and parameters of the model.
    meaning : str
    """

    name: str
    scenario: Scenario
    day: float
    expression: str
    meaning: str


@cache
def outputs() -> tuple[Output, ...]:
    """Return the declared outputs, in the order of their file."""
    path = files("macroimmune.mechanism.fitting") / "data" / "sensitivity_outputs.toml"
    said = tomllib.loads(path.read_text(encoding="utf-8"))
    runs = {name: _scenario(name, one) for name, one in said["scenarios"].items()}
    return tuple(
        Output(name, runs[one["scenario"]], one["day"], one["expression"], one["meaning"])
        for name, one in said["outputs"].items()
    )


@cache
def available_outputs() -> tuple[Output, ...]:
    """Return the declared outputs that the model as it stands can be asked for."""
    return tuple(
        one for one in outputs() if not missing_names(one.expression) and not refusal(one.scenario)
    )


def _scenario(name: str, said: Mapping[str, object]) -> Scenario:
    given = dict(said)
    doses = given.pop("interventions", ())
    return Scenario(name, interventions=tuple(Intervention(**one) for one in doses), **given)  # type: ignore[arg-type,attr-defined]


def output_values(engine: Engine, values: Mapping[str, float], chosen: Sequence[Output]) -> Floats:
    """Return the logarithm of each output.

    Parameters
    ----------
    engine : Engine
    values : mapping
        Parameters that differ from the table.
    chosen : sequence of Output

    Returns
    -------
    logs : (n,) array
        NaN where the run ended early. A number below 1e-9 counts as 1e-9.
    """
    logs = np.full(len(chosen), np.nan)
    for scenario in dict.fromkeys(one.scenario for one in chosen):
        of_run = [place for place, one in enumerate(chosen) if one.scenario == scenario]
        days = sorted({float(chosen[place].day) for place in of_run})
        run = run_scenario(scenario, values=values, days=days, engine=engine)
        if run.status:
            continue
        frame = with_cell_groups(run.course, values)
        for place in of_run:
            row = frame.filter(pl.col("day") == chosen[place].day)
            number = row.select(pl.sql_expr(chosen[place].expression)).item()
            logs[place] = np.log(max(float(number), _LEAST))
    return logs


def _problem(space: ParameterSpace) -> dict[str, object]:
    bounds = np.column_stack([space.low, space.high]).tolist()
    return {"num_vars": len(space.names), "names": list(space.names), "bounds": bounds}


def morris_points(space: ParameterSpace, trajectories: int, seed: int) -> Floats:
    """Return the points of a Morris design: logarithms of the parameters, a row per point.

    Parameters
    ----------
    space : ParameterSpace
    trajectories : int
        Each asks for one point more than there are parameters.
    seed : int
    """
    # Slow to import, and an extra.
    from SALib.sample import morris as design

    points: Floats = design.sample(_problem(space), trajectories, num_levels=_LEVELS, seed=seed)
    return points


def morris(space: ParameterSpace, points: Floats, found: Floats, seed: int) -> pl.DataFrame:
    """Return the elementary effects of each parameter on one output.

    Parameters
    ----------
    space : ParameterSpace
    points : (n, p) array
        Of `morris_points`.
    found : (n,) array
        The output at the points, log scale.
    seed : int
        Of the bootstrap of the intervals.

    Returns
    -------
    effects : polars.DataFrame
        `parameter`, `effect` (mean of the absolute elementary effects: the change of the log
        output over the parameter's whole range), its 95 % interval `effect_ci_low` and
        `effect_ci_high`, `signed` (mean with sign) and `spread` (standard deviation: interaction
        and bend), the strongest first.

    Raises
    ------
    InputError
        If an output is not a number.
    """
    _refuse_gaps(found)
    from SALib.analyze import morris as analysis

    told = analysis.analyze(_problem(space), points, found, num_levels=_LEVELS, seed=seed)
    effects = {
        "parameter": pl.Series(space.names),
        **_with_interval("effect", told["mu_star"], told["mu_star_conf"]),
        "signed": pl.Series(np.asarray(told["mu"], dtype=float)),
        "spread": pl.Series(np.asarray(told["sigma"], dtype=float)),
    }
    return pl.DataFrame(effects).sort("effect", descending=True, maintain_order=True)


def sobol_points(space: ParameterSpace, base: int, seed: int) -> Floats:
    """Return the points of a Sobol design of first and total order.

    Parameters
    ----------
    space : ParameterSpace
    base : int
        A power of 2; each asks for two points more than there are parameters.
    seed : int
    """
    from SALib.sample import sobol as design

    points: Floats = design.sample(_problem(space), base, calc_second_order=False, seed=seed)
    return points


def sobol(space: ParameterSpace, found: Floats, seed: int) -> pl.DataFrame:
    """Return the shares of the variance of one output that each parameter explains.

    Parameters
    ----------
    space : ParameterSpace
    found : (n,) array
        The output at `sobol_points`, log scale.
    seed : int
        Of the bootstrap of the intervals.

    Returns
    -------
    shares : polars.DataFrame
        `parameter`, `total` and `first` (shares of the variance with and without interaction),
        each with its 95 % interval, such as `total_ci_low`; the largest total first. All 0 where
        the output does not vary.

    Raises
    ------
    InputError
        If an output is not a number.
    """
    _refuse_gaps(found)
    told = dict.fromkeys(("ST", "ST_conf", "S1", "S1_conf"), np.zeros(len(space.names)))
    if np.ptp(found) > 0:
        from SALib.analyze import sobol as analysis

        told = analysis.analyze(_problem(space), found, calc_second_order=False, seed=seed)
    shares = {"parameter": pl.Series(space.names)}
    for name, code in (("total", "ST"), ("first", "S1")):
        shares |= _with_interval(name, told[code], told[f"{code}_conf"])
    return pl.DataFrame(shares).sort("total", descending=True, maintain_order=True)


def _with_interval(name: str, middle: Floats, half: Floats) -> dict[str, pl.Series]:
    centre, reach = np.asarray(middle, dtype=float), np.asarray(half, dtype=float)
    return {
        name: pl.Series(centre),
        f"{name}_ci_low": pl.Series(centre - reach),
        f"{name}_ci_high": pl.Series(centre + reach),
    }


def _refuse_gaps(found: Floats) -> None:
    """Refuse outputs that are not all numbers.

    Raises
    ------
    InputError
        With their count.
    """
    gaps = int((~np.isfinite(found)).sum())
    if gaps:
        msg = f"{gaps} of {len(found)} outputs are no numbers; replace them before the analysis"
        raise InputError(msg)
