"""Ratios of two populations of one file: neutrophils to lymphocytes, CD4 to CD8 T cells."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from macroimmune.cytometry.gated import PopulationRatio
from macroimmune.cytometry.gating.share_intervals import share_intervals

__all__ = ["CD4_CD8", "NEUTROPHIL_LYMPHOCYTE", "population_ratios"]

CD4_CD8 = "CD4:CD8 ratio"
NEUTROPHIL_LYMPHOCYTE = "neutrophil:lymphocyte ratio, cytometry"
_RATIOS = {
    CD4_CD8: ("cd4_t", "cd8_t"),
    NEUTROPHIL_LYMPHOCYTE: ("neutrophils", "lymphocytes"),
}
_LEAST_CELLS = 20


def population_ratios(
    names: Sequence[str],
    counts: NDArray[np.int64],
    moved: NDArray[np.int64],
    leaked: NDArray[np.float64],
    statuses: Sequence[str],
    has_share: NDArray[np.bool_],
) -> tuple[PopulationRatio, ...]:
    """Return the ratios of which the file shows both populations.

    Parameters
    ----------
    names : sequence of str
        Populations.
    counts : int array, shape (populations + 1,)
        Of cells; the last is that of all cells, as in `moved`.
    moved : int array, shape (2 x thresholds, populations + 1)
        With one threshold moved by its standard error, down and up in turn.
    leaked : float array, shape (populations,)
        Cells that a population lacks on account of overlap.
    statuses : sequence of str
        Of each population.
    has_share : bool array, shape (populations,)
        Whether the population could be told.

    Returns
    -------
    ratios : tuple of PopulationRatio

    Notes
    -----
    Convention: the logarithm of a ratio is the logit of the share of the first in both together,
    so that its interval is that of such a share, on the scale of the logarithm; see
    `share_intervals`. At least 20 cells in both together, and one in the second.

    Examples
    --------
    >>> counts, moved = np.array([600, 300, 1000]), np.array([[600, 300, 1000]] * 2)
    >>> (one,) = population_ratios(
    ...     ("cd4_t", "cd8_t"), counts, moved, np.zeros(2), ("", ""), np.ones(2, bool)
    ... )
    >>> one.value, round(one.ci_low, 2), round(one.ci_high, 2)
    (2.0, 1.74, 2.3)
    """
    place = {name: number for number, name in enumerate(names)}
    found = []
    for ratio, (first, second) in _RATIOS.items():
        if first not in place or second not in place:
            continue
        a, b = place[first], place[second]
        pair = counts[[a]] + counts[[b]]
        changed = moved[:, [a]] + moved[:, [b]]
        # Share of the first with what both lack, as cells of the whole as it was counted.
        whole = np.maximum(pair + leaked[[a]] + leaked[[b]], 1.0)
        lacking = (leaked[[a]] * counts[[b]] - leaked[[b]] * counts[[a]]) / whole
        low, high = share_intervals(counts[[a]], pair, moved[:, [a]], changed, lacking)[1:3, 0]
        untold = [f"{names[one]}: {statuses[one]}" for one in (a, b) if not has_share[one]]
        remarks = [statuses[one] for one in (a, b) if statuses[one]]
        status = "; ".join(untold) or _too_few(int(counts[a]), int(counts[b]), second)
        given = not status
        found.append(
            PopulationRatio(
                name=ratio,
                numerator=first,
                denominator=second,
                n_numerator=int(counts[a]),
                n_denominator=int(counts[b]),
                value=float(counts[a] / counts[b]) if given else np.nan,
                ci_low=float(low / (1 - low)) if given else np.nan,
                ci_high=float(high / (1 - high)) if given else np.nan,
                status=status or "; ".join(dict.fromkeys(remarks)),
            )
        )
    return tuple(found)


def _too_few(n_first: int, n_second: int, second: str) -> str:
    if n_first + n_second < _LEAST_CELLS:
        return f"{n_first + n_second} cells in both populations; a ratio needs {_LEAST_CELLS}"
    return "" if n_second else f"no cell of {second}"
