"""Mouse and human: what differs between them, declared in one file."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

__all__ = ["SpeciesScale", "species_scales"]


@dataclass(frozen=True, slots=True)
class SpeciesScale:
    """How a species differs from the adult human that the model counts in.

    Parameters
    ----------
    count_scale : float
        A printed number of cells is the model's times this.
    tumour_pace : float
        Growth rate of a tumour relative to its profile.
    tumour_days : float, days
        Between implantation (or first appearance) and day 0 where a scenario does not say.
    source : str
    """

    count_scale: float
    tumour_pace: float
    tumour_days: float
    source: str


@cache
def species_scales() -> dict[str, SpeciesScale]:
    """Return the scale of each species by name."""
    text = (files("macroimmune.mechanism.scenarios") / "data" / "species.toml").read_text("utf-8")
    return {name: SpeciesScale(**values) for name, values in tomllib.loads(text).items()}
