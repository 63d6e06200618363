"""Tables of the score: each list and population, other definitions, the frozen reference."""

from collections import Counter

import polars as pl

from macroimmune.report.compact_table import compact
from macroimmune.report.numbers import MISSING, NO_BREAK, count
from macroimmune.report.response.names import (
    list_name,
    panel_words,
    population_name,
    stimulus_words,
)
from macroimmune.report.source import Row
from macroimmune.report.tables import Cell, Column, Table, number_cell

__all__ = ["SCORE_OF", "definitions_table", "reference_table", "scores_table"]

SCORE_OF = (
    "modality",
    "panel",
    "marker_list",
    "stimulus",
    "stimulus_minutes",
    "stimulus_dose",
    "stimulus_dose_unit",
    "population",
)
_GROUPS = ("hyporesponsive", "intermediate", "hyperresponsive", "uncertain")
_MOST_ROWS = 300


def scores_table(scores: pl.DataFrame) -> Table | None:
    """Return a row for each marker list, stimulus and population, samples counted by group.

    Parameters
    ----------
    scores : polars DataFrame
        Table `responsiveness`; controls are not counted.
    """
    people = scores.filter(pl.col("participant_id") != "")
    if people.is_empty():
        return None
    columns = (
        Column("Score"),
        Column("Stimulus"),
        Column("Panel"),
        Column("Population"),
        Column("Primary", meaning="Declared before outcomes were read"),
        Column("Samples", is_number=True),
        Column("With a score", is_number=True),
        Column("Median (range)", is_number=True, meaning="Mean z against the reference"),
        Column("Half width", is_number=True, meaning="Median of half the 95 % interval"),
        Column("Groups", meaning="Samples in each; uncertain: the 80 % interval leaves the third"),
        Column("Batch", meaning="Whether the interval holds the variance between batches"),
        Column("Status"),
    )
    rows = tuple(
        _score_cells(dict(zip(SCORE_OF, key, strict=True)), some)
        for key, some in people.sort("is_primary", descending=True, maintain_order=True).group_by(
            SCORE_OF, maintain_order=True
        )
    )
    made = Table("Scores by population", columns, rows, can_filter=len(rows) > 12)
    return compact(made, once=("Score", "Stimulus", "Panel", "Batch"))


def _score_cells(of: Row, rows: pl.DataFrame) -> tuple[Cell, ...]:
    known = rows.drop_nulls("score")
    groups = Counter(known["group"].to_list())
    width = known.select(((pl.col("ci_high") - pl.col("ci_low")) / 2).median()).item()
    median = known["score"].median() if known.height else None
    shown = (
        f"{median:.2f} ({min(known['score']):.2f} to {max(known['score']):.2f})"
        if isinstance(median, float)
        else MISSING
    )
    held = known["is_batch_included"].fill_null(value=False)
    said = Counter(words for words in rows["status"] if words).most_common(1)
    return (
        Cell(list_name(str(of["marker_list"]))),
        Cell(stimulus_words(of)),
        Cell(panel_words(of)),
        Cell(population_name(str(of["population"]))),
        Cell("yes" if rows["is_primary"].any() else ""),
        number_cell(count(rows.height), rows.height),
        number_cell(count(known.height), known.height),
        number_cell(shown, median if isinstance(median, float) else None),
        number_cell(MISSING if width is None else f"{width:.2f}", width),
        Cell(
            ", ".join(
                f"{count(groups[group])}{NO_BREAK}{group}" for group in _GROUPS if groups[group]
            )
        ),
        Cell("batch included" if known.height and held.all() else "batch not included"),
        Cell(f"{said[0][0]} ({said[0][1]})" if said else "", look="wide"),
    )


def definitions_table(definitions: pl.DataFrame) -> Table | None:
    """Return the agreement of scores under other definitions, None where there are none."""
    if definitions.is_empty():
        return None
    columns = (
        Column("Score"),
        Column("Stimulus"),
        Column("Primary population"),
        Column("Other definition"),
        Column("Samples", is_number=True, meaning="With both scores"),
        Column("Rank correlation", is_number=True),
        Column("Mean difference", is_number=True, meaning="Other less primary, mean z"),
        Column("SD of differences", is_number=True),
        Column("Status"),
    )
    rows = tuple(
        (
            Cell(list_name(row["marker_list"])),
            Cell(stimulus_words(row)),
            Cell(population_name(row["population"])),
            Cell(population_name(row["other"])),
            number_cell(count(row["n_samples"]), row["n_samples"]),
            *(_decimal(row[name]) for name in ("spearman", "mean_difference", "difference_sd")),
            Cell(row["status"]),
        )
        for row in definitions.iter_rows(named=True)
    )
    made = Table(
        "Other definitions of the population",
        columns,
        rows,
        note="Effector CD4 T cells are an operational definition: CCR7- of CD4 T cells without "
        "regulatory ones; effector memory is its CD45RA- part, TEMRA its CD45RA+ part.",
    )
    return compact(made, once=("Score", "Stimulus", "Primary population"))


def reference_table(reference: pl.DataFrame) -> Table | None:
    """Return the frozen medians and spreads, None where there are none."""
    if reference.is_empty():
        return None
    columns = (
        Column("Score"),
        Column("Stimulus"),
        Column("Population"),
        Column("Marker"),
        Column("Reference"),
        Column("People", is_number=True),
        Column("Median", is_number=True, meaning="Of the differences"),
        Column("1.4826 MAD", is_number=True),
        Column("Status"),
    )
    rows = tuple(
        (
            Cell(list_name(row["marker_list"])),
            Cell(stimulus_words(row)),
            Cell(population_name(row["population"])),
            Cell(row["marker"] or "tertiles of the score"),
            Cell(row["reference"]),
            number_cell(count(row["n_reference"]), row["n_reference"]),
            *(_decimal(row[name]) for name in ("median", "scaled_mad")),
            Cell(row["status"]),
        )
        for row in reference.head(_MOST_ROWS).iter_rows(named=True)
    )
    made = Table("The frozen reference", columns, rows, can_filter=len(rows) > 12)
    return compact(made, once=("Score", "Stimulus", "Reference"))


def _decimal(value: float | None) -> Cell:
    return number_cell(MISSING if value is None else f"{value:.2f}", value)
