"""What one file alone tells: its quality, thresholds, quantiles, and cells to train a map on."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import polars as pl

from macroimmune.cytometry.alignment import Alignment, channel_quantiles
from macroimmune.cytometry.clustering import sample_for_training
from macroimmune.cytometry.events import Events
from macroimmune.cytometry.gating import fit_thresholds
from macroimmune.cytometry.opening import open_events
from macroimmune.cytometry.preparing import EventKinds, classify_events, quality_row
from macroimmune.errors import MacroimmuneError
from macroimmune.evidence import Hierarchy, Species, gating_hierarchy
from macroimmune.study.panels import Panel
from macroimmune.work import save_record

__all__ = [
    "LEFT_OUT",
    "QUALITY",
    "QUANTILES",
    "SAMPLE",
    "THRESHOLDS",
    "FirstLook",
    "OpeningChoice",
    "file_hierarchy",
    "look_first",
    "opened_file",
    "random_numbers",
]

# Stands in the folder of a file that cannot be used, with the reason.
LEFT_OUT = "left_out.txt"
QUALITY, SAMPLE = "quality.parquet", "sample.npz"
THRESHOLDS, QUANTILES = "thresholds.npz", "quantiles.npz"


@dataclass(frozen=True, slots=True)
class OpeningChoice:
    """How one file is opened, the same at every look.

    Parameters
    ----------
    path : Path
    panel : Panel
    batch : str
    is_stimulated : bool
    material : {"PBMC", "whole blood", ""}
    species : {"human", "mouse"}
    transform : {"auto", "arcsinh", "logicle"}
    cofactor : float or None
    alignment : Alignment or None
        Of the lineage channels of its batch.
    seed : int
    """

    path: Path
    panel: Panel
    batch: str
    is_stimulated: bool
    material: str
    species: Species
    transform: Literal["auto", "arcsinh", "logicle"]
    cofactor: float | None
    alignment: Alignment | None
    seed: int


@dataclass(frozen=True, slots=True)
class FirstLook:
    """One file to look at for the first time.

    Parameters
    ----------
    opening : OpeningChoice
    sampled : tuple of str
        Antigens of the cells that are kept to train a map.
    n_sampled : int
        How many cells; 0: none.
    """

    opening: OpeningChoice
    sampled: tuple[str, ...]
    n_sampled: int


def random_numbers(seed: int, *place: str) -> np.random.Generator:
    """Return the random numbers of one piece of work, whatever is drawn elsewhere."""
    told = hashlib.sha256("|".join((str(seed), *place)).encode()).digest()
    return np.random.default_rng(int.from_bytes(told[:8], "big"))


def opened_file(choice: OpeningChoice) -> tuple[Events, EventKinds]:
    """Return the events of a file, aligned where asked, and what each of them is.

    Raises
    ------
    MacroimmuneError
        If it cannot be read or used.
    """
    # One thread: files run side by side already.
    events = open_events(
        choice.path,
        choice.panel,
        transform=choice.transform,
        cofactor=choice.cofactor,
        n_threads=1,
    )
    kinds = classify_events(events)
    if choice.alignment is not None:
        events = choice.alignment.applied(events, choice.batch)
    return events, kinds


def file_hierarchy(events: Events, choice: OpeningChoice) -> Hierarchy:
    """Return the populations of a file; states of cells are told in unstimulated wells alone."""
    panel = events.panel
    states = {panel.channels[k].antigen for k in panel.with_role("state")}
    return gating_hierarchy(
        panel.lineage_antigens,
        choice.species,
        state_antigens=() if choice.is_stimulated else states,
        material=choice.material,
    )


def look_first(look: FirstLook, folder: Path) -> None:
    """Write what one file alone tells; or why it cannot be used, so that the others go on."""
    choice = look.opening
    try:
        events, kinds = opened_file(choice)
    except MacroimmuneError as error:
        (folder / LEFT_OUT).write_text(str(error), encoding="utf-8")
        return
    pl.DataFrame([quality_row(events, kinds)]).write_parquet(folder / QUALITY)
    if not kinds.is_cell.any():
        reason = f"{choice.path.name}: {len(kinds.kinds)} events, no live single cell among them"
        (folder / LEFT_OUT).write_text(reason, encoding="utf-8")
        return
    rng = random_numbers(choice.seed, "first look", choice.path.name)
    hierarchy = file_hierarchy(events, choice)
    save_record(folder / THRESHOLDS, fit_thresholds(events, kinds.kinds, hierarchy, rng=rng))
    save_record(folder / QUANTILES, channel_quantiles(events, kinds.kinds))
    if look.n_sampled and look.sampled:
        cells = sample_for_training(events, kinds.kinds, look.sampled, look.n_sampled, rng=rng)
        with (folder / SAMPLE).open("wb") as stream:
            np.savez(stream, cells=cells)
