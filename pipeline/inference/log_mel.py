"""Whisper's features for a window that is as long as the speech needs, not always 30 s.

CTranslate2's encoder takes any length, and its cost grows faster than linearly: 10 s cost an eighth
of 30 s. Silence is appended to the audio. Zero features, which faster-whisper appends, are not what
silence looks like: with them, Whisper does not find the end of the speech and repeats itself.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from faster_whisper.feature_extractor import FeatureExtractor
from numpy.typing import NDArray

from pipeline.audio import HEARD_RATE, Samples
from pipeline.inference.cpu_models import matmul

FRAMES_A_SECOND: Final = 100
FRAME: Final = HEARD_RATE // FRAMES_A_SECOND
"""Samples of one frame."""
WINDOW_FRAMES: Final = 30 * FRAMES_A_SECOND
"""Whisper's own window; its encoder has no more positions."""
MARGIN_FRAMES: Final = 256
"""Silence behind the speech: 2.56 s, 128 encoder positions."""
_SILENT_FRAMES: Final = 4
"""Frames of silence that are computed: a frame sees 12.5 ms to each side, so the last is silent."""


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

    def window(self, audio: Samples, floor_frames: int) -> NDArray[np.float32]:
        """``float32[mels, frames]`` of ``float32[n]`` with silence behind it, 30 s at most."""
        frames = window_frames(audio.size, floor_frames)
        audio = audio[: frames * FRAME].astype(np.float32, copy=False)
        # All columns of the silence are alike: one that no speech reaches stands for them.
        computed = min(frames, -(-audio.size // FRAME) + _SILENT_FRAMES)
        features = self(np.pad(audio, (0, max(0, computed * FRAME - audio.size))))[:, :computed]
        if computed < frames:
            features = np.pad(features, ((0, 0), (0, frames - computed)), mode="edge")
        return np.ascontiguousarray(features)


def window_frames(samples: int, floor_frames: int) -> int:
    """Frames to encode for so much audio: the floor at least, and the margin behind the audio."""
    used = -(-samples // FRAME)
    frames = max(floor_frames, used + MARGIN_FRAMES)
    # The encoder's first layers halve the frames.
    return min(WINDOW_FRAMES, frames + frames % 2)
