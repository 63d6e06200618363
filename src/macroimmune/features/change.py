"""Change since baseline: one value per on-treatment sample of a participant with a baseline."""

from types import MappingProxyType

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.features.definition import UNDETECTED, FeatureDefinition

__all__ = ["CHANGE_SUFFIX", "baseline_rows", "change_definition", "change_since_baseline"]

CHANGE_SUFFIX = "_change"
END_AT_LIMIT = "undetected before or now: from the limit"
_RELATIVE = "doubling"
# RECIST response and progression are changes of tumour size: that is arithmetic, not association.
_DEFINED_BY_CHANGE = MappingProxyType({
    "tumour_burden": ("response", "pfs", "durable_clinical_benefit"),
})


def baseline_rows(samples: pl.DataFrame, window: tuple[float, float]) -> pl.DataFrame:
    """Return the baseline of each participant and feature.

    Parameters
    ----------
    samples : polars DataFrame
        With participant_id, feature (optional), days_from_treatment_start and value.
    window : (float, float), days from treatment start
        Ends included.

    Returns
    -------
    rows : polars DataFrame
        The last row with a value inside the window, one per participant (and feature).

    Notes
    -----
    Convention: of several samples of one day the one that stands last is taken.
    """
    keys = [name for name in ("feature", "participant_id") if name in samples.columns]
    inside = pl.col("days_from_treatment_start").is_between(*window) & pl.col("value").is_not_null()
    return (
        samples
        .filter(inside)
        .sort("days_from_treatment_start", maintain_order=True)
        .group_by(keys, maintain_order=True)
        .last()
    )


def change_definition(
    definition: FeatureDefinition, evidence: tuple[str, ...]
) -> FeatureDefinition:
    """Return the definition of the change since baseline of a feature."""
    relative = definition.scale == _RELATIVE
    unit = "ratio to baseline" if relative else f"{definition.unit} above baseline"
    return FeatureDefinition(
        id=definition.id + CHANGE_SUFFIX,
        name=f"{definition.name}, change since baseline",
        family=definition.family,
        unit=unit,
        scale=definition.scale if definition.scale in {"doubling", "npx"} else "sd",
        needs=f"{definition.needs}, before and on treatment",
        timing="change",
        compartment=definition.compartment,
        evidence=evidence,
        part_of_endpoints=_DEFINED_BY_CHANGE.get(definition.id, ()),
        baseline_of=definition.id,
        denominator=definition.denominator,
    )


def change_since_baseline(
    samples: pl.DataFrame, definition: FeatureDefinition, window: tuple[float, float]
) -> pl.DataFrame:
    """Return the change since baseline for every sample taken after treatment start.

    Parameters
    ----------
    samples : polars DataFrame
        All samples of one feature, as the families return them.
    definition : FeatureDefinition
        Of the feature itself.
    window : (float, float), days
        The baseline window.

    Returns
    -------
    changes : polars DataFrame
        Same columns. On the doubling scale the value is the ratio to baseline, else the
        difference. Null, with a status, where the participant has no baseline.
    """
    baseline = baseline_rows(samples, window).select(
        "participant_id",
        pl.col("value").alias("at_baseline"),
        (pl.col("status") == UNDETECTED).alias("from_limit"),
    )
    later = samples.filter(
        (pl.col("days_from_treatment_start") > 0) & pl.col("value").is_not_null()
    ).join(baseline, on="participant_id", how="left")
    now = later["value"].to_numpy()
    before = later["at_baseline"].fill_null(np.nan).to_numpy()
    values, status = _change(now, before, relative=definition.scale == _RELATIVE)
    at_limit = (pl.col("status") == UNDETECTED) | pl.col("from_limit").fill_null(value=False)
    hidden = later.select(at_limit).to_series().to_numpy()
    status = np.where(hidden & (status == ""), END_AT_LIMIT, status)
    # Interval and error of a value are not those of a change.
    gone = ["at_baseline", "from_limit", "ci_low", "ci_high", "standard_error", "is_batch_included"]
    return later.drop(gone, strict=False).with_columns(
        pl.Series("value", values, dtype=pl.Float64).fill_nan(None),
        pl.Series("status", status.tolist(), dtype=pl.String),
    )


def _change(
    now: NDArray[np.float64], before: NDArray[np.float64], *, relative: bool
) -> tuple[NDArray[np.float64], NDArray[np.str_]]:
    missing = np.isnan(before)
    if not relative:
        return now - before, np.where(missing, "no baseline sample", "")
    zero = ~missing & ((before <= 0) | (now <= 0))
    values = np.full(now.shape, np.nan)
    np.divide(now, before, out=values, where=~missing & ~zero)
    status = np.where(missing, "no baseline sample", np.where(zero, "zero has no ratio", ""))
    return values, status
