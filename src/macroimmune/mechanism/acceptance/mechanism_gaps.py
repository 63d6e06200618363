"""What the model lacks, for each claim that fails."""

from collections.abc import Mapping
from functools import cache

from macroimmune.mechanism.model import table_rows

__all__ = ["missing_mechanisms", "unexplained"]


@cache
def missing_mechanisms() -> dict[str, str]:
    """Return the mechanism that is missing by the claim that fails for it."""
    rows = table_rows("acceptance", "data/missing_mechanisms.csv")
    return {row["claim_id"]: row["mechanism"] for row in rows}


def unexplained(passed: Mapping[str, bool]) -> tuple[list[str], list[str]]:
    """Return what the list of missing mechanisms gets wrong.

    Parameters
    ----------
    passed : mapping of str to bool
        Whether each claim passes.

    Returns
    -------
    without, needless : list of str
        Claims that fail without a line, and claims that pass with one.
    """
    lines = missing_mechanisms()
    without = [name for name, one in passed.items() if not one and name not in lines]
    return without, [name for name, one in passed.items() if one and name in lines]
