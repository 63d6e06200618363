"""Troubles of repertoire metrics that were computed elsewhere."""

from dataclasses import replace

import numpy as np
import polars as pl

from macroimmune.simulator.study_files import DeliveredTable, StudyFiles
from macroimmune.simulator.troubles.places import frame_of, place_of
from macroimmune.simulator.troubles.settings_text import section_of
from macroimmune.simulator.troubles.trouble import Trouble

__all__ = ["REPERTOIRE_METRIC_TROUBLES"]

_FILE = "repertoire_metrics.csv"
_METRIC, _DEPTH = "TCR richness", "TCR templates"


def _with_metrics(files: StudyFiles, values: dict[str, np.ndarray]) -> StudyFiles:
    """Add a file with repertoire metrics of one sample before treatment of each patient."""
    ids = frame_of(files, "participants")[place_of(files, "participants", "participant_id").heading]
    frames = [
        pl.DataFrame({
            "Patient": ids,
            "Day": [0] * ids.len(),
            "Metric": [name] * ids.len(),
            "Value": numbers,
        })
        for name, numbers in values.items()
    ]
    section = (
        f'file = "{_FILE}"\nparticipant_id = "Patient"\ndays_from_treatment_start = "Day"\n'
        'feature = "Metric"\nvalue = "Value"\n'
    )
    settings = files.settings.replace("\n[supplied_features]", "\n[[supplied_features]]")
    is_first = not section_of(files.settings, "supplied_features")
    name = "[supplied_features]" if is_first else "[[supplied_features]]"
    tables = {**files.tables, _FILE: DeliveredTable(pl.concat(frames))}
    return replace(files, tables=tables, settings=f"{settings}\n{name}\n{section}")


def _drawn(files: StudyFiles, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return richness that follows depth, as it does, and depth."""
    n = frame_of(files, "participants").height
    depth = np.exp(rng.normal(np.log(60_000.0), 0.6, n))
    richness = np.exp(0.8 * np.log(depth) + rng.normal(0.0, 0.15, n))
    return richness.round(), depth.round()


def _without_depth(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    return _with_metrics(files, {_METRIC: _drawn(files, rng)[0]})


def _with_depth(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    richness, depth = _drawn(files, rng)
    return _with_metrics(files, {_METRIC: richness, _DEPTH: depth})


REPERTOIRE_METRIC_TROUBLES = (
    Trouble(
        "depth-not-given",
        "the richness of repertoires comes without the depth of its samples",
        ("repertoire metrics",),
        _without_depth,
        says=("depth-not-given",),
    ),
    Trouble(
        "follows-depth",
        "the richness of repertoires follows the depth of its samples",
        ("repertoire metrics",),
        _with_depth,
        says=("follows-depth",),
    ),
)
