"""Synthetic coughs, knocks and other noises: rough, but as loud and sudden as real ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bench.conversation.rendering import SPEECH_LEVEL_DB, at_level
from pipeline.audio import HEARD_RATE, Samples


def _burst(ms: float, low_hz: float, high_hz: float, seed: int, rise: float) -> NDArray[np.float64]:
    """Noise in a band that swells for a share ``rise`` of its time, and dies away."""
    count = round(ms * HEARD_RATE / 1000)
    spectrum = np.fft.rfft(np.random.default_rng(seed).normal(0, 1, count))
    hertz = np.fft.rfftfreq(count, 1 / HEARD_RATE)
    spectrum[(hertz < low_hz) | (hertz > high_hz)] = 0
    at = np.linspace(0, 1, count)
    envelope = np.minimum(at / rise, np.exp(-4 * np.clip(at - rise, 0, None)))
    noise: NDArray[np.float64] = np.fft.irfft(spectrum, count) * envelope
    return noise


def _gap(ms: float) -> NDArray[np.float64]:
    return np.zeros(round(ms * HEARD_RATE / 1000))


def _cough() -> NDArray[np.float64]:
    return np.concatenate(
        [_burst(180, 250, 3500, 1, 0.08), _gap(140), _burst(220, 250, 3000, 2, 0.1)]
    )


def _sneeze() -> NDArray[np.float64]:
    return np.concatenate([_burst(300, 800, 4000, 3, 0.9) * 0.2, _burst(350, 500, 6000, 4, 0.05)])


def _knock() -> NDArray[np.float64]:
    knocks = [np.concatenate([_burst(50, 60, 900, seed, 0.02), _gap(150)]) for seed in (5, 6, 7)]
    return np.concatenate(knocks)


def _keys() -> NDArray[np.float64]:
    gaps = (70, 110, 60, 140, 90, 80, 120, 75)
    strokes = [
        np.concatenate([_burst(12, 1500, 7000, seed, 0.05), _gap(ms)])
        for seed, ms in enumerate(gaps, 10)
    ]
    return np.concatenate(strokes)


def _laugh() -> NDArray[np.float64]:
    """Six breaths, each a falling buzz with the colour of an open vowel."""
    breaths = []
    for number in range(6):
        count = round(0.11 * HEARD_RATE)
        at = np.arange(count) / HEARD_RATE
        pitch = 260 - 12 * number - 250 * at
        phase = 2 * np.pi * np.cumsum(pitch) / HEARD_RATE
        vowel = sum(np.sin(k * phase) / (1 + ((k * 240 - 800) / 500) ** 2) for k in range(1, 12))
        breath = vowel * np.hanning(count) + 0.3 * _burst(110, 500, 5000, 30 + number, 0.3)
        breaths += [breath, _gap(75)]
    return np.concatenate(breaths)


_MAKERS: Final[dict[str, Callable[[], NDArray[np.float64]]]] = {
    "cough": _cough,
    "sneeze": _sneeze,
    "laugh": _laugh,
    "knock": _knock,
    "keys": _keys,
}
NOISES: Final = tuple(_MAKERS)


def noise(name: str) -> Samples:
    """One of `NOISES`, as loud as speech: ``float32[n]``, 16 kHz."""
    return at_level(_MAKERS[name]().astype(np.float32), SPEECH_LEVEL_DB)
