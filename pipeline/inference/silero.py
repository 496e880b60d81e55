"""Silero VAD's network for many speakers in one step, in numpy.

onnxruntime works through a batch of it one row after the other, four columns at a time, and through
a dozen nested conditions beside: with ten speakers, a second of one's audio costs 1.7 ms of CPU,
here 0.8. The layers are those of the model in ONNX (16 kHz, v6.2), whose weights they take:

    576 samples ─► 4 spectra of 129 ─► 128 ─► 64 (2 steps) ─► 64 (1 step) ─► 128 ─► LSTM 128 ─► 1
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.inference.blas import product

Floats = NDArray[np.float32]

INPUT: Final = 576
"""Samples of a step: 64 of the last chunk, and a chunk of 512."""
STATE: Final = 128
_FFT, _HOP, _FRAMES = 256, 128, 4
_BINS: Final = _FFT // 2 + 1
_MIRRORED: Final = 64
_TAPS: Final = 3
_WIDE, _NARROW = 128, 64


class SileroNetwork:
    """The layers. Keeps nothing between steps: the recurrent state is the caller's.

    Takes the float weights of ``silero_vad_16k_op15.onnx``, by name.

    Raises:
        KeyError, ValueError: these are the weights of something else.
    """

    def __init__(self, weights: dict[str, Floats]) -> None:
        def layer(number: int, taps: slice) -> tuple[Floats, Floats]:
            name = f"model.encoder.{number}.reparam_conv"
            kernel = weights[f"{name}.weight"][:, :, taps]
            matrix = kernel.transpose(2, 1, 0).reshape(-1, kernel.shape[0])
            return np.ascontiguousarray(matrix), weights[f"{name}.bias"]

        # The transform is a convolution in the model, with the rows of a windowed Fourier
        # transform; its first row, the cosine of nothing, is the window.
        self._window = weights["model.stft.forward_basis_buffer"][0, 0]
        self._first = layer(0, slice(None))
        self._second = layer(1, slice(None))
        # These two have padding on one side, and on both.
        self._third = layer(2, slice(1, None))
        self._fourth = layer(3, slice(1, 2))
        gates = [weights[f"model.decoder.rnn.weight_{kind}"] for kind in ("ih", "hh")]
        bias = weights["model.decoder.rnn.bias_ih"] + weights["model.decoder.rnn.bias_hh"]
        # Input, forget, cell and output gate; the cell's goes last, its activation is another.
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
    """What a kernel of three taps sees of ``float32[n, t, c]`` at each stop, a row for each."""
    count, times, channels = columns.shape
    stops = (times - _TAPS) // stride + 1
    row, step, value = columns.strides
    seen = _view(columns, (count, stops, _TAPS * channels), (row, stride * step, value))
    return seen.reshape(count * stops, _TAPS * channels)


def _view(array: Floats, shape: tuple[int, ...], strides: tuple[int, ...]) -> Floats:
    # What numpy's as_strided does, at a tenth of its cost.
    return np.ndarray(shape, np.float32, array, 0, strides)


def _dense(rows: Floats, layer: tuple[Floats, Floats]) -> Floats:
    matrix, bias = layer
    result = product(rows, matrix)
    result += bias
    return result


def _rectified(rows: Floats, layer: tuple[Floats, Floats]) -> Floats:
    # fmax lets no NaN through: one broken packet must not deafen a speaker for good.
    return np.fmax(_dense(rows, layer), np.float32(0))


def _sigmoid(values: Floats) -> Floats:
    # As a tangent it cannot overflow.
    result: Floats = np.tanh(values * np.float32(0.5)) * np.float32(0.5) + np.float32(0.5)
    return result
