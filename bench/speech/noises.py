"""104 noises without a word in them, as microphones in calls have them: synthetic, always the same.

Levels are RMS in dB below full scale: -28 is as loud as speech, -50 as a quiet room.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bench.conversation.rendering import at_level
from pipeline.audio import HEARD_RATE, Samples

Wave = NDArray[np.float64]
_LENGTHS_S: Final = (0.4, 1.0, 2.5, 6.0)
_LEVELS_DB: Final = (-50.0, -28.0)
_CHORDS_HZ: Final = ((262, 330, 392), (220, 262, 330), (175, 220, 262), (196, 247, 294))
_TUNE_HZ: Final = (392, 440, 392, 330, 294, 330, 262)
_KEYPAD_HZ: Final = ((697, 1209), (770, 1336), (852, 1477), (941, 1336))


def noises() -> Iterator[tuple[str, Samples]]:
    """Each noise with its name: ``float32[n]``, 16 kHz."""
    for length_s in _LENGTHS_S:
        count = round(length_s * HEARD_RATE)
        yield f"silence, {length_s} s", np.zeros(count, np.float32)
        yield f"keypad, {length_s} s", at_level(_keypad(count).astype(np.float32), -28.0)
        for number, (name, make) in enumerate(_KINDS.items()):
            for level in _LEVELS_DB:
                wave = make(count, np.random.default_rng(number)).astype(np.float32)
                noise = np.clip(at_level(wave, level), -1, 1)
                yield f"{name}, {length_s} s, {level:.0f} dB", noise


def _time(count: int) -> Wave:
    return np.arange(count) / HEARD_RATE


def _band(count: int, low: float, high: float, random: np.random.Generator) -> Wave:
    spectrum = np.fft.rfft(random.normal(size=count))
    hertz = np.fft.rfftfreq(count, 1 / HEARD_RATE)
    spectrum[(hertz < low) | (hertz > high)] = 0
    band: Wave = np.fft.irfft(spectrum, count)
    return band


def _white(count: int, random: np.random.Generator) -> Wave:
    white: Wave = random.normal(size=count)
    return white


def _pink(count: int, random: np.random.Generator) -> Wave:
    spectrum = np.fft.rfft(random.normal(size=count))
    pink: Wave = np.fft.irfft(spectrum / np.sqrt(np.maximum(np.arange(spectrum.size), 1)), count)
    return pink


def _fan(count: int, random: np.random.Generator) -> Wave:
    return _band(count, 60, 900, random) * (1 + 0.3 * np.sin(2 * np.pi * 11 * _time(count)))


def _hum(count: int, random: np.random.Generator) -> Wave:
    at = _time(count)
    tones = sum(np.sin(2 * np.pi * 50 * number * at) / number for number in (1, 2, 3, 5))
    hum: Wave = tones + 0.02 * random.normal(size=count)
    return hum


def _breath(count: int, random: np.random.Generator) -> Wave:
    swell = np.sin(np.pi * np.arange(count) / count) ** 2
    return np.asarray(_band(count, 300, 4500, random) * swell)


def _cough(count: int, random: np.random.Generator) -> Wave:
    return _band(count, 200, 6000, random) * np.exp(-8 * (_time(count) % 0.7))


def _struck(
    count: int, random: np.random.Generator, gaps_s: tuple[float, float], fade: float, low: float
) -> Wave:
    """Short bursts of noise at irregular times, each dying away at a rate of ``fade``."""
    wave = np.zeros(count)
    at = 0.02
    while at < count / HEARD_RATE:
        start = round(at * HEARD_RATE)
        burst = _band(HEARD_RATE // 5, low, 7000, random) * np.exp(-fade * _time(HEARD_RATE // 5))
        wave[start : start + burst.size] += random.uniform(0.5, 1) * burst[: count - start]
        at += random.uniform(*gaps_s)
    return wave


def _keyboard(count: int, random: np.random.Generator) -> Wave:
    return _struck(count, random, (0.08, 0.3), 200, 1500)


def _knocks(count: int, random: np.random.Generator) -> Wave:
    return _struck(count, random, (0.25, 0.6), 60, 60)


def _crackle(count: int, random: np.random.Generator) -> Wave:
    return _struck(count, random, (0.01, 0.09), 900, 400)


def _notes(count: int, hertz: tuple[tuple[int, ...], ...], length_s: float) -> Wave:
    wave = np.zeros(count)
    size = round(length_s * HEARD_RATE)
    for number, start in enumerate(range(0, count, size)):
        at = _time(min(size, count - start))
        for tone in hertz[number % len(hertz)]:
            for overtone in (1, 2, 3):
                sound = np.sin(2 * np.pi * tone * overtone * at) / overtone
                wave[start : start + at.size] += sound * np.exp(-2 * at)
    return wave


def _chords(count: int, random: np.random.Generator) -> Wave:
    return _notes(count, _CHORDS_HZ, 0.6)


def _tune(count: int, random: np.random.Generator) -> Wave:
    return _notes(count, tuple((tone,) for tone in _TUNE_HZ), 0.3)


def _laugh(count: int, random: np.random.Generator) -> Wave:
    """Breaths of a falling buzz, five a second."""
    at = _time(count)
    pitch = 220 * (1 - 0.3 * (at % 0.2) / 0.2)
    buzz = np.sign(np.sin(2 * np.pi * np.cumsum(pitch) / HEARD_RATE)) * 0.3
    return (buzz + 0.4 * _band(count, 600, 3500, random)) * np.exp(-12 * (at % 0.2))


def _keypad(count: int) -> Wave:
    at = _time(count)
    which = (at / 0.2).astype(int) % len(_KEYPAD_HZ)
    tones = np.array(_KEYPAD_HZ)[which]
    on = (at % 0.2) < 0.12
    return np.asarray(np.sin(2 * np.pi * tones * at[:, None]).sum(axis=1) * on)


_KINDS: Final[dict[str, Callable[[int, np.random.Generator], Wave]]] = {
    "white": _white,
    "pink": _pink,
    "fan": _fan,
    "hum": _hum,
    "breath": _breath,
    "cough": _cough,
    "keyboard": _keyboard,
    "knocks": _knocks,
    "crackle": _crackle,
    "chords": _chords,
    "tune": _tune,
    "laugh": _laugh,
}
