"""The means and variances of Kokoro's normalisations, estimated before the sound is computed.

They depend on the voice, and on the length of the text: the silence around it weighs more in a
short one. A few calibration texts give both; a least-squares fit over the inverse of the length
gives the statistics of any text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from server.engines.kokoro import KokoroModel, pronounced, tokens_of

CALIBRATION_TEXTS: Final = (
    "Yes.",
    "No, not yet.",
    "I will do that right away.",
    "My favourite colour is blue.",
    "We have two rooms left on Monday.",
    "What would you like to hear about it?",
    "The train to the city leaves from platform nine.",
    "She asked whether you could send the photos from the party.",
)
"""Texts of about 1 to 4 seconds, of many phonemes."""
_UNIT: Final = 100.0
"""Frames; it brings the powers of the inverse length to one scale."""
_RIDGE: Final = 0.02
_LEAST: Final = 1e-5
"""Added to variances before their logarithm, as the model itself does before its square root."""


class VoiceStatistics:
    """The statistics of a voice for texts of any length.

    ``frames[i]`` is the length of a calibration text, and ``found[i]`` are its statistics: arrays
    of ``float32[1, c, 1]``, first all means, then as many variances.
    """

    def __init__(self, frames: Sequence[int], found: Sequence[Sequence[NDArray[np.float32]]]):
        self._shapes = [each.shape for each in found[0]]
        self._ends = np.cumsum([each.size for each in found[0]])[:-1]
        self._shortest = min(frames)
        rows = np.array([np.concatenate([each.ravel() for each in one]) for one in found])
        self._means = rows.shape[1] // 2
        rows[:, self._means :] = np.log(rows[:, self._means :] + _LEAST)
        inputs = np.array([_powers(each) for each in frames])
        penalty = _RIDGE * np.diag([0.0, *[1.0] * (inputs.shape[1] - 1)])
        fit = np.linalg.solve(inputs.T @ inputs + penalty, inputs.T @ rows)
        self._fit = fit.astype(np.float32)

    def at(self, frames: int) -> list[NDArray[np.float32]]:
        """The statistics of a text of ``frames`` frames, in the order of the calibration's."""
        values = _powers(max(frames, self._shortest)) @ self._fit
        values[self._means :] = np.maximum(np.exp(values[self._means :]) - _LEAST, 0)
        parts = np.split(values.astype(np.float32), self._ends)
        return [each.reshape(shape) for each, shape in zip(parts, self._shapes, strict=True)]


def statistics_of(
    model: KokoroModel, text: str, voice: str
) -> tuple[int, list[NDArray[np.float32]]]:
    """The frames of a calibration text, and their statistics.

    Raises:
        UnknownVoice: the model has no such voice.
        EngineUnavailable: espeak-ng, which gives the phonemes, does not load.
        SynthesisFailed: the model fails.
    """
    frames = model.frames(tokens_of(pronounced(text, voice))[0], voice, 1.0)
    return frames.count, model.sound(frames)[1]


def _powers(frames: int) -> NDArray[np.float32]:
    inverse = _UNIT / frames
    return np.array([1, inverse, inverse * inverse], np.float32)
