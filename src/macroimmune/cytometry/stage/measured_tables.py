"""The parts that each file left, gathered into the tables of the results folder."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import polars as pl

from macroimmune.cytometry.clustering import (
    CellMap,
    ClusterSummary,
    add_summaries,
    clusters_frame,
    describe_clusters,
)
from macroimmune.cytometry.concordance import way_differences
from macroimmune.cytometry.cytometry_file import CytometryFile
from macroimmune.cytometry.stage.feature_rows import mark_features, mark_ratios
from macroimmune.cytometry.stage.files import file_columns
from macroimmune.cytometry.stage.first_look import LEFT_OUT, QUALITY
from macroimmune.cytometry.stage.listed_files import ListedFile
from macroimmune.cytometry.stage.second_look import CLUSTERS, CONCORDANCE, FREQUENCIES, RATIOS
from macroimmune.cytometry.stage.told import USED
from macroimmune.evidence import gating_hierarchy
from macroimmune.results import RESULT_TABLES, empty
from macroimmune.work import WorkTask, load_record

__all__ = ["measured_tables"]

_PER_UL = ("per_microlitre", "per_microlitre_ci_low", "per_microlitre_ci_high")


def measured_tables(
    listed: Sequence[ListedFile],
    first: Mapping[str, WorkTask],
    second: Mapping[str, WorkTask],
    maps: Mapping[str, CellMap],
    work: Path,
) -> dict[str, pl.DataFrame]:
    """Return the tables of cytometry, by name.

    Parameters
    ----------
    listed : sequence of ListedFile
        All files of the study.
    first, second : mapping from raw_file to WorkTask
        The looks at those that could be opened, and at those that were used.
    maps : mapping from panel to CellMap
    work : Path
    """
    used = [(one.file, second[one.file.raw_file]) for one in listed if one.file.raw_file in second]
    quality = [_quality(one, first.get(one.file.raw_file), work) for one in listed]
    tables = {
        "cytometry_quality": pl.DataFrame(
            quality, schema=RESULT_TABLES["cytometry_quality"].schema
        ),
        "cell_frequencies": _frequencies(used, work),
        "cell_ratios": _ratios(used, work),
        "gates": pl.concat([empty("gates"), *_gates(used, work)]),
        "gate_histograms": pl.concat([empty("gate_histograms"), *_histograms(used)]),
        "concordance": pl.concat([
            empty("concordance"),
            *(pl.read_parquet(work / task.key / CONCORDANCE) for _, task in used),
        ]),
        "unavailable_populations": _unavailable(listed),
    }
    tables["way_differences"] = way_differences(tables["cell_frequencies"], tables["concordance"])
    return tables | _clusters(used, maps, work)


def _quality(one: ListedFile, task: WorkTask | None, work: Path) -> dict[str, object]:
    columns = RESULT_TABLES["cytometry_quality"].schema
    row: dict[str, object] = dict.fromkeys(columns) | file_columns(one.file)
    remarks = "; ".join(one.remarks)
    if task is None:
        return row | {"remarks": remarks, "status": f"left out: {one.trouble}"}
    found = work / task.key / QUALITY
    if found.exists():
        row |= pl.read_parquet(found).to_dicts()[0] | file_columns(one.file)
    reason = work / task.key / LEFT_OUT
    left_out = f"left out: {reason.read_text(encoding='utf-8')}" if reason.exists() else USED
    joined = "; ".join(filter(None, (remarks, str(row.get("remarks") or ""))))
    return row | {"remarks": joined, "status": left_out}


def _of_file(file: CytometryFile, frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with the columns that say which file it is of."""
    told = file_columns(file)
    return frame.with_columns(
        pl.lit(value, dtype=pl.Float64 if name == "stimulus_minutes" else pl.String).alias(name)
        for name, value in told.items()
    )


def _frequencies(used: Sequence[tuple[CytometryFile, WorkTask]], work: Path) -> pl.DataFrame:
    frames = [_of_file(file, pl.read_parquet(work / task.key / FREQUENCIES)) for file, task in used]
    declared = list(RESULT_TABLES["cell_frequencies"].schema)
    if not frames:
        return empty("cell_frequencies").drop(_PER_UL)
    marked = mark_features(pl.concat(frames))
    return marked.select([name for name in declared if name not in _PER_UL])


def _ratios(used: Sequence[tuple[CytometryFile, WorkTask]], work: Path) -> pl.DataFrame:
    frames = [_of_file(file, pl.read_parquet(work / task.key / RATIOS)) for file, task in used]
    if not frames:
        return empty("cell_ratios")
    schema = RESULT_TABLES["cell_ratios"].schema
    return mark_ratios(pl.concat(frames)).select(list(schema)).cast(pl.Schema(schema))


def _gates(used: Sequence[tuple[CytometryFile, WorkTask]], work: Path) -> Iterator[pl.DataFrame]:
    order = list(RESULT_TABLES["gates"].schema)
    for file, task in used:
        scale = pl.read_parquet(work / task.arguments.first_key / QUALITY)["transform"][0]
        rows = [
            {
                "antigen": one.antigen,
                "within": one.within,
                "level": one.level,
                "threshold": one.value,
                "standard_error": one.standard_error,
                "own_threshold": one.own_value,
                "own_standard_error": one.own_standard_error,
                "weight": one.weight,
                "transform": scale,
                "method": one.method,
                "status": one.status,
            }
            for one in task.arguments.thresholds.thresholds
        ]
        if rows:
            yield (
                _of_file(file, pl.DataFrame(rows))
                .select(order)
                .cast(pl.Schema(RESULT_TABLES["gates"].schema))
            )


def _histograms(used: Sequence[tuple[CytometryFile, WorkTask]]) -> Iterator[pl.DataFrame]:
    """Yield the bins of each file, all its markers at once."""
    schema = pl.Schema(RESULT_TABLES["gate_histograms"].schema)
    for file, task in used:
        found = task.arguments.thresholds.histograms
        if not found:
            continue
        sizes = [one.counts.size for one in found]
        yield pl.DataFrame({
            "raw_file": file.raw_file,
            "antigen": np.repeat([one.antigen for one in found], sizes),
            "within": np.repeat([one.within for one in found], sizes),
            "low": np.concatenate([one.edges[:-1] for one in found]),
            "high": np.concatenate([one.edges[1:] for one in found]),
            "n_cells": np.concatenate([one.counts for one in found]),
        }).cast(schema)


def _unavailable(listed: Sequence[ListedFile]) -> pl.DataFrame:
    """Return what each panel cannot show, by its first file."""
    rows, seen = [], set()
    for one in listed:
        kind = (one.file.panel, one.species, one.file.material)
        if one.panel is None or kind in seen:
            continue
        seen.add(kind)
        states = {one.panel.channels[k].antigen for k in one.panel.with_role("state")}
        hierarchy = gating_hierarchy(
            one.panel.lineage_antigens,
            one.species,
            state_antigens=states,
            material=one.file.material,
        )
        rows += [
            {"panel": one.file.panel, "population": name, "status": why}
            for name, why in hierarchy.missing.items()
        ]
    schema = RESULT_TABLES["unavailable_populations"].schema
    return pl.DataFrame(rows, schema=schema).unique(maintain_order=True)


def _clusters(
    used: Sequence[tuple[CytometryFile, WorkTask]], maps: Mapping[str, CellMap], work: Path
) -> dict[str, pl.DataFrame]:
    clusters, abundance = [empty("clusters")], [empty("cluster_abundance")]
    for panel, cell_map in maps.items():
        mine = [(file, task) for file, task in used if file.panel == panel]
        summaries = [load_record(work / task.key / CLUSTERS, ClusterSummary) for _, task in mine]
        if not summaries:
            continue
        total = add_summaries(summaries)
        clusters.append(clusters_frame(panel, describe_clusters(cell_map, total)))
        abundance += [
            _abundance(file, summary) for (file, _), summary in zip(mine, summaries, strict=True)
        ]
    return {
        "clusters": pl.concat(clusters, how="vertical_relaxed"),
        "cluster_abundance": pl.concat(abundance, how="vertical_relaxed"),
    }


def _abundance(file: CytometryFile, summary: ClusterSummary) -> pl.DataFrame:
    """Return how many cells of a file each cluster has, clusters numbered from 1."""
    schema = RESULT_TABLES["cluster_abundance"].schema
    rows = pl.DataFrame({
        "cluster": [str(number + 1) for number in range(summary.n_cells.size)],
        "n_cells": summary.n_cells,
        "n_parent": int(summary.n_cells.sum()) + summary.n_unassigned,
    })
    return _of_file(file, rows).select(list(schema)).cast(pl.Schema(schema))
