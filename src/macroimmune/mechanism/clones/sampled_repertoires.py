"""Repertoires as a study sees them: so many cells of a biopsy, so many templates of blood."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.mechanism.clones.clone_history import CloneHistory
from macroimmune.mechanism.clones.clone_settings import CloneSettings

__all__ = ["SampledBiopsy", "SampledBlood", "sample_biopsy", "sample_blood"]

Counts = NDArray[np.int64]
Values = NDArray[np.float64]

_EXHAUSTED = ("X8_tu", "D8_tu")
_SPECIFIC, _MEMORY = 0, 1


@dataclass(frozen=True, slots=True, eq=False)
class SampledBiopsy:
    """CD8 T cells of one biopsy with a receptor.

    Parameters
    ----------
    day : float
    cells : int array, shape (clones,)
        Tumour-specific clones as in the history, then polyclonal memory clones as in their shares.
    exhausted : int array, shape (clones,)
        Of them, cells with markers of exhaustion.
    status : str
        Empty, or why no cell was found.
    """

    day: float
    cells: Counts
    exhausted: Counts
    status: str


@dataclass(frozen=True, slots=True, eq=False)
class SampledBlood:
    """T cells of one blood sample.

    Parameters
    ----------
    day : float
    cells : int array, shape (clones,)
        CD8 clones, in the order of `SampledBiopsy`.
    others : int array, shape (clones,)
        Clones of memory CD4 T cells.
    naive_cd8, naive_cd4, regulatory : int
        Templates of naive and regulatory cells; each its own clone at any depth of a study.
    """

    day: float
    cells: Counts
    others: Counts
    naive_cd8: int
    naive_cd4: int
    regulatory: int

    @property
    def templates(self) -> int:
        """Return all templates."""
        own = int(self.cells.sum() + self.others.sum())
        return own + self.naive_cd8 + self.naive_cd4 + self.regulatory

    def counts(self) -> Counts:
        """Return templates of each clone that was seen."""
        once = np.ones(self.naive_cd8 + self.naive_cd4 + self.regulatory, np.int64)
        seen = np.concatenate([self.cells, self.others])
        return np.concatenate([seen[seen > 0], once])


def sample_biopsy(
    history: CloneHistory,
    day: float,
    memory: Values,
    settings: CloneSettings,
    *,
    rng: np.random.Generator,
) -> SampledBiopsy:
    """Return a biopsy of the tumour.

    Parameters
    ----------
    history : CloneHistory
    day : float
    memory : float array, shape (memory clones,)
        Shares of polyclonal memory clones, which pass through the tumour as they are in blood.
    settings : CloneSettings
    rng : numpy Generator

    Notes
    -----
    Convention: cells are drawn independently, so a biopsy is the whole tumour on a small scale.
    """
    names = history.subsets_of("tu")
    places = [history.subsets.index(name) for name in names]
    there = history.cells[history.day_place(day)][:, places].astype(float)
    n, total = len(there), there.sum()
    none = np.zeros(n + len(memory), np.int64)
    if total == 0:
        return SampledBiopsy(day, none, none, f"no tumour-specific CD8 T cell on day {day:g}")
    drawn = rng.multinomial(
        settings.depth.tumour_cells, [1.0 - settings.bystander_share, settings.bystander_share]
    )
    specific = rng.multinomial(drawn[_SPECIFIC], (there / total).ravel()).reshape(there.shape)
    cells = np.concatenate([specific.sum(axis=1), rng.multinomial(drawn[_MEMORY], memory)])
    tired = [place for place, name in enumerate(names) if name in _EXHAUSTED]
    exhausted = np.concatenate([
        specific[:, tired].sum(axis=1),
        np.zeros(len(memory), np.int64),
    ])
    return SampledBiopsy(day, cells, exhausted, "")


def sample_blood(
    history: CloneHistory,
    day: float,
    pools: Mapping[str, float],
    memory: tuple[Values, Values],
    settings: CloneSettings,
    *,
    rng: np.random.Generator,
) -> SampledBlood:
    """Return a blood sample.

    Parameters
    ----------
    history : CloneHistory
    day : float
    pools : mapping
        Cells in blood of naive (`N8_bl`, `N4_bl`), memory (`M8_bl`, `M4_bl`) and regulatory
        (`Treg_bl`) T cells.
    memory : two float arrays
        Shares of polyclonal memory clones of CD8 and of CD4 T cells.
    settings : CloneSettings
    rng : numpy Generator
    """
    specific = history.in_compartment(day, "bl").astype(float)
    names = ("M8_bl", "M4_bl", "N8_bl", "N4_bl", "Treg_bl")
    sizes = np.array([specific.sum(), *(pools[name] for name in names)])
    parts = rng.multinomial(settings.depth.blood_templates, sizes / sizes.sum())
    own = specific / specific.sum() if specific.sum() > 0 else np.zeros(len(specific))
    seen = rng.multinomial(parts[0], own) if parts[0] else np.zeros(len(specific), np.int64)
    return SampledBlood(
        day,
        np.concatenate([seen, rng.multinomial(parts[1], memory[0])]),
        rng.multinomial(parts[2], memory[1]),
        int(parts[3]),
        int(parts[4]),
        int(parts[5]),
    )
