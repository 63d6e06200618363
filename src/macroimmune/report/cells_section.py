"""From FCS files to cells: what events are, where markers were cut, how many cells there are."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from macroimmune.evidence import populations
from macroimmune.report.event_kinds_figure import EVENT_KINDS, event_kinds_figure
from macroimmune.report.frequencies_figure import PopulationShares, frequencies_figure
from macroimmune.report.gates_figure import MarkerGate, gates_figure
from macroimmune.report.lineage_table import lineage_table, lineage_words
from macroimmune.report.numbers import count, plural
from macroimmune.report.page import CellsSection, FigureWithNote
from macroimmune.report.source import ReportSource, slug
from macroimmune.report.svg import Figure
from macroimmune.report.tables import Cell, Column, Table, number_cell, table

__all__ = ["cells_figures", "cells_section"]

_MOST_FILES, _MOST_GATES, _MOST_POPULATIONS = 40, 40, 60
_ALL = "live single cells"


def cells_section(source: ReportSource) -> CellsSection | None:
    """Return the section, or None where no FCS file was gated."""
    quality = source.tables["cytometry_quality"]
    if quality.is_empty():
        return None
    return CellsSection(
        _lead(quality),
        tuple(cells_figures(source)),
        _populations_table(source.tables["cell_frequencies"]),
        _quality_table(quality),
        _unavailable(source.tables["unavailable_populations"]),
        lineage_words(source.tables["lineage_invariance"]),
        lineage_table(source.tables["lineage_invariance"]),
    )


def _lead(quality: pl.DataFrame) -> str:
    used = quality.filter(pl.col("status") == "used")
    left = quality.height - used.height
    scales = ", ".join(sorted({_scale(words) for words in used["transform"]} - {""}))
    rest = f" {plural(left, 'file')} left out, see the table of files." if left else ""
    together = " and drawn towards those of the other files of the panel" * (used.height > 1)
    n_events, n_cells = (count(float(used[name].sum())) for name in ("n_events", "n_cells"))
    return (
        f"{plural(used.height, 'FCS file')} with {n_events} events, of which {n_cells} are live "
        f"single cells; scale: {scales}.{rest} "
        "A population is its parent and the signs of its markers. Thresholds are found in each "
        f"file{together}; state markers type no cell."
    )


def _scale(words: str) -> str:
    """Return the scale of the markers without how it was chosen, which the table of files says."""
    return words.split(", ", maxsplit=1)[0]


def cells_figures(source: ReportSource) -> Iterator[FigureWithNote]:
    """Give the figures: events of the files, gates of each panel, frequencies of each way."""
    quality = source.tables["cytometry_quality"]
    used = quality.filter(pl.col("status") == "used")
    if not used.is_empty():
        yield FigureWithNote(
            "What the events are",
            _event_kinds(used),
            "Only live single cells are gated. Right of the bars: events in the file.",
        )
    for panel in dict.fromkeys(source.tables["gates"]["panel"]):
        yield from _gates(source, panel)
    yield from _frequencies(source.tables["cell_frequencies"])


def _event_kinds(used: pl.DataFrame) -> Figure:
    shares = used.with_columns(
        (100.0 * pl.col("n_cells") / pl.max_horizontal("n_events", 1)).alias("cell_percent")
    )
    columns = [column for column, _, _ in EVENT_KINDS]
    files = [
        (
            row["raw_file"].rsplit("/", 1)[-1],
            row["n_events"],
            {name: row[name] or 0.0 for name in columns},
        )
        for row in shares.head(_MOST_FILES).iter_rows(named=True)
    ]
    return event_kinds_figure("events", files, max(used.height - _MOST_FILES, 0))


def _gates(source: ReportSource, panel: str) -> Iterator[FigureWithNote]:
    gates = source.tables["gates"].filter(pl.col("panel") == panel)
    bins = source.tables["gate_histograms"].filter(
        pl.col("raw_file").is_in(gates["raw_file"].unique().to_list())
    )
    drawn = [
        gate
        for (antigen, within, level), rows in gates.group_by(
            ["antigen", "within", "level"], maintain_order=True
        )
        if (gate := _marker_gate(str(antigen), str(within), str(level), rows, bins)) is not None
    ]
    if drawn:
        scale = _scale(next(iter(set(gates["transform"]) - {""}), "transformed scale"))
        heading = f"Gates of {panel or 'the panel'}"
        more = len(drawn) - _MOST_GATES
        note = "Each line is the threshold of one file, as used."
        yield FigureWithNote(
            heading,
            gates_figure(slug(f"gates-{panel}"), panel or "the panel", drawn[:_MOST_GATES], scale),
            note + (f" {plural(more, 'more gate')} in gates.parquet." if more > 0 else ""),
        )


def _marker_gate(
    antigen: str, within: str, level: str, rows: pl.DataFrame, bins: pl.DataFrame
) -> MarkerGate | None:
    mine = bins.filter((pl.col("antigen") == antigen) & (pl.col("within") == within))
    if mine.is_empty():
        return None
    middle = ((pl.col("low") + pl.col("high")) / 2).alias("x")
    width = pl.col("high") - pl.col("low")
    per_file = mine.with_columns(
        middle, (pl.col("n_cells") / pl.col("n_cells").sum().over("raw_file") / width).alias("d")
    )
    low, high = float(mine["low"].min()), float(mine["high"].max())  # type: ignore[arg-type]
    grid = np.linspace(low, high, 101)
    density = np.zeros(grid.size)
    for _, file in per_file.group_by("raw_file", maintain_order=True):
        density += np.interp(grid, file["x"], file["d"].fill_nan(0.0), left=0.0, right=0.0)
    return MarkerGate(
        antigen,
        _name(within),
        level,
        grid,
        density,
        rows["threshold"].fill_null(np.nan).to_numpy(),
        rows["standard_error"].fill_null(np.nan).to_numpy(),
    )


def _frequencies(frequencies: pl.DataFrame) -> Iterator[FigureWithNote]:
    known = frequencies.filter(pl.col("percent").is_not_null() & (pl.col("sample_id") != ""))
    for (way,), rows in known.filter("is_feature").group_by(["way"], maintain_order=True):
        shares = [
            PopulationShares(
                _name(str(population)),
                _name(str(parent)),
                some["percent"].to_numpy(),
                some["ci_low"].fill_null(np.nan).to_numpy(),
                some["ci_high"].fill_null(np.nan).to_numpy(),
            )
            for (population, parent), some in rows.group_by(
                ["population", "parent"], maintain_order=True
            )
        ]
        more = len(shares) - _MOST_POPULATIONS
        note = "Unstimulated wells; one value per sample, as it becomes a feature."
        yield FigureWithNote(
            f"Frequencies by {way}" + (" gates" if way != "labels" else ""),
            frequencies_figure(
                slug(f"frequencies-{way}"),
                f"Frequencies of populations, {way}",
                shares[:_MOST_POPULATIONS],
            ),
            note + (f" {plural(more, 'more population')} in the table." if more > 0 else ""),
        )


def _name(population: str) -> str:
    names = {one.id: one.name for one in populations()}
    return names.get(population, population) if population else _ALL


def _definition(words: str) -> str:
    """Return the signs, or the parts of a union by their names; the parent has its own column."""
    if ": " in words:
        signs, without, excluded = words.split(": ", maxsplit=1)[1].partition(" without ")
        return signs + without + ", ".join(_name(one) for one in excluded.split(", ") if one)
    return " or ".join(_name(part) for part in words.split(" or ")) if words else ""


def _populations_table(frequencies: pl.DataFrame) -> Table:
    columns = (
        Column("Population"),
        Column("Of"),
        Column("Gated by"),
        Column("Definition", meaning="Signs of the markers that were used"),
        Column("Files", is_number=True),
        Column("Median %", is_number=True, meaning="Of the files"),
        Column("Range %", is_number=True),
        Column("Median width of interval", is_number=True, meaning="95 %, percentage points"),
        Column("Median cells/uL", is_number=True),
        Column("Status"),
    )
    keys = ["population", "parent", "way"]
    # Which way is the feature is of a file; here files are summed up.
    said = pl.col("status").str.replace("(; )?not the feature of its sample: .*$", "")
    rows = frequencies.group_by(keys, maintain_order=True).agg(
        pl.col("definition").drop_nulls().first(),
        pl.len().alias("files"),
        pl.col("percent").median(),
        pl.col("percent").min().alias("least"),
        pl.col("percent").max().alias("most"),
        (pl.col("ci_high") - pl.col("ci_low")).median().alias("width"),
        pl.col("per_microlitre").median(),
        said.filter(said != "").mode().sort().first().alias("status"),
    )
    cells = tuple(_population_cells(row) for row in rows.iter_rows(named=True))
    return Table("Populations", columns, cells, can_filter=True)


def _population_cells(row: dict[str, object]) -> tuple[Cell, ...]:
    def number(name: str) -> Cell:
        value = row[name]
        known = float(value) if isinstance(value, int | float) else None
        return number_cell("" if known is None else f"{known:.3g}", known)

    reach = "" if row["least"] is None else f"{row['least']:.3g} to {row['most']:.3g}"
    return (
        Cell(_name(str(row["population"]))),
        Cell(_name(str(row["parent"]))),
        Cell(str(row["way"])),
        Cell(_definition(str(row["definition"] or ""))),
        number("files"),
        number("percent"),
        Cell(reach),
        number("width"),
        number("per_microlitre"),
        Cell(str(row["status"] or "")),
    )


def _quality_table(quality: pl.DataFrame) -> Table:
    rows = (
        (
            Cell(row["raw_file"]),
            Cell(row["panel"]),
            number_cell(count(row["n_events"]), row["n_events"]),
            number_cell(count(row["n_cells"]), row["n_cells"]),
            Cell(row["transform"]),
            Cell(row["compensation"]),
            Cell("; ".join(filter(None, (row["steps"], row["remarks"])))),
            Cell(row["status"]),
        )
        for row in quality.iter_rows(named=True)
    )
    heads = ("File", "Panel", "Events#", "Cells#", "Scale", "Compensation", "Remarks", "Status")
    made = table("Files", heads, rows)
    return Table(made.caption, made.columns, made.rows, can_filter=quality.height > 12)


def _unavailable(missing: pl.DataFrame) -> Table | None:
    if missing.is_empty():
        return None
    rows = ((r["panel"], _name(r["population"]), r["status"]) for r in missing.to_dicts())
    return table("Populations that a panel cannot show", ("Panel", "Population", "Status"), rows)
