"""Features with undetected values: drawn below their limits given the outcome, and pooled."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from macroimmune.association import response_association, survival_association
from macroimmune.association.completed_models import (
    Imputing,
    outcome_predictors,
    pooled_effect,
)
from macroimmune.association.endpoint_data import EndpointData
from macroimmune.association.ledger import LedgerEntry
from macroimmune.association.row import AssociationRow
from macroimmune.association.values import ParticipantValues, chosen_participants, with_adjustment
from macroimmune.features import is_standardised
from macroimmune.statistics import multiple_imputation

__all__ = ["IMPUTED", "undetected_imputed", "with_undetected_imputed"]

IMPUTED = ", undetected values imputed"
_PLAIN = (
    survival_association.METHOD,
    survival_association.ADJUSTED,
    response_association.LOGISTIC,
    response_association.ADJUSTED,
)


def with_undetected_imputed(
    rows: list[AssociationRow],
    entries: list[LedgerEntry],
    values: ParticipantValues,
    data: EndpointData,
    strata: NDArray[np.int64] | None,
    imputing: Imputing,
) -> tuple[list[AssociationRow], list[LedgerEntry]]:
    """Return the rows and tests of a feature, those with undetected values imputed where any are.

    Parameters
    ----------
    rows, entries
        As made with undetected values at their limits.
    values, data, strata
        Of the same association.
    imputing : Imputing

    Returns
    -------
    rows : list of AssociationRow
        The ratio is the pooled one, in the place of that at the limits; the area stays.
    entries : list of LedgerEntry
        With its p in the place of the other, and without the test of linearity, which values at
        a limit would fail by themselves.
    """
    if values.below is None or not values.below[chosen_participants(values, data.known)].any():
        return rows, entries
    made = [undetected_imputed(row, values, data, strata, imputing) for row in rows]
    renamed = {
        old.method: new for old, new in zip(rows, made, strict=True) if old.method != new.method
    }
    if not renamed:
        return made, entries
    kept = [entry for entry in entries if entry.method != survival_association.NONLINEARITY]
    tested = [
        replace(entry, method=new.method, p_value=new.p_value, status="")
        if (new := renamed.get(entry.method)) is not None
        else entry
        for entry in kept
    ]
    return made, tested


def undetected_imputed(
    row: AssociationRow,
    values: ParticipantValues,
    data: EndpointData,
    strata: NDArray[np.int64] | None,
    imputing: Imputing,
) -> AssociationRow:
    """Return the row with undetected values imputed, or with a note on why they are not.

    Notes
    -----
    Convention: an undetected value is drawn from the left-censored normal model on the scale of
    the feature (log-normal for concentrations, normal for NPX), given the event and the cumulative
    hazard or the binary outcome, the strata, and the baseline of a change.
    """
    if values.below is None:
        return row
    chosen = chosen_participants(values, data.known)
    below = values.below[chosen]
    if not below.any():
        return row
    share = f"{int(below.sum())} of {below.size} values undetected ({below.mean():.0%})"
    if row.effect == "auc":
        return _noted(row, _ranks(share, values.values[chosen][below]))
    if row.method not in _PLAIN or np.isnan(row.estimate):
        return _noted(row, f"{share}: they stand at their limits")
    level = values.on_scale[chosen]
    predictors = outcome_predictors(data, chosen, strata, ~below)
    beside = with_adjustment(level, values, chosen)
    if beside.ndim > 1:
        predictors = np.column_stack([predictors, beside[:, 1]])
    made = multiple_imputation(
        level[:, None],
        ("left-censored",),
        predictors,
        is_below=below[:, None],
        rng=imputing.rng("undetected", values, data),
        n_imputations=imputing.n_imputations,
    )
    if made.status:
        return _noted(row, f"{share}: they stand at their limits, because {made.status}")
    drawn = made.completed[:, :, 0]
    sd = float(drawn.std(axis=1, ddof=1).mean())
    designs = [with_adjustment(one, values, chosen) for one in drawn]
    pooled, _ = pooled_effect(data, chosen, strata, designs)
    if pooled.status:
        return _noted(row, f"{share}: they stand at their limits, because {pooled.status}")
    unit = sd if is_standardised(values.definition.scale) else 1.0
    with np.errstate(over="ignore"):
        ratios = np.exp(unit * np.array([pooled.estimate, pooled.ci_low, pooled.ci_high]))
    if np.isinf(ratios).any():
        reason = "the pooled ratio or its interval is too large to be written as a number"
        return _noted(row, f"{share}: they stand at their limits, because {reason}")
    estimate, low, high = ratios.tolist()
    said = (
        f"{share}: drawn below their limits in {imputing.n_imputations} imputations; with them at "
        f"the limits the ratio would be {row.estimate:.3g}"
    )
    return replace(
        _noted(row, said),
        estimate=estimate,
        ci_low=low,
        ci_high=high,
        p_value=pooled.p_value,
        log_effect_per_sd=pooled.estimate * sd,
        standard_error_per_sd=pooled.standard_error * sd,
        nonlinearity_p_value=float("nan"),
        method=row.method + IMPUTED,
    )


def _noted(row: AssociationRow, said: str) -> AssociationRow:
    return replace(row, status="; ".join(part for part in (said, row.status) if part))


def _ranks(share: str, limits: NDArray[np.float64]) -> str:
    """Say how undetected values were ranked."""
    several = np.unique(limits).size
    if several == 1:
        return f"{share}: they share the lowest rank"
    return f"{share}: they rank at their {several} limits, so the area is approximate"
