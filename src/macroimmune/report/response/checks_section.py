"""Checks of the stimulation: plates on which nobody answers, wells without partner."""

import polars as pl

from macroimmune.report.compact_table import compact
from macroimmune.report.numbers import MISSING, count, plural
from macroimmune.report.page import Fact, StimulationChecksSection
from macroimmune.report.response.names import (
    list_name,
    panel_words,
    population_name,
    stimulus_words,
)
from macroimmune.report.response.stimulation_section import alone_reasons, is_alone
from macroimmune.report.source import ReportSource, Row
from macroimmune.report.tables import Cell, Column, Table, number_cell

__all__ = ["checks_section"]

_MOST_FAILED, _MOST_ROWS, _MOST_BATCHES = 20, 200, 3
_PLATE_COLUMNS = (
    Column("Plate or batch"),
    Column("Stimulus"),
    Column("Panel"),
    Column("Markers"),
    Column("Population"),
    Column("Donors", is_number=True, meaning="With an estimate; controls count"),
    Column("Answering", is_number=True, meaning="Beyond the interval of their own"),
    Column("Median difference", is_number=True, meaning="Over donors, of the mean over markers"),
    Column("Median score", is_number=True, meaning="Over participants"),
    Column("Verdict"),
    Column("Status"),
)


def checks_section(source: ReportSource) -> StimulationChecksSection | None:
    """Return the section, or None where no stimulation can be checked."""
    plates, pairs = source.tables["stimulation_plates"], source.tables["stimulation_pairs"]
    alone = pairs.filter(is_alone())
    if plates.is_empty() and alone.is_empty():
        return None
    failed = plates.filter(pl.col("is_failed"))
    silent = plates.filter(pl.col("is_failed").not_(), pl.col("n_responding") == 0)
    return StimulationChecksSection(
        lead=_lead(plates, failed.height, silent.height),
        failed=tuple(_failed(row) for row in failed.head(_MOST_FAILED).iter_rows(named=True)),
        plates=_plates(plates),
        alone=_alone(alone),
        links=_links(source),
    )


def _lead(plates: pl.DataFrame, n_failed: int, n_silent: int) -> str:
    if plates.is_empty():
        return "No declared marker list could be read on any plate."
    batches = plates["batch"].n_unique()
    looked = f"{plural(plates.height, 'stimulation')} in {plural(batches, 'batch', 'batches')}"
    few = f"; on {count(n_silent)} nobody answers, of too few donors to tell" if n_silent else ""
    if not n_failed:
        return f"{looked}: on each{' other' if few else ''} at least one donor answers{few}."
    return (
        f"{looked}{few}, of which {count(n_failed)} failed: where no donor answers, the stimulus "
        "is missing or dead, and a low response says nothing about the donor."
    )


def _failed(row: Row) -> str:
    words = f": {row['status']}" if row["status"] else ""
    return (
        f"{row['batch'] or 'Batch without name'}, {stimulus_words(row)}, "
        f"{list_name(row['marker_list'])} in {population_name(row['population'])}: "
        f"{count(row['n_responding'])} of {plural(row['n_donors'], 'donor')} answer{words}."
    )


def _plates(plates: pl.DataFrame) -> Table | None:
    if plates.is_empty():
        return None
    # A flag that is not known sorts with those that are not set.
    ordered = plates.sort(
        pl.col("is_failed").fill_null(value=False), descending=True, maintain_order=True
    )
    more = plates.height - _MOST_ROWS
    made = Table(
        "Stimulation by plate",
        _PLATE_COLUMNS,
        tuple(_plate_cells(row) for row in ordered.head(_MOST_ROWS).iter_rows(named=True)),
        note=f"{count(more)} more in stimulation_plates.csv." if more > 0 else "",
        can_filter=plates.height > 12,
    )
    return compact(made, once=("Stimulus", "Panel", "Markers", "Population"))


def _plate_cells(row: Row) -> tuple[Cell, ...]:
    works = "worked" if row["n_responding"] else "not told"
    verdict = "failed" if row["is_failed"] else works
    return (
        Cell(row["batch"]),
        Cell(stimulus_words(row)),
        Cell(panel_words(row)),
        Cell(list_name(row["marker_list"])),
        Cell(population_name(row["population"])),
        number_cell(count(row["n_donors"]), row["n_donors"]),
        number_cell(count(row["n_responding"]), row["n_responding"]),
        *(
            number_cell(MISSING if size is None else f"{size:.2f}", size)
            for size in (row["median_difference"], row["median_score"])
        ),
        Cell(verdict, look="verdict contradicts" if row["is_failed"] else ""),
        Cell(row["status"]),
    )


def _alone(alone: pl.DataFrame) -> Table | None:
    if alone.is_empty():
        return None
    keys = ["stimulus", "stimulus_minutes", "panel", "modality", "status"]
    named = alone.with_columns(pl.Series("status", alone_reasons(alone), dtype=pl.String))
    counted = named.group_by(keys, maintain_order=True).agg(
        pl.len().alias("n"),
        pl.col("stimulated_file").first().alias("first"),
        pl.col("batch").unique(maintain_order=True).alias("batches"),
    )
    rows = tuple(
        (
            Cell(stimulus_words(row)),
            Cell(panel_words(row)),
            Cell(_batches(row["batches"])),
            number_cell(count(row["n"]), row["n"]),
            Cell(row["first"].rsplit("/", 1)[-1]),
            Cell(row["status"]),
        )
        for row in counted
        .sort("n", descending=True, maintain_order=True)
        .head(_MOST_ROWS)
        .iter_rows(named=True)
    )
    columns = (
        Column("Stimulus"),
        Column("Panel"),
        Column("Batch"),
        Column("Wells", is_number=True),
        Column("The first of them"),
        Column("Status"),
    )
    return Table(
        f"Stimulated wells without partner ({count(alone.height)})",
        columns,
        rows,
        note="All of them, by sample, are in stimulation_pairs.csv.",
    )


def _batches(names: list[str]) -> str:
    return ", ".join(names) if len(names) <= _MOST_BATCHES else f"{len(names)} batches"


def _links(source: ReportSource) -> tuple[Fact, ...]:
    has_cells = source.tables["cytometry_quality"].height > 0
    if source.tables["lineage_invariance"].is_empty() or not has_cells:
        return ()
    return (Fact("Whether the stimulus moves the markers that tell cells apart", "cells"),)
