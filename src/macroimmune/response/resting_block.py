"""What is measured of cells at rest, donor by donor, as one block of predictors."""

from dataclasses import dataclass

import polars as pl

from macroimmune.study import UNSTIMULATED

__all__ = ["RestingBlock", "baseline_of", "resting_expression"]

_DAY = "days_from_treatment_start"


@dataclass(frozen=True, slots=True, eq=False)
class RestingBlock:
    """Measurements of unstimulated cells that may predict their response.

    Parameters
    ----------
    name : str
        Such as "resting expression" or "gene activity".
    values : DataFrame
        participant_id, sample_id, days_from_treatment_start, population (id; empty: all cells),
        feature and value; one row per sample, population and feature, without missing values.

    Notes
    -----
    Convention: a response of one population is predicted from the measurements of that population
    where there are any, else from those of all populations.
    """

    name: str
    values: pl.DataFrame


def baseline_of(rows: pl.DataFrame, window: tuple[float, float]) -> pl.DataFrame:
    """Return the rows of the baseline sample of each participant.

    Parameters
    ----------
    rows : DataFrame
        With participant_id, sample_id and days_from_treatment_start.
    window : (float, float), days from treatment start
        Ends included.

    Notes
    -----
    Convention: the last sample inside the window; people without a treatment have no day, and
    their last sample is taken.
    """
    inside = rows.filter(
        (pl.col("participant_id") != "") & pl.col(_DAY).is_between(*window).fill_null(value=True)
    )
    chosen = (
        inside
        .sort(_DAY, nulls_last=False, maintain_order=True)
        .group_by("participant_id", maintain_order=True)
        .agg(pl.col("sample_id").last())
    )
    return inside.join(chosen, on=["participant_id", "sample_id"], how="semi")


def resting_expression(expression_scores: pl.DataFrame) -> RestingBlock:
    """Return the gene set scores of unstimulated cells as a block of predictors.

    Parameters
    ----------
    expression_scores : DataFrame
        Table `expression_scores`.

    Notes
    -----
    Convention: the pseudobulk score, in which a donor's cells count as one.
    """
    is_resting = pl.col("stimulus").str.strip_chars().str.to_lowercase().is_in(UNSTIMULATED)
    rows = expression_scores.filter(is_resting & pl.col("pseudobulk").is_not_null())
    return RestingBlock(
        "resting expression",
        rows.select(
            "participant_id",
            "sample_id",
            _DAY,
            "population",
            pl.col("gene_set").alias("feature"),
            pl.col("pseudobulk").alias("value"),
        ),
    )
