"""The end of a turn in a whole room; names, languages and short words in speech to text."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Hashable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.audio import FRAME_MS, HEARD_FRAME, Pcm16, Samples, to_samples
from pipeline.events import ReplyEnded, TurnDecided
from pipeline.inference.expected_names import NO_NAMES, ExpectedNames
from pipeline.inference.job_queue import Priority
from pipeline.inference.silero_vad import SileroVad
from pipeline.inference.smart_turn import SmartTurn
from pipeline.inference.speech_models import EncodedAhead, SpeechModels
from pipeline.inference.transcription import Transcription
from pipeline.inference.whisper import Transcriber
from pipeline.listening.audio_input import AudioInput
from pipeline.settings import PipelineSettings, SttSettings, TurnSettings
from server.engines.espeak import EspeakVoice
from testing.room import ANN, BEN, FakeRoom
from tests.pipeline.conftest import Say

pytestmark = pytest.mark.virtual_time


# -- the turn model and the words ---------------------------------------------------------------


async def wait_after(talk: FakeRoom, text: str, sure: float) -> float:
    """The time from the end of speech to the final transcript, in ms."""
    talk.models.complete = lambda _: sure
    end = await talk.say(ANN, text)
    return ((await talk.until(TurnDecided, after=len(talk.events))).at - end) * 1000


async def test_the_surer_the_words_and_the_model_the_sooner_the_turn_ends() -> None:
    async with FakeRoom() as talk:
        waits = [
            await wait_after(talk, "Jarvis, what time is it?", sure=0.95),
            await wait_after(talk, "Jarvis, what time is it?", sure=0.05),
            await wait_after(talk, "And then I want to", sure=0.05),
        ]
        assert waits[0] < waits[1] < waits[2]
        assert 260 <= waits[0] < 600
        assert 900 < waits[2] < 2600


async def test_a_statement_to_the_agent_needs_no_longest_silence() -> None:
    async with FakeRoom() as talk:
        assert await wait_after(talk, "Jarvis, I like this song.", sure=0.95) < 1100


async def test_a_request_without_a_closing_mark_is_a_request() -> None:
    async with FakeRoom() as talk:
        whole = await wait_after(talk, "Jarvis, tell me a joke", sure=0.95)
        assert whole < 1000
        assert whole < await wait_after(talk, "Jarvis, tell me about the", sure=0.95)


async def test_a_control_word_does_not_need_the_turn_model_at_all() -> None:
    async with FakeRoom() as talk:
        assert await wait_after(talk, "Jarvis, stop.", sure=0.0) < 320


async def test_an_open_clause_keeps_the_turn_open() -> None:
    async with FakeRoom() as talk:
        talk.models.complete = lambda _: 0.3
        await talk.say(ANN, "Jarvis, what is the", 0.8)
        await asyncio.sleep(0.8)
        assert not talk.all(TurnDecided)
        await talk.say(ANN, "weather in Paris?", 0.8)
        assert (await talk.until(TurnDecided)).text == "Jarvis, what is the weather in Paris?"


async def test_a_turn_ends_without_its_words() -> None:
    async with FakeRoom() as talk:
        talk.models.stt_ms = 60_000
        await talk.say(ANN, "Jarvis, what time is it?")
        await asyncio.sleep(2.6)
        talk.models.stt_ms = 60
        await talk.say(ANN, "Jarvis, tell me a joke.")
        assert (await talk.until(TurnDecided)).text == "Jarvis, tell me a joke."


# -- language and names --------------------------------------------------------------------------


async def test_names_of_agents_and_of_those_present_are_expected() -> None:
    async with FakeRoom() as talk:
        await talk.say(ANN, "Jarvis, what time is it?")
        await talk.until(TurnDecided)
        talk.room.person_left(BEN.id)
        seen = len(talk.events)
        await talk.say(ANN, "Jarvis, stop.")
        await talk.until(TurnDecided, after=seen)
        first, *later = [names for _, names in talk.models.expected]
        assert first == ExpectedNames(("Jarvis", "Sage"), ("Ann", "Ben"))
        # Words over a reply may stop it.
        assert {replace(names, stops=False) for names in later} == {
            ExpectedNames(("Jarvis", "Sage"), ("Ann",))
        }


async def test_no_names_are_expected_where_the_settings_say_so() -> None:
    async with FakeRoom(PipelineSettings(stt=SttSettings(expect_names=False))) as talk:
        await talk.say(ANN, "Jarvis, what time is it?")
        await talk.until(TurnDecided)
        assert talk.models.expected == [(None, NO_NAMES)]


async def test_a_short_turn_is_heard_in_the_language_of_its_speaker_or_else_of_the_call() -> None:
    async with FakeRoom(PipelineSettings(stt=SttSettings(partial_interval_s=0))) as talk:
        talk.models.language = "de"
        await talk.say(ANN, "Jarvis, wie wird das Wetter morgen?", 2.0)
        await talk.until(ReplyEnded)
        for speaker in (ANN, BEN):
            seen = len(talk.events)
            await talk.say(speaker, "Jarvis, hör auf.", 0.6)
            await talk.until(TurnDecided, after=seen)
        assert [language for language, _ in talk.models.expected] == [None, "de", "de"]


# -- short words, with the real models -----------------------------------------------------------


class InlineModels(SpeechModels):
    """The real models without threads, for rooms in virtual time."""

    def __init__(self, audio_input: AudioInput, turn: SmartTurn, stt: Transcriber) -> None:
        self.audio_input = audio_input
        self._smart_turn = turn
        self._transcriber = stt

    async def turn_probability(self, key: Hashable, audio: Pcm16) -> float:
        return self._smart_turn.probability(to_samples(audio))

    async def transcribe(
        self,
        key: Hashable,
        audio: Pcm16,
        *,
        language: str | None,
        among: Collection[str] = (),
        usual: str | None = None,
        sure: float | None = None,
        names: ExpectedNames = NO_NAMES,
        priority: Priority | None = None,
        final: bool,
        ahead: EncodedAhead | None = None,
    ) -> Transcription:
        return self._transcriber.transcribe(to_samples(audio), language=language, names=names)


@pytest.fixture(scope="module")
def smart_turn(smart_turn_path: Path) -> SmartTurn:
    return SmartTurn(smart_turn_path)


@pytest.fixture(scope="module")
def transcriber(whisper_path: Path) -> Transcriber:
    return Transcriber(whisper_path, SttSettings(threads=1))


@pytest.mark.parametrize("variant", ["m3", "f2", "f4", "m7"])
@pytest.mark.parametrize("word", ["Yes.", "No.", "Stop.", "Okay."])
async def test_short_words_are_not_lost(
    say: Say,
    silero_path: Path,
    smart_turn: SmartTurn,
    transcriber: Transcriber,
    word: str,
    variant: str,
) -> None:
    spoken = say(word, EspeakVoice(language="en-us", variant=variant))

    settings = PipelineSettings(stt=SttSettings(language="en"))
    vad = SileroVad(silero_path)

    def models(audio_input: AudioInput) -> SpeechModels:
        return InlineModels(audio_input, smart_turn, transcriber)

    async with FakeRoom(settings, vad=vad, models=models) as talk:
        await play(talk, spoken)
        result = (await talk.until(TurnDecided, 5.0)).text
    assert result == word


LONG_TURN = (
    "It was raining all day yesterday.",
    "We should meet tomorrow at noon.",
    "The server crashed again.",
    "Did you watch the game last night?",
    "Yes, it was a very close game.",
    "Jarvis, what is the weather in Paris?",
)


@pytest.mark.parametrize("variant", ["m3", "f2"])
async def test_a_turn_of_many_sentences_is_understood_part_by_part(
    say: Say, silero_path: Path, smart_turn: SmartTurn, transcriber: Transcriber, variant: str
) -> None:
    clips = [say(text, EspeakVoice(variant=variant)) for text in LONG_TURN]

    long_pauses = TurnSettings(
        eager="off", cut_cost_ms=60_000, sound_cut_cost_ms=60_000, max_silence_ms=900
    )
    stt = SttSettings(language="en", settle_after_s=0.5)
    vad = SileroVad(silero_path)

    def models(audio_input: AudioInput) -> SpeechModels:
        return InlineModels(audio_input, smart_turn, transcriber)

    async with FakeRoom(
        PipelineSettings(stt=stt, turn=long_pauses), vad=vad, models=models
    ) as talk:
        for clip in clips:
            await play(talk, clip)
            await asyncio.sleep(0.35)
        result = [(await talk.until(TurnDecided, 5.0)).text]
    assert result == [" ".join(LONG_TURN)]


async def play(talk: FakeRoom, samples: Samples) -> None:
    """Send speech in frames, as Discord does: from the first sound to the last."""
    pcm = np.clip(samples * 32768, -32768, 32767).astype(np.int16)
    loud = np.nonzero(np.abs(pcm) > 300)[0]
    pcm = pcm[loud[0] : loud[-1] + 1]
    pcm = np.pad(pcm, (0, -pcm.size % HEARD_FRAME + 5 * HEARD_FRAME))
    for first in range(0, pcm.size, HEARD_FRAME):
        await asyncio.sleep(FRAME_MS / 1000)
        talk.room.hear(ANN.id, pcm[first : first + HEARD_FRAME], talk.clock())
