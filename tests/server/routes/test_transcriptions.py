"""Transcription over HTTP, as OpenAI's own client asks for it, with the fixture Whisper."""

from __future__ import annotations

import re
from typing import Any

import httpx
import numpy as np
import openai
import pytest

from pipeline.audio import HEARD_RATE, Pcm16
from server.settings import ServerSettings
from server.transcription.settings import TranscriptionSettings
from tests.server.api_server import (
    GERMAN,
    SUM,
    WEATHER,
    RunningServer,
    deltas,
    file_of,
    running_server,
    said,
    wav_of,
)


@pytest.fixture(scope="module")
def weather() -> Pcm16:
    return said(WEATHER)


@pytest.fixture(scope="module")
def both() -> Pcm16:
    """Two sentences, far enough apart to be heard one after the other."""
    return said(WEATHER, SUM, pause_s=3.0)


def ask(client: openai.OpenAI, audio: bytes, **options: Any) -> Any:
    return client.audio.transcriptions.create(
        file=("speech.wav", audio), **{"model": "whisper-1", "language": "en", **options}
    )


@pytest.mark.parametrize("model", ["whisper-1", "gpt-4o-transcribe", "fixture"])
def test_the_words_of_a_file(openai_client: openai.OpenAI, weather: Pcm16, model: str) -> None:
    heard = ask(openai_client, wav_of(weather), model=model)
    assert heard.text == WEATHER
    assert heard.usage.type == "duration"
    assert heard.usage.seconds == pytest.approx(weather.size / HEARD_RATE, abs=0.01)


@pytest.mark.parametrize(
    ("container", "codec"),
    [
        ("wav", "pcm_s16le"),
        ("mp3", "libmp3lame"),
        ("ogg", "libopus"),
        ("webm", "libopus"),
        ("flac", "flac"),
        ("adts", "aac"),
        ("mp4", "aac"),
    ],
)
def test_every_format_is_read(
    openai_client: openai.OpenAI, weather: Pcm16, container: str, codec: str
) -> None:
    assert ask(openai_client, file_of(weather, container, codec)).text == WEATHER


def test_the_sound_of_a_video_is_read(openai_client: openai.OpenAI, weather: Pcm16) -> None:
    assert ask(openai_client, file_of(weather, "matroska", "aac", video=True)).text == WEATHER


def test_segments_and_words_have_their_times(openai_client: openai.OpenAI, both: Pcm16) -> None:
    heard = ask(
        openai_client,
        wav_of(both),
        response_format="verbose_json",
        timestamp_granularities=["word", "segment"],
    )
    assert (heard.task, heard.language) == ("transcribe", "english")
    assert heard.duration == pytest.approx(both.size / HEARD_RATE, abs=0.01)
    assert heard.text == f"{WEATHER} {SUM}"
    first, second = heard.segments
    assert (first.text.strip(), second.text.strip()) == (WEATHER, SUM)
    assert 0 <= first.start < first.end < second.start - 1 < second.end <= heard.duration
    assert second.start == pytest.approx(_sounds_again(both), abs=0.4)
    assert [word.word for word in heard.words] == f"{WEATHER} {SUM}".split()
    starts = [word.start for word in heard.words]
    assert starts == sorted(starts)
    assert heard.words[-1].start >= second.start - 0.1


def test_without_granularities_there_are_segments_only(
    openai_client: openai.OpenAI, weather: Pcm16
) -> None:
    heard = ask(openai_client, wav_of(weather), response_format="verbose_json")
    assert len(heard.segments) == 1
    assert heard.segments[0].tokens
    assert heard.words is None


def test_text_and_subtitles(openai_client: openai.OpenAI, both: Pcm16) -> None:
    audio = wav_of(both)
    assert ask(openai_client, audio, response_format="text").strip() == f"{WEATHER} {SUM}"
    srt = ask(openai_client, audio, response_format="srt")
    stamp = r"\d\d:\d\d:\d\d[,.]\d\d\d"
    assert re.findall(rf"(\d)\n{stamp} --> {stamp}\n(.+)\n\n", srt) == [("1", WEATHER), ("2", SUM)]
    vtt = ask(openai_client, audio, response_format="vtt")
    assert vtt.startswith("WEBVTT\n\n")
    assert re.findall(rf"{stamp} --> {stamp}\n(.+)\n\n", vtt) == [WEATHER, SUM]


def test_events_bring_the_words_part_by_part(openai_client: openai.OpenAI, both: Pcm16) -> None:
    events = list(ask(openai_client, wav_of(both), stream=True))
    *parts, done = events
    assert {event.type for event in parts} == {"transcript.text.delta"}
    assert len(parts) == 2
    assert deltas(parts) == f"{WEATHER} {SUM}"
    assert (done.type, done.text) == ("transcript.text.done", f"{WEATHER} {SUM}")


def test_the_language_is_detected_and_named(openai_client: openai.OpenAI) -> None:
    audio = wav_of(said(GERMAN, voice="de"))
    heard = ask(openai_client, audio, language=openai.omit, response_format="verbose_json")
    assert (heard.text, heard.language) == (GERMAN, "german")
    assert ask(openai_client, audio, language="German").text == GERMAN


@pytest.mark.parametrize("level", [0, 300])
def test_silence_and_noise_have_no_words(openai_client: openai.OpenAI, level: int) -> None:
    noise = np.random.default_rng(1).normal(0, level or 1e-9, 12 * HEARD_RATE).astype(np.int16)
    heard = ask(openai_client, wav_of(noise), response_format="verbose_json")
    assert (heard.text, heard.segments) == ("", [])
    assert heard.duration == pytest.approx(12.0)


def test_a_damaged_file_is_heard_as_far_as_it_goes(
    openai_client: openai.OpenAI, weather: Pcm16
) -> None:
    whole = file_of(np.concatenate([weather, weather * 0]), "mp3", "libmp3lame")
    assert ask(openai_client, whole[: len(whole) * 2 // 3]).text == WEATHER


def test_a_prompt_keywords_and_a_temperature_are_accepted(
    openai_client: openai.OpenAI, weather: Pcm16
) -> None:
    assert ask(openai_client, wav_of(weather), prompt="Hello, Jarvis.").text
    assert ask(openai_client, wav_of(weather), temperature=0.2).text
    assert ask(openai_client, wav_of(weather), keywords=["Jarvis", "Paris"]).text


def test_only_the_languages_that_are_named_are_detected(
    openai_client: openai.OpenAI, weather: Pcm16
) -> None:
    options = {"language": openai.omit, "response_format": "verbose_json"}
    heard = ask(openai_client, wav_of(weather), languages=["de"], **options)
    assert heard.language == "german"
    with pytest.raises(openai.BadRequestError, match="does not know 'xx'"):
        ask(openai_client, wav_of(weather), languages=["xx"], **options)


@pytest.mark.filterwarnings("ignore:deprecated:DeprecationWarning")
def test_a_translation_is_english(openai_client: openai.OpenAI, weather: Pcm16) -> None:
    heard: Any = openai_client.audio.translations.create(
        file=("speech.wav", wav_of(weather)), model="whisper-1", response_format="verbose_json"
    )
    assert heard.language == "english"
    assert heard.text


_SPEECH = wav_of(np.zeros(HEARD_RATE, np.int16))


@pytest.mark.parametrize(
    ("audio", "options", "param", "code", "words"),
    [
        (b"", {}, "file", "invalid_file", "empty"),
        (b"no audio at all" * 99, {}, "file", "invalid_file", "not audio that can be read"),
        (b"#EXTM3U\nfile:///etc/passwd\n", {}, "file", "invalid_file", "not audio that can be"),
        (wav_of(np.zeros(800, np.int16)), {}, "file", "audio_too_short", "0.05 s"),
        (_SPEECH, {"language": "xx"}, "language", "unsupported_language", "does not know 'xx'"),
        (_SPEECH, {"response_format": "pdf"}, "response_format", "invalid_value", "'json'"),
        (_SPEECH, {"temperature": 3}, "temperature", "invalid_value", "less than or equal to 1"),
        (
            _SPEECH,
            {"timestamp_granularities": ["word"]},
            "timestamp_granularities",
            "invalid_value",
            "verbose_json",
        ),
    ],
)
def test_what_cannot_be_done_is_refused_in_openais_shape(
    openai_client: openai.OpenAI,
    audio: bytes,
    options: dict[str, Any],
    param: str,
    code: str,
    words: str,
) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        ask(openai_client, audio, **options)
    assert (refused.value.param, refused.value.code) == (param, code)
    assert refused.value.type == "invalid_request_error"
    assert words in refused.value.message


def test_an_unknown_model_is_not_found_and_the_known_ones_are_named(
    openai_client: openai.OpenAI,
) -> None:
    with pytest.raises(openai.NotFoundError, match=r"whisper-1.*fixture") as refused:
        ask(openai_client, _SPEECH, model="whisper-9")
    assert refused.value.code == "model_not_found"


def test_a_body_that_is_no_form_or_has_no_file_is_refused(api: RunningServer) -> None:
    url = f"{api.url}/v1/audio/transcriptions"
    with httpx.Client(trust_env=False) as client:
        plain = client.post(url, json={"model": "whisper-1"})
        assert (plain.status_code, plain.json()["error"]["code"]) == (400, "invalid_form")
        without = client.post(url, data={"model": "whisper-1"}, files={"other": b"x"})
        assert (without.status_code, without.json()["error"]["code"]) == (400, "missing_field")
        nameless = client.post(url, files={"file": ("a.wav", _SPEECH)})
        assert nameless.json()["error"]["param"] == "model"


def test_audio_beyond_the_limit_is_refused() -> None:
    long = np.zeros(3 * HEARD_RATE, np.int16)
    with (
        running_server(ServerSettings(port=0), TranscriptionSettings(longest_s=2)) as server,
        openai.OpenAI(
            base_url=f"{server.url}/v1",
            api_key="x",
            max_retries=0,
            http_client=openai.DefaultHttpxClient(trust_env=False),
        ) as client,
        pytest.raises(openai.BadRequestError, match="longer than 2 s") as refused,
    ):
        ask(client, wav_of(long))
    assert refused.value.code == "audio_too_long"


async def test_a_server_that_only_speaks_says_so(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/audio/transcriptions", files={"file": b"x"})
    assert answer.status_code == 404
    assert "only speaks" in answer.json()["error"]["message"]


def _sounds_again(pcm: Pcm16) -> float:
    """When sound begins after the longest silence, in seconds."""
    loud = np.flatnonzero(np.abs(pcm) > 300)
    gaps = np.diff(loud)
    return float(loud[int(np.argmax(gaps)) + 1] / HEARD_RATE)
