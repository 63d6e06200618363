"""The files of one tube: the FCS file of a laboratory, and what each event truly is."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from macroimmune.formats import FcsHeading, Spillover, write_fcs
from macroimmune.simulator.cytometry.event_labels import KINDS
from macroimmune.simulator.cytometry.panels import Panel, panel_of
from macroimmune.simulator.cytometry.spillover import spillover_matrix
from macroimmune.simulator.cytometry.tube_events import LARGEST, TIME_STEPS, TubeEvents, draw_tube
from macroimmune.simulator.cytometry.wells import Well
from macroimmune.simulator.leaves import LEAVES
from macroimmune.simulator.plan.cytometry_plan import CytometryPlan

__all__ = ["TubeTask", "heading_of", "write_tube"]

_INSTRUMENTS = {
    "mass": "virtual mass cytometer",
    "fluorescence": "virtual fluorescence cytometer",
}


@dataclass(frozen=True, slots=True, eq=False)
class TubeTask:
    """What is needed to write the files of one tube.

    Parameters
    ----------
    seed : int
    plan : CytometryPlan
    well : Well
    """

    seed: int
    plan: CytometryPlan
    well: Well


def write_tube(task: TubeTask, targets: tuple[Path, ...]) -> None:
    """Draw the events of a tube and write its FCS file and its truth.

    Parameters
    ----------
    task : TubeTask
    targets : (Path, Path)
        The FCS file and the Parquet file of its events.
    """
    drawn = draw_tube(task.seed, task.plan, task.well)
    panel = panel_of(task.well.panel)
    version = task.well.batch if task.plan.labels_vary else 0
    heading = heading_of(panel, task.plan, task.well.file, drawn.events, version)
    write_fcs(targets[0], drawn.events, heading)
    _true_events(drawn).write_parquet(targets[1], compression="zstd", statistics=False)


def heading_of(
    panel: Panel, plan: CytometryPlan, file: str, events: np.ndarray, version: int
) -> FcsHeading:
    """Return what stands beside the events of a panel.

    Parameters
    ----------
    panel : Panel
    plan : CytometryPlan
    file : str
        Without ending.
    events : float array, shape (events, channels)
    version : int
        Of the spelling of antibodies.
    """
    names = [channel.name for channel in panel.channels]
    dyes = tuple(names[place] for place in panel.dyes)
    return FcsHeading(
        names=names,
        antigens=panel.labels(version),
        ranges=_ranges(panel, events),
        spillover=Spillover(dyes, spillover_matrix(panel, plan.spillover)) if dyes else None,
        time_step_seconds=TIME_STEPS[panel.technology],
        keywords={
            "$CYT": _INSTRUMENTS[panel.technology],
            "$FIL": f"{file}.fcs",
            "$COM": "drawn by macroimmune, not measured",
        },
    )


def _ranges(panel: Panel, events: np.ndarray) -> list[float]:
    """Return $PnR: the saturation of light detectors, else what holds every value."""
    if panel.technology == "fluorescence":
        return [LARGEST + 1] * len(panel.channels)
    return [float(np.ceil(top) + 1) for top in events.max(axis=0, initial=0.0)]


def _true_events(drawn: TubeEvents) -> pl.DataFrame:
    """Return one row per event, in the order of the FCS file."""
    labels = drawn.labels
    return pl.DataFrame({
        "kind": _named(labels.kind, KINDS),
        "leaf": _named(labels.leaf, tuple(LEAVES)),
        "second_leaf": _named(labels.second_leaf, tuple(LEAVES)),
        "answers": drawn.answers,
    })


def _named(places: np.ndarray, names: tuple[str, ...]) -> pl.Series:
    """Return the names at these places, missing where a place is below zero."""
    known = pl.Series([*names, None], dtype=pl.Enum(names))
    return known.gather(np.where(places < 0, len(names), places))
