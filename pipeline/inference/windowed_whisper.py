"""faster-whisper's model with an encoder window as short as the speech.

Whisper pads every clip to 30 s of features and encodes them all. CTranslate2's encoder takes any
length, and its cost grows faster than linearly: 5 s are 19 to 23 times cheaper on a CPU than 30 s.
So the padding is cut off before the encoder, except for a margin: with too little silence after the
speech, Whisper does not find the end.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import ctranslate2
import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.feature_extractor import FeatureExtractor
from numpy.typing import NDArray

from pipeline.audio import Samples
from pipeline.inference.cpu_models import matmul

FRAMES_A_SECOND: Final = 100
MARGIN_FRAMES: Final = 256
"""2.56 s, 128 encoder positions: the least at which whisper.cpp users saw no loss (PR 3532)."""
FLOOR_FRAMES: Final = 5 * FRAMES_A_SECOND
"""Shorter inputs are no cheaper, and rare in Whisper's training data."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """The decoder's numbers for one window of 30 s."""

    tokens: int
    avg_logprob: float
    no_speech_prob: float
    compression_ratio: float


@dataclass(slots=True)
class DecodeCall:
    """The state of one transcription while it runs, in one thread."""

    cut: bool
    decoded: list[Decoded] = field(default_factory=list)
    detecting: bool = False
    encoded: ctranslate2.StorageView | None = None
    """The first window, encoded to detect its language, until it is decoded."""


class LeanFeatures(FeatureExtractor):  # type: ignore[misc]
    """The same log-mel features, without BLAS threads."""

    def __call__(
        self, waveform: Samples, padding: int = 160, chunk_length: int | None = None
    ) -> NDArray[np.float32]:
        """``float32[n]`` to ``float32[mels, frames]``; supports 30 s windows only."""
        if chunk_length is not None:
            raise ValueError("the window of this model is fixed: leave chunk_length out")
        window = np.hanning(self.n_fft + 1)[:-1].astype(np.float32)
        padded = np.pad(waveform.astype(np.float32, copy=False), (0, padding))
        spectrum = self.stft(
            padded, self.n_fft, self.hop_length, window=window, return_complex=True
        )
        power = np.square(np.abs(spectrum[:, :-1].astype(np.complex64))).T
        mel = np.log10(np.maximum(matmul(power, self.mel_filters.T), 1e-10))
        mel = np.maximum(mel, mel.max() - 8.0)
        return np.ascontiguousarray(((mel + 4.0) / 4.0).T)


class WindowedWhisper(WhisperModel):  # type: ignore[misc]
    """WhisperModel whose windows are cut within ``with model.call(cut=True)``.

    Written for faster-whisper 1.2. Its ``transcribe`` encodes the first window to detect the
    language, if none is given, and encodes it again to decode it. Here it is encoded once.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.feature_extractor = LeanFeatures(**self.feat_kwargs)
        self._calls = threading.local()

    @contextmanager
    def call(self, *, cut: bool) -> Iterator[DecodeCall]:
        """Run one transcription in this thread, and collect the decoder's numbers."""
        call = DecodeCall(cut)
        self._calls.current = call
        try:
            yield call
        finally:
            self._calls.current = None

    def detect_language(self, *args: Any, **options: Any) -> Any:
        call = self._current()
        if call is None:
            return super().detect_language(*args, **options)
        call.detecting = True
        try:
            return super().detect_language(*args, **options)
        finally:
            call.detecting = False

    def encode(self, features: NDArray[np.float32]) -> ctranslate2.StorageView:
        call = self._current()
        if call is None:
            return super().encode(features)
        if call.encoded is not None and not call.detecting:
            encoded, call.encoded = call.encoded, None
            return encoded
        encoded = super().encode(cut_pad(features) if call.cut else features)
        if call.detecting:
            call.encoded = encoded
        return encoded

    def generate_with_fallback(self, *args: Any, **options: Any) -> Any:
        outcome = super().generate_with_fallback(*args, **options)
        call = self._current()
        if call is not None:
            result, avg_logprob, _, compression_ratio = outcome
            tokens = len(result.sequences_ids[0])
            call.decoded.append(
                Decoded(tokens, avg_logprob, result.no_speech_prob, compression_ratio)
            )
        return outcome

    def _current(self) -> DecodeCall | None:
        return getattr(self._calls, "current", None)


def cut_pad(features: NDArray[np.float32]) -> NDArray[np.float32]:
    """Cut the padding off ``float32[mels, frames]``; keep the margin, and the floor at least.

    The padding is columns of exact zeros, which no audio gives.
    """
    nonzero = np.flatnonzero(features.any(axis=0))
    used = int(nonzero[-1]) + 1 if nonzero.size else 0
    kept = max(FLOOR_FRAMES, used + MARGIN_FRAMES)
    # The encoder's first layers halve the frames.
    return features[:, : min(features.shape[1], kept + kept % 2)]
