"""Whether the stimulus reached the cells: by batch, does any donor answer beyond its interval."""

from collections.abc import Iterator

import numpy as np
import polars as pl
from scipy.stats import norm

from macroimmune.response.score.declared import declared_list, list_populations
from macroimmune.response.score.measurement_error import CELLS_CORRELATION, SHARED, error_of_mean
from macroimmune.response.score.series import SERIES, Series, response_series, series_words
from macroimmune.results import Finding, conform, empty
from macroimmune.study.stimulation_settings import StimulationSettings

__all__ = ["failed_findings", "is_of_failed", "stimulation_plates", "without_repeated_failures"]

_LEAST_DONORS = 3
_BEYOND = 0.025


def stimulation_plates(responses: pl.DataFrame, settings: StimulationSettings) -> pl.DataFrame:
    """Return the table `stimulation_plates`, without scores.

    Parameters
    ----------
    responses : polars DataFrame
        Rows of `stimulation_responses` that belong to a list.
    settings : StimulationSettings

    Notes
    -----
    Convention: read in the first population of the list with an estimate. A donor answers where
    the mean difference over the markers of the list is above zero by its errors of cells and
    thresholds; in a batch where nothing happens, that any donor does so has a chance of 2.5 %.
    Errors between batches are left out: a failed batch makes them large. At least three donors
    are needed to call a batch failed; a control that does not answer is always named.
    """
    rows = [row for series in _in_first_population(responses, settings) for row in _batches(series)]
    if not rows:
        return empty("stimulation_plates")
    return conform("stimulation_plates", pl.DataFrame(rows, infer_schema_length=None))


def _in_first_population(
    responses: pl.DataFrame, settings: StimulationSettings
) -> Iterator[Series]:
    """Yield each series in the first declared population in which anybody has an estimate."""
    found: dict[tuple[object, ...], dict[str, Series]] = {}
    for series in response_series(responses, uses=("score", "effect size"), by_batch=True):
        if np.isfinite(series.difference).any():
            key = (*series.key.values(), series.unit)
            found.setdefault(key, {})[series.population] = series
    for by_population in found.values():
        first = next(iter(by_population.values()))
        declared = declared_list(str(first.key["marker_list"]))
        wanted = list_populations(declared, settings) if declared else ()
        there = [name for name in wanted if name in by_population]
        if there:
            yield by_population[there[0]]


def _batches(series: Series) -> Iterator[dict[str, object]]:
    """Yield one row per batch."""
    there = np.isfinite(series.difference)
    n = np.count_nonzero(there, axis=1)
    difference = np.where(there, series.difference, 0.0).sum(axis=1) / np.maximum(n, 1)
    cells = error_of_mean(np.where(there, series.cells_se, np.nan), CELLS_CORRELATION)
    thresholds = error_of_mean(np.where(there, series.thresholds_se, np.nan), SHARED)
    # Without an error of cells (NaN) a donor counts as answering where the difference is above 0.
    error = np.sqrt(np.nan_to_num(cells) ** 2 + np.nan_to_num(thresholds) ** 2)
    donors = series.samples.select(
        "batch",
        "control",
        pl.when(pl.col("control") == "").then("participant_id").otherwise("control").alias("donor"),
        pl.Series("difference", difference),
        pl.Series("error", error),
    ).filter(pl.Series(n > 0))
    for (batch,), rows in donors.group_by("batch", maintain_order=True):
        yield {**series.key, "batch": batch, "population": series.population, **_told(rows)}


def _told(rows: pl.DataFrame) -> dict[str, object]:
    """Return what the donors of one batch say of its stimulation."""
    n = rows["donor"].n_unique()
    # So that of n donors of a failed batch hardly any seems to answer by chance.
    beyond = float(norm.isf(_BEYOND / n))
    by_donor = rows.group_by("donor", "control").agg(
        (pl.col("difference") > beyond * pl.col("error")).any().alias("answers"),
        pl.col("difference").mean(),
    )
    answering = int(by_donor["answers"].sum())
    silent = by_donor.filter((pl.col("control") != "") & ~pl.col("answers"))["donor"].sort()
    is_failed = n >= _LEAST_DONORS and answering == 0
    said = []
    if is_failed:
        said.append(f"failed: none of {n} donors answers")
    elif n < _LEAST_DONORS and answering == 0:
        said.append(f"too few to tell: {n} donors, {_LEAST_DONORS} are needed")
    if not is_failed and len(silent):
        said.append(f"control {', '.join(silent)} does not answer")
    return {
        "n_donors": n,
        "n_responding": answering,
        "median_difference": by_donor["difference"].median(),
        "median_score": None,
        "is_failed": is_failed,
        "status": "; ".join(said),
    }


def without_repeated_failures(responses: pl.DataFrame, plates: pl.DataFrame) -> pl.DataFrame:
    """Return responses without those of a failed batch whose sample was measured in another too."""
    failed = plates.filter("is_failed").select(*SERIES, "batch", "is_failed")
    marked = responses.join(
        failed, on=[*SERIES, "batch"], how="left", nulls_equal=True, maintain_order="left"
    )
    is_failed = pl.col("is_failed").fill_null(value=False)
    is_own = pl.col("control").fill_null("") == ""
    is_repeated = is_own & (~is_failed).any().over(*SERIES, "participant_id", "sample_id")
    return marked.filter(~(is_failed & is_repeated)).drop("is_failed")


def is_of_failed(series: Series, plates: pl.DataFrame) -> list[bool]:
    """Say of each sample of a series whether its stimulation failed."""
    failed = {
        row["batch"]
        for row in plates.filter("is_failed").iter_rows(named=True)
        if all(row[name] == series.key[name] for name in SERIES)
    }
    batches = series.samples["batch"].to_list()
    return [not failed.isdisjoint(batch.split(";")) for batch in batches]


def failed_findings(plates: pl.DataFrame) -> tuple[Finding, ...]:
    """Return a warning for each batch whose stimulation failed."""
    return tuple(
        Finding(
            "warning",
            "stimulation-failed",
            "",
            None,
            "",
            f"batch {row['batch'] or 'without name'}, {series_words(row)}, {row['marker_list']}: "
            f"none of {row['n_donors']} donors answers in {row['population']}",
            "at least one donor whose cells answer",
            "Samples that no other batch has get no score. Was the stimulus added, and is the "
            "stimulated well named as such?",
        )
        for row in plates.filter("is_failed").iter_rows(named=True)
    )
