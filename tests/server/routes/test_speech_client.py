"""Speech, as OpenAI's own client asks for it."""

from __future__ import annotations

import io
import wave
from typing import Any, Literal

import av
import numpy as np
import openai
import pytest

TEXT = "It is ten past three."
Format = Literal["mp3", "opus", "aac", "flac", "wav", "pcm"]


def say(client: openai.OpenAI, **options: Any) -> bytes:
    asked = {"model": "tts-1", "voice": "alloy", "input": TEXT, **options}
    return client.audio.speech.create(**asked).read()


def sound(data: bytes) -> tuple[float, float]:
    """Seconds, and the RMS level relative to full scale."""
    with av.open(io.BytesIO(data), "r") as file:
        resampler = av.AudioResampler("s16", "mono", 24_000)
        frames = [out for each in file.decode(audio=0) for out in resampler.resample(each)]
    samples = np.concatenate([frame.to_ndarray().reshape(-1) for frame in frames])
    return samples.size / 24_000, float(np.sqrt(np.mean(np.square(samples / 32768.0))))


def test_pcm_is_24_khz_and_a_wav_knows_its_length(openai_client: openai.OpenAI) -> None:
    pcm = np.frombuffer(say(openai_client, response_format="pcm"), "<i2")
    data = say(openai_client, response_format="wav")
    with wave.open(io.BytesIO(data)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (24_000, 1, 2)
        assert file.getnframes() == (len(data) - 44) // 2
        assert file.getnframes() == pytest.approx(pcm.size, abs=240)


@pytest.mark.parametrize("form", ["mp3", "opus", "aac", "flac", "wav"])
def test_every_format_has_the_speech(openai_client: openai.OpenAI, form: Format) -> None:
    pcm = np.frombuffer(say(openai_client, response_format="pcm"), "<i2")
    seconds, level = sound(say(openai_client, response_format=form))
    assert seconds == pytest.approx(pcm.size / 24_000, abs=0.1)
    assert level == pytest.approx(np.sqrt(np.mean(np.square(pcm / 32768.0))), rel=0.15)


def test_the_audio_is_streamed(openai_client: openai.OpenAI) -> None:
    with openai_client.audio.speech.with_streaming_response.create(
        model="gpt-4o-mini-tts",
        voice="sage",
        input=TEXT * 20,
        instructions="Speak calmly.",
        stream_format="audio",
    ) as response:
        chunks = list(response.iter_bytes(4096))
    assert len(chunks) > 5
    assert sound(b"".join(chunks))[0] > 10


@pytest.mark.parametrize(
    ("options", "param"),
    [
        ({"voice": "nobody"}, "voice"),
        ({"input": ""}, "input"),
        ({"input": "x" * 4097}, "input"),
        ({"response_format": "mp4"}, "response_format"),
        ({"speed": 5.0}, "speed"),
    ],
)
def test_a_bad_request_is_the_clients_own_error(
    openai_client: openai.OpenAI, options: dict[str, Any], param: str
) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        say(openai_client, **options)
    assert refused.value.param == param


def test_an_unknown_path_is_not_found(openai_client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError):
        openai_client.embeddings.create(model="text-embedding-3-small", input="x")
