"""The outcomes of a study as arrays, one entry per participant in the study's order."""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.association.arms import control_and_treated
from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.schema import Endpoint
from macroimmune.study import Study
from macroimmune.study.derived_outcomes import DURABLE_DAYS

__all__ = ["EndpointData", "endpoint_data", "patients_only", "strata_columns", "strata_labels"]


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
    cause : int array, shape (known,), or None
        Where the study tells events apart: 0 without an event, 1 the event of interest, 2 a
        competing one, 3 an event whose cause is not known.
    """

    endpoint: Endpoint
    known: NDArray[np.bool_]
    survival: Survival | None
    outcome: NDArray[np.bool_] | None
    landmark_days: float | None = None
    cause: NDArray[np.int64] | None = None

    def survival_of(self, chosen: NDArray[np.bool_]) -> Survival:
        """Return the survival of chosen participants, a bool array over the whole study.

        Raises
        ------
        InputError
            If this is a binary endpoint.
        """
        if self.survival is None:
            msg = f"{self.endpoint.name} has no times; use outcome_of"
            raise InputError(msg)
        return self.survival.select(chosen[self.known])

    def outcome_of(self, chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return the outcome of chosen participants, a bool array over the whole study.

        Raises
        ------
        InputError
            If this is a survival endpoint.
        """
        if self.outcome is None:
            msg = f"{self.endpoint.name} has times; use survival_of"
            raise InputError(msg)
        return self.outcome[chosen[self.known]]

    def cause_of(self, chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return the causes of chosen participants, a bool array over the whole study.

        Raises
        ------
        InputError
            If the events of this endpoint are not told apart.
        """
        if self.cause is None:
            msg = f"the events of {self.endpoint.name} have no causes; give them in outcomes"
            raise InputError(msg)
        return self.cause[chosen[self.known]]


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
            if endpoint.id == "durable_clinical_benefit" and (landmark_days or 0) >= DURABLE_DAYS:
                # Whoever is free of progression on day 180 has the benefit: it is decided.
                continue
            known = joined[endpoint.event].is_not_null().to_numpy() & at_risk
            outcome = joined[endpoint.event].fill_null(value=False).to_numpy()[known]
            data.append(EndpointData(endpoint, known, None, outcome, landmark_days))
        else:
            data.append(_survival_data(joined, endpoint, landmark_days))
    return data


def _survival_data(
    joined: pl.DataFrame, endpoint: Endpoint, landmark_days: float | None
) -> EndpointData:
    """Return an endpoint with times; entry is None where nobody entered late.

    Events before entry cannot be observed: who has one is no part of the endpoint.
    """
    complete = joined[endpoint.time].is_not_null() & joined[endpoint.event].is_not_null()
    time = joined[endpoint.time].fill_null(np.nan).to_numpy()
    entered = joined["entry_days"].fill_null(0.0).to_numpy()
    known = complete.to_numpy() & ((entered == 0.0) | (entered < time))
    entry = None
    if (entered[known] > 0.0).any():
        # Who is seen from day 0 and has a time of 0 was never at risk beside late entrants.
        known &= entered < time
        entry = entered[known]
    survival = Survival(
        time=time[known],
        event=joined[endpoint.event].fill_null(value=False).to_numpy()[known],
        entry=entry,
    )
    if landmark_days is not None:
        survival, remains = survival.landmark(landmark_days)
        known = known.copy()
        known[known] = remains
    cause = _cause(joined, endpoint, known)
    return EndpointData(endpoint, known, survival, None, landmark_days, cause)


def _cause(
    joined: pl.DataFrame, endpoint: Endpoint, known: NDArray[np.bool_]
) -> NDArray[np.int64] | None:
    """Return the cause of each event, None where the study tells no event apart."""
    if endpoint.causes is None:
        return None
    causes = endpoint.causes
    given = pl.col(causes.column).fill_null(causes.unknown)
    code = (
        pl
        .when(~pl.col(endpoint.event).fill_null(value=False))
        .then(0)
        .when(given == causes.of_interest)
        .then(1)
        .when(given == causes.unknown)
        .then(3)
        .otherwise(2)
        .cast(pl.Int64)
    )
    codes = joined.select(code.alias("cause"))["cause"].to_numpy()[known]
    return codes if np.isin(codes, (1, 2)).any() else None


def _at_risk(joined: pl.DataFrame, landmark_days: float | None) -> NDArray[np.bool_]:
    """Who was observed by the landmark, and had neither progressed, relapsed nor died, nor left."""
    still = np.ones(joined.height, dtype=bool)
    if landmark_days is None:
        return still
    for name in ("pfs_time_days", "rfs_time_days", "os_time_days"):
        still &= (joined[name].fill_null(np.inf) > landmark_days).to_numpy()
    still &= (joined["entry_days"].fill_null(0.0) <= landmark_days).to_numpy()
    return still


def patients_only(study: Study) -> Study:
    """Return the study without healthy controls and, where it holds humans, other species.

    Notes
    -----
    Convention: those who are not patients have no outcome of treatment; they enter no model, no
    curve and no median cut.
    """
    people = study.participants
    kept = people["group"].fill_null("patient") != "healthy"
    species = people["species"].fill_null("human")
    if (species == "human").any():
        kept &= species == "human"
    if kept.all():
        return study
    return replace(study, tables={**study.tables, "participants": people.filter(kept)})


def strata_columns(study: Study, *, of_feature: bool, at_landmark: bool) -> tuple[str, ...]:
    """Return the columns of participants that stratify a model.

    Parameters
    ----------
    study : Study
    of_feature : bool
        Whether the model is of a feature alone. Then cohorts stratify where there are several,
        and arms where there is a control arm or, at a landmark, more than one arm: a treatment
        moves both the feature and the outcome. False for the interaction with treatment, which
        holds the arm and must not be stratified by it; several cohorts stratify it too, unless
        no stratum would then hold both arms (each arm is a cohort of its own).
    at_landmark : bool

    Returns
    -------
    columns : tuple of str
        Those that were declared first.
    """
    declared = study.analysis.strata
    several = {name: study.participants[name].n_unique() > 1 for name in ("cohort", "arm")}
    columns = list(declared)
    if several["cohort"] and "cohort" not in columns:
        columns.append("cohort")
    if not of_feature:
        within = tuple(name for name in columns if name != "arm")
        if "cohort" in declared or _holds_both_arms(study, within):
            return within
        return tuple(name for name in within if name != "cohort")
    by_arm = bool(study.analysis.control_arms) or (at_landmark and several["arm"])
    if by_arm and "arm" not in columns:
        columns.append("arm")
    return tuple(columns)


def _holds_both_arms(study: Study, columns: tuple[str, ...]) -> bool:
    """Whether control and treated participants meet in some stratum."""
    labels = strata_labels(study, columns)
    if labels is None:
        return True
    control, treated = control_and_treated(study)
    return bool(np.isin(labels[control], labels[treated]).any())


def strata_labels(study: Study, columns: tuple[str, ...]) -> NDArray[np.int64] | None:
    """Return the stratum of each participant, None where no column stratifies.

    A missing value is a stratum of its own.
    """
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
