"""The cells that a map of clusters is trained on: as many from each file."""

import numpy as np
from numpy.typing import NDArray

from macroimmune.cytometry.events import EventKind, Events
from macroimmune.errors import InputError
from macroimmune.study.panels import Panel

__all__ = ["antigen_columns", "described_antigens", "sample_for_training"]


def described_antigens(panel: Panel) -> tuple[str, ...]:
    """Return the antigens by which clusters are described: lineage markers, then state markers."""
    return tuple(
        dict.fromkeys(
            one.antigen
            for role in ("lineage", "state")
            for one in panel.channels
            if one.role == role and one.antigen
        )
    )


def antigen_columns(events: Events, antigens: tuple[str, ...]) -> NDArray[np.intp]:
    """Return the column of each antigen.

    Raises
    ------
    InputError
        If the file lacks one.
    """
    columns = [events.panel.index(antigen) for antigen in antigens]
    missing = [name for name, column in zip(antigens, columns, strict=True) if column is None]
    if missing:
        msg = (
            f"{events.file}: no channel measures {', '.join(missing)}; clusters are made from "
            "files of one panel, so give the file its own panel or leave it out"
        )
        raise InputError(msg)
    return np.array([column for column in columns if column is not None], np.intp)


def sample_for_training(
    events: Events,
    kinds: NDArray[np.uint8],
    antigens: tuple[str, ...],
    n: int,
    *,
    rng: np.random.Generator,
) -> NDArray[np.float32]:
    """Return cells of one file, drawn without replacement.

    Parameters
    ----------
    events : Events
    kinds : uint8 array, shape (events,)
        `EventKind`; only live single cells are drawn, and none with a missing or infinite value.
    antigens : tuple of str
        The columns of the sample, usually `described_antigens` of the panel.
    n : int
        How many; all where the file has fewer. The same for each file, so that none outweighs
        the others by its size.
    rng : numpy Generator

    Returns
    -------
    sample : float32 array, shape (cells, antigens)
        Transformed scale, in the order of the file.

    Raises
    ------
    InputError
        If the file lacks one of the antigens.
    """
    columns = antigen_columns(events, antigens)
    cells = np.flatnonzero(kinds == EventKind.CELL)
    for column in columns.tolist():
        cells = cells[np.isfinite(events.values[cells, column])]
    if len(cells) > n:
        cells = np.sort(rng.choice(cells, n, replace=False))
    sample = np.empty((len(cells), len(columns)), np.float32)
    for place, column in enumerate(columns.tolist()):
        sample[:, place] = events.values[cells, column]
    return sample
