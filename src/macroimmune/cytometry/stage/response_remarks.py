"""How the responses of a study are to be read: what a stimulus moved, what could not be told."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from types import MappingProxyType

import polars as pl

from macroimmune.cytometry.response import ALL_CELLS
from macroimmune.cytometry.stage.listed_files import ListedFile
from macroimmune.cytometry.stage.paired_look import ResponseWay, response_way
from macroimmune.evidence import gating_hierarchy, populations
from macroimmune.results import RESULT_TABLES
from macroimmune.study import CytometrySettings

__all__ = ["with_remarks"]

_STIMULUS = ("panel", "stimulus", "stimulus_minutes")
_PAIR = ("participant_id", "control", "sample_id", *_STIMULUS, "stimulus_dose", "batch")
_WAYS: Mapping[ResponseWay | None, str] = MappingProxyType({
    "automatic": "",
    "workspace": "population by gates of people, without the uncertainty of thresholds",
    "labels": "population by labels of people, without the uncertainty of thresholds",
    None: "",
})
_Remarks = dict[tuple[object, ...], dict[str, None]]


def with_remarks(
    responses: pl.DataFrame,
    listed: Sequence[ListedFile],
    tables: Mapping[str, pl.DataFrame],
    settings: CytometrySettings,
) -> pl.DataFrame:
    """Return the responses with what their reader should know added to `status`.

    Parameters
    ----------
    responses : polars DataFrame
        Table `stimulation_responses`.
    listed : sequence of ListedFile
        All files of the study.
    tables : mapping from name to polars DataFrame
        With `stimulation_pairs`, `lineage_invariance` and `cell_frequencies`.
    settings : CytometrySettings

    Notes
    -----
    Convention: a population is told by a marker that moved if one above it is; see
    `lineage_invariance`.
    """
    moved = _moved(listed, tables["lineage_invariance"])
    untold = _untold(tables["stimulation_pairs"], tables["cell_frequencies"])
    told = responses
    for place, (keys, remarks) in enumerate((
        ((*_PAIR, "population"), untold),
        ((*_STIMULUS, "population"), moved),
        (_STIMULUS, _ways(listed, settings)),
    )):
        frame = _frame(keys, remarks, f"remark{place}")
        told = told.join(frame, on=list(keys), how="left", nulls_equal=True, maintain_order="left")
    in_population = pl.when(pl.col("population") != ALL_CELLS)
    words = [
        pl.when(pl.col("status") != "").then("status"),
        pl.col("remark0"),
        pl.col("remark1"),
        in_population.then("remark2"),
    ]
    return told.with_columns(status=pl.concat_str(words, separator="; ", ignore_nulls=True)).select(
        responses.columns
    )


def _frame(keys: Sequence[str], remarks: _Remarks, name: str) -> pl.DataFrame:
    """Return the remarks of each key as one sentence."""
    declared = RESULT_TABLES["stimulation_responses"].schema
    schema = {key: declared[key] for key in keys} | {name: pl.String()}
    rows = [(*key, "; ".join(some)) for key, some in remarks.items() if any(some)]
    return pl.DataFrame(rows, schema=schema, orient="row")


def _stimulated(listed: Sequence[ListedFile]) -> Iterator[tuple[tuple[object, ...], ListedFile]]:
    for one in listed:
        if one.file.is_stimulated:
            yield (one.file.panel, one.file.stimulus, one.file.stimulus_minutes), one


def _ways(listed: Sequence[ListedFile], settings: CytometrySettings) -> _Remarks:
    """Return whose populations are compared, where they are not ours."""
    return {
        key: {
            _WAYS[
                response_way(
                    is_automatic=settings.uses("automatic"),
                    workspace=settings.uses("workspace") and one.file.workspace,
                    labels=settings.uses("labels") and one.file.labels,
                )
            ]: None
        }
        for key, one in _stimulated(listed)
    }


def _moved(listed: Sequence[ListedFile], invariance: pl.DataFrame) -> _Remarks:
    """Return what a stimulus moves of what tells a population, or one above it."""
    flagged: dict[tuple[object, ...], dict[str, list[str]]] = {}
    for row in invariance.filter("is_flagged").iter_rows(named=True):
        key = tuple(row[name] for name in _STIMULUS)
        of_population = flagged.setdefault(key, {}).setdefault(row["population"], [])
        of_population.append(row["antigen"])
    found: _Remarks = {}
    panels = {key: one for key, one in _stimulated(listed) if one.panel is not None}
    for key, some in flagged.items():
        parents = _parents(panels[key])
        for population in {*parents, *some}:
            words = tuple(_all_moved(population, parents, some))
            if words:
                found[*key, population] = dict.fromkeys(words)
    return found


def _all_moved(
    population: str, parents: Mapping[str, str], flagged: Mapping[str, Sequence[str]]
) -> Iterator[str]:
    """Yield what moved of a population and of those above it, each marker once."""
    told: set[str] = set()
    for name in _chain(population, parents):
        antigens = [one for one in flagged.get(name, ()) if one not in told]
        # The share of a population says nothing of its parts.
        if any(antigens) or (antigens and name == population):
            yield _moved_words(antigens, name)
        told.update(antigens)


def _moved_words(antigens: Sequence[str], name: str) -> str:
    """Return the words for the flags of one population; an empty antigen is its share."""
    markers = " and ".join(filter(None, antigens))
    if markers:
        return f"the stimulus moves {markers}, by which {name} is told: other cells may be compared"
    return f"the stimulus moves how many cells are {name}"


def _parents(one: ListedFile) -> Mapping[str, str]:
    """Return the population above each, as the panel gates it and as the evidence has it."""
    known = dict(_known_parents())
    if one.panel is None:
        return known
    hierarchy = gating_hierarchy(
        one.panel.lineage_antigens, one.species, material=one.file.material
    )
    return known | {node.population: node.parent for node in hierarchy.nodes}


@cache
def _known_parents() -> Mapping[str, str]:
    return MappingProxyType({one.id: one.parent for one in populations()})


def _chain(population: str, parents: Mapping[str, str]) -> Iterator[str]:
    """Yield a population and those above it."""
    while population:
        yield population
        population = parents.get(population, "")


def _untold(pairs: pl.DataFrame, frequencies: pl.DataFrame) -> _Remarks:
    """Return why a well has no population that its partner may have."""
    without = frequencies.filter(
        (pl.col("way") == "automatic") & pl.col("percent").is_null() & (pl.col("n_cells") == 0)
    )
    reasons: dict[str, dict[str, str]] = {}
    for row in without.iter_rows(named=True):
        reasons.setdefault(row["raw_file"], {}).setdefault(row["population"], row["status"])
    found: _Remarks = {}
    for row in pairs.filter(pl.col("unstimulated_file") != "").iter_rows(named=True):
        for which in ("unstimulated", "stimulated"):
            for population, why in reasons.get(row[f"{which}_file"], {}).items():
                key = (*(row[name] for name in _PAIR), population)
                found.setdefault(key, {})[f"{which} well: {why}"] = None
    return found
