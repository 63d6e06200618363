"""What bridging controls tell of the variance that batches bring into each pair of wells."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from macroimmune.response.batch_variance import (
    BatchVariance,
    ControlDifference,
    added_variance,
    batch_variances,
)
from macroimmune.response.cell_minima import LEAST_CELLS
from macroimmune.response.well import MarkerLevels, WellResponse

__all__ = ["ACROSS_NOT_INCLUDED", "NOT_INCLUDED", "BetweenBatches", "between_batches"]

NOT_INCLUDED = "batch not included: no bridging control shows this answer in two batches"
ACROSS_NOT_INCLUDED = (
    "batch not included, and these wells are of two: no bridging control shows both in two batches"
)
Row = Mapping[str, Any]
_STIMULUS = ("panel", "stimulus", "stimulus_minutes", "stimulus_dose", "stimulus_dose_unit")
_DIFFERENCE, _UNSTIMULATED, _STIMULATED = "difference", "unstimulated", "stimulated"


@dataclass(frozen=True, slots=True, eq=False)
class BetweenBatches:
    """The variances between batches of the differences in a study.

    Parameters
    ----------
    found : mapping from key to BatchVariance
    """

    found: Mapping[tuple[object, ...], BatchVariance]

    def of(self, row: Row, population: str, marker: str) -> BatchVariance | None:
        """Return that of one pair of wells, population and marker; None where it is not known.

        Notes
        -----
        Convention: in a pair of one batch what acts on both wells alike cancels, so it is the
        variance of the difference; in a pair of two batches nothing cancels, so it is the sum of
        those of both wells' levels.
        """
        key = _key(row, population, marker)
        if row["same_batch"]:
            return self.found.get((*key, _DIFFERENCE))
        one, other = (self.found.get((*key, which)) for which in (_UNSTIMULATED, _STIMULATED))
        return None if one is None or other is None else added_variance(one, other)

    @staticmethod
    def unknown(row: Row) -> str:
        """Say that the variance of a pair of wells is not known."""
        return NOT_INCLUDED if row["same_batch"] else ACROSS_NOT_INCLUDED


def between_batches(rows: Sequence[Row], read: Callable[[str], WellResponse]) -> BetweenBatches:
    """Return what the bridging controls of a study tell.

    Parameters
    ----------
    rows : sequence of mappings
        Of `stimulation_pairs`, with a partner each. Controls whose batch is not known, or whose
        wells are of two batches, tell nothing.
    read : callable from file to WellResponse
    """
    is_across = any(not row["same_batch"] for row in rows)
    return BetweenBatches(batch_variances(_of_controls(rows, read, levels=is_across)))


def _key(row: Row, population: str, marker: str) -> tuple[object, ...]:
    return (*(row[name] for name in _STIMULUS), population, marker)


def _of_controls(
    rows: Sequence[Row], read: Callable[[str], WellResponse], *, levels: bool
) -> Iterator[ControlDifference]:
    """Yield the differences of the controls, and the levels of both wells where these are asked."""
    for row in rows:
        if not row["control"] or not row["batch"] or not row["same_batch"]:
            continue
        before, after = read(row["unstimulated_file"]), read(row["stimulated_file"])
        if before.unit != after.unit:
            continue
        for (population, marker), one in before.levels.items():
            other = after.levels.get((population, marker))
            if other is None or min(one.n_cells, other.n_cells) < LEAST_CELLS:
                continue
            key = _key(row, population, marker)
            errors = _error(one), _error(other)
            of = row["control"], row["batch"]
            difference = other.mean - one.mean
            yield ControlDifference(*of, (*key, _DIFFERENCE), difference, sum(errors))
            if levels:
                yield ControlDifference(*of, (*key, _UNSTIMULATED), one.mean, errors[0])
                yield ControlDifference(*of, (*key, _STIMULATED), other.mean, errors[1])


def _error(levels: MarkerLevels) -> float:
    """Return the variance of a mean that cells and thresholds bring."""
    drawn = levels.drawn_means
    of_thresholds = float(np.var(drawn, ddof=1)) if drawn.size > 1 else 0.0
    return levels.variance / levels.n_cells + of_thresholds
