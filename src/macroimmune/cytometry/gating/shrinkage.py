"""Thresholds of a cohort of files, each shrunk to what the others say."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from macroimmune.cytometry.gated import FileThresholds, Threshold
from macroimmune.cytometry.gating.sign_tests import ThresholdKey
from macroimmune.errors import InputError
from macroimmune.statistics.between_cohorts import restricted_variance

__all__ = ["FAR_FROM_OTHERS", "shrink_thresholds"]

# Fewer files say nothing of how files differ; a batch needs more to have a mean of its own.
_LEAST_FILES, _LEAST_IN_BATCH = 3, 5
# Files so many SD away, by median and MAD, do not count in the mean and the variance.
_FAR, _MAD_TO_SD = 4.0, 1.4826
FAR_FROM_OTHERS = "its own threshold lies far from those of the other files; drawn towards them"


def shrink_thresholds(
    files: Sequence[FileThresholds], batches: Sequence[str] | None = None
) -> tuple[FileThresholds, ...]:
    """Return the thresholds of each file, shrunk to those of the cohort.

    Parameters
    ----------
    files : sequence of FileThresholds
        Of one panel: the same markers on the same scale.
    batches : sequence of str, one per file, or None
        Which files were measured together; None: all of them.

    Returns
    -------
    files : tuple of FileThresholds
        In the same order; `own_value` and `weight` tell what the file itself said. With fewer than
        three files in which a threshold could be found, it stays as it is.

    Raises
    ------
    InputError
        If there is not one batch per file.

    Notes
    -----
    Convention: own thresholds vary around a mean with a variance between files (REML) beside their
    own; the value is the posterior mean, its weight the share of the file itself. In batches with
    at least five files of the threshold the mean is that of the batch, in others that of all
    files; the variance is that around these means. Files more than four SD away, by median and
    MAD, do not count in mean and variance; they are shrunk like the others, and told of, and
    their error reaches to the mean, as another valley may have been taken. A file in which no
    separation was seen gets the mean, with the error of a new file. How wide the floor of a valley
    is (`floor_error`) stays part of the error, however many files there are.
    """
    if batches is not None and len(batches) != len(files):
        msg = f"{len(batches)} batches for {len(files)} files; expected one per file"
        raise InputError(msg)
    of_batch = np.array(batches if batches is not None else [""] * len(files), dtype=str)
    keys = dict.fromkeys(_key(one) for file in files for one in file.thresholds)
    shrunk: list[dict[ThresholdKey, Threshold]] = [
        {_key(one): one for one in file.thresholds} for file in files
    ]
    for key in keys:
        places = [place for place, own in enumerate(shrunk) if key in own]
        given = [shrunk[place][key] for place in places]
        for place, one in zip(places, _shrunk(given, of_batch[places]), strict=True):
            shrunk[place][key] = one
    return tuple(
        replace(file, thresholds=tuple(own.values()))
        for file, own in zip(files, shrunk, strict=True)
    )


def _key(one: Threshold) -> ThresholdKey:
    return one.antigen, one.within, one.level


class _Given:
    """The same threshold in several files."""

    def __init__(self, given: Sequence[Threshold], batches: NDArray[np.str_]) -> None:
        self.given, self.batches = given, batches
        self.own = np.array([one.own_value for one in given], float)
        total = np.array([one.own_standard_error for one in given], float)
        self.floors = np.array([one.floor_error for one in given], float)
        self.variances = np.maximum(total**2 - self.floors**2, 1e-12)
        self.is_found = np.array([not one.status for one in given]) & np.isfinite(self.own)
        self.large = [
            batch
            for batch in np.unique(batches)
            if np.count_nonzero(self.is_found & (batches == batch)) >= _LEAST_IN_BATCH
        ]

    def is_enough(self) -> bool:
        return int(np.count_nonzero(self.is_found)) >= _LEAST_FILES

    def off(self) -> NDArray[np.float64]:
        """Return how far each file is from the median of its batch, or of all files."""
        middle = np.full(len(self.own), np.median(self.own[self.is_found]))
        for batch in self.large:
            is_in = self.batches == batch
            middle[is_in] = np.median(self.own[self.is_found & is_in])
        return np.asarray(self.own - middle)


def _shrunk(given: Sequence[Threshold], batches: NDArray[np.str_]) -> list[Threshold]:
    """Return one threshold of each file, shrunk."""
    all_files = _Given(given, batches)
    if not all_files.is_enough():
        return list(given)
    off, found = all_files.off(), all_files.is_found
    spread = _MAD_TO_SD * np.median(np.abs(off[found]))
    reach = _FAR * np.sqrt(spread**2 + all_files.variances)
    is_far = found & (np.abs(off) > reach)
    is_used = found & ~is_far
    between = restricted_variance(off[is_used], all_files.variances[is_used])
    weights = np.where(is_used, 1 / (all_files.variances + between), 0.0)
    floor = float(np.sqrt(np.mean(all_files.floors[is_used] ** 2)))
    result = []
    for place, one in enumerate(given):
        is_in = batches == batches[place]
        # A batch with few files leans on all files.
        shares = weights * is_in if batches[place] in all_files.large else weights
        mean = float(shares @ np.where(is_used, all_files.own, 0.0) / shares.sum())
        own = float(all_files.variances[place]) if found[place] else np.inf
        shrunk = _posterior(one, own, mean, 1 / float(shares.sum()), between, floor)
        result.append(_far(shrunk, mean) if is_far[place] else shrunk)
    return result


def _far(shrunk: Threshold, mean: float) -> Threshold:
    """Return a threshold far from the others: its error reaches to their mean."""
    error = float(np.hypot(shrunk.standard_error, shrunk.value - mean))
    return replace(shrunk, standard_error=error, status=FAR_FROM_OTHERS)


def _posterior(
    one: Threshold, own: float, mean: float, of_mean: float, between: float, floor: float
) -> Threshold:
    """Return the threshold of a file, given its own variance, the mean, and its variance."""
    weight = between / (between + own) if between > 0 else 0.0
    value = weight * one.own_value + (1 - weight) * mean if weight > 0 else mean
    inner = weight * own if weight > 0 else between
    floors = weight * one.floor_error**2 + (1 - weight) * floor**2
    error = float(np.sqrt(inner + (1 - weight) ** 2 * of_mean + floors))
    found = np.isfinite(own)
    return replace(
        one,
        value=value,
        standard_error=error,
        weight=weight,
        method=one.method if found else "cohort",
        status="" if found else f"from the cohort; of the file alone: {one.status}",
    )
