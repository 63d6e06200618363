"""The events of one tube, as an instrument records them, and what they are."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.simulator.cytometry.acquisition import Acquisition, draw_acquisition
from macroimmune.simulator.cytometry.batches import draw_batch
from macroimmune.simulator.cytometry.event_labels import KINDS, EventLabels, draw_labels
from macroimmune.simulator.cytometry.event_types import N_FACTORS, SCALES, event_types
from macroimmune.simulator.cytometry.panels import Panel, panel_of
from macroimmune.simulator.cytometry.spillover import spillover_matrix
from macroimmune.simulator.cytometry.tube_values import tube_values
from macroimmune.simulator.cytometry.wells import Well, is_stimulated, kind_shares
from macroimmune.simulator.plan.cytometry_plan import CytometryPlan
from macroimmune.simulator.streams import random_stream

__all__ = ["LARGEST", "TIME_STEPS", "TubeEvents", "draw_tube"]

# Where fluorescence detectors saturate, and the unit of the time channel in seconds.
LARGEST = 262_143.0
TIME_STEPS = {"mass": 0.001, "fluorescence": 0.01}
# Drawn numbers of so many events stay in the cache.
_CHUNK = 2048
# Height of a pulse by its area, of one cell and of two that pass one after the other; assumed.
_HEIGHT, _HEIGHT_SPREAD = 0.80, 0.018
_HEIGHT_OF_TWO, _HEIGHT_OF_TWO_SPREAD = 0.50, 0.04
_WIDTH_UNIT = 65_536.0
# Two cells are recorded as a longer event, but not twice as long.
_LENGTH_OF_TWO = 0.75


@dataclass(frozen=True, slots=True, eq=False)
class TubeEvents:
    """The events of one tube and what they are.

    Parameters
    ----------
    events : float32 array, shape (events, channels)
        As recorded.
    labels : EventLabels
    answers : bool array, shape (events,)
        Whether the cell, the first one of a doublet, answers the stimulus.
    """

    events: NDArray[np.float32]
    labels: EventLabels
    answers: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class _Tube:
    """What is the same for all events of a tube."""

    panel: Panel
    values: NDArray[np.float32]
    weights: NDArray[np.float32]
    drift: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class _Events:
    """What is drawn of each event before its signals."""

    rows: NDArray[np.int64]
    size: NDArray[np.float32]
    progress: NDArray[np.float32]
    dimming: NDArray[np.float32]

    def at(self, places: slice | NDArray[np.intp]) -> "_Events":
        """Return some of the events."""
        return _Events(
            self.rows[places], self.size[places], self.progress[places], self.dimming[places]
        )


def draw_tube(seed: int, plan: CytometryPlan, well: Well) -> TubeEvents:
    """Return the events of a tube.

    Parameters
    ----------
    seed : int
        Of the study.
    plan : CytometryPlan
    well : Well

    Returns
    -------
    drawn : TubeEvents
        The same for the same arguments, whatever else is drawn.
    """
    panel, n_events = panel_of(well.panel), plan.events_per_file
    rng = random_stream(seed, "cytometry", "events", well.file)
    shares = kind_shares(plan, panel, well.stimulus)
    labels = draw_labels(n_events, shares, well.fractions, plan.overdispersion, rng)
    is_clogged = bool(rng.random() < plan.clogged_files)
    run = draw_acquisition(n_events, panel.technology, is_clogged=is_clogged, rng=rng)
    can_answer = (labels.leaf >= 0) & (labels.kind != KINDS.index("dead"))
    answers = (rng.random(n_events) < plan.responding_cells) & can_answer
    answers &= is_stimulated(plan, well)
    size = 1 + plan.response_spread * rng.standard_normal(n_events, np.float32)
    size = answers * np.maximum(size, 0).astype(np.float32)
    is_marker = np.array([channel.role == "marker" for channel in panel.channels])
    drift = plan.drift * rng.standard_normal(len(panel.channels)) * is_marker
    gain = np.exp(draw_batch(seed, plan, panel, well.batch).log_gain)
    tube = _Tube(
        panel,
        tube_values(seed, plan, well),
        _weights(panel, gain),
        drift.astype(np.float32),
    )
    drawn = _Events(labels.types, size, run.progress, run.dimming)
    events = _recorded(plan, tube, drawn, labels, rng)
    _fill_in(events, panel, labels, run, rng)
    return TubeEvents(events, labels, answers)


def _recorded(
    plan: CytometryPlan,
    tube: _Tube,
    drawn: _Events,
    labels: EventLabels,
    rng: np.random.Generator,
) -> NDArray[np.float32]:
    """Return what the detectors record."""
    events = np.empty((len(drawn.rows), len(tube.panel.channels)), np.float32)
    is_doublet = labels.kind == KINDS.index("doublet")
    second_rows = labels.second_leaf.astype(np.int64)
    for begin in range(0, len(events), _CHUNK):
        part = slice(begin, begin + _CHUNK)
        of_part = drawn.at(part)
        _draw_into(events[part], tube, of_part, rng)
        places = np.flatnonzero(is_doublet[part])
        second = of_part.at(places)
        second.rows[:] = second_rows[part][places]
        _add_second(events[part], tube, second, places, rng)
        _detect(events[part], plan, tube.panel, rng)
    return events


def _weights(panel: Panel, gain: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return what sinh, exp and the value itself count in each channel, shape (3, channels)."""
    scales = event_types(panel).scales
    return np.stack([
        np.where(scales == SCALES["arcsinh"], 0.5 * panel.cofactor * gain, 0.0),
        scales == SCALES["logarithm"],
        scales == SCALES["plain"],
    ]).astype(np.float32)


def _draw_into(
    chunk: NDArray[np.float32], tube: _Tube, drawn: _Events, rng: np.random.Generator
) -> None:
    """Fill a chunk with signals before detection."""
    # The compiler takes a second to load.
    from macroimmune.simulator.cytometry.event_kernels import draw_values, signals_of

    n_events, n_channels = chunk.shape
    loadings = event_types(tube.panel).loadings
    draw_values(
        drawn.rows,
        drawn.size,
        rng.standard_normal((n_events, n_channels + N_FACTORS), np.float32),
        _chances(chunk.shape, rng),
        tube.values,
        np.ascontiguousarray(loadings.T),
        np.sqrt(1 - (loadings**2).sum(axis=1)),
        chunk,
    )
    signals_of(chunk, np.exp(chunk), drawn.progress, drawn.dimming, tube.weights, tube.drift)


def _chances(shape: tuple[int, ...], rng: np.random.Generator) -> NDArray[np.uint16]:
    """Return uniform whole numbers from 0 to 65,535."""
    count = int(np.prod(shape))
    words = rng.integers(0, 2**64, -(-count // 4), dtype=np.uint64)
    return words.view(np.uint16)[:count].reshape(shape)


def _add_second(
    chunk: NDArray[np.float32],
    tube: _Tube,
    second: _Events,
    places: NDArray[np.intp],
    rng: np.random.Generator,
) -> None:
    """Add the second cell of doublets."""
    signals = np.empty((len(places), chunk.shape[1]), np.float32)
    _draw_into(signals, tube, second, rng)
    length = tube.panel.place("event_length")
    if length is not None:
        signals[:, length] *= _LENGTH_OF_TWO
    chunk[places] += signals


def _detect(
    chunk: NDArray[np.float32],
    plan: CytometryPlan,
    panel: Panel,
    rng: np.random.Generator,
) -> None:
    """Turn signals into what the instrument records."""
    # The compiler takes a second to load.
    from macroimmune.simulator.cytometry.event_kernels import count_ions, detect_light

    if panel.technology == "mass":
        is_counted = event_types(panel).scales == SCALES["arcsinh"]
        count_ions(chunk, np.exp(-np.maximum(chunk, 0)), _chances(chunk.shape, rng), is_counted)
        return
    noise = rng.standard_normal((len(chunk), len(panel.dyes)), np.float32)
    detect_light(
        chunk,
        noise,
        spillover_matrix(panel, plan.spillover).astype(np.float32),
        np.array(panel.dyes, np.int64),
        np.float32(plan.detector_noise),
        np.float32(plan.photon_noise),
        np.float32(LARGEST),
    )


def _fill_in(
    events: NDArray[np.float32],
    panel: Panel,
    labels: EventLabels,
    run: Acquisition,
    rng: np.random.Generator,
) -> None:
    """Fill in time, and what follows from the pulse of an event."""
    time, length, area = panel.place("time"), panel.place("event_length"), panel.place("fsc_a")
    if time is not None:
        events[:, time] = np.floor(run.seconds / TIME_STEPS[panel.technology])
    if length is not None:
        events[:, length] = np.maximum(np.rint(events[:, length]), 5)
    if area is None:
        return
    noise = rng.standard_normal(len(events), np.float32)
    is_doublet = labels.kind == KINDS.index("doublet")
    ratio = np.where(
        is_doublet,
        _HEIGHT_OF_TWO + _HEIGHT_OF_TWO_SPREAD * noise,
        _HEIGHT + _HEIGHT_SPREAD * noise,
    ).astype(np.float32)
    height, width = panel.place("fsc_h"), panel.place("fsc_w")
    if height is not None:
        events[:, height] = events[:, area] * ratio
    if width is not None:
        events[:, width] = _WIDTH_UNIT * _HEIGHT / ratio
    for role in ("fsc_a", "fsc_h", "fsc_w", "ssc_a"):
        place = panel.place(role)
        if place is not None:
            np.minimum(events[:, place], LARGEST, out=events[:, place])
