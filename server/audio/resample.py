"""The streaming resampler: any sample rate to the bot's 48 kHz mono, or to another."""

from __future__ import annotations

import av
import numpy as np

from pipeline.audio import SPOKEN_RATE, Pcm16


class Resampler:
    """FFmpeg's resampler, which mixes to mono and holds back less than a millisecond.

    FFmpeg's takes frames of one format only. This one starts another where the format changes, as
    between two files in one response.
    """

    def __init__(self, rate: int = SPOKEN_RATE) -> None:
        self._rate = rate
        self._resampler: av.AudioResampler | None = None
        self._format: tuple[str, str, int] | None = None

    def feed(self, frame: av.AudioFrame) -> Pcm16:
        """The samples ready after ``frame``, ``int16[n]``."""
        frame_format = (frame.format.name, frame.layout.name, frame.sample_rate)
        before = np.empty(0, np.int16)
        if self._resampler is None or frame_format != self._format:
            before = self.finish()
            self._resampler = av.AudioResampler(format="s16", layout="mono", rate=self._rate)
            self._format = frame_format
        return np.concatenate((before, _joined(self._resampler.resample(frame))))

    def finish(self) -> Pcm16:
        """The samples held back, ``int16[n]``."""
        held = [] if self._resampler is None else self._resampler.resample(None)
        self._resampler = None
        return _joined(held)


def mono_frame(pcm: Pcm16, rate: int) -> av.AudioFrame:
    """``int16[n]`` as a frame for the resampler."""
    frame = av.AudioFrame.from_ndarray(pcm.reshape(1, -1), format="s16", layout="mono")
    frame.sample_rate = rate
    return frame


def _joined(frames: list[av.AudioFrame]) -> Pcm16:
    parts = [frame.to_ndarray().reshape(-1) for frame in frames]
    return np.concatenate(parts) if parts else np.empty(0, np.int16)
