"""Responses that may be put side by side: one stimulus, dose, time, panel and list of markers."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

__all__ = ["SAMPLE", "SERIES", "Series", "response_series", "series_words"]

SERIES = (
    "modality",
    "panel",
    "marker_list",
    "stimulus",
    "stimulus_minutes",
    "stimulus_dose",
    "stimulus_dose_unit",
)
SAMPLE = ("participant_id", "control", "sample_id", "days_from_treatment_start", "batch")
_TEXTS = ("participant_id", "control", "sample_id", "panel", "batch", "unit", "stimulus_dose_unit")
_LEVELS = ("difference", "mean_unstimulated")
# Repeated wells of one sample have cells of their own; thresholds and batch are the same.
_SHARED = ("thresholds_se", "batch_se")
_MEASURED = (*_LEVELS, "cells_se", *_SHARED)


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """One series of responses in one population: samples x markers.

    Parameters
    ----------
    key : dict
        Values of the columns `SERIES`.
    population, unit : str
    markers : tuple of str
        In alphabetical order.
    samples : polars DataFrame, one row per sample
        Columns `SAMPLE`, n_unstimulated, n_stimulated, n_pairs (pairs of wells that count) and
        said (the first status of its responses).
    difference, mean_unstimulated, cells_se, thresholds_se, batch_se : float array
        Shape (samples, markers); NaN where there is none.
    """

    key: dict[str, object]
    population: str
    unit: str
    markers: tuple[str, ...]
    samples: pl.DataFrame
    difference: NDArray[np.float64]
    mean_unstimulated: NDArray[np.float64]
    cells_se: NDArray[np.float64]
    thresholds_se: NDArray[np.float64]
    batch_se: NDArray[np.float64]

    @property
    def stimulus(self) -> str:
        """Stimulus, dose and minutes in words."""
        return series_words(self.key)


def series_words(key: dict[str, object]) -> str:
    """Return stimulus, dose and minutes of a series in words.

    Examples
    --------
    >>> series_words({"stimulus": "IFN-alpha", "stimulus_minutes": 15.0})
    'IFN-alpha, 15 min'
    """
    words = [str(key["stimulus"])]
    dose, minutes = key.get("stimulus_dose"), key.get("stimulus_minutes")
    if dose is not None:
        words.append(f"{dose:g} {key.get('stimulus_dose_unit') or ''}".strip())
    if minutes is not None:
        words.append(f"{minutes:g} min")
    return ", ".join(words)


def response_series(
    responses: pl.DataFrame, *, uses: tuple[str, ...], by_batch: bool = False
) -> Iterator[Series]:
    """Yield every series of each list, population and unit, in a fixed order.

    Parameters
    ----------
    responses : polars DataFrame
        Rows of `stimulation_responses` that belong to a list.
    uses : tuple of str
        Values of `use` whose differences count: "score", or "score" and "effect size".
    by_batch : bool
        Whether wells of one sample in several batches stay apart.

    Notes
    -----
    Convention: several pairs of wells of one sample are their mean. A control is always a sample
    of each batch.
    """
    groups = [*SERIES, "population", "unit"]
    merged = _one_row_per_sample(responses, uses, by_batch=by_batch)
    for part in merged.sort(groups).partition_by(groups, maintain_order=True):
        yield _series(part)


def _one_row_per_sample(
    responses: pl.DataFrame, uses: tuple[str, ...], *, by_batch: bool
) -> pl.DataFrame:
    """Return one row per series, population, sample and marker."""
    counts = pl.col("use").is_in(uses) & pl.col("difference").is_finite()
    is_apart = pl.lit(by_batch) | (pl.col("control") != "")
    run = pl.when(is_apart).then("batch").otherwise(pl.lit("")).alias("_run")
    kept = responses.with_columns(pl.col(_TEXTS).fill_null("")).with_columns(
        run, *(pl.when(counts).then(name).alias(name) for name in _MEASURED)
    )
    n, cells = pl.col("difference").count(), pl.col("cells_se")
    return kept.group_by(
        *SERIES, "population", "unit", "participant_id", "control", "sample_id", "_run", "marker"
    ).agg(
        pl.col("days_from_treatment_start").min(),
        pl.col("batch").unique().sort().str.join(";"),
        pl.col(*_LEVELS, *_SHARED).mean(),
        pl.when(cells.count() == n).then((cells**2).sum().sqrt() / n).alias("cells_se"),
        pl.col("n_unstimulated", "n_stimulated").sum(),
        n.alias("n_pairs"),
        pl.col("status").filter(pl.col("status") != "").sort().first().alias("said"),
    )


def _series(part: pl.DataFrame) -> Series:
    markers = part["marker"].unique().sort().to_list()
    who = ["participant_id", "control", "sample_id", "_run"]
    samples = (
        part
        .group_by(who)
        .agg(
            pl.col("days_from_treatment_start").min(),
            pl.col("batch").unique().sort().str.join(";"),
            pl.col("n_unstimulated", "n_stimulated", "n_pairs").max(),
            pl.col("said").drop_nulls().sort().first(),
        )
        .sort(who)
        .with_row_index("_row")
    )
    place = part.join(samples.select(*who, "_row"), on=who)
    row = place["_row"].to_numpy()
    column = np.searchsorted(np.array(markers), place["marker"].to_numpy().astype(str))
    arrays = {}
    for name in _MEASURED:
        arrays[name] = np.full((samples.height, len(markers)), np.nan)
        arrays[name][row, column] = place[name].cast(pl.Float64).fill_null(np.nan).to_numpy()
    first = part.row(0, named=True)
    return Series(
        key={name: first[name] for name in SERIES},
        population=str(first["population"]),
        unit=str(first["unit"]),
        markers=tuple(markers),
        samples=samples.drop("_run", "_row").with_columns(pl.col("said").fill_null("")),
        **arrays,
    )
