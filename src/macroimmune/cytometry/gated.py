"""What gating gives for one file: thresholds with their uncertainty, members, counts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from macroimmune.evidence import Hierarchy

__all__ = [
    "FileThresholds",
    "GatedFile",
    "Histogram",
    "PopulationCount",
    "PopulationRatio",
    "Threshold",
]


@dataclass(frozen=True, slots=True)
class Threshold:
    """Where the values of a marker are cut, among the cells of a population of one file.

    Parameters
    ----------
    antigen, within : str
        Marker, and the population (empty: all cells) in which it was fitted.
    level : {"positive", "high"}
    value, standard_error : float
        On the transformed scale; NaN where it could not be fitted.
    own_value, own_standard_error : float
        From this file alone, before it was shrunk to the cohort.
    weight : float in 0..1
        How much of `value` is the file's own.
    method : str
        How it was found.
    status : str
        Empty, or why it is missing or to be read with care.
    floor_error : float
        The part of `own_standard_error` that other files do not lessen: how wide the floor of the
        valley is, of which any place would do as well.
    """

    antigen: str
    within: str
    level: Literal["positive", "high"]
    value: float
    standard_error: float
    own_value: float
    own_standard_error: float
    weight: float
    method: str
    status: str
    floor_error: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """How the values of a marker lie, for pictures.

    Parameters
    ----------
    antigen, within : str
        As in `Threshold`.
    edges : float array, shape (bins + 1,)
        Transformed scale.
    counts : int array, shape (bins,)
    """

    antigen: str
    within: str
    edges: NDArray[np.float64]
    counts: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class FileThresholds:
    """What one file alone says of its thresholds; small, so that a cohort of them fits in memory.

    Parameters
    ----------
    file : str
    thresholds : tuple of Threshold
    histograms : tuple of Histogram
    """

    file: str
    thresholds: tuple[Threshold, ...]
    histograms: tuple[Histogram, ...]


@dataclass(frozen=True, slots=True)
class PopulationCount:
    """How many cells a population has, and what share of its parent.

    Parameters
    ----------
    population, parent : str
        Parent: empty for all cells.
    n_cells, n_parent : int
    fraction, ci_low, ci_high : float
        Share of the parent that the thresholds cut, with its 95 % interval for the blood that the
        cells come from; it carries counting, thresholds, and overlap at them. NaN where there is
        none, and `status` says why.
    count_ci_low, count_ci_high : float
        The interval of counting alone.
    status : str
    """

    population: str
    parent: str
    n_cells: int
    n_parent: int
    fraction: float
    ci_low: float
    ci_high: float
    count_ci_low: float
    count_ci_high: float
    status: str


@dataclass(frozen=True, slots=True)
class PopulationRatio:
    """How many cells one population has for each cell of another.

    Parameters
    ----------
    name : str
        What people call it.
    numerator, denominator : str
        Populations.
    n_numerator, n_denominator : int
    value, ci_low, ci_high : float
        Ratio with its 95 % interval, which carries counting and thresholds; NaN where there is
        none, and `status` says why.
    status : str
    """

    name: str
    numerator: str
    denominator: str
    n_numerator: int
    n_denominator: int
    value: float
    ci_low: float
    ci_high: float
    status: str


@dataclass(frozen=True, slots=True, eq=False)
class GatedFile:
    """The populations of one file.

    Parameters
    ----------
    file : str
    hierarchy : Hierarchy
    members : mapping from population id to bool array, shape (events,)
        Of all events of the file, those that are no cells included (False).
    counts : tuple of PopulationCount
        Of each population against its parent.
    other_shares : tuple of PopulationCount
        Against wholes that are not their parent: T cells of lymphocytes.
    ratios : tuple of PopulationRatio
    cuts : float array, shape (thresholds,)
        As they were used, in the order in which the hierarchy needs them; NaN where one is missing
        or does not tell cells.
    """

    file: str
    hierarchy: Hierarchy
    members: Mapping[str, NDArray[np.bool_]]
    counts: tuple[PopulationCount, ...]
    other_shares: tuple[PopulationCount, ...] = ()
    ratios: tuple[PopulationRatio, ...] = ()
    cuts: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
