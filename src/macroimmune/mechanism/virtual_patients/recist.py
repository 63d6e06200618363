"""Response and progression by RECIST 1.1 from the sums of diameters at scans."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.outcomes import BestResponse

__all__ = ["ScanReading", "read_scans"]

Values = NDArray[np.float64]

_PARTIAL, _GROWTH, _GROWTH_MM = 0.30, 0.20, 5.0
# Sums that a computer makes differ from 30 % in the last digit.
_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class ScanReading:
    """What the scans of one patient show.

    Parameters
    ----------
    best : BestResponse
        Until progression; NE where no scan was made.
    progression_scan : int or None
        Place of the first scan that shows progression.
    best_change : float or None, percent
        The smallest sum up to progression against the one before treatment.
    """

    best: BestResponse
    progression_scan: int | None
    best_change: float | None


def read_scans(before_mm: float, sums_mm: Values, has_new_lesion: NDArray[np.bool_]) -> ScanReading:
    """Return response and progression of one patient.

    Parameters
    ----------
    before_mm : float
        Sum of diameters before treatment, above 0.
    sums_mm : float array, shape (scans,)
        In order of time.
    has_new_lesion : bool array, shape (scans,)

    Returns
    -------
    reading : ScanReading

    Notes
    -----
    Convention: the smallest sum includes the one before treatment. CR: nothing is seen any more.
    Responses need no confirmation by a second scan.

    Examples
    --------
    >>> none = np.zeros(3, dtype=bool)
    >>> reading = read_scans(100.0, np.array([80.0, 65.0, 90.0]), none)
    >>> reading.best.value, reading.progression_scan, reading.best_change
    ('PR', 2, -35.0)
    """
    if sums_mm.size == 0:
        return ScanReading(BestResponse.NOT_EVALUABLE, None, None)
    earlier = np.minimum.accumulate(np.concatenate(([before_mm], sums_mm)))[:-1]
    grown = sums_mm - earlier
    has_grown = (grown >= _GROWTH * earlier - _TOLERANCE) & (grown >= _GROWTH_MM - _TOLERANCE)
    progressed = np.flatnonzero(has_grown | has_new_lesion)
    first = int(progressed[0]) if progressed.size else None
    valid = sums_mm[:first] if first is not None else sums_mm
    seen = sums_mm[: first + 1] if first is not None else sums_mm
    change = 100.0 * (float(seen.min()) / before_mm - 1.0)
    return ScanReading(_best(before_mm, valid), first, change)


def _best(before_mm: float, sums_mm: Values) -> BestResponse:
    """Return the best response at scans without progression."""
    if sums_mm.size == 0:
        return BestResponse.PROGRESSIVE_DISEASE
    smallest = float(sums_mm.min())
    if smallest == 0.0:
        return BestResponse.COMPLETE_RESPONSE
    if smallest <= (1.0 - _PARTIAL) * before_mm + _TOLERANCE:
        return BestResponse.PARTIAL_RESPONSE
    return BestResponse.STABLE_DISEASE
