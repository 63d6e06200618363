"""The sensitivity of all declared outputs: points run in blocks that go on after a kill."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.closest import did_you_mean
from macroimmune.errors import EstimationError, InputError
from macroimmune.mechanism.fitting.fitted_parameters import ParameterSpace, parameter_space
from macroimmune.mechanism.fitting.sensitivity import (
    METHODS,
    available_outputs,
    morris,
    morris_points,
    output_values,
    sobol,
    sobol_points,
)
from macroimmune.mechanism.model import Engine, model_text
from macroimmune.work import WorkTask, load_record, run_tasks, save_record

__all__ = ["SensitivityPlan", "sensitivity_tables"]

Floats = NDArray[np.float64]
Progress = Callable[[int, int], None]

_BLOCK = 64
_FOUND = "found.npz"


@dataclass(frozen=True, slots=True)
class SensitivityPlan:
    """How sensitivity is computed.

    Parameters
    ----------
    method : str
        One of `METHODS`.
    trajectories : int
        Of Morris, each one point more than there are parameters.
    base : int
        Of Sobol, a power of 2; each two points more than parameters are kept.
    strongest : int
        Of Sobol: how many parameters are kept, by their greatest effect on any output with
        Morris; the others stand at their values.
    seed : int
    parameters : tuple of str
        The only ones that are varied; empty: all that a fit may move.
    """

    method: str = "morris"
    trajectories: int = 10
    base: int = 64
    strongest: int = 15
    seed: int = 1
    parameters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Block:
    """Points and what was found at them."""

    points: Floats
    found: Floats


def sensitivity_tables(
    plan: SensitivityPlan, folder: Path, *, workers: int = 1, progress: Progress | None = None
) -> dict[str, pl.DataFrame]:
    """Return the tables of sensitivity by their name in the results.

    Parameters
    ----------
    plan : SensitivityPlan
    folder : Path
        Keeps the runs; the same plan on the same model goes on where it was.
    workers : int
        Processes.
    progress : callable or None
        Called with (blocks done, blocks) of each method.

    Returns
    -------
    tables : dict of str to DataFrame
        `model_sensitivity_morris`, and with Sobol `model_sensitivity_sobol`.

    Raises
    ------
    InputError
        If the method is unknown.
    EstimationError
        If fewer than half of the runs of an output reached their day.
    """
    if plan.method not in METHODS:
        msg = f"method {plan.method!r} is unknown. {did_you_mean(plan.method, METHODS)}"
        raise InputError(msg)
    space = parameter_space()
    if plan.parameters:
        space = space.subset(plan.parameters)
    points = morris_points(space, plan.trajectories, plan.seed)
    found = _asked(space, points, folder, workers, progress)
    tables = {"model_sensitivity_morris": _table(found, "morris", space, points, plan)}
    if plan.method == "sobol":
        kept = _strongest(space, tables["model_sensitivity_morris"], plan.strongest)
        points = sobol_points(kept, plan.base, plan.seed)
        found = _asked(kept, points, folder, workers, progress)
        tables["model_sensitivity_sobol"] = _table(found, "sobol", kept, points, plan)
    return tables


def _strongest(space: ParameterSpace, effects: pl.DataFrame, count: int) -> ParameterSpace:
    """Return the space of the parameters with the greatest effects on any output."""
    scaled = effects.with_columns(pl.col("effect") / pl.col("effect").max().over("output"))
    ranked = (
        scaled
        .fill_nan(0.0)
        .group_by("parameter", maintain_order=True)
        .agg(pl.col("effect").max())
        .sort("effect", descending=True, maintain_order=True)
    )
    return space.subset(ranked["parameter"].head(count).to_list())


def _asked(
    space: ParameterSpace,
    points: Floats,
    folder: Path,
    workers: int,
    progress: Progress | None,
) -> Floats:
    """Return the outputs at the points, a row per point."""
    blocks = [points[first : first + _BLOCK] for first in range(0, len(points), _BLOCK)]
    tasks = [WorkTask(_key(space, block), _one_block, (space, block)) for block in blocks]
    run_tasks(tasks, folder, workers=workers, progress=progress)
    return np.vstack([load_record(folder / task.key / _FOUND, _Block).found for task in tasks])


def _key(space: ParameterSpace, block: Floats) -> str:
    told = [model_text(), *space.names, *(repr(one) for one in available_outputs())]
    content = "\n".join(told).encode() + np.ascontiguousarray(block).tobytes()
    return f"sensitivity-{sha256(content).hexdigest()[:20]}"


def _one_block(arguments: tuple[ParameterSpace, Floats], folder: Path) -> None:
    space, block = arguments
    engine = Engine()
    found = np.array([
        output_values(engine, space.values(row), available_outputs()) for row in block
    ])
    save_record(folder / _FOUND, _Block(block, found))


def _table(
    found: Floats, method: str, space: ParameterSpace, points: Floats, plan: SensitivityPlan
) -> pl.DataFrame:
    parts = []
    for column, output in enumerate(available_outputs()):
        filled, status = _filled(found[:, column], output.name)
        analysed = (
            morris(space, points, filled, plan.seed)
            if method == "morris"
            else sobol(space, filled, plan.seed)
        )
        parts.append(
            analysed.select(
                pl.lit(output.name).alias("output"), pl.all(), pl.lit(status).alias("status")
            )
        )
    return pl.concat(parts)


def _filled(found: Floats, output: str) -> tuple[Floats, str]:
    """Return an output without gaps, and a sentence where there were any.

    Raises
    ------
    EstimationError
        If more than half are gaps.
    """
    gaps = ~np.isfinite(found)
    if not gaps.any():
        return found, ""
    count = int(gaps.sum())
    if 2 * count > len(found):
        msg = f"{output}: {count} of {len(found)} runs ended early; too many to tell sensitivity"
        raise EstimationError(msg)
    filled = np.where(gaps, np.median(found[~gaps]), found)
    return filled, f"{count} of {len(found)} runs ended early and count as the median"
