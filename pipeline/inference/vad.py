"""Voice activity: Silero VAD v6, one model for many speakers.

The model hears 32 ms at a time and carries a recurrent state per speaker. Speakers that are due
together are stepped in one call: ten of them cost four times one.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.audio import HEARD_RATE, Samples
from pipeline.errors import ModelUnavailable
from pipeline.inference.onnx_weights import float_weights
from pipeline.inference.silero import INPUT, STATE, SileroNetwork

CHUNK: Final = 512
"""Samples that the model takes at a time: 32 ms."""

_CONTEXT: Final = INPUT - CHUNK
# Non-speech shifts the recurrent state until speech is recognised late: 60 s of noise at -20 dB
# delay it by 474 ms, with this rule by 19 ms. A reset waits for a run of clearly quiet chunks,
# because one quiet chunk can be a dip inside a word. Rule and numbers are Pipecat's.
_RESET_AFTER_CHUNKS: Final = 2 * HEARD_RATE // CHUNK + 1
_RESET_BELOW: Final = 0.1
_RESET_QUIET_CHUNKS: Final = 5


class VadStream:
    """One speaker's state between chunks. Made by `SileroVad.open`; dropping it frees it."""

    __slots__ = ("_chunks", "_quiet", "context", "state")

    def __init__(self) -> None:
        self.state: NDArray[np.float32] = np.zeros((2, STATE), np.float32)
        self.context: NDArray[np.float32] = np.zeros(_CONTEXT, np.float32)
        self._chunks = 0
        self._quiet = 0

    def reset(self) -> None:
        """Forget what was heard, as at the start of a new stretch of audio."""
        self.state = np.zeros((2, STATE), np.float32)
        self.context = np.zeros(_CONTEXT, np.float32)
        self._chunks = self._quiet = 0

    def advance(self, probability: float) -> None:
        """Count a chunk, and reset when one is due and it is quiet."""
        self._chunks += 1
        self._quiet = self._quiet + 1 if probability < _RESET_BELOW else 0
        if self._chunks >= _RESET_AFTER_CHUNKS and self._quiet >= _RESET_QUIET_CHUNKS:
            self.reset()


class SileroVad:
    """The model, shared by every speaker of every room. Not to be stepped by two threads at once.

    Takes the path of ``silero_vad_16k_op15.onnx`` (16 kHz only; same results as the full file).

    Raises:
        ModelUnavailable: the file is missing, or is not that model.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        file = Path(path)
        what, advice = "voice activity (Silero)", "run `python run.py models fetch`"
        if not file.is_file():
            raise ModelUnavailable(f"{what}: there is no file {file}; {advice} to get it")
        try:
            self._network = SileroNetwork(float_weights(file))
        except (OSError, KeyError, ValueError) as error:
            raise ModelUnavailable(
                f"{what}: {file} does not load ({error!r}); delete it and {advice} again"
            ) from error

    def open(self) -> VadStream:
        """A fresh stream for one speaker."""
        return VadStream()

    def step(self, due: Sequence[tuple[VadStream, Samples]]) -> list[float]:
        """Advance each stream by its chunk, ``float32[512]``; speech probabilities, in order.

        A row of a batch equals the same stream stepped alone but for rounding, which depends on the
        CPU: some 1e-6 a step. A stream may be due only once in a call.

        Raises:
            ValueError: a chunk has another length, or a stream is due twice.
        """
        if not due:
            return []
        audio = self._gather(due)
        state = np.stack([stream.state for stream, _ in due], axis=1)
        output, after = self._network.step(audio, state)
        probabilities: list[float] = output.tolist()
        for row, (stream, _) in enumerate(due):
            # Copies: a view would keep the whole batch alive for one speaker who fell silent.
            stream.state = after[:, row].copy()
            stream.context = audio[row, CHUNK:].copy()
            stream.advance(probabilities[row])
        return probabilities

    @staticmethod
    def _gather(due: Sequence[tuple[VadStream, Samples]]) -> NDArray[np.float32]:
        if len({id(stream) for stream, _ in due}) != len(due):
            raise ValueError("a stream is due twice in one step: step its chunks one after another")
        audio = np.empty((len(due), _CONTEXT + CHUNK), np.float32)
        for row, (stream, chunk) in enumerate(due):
            if chunk.shape != (CHUNK,):
                raise ValueError(f"a chunk has shape {chunk.shape}: the model takes ({CHUNK},)")
            audio[row, :_CONTEXT] = stream.context
            audio[row, _CONTEXT:] = chunk
        return audio
