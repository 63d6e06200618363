"""A feature cut at a value that was fixed beforehand, against one endpoint."""

from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from macroimmune.association.cut_row import FIXED, CutRow, cut_row
from macroimmune.association.detection_limits import sides_unknown, with_known_sides
from macroimmune.association.endpoint_data import EndpointData
from macroimmune.association.ledger import LedgerEntry
from macroimmune.association.row import AssociationRow, row_of
from macroimmune.association.survival_association import doubt, few_events
from macroimmune.association.values import ParticipantValues
from macroimmune.statistics import (
    ExactOddsRatio,
    cox,
    exact_odds_ratio,
    log_rank,
    proportional_hazards,
)

__all__ = ["at_cut", "fixed_cut"]

METHOD = "log-rank test, cut fixed beforehand"
EXACT = "Fisher's exact test, cut fixed beforehand"
PROPORTIONALITY = "proportional hazards at the fixed cut, score test"
SCALE = "above v up to the cut"


def fixed_cut(
    values: ParticipantValues,
    data: EndpointData,
    cut: float | Literal["median"],
    strata: NDArray[np.int64] | None,
) -> tuple[AssociationRow, list[LedgerEntry], CutRow]:
    """Return the ordinary test of values above the cut against values up to it.

    Parameters
    ----------
    values : ParticipantValues
    data : EndpointData
    cut : float or "median"
        In the unit of the feature; the median is that of all participants with a value.
    strata : int array, shape (participants,), or None

    Returns
    -------
    row : AssociationRow
        Survival: the hazard ratio above v up to the cut is from a Cox model, the p-value from
        the log-rank test. Binary endpoints: Fisher's exact test with the conditional odds ratio
        and its exact interval.
    entries : list of LedgerEntry
        The test, and that of proportional hazards where there is a hazard ratio.
    of_cut : CutRow

    Notes
    -----
    Convention: "above" is strict. The median is taken over all participants with a value,
    whether or not the endpoint is known, undetected ones at their limits. Undetected values whose
    limit lies above the cut are left out and counted in the status.
    """
    threshold, chosen, above = at_cut(values, data, cut)
    unknown = sides_unknown(values, data, threshold)
    values = with_known_sides(values, threshold)
    stratum = None if strata is None else strata[chosen]
    named = "median, " if cut == "median" else ""
    counted = f"{int(above.sum())} above and {int((~above).sum())} up to {named}{threshold:.4g}"
    counted = "; ".join(part for part in (counted, unknown) if part)
    compare = _odds if data.survival is None else _hazards
    row, statistic, why = compare(values, data, above, stratum, counted)
    key = (values.definition.id, data.endpoint.id, values.landmark_days)
    entries = [LedgerEntry(*key, row.method, row.p_value, why if np.isnan(row.p_value) else "")]
    proportional_p = row.proportional_hazards_p_value
    if not np.isnan(proportional_p):
        entries.append(LedgerEntry(*key, PROPORTIONALITY, proportional_p, "", is_diagnostic=True))
    said = "; ".join(part for part in (why, unknown) if part)
    of_cut = replace(
        cut_row(values, data, kind=FIXED, cut=threshold, method=row.method, status=said),
        p_value=row.p_value,
        statistic=statistic,
        fixed_cut_ratio=row.estimate,
        fixed_cut_ci_low=row.ci_low,
        fixed_cut_ci_high=row.ci_high,
    )
    return row, entries, of_cut


def _hazards(
    values: ParticipantValues,
    data: EndpointData,
    above: NDArray[np.bool_],
    stratum: NDArray[np.int64] | None,
    counted: str,
) -> tuple[AssociationRow, float, str]:
    """Return the row of a survival endpoint, the root of its chi-squared, and what is said."""
    survival = data.survival_of(data.known & ~np.isnan(values.values))
    test = log_rank(survival, np.where(above, "above", "up to"), strata=stratum)
    fit = cox(survival, above.astype(float), strata=stratum)
    why, proportional_p = test.status or fit.status, float("nan")
    if not why:
        hazards = proportional_hazards(survival, above.astype(float), strata=stratum, fit=fit)
        proportional_p = float(hazards.p_values[0])
    notes = (counted, why or few_events(test.n_events), doubt(proportional_p))
    row = row_of(
        values,
        data,
        effect="hazard_ratio",
        estimate=(fit.hazard_ratios[0], fit.ci_low[0], fit.ci_high[0]),
        p_value=test.p_value,
        per_sd=(float("nan"), float("nan")),
        counts=(test.n, test.n_events),
        method=METHOD,
        status="; ".join(part for part in notes if part),
        scale=SCALE,
        proportional_hazards_p_value=proportional_p,
    )
    return row, float(np.sqrt(test.statistic)), why


def _odds(
    values: ParticipantValues,
    data: EndpointData,
    above: NDArray[np.bool_],
    stratum: NDArray[np.int64] | None,
    counted: str,
) -> tuple[AssociationRow, float, str]:
    """Return the row of a binary endpoint; Fisher's test has no statistic but its p-value."""
    outcome = data.outcome_of(data.known & ~np.isnan(values.values))
    found = exact_odds_ratio(outcome, above, strata=stratum)
    why = found.status or _one_sided(found)
    row = row_of(
        values,
        data,
        effect="odds_ratio",
        estimate=(found.odds_ratio, found.ci_low, found.ci_high),
        p_value=found.p_value,
        per_sd=(float("nan"), float("nan")),
        counts=(found.n, found.n_events),
        method=EXACT,
        status="; ".join(part for part in (counted, why) if part),
        scale=SCALE,
    )
    return row, float("nan"), why


def _one_sided(found: ExactOddsRatio) -> str:
    """Say the only limit of an odds ratio that is 0 or infinite."""
    if found.odds_ratio == np.inf:
        return f"the odds ratio is infinite, above {found.ci_low:.3g} with 97.5 % confidence"
    if found.odds_ratio == 0.0:
        return f"the odds ratio is 0, below {found.ci_high:.3g} with 97.5 % confidence"
    return ""


def at_cut(
    values: ParticipantValues, data: EndpointData, cut: float | Literal["median"]
) -> tuple[float, NDArray[np.bool_], NDArray[np.bool_]]:
    """Return the cut as a number, who enters a comparison at it, and who of them is above.

    Parameters
    ----------
    values, data, cut
        As in `fixed_cut`.

    Returns
    -------
    threshold : float, unit of the feature
        NaN for the median of nothing.
    chosen : bool array, shape (participants,)
        With the endpoint and a value whose side of the cut is known.
    above : bool array, shape (chosen,)
    """
    measured = ~np.isnan(values.values)
    threshold = _median(values.values[measured]) if cut == "median" else float(cut)
    sided = with_known_sides(values, threshold).values
    chosen = data.known & ~np.isnan(sided)
    return threshold, chosen, sided[chosen] > threshold


def _median(values: NDArray[np.float64]) -> float:
    """Return the median, NaN of nothing."""
    return float(np.median(values)) if values.size else float("nan")
