"""How much of each dye is seen in the detectors of the others."""

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray

from macroimmune.simulator.cytometry.panels import Channel, Panel

__all__ = ["spillover_matrix"]

# Assumed: how fast an emission spectrum fades, toward longer and shorter wavelengths, and how much
# of it another laser excites.
_FADES_UP_NM, _FADES_DOWN_NM = 70.0, 18.0
_OTHER_LASER = 0.12
_NEIGHBOUR_NM = 40.0
_LARGEST = 0.6
_SMALLEST = 0.001


@cache
def spillover_matrix(panel: Panel, size: float) -> NDArray[np.float64]:
    """Return the spillover of the compensated channels of a panel.

    Parameters
    ----------
    panel : Panel
    size : float
        Share of a dye that a detector of the same laser sees 40 nm above the dye's own.

    Returns
    -------
    matrix : float array, shape (dyes, dyes)
        Row: the dye; column: the detector; 1 on the diagonal. Not to be written to.

    Notes
    -----
    Convention: exponential in the distance of the emissions, slower toward longer wavelengths,
    12 % of that where the lasers differ; below 0.1 % it is none, above 60 % it is 60 %. Assumed.
    """
    dyes = [panel.channels[place] for place in panel.dyes]
    matrix = np.array([[_share(dye, detector, size) for detector in dyes] for dye in dyes])
    matrix = matrix.reshape(len(dyes), len(dyes))
    matrix.flags.writeable = False
    return matrix


def _share(dye: Channel, detector: Channel, size: float) -> float:
    if dye.name == detector.name:
        return 1.0
    distance = detector.emission_nm - dye.emission_nm
    fades = _FADES_UP_NM if distance >= 0 else _FADES_DOWN_NM
    share = size * math.exp(_NEIGHBOUR_NM / _FADES_UP_NM) * math.exp(-abs(distance) / fades)
    if dye.laser_nm != detector.laser_nm:
        share *= _OTHER_LASER
    return round(min(share, _LARGEST), 4) if share >= _SMALLEST else 0.0
