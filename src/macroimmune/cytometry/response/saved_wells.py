"""The response of a well on disk: few long arrays, without pickle."""

from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from macroimmune.response import MarkerLevels, WellResponse
from macroimmune.work import load_record, save_record

__all__ = ["load_well", "save_well"]


@dataclass(frozen=True, slots=True, eq=False)
class _Saved:
    """Levels one after the other; `keys` holds the places of population and marker."""

    file: str
    unit: str
    populations: tuple[str, ...]
    markers: tuple[str, ...]
    n_in_population: NDArray[np.int64]
    keys: NDArray[np.int64]
    n_cells: NDArray[np.int64]
    moments: NDArray[np.float64]
    ranked: NDArray[np.float32]
    n_ranked: NDArray[np.int64]
    drawn: NDArray[np.float64]
    n_drawn: NDArray[np.int64]


def save_well(path: Path, well: WellResponse) -> None:
    """Write the response of a well.

    Parameters
    ----------
    path : Path
        Ends in `.npz`.
    well : WellResponse
    """
    populations = tuple(well.n_cells)
    markers = tuple(dict.fromkeys(marker for _, marker in well.levels))
    keys = [(populations.index(name), markers.index(marker)) for name, marker in well.levels]
    levels = list(well.levels.values())
    save_record(
        path,
        _Saved(
            file=well.file,
            unit=well.unit,
            populations=populations,
            markers=markers,
            n_in_population=np.array(list(well.n_cells.values()), dtype=np.int64),
            keys=np.array(keys, dtype=np.int64).reshape(-1, 2),
            n_cells=np.array([one.n_cells for one in levels], dtype=np.int64),
            moments=np.array([(one.mean, one.variance) for one in levels], float).reshape(-1, 2),
            ranked=np.concatenate([np.empty(0, np.float32), *(one.ranked for one in levels)]),
            n_ranked=np.array([one.ranked.size for one in levels], dtype=np.int64),
            drawn=np.concatenate([np.empty(0), *(one.drawn_means for one in levels)]),
            n_drawn=np.array([one.drawn_means.size for one in levels], dtype=np.int64),
        ),
    )


def load_well(path: Path) -> WellResponse:
    """Return what `save_well` wrote.

    Raises
    ------
    ResultsError
        If the file holds no response.
    """
    saved = load_record(path, _Saved)
    ranked = np.split(saved.ranked, np.cumsum(saved.n_ranked)[:-1])
    drawn = np.split(saved.drawn, np.cumsum(saved.n_drawn)[:-1])
    levels = {
        (saved.populations[name], saved.markers[marker]): MarkerLevels(
            n_cells=int(saved.n_cells[place]),
            mean=float(saved.moments[place, 0]),
            variance=float(saved.moments[place, 1]),
            ranked=ranked[place],
            drawn_means=drawn[place],
        )
        for place, (name, marker) in enumerate(saved.keys.tolist())
    }
    counts = dict(zip(saved.populations, saved.n_in_population.tolist(), strict=True))
    return WellResponse(saved.file, MappingProxyType(counts), MappingProxyType(levels), saved.unit)
