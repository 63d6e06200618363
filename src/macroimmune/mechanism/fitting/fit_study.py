"""A whole fit: many starts, what it changed, and which parameters the data fix."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.mechanism.acceptance import claims_state
from macroimmune.mechanism.fitting.adoption import adopted
from macroimmune.mechanism.fitting.experiments import unmeasurable
from macroimmune.mechanism.fitting.identifiability import identified, slopes_along
from macroimmune.mechanism.fitting.local_search import Found
from macroimmune.mechanism.fitting.loss import term_losses
from macroimmune.mechanism.fitting.multistart import FitPlan, fit
from macroimmune.mechanism.fitting.objective import Objective
from macroimmune.mechanism.fitting.targets import targets
from macroimmune.mechanism.model import parameters
from macroimmune.work import WorkTask, load_record, run_tasks, save_record

__all__ = ["FitStudy", "fit_study"]

Floats = NDArray[np.float64]
MakeObjective = Callable[[], Objective]
Progress = Callable[[str, int, int], None]

_SLOPES = "slopes.npz"
_BLOCK = 16


@dataclass(frozen=True, slots=True)
class FitStudy:
    """What a fit came to.

    Parameters
    ----------
    best : Found
        Where the fit ended: what the search found, or what of it is taken.
    loss_before : float
        Of the parameter table as it stands.
    values : dict of str to float
        Parameters that are not as in the table, by name.
    tables : dict of str to DataFrame
        By their names in the results.
    """

    best: Found
    loss_before: float
    values: dict[str, float]
    tables: dict[str, pl.DataFrame]


@dataclass(frozen=True, slots=True)
class _Slopes:
    slopes: Floats


def fit_study(
    make_objective: MakeObjective,
    plan: FitPlan,
    folder: Path,
    *,
    make_costly: MakeObjective | None = None,
    with_ranges: bool,
    workers: int = 1,
    progress: Progress | None = None,
) -> FitStudy:
    """Fit the model and tell what it changed.

    Parameters
    ----------
    make_objective : callable
        A function at the top of a module.
    plan : FitPlan
    folder : Path
        Keeps every evaluation; the same study in the same folder goes on where it was.
    make_costly : callable or None
        Of the claims that take too long for each step of the search: what is taken of its moves
        is then judged with them, in `model_fit_moves`.
    with_ranges : bool
        Whether to tell which parameters the data fix: two evaluations more per parameter.
    workers : int
        Processes.
    progress : callable or None
        Called with the stage, and how much of it is done of how much.
    """
    say = progress or (lambda stage, done, total: None)
    objective = plan.objective(make_objective)
    starts = fit(
        make_objective,
        plan,
        folder,
        workers=workers,
        progress=lambda done, total: say("starts", done, total),
    )
    best, start = starts[0], objective.space.start
    tables = {"model_fit_starts": _starts_table(starts)}
    if make_costly is not None:
        known = parameters()
        best, moves = adopted(
            partial(plan.objective, make_objective),
            make_costly,
            best,
            [known[name].process for name in objective.space.names],
            folder,
            workers=workers,
            progress=lambda done, total: say("moves", done, total),
        )
        tables["model_fit_moves"] = pl.DataFrame(moves, schema_overrides={"share": pl.Float64})
    before = objective.measured(start)
    tables |= {
        "model_fit_losses": _losses_table(objective, before, best),
        "model_fit_targets": _targets_table(objective, before, best),
        "model_fit_parameters": _parameters_table(objective, best),
    }
    if with_ranges:
        slopes = _slopes(make_objective, plan, best, folder, workers, say)
        tables["model_identifiability"] = pl.DataFrame(
            identified(objective, best.logs, best.measured, slopes)
        )
    moved = dict(zip(objective.space.names, best.logs != start, strict=True))
    values = {name: v for name, v in objective.space.values(best.logs).items() if moved[name]}
    return FitStudy(best, objective.loss(start, before), values, tables)


def _starts_table(starts: list[Found]) -> pl.DataFrame:
    return pl.DataFrame({
        "rank": range(1, len(starts) + 1),
        "loss": [one.loss for one in starts],
        "n_evaluations": [one.evaluations for one in starts],
    })


def _losses_table(objective: Objective, before: Floats, best: Found) -> pl.DataFrame:
    first = objective.by_section(objective.space.start, before)
    last = objective.by_section(best.logs, best.measured)
    rows = [
        {"section": name, "loss_before": loss, "loss_after": last[name]}
        for name, loss in first.items()
    ]
    total = {
        "section": "all",
        "loss_before": sum(first.values()),
        "loss_after": sum(last.values()),
    }
    return pl.DataFrame([*rows, total])


def _targets_table(objective: Objective, before: Floats, best: Found) -> pl.DataFrame:
    terms = objective.terms
    places = {name: place for place, name in enumerate(terms.names) if not terms.is_claim[place]}
    losses = term_losses(before, terms), term_losses(best.measured, terms)
    without = unmeasurable(targets())
    rows = []
    for one in targets():
        row: dict[str, object] = {
            "target": one.id,
            "experiment": one.experiment,
            "meaning": one.meaning,
            "unit": one.unit,
            "published": one.value,
            "published_low": one.low,
            "published_high": one.high,
            "grade": one.grade,
            "source": one.source,
            "status": without.get(one.id, ""),
        }
        if one.id in places:
            place = places[one.id]
            row |= {
                "before": _number(before[place]),
                "after": _number(best.measured[place]),
                "loss_before": losses[0][place],
                "loss_after": losses[1][place],
            }
            if row["after"] is None:
                row["status"] = "the run ended early, or the course has no such day"
        rows.append(row)
    return pl.DataFrame(rows, infer_schema_length=None)


def _number(log: float) -> float | None:
    return float(np.exp(log)) if np.isfinite(log) else None


def _parameters_table(objective: Objective, best: Found) -> pl.DataFrame:
    space, known = objective.space, parameters()
    shifts = (best.logs - space.centre) / space.sd
    return pl.DataFrame([
        {
            "parameter": name,
            "process": known[name].process,
            "before": known[name].value,
            "after": float(np.exp(best.logs[place])),
            "low": known[name].low,
            "high": known[name].high,
            "unit": known[name].unit,
            "prior_distance": float(shifts[place]),
        }
        for place, name in enumerate(space.names)
    ])


def _slopes(
    make_objective: MakeObjective,
    plan: FitPlan,
    best: Found,
    folder: Path,
    workers: int,
    say: Progress,
) -> Floats:
    """Return the slopes of all terms along all parameters, from blocks of columns."""
    count = len(best.logs)
    blocks = [np.arange(first, min(first + _BLOCK, count)) for first in range(0, count, _BLOCK)]
    told = (
        claims_state().encode()
        + best.logs.tobytes()
        + repr((plan.parameters, len(best.measured))).encode()
    )
    key = sha256(told).hexdigest()[:16]
    tasks = [
        WorkTask(f"slopes-{block[0]}-{key}", _one_block, (make_objective, plan, best.logs, block))
        for block in blocks
    ]
    run_tasks(
        tasks, folder, workers=workers, progress=lambda done, total: say("slopes", done, total)
    )
    return np.hstack([load_record(folder / task.key / _SLOPES, _Slopes).slopes for task in tasks])


def _one_block(
    arguments: tuple[MakeObjective, FitPlan, Floats, NDArray[np.int64]], folder: Path
) -> None:
    make_objective, plan, logs, block = arguments
    objective = plan.objective(make_objective)
    save_record(folder / _SLOPES, _Slopes(slopes_along(objective, logs, block)))
