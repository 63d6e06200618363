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
    halves_of,
    response_effects,
)
from macroimmune.response.well import MarkerLevels, WellResponse
from macroimmune.results import RESULT_TABLES
from macroimmune.study.stimulation_settings import StimulationSettings

__all__ = ["PairedResponses", "paired_responses"]

NOT_INCLUDED = "batch not included: no bridging control with this stimulus in two batches"
Row = Mapping[str, Any]
# Several stimuli of a sample share their unstimulated well.
_WELLS_IN_MEMORY = 3


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
    streams = rng.spawn(len(rows))
    responses: list[dict[str, Any]] = []
    densities: list[dict[str, Any]] = []
    for row, stream in zip(rows, streams, strict=True):
        before, after = read(row["unstimulated_file"]), read(row["stimulated_file"])
        declared = declared_markers(
            row["stimulus_id"] or row["stimulus"], row["stimulus_minutes"], settings
        )
        responses += _responses(row, before, after, between, declared, stream)
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


def _responses(
    row: Row,
    before: WellResponse,
    after: WellResponse,
    between: Mapping[tuple[object, ...], BatchVariance],
    declared: DeclaredMarkers,
    rng: np.random.Generator,
) -> Iterator[dict[str, Any]]:
    """Return the rows of one pair of wells."""
    shared = [name for name in before.n_cells if name in after.n_cells]
    columns = RESULT_TABLES["stimulation_responses"].columns
    told = {name: row[name] for name in columns if name in row and name != "status"}
    for population in shared:
        halves = {}
        for marker in _markers(population, before, after):
            found = told | {
                "population": population,
                "marker": marker,
                "marker_list": declared.lists.get(marker, ""),
                "unit": after.unit,
            }
            pair = [one.levels.get((population, marker)) for one in (before, after)]
            counts = {
                "n_unstimulated": before.n_cells[population],
                "n_stimulated": after.n_cells[population],
            }
            problem = _problem(marker, before, after, pair)
            if problem or pair[0] is None or pair[1] is None:
                yield found | counts | {"use": "none", "status": problem}
                continue
            size = pair[0].ranked.size
            if size >= LEAST_CELLS and size not in halves:
                halves[size] = halves_of(pair[0], rng)
            batch = between.get(_key(row, population, marker))
            effects = response_effects(
                pair[0],
                pair[1],
                batch_variance=None if batch is None else batch.variance,
                batch_freedom=np.inf if batch is None else batch.freedom,
                halves=halves.get(size),
                rng=rng,
            )
            said = [row["status"], effects.status]
            said += [NOT_INCLUDED] if batch is None and effects.use != "none" else []
            yield found | asdict(effects) | counts | {"status": "; ".join(filter(None, said))}


def _markers(population: str, before: WellResponse, after: WellResponse) -> list[str]:
    """Return the markers of a population in either well, in the order of the wells."""
    keys = [*before.levels, *after.levels]
    return list(dict.fromkeys(marker for name, marker in keys if name == population))


def _problem(
    marker: str, before: WellResponse, after: WellResponse, pair: list[MarkerLevels | None]
) -> str:
    """Say why two wells cannot be compared, or nothing."""
    for levels, which in zip(pair, ("unstimulated", "stimulated"), strict=True):
        if levels is None:
            return f"{marker} is not measured in the {which} well"
    if before.unit != after.unit:
        return f"units differ: {before.unit} unstimulated, {after.unit} stimulated"
    return ""


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
