"""One speaker's ear alone, in virtual time: from frames to a turn that was understood."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Hashable
from dataclasses import replace
from types import TracebackType
from typing import Any, Self, TypeVar

import numpy as np
import pytest

from pipeline.audio import FRAME_MS, HEARD_FRAME, HEARD_RATE, Pcm16
from pipeline.errors import ModelUnavailable, Superseded
from pipeline.hearing import Hearing
from pipeline.listener import Listener, Utterance
from pipeline.names import NameFinder
from pipeline.ports import Speaker
from pipeline.settings import PipelineSettings, SttSettings, TurnSettings
from pipeline.transcriber import Transcription
from tests.pipeline.talk import ANN, FakeModels, FakeVad, in_virtual_time

T = TypeVar("T")

QUESTION = "Jarvis, what time is it?"


class Models(FakeModels):
    """The fake models, with a memory of what was asked and errors of the test's choice."""

    def __init__(self, hearing: Hearing) -> None:
        super().__init__(hearing)
        self.asked: list[dict[str, Any]] = []
        self.given_up = 0
        self.error: Exception | None = None
        self.turn_error: Exception | None = None
        self.rejected: str | None = None

    async def turn_probability(self, key: Hashable, audio: Pcm16) -> float:
        probability = await super().turn_probability(key, audio)
        if self.turn_error is not None:
            raise self.turn_error
        return probability

    async def transcribe(self, key: Hashable, audio: Pcm16, **how: Any) -> Transcription:
        self.asked.append({"key": key, "seconds": audio.size / HEARD_RATE, **how})
        try:
            words = await super().transcribe(key, audio, **how)
        except asyncio.CancelledError:
            self.given_up += 1
            raise
        if self.error is not None:
            raise self.error
        return replace(words, rejected=self.rejected)


class Room:
    """Writes down what a listener reports. Use as an async context manager."""

    def __init__(self, settings: PipelineSettings | None = None) -> None:
        self.names = NameFinder({"jarvis": ("Jarvis",)})
        self.hotwords: str | None = None
        self.clock = asyncio.get_running_loop().time
        self.hearing = Hearing(FakeVad(), self.clock)
        self.models = Models(self.hearing)
        self.told: list[tuple[str, Any]] = []
        self.failed: list[BaseException] = []
        self._tasks: set[asyncio.Task[Any]] = set()
        self.listener = Listener(ANN, self, self.models, settings or PipelineSettings(), self.clock)

    async def __aenter__(self) -> Self:
        self.hearing.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.listener.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.hearing.aclose()

    def speech_began(self, speaker: Speaker, at: float) -> None:
        self.told.append(("began", at))

    def speech_resumed(self, speaker: Speaker, at: float) -> None:
        self.told.append(("resumed", at))

    def speech_ended(self, speaker: Speaker, at: float) -> None:
        self.told.append(("ended", at))

    def overheard(self, utterance: Utterance, *, pausing: bool) -> None:
        self.told.append(("pausing" if pausing else "overheard", utterance))

    def understood(self, utterance: Utterance) -> None:
        self.told.append(("understood", utterance))

    def not_understood(self, speaker: Speaker, why: str) -> None:
        self.told.append(("not understood", why))

    def spawn(self, work: Coroutine[Any, Any, T], name: str) -> asyncio.Task[T]:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.failed.append(error)

    @property
    def story(self) -> list[str]:
        """What was reported, in order, without its details."""
        return [what for what, _ in self.told]

    def one(self, what: str) -> Any:
        """The details of the one report of a kind."""
        (detail,) = (detail for kind, detail in self.told if kind == what)
        return detail

    async def say(self, text: str, seconds: float) -> float:
        """Speak for so long; returns when it began."""
        began, level = self.clock(), self.models.code(text)
        for _ in range(round(seconds * 1000 / FRAME_MS)):
            await asyncio.sleep(FRAME_MS / 1000)
            self.listener.hear(np.full(HEARD_FRAME, level, np.int16), self.clock())
        return began

    async def pause(self, seconds: float) -> None:
        """Send the silence that ends talk, then nothing."""
        silence = np.zeros(HEARD_FRAME, np.int16)
        self.listener.hear(silence, self.clock(), end_of_talk=True)
        await asyncio.sleep(seconds)


def test_a_turn_is_reported_from_its_beginning_to_its_words() -> None:
    async def scene() -> None:
        async with Room() as room:
            began = await room.say(QUESTION, 1.0)
            meanwhile = room.listener.speaking
            await room.pause(1.0)
            assert (meanwhile, room.listener.speaking) == (True, False)
            assert room.story == ["began", "ended", "understood"]
            utterance = room.one("understood")
            assert utterance.speaker == ANN
            assert utterance.transcription.text == QUESTION
            assert utterance.began == pytest.approx(began, abs=0.05)
            assert room.one("began") == utterance.began

    in_virtual_time(scene())


def test_the_words_are_there_when_the_turn_is_found_to_be_over() -> None:
    async def scene() -> None:
        async with Room() as room:
            room.models.turn_ms = room.models.stt_ms = 80
            began = await room.say(QUESTION, 1.0)
            await room.pause(1.0)
            latency = room.one("understood").latency
            stages = latency.stages_ms()
            assert latency.at("speech_end") == pytest.approx(began + 1.0, abs=0.05)
            assert stages["listen"] == pytest.approx(200, abs=45)
            assert stages["turn"] == pytest.approx(80, abs=5)
            assert stages["stt"] < 5
            (asked,) = room.models.asked
            assert asked["final"]

    in_virtual_time(scene())


def test_the_beginning_of_the_first_word_is_not_cut_off() -> None:
    async def scene() -> None:
        async with Room() as room:
            await room.say(QUESTION, 1.0)
            await room.pause(1.0)
            (asked,) = room.models.asked
            assert asked["seconds"] >= 1.2, "the speech, and the pause that was looked at"

    in_virtual_time(scene())


def test_the_settings_say_which_language_and_the_room_which_words_to_expect() -> None:
    async def scene() -> None:
        async with Room(PipelineSettings(stt=SttSettings(language="de"))) as room:
            room.hotwords = "Jarvis"
            await room.say(QUESTION, 1.0)
            await room.pause(1.0)
            (asked,) = room.models.asked
            assert (asked["language"], asked["hotwords"]) == ("de", "Jarvis")

    in_virtual_time(scene())


def test_speech_that_goes_on_throws_the_early_transcription_away() -> None:
    async def scene() -> None:
        async with Room() as room:
            room.models.stt_ms = 5000
            room.models.complete = lambda audio: 0.1
            await room.say("Jarvis, I was wondering", 1.0)
            await room.pause(0.35)
            room.models.stt_ms, room.models.complete = 60, lambda audio: 0.9
            await room.say("what time it is", 1.0)
            await room.pause(1.6)
            assert room.story == ["began", "resumed", "pausing", "ended", "understood"]
            text = room.one("understood").transcription.text
            assert text == "Jarvis, I was wondering what time it is"
            assert room.models.given_up == 1
            assert len({asked["key"] for asked in room.models.asked}) == 2

    in_virtual_time(scene())


def test_at_a_pause_the_words_so_far_are_passed_on_while_nobody_knows_if_it_is_the_end() -> None:
    async def scene() -> None:
        async with Room() as room:
            room.models.complete = lambda audio: 0.1
            await room.say("It was raining all day yesterday.", 1.0)
            await room.pause(0.4)
            assert room.story == ["began", "pausing"]
            assert room.one("pausing").transcription.text == "It was raining all day yesterday."
            assert room.listener.speaking

    in_virtual_time(scene())


def test_a_turn_that_is_going_on_can_be_overheard() -> None:
    async def scene() -> None:
        async with Room() as room:
            await room.say(QUESTION, 0.8)
            room.listener.overhear()
            await room.say(QUESTION, 0.4)
            assert room.one("overheard").transcription.text == QUESTION
            (asked,) = room.models.asked
            assert not asked["final"], "what is final goes before it"
            assert asked["seconds"] == pytest.approx(0.8, abs=0.1)

    in_virtual_time(scene())


def test_what_was_overheard_too_late_is_not_reported() -> None:
    async def scene() -> None:
        async with Room() as room:
            room.models.stt_ms = 2000
            await room.say(QUESTION, 0.8)
            room.listener.overhear()
            await asyncio.sleep(0)
            room.models.stt_ms = 60
            await room.pause(0.7)
            await room.say("The next turn", 1.5)
            assert room.models.transcribed == 2, "what was overheard is transcribed by now"
            assert room.story == ["began", "ended", "understood", "began"]

    in_virtual_time(scene())


def test_a_speaker_without_end_is_cut_off_and_loses_no_words() -> None:
    async def scene() -> None:
        settings = PipelineSettings(turn=TurnSettings(max_turn_s=3.0))
        async with Room(settings) as room:
            await room.say("Well, as I said", 3.3)
            await room.say("and so on", 1.0)
            await room.pause(1.6)
            texts = [each.transcription.text for what, each in room.told if what == "understood"]
            assert len(texts) == 2
            assert texts[0] == "Well, as I said"
            assert texts[1].endswith("and so on")
            assert room.models.asked[0]["seconds"] >= 3.0

    in_virtual_time(scene())


def test_a_slow_turn_model_does_not_hold_a_turn_open_for_ever() -> None:
    async def scene() -> None:
        async with Room() as room:
            room.models.turn_ms = 60_000
            await room.say(QUESTION, 1.0)
            await room.pause(2.0)
            assert room.story[-1] == "understood"

    in_virtual_time(scene())


def test_nor_does_one_that_breaks() -> None:
    async def scene() -> None:
        async with Room() as room:
            room.models.turn_error = RuntimeError("the session is gone")
            await room.say(QUESTION, 1.0)
            await room.pause(2.0)
            assert room.story[-1] == "understood"
            assert all(error is room.models.turn_error for error in room.failed)
            assert room.failed, "the room was told, and logs it"

    in_virtual_time(scene())


def test_a_look_that_gave_way_to_a_newer_one_is_no_failure() -> None:
    async def scene() -> None:
        async with Room() as room:
            room.models.turn_error = Superseded("a newer look")
            await room.say(QUESTION, 1.0)
            await room.pause(2.0)
            assert room.story[-1] == "understood"
            assert room.failed == []

    in_virtual_time(scene())


@pytest.mark.parametrize("rejected", [None, "Whisper makes this up from silence"])
def test_without_words_nothing_was_understood_and_it_is_said_why(rejected: str | None) -> None:
    async def scene() -> None:
        async with Room() as room:
            room.models.rejected = rejected
            await room.say("" if rejected is None else "Thank you.", 1.0)
            await room.pause(1.6)
            assert room.story == ["began", "pausing", "ended", "not understood"]
            assert room.one("pausing").transcription.text == ""
            assert room.one("not understood") == (rejected or "no words in it")

    in_virtual_time(scene())


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (ModelUnavailable("the weights are damaged"), "the weights are damaged"),
        (Superseded("worker speech to text is full"), "worker speech to text is full"),
        (RuntimeError("the model broke"), "RuntimeError('the model broke')"),
    ],
)
def test_a_failing_transcriber_is_told_of(error: Exception, why: str) -> None:
    async def scene() -> None:
        async with Room() as room:
            room.models.error = error
            await room.say(QUESTION, 1.0)
            await room.pause(1.0)
            assert room.story == ["began", "ended", "not understood"]
            assert room.one("not understood") == why
            assert room.failed == [error], (
                "it ends its own task, where the room sees it, and no other"
            )
            room.models.error = None
            await room.say(QUESTION, 1.0)
            await room.pause(1.0)
            assert room.story[-1] == "understood"

    in_virtual_time(scene())


def test_who_leaves_in_mid_turn_has_said_nothing() -> None:
    async def scene() -> None:
        async with Room() as room:
            await room.say(QUESTION, 1.0)
            room.listener.close()
            await asyncio.sleep(5)
            assert room.story == ["began"]
            assert not room.listener.speaking

    in_virtual_time(scene())


def test_nor_has_who_leaves_while_the_models_are_at_work() -> None:
    async def scene() -> None:
        async with Room() as room:
            room.models.turn_ms = 200
            room.models.stt_ms = 500
            await room.say(QUESTION, 1.0)
            await room.pause(0.3)
            assert room.models.asked, "the pause was seen"
            room.listener.close()
            await asyncio.sleep(5)
            assert room.story == ["began"]
            assert room.models.given_up == 1

    in_virtual_time(scene())
