"""Which of the measured frequencies stand for a sample: one per population, as features use it."""

import polars as pl

from macroimmune.evidence import populations
from macroimmune.study import UNSTIMULATED

__all__ = ["feature_rows", "mark_features"]

# What people gated by hand goes before what was gated here.
_WAYS = ("labels", "workspace", "automatic")
_ROOT = "live single cells"
# In words that leave open whether neutrophils are among them: the material of the sample tells.
_LEUKOCYTES = "CD45+ leukocytes"
NOT_USED = "not the feature of its sample: {} is"


def mark_features(frequencies: pl.DataFrame) -> pl.DataFrame:
    """Return the frequencies with a flag `is_feature`: one per sample and population.

    Parameters
    ----------
    frequencies : polars DataFrame
        Table `cell_frequencies`.

    Returns
    -------
    frequencies : polars DataFrame
        With `is_feature`; where another row of its sample and population is the feature, `status`
        names its way and file.

    Notes
    -----
    Convention: only unstimulated wells of participants, and not leukocytes among all cells. Labels
    go before a workspace, that before automatic gates; then the file with most cells of the parent,
    then the first by name. Of parts of the lymphocytes the share of lymphocytes is the feature
    where the file shows it, because lymphocytes are counted in every blood count and no
    granulocyte can be lost from them.
    """
    order = pl.col("way").replace_strict(
        {way: place for place, way in enumerate(_WAYS)}, default=len(_WAYS), return_dtype=pl.Int8
    )
    usable = (
        (pl.col("sample_id") != "")
        & (pl.col("participant_id") != "")
        & pl.col("stimulus").str.strip_chars().str.to_lowercase().is_in(list(UNSTIMULATED))
        & pl.col("percent").is_not_null()
        & pl.col("way").is_in(list(_WAYS))
        # What share of the live single cells has CD45 tells of the preparation, not of the patient.
        & (pl.col("population") != "leukocytes")
    )
    numbered = frequencies.with_row_index("_row")
    best = (
        numbered
        .filter(usable)
        .with_columns(order.alias("_order"), (pl.col("parent") != "lymphocytes").alias("_wide"))
        .sort("_order", pl.col("n_parent").neg(), "raw_file", "_wide", "_row")
        .group_by("sample_id", "population", maintain_order=True)
        .first()
    )
    # The file is chosen by its own parent; within the file the share of lymphocytes goes first.
    chosen = (
        numbered
        .filter(usable)
        .join(
            best.select("sample_id", "population", "way", "raw_file"),
            on=["sample_id", "population", "way", "raw_file"],
            how="semi",
        )
        .sort(pl.col("parent") != "lymphocytes", "_row")
        .group_by("sample_id", "population", maintain_order=True)
        .first()
    )
    taken = best.select(
        "sample_id", "population", pl.format("{} of {}", "way", "raw_file").alias("_by")
    )
    flagged = numbered.with_columns(
        pl.col("_row").is_in(chosen["_row"].to_list()).alias("is_feature")
    ).join(taken, on=["sample_id", "population"], how="left", maintain_order="left")
    own = pl.format("{} of {}", "way", "raw_file") == pl.col("_by")
    other = usable & ~pl.col("is_feature") & pl.col("_by").is_not_null() & ~own
    said = pl.format(NOT_USED, "_by")
    return flagged.with_columns(
        pl
        .when(other & (pl.col("status") == ""))
        .then(said)
        .when(other)
        .then(pl.concat_str([pl.col("status"), said], separator="; "))
        .otherwise("status")
        .alias("status")
    ).drop("_row", "_by")


def feature_rows(marked: pl.DataFrame, days: pl.DataFrame) -> pl.DataFrame:
    """Return the marked frequencies in the shape of table `populations`, with their intervals.

    Parameters
    ----------
    marked : polars DataFrame
        From `mark_features`.
    days : polars DataFrame
        sample_id, days_from_treatment_start.

    Returns
    -------
    rows : polars DataFrame
        Columns of `populations`, and ci_low, ci_high, status, is_measured.
    """
    names = {one.id: one.name for one in populations()}
    parents = names | {"": _ROOT, "leukocytes": _LEUKOCYTES}
    return (
        marked
        .filter("is_feature")
        .join(days.unique("sample_id"), on="sample_id", how="left", maintain_order="left")
        .select(
            "sample_id",
            "participant_id",
            "days_from_treatment_start",
            pl.col("population").replace(names),
            pl.col("parent").replace(parents),
            pl.col("percent").alias("value"),
            pl.lit("percent").alias("unit"),
            "ci_low",
            "ci_high",
            "status",
            pl.col("raw_file").alias("source_file"),
            pl.lit(None, dtype=pl.Int64).alias("source_row"),
            pl.lit(value=True).alias("is_measured"),
        )
    )
