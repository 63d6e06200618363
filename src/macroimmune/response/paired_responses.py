"""The responses of every pair of wells: the tables stimulation_responses and response_densities."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import polars as pl

from macroimmune.response.batch_variance import (
    BatchVariance,
    ControlDifference,
    batch_variances,
)
from macroimmune.response.declared_markers import DeclaredMarkers, declared_markers
from macroimmune.response.densities import density_rows
from macroimmune.response.effects import (
    LEAST_CELLS,
    difference_of_means,
    response_effects,
    split_sizes,
)
from macroimmune.response.well import WellResponse
from macroimmune.results import RESULT_TABLES
from macroimmune.statistics.random_splits import Splits, random_splits
from macroimmune.study.stimulation_settings import StimulationSettings

__all__ = ["PairedResponses", "paired_responses"]

NOT_INCLUDED = "batch not included: no bridging control shows this answer in two batches"
Row = Mapping[str, Any]
# Several stimuli of a sample share their unstimulated well.
_WELLS_IN_MEMORY = 3
_SPLITS_IN_MEMORY = 8


@dataclass(frozen=True, slots=True, eq=False)
class PairedResponses:
    """What all pairs of wells say.

    Parameters
    ----------
    responses : DataFrame
        Table `stimulation_responses`, of participants and of controls.
    densities : DataFrame
        Table `response_densities`, of participants.
    """

    responses: pl.DataFrame
    densities: pl.DataFrame


def paired_responses(
    pairs: pl.DataFrame,
    well: Callable[[str], WellResponse],
    *,
    settings: StimulationSettings,
    rng: np.random.Generator,
) -> PairedResponses:
    """Return the effect sizes of each pair of wells, population and marker.

    Parameters
    ----------
    pairs : DataFrame
        Table `stimulation_pairs`; those without a partner have no rows.
    well : callable from file to WellResponse
        Called several times for some files.
    settings : StimulationSettings
    rng : numpy.random.Generator

    Notes
    -----
    Convention: all populations that both wells have, and all markers of either. The variance
    between batches is that of the bridging controls with the same panel, stimulus, minutes and
    dose. Densities of declared markers only, in the declared populations and all live single cells.
    """
    whole = pairs.filter(pl.col("unstimulated_file") != "").sort(
        "unstimulated_file", maintain_order=True
    )
    rows = whole.to_dicts()
    read = lru_cache(maxsize=_WELLS_IN_MEMORY)(well)
    between = batch_variances(_of_controls(rows, read))
    *streams, of_splits = rng.spawn(len(rows) + 1)
    splits = _splits_by_size(of_splits)
    responses: list[dict[str, Any]] = []
    densities: list[dict[str, Any]] = []
    for row, stream in zip(rows, streams, strict=True):
        before, after = read(row["unstimulated_file"]), read(row["stimulated_file"])
        declared = declared_markers(
            row["stimulus_id"] or row["stimulus"], row["stimulus_minutes"], settings
        )
        responses += _responses(row, (before, after), between, declared, splits, stream)
        if row["participant_id"]:
            densities += _densities(row, before, after, declared)
    return PairedResponses(
        _table("stimulation_responses", responses), _table("response_densities", densities)
    )


def _table(name: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    schema = RESULT_TABLES[name].schema
    return pl.DataFrame(rows, schema=schema)


def _key(row: Row, population: str, marker: str) -> tuple[object, ...]:
    names = ("panel", "stimulus", "stimulus_minutes", "stimulus_dose", "stimulus_dose_unit")
    return (*(row[name] for name in names), population, marker)


def _of_controls(
    rows: list[dict[str, Any]], read: Callable[[str], WellResponse]
) -> Iterator[ControlDifference]:
    """Return the differences in bridging controls whose batch is known."""
    for row in rows:
        if not row["control"] or not row["batch"]:
            continue
        before, after = read(row["unstimulated_file"]), read(row["stimulated_file"])
        if before.unit != after.unit:
            continue
        for population, marker in before.levels.keys() & after.levels.keys():
            pair = before.levels[population, marker], after.levels[population, marker]
            if min(one.n_cells for one in pair) >= LEAST_CELLS:
                found = difference_of_means(*pair)
                yield ControlDifference(
                    row["control"],
                    row["batch"],
                    _key(row, population, marker),
                    found.value,
                    found.cells**2 + found.added,
                )


def _splits_by_size(rng: np.random.Generator) -> Callable[[int, int], Splits]:
    """Return a function that gives the splits for two numbers of cells, drawn once for each."""
    drawn = lru_cache(maxsize=_SPLITS_IN_MEMORY)(lambda *sizes: random_splits(sizes, rng))
    return lambda *cells: drawn(*split_sizes(*cells))


def _responses(
    row: Row,
    wells: tuple[WellResponse, WellResponse],
    between: Mapping[tuple[object, ...], BatchVariance],
    declared: DeclaredMarkers,
    splits: Callable[[int, int], Splits],
    rng: np.random.Generator,
) -> Iterator[dict[str, Any]]:
    """Return the rows of one pair of wells, unstimulated and stimulated."""
    before, after = wells
    columns = RESULT_TABLES["stimulation_responses"].columns
    told = {name: row[name] for name in columns if name in row and name != "status"}
    for population in (name for name in before.n_cells if name in after.n_cells):
        counts = {
            "n_unstimulated": before.n_cells[population],
            "n_stimulated": after.n_cells[population],
        }
        for marker in _markers(population, before, after):
            batch = between.get(_key(row, population, marker))
            found = _effects(population, marker, wells, batch, splits, rng)
            if batch is None and found["use"] != "none":
                found["status"] = "; ".join(filter(None, [found["status"], NOT_INCLUDED]))
            yield (
                told
                | found
                | counts
                | {
                    "population": population,
                    "marker": marker,
                    "marker_list": declared.lists.get(marker, ""),
                    "unit": after.unit,
                    "status": "; ".join(filter(None, [row["status"], found["status"]])),
                }
            )


def _effects(
    population: str,
    marker: str,
    wells: tuple[WellResponse, WellResponse],
    batch: BatchVariance | None,
    splits: Callable[[int, int], Splits],
    rng: np.random.Generator,
) -> dict[str, Any]:
    """Return the effect sizes of one marker, or why there are none."""
    before, after = (one.levels.get((population, marker)) for one in wells)
    if before is None or after is None:
        which = "unstimulated" if before is None else "stimulated"
        return {"use": "none", "status": f"{marker} is not measured in the {which} well"}
    if wells[0].unit != wells[1].unit:
        units = f"{wells[0].unit} unstimulated, {wells[1].unit} stimulated"
        return {"use": "none", "status": f"units differ: {units}"}
    least = min(before.n_cells, after.n_cells)
    found = response_effects(
        before,
        after,
        batch_variance=None if batch is None else batch.variance,
        batch_freedom=np.inf if batch is None else batch.freedom,
        splits=splits(before.n_cells, after.n_cells) if least >= LEAST_CELLS else None,
        rng=rng,
    )
    return asdict(found)


def _markers(population: str, before: WellResponse, after: WellResponse) -> list[str]:
    """Return the markers of a population in either well, in the order of the wells."""
    keys = [*before.levels, *after.levels]
    return list(dict.fromkeys(marker for name, marker in keys if name == population))


def _densities(
    row: Row, before: WellResponse, after: WellResponse, declared: DeclaredMarkers
) -> Iterator[dict[str, Any]]:
    """Return the bins of declared markers in declared populations and the whole sample."""
    columns = RESULT_TABLES["response_densities"].columns
    told = {name: row[name] for name in columns if name in row}
    for marker, listed in declared.lists.items():
        for population in dict.fromkeys(("", *declared.populations[listed])):
            key = population, marker
            if key in before.levels and key in after.levels and before.unit == after.unit:
                for part in density_rows(before.levels[key], after.levels[key]):
                    yield told | {"population": population, "marker": marker} | part
