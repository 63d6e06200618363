"""What one kind of measurement adds to a virtual study."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from macroimmune.simulator.file_tasks import FileTask

__all__ = ["Delivery"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """Files of one kind of measurement, as the laboratory hands them over, and their truth.

    Parameters
    ----------
    tables : mapping from file name to polars DataFrame
        Tables under the laboratory's own headings.
    tasks : tuple of FileTask
        Raw files, and truth of single cells beside them, that are too large to hold.
    truth : mapping from file name to polars DataFrame
        Written below `truth/`; no analysis reads it.
    study : str
        The sections of `study.toml` that map the tables, as TOML; empty where no stage reads them.
    """

    tables: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    tasks: tuple[FileTask, ...] = ()
    truth: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    study: str = ""
