"""A table of one public cohort as the calibration reads it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival

__all__ = ["SMALLEST_GROUP", "CohortTable"]

# Groups below this size are not summarised: their quantiles would be patients.
SMALLEST_GROUP = 20


@dataclass(frozen=True, slots=True)
class CohortTable:
    """Measurements and outcomes of one cohort, or of one group of it.

    Parameters
    ----------
    cohort, group : str
        As they stand in the summaries; `all` is the whole cohort.
    dataset : str
        In the registry of public cohorts.
    files : tuple of str
        Of the dataset, that were read.
    frame : polars DataFrame
        One row per participant; numbers, yes-or-no values as 0 and 1, nulls where missing.
    units : mapping from column to str
        For every column of `frame`; `yes or no` for 0 and 1.
    survival : mapping from endpoint to Survival
        May cover fewer participants than `frame`.
    response : bool array, shape (participants with a known response,)
        Empty where the cohort has none.
    note : str
        What was left out or derived.
    correlate_with : tuple of str or None
        Only pairs that hold one of these columns are correlated; None: all pairs.
    """

    cohort: str
    group: str
    dataset: str
    files: tuple[str, ...]
    frame: pl.DataFrame
    units: Mapping[str, str]
    survival: Mapping[str, Survival] = field(default_factory=dict)
    response: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=bool))
    note: str = ""
    correlate_with: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        """Refuse columns without a unit and groups that are too small.

        Raises
        ------
        InputError
            If a column has no unit or is not numeric, or the group is too small.
        """
        for name, kind in self.frame.schema.items():
            if name not in self.units or not kind.is_numeric():
                msg = f"{self.cohort}, {name}: a number with a unit is needed, found {kind}"
                raise InputError(msg)
        if self.frame.height < SMALLEST_GROUP:
            msg = (
                f"{self.cohort}, {self.group}: {self.frame.height} participants; summaries are "
                f"made of {SMALLEST_GROUP} or more"
            )
            raise InputError(msg)
