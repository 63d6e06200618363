"""Which hazard ratios are drawn over time, and their curves."""

from collections.abc import Iterable

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.association import survival_association
from macroimmune.association.curves import Curve
from macroimmune.association.endpoint_data import EndpointData, strata_columns, strata_labels
from macroimmune.association.feature_model import feature_model
from macroimmune.association.values import ParticipantValues
from macroimmune.features import SCALE_LABELS
from macroimmune.outcomes import Survival
from macroimmune.statistics import hazard_ratio_over_time
from macroimmune.study import Study

__all__ = ["KIND", "RULE", "hazard_ratio_curves"]

KIND = "hazard_ratio_over_time"
_DOUBTFUL, _MOST_DOUBTFUL, _BEST, _FEWEST_EVENTS = 0.05, 80, 20, 20
_DEGREES_OF_FREEDOM, _POINTS = 4, 24
RULE = (
    f"drawn where the test of proportional hazards has p < {_DOUBTFUL:g} (at most the "
    f"{_MOST_DOUBTFUL} smallest) and for the {_BEST} effects with the smallest q, from "
    f"{_FEWEST_EVENTS} events on"
)

Look = tuple[list[ParticipantValues], list[EndpointData]]


def hazard_ratio_curves(
    study: Study, looks: Iterable[Look], associations: pl.DataFrame
) -> list[Curve]:
    """Return the curves of the hazard ratio over time of the associations that earn one.

    Parameters
    ----------
    study : Study
        Its settings say what stratifies.
    looks : iterable of (values, endpoints)
        From time zero and from each landmark, as they were tested.
    associations : polars DataFrame
        The table `associations` of the results contract, with q-values.

    Returns
    -------
    curves : list of Curve
        In the order of the looks; `n` is the number at risk, `group` the scale of the effect.

    Notes
    -----
    Convention: the rule is fixed (`RULE`) and depends on p and q alone; nothing is tested here.
    """
    wanted = _chosen(associations)
    curves: list[Curve] = []
    for values, data in looks:
        at_landmark = any(item.landmark_days is not None for item in data)
        columns = strata_columns(study, of_feature=True, at_landmark=at_landmark)
        strata = strata_labels(study, columns)
        curves += [
            curve
            for value in values
            for item in data
            if (value.definition.id, item.endpoint.id, item.landmark_days) in wanted
            for curve in _curve(value, item, strata)
        ]
    return curves


def _chosen(associations: pl.DataFrame) -> set[tuple[str, str, float | None]]:
    """Return feature, endpoint and landmark of the rows that the rule picks."""
    fitted = associations.filter(
        pl.col("method").is_in([survival_association.METHOD, survival_association.ADJUSTED]),
        pl.col("proportional_hazards_p_value").is_not_null(),
        pl.col("n_events") >= _FEWEST_EVENTS,
    )
    doubtful = (
        fitted
        .filter(pl.col("proportional_hazards_p_value") < _DOUBTFUL)
        .sort("proportional_hazards_p_value", maintain_order=True)
        .head(_MOST_DOUBTFUL)
    )
    best = fitted.sort("q_value", "p_value", nulls_last=True, maintain_order=True).head(_BEST)
    keys = ("feature", "endpoint", "landmark_days")
    return {row for part in (doubtful, best) for row in part.select(keys).iter_rows()}


def _curve(
    values: ParticipantValues, data: EndpointData, strata: NDArray[np.int64] | None
) -> list[Curve]:
    """Return one curve, or nothing where the events fall on too few days for one."""
    model = feature_model(values, data, strata)
    found = hazard_ratio_over_time(
        model.survival,
        model.design,
        strata=model.strata,
        degrees_of_freedom=_DEGREES_OF_FREEDOM,
        points=_POINTS,
    )
    if found.status:
        return []
    place = (
        values.definition.id,
        data.endpoint.id,
        data.landmark_days,
        SCALE_LABELS[values.definition.scale],
    )
    lines = (found.hazard_ratio[:, 0], found.ci_low[:, 0], found.ci_high[:, 0])
    return [Curve(KIND, *place, found.time, *lines, _at_risk(model.survival, found.time))]


def _at_risk(survival: Survival, days: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return how many are at risk on each day."""
    at_risk = survival.time[:, None] >= days
    if survival.entry is not None:
        at_risk &= survival.entry[:, None] < days
    return np.asarray(at_risk.sum(axis=0), dtype=np.int64)
