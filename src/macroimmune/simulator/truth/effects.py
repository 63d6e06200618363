"""The effects that a virtual study holds: those that made it, and those that a model will see."""

import math
from typing import NamedTuple

import polars as pl

from macroimmune.results import conform
from macroimmune.simulator.features import FEATURES
from macroimmune.simulator.people import spread_of
from macroimmune.simulator.plan import EffectPlan, StudyPlan
from macroimmune.simulator.truth.models import (
    MODEL_COLUMNS,
    TREATMENT,
    univariable_models,
)

__all__ = ["effects_by_arm", "true_effects"]

_RESPONSE = "response"
_BY_ARM = pl.Schema({
    "feature": pl.String(),
    "endpoint": pl.String(),
    "arm": pl.String(),
    "scale": pl.String(),
    "effect": pl.String(),
    "conditional": pl.Float64(),
    "marginal": pl.Float64(),
    "log_marginal_standard_error": pl.Float64(),
    "is_null": pl.Boolean(),
})


class _Model(NamedTuple):
    """One row of `univariable_models`."""

    feature: str
    endpoint: str
    arm: str
    log_ratio: float
    standard_error: float
    unit: float


def true_effects(plan: StudyPlan, models: pl.DataFrame | None = None) -> pl.DataFrame:
    """Return the true effects of every feature on every endpoint.

    Parameters
    ----------
    plan : StudyPlan
    models : polars DataFrame or None
        As `univariable_models` returns them; None fits them, which takes up to a minute for a plan
        with other effects, arms or outcomes than the default.

    Returns
    -------
    truth : polars DataFrame
        The table `truth` of the results contract. `conditional` is the effect that generated the
        data, all others held fixed; null where it differs between arms, see `effects_by_arm`.
        `is_null` says that the feature has no effect of its own on this endpoint in any arm; it may
        still go with the outcome through a feature that acts and that it is correlated with, or
        shares a count with: then `marginal` is not 1.

    Notes
    -----
    Convention: `marginal` is what the univariable Cox or logistic model of true values estimates,
    for patients followed up as those of the study are, stratified by arm where there are several.
    Where the scale is per SD, it is that of the true values of generated patients, all arms
    together; an error of measurement widens the SD of a study and weakens the ratio per SD.
    Response is that of all patients; those who are recorded as not evaluable are a few more among
    responders, which moves ratios of the evaluable a little.
    `log_marginal_standard_error` is what is left of chance in it.
    """
    fitted = univariable_models(plan) if models is None else models
    rows = _rows(plan, fitted.filter(pl.col("arm") == ""))
    return conform("truth", pl.DataFrame(rows, schema=_BY_ARM).drop("arm"))


def effects_by_arm(plan: StudyPlan, models: pl.DataFrame | None = None) -> pl.DataFrame:
    """Return the true effects within each arm, and of the arms themselves.

    Parameters
    ----------
    plan : StudyPlan
    models : polars DataFrame or None
        As for `true_effects`.

    Returns
    -------
    effects : polars DataFrame
        Empty with one arm. As `true_effects`, for each `arm`; `interaction` is the ratio of its
        conditional effect to that of the first arm, `marginal_interaction` that of the marginal
        ones; null in the first arm. Rows of the feature `treatment` compare the arm with the first:
        conditional is the stated ratio, marginal that of a model of nothing but the arm.
    """
    fitted = univariable_models(plan) if models is None else models
    rows = _rows(plan, fitted.filter(pl.col("arm") != ""))
    frame = pl.DataFrame(rows, schema=_BY_ARM).with_columns(pl.selectors.float().fill_nan(None))
    first = frame.filter(pl.col("arm") == plan.arms[0].name).select(
        "feature", "endpoint", "conditional", "marginal"
    )
    joined = frame.join(first, on=["feature", "endpoint"], how="left", suffix="_first")
    is_other = pl.col("arm") != plan.arms[0].name
    return joined.select(
        *_BY_ARM,
        pl
        .when(is_other)
        .then(pl.col("conditional") / pl.col("conditional_first"))
        .alias("interaction"),
        pl
        .when(is_other)
        .then(pl.col("marginal") / pl.col("marginal_first"))
        .alias("marginal_interaction"),
    )


def _rows(plan: StudyPlan, fitted: pl.DataFrame) -> list[dict[str, object]]:
    return [
        _row(plan, _Model(*values)) for values in fitted.select(list(MODEL_COLUMNS)).iter_rows()
    ]


def _row(plan: StudyPlan, fit: _Model) -> dict[str, object]:
    is_response = fit.endpoint == _RESPONSE
    if fit.feature == TREATMENT:
        scale, reported = "arm v first arm", TREATMENT
        stated = {_of_arm(plan, fit.arm, is_response=is_response)}
    else:
        known = FEATURES[fit.feature]
        scale, reported = known.scale, known.reported or known.id
        units = fit.unit / spread_of(fit.feature).unit
        arms = [fit.arm] if fit.arm else [arm.name for arm in plan.arms]
        stated = {_stated(plan, fit.feature, arm, is_response=is_response) ** units for arm in arms}
    return {
        "feature": reported,
        "endpoint": fit.endpoint,
        "arm": fit.arm,
        "scale": scale,
        "effect": "odds_ratio" if is_response else "hazard_ratio",
        "conditional": next(iter(stated)) if len(stated) == 1 else None,
        "marginal": math.exp(fit.log_ratio),
        "log_marginal_standard_error": fit.standard_error,
        "is_null": stated == {1.0},
    }


def _stated(plan: StudyPlan, feature: str, arm: str, *, is_response: bool) -> float:
    """Return the ratio that a feature has by the plan in an arm."""
    acting = [
        effect
        for effect in plan.effects
        if effect.feature == feature and (not effect.arms or arm in effect.arms)
    ]
    return _ratio(acting[0], is_response=is_response) if acting else 1.0


def _ratio(effect: EffectPlan, *, is_response: bool) -> float:
    return effect.odds_ratio if is_response else effect.hazard_ratio


def _of_arm(plan: StudyPlan, arm: str, *, is_response: bool) -> float:
    other = next(known for known in plan.arms if known.name == arm)
    first = plan.arms[0]
    if is_response:
        return other.odds_ratio / first.odds_ratio
    return other.hazard_ratio / first.hazard_ratio
