"""The responses of every pair of wells: the tables stimulation_responses and response_densities."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any

import numpy as np
import polars as pl

from macroimmune.response.batch_variance import BatchVariance
from macroimmune.response.between_batches import BetweenBatches, between_batches
from macroimmune.response.declared_markers import DeclaredMarkers, declared_markers
from macroimmune.response.densities import density_bins
from macroimmune.response.effect_columns import NUMBERS, effect_columns
from macroimmune.response.well import WellResponse
from macroimmune.results import RESULT_TABLES
from macroimmune.study.stimulation_settings import StimulationSettings

__all__ = ["PairedResponses", "paired_responses"]

Row = Mapping[str, Any]
Key = tuple[str, str]
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
    dose: of the difference where both wells are of one batch, else of both wells' levels. Densities
    of declared markers only, in the declared populations and all live single cells.
    """
    whole = pairs.filter(pl.col("unstimulated_file") != "").sort(
        "unstimulated_file", maintain_order=True
    )
    rows = whole.to_dicts()
    read = lru_cache(maxsize=_WELLS_IN_MEMORY)(well)
    between = between_batches(rows, read)
    responses, densities = [], []
    for row, stream in zip(rows, rng.spawn(len(rows)), strict=True):
        wells = read(row["unstimulated_file"]), read(row["stimulated_file"])
        declared = declared_markers(
            row["stimulus_id"] or row["stimulus"], row["stimulus_minutes"], settings
        )
        responses.append(_responses(row, wells, between, declared, stream))
        if row["participant_id"]:
            densities.append(_densities(row, wells, declared))
    return PairedResponses(
        _joined("stimulation_responses", responses), _joined("response_densities", densities)
    )


def _joined(name: str, parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat([pl.DataFrame(schema=RESULT_TABLES[name].schema), *parts])


def _frame(name: str, row: Row, columns: Mapping[str, Any]) -> pl.DataFrame:
    """Return the part of a table that tells of one pair; NaN, which is no estimate, as null."""
    schema = RESULT_TABLES[name].schema
    told = [pl.lit(row[one], dtype=schema[one]).alias(one) for one in schema if one not in columns]
    given = pl.DataFrame(columns, schema={one: schema[one] for one in columns}, nan_to_null=True)
    return given.with_columns(told).select(list(schema))


def _responses(
    row: Row,
    wells: tuple[WellResponse, WellResponse],
    between: BetweenBatches,
    declared: DeclaredMarkers,
    rng: np.random.Generator,
) -> pl.DataFrame:
    """Return the rows of one pair of wells, unstimulated and stimulated."""
    before, after = wells
    keys = _keys(before, after)
    status = [_not_compared(key, before, after) for key in keys]
    compared = [k for k, words in enumerate(status) if not words]
    batches = [between.of(row, *keys[k]) for k in compared]
    variances = np.array([_pair_of(one) for one in batches]).reshape(-1, 2)
    numbers, uses, words = effect_columns(
        [before.levels[keys[k]] for k in compared],
        [after.levels[keys[k]] for k in compared],
        batch_variance=variances[:, 0],
        batch_freedom=variances[:, 1],
        rng=rng,
    )
    columns: dict[str, Any] = {name: np.full(len(keys), np.nan) for name in NUMBERS}
    for name, values in numbers.items():
        columns[name][compared] = values
    use = ["none"] * len(keys)
    for place, batch, one, told in zip(compared, batches, uses, words, strict=True):
        use[place] = one
        without = between.unknown(row) if batch is None and one != "none" else ""
        status[place] = _sentence(told, without)
    columns |= {
        "population": [population for population, _ in keys],
        "marker": [marker for _, marker in keys],
        "marker_list": [declared.lists.get(marker, "") for _, marker in keys],
        "unit": [after.unit] * len(keys),
        "n_unstimulated": [before.n_cells[population] for population, _ in keys],
        "n_stimulated": [after.n_cells[population] for population, _ in keys],
        "use": use,
        "status": [_sentence(row["status"], one) for one in status],
    }
    return _frame("stimulation_responses", row, columns)


def _sentence(*words: str) -> str:
    return "; ".join(filter(None, words))


def _pair_of(batch: BatchVariance | None) -> tuple[float, float]:
    return (np.nan, np.nan) if batch is None else (batch.variance, batch.freedom)


def _keys(before: WellResponse, after: WellResponse) -> list[Key]:
    """Return population and marker of either well, of populations of both, in their order."""
    markers: dict[str, dict[str, None]] = {}
    for population, marker in chain(before.levels, after.levels):
        markers.setdefault(population, {})[marker] = None
    both = (population for population in before.n_cells if population in after.n_cells)
    return [(population, marker) for population in both for marker in markers.get(population, ())]


def _not_compared(key: Key, before: WellResponse, after: WellResponse) -> str:
    """Say why a marker has no effect sizes; empty where it has."""
    for which, well in (("unstimulated", before), ("stimulated", after)):
        if key not in well.levels:
            return f"{key[1]} is not measured in the {which} well"
    if before.unit != after.unit:
        return f"units differ: {before.unit} unstimulated, {after.unit} stimulated"
    return ""


def _densities(
    row: Row, wells: tuple[WellResponse, WellResponse], declared: DeclaredMarkers
) -> pl.DataFrame:
    """Return the bins of declared markers in declared populations and the whole sample."""
    before, after = wells
    keys = [key for key in _declared_keys(declared) if not _not_compared(key, before, after)]
    bins = [density_bins(before.levels[key], after.levels[key]) for key in keys]
    sizes = [one["low"].size for one in bins]
    names = ("low", "high", "share_unstimulated", "share_stimulated")
    columns: dict[str, Any] = {
        name: np.concatenate([np.empty(0), *(one[name] for one in bins)]) for name in names
    }
    for place, name in enumerate(("population", "marker")):
        columns[name] = np.repeat(np.array([key[place] for key in keys], object), sizes).tolist()
    return _frame("response_densities", row, columns)


def _declared_keys(declared: DeclaredMarkers) -> Iterator[Key]:
    for marker, listed in declared.lists.items():
        for population in dict.fromkeys(("", *declared.populations[listed])):
            yield population, marker
