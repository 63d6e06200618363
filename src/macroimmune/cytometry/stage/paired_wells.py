"""Stimulated wells with the unstimulated well of the same donor and panel, and what moved."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import polars as pl

from macroimmune.cytometry.gating import MarkerRanks, WellLevels, lineage_invariance
from macroimmune.cytometry.stage.files import CytometryFile
from macroimmune.results import RESULT_TABLES
from macroimmune.work import load_record, save_record

__all__ = ["PairedWells", "load_levels", "moved_lineage", "paired_wells", "save_levels"]


@dataclass(frozen=True, slots=True)
class PairedWells:
    """The wells of all donors for one stimulus.

    Parameters
    ----------
    panel, stimulus : str
    stimulus_minutes : float or None
    pairs : tuple of (str, str), one per donor
        raw_file without and with the stimulus.
    """

    panel: str
    stimulus: str
    stimulus_minutes: float | None
    pairs: tuple[tuple[str, str], ...]


def paired_wells(files: Sequence[CytometryFile]) -> tuple[PairedWells, ...]:
    """Return the pairs of wells of each panel and stimulus.

    Parameters
    ----------
    files : sequence of CytometryFile
        Those that were used; controls of no participant take no part.

    Notes
    -----
    Convention: both wells are of the same participant, sample and panel; of several unstimulated
    wells one of the same batch goes first, then the first of the study. A donor with pairs of
    several samples counts once, by the earliest.
    """
    people = [file for file in files if file.participant_id]
    resting: dict[tuple[str, str, str], list[CytometryFile]] = {}
    for file in people:
        if not file.is_stimulated:
            resting.setdefault((file.panel, file.participant_id, file.sample_id), []).append(file)
    found: dict[tuple[str, str, float | None], dict[str, tuple[str, str]]] = {}
    for file in sorted(people, key=_day):
        mates = resting.get((file.panel, file.participant_id, file.sample_id), [])
        if file.is_stimulated and mates:
            mate = min(mates, key=lambda one: one.batch != file.batch)
            donors = found.setdefault((file.panel, file.stimulus, file.stimulus_minutes), {})
            donors.setdefault(file.participant_id, (mate.raw_file, file.raw_file))
    return tuple(PairedWells(*key, tuple(donors.values())) for key, donors in found.items())


def _day(file: CytometryFile) -> float:
    day = file.days_from_treatment_start
    return float("inf") if day is None else day


@dataclass(frozen=True, slots=True, eq=False)
class _Saved:
    """Levels of a well, by one word in the place of marker and population."""

    file: str
    shares: Mapping[str, tuple[int, int]]
    ranks: Mapping[str, MarkerRanks]


def save_levels(path: Path, levels: WellLevels) -> None:
    """Write the levels of one well."""
    ranks = {f"{antigen} {name}": one for (antigen, name), one in levels.ranks.items()}
    save_record(path, _Saved(levels.file, levels.shares, ranks))


def load_levels(path: Path) -> WellLevels:
    """Return what `save_levels` wrote.

    Raises
    ------
    ResultsError
        If the file holds no levels.
    """
    saved = load_record(path, _Saved)
    # No id of a population has a blank.
    ranks = {}
    for key, one in saved.ranks.items():
        antigen, population = key.rsplit(" ", 1)
        ranks[antigen, population] = one
    return WellLevels(saved.file, saved.shares, ranks)


def moved_lineage(wells: Sequence[PairedWells], levels: Mapping[str, Path]) -> pl.DataFrame:
    """Return the table `lineage_invariance`.

    Parameters
    ----------
    wells : sequence of PairedWells
    levels : mapping from raw_file to Path
        Where the levels of each well are.

    Notes
    -----
    Convention: populations told by states of cells are not gated in stimulated wells and have no
    rows.
    """
    schema = RESULT_TABLES["lineage_invariance"].schema
    rows: list[dict[str, object]] = []
    for one in wells:
        before, after = ([load_levels(levels[pair[side]]) for pair in one.pairs] for side in (0, 1))
        gated = {name for well in after for name in well.shares}
        told = {
            "panel": one.panel,
            "stimulus": one.stimulus,
            "stimulus_minutes": one.stimulus_minutes,
        }
        rows += [
            told | asdict(row)
            for row in lineage_invariance(before, after)
            if row.population in gated
        ]
    return pl.DataFrame(rows, schema=schema).with_columns(
        pl.col("effect", "ci_low", "ci_high", "limit").fill_nan(None)
    )
