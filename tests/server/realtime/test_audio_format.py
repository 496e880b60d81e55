from __future__ import annotations

import base64
from typing import Any

import av
import numpy as np
import pytest

from pipeline.audio import HEARD_RATE, Pcm16
from server.errors import ApiError
from server.realtime.audio_format import LiveAudio
from server.realtime.configuration import RealtimeFormat


def tone(rate: int, seconds: float = 1.0) -> Pcm16:
    return (8000 * np.sin(2 * np.pi * 440 * np.arange(round(rate * seconds)) / rate)).astype(
        np.int16
    )


def heard(form: RealtimeFormat, data: bytes, step: int = 333) -> Pcm16:
    audio = LiveAudio(form)
    pieces = [data[at : at + step] for at in range(0, len(data), step)]
    return np.concatenate([audio.feed(base64.b64encode(piece).decode()) for piece in pieces])


def is_the_tone(pcm: Pcm16) -> bool:
    spectrum = np.abs(np.fft.rfft(pcm * np.hanning(pcm.size)))
    pitch = float(np.argmax(spectrum)) * HEARD_RATE / pcm.size
    return abs(pitch - 440) < 5 and abs(pcm.size / HEARD_RATE - 1) < 0.01


@pytest.mark.parametrize("rate", [8_000, 16_000, 24_000, 48_000])
def test_samples_of_any_rate(rate: int) -> None:
    assert is_the_tone(heard(RealtimeFormat(rate=rate), tone(rate).astype("<i2").tobytes()))


@pytest.mark.parametrize(
    ("kind", "codec"), [("audio/pcmu", "pcm_mulaw"), ("audio/pcma", "pcm_alaw")]
)
def test_telephone_audio(kind: Any, codec: str) -> None:
    encoder = av.CodecContext.create(codec, "w")
    assert isinstance(encoder, av.AudioCodecContext)
    encoder.sample_rate, encoder.layout, encoder.format = 8_000, "mono", "s16"
    frame = av.AudioFrame.from_ndarray(tone(8_000).reshape(1, -1), format="s16", layout="mono")
    frame.sample_rate = 8_000
    data = b"".join(bytes(packet) for packet in [*encoder.encode(frame), *encoder.encode(None)])
    assert is_the_tone(heard(RealtimeFormat(type=kind), data))


@pytest.mark.parametrize("audio", [None, 3, "no base64!", "YQ"])
def test_what_is_no_base64_is_refused(audio: object) -> None:
    with pytest.raises(ApiError, match="base64"):
        LiveAudio(RealtimeFormat()).feed(audio)


def test_nothing_is_nothing() -> None:
    assert LiveAudio(RealtimeFormat()).feed("").size == 0
