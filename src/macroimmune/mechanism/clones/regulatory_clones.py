"""Clones of regulatory T cells: many thymic ones, and those that the tumour expands."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.mechanism.clones.clone_settings import CloneSettings
from macroimmune.mechanism.clones.polyclonal_clones import memory_clone_shares
from macroimmune.mechanism.model import parameters

__all__ = ["RegulatoryClones", "regulatory_clones"]

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class RegulatoryClones:
    """Shares of Treg clones in blood and tumour.

    Parameters
    ----------
    days, in_blood, in_tumour : float array, shape (days,)
        Of the Treg there, the share of clones that the tumour expands; NaN where there are none.
    expanded, thymic : float array, shape (clones,)
        Share of each clone among those that the tumour expands, and among the others.
    """

    days: Values
    in_blood: Values
    in_tumour: Values
    expanded: Values
    thymic: Values

    def shares(self, day: float, compartment: str) -> Values:
        """Return the share of each clone, expanded ones first, in `bl` or `tu`; zeros if none."""
        place = max(int(np.searchsorted(self.days, day, side="right")) - 1, 0)
        part = float((self.in_blood if compartment == "bl" else self.in_tumour)[place])
        if np.isnan(part):
            return np.zeros(len(self.expanded) + len(self.thymic))
        return np.concatenate([part * self.expanded, (1.0 - part) * self.thymic])


def regulatory_clones(
    course: pl.DataFrame, settings: CloneSettings, *, rng: np.random.Generator
) -> RegulatoryClones:
    """Return the Treg clones of a run.

    Parameters
    ----------
    course : polars.DataFrame
        Of a run by `clone_engine`, a row per reported day.
    settings : CloneSettings
    rng : numpy Generator

    Notes
    -----
    Convention: the tumour expands some thymic clones, each in proportion to its precursors, whose
    numbers are log-normal; they enter the tumour as the model has it, more readily than others.
    Treg that the tumour converts from naive cells are left out: their clones are not seen twice.
    """
    expanded = np.exp(settings.treg_spread * rng.standard_normal(settings.treg_clones))
    expanded /= expanded.sum()
    thymic = memory_clone_shares(settings.thymic_treg_clones, settings.treg_exponent, rng=rng)
    in_blood, in_tumour = _expanded_shares(course)
    days = course["day"].to_numpy().astype(float)
    return RegulatoryClones(days, in_blood, in_tumour, expanded, thymic)


def _expanded_shares(course: pl.DataFrame) -> tuple[Values, Values]:
    """Return the share of expanded clones among the Treg of blood and of the tumour."""
    thymic = course["Treg_bl"].to_numpy()
    expanded = course["eTreg_bl"].to_numpy()
    whole = thymic + expanded
    in_blood = np.divide(expanded, whole, out=np.full(len(whole), np.nan), where=whole > 0)
    drawn = parameters()["entry_eTreg"].value * expanded
    entering = np.divide(drawn, thymic + drawn, out=np.zeros(len(whole)), where=thymic + drawn > 0)
    in_tumour = np.full(len(whole), np.nan)
    cells = course["Treg_tu"].to_numpy()
    flow = course["treg_to_tumour"].to_numpy() * np.gradient(course["day"].to_numpy())
    for day in range(1, len(whole)):
        # What entered since yesterday mixes with what was there; both are lost alike.
        stayed, entered = max(cells[day - 1], 0.0), max(flow[day], 0.0)
        if stayed + entered > 0.0:
            before = np.nan_to_num(in_tumour[day - 1])
            in_tumour[day] = (stayed * before + entered * entering[day]) / (stayed + entered)
    return in_blood, in_tumour
