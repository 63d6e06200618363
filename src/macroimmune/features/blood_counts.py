"""Blood counts and routine blood values, and their ratios, for every sample."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.features.definition import SAMPLE_COLUMNS, FeatureDefinition

__all__ = ["BloodFeature", "Kernel", "blood_feature", "blood_samples"]

Kernel = Callable[..., NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class BloodFeature:
    """A catalogue line of this family.

    Parameters
    ----------
    definition : FeatureDefinition
    inputs : tuple of str
        Analytes (or `ldh_upper_limit`) that `kernel` takes, in its order.
    kernel : callable or None
        Arrays of the inputs in, values out; None where the analyte itself is the feature.
    supplied : str
        Analyte that already holds the feature and stands in where a part is missing.
    """

    definition: FeatureDefinition
    inputs: tuple[str, ...]
    kernel: Kernel | None = None
    supplied: str = ""


def blood_samples(counts: pl.DataFrame) -> pl.DataFrame:
    """Return one row per sample and one column per analyte; null where it was not measured.

    Parameters
    ----------
    counts : polars DataFrame
        Rows of the table `blood_counts`, of one compartment.
    """
    keys = ["participant_id", "sample_id", "days_from_treatment_start"]
    wide = counts.pivot(on="analyte", index=keys, values="value", aggregate_function="mean")
    limits = (
        counts
        .filter(pl.col("analyte") == "ldh")
        .group_by("sample_id")
        .agg(pl.col("upper_limit_of_normal").mean().alias("ldh_upper_limit"))
    )
    return wide.join(limits, on="sample_id", how="left")


def blood_feature(feature: BloodFeature, samples: pl.DataFrame) -> pl.DataFrame:
    """Return the values of one feature for the samples where any of its parts was measured.

    Parameters
    ----------
    feature : BloodFeature
    samples : polars DataFrame
        As `blood_samples` returns it.

    Returns
    -------
    values : polars DataFrame
        Participant, sample, day, value, status; the status names the missing part, or says that
        the value was taken as supplied. Without rows where nothing was measured.
    """
    parts = [*feature.inputs, feature.supplied] if feature.supplied else list(feature.inputs)
    held = [name for name in parts if name in samples.columns]
    rows = (
        samples.filter(pl.any_horizontal(pl.col(held).is_not_null())) if held else samples.clear()
    )
    if rows.is_empty():
        return pl.DataFrame(schema=SAMPLE_COLUMNS)
    values = np.full(rows.height, np.nan)
    if set(feature.inputs) <= set(rows.columns):
        arrays = [_numbers(rows, name) for name in feature.inputs]
        values = feature.kernel(*arrays) if feature.kernel else arrays[0]
    status = np.where(np.isnan(values), _absent(rows, feature.inputs), "")
    if feature.supplied in rows.columns:
        given = _numbers(rows, feature.supplied)
        use = np.isnan(values) & ~np.isnan(given)
        values = np.where(use, given, values)
        status = np.where(use, "as supplied; its parts were not", status)
    return rows.select("participant_id", "sample_id", "days_from_treatment_start").with_columns(
        pl.Series("value", values, dtype=pl.Float64).fill_nan(None),
        pl.Series("status", status.tolist(), dtype=pl.String),
    )


def _numbers(rows: pl.DataFrame, name: str) -> NDArray[np.float64]:
    return rows[name].fill_null(np.nan).to_numpy()


def _absent(rows: pl.DataFrame, inputs: tuple[str, ...]) -> NDArray[np.str_]:
    """Say for each sample which inputs are missing."""
    texts = np.full(rows.height, "", dtype=object)
    for name in inputs:
        gone = (
            rows[name].is_null().to_numpy()
            if name in rows.columns
            else np.full(rows.height, fill_value=True)
        )
        label = name.replace("_", " ")
        texts = np.where(gone, np.where(texts == "", label, texts + " and " + label), texts)
    return np.where(texts == "", "cannot be formed from its parts", texts + " missing").astype(str)
