"""A run of the model as pictures take it: a name, what was done, and the course."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

__all__ = ["Dose", "ModelRun", "at_day", "columns_of", "letter"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Dose:
    """One intervention of a run.

    Parameters
    ----------
    name : str
        For people.
    amount : str
        With its unit.
    days : tuple of float
        When it is given.
    """

    name: str
    amount: str
    days: tuple[float, ...]


@dataclass(frozen=True, slots=True, eq=False)
class ModelRun:
    """One scenario that was run.

    Parameters
    ----------
    name : str
        For people.
    course : polars DataFrame
        `day` and a column for each quantity, in units of the model; days rise, no missing values.
        Fewer days than were asked for where the run failed.
    doses : tuple of Dose
    status : str
        Empty, or why the run ended early.
    tumour_days : float
        Days before day 0 at which the tumour was implanted; 0 without one.
    host : str
        Species, tumour and what differs in them, in words.
    resting : mapping from column to float
        The host before the tumour; empty where nobody asked.
    count_scale : float
        Cells of the species for one of an adult human, in whose counts the course is.
    """

    name: str
    course: pl.DataFrame
    doses: tuple[Dose, ...] = ()
    status: str = ""
    tumour_days: float = 0.0
    host: str = ""
    resting: Mapping[str, float] = field(default_factory=dict)
    count_scale: float = 1.0

    @property
    def days(self) -> Floats:
        """Days of the course."""
        return self.course["day"].cast(pl.Float64).to_numpy()

    def values(self, column: str) -> Floats:
        """Return the course of one column."""
        return self.course[column].cast(pl.Float64).to_numpy()


def at_day(run: ModelRun, column: str, day: float) -> float | None:
    """Return the value of a column at the day nearest to `day`; None if the run did not get there.

    Examples
    --------
    >>> run = ModelRun("x", pl.DataFrame({"day": [0.0, 1.0], "Tum": [1.0, 3.0]}))
    >>> at_day(run, "Tum", 1.2), at_day(run, "Tum", 9.0)
    (3.0, None)
    """
    days = run.days
    if not days.size or day > days[-1] + 0.5 or day < days[0] - 0.5:
        return None
    return float(run.values(column)[np.abs(days - day).argmin()])


def letter(place: int) -> str:
    """Return the letter that stands for a run in all figures of a page."""
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[place]


def columns_of(runs: Sequence[ModelRun]) -> tuple[str, ...]:
    """Return the columns that every run has, in the order of the first."""
    return tuple(
        column
        for column in runs[0].course.columns
        if column != "day" and all(column in run.course.columns for run in runs)
    )
