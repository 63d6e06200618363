"""The whole claims table: every run that is needed done once, every claim judged."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from macroimmune.evidence import Claim
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
from macroimmune.mechanism.scenarios import Scenario

__all__ = ["Progress", "claim_outcomes", "courses_of"]

Progress = Callable[[int, int], None]
# Runs that one process does before it says so; below some batches another process costs more.
_BATCH, _FEW = 12, 4


def claim_outcomes(
    chosen: Sequence[Claim],
    *,
    values: Mapping[str, float] | None = None,
    host: Mapping[str, float] | None = None,
    n_patients: int | None = None,
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
    courses = courses_of(list(needs), values or {}, host or {}, workers=workers, progress=progress)
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
    workers: int = 1,
    progress: Progress | None = None,
) -> dict[Need, NDArray[np.float64] | str]:
    """Return the course of every need; each run is done once.

    Parameters
    ----------
    needs : sequence of Need
    values, host : mapping of str to float
        As in `claim_outcomes`.
    workers : int
    progress : callable, optional
    """
    runs = scenarios_of(needs)
    batches = [runs[start : start + _BATCH] for start in range(0, len(runs), _BATCH)]
    say = progress or (lambda done, total: None)
    found: dict[Need, NDArray[np.float64] | str] = {}
    if workers > 1 and len(batches) > _FEW:
        for done in _on_processes(batches, values, host, workers, len(runs), say):
            found.update(done)
        return found
    for number, batch in enumerate(batches, start=1):
        found.update(_batch(batch, values, host))
        say(min(number * _BATCH, len(runs)), len(runs))
    return found


def _batch(
    batch: Sequence[tuple[Scenario, list[Need]]],
    values: Mapping[str, float],
    host: Mapping[str, float],
) -> dict[Need, NDArray[np.float64] | str]:
    found: dict[Need, NDArray[np.float64] | str] = {}
    for scenario, needs in batch:
        run = dataclasses.replace(scenario, host={**scenario.host, **host})
        found.update(zip(needs, run_needs(run, needs, values), strict=True))
    return found


def _on_processes(
    batches: Sequence[Sequence[tuple[Scenario, list[Need]]]],
    values: Mapping[str, float],
    host: Mapping[str, float],
    workers: int,
    n_runs: int,
    say: Progress,
) -> list[dict[Need, NDArray[np.float64] | str]]:
    from dask import compute, delayed
    from dask.callbacks import Callback

    done = 0

    def finished(*_: object) -> None:
        nonlocal done
        done += 1
        say(min(done * _BATCH, n_runs), n_runs)

    jobs = [delayed(_batch, pure=False)(batch, values, host) for batch in batches]
    with Callback(posttask=finished):
        return list(compute(*jobs, scheduler="processes", num_workers=workers, chunksize=1))
