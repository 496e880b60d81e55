from __future__ import annotations

import numpy as np
import pytest

from server.synthesis.audio_check import audio_defect, looks_like_text, max_duration_s
from server.synthesis.audio_stream import AudioStream
from tests.server.sounds import pcm

SENTENCE = "The harbour festival opens on Saturday morning."


def heard(data: bytes) -> AudioStream:
    stream = AudioStream(
        pcm_rate=24_000, asked_for_pcm=True, trim_leading=True, max_trailing_ms=300
    )
    stream.feed(data)
    stream.finish()
    return stream


@pytest.mark.parametrize(
    ("text", "data", "lacks"),
    [
        (SENTENCE, pcm(24_000, ms=2000), ""),
        (SENTENCE, pcm(24_000, ms=250), ""),
        (SENTENCE, b"", "without any audio"),
        (SENTENCE, bytes(48_000), "with 1.0 s of silence and no speech"),
        (SENTENCE, pcm(24_000, ms=60, lead_ms=500), "with 0.07 s of audio for 40 letters"),
        ("Oh!", pcm(24_000, ms=60), ""),
        ("Oh!", np.full(100, 9000, "<i2").tobytes(), "with 4 ms of audio"),
        ("?!", np.full(100, 9000, "<i2").tobytes(), ""),
    ],
)
def test_a_defect_of_the_audio_is_named(text: str, data: bytes, lacks: str) -> None:
    assert audio_defect(heard(data), text, 1.0) == lacks


def test_the_longest_duration_allows_every_pace() -> None:
    assert max_duration_s("Hm.") > 30
    assert max_duration_s("1" * 100) > 100


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b'{"error": "no such model"}', True),
        (b"\n <html><body>Bad gateway</body></html>", True),
        (b"[1, 2, 3]", True),
        (b"\xef\xbb\xbf\n" + b" " * 80 + b"<!DOCTYPE html>", True),
        (b"upstream connect error or disconnect/reset before headers. reset reason: timeout", True),
        (
            "Der Sprachdienst ist überlastet, bitte später noch einmal versuchen: 503.".encode(),
            True,
        ),
        (b" " * 600, True),
        (b"[]", None),
        (b"{", None),
        (b"", None),
        (b"\xef\xbb", None),
        (b"Internal Server Error", None),
        (b"RIFF\xff\xff\xff\xffWAVE", False),
        (np.full(100, 9000, "<i2").tobytes(), False),
        (pcm(24_000), False),
        (b"{\x00" * 20, False),
    ],
)
def test_text_is_distinguished_from_samples(data: bytes, text: bool | None) -> None:
    assert looks_like_text(data) is text
