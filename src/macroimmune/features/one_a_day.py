"""Several values of one feature, participant and day: their mean stands for them."""

import numpy as np
import polars as pl

from macroimmune.features.definition import SAMPLE_COLUMNS, UNDETECTED, FeatureDefinition
from macroimmune.features.scales import scaled, unscaled

__all__ = ["one_a_day"]

_KEYS = ["participant_id", "days_from_treatment_start"]
_OF_ONE_VALUE = ("ci_low", "ci_high", "standard_error", "is_batch_included")


def one_a_day(definition: FeatureDefinition, rows: pl.DataFrame) -> pl.DataFrame:
    """Return one row per participant and day, whatever the order of the rows.

    Parameters
    ----------
    definition : FeatureDefinition
        For its scale.
    rows : polars DataFrame
        All samples of one feature, as the families return them.

    Returns
    -------
    rows : polars DataFrame
        Same columns. A mean says so in its status, bears the id of the first sample and has no
        interval and no error; its batch names all in which it was measured.

    Notes
    -----
    Convention: the mean is formed on the scale on which the feature enters models (a geometric
    mean on the doubling scale); of values that this scale does not hold, the plain mean. Of
    detected or not, detected in one is detected. A sample without a value yields to one with. The
    mean of values that are all undetected is undetected.
    """
    if not rows.select(pl.struct(_KEYS).is_duplicated().any()).item():
        return rows
    on_scale = scaled(rows["value"].fill_null(np.nan).to_numpy(), definition.scale)
    ordered = rows.with_columns(pl.Series("_scaled", on_scale).fill_nan(None)).sort(
        pl.col("value").is_null(), "sample_id", "value"
    )
    held = pl.col("_scaled").count() == pl.col("value").count()
    hidden = (pl.col("status") == UNDETECTED).filter(pl.col("value").is_not_null())
    intervals = [name for name in _OF_ONE_VALUE if name in rows.columns]
    batch = ["batch"] if "batch" in rows.columns else []
    merged = ordered.group_by(_KEYS, maintain_order=True).agg(
        pl.when(pl.col("value").count() <= 1).then(pl.col(intervals).first()),
        pl.col(batch).drop_nulls().unique().sort().str.join(" + "),
        pl.col("sample_id", "status").first(),
        pl.col("value").count().alias("_n"),
        hidden.all().alias("_hidden"),
        pl.col("value").max().alias("_highest"),
        pl.col("value").mean().alias("_plain"),
        pl.when(held).then(pl.col("_scaled").mean()).first().alias("_scaled"),
        pl.col("value").first(),
    )
    levels = unscaled(merged["_scaled"].fill_null(np.nan).to_numpy(), definition.scale)
    mean = pl.coalesce(pl.Series("_level", levels).fill_nan(None), "_plain")
    several = pl.col("_n") > 1
    if definition.scale == "flag":
        mean, said = pl.col("_highest"), "detected in at least one of {} values of one day"
    else:
        said = "mean of {} values of one day"
    return merged.with_columns(
        pl.when(several).then(mean).otherwise("value").alias("value"),
        pl
        .when(several & ~pl.col("_hidden"))
        .then(pl.format(said, "_n"))
        .otherwise("status")
        .alias("status"),
    ).select(*SAMPLE_COLUMNS, *intervals, *batch)
