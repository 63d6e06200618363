"""How much the answer of one bridging control, and each of its wells, differs between batches."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from macroimmune.statistics.variance_between import variance_between

__all__ = ["BatchVariance", "ControlDifference", "added_variance", "batch_variances"]


@dataclass(frozen=True, slots=True)
class ControlDifference:
    """The difference that a stimulus made in a bridging control, or the level of one of its wells.

    Parameters
    ----------
    control, batch : str
    key : tuple
        Panel, stimulus, minutes, dose, population, marker, which of both: what is compared.
    difference, variance : float
        Of the means (or the mean), and of its error by cells and thresholds.
    """

    control: str
    batch: str
    key: tuple[object, ...]
    difference: float
    variance: float


@dataclass(frozen=True, slots=True)
class BatchVariance:
    """The variance of a difference between batches.

    Parameters
    ----------
    variance : float
    freedom : float
        Batches less controls.
    """

    variance: float
    freedom: float


def batch_variances(
    differences: Iterable[ControlDifference],
) -> Mapping[tuple[object, ...], BatchVariance]:
    """Return the variance between batches of each key that a control has in two batches.

    Notes
    -----
    Convention: pairs of one control in one batch are averaged first, weighted by their variances:
    they tell nothing of batches. Pairs without any error of counting are left out.
    """
    by_key: dict[tuple[object, ...], dict[tuple[str, str], list[ControlDifference]]] = {}
    for one in differences:
        if one.variance > 0.0:
            by_key.setdefault(one.key, {}).setdefault((one.control, one.batch), []).append(one)
    found = {}
    for key, wells in by_key.items():
        names = sorted({control for control, _ in wells})
        groups = np.array([names.index(control) for control, _ in wells], dtype=np.intp)
        means = np.array([_mean(pairs) for pairs in wells.values()])
        variance, freedom = variance_between(means[:, 0], means[:, 1], groups)
        if freedom:
            found[key] = BatchVariance(variance, freedom)
    return found


def added_variance(one: BatchVariance, other: BatchVariance) -> BatchVariance:
    """Return the variance of a difference of wells of two batches, from those of each well.

    Notes
    -----
    Convention: what a batch does to one well says nothing of what another does to the other, so
    variances add; degrees of freedom by Satterthwaite.

    Examples
    --------
    >>> added_variance(BatchVariance(1.0, 2), BatchVariance(1.0, 2))
    BatchVariance(variance=2.0, freedom=4.0)
    """
    total = one.variance + other.variance
    squares = sum(part.variance**2 / part.freedom for part in (one, other))
    freedom = total**2 / squares if squares > 0.0 else float(min(one.freedom, other.freedom))
    return BatchVariance(total, freedom)


def _mean(pairs: list[ControlDifference]) -> tuple[float, float]:
    if len(pairs) == 1:
        return pairs[0].difference, pairs[0].variance
    weights = np.array([1.0 / one.variance for one in pairs])
    values = np.array([one.difference for one in pairs])
    return float(weights @ values / weights.sum()), float(1.0 / weights.sum())
