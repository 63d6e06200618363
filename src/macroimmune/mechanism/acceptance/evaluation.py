"""The whole claims table: every run that is needed done once, every claim judged."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from macroimmune.evidence import Claim
from macroimmune.mechanism.acceptance.clonal_courses import run_clonal_needs
from macroimmune.mechanism.acceptance.frozen_rules import rules
from macroimmune.mechanism.acceptance.needs import (
    Courses,
    Need,
    NotEvaluatedError,
    run_needs,
    scenarios_of,
)
from macroimmune.mechanism.acceptance.outcome import ClaimOutcome, not_evaluated
from macroimmune.mechanism.acceptance.plans import Plan, plans_of
from macroimmune.mechanism.acceptance.read_from_clones import is_clonal
from macroimmune.mechanism.scenarios import Scenario

__all__ = ["Progress", "claim_outcomes", "courses_of"]

Progress = Callable[[int, int], None]
Run = tuple[Scenario, list[Need]]
# Runs that one process does before it says so; below some batches another process costs more.
_BATCH, _FEW = 12, 4


def claim_outcomes(
    chosen: Sequence[Claim],
    *,
    values: Mapping[str, float] | None = None,
    host: Mapping[str, float] | None = None,
    n_patients: int | None = None,
    n_seeds: int | None = None,
    workers: int = 1,
    progress: Progress | None = None,
) -> dict[str, ClaimOutcome]:
    """Return what each claim comes to, by its id.

    Parameters
    ----------
    chosen : sequence of Claim
    values : mapping of str to float, optional
        Immune parameters that differ from the table: one set for all claims.
    host : mapping of str to float, optional
        Inputs of every host, such as those of an ablation.
    n_patients : int, optional
        Of the virtual cohort behind associations; as in the rules if not given.
    n_seeds : int, optional
        Over which clones are averaged; as in `data/readouts.toml` if not given.
    workers : int
        Processes.
    progress : callable, optional
        Called with (runs done, runs).
    """
    said = rules()
    plans = plans_of(chosen, n_patients or said.patients)
    needs = dict.fromkeys(
        need for plan in plans.values() if not isinstance(plan, str) for need in plan.needs
    )
    courses = courses_of(
        list(needs),
        values or {},
        host or {},
        n_seeds=n_seeds,
        workers=workers,
        progress=progress,
    )
    return {name: _outcome(name, plan, courses) for name, plan in plans.items()}


def _outcome(name: str, plan: Plan | str, courses: Courses) -> ClaimOutcome:
    if isinstance(plan, str):
        return not_evaluated(name, plan)
    try:
        return plan.outcome(courses, rules())
    except NotEvaluatedError as error:
        return not_evaluated(name, str(error))


def courses_of(
    needs: Sequence[Need],
    values: Mapping[str, float],
    host: Mapping[str, float],
    *,
    n_seeds: int | None = None,
    workers: int = 1,
    progress: Progress | None = None,
) -> dict[Need, NDArray[np.float64] | str]:
    """Return the course of every need; each run is done once.

    Parameters
    ----------
    needs : sequence of Need
    values, host : mapping of str to float
        As in `claim_outcomes`.
    n_seeds : int, optional
    workers : int
    progress : callable, optional
    """
    runs = scenarios_of(needs)
    batches = _batches(runs)
    say = progress or (lambda done, total: None)
    found: dict[Need, NDArray[np.float64] | str] = {}
    if workers > 1 and len(batches) > _FEW:
        for one in _on_processes(batches, values, host, n_seeds, workers, say):
            found.update(one)
        return found
    done = 0
    for batch in batches:
        found.update(_batch(batch, values, host, n_seeds))
        done += len(batch)
        say(done, len(runs))
    return found


def _batches(runs: Sequence[Run]) -> list[Sequence[Run]]:
    """Return runs in batches: first, each alone, those with clones, which take longest."""
    clonal = [run for run in runs if _is_clonal(run)]
    others = [run for run in runs if not _is_clonal(run)]
    return [
        *([run] for run in clonal),
        *(others[start : start + _BATCH] for start in range(0, len(others), _BATCH)),
    ]


def _is_clonal(run: Run) -> bool:
    return is_clonal(run[1][0].observable)


def _batch(
    batch: Sequence[Run],
    values: Mapping[str, float],
    host: Mapping[str, float],
    n_seeds: int | None,
) -> dict[Need, NDArray[np.float64] | str]:
    found: dict[Need, NDArray[np.float64] | str] = {}
    for scenario, needs in batch:
        run = dataclasses.replace(scenario, host={**scenario.host, **host})
        if _is_clonal((run, needs)):
            courses = run_clonal_needs(run, needs, values, n_seeds=n_seeds)
        else:
            courses = run_needs(run, needs, values)
        found.update(zip(needs, courses, strict=True))
    return found


def _on_processes(
    batches: Sequence[Sequence[Run]],
    values: Mapping[str, float],
    host: Mapping[str, float],
    n_seeds: int | None,
    workers: int,
    say: Progress,
) -> list[dict[Need, NDArray[np.float64] | str]]:
    from dask import compute, delayed
    from dask.callbacks import Callback

    done, n_runs = 0, sum(len(batch) for batch in batches)

    def finished(*_: object) -> None:
        nonlocal done
        done += 1
        say(n_runs * done // len(batches), n_runs)

    jobs = [delayed(_batch, pure=False)(batch, values, host, n_seeds) for batch in batches]
    with Callback(posttask=finished):
        return list(compute(*jobs, scheduler="processes", num_workers=workers, chunksize=1))
