"""What the files of one panel give together: thresholds shrunk to each other, a map of clusters."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from macroimmune.cytometry.clustering import CellMap, described_antigens, train_clusters
from macroimmune.cytometry.gated import FileThresholds
from macroimmune.cytometry.gating import shrink_thresholds
from macroimmune.cytometry.stage.first_look import SAMPLE, THRESHOLDS, random_numbers
from macroimmune.cytometry.stage.listed_files import ListedFile
from macroimmune.errors import InputError
from macroimmune.work import WorkTask, load_record

__all__ = ["PanelCohort", "cluster_antigens", "panel_cohort"]


@dataclass(frozen=True, slots=True)
class PanelCohort:
    """What the files of one panel gave together.

    Parameters
    ----------
    key : str
        Another as soon as a file or the number of clusters differs.
    thresholds : mapping from file to FileThresholds
        Shrunk to the files of panel and species.
    cell_map : CellMap or None
    trouble : str
        Why there is no map though one was asked for; empty where there is.
    """

    key: str
    thresholds: Mapping[str, FileThresholds]
    cell_map: CellMap | None
    trouble: str


def panel_cohort(
    mates: Sequence[tuple[ListedFile, WorkTask]], work: Path, n_clusters: int, seed: int
) -> PanelCohort:
    """Return what the files of one panel give together.

    Parameters
    ----------
    mates : sequence of (ListedFile, WorkTask)
        The files that were used, with their first looks.
    work : Path
    n_clusters : int
        0: cells are not clustered.
    seed : int
    """
    thresholds: dict[str, FileThresholds] = {}
    for species in dict.fromkeys(one.species for one, _ in mates):
        some = [(one, task) for one, task in mates if one.species == species]
        own = [load_record(work / task.key / THRESHOLDS, FileThresholds) for _, task in some]
        shrunk = shrink_thresholds(own, [one.file.batch for one, _ in some])
        thresholds |= {
            one.file.raw_file: found for (one, _), found in zip(some, shrunk, strict=True)
        }
    told = "|".join(task.key for _, task in mates) + str(n_clusters)
    key = hashlib.sha256(told.encode()).hexdigest()
    cell_map, trouble = _trained(mates, work, n_clusters, seed) if n_clusters else (None, "")
    return PanelCohort(key, thresholds, cell_map, trouble)


def _trained(
    mates: Sequence[tuple[ListedFile, WorkTask]], work: Path, n_clusters: int, seed: int
) -> tuple[CellMap | None, str]:
    """Return the map of a panel's clusters, or why its files give none."""
    samples = []
    for _, task in mates:
        path = work / task.key / SAMPLE
        if path.exists():
            with np.load(path, allow_pickle=False) as stored:
                samples.append(stored["cells"])
    listed = [one for one, _ in mates]
    panel = listed[0].panel
    if not samples or panel is None:
        return None, "no unstimulated file with markers that all files of the panel have"
    try:
        cell_map = train_clusters(
            np.concatenate(samples),
            cluster_antigens(listed),
            typing=panel.lineage_antigens,
            n_clusters=n_clusters,
            rng=random_numbers(seed, "clusters", listed[0].file.panel),
        )
    except InputError as error:
        return None, str(error)
    return cell_map, ""


def cluster_antigens(mates: Sequence[ListedFile]) -> tuple[str, ...]:
    """Return the markers by which clusters are described: those that every file of a panel has."""
    panels = [one.panel for one in mates if one.panel is not None]
    shared = [set(described_antigens(panel)) for panel in panels]
    first = described_antigens(panels[0]) if panels else ()
    return tuple(name for name in first if all(name in some for some in shared))
