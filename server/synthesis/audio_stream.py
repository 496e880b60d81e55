"""One sentence from a server's bytes to PCM: detect the container, decode, resample, trim."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import av
import numpy as np

from pipeline.audio import SPOKEN_RATE, Pcm16
from server.audio.container import detect_container
from server.audio.decode import Decoder, decoder_for
from server.audio.resample import Resampler
from server.audio.trim import SilenceTrimmer

_RATE_PARAMETER: Final = re.compile(r"\brate=(\d{4,6})\b")


class AudioStream:
    """Decodes one response to 48 kHz mono. No I/O.

    ``pcm_rate`` is the rate of raw samples. Raw samples are recognised only if they were requested
    (``asked_for_pcm``).
    """

    def __init__(
        self, *, pcm_rate: int, asked_for_pcm: bool, trim_leading: bool, max_trailing_ms: int
    ) -> None:
        self._pcm_rate = pcm_rate
        self._asked_for_pcm = asked_for_pcm
        self._head = b""
        self._decoder: Decoder | None = None
        self._resampler = Resampler()
        self._trimmer = SilenceTrimmer(leading=trim_leading, max_trailing_ms=max_trailing_ms)
        self._decoded_samples = 0
        self._returned_samples = 0

    @property
    def decoded_s(self) -> float:
        """Seconds of audio decoded so far, silence included."""
        return self._decoded_samples / SPOKEN_RATE

    @property
    def returned_s(self) -> float:
        """Seconds of audio returned so far, without the silence around it."""
        return self._returned_samples / SPOKEN_RATE

    @property
    def sounded(self) -> bool:
        """Whether any audio so far was louder than silence."""
        return self._trimmer.sounded

    def feed(self, data: bytes) -> Pcm16:
        """The audio that ``data`` completes, ``int16[n]``; may be empty.

        Raises:
            Undecodable: the bytes are not audio.
        """
        if self._decoder is None:
            self._head += data
            self._decoder = self._detect(complete=False)
            if self._decoder is None:
                return np.empty(0, np.int16)
            data, self._head = self._head, b""
        return self._resampled(self._decoder.feed(data))

    def finish(self) -> Pcm16:
        """The audio held back until the last byte, ``int16[n]``.

        Raises:
            Undecodable: the bytes are not audio.
        """
        decoder = self._decoder or self._detect(complete=True)
        assert decoder is not None  # a complete response always has a container
        pcm = self._resampled(decoder.feed(self._head) + decoder.finish())
        return np.concatenate((pcm, self._trimmed(self._resampler.finish())))

    def _detect(self, *, complete: bool) -> Decoder | None:
        container = detect_container(
            self._head, complete=complete, asked_for_pcm=self._asked_for_pcm
        )
        return None if container is None else decoder_for(container, self._pcm_rate)

    def _resampled(self, frames: Iterable[av.AudioFrame]) -> Pcm16:
        parts = [self._resampler.feed(frame) for frame in frames]
        return self._trimmed(np.concatenate(parts) if parts else np.empty(0, np.int16))

    def _trimmed(self, pcm: Pcm16) -> Pcm16:
        self._decoded_samples += pcm.size
        trimmed = self._trimmer.feed(pcm)
        self._returned_samples += trimmed.size
        return trimmed


def rate_in(content_type: str) -> int | None:
    """The sample rate in a content type such as ``audio/pcm;rate=22050``."""
    found = _RATE_PARAMETER.search(content_type)
    rate = int(found[1]) if found else 0
    return rate if 4_000 <= rate <= 192_000 else None
