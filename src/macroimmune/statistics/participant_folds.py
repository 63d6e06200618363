"""Folds for cross-validation in which a participant is whole, and outcomes are spread evenly."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from macroimmune.errors import DesignError, InputError
from macroimmune.statistics.covariates import label_codes
from macroimmune.statistics.logistic import checked_outcome

__all__ = ["checked_folds", "first_rows", "participant_folds"]


def participant_folds(
    outcome: NDArray[np.bool_],
    *,
    n_folds: int,
    repeats: int,
    rng: np.random.Generator,
    participants: ArrayLike | None = None,
) -> NDArray[np.intp]:
    """Return the fold of each row, drawn anew for each repeat.

    Parameters
    ----------
    outcome : bool array, shape (rows,)
        What the folds are balanced for: the outcome, or whether the event was seen.
    n_folds : int
        Two or more; as many as participants leaves one out at a time.
    repeats : int
        How often participants are dealt anew.
    rng : numpy Generator
    participants : int or text array, shape (rows,), or None
        Whom each row belongs to; each row is a participant where none are given.

    Returns
    -------
    folds : int array, shape (repeats, rows)
        0 ... n_folds - 1; all rows of a participant are in one fold.

    Raises
    ------
    InputError
        If shapes do not match, or there are fewer participants than folds.

    Notes
    -----
    Convention: participants with a True in any of their rows, and the others, are shuffled and
    dealt out one after another, so sizes and numbers of events differ by at most one between
    folds. Checked against: its laws, by property tests.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> y = np.array([True, True, False, False])
    >>> folds = participant_folds(y, n_folds=2, repeats=1, rng=rng)[0]
    >>> sorted(folds[y].tolist()), sorted(folds[~y].tolist())
    ([0, 1], [0, 1])
    """
    cases = checked_outcome(outcome)
    codes = _codes(participants, cases.size)
    n = int(codes.max(initial=-1)) + 1
    if n_folds < 2 or repeats < 1 or n_folds > n:
        msg = (
            f"{n_folds} folds, {repeats} repeats and {n} participants: two or more folds, at most "
            "one per participant, and one or more repeats are needed"
        )
        raise InputError(msg)
    is_case = np.bincount(codes, cases, n) > 0
    folds = np.empty((repeats, cases.size), dtype=np.intp)
    for repeat in range(repeats):
        shuffled = rng.permutation(n)
        dealt = np.concatenate([shuffled[is_case[shuffled]], shuffled[~is_case[shuffled]]])
        of_participant = np.empty(n, dtype=np.intp)
        of_participant[dealt] = np.arange(n) % n_folds
        folds[repeat] = of_participant[codes]
    return folds


def checked_folds(
    folds: ArrayLike, n: int, participants: ArrayLike | None
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return folds and participant codes, or refuse folds that tear a participant apart.

    Parameters
    ----------
    folds : int array, shape (repeats, rows) or (rows,)
    n : int
        Rows.
    participants : int or text array, shape (rows,), or None

    Returns
    -------
    folds : int array, shape (repeats, rows)
    codes : int array, shape (rows,)

    Raises
    ------
    InputError
        If shapes do not match, or all rows are in one fold.
    DesignError
        If rows of one participant are in different folds.
    """
    given = np.atleast_2d(np.asarray(folds))
    codes = _codes(participants, n)
    if given.dtype.kind not in "iu" or given.shape[1:] != (n,):
        msg = f"one whole number per row and repeat: {n} rows, folds {given.shape} {given.dtype}"
        raise InputError(msg)
    if not n or (given == given[:, :1]).all(axis=1).any():
        msg = "all rows are in one fold (or there are none): nobody is left to fit the model"
        raise InputError(msg)
    first = first_rows(codes)
    torn = given != given[:, first][:, codes]
    if torn.any():
        row = int(np.flatnonzero(torn.any(axis=0))[0])
        who = row if participants is None else np.asarray(participants)[row]
        msg = (
            f"rows of participant {who} are in different folds: what the model learned from one "
            "would be tested on the other; use `participant_folds`"
        )
        raise DesignError(msg)
    return given.astype(np.intp), codes


def first_rows(codes: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the first row of each participant, shape (participants,), in the order of codes."""
    return np.unique(codes, return_index=True)[1]


def _codes(participants: ArrayLike | None, n: int) -> NDArray[np.intp]:
    """Return the number of the participant that each row belongs to."""
    if participants is None:
        return np.arange(n)
    return label_codes(participants, n, "participant")[0]
