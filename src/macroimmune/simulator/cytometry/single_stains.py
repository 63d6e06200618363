"""Compensation controls: beads that carry one dye each, half of them unstained."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from macroimmune.formats import write_fcs
from macroimmune.simulator.cytometry.panels import panel_of
from macroimmune.simulator.cytometry.spillover import spillover_matrix
from macroimmune.simulator.cytometry.tube_events import LARGEST, TIME_STEPS
from macroimmune.simulator.cytometry.tube_files import heading_of
from macroimmune.simulator.plan.cytometry_plan import CytometryPlan
from macroimmune.simulator.streams import random_stream

__all__ = ["SingleStainTask", "write_single_stain"]

# Assumed: beads shine evenly, and scatter in a small cloud.
_EVENTS, _LIGHT, _LIGHT_SPREAD, _UNSTAINED_SPREAD = 2_000, 60_000.0, 0.08, 20.0
_FORWARD, _SIDE, _SCATTER_SPREAD, _HEIGHT = 40_000.0, 60_000.0, 0.04, 0.80
_WIDTH = 65_536.0
_PER_SECOND = 1_000.0


@dataclass(frozen=True, slots=True)
class SingleStainTask:
    """What is needed to write the control of one dye.

    Parameters
    ----------
    seed : int
    plan : CytometryPlan
    panel : str
    batch : int
    dye : int
        Its place among the dyes of the panel.
    file : str
        Without folder and ending.
    """

    seed: int
    plan: CytometryPlan
    panel: str
    batch: int
    dye: int
    file: str


def write_single_stain(task: SingleStainTask, targets: tuple[Path, ...]) -> None:
    """Draw and write the control of one dye.

    Parameters
    ----------
    task : SingleStainTask
    targets : (Path,)
    """
    panel = panel_of(task.panel)
    events = _events(task)
    version = task.batch if task.plan.labels_vary else 0
    write_fcs(targets[0], events, heading_of(panel, task.plan, task.file, events, version))


def _events(task: SingleStainTask) -> NDArray[np.float32]:
    panel = panel_of(task.panel)
    rng = random_stream(task.seed, "cytometry", "single stain", task.file)
    light = _UNSTAINED_SPREAD * rng.standard_normal((_EVENTS, len(panel.dyes)))
    stained = rng.permutation(_EVENTS) < _EVENTS // 2
    light[stained, task.dye] += _LIGHT * np.exp(_LIGHT_SPREAD * rng.standard_normal(stained.sum()))
    seen = light @ spillover_matrix(panel, task.plan.spillover)
    variance = task.plan.detector_noise**2 + task.plan.photon_noise * np.maximum(seen, 0)
    seen += np.sqrt(variance) * rng.standard_normal(seen.shape)
    events = np.zeros((_EVENTS, len(panel.channels)))
    events[:, panel.dyes] = seen
    pulse = np.exp(_SCATTER_SPREAD * rng.standard_normal((_EVENTS, 2)))
    waits = rng.standard_exponential(_EVENTS).cumsum() / _PER_SECOND
    for role, values in {
        "fsc_a": _FORWARD * pulse[:, 0],
        "fsc_h": _FORWARD * _HEIGHT * pulse[:, 0],
        "fsc_w": np.full(_EVENTS, _WIDTH),
        "ssc_a": _SIDE * pulse[:, 1],
        "time": np.floor(waits / TIME_STEPS[panel.technology]),
    }.items():
        place = panel.place(role)
        if place is not None:
            events[:, place] = values
    return np.minimum(events, LARGEST).astype(np.float32)
