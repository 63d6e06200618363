"""By how much shares of rare clones moved between two draws, beyond what libraries explain."""

from dataclasses import dataclass

import numpy as np

from macroimmune.repertoires.changes.pair_counts import PairCounts
from macroimmune.statistics import kept_dispersion, kept_ratio

__all__ = ["DrawDispersion", "draw_dispersion"]

# Of what is beyond libraries: how well it is that of the still rarer clones is not known.
_RELATIVE_ERROR = 0.5
_UNKNOWN = (
    "by how much clones move between the draws cannot be told (too few are in both) and is taken "
    "as none"
)


@dataclass(frozen=True, slots=True)
class DrawDispersion:
    """Squared SD over mean of a clone's share at a draw, libraries included.

    Parameters
    ----------
    value, error : float
        With its standard error; none where the draws differ by no more than libraries do.
    status : str
        Why it is that of libraries alone.
    """

    value: float
    error: float
    status: str


def draw_dispersion(counts: PairCounts, *, of_libraries: float) -> DrawDispersion:
    """Return the over-dispersion between two draws, from the rare clones that both hold.

    Parameters
    ----------
    counts : PairCounts
    of_libraries : float
        At least that much it is.

    Notes
    -----
    Convention: drift of single clones and shifts among their populations are not told apart. That
    clones seen once or twice move like those counted some ten times is assumed, with a standard
    error of half of what is beyond libraries (assumed too), beside that of the estimate.
    """
    before, after = counts.before.astype(float), counts.after.astype(float)
    if not before.sum() or not after.sum():
        return DrawDispersion(of_libraries, 0.0, "")
    ratio = kept_ratio(before, after, dispersion=of_libraries).ratio
    found, error = kept_dispersion(before, after, ratio=ratio)
    if not np.isfinite(found):
        return DrawDispersion(of_libraries, 0.0, _UNKNOWN)
    beyond = max(found - of_libraries, 0.0)
    spread = float(np.hypot(_RELATIVE_ERROR * beyond, error)) if beyond else 0.0
    return DrawDispersion(of_libraries + beyond, spread, "")
