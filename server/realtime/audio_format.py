"""The audio of a live session: base64 of s16le or of G.711, to 16 kHz samples."""

from __future__ import annotations

import base64
import binascii

import av
import numpy as np

from pipeline.audio import HEARD_RATE, Pcm16
from server.audio.decode import PcmDecoder
from server.audio.resample import Resampler
from server.errors import ApiError
from server.realtime.configuration import RealtimeFormat

_G711 = {"audio/pcmu": "pcm_mulaw", "audio/pcma": "pcm_alaw"}
_G711_RATE = 8_000


class LiveAudio:
    """Decodes one stream; what is left of a sample or of the filter waits for the next piece."""

    def __init__(self, form: RealtimeFormat) -> None:
        self._resampler = Resampler(HEARD_RATE)
        self._pcm = PcmDecoder(form.rate)
        self._codec: av.AudioCodecContext | None = None
        if name := _G711.get(form.type):
            codec = av.CodecContext.create(name, "r")
            assert isinstance(codec, av.AudioCodecContext)
            codec.sample_rate, codec.layout = _G711_RATE, "mono"
            self._codec = codec

    def feed(self, audio: object) -> Pcm16:
        """16 kHz ``int16[n]`` of a piece in base64.

        Raises:
            ApiError: it is not base64.
        """
        if not isinstance(audio, str):
            raise ApiError("audio: base64 is missing.", param="audio", code="missing_field")
        try:
            data = base64.b64decode(audio, validate=True)
        except (binascii.Error, ValueError) as error:
            raise ApiError(
                f"audio: this is not base64: {error}.", param="audio", code="invalid_value"
            ) from error
        if not data:
            return np.empty(0, np.int16)
        frames = self._pcm.feed(data) if self._codec is None else self._decoded(data)
        return np.concatenate([np.empty(0, np.int16), *map(self._resampler.feed, frames)])

    def _decoded(self, data: bytes) -> list[av.AudioFrame]:
        assert self._codec is not None
        return self._codec.decode(av.Packet(data))
