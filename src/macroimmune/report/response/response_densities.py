"""Paired densities for the page: the declared markers in the primary population."""

from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from macroimmune.report.numbers import plural
from macroimmune.report.page import FigureWithNote
from macroimmune.report.response.donors import donor_order, order_words, spread
from macroimmune.report.response.names import population_name, stimulus_words
from macroimmune.report.response.paired_densities_figure import (
    DensityPair,
    paired_densities_figure,
)
from macroimmune.report.response.response_maps import primary_population
from macroimmune.report.source import ReportSource, Row, slug

__all__ = ["density_figures"]

_OF = ("panel", "stimulus", "stimulus_minutes")
_MOST_FIGURES, _MOST_DONORS, _MOST_MARKERS = 4, 12, 6


def density_figures(source: ReportSource) -> Iterator[FigureWithNote]:
    """Give a figure of each stimulus and panel."""
    densities = source.tables["response_densities"].filter(pl.col("participant_id") != "")
    groups = list(densities.group_by(_OF, maintain_order=True))
    for place, (key, rows) in enumerate(groups[:_MOST_FIGURES], start=1):
        more = len(groups) - _MOST_FIGURES if place == _MOST_FIGURES else 0
        yield _figure(source, place, dict(zip(_OF, key, strict=True)), rows, more)


def _figure(
    source: ReportSource, place: int, key: Row, rows: pl.DataFrame, more: int
) -> FigureWithNote:
    responses = source.tables["stimulation_responses"].join(
        rows.select(*_OF, "sample_id").unique(),
        on=[*_OF, "sample_id"],
        how="semi",
        nulls_equal=True,
    )
    known = responses.filter(pl.col("population").is_in(rows["population"].unique().to_list()))
    population = primary_population(source, known) or _most_frequent(rows)
    own = rows.filter(pl.col("population") == population)
    # The first sample that has densities stands for its donor.
    own = own.filter(pl.col("sample_id") == pl.col("sample_id").first().over("participant_id"))
    markers, n_markers = _markers(known.filter(pl.col("population") == population), own)
    everyone = donor_order(
        source, own["participant_id"].unique(maintain_order=True).to_list(), responses
    )
    donors = spread(everyone, _MOST_DONORS)
    ranks = {donor: rank for rank, donor in enumerate(everyone, start=1)}
    labels = [f"{ranks[donor]} of {len(everyone)}" for donor in donors]
    title = f"{stimulus_words(key)}: {population_name(population)}"
    unit = next((one for one in responses["unit"] if one), "transformed scale")
    figure = paired_densities_figure(
        slug(f"densities-{place}-{key['stimulus']}-{key['panel']}"),
        labels,
        markers,
        _pairs(own, donors),
        title=title,
        unit=unit,
    )
    note = f"Numbers are places of the donors, {order_words(source, everyone)}."
    if len(everyone) > len(donors) or n_markers > len(markers):
        note += (
            f" {len(markers)} of {plural(n_markers, 'marker')} and {len(donors)} of "
            f"{plural(len(everyone), 'donor')}; the others are in response_densities.parquet."
        )
    if more:
        note += f" {plural(more, 'more stimulation')} in that file."
    return FigureWithNote(title, figure, note)


def _most_frequent(rows: pl.DataFrame) -> str:
    return str(rows["population"].mode().sort()[0])


def _markers(responses: pl.DataFrame, densities: pl.DataFrame) -> tuple[list[str], int]:
    """Return the markers to draw, those of a list first by their median, and how many there are."""
    there = densities["marker"].unique(maintain_order=True).to_list()
    size = pl.col("difference").median().abs().fill_null(-1.0)
    ranked = (
        responses
        .filter(pl.col("marker").is_in(there))
        .group_by("marker", maintain_order=True)
        .agg(size.alias("size"), (pl.col("marker_list") != "").any().alias("listed"))
        .sort(["listed", "size", "marker"], descending=[True, True, False])
    )
    listed = ranked.filter("listed")["marker"].to_list()
    order = listed or [*ranked["marker"], *(one for one in there if one not in ranked["marker"])]
    return order[:_MOST_MARKERS], len(there)


def _pairs(rows: pl.DataFrame, donors: Sequence[str]) -> Mapping[tuple[int, str], DensityPair]:
    places = {donor: place for place, donor in enumerate(donors)}
    width = pl.col("high") - pl.col("low")
    sized = rows.filter(pl.col("participant_id").is_in(list(donors))).with_columns(
        ((pl.col("low") + pl.col("high")) / 2).alias("middle"),
        (pl.col("share_unstimulated").fill_null(0.0) / width).alias("rest"),
        (pl.col("share_stimulated").fill_null(0.0) / width).alias("moved"),
    )
    return {
        (places[str(donor)], str(marker)): DensityPair(
            some["middle"].to_numpy(), some["rest"].to_numpy(), some["moved"].to_numpy()
        )
        for (donor, marker), one in sized.group_by(
            ["participant_id", "marker"], maintain_order=True
        )
        for some in [one.sort("low").unique("low", keep="first", maintain_order=True)]
    }
