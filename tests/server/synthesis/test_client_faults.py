"""Faults of speech servers, and the errors that they cause."""

from __future__ import annotations

import asyncio
import base64
import gzip
import re
import socket

import numpy as np
import pytest
from pydantic import SecretStr

from pipeline.audio import Pcm16
from pipeline.errors import SpeechUnavailable
from pipeline.ports import Voice
from server.audio import wav
from server.settings import TtsSettings
from server.synthesis.client import HttpSynthesizer
from server.synthesis.faults import Fault, SpeechFailed
from tests.server.sounds import encoded, is_the_tone, pcm, wav_file
from tests.server.synthesis.speaking import KEY, VOICE, refused, said, say, speaking
from tests.server.synthesis.speech_server import (
    CUT,
    Reply,
    SpeechServer,
    by_format,
    redirect,
    refusal,
)


async def test_a_refusal_of_all_formats_quotes_the_server_once() -> None:
    body = {"error": {"message": "voice 'anna' not found", "type": "invalid", "code": None}}
    text = await refused(refusal(400, body))
    assert text.endswith("refused: 400 voice 'anna' not found")


async def test_different_refusals_are_listed_by_format() -> None:
    text = await refused(
        by_format(
            {
                "pcm": refusal(400, {"detail": "no pcm"}),
                "wav": refusal(422, {"detail": "no wav"}),
                "mp3": refusal(500, b"", "text/plain"),
            }
        )
    )
    assert text.endswith("pcm: 400 no pcm; wav: 422 no wav; mp3: 500 no message")


async def test_a_500_for_every_format_ends_after_three_requests() -> None:
    async with speaking(refusal(500, b"Internal Server Error", "text/plain")) as (
        synthesizer,
        server,
    ):
        with pytest.raises(SpeechUnavailable, match="500 Internal Server Error"):
            await said(synthesizer)
        assert server.formats == ["pcm", "wav", "mp3"]


async def test_a_500_for_a_format_that_worked_is_raised_at_once() -> None:
    replies = iter([Reply([pcm(24_000)]), refusal(500, {"detail": "CUDA out of memory"})])
    async with speaking(lambda _: next(replies)) as (synthesizer, server):
        await said(synthesizer)
        with pytest.raises(SpeechUnavailable, match="CUDA out of memory"):
            await said(synthesizer)
        assert server.formats == ["pcm", "pcm"]


@pytest.mark.parametrize(
    ("reply", "fault", "wait_s"),
    [
        (refusal(429, {}, Retry_After="1.5"), Fault.BUSY, 1.5),
        (refusal(429, {}), Fault.BUSY, None),
        (refusal(503, {}, Retry_After="30"), Fault.BUSY, 30.0),
        (refusal(401, {}), Fault.LOCKED, None),
        (refusal(404, {}), Fault.NOT_FOUND, None),
        (refusal(304, {}), Fault.NOT_FOUND, None),
        (redirect(307, "ftp://box"), Fault.NOT_FOUND, None),
        (refusal(400, {}), Fault.REFUSED, None),
        (refusal(422, {}), Fault.REFUSED, None),
        (refusal(500, {}), Fault.BROKEN, None),
        (refusal(408, {}), Fault.BROKEN, None),
        (Reply([]), Fault.NO_SPEECH, None),
        (refusal(200, {"error": "loading"}), Fault.NO_SPEECH, None),
        (Reply([asyncio.Event()]), Fault.SLOW, None),
        (Reply([CUT]), Fault.BROKE_OFF, None),
    ],
)
async def test_each_failure_has_its_fault(reply: Reply, fault: Fault, wait_s: float | None) -> None:
    patience = {"first_byte_timeout_s": 0.2} if fault is Fault.SLOW else {}
    async with speaking(reply, **patience) as (synthesizer, _):
        with pytest.raises(SpeechFailed) as failed:
            await said(synthesizer)
    assert failed.value.fault is fault
    assert failed.value.retry_after_s == wait_s
    assert failed.value.reason == fault.value


@pytest.mark.parametrize("status", [401, 403, 404, 429, 503])
async def test_a_refusal_unrelated_to_the_format_is_not_retried(status: int) -> None:
    reply = refusal(status, {"detail": "because"})
    async with speaking(reply) as (synthesizer, server):
        with pytest.raises(SpeechUnavailable, match=f"{status} because"):
            await said(synthesizer)
        assert [asked.method for asked in server.asked].count("POST") == 1


async def test_a_key_in_a_servers_message_is_masked() -> None:
    echo = refusal(401, {"error": {"message": f"Incorrect API key provided: {KEY}."}})
    text = await refused(echo, api_key=SecretStr(KEY))
    assert "401 Incorrect API key provided: ***." in text
    assert KEY not in text


async def test_a_login_in_the_address_is_not_shown() -> None:
    async with SpeechServer(lambda _: refusal(404, {})) as server:
        url = server.url.replace("http://", "http://user:hunter2@")
        settings = TtsSettings(url=url)
        async with HttpSynthesizer(settings) as synthesizer:
            with pytest.raises(SpeechUnavailable) as told:
                await said(synthesizer)
    assert server.url in str(told.value)
    assert "hunter2" not in str(told.value)


async def test_an_error_with_status_200_is_not_spoken() -> None:
    text = await refused(refusal(200, {"error": "model is loading"}))
    assert text.endswith("answered with application/json, not audio: model is loading")


@pytest.mark.parametrize("label", ["audio/pcm", "application/octet-stream", ""])
async def test_an_error_under_the_label_of_audio_is_not_spoken(label: str) -> None:
    text = await refused(refusal(200, {"error": "model is loading"}, label))
    assert text.endswith("not audio: model is loading")


async def test_a_page_instead_of_a_wav_is_not_spoken() -> None:
    page = Reply([b"<html>Sign in to the network</html>"], "audio/wav")
    text = await refused(page, response_format="wav")
    assert re.search(r"answered with audio/wav, not audio: <html>Sign in", text)


@pytest.mark.parametrize(
    "body",
    [
        [b"<", b"!DO", b"CTYPE html><html>" + b"Bad gateway. " * 500],
        [b"\xef\xbb\xbf<!DOCTYPE html><html>" + b"Bad gateway. " * 500],
        [b"\r\n" * 40 + b"<!DOCTYPE html><html>" + b"Bad gateway. " * 500],
        [b"The model could not be loaded, for the GPU is out of memory. " * 50],
        [base64.b64encode(pcm(24_000))],
        [gzip.compress(pcm(24_000))],
    ],
    ids=["in pieces", "byte order mark", "white space", "plain text", "base64", "gzip"],
)
async def test_bytes_that_are_not_audio_are_not_played(body: list[bytes]) -> None:
    heard: list[Pcm16] = []
    async with speaking(Reply(body)) as (synthesizer, _):
        with pytest.raises(SpeechFailed) as failed:
            await say(synthesizer, heard)
    assert failed.value.fault is Fault.NO_SPEECH
    assert sum(chunk.size for chunk in heard) == 0


@pytest.mark.parametrize("body", [[], [b"\x01"]])
async def test_an_answer_without_audio_is_an_error(body: list[bytes]) -> None:
    assert "without any audio" in await refused(Reply(body))


SILENCES = {
    "pcm": Reply([bytes(24_000)]),
    "quiet noise": Reply([np.tile(np.array([40, -40], "<i2"), 12_000).tobytes()]),
    "wav": Reply([wav_file(24_000, ms=0, lead_ms=500)], "audio/wav"),
    "wav of nothing": Reply([wav.header(24_000, 0)], "audio/wav"),
    "flac": Reply([encoded("flac", "flac", 24_000, ms=0, lead_ms=500)], "audio/flac"),
    "mp3": Reply([encoded("mp3", "libmp3lame", 24_000, ms=0, lead_ms=500)], "audio/mpeg"),
}


@pytest.mark.parametrize("trim", [True, False])
@pytest.mark.parametrize("reply", SILENCES.values(), ids=SILENCES)
async def test_silence_is_no_speech(reply: Reply, *, trim: bool) -> None:
    heard: list[Pcm16] = []
    async with speaking(reply, trim_leading_silence=trim) as (synthesizer, _):
        with pytest.raises(SpeechFailed, match=r"silence|without any audio") as failed:
            await say(synthesizer, heard)
    assert failed.value.fault is Fault.NO_SPEECH
    assert heard == [], "so the sentence can still be said"


LONG = "The harbour festival opens on Saturday morning, and the old bridge is closed."


async def test_audio_too_short_for_its_sentence_raises() -> None:
    async with speaking(Reply([pcm(24_000, ms=100)])) as (synthesizer, _):
        with pytest.raises(SpeechFailed, match=r"0\.10 s of audio for 63 letters"):
            async for _ in synthesizer.speak(LONG, VOICE):
                pass


@pytest.mark.parametrize(("text", "speed"), [("Hm.", 1.0), ("...", 1.0), (LONG, 4.0)])
async def test_a_short_or_a_fast_sentence_may_be_short(text: str, speed: float) -> None:
    async with speaking(Reply([pcm(24_000, ms=100)])) as (synthesizer, _):
        chunks = [chunk async for chunk in synthesizer.speak(text, Voice("anna", speed))]
        assert sum(chunk.size for chunk in chunks) >= 4_000


async def test_an_endless_sentence_is_aborted() -> None:
    async with speaking(Reply([pcm(24_000, ms=20_000)] * 10)) as (synthesizer, _):
        with pytest.raises(SpeechFailed, match="does not end"):
            await said(synthesizer)


async def test_a_wav_that_ends_in_its_header_is_an_error() -> None:
    assert "ends inside its header" in await refused(Reply([wav_file(24_000)[:30]], "audio/wav"))


async def test_a_server_that_sends_no_audio_times_out() -> None:
    text = await refused(Reply([asyncio.Event()]), first_byte_timeout_s=0.05)
    assert text.endswith("gave no audio: nothing came for 0.05 s")


async def test_a_stalled_server_times_out_after_its_audio_was_played() -> None:
    reply = Reply([pcm(24_000), asyncio.Event()])
    heard: list[Pcm16] = []
    async with speaking(reply, chunk_timeout_s=0.05) as (synthesizer, server):
        with pytest.raises(SpeechUnavailable, match=r"broke off after 0\.4 s of audio: nothing"):
            await say(synthesizer, heard)
        await asyncio.wait_for(server.left.wait(), 5)
    assert is_the_tone(np.concatenate(heard))


async def test_a_truncated_response_raises_after_its_audio_was_played() -> None:
    heard: list[Pcm16] = []
    async with speaking(Reply([pcm(24_000), CUT])) as (synthesizer, _):
        with pytest.raises(
            SpeechUnavailable, match=r"broke off after 0\.4 s of audio: peer closed"
        ):
            await say(synthesizer, heard)
    assert is_the_tone(np.concatenate(heard))


async def test_a_request_on_a_closed_connection_is_retried() -> None:
    async with speaking(Reply([pcm(24_000)])) as (synthesizer, server):
        server.hang_up_after = True
        for _ in range(3):
            assert is_the_tone(await said(synthesizer))


async def test_an_unreachable_server_raises_with_advice() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    async with HttpSynthesizer(TtsSettings(url=f"http://127.0.0.1:{port}")) as synthesizer:
        with pytest.raises(SpeechUnavailable, match=rf"127\.0\.0\.1:{port} gave no audio.*TTS_URL"):
            await said(synthesizer)
        assert not await synthesizer.healthy()
