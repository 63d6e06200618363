"""What guessing scores: constant directions, and directions shuffled among groups."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.mechanism.acceptance.judgement import SIGNS, SIGNS_MET

__all__ = ["Groups", "constant_passes", "permuted_passes"]


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """The groups of claims that are scored, and which directions hold of each.

    Parameters
    ----------
    names, sections, kinds : tuple of str, one per group
    signs : (n_groups,) int array
        Place of the stated direction in `SIGNS`; -1 of a number, which has none.
    holds : (n_groups, 5) bool array
        Whether each of `SIGNS` holds of every claim of the group.
    values_hold : (n_groups,) bool array
        Whether every number of the group lies where it should; only of groups of numbers.
    """

    names: tuple[str, ...]
    sections: tuple[str, ...]
    kinds: tuple[str, ...]
    signs: NDArray[np.int64]
    holds: NDArray[np.bool_]
    values_hold: NDArray[np.bool_]

    def passes(self, signs: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return whether each group passes were its direction this one.

        Parameters
        ----------
        signs : (..., n_groups) int array
            Of groups of numbers it is not looked at.

        Returns
        -------
        passes : (..., n_groups) bool array
        """
        groups = np.arange(len(self.names))
        return np.where(self.signs < 0, self.values_hold, self.holds[groups, signs])


def constant_passes(groups: Groups, sign: str) -> NDArray[np.bool_]:
    """Return which groups pass where everything moves in one direction.

    Parameters
    ----------
    groups : Groups
    sign : {"up", "down", "unchanged"}

    Returns
    -------
    passes : (n_groups,) bool array
        Groups of numbers do not: a direction says no number.
    """
    met = [SIGNS.index(one) for one in SIGNS_MET[sign]]
    return np.isin(groups.signs, met)


def permuted_passes(
    groups: Groups, permutations: int, *, rng: np.random.Generator
) -> NDArray[np.bool_]:
    """Return which groups pass with the directions shuffled among the groups of a section.

    Parameters
    ----------
    groups : Groups
    permutations : int
    rng : numpy.random.Generator

    Returns
    -------
    passes : (permutations, n_groups) bool array

    Notes
    -----
    Convention: groups of numbers keep their result, which makes guessing look better, not worse.
    """
    shuffled = np.tile(groups.signs, (permutations, 1))
    for section in dict.fromkeys(groups.sections):
        among = np.flatnonzero(_in(groups.sections, section) & (groups.signs >= 0))
        shuffled[:, among] = rng.permuted(shuffled[:, among], axis=1)
    return groups.passes(shuffled)


def _in(sections: Sequence[str], section: str) -> NDArray[np.bool_]:
    return np.array([one == section for one in sections])
