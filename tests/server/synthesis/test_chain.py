"""Several servers in a chain, and the fixed sentences that they have ready."""

from __future__ import annotations

import asyncio
import logging

import numpy as np
import pytest

from pipeline.audio import Pcm16
from pipeline.errors import SpeechUnavailable
from server.synthesis.chain import SpeechChain
from server.synthesis.faults import Fault
from server.synthesis.stock_speech import StockSpeech
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

MOMENT, NEXT = "One moment, please.", "You are next."


def servers(count: int = 3) -> list[ScriptedServer]:
    return [ScriptedServer(address=f"http://box{number}") for number in range(count)]


@pytest.mark.parametrize("fault", [Fault.SLOW, Fault.UNREACHABLE, Fault.LOCKED, Fault.BROKEN])
async def test_the_next_server_speaks_the_sentence_in_the_same_voice(fault: Fault) -> None:
    first, second, third = servers()
    first.problem = lambda *_: failing(fault)
    async with chain(first, second, third, embedded=FallbackEngine()) as voice:
        for text in ("One.", "Two.", "Three."):
            assert await chunks(voice, text) == 10
        assert second.sentences == ["One.", "Two.", "Three."]
        assert {name for _, _, name in second.asked} == {"anna"}
        assert third.asked == []
        assert (voice.fallback_reason(ANNA), voice.stand_in(ANNA)) == (fault.value, "http://box1")


async def test_the_first_speaks_again_when_it_is_back() -> None:
    first, second = servers(2)
    first.problem = lambda *_: failing(Fault.UNREACHABLE)
    async with chain(first, second) as voice:
        await chunks(voice, "One.")
        first.problem = lambda *_: None
        await asyncio.sleep(6)
        assert (voice.fallback_reason(ANNA), voice.stand_in(ANNA)) == ("", "")
        assert await chunks(voice, "Two.") == 10
        assert first.sentences == ["One.", "Two."]
        assert second.sentences == ["One."]


async def test_the_servers_that_fail_are_passed_over_and_the_embedded_voice_is_the_last() -> None:
    first, second = servers(2)
    first.problem = second.problem = lambda *_: failing(Fault.UNREACHABLE)
    fallback = FallbackEngine()
    async with chain(first, second, embedded=fallback) as voice:
        assert [await chunks(voice, text) for text in ("One.", "Two.")] == [1, 1]
        assert voice.stand_in(ANNA) == "", "the embedded voice has no name"
        assert voice.fallback_reason(ANNA) == Fault.UNREACHABLE.value
        second.problem = lambda *_: None
        await asyncio.sleep(6)
        assert await chunks(voice, "Three.") == 10
        assert voice.stand_in(ANNA) == "http://box1"
        assert first.sentences == ["One."]


async def test_a_voice_that_the_first_refuses_is_spoken_by_the_next_and_others_are_not() -> None:
    first, second = servers(2)
    first.problem = lambda _, voice: failing(Fault.REFUSED) if voice == BERT else None
    async with chain(first, second) as voice:
        for _ in range(3):
            assert await chunks(voice, "One.", ANNA) == 10
            assert await chunks(voice, "Two.", BERT) == 10
        assert voice.stand_in(ANNA) == ""
        assert voice.stand_in(BERT) == "http://box1"
        assert second.sentences == ["Two."] * 3


async def test_where_all_fail_the_error_names_all_and_members_are_told_of_the_first() -> None:
    first, second = servers(2)
    first.problem = lambda *_: failing(Fault.LOCKED)
    second.problem = lambda *_: failing(Fault.NOT_FOUND)
    async with chain(first, second) as voice:
        with pytest.raises(SpeechUnavailable, match=r"LOCKED.*NOT_FOUND") as failed:
            await chunks(voice, "One.")
        assert failed.value.reason == Fault.LOCKED.value


async def test_a_sentence_that_broke_off_is_repeated_by_no_server() -> None:
    first, second = servers(2)
    first.problem = lambda *_: failing(Fault.BROKE_OFF)
    first.after_chunks = 3
    heard: list[Pcm16] = []
    async with chain(first, second) as voice:
        with pytest.raises(SpeechUnavailable):
            await chunks(voice, "One.", heard=heard)
        assert (len(heard), second.sentences) == (3, [])


async def test_each_server_is_tried_at_the_start_and_its_setting_is_named(
    caplog: pytest.LogCaptureFixture,
) -> None:
    first, second = servers(2)
    second.setting = "TTS__CHAIN"
    second.problem = lambda *_: failing(Fault.LOCKED)
    async with chain(first, second, embedded=FallbackEngine()) as voice:
        await voice.start([ANNA], 3.0)
        assert [text for _, text, _ in (*first.asked, *second.asked)] == [WORD, WORD]
        (told,) = [each for each in caplog.records if each.levelno >= logging.WARNING]
        assert "check the key in TTS__CHAIN" in told.getMessage()
        assert "The embedded voice speaks in its place" in told.getMessage()
        assert voice.fallback_reason(ANNA) == ""


def test_a_chain_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a speech server"):
        SpeechChain()


# -- fixed sentences ------------------------------------------------------------------------


async def test_a_fixed_sentence_is_requested_once_for_each_voice_and_server() -> None:
    first, second = servers(2)
    async with chain(first, second, stock=StockSpeech([MOMENT], 1_000_000)) as voice:
        for as_ in (ANNA, BERT, ANNA, BERT):
            heard: list[Pcm16] = []
            await chunks(voice, MOMENT, as_, heard)
            assert np.concatenate(heard).size == 9_600
        assert [name for _, _, name in first.asked] == ["anna", "bert"]
        first.problem = lambda *_: failing(Fault.UNREACHABLE)
        await chunks(voice, "Something else.")
        for _ in range(2):
            await chunks(voice, MOMENT, ANNA)
        assert second.sentences == ["Something else.", MOMENT], "in the voice that speaks now"


async def test_a_sentence_that_is_not_whole_is_not_kept() -> None:
    (server,) = servers(1)
    async with chain(server, stock=StockSpeech([MOMENT], 1_000_000)) as voice:
        audio = voice.speak(MOMENT, ANNA)
        await anext(audio)
        await audio.aclose()
        assert await chunks(voice, MOMENT) == 10
        assert len(server.asked) == 2


async def test_a_kept_sentence_is_no_sign_that_the_server_works() -> None:
    (server,) = servers(1)
    async with chain(
        server, embedded=FallbackEngine(), stock=StockSpeech([MOMENT], 1_000_000)
    ) as voice:
        await chunks(voice, MOMENT)
        server.problem = lambda *_: failing(Fault.SLOW)
        for text in ("One.", MOMENT, "Two.", MOMENT):
            await chunks(voice, text)
        assert voice.fallback_reason(ANNA) == Fault.SLOW.value


async def test_the_fixed_sentences_are_prepared_while_no_room_speaks() -> None:
    (server,) = servers(1)
    server.takes_s = 0.3
    async with chain(server, stock=StockSpeech([MOMENT, NEXT], 1_000_000)) as voice:
        speech = voice.speak("A long answer.", ANNA)
        await anext(speech)
        await voice.start([ANNA, BERT], 3.0, prepare=True)
        await asyncio.sleep(5)
        assert server.sentences == ["A long answer."]
        await speech.aclose()
        await asyncio.sleep(5)
        assert [(text, name) for _, text, name in server.asked[2:]] == [
            (MOMENT, "anna"),
            (MOMENT, "bert"),
            (NEXT, "anna"),
            (NEXT, "bert"),
        ]
        began = asyncio.get_running_loop().time()
        await chunks(voice, NEXT, BERT)
        assert asyncio.get_running_loop().time() == began


async def test_a_server_that_does_not_answer_prepares_nothing() -> None:
    first, second = servers(2)
    first.problem = lambda *_: failing(Fault.UNREACHABLE)
    async with chain(first, second, stock=StockSpeech([MOMENT], 1_000_000)) as voice:
        await voice.start([ANNA], 3.0, prepare=True)
        await asyncio.sleep(4)
        assert [text for _, text, _ in (*first.asked, *second.asked)] == [WORD, WORD, WORD]
