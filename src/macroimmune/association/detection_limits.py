"""Undetected values where no model draws them: what is said of them, and their side of a cut."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from macroimmune.association.endpoint_data import EndpointData
from macroimmune.association.values import ParticipantValues

__all__ = [
    "at_their_limits",
    "largest_limit",
    "sides_unknown",
    "undetected_of",
    "with_known_sides",
]


def at_their_limits(below: NDArray[np.bool_] | None) -> str:
    """Say how many values are undetected and stand at their limits, or nothing.

    Parameters
    ----------
    below : bool array, shape (values,), or None
        True where a value of the model is undetected; None where none is.
    """
    if below is None or not below.any():
        return ""
    return f"{int(below.sum())} of {below.size} values undetected: they stand at their limits"


def undetected_of(values: ParticipantValues, chosen: NDArray[np.bool_]) -> NDArray[np.bool_] | None:
    """Return which of the chosen participants' values are undetected; None where nobody's is."""
    return None if values.below is None else values.below[chosen]


def with_known_sides(values: ParticipantValues, cut: float) -> ParticipantValues:
    """Return the values, NaN where it is unknown on which side of a cut they lie.

    Parameters
    ----------
    values : ParticipantValues
    cut : float, unit of the feature

    Notes
    -----
    Convention: "above" is strict. An undetected value lies below its limit, so it is up to a cut
    that is not smaller than the limit; where the limit lies above the cut its side is unknown.
    """
    unknown = _unknown(values, cut)
    if not unknown.any():
        return values
    gap = np.where(unknown, np.nan, values.values), np.where(unknown, np.nan, values.on_scale)
    return replace(values, values=gap[0], on_scale=gap[1])


def sides_unknown(values: ParticipantValues, data: EndpointData, cut: float) -> str:
    """Say how many participants with the endpoint `with_known_sides` leaves out, or nothing."""
    unknown = _unknown(values, cut) & data.known & ~np.isnan(values.values)
    if not unknown.any():
        return ""
    return (
        f"{int(unknown.sum())} undetected with a limit above the cut: their side is unknown, they "
        "were left out"
    )


def largest_limit(values: ParticipantValues, data: EndpointData) -> float:
    """Return the largest limit of the undetected values of those with the endpoint.

    -inf where no value is undetected.
    """
    if values.below is None:
        return float("-inf")
    limits = values.values[values.below & data.known & ~np.isnan(values.values)]
    return float(limits.max(initial=-np.inf))


def _unknown(values: ParticipantValues, cut: float) -> NDArray[np.bool_]:
    if values.below is None:
        return np.zeros(values.values.shape, dtype=bool)
    return values.below & (values.values > cut)
