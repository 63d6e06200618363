"""Tumour burden, and biomarkers in proportion to it."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.errors import InputError
from macroimmune.features.definition import SAMPLE_COLUMNS, FeatureDefinition
from macroimmune.study import Study

__all__ = ["KI67_TO_BURDEN", "TUMOUR_BURDEN", "burden_samples", "per_burden", "to_burden_samples"]

TUMOUR_BURDEN = FeatureDefinition(
    id="tumour_burden",
    name="tumour burden (sum of diameters)",
    family="tumour burden",
    unit="mm",
    scale="root",
    needs="sums of diameters of target lesions (tumour_measurements)",
    compartment="tumour",
)
KI67_TO_BURDEN = FeatureDefinition(
    id="ki67_to_tumour_burden",
    name="Ki67+ CD8 T cells in proportion to tumour burden",
    family="tumour burden",
    unit="percent per cm",
    scale="doubling",
    needs="Ki67+ CD8 T cells on treatment (populations) and a baseline tumour_measurement",
    timing="on treatment",
    evidence=("ki67_to_tumour_burden",),
)


def burden_samples(study: Study) -> pl.DataFrame:
    """Return the sum of diameters of every measurement, as values in mm."""
    return (
        study
        .tables["tumour_measurements"]
        .filter(pl.col("sum_of_diameters_mm").is_not_null())
        .select(
            "participant_id",
            pl.format("imaging@{}", "days_from_treatment_start").alias("sample_id"),
            "days_from_treatment_start",
            pl.col("sum_of_diameters_mm").alias("value"),
            pl.lit("").alias("status"),
        )
    )


def per_burden(
    share: NDArray[np.float64], sum_of_diameters_mm: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return a share of blood cells per cm of tumour.

    Parameters
    ----------
    share : float array, shape (participants,), percent
    sum_of_diameters_mm : float array, shape (participants,), mm

    Returns
    -------
    ratio : float array, shape (participants,), percent per cm
        NaN where either is missing or there is no measurable tumour.

    Raises
    ------
    InputError
        If the shapes differ.

    Examples
    --------
    >>> per_burden(np.array([12.0, 3.0]), np.array([60.0, 0.0]))
    array([ 2., nan])
    """
    if share.shape != sum_of_diameters_mm.shape:
        msg = f"one burden per share: shapes {share.shape} and {sum_of_diameters_mm.shape}"
        raise InputError(msg)
    ratio = np.full(share.shape, np.nan)
    np.divide(share, sum_of_diameters_mm / 10.0, out=ratio, where=sum_of_diameters_mm > 0)
    return ratio


def to_burden_samples(
    cells: pl.DataFrame, burden: pl.DataFrame, window: tuple[float, float]
) -> pl.DataFrame:
    """Return the ratio of on-treatment cells to the baseline tumour burden, per sample.

    Parameters
    ----------
    cells : polars DataFrame
        Samples of the share of proliferating cells.
    burden : polars DataFrame
        As `burden_samples` returns it.
    window : (float, float), days
        The baseline window.

    Returns
    -------
    values : polars DataFrame
        For every sample after treatment start; null, with a status, without a baseline burden.
    """
    before = (
        burden
        .filter(pl.col("days_from_treatment_start").is_between(*window))
        .sort("days_from_treatment_start")
        .group_by("participant_id")
        .agg(pl.col("value").last().alias("burden"))
    )
    rows = cells.filter(pl.col("days_from_treatment_start") > 0).join(
        before, on="participant_id", how="left"
    )
    share = rows["value"].fill_null(np.nan).to_numpy()
    size = rows["burden"].fill_null(np.nan).to_numpy()
    return rows.with_columns(
        pl.Series("value", per_burden(share, size), dtype=pl.Float64).fill_nan(None),
        pl
        .when(pl.col("burden").is_null())
        .then(pl.lit("no baseline tumour measurement"))
        .otherwise(pl.lit(""))
        .alias("status"),
    ).select(list(SAMPLE_COLUMNS))
