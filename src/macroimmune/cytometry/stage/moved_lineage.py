"""What a stimulus does to lineage markers in the paired wells of a study's donors."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import polars as pl

from macroimmune.cytometry.gating import MarkerRanks, WellLevels, lineage_invariance
from macroimmune.cytometry.response import DonorPairs
from macroimmune.results import RESULT_TABLES
from macroimmune.work import load_record, save_record

__all__ = ["load_levels", "moved_lineage", "save_levels"]


@dataclass(frozen=True, slots=True, eq=False)
class _Saved:
    """Levels of a well, by one word in the place of marker and population."""

    file: str
    shares: Mapping[str, tuple[int, int]]
    ranks: Mapping[str, MarkerRanks]


def save_levels(path: Path, levels: WellLevels) -> None:
    """Write the levels of one well."""
    ranks = {f"{antigen}\t{name}": one for (antigen, name), one in levels.ranks.items()}
    save_record(path, _Saved(levels.file, levels.shares, ranks))


def load_levels(path: Path) -> WellLevels:
    """Return what `save_levels` wrote.

    Raises
    ------
    ResultsError
        If the file holds no levels.
    """
    saved = load_record(path, _Saved)
    ranks = {}
    for key, one in saved.ranks.items():
        antigen, population = key.split("\t")
        ranks[antigen, population] = one
    return WellLevels(saved.file, saved.shares, ranks)


def moved_lineage(wells: Sequence[DonorPairs], levels: Mapping[str, Path]) -> pl.DataFrame:
    """Return the table `lineage_invariance`.

    Parameters
    ----------
    wells : sequence of DonorPairs
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
