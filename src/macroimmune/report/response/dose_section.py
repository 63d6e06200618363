"""Dose and response: curves by population and marker, and the EC50 with its interval or status."""

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.report.compact_table import compact
from macroimmune.report.numbers import MISSING, count, p_value, plural, significant
from macroimmune.report.page import DoseSection, FigureWithNote
from macroimmune.report.response.dose_figure import DoseCurve, DoseSeries, dose_figure
from macroimmune.report.response.names import population_name, stimulus_words
from macroimmune.report.source import ReportSource, Row, slug
from macroimmune.report.tables import Cell, Column, Table, number_cell

__all__ = ["dose_section", "hill_curve"]

_MOST_FIGURES, _MOST_SERIES, _MOST_ROWS = 24, 200, 300
_ON_CURVE = 60
# A curve drawn from its parameters must meet the stored fit this well, as a share of its span.
_CLOSE = 0.02
_COLUMNS = (
    Column("Stimulus"),
    Column("Population"),
    Column("Marker"),
    Column("EC50 (95 %)", is_number=True, meaning="Dose with half the effect"),
    Column("Hill", is_number=True),
    Column("Without", is_number=True, meaning="Level without the stimulus"),
    Column("Plateau", is_number=True),
    Column("Doses, values, plates", is_number=True),
    Column("p", is_number=True, meaning="Of no rise or fall with dose"),
    Column("Status"),
)


def dose_section(source: ReportSource) -> DoseSection | None:
    """Return the section, or None where no stimulus was given at several doses."""
    points, curves = source.tables["dose_points"], source.tables["dose_responses"]
    if points.is_empty() and curves.is_empty():
        return None
    whole = _whole(curves)
    with_half = whole.drop_nulls("ec50").height
    short = whole.filter(pl.col("is_plateau_reached").not_()).height
    lead = (
        f"{plural(whole.height, 'series', 'series')} of doses; an EC50 was estimated for "
        f"{count(with_half)}"
    )
    lead += f", {count(short)} do not reach their plateau." if short else "."
    lead += (
        " Where the doses do not reach the plateau, the EC50 is open to one side or not told, and "
        "its status says so. Plates are replicates."
    )
    return DoseSection(
        lead, tuple(_figures(_shown(points, curves, whole), curves)), _table(curves, whole)
    )


def _whole(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the series over all people where there is one, else those of single people."""
    keys = ["stimulus", "stimulus_minutes", "population", "marker"]
    is_pooled = pl.col("participant_id") == ""
    return rows.filter(is_pooled | is_pooled.any().over(keys).not_())


def _shown(points: pl.DataFrame, curves: pl.DataFrame, whole: pl.DataFrame) -> pl.DataFrame:
    """Return the points of the series told of, and of those that have no row of their own."""
    left_out = set(curves["series"]) - set(whole["series"])
    return points.filter(pl.col("series").is_in(list(left_out)).not_())


def _figures(points: pl.DataFrame, curves: pl.DataFrame) -> Iterator[FigureWithNote]:
    keys = ["population", "marker", "stimulus_minutes", "dose_unit"]
    fits = {row["series"]: row for row in curves.iter_rows(named=True)}
    known = points.drop_nulls(["dose", "value"])
    groups = list(known.group_by(keys, maintain_order=True))
    for place, ((population, marker, minutes, dose_unit), rows) in enumerate(
        groups[:_MOST_FIGURES], start=1
    ):
        names = rows["series"].unique(maintain_order=True).to_list()
        by_series = rows.partition_by("series", as_dict=True)
        series = [_series(by_series[name,], fits.get(name)) for name in names[:_MOST_SERIES]]
        lasted = "" if minutes is None else f", {minutes:g} min"
        title = f"{marker} of {population_name(str(population))}{lasted}"
        figure = dose_figure(
            slug(f"dose-{place}-{population}-{marker}"),
            series,
            title=title,
            unit=next((one for one in rows["unit"] if one), ""),
            dose_unit=str(dose_unit or ""),
        )
        said = ["Dots are values, lines the fit, thin ones of each plate; a mark is the EC50."]
        if len(names) > _MOST_SERIES:
            said.append(f"{count(len(names) - _MOST_SERIES)} more series in dose_points.csv.")
        if place == _MOST_FIGURES and len(groups) > place:
            more = plural(len(groups) - place, "more figure")
            said.append(f"{more} could be drawn from dose_points.csv.")
        yield FigureWithNote(title, figure, " ".join(said))


def _series(rows: pl.DataFrame, fit: Row | None) -> DoseSeries:
    fitted = rows.drop_nulls("fitted").unique(["batch", "dose"], keep="first").sort("dose")
    plates = [
        DoseCurve(one["dose"].to_numpy(), one["fitted"].to_numpy())
        for one in fitted.partition_by("batch", maintain_order=True)
    ]
    return DoseSeries(
        label=str(rows["stimulus"][0]),
        dose=rows["dose"].to_numpy(),
        value=rows["value"].to_numpy(),
        curve=_curve(plates, fit),
        ec50=fit["ec50"] if fit else None,
        plates=tuple(plates) if len(plates) > 1 else (),
    )


def hill_curve(
    dose: NDArray[np.float64], *, ec50: float, hill: float, bottom: float, top: float
) -> NDArray[np.float64]:
    """Return the level at each dose of a curve with four parameters.

    Examples
    --------
    >>> hill_curve(np.array([0.0, 8.0]), ec50=8.0, hill=1.0, bottom=1.0, top=4.0)
    array([1. , 2.5])
    """
    share = np.zeros(dose.size)
    given = dose > 0
    share[given] = 1.0 / (1.0 + (ec50 / dose[given]) ** hill)
    return bottom + (top - bottom) * share


def _curve(plates: Sequence[DoseCurve], fit: Row | None) -> DoseCurve | None:
    """Return the mean of the fits of the plates, smooth where the parameters give it.

    None where nothing was fitted, or plates have other doses, so that a mean would jump.
    """
    if not plates or any(not np.array_equal(one.dose, plates[0].dose) for one in plates):
        return None
    mean = DoseCurve(plates[0].dose, np.mean([one.level for one in plates], axis=0))
    names = ("ec50", "hill", "bottom", "top")
    if fit is None or mean.dose.size < 2 or any(fit[name] is None for name in names):
        return mean
    parameters = {name: float(fit[name]) for name in names}
    span = max(float(np.ptp(mean.level)), abs(parameters["top"] - parameters["bottom"]), 1e-12)
    if np.abs(hill_curve(mean.dose, **parameters) - mean.level).max() > _CLOSE * span:
        return mean
    given = mean.dose[mean.dose > 0]
    fine = np.geomspace(given.min(), given.max(), _ON_CURVE) if given.size else given
    every = np.r_[mean.dose[mean.dose <= 0], fine]
    return DoseCurve(every, hill_curve(every, **parameters))


def _table(curves: pl.DataFrame, whole: pl.DataFrame) -> Table | None:
    if curves.is_empty():
        return None
    shown = whole.head(_MOST_ROWS)
    more = curves.height - shown.height
    made = Table(
        "Half-maximal doses",
        _COLUMNS,
        tuple(_cells(row) for row in shown.iter_rows(named=True)),
        note=f"{count(more)} more, of single people, in dose_responses.csv." if more > 0 else "",
        can_filter=shown.height > 12,
    )
    return compact(made, once=("Marker",))


def _cells(row: Row) -> tuple[Cell, ...]:
    low, high, half = row["ec50_ci_low"], row["ec50_ci_high"], significant(row["ec50"])
    ends = _ends(low, high)
    shown = MISSING if row["ec50"] is None else f"{half}{ends} {row['dose_unit']}".rstrip()
    sizes = ", ".join(count(row[name]) for name in ("n_doses", "n_values", "n_batches"))
    is_short = row["is_plateau_reached"] is False
    plateau = "not reached" if is_short else significant(row["top"])
    return (
        Cell(stimulus_words(row)),
        Cell(population_name(row["population"])),
        Cell(row["marker"]),
        number_cell(shown, row["ec50"]),
        *(number_cell(significant(row[name]), row[name]) for name in ("hill", "bottom")),
        number_cell(plateau, row["top"]),
        number_cell(sizes, row["n_doses"]),
        number_cell(p_value(row["monotone_p"]), row["monotone_p"]),
        Cell(row["status"]),
    )


def _ends(low: float | None, high: float | None) -> str:
    if low is None and high is None:
        return ""
    if high is None:
        return f" ({significant(low)} or more)"
    return (
        f" ({significant(high)} or less)"
        if low is None
        else (f" ({significant(low)} to {significant(high)})")
    )
