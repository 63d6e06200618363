"""Markers that all cells seem to have, though other markers tell that many should lack them."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from macroimmune.cytometry.gated import Threshold
from macroimmune.cytometry.gating.marker_thresholds import IS_ONE_POPULATION
from macroimmune.cytometry.gating.sign_tests import NodeTests

__all__ = ["without_unspecific"]

# A group of this share of the cells would be seen apart, if it lacked the marker.
_SEEN_APART = 0.1


def without_unspecific(
    given: Sequence[Threshold],
    asked: Sequence[NodeTests],
    members: NDArray[np.bool_],
    names: Sequence[str],
) -> list[Threshold]:
    """Return the thresholds, those of markers that are on cells which should lack them missing.

    Parameters
    ----------
    given : sequence of Threshold
    asked : sequence of NodeTests, one per population
        With all their signs.
    members : bool array, shape (populations, cells)
        By `separating` tests.
    names : sequence of str
        Of the populations.

    Returns
    -------
    thresholds : list of Threshold
        With a value of NaN, and `status` that names the populations.

    Notes
    -----
    Convention: a marker with one population, all of it positive, may be on all cells: of T cells
    that were sorted, CD3. But if populations of which it should exclude cells are at least 10 % of
    the cells among which it is looked at, it does not tell cells that have it either.
    """
    result = list(given)
    for cut, one in enumerate(given):
        if one.status not in IS_ONE_POPULATION or np.isnan(one.value):
            continue
        lacking = [place for place, tests in enumerate(asked) if cut in tests.spared]
        n_parent = _n_parent(asked, members, lacking)
        share = members[lacking].any(axis=0).sum() / max(n_parent, 1)
        if share >= _SEEN_APART:
            largest = max(lacking, key=lambda place: int(members[place].sum()))
            told = (
                f"no separation seen, though {100 * share:.0f} % of {one.within or 'all cells'} "
                f"should lack it by other markers, {names[largest]} first"
            )
            result[cut] = replace(one, value=float("nan"), status=told)
    return result


def _n_parent(asked: Sequence[NodeTests], members: NDArray[np.bool_], places: Sequence[int]) -> int:
    """Return how many cells there are among which populations of one parent are told."""
    parent = asked[places[0]].parent if places else -1
    return int(members[parent].sum()) if parent >= 0 else members.shape[1]
