"""What the model lacks, for each claim that fails."""

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

__all__ = ["missing_mechanisms", "unexplained"]


@cache
def missing_mechanisms() -> dict[str, str]:
    """Return the mechanism that is missing by the claim that fails for it."""
    path = files("macroimmune.mechanism.acceptance") / "data" / "missing_mechanisms.csv"
    with path.open(encoding="utf-8") as text:
        return {row["claim_id"]: row["mechanism"] for row in csv.DictReader(text)}


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
