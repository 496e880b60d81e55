"""The turn model: Smart Turn v3.2 tells whether a turn is complete, with numpy and onnxruntime.

The model takes the last 8 s of the turn as a Whisper log-mel spectrogram and returns the
probability that the turn is complete. The front end follows ``WhisperFeatureExtractor`` of Hugging
Face Transformers (chunk_length=8, do_normalize=True); its features are the reference's bit for bit.
"""

from __future__ import annotations

import os
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.audio import HEARD_RATE, Samples
from pipeline.inference.cpu_models import matmul, open_session

WINDOW: Final = 8 * HEARD_RATE
"""Samples that the model takes: the last 8 s."""

_FFT: Final = 400
_HOP: Final = 160
_MELS: Final = 80
_FRAMES: Final = WINDOW // _HOP


class SmartTurn:
    """The model, shared by every speaker; may be called from several threads.

    Raises:
        ModelUnavailable: the file is missing or will not load.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._session = open_session(path, "end of turn (Smart Turn)")

    def probability(self, audio: Samples) -> float:
        """The probability, 0..1, that the turn is over; its audio is ``float32[n]``, any n.

        Takes about 30 ms of one core: call it in a worker. Results near 0.5 depend on the last bit
        of the input, clear ones do not.

        Raises:
            ValueError: the audio is not one-dimensional.
        """
        if audio.ndim != 1:
            raise ValueError(f"audio of a turn has shape {audio.shape}: it must be (n,)")
        features = log_mel(audio)[np.newaxis]
        (output,) = self._session.run(None, {"input_features": features})
        return float(output[0, 0])


def log_mel(audio: Samples) -> NDArray[np.float32]:
    """The last 8 s as the features of Smart Turn, ``float32[80, 800]``; zeros fill the front."""
    recent = audio[-WINDOW:].astype(np.float32, copy=False)
    silence = WINDOW - recent.size
    window = np.pad(recent, (silence, 0))
    window = (window - window.mean()) / np.sqrt(window.var() + 1e-7)
    # Frames that lie wholly in the zeros are equal: only one of them is computed.
    alike = max(0, (silence - _FFT // 2) // _HOP)
    frames = _frames(window)[alike:]
    mel = np.log10(np.maximum(_mel_power(frames), 1e-10))
    mel = np.maximum(mel, mel.max() - 8.0)
    features = ((mel + 4.0) / 4.0).astype(np.float32)
    return np.ascontiguousarray(np.concatenate([np.repeat(features[:1], alike, 0), features]).T)


def _frames(window: NDArray[np.float32]) -> NDArray[np.float64]:
    """Overlapping frames of the window, ``float64[800, 400]``."""
    padded = np.pad(window.astype(np.float64), _FFT // 2, mode="reflect")
    return np.lib.stride_tricks.sliding_window_view(padded, _FFT)[::_HOP][:_FRAMES]


def _mel_power(frames: NDArray[np.float64]) -> NDArray[np.float64]:
    """Power of each frame in each mel band, ``float64[n, 80]``."""
    spectrum = np.fft.rfft(frames * _HANN, axis=-1)
    power = spectrum.real * spectrum.real + spectrum.imag * spectrum.imag
    return matmul(power, _MEL_BANK)


def _mel_bank() -> NDArray[np.float64]:
    """Triangular bands on Slaney's mel scale, each of unit area: ``float64[201, 80]``."""
    log_step = np.log(6.4) / 27.0
    top = 15.0 + np.log(HEARD_RATE / 2 / 1000.0) / log_step
    mels = np.linspace(0.0, top, _MELS + 2)
    edges = np.where(mels >= 15.0, 1000.0 * np.exp(log_step * (mels - 15.0)), 200.0 * mels / 3.0)
    bins = np.linspace(0, HEARD_RATE // 2, _FFT // 2 + 1)
    width = np.diff(edges)
    distance = edges[np.newaxis, :] - bins[:, np.newaxis]
    falling = distance[:, 2:] / width[1:]
    rising = -distance[:, :-2] / width[:-1]
    area = 2.0 / (edges[2:] - edges[:-2])
    bank: NDArray[np.float64] = np.maximum(0.0, np.minimum(rising, falling)) * area
    return bank


_HANN: Final = np.hanning(_FFT + 1)[:-1]
_MEL_BANK: Final = _mel_bank()
