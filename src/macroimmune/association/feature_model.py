"""The rows and columns of the Cox model of one feature and one survival endpoint."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.association.endpoint_data import EndpointData
from macroimmune.association.row import on_model_scale
from macroimmune.association.values import ParticipantValues, chosen_participants, with_adjustment
from macroimmune.outcomes import Survival

__all__ = ["FeatureModel", "feature_model"]


@dataclass(frozen=True, slots=True, eq=False)
class FeatureModel:
    """What the Cox model of one feature and endpoint is fitted to.

    Parameters
    ----------
    survival : Survival
        Of the participants chosen.
    design : float array, shape (chosen,) or (chosen, 2)
        The feature as it enters models; for a change, its baseline beside it.
    sd : float
        Of the feature's column.
    strata : int array, shape (chosen,), or None
    """

    survival: Survival
    design: NDArray[np.float64]
    sd: float
    strata: NDArray[np.int64] | None


def feature_model(
    values: ParticipantValues, data: EndpointData, strata: NDArray[np.int64] | None
) -> FeatureModel:
    """Return the rows and columns of the Cox model of one feature and survival endpoint.

    Parameters
    ----------
    values : ParticipantValues
    data : EndpointData
        A survival endpoint, from time zero or from the landmark of the values.
    strata : int array, shape (participants,), or None
    """
    chosen = chosen_participants(values, data.known)
    covariate, sd = on_model_scale(values.on_scale[chosen], values.definition.scale)
    return FeatureModel(
        survival=data.survival_of(chosen),
        design=with_adjustment(covariate, values, chosen),
        sd=sd,
        strata=None if strata is None else strata[chosen],
    )
