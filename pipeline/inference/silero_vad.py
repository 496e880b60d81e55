"""Voice activity detection: Silero VAD v6, one model for many speakers.

The model takes 32 ms at a time and carries a recurrent state per speaker. Speakers that are due
together are stepped in one call: ten of them cost four times as much as one.

`SileroNetwork` computes the network in numpy. onnxruntime processes a batch one row after the
other, four columns at a time, and evaluates a dozen nested conditions. With ten speakers, a second
of one speaker's audio costs 1.7 ms of CPU there and 0.8 ms here. The layers and their weights are
those of the ONNX model (16 kHz, v6.2):

    576 samples ─► 4 spectra of 129 ─► 128 ─► 64 (2 steps) ─► 64 (1 step) ─► 128 ─► LSTM 128 ─► 1
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
from pipeline.inference.cpu_models import float_weights, matmul

Floats = NDArray[np.float32]

INPUT: Final = 576
"""Samples of a step: 64 of the previous chunk, and a chunk of 512."""
STATE: Final = 128
_FFT, _HOP, _FRAMES = 256, 128, 4
_BINS: Final = _FFT // 2 + 1
_MIRRORED: Final = 64
_TAPS: Final = 3
_WIDE, _NARROW = 128, 64


class SileroNetwork:
    """The layers. Stateless: the caller keeps the recurrent state.

    Takes the float weights of ``silero_vad_16k_op15.onnx``, by name.

    Raises:
        KeyError, ValueError: these are weights of another model.
    """

    def __init__(self, weights: dict[str, Floats]) -> None:
        def layer(number: int, taps: slice) -> tuple[Floats, Floats]:
            name = f"model.encoder.{number}.reparam_conv"
            kernel = weights[f"{name}.weight"][:, :, taps]
            matrix = kernel.transpose(2, 1, 0).reshape(-1, kernel.shape[0])
            return np.ascontiguousarray(matrix), weights[f"{name}.bias"]

        # The model computes the Fourier transform as a convolution whose rows are windowed. Its
        # first row, the cosine of frequency 0, is thus the window.
        self._window = weights["model.stft.forward_basis_buffer"][0, 0]
        self._first = layer(0, slice(None))
        self._second = layer(1, slice(None))
        # These two layers are padded on one side, and on both sides.
        self._third = layer(2, slice(1, None))
        self._fourth = layer(3, slice(1, 2))
        gates = [weights[f"model.decoder.rnn.weight_{kind}"] for kind in ("ih", "hh")]
        bias = weights["model.decoder.rnn.bias_ih"] + weights["model.decoder.rnn.bias_hh"]
        # Input, forget, cell and output gate; the cell's comes last: it has another activation.
        order = np.r_[0 : 2 * STATE, 3 * STATE : 4 * STATE, 2 * STATE : 3 * STATE]
        self._gates = np.ascontiguousarray(np.concatenate(gates, axis=1)[order].T), bias[order]
        self._output = weights["model.decoder.decoder.2.weight"][0]
        self._output_bias = weights["model.decoder.decoder.2.bias"]

    def step(self, audio: Floats, state: Floats) -> tuple[Floats, Floats]:
        """``float32[n, 576]`` and ``float32[2, n, 128]`` to probabilities ``[n]`` and a state."""
        hidden, cell = state
        gates = _dense(np.concatenate([self._encode(audio), hidden], axis=1), self._gates)
        opened = _sigmoid(gates[:, : 3 * STATE])
        after = np.empty_like(state)
        after[1] = opened[:, STATE : 2 * STATE] * cell
        after[1] += opened[:, :STATE] * np.tanh(gates[:, 3 * STATE :])
        after[0] = opened[:, 2 * STATE :] * np.tanh(after[1])
        speech = _sigmoid(np.maximum(after[0], 0) @ self._output + self._output_bias)
        return speech[:, 0], after

    def _encode(self, audio: Floats) -> Floats:
        rows = len(audio)
        spectra = np.zeros((rows, _FRAMES + 2, _BINS), np.float32)
        np.abs(np.fft.rfft(_frames(audio) * self._window), out=spectra[:, 1:-1])
        wide = np.zeros((rows, _FRAMES + 1, _WIDE), np.float32)
        wide[:, 1:] = _rectified(_windows(spectra, 1), self._first).reshape(rows, _FRAMES, _WIDE)
        narrow = _rectified(_windows(wide, 2), self._second).reshape(rows, 2 * _NARROW)
        return _rectified(_rectified(narrow, self._third), self._fourth)


def _frames(audio: Floats) -> Floats:
    """Four overlapping frames of each row, ``float32[n, 4, 256]``; the end is mirrored."""
    mirrored = audio[:, INPUT - 2 : INPUT - 2 - _MIRRORED : -1]
    padded = np.concatenate([audio, mirrored], axis=1)
    row, sample = padded.strides
    return _view(padded, (len(audio), _FRAMES, _FFT), (row, _HOP * sample, sample))


def _windows(columns: Floats, stride: int) -> Floats:
    """The inputs of a kernel of three taps on ``float32[n, t, c]``, one row per position."""
    count, times, channels = columns.shape
    stops = (times - _TAPS) // stride + 1
    row, step, value = columns.strides
    seen = _view(columns, (count, stops, _TAPS * channels), (row, stride * step, value))
    return seen.reshape(count * stops, _TAPS * channels)


def _view(array: Floats, shape: tuple[int, ...], strides: tuple[int, ...]) -> Floats:
    # The same as numpy's as_strided, at a tenth of the cost.
    return np.ndarray(shape, np.float32, array, 0, strides)


def _dense(rows: Floats, layer: tuple[Floats, Floats]) -> Floats:
    matrix, bias = layer
    result = matmul(rows, matrix)
    result += bias
    return result


def _rectified(rows: Floats, layer: tuple[Floats, Floats]) -> Floats:
    # fmax drops NaN: one broken packet must not spoil the state of a speaker.
    return np.fmax(_dense(rows, layer), np.float32(0))


def _sigmoid(values: Floats) -> Floats:
    # Written as tanh it cannot overflow.
    result: Floats = np.tanh(values * np.float32(0.5)) * np.float32(0.5) + np.float32(0.5)
    return result


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
        """Reset the state, as at the start of a new stretch of audio."""
        self.state = np.zeros((2, STATE), np.float32)
        self.context = np.zeros(_CONTEXT, np.float32)
        self._chunks = self._quiet = 0

    def advance(self, probability: float) -> None:
        """Count a chunk; reset the state if that is due and the audio is quiet."""
        self._chunks += 1
        self._quiet = self._quiet + 1 if probability < _RESET_BELOW else 0
        if self._chunks >= _RESET_AFTER_CHUNKS and self._quiet >= _RESET_QUIET_CHUNKS:
            self.reset()


class SileroVad:
    """The model, shared by all speakers of all rooms. Only one thread at a time may step it.

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

        A row of a batch equals the same stream stepped alone, except for rounding, which depends on
        the CPU: some 1e-6 a step. A call may contain a stream only once.

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
            # Copies: a view would keep the whole batch in memory for one silent speaker.
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
