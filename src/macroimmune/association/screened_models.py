"""The unadjusted models of all features of one look against an endpoint, fitted at once."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.association.endpoint_data import EndpointData
from macroimmune.association.row import on_model_scale
from macroimmune.association.values import ParticipantValues, chosen_participants
from macroimmune.statistics import (
    Auc,
    CoxFit,
    LogisticFit,
    screen_auc,
    screen_cox,
    screen_logistic,
)

__all__ = ["NOT_SCREENED", "ScreenedModel", "screened_models"]

_AT_ONCE = 512


@dataclass(frozen=True, slots=True, eq=False)
class ScreenedModel:
    """The models of one feature against one endpoint; None where they are fitted by themselves.

    Parameters
    ----------
    cox : CoxFit or None
    response : (LogisticFit, Auc) or None
    """

    cox: CoxFit | None = None
    response: tuple[LogisticFit, Auc] | None = None


NOT_SCREENED = ScreenedModel()


def screened_models(
    values: list[ParticipantValues], data: EndpointData, strata: NDArray[np.int64] | None
) -> list[ScreenedModel]:
    """Return the models of all features against an endpoint, in the order of the features.

    Parameters
    ----------
    values : list of ParticipantValues
    data : EndpointData
    strata : int array, shape (participants,), or None

    Returns
    -------
    models : list of ScreenedModel
        As `cox`, `logistic` and `auc` would return them. Left to be fitted one by one are models
        that are adjusted for a baseline, binary endpoints with strata, whose model is the exact
        conditional one, and features without any value.
    """
    models = [NOT_SCREENED] * len(values)
    if data.survival is None and strata is not None:
        return models
    known_strata = None if strata is None else strata[data.known]
    for places, markers in _blocks(values, data):
        found = _screened(data, markers, known_strata)
        for place, model in zip(places, found, strict=True):
            models[place] = model
    return models


def _blocks(
    values: list[ParticipantValues], data: EndpointData
) -> Iterator[tuple[list[int], NDArray[np.float64]]]:
    """Yield places of features with their columns, some hundred at a time to bound the memory."""
    places = [k for k, value in enumerate(values) if _is_screened(value, data)]
    for first in range(0, len(places), _AT_ONCE):
        block = places[first : first + _AT_ONCE]
        markers = np.full((int(data.known.sum()), len(block)), np.nan)
        for column, place in enumerate(block):
            value = values[place]
            chosen = chosen_participants(value, data.known)
            covariate, _ = on_model_scale(value.on_scale[chosen], value.definition.scale)
            markers[chosen[data.known], column] = covariate
        yield block, markers


def _is_screened(value: ParticipantValues, data: EndpointData) -> bool:
    """Say whether the model of a feature is unadjusted, permitted and has anyone in it."""
    if value.baseline is not None or data.endpoint.id in value.definition.part_of_endpoints:
        return False
    return bool(chosen_participants(value, data.known).any())


def _screened(
    data: EndpointData, markers: NDArray[np.float64], strata: NDArray[np.int64] | None
) -> list[ScreenedModel]:
    """Return the models of some features; separated ones are left without estimate here."""
    columns = range(markers.shape[1])
    if data.survival is not None:
        screen = screen_cox(data.survival, markers, strata=strata, penalised=False)
        return [ScreenedModel(cox=screen.fit_of(k)) for k in columns]
    outcome = data.outcome_of(data.known)
    models = screen_logistic(outcome, markers, penalised=False)
    areas = screen_auc(outcome, markers)
    return [ScreenedModel(response=(models.fit_of(k), areas.area_of(k))) for k in columns]
