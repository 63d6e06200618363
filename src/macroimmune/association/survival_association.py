"""One feature against one survival endpoint: Cox model, its linearity and its assumption."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from macroimmune.association.endpoint_data import EndpointData
from macroimmune.association.feature_model import feature_model
from macroimmune.association.ledger import LedgerEntry
from macroimmune.association.row import AssociationRow, row_of
from macroimmune.association.values import ParticipantValues
from macroimmune.statistics import (
    CoxFit,
    FirthFit,
    SplineEffect,
    cox,
    cox_spline,
    firth_cox,
    proportional_hazards,
)

__all__ = [
    "PENALISED",
    "doubt",
    "effect_spline",
    "few_events",
    "survival_association",
    "survival_effect",
]

METHOD = "Cox model, continuous"
ADJUSTED = "Cox model, continuous, adjusted for baseline"
PENALISED = ", Firth's penalised likelihood"
FIRTH = f"{METHOD}{PENALISED}"
FIRTH_ADJUSTED = f"{ADJUSTED}{PENALISED}"
SEPARATED = (
    "Firth's penalised estimate with profile-likelihood interval, because plain Cox has none"
)
NONLINEARITY = "departure from a line, natural cubic spline"
PROPORTIONALITY = "proportional hazards, score test"
_FEW_EVENTS = 10
_EVENTS_FOR_SPLINE = 20
_VALUES_FOR_SPLINE = 6
_GRID = 40
_DOUBTFUL = 0.05


def survival_association(
    values: ParticipantValues,
    data: EndpointData,
    strata: NDArray[np.int64] | None,
    *,
    fitted: CoxFit | None = None,
) -> tuple[AssociationRow, list[LedgerEntry], SplineEffect | None]:
    """Return the effect of a feature on survival, every test that was made, and the spline.

    Parameters
    ----------
    values : ParticipantValues
    data : EndpointData
        A survival endpoint, from time zero or from the landmark of the values.
    strata : int array, shape (participants,), or None
    fitted : CoxFit or None
        The plain model, where a screen of all features holds it already.

    Returns
    -------
    row : AssociationRow
    entries : list of LedgerEntry
    spline : SplineEffect or None
        None where events or distinct values are too few for a curve.
    """
    row, fit = survival_effect(values, data, strata, fitted=fitted)
    key = (values.definition.id, data.endpoint.id, values.landmark_days)
    entries = [LedgerEntry(*key, row.method, row.p_value, row.status if fit is None else "")]
    if fit is None:
        return row, entries, None
    model = feature_model(values, data, strata)
    hazards = proportional_hazards(model.survival, model.design, strata=model.strata, fit=fit)
    proportional_p = float(hazards.p_values[0])
    entries.append(
        LedgerEntry(*key, PROPORTIONALITY, proportional_p, hazards.status, is_diagnostic=True)
    )
    spline = effect_spline(values, data, strata) if values.baseline is None else None
    if spline is not None:
        entries.append(LedgerEntry(*key, NONLINEARITY, spline.p_nonlinear, spline.status))
    notes = (row.status, doubt(proportional_p))
    row = replace(
        row,
        status="; ".join(note for note in notes if note),
        nonlinearity_p_value=spline.p_nonlinear if spline is not None else float("nan"),
        proportional_hazards_p_value=proportional_p,
    )
    return row, entries, spline


def survival_effect(
    values: ParticipantValues,
    data: EndpointData,
    strata: NDArray[np.int64] | None,
    *,
    fitted: CoxFit | None = None,
) -> tuple[AssociationRow, CoxFit | None]:
    """Return the effect of a feature on survival alone, and the plain model where there is one.

    Parameters
    ----------
    values, data, strata, fitted
        As in `survival_association`.

    Returns
    -------
    row : AssociationRow
        Firth's estimate where the plain model has none; without the tests of the model.
    fit : CoxFit or None
        None where the plain model has no estimate.
    """
    model = feature_model(values, data, strata)
    fit = fitted
    if fit is None:
        fit = cox(model.survival, model.design, strata=model.strata)
    if fit.status and fit.n:
        penalised = firth_cox(model.survival, model.design, strata=model.strata)
        if not np.isnan(penalised.ratio):
            return _penalised(values, data, penalised, fit.status), None
    row = row_of(
        values,
        data,
        effect="hazard_ratio",
        estimate=(fit.hazard_ratios[0], fit.ci_low[0], fit.ci_high[0]),
        p_value=fit.p_values[0],
        per_sd=(fit.coefficients[0] * model.sd, fit.standard_errors[0] * model.sd),
        counts=(fit.n, fit.n_events),
        method=METHOD if values.baseline is None else ADJUSTED,
        status=fit.status or few_events(fit.n_events),
    )
    return row, None if fit.status else fit


def _penalised(
    values: ParticipantValues, data: EndpointData, fit: FirthFit, reason: str
) -> AssociationRow:
    """Return Firth's estimate in the place of a model that has none."""
    gap = float("nan")
    return row_of(
        values,
        data,
        effect="hazard_ratio",
        estimate=(fit.ratio, fit.ci_low, fit.ci_high),
        p_value=fit.p_value,
        per_sd=(gap, gap),
        counts=(fit.n, fit.n_events),
        method=FIRTH if values.baseline is None else FIRTH_ADJUSTED,
        status="; ".join(part for part in (SEPARATED, reason, fit.status) if part),
    )


def few_events(n_events: int, what: str = "interval") -> str:
    """Say that an interval, or a test, is rough because events are few, or nothing."""
    if n_events >= _FEW_EVENTS:
        return ""
    return f"only {n_events} events: the {what} is rough"


def doubt(proportional_p: float) -> str:
    """Say that a ratio is an average where hazards are not proportional, or nothing."""
    if not proportional_p < _DOUBTFUL:
        return ""
    return (
        f"sign of non-proportional hazards (p = {proportional_p:.2g}): the ratio is an average "
        "over the follow-up"
    )


def effect_spline(
    values: ParticipantValues, data: EndpointData, strata: NDArray[np.int64] | None
) -> SplineEffect | None:
    """Return the continuous effect as a curve, None where it cannot be drawn."""
    chosen = data.known & ~np.isnan(values.on_scale)
    on_scale = values.on_scale[chosen]
    survival = data.survival_of(chosen)
    few = survival.n_events < _EVENTS_FOR_SPLINE or np.unique(on_scale).size < _VALUES_FOR_SPLINE
    if few or values.definition.scale == "flag":
        return None
    low, high = np.quantile(on_scale, [0.025, 0.975])
    grid = np.linspace(low, high, _GRID)
    return cox_spline(survival, on_scale, grid, strata=None if strata is None else strata[chosen])
