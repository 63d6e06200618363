"""One feature against one endpoint, adjusted for declared columns, beside the unadjusted effect."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from macroimmune.association.adjusting_columns import AdjustingColumn
from macroimmune.association.completed_models import (
    Imputing,
    fitted,
    outcome_predictors,
    pooled_effect,
)
from macroimmune.association.endpoint_data import EndpointData
from macroimmune.association.ledger import LedgerEntry
from macroimmune.association.row import AssociationRow, on_model_scale, row_of
from macroimmune.association.survival_association import PENALISED
from macroimmune.association.undetected import IMPUTED as UNDETECTED_IMPUTED
from macroimmune.association.values import ParticipantValues, chosen_participants, with_adjustment
from macroimmune.features import is_standardised
from macroimmune.statistics import (
    ColumnKind,
    CoxFit,
    LogisticFit,
    PooledEstimate,
    multiple_imputation,
)

__all__ = ["IMPUTED", "adjusted_association", "adjusted_for", "is_adjusted", "without_imputation"]

_ADJUSTED_FOR = "continuous, adjusted for "
IMPUTED = ", missing values imputed"
_LARGEST_SHARE = 0.5
_EVENTS_PER_COEFFICIENT = 10


@dataclass(frozen=True, slots=True, eq=False)
class _Case:
    """What one adjusted model is made of: who, the marker with its limits, and the columns."""

    chosen: NDArray[np.bool_]
    columns: tuple[AdjustingColumn, ...]
    level: NDArray[np.float64]
    beside: NDArray[np.float64]
    below: NDArray[np.bool_]
    gaps: NDArray[np.bool_]

    @property
    def adjusting(self) -> NDArray[np.float64]:
        """The declared covariates of those chosen, after the baseline of a change."""
        return np.column_stack([self.beside, *(item.values[self.chosen] for item in self.columns)])


def adjusted_association(
    values: ParticipantValues,
    data: EndpointData,
    strata: NDArray[np.int64] | None,
    columns: tuple[AdjustingColumn, ...],
    imputing: Imputing,
    *,
    impute_missing: bool,
) -> tuple[AssociationRow, LedgerEntry]:
    """Return the effect of a feature with the declared columns in the model.

    Parameters
    ----------
    values, data, strata
        As for the unadjusted effect.
    columns : tuple of AdjustingColumn
        At least one.
    imputing : Imputing
    impute_missing : bool
        Whether missing columns are imputed; else participants who lack one are left out.

    Returns
    -------
    row : AssociationRow
        With the number imputed or left out in its status, and no estimate where more than half
        of a column is missing and was to be imputed.
    entry : LedgerEntry

    Notes
    -----
    Convention: participants without a value of the feature are left out: their imputation from
    the outcome would tell nothing of the feature. Undetected values are always drawn below
    their limits, together with the missing columns. Outcomes are never imputed.
    """
    case, notes, refusal = _case(values, data, columns, impute_missing=impute_missing)
    method = _method(data, values, columns)
    made_up = bool(case.gaps.any()), bool(case.below.any())
    fit: CoxFit | LogisticFit | PooledEstimate | None = None
    counts = int(case.chosen.sum()), _events(data, case.chosen)
    sd = float("nan")
    if not refusal and any(made_up):
        fit, sd, refusal = _imputed(case, data, strata, values, imputing)
        method += (IMPUTED if made_up[0] else "") + (UNDETECTED_IMPUTED if made_up[1] else "")
        notes = [*_imputed_notes(case, imputing), *notes]
    elif not refusal:
        _, sd = on_model_scale(case.level, "npx")
        plain = fitted(data, case.chosen, strata, np.column_stack([case.level, case.adjusting]))
        fit, refusal, counts = plain, plain.status, (plain.n, plain.n_events)
    rough = _rough(data, counts, case.adjusting.shape[1] + 1)
    row = _row(values, data, fit if not refusal else None, sd, counts, method)
    status = "; ".join(note for note in ([refusal] if refusal else [rough]) + notes if note)
    row = replace(row, status=status if counts[0] else row.status)
    key = (values.definition.id, data.endpoint.id, values.landmark_days)
    return row, LedgerEntry(*key, method, row.p_value, refusal)


def without_imputation(method: str) -> str:
    """Return the name of a method without the words on imputation."""
    return method.replace(UNDETECTED_IMPUTED, "").replace(IMPUTED, "")


def is_adjusted(method: str) -> bool:
    """Say whether a model is adjusted for declared columns, and not for a baseline alone.

    Examples
    --------
    >>> is_adjusted("Cox model, continuous, adjusted for age years, missing values imputed")
    True
    >>> is_adjusted("Cox model, continuous, adjusted for baseline")
    False
    >>> is_adjusted("Cox model, continuous, adjusted for baseline, Firth's penalised likelihood")
    False
    """
    names = adjusted_for(method)
    return bool(names) and names != ("baseline",)


def adjusted_for(method: str) -> tuple[str, ...]:
    """Return the names of the columns, and of the baseline, that a model is adjusted for.

    Examples
    --------
    >>> adjusted_for("Cox model, continuous, adjusted for baseline, sex, missing values imputed")
    ('baseline', 'sex')
    """
    plain = without_imputation(method).replace(PENALISED, "")
    _, _, names = plain.partition(_ADJUSTED_FOR)
    return tuple(names.split(", ")) if names else ()


def _case(
    values: ParticipantValues,
    data: EndpointData,
    columns: tuple[AdjustingColumn, ...],
    *,
    impute_missing: bool,
) -> tuple[_Case, list[str], str]:
    """Return what the model is made of, notes on who was left out, and why it is refused."""
    chosen = chosen_participants(values, data.known)
    notes, refusal = [], ""
    for item in columns:
        lacking = item.missing & chosen
        if not lacking.any():
            continue
        if not impute_missing or item.kind is None:
            notes.append(f"{int(lacking.sum())} left out who lack {item.name}")
            chosen = chosen & ~lacking
    used = []
    for item in columns:
        own = item.values[chosen]
        known = own[~np.isnan(own).any(axis=1)]
        lacking_share = 1.0 - len(known) / max(len(own), 1)
        if lacking_share > _LARGEST_SHARE:
            refusal = refusal or (
                f"{item.name} is missing in {lacking_share:.0%}, more than half: not imputed"
            )
        varies = np.ptp(known, axis=0) > 0 if len(known) else np.zeros(own.shape[1], dtype=bool)
        if varies.any():
            used.append(AdjustingColumn(item.name, item.values[:, varies], item.kind))
        elif len(own):
            notes.append(f"{item.name} does not vary and was left out")
    level = values.on_scale[chosen]
    design = with_adjustment(level, values, chosen)
    beside = design[:, 1:] if design.ndim > 1 else np.empty((level.size, 0))
    below = np.zeros(level.size, bool) if values.below is None else values.below[chosen]
    gaps = np.zeros(level.size, dtype=bool)
    for item in used:
        gaps |= item.missing[chosen]
    if not used and not refusal and level.size:
        refusal = "no column to adjust for varies"
    return _Case(chosen, tuple(used), level, beside, below, gaps), notes, refusal


def _imputed(
    case: _Case,
    data: EndpointData,
    strata: NDArray[np.int64] | None,
    values: ParticipantValues,
    imputing: Imputing,
) -> tuple[PooledEstimate | None, float, str]:
    """Return the pooled effect, the SD of the feature, and why there is none."""
    first: ColumnKind = "left-censored" if case.below.any() else "continuous"
    kinds: list[ColumnKind] = [first]
    kinds += ["continuous"] * case.beside.shape[1]
    for item in case.columns:
        # Several categories are complete here: whoever lacks them was left out.
        kinds += [item.kind or "yes or no"] * item.values.shape[1]
    table = np.column_stack([case.level, case.adjusting])
    below = np.zeros(table.shape, dtype=bool)
    below[:, 0] = case.below
    made = multiple_imputation(
        table,
        tuple(kinds),
        outcome_predictors(data, case.chosen, strata, ~case.below),
        is_below=below,
        rng=imputing.rng("adjusted", values, data),
        n_imputations=imputing.n_imputations,
    )
    if made.status:
        return None, float("nan"), made.status
    sd = float(made.completed[:, :, 0].std(axis=1, ddof=1).mean())
    pooled, _ = pooled_effect(data, case.chosen, strata, list(made.completed))
    return pooled, sd, pooled.status


def _row(
    values: ParticipantValues,
    data: EndpointData,
    fit: CoxFit | LogisticFit | PooledEstimate | None,
    sd: float,
    counts: tuple[int, int],
    method: str,
) -> AssociationRow:
    """Return the row of an adjusted effect, empty without a fit."""
    gap = float("nan")
    log_effect, error, low, high, p_value = (gap,) * 5
    unit = sd if is_standardised(values.definition.scale) else 1.0
    if isinstance(fit, PooledEstimate):
        log_effect, error, p_value = fit.estimate, fit.standard_error, fit.p_value
        low, high = fit.ci_low, fit.ci_high
    elif fit is not None:
        log_effect, error = float(fit.coefficients[0]), float(fit.standard_errors[0])
        low, high = float(np.log(fit.ci_low[0])), float(np.log(fit.ci_high[0]))
        p_value = float(fit.p_values[0])
    with np.errstate(over="ignore"):
        ratio, ratio_low, ratio_high = np.exp(unit * np.array([log_effect, low, high])).tolist()
    return row_of(
        values,
        data,
        effect="odds_ratio" if data.survival is None else "hazard_ratio",
        estimate=(ratio, ratio_low, ratio_high),
        p_value=p_value,
        per_sd=(log_effect * sd, error * sd),
        counts=counts,
        method=method,
        status="",
    )


def _method(
    data: EndpointData, values: ParticipantValues, columns: tuple[AdjustingColumn, ...]
) -> str:
    """Name the model with what it is adjusted for."""
    model = "logistic model" if data.survival is None else "Cox model"
    baseline = ["baseline"] if values.baseline is not None else []
    return f"{model}, {_ADJUSTED_FOR}{', '.join([*baseline, *(item.name for item in columns)])}"


def _imputed_notes(case: _Case, imputing: Imputing) -> list[str]:
    """Say how many values were imputed, of what, and how often."""
    counted = [
        f"{item.name} in {int(item.missing[case.chosen].sum())}"
        for item in case.columns
        if item.missing[case.chosen].any()
    ]
    if case.below.any():
        counted.append(f"undetected values in {int(case.below.sum())}")
    return [f"imputed {imputing.n_imputations} times: {', '.join(counted)}"]


def _events(data: EndpointData, chosen: NDArray[np.bool_]) -> int:
    if data.survival is None:
        return int(data.outcome_of(chosen).sum())
    return data.survival_of(chosen).n_events


def _rough(data: EndpointData, counts: tuple[int, int], size: int) -> str:
    n, n_events = counts
    fewer = min(n_events, n - n_events) if data.survival is None else n_events
    if fewer >= _EVENTS_PER_COEFFICIENT * size:
        return ""
    return f"{fewer} events for {size} coefficients: the interval is rough"
