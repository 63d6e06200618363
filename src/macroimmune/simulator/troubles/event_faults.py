"""Faults of outcomes: flags, times, causes and who has them."""

import numpy as np
import polars as pl

from macroimmune.simulator.study_files import StudyFiles
from macroimmune.simulator.troubles.places import place_of, with_cells

__all__ = ["reverse_events"]


def reverse_events(files: StudyFiles, _rng: np.random.Generator) -> StudyFiles:
    """Exchange the codes of progression or death and of none."""
    place = place_of(files, "outcomes", "pfs_event")
    true, false = place.spec["true"][0], place.spec["false"][0]
    cell = pl.col(place.heading).cast(pl.String)
    return with_cells(files, place, cell.replace({true: false, false: true}))
