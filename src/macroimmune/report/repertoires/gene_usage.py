"""V and J genes by repertoire, as heat maps."""

from collections.abc import Iterator

import polars as pl

from macroimmune.report.page import FigureWithNote
from macroimmune.report.repertoires.grid_figure import grid_figure
from macroimmune.report.repertoires.kinds import (
    by_kind,
    compartment_name,
    of_kind,
    reading_order,
    say_more,
)
from macroimmune.report.response.donors import spread
from macroimmune.report.source import ReportSource, slug

__all__ = ["usage_figures"]

_MOST_KINDS, _MOST_GENES, _MOST_SAMPLES = 2, 24, 200


def usage_figures(source: ReportSource) -> Iterator[FigureWithNote]:
    """Give a heat map of V genes and one of J genes for each kind of repertoire."""
    usage = source.tables["gene_usage"].drop_nulls("share_of_clonotypes")
    kinds = by_kind(usage)
    for place, (words, rows) in enumerate(kinds[:_MOST_KINDS], start=1):
        for segment in ("V", "J"):
            mine = rows.filter(pl.col("segment") == segment)
            if mine.height:
                yield _figure(place, words, segment, mine, len(kinds))


def _figure(
    place: int, words: str, segment: str, rows: pl.DataFrame, n_kinds: int
) -> FigureWithNote:
    every = reading_order(rows.unique("repertoire_id", maintain_order=True))
    chosen = spread(every["repertoire_id"].to_list(), _MOST_SAMPLES)
    mean = rows.group_by("gene").agg(pl.col("share_of_clonotypes").sum()).sort(
        "share_of_clonotypes", "gene", descending=[True, False]
    )  # fmt: skip
    genes = mean["gene"].head(_MOST_GENES).to_list()
    shares = {
        (gene, one): 100.0 * share
        for gene, one, share in rows.select("gene", "repertoire_id", "share_of_clonotypes").rows()
    }
    compartments = dict(every.select("repertoire_id", "compartment").rows())
    figure = grid_figure(
        slug(f"usage-{segment}-{place}-{words}"),
        # A gene without a row was not seen in that repertoire.
        [[shares.get((gene, one), 0.0) for one in chosen] for gene in genes],
        genes,
        column_groups=[compartment_name(compartments[one]) for one in chosen],
        title=f"{segment} genes, {words}",
        unit="% of clonotypes",
        is_root_scale=True,
    )
    is_last = place == _MOST_KINDS
    said = [
        "Columns are repertoires, those of one participant side by side.",
        say_more(mean.height - len(genes), "gene", "gene_usage.parquet"),
        say_more(every.height - len(chosen), "repertoire", "gene_usage.parquet"),
        say_more(n_kinds - place if is_last else 0, "kind of repertoire", "gene_usage.parquet"),
    ]
    return FigureWithNote(
        of_kind(f"{segment} genes", words, n_kinds), figure, " ".join(one for one in said if one)
    )
