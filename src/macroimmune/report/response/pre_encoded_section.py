"""Is the response pre-encoded? What cells at rest tell of it, donor by donor left out."""

import re
from collections.abc import Iterator, Sequence

import polars as pl

from macroimmune.report.numbers import (
    MISSING,
    count,
    difference_with_interval,
    p_value,
    p_words,
    plural,
)
from macroimmune.report.page import FigureWithNote, PreEncodedSection
from macroimmune.report.response.names import in_words
from macroimmune.report.response.scatter_figure import scatter_figure
from macroimmune.report.source import ReportSource, Row, slug
from macroimmune.report.tables import Cell, Column, Table, number_cell

__all__ = ["pre_encoded_section"]

_MOST_FIGURES = 8
_BY_CHANCE = re.compile(r", where R2 is (-?[\d.e+-]+) in the median")
_COLUMNS = (
    Column("Response"),
    Column("At rest"),
    Column("Donors", is_number=True),
    Column("Measurements", is_number=True),
    Column("R² (95 %)", is_number=True, meaning="Of predictions for donors outside the fit"),
    Column("Correlation", is_number=True, meaning="Between predicted and measured"),
    Column("p", is_number=True, meaning="By permutation of the donors"),
    Column("Carried by", meaning="Largest first"),
    Column("Status"),
)


def pre_encoded_section(source: ReportSource) -> PreEncodedSection | None:
    """Return the section, or None where nothing was predicted from cells at rest."""
    models = source.rows("pre_encoded")
    if not models:
        return None
    return PreEncodedSection(
        lead=_lead(models),
        figures=tuple(_figures(source, models)),
        models=Table(
            "Responses predicted from cells at rest",
            _COLUMNS,
            tuple(_cells(row) for row in models),
            note=_note(models),
            can_filter=len(models) > 12,
        ),
    )


def _note(models: Sequence[Row]) -> str:
    told = [str(row["method"]) for row in models if row["method"]]
    methods = "; ".join(dict.fromkeys(_BY_CHANCE.sub("", one) for one in told))
    chance = sorted(float(found.group(1)) for one in told if (found := _BY_CHANCE.search(one)))
    permutations = {row["n_permutations"] for row in models if row["n_permutations"]}
    said = f"{methods[:1].upper()}{methods[1:]}. " if methods else ""
    if permutations:
        said += f"{' or '.join(count(n) for n in sorted(permutations))} permutations. "
    if chance:
        ends = " to ".join(dict.fromkeys(f"{one:.2f}" for one in (chance[0], chance[-1])))
        said += f"R² of permuted donors in the median: {ends}. "
    return f"{said}R² below 0: the mean of the other donors predicts better than the model."


def _lead(models: Sequence[Row]) -> str:
    known = [row for row in models if row["r_squared"] is not None]
    lead = (
        "Each donor is predicted by a model that was fitted, and tuned, without the donor; the "
        "interval leaves donors out in turn and p permutes them. "
    )
    if not known:
        return f"{lead}No prediction could be made; the statuses say why."
    best = max(known, key=lambda row: float(row["r_squared"]))
    shown = difference_with_interval(best["r_squared"], best["ci_low"], best["ci_high"])
    value = f"{best['r_squared']:.2f}" if shown == MISSING else shown
    chosen = ", not corrected for the choice of the largest" if len(known) > 1 else ""
    return (
        f"{lead}The largest R² of {plural(len(known), 'model')}: {value}, {_response(best)} from "
        f"{in_words(best['resting'])}, {plural(best['n_donors'], 'donor')}, "
        f"{p_words('p', best['p_value'])}{chosen}."
    )


def _figures(source: ReportSource, models: Sequence[Row]) -> Iterator[FigureWithNote]:
    predictions = source.tables["pre_encoded_predictions"].drop_nulls(["measured", "predicted"])
    drawable = [row for row in models if row["r_squared"] is not None]
    drawable.sort(key=lambda row: -float(row["r_squared"]))
    left = len(drawable) - _MOST_FIGURES
    for place, row in enumerate(drawable[:_MOST_FIGURES], start=1):
        own = predictions.filter(
            pl.col("response") == row["response"], pl.col("resting") == row["resting"]
        )
        if own.is_empty():
            continue
        title = f"{_response(row)} from {in_words(row['resting'])}"
        figure = scatter_figure(
            slug(f"pre-encoded-{place}-{row['response']}"),
            own["predicted"].to_numpy(),
            own["measured"].to_numpy(),
            title=title,
            x_label="predicted without the donor",
            y_label="measured",
            is_same_scale=True,
        )
        note = f"R² {row['r_squared']:.2f}, {p_words('p', row['p_value'])}, {own.height} donors."
        if place == _MOST_FIGURES and left > 0:
            note += f" {plural(left, 'more model')} in pre_encoded_predictions.csv."
        yield FigureWithNote(title, figure, note)


def _response(row: Row) -> str:
    return in_words(str(row["response"]))


def _cells(row: Row) -> tuple[Cell, ...]:
    value, correlation = row["r_squared"], row["correlation"]
    shown = difference_with_interval(value, row["ci_low"], row["ci_high"])
    if shown == MISSING and value is not None:
        shown = f"{value:.2f}"
    return (
        Cell(_response(row), look="wide"),
        Cell(in_words(row["resting"])),
        number_cell(count(row["n_donors"]), row["n_donors"]),
        number_cell(count(row["n_predictors"]), row["n_predictors"]),
        number_cell(shown, value),
        number_cell(MISSING if correlation is None else f"{correlation:.2f}", correlation),
        number_cell(p_value(row["p_value"]), row["p_value"]),
        Cell(row["carried_by"], look="wide" if row["carried_by"] else ""),
        Cell(row["status"], look="wide" if row["status"] else ""),
    )
