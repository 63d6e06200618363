"""Ways of gating beside each other: shares, cells in common, differences over files."""

from collections import Counter
from collections.abc import Iterable

import polars as pl

from macroimmune.evidence import populations
from macroimmune.report.numbers import MISSING, count, finite, interval, plural, ratio, significant
from macroimmune.report.page import ConcordanceSection, FigureWithNote
from macroimmune.report.source import ReportSource, Row
from macroimmune.report.svg import shorten
from macroimmune.report.tables import Cell, Column, Table, number_cell, table
from macroimmune.report.ways_figure import PopulationShares, ways_figure

__all__ = ["concordance_figures", "concordance_section"]

_WAYS = ("automatic", "clusters", "workspace", "labels")
_IN_FIGURE = 12
_LONGEST_STATUS = 120
_PAIR = ("population", "way", "other_way")


def concordance_section(source: ReportSource) -> ConcordanceSection | None:
    """Return the section, or None where no file was gated in two ways."""
    rows = source.tables["concordance"]
    if rows.is_empty():
        return None
    ways = _ways(rows)
    told = rows.filter(pl.col("n_both").is_not_null())
    files = plural(rows["raw_file"].n_unique(), "file")
    lead = (
        f"{files}, gated in {len(ways)} ways: {', '.join(ways)}. People's gates and labels are no "
        "truth either: two people differ too, and nobody knows by how much here."
    )
    return ConcordanceSection(
        lead=lead,
        figures=concordance_figures(source),
        cells=_cells(told),
        differences=_differences(source),
        alone=(*_not_compared(source), *_alone(rows)),
    )


def concordance_figures(source: ReportSource) -> tuple[FigureWithNote, ...]:
    """Return shares of the populations that at least two ways give, twelve to a figure."""
    rows = source.tables["concordance"]
    if rows.is_empty():
        return ()
    shares = _shares(rows, source.tables["cytometry_quality"])
    ways = _ways(rows)
    return tuple(
        FigureWithNote(
            "Shares by each way" if first == 0 else "Shares by each way, continued",
            ways_figure(
                f"ways-of-gating-{first // _IN_FIGURE + 1}",
                shares[first : first + _IN_FIGURE],
                ways,
                title="Share of each population by way of gating",
            ),
            "Dots are files; the bar and the number are the median over them. All shares of a file "
            "are of the same cells, those that were told to be live and single, so that only the "
            "population differs; people's gates can hold others too.",
        )
        for first in range(0, len(shares), _IN_FIGURE)
    )


def _ways(rows: pl.DataFrame) -> list[str]:
    return _ordered([*rows["way"], *rows["other_way"]])


def _name(population: str) -> str:
    return _names().get(population, population)


def _names() -> dict[str, str]:
    return {one.id: one.name for one in populations()}


def _shares(rows: pl.DataFrame, quality: pl.DataFrame) -> list[PopulationShares]:
    """Return shares of live single cells of the populations that two ways tell."""
    told = rows.filter(pl.col("n_both").is_not_null())
    counted = pl.concat([
        told.select("raw_file", "population", "way", n="n_cells"),
        told.select("raw_file", "population", way="other_way", n="n_other"),
    ]).unique(["raw_file", "population", "way"], maintain_order=True)
    cells = quality.filter(pl.col("n_cells") > 0).select("raw_file", "n_cells")
    shares = counted.join(cells, on="raw_file", how="inner", maintain_order="left").with_columns(
        percent=100.0 * pl.col("n") / pl.col("n_cells")
    )
    order = told["population"].unique(maintain_order=True)
    found = [(name, shares.filter(pl.col("population") == name)) for name in order]
    return [
        PopulationShares(
            _name(name),
            {
                way: of.filter(pl.col("way") == way)["percent"].to_numpy()
                for way in _ordered(of["way"])
            },
        )
        for name, of in found
        if not of.is_empty()
    ]


def _ordered(ways: Iterable[str]) -> list[str]:
    return sorted(
        set(ways), key=lambda way: (_WAYS.index(way) if way in _WAYS else len(_WAYS), way)
    )


def _cells(told: pl.DataFrame) -> Table | None:
    """Return cells in common, summed over files; F1 also of the file that agrees least."""
    if told.is_empty():
        return None
    summed = told.group_by(*_PAIR, maintain_order=True).agg(
        pl.col("raw_file").n_unique().alias("files"),
        pl.col("n_cells", "n_other", "n_both").sum(),
        pl.col("f1").min().alias("lowest"),
        pl.col("status").filter(pl.col("status") != "").unique(maintain_order=True).first(),
    )
    return table(
        "Cells in common",
        [
            "Population",
            "Way",
            "Against",
            "Files#",
            "Cells#",
            "Cells, other#",
            "In both#",
            Column("Precision", is_number=True, meaning="share of the way's cells in both"),
            Column("Recall", is_number=True, meaning="share of the other's cells in both"),
            Column("F1", is_number=True, meaning="harmonic mean of precision and recall"),
            Column("Lowest F1", is_number=True, meaning="of the file that agrees least"),
            "How to read it",
        ],
        [_cell_row(row) for row in summed.iter_rows(named=True)],
        "Precision, recall and F1 are of the cells of all files together.",
    )


def _cell_row(row: Row) -> list[str | Cell]:
    n, other, both = row["n_cells"], row["n_other"], row["n_both"]
    numbers = (
        both / n if n else None,
        both / other if other else None,
        2 * both / (n + other) if n + other else None,
        finite(row["lowest"]),
    )
    return [
        _name(row["population"]),
        row["way"],
        row["other_way"],
        *(number_cell(count(value), value) for value in (row["files"], n, other, both)),
        *(number_cell(_three(value), value) for value in numbers),
        Cell(shorten(row["status"] or "", _LONGEST_STATUS), look="wide"),
    ]


def _three(value: float | None) -> str:
    return MISSING if value is None else f"{value:.3f}"


def _differences(source: ReportSource) -> Table | None:
    rows = [row for row in source.rows("way_differences") if row["mean_difference"] is not None]
    if not rows:
        return None
    return table(
        "Differences over files, in percentage points of the parent",
        [
            "Population",
            "Parent",
            "Way",
            "Less",
            "Files#",
            Column("n", is_number=True, meaning="participants and controls"),
            "Mean difference#",
            "95 % interval#",
            Column("Limits of agreement", is_number=True, meaning="95 % of differences lie within"),
            Column("Correlation", is_number=True, meaning="Pearson's, of the percentages"),
            "Status",
        ],
        [_difference_row(row) for row in rows],
        "A correlation says that two ways move together, not that they agree.",
    )


def _not_compared(source: ReportSource) -> Iterable[str]:
    """Say why differences of shares are not there."""
    lacking = Counter(
        row["status"] for row in source.rows("way_differences") if row["mean_difference"] is None
    )
    for status, n in lacking.items():
        yield f"{plural(n, 'share')} not compared over files: {status}."


def _difference_row(row: Row) -> list[str | Cell]:
    correlation = ratio(row["correlation"])
    ends = interval(row["correlation_ci_low"], row["correlation_ci_high"])
    return [
        _name(row["population"]),
        _name(row["parent"]) or "live single cells",
        row["way"],
        row["other_way"],
        number_cell(count(row["n_files"]), row["n_files"]),
        number_cell(count(row["n"]), row["n"]),
        number_cell(significant(row["mean_difference"]), finite(row["mean_difference"])),
        _ends(row["ci_low"], row["ci_high"]),
        _ends(row["limit_low"], row["limit_high"]),
        correlation if ends == MISSING else f"{correlation} ({ends})",
        Cell(row["status"], look="wide"),
    ]


def _ends(low: float | None, high: float | None) -> str:
    if finite(low) is None or finite(high) is None:
        return MISSING
    return f"{significant(low)} to {significant(high)}"


def _alone(rows: pl.DataFrame) -> Iterable[str]:
    """Say which populations only one way of a pair tells."""
    lonely = rows.filter(pl.col("n_both").is_null())
    told = {tuple(key) for key in rows.filter(pl.col("n_both").is_not_null()).select(_PAIR).rows()}
    for (way, other), group in lonely.group_by("way", "other_way", maintain_order=True):
        for teller, silent, column in ((way, other, "n_cells"), (other, way, "n_other")):
            mine = group.filter(pl.col(column).is_not_null())
            names = dict.fromkeys(
                _name(one) for one in mine["population"] if (one, way, other) not in told
            )
            if names:
                yield f"Told by {teller} and not by {silent}: {', '.join(names)}."
