"""What a run of the model is given beside its parameters, and what it gives."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Action", "Course"]


@dataclass(frozen=True, slots=True)
class Action:
    """Something done to the model at one moment.

    Parameters
    ----------
    day : float
    quantity : str
        A population, a drug or a parameter of the model.
    operation : str
        `add`, `set` or `multiply`.
    amount : float
    """

    day: float
    quantity: str
    operation: str
    amount: float


@dataclass(frozen=True, slots=True)
class Course:
    """What a run gives.

    Parameters
    ----------
    days : (n_days,) array
    values : (n_days, n_columns) array
        Of the days that were reached; fewer than were asked for where the run failed. Finite.
    columns : tuple of str
    status : str
        Empty, or why the run ended early.
    """

    days: NDArray[np.float64]
    values: NDArray[np.float64]
    columns: tuple[str, ...]
    status: str
