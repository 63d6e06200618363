"""Expansion of the clones of a population, and their spread over tissues or populations.

Expansion: the clones of n cells have sizes; one minus their entropy over the largest that so many
clones could have. Spread: every clone has an entropy over places, and its mean over the cells of
the population is the index: over tissues it is called migration, over populations transition.

All of these follow the number of cells. Beside each index stands therefore what labels that are
shuffled among the cells of each sample give: the same clones, and as many cells of every label.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from macroimmune.errors import InputError
from macroimmune.repertoires.cells.clone_loops import clone_parts, shuffled_sums
from macroimmune.statistics.covariates import check_confidence

__all__ = ["CloneIndices", "CloneQuestion", "clone_indices"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

CONVENTION = (
    "expansion = 1 - H / log(clones); spread = mean over cells of the entropy of their clone over "
    "places / log(places); interval: clones resampled with all their cells; p: shuffles at or above"
)
# Labels of so many cells are shuffled at a time.
_AT_A_TIME = 8_000_000
# Of sums of logarithms that are equal but for the order in which they were added.
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class CloneQuestion:
    """Which cells an index is of, and over which places it is taken.

    Parameters
    ----------
    is_of : bool array, shape (strata, labels)
        Whether a cell of this stratum and label belongs to the population; in the order of the
        codes, the last label for cells without one.
    place : int array, shape (strata, labels), or None
        For spread: the place of such a cell, -1 where it has none. None for expansion.
    n_places : int
        Places of which one can be taken; the largest entropy is their logarithm.
    """

    is_of: NDArray[np.bool_]
    place: Whole | None = None
    n_places: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class CloneIndices:
    """An index per question; NaN where `status` says why there is none.

    Parameters
    ----------
    n_cells, n_clones : int array, shape (questions,)
        Cells of the population, and their clones.
    value, ci_low, ci_high : float array, shape (questions,)
        Between 0 and 1.
    expected, p_value : float array, shape (questions,)
        Mean of shuffled labels, and the share of shuffles with at least the index; NaN where
        shuffling changes nothing.
    status : tuple of str
    method, convention : str
    """

    n_cells: Whole
    n_clones: Whole
    value: Floats
    ci_low: Floats
    ci_high: Floats
    expected: Floats
    p_value: Floats
    status: tuple[str, ...]
    method: str
    convention: str


def clone_indices(
    clones: ArrayLike,
    strata: ArrayLike,
    labels: ArrayLike,
    questions: Sequence[CloneQuestion],
    *,
    rng: np.random.Generator,
    shuffles: int = 1_000,
    resamples: int = 1_000,
    confidence: float = 0.95,
) -> CloneIndices:
    """Return expansion and spread of the clones of cells.

    Parameters
    ----------
    clones, strata, labels : int array, shape (cells,)
        Codes from 0 of each cell's clone, of its sample, and of its label; the last label of the
        questions means none.
    questions : sequence of CloneQuestion
    rng : numpy Generator
    shuffles, resamples : int
        Of labels among the labelled cells of each stratum, and of clones.
    confidence : float

    Returns
    -------
    indices : CloneIndices

    Raises
    ------
    InputError
        If codes and tables do not fit each other.

    Notes
    -----
    Convention: the indices of STARTRAC (Zhang et al., Nature 2018;564:268-272); entropies over
    their largest value, which the published spread in bits is not, so that any number of places
    gives 0 to 1. Its shuffles are of clones among all cells; here labels are shuffled within each
    sample, so that tissues and their numbers of cells stay. Intervals are of clones as drawn from
    many, within one person. Checked against: hand calculation, loops over clones.

    Examples
    --------
    >>> every = np.array([[True, False], [True, False]])
    >>> tissue = np.array([[0, 0], [1, 1]])
    >>> found = clone_indices(
    ...     [0, 0, 0, 1], [0, 0, 1, 1], [0, 0, 0, 0],
    ...     [CloneQuestion(every), CloneQuestion(every, tissue, 2)],
    ...     rng=np.random.default_rng(1),
    ... )
    >>> found.value.round(4).tolist()
    [0.1887, 0.6887]
    """
    check_confidence(confidence)
    cells = _checked(clones, strata, labels, questions)
    asked = _Asked(questions, len(cells.clones))
    parts = _Parts.of(cells, asked)
    value = asked.indices(*parts.totals())
    low, high = _interval(parts, asked, resamples, confidence, rng)
    expected, p_value = _shuffled(cells, asked, parts.n_cells, value, shuffles, rng)
    statuses = tuple(
        _status(int(n), int(k), is_size=bool(is_size))
        for n, k, is_size in zip(parts.n_cells, parts.n_clones, asked.is_size, strict=True)
    )
    bad = ~np.isfinite(value)
    for column in (low, high, expected, p_value):
        column[bad] = np.nan
    return CloneIndices(
        n_cells=parts.n_cells.astype(np.int64),
        n_clones=parts.n_clones.astype(np.int64),
        value=value,
        ci_low=low,
        ci_high=high,
        expected=expected,
        p_value=p_value,
        status=statuses,
        method="indices of clones, shuffled labels",
        convention=CONVENTION,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Cells:
    """Cells in the order of their clones."""

    clones: Whole
    strata: Whole
    labels: Whole

    def starts(self) -> Whole:
        """Return where each clone begins, and the end."""
        if not self.clones.size:
            return np.zeros(1, np.int64)
        begins = np.flatnonzero(np.diff(self.clones, prepend=-1))
        return np.append(begins, self.clones.size).astype(np.int64)


def _checked(
    clones: ArrayLike, strata: ArrayLike, labels: ArrayLike, questions: Sequence[CloneQuestion]
) -> _Cells:
    given = [np.asarray(one, dtype=np.int64) for one in (clones, strata, labels)]
    if any(one.ndim != 1 or one.shape != given[0].shape for one in given):
        shapes = ", ".join(str(one.shape) for one in given)
        msg = f"one clone, stratum and label per cell: shapes {shapes}"
        raise InputError(msg)
    shapes_of = {question.is_of.shape for question in questions}
    if len(shapes_of) != 1:
        msg = f"questions of one number of strata and labels: found {sorted(shapes_of)}"
        raise InputError(msg)
    limits = (np.iinfo(np.int64).max, *shapes_of.pop())
    for name, codes, limit in zip(("clones", "strata", "labels"), given, limits, strict=True):
        if codes.size and (codes.min() < 0 or codes.max() >= limit):
            msg = f"codes of {name} from 0 to {limit - 1}: found {codes.min()} to {codes.max()}"
            raise InputError(msg)
    order = np.argsort(given[0], kind="stable")
    return _Cells(*(one[order] for one in given))


class _Asked:
    """The questions as lists for the loops, and the formulas of their indices."""

    def __init__(self, questions: Sequence[CloneQuestion], n_cells: int) -> None:
        is_of = np.array([question.is_of.ravel() for question in questions], dtype=np.bool_)
        self.n_labels = questions[0].is_of.shape[1]
        self.is_size = np.array([question.place is None for question in questions])
        self.n_places = np.array([question.n_places for question in questions], dtype=float)
        # Many questions are taken over the same places, which are gone through once.
        tables: dict[bytes, Whole] = {}
        partition = np.full(len(questions), -1)
        for k, question in enumerate(questions):
            if question.place is not None:
                table = np.asarray(question.place, dtype=np.int64).ravel()
                tables.setdefault(table.tobytes(), table)
                partition[k] = list(tables).index(table.tobytes())
        place = np.array([*tables.values()], dtype=np.int64).reshape(-1, is_of.shape[1])
        of_kind, of = np.nonzero(is_of.T)
        place_kind, which = np.nonzero(place.T >= 0)
        ends = np.arange(is_of.shape[1] + 1)
        self.lists = (
            np.searchsorted(of_kind, ends),
            of,
            np.searchsorted(place_kind, ends),
            np.column_stack([which, place[which, place_kind]]),
            partition,
            np.append(place.max(axis=1, initial=-1) + 1, 0),
        )
        size = np.arange(n_cells + 1, dtype=float)
        self.log_sizes = size * np.log(np.maximum(size, 1.0))

    def indices(self, sums: Floats, n_cells: Floats, n_clones: Floats) -> Floats:
        """Return the indices from sums over clones, cells and clones, questions last."""
        with np.errstate(invalid="ignore", divide="ignore"):
            expansion = 1.0 - (np.log(n_cells) - sums / n_cells) / np.log(n_clones)
            spread = sums / n_cells / np.log(self.n_places)
        found = np.where(self.is_size, expansion, spread)
        # Of sizes that are all equal what is left is rounding.
        found = np.where(found < _ROUNDING, 0.0, np.minimum(found, 1.0))
        return np.where(np.isfinite(found), found, np.nan)

    def parts(self, cells: _Cells, starts: Whole) -> tuple[Floats, Floats]:
        """Return what each clone adds: its sum and its cells, shape (clones, questions)."""
        shape = (len(starts) - 1, len(self.is_size))
        sums, sizes = np.zeros(shape), np.zeros(shape)
        kinds = cells.strata * self.n_labels + cells.labels
        clone_parts(kinds, starts, *self.lists, self.log_sizes, sums, sizes)
        return sums, sizes

    def shuffled(self, cells: _Cells, labels: NDArray[np.int32]) -> tuple[Floats, Floats]:
        """Return sums over clones and repeats, shape (shuffles, questions)."""
        sums, repeats = np.zeros((2, len(labels), len(self.is_size)))
        kinds = cells.strata.astype(np.int32) * self.n_labels + labels
        shuffled_sums(kinds, cells.starts(), *self.lists, self.log_sizes, sums, repeats)
        return sums, repeats


@dataclass(frozen=True, slots=True, eq=False)
class _Parts:
    """What clones add to each question; those of one cell that are alike stand once."""

    sums: Floats
    sizes: Floats
    times: Whole

    @classmethod
    def of(cls, cells: _Cells, asked: _Asked) -> "_Parts":
        starts = cells.starts()
        single = np.diff(starts) == 1
        first = starts[:-1][single]
        alike, at, times = np.unique(
            np.column_stack([cells.strata[first], cells.labels[first]]),
            axis=0, return_index=True, return_counts=True,
        )  # fmt: skip
        several = ~np.isin(cells.clones, cells.clones[first])
        keep = np.concatenate([np.flatnonzero(several), first[at]])
        kept = _Cells(cells.clones[keep], cells.strata[keep], cells.labels[keep])
        sums, sizes = asked.parts(kept, kept.starts())
        n_several = len(sums) - len(alike)
        return cls(sums, sizes, np.concatenate([np.ones(n_several, np.int64), times]))

    @property
    def n_cells(self) -> Floats:
        return np.asarray(self.times @ self.sizes)

    @property
    def n_clones(self) -> Floats:
        return np.asarray(self.times @ (self.sizes > 0))

    def totals(self) -> tuple[Floats, Floats, Floats]:
        return np.asarray(self.times @ self.sums), self.n_cells, self.n_clones


def _interval(
    parts: _Parts, asked: _Asked, resamples: int, confidence: float, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    n_clones = int(parts.times.sum())
    n_questions = len(asked.is_size)
    if not n_clones or not resamples:
        return np.full(n_questions, np.nan), np.full(n_questions, np.nan)
    drawn = rng.multinomial(n_clones, parts.times / n_clones, size=resamples).astype(float)
    found = asked.indices(
        drawn @ parts.sums, drawn @ parts.sizes, drawn @ (parts.sizes > 0).astype(float)
    )
    # A resample may hold one clone alone, or none of the population: it has no index.
    found[:, ~np.isfinite(found).any(axis=0)] = 0.0
    tail = 50.0 * (1.0 - confidence)
    low, high = np.nanpercentile(found, [tail, 100.0 - tail], axis=0)
    return low, high


def _shuffled(
    cells: _Cells,
    asked: _Asked,
    n_cells: Floats,
    value: Floats,
    shuffles: int,
    rng: np.random.Generator,
) -> tuple[Floats, Floats]:
    """Return the mean of shuffles and the share of them with at least the index."""
    total, reached, known = (np.zeros(len(value)) for _ in range(3))
    differs = np.zeros(len(value), dtype=np.bool_)
    in_clone = np.diff(cells.starts())
    several = np.repeat(in_clone > 1, in_clone)
    kept = _Cells(cells.clones[several], cells.strata[several], cells.labels[several])
    for labels in _shuffles(cells, shuffles, asked.n_labels - 1, rng):
        drawn, repeats = asked.shuffled(kept, labels[:, several])
        # How many cells a population has in a sample does not change, so clones do by repeats.
        found = asked.indices(drawn, n_cells, n_cells - repeats)
        known += np.isfinite(found).sum(axis=0)
        total += np.nan_to_num(found).sum(axis=0)
        reached += (found >= value - _ROUNDING).sum(axis=0)
        differs |= (np.abs(found - value) > _ROUNDING).any(axis=0)
    is_told = differs & (known > 0)
    known = np.maximum(known, 1.0)
    expected, p_value = total / known, (1.0 + reached) / (1.0 + known)
    return np.where(is_told, expected, np.nan), np.where(is_told, p_value, np.nan)


def _shuffles(
    cells: _Cells, shuffles: int, unlabelled: int, rng: np.random.Generator
) -> Iterator[NDArray[np.int32]]:
    """Yield labels shuffled among the labelled cells of each stratum, a row per shuffle."""
    blocks = [
        np.flatnonzero((cells.strata == stratum) & (cells.labels != unlabelled))
        for stratum in np.unique(cells.strata)
    ]
    at_a_time = max(_AT_A_TIME // max(len(cells.labels), 1), 1)
    for first in range(0, shuffles, at_a_time):
        n = min(at_a_time, shuffles - first)
        labels = np.tile(cells.labels.astype(np.int32), (n, 1))
        for block in blocks:
            labels[:, block] = rng.permuted(labels[:, block], axis=1)
        yield labels


def _status(n_cells: int, n_clones: int, *, is_size: bool) -> str:
    if not n_cells:
        return "no cells"
    if is_size and n_clones == 1:
        return "one clonotype alone has no evenness"
    return ""
