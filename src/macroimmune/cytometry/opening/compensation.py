"""Which spillover matrix takes the light of other dyes out of each channel."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.errors import InputError
from macroimmune.formats import Spillover
from macroimmune.study.panels.detector import bare_detector

__all__ = ["Compensation", "compensation_of", "no_compensation", "shares_of_spillover"]

# Inverting loses as many digits as this has; single precision has seven.
_WORST_CONDITION = 1e5
_PERCENT = 100.0


@dataclass(frozen=True, slots=True, eq=False)
class Compensation:
    """What is done about spillover.

    Parameters
    ----------
    columns : int array, shape (dyes,)
        Channels that are compensated, empty where none is.
    inverse : float array, shape (dyes, dyes)
        Compensated events are events[:, columns] @ inverse.
    words : str
        What was applied, or none and why.
    remarks : tuple of str
        What the reader should know of it.
    """

    columns: NDArray[np.int64]
    inverse: NDArray[np.float64]
    words: str
    remarks: tuple[str, ...] = ()

    @property
    def is_applied(self) -> bool:
        """Whether any channel is compensated."""
        return self.columns.size > 0


def compensation_of(
    names: Sequence[str],
    antigens: Sequence[str],
    spillover: Spillover | None,
    linear: Sequence[int],
    place: str,
) -> Compensation:
    """Return how the channels of a fluorescence file are compensated.

    Parameters
    ----------
    names, antigens : sequence of str, one per channel
        $PnN and $PnS.
    spillover : Spillover or None
        Of the file, or given by the user.
    linear : sequence of int
        Channels that are no dye: time and scatter.
    place : str
        The file, for messages.

    Returns
    -------
    compensation : Compensation

    Raises
    ------
    InputError
        If the matrix names a channel that the file lacks, or cannot be inverted.

    Notes
    -----
    Convention: rows are dyes, columns detectors; measured = true @ matrix. A matrix that only has
    its diagonal changes nothing and is none. A diagonal of 100 is percent. Channels named Comp-,
    FJComp- or <...> are compensated already, and no matrix is applied to their file.
    """
    done = [name for name in names if bare_detector(name) != name.strip()]
    if done:
        words = f"none: channels such as {done[0]} are compensated already"
        return no_compensation(words, (words,) if spillover else ())
    if spillover is None:
        words = "none: the file has no spillover matrix"
        return no_compensation(words, (words.removeprefix("none: "),))
    if spillover.keyword == "$COMP" and set(range(len(spillover.names))) & set(linear):
        words = "none: $COMP names no channels, and the first ones are not all dyes"
        return no_compensation(words, (words,))
    matrix, remarks = shares_of_spillover(spillover.matrix)
    if np.array_equal(matrix, np.eye(len(matrix))):
        return no_compensation(f"none: {spillover.keyword} is an identity matrix")
    columns, found = _matched(spillover.names, names, antigens, place)
    return Compensation(
        columns,
        _inverse(matrix, spillover, place),
        f"{spillover.keyword}, {len(columns)} channels",
        remarks + found,
    )


def no_compensation(words: str, remarks: tuple[str, ...] = ()) -> Compensation:
    """Return that nothing is compensated, and why."""
    return Compensation(np.empty(0, np.int64), np.empty((0, 0)), words, remarks)


def shares_of_spillover(matrix: NDArray[np.float64]) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """Return a matrix as shares, and what was done for it."""
    if np.allclose(np.diag(matrix), _PERCENT):
        return matrix / _PERCENT, ("the spillover matrix is in percent and was divided by 100",)
    return matrix, ()


def _matched(
    dyes: Sequence[str], names: Sequence[str], antigens: Sequence[str], place: str
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Return the column of each dye: by name, by name without case and spaces, label, number.

    Raises
    ------
    InputError
        If a dye has no channel, or two have one.
    """
    ways = (
        ("", list(names), list(dyes)),
        ("without case and spaces", [_plain(name) for name in names], [_plain(d) for d in dyes]),
        ("by $PnS", [_plain(label) for label in antigens], [_plain(dye) for dye in dyes]),
        ("by number", [str(k) for k in range(1, len(names) + 1)], [dye.strip() for dye in dyes]),
    )
    for way, channels, wanted in ways:
        if set(wanted) <= set(channels) and len(set(wanted)) == len(wanted):
            columns = np.array([channels.index(dye) for dye in wanted], np.int64)
            return columns, (f"channels of the spillover matrix found {way}",) if way else ()
    lacking = [dye for dye in dyes if dye not in names] or list(dyes)
    msg = (
        f"{place}: the spillover matrix names {', '.join(lacking[:5])}; expected channels of the "
        f"file, each once: {', '.join(names[:8])} ...; give the matrix of this panel"
    )
    raise InputError(msg)


def _plain(name: str) -> str:
    return "".join(name.split()).casefold()


def _inverse(matrix: NDArray[np.float64], spillover: Spillover, place: str) -> NDArray[np.float64]:
    condition = float(np.linalg.cond(matrix))
    if not condition < _WORST_CONDITION:
        msg = (
            f"{place}: {spillover.keyword} cannot be inverted (condition {condition:.1e}): two "
            "dyes look alike in every detector; expected a matrix with a condition below "
            f"{_WORST_CONDITION:.0e}; measure the single stains again or give another matrix"
        )
        raise InputError(msg)
    return np.asarray(np.linalg.inv(matrix))
