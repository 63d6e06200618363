"""Many inflammatory cytokines in one number."""

from types import MappingProxyType

import numpy as np
import polars as pl

from macroimmune.features.change import baseline_rows
from macroimmune.features.definition import SAMPLE_COLUMNS, FeatureDefinition
from macroimmune.features.scales import scaled

__all__ = ["multicytokine"]

# Feature id -> cytokine; several spellings and units of one cytokine count once.
_CYTOKINES = MappingProxyType({
    "serum_il2": "il2",
    "serum_il6": "il6",
    "serum_il8": "il8",
    "serum_il10": "il10",
    "serum_tnf": "tnf",
    "protein_il1b": "il1b",
    "protein_il_1b": "il1b",
    "protein_ifng": "ifng",
    "protein_ifn_g": "ifng",
    "protein_ifn_gamma": "ifng",
})
_AT_LEAST = 3


def multicytokine(
    proteins: list[tuple[FeatureDefinition, pl.DataFrame]], window: tuple[float, float]
) -> pl.DataFrame:
    """Return the mean standardised level of the inflammatory cytokines of each sample.

    Parameters
    ----------
    proteins : list of (FeatureDefinition, values)
        All proteins of the study.
    window : (float, float), days
        Baseline samples, whose mean and SD standardise each cytokine.

    Returns
    -------
    values : polars DataFrame
        In SD; null, with a status, for samples with fewer than three cytokines.

    Notes
    -----
    Convention: concentrations on log2, NPX as they are; each cytokine counts once,
    whatever its spellings and units, and outcomes play no part in the weights.
    """
    standardised = [
        part.with_columns(pl.lit(cytokine).alias("cytokine"))
        for definition, rows in proteins
        if (cytokine := _CYTOKINES.get(definition.id.removesuffix("_npx")))
        and definition.scale != "flag"
        and (part := _standardised(definition, rows, window)) is not None
    ]
    if len({part["cytokine"][0] for part in standardised}) < _AT_LEAST:
        return pl.DataFrame(schema=SAMPLE_COLUMNS)
    keys = ["participant_id", "sample_id", "days_from_treatment_start"]
    few = pl.col("n_cytokines") < _AT_LEAST
    return (
        pl
        .concat(standardised)
        .group_by([*keys, "cytokine"], maintain_order=True)
        .agg(pl.col("value").mean())
        .sort("cytokine")
        .group_by(keys, maintain_order=True)
        .agg(pl.col("value").mean(), pl.col("value").count().alias("n_cytokines"))
        .with_columns(
            pl.when(few).then(None).otherwise(pl.col("value")).alias("value"),
            pl
            .when(few)
            .then(pl.lit("fewer than three cytokines"))
            .otherwise(pl.format("mean of {} cytokines", "n_cytokines"))
            .alias("status"),
        )
        .select(list(SAMPLE_COLUMNS))
    )


def _standardised(
    definition: FeatureDefinition, rows: pl.DataFrame, window: tuple[float, float]
) -> pl.DataFrame | None:
    """Return z-scores against the baseline samples; None where those do not vary."""
    levels = scaled(rows["value"].fill_null(np.nan).to_numpy(), definition.scale)
    on_scale = rows.with_columns(pl.Series("value", levels).fill_nan(None)).drop_nulls("value")
    baseline = baseline_rows(on_scale, window)["value"].to_numpy()
    if baseline.size <= 1 or not np.std(baseline, ddof=1) > 0:
        return None
    mean, sd = float(np.mean(baseline)), float(np.std(baseline, ddof=1))
    return on_scale.with_columns((pl.col("value") - mean) / sd)
