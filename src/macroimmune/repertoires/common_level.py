"""The level at which repertoires are compared: the lowest, but for those far below the others."""

from collections.abc import Iterable
from statistics import median

__all__ = ["common_level"]


def common_level(levels: Iterable[float], *, least_of_median: float) -> float | None:
    """Return the lowest level that is not far below the median; None without any.

    Parameters
    ----------
    levels : iterable of float
        What each repertoire reaches: a coverage, counts, receptors.
    least_of_median : float
        Share of the median below which a repertoire sets no level: for the sake of one that
        failed, all others would be thinned to next to nothing.

    Examples
    --------
    >>> common_level([9_000, 12_000, 15_000, 60], least_of_median=0.25)
    9000
    """
    known = list(levels)
    if not known:
        return None
    least = least_of_median * median(known)
    return min(level for level in known if level >= least)
