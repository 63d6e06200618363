"""The table `added_value` of the results contract, from what was compared."""

import numpy as np
import polars as pl

from macroimmune.association.added_value import Comparison
from macroimmune.association.base_markers import kinship
from macroimmune.association.detection_limits import at_their_limits, undetected_of
from macroimmune.association.ledger import KEYS, with_q_values
from macroimmune.features import SCALE_LABELS
from macroimmune.results import conform, empty
from macroimmune.statistics import AddedValue, CorrectedChange, NestedModels

__all__ = ["added_value_frame"]

_EVENTS_PER_COEFFICIENT = 10
_NAN = float("nan")
_NO_CHANGE = CorrectedChange(_NAN, _NAN, _NAN, _NAN, _NAN, _NAN, _NAN, 0, "")


def added_value_frame(found: list[Comparison], ledger: pl.DataFrame) -> pl.DataFrame:
    """Return one row for each comparison, with the q-values of the ledger.

    Parameters
    ----------
    found : list of Comparison
    ledger : polars DataFrame

    Returns
    -------
    table : polars DataFrame
        The table `added_value` of the results contract.
    """
    if not found:
        return empty("added_value")
    rows = [_row(one) for one in found]
    frame = pl.DataFrame(
        rows, schema_overrides={"landmark_days": pl.Float64}, infer_schema_length=None
    )
    if ledger.is_empty():
        return conform("added_value", frame.with_columns(pl.lit(None).alias("q_value")))
    frame = frame.with_columns(pl.col(name).cast(ledger.schema[name]) for name in KEYS)
    return conform("added_value", with_q_values(frame, ledger))


def _row(one: Comparison) -> dict[str, object]:
    return {
        "feature": one.values.definition.id,
        "endpoint": one.data.endpoint.id,
        "landmark_days": one.values.landmark_days,
        "over": one.base.over,
        "absent": one.base.absent,
        "scale": SCALE_LABELS[one.values.definition.scale],
        "effect": "odds_ratio" if one.data.survival is None else "hazard_ratio",
        **_of_models(one.models, one.values.values.size),
        **_of_prediction(one.prediction),
        "method": one.method,
        "status": _status(one),
    }


def _of_models(models: NestedModels | None, size: int) -> dict[str, object]:
    if models is None:
        gaps = ("estimate", "ci_low", "ci_high", "lr_statistic", "p_value", "correlation_with_base")
        return dict.fromkeys(gaps, _NAN) | {
            "degrees_of_freedom": None,
            "n": 0,
            "n_events": 0,
            "n_excluded": size,
        }
    ratio = (models.ratio, models.ci_low, models.ci_high)
    if np.isinf(ratio).any():
        ratio = (_NAN, _NAN, _NAN)
    return {
        "estimate": ratio[0],
        "ci_low": ratio[1],
        "ci_high": ratio[2],
        "lr_statistic": models.likelihood_ratio_statistic,
        "degrees_of_freedom": models.degrees_of_freedom,
        "p_value": models.p_value,
        "n": models.n,
        "n_events": models.n_events,
        "n_excluded": size - models.n,
        "correlation_with_base": models.correlation_with_base,
    }


def _of_prediction(prediction: AddedValue | None) -> dict[str, object]:
    known = prediction is not None and not prediction.status
    measures = {
        "concordance": _NO_CHANGE if prediction is None else prediction.concordance,
        "harrell": _NO_CHANGE if prediction is None else prediction.harrell,
        "net_benefit": _NO_CHANGE if prediction is None else prediction.net_benefit,
    }
    found: dict[str, object] = {
        "horizon_days": prediction.horizon_days if known and prediction else _NAN,
        "threshold": prediction.threshold if known and prediction else _NAN,
        "n_resamples": prediction.replicates if known and prediction else 0,
    }
    for name, change in measures.items():
        found |= {
            f"{name}_base": change.base,
            f"{name}_with": change.with_marker,
            f"change_of_{name}": change.change,
            f"change_of_{name}_ci_low": change.ci_low,
            f"change_of_{name}_ci_high": change.ci_high,
        }
    return found


def _status(one: Comparison) -> str:
    """Return what has to be said of a comparison, in sentences joined by semicolons."""
    parts = [kinship(one.values, one.base)]
    if one.models is not None:
        parts += [one.base.note, one.models.status, _few(one), *_limits(one)]
        if not one.models.status:
            parts.append(one.why_not)
    if one.prediction is not None:
        parts += [
            one.prediction.status,
            one.prediction.concordance.status,
            one.prediction.net_benefit.status,
            one.caution,
        ]
    return "; ".join(dict.fromkeys(part for part in parts if part))


def _limits(one: Comparison) -> list[str]:
    """Say how many values of the marker, and of each member of the base, stand at their limits."""
    said = [at_their_limits(undetected_of(one.values, one.complete))]
    for member in one.base.members:
        note = at_their_limits(undetected_of(member, one.complete))
        said.append(f"{member.definition.id}: {note}" if note else "")
    return said


def _few(one: Comparison) -> str:
    """Say that few participants or events stand behind the numbers, or nothing."""
    models = one.models
    if models is None or models.status:
        return ""
    n_known = int(one.data.known.sum())
    said = []
    if models.n < n_known / 2:
        said.append(f"only {models.n} of {n_known} with this endpoint have marker and base")
    fewer = models.n_events
    if one.data.survival is None:
        fewer = min(fewer, models.n - fewer)
    coefficients = one.n_coefficients
    if fewer < _EVENTS_PER_COEFFICIENT * coefficients:
        said.append(f"{fewer} events for {coefficients} coefficients: the models are rough")
    return "; ".join(said)
