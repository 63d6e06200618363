"""The outcomes of a study as arrays, one entry per participant in the study's order."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.outcomes import Survival
from macroimmune.schema import Endpoint
from macroimmune.study import Study

__all__ = ["EndpointData", "endpoint_data", "strata_labels"]


@dataclass(frozen=True, slots=True, eq=False)
class EndpointData:
    """One endpoint of the study.

    Parameters
    ----------
    endpoint : Endpoint
    known : bool array, shape (participants,)
        Who has this endpoint (and can still have it, at a landmark).
    survival : Survival or None
        Of those who have it, in order; None for a binary endpoint.
    outcome : bool array, shape (known,), or None
        Of those who have it; None for a survival endpoint.
    landmark_days : float or None
    """

    endpoint: Endpoint
    known: NDArray[np.bool_]
    survival: Survival | None
    outcome: NDArray[np.bool_] | None
    landmark_days: float | None = None


def endpoint_data(study: Study, landmark_days: float | None = None) -> list[EndpointData]:
    """Return the endpoints of the study, as seen from time zero or from a landmark.

    Parameters
    ----------
    study : Study
    landmark_days : float or None
        Participants with the event or the end of observation at or before this day leave, and
        time counts from it. For binary endpoints those who had progressed or died by then leave.

    Returns
    -------
    data : list of EndpointData
    """
    joined = study.participants.select("participant_id").join(
        study.tables["outcomes"].unique("participant_id", keep="first"),
        on="participant_id",
        how="left",
        maintain_order="left",
    )
    at_risk = _at_risk(joined, landmark_days)
    data = []
    for endpoint in study.endpoints():
        if endpoint.kind == "binary":
            known = joined[endpoint.event].is_not_null().to_numpy() & at_risk
            outcome = joined[endpoint.event].fill_null(value=False).to_numpy()[known]
            data.append(EndpointData(endpoint, known, None, outcome, landmark_days))
        else:
            data.append(_survival_data(joined, endpoint, landmark_days))
    return data


def _survival_data(
    joined: pl.DataFrame, endpoint: Endpoint, landmark_days: float | None
) -> EndpointData:
    complete = joined[endpoint.time].is_not_null() & joined[endpoint.event].is_not_null()
    known = complete.to_numpy()
    entry = None
    if joined["entry_days"].is_not_null().any():
        entry = joined["entry_days"].fill_null(0.0).to_numpy()[known]
    survival = Survival(
        time=joined[endpoint.time].fill_null(np.nan).to_numpy()[known],
        event=joined[endpoint.event].fill_null(value=False).to_numpy()[known],
        entry=entry,
    )
    if landmark_days is not None:
        survival, remains = survival.landmark(landmark_days)
        known = known.copy()
        known[known] = remains
    return EndpointData(endpoint, known, survival, None, landmark_days)


def _at_risk(joined: pl.DataFrame, landmark_days: float | None) -> NDArray[np.bool_]:
    """Who had neither progressed nor died, nor left, by the landmark."""
    still = np.ones(joined.height, dtype=bool)
    if landmark_days is None:
        return still
    for name in ("pfs_time_days", "os_time_days"):
        still &= (joined[name].fill_null(np.inf) > landmark_days).to_numpy()
    return still


def strata_labels(study: Study, *, with_arm: bool) -> NDArray[np.int64] | None:
    """Return the stratum of each participant, None where nothing stratifies.

    Parameters
    ----------
    study : Study
    with_arm : bool
        Whether the arm stratifies too; it does wherever there is a control arm and the arm is
        not itself in the model.

    Returns
    -------
    strata : int array, shape (participants,), or None
        A missing value is a stratum of its own.
    """
    columns = list(study.analysis.strata)
    if with_arm and study.analysis.control_arms and "arm" not in columns:
        columns.append("arm")
    if not columns:
        return None
    labels = study.participants.select(
        pl
        .struct([pl.col(name).cast(pl.String).fill_null("missing") for name in columns])
        .rank("dense")
        .cast(pl.Int64)
        .alias("stratum")
    )
    return labels["stratum"].to_numpy()
