"""One feature against one binary endpoint: logistic model and area under the ROC curve."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from macroimmune.association.endpoint_data import EndpointData
from macroimmune.association.ledger import LedgerEntry
from macroimmune.association.row import AssociationRow, on_model_scale, row_of
from macroimmune.association.survival_association import PENALISED
from macroimmune.association.values import ParticipantValues, chosen_participants, with_adjustment
from macroimmune.statistics import (
    Auc,
    LogisticFit,
    auc,
    conditional_logistic,
    firth_logistic,
    logistic,
    mann_whitney,
    stratified_auc,
)

__all__ = ["response_association"]

LOGISTIC = "logistic model, continuous"
ADJUSTED = "logistic model, continuous, adjusted for baseline"
FIRTH = f"{LOGISTIC}{PENALISED}"
FIRTH_ADJUSTED = f"{ADJUSTED}{PENALISED}"
SEPARATED = (
    "Firth's penalised estimate with profile-likelihood interval, because plain logistic has none"
)
DELONG = "area under the ROC curve, DeLong"
_FEW = 10


def response_association(
    values: ParticipantValues,
    data: EndpointData,
    strata: NDArray[np.int64] | None,
    *,
    fitted: tuple[LogisticFit, Auc] | None = None,
) -> tuple[list[AssociationRow], list[LedgerEntry]]:
    """Return the odds ratio and the area under the curve, and the tests that were made.

    Parameters
    ----------
    values : ParticipantValues
    data : EndpointData
        A binary endpoint.
    strata : int array, shape (participants,), or None
        Odds and pairs are then compared within strata.
    fitted : (LogisticFit, Auc) or None
        Model and area without strata, where a screen of all features holds them already.

    Returns
    -------
    rows : list of AssociationRow
        First the odds ratio, then the area.
    entries : list of LedgerEntry

    Notes
    -----
    Convention: odds of response; an area above 0.5 means that responders have higher values. Its
    row has Mann-Whitney's U and p beside, which ask the same question and are no further test.
    """
    chosen = chosen_participants(values, data.known)
    outcome = data.outcome_of(chosen)
    covariate, sd = on_model_scale(values.on_scale[chosen], values.definition.scale)
    design = with_adjustment(covariate, values, chosen)
    method = LOGISTIC if values.baseline is None else ADJUSTED
    if fitted is not None:
        fit, area = fitted
    elif strata is None:
        fit, area = logistic(outcome, design), auc(covariate, outcome)
    else:
        fit = conditional_logistic(outcome, design, strata[chosen])
        area = stratified_auc(covariate, outcome, strata[chosen])
    few = min(fit.n_events, fit.n - fit.n_events)
    note = f"only {few} in the smaller group: the interval is rough" if few < _FEW else ""
    odds = row_of(
        values,
        data,
        effect="odds_ratio",
        estimate=(fit.odds_ratios[0], fit.ci_low[0], fit.ci_high[0]),
        p_value=fit.p_values[0],
        per_sd=(fit.coefficients[0] * sd, fit.standard_errors[0] * sd),
        counts=(fit.n, fit.n_events),
        method=method,
        status=fit.status or note,
    )
    if fit.status and strata is None and fit.n:
        odds = _penalised(odds, outcome, design, fit.status)
    u, rank_p = (np.nan, np.nan) if strata is not None else mann_whitney(covariate, outcome)
    under_curve = replace(
        odds,
        effect="auc",
        scale="any increasing scale",
        estimate=area.estimate,
        ci_low=area.ci_low,
        ci_high=area.ci_high,
        p_value=area.p_value,
        log_effect_per_sd=float("nan"),
        standard_error_per_sd=float("nan"),
        n=area.n,
        n_events=area.n_events,
        n_excluded=values.values.size - area.n,
        method=DELONG,
        status=(area.status or note) if fit.n else odds.status,
        mann_whitney_u=u,
        mann_whitney_p_value=rank_p,
    )
    key = (values.definition.id, data.endpoint.id, values.landmark_days)
    entries = [
        LedgerEntry(*key, odds.method, odds.p_value, odds.status if fit.status else ""),
        LedgerEntry(*key, DELONG, area.p_value, area.status),
    ]
    return [odds, under_curve], entries


def _penalised(
    odds: AssociationRow,
    outcome: NDArray[np.bool_],
    design: NDArray[np.float64],
    reason: str,
) -> AssociationRow:
    """Return the row with Firth's estimate, or as it is where that has none either."""
    fit = firth_logistic(outcome, design)
    if not np.isfinite([fit.ratio, fit.ci_low, fit.ci_high]).all():
        return odds
    return replace(
        odds,
        estimate=fit.ratio,
        ci_low=fit.ci_low,
        ci_high=fit.ci_high,
        p_value=fit.p_value,
        method=f"{odds.method}{PENALISED}",
        status=f"{SEPARATED}; {reason}",
    )
