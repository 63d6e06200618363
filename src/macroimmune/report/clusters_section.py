"""Clusters of cells: what they are, and in which group there are more of them."""

from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from macroimmune.evidence import find_population
from macroimmune.report.abundance_figure import AbundanceRow, abundance_figure
from macroimmune.report.cluster_heat_map import ClusterRow, cluster_heat_map
from macroimmune.report.numbers import count, estimate_with_interval, finite, p_value, plural
from macroimmune.report.page import ClustersSection, FigureWithNote
from macroimmune.report.source import ReportSource, Row, slug
from macroimmune.report.tables import Cell, Column, Table, number_cell

__all__ = ["cluster_figures", "clusters_section"]

_IN_FIGURE = 12
_COLUMNS = (
    Column("Panel"),
    Column("Of"),
    Column("Name"),
    Column("Comparison"),
    Column("Odds ratio (95 %)", is_number=True, meaning="of a cell to belong to it"),
    Column("p", is_number=True, meaning="two-sided, donors as the unit"),
    Column("q", is_number=True, meaning="Benjamini-Hochberg over the comparison"),
    Column("Donors", is_number=True),
    Column("Status"),
)


def clusters_section(source: ReportSource) -> ClustersSection | None:
    """Return the section, or None where nothing was clustered or compared."""
    clusters, compared = source.tables["clusters"], source.rows("differential_abundance")
    if clusters.is_empty() and not compared:
        return None
    n_clusters = clusters.unique(["panel", "cluster"]).height
    lead = (
        f"{plural(n_clusters, 'cluster')} of live single cells by lineage markers alone, so that a "
        "stimulus moves no cell to another cluster. A name gives the gated population that most "
        "of the cells belong to, and the markers that set the cluster apart from others of that "
        "population. Stability: how well the cluster comes back from other samples of the same "
        "cells; below 0.75 it may be an accident of the sample."
    )
    if clusters.is_empty():
        lead = "Gated populations compared between groups."
    return ClustersSection(lead, tuple(cluster_figures(source)), _differences(source, compared))


def cluster_figures(source: ReportSource) -> Iterator[FigureWithNote]:
    """Give a heat map of each panel, and shares by group of each comparison."""
    clusters = source.tables["clusters"]
    for (panel,), rows in clusters.group_by(["panel"], maintain_order=True):
        yield _heat_map(str(panel), rows)
    differences = source.tables["differential_abundance"]
    keys = ["panel", "of", "comparison"]
    for (panel, of, comparison), rows in differences.group_by(keys, maintain_order=True):
        drawn = _shares(source, (str(panel), str(of), str(comparison)), rows)
        if drawn is not None:
            yield drawn


def _heat_map(panel: str, rows: pl.DataFrame) -> FigureWithNote:
    antigens = rows["antigen"].unique(maintain_order=True).to_list()
    drawn = [
        ClusterRow(
            f"{cluster}  {one['name'][0]}",
            tuple(
                float("nan") if value is None else float(value)
                for value in one.sort(_place(antigens))["median"]
            ),
            one["n_cells"][0],
            finite(one["stability"][0]),
        )
        for (cluster,), one in rows.group_by(["cluster"], maintain_order=True)
        if one.height == len(antigens)
    ]
    title = f"Clusters by markers, {panel}"
    figure = cluster_heat_map(slug(f"clusters-{panel}"), drawn, antigens, title=title)
    return FigureWithNote(
        title, figure, "Medians of the cells of all files; markers of state are shown, but did not "
        "make the clusters."
    )  # fmt: skip


def _place(antigens: Sequence[str]) -> pl.Expr:
    """Return where the marker of a row stands among the markers of the panel."""
    return pl.col("antigen").replace_strict(
        {name: place for place, name in enumerate(antigens)}, return_dtype=pl.Int64
    )


def _shares(
    source: ReportSource, key: tuple[str, str, str], rows: pl.DataFrame
) -> FigureWithNote | None:
    """Return shares by group of those with the smallest p, None where groups are not known."""
    panel, of, comparison = key
    files = source.tables["compared_files"].filter(
        pl.col("panel") == panel, pl.col("comparison") == comparison
    )
    shares = _percents(source, panel, of).join(files.select("raw_file", "group"), on="raw_file")
    if not (shares["percent"] > 0).any():
        return None
    groups = files["group"].unique(maintain_order=True).to_list()
    names = _names(source, panel, of)
    order = rows.sort("p_value", nulls_last=True)
    drawn = []
    for row in order.head(_IN_FIGURE).iter_rows(named=True):
        own = shares.filter(pl.col("name") == row["name"])
        percents = tuple(tuple(own.filter(pl.col("group") == g)["percent"]) for g in groups)
        drawn.append(AbundanceRow(names.get(row["name"], row["name"]), percents, row["p_value"]))
    title = f"{of.capitalize()} by group, {panel}: {comparison}"
    left = rows.height - len(drawn)
    more = f" {count(left)} more are in the table below." if left > 0 else ""
    figure = abundance_figure(
        slug(f"abundance-{of}-{panel}-{comparison}"),
        drawn,
        groups,
        title=title,
        axis="Percent of live single cells" if of == "clusters" else "Percent of the parent",
    )
    note = f"Each dot is a file, the smallest p first; several files of a donor count once.{more}"
    return FigureWithNote(title, figure, note)


def _percents(source: ReportSource, panel: str, of: str) -> pl.DataFrame:
    """Return file, name and percent of the clusters or populations of a panel."""
    if of == "clusters":
        frame, name = source.tables["cluster_abundance"], "cluster"
    else:
        frame, name = source.tables["cell_frequencies"], "population"
        frame = frame.unique(["raw_file", "population"], keep="first", maintain_order=True)
    share = 100.0 * pl.col("n_cells") / pl.col("n_parent")
    return (
        frame
        .filter(pl.col("panel") == panel, pl.col("n_parent") > 0)
        .select("raw_file", pl.col(name).alias("name"), share.alias("percent"))
        .drop_nulls("percent")
    )


def _names(source: ReportSource, panel: str, of: str) -> dict[str, str]:
    """Return the names for people, by the name in the table of differences."""
    if of == "clusters":
        rows = source.tables["clusters"].filter(pl.col("panel") == panel)
        pairs = rows.unique("cluster").select("cluster", "name").iter_rows()
        return {cluster: f"{cluster}  {name}" for cluster, name in pairs}
    known = {name: find_population(name) for name in _compared_names(source, panel, of)}
    return {name: found.name if found else name for name, found in known.items()}


def _compared_names(source: ReportSource, panel: str, of: str) -> list[str]:
    rows = source.tables["differential_abundance"]
    return rows.filter(pl.col("panel") == panel, pl.col("of") == of)["name"].to_list()


def _differences(source: ReportSource, rows: Sequence[Row]) -> Table | None:
    if not rows:
        return None
    names = {
        (panel, of): _names(source, panel, of)
        for panel, of in dict.fromkeys((row["panel"], row["of"]) for row in rows)
    }
    ordered = sorted(rows, key=lambda row: (row["p_value"] is None, row["p_value"] or 0.0))
    return Table(
        "Differential abundance",
        _COLUMNS,
        tuple(_cells(row, names[row["panel"], row["of"]]) for row in ordered),
        note=f"{_methods(rows)}Shares of one whole are tied: when one rises, others fall.",
        can_filter=len(rows) > 20,
    )


def _methods(rows: Sequence[Row]) -> str:
    """Return what was fitted, in a sentence."""
    methods = "; ".join(dict.fromkeys(row["method"] for row in rows if row["method"]))
    return f"{methods[:1].upper()}{methods[1:]}. " if methods else ""


def _cells(row: Row, names: Mapping[str, str]) -> tuple[Cell, ...]:
    name = str(row["name"])
    look = "strong" if row["q_value"] is not None and row["q_value"] < 0.05 else ""
    shown = estimate_with_interval(row["odds_ratio"], row["ci_low"], row["ci_high"])
    return (
        Cell(row["panel"]),
        Cell(row["of"]),
        Cell(names.get(name, name)),
        Cell(row["comparison"]),
        number_cell(shown, row["odds_ratio"], look),
        number_cell(p_value(row["p_value"]), row["p_value"]),
        number_cell(p_value(row["q_value"]), row["q_value"]),
        number_cell(count(row["n"]), row["n"]),
        Cell(row["status"]),
    )
