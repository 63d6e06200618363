"""What is needed of the clones of a run, as the mean over seeds."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from macroimmune.errors import InputError
from macroimmune.mechanism.acceptance.needs import Need, needed_run, refusal
from macroimmune.mechanism.acceptance.read_from_clones import clone_seeds
from macroimmune.mechanism.clones import clonal_observables, clone_engine
from macroimmune.mechanism.scenarios import Scenario, run_scenario

__all__ = ["run_clonal_needs"]

Read = dict[tuple[str, str], dict[float, float]]


def run_clonal_needs(
    scenario: Scenario,
    needs: Sequence[Need],
    values: Mapping[str, float],
    *,
    n_seeds: int | None = None,
) -> list[NDArray[np.float64] | str]:
    """Return what is needed of the clones of one run, or why there is none.

    Parameters
    ----------
    scenario : Scenario
    needs : sequence of Need
    values : mapping of str to float
        Parameters of the immune system that differ from the table.
    n_seeds : int, optional
        As in `data/readouts.toml` if not given.

    Notes
    -----
    Convention: the mean over seeds, day by day; a seed in which a day is not defined, such as a
    share of no clones, is left out of that day.
    """
    try:
        run = run_scenario(needed_run(scenario, needs), values=values, engine=clone_engine())
    except InputError as error:
        return [refusal(error)] * len(needs)
    if run.status:
        return [run.status] * len(needs)
    days = sorted({day for need in needs for day in need.days})
    wanted = list(dict.fromkeys((need.observable, need.compartment) for need in needs))
    read = [clonal_observables(run, seed, days=days, only=wanted) for seed in clone_seeds(n_seeds)]
    return [_mean(need, read) for need in needs]


def _mean(need: Need, read: Sequence[Read]) -> NDArray[np.float64] | str:
    by_seed = [one[need.observable, need.compartment] for one in read]
    found = []
    for day in need.days:
        there = [one[day] for one in by_seed if day in one]
        if not there:
            return f"{need.observable} in {need.compartment} is not defined on day {day:g}"
        found.append(float(np.mean(there)))
    return np.array(found)
