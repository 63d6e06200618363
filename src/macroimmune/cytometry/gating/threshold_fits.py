"""The thresholds of one file, from the top of the hierarchy down."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from macroimmune.cytometry.events import EventKind, Events
from macroimmune.cytometry.gated import FileThresholds, Histogram, Threshold
from macroimmune.cytometry.gating.binned_values import BinnedValues
from macroimmune.cytometry.gating.contrast import contrast_cut
from macroimmune.cytometry.gating.marker_thresholds import (
    NOT_TOLD_APART,
    CutPoint,
    MarkerCuts,
    MarkerScale,
    borrowed,
    marker_cuts,
    missing_cut,
)
from macroimmune.cytometry.gating.membership import belonging, is_beyond
from macroimmune.cytometry.gating.sign_tests import (
    ThresholdKey,
    node_keys,
    node_tests,
    separating,
    threshold_keys,
)
from macroimmune.errors import InputError
from macroimmune.evidence import Hierarchy, PopulationDefinition

__all__ = ["column_of", "fit_thresholds"]

# On the arcsinh scale one ion more makes 0.2 near zero (arcsinh(1 / 5)), and a detector without
# light is as noisy; 2 is 18 ions, or 544 channels of fluorescence.
_SCALES = {
    "arcsinh": MarkerScale(resolution=0.12, noise=0.7, highest_negative=2.0),
    "logicle": MarkerScale(resolution=0.0, noise=np.inf, highest_negative=np.inf),
    "linear": MarkerScale(resolution=0.0, noise=np.inf, highest_negative=np.inf),
}
_MOST_BINS = 64
# A wider population in which the marker separates twice as clearly is taken.
_AS_CLEAR = 0.5
_LEAST_CONTRAST = {"positive": 0.8, "high": 0.4}
# A valley by so much below the lower peak needs no other markers to be seen.
_CLEAR = 0.5

_NAN = float("nan")
_UNKNOWN = Threshold("", "", "positive", _NAN, _NAN, _NAN, _NAN, 1.0, "", "not fitted yet")


def fit_thresholds(
    events: Events,
    kinds: NDArray[np.uint8],
    hierarchy: Hierarchy,
    *,
    rng: np.random.Generator,
) -> FileThresholds:
    """Return the thresholds of every marker in every population in which it is looked at.

    Parameters
    ----------
    events : Events
        Compensated and transformed.
    kinds : uint8 array, shape (events,)
        `EventKind`; only cells are looked at.
    hierarchy : Hierarchy
        Of the lineage markers of the panel.
    rng : numpy Generator
        For standard errors.

    Returns
    -------
    thresholds : FileThresholds
        From this file alone (weight 1).

    Notes
    -----
    Convention: a marker is cut where it is looked at, among the cells of the parent. Where these
    are fewer than 100, or the marker falls apart twice as clearly in a wider population, the
    threshold of the latter is taken, and `method` names it; if it nowhere does, `status` says so.
    A high level, and a marker without a clear valley, is cut where it best parts the cells that
    the other signs of the population tell from the rest, if it does (`contrast`).
    """
    return _Fit(events, kinds, hierarchy, rng).thresholds()


def column_of(events: Events, antigen: str) -> int:
    """Return the column of an antigen.

    Raises
    ------
    InputError
        If the panel of the file has none.
    """
    column = events.panel.index(antigen)
    if column is None:
        msg = (
            f"{events.file}: no channel measures {antigen}; expected a hierarchy made of the "
            "markers of the file's panel"
        )
        raise InputError(msg)
    return column


class _Fit:
    """The walk from the top of a hierarchy down."""

    def __init__(
        self,
        events: Events,
        kinds: NDArray[np.uint8],
        hierarchy: Hierarchy,
        rng: np.random.Generator,
    ) -> None:
        self.events, self.hierarchy, self.rng = events, hierarchy, rng
        self.rows = np.flatnonzero(kinds == EventKind.CELL)
        self.columns: dict[str, NDArray[np.float32]] = {}
        self.members = np.zeros((len(hierarchy.nodes), len(self.rows)), bool)
        self.parents: Mapping[str, str] = {n.population: n.parent for n in hierarchy.nodes}
        self.cuts: dict[tuple[str, str], MarkerCuts] = {}
        # Cells that are told as low alone (HLA-DRlo) are parted from all others.
        self.told_as_high = {key for n in hierarchy.nodes for key, above in node_keys(n) if above}
        self.place = {name: place for place, name in enumerate(hierarchy.names)}

    def thresholds(self) -> FileThresholds:
        """Return the thresholds in the order in which they are needed."""
        fitted: dict[ThresholdKey, Threshold] = {}
        keys, tests = threshold_keys(self.hierarchy), node_tests(self.hierarchy)
        columns = [self._values(antigen) for antigen, _, _ in keys]
        for place, node in enumerate(self.hierarchy.nodes):
            # Thresholds of positivity first: they tell the cells by which others are found.
            for key, above in sorted(node_keys(node), key=lambda pair: pair[0][2] != "positive"):
                if key not in fitted:
                    fitted[key] = _threshold(key, self._cut(node, key, fitted, is_above=above))
            given = [fitted.get(key, _UNKNOWN) for key in keys]
            cuts = np.array([one.value for one in given])
            asked = separating(tests[place], given)
            self.members[place] = belonging(asked, columns, cuts, self.members)
        histograms = tuple(
            _histogram(antigen, within, cuts.binned)
            for (antigen, within), cuts in self.cuts.items()
            if cuts.binned is not None
        )
        return FileThresholds(self.events.file, tuple(fitted.values()), histograms)

    def _cut(
        self,
        node: PopulationDefinition,
        key: ThresholdKey,
        fitted: Mapping[ThresholdKey, Threshold],
        *,
        is_above: bool,
    ) -> CutPoint:
        found = self._divided(key, self._end_of_negative(key, fitted))
        if key[2] == "positive" and found.dip >= _CLEAR:
            return found
        others = [pair for pair in node_keys(node) if pair[0] in fitted and pair[0][0] != key[0]]
        if not others:
            return found
        is_within = self._within(node.parent)
        values = self._values(key[0])[is_within]
        is_told = np.ones(len(values), bool)
        for one, above in others:
            is_told &= is_beyond(self._values(one[0])[is_within], fitted[one].value, above=above)
        least = _LEAST_CONTRAST[key[2]]
        told = contrast_cut(
            values, is_told, self._scale(key[0]), self.rng, is_above=is_above, least=least
        )
        return told or found

    def _end_of_negative(
        self, key: ThresholdKey, fitted: Mapping[ThresholdKey, Threshold]
    ) -> float:
        """Return up to where a cut of high cells would be that of positivity again."""
        if key not in self.told_as_high or key[2] != "high":
            return -np.inf
        wider, around = key[1], {key[1]}
        while wider:
            wider = self.parents[wider]
            around.add(wider)
        ends = [
            one.value + one.standard_error
            for (antigen, within, level), one in fitted.items()
            if antigen == key[0] and level == "positive" and within in around
        ]
        return max((end for end in ends if np.isfinite(end)), default=-np.inf)

    def _divided(self, key: ThresholdKey, least: float) -> CutPoint:
        """Return the threshold by the marker alone, in the population or in a wider one."""
        antigen, wider, level = key
        side = level if level == "positive" or key in self.told_as_high else "lowest"
        chosen: CutPoint = getattr(self._cuts(antigen, wider), side)
        if chosen.value <= least:
            chosen = missing_cut(NOT_TOLD_APART)
        while wider:
            wider = self.parents[wider]
            other: CutPoint = getattr(self._cuts(antigen, wider), side)
            if other.is_separated and other.value > least and chosen.gap < _AS_CLEAR * other.gap:
                chosen = borrowed(other, wider)
        return chosen

    def _cuts(self, antigen: str, within: str) -> MarkerCuts:
        if (antigen, within) not in self.cuts:
            values = self._values(antigen)[self._within(within)]
            self.cuts[antigen, within] = marker_cuts(values, self._scale(antigen), self.rng)
        return self.cuts[antigen, within]

    def _within(self, population: str) -> NDArray[np.bool_] | slice:
        return self.members[self.place[population]] if population else slice(None)

    def _scale(self, antigen: str) -> MarkerScale:
        return _SCALES[self.events.transforms[self._column(antigen)].kind]

    def _values(self, antigen: str) -> NDArray[np.float32]:
        """Return the values of all cells."""
        if antigen not in self.columns:
            self.columns[antigen] = self.events.values[:, self._column(antigen)][self.rows]
        return self.columns[antigen]

    def _column(self, antigen: str) -> int:
        return column_of(self.events, antigen)


def _threshold(key: ThresholdKey, cut: CutPoint) -> Threshold:
    antigen, within, level = key
    return Threshold(
        antigen=antigen,
        within=within,
        level=level,
        value=cut.value,
        standard_error=cut.standard_error,
        own_value=cut.value,
        own_standard_error=cut.standard_error,
        weight=1.0,
        method=cut.method,
        status=cut.status,
        floor_error=cut.floor_error,
    )


def _histogram(antigen: str, within: str, binned: BinnedValues) -> Histogram:
    together = -(-len(binned.counts) // _MOST_BINS)
    counts = np.add.reduceat(binned.counts, np.arange(0, len(binned.counts), together))
    edges = binned.low + binned.width * together * np.arange(len(counts) + 1, dtype=float)
    return Histogram(antigen, within, edges.astype(np.float64), counts.astype(np.int64))
