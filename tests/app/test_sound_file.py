"""A sound file that can be played again is what it was made of."""

from __future__ import annotations

import io

import av
import numpy as np
from numpy.typing import NDArray

from app.sound_file import ogg_opus
from pipeline.audio import SPOKEN_RATE
from testing.calls import tone


def read_back(content: bytes) -> tuple[int, NDArray[np.int16]]:
    with av.open(io.BytesIO(content), "r") as container:
        frames = [frame.to_ndarray() for frame in container.decode(audio=0)]
        return container.streams.audio[0].rate, np.concatenate(frames, axis=1)[0]


def test_it_plays_what_was_spoken() -> None:
    pcm = tone(1.3)
    rate, played = read_back(ogg_opus(pcm))
    assert rate == SPOKEN_RATE
    assert abs(played.size - pcm.size) < SPOKEN_RATE * 0.05
    spectrum = np.abs(np.fft.rfft(played[: SPOKEN_RATE // 2].astype(np.float64)))
    assert abs(np.argmax(spectrum) * 2 - 440) < 5


def test_it_is_small() -> None:
    assert len(ogg_opus(tone(10.0))) < 60_000


def test_no_speech_is_a_file_too() -> None:
    assert ogg_opus(np.zeros(0, np.int16)).startswith(b"OggS")
