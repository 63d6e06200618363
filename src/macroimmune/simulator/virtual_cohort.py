"""A virtual cohort as a laboratory would deliver it, with its truth beside it."""

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType

import numpy as np
import polars as pl

from macroimmune.errors import InputError
from macroimmune.results import RESULT_TABLES
from macroimmune.simulator.cohort_truth import true_effects
from macroimmune.simulator.lab_files import lab_tables
from macroimmune.simulator.patients import draw_patients

__all__ = ["VirtualCohort", "virtual_cohort", "write_virtual_cohort"]

_STUDY_FILE = "study.toml"


@dataclass(frozen=True, slots=True)
class VirtualCohort:
    """A virtual cohort.

    Parameters
    ----------
    tables : mapping from file name to polars DataFrame
        Under the headings and codes of the laboratory, not ours; `study.toml` maps them.
    truth : polars DataFrame
        The table `truth` of the results contract.
    """

    tables: MappingProxyType[str, pl.DataFrame]
    truth: pl.DataFrame


def virtual_cohort(n: int, *, rng: np.random.Generator) -> VirtualCohort:
    """Return a virtual single-arm cohort on an immune checkpoint inhibitor.

    Parameters
    ----------
    n : int
        Patients; at least 1.
    rng : numpy Generator

    Returns
    -------
    cohort : VirtualCohort
        Blood counts, proteins and populations before treatment and at week 6 (Ki67+ CD8 T cells
        also at week 3), scans, medications, response, PFS and OS. Some visits, tubes and values
        are missing, at random.

    Raises
    ------
    InputError
        If `n` is below 1.

    Examples
    --------
    >>> cohort = virtual_cohort(5, rng=np.random.default_rng(7))
    >>> cohort.tables["patients.csv"].height
    5
    """
    patients = draw_patients(n, rng=rng)
    return VirtualCohort(tables=lab_tables(patients, rng=rng), truth=true_effects())


def write_virtual_cohort(folder: Path, n: int, seed: int) -> Path:
    """Write a virtual cohort as a study folder and return the path of its `study.toml`.

    Parameters
    ----------
    folder : Path
        Made if absent; it may hold nothing but an earlier virtual cohort.
    n : int
        Patients; at least 1.
    seed : int
        Same seed and n, same bytes. It is written into `study.toml`.

    Returns
    -------
    path : Path
        Beside it stand the files of the laboratory and `truth.csv`, which no analysis reads.

    Raises
    ------
    InputError
        If `n` is below 1, `seed` is negative, or `folder` holds other files.
    """
    if seed < 0:
        msg = f"a seed is a whole number from 0 up, found {seed}"
        raise InputError(msg)
    cohort = virtual_cohort(n, rng=np.random.default_rng(seed))
    truth_file = RESULT_TABLES["truth"].file
    _refuse_foreign(folder, {*cohort.tables, _STUDY_FILE, truth_file})
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in cohort.tables.items():
        table.write_csv(folder / name)
    cohort.truth.write_csv(folder / truth_file)
    template = files("macroimmune.simulator").joinpath(_STUDY_FILE).read_text(encoding="utf-8")
    path = folder / _STUDY_FILE
    path.write_text(f"# Virtual cohort: {n} patients, seed {seed}.\n{template}", encoding="utf-8")
    return path


def _refuse_foreign(folder: Path, ours: set[str]) -> None:
    if folder.is_file():
        msg = f"{folder}: a file; a virtual cohort needs a folder"
        raise InputError(msg)
    if folder.is_dir():
        foreign = sorted(path.name for path in folder.iterdir() if path.name not in ours)
        if foreign:
            msg = f"{folder}: holds {foreign[0]}, which is no part of it; choose another folder"
            raise InputError(msg)
