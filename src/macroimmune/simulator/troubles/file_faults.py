"""Faults of files: encodings, line ends, separators, sheets, damage."""

from dataclasses import replace

import numpy as np

from macroimmune.simulator.study_files import StudyFiles
from macroimmune.simulator.troubles.places import file_of, with_table

__all__ = ["end_lines_as_old_macs"]


def end_lines_as_old_macs(files: StudyFiles, _rng: np.random.Generator) -> StudyFiles:
    """End the lines of the patients with CR alone."""
    file = file_of(files, "participants")
    return with_table(
        files, file, lambda one: replace(one, dialect=replace(one.dialect, line_end="\r"))
    )
