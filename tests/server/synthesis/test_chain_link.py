"""One server and the embedded voice behind it: second requests, breakers, and recovery."""

from __future__ import annotations

import asyncio
import logging

import pytest

from pipeline.audio import Pcm16
from pipeline.errors import SpeechUnavailable
from server.synthesis.faults import Fault, SpeechFailed
from tests.server.synthesis.failing_server import (
    ANNA,
    BERT,
    WORD,
    FallbackEngine,
    ScriptedServer,
    chain,
    chunks,
    failing,
)

pytestmark = pytest.mark.virtual_time

QUICK = [Fault.BROKEN, Fault.NO_SPEECH, Fault.BROKE_OFF]
OTHERS = [each for each in Fault if each not in QUICK]
ALONE = [*QUICK, Fault.BUSY, Fault.UNREACHABLE]


@pytest.mark.parametrize("fault", QUICK)
async def test_a_fault_that_passes_quickly_changes_no_voice(fault: Fault) -> None:
    server, fallback = ScriptedServer(failing(fault)), FallbackEngine()
    async with chain(server, embedded=fallback) as voice:
        assert await chunks(voice, "One.") == 10
        assert server.sentences == ["One.", "One."]
        assert voice.fallback_reason(ANNA) == ""
        assert fallback.spoken == []


@pytest.mark.parametrize("fault", OTHERS)
async def test_with_another_voice_a_fault_costs_no_second_request(fault: Fault) -> None:
    server, fallback = ScriptedServer(failing(fault)), FallbackEngine()
    async with chain(server, embedded=fallback) as voice:
        began = asyncio.get_running_loop().time()
        assert await chunks(voice, "One.") == 1
        assert asyncio.get_running_loop().time() == began
        assert server.sentences == ["One."]


async def test_a_slow_fault_is_not_repeated_where_another_voice_is_there() -> None:
    server, fallback = ScriptedServer(failing(Fault.BROKEN)), FallbackEngine()
    server.takes_s = 1.5
    async with chain(server, embedded=fallback) as voice:
        assert await chunks(voice, "One.") == 1
        assert await chunks(voice, "Two.") == 10
        assert server.sentences == ["One.", "Two."]


@pytest.mark.parametrize("fault", ALONE)
async def test_without_another_voice_a_passing_fault_is_retried(fault: Fault) -> None:
    server = ScriptedServer(failing(fault))
    async with chain(server) as voice:
        began = asyncio.get_running_loop().time()
        assert await chunks(voice, "One.") == 10
        rest_s = 0.5 if fault is Fault.BUSY else 0.0
        again = (pytest.approx(began + rest_s), "One.", "anna")
        assert server.asked == [(began, "One.", "anna"), again]


@pytest.mark.parametrize("fault", [each for each in Fault if each not in ALONE])
async def test_without_another_voice_a_lasting_fault_is_not_retried(fault: Fault) -> None:
    server = ScriptedServer(failing(fault))
    async with chain(server) as voice:
        with pytest.raises(SpeechFailed, match=fault.name):
            await chunks(voice, "One.")
        assert await chunks(voice, "Two.") == 10
        assert server.sentences == ["One.", "Two."]


@pytest.mark.parametrize("asked_for_s", [0.0, 0.4, 2.0])
async def test_without_another_voice_a_short_retry_after_is_waited_for(asked_for_s: float) -> None:
    server = ScriptedServer(failing(Fault.BUSY, asked_for_s))
    async with chain(server) as voice:
        assert await chunks(voice, "One.") == 10
        first, second = (at for at, _, _ in server.asked)
        assert second - first == pytest.approx(asked_for_s)


async def test_during_a_long_retry_after_the_fallback_speaks() -> None:
    server, fallback = ScriptedServer(failing(Fault.BUSY, 30.0)), FallbackEngine()
    async with chain(server, embedded=fallback) as voice:
        began = asyncio.get_running_loop().time()
        assert await chunks(voice, "One.") == 1
        assert asyncio.get_running_loop().time() == began
        await asyncio.sleep(29.9)
        assert await chunks(voice, "Two.") == 1
        assert len(server.asked) == 1
        await asyncio.sleep(0.2)
        assert await chunks(voice, "Three.") == 10
        assert server.sentences == ["One.", "Three."]


async def test_a_sentence_that_fails_twice_is_spoken_by_the_next_voice() -> None:
    server, fallback = ScriptedServer(), FallbackEngine()
    server.problem = lambda text, _: failing(Fault.BROKEN) if text == "Bad." else None
    async with chain(server, embedded=fallback) as voice:
        for _ in range(5):
            assert await chunks(voice, "Good.") == 10
            assert await chunks(voice, "Bad.") == 1
        assert [text for text, _ in fallback.spoken] == ["Bad."] * 5
        assert voice.fallback_reason(ANNA) == ""


@pytest.mark.parametrize("fault", list(Fault))
async def test_a_sentence_that_broke_off_is_not_repeated(fault: Fault) -> None:
    server, fallback = ScriptedServer(failing(fault)), FallbackEngine()
    server.after_chunks = 3
    heard: list[Pcm16] = []
    async with chain(server, embedded=fallback) as voice:
        with pytest.raises(SpeechFailed):
            await chunks(voice, "One.", heard=heard)
        assert len(heard) == 3
        assert server.sentences == ["One."]
        assert fallback.spoken == []


async def test_a_server_that_always_breaks_off_is_replaced_and_nothing_is_repeated() -> None:
    server, fallback = ScriptedServer(), FallbackEngine()
    server.problem = lambda *_: failing(Fault.BROKE_OFF)
    server.after_chunks = 3
    async with chain(server, embedded=fallback) as voice:
        for text in ("One.", "Two."):
            with pytest.raises(SpeechFailed):
                await chunks(voice, text)
        assert await chunks(voice, "Three.") == 1
        assert [text for text, _ in fallback.spoken] == ["Three."]


async def test_a_server_that_fails_repeatedly_is_replaced_until_a_probe_succeeds(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)

    server, fallback = ScriptedServer(), FallbackEngine()
    server.problem = lambda *_: failing(Fault.BROKEN)
    async with chain(server, embedded=fallback) as voice:
        assert await chunks(voice, "One.") == 1
        assert voice.fallback_reason(ANNA) == ""
        for text in ("Two.", "Three.", "Four."):
            assert await chunks(voice, text) == 1
        assert server.sentences == ["One.", "One.", "Two."]
        assert voice.fallback_reason(ANNA) == voice.fallback_reason(BERT) == Fault.BROKEN.value
        await asyncio.sleep(70)
        probes = [text for _, text, _ in server.asked][3:]
        assert probes == [WORD] * 3, "after 5, 15 and 35 s"
        server.problem = lambda *_: None
        await asyncio.sleep(60)
        assert voice.fallback_reason(ANNA) == ""
        assert await chunks(voice, "Five.") == 10
        asked = len(server.asked)
        await asyncio.sleep(600)
        assert len(server.asked) == asked, "a working server is not probed"
    warnings = [each for each in caplog.records if each.levelno >= logging.WARNING]
    (told,) = warnings
    assert "http://box" in told.getMessage()
    assert "embedded voice" in told.getMessage()
    assert "speaks again" in caplog.text


async def test_an_unreachable_server_loses_no_sentence() -> None:
    server, fallback = ScriptedServer(), FallbackEngine()
    server.problem = lambda *_: failing(Fault.UNREACHABLE)
    async with chain(server, embedded=fallback) as voice:
        for text in ("One.", "Two."):
            assert await chunks(voice, text) == 1
        assert server.sentences == ["One."]


async def test_a_stalling_server_delays_only_two_sentences() -> None:
    server, fallback = ScriptedServer(), FallbackEngine()
    server.takes_s = 10.0
    server.problem = lambda *_: failing(Fault.SLOW)
    async with chain(server, embedded=fallback) as voice:
        began = asyncio.get_running_loop().time()
        for text in ("One.", "Two.", "Three.", "Four."):
            assert await chunks(voice, text) == 1
        assert asyncio.get_running_loop().time() - began == pytest.approx(20)


async def test_the_fallback_keeps_speed_and_style_in_a_voice_of_its_engine() -> None:
    server, fallback = ScriptedServer(), FallbackEngine()
    server.problem = lambda *_: failing(Fault.UNREACHABLE)
    async with chain(server, embedded=fallback) as voice:
        for as_ in (ANNA, BERT, ANNA):
            await chunks(voice, "One.", as_)
        first, second, third = (spoken for _, spoken in fallback.spoken)
        assert first == third != second
        assert first.name.startswith("espeak:")
        assert (first.speed, first.style) == (1.5, "calm")


async def test_without_a_fallback_an_open_breaker_raises_at_once() -> None:
    server = ScriptedServer()
    server.problem = lambda *_: failing(Fault.BROKEN)
    async with chain(server) as voice:
        for _ in range(4):
            with pytest.raises(SpeechUnavailable) as told:
                await chunks(voice, "One.")
            assert told.value.reason == Fault.BROKEN.value
        assert len(server.sentences) == 3
        assert voice.fallback_reason(ANNA) == "", "there is no fallback"
        server.problem = lambda *_: None
        await asyncio.sleep(6)
        assert await chunks(voice, "Two.") == 10


async def test_an_unexpected_error_of_a_probe_is_logged_and_the_probe_repeated(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.ERROR)

    server = ScriptedServer(failing(Fault.BUSY, 30.0), ZeroDivisionError(), None)
    async with chain(server, embedded=FallbackEngine()) as voice:
        await chunks(voice, "One.")
        await asyncio.sleep(41)
        assert voice.fallback_reason(ANNA) == ""
    (logged,) = caplog.records
    assert logged.exc_info is not None


async def test_a_sentence_closed_early_is_no_failure() -> None:
    async with chain(ScriptedServer(), embedded=FallbackEngine()) as voice:
        audio = voice.speak("One.", ANNA)
        await anext(audio)
        await audio.aclose()
        assert voice.fallback_reason(ANNA) == ""
        assert await voice.voices() == ["anna"]
