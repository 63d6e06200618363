"""Tumours by id: how fast each grows, what it secretes, what it shows to T cells."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

__all__ = ["TumourProfile", "tumours"]


@dataclass(frozen=True, slots=True)
class TumourProfile:
    """One tumour.

    Parameters
    ----------
    implanted : float, 10^9 cells of an adult human
        Tumour cells on the day of implantation.
    inputs : mapping of str to float
        Parameters of role tumour that differ from the table; `growth_Tum` at the pace of mice.
    meaning : str
    source : str
    """

    implanted: float
    inputs: Mapping[str, float]
    meaning: str
    source: str


@cache
def tumours() -> dict[str, TumourProfile]:
    """Return the profiles by id."""
    text = (files("macroimmune.mechanism.scenarios") / "data" / "tumours.toml").read_text("utf-8")
    return {
        name: TumourProfile(
            implanted=float(entry["implanted"]),
            inputs={key: float(value) for key, value in entry.get("inputs", {}).items()},
            meaning=entry["meaning"],
            source=entry["source"],
        )
        for name, entry in tomllib.loads(text).items()
    }
