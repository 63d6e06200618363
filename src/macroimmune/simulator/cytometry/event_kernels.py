"""Loops over events and channels: drawn numbers to signals, signals to what a detector records.

Imported where files are drawn only, because the compiler takes a second to load.
"""

import math

import numpy as np

from macroimmune.statistics.compiled import compiled

__all__ = ["count_ions", "detect_light", "draw_values", "signals_of"]

_ZERO, _ONE = np.float32(0), np.float32(1)


@compiled
def draw_values(
    types: np.ndarray,
    answers: np.ndarray,
    normals: np.ndarray,
    chances: np.ndarray,
    distributions: np.ndarray,
    loadings: np.ndarray,
    residual: np.ndarray,
    values: np.ndarray,
) -> None:
    """Fill `values` with one value of each event and channel, on the channel's own scale.

    Parameters
    ----------
    types : int array, shape (events,)
        Row of `distributions`.
    answers : float32 array, shape (events,)
        0 where an event does not answer the stimulus, else the size of its answer; 1 is the mean.
    normals : float32 array, shape (events, channels + factors)
    chances : uint16 array, shape (events, channels)
        Uniform; they choose the positive part.
    distributions : float32 array, shape (types, 8, channels)
        Mean, spread, skew, share of the positive part, its mean, spread and skew, shift of a cell
        that answers. Shares in 1 / 65,536.
    loadings : float32 array, shape (factors, channels)
    residual : float32 array, shape (channels,)
        What the loadings leave: root of one less their squares.
    values : float32 array, shape (events, channels)
        Overwritten.

    Notes
    -----
    Convention: a standard normal number x is skewed to (x + k (x^2 - 1)) / sqrt(1 + 2 k^2), which
    keeps mean 0 and variance 1. `spread` is given divided by that root.
    """
    n_events, n_channels = values.shape
    for event in range(n_events):
        own = distributions[types[event]]
        size = answers[event]
        first, second = normals[event, n_channels], normals[event, n_channels + 1]
        third, fourth = normals[event, n_channels + 2], normals[event, n_channels + 3]
        for channel in range(n_channels):
            value = (
                residual[channel] * normals[event, channel]
                + loadings[0, channel] * first
                + loadings[1, channel] * second
                + loadings[2, channel] * third
                + loadings[3, channel] * fourth
            )
            is_positive = np.float32(chances[event, channel]) < own[3, channel]
            mean = own[4, channel] if is_positive else own[0, channel]
            spread = own[5, channel] if is_positive else own[1, channel]
            skew = own[6, channel] if is_positive else own[2, channel]
            value += skew * (value * value - _ONE)
            values[event, channel] = mean + spread * value + size * own[7, channel]


@compiled
def signals_of(
    values: np.ndarray,
    exponentials: np.ndarray,
    progress: np.ndarray,
    dimming: np.ndarray,
    weights: np.ndarray,
    drift: np.ndarray,
) -> None:
    """Turn values into the light or ions of each event, on the linear scale, in place.

    Parameters
    ----------
    values : float32 array, shape (events, channels)
        Overwritten by the signals.
    exponentials : float32 array, shape (events, channels)
        Of the values.
    progress : float32 array, shape (events,)
        Time in the run, from -0.5 to 0.5.
    dimming : float32 array, shape (events,)
        Factor of every signal at that moment.
    weights : float32 array, shape (3, channels)
        Of twice the hyperbolic sine, of the exponential, and of the value itself.
    drift : float32 array, shape (channels,)
        Change of gain over the run.
    """
    for event in range(values.shape[0]):
        time, dim = progress[event], dimming[event]
        for channel in range(values.shape[1]):
            grown = exponentials[event, channel]
            seen = (grown - _ONE / grown) * dim * (_ONE + drift[channel] * time)
            values[event, channel] = (
                weights[0, channel] * seen
                + weights[1, channel] * grown
                + weights[2, channel] * values[event, channel]
            )


@compiled
def count_ions(
    signals: np.ndarray, no_ion: np.ndarray, chances: np.ndarray, is_counted: np.ndarray
) -> None:
    """Turn signals into what a mass cytometer records: no negatives, zeros where no ion came.

    Parameters
    ----------
    signals : float32 array, shape (events, channels)
        Changed in place.
    no_ion : float32 array, shape (events, channels)
        Chance of a Poisson count of that mean to be none: exp(-signal).
    chances : uint16 array, shape (events, channels)
        Uniform.
    is_counted : bool array, shape (channels,)
        Whether a channel counts ions.
    """
    levels = np.float32(65_536)
    for event in range(signals.shape[0]):
        for channel in range(signals.shape[1]):
            is_none = np.float32(chances[event, channel]) < levels * no_ion[event, channel]
            if is_none and is_counted[channel]:
                signals[event, channel] = _ZERO


@compiled
def detect_light(
    signals: np.ndarray,
    noise: np.ndarray,
    spillover: np.ndarray,
    channels: np.ndarray,
    dark: np.float32,
    photon: np.float32,
    largest: np.float32,
) -> None:
    """Turn the light of dyes into what fluorescence detectors record.

    Parameters
    ----------
    signals : float32 array, shape (events, channels)
        Changed in place.
    noise : float32 array, shape (events, dyes)
        Normal.
    spillover : float32 array, shape (dyes, dyes)
        Row: dye; column: detector.
    channels : int array, shape (dyes,)
        Places of the dyes among all channels.
    dark : float32
        SD of a detector without light.
    photon : float32
        Variance by signal.
    largest : float32
        Where detectors saturate.
    """
    n_dyes = len(channels)
    seen = np.empty(n_dyes, np.float32)
    for event in range(signals.shape[0]):
        seen[:] = _ZERO
        for dye in range(n_dyes):
            light = signals[event, channels[dye]]
            for detector in range(n_dyes):
                seen[detector] += light * spillover[dye, detector]
        for detector in range(n_dyes):
            light = seen[detector]
            variance = dark * dark + photon * max(light, _ZERO)
            light += math.sqrt(variance) * noise[event, detector]
            signals[event, channels[detector]] = min(light, largest)
