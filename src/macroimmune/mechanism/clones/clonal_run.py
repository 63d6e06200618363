"""A run of the model with its clones: those that recognise the tumour, others, regulatory."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.errors import InputError
from macroimmune.mechanism.clones.clone_history import CloneHistory, clone_history
from macroimmune.mechanism.clones.clone_settings import CloneSettings
from macroimmune.mechanism.clones.polyclonal_clones import memory_clone_shares
from macroimmune.mechanism.clones.regulatory_clones import RegulatoryClones, regulatory_clones
from macroimmune.mechanism.clones.run_totals import CELLS_PER_UNIT, run_totals
from macroimmune.mechanism.clones.sampled_repertoires import (
    SampledBiopsy,
    SampledBlood,
    sample_biopsy,
    sample_blood,
)

__all__ = ["ClonalRun", "clonal_run"]

_HISTORY, _MEMORY, _REGULATORY, _SAMPLES = range(4)
_POOLS = ("N8_bl", "N4_bl", "M8_bl", "M4_bl", "Treg_bl", "eTreg_bl", "E4_bl", "Mem4_bl")

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class ClonalRun:
    """One run and its clones.

    Parameters
    ----------
    seed : int
    course : polars.DataFrame
        Of the run.
    history : CloneHistory
        CD8 clones that recognise the tumour.
    memory_cd8, memory_cd4 : float array, shape (clones,)
        Shares of polyclonal memory clones.
    regulatory : RegulatoryClones
    settings : CloneSettings
    """

    seed: int
    course: pl.DataFrame
    history: CloneHistory
    memory_cd8: Values
    memory_cd4: Values
    regulatory: RegulatoryClones
    settings: CloneSettings

    @property
    def days(self) -> list[float]:
        """Return the days at which cells of clones are kept."""
        return [float(day) for day in self.history.days]

    def pools(self, day: float) -> dict[str, float]:
        """Return cells in blood of the T cells that do not recognise the tumour, on a day."""
        place = max(int(np.searchsorted(self.course["day"].to_numpy(), day, side="right")) - 1, 0)
        row = {name: max(float(self.course[name][place]), 0.0) * CELLS_PER_UNIT for name in _POOLS}
        row["Treg_bl"] += row.pop("eTreg_bl")
        row["M4_bl"] += row.pop("E4_bl") + row.pop("Mem4_bl")
        return row

    def biopsy(self, day: float, repeat: int = 0) -> SampledBiopsy:
        """Return a biopsy of a day; the same day and repeat, the same biopsy."""
        rng = self._samples(day, repeat, 0)
        return sample_biopsy(self.history, day, self.memory_cd8, self.settings, rng=rng)

    def blood(self, day: float, repeat: int = 0) -> SampledBlood:
        """Return a blood sample of a day; the same day and repeat, the same sample."""
        rng = self._samples(day, repeat, 1)
        memory = self.memory_cd8, self.memory_cd4
        return sample_blood(self.history, day, self.pools(day), memory, self.settings, rng=rng)

    def _samples(self, day: float, repeat: int, kind: int) -> np.random.Generator:
        # Days before treatment are negative, which a seed cannot be.
        place = round((day + 100_000.0) * 100)
        return np.random.default_rng([self.seed, _SAMPLES, kind, repeat, place])


def clonal_run(
    course: pl.DataFrame,
    seed: int,
    *,
    days: Sequence[float] = (0.0, 7.0, 14.0, 21.0, 30.0, 60.0),
    settings: CloneSettings | None = None,
) -> ClonalRun:
    """Return the clones of a run.

    Parameters
    ----------
    course : polars.DataFrame
        Of a run by `clone_engine`, a row per reported day.
    seed : int
        From 0; the same seed, the same clones.
    days : sequence of float
        At which cells of clones are kept; the start of treatment and the last day always are.
    settings : CloneSettings or None

    Raises
    ------
    InputError
        If the seed is negative or the run lacks a column or has no day.

    Examples
    --------
    >>> from macroimmune.mechanism.clones import clone_engine
    >>> course = run_scenario(scenario, engine=clone_engine()).course  # doctest: +SKIP
    >>> clones = clonal_run(course, seed=1)  # doctest: +SKIP
    """
    if seed < 0:
        msg = f"seed = {seed}: a whole number from 0 is expected"
        raise InputError(msg)
    if course.is_empty():
        msg = "the run reached no day, so it has no clones; see its status"
        raise InputError(msg)
    settings = settings or CloneSettings()
    totals = run_totals(course)
    last = float(totals.days[-1])
    kept = sorted({0.0, last, *(float(day) for day in days if day <= last)})
    memory = np.random.default_rng([seed, _MEMORY])
    return ClonalRun(
        seed,
        course,
        clone_history(totals, tuple(kept), settings, rng=np.random.default_rng([seed, _HISTORY])),
        memory_clone_shares(settings.memory_clones, settings.memory_exponent, rng=memory),
        memory_clone_shares(settings.memory_cd4_clones, settings.memory_cd4_exponent, rng=memory),
        regulatory_clones(course, settings, rng=np.random.default_rng([seed, _REGULATORY])),
        settings,
    )
