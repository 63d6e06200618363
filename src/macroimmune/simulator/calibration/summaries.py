"""Summary numbers of public cohorts: quantiles, rank correlations, survival and response."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import rankdata

from macroimmune.simulator.calibration.cohort_table import SMALLEST_GROUP, CohortTable
from macroimmune.statistics.kaplan_meier import kaplan_meier
from macroimmune.units import DAYS_PER_MONTH

__all__ = [
    "PERCENTS",
    "TABLES",
    "Summaries",
    "percent_column",
    "rank_correlation",
    "spread_quantiles",
    "stated_decimals",
    "summarise",
]

Values = NDArray[np.float64]

PERCENTS = (1.0, 2.5, *(5.0 * step for step in range(1, 20)), 97.5, 99.0)
MONTHS = (1, 2, 3, 6, 9, 12, 18, 24, 30, 36, 42, 48)
# A quantile is stated only where this many participants lie beyond it, so that none is one.
_BEYOND = 5.0
_MOST_DECIMALS = 4
_SIGNIFICANT = 6
TABLES = ("marginals", "correlations", "survival", "response")


@dataclass(frozen=True, slots=True)
class Summaries:
    """The summary tables of several cohorts.

    Parameters
    ----------
    marginals : polars DataFrame
        One row per cohort, group and variable: n, missing share, decimals of the source, mean and
        SD on the stated scale, quantiles.
    correlations : polars DataFrame
        One row per pair of variables that a cohort measured together.
    survival : polars DataFrame
        One row per cohort, group, endpoint and month.
    response : polars DataFrame
        One row per cohort and group.
    """

    marginals: pl.DataFrame
    correlations: pl.DataFrame
    survival: pl.DataFrame
    response: pl.DataFrame

    def write(self, folder: Path) -> None:
        """Write each table as CSV into `folder`, which is made if absent."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in TABLES:
            table: pl.DataFrame = getattr(self, name)
            table.write_csv(folder / f"{name}.csv", line_terminator="\n")


def summarise(tables: Sequence[CohortTable]) -> Summaries:
    """Return the summary numbers of cohorts.

    Parameters
    ----------
    tables : sequence of CohortTable

    Returns
    -------
    summaries : Summaries
        Holds no value of a single participant: groups of fewer than 20 are left out, and
        quantiles that fewer than five participants lie beyond stay empty.
    """
    return Summaries(
        pl.DataFrame(
            [row for table in tables for row in _marginal_rows(table)], infer_schema_length=None
        ),
        pl.DataFrame(
            [row for table in tables for row in _correlation_rows(table)], infer_schema_length=None
        ),
        pl.DataFrame(
            [row for table in tables for row in _survival_rows(table)], infer_schema_length=None
        ),
        pl.DataFrame([
            {
                "cohort": table.cohort,
                "group": table.group,
                "n": len(table.response),
                "share": _short(float(table.response.mean())),
            }
            for table in tables
            if len(table.response) >= SMALLEST_GROUP
        ]),
    )


def percent_column(percent: float) -> str:
    """Return the column of a quantile.

    Examples
    --------
    >>> percent_column(2.5), percent_column(50.0)
    ('q2.5', 'q50')
    """
    return f"q{percent:g}"


def stated_decimals(values: Values) -> int | None:
    """Return with how many decimals a cohort states its values; None where it does not round.

    Parameters
    ----------
    values : float array, shape (n,)
        Finite.

    Returns
    -------
    decimals : int or None
        The fewest, 0 to 4, that 99 % of the values have.

    Examples
    --------
    >>> stated_decimals(np.array([1.5, 2.0, 3.1])), stated_decimals(np.array([1 / 3, 2 / 3]))
    (1, None)
    """
    for decimals in range(_MOST_DECIMALS + 1):
        same = np.isclose(values, np.round(values, decimals), rtol=1e-9, atol=1e-9)
        if same.mean() >= 0.99:
            return decimals
    return None


def spread_quantiles(values: Values, percents: Sequence[float], decimals: int | None) -> Values:
    """Return quantiles of rounded values as if equal ones lay evenly within their rounding unit.

    Parameters
    ----------
    values : float array, shape (n,)
        Finite.
    percents : sequence of float
        0 to 100.
    decimals : int or None
        With how many the values are stated; None where they are not rounded.

    Returns
    -------
    quantiles : float array, shape (percents,)
        NaN where fewer than five values lie beyond. Values drawn between them and rounded have the
        frequencies of the source.

    Examples
    --------
    >>> spread_quantiles(np.repeat([1.0, 2.0], 50), [25.0, 50.0, 75.0], 0)
    array([1. , 1.5, 2. ])
    """
    ordered = np.sort(values)
    if decimals is not None:
        kinds, start, count = np.unique(
            np.round(ordered, decimals), return_index=True, return_counts=True
        )
        place = np.repeat(start, count)
        within = (np.arange(len(ordered)) - place + 0.5) / np.repeat(count, count) - 0.5
        ordered = np.maximum(np.repeat(kinds, count) + within * 10.0**-decimals, 0.0)
        ordered = np.sort(ordered) if values.min() >= 0 else ordered
    asked = np.asarray(percents, dtype=float)
    quantiles = np.quantile(ordered, asked / 100.0, method="hazen")
    beyond = np.minimum(asked, 100.0 - asked) / 100.0 * len(ordered)
    return np.where(beyond < _BEYOND, np.nan, quantiles)


def rank_correlation(first: Values, second: Values) -> float:
    """Return Spearman's correlation; NaN where a variable does not vary.

    Examples
    --------
    >>> rank_correlation(np.array([1.0, 2.0, 3.0]), np.array([2.0, 4.0, 9.0]))
    1.0
    """
    one, two = rankdata(first), rankdata(second)
    one, two = one - one.mean(), two - two.mean()
    size = float(np.sqrt((one @ one) * (two @ two)))
    return float(one @ two) / size if size > 0.0 else float("nan")


def _marginal_rows(table: CohortTable) -> Iterable[dict[str, object]]:
    for name in table.frame.columns:
        values = _column(table, name)
        known = values[np.isfinite(values)]
        if len(known) < SMALLEST_GROUP:
            continue
        unit = table.units[name]
        decimals = None if unit == "yes or no" else stated_decimals(known)
        scale, scaled = _on_scale(known, unit, decimals)
        row: dict[str, object] = {
            "cohort": table.cohort,
            "group": table.group,
            "variable": name,
            "unit": unit,
            "n": len(known),
            "missing_share": _short(1.0 - len(known) / len(values)),
            "decimals": decimals,
            "scale": scale,
            "mean": _short(float(scaled.mean())),
            "sd": _short(float(scaled.std(ddof=1))),
        }
        asked = PERCENTS if unit != "yes or no" else ()
        found = dict(zip(asked, spread_quantiles(known, asked, decimals), strict=True))
        for percent in PERCENTS:
            quantile = found.get(percent, float("nan"))
            row[percent_column(percent)] = _short(float(quantile))
        yield row


def _on_scale(values: Values, unit: str, decimals: int | None) -> tuple[str, Values]:
    """Return the scale of mean and SD, and the values on it; zeros stand at half the least."""
    if unit in {"yes or no", "year", "NPX"}:
        return "linear", values
    positive = values[values > 0]
    least = float(positive.min()) if decimals is None else 10.0**-decimals
    floored = np.maximum(values, least / 2.0)
    if unit == "%":
        below = 100.0 - floored[floored < 100.0]
        share = np.minimum(floored, 100.0 - below.min() / 2.0) / 100.0
        return "logit", np.log(share / (1.0 - share))
    return "log", np.log(floored)


def _correlation_rows(table: CohortTable) -> Iterable[dict[str, object]]:
    columns = table.frame.columns
    values = {name: _column(table, name) for name in columns}
    chosen = table.correlate_with
    for place, first in enumerate(columns):
        for second in columns[place + 1 :]:
            if chosen is not None and first not in chosen and second not in chosen:
                continue
            both = np.isfinite(values[first]) & np.isfinite(values[second])
            rho = float("nan")
            if both.sum() >= SMALLEST_GROUP:
                rho = rank_correlation(values[first][both], values[second][both])
            if np.isfinite(rho):
                yield {
                    "cohort": table.cohort,
                    "group": table.group,
                    "variable_a": first,
                    "variable_b": second,
                    "rho": round(rho, 4),
                    "n": int(both.sum()),
                }


def _survival_rows(table: CohortTable) -> Iterable[dict[str, object]]:
    for endpoint, survival in table.survival.items():
        if len(survival.time) < SMALLEST_GROUP:
            continue
        curve = kaplan_meier(survival)
        months = [month for month in MONTHS if month * DAYS_PER_MONTH <= survival.time.max()]
        heights = curve.at(np.array(months) * DAYS_PER_MONTH)[0]
        for month, height in zip([0, *months], [1.0, *heights], strict=True):
            yield {
                "cohort": table.cohort,
                "group": table.group,
                "endpoint": endpoint,
                "n": curve.n,
                "events": curve.n_events,
                "month": month,
                "survival": _short(float(height)),
                "at_risk": int((survival.time >= month * DAYS_PER_MONTH).sum()),
            }


def _column(table: CohortTable, name: str) -> Values:
    return table.frame[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()


def _short(value: float) -> float | None:
    """Return a number with as many digits as a table needs, None for NaN."""
    return float(f"{value:.{_SIGNIFICANT}g}") if np.isfinite(value) else None
