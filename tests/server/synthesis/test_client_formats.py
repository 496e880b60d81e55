"""Audio as known speech servers send it is played correctly."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from server.audio import wav
from tests.server.sounds import encoded, is_the_tone, length_ms, pcm, wav_file
from tests.server.synthesis.speaking import VOICE, said, speaking
from tests.server.synthesis.speech_server import (
    Reply,
    by_format,
    refusal,
)


async def test_openai_and_kokoro_pcm_without_a_rate_is_24_khz() -> None:
    async with speaking(Reply([pcm(24_000)])) as (synthesizer, _):
        assert is_the_tone(await said(synthesizer))


async def test_our_own_pcm_has_a_rate_in_its_label() -> None:
    reply = Reply([pcm(22_050)], "audio/pcm;rate=22050;channels=1")
    async with speaking(reply) as (synthesizer, _):
        assert is_the_tone(await said(synthesizer))


async def test_a_server_of_another_rate_is_configured() -> None:
    async with speaking(Reply([pcm(16_000)]), default_rate_hz=16_000) as (synthesizer, _):
        assert is_the_tone(await said(synthesizer))


async def test_speaches_rate_is_the_requested_one() -> None:
    reply = Reply([pcm(16_000)])
    async with speaking(reply, extra_fields={"sample_rate": 16_000}) as (synthesizer, _):
        assert is_the_tone(await said(synthesizer))


async def test_chatterbox_refuses_pcm_with_422_once_and_is_asked_for_wav_from_then_on() -> None:
    detail = [{"loc": ["body", "response_format"], "msg": "Input should be 'wav', 'opus' or 'mp3'"}]
    answer = by_format(
        {
            "pcm": refusal(422, {"detail": detail}),
            "wav": Reply([wav_file(24_000)], "audio/wav"),
        }
    )
    async with speaking(answer) as (synthesizer, server):
        assert is_the_tone(await said(synthesizer))
        assert is_the_tone(await said(synthesizer))
        assert server.formats == ["pcm", "wav", "wav"]


async def test_edge_tts_fails_on_pcm_with_500_and_sends_mp3_as_wav() -> None:
    answer = by_format(
        {
            "pcm": refusal(500, {"error": "ffmpeg failed"}),
            "wav": Reply([encoded("mp3", "libmp3lame", 24_000)], "audio/wav"),
        }
    )
    async with speaking(answer) as (synthesizer, server):
        assert is_the_tone(await said(synthesizer), tolerance_ms=60)
        assert server.formats == ["pcm", "wav"]


async def test_supertonic_refuses_pcm_with_400_and_sends_44_khz() -> None:
    answer = by_format(
        {
            "pcm": refusal(400, {"detail": "unsupported response_format"}),
            "wav": Reply([wav_file(44_100)], "audio/wav"),
        }
    )
    async with speaking(answer) as (synthesizer, _):
        assert is_the_tone(await said(synthesizer))


async def test_mp3_is_requested_last() -> None:
    no = refusal(415, {"error": {"message": "only mp3"}})
    answer = by_format(
        {
            "pcm": no,
            "wav": no,
            "mp3": Reply([encoded("mp3", "libmp3lame", 44_100)], "audio/mpeg"),
        }
    )
    async with speaking(answer) as (synthesizer, server):
        assert is_the_tone(await said(synthesizer), tolerance_ms=60)
        assert is_the_tone(await said(synthesizer), tolerance_ms=60)
        assert server.formats == ["pcm", "wav", "mp3", "mp3"]


async def test_the_configured_format_is_asked_for_first() -> None:
    reply = Reply([wav_file(24_000)], "audio/wav")
    async with speaking(reply, response_format="wav") as (synthesizer, server):
        await said(synthesizer)
        assert server.formats == ["wav"]


async def test_a_server_that_refuses_its_format_later_is_asked_for_others() -> None:
    replies = {"pcm": Reply([pcm(24_000)]), "wav": Reply([wav_file(24_000)], "audio/wav")}
    async with speaking(by_format(replies)) as (synthesizer, server):
        await said(synthesizer)
        replies["pcm"] = refusal(400, {"detail": "no more pcm"})
        assert is_the_tone(await said(synthesizer))
        assert server.formats == ["pcm", "pcm", "wav"]


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF], ids=["0", "0xFFFFFFFF"])
async def test_a_streamed_wav_without_a_size_is_played_completely(size: int) -> None:
    head = wav.header(24_000, 0)[:-4] + size.to_bytes(4, "little")
    reply = Reply([head + pcm(24_000)], "audio/wav")
    async with speaking(reply, response_format="wav") as (synthesizer, _):
        assert is_the_tone(await said(synthesizer))


async def test_a_wav_header_in_pieces_and_odd_bytes_change_nothing() -> None:
    data = wav_file(24_000)
    pieces = [data[i : i + 1] for i in range(50)] + [
        data[i : i + 333] for i in range(50, len(data), 333)
    ]
    reply = Reply(pieces, "application/octet-stream")
    async with speaking(reply) as (synthesizer, _):
        in_pieces = await said(synthesizer)
    async with speaking(Reply([data])) as (synthesizer, _):
        assert np.array_equal(in_pieces, await said(synthesizer))


async def test_pcm_in_odd_chunks_keeps_its_samples() -> None:
    data = pcm(24_000)
    reply = Reply([data[i : i + 777] for i in range(0, len(data), 777)])
    async with speaking(reply) as (synthesizer, _):
        assert is_the_tone(await said(synthesizer))


@pytest.mark.parametrize(
    ("container", "codec", "rate"), [("ogg", "libopus", 48_000), ("flac", "flac", 24_000)]
)
async def test_a_container_under_the_wrong_label_is_recognised(
    container: str, codec: str, rate: int
) -> None:
    async with speaking(Reply([encoded(container, codec, rate)])) as (synthesizer, _):
        assert is_the_tone(await said(synthesizer), tolerance_ms=30)


async def test_audio_labelled_as_text_is_decoded() -> None:
    async with speaking(Reply([wav_file(24_000)], "text/html; charset=utf-8")) as (synthesizer, _):
        assert is_the_tone(await said(synthesizer))


async def test_the_first_sound_comes_before_the_last_is_made() -> None:
    rest = asyncio.Event()
    data = pcm(24_000)
    async with speaking(Reply([data[:4800], rest, data[4800:]])) as (synthesizer, _):
        chunks = aiter(synthesizer.speak("Hello.", VOICE))
        first = await anext(chunks)
        rest.set()
        heard = np.concatenate([first, *[chunk async for chunk in chunks]])
    assert 90 < length_ms(first) <= 100
    assert is_the_tone(heard)


async def test_an_mp3_is_decoded_while_it_arrives() -> None:
    rest = asyncio.Event()
    data = encoded("mp3", "libmp3lame", 24_000, ms=2000)
    half = len(data) // 2
    reply = Reply([data[:half], rest, data[half:]], "audio/mpeg")
    async with speaking(reply, response_format="mp3") as (synthesizer, _):
        chunks = aiter(synthesizer.speak("Hello.", VOICE))
        first = await anext(chunks)
        rest.set()
        heard = np.concatenate([first, *[chunk async for chunk in chunks]])
    assert 500 < length_ms(first) < 1100
    assert is_the_tone(heard, ms=2000, tolerance_ms=80)


async def test_silence_around_a_sentence_is_trimmed_as_configured() -> None:
    reply = Reply([pcm(24_000, lead_ms=120, trail_ms=700)])
    async with speaking(reply, max_trailing_silence_ms=200) as (synthesizer, _):
        assert abs(length_ms(await said(synthesizer)) - (10 + 400 + 200)) < 5
    async with speaking(reply, trim_leading_silence=False, max_trailing_silence_ms=50) as (
        synthesizer,
        _,
    ):
        assert abs(length_ms(await said(synthesizer)) - (120 + 400 + 50)) < 5
