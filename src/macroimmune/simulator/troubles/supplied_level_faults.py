"""Troubles of levels after a stimulus that were measured elsewhere."""

from dataclasses import replace

import numpy as np
import polars as pl

from macroimmune.simulator.study_files import DeliveredTable, StudyFiles
from macroimmune.simulator.troubles.places import frame_of, place_of
from macroimmune.simulator.troubles.trouble import Trouble

__all__ = ["SUPPLIED_LEVEL_TROUBLES"]

_FILE = "stimulated_levels.csv"
_SECTION = f"""
[stimulated_levels]
file = "{_FILE}"
participant_id = "Patient"
days_from_treatment_start = "Day"
population = "Population"
marker = "Marker"
stimulus = "Stimulus"
stimulus_minutes = {{ column = "Minutes", unit = "minute" }}
value = "Median"
unit = "Unit"
n_cells = "Cells"
"""


def _levels(files: StudyFiles, rng: np.random.Generator) -> pl.DataFrame:
    """Return medians of pSTAT1 with and without IFN-alpha before treatment, of each patient."""
    ids = frame_of(files, "participants")[place_of(files, "participants", "participant_id").heading]
    resting = rng.normal(1.0, 0.15, ids.len())
    answer = rng.normal(1.2, 0.3, ids.len())
    wells = (("none", resting), ("IFN-alpha", resting + answer))
    return pl.concat([
        pl.DataFrame({
            "Patient": ids,
            "Day": 0,
            "Population": "CD4+ T cells",
            "Marker": "pSTAT1",
            "Stimulus": stimulus,
            "Minutes": 15,
            "Median": medians.round(3),
            "Unit": "arcsinh median",
            "Cells": rng.integers(200, 900, ids.len()),
        })
        for stimulus, medians in wells
    ])


def _with_levels(files: StudyFiles, levels: pl.DataFrame) -> StudyFiles:
    tables = {**files.tables, _FILE: DeliveredTable(levels)}
    return replace(files, tables=tables, settings=files.settings + _SECTION)


def _without_partner(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    """Leave out the unstimulated level of one patient."""
    levels = _levels(files, rng)
    return _with_levels(files, levels[1:])


def _two_units(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    """Let the unstimulated levels be fluorescence, the others arcsinh."""
    unit = pl.when(pl.col("Stimulus") == "none").then(pl.lit("MFI")).otherwise("Unit")
    return _with_levels(files, _levels(files, rng).with_columns(Unit=unit))


def _standardised(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    """Standardise the levels of each stimulus by themselves."""
    median = pl.col("Median")
    scaled = ((median - median.mean()) / median.std()).over("Stimulus").round(3)
    levels = _levels(files, rng).with_columns(scaled, Unit=pl.lit("z-score"))
    return _with_levels(files, levels)


SUPPLIED_LEVEL_TROUBLES = (
    Trouble(
        "level-without-partner",
        "a file of medians after IFN-alpha lacks the unstimulated one of one patient",
        ("stimulated_levels",),
        _without_partner,
        says=("level-without-partner",),
    ),
    Trouble(
        "levels-in-two-units",
        "a file of medians has the unstimulated wells in another unit than the stimulated ones",
        ("stimulated_levels",),
        _two_units,
        says=("levels-in-two-units",),
    ),
    Trouble(
        "levels-standardised",
        "a file of medians was standardised, each stimulus by itself",
        ("stimulated_levels",),
        _standardised,
        says=("levels-standardised",),
    ),
)
