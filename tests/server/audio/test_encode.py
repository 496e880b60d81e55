from __future__ import annotations

import io
from collections.abc import Generator

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from server.audio.encode import FORMATS, SpeechFormat, encoded, media_type
from server.audio.wav import header

RATE = 22_050
SECONDS = 1.5


def tone(seconds: float = SECONDS, rate: int = RATE) -> Generator[bytes, None, None]:
    samples = 8000 * np.sin(2 * np.pi * 500 * np.arange(round(rate * seconds)) / rate)
    data = samples.astype("<i2").tobytes()
    yield from (data[at : at + 2647] for at in range(0, len(data), 2647))


def decoded(data: bytes, form: SpeechFormat) -> tuple[NDArray[np.int16], int]:
    if form == "pcm":
        data = header(24_000, len(data)) + data
    with av.open(io.BytesIO(data), "r") as file:
        resampler = av.AudioResampler(format="s16", layout="mono", rate=24_000)
        frames = [out for each in file.decode(audio=0) for out in resampler.resample(each)]
        rate = file.streams.audio[0].rate
    return np.concatenate([frame.to_ndarray().reshape(-1) for frame in frames]), rate


@pytest.mark.parametrize("form", FORMATS)
def test_the_tone_is_in_the_file(form: SpeechFormat) -> None:
    samples, rate = decoded(b"".join(encoded(tone(), form, RATE, 24_000)), form)
    assert rate == (48_000 if form == "opus" else 24_000)
    assert samples.size / 24_000 == pytest.approx(SECONDS, abs=0.1)
    middle = samples[6_000:30_000].astype(float)
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(middle.size)))
    assert np.argmax(spectrum) == pytest.approx(500, abs=5)
    assert np.sqrt(np.mean(np.square(middle))) == pytest.approx(8000 / np.sqrt(2), rel=0.1)


@pytest.mark.parametrize("form", FORMATS)
def test_the_file_begins_before_the_speech_ends(form: SpeechFormat) -> None:
    given = 0

    def source() -> Generator[bytes, None, None]:
        nonlocal given
        for chunk in tone(20.0):
            given += len(chunk)
            yield chunk

    file = encoded(source(), form, RATE, 24_000)
    begun = 0
    while begun < 400:
        begun += len(next(file))
    assert given / 2 / RATE < 0.5
    file.close()


@pytest.mark.parametrize("form", ["mp3", "opus", "aac", "flac", "wav"])
def test_a_text_without_sound_is_a_file_too(form: SpeechFormat) -> None:
    nothing = b"".join(encoded(tone(0.0), form, RATE, 24_000))
    with av.open(io.BytesIO(nothing), "r") as file:
        assert sum(frame.samples for frame in file.decode(audio=0)) < 0.2 * 48_000


def test_samples_of_the_wanted_rate_are_passed_on_as_they_are() -> None:
    assert list(encoded(tone(rate=24_000), "pcm", 24_000, 24_000)) == list(tone(rate=24_000))


def test_closing_closes_the_source() -> None:
    source = tone(20.0)
    file = encoded(source, "mp3", RATE, 24_000)
    next(file)
    file.close()
    assert next(source, None) is None


def test_the_content_type_of_samples_has_their_rate() -> None:
    assert media_type("pcm", 16_000) == "audio/pcm;rate=16000;channels=1"
    assert media_type("opus", 24_000) == "audio/ogg"
