"""Failures of single voices, and the first probe at the start."""

from __future__ import annotations

import asyncio
import logging

import pytest

from server.synthesis.faults import Fault
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


async def test_a_refused_voice_does_not_affect_other_voices() -> None:
    server, fallback = ScriptedServer(), FallbackEngine()
    server.problem = lambda _, voice: failing(Fault.REFUSED) if voice == BERT else None
    async with chain(server, embedded=fallback) as voice:
        assert await chunks(voice, "One.", BERT) == 1
        assert await chunks(voice, "Two.", ANNA) == 10
        assert await chunks(voice, "Three.", BERT) == 1, "the success was of another voice"
        assert await chunks(voice, "Four.", ANNA) == 10
        assert voice.fallback_reason(ANNA) == ""
        assert voice.fallback_reason(BERT) == Fault.REFUSED.value
        await asyncio.sleep(6)
        assert server.asked[-1][1:] == (WORD, "bert")


@pytest.mark.parametrize("fault", [Fault.NOT_FOUND, Fault.BROKEN, Fault.NO_SPEECH, Fault.BROKE_OFF])
async def test_a_voice_that_fails_like_a_server_affects_the_others_until_a_probe(
    fault: Fault,
) -> None:
    """Servers also refuse a voice with 404 or 500, or with an empty response."""

    server, fallback = ScriptedServer(), FallbackEngine()
    server.problem = lambda _, voice: failing(fault) if voice == BERT else None
    async with chain(server, embedded=fallback) as voice:
        assert await chunks(voice, "One.", ANNA) == 10
        for text in ("Two.", "Three."):
            await chunks(voice, text, BERT)
        assert voice.fallback_reason(ANNA) == fault.value, "the cause is not known yet"
        await asyncio.sleep(6)
        assert await chunks(voice, "Four.", ANNA) == 10
        assert voice.fallback_reason(ANNA) == ""
        assert await chunks(voice, "Five.", BERT) == 1
        assert voice.fallback_reason(BERT) == Fault.REFUSED.value
        server.problem = lambda *_: None
        await asyncio.sleep(6)
        assert await chunks(voice, "Six.", BERT) == 10


@pytest.mark.parametrize("fault", [Fault.NOT_FOUND, Fault.BROKEN, Fault.NO_SPEECH, Fault.BROKE_OFF])
async def test_a_voice_that_fails_while_others_succeed_is_replaced(
    fault: Fault,
) -> None:
    server, fallback = ScriptedServer(), FallbackEngine()
    server.problem = lambda _, voice: failing(fault) if voice == BERT else None
    async with chain(server, embedded=fallback) as voice:
        for text in ("One.", "Two.", "Three."):
            assert await chunks(voice, text, ANNA) == 10
            await chunks(voice, text, BERT)
        assert await chunks(voice, "Four.", BERT) == 1
        assert voice.fallback_reason(BERT) == fault.value
        assert voice.fallback_reason(ANNA) == ""


async def test_a_recovered_server_clears_the_failures_of_its_voices() -> None:
    server = ScriptedServer(*[failing(Fault.BROKEN)] * 3)
    async with chain(server, embedded=FallbackEngine()) as voice:
        assert await chunks(voice, "One.") == 1
        assert await chunks(voice, "Two.") == 1
        await asyncio.sleep(6)
        server.problems = [failing(Fault.BROKEN)]
        assert await chunks(voice, "Three.") == 10


async def test_an_unreachable_server_is_probed_with_one_voice() -> None:
    server = ScriptedServer()
    server.problem = lambda *_: failing(Fault.UNREACHABLE)
    async with chain(server, embedded=FallbackEngine()) as voice:
        for one in (ANNA, BERT):
            await chunks(voice, "One.", one)
        before = len(server.asked)
        await asyncio.sleep(6)
        assert [name for _, _, name in server.asked[before:]] == ["anna"]


@pytest.mark.parametrize(
    ("fault", "advice"),
    [
        (Fault.UNREACHABLE, "TTS_URL"),
        (Fault.NOT_FOUND, "TTS_URL"),
        (Fault.LOCKED, "TTS__API_KEY"),
        (Fault.REFUSED, "voices"),
        (Fault.NO_SPEECH, "TTS_URL"),
    ],
)
async def test_a_failing_server_is_logged_at_start_and_replaced(
    fault: Fault, advice: str, caplog: pytest.LogCaptureFixture
) -> None:
    server, fallback = ScriptedServer(), FallbackEngine()
    server.problem = lambda *_: failing(fault)
    async with chain(server, embedded=fallback) as voice:
        await voice.start([ANNA], 3.0)
        (told,) = caplog.records
        assert told.levelno == logging.WARNING
        assert advice in told.getMessage()
        assert await chunks(voice, "One.") == 1
        assert server.sentences == []
        server.problem = lambda *_: None
        await asyncio.sleep(6)
        assert await chunks(voice, "Two.") == 10


async def test_a_working_server_is_logged_at_start(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)

    async with chain(ScriptedServer(failing(Fault.BUSY, 0.5)), embedded=FallbackEngine()) as voice:
        await voice.start([ANNA], 3.0)
        assert "first audio after 500 ms" in caplog.text
        assert voice.fallback_reason(ANNA) == ""


async def test_a_slow_first_probe_does_not_delay_the_start() -> None:
    server = ScriptedServer()
    server.takes_s = 20.0
    async with chain(server, embedded=FallbackEngine()) as voice:
        began = asyncio.get_running_loop().time()
        await voice.start([ANNA], 3.0)
        assert asyncio.get_running_loop().time() - began == pytest.approx(3.0)
