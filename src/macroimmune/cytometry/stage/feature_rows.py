"""Which of the measured frequencies stand for a sample: one per population, as features use it."""

import polars as pl

from macroimmune.cytometry.gating import OTHER_WHOLES
from macroimmune.evidence import populations
from macroimmune.study import UNSTIMULATED

__all__ = ["feature_rows", "mark_features", "mark_ratios", "ratio_rows", "repeated"]

# What people gated by hand goes before what was gated here.
_WAYS = ("labels", "workspace", "automatic")
_ROOT = "live single cells"
# In words that leave open whether neutrophils are among them: the material of the sample tells.
_LEUKOCYTES = "CD45+ leukocytes"
NOT_USED = "not the feature of its sample: {} is"
SAME_CELLS = "the same cells as {} in every file: one feature stands for both"


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
    granulocyte can be lost from them; of some biomarkers it is the share in which they were
    published (`OTHER_WHOLES`). Two populations that are the same cells in every file of a panel are
    one feature, that of the first, so that no test is made twice.
    """
    order = pl.col("way").replace_strict(
        {way: place for place, way in enumerate(_WAYS)}, default=len(_WAYS), return_dtype=pl.Int8
    )
    usable = (
        _resting()
        & pl.col("percent").is_not_null()
        & pl.col("way").is_in(list(_WAYS))
        & ~repeated()
        # What share of the live single cells has CD45 tells of the preparation, not of the patient.
        & (pl.col("population") != "leukocytes")
    )
    numbered = frequencies.with_row_index("_row")
    best = (
        numbered
        .filter(usable)
        .with_columns(order.alias("_order"))
        .sort("_order", pl.col("n_parent").neg(), "raw_file", "_row")
        .group_by("sample_id", "population", maintain_order=True)
        .first()
    )
    # The file is chosen by the largest whole; within the file the whole that is asked for is first.
    wanted = pl.col("population").replace_strict(
        dict(OTHER_WHOLES), default="", return_dtype=pl.String
    )
    chosen = (
        numbered
        .filter(usable)
        .join(
            best.select("sample_id", "population", "way", "raw_file"),
            on=["sample_id", "population", "way", "raw_file"],
            how="semi",
        )
        .sort(pl.col("parent") != wanted, "_row")
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
        .when(repeated() & (pl.col("status") == ""))
        .then(pl.format(SAME_CELLS, "same_as"))
        .otherwise("status")
        .alias("status")
    ).drop("_row", "_by")


def repeated() -> pl.Expr:
    """Whether a row is of a population that is another one in every file of its panel."""
    is_same = pl.col("same_as").fill_null("") != ""
    return (is_same.all() & (pl.col("n_cells").sum() > 0)).over(
        "panel", "way", "population", "parent"
    )


def _resting() -> pl.Expr:
    """Whether a row is of an unstimulated well of a participant."""
    return (
        (pl.col("sample_id") != "")
        & (pl.col("participant_id") != "")
        & pl.col("stimulus").str.strip_chars().str.to_lowercase().is_in(list(UNSTIMULATED))
    )


def mark_ratios(ratios: pl.DataFrame) -> pl.DataFrame:
    """Return the ratios with a flag `is_feature`: one per sample and ratio.

    Parameters
    ----------
    ratios : polars DataFrame
        Table `cell_ratios`.

    Notes
    -----
    Convention: only unstimulated wells of participants; the file with most cells of both
    populations, then the first by name.
    """
    numbered = ratios.with_row_index("_row")
    best = (
        numbered
        .filter(_resting() & pl.col("value").is_not_null())
        .sort((pl.col("n_numerator") + pl.col("n_denominator")).neg(), "raw_file", "_row")
        .group_by("sample_id", "ratio", maintain_order=True)
        .first()
    )
    is_best = pl.col("_row").is_in(best["_row"].to_list())
    return numbered.with_columns(is_best.alias("is_feature")).drop("_row")


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
        Columns of `populations`, and ci_low, ci_high, status, is_measured; `also` has the ids of
        other populations that are the same cells, with ; between them.
    """
    names = {one.id: one.name for one in populations()}
    parents = names | {"": _ROOT, "leukocytes": _LEUKOCYTES}
    named = marked.with_columns(
        pl.col("population").replace(names),
        pl.col("parent").replace(parents),
        pl.col("percent").alias("value"),
        pl.lit("percent").alias("unit"),
        _others(marked),
    )
    return _of_samples(named, days)


def _others(marked: pl.DataFrame) -> pl.Expr:
    """Return, for each population, those that are the same cells in every file."""
    pairs = marked.filter(repeated()).select("same_as", "population").unique(maintain_order=True)
    others: dict[str, list[str]] = {}
    for first, other in pairs.iter_rows():
        others.setdefault(first, []).append(other)
    listed = {first: ";".join(names) for first, names in others.items()}
    return (
        pl
        .col("population")
        .replace_strict(listed, default="", return_dtype=pl.String)
        .alias("also")
    )


def ratio_rows(marked: pl.DataFrame, days: pl.DataFrame) -> pl.DataFrame:
    """Return the marked ratios in the shape of table `populations`; see `feature_rows`."""
    named = marked.with_columns(
        pl.col("ratio").alias("population"),
        pl.lit("").alias("parent"),
        pl.lit("ratio").alias("unit"),
        pl.lit("").alias("also"),
    )
    return _of_samples(named, days)


def _of_samples(named: pl.DataFrame, days: pl.DataFrame) -> pl.DataFrame:
    return (
        named
        .filter("is_feature")
        .join(days.unique("sample_id"), on="sample_id", how="left", maintain_order="left")
        .select(
            "sample_id",
            "participant_id",
            "days_from_treatment_start",
            "population",
            "parent",
            "value",
            "unit",
            "ci_low",
            "ci_high",
            "status",
            pl.col("raw_file").alias("source_file"),
            pl.lit(None, dtype=pl.Int64).alias("source_row"),
            pl.lit(value=True).alias("is_measured"),
            "also",
        )
    )
