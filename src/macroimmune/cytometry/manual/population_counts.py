"""Counts of populations whose members are known, in the shape of those of automatic gating."""

import math

from macroimmune.cytometry.gated import PopulationCount
from macroimmune.statistics import proportion_interval

__all__ = ["counted_share"]


def counted_share(
    population: str, parent: str, n_cells: int, n_parent: int, status: str = ""
) -> PopulationCount:
    """Return the share of a population in its parent with the interval of counting alone.

    Parameters
    ----------
    population, parent : str
    n_cells, n_parent : int
        Cells of the population that are cells of the parent, and cells of the parent.
    status : str
        How to read it.

    Returns
    -------
    count : PopulationCount
        Its whole interval is that of counting: people's gates state no uncertainty. NaN, and a
        sentence, where the parent is empty.

    Examples
    --------
    >>> one = counted_share("b_cell", "lymphocytes", 50, 200)
    >>> one.fraction, round(one.ci_low, 3), round(one.ci_high, 3)
    (0.25, 0.194, 0.313)
    """
    low, high = (float(end) for end in proportion_interval(n_cells, n_parent))
    nothing = "" if n_parent else f"{parent} has no cells"
    return PopulationCount(
        population=population,
        parent=parent,
        n_cells=n_cells,
        n_parent=n_parent,
        fraction=n_cells / n_parent if n_parent else math.nan,
        ci_low=low,
        ci_high=high,
        count_ci_low=low,
        count_ci_high=high,
        status="; ".join(filter(None, (status, nothing))),
    )
