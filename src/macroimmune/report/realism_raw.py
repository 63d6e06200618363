"""Sections of raw measurements, virtual beside real: figures and tables of each cohort."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from macroimmune.report.numbers import count, significant
from macroimmune.report.page_parts import FigureWithNote
from macroimmune.report.realism_raw_figures import against_figure, along_figure, strip_figure
from macroimmune.report.tables import Table, table

__all__ = ["absent_sentence", "measures_table", "point_figures", "raw_overview", "strip_figures"]

_FARTHEST = 2


def strip_figures(values: pl.DataFrame, measures: pl.DataFrame) -> list[FigureWithNote]:
    """Return a figure per variable of which every library is shown.

    Parameters
    ----------
    values, measures : polars DataFrame
        `raw_values` and `raw_measures` of one cohort.
    """
    found = []
    for row in measures.iter_rows(named=True):
        name = str(row["measure"])
        here = values.filter(pl.col("variable") == name)
        note = (
            f"n = {count(row['n_real'])} real, {count(row['n_virtual'])} virtual; median "
            f"{significant(row['real_median'])} real, {significant(row['virtual_median'])} virtual"
        )
        figure = strip_figure(_stem(str(row["cohort"]), name), here)
        found.append(FigureWithNote(name, figure, note))
    return found


def point_figures(points: pl.DataFrame) -> list[FigureWithNote]:
    """Return a figure per group of points, with those farthest off in words.

    Parameters
    ----------
    points : polars DataFrame
        `raw_points` of one cohort.
    """
    found = []
    for name in points["figure"].unique(maintain_order=True):
        here = points.filter(pl.col("figure") == name)
        stem = _stem(str(here["cohort"][0]), name)
        if here["x"].null_count() < here.height:
            apart = float(str((here["real"] - here["virtual"]).abs().max()))
            note = f"{here.height} groups of genes; largest distance {apart:.1f} percentage points"
            found.append(FigureWithNote(name, along_figure(stem, here), note))
            continue
        agreement = float(str(here.select(pl.corr("real", "virtual")).item()))
        worst = here.sort((pl.col("real") - pl.col("virtual")).abs(), descending=True)
        words = "; ".join(
            f"{row['label']} {significant(row['real'])} real, {significant(row['virtual'])} virtual"
            for row in worst.head(_FARTHEST).iter_rows(named=True)
        )
        note = f"n = {here.height}, r = {agreement:.2f}; farthest off: {words}"
        found.append(FigureWithNote(name, against_figure(stem, here), note))
    return found


def measures_table(measures: pl.DataFrame) -> Table | None:
    """Return ranges and medians of libraries; None where none are compared.

    Parameters
    ----------
    measures : polars DataFrame
        `raw_measures` of one cohort.
    """
    if measures.is_empty():
        return None
    return table(
        "Libraries, measure by measure",
        (
            "Measure", "n real#", "Median real#", "Range real#", "n virtual#", "Median virtual#",
            "Range virtual#", "Within real range#",
        ),
        [
            (
                f"{row['measure']} ({row['unit']})", count(row["n_real"]),
                significant(row["real_median"]), _range(row, "real"), count(row["n_virtual"]),
                significant(row["virtual_median"]), _range(row, "virtual"),
                f"{100.0 * row['inside']:.0f} %",
            )
            for row in measures.iter_rows(named=True)
        ],
        "Ranges of few libraries are narrow: patients differ more than three or eight of them "
        "show. Clonality: one minus Shannon entropy over the logarithm of the number of "
        "clonotypes.",
    )  # fmt: skip


def raw_overview(
    cohorts: Sequence[Mapping[str, Any]], tables: Mapping[str, pl.DataFrame]
) -> Table | None:
    """Return one row per cohort of raw measurements at hand; None where there is none.

    Parameters
    ----------
    cohorts : sequence of mappings
        As `compare.json` has them.
    tables : mapping
        The raw tables by name.
    """
    rows = []
    for cohort in cohorts:
        if cohort["absent"] is not None:
            continue
        name = str(cohort["name"])
        here = {key: frame.filter(pl.col("cohort") == name) for key, frame in tables.items()}
        rows.append((
            name,
            str(cohort["kind"]),
            *_farthest(here["raw_distances"]),
            _inside(here["raw_measures"]),
            _agreement(here["raw_points"]),
        ))
    if not rows:
        return None
    return table(
        "How far virtual raw measurements lie from each cohort",
        (
            "Cohort", "Kind", "Farthest variable", "KS#", "Halves#", "Libraries within range#",
            "Points: r#",
        ),
        rows,
        "KS and halves as above, over cells or clonotypes. Libraries within range: median over "
        "measures of the share of virtual libraries within the real range. Points: correlation of "
        "the first figure of points. The cohorts hold few people, so donors explain part of it.",
    )  # fmt: skip


def absent_sentence(cohorts: Sequence[Mapping[str, Any]]) -> str:
    """Return which cohorts could not be compared and why; empty where all were."""
    absent = [cohort for cohort in cohorts if cohort["absent"] is not None]
    if not absent:
        return ""
    words = "; ".join(f"{cohort['kind']} of {cohort['name']}" for cohort in absent)
    return (
        f"Not compared, because their files (or the reader that they need) are not at hand: "
        f"{words}. MACROIMMUNE_DATA names the folder of the cohorts."
    )


def _farthest(distances: pl.DataFrame) -> tuple[str, str, str]:
    if distances.is_empty():
        return ("", "", "")
    row = distances.sort("ks", descending=True).row(0, named=True)
    return str(row["variable"]), f"{row['ks']:.3f}", f"{row['ks_halves_95']:.3f}"


def _inside(measures: pl.DataFrame) -> str:
    if measures.is_empty():
        return ""
    return f"{100.0 * float(str(measures['inside'].median())):.0f} %"


def _agreement(points: pl.DataFrame) -> str:
    if points.is_empty():
        return ""
    first = points.filter(pl.col("figure") == points["figure"][0])
    return f"{float(str(first.select(pl.corr('real', 'virtual')).item())):.3f}"


def _range(row: Mapping[str, Any], side: str) -> str:
    return f"{significant(row[f'{side}_least'])} to {significant(row[f'{side}_largest'])}"


def _stem(cohort: str, name: str) -> str:
    words = "".join(letter if letter.isalnum() else "-" for letter in f"{cohort}-{name}")
    return "-".join(part for part in words.split("-") if part)
