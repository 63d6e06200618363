"""Gated populations per microlitre: what the features of their sample say, in the gates' table."""

import polars as pl

__all__ = ["with_cells_per_microlitre"]

_SUFFIX = "_per_ul"


def with_cells_per_microlitre(frequencies: pl.DataFrame, features: pl.DataFrame) -> pl.DataFrame:
    """Return the frequencies with cells per uL where a blood count of the same day exists.

    Parameters
    ----------
    frequencies : polars DataFrame
        Table `cell_frequencies` without its three columns per uL.
    features : polars DataFrame
        Table `features` of the same study.

    Returns
    -------
    frequencies : polars DataFrame
        With `per_microlitre` and its interval, null where the row is no feature or has no count.

    Notes
    -----
    Convention: the interval is that of the share; the blood count counts as exact.
    """
    per_ul = features.filter(
        pl.col("feature").str.ends_with(_SUFFIX) & pl.col("value").is_not_null()
    ).select(
        "sample_id",
        pl.col("feature").str.strip_suffix(_SUFFIX),
        pl.col("value").alias("per_microlitre"),
    )
    shares = (
        features
        .filter((pl.col("unit") == "percent") & (pl.col("value") > 0))
        .select("sample_id", "feature", "value")
        .join(per_ul, on=["sample_id", "feature"])
        .with_columns((pl.col("per_microlitre") / pl.col("value")).alias("per_percent"))
    )
    rows = frequencies.with_row_index("_row")
    matched = (
        rows
        .filter("is_feature")
        .join(shares, left_on=["sample_id", "percent"], right_on=["sample_id", "value"])
        .filter(pl.col("feature").str.starts_with(pl.col("population")))
        .unique("_row", maintain_order=True)
        .select("_row", "per_percent")
    )
    factor = pl.col("per_percent")
    return (
        rows
        .join(matched, on="_row", how="left", maintain_order="left")
        .with_columns(
            (pl.col("percent") * factor).alias("per_microlitre"),
            (pl.col("ci_low") * factor).alias("per_microlitre_ci_low"),
            (pl.col("ci_high") * factor).alias("per_microlitre_ci_high"),
        )
        .drop("_row", "per_percent")
    )
