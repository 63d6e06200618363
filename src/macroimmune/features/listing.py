"""The list of all features, computed or not, as a table."""

from dataclasses import asdict

import polars as pl

from macroimmune.features.definition import FeatureDefinition, FeatureTable
from macroimmune.features.scales import SCALE_LABELS
from macroimmune.results import conform, empty

__all__ = ["feature_list"]


def feature_list(features: FeatureTable) -> pl.DataFrame:
    """Return the table `feature_list` of the results contract.

    Parameters
    ----------
    features : FeatureTable

    Returns
    -------
    listed : polars DataFrame
        First what was computed, with the number of participants who have a value; then what was
        not, with one sentence on what is missing.
    """
    if not features.computed and not features.missing:
        return empty("feature_list")
    counted = dict(
        features.frame
        .filter(pl.col("value").is_not_null())
        .group_by("feature")
        .agg(pl.col("participant_id").n_unique())
        .iter_rows()
    )
    undetected = dict(
        features.frame
        .filter(pl.col("value").is_not_null())
        .group_by("feature")
        .agg(pl.col("below_limit").mean() * 100.0)
        .iter_rows()
    )
    rows = [
        _row(item, counted.get(item.id, 0), "computed", undetected.get(item.id))
        for item in features.computed
    ]
    rows += [_row(item, 0, reason, None) for item, reason in features.missing]
    return conform("feature_list", pl.DataFrame(rows, infer_schema_length=None))


def _row(
    definition: FeatureDefinition, n: int, status: str, undetected: float | None
) -> dict[str, object]:
    columns = asdict(definition)
    return {
        "feature": definition.id,
        **{
            name: columns[name]
            for name in ("name", "family", "unit", "denominator", "compartment", "timing")
        },
        "scale": SCALE_LABELS[definition.scale],
        "evidence_ids": ";".join(definition.evidence),
        "n_participants": n,
        "undetected_percent": undetected,
        "status": status,
    }
