"""Whether a stimulus moves the markers that type cells, or the share of the cells they type."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from macroimmune.cytometry.gating.well_levels import WellLevels, top_mean
from macroimmune.errors import InputError
from macroimmune.statistics import meta_analysis, normal_quantile

__all__ = ["Invariance", "lineage_invariance"]

_LEAST_DONORS = 3
# Smaller changes of the odds, or of a marker by its distance from the threshold, leave nearly all
# cells where they were.
_LEAST_ODDS_RATIO, _LEAST_OF_MARGIN = 1.25, 0.25
# Shares of populations smaller than this in either well say little.
_LEAST_CELLS = 10
_NO_DONOR = "no donor with enough cells in both wells"
_NO_ERROR = "no donor with an error of the change"
_UNSETTLED = "no estimate: how far donors differ in the change was not found"


@dataclass(frozen=True, slots=True)
class Invariance:
    """What a stimulus does to one population or to one of the markers by which it is told.

    Parameters
    ----------
    measure : {"share", "level"}
        Of the parent; or of the marker on the cells of the population.
    antigen : str
        Of a level: the marker; of a share empty.
    population : str
    n : int
        Donors with both wells and an error of their change.
    effect, ci_low, ci_high : float
        Stimulated against unstimulated: odds ratio of a share, difference of a level on the
        transformed scale; NaN where `status` says why there is none.
    limit : float
        Smaller changes are not flagged: odds ratio, difference.
    is_flagged : bool
    status : str
        A sentence.
    """

    measure: Literal["share", "level"]
    antigen: str
    population: str
    n: int
    effect: float
    ci_low: float
    ci_high: float
    limit: float
    is_flagged: bool
    status: str


def lineage_invariance(
    unstimulated: Sequence[WellLevels],
    stimulated: Sequence[WellLevels],
) -> tuple[Invariance, ...]:
    """Return what a stimulus does to populations and the lineage markers that type them.

    Parameters
    ----------
    unstimulated, stimulated : sequence of WellLevels, one per donor
        In the same order.

    Returns
    -------
    rows : tuple of Invariance

    Raises
    ------
    InputError
        If there is not one stimulated well per unstimulated one.

    Notes
    -----
    Convention: the donor is the unit. Differences of logits (half a cell added to both sides) and
    of levels are pooled over donors by random effects (REML, Hartung-Knapp), with the error of
    counts, and of levels that of cells or of halves of the run, in each donor. Fewer than three
    donors do not tell how people differ: the interval is then that of their cells, which `status`
    says, and the flag is of these donors alone. Donors whose cells do not vary in a marker have no
    error of their change: they are left out, which `status` says. The level is the
    mean of the marker on the share of cells that have most of it, among those with the other signs
    of the population; the share is that above the threshold without the stimulus, in both wells, so
    that no threshold of the stimulated well hides a loss. A row is flagged if
    its 95 % interval leaves out no change and the change is an odds ratio of at least 1.25, or a
    quarter of the distance between the unstimulated cells and their threshold. Rows are not
    corrected for their number: a flag asks for a look, it is no finding.
    """
    if len(unstimulated) != len(stimulated):
        msg = (
            f"{len(unstimulated)} unstimulated and {len(stimulated)} stimulated wells; expected "
            "one pair per donor"
        )
        raise InputError(msg)
    pairs = list(zip(unstimulated, stimulated, strict=True))
    populations = dict.fromkeys(name for well in unstimulated for name in well.shares)
    keys = dict.fromkeys(key for well in unstimulated for key in well.ranks)
    rows = [_share(name, pairs) for name in populations]
    rows += [_level(antigen, name, pairs) for antigen, name in keys]
    return tuple(rows)


def _share(name: str, pairs: Sequence[tuple[WellLevels, WellLevels]]) -> Invariance:
    """Return the change of the share of a population."""
    changes, errors = [], []
    for wells in pairs:
        counts = np.array([well.shares.get(name, (0, 0)) for well in wells], float)
        cells, others = counts[:, 0] + 0.5, counts[:, 1] - counts[:, 0] + 0.5
        # A population that is all of its parent, or has too few cells before, has no odds.
        if counts[0, 0] < _LEAST_CELLS or others[0] < 1 or counts[1, 1] < _LEAST_CELLS:
            continue
        changes.append(float(np.diff(np.log(cells / others))[0]))
        errors.append(float(np.sqrt((1 / cells + 1 / others).sum())))
    return _row("share", "", name, changes, errors, float(np.log(_LEAST_ODDS_RATIO)), np.exp)


def _level(antigen: str, name: str, pairs: Sequence[tuple[WellLevels, WellLevels]]) -> Invariance:
    """Return the change of a marker on as many cells as had it without the stimulus."""
    changes, errors, margins = [], [], []
    for before, after in pairs:
        first, second = before.ranks.get((antigen, name)), after.ranks.get((antigen, name))
        if first is None or second is None or first.share * first.n_cells < _LEAST_CELLS:
            continue
        # Of labels: a marker that does not tell the population.
        if np.isnan(first.threshold):
            continue
        (mean, variance), (other, other_variance) = (
            top_mean(well, first.share) for well in (first, second)
        )
        changes.append(other - mean)
        errors.append(float(np.sqrt(variance + other_variance)))
        margins.append(mean - first.threshold)
    margin = float(np.median(margins)) if margins else float("nan")
    return _row("level", antigen, name, changes, errors, _LEAST_OF_MARGIN * abs(margin), _same)


def _same(value: float) -> float:
    return value


def _row(
    measure: Literal["share", "level"],
    antigen: str,
    name: str,
    changes: Sequence[float],
    errors: Sequence[float],
    limit: float,
    scale: Callable[[float], float],
) -> Invariance:
    """Return a row; changes on the scale on which they add up, errors zero where unknown."""
    known = [pair for pair in zip(changes, errors, strict=True) if pair[1] > 0]
    estimate, low, high = _pooled(known)
    has_estimate = not np.isnan(estimate)
    is_flagged = has_estimate and not low <= 0 <= high and abs(estimate) >= limit
    effect, ci = float(scale(estimate)), (float(scale(low)), float(scale(high)))
    if has_estimate:
        status = _sentence(measure, antigen, name, effect, ci, is_flagged=is_flagged)
    elif changes:
        status = _UNSETTLED if known else _NO_ERROR
    else:
        status = _NO_DONOR
    status += _remarks(len(known), len(changes), has_estimate=has_estimate)
    return Invariance(
        measure, antigen, name, len(known), effect, *ci, float(scale(limit)), is_flagged, status
    )


def _remarks(n: int, n_measured: int, *, has_estimate: bool) -> str:
    """Return what to know of the donors of a row, each remark in brackets."""
    found = ""
    if has_estimate and n < _LEAST_DONORS:
        found += f" ({n} of three donors: the interval is that of their cells)"
    if n < n_measured:
        found += f" ({n_measured - n} of {n_measured} donors left out: all their cells are alike)"
    return found


def _pooled(known: Sequence[tuple[float, float]]) -> tuple[float, float, float]:
    """Return the change over donors and its 95 % interval; NaN where there is none."""
    if not known:
        return (float("nan"),) * 3
    changes, errors = np.array(known).T
    if len(known) >= _LEAST_DONORS:
        found = meta_analysis(changes, errors)
        return found.estimate, found.ci_low, found.ci_high
    weights = 1 / np.square(errors)
    estimate = float(weights @ changes / weights.sum())
    reach = normal_quantile(0.95) / float(np.sqrt(weights.sum()))
    return estimate, estimate - reach, estimate + reach


def _sentence(
    measure: str,
    antigen: str,
    name: str,
    effect: float,
    ci: tuple[float, float],
    *,
    is_flagged: bool,
) -> str:
    span = f"{effect:.2f} [{ci[0]:.2f} to {ci[1]:.2f}]"
    if measure == "share":
        found = f"odds of {name} with the stimulus against without: {span}"
    else:
        found = f"{antigen} of {name} changes by {span} with the stimulus"
    if not is_flagged:
        return found
    return (
        f"{found}; the stimulus moves what tells these cells, so that other cells are compared: "
        "read their response with care"
    )
