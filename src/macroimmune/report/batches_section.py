"""Batches of cytometry: how far they lie apart, before and after alignment."""

from collections.abc import Iterable

import numpy as np
import polars as pl

from macroimmune.report.batch_figure import batch_figure
from macroimmune.report.numbers import MISSING, count, finite, p_value, plural
from macroimmune.report.page import BatchesSection, FigureWithNote
from macroimmune.report.source import ReportSource, Row
from macroimmune.report.svg import shorten
from macroimmune.report.tables import Cell, Column, Table, number_cell, table

__all__ = ["batch_figures", "batches_section"]

_OF = ("panel", "measured_on")
_LONGEST_STATUS = 160


def batches_section(source: ReportSource) -> BatchesSection | None:
    """Return the section, or None where no batch was measured."""
    effects = source.tables["batch_effects"]
    if effects.is_empty():
        return None
    lead = (
        "What tells batches apart, beside what tells files of one batch apart. Only lineage "
        "channels are ever aligned: state markers carry the answer to a stimulus. On samples of "
        "patients the distance between batches holds the difference between their donors too."
    )
    return BatchesSection(
        lead=lead,
        told=tuple(_told(effects)),
        figures=batch_figures(source),
        rows=_rows(effects),
    )


def batch_figures(source: ReportSource) -> tuple[FigureWithNote, ...]:
    """Return a figure for each panel, of the bridging controls where it has them."""
    densities, effects = source.tables["batch_densities"], source.tables["batch_effects"]
    found: list[FigureWithNote] = []
    for panel in densities["panel"].unique().sort().to_list():
        # Bridging controls come before unstimulated samples in the alphabet.
        measured_on = densities.filter(panel=panel)["measured_on"].sort()[0]
        of = {"panel": panel, "measured_on": measured_on}
        found.append(
            FigureWithNote(
                f"{panel}: {measured_on}",
                batch_figure(
                    f"batches-{len(found) + 1}", densities.filter(**of), effects.filter(**of)
                ),
                "Heights are square roots of the density, so that small populations show. Numbers "
                "are mean earth mover's distances on the transformed scale.",
            )
        )
    return tuple(found)


def _told(effects: pl.DataFrame) -> Iterable[str]:
    """Say of each panel how far its lineage markers lie apart on average."""
    for (panel, measured_on), rows in effects.group_by(*_OF, maintain_order=True):
        after = rows.filter(step="after")
        before = rows.filter(step="before")
        if not after.is_empty():
            before = before.filter(pl.col("antigen").is_in(after["antigen"].implode()))
        between, within = _mean(before, "distance"), _mean(before, "null_distance")
        if between is None:
            continue
        sentence = (
            f"{panel}, {plural(before.height, 'marker')} on {measured_on}: mean distance between "
            f"batches {between:.2f}"
        )
        aligned = _mean(after, "distance")
        sentence += "" if aligned is None else f" before and {aligned:.2f} after alignment"
        yield sentence + (
            "." if within is None else f"; between files of one batch {within:.2f} before."
        )


def _mean(rows: pl.DataFrame, column: str) -> float | None:
    known = rows[column].drop_nulls().to_numpy()
    return float(np.mean(known)) if known.size else None


def _rows(effects: pl.DataFrame) -> Table:
    keys = [*_OF, "antigen"]
    before = effects.filter(step="before")
    after = effects.filter(step="after").select(
        *keys, "distance", "variance_share", pl.col("status").alias("said")
    )
    both = before.join(after, on=keys, how="left", suffix="_after", maintain_order="left")
    return table(
        "Batch effects",
        [
            "Panel",
            "Marker",
            "Measured on",
            Column("n", is_number=True, meaning="tubes of the control, or donors in a batch"),
            "Batches#",
            Column("Between", is_number=True, meaning="mean distance between batches"),
            Column("After", is_number=True, meaning="the same after alignment"),
            Column("Within", is_number=True, meaning="mean distance of files of one batch"),
            Column("Share", is_number=True, meaning="of the variance that lies between batches"),
            Column("After", is_number=True, meaning="the same after alignment"),
            Column("p", is_number=True, meaning="of no difference, by permutation"),
            "How to read it",
        ],
        [_row(row) for row in both.iter_rows(named=True)],
        "Distances are earth mover's, on the transformed scale; p is of the data before alignment.",
    )


def _row(row: Row) -> list[str | Cell]:
    p = finite(row["p_value"])
    return [
        row["panel"],
        row["antigen"],
        row["measured_on"],
        *(number_cell(count(row[name]), row[name]) for name in ("n_files", "n_batches")),
        *(
            number_cell(_three(finite(row[name])), finite(row[name]))
            for name in (
                "distance", "distance_after", "null_distance", "variance_share",
                "variance_share_after",
            )
        ),
        number_cell(p_value(p), p),
        Cell(shorten(row["said"] or row["status"], _LONGEST_STATUS), look="wide"),
    ]  # fmt: skip


def _three(value: float | None) -> str:
    return MISSING if value is None else f"{value:.3f}"
