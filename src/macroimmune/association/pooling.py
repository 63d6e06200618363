"""Associations of several results folders pooled, feature by feature, without any patient row."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from macroimmune.association.ledger import LedgerEntry, ledger_frame, with_q_values
from macroimmune.errors import InputError
from macroimmune.results import conform
from macroimmune.statistics import leave_one_out, meta_analysis, normal_quantile

__all__ = ["Pooled", "pool_cohorts"]

METHOD = "random effects over cohorts, REML, Hartung-Knapp"
_KEY = ["feature", "endpoint", "landmark_days", "effect", "form"]
_ABSENT = "absent: no such row in the results of this cohort"
_OWN_SD = "one unit is each cohort's own SD, which need not be the same"
_OWN_CUT = "each cohort was cut at its own value, see its results"
_ASYMMETRIC = 0.1


@dataclass(frozen=True, slots=True)
class Pooled:
    """Tables `meta_analysis`, `meta_cohorts` and `ledger` of the results contract."""

    meta_analysis: pl.DataFrame
    meta_cohorts: pl.DataFrame
    ledger: pl.DataFrame


def pool_cohorts(associations: Mapping[str, pl.DataFrame]) -> Pooled:
    """Return every effect that at least two cohorts list, pooled.

    Parameters
    ----------
    associations : mapping from the name of a cohort to its table `associations`

    Returns
    -------
    pooled : Pooled

    Raises
    ------
    InputError
        If no feature and endpoint stand in two cohorts.

    Notes
    -----
    Convention: ratios are pooled as logarithms, areas as logits. The standard error is the width
    of the 95 % interval on that scale over twice 1.96. Effects on different scales are not
    pooled; effects per SD are, with a status, as each cohort has its own SD.
    """
    stacked = pl.concat([
        frame.with_columns(
            pl.lit(name).alias("cohort"),
            pl
            .when(pl.col("method").str.contains("cut"))
            .then(pl.col("scale"))
            .otherwise(pl.lit(""))
            .alias("form"),
        )
        for name, frame in associations.items()
    ])
    groups = [
        rows.unique("cohort", keep="first", maintain_order=True)
        for _, rows in stacked.group_by(_KEY, maintain_order=True)
        if rows["cohort"].n_unique() > 1
    ]
    if not groups:
        msg = (
            f"{', '.join(associations)}: no feature and endpoint in common; give results folders "
            "of studies that measured the same feature and outcome"
        )
        raise InputError(msg)
    tables = [_pool(rows, list(associations)) for rows in groups]
    entries = [
        LedgerEntry(
            str(row["feature"]),
            str(row["endpoint"]),
            row["landmark_days"],
            str(row["method"]),
            row["p_value"],
            row["status"],
        )
        for row, _ in tables
    ]
    ledger = ledger_frame(entries)
    pooled = pl.DataFrame([row for row, _ in tables], infer_schema_length=None).with_columns(
        pl.col("landmark_days").cast(pl.Float64)
    )
    return Pooled(
        conform("meta_analysis", with_q_values(pooled, ledger)),
        conform(
            "meta_cohorts",
            pl.DataFrame([one for _, rows in tables for one in rows], infer_schema_length=None),
        ),
        ledger,
    )


def _pool(
    rows: pl.DataFrame, cohorts: Sequence[str]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the row of one pooled effect and a row for each cohort."""
    effect = rows["effect"][0]
    by_cohort = {row["cohort"]: row for row in rows.iter_rows(named=True)}
    usable = [row for row in by_cohort.values() if _has_interval(row)]
    scales = sorted({row["scale"] for row in usable})
    y, errors, statuses = [], [], []
    for name in cohorts:
        found = _on_scale(by_cohort.get(name), effect)
        y.append(found[0])
        errors.append(found[1])
        statuses.append(found[2])
    differ = len(scales) > 1
    shown = np.full(len(y), math.nan) if differ else np.array(y)
    pooled, without = meta_analysis(shown, errors), leave_one_out(shown, errors)
    absent = [name for name, value in zip(cohorts, y, strict=True) if math.isnan(value)]
    notes = [
        f"scales differ ({'; '.join(scales)}): not pooled" if differ else pooled.status,
        f"absent: {', '.join(absent)}" if absent else "",
        _OWN_SD if not differ and scales and scales[0].startswith("per SD") else "",
        _OWN_CUT if not differ and rows["form"][0] else "",
    ]
    key = {name: rows[name][0] for name in ("feature", "endpoint", "landmark_days", "effect")}
    key["scale"] = "; ".join(scales)
    tau = [_root(v) for v in (pooled.tau_squared, pooled.tau_squared_low, pooled.tau_squared_high)]
    back = _back(effect)
    summary = key | {
        "k": len(usable),
        "n": sum(row["n"] for row in usable),
        "n_events": sum(row["n_events"] for row in usable),
        **{name: back(getattr(pooled, name)) for name in _ESTIMATES},
        "p_value": pooled.p_value,
        "tau": tau[0],
        "tau_ci_low": tau[1],
        "tau_ci_high": tau[2],
        "i_squared": pooled.i_squared,
        "q_statistic": pooled.q_statistic,
        "heterogeneity_p_value": pooled.heterogeneity_p_value,
        "method": f"{METHOD}, {effect} {key['scale']}".strip(),
        "status": "; ".join(note for note in notes if note),
    }
    each = [
        key
        | {"scale": (by_cohort.get(name) or key)["scale"], "cohort": name}
        | {item: (by_cohort.get(name) or {}).get(item) for item in _OF_COHORT}
        | {
            "weight_percent": pooled.weights_percent[index],
            "estimate_without": back(without[index].estimate),
            "ci_low_without": back(without[index].ci_low),
            "ci_high_without": back(without[index].ci_high),
            "status": statuses[index],
        }
        for index, name in enumerate(cohorts)
    ]
    return summary, each


_ESTIMATES = (
    *("estimate", "ci_low", "ci_high", "prediction_low", "prediction_high"),
    *("fixed_estimate", "fixed_ci_low", "fixed_ci_high"),
)
_OF_COHORT = ("estimate", "ci_low", "ci_high", "n", "n_events")


def _has_interval(row: Mapping[str, Any]) -> bool:
    return all(row[name] is not None for name in ("estimate", "ci_low", "ci_high"))


def _on_scale(row: Mapping[str, Any] | None, effect: str) -> tuple[float, float, str]:
    """Return estimate and standard error on the scale of pooling, and what is to be said."""
    if row is None:
        return math.nan, math.nan, _ABSENT
    said = str(row["status"])
    if not _has_interval(row):
        return math.nan, math.nan, f"absent: {said or 'no estimate with an interval'}"
    given = np.array([row["estimate"], row["ci_low"], row["ci_high"]], dtype=float)
    if not (given > 0).all() or (effect == "auc" and not (given < 1).all()) or given[1] >= given[2]:
        return math.nan, math.nan, "absent: the limits are no interval of such an effect"
    y, low, high = np.log(given / (1.0 - given)) if effect == "auc" else np.log(given)
    error = (high - low) / (2.0 * normal_quantile(0.95))
    if abs((low + high) / 2.0 - y) > _ASYMMETRIC * error:
        note = "the interval is not symmetric: its width alone gave the standard error"
        said = f"{said}; {note}" if said else note
    return float(y), float(error), said


def _root(variance: float) -> float:
    return math.sqrt(variance)


def _back(effect: str) -> Callable[[float], float]:
    """Return the function from the scale of pooling back to that of the effect."""
    if effect == "auc":
        return lambda y: 1.0 / (1.0 + math.exp(-y))
    return lambda y: math.exp(min(y, 700.0)) if not math.isnan(y) else math.nan
