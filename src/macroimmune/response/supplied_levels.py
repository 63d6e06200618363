"""Responses from levels that were measured elsewhere, such as medians of fluorescence."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from macroimmune.evidence import find_antigen, find_population
from macroimmune.response.cell_minima import LEAST_CELLS, few_cells, use_of_cells
from macroimmune.response.declared_markers import declared_markers
from macroimmune.results import RESULT_TABLES, Finding
from macroimmune.study import (
    StimulationSettings,
    Study,
    SuppliedLevel,
    SuppliedPair,
    is_standardised,
    study_stimulus,
    supplied_pairs,
)

__all__ = ["SuppliedResponses", "supplied_responses"]

NO_INTERVAL = "no interval: cells were counted elsewhere"
_NOT_TOLD = "n_cells is not told: an effect size, no score"
_UNKNOWN = "the stimulus is not known here: effect sizes alone, no score"


@dataclass(frozen=True, slots=True, eq=False)
class SuppliedResponses:
    """What the table `stimulated_levels` of a study says.

    Parameters
    ----------
    tables : mapping from name to polars DataFrame
        `stimulation_pairs`, with a row per sample, stimulus, minutes, dose and batch, and
        `stimulation_responses`.
    findings : tuple of Finding
        Words of populations and markers that are not known here.
    """

    tables: Mapping[str, pl.DataFrame]
    findings: tuple[Finding, ...]


def supplied_responses(study: Study) -> SuppliedResponses:
    """Return the pairs and responses of levels that were measured elsewhere.

    Parameters
    ----------
    study : Study
        With rows of `stimulated_levels`, or without any.

    Notes
    -----
    Convention: a level is one number of a well, so the difference has no interval of cells. Means
    and medians both stand as means; the unit should say which they are. With `n_cells` the minima
    are those of cytometry; where it is not told there is no score. Units of both wells must agree,
    and values that were standardised column by column have no difference.
    """
    settings = study.analysis.stimulation
    pairs = supplied_pairs(study.tables["stimulated_levels"])
    whole = [(one.stimulated, one.unstimulated, one.partner) for one in pairs]
    rows = [
        _response(after, before, partner.status, settings)
        for after, before, partner in whole
        if before is not None
    ]
    tables = {
        "stimulation_pairs": _table("stimulation_pairs", _wells(pairs, settings)),
        "stimulation_responses": _table("stimulation_responses", rows),
    }
    return SuppliedResponses(tables, tuple(_unknown_words(study)))


def _table(name: str, rows: list[dict[str, object]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=RESULT_TABLES[name].schema)


def _told(level: SuppliedLevel, settings: StimulationSettings) -> dict[str, object]:
    """Return the columns of sample and stimulus that both tables have."""
    known = study_stimulus(settings, level.stimulus)
    return {
        "participant_id": level.participant_id,
        "control": "",
        "sample_id": level.sample_id,
        "days_from_treatment_start": level.day,
        "modality": "supplied",
        "panel": "",
        "batch": level.batch,
        "stimulus": level.stimulus,
        "stimulus_id": "" if known is None else known.id,
        "stimulus_minutes": level.minutes,
        "stimulus_dose": level.dose,
        "stimulus_dose_unit": level.dose_unit,
    }


def _wells(pairs: Iterable[SuppliedPair], settings: StimulationSettings) -> list[dict[str, object]]:
    """Return one row per stimulated well, by its first marker with a partner."""
    wells: dict[tuple[object, ...], dict[str, object]] = {}
    for one in sorted(pairs, key=lambda pair: pair.unstimulated is None):
        row = _told(one.stimulated, settings)
        unknown = "" if row["stimulus_id"] else _UNKNOWN
        mate = one.unstimulated
        rest = {
            "stimulated_file": one.stimulated.file,
            "unstimulated_file": "" if mate is None else mate.file,
            "same_batch": one.partner.same_batch,
            "status": "; ".join(filter(None, (one.partner.status, unknown))),
        }
        wells.setdefault(tuple(row.values()), row | rest)
    return list(wells.values())


def _response(
    after: SuppliedLevel, before: SuppliedLevel, said: str, settings: StimulationSettings
) -> dict[str, object]:
    """Return the row of one marker and population."""
    told = _told(after, settings)
    declared = declared_markers(after.stimulus, after.minutes, settings)
    use, status = _use(before, after)
    row = told | {
        "population": after.population,
        "marker": after.marker,
        "marker_list": declared.lists.get(after.marker, ""),
        "unit": after.unit,
        "n_unstimulated": before.n_cells if before.n_cells is None else round(before.n_cells),
        "n_stimulated": after.n_cells if after.n_cells is None else round(after.n_cells),
        "use": use,
        "status": "; ".join(filter(None, (said, status))),
    }
    if use == "none":
        return row
    return row | {
        "mean_unstimulated": before.value,
        "mean_stimulated": after.value,
        "difference": after.value - before.value,
    }


def _use(before: SuppliedLevel, after: SuppliedLevel) -> tuple[str, str]:
    """Return for what a difference may serve, and how to read it."""
    if before.unit != after.unit:
        units = [one.unit or "none" for one in (before, after)]
        return "none", f"units differ: {units[0]} unstimulated, {units[1]} stimulated"
    if is_standardised(after.unit):
        return "none", f"unit {after.unit}: standardised by themselves, levels have no difference"
    if before.n_cells is None or after.n_cells is None:
        return "effect size", f"{NO_INTERVAL}; {_NOT_TOLD}"
    counts = round(before.n_cells), round(after.n_cells)
    if min(counts) < LEAST_CELLS:
        return "none", few_cells(*counts)
    return use_of_cells(*counts), "; ".join(filter(None, (NO_INTERVAL, few_cells(*counts))))


def _unknown_words(study: Study) -> Iterator[Finding]:
    """Yield a note for populations and one for markers that are kept as given."""
    rows = study.tables["stimulated_levels"]
    for column, known, example in (
        ("population", find_population, "cd4_t"),
        ("marker", find_antigen, "pSTAT1"),
    ):
        words = [one for one in rows[column].drop_nulls().unique().sort() if known(one) is None]
        if words:
            yield Finding(
                "note",
                f"{column}-of-levels-unknown",
                rows["source_file"][0] or "",
                None,
                column,
                f"{', '.join(words[:10])}{' and others' if len(words) > 10 else ''}: kept as given",
                f"a {column} that is known here, such as {example}",
                "No declared list reads it. Write it as one that is known, if it is one.",
            )
