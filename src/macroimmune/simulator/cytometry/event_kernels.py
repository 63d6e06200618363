"""Loops over events and channels: drawn numbers to signals, signals to what a detector records.

Imported where files are drawn only, because the compiler takes a second to load.
"""

import math

import numpy as np

from macroimmune.statistics.compiled import compiled

__all__ = ["count_ions", "detect_light", "draw_signals"]

_ZERO, _HALF, _ONE = np.float32(0), np.float32(0.5), np.float32(1)
# Above this many counts, an ion beam that is not seen at all is too rare to draw.
_SURELY_SEEN = np.float32(8)


@compiled
def draw_signals(
    types: np.ndarray,
    answers: np.ndarray,
    progress: np.ndarray,
    dimming: np.ndarray,
    normals: np.ndarray,
    uniforms: np.ndarray,
    values: np.ndarray,
    loadings: np.ndarray,
    residual: np.ndarray,
    scales: np.ndarray,
    gain: np.ndarray,
    drift: np.ndarray,
    cofactor: np.float32,
    signals: np.ndarray,
) -> None:
    """Fill `signals` with the light or ions of each event, on the linear scale.

    Parameters
    ----------
    types : int array, shape (events,)
        Row of `values`.
    answers : float32 array, shape (events,)
        Whether, 0 or 1, an event answers the stimulus, with the spread between cells in units of
        the response; 1 is the mean.
    progress : float32 array, shape (events,)
        Time in the run, from -0.5 to 0.5.
    dimming : float32 array, shape (events,)
        Factor of every signal at that moment.
    normals : float32 array, shape (events, channels + factors)
    uniforms : float32 array, shape (events, channels)
        Chooses the positive part; left holding another uniform number that is independent of it.
    values : float32 array, shape (types, channels, 8)
        Mean, spread, skew, share, positive mean, spread, skew, shift of a cell that answers.
    loadings : float32 array, shape (channels, factors)
    residual : float32 array, shape (channels,)
        What the loadings leave: root of one less their squares.
    scales : int array, shape (channels,)
        0 arcsinh, 1 logarithm, 2 plain, 3 left at zero.
    gain, drift : float32 array, shape (channels,)
        Factor of the signal, and its change over the run.
    cofactor : float32
    signals : float32 array, shape (events, channels)
        Overwritten.
    """
    n_events, n_channels = signals.shape
    n_factors = loadings.shape[1]
    for event in range(n_events):
        row = types[event]
        for channel in range(n_channels):
            scale = scales[channel]
            if scale == 3:
                signals[event, channel] = _ZERO
                continue
            value = residual[channel] * normals[event, channel]
            for factor in range(n_factors):
                value += loadings[channel, factor] * normals[event, n_channels + factor]
            own = values[row, channel]
            chance, share, part = uniforms[event, channel], own[3], 0
            if chance < share:
                part = 4
                uniforms[event, channel] = chance / share
            elif share > _ZERO:
                uniforms[event, channel] = (chance - share) / (_ONE - share)
            mean, spread, skew = own[part], own[part + 1], own[part + 2]
            value = (value + skew * (value * value - _ONE)) / math.sqrt(
                _ONE + skew * skew + skew * skew
            )
            value = mean + spread * value + answers[event] * own[7]
            if scale == 0:
                grown = math.exp(value)
                signal = cofactor * _HALF * (grown - _ONE / grown)
                signal *= gain[channel] * (_ONE + drift[channel] * progress[event])
                signals[event, channel] = signal * dimming[event]
            elif scale == 1:
                signals[event, channel] = math.exp(value)
            else:
                signals[event, channel] = value


@compiled
def count_ions(signals: np.ndarray, uniforms: np.ndarray, channels: np.ndarray) -> None:
    """Turn signals into what a mass cytometer records: no negatives, zeros where no ion came.

    Parameters
    ----------
    signals : float32 array, shape (events, channels)
        Changed in place.
    uniforms : float32 array, shape (events, channels)
    channels : int array
        Those that count ions.

    Notes
    -----
    Convention: zero with the chance of no ion in a Poisson count of that mean.
    """
    for event in range(signals.shape[0]):
        for channel in channels:
            signal = signals[event, channel]
            if signal <= _ZERO or (
                signal < _SURELY_SEEN and uniforms[event, channel] < math.exp(-signal)
            ):
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
