"""Heat maps of the responses of all donors, one for each stimulus."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import polars as pl

from macroimmune.evidence import marker_lists
from macroimmune.report.numbers import plural
from macroimmune.report.page import FigureWithNote
from macroimmune.report.response.donors import (
    WHICH_SAMPLE,
    baseline_samples,
    donor_order,
    order_words,
    spread,
)
from macroimmune.report.response.names import panel_words, population_name, stimulus_words
from macroimmune.report.response.response_heat_map import ResponseRow, response_heat_map
from macroimmune.report.source import ReportSource, Row, slug

__all__ = ["STIMULATION", "primary_population", "response_maps", "row_order"]

STIMULATION = (
    "modality",
    "panel",
    "stimulus",
    "stimulus_minutes",
    "stimulus_dose",
    "stimulus_dose_unit",
)
_MOST_MAPS, _MOST_DONORS, _MOST_ROWS, _OTHER_MARKERS = 6, 200, 60, 3
_USES = {"score": 0, "effect size": 1, "none": 2}
_NO_PAIR = 3


def response_maps(source: ReportSource) -> Iterator[FigureWithNote]:
    """Give a map of each stimulus and panel, those with the most donors first."""
    rows = baseline_samples(source.tables["stimulation_responses"])
    groups = [
        (dict(zip(STIMULATION, key, strict=True)), some)
        for key, some in rows.group_by(STIMULATION, maintain_order=True)
        if some["difference"].is_not_null().any()
    ]
    groups.sort(key=lambda group: -group[1]["participant_id"].n_unique())
    left = len(groups) - _MOST_MAPS
    for place, (key, some) in enumerate(groups[:_MOST_MAPS], start=1):
        more = left if place == _MOST_MAPS else 0
        yield _map(source, place, key, some, more)


def _map(
    source: ReportSource, place: int, key: Row, rows: pl.DataFrame, more: int
) -> FigureWithNote:
    everyone = donor_order(
        source, rows["participant_id"].unique(maintain_order=True).to_list(), rows
    )
    donors = spread(everyone, _MOST_DONORS)
    order, n_left_out = _shown(row_order(source, rows), rows)
    units = [unit for unit in rows["unit"].unique(maintain_order=True) if unit]
    drawn = list(_drawn(rows, order[:_MOST_ROWS], donors))
    title = f"Response to {stimulus_words(key)}, {panel_words(key)}"
    figure = response_heat_map(
        slug(f"responses-{place}-{key['stimulus']}-{key['panel']}"),
        drawn,
        title=title,
        unit=" or ".join(units) or "as measured",
        across=f"{plural(len(donors), 'donor')}, {order_words(source, everyone)}",
    )
    return FigureWithNote(title, figure, _note(drawn, len(everyone), len(order) + n_left_out, more))


def _shown(order: list[tuple[str, str]], rows: pl.DataFrame) -> tuple[list[tuple[str, str]], int]:
    """Return the rows of declared markers and of the few others that move most; how many not."""
    listed = set(_listed(rows)["marker"])
    if not listed:
        return order, 0
    size = pl.col("difference").abs().mean()
    others = (
        rows
        .filter(pl.col("marker").is_in(list(listed)).not_())
        .group_by("marker")
        .agg(size.alias("size"))
        .drop_nulls("size")
        .sort(["size", "marker"], descending=[True, False])
        .head(_OTHER_MARKERS)
    )
    kept = listed | set(others["marker"])
    shown = [row for row in order if row[1] in kept]
    return shown, len(order) - len(shown)


def _note(drawn: Sequence[ResponseRow], n_donors: int, n_rows: int, more: int) -> str:
    uses = np.concatenate([row.uses for row in drawn])
    said = [WHICH_SAMPLE]
    if (uses == _USES["none"]).any():
        said.append("Hatched: no estimate, as a rule fewer than 20 cells.")
    if (uses == _USES["effect size"]).any():
        said.append("Underlined: 20 to 49 cells.")
    if (uses == _NO_PAIR).any():
        said.append("Empty: not measured.")
    if n_donors > drawn[0].uses.size:
        said.append(f"{drawn[0].uses.size} of {n_donors} donors, evenly over their order.")
    if n_rows > len(drawn):
        others = plural(n_rows - len(drawn), "other row")
        said.append(f"{others} below, or in stimulation_responses.parquet.")
    if more:
        said.append(f"{plural(more, 'more stimulation')} in stimulation_responses.parquet.")
    return " ".join(said)


def primary_population(source: ReportSource, rows: pl.DataFrame) -> str | None:
    """Return the population that scores are told of, or the first in which a list is read."""
    scores = source.tables["responsiveness"].filter("is_primary")
    known = set(rows["population"])
    for population in (*scores["population"], *_listed(rows)["population"]):
        if population in known:
            return str(population)
    return None


def _listed(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(pl.col("marker_list") != "")


def _declared(source: ReportSource, rows: pl.DataFrame) -> list[str]:
    """Return the populations in which the lists of these rows are read."""
    lists = set(_listed(rows)["marker_list"])
    scored = source.tables["responsiveness"].filter(pl.col("marker_list").is_in(list(lists)))
    declared = {name for one in marker_lists() if one.id in lists for name in one.populations}
    return sorted(declared | set(scored["population"]))


def row_order(source: ReportSource, rows: pl.DataFrame) -> list[tuple[str, str]]:
    """Return population and marker of each row of a map, the declared ones first.

    Notes
    -----
    Convention: the primary population, then others in which a list is read, then the rest by
    their largest median difference; in a population markers of a list first, then by size.
    """
    primary = primary_population(source, rows)
    size = pl.col("difference").median().abs().fill_null(-1.0)
    listed = (pl.col("marker_list") != "").any()
    declared = _declared(source, rows)
    medians = (
        rows
        .group_by("population", "marker", maintain_order=True)
        .agg(size.alias("size"), listed.alias("listed"))
        .with_columns(
            (pl.col("population") != (primary or "")).alias("is_other"),
            pl.col("population").is_in(declared).not_().alias("is_undeclared"),
            pl.col("size").max().over("population").alias("largest"),
        )
    )
    ordered = medians.sort(
        ["is_other", "is_undeclared", "largest", "population", "listed", "size", "marker"],
        descending=[False, False, True, False, True, True, False],
    )
    return list(ordered.select("population", "marker").iter_rows())


def _drawn(
    rows: pl.DataFrame, order: Sequence[tuple[str, str]], donors: Sequence[str]
) -> Iterator[ResponseRow]:
    places = {donor: place for place, donor in enumerate(donors)}
    by_row: Mapping[tuple[str, ...], pl.DataFrame] = rows.partition_by(
        ["population", "marker"], as_dict=True
    )
    for population, marker in order:
        differences = np.full(len(donors), np.nan)
        uses = np.full(len(donors), _NO_PAIR)
        some = by_row[population, marker].unique("participant_id", keep="first")
        for donor, difference, use in some.select(
            "participant_id", "difference", "use"
        ).iter_rows():
            if donor in places:
                is_known = difference is not None
                differences[places[donor]] = difference if is_known else np.nan
                uses[places[donor]] = _USES.get(use, 0) if is_known else _USES["none"]
        yield ResponseRow(population_name(population), marker, differences, uses)
