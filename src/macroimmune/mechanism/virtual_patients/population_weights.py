"""Weights that turn virtual patients into a target population."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.closest import did_you_mean
from macroimmune.errors import InputError

__all__ = ["STATISTICS", "PopulationWeights", "Target", "population_weights"]

Values = NDArray[np.float64]

# Of the difference from a target, in standard deviations of the patients.
_TOLERANCE = 1e-7
# Of the smallest weight in parts of an equal one: below it the targets lie on the very edge.
_LEAST = 1e-6
STATISTICS = ("mean", "share_below")


@dataclass(frozen=True, slots=True)
class Target:
    """What a variable before treatment is in the target population.

    Parameters
    ----------
    variable : str
    statistic : str
        `mean`, or `share_below`: the share of people at or below `at`; with 0.5 its median.
    value : float
        The mean, or the share.
    at : float
        For `share_below` alone.
    """

    variable: str
    statistic: str
    value: float
    at: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class PopulationWeights:
    """Weights of patients and how well they reach the targets.

    Parameters
    ----------
    weights : float array, shape (patients,)
        Sum 1; all alike where the targets cannot be met.
    effective_sample_size : float
        1 / sum of squares: so many equally weighted patients tell as much.
    reached : tuple of float
        What each target is under the weights.
    status : str
        Empty, or why the targets cannot be met.
    """

    weights: Values
    effective_sample_size: float
    reached: tuple[float, ...]
    status: str


def population_weights(
    variables: Mapping[str, Values], targets: Sequence[Target]
) -> PopulationWeights:
    """Return the weights nearest to equal ones with which patients meet the targets.

    Parameters
    ----------
    variables : mapping from name to float array, shape (patients,)
        Finite values before treatment.
    targets : sequence of Target

    Returns
    -------
    weights : PopulationWeights

    Raises
    ------
    InputError
        If a target names a variable or statistic that is not there.

    Notes
    -----
    Convention: exponential tilting (Hainmueller 2012, entropy balancing): of all weights that meet
    the targets, those with the smallest Kullback-Leibler distance from equal ones.

    Examples
    --------
    >>> found = population_weights({"x": np.array([0.0, 1.0])}, [Target("x", "mean", 0.8)])
    >>> found.weights.round(3), round(found.effective_sample_size, 2)
    (array([0.2, 0.8]), 1.47)
    """
    n = len(next(iter(variables.values()))) if variables else 0
    if n == 0:
        return PopulationWeights(np.empty(0), 0.0, (), "no patient is there to be weighted")
    columns = [_column(variables, target) for target in targets]
    equal = np.full(n, 1.0 / n)
    if not columns:
        return PopulationWeights(equal, float(n), (), "")
    status = _out_of_reach(columns, targets)
    weights = equal if status else _tilted(columns, targets)
    reached = tuple(float(weights @ column) for column in columns)
    size = float(1.0 / np.sum(weights**2))
    return PopulationWeights(weights, size, reached, status)


def _column(variables: Mapping[str, Values], target: Target) -> Values:
    """Return the numbers whose weighted mean is the target.

    Raises
    ------
    InputError
        As `population_weights` says.
    """
    if target.variable not in variables:
        advice = did_you_mean(target.variable, variables)
        msg = f"target {target.variable!r}: no such variable before treatment. {advice}"
        raise InputError(msg)
    values = variables[target.variable]
    if target.statistic == "mean":
        return values
    if target.statistic == "share_below":
        return (values <= target.at).astype(float)
    advice = did_you_mean(target.statistic, STATISTICS)
    msg = f"target {target.variable!r}: statistic {target.statistic!r} is not known. {advice}"
    raise InputError(msg)


def _named(target: Target) -> str:
    if target.statistic == "mean":
        return f"mean {target.variable} of {target.value:g}"
    return f"share of {target.variable} at or below {target.at:g} of {target.value:g}"


def _out_of_reach(columns: Sequence[Values], targets: Sequence[Target]) -> str:
    """Return a sentence for the first target that no weights reach by themselves."""
    for column, target in zip(columns, targets, strict=True):
        low, high = float(column.min()), float(column.max())
        if not low < target.value < high:
            return (
                f"a {_named(target)} cannot be met: the patients span {low:g} to {high:g}; all "
                "weights are equal"
            )
    if not _are_met_together(np.column_stack(columns), np.array([t.value for t in targets])):
        listed = " and a ".join(map(_named, targets))
        return f"a {listed} cannot be met together in these patients; all weights are equal"
    return ""


def _are_met_together(columns: Values, wanted: Values) -> bool:
    """Whether weights that are all above nothing reach every target."""
    # Slow to import, and the processes that run patients weight none.
    from scipy.optimize import linprog

    n, k = columns.shape
    # The smallest weight, here in parts of an equal one, is made as large as it can be.
    spread = columns.std(axis=0)
    equal = np.vstack((np.ones(n), ((columns - wanted) / spread).T))
    rules = np.column_stack((equal, equal.sum(axis=1))) / n
    found = linprog(
        np.concatenate((np.zeros(n), [-1.0])), A_eq=rules, b_eq=np.concatenate(([1.0], np.zeros(k)))
    )
    return bool(found.status == 0 and found.x[-1] > _LEAST)


def _tilted(columns: Sequence[Values], targets: Sequence[Target]) -> Values:
    """Return the tilted weights, which meet the targets."""
    from scipy.optimize import minimize

    spread = np.array([column.std() for column in columns])
    wanted = np.array([target.value for target in targets])
    off = (np.column_stack(columns) - wanted) / spread

    def dual(tilt: Values) -> tuple[float, Values]:
        exponent = off @ tilt
        top = float(exponent.max())
        weights = np.exp(exponent - top)
        total = float(weights.sum())
        return top + np.log(total), off.T @ (weights / total)

    start = np.zeros(len(columns))
    found = minimize(dual, start, jac=True, method="BFGS", options={"gtol": _TOLERANCE})
    exponent = off @ found.x
    weights = np.exp(exponent - exponent.max())
    return np.asarray(weights / weights.sum(), dtype=float)
