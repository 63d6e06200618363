"""Ridge regression of one training fold, for many responses at once, in the space of its rows.

Missing values, scaling and the penalty are settled on the training rows alone. With the centred
and scaled predictors Z of n training rows, only the n x n matrix Z Z' = U S U' is needed, however
many predictors there are, and it is the same for every response: the response itself and all its
permutations.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["RidgeFold", "ridge_fold"]

Values = NDArray[np.float64]
Places = NDArray[np.intp]
# Directions with less than this share of the largest are rounding, not data.
_LEAST_SHARE = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class RidgeFold:
    """What a training fold says of its predictors, ready for any response.

    Parameters
    ----------
    train, test : int arrays
        Rows.
    blocks : tuple of int arrays, each of shape (groups, size)
        Rows of the training groups, numbered within `train`, by size of the group.
    vectors : float array, shape (training rows, rank)
        U: directions in which the predictors differ.
    squares : float array, shape (rank,)
        S: how much they differ in each.
    test_scores : float array, shape (test rows, rank)
        Z of the test rows times Z' U.
    directions : float array, shape (predictors, rank)
        Z' U.
    centres, scales : float arrays, shape (predictors,)
        Mean and SD of the training rows; the SD is infinite where a predictor is constant there.
    lowest, highest : float arrays, shape (predictors,)
        Of the training rows; values of other rows beyond them are taken as these.
    """

    train: Places
    test: Places
    blocks: tuple[Places, ...]
    vectors: Values
    squares: Values
    test_scores: Values
    directions: Values
    centres: Values
    scales: Values
    lowest: Values
    highest: Values

    def within(self, values: Values) -> Values:
        """Return values of predictors, those beyond the training rows at their ends."""
        return np.asarray(np.clip(values, self.lowest, self.highest))

    def chosen_penalties(self, centred: Values, penalties: Values) -> Places:
        """Return which penalty leaves the least error where one group is left out at a time.

        Parameters
        ----------
        centred : float array, shape (training rows, responses)
        penalties : float array, shape (penalties,)

        Returns
        -------
        chosen : int array, shape (responses,)
            Of equal ones the first.

        Notes
        -----
        Convention: exact without refitting: with the hat matrix H, intercept included, the errors
        of a group that is left out are (I - H_gg)^-1 times its residuals.
        """
        seen = self.vectors.T @ centred
        squared = np.empty((penalties.size, centred.shape[1]))
        for place, penalty in enumerate(penalties.tolist()):
            shrunk = self.vectors * (self.squares / (self.squares + penalty))
            squared[place] = sum(
                self._left_out(centred, shrunk, seen, rows) for rows in self.blocks
            )
        return np.asarray(np.argmin(squared, axis=0))

    def _left_out(self, centred: Values, shrunk: Values, seen: Values, rows: Places) -> Values:
        """Return the sum of squared errors of groups of one size, each left out in turn."""
        size, share = rows.shape[1], 1.0 / self.train.size
        own = shrunk[rows]
        hat = share + np.einsum("gij,gkj->gik", own, self.vectors[rows])
        inflate = np.linalg.inv(np.eye(size) - hat)
        if size == 1:
            factor = inflate[:, :, 0]
            errors = centred[rows[:, 0]] * factor
            errors -= (own[:, 0] * factor) @ seen
        else:
            errors = np.concatenate(inflate @ (centred[rows] - own @ seen))
        return np.asarray(np.einsum("ij,ij->j", errors, errors))

    def predicted(self, centred: Values, penalties: Values) -> Values:
        """Return predictions of the test rows, from the mean of the training rows.

        Parameters
        ----------
        centred : float array, shape (training rows, responses)
        penalties : float array, shape (responses,)
        """
        return self.test_scores @ self._weights(centred, penalties)

    def coefficients(self, centred: Values, penalties: Values) -> Values:
        """Return coefficients per SD of each predictor, shape (predictors, responses)."""
        return self.directions @ self._weights(centred, penalties)

    def _weights(self, centred: Values, penalties: Values) -> Values:
        return (self.vectors.T @ centred) / (self.squares[:, None] + penalties)


def ridge_fold(predictors: Values, groups: Places, test: NDArray[np.bool_]) -> RidgeFold:
    """Return a training fold: every row that is not in `test`.

    Parameters
    ----------
    predictors : float array, shape (rows, predictors)
        Missing values are NaN; they become the mean of the training rows.
    groups : int array, shape (rows,)
    test : bool array, shape (rows,)

    Notes
    -----
    Convention: SDs divide by n and are taken after missing values are filled in. A held-out value
    beyond all training values is taken as the nearest of them: one person far from the others,
    measured by the small SD of the others, would be predicted far beyond any response.
    """
    train, tested = np.flatnonzero(~test), np.flatnonzero(test)
    given = predictors[train]
    seen = ~np.isnan(given)
    counts = seen.sum(axis=0)
    centres = np.where(seen, given, 0.0).sum(axis=0) / np.maximum(counts, 1)
    filled = np.where(seen, given - centres, 0.0)
    filled -= filled.mean(axis=0)
    spread = np.sqrt(np.mean(filled**2, axis=0))
    varies = spread > 1e-10 * np.maximum(1.0, np.abs(centres))
    scales = np.where(varies, spread, np.inf)
    z = filled / scales
    vectors, squares = _directions(z)
    directions = z.T @ vectors
    lowest = np.where(seen, given, np.inf).min(axis=0, initial=np.inf)
    highest = np.where(seen, given, -np.inf).max(axis=0, initial=-np.inf)
    lowest, highest = np.where(counts, lowest, 0.0), np.where(counts, highest, 0.0)
    inside = np.clip(predictors[tested], lowest, highest)
    tested_z = np.nan_to_num(inside - centres) / scales
    return RidgeFold(
        train,
        tested,
        _blocks(groups[train]),
        vectors,
        squares,
        tested_z @ directions,
        directions,
        centres,
        scales,
        lowest,
        highest,
    )


def _directions(z: Values) -> tuple[Values, Values]:
    """Return the eigenvectors and eigenvalues of Z Z' that are not zero."""
    if z.shape[1] < z.shape[0]:
        vectors, singular, _ = np.linalg.svd(z, full_matrices=False)
        squares = singular**2
    else:
        squares, vectors = np.linalg.eigh(z @ z.T)
    kept = squares > _LEAST_SHARE * squares.max(initial=0.0)
    return np.ascontiguousarray(vectors[:, kept]), squares[kept]


def _blocks(groups: Places) -> tuple[Places, ...]:
    """Return the rows of groups, an array of shape (groups, size) for each size."""
    order = np.argsort(groups, kind="stable")
    _, counts = np.unique(groups, return_counts=True)
    starts = np.cumsum(counts) - counts
    return tuple(
        np.stack([order[start : start + size] for start in starts[counts == size]])
        for size in np.unique(counts)
    )
