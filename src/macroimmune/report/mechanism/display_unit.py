"""Units in which cells are written: whole numbers people can read, in the counts of the species."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from macroimmune.report.mechanism.model_run import ModelRun
from macroimmune.report.mechanism.quantities import CELLS, Quantity

__all__ = ["display_unit", "shown_courses"]

# From which number of 10^9 cells on, what it is multiplied by, and the unit.
_UNITS = ((1.0, 1.0, "10⁹ cells"), (1e-3, 1e3, "10⁶ cells"), (1e-6, 1e6, "10³ cells"))


def display_unit(unit: str, high: float, count_scale: float = 1.0) -> tuple[float, str]:
    """Return what a number is multiplied by, and the unit that it then has.

    Parameters
    ----------
    unit : str
        Of the model.
    high : float
        The largest number that is to be written, in that unit.
    count_scale : float
        Cells of the species for one of an adult human.

    Examples
    --------
    >>> display_unit("10⁹ cells", 0.02), display_unit("10⁹ cells", 3e-8, 0.5)
    ((1000.0, '10⁶ cells'), (500000000.0, 'cells'))
    >>> display_unit("× healthy", 0.02)
    (1.0, '× healthy')
    """
    if unit != CELLS:
        return 1.0, unit
    here = high * count_scale
    for least, factor, name in _UNITS:
        if here >= least:
            return factor * count_scale, name
    return 1e9 * count_scale, "cells"


def shown_courses(
    quantity: Quantity, runs: Sequence[ModelRun]
) -> tuple[list[NDArray[np.float64]], str, float]:
    """Return the courses of a quantity in one unit, the unit, and the factor to it."""
    courses = [run.values(quantity.column) for run in runs]
    high = max((float(course.max(initial=0.0)) for course in courses), default=0.0)
    factor, unit = display_unit(quantity.unit, high, runs[0].count_scale)
    return [course * factor for course in courses], unit, factor
