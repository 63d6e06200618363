"""What one file shows with the thresholds of its cohort: populations of every way, clusters."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.cytometry.clustering import CellMap, summarise_clusters
from macroimmune.cytometry.concordance import WayMembers, way_concordance
from macroimmune.cytometry.events import Events
from macroimmune.cytometry.gated import FileThresholds, GatedFile, PopulationCount
from macroimmune.cytometry.gating import NEUTROPHIL_LYMPHOCYTE, gate_events
from macroimmune.cytometry.manual import (
    GatedPopulations,
    gate_populations,
    gate_with_workspace,
    label_populations,
    read_event_labels,
)
from macroimmune.cytometry.preparing import EventKinds
from macroimmune.cytometry.stage.exported_files import export_populations
from macroimmune.cytometry.stage.first_look import (
    OpeningChoice,
    file_hierarchy,
    opened_file,
    random_numbers,
)
from macroimmune.cytometry.stage.paired_look import leave_automatic, leave_told, response_way
from macroimmune.errors import MacroimmuneError
from macroimmune.evidence import PopulationDefinition
from macroimmune.results import RESULT_TABLES
from macroimmune.work import save_record

__all__ = [
    "CLUSTERS",
    "CONCORDANCE",
    "FREQUENCIES",
    "RATIOS",
    "RATIO_COLUMNS",
    "TROUBLES",
    "WAY_COLUMNS",
    "SecondLook",
    "look_again",
]

FREQUENCIES, CONCORDANCE = "frequencies.parquet", "concordance.parquet"
CLUSTERS, TROUBLES = "clusters.npz", "troubles.parquet"
RATIOS = "ratios.parquet"
# What a file's part of `cell_frequencies` holds; the rest says which file it is.
WAY_COLUMNS = {
    "way": pl.String(),
    "population": pl.String(),
    "parent": pl.String(),
    "n_cells": pl.Int64(),
    "n_parent": pl.Int64(),
    "percent": pl.Float64(),
    "ci_low": pl.Float64(),
    "ci_high": pl.Float64(),
    "count_ci_low": pl.Float64(),
    "count_ci_high": pl.Float64(),
    "definition": pl.String(),
    "same_as": pl.String(),
    "status": pl.String(),
}
RATIO_COLUMNS = {
    "way": pl.String(),
    "ratio": pl.String(),
    "numerator": pl.String(),
    "denominator": pl.String(),
    "n_numerator": pl.Int64(),
    "n_denominator": pl.Int64(),
    "value": pl.Float64(),
    "ci_low": pl.Float64(),
    "ci_high": pl.Float64(),
    "status": pl.String(),
}
_WHOLE_BLOOD = "whole blood"


@dataclass(frozen=True, slots=True)
class SecondLook:
    """One file to look at with what its cohort told.

    Parameters
    ----------
    opening : OpeningChoice
    raw_file : str
        As the study names it.
    first_key : str
        Of the first look at the file.
    thresholds : FileThresholds
        Shrunk to the cohort.
    cell_map : CellMap or None
    is_automatic : bool
        Whether automatic gates are asked for.
    workspace, labels : Path or None
        Gates and labels that people made.
    names : mapping from str to str
        What the laboratory calls populations.
    is_paired : bool
        Whether a stimulated well is compared with it, or it with an unstimulated one.
    drawn : tuple of str
        Populations of the comparison whose thresholds are drawn from their uncertainty.
    export : Path or None
        Where the events are written with their labels.
    """

    opening: OpeningChoice
    raw_file: str
    first_key: str
    thresholds: FileThresholds
    cell_map: CellMap | None
    is_automatic: bool
    workspace: Path | None
    labels: Path | None
    names: Mapping[str, str]
    is_paired: bool
    drawn: tuple[str, ...] = ()
    export: Path | None = None


def look_again(look: SecondLook, folder: Path) -> None:
    """Write what a file shows; a way that fails is told, and the others go on."""
    choice = look.opening
    events, kinds = opened_file(choice)
    hierarchy = file_hierarchy(events, choice)
    gated = gate_events(events, kinds.kinds, hierarchy, look.thresholds)
    rows: list[dict[str, object]] = []
    ratios: list[dict[str, object]] = []
    ways: list[WayMembers] = []
    if look.is_automatic:
        told = _rows("automatic", gated.counts + gated.other_shares, _definitions(gated))
        same = _same_cells(gated)
        rows += [row | {"same_as": same.get(str(row["population"]), "")} for row in told]
        ratios += _ratios(gated, choice)
        ways.append(WayMembers("automatic", gated.members))
    troubles: list[dict[str, str]] = []
    told_members: dict[str, Mapping[str, NDArray[np.bool_]]] = {}
    for way, theirs in _by_people(look, events, kinds, troubles):
        told_members[way] = theirs.members
        rows += _rows(way, theirs.counts, theirs.notes)
        rows += [_absent(way, name, why) for name, why in theirs.missing.items()]
        known = {name: mask for name, mask in theirs.members.items() if name in theirs.known}
        ways.append(WayMembers(way, known, theirs.notes))
    if look.is_paired:
        _leave_for_partner(look, events, kinds, gated, told_members, folder)
    if look.cell_map is not None:
        _save_clusters(look, events, kinds, gated, folder)
    if look.export is not None:
        export_populations(
            choice.path,
            look.export,
            _labels(ways),
            kinds.kinds,
            events,
            hierarchy,
            look.thresholds,
            is_aligned=choice.alignment is not None,
        )
    pl.DataFrame(rows, schema=WAY_COLUMNS).write_parquet(folder / FREQUENCIES)
    pl.DataFrame(ratios, schema=RATIO_COLUMNS).write_parquet(folder / RATIOS)
    compared = [{"raw_file": look.raw_file} | asdict(row) for row in way_concordance(ways)]
    schema = RESULT_TABLES["concordance"].schema
    pl.DataFrame(compared, schema=schema).write_parquet(folder / CONCORDANCE)
    columns = {"way": pl.String(), "trouble": pl.String()}
    pl.DataFrame(troubles, schema=columns).write_parquet(folder / TROUBLES)


def _leave_for_partner(
    look: SecondLook,
    events: Events,
    kinds: EventKinds,
    gated: GatedFile,
    told: Mapping[str, Mapping[str, NDArray[np.bool_]]],
    folder: Path,
) -> None:
    """Write what the other well of a pair is compared with."""
    way = response_way(is_automatic=look.is_automatic, workspace=look.workspace, labels=look.labels)
    if way == "automatic":
        rng = random_numbers(look.opening.seed, "thresholds", look.raw_file)
        leave_automatic(
            folder, look.raw_file, events, kinds, gated, look.thresholds, look.drawn, rng
        )
    else:
        leave_told(folder, look.raw_file, events, kinds, told.get(way or "", {}))


def _labels(ways: Sequence[WayMembers]) -> dict[str, NDArray[np.bool_]]:
    """Return the members of every way; those of people under the name of their way."""
    return {
        population if one.way == "automatic" else f"{one.way}_{population}": mask
        for one in ways
        for population, mask in one.members.items()
    }


def _by_people(
    look: SecondLook, events: Events, kinds: EventKinds, troubles: list[dict[str, str]]
) -> Iterator[tuple[str, GatedPopulations]]:
    """Give what people gated; what cannot be used is added to the troubles."""
    if look.workspace is not None:
        try:
            yield (
                "workspace",
                gate_populations(gate_with_workspace(look.workspace, look.opening.path)),
            )
        except MacroimmuneError as error:
            troubles.append({"way": "workspace", "trouble": str(error)})
    if look.labels is not None:
        try:
            labels = read_event_labels(look.labels, len(events.values))
            yield "labels", label_populations(labels, names=look.names, cells=kinds.is_cell)
        except MacroimmuneError as error:
            troubles.append({"way": "labels", "trouble": str(error)})


def _rows(
    way: str, counts: Sequence[PopulationCount], definitions: Mapping[str, str]
) -> list[dict[str, object]]:
    return [
        {
            "way": way,
            "population": one.population,
            "parent": one.parent,
            "n_cells": one.n_cells,
            "n_parent": one.n_parent,
            "percent": _percent(one.fraction),
            "ci_low": _percent(one.ci_low),
            "ci_high": _percent(one.ci_high),
            "count_ci_low": _percent(one.count_ci_low),
            "count_ci_high": _percent(one.count_ci_high),
            "definition": definitions.get(one.population, ""),
            "same_as": "",
            "status": one.status,
        }
        for one in counts
    ]


def _ratios(gated: GatedFile, choice: OpeningChoice) -> list[dict[str, object]]:
    """Return the ratios of a file; neutrophils are counted in whole blood alone."""
    return [
        asdict(one)
        | {
            "way": "automatic",
            "ratio": one.name,
            "value": _number(one.value),
            "ci_low": _number(one.ci_low),
            "ci_high": _number(one.ci_high),
        }
        for one in gated.ratios
        if one.name != NEUTROPHIL_LYMPHOCYTE or choice.material == _WHOLE_BLOOD
    ]


def _same_cells(gated: GatedFile) -> dict[str, str]:
    """Return the populations that are, cell by cell, an earlier one of their parent."""
    earlier: dict[tuple[str, int], list[str]] = {}
    same: dict[str, str] = {}
    for one in gated.counts:
        alike = earlier.setdefault((one.parent, one.n_cells), [])
        members = gated.members[one.population]
        found = [name for name in alike if np.array_equal(gated.members[name], members)]
        if found:
            same[one.population] = found[0]
        else:
            alike.append(one.population)
    return same


def _absent(way: str, population: str, why: str) -> dict[str, object]:
    empty: dict[str, object] = dict.fromkeys(WAY_COLUMNS)
    return empty | {
        "way": way,
        "population": population,
        "parent": "",
        "definition": "",
        "same_as": "",
        "status": why,
    }


def _number(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _percent(fraction: float) -> float | None:
    return _number(100.0 * fraction)


def _definitions(gated: GatedFile) -> dict[str, str]:
    return {node.population: definition_text(node) for node in gated.hierarchy.nodes}


def definition_text(node: PopulationDefinition) -> str:
    """Return a definition as people write it: parent, signs, what does not count."""
    without = f" without {', '.join(node.excluding)}" if node.excluding else ""
    if node.union:
        return " or ".join(node.union) + without
    signs = " ".join(str(sign) for sign in node.signs)
    return f"{node.parent or 'live single cells'}: {signs or 'all'}{without}"


def _save_clusters(
    look: SecondLook, events: Events, kinds: EventKinds, gated: GatedFile, folder: Path
) -> None:
    if look.cell_map is None:
        return
    clustered = look.cell_map.assign(events)
    summary = summarise_clusters(
        look.cell_map, clustered, events, kinds.kinds, gated=gated, thresholds=look.thresholds
    )
    save_record(folder / CLUSTERS, summary)
