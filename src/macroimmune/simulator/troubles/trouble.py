"""What a planted trouble is."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from macroimmune.simulator.study_files import StudyFiles

__all__ = ["Trouble"]


@dataclass(frozen=True, slots=True)
class Trouble:
    """One fault of files or settings that can be planted into a virtual study.

    Parameters
    ----------
    name : str
        The code of the finding that it leads to, where there is one.
    does : str
        What it does, in one phrase for people.
    changes : tuple of str
        What it changes, in words such as `outcomes.os_event`; two troubles that change the same
        are not planted together.
    plant : callable
        Called as `plant(files, rng)`; returns the files with the fault. Pure: the same files and
        stream give the same files.
    says : tuple of str
        The codes that a check gives with it and not without it.
    may_say : tuple of str
        Codes that can come along, depending on the patients drawn.
    """

    name: str
    does: str
    changes: tuple[str, ...]
    plant: Callable[[StudyFiles, np.random.Generator], StudyFiles]
    says: tuple[str, ...]
    may_say: tuple[str, ...] = ()
