"""Associations of several results folders pooled, feature by feature, without any patient row."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.association.adjusted import IMPUTED as MISSING_IMPUTED
from macroimmune.association.comparable_units import Measurement, measured_as, unit_differences
from macroimmune.association.ledger import LedgerEntry, ledger_frame, with_q_values
from macroimmune.association.survival_association import PENALISED
from macroimmune.association.undetected import IMPUTED as UNDETECTED_IMPUTED
from macroimmune.errors import InputError
from macroimmune.results import conform, empty
from macroimmune.statistics import leave_one_out, meta_analysis, normal_quantile

__all__ = ["Pooled", "PooledEffects", "pool_cohorts", "pooled_effects"]

METHOD = "random effects over cohorts, REML, Hartung-Knapp"
_KEY = ["feature", "endpoint", "landmark_days", "effect", "form"]
_ABSENT = "absent: no such row in the results of this cohort"
_NO_SCALE = "absent: no scale is known on which such effects are pooled"
_OWN_SD = "one unit is each cohort's own SD, which need not be the same"
_OWN_CUT = "each cohort was cut at its own value, see its results"
_ASYMMETRIC = 0.1


@dataclass(frozen=True, slots=True)
class Pooled:
    """Tables `meta_analysis`, `meta_cohorts` and `ledger` of the results contract."""

    meta_analysis: pl.DataFrame
    meta_cohorts: pl.DataFrame
    ledger: pl.DataFrame


@dataclass(frozen=True, slots=True)
class PooledEffects:
    """Effects pooled before their q-values are known.

    Parameters
    ----------
    summaries, cohorts : tuple of dict
        Rows of `meta_analysis` without q-value, and of `meta_cohorts`.
    """

    summaries: tuple[dict[str, Any], ...] = ()
    cohorts: tuple[dict[str, Any], ...] = ()

    @property
    def entries(self) -> tuple[LedgerEntry, ...]:
        """One entry of the ledger for each pooled effect."""
        return tuple(
            LedgerEntry(
                str(row["feature"]),
                str(row["endpoint"]),
                row["landmark_days"],
                str(row["method"]),
                row["p_value"],
                str(row["status"]),
            )
            for row in self.summaries
        )

    def with_q_values_of(self, ledger: pl.DataFrame) -> "Pooled":
        """Return the tables, with q-values from a ledger that holds the entries."""
        if not self.summaries:
            return Pooled(empty("meta_analysis"), empty("meta_cohorts"), ledger)
        rows = pl.DataFrame(self.summaries, infer_schema_length=None).with_columns(
            pl.col("landmark_days").cast(pl.Float64)
        )
        each = pl.DataFrame(self.cohorts, infer_schema_length=None)
        return Pooled(
            conform("meta_analysis", with_q_values(rows, ledger)),
            conform("meta_cohorts", each),
            ledger,
        )


def pool_cohorts(
    associations: Mapping[str, pl.DataFrame],
    feature_lists: Mapping[str, pl.DataFrame] | None = None,
) -> Pooled:
    """Return every effect that at least two cohorts list, pooled.

    Parameters
    ----------
    associations : mapping from the name of a cohort to its table `associations`
    feature_lists : mapping from the name of a cohort to its table `feature_list`, or None
        With them a feature that was measured in different units is not pooled.

    Returns
    -------
    pooled : Pooled

    Raises
    ------
    InputError
        If no feature and endpoint stand in two cohorts.

    Notes
    -----
    Convention: as `pooled_effects`.
    """
    effects = pooled_effects(associations, feature_lists)
    if not effects.summaries:
        msg = (
            f"{', '.join(associations)}: no feature and endpoint in common; give results folders "
            "of studies that measured the same feature and outcome"
        )
        raise InputError(msg)
    return effects.with_q_values_of(ledger_frame(effects.entries))


def pooled_effects(
    associations: Mapping[str, pl.DataFrame],
    feature_lists: Mapping[str, pl.DataFrame] | None = None,
    *,
    one_study: bool = False,
) -> PooledEffects:
    """Return every effect that at least two cohorts list, pooled, before q-values.

    Parameters
    ----------
    associations, feature_lists
        As in `pool_cohorts`.
    one_study : bool
        Whether all cohorts share one SD and one cut, so that nothing need be said of them.

    Returns
    -------
    effects : PooledEffects

    Notes
    -----
    Convention: ratios are pooled as logarithms, areas as logits. The standard error is the width
    of the 95 % interval on that scale over twice 1.96. Effects on different scales, or of values
    in different units, are not pooled; effects per SD are, with a status where each cohort has
    its own SD. A penalised estimate stands for the plain one that does not exist.
    """
    stacked = pl.concat([
        frame.with_columns(
            pl.lit(name).alias("cohort"),
            pl
            .col("method")
            .str.replace(PENALISED, "", literal=True)
            .str.replace(UNDETECTED_IMPUTED, "", literal=True)
            .str.replace(MISSING_IMPUTED, "", literal=True)
            .alias("form"),
        )
        for name, frame in associations.items()
    ])
    groups = [
        rows.unique("cohort", keep="first", maintain_order=True)
        for _, rows in stacked.group_by(_KEY, maintain_order=True)
        if rows["cohort"].n_unique() > 1
    ]
    measured = {name: measured_as(listed) for name, listed in (feature_lists or {}).items()}
    tables = [_pool(rows, list(associations), measured, one_study=one_study) for rows in groups]
    return PooledEffects(
        tuple(row for row, _ in tables), tuple(one for _, rows in tables for one in rows)
    )


def _pool(
    rows: pl.DataFrame,
    cohorts: Sequence[str],
    measured: Mapping[str, Mapping[str, Measurement]],
    *,
    one_study: bool,
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the row of one pooled effect and a row for each cohort."""
    effect, form = rows["effect"][0], rows["form"][0]
    by_cohort = {row["cohort"]: row for row in rows.iter_rows(named=True)}
    y, errors, statuses = zip(
        *(_on_scale(by_cohort.get(name), effect) for name in cohorts), strict=True
    )
    usable = [by_cohort[name] for name, one in zip(cohorts, y, strict=True) if not math.isnan(one)]
    scales = sorted({row["scale"] for row in usable})
    apart = unit_differences(measured, rows["feature"][0], [row["cohort"] for row in usable])
    if not apart and len(scales) > 1:
        apart = f"scales differ ({'; '.join(scales)}): not pooled"
    shown = np.full(len(y), math.nan) if apart else np.array(y)
    pooled, without = meta_analysis(shown, errors), leave_one_out(shown, errors)
    absent = [name for name, value in zip(cohorts, y, strict=True) if math.isnan(value)]
    own = not apart and not one_study
    notes = [
        apart or pooled.status,
        f"absent: {', '.join(absent)}" if absent else "",
        _OWN_SD if own and scales and scales[0].startswith("per SD") else "",
        _OWN_CUT if own and "cut" in form else "",
    ]
    key = {name: rows[name][0] for name in ("feature", "endpoint", "landmark_days", "effect")}
    key["scale"] = "; ".join(scales)
    key["method"] = f"{METHOD}: {form}, {effect} {key['scale']}".strip()
    tau = [_root(v) for v in (pooled.tau_squared, pooled.tau_squared_low, pooled.tau_squared_high)]
    back = _SCALES[_scale_of(effect)].back
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
    name = _scale_of(effect)
    if not name:
        return math.nan, math.nan, _NO_SCALE
    scale = _SCALES[name]
    given = np.array([row["estimate"], row["ci_low"], row["ci_high"]], dtype=float)
    inside = (given > scale.low).all() and (given < scale.high).all()
    if not inside or given[1] >= given[2]:
        return math.nan, math.nan, "absent: the limits are no interval of such an effect"
    y, low, high = scale.there(given)
    error = (high - low) / (2.0 * normal_quantile(0.95))
    if abs((low + high) / 2.0 - y) > _ASYMMETRIC * error:
        note = "the interval is not symmetric: its width alone gave the standard error"
        said = f"{said}; {note}" if said else note
    return float(y), float(error), said


def _root(variance: float) -> float:
    return math.sqrt(variance)


@dataclass(frozen=True, slots=True)
class _Scale:
    """A scale on which effects are about normal: from and to it, and what lies within."""

    there: Callable[[NDArray[np.float64]], NDArray[np.float64]]
    back: Callable[[float], float]
    low: float
    high: float


def _exp(y: float) -> float:
    return math.exp(min(y, 700.0)) if not math.isnan(y) else math.nan


def _expit(y: float) -> float:
    return 1.0 / (1.0 + math.exp(-y))


_SCALES = {
    "logarithm": _Scale(np.log, _exp, 0.0, math.inf),
    "logit": _Scale(lambda p: np.asarray(np.log(p / (1.0 - p))), _expit, 0.0, 1.0),
    "": _Scale(lambda y: y, lambda y: y, -math.inf, math.inf),
}


def _scale_of(effect: str) -> str:
    """Return the name of the scale on which an effect is pooled, nothing where none is known."""
    if effect == "auc":
        return "logit"
    return "logarithm" if effect.endswith("_ratio") else ""
