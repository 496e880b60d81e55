"""Degrees of failure of a speech server, in virtual time: once more, written, given up, back."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager, suppress

import numpy as np
import pytest

from pipeline.audio import Pcm16
from pipeline.errors import SpeechUnavailable
from pipeline.ports import Synthesizer, Voice
from server.synthesis.failover import FailoverSynthesizer
from server.synthesis.fallback_voices import FallbackVoices
from server.synthesis.faults import Fault, SpeechFailed

pytestmark = pytest.mark.virtual_time


ANNA, BERT = Voice("anna", 1.5, "calm"), Voice("bert")
CHUNK = np.full(960, 5000, np.int16)
WORD = "Hello."


def failing(fault: Fault, retry_after_s: float | None = None) -> SpeechFailed:
    return SpeechFailed(f"speech server http://box refused: {fault.name}", fault, retry_after_s)


class ScriptedServer:
    """Speaks ten chunks a sentence; ``problem`` is asked for what goes wrong with each request."""

    address = "http://box"

    def __init__(self, *problems: Exception | None) -> None:
        self.problems = list(problems)
        self.problem: Callable[[str, Voice], Exception | None] = lambda *_: None
        self.after_chunks = 0
        self.takes_s = 0.0
        self.asked: list[tuple[float, str, str]] = []

    async def voices(self) -> list[str]:
        return ["anna"]

    async def speak(self, text: str, voice: Voice) -> AsyncGenerator[Pcm16, None]:
        self.asked.append((asyncio.get_running_loop().time(), text, voice.name))
        await asyncio.sleep(self.takes_s)
        error = self.problems.pop(0) if self.problems else self.problem(text, voice)
        for number in range(10):
            if error is not None and number == self.after_chunks:
                raise error
            yield CHUNK

    @property
    def sentences(self) -> list[str]:
        return [text for _, text, _ in self.asked if text != WORD]


class StandIn:
    """The embedded voice."""

    def __init__(self) -> None:
        self.spoken: list[tuple[str, Voice]] = []

    async def speak(self, text: str, voice: Voice) -> AsyncGenerator[Pcm16, None]:
        self.spoken.append((text, voice))
        yield CHUNK


@asynccontextmanager
async def steady(
    server: ScriptedServer, stand_in: Synthesizer | None = None
) -> AsyncIterator[FailoverSynthesizer]:
    tasks = asyncio.all_tasks()
    async with FailoverSynthesizer(server, stand_in, FallbackVoices(["anna", "bert"])) as voice:
        yield voice
    assert asyncio.all_tasks() == tasks, "a probe is left"


async def chunks(
    voice: Synthesizer, text: str, as_: Voice = ANNA, heard: list[Pcm16] | None = None
) -> int:
    """How many there are of a sentence; they are put into ``heard`` as they come."""
    heard = [] if heard is None else heard
    async with aclosing(voice.speak(text, as_)) as audio:
        async for pcm in audio:
            heard.append(pcm)
    return len(heard)


PASSING = [Fault.BUSY, Fault.BROKEN, Fault.NO_SPEECH, Fault.BROKE_OFF, Fault.UNREACHABLE]
LASTING = [Fault.SLOW, Fault.LOCKED, Fault.NOT_FOUND, Fault.REFUSED]


@pytest.mark.parametrize("fault", PASSING)
async def test_a_sentence_that_fails_once_is_asked_for_once_more_and_heard(fault: Fault) -> None:
    server, stand_in = ScriptedServer(failing(fault)), StandIn()
    async with steady(server, stand_in) as voice:
        began = asyncio.get_running_loop().time()
        assert await chunks(voice, "One.") == 10
        rest_s = 0.5 if fault is Fault.BUSY else 0.0
        again = (pytest.approx(began + rest_s), "One.", "anna")
        assert server.asked == [(began, "One.", "anna"), again]
        assert voice.fallback_reason(ANNA) == ""
        assert stand_in.spoken == []


@pytest.mark.parametrize("fault", LASTING)
async def test_what_asking_again_does_not_heal_is_not_asked_again(fault: Fault) -> None:
    server = ScriptedServer(failing(fault))
    async with steady(server, StandIn()) as voice:
        with pytest.raises(SpeechFailed, match=fault.name):
            await chunks(voice, "One.")
        assert await chunks(voice, "Two.") == 10
        assert server.sentences == ["One.", "Two."]


@pytest.mark.parametrize("asked_for_s", [0.0, 0.4, 2.0])
async def test_a_short_rest_that_the_server_asks_for_is_given(asked_for_s: float) -> None:
    server = ScriptedServer(failing(Fault.BUSY, asked_for_s))
    async with steady(server, StandIn()) as voice:
        assert await chunks(voice, "One.") == 10
        first, second = (at for at, _, _ in server.asked)
        assert second - first == pytest.approx(asked_for_s)


async def test_for_a_long_rest_the_stand_in_speaks_at_once_and_the_server_gets_it() -> None:
    server, stand_in = ScriptedServer(failing(Fault.BUSY, 30.0)), StandIn()
    async with steady(server, stand_in) as voice:
        began = asyncio.get_running_loop().time()
        assert await chunks(voice, "One.") == 1
        assert asyncio.get_running_loop().time() == began
        await asyncio.sleep(29.9)
        assert await chunks(voice, "Two.") == 1
        assert len(server.asked) == 1
        await asyncio.sleep(0.2)
        assert await chunks(voice, "Three.") == 10
        assert server.sentences == ["One.", "Three."]


async def test_a_sentence_that_fails_twice_is_its_own_loss_and_the_next_is_spoken() -> None:
    server, stand_in = ScriptedServer(), StandIn()
    server.problem = lambda text, _: failing(Fault.BROKEN) if text == "Bad." else None
    async with steady(server, stand_in) as voice:
        for _ in range(5):
            assert await chunks(voice, "Good.") == 10
            with pytest.raises(SpeechFailed, match="BROKEN"):
                await chunks(voice, "Bad.")
        assert stand_in.spoken == []


@pytest.mark.parametrize("fault", list(Fault))
async def test_what_broke_off_in_the_middle_is_not_repeated(fault: Fault) -> None:
    server, stand_in = ScriptedServer(failing(fault)), StandIn()
    server.after_chunks = 3
    heard: list[Pcm16] = []
    async with steady(server, stand_in) as voice:
        with pytest.raises(SpeechFailed):
            await chunks(voice, "One.", heard=heard)
        assert len(heard) == 3
        assert server.sentences == ["One."]
        assert stand_in.spoken == []


async def test_a_server_that_always_breaks_off_is_given_up_and_nothing_is_said_twice() -> None:
    server, stand_in = ScriptedServer(), StandIn()
    server.problem = lambda *_: failing(Fault.BROKE_OFF)
    server.after_chunks = 3
    async with steady(server, stand_in) as voice:
        for text in ("One.", "Two."):
            with pytest.raises(SpeechFailed):
                await chunks(voice, text)
        assert await chunks(voice, "Three.") == 1
        assert [text for text, _ in stand_in.spoken] == ["Three."]


async def test_a_server_that_fails_again_and_again_is_given_up_and_comes_back(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)

    server, stand_in = ScriptedServer(), StandIn()
    server.problem = lambda *_: failing(Fault.BROKEN)
    async with steady(server, stand_in) as voice:
        with pytest.raises(SpeechFailed):
            await chunks(voice, "One.")
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
        assert len(server.asked) == asked, "a server that speaks is not probed"
    warnings = [each for each in caplog.records if each.levelno >= logging.WARNING]
    (told,) = warnings
    assert "http://box" in told.getMessage()
    assert "embedded voice" in told.getMessage()
    assert "speaks again" in caplog.text


async def test_a_server_that_is_not_there_loses_no_sentence() -> None:
    server, stand_in = ScriptedServer(), StandIn()
    server.problem = lambda *_: failing(Fault.UNREACHABLE)
    async with steady(server, stand_in) as voice:
        assert await chunks(voice, "One.") == 1
        assert server.sentences == ["One.", "One."]


async def test_a_server_that_stalls_is_not_waited_for_again_and_again() -> None:
    server, stand_in = ScriptedServer(), StandIn()
    server.takes_s = 10.0
    server.problem = lambda *_: failing(Fault.SLOW)
    async with steady(server, stand_in) as voice:
        began = asyncio.get_running_loop().time()
        with pytest.raises(SpeechFailed):
            await chunks(voice, "One.")
        for text in ("Two.", "Three.", "Four."):
            assert await chunks(voice, text) == 1
        assert asyncio.get_running_loop().time() - began == pytest.approx(20)


async def test_one_voice_that_is_refused_does_not_silence_the_others() -> None:
    server, stand_in = ScriptedServer(), StandIn()
    server.problem = lambda _, voice: failing(Fault.REFUSED) if voice == BERT else None
    async with steady(server, stand_in) as voice:
        with pytest.raises(SpeechFailed):
            await chunks(voice, "One.", BERT)
        assert await chunks(voice, "Two.", ANNA) == 10
        assert await chunks(voice, "Three.", BERT) == 1, "the success was another's"
        assert await chunks(voice, "Four.", ANNA) == 10
        assert voice.fallback_reason(ANNA) == ""
        assert voice.fallback_reason(BERT) == Fault.REFUSED.value
        await asyncio.sleep(6)
        assert server.asked[-1][1:] == (WORD, "bert")


@pytest.mark.parametrize("fault", [Fault.NOT_FOUND, Fault.BROKEN, Fault.NO_SPEECH, Fault.BROKE_OFF])
async def test_one_voice_that_fails_like_a_server_does_not_silence_the_others_for_long(
    fault: Fault,
) -> None:
    """Servers refuse a voice with 404 or 500 as well, or answer with nothing."""

    server, stand_in = ScriptedServer(), StandIn()
    server.problem = lambda _, voice: failing(fault) if voice == BERT else None
    async with steady(server, stand_in) as voice:
        assert await chunks(voice, "One.", ANNA) == 10
        for text in ("Two.", "Three."):
            with suppress(SpeechFailed):
                await chunks(voice, text, BERT)
        assert voice.fallback_reason(ANNA) == fault.value, "what it is cannot be known yet"
        await asyncio.sleep(6)
        assert await chunks(voice, "Four.", ANNA) == 10
        assert voice.fallback_reason(ANNA) == ""
        assert await chunks(voice, "Five.", BERT) == 1
        assert voice.fallback_reason(BERT) == Fault.REFUSED.value
        server.problem = lambda *_: None
        await asyncio.sleep(6)
        assert await chunks(voice, "Six.", BERT) == 10


@pytest.mark.parametrize("fault", [Fault.NOT_FOUND, Fault.BROKEN, Fault.NO_SPEECH, Fault.BROKE_OFF])
async def test_a_voice_that_always_fails_between_others_that_do_not_is_given_up(
    fault: Fault,
) -> None:
    server, stand_in = ScriptedServer(), StandIn()
    server.problem = lambda _, voice: failing(fault) if voice == BERT else None
    async with steady(server, stand_in) as voice:
        for text in ("One.", "Two.", "Three."):
            assert await chunks(voice, text, ANNA) == 10
            with suppress(SpeechFailed):
                await chunks(voice, text, BERT)
        assert await chunks(voice, "Four.", BERT) == 1
        assert voice.fallback_reason(BERT) == fault.value
        assert voice.fallback_reason(ANNA) == ""


async def test_what_a_voice_failed_with_the_server_is_forgotten_with_it() -> None:
    server = ScriptedServer(*[failing(Fault.BROKEN)] * 3)
    async with steady(server, StandIn()) as voice:
        with pytest.raises(SpeechFailed):
            await chunks(voice, "One.")
        assert await chunks(voice, "Two.") == 1
        await asyncio.sleep(6)
        server.problems = [failing(Fault.BROKEN)]
        assert await chunks(voice, "Three.") == 10


async def test_a_server_that_is_not_there_is_probed_with_one_voice() -> None:
    server = ScriptedServer()
    server.problem = lambda *_: failing(Fault.UNREACHABLE)
    async with steady(server, StandIn()) as voice:
        for one in (ANNA, BERT):
            await chunks(voice, "One.", one)
        before = len(server.asked)
        await asyncio.sleep(6)
        assert [name for _, _, name in server.asked[before:]] == ["anna"]


async def test_the_stand_in_speaks_in_a_voice_that_it_has_at_the_same_speed() -> None:
    server, stand_in = ScriptedServer(), StandIn()
    server.problem = lambda *_: failing(Fault.UNREACHABLE)
    async with steady(server, stand_in) as voice:
        for as_ in (ANNA, BERT, ANNA):
            await chunks(voice, "One.", as_)
        first, second, third = (spoken for _, spoken in stand_in.spoken)
        assert first == third != second
        assert first.name.startswith("espeak:")
        assert (first.speed, first.style) == (1.5, "calm")


async def test_without_a_stand_in_a_server_that_is_given_up_is_told_at_once() -> None:
    server = ScriptedServer()
    server.problem = lambda *_: failing(Fault.BROKEN)
    async with steady(server) as voice:
        for _ in range(4):
            with pytest.raises(SpeechUnavailable) as told:
                await chunks(voice, "One.")
            assert told.value.reason == Fault.BROKEN.value
        assert len(server.sentences) == 3
        assert voice.fallback_reason(ANNA) == "", "no other voice speaks"
        server.problem = lambda *_: None
        await asyncio.sleep(6)
        assert await chunks(voice, "Two.") == 10


# -- the start ---------------------------------------------------------------------------------


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
async def test_a_server_that_does_not_speak_is_told_of_at_the_start_and_not_waited_for(
    fault: Fault, advice: str, caplog: pytest.LogCaptureFixture
) -> None:
    server, stand_in = ScriptedServer(), StandIn()
    server.problem = lambda *_: failing(fault)
    async with steady(server, stand_in) as voice:
        await voice.start(ANNA, 3.0)
        (told,) = caplog.records
        assert told.levelno == logging.WARNING
        assert advice in told.getMessage()
        assert await chunks(voice, "One.") == 1
        assert server.sentences == []
        server.problem = lambda *_: None
        await asyncio.sleep(6)
        assert await chunks(voice, "Two.") == 10


async def test_a_server_that_speaks_is_told_of_at_the_start(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)

    async with steady(ScriptedServer(failing(Fault.BUSY, 0.5)), StandIn()) as voice:
        await voice.start(ANNA, 3.0)
        assert "first audio after 500 ms" in caplog.text
        assert voice.fallback_reason(ANNA) == ""


async def test_a_server_that_takes_long_over_its_first_word_does_not_hold_up_the_start() -> None:
    server = ScriptedServer()
    server.takes_s = 20.0
    async with steady(server, StandIn()) as voice:
        began = asyncio.get_running_loop().time()
        await voice.start(ANNA, 3.0)
        assert asyncio.get_running_loop().time() - began == pytest.approx(3.0)


async def test_a_probe_that_breaks_in_a_way_nobody_foresaw_is_logged_and_repeated(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.ERROR)

    server = ScriptedServer(failing(Fault.BUSY, 30.0), ZeroDivisionError(), None)
    async with steady(server, StandIn()) as voice:
        await chunks(voice, "One.")
        await asyncio.sleep(41)
        assert voice.fallback_reason(ANNA) == ""
    (logged,) = caplog.records
    assert logged.exc_info is not None


async def test_a_listener_who_leaves_cuts_the_server_off() -> None:
    async with steady(ScriptedServer(), StandIn()) as voice:
        audio = voice.speak("One.", ANNA)
        await anext(audio)
        await audio.aclose()
        assert voice.fallback_reason(ANNA) == ""
        assert await voice.voices() == ["anna"]
