"""What the model lacks, for each claim that fails."""

import csv
from functools import cache
from importlib.resources import files

__all__ = ["missing_mechanisms"]


@cache
def missing_mechanisms() -> dict[str, str]:
    """Return the mechanism that is missing by the claim that fails for it."""
    path = files("macroimmune.mechanism.acceptance") / "data" / "missing_mechanisms.csv"
    with path.open(encoding="utf-8") as text:
        return {row["claim_id"]: row["mechanism"] for row in csv.DictReader(text)}
