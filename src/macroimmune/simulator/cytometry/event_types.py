"""What events of each type look like in a panel, before donors, batches and stimuli move them."""

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from macroimmune.simulator.cytometry.cytometry_tables import cytometry_table
from macroimmune.simulator.cytometry.panels import ANTIGENS, Channel, Panel
from macroimmune.simulator.leaves import LEAVES

__all__ = [
    "BEAD",
    "DEBRIS",
    "N_FACTORS",
    "N_LEAVES",
    "SCALES",
    "EventTypes",
    "event_types",
    "level_of",
]

N_LEAVES = len(LEAVES)
# Rows of the arrays: live leaves, the same leaves dead, debris, beads.
DEBRIS, BEAD = 2 * N_LEAVES, 2 * N_LEAVES + 1
# Staining, differentiation, activation, size.
N_FACTORS = 4
# How a drawn value becomes a signal: cofactor x sinh, exp, as it is, or filled in later.
SCALES = {"arcsinh": 0, "logarithm": 1, "plain": 2, "later": 3}

_LATER = {"time", "fsc_h", "fsc_w"}
_SIZE_LOADINGS = {"dna_1": 0.93, "dna_2": 0.93, "fsc_a": 0.8, "ssc_a": 0.5, "event_length": 0.3}
_SCATTER_SPREAD = {"fsc_a": 0.11, "ssc_a": 0.17}

# (mean, spread) of what is no antibody, by role; assumed, DNA near the public files.
_LIVE = {
    "mass": {
        "dna_1": (5.30, 0.25), "dna_2": (5.95, 0.25), "viability": (0.80, 0.55),
        "bead": (0.10, 0.25), "event_length": (24.0, 4.0),
    },
    "fluorescence": {"viability": (1.20, 0.40)},
}  # fmt: skip
_DEAD = {
    "mass": {"dna_1": (5.10, 0.35), "dna_2": (5.75, 0.35), "viability": (5.20, 0.60)},
    "fluorescence": {"viability": (5.00, 0.40)},
}
_DEBRIS = {
    "dna_1": (1.60, 0.90), "dna_2": (2.10, 0.90), "viability": (2.20, 1.20),
    "event_length": (13.0, 2.5), "fsc_a": (math.log(14_000), 0.40), "ssc_a": (math.log(6_000), 0.5),
}  # fmt: skip
_BEAD = {"dna_1": (0.30, 0.35), "dna_2": (0.35, 0.35), "event_length": (19.0, 3.0)}
_BEAD_METAL = (5.90, 0.15)
# Dead cells lose a part of what is stained, and bind antibodies that they have no antigen for.
_DEAD_KEEPS, _DEAD_SPREAD, _DEAD_BINDS = 0.75, 1.3, 0.35
_DEAD_FSC, _DEAD_SSC = math.log(0.68), math.log(1.25)

Rows = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class EventTypes:
    """Distributions of the drawn values, one row per type of event, one column per channel.

    Parameters
    ----------
    mean, spread, skew : float32 array, shape (types, channels)
        Of the cells without an extra positive part.
    share : float32 array, shape (types, channels)
        Of cells in the positive part.
    positive_mean, positive_spread, positive_skew : float32 array, shape (types, channels)
        Of the positive part.
    loadings : float32 array, shape (channels, factors)
        Correlations within a type; the factors are independent.
    scales : int array, shape (channels,)
        See `SCALES`.
    """

    mean: Rows
    spread: Rows
    skew: Rows
    share: Rows
    positive_mean: Rows
    positive_spread: Rows
    positive_skew: Rows
    loadings: Rows
    scales: NDArray[np.int64]


@cache
def event_types(panel: Panel) -> EventTypes:
    """Return what every type of event looks like in a panel.

    Parameters
    ----------
    panel : Panel

    Returns
    -------
    types : EventTypes
        Rows: the live leaves in the order of `LEAVES`, the dead ones, debris, beads. Shared:
        not to be written to.

    Notes
    -----
    Convention: antibodies on the scale of arcsinh(x / cofactor), scatter on that of the natural
    logarithm, event length as it is.
    """
    columns = [_column(panel, channel) for channel in panel.channels]
    stacked = [np.stack(rows, axis=1).astype(np.float32) for rows in zip(*columns, strict=True)]
    loadings = np.array([_loadings(channel) for channel in panel.channels], np.float32)
    scales = np.array([SCALES[_scale(channel)] for channel in panel.channels])
    for array in (*stacked, loadings, scales):
        array.flags.writeable = False
    mean, spread, skew, share, positive_mean, positive_spread, positive_skew = stacked
    return EventTypes(
        mean, spread, skew, share, positive_mean, positive_spread, positive_skew, loadings, scales
    )


def _scale(channel: Channel) -> str:
    if channel.role in _LATER:
        return "later"
    if channel.role in _SCATTER_SPREAD:
        return "logarithm"
    return "plain" if channel.role == "event_length" else "arcsinh"


def _loadings(channel: Channel) -> tuple[float, ...]:
    size = _SIZE_LOADINGS.get(channel.role, 0.0)
    if not channel.antigen:
        return (0.0, 0.0, 0.0, size)
    return (*ANTIGENS[channel.antigen].loadings, size)


def _column(panel: Panel, channel: Channel) -> tuple[NDArray[np.float64], ...]:
    """Return the seven values of every row of one channel."""
    if channel.role == "marker":
        rows = [_stained(panel, channel, leaf) for leaf in LEAVES]
        dead = [_dead_stained(row) for row in rows]
        other = [_debris_stained(panel, channel), _bead_stained(panel, channel)]
        return _transposed([*rows, *dead, *other])
    if channel.role in _SCATTER_SPREAD:
        return _transposed(_scatter_rows(channel))
    return _transposed(_plain_rows(panel, channel))


def _transposed(rows: list[tuple[float, ...]]) -> tuple[NDArray[np.float64], ...]:
    return tuple(np.array(values, dtype=float) for values in zip(*rows, strict=True))


def _one_part(mean: float, spread: float, skew: float = 0.0) -> tuple[float, ...]:
    return (mean, spread, skew, 0.0, mean, spread, skew)


def _stained(panel: Panel, channel: Channel, leaf: str) -> tuple[float, ...]:
    phenotype, body = _by_leaf("phenotypes")[leaf], _by_leaf("bodies")[leaf]
    level, _, percent = phenotype[channel.antigen].partition(":")
    glow = float(body["autofluorescence"]) if panel.technology == "fluorescence" else 0.0
    negative = level_of(panel, channel, "negative")
    negative = (negative[0] + glow, *negative[1:])
    positive = negative if level == "negative" else level_of(panel, channel, level)
    if not percent:
        return (*positive, 0.0, *positive)
    return (*negative, float(percent) / 100, *positive)


def level_of(panel: Panel, channel: Channel, level: str) -> tuple[float, float, float]:
    """Return mean, spread and skew of a level in a channel, on the arcsinh scale."""
    row = next(
        row
        for row in cytometry_table("levels")
        if row["technology"] == panel.technology and row["level"] == level
    )
    factor = 1.0 if level == "negative" else channel.brightness
    return float(row["mean"]) * factor, float(row["spread"]), float(row["skew"])


@cache
def _by_leaf(table: str) -> dict[str, dict[str, str]]:
    return {row["leaf"]: row for row in cytometry_table(table)}


def _dead_stained(live: tuple[float, ...]) -> tuple[float, ...]:
    mean, spread, skew, share, upper_mean, upper_spread, upper_skew = live
    return (
        mean * _DEAD_KEEPS + _DEAD_BINDS, spread * _DEAD_SPREAD, skew, share,
        upper_mean * _DEAD_KEEPS + _DEAD_BINDS, upper_spread * _DEAD_SPREAD, upper_skew,
    )  # fmt: skip


def _debris_stained(panel: Panel, channel: Channel) -> tuple[float, ...]:
    mean, spread, skew = level_of(panel, channel, "negative")
    return _one_part(mean + 0.1, spread * 1.4, skew)


def _bead_stained(panel: Panel, channel: Channel) -> tuple[float, ...]:
    if channel.is_bead_metal:
        return _one_part(*_BEAD_METAL)
    mean, spread, skew = level_of(panel, channel, "negative")
    return _one_part(mean * 0.5, spread * 0.7, skew)


def _scatter_rows(channel: Channel) -> list[tuple[float, ...]]:
    is_forward = channel.role == "fsc_a"
    column, dims = ("forward_scatter", _DEAD_FSC) if is_forward else ("side_scatter", _DEAD_SSC)
    spread = _SCATTER_SPREAD[channel.role]
    live = [math.log(float(_by_leaf("bodies")[leaf][column])) for leaf in LEAVES]
    debris = _one_part(*_DEBRIS[channel.role])
    return [
        *(_one_part(mean, spread) for mean in live),
        *(_one_part(mean + dims, 1.5 * spread) for mean in live),
        debris,
        debris,
    ]


def _plain_rows(panel: Panel, channel: Channel) -> list[tuple[float, ...]]:
    live = _LIVE[panel.technology].get(channel.role, (0.0, 1.0))
    dead = _DEAD[panel.technology].get(channel.role, live)
    bead = _BEAD_METAL if channel.role == "bead" else _BEAD.get(channel.role, live)
    debris = _DEBRIS.get(channel.role, live)
    pairs = [*[live] * N_LEAVES, *[dead] * N_LEAVES, debris, bead]
    return [_one_part(*pair) for pair in pairs]
