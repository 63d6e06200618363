"""A feature cut at a value that was fixed beforehand, against one survival endpoint."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from macroimmune.association.endpoint_data import EndpointData
from macroimmune.association.ledger import LedgerEntry
from macroimmune.association.row import AssociationRow, row_of
from macroimmune.association.values import ParticipantValues
from macroimmune.statistics import cox, log_rank

__all__ = ["fixed_cut"]

METHOD = "log-rank test, cut fixed beforehand"


def fixed_cut(
    values: ParticipantValues,
    data: EndpointData,
    cut: float | Literal["median"],
    strata: NDArray[np.int64] | None,
) -> tuple[AssociationRow, LedgerEntry]:
    """Return the log-rank test of values above the cut against values up to it.

    Parameters
    ----------
    values : ParticipantValues
    data : EndpointData
        A survival endpoint.
    cut : float or "median"
        In the unit of the feature; the median is that of all participants with a value.
    strata : int array, shape (participants,), or None

    Returns
    -------
    row : AssociationRow
        The hazard ratio above v up to the cut is from a Cox model, the p-value from the
        log-rank test.
    entry : LedgerEntry

    Notes
    -----
    Convention: "above" is strict. The median is taken over all participants with a value,
    whether or not the endpoint is known.
    """
    measured = ~np.isnan(values.values)
    threshold = _median(values.values[measured]) if cut == "median" else float(cut)
    chosen = data.known & measured
    survival = data.survival_of(chosen)
    above = values.values[chosen] > threshold
    stratum = None if strata is None else strata[chosen]
    test = log_rank(survival, np.where(above, "above", "up to"), strata=stratum)
    fit = cox(survival, above.astype(float), strata=stratum)
    named = "median, " if cut == "median" else ""
    counted = f"{int(above.sum())} above and {int((~above).sum())} up to"
    row = row_of(
        values,
        data,
        effect="hazard_ratio",
        estimate=(fit.hazard_ratios[0], fit.ci_low[0], fit.ci_high[0]),
        p_value=test.p_value,
        per_sd=(float("nan"), float("nan")),
        counts=(test.n, test.n_events),
        method=METHOD,
        status="; ".join(
            part
            for part in (f"{counted} {named}{threshold:.4g}", test.status or fit.status)
            if part
        ),
        scale="above v up to the cut",
    )
    key = (values.definition.id, data.endpoint.id, values.landmark_days)
    return row, LedgerEntry(*key, METHOD, test.p_value, test.status)


def _median(values: NDArray[np.float64]) -> float:
    """Return the median, NaN of nothing."""
    return float(np.median(values)) if values.size else float("nan")
