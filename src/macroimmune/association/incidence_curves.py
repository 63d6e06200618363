"""The points of cumulative incidence curves: of the study by arm, and of the strongest features."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from macroimmune.association.curves import Curve, thinned_times, thirds
from macroimmune.association.endpoint_data import EndpointData
from macroimmune.association.values import ParticipantValues, chosen_participants
from macroimmune.outcomes import Survival
from macroimmune.statistics import cumulative_incidence, kaplan_meier
from macroimmune.study import Study

__all__ = ["INCIDENCE", "exchanged", "incidence_curves", "of_strongest", "of_whole_study"]

INCIDENCE = ("cumulative_incidence", "competing_incidence")
_STRONGEST = 5


def exchanged(cause: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return causes with the competing events, known or not, in the place of those of interest."""
    return np.where(cause > 1, 1, np.where(cause == 1, 2, 0))


def of_whole_study(study: Study, data: EndpointData) -> list[Curve]:
    """Return the incidence of both kinds of events in the whole study, by arm where there are."""
    arms = study.participants["arm"].fill_null("arm not stated").to_numpy()[data.known]
    names = sorted(set(arms))
    groups = [(str(name), arms == name) for name in names]
    if len(names) < 2:
        groups = [("all participants", np.ones(arms.size, dtype=bool))]
    return incidence_curves("", data, groups)


def of_strongest(
    values: list[ParticipantValues], data: EndpointData, p_values: Mapping[str, float]
) -> list[Curve]:
    """Return the incidence by thirds of the five features with the smallest p.

    Parameters
    ----------
    values : list of ParticipantValues
    data : EndpointData
        With causes.
    p_values : mapping from feature to p
        NaN where there is none; such features are left out.
    """
    ranked = sorted(
        (one for one in values if p_values.get(one.definition.id, np.nan) <= 1.0),
        key=lambda one: p_values[one.definition.id],
    )
    curves: list[Curve] = []
    for value in ranked[:_STRONGEST]:
        chosen = chosen_participants(value, data.known)
        places = np.flatnonzero(chosen[data.known])
        groups = []
        for name, rows in thirds(value.values[chosen], value.definition.scale):
            within = np.zeros(int(data.known.sum()), dtype=bool)
            within[places[rows]] = True
            groups.append((name, within))
        curves += incidence_curves(value.definition.id, data, groups)
    return curves


def incidence_curves(
    feature: str, data: EndpointData, groups: list[tuple[str, NDArray[np.bool_]]]
) -> list[Curve]:
    """Return the cumulative incidence of both kinds of events in groups, and who is at risk.

    Parameters
    ----------
    feature : str
        Empty for curves of the whole study.
    data : EndpointData
        With causes; nothing is drawn where participants entered late.
    groups : list of (name, bool array of shape (known,))

    Returns
    -------
    curves : list of Curve
        `cumulative_incidence` of the event of interest and `competing_incidence` of the others.
    """
    survival, cause = data.survival, data.cause
    if survival is None or cause is None or survival.entry is not None:
        return []
    curves: list[Curve] = []
    for name, rows in groups:
        if rows.any():
            place = (feature, data.endpoint.id, data.landmark_days, name)
            curves += _of_group(place, survival.select(rows), cause[rows])
    return curves


def _of_group(
    place: tuple[str, str, float | None, str], survival: Survival, cause: NDArray[np.int64]
) -> list[Curve]:
    times = thinned_times(np.unique(survival.time[survival.event]), float(survival.time.max()))
    at_risk = kaplan_meier(survival).at_risk(times)
    curves = []
    for name, codes in zip(INCIDENCE, (cause, exchanged(cause)), strict=True):
        fit = cumulative_incidence(survival, codes)
        low, high = fit.interval_at(times)
        curves.append(Curve(name, *place, times, fit.at(times), low, high, at_risk))
    return curves
