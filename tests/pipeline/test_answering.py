"""The floor alone, in virtual time: turns wait their turn, and nothing that fails keeps the next
from being answered."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from types import TracebackType
from typing import Self, TypeVar

import pytest

from pipeline.answering import MAX_WAITING, Answering
from pipeline.errors import AgentTimeout, SpeechUnavailable
from pipeline.events import (
    Failed,
    ReplyBegan,
    ReplyDucked,
    ReplyEnded,
    ReplyResumed,
    RoomEvent,
    SentenceSpoken,
    Unspoken,
)
from pipeline.latency import TurnLatency
from pipeline.ports import AgentTurn, Persona, Speaker, TextDelta
from pipeline.recital import Recital
from pipeline.reply import ReplyVoice
from pipeline.settings import PipelineSettings
from pipeline.transcript import SpokenReply, Transcript
from tests.pipeline.scripts import Mishap, MishapSynthesizer, ScriptedAgent, Step
from tests.pipeline.talk import ANN, BEN, JARVIS, SAGE, FakeLoudspeaker, in_virtual_time

T = TypeVar("T")

STORY = "Once upon a time there was a village by the sea."


class Floor:
    """`Answering` between fakes, with a tick every 20 ms. Use as an async context manager."""

    def __init__(self, *scripts: list[Step], voice: MishapSynthesizer | None = None) -> None:
        self.clock = asyncio.get_running_loop().time
        self.agent = ScriptedAgent(*scripts)
        self.voice = voice or MishapSynthesizer()
        self.loudspeaker = FakeLoudspeaker(self.clock)
        self.transcript = Transcript()
        self.events: list[RoomEvent] = []
        self.answering = Answering(
            PipelineSettings(),
            self.agent,
            ReplyVoice(self.voice, self.loudspeaker),
            self.transcript,
            self.clock,
            self.events.append,
        )

    async def __aenter__(self) -> Self:
        self._tasks = [
            asyncio.create_task(self.answering.run()),
            asyncio.create_task(self._tick()),
        ]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(0.02)
            self.answering.tick(self.clock())

    def ask(self, text: str, speaker: Speaker = ANN, persona: Persona = JARVIS) -> None:
        turn = AgentTurn(persona.agent, text, speaker)
        self.answering.ask(turn, persona, TurnLatency())

    async def ended(self, count: int = 1) -> ReplyEnded:
        """The end of the reply of that number."""
        async with asyncio.timeout(600):
            while len(self.all(ReplyEnded)) < count:  # noqa: ASYNC110 - in virtual time
                await asyncio.sleep(0.02)
        return self.all(ReplyEnded)[count - 1]

    async def began(self) -> None:
        """A reply sounds."""
        async with asyncio.timeout(600):
            while not self.answering.sounding:  # noqa: ASYNC110 - virtual time costs nothing
                await asyncio.sleep(0.02)

    def all(self, kind: type[T]) -> list[T]:
        return [event for event in self.events if isinstance(event, kind)]


# -- in order ----------------------------------------------------------------------------------


def test_two_turns_of_one_speaker_in_quick_succession_are_both_answered_in_order() -> None:
    async def scene() -> None:
        async with Floor(["The first."], ["The second."]) as floor:
            floor.ask("Jarvis, one.")
            floor.ask("Jarvis, two.")
            first, second = await floor.ended(1), await floor.ended(2)
            assert [turn.text for turn in floor.agent.turns] == ["Jarvis, one.", "Jarvis, two."]
            assert (first.heard, second.heard) == ("The first.", "The second.")
            assert not first.interrupted
            assert floor.loudspeaker.playbacks[0].log == [], "the second did not cut the first off"

    in_virtual_time(scene())


def test_each_is_answered_by_the_one_it_was_meant_for() -> None:
    async def scene() -> None:
        async with Floor(["Yes."]) as floor:
            floor.ask("Jarvis, are you there?", ANN, JARVIS)
            floor.ask("Sage, are you there?", BEN, SAGE)
            await floor.ended(2)
            assert [voice for voice, _ in floor.voice.spoken] == ["jarvis", "sage"]
            assert [event.speaker for event in floor.all(ReplyEnded)] == [ANN, BEN]

    in_virtual_time(scene())


def test_what_was_heard_is_written_down() -> None:
    async def scene() -> None:
        async with Floor(["I am fine. And you?"]) as floor:
            floor.ask("Jarvis, how are you?")
            ended = await floor.ended()
            (line,) = floor.transcript
            assert isinstance(line, SpokenReply)
            assert line.heard == line.text == ended.text == "I am fine. And you?"
            assert [event.text for event in floor.all(SentenceSpoken)] == ["I am fine.", "And you?"]

    in_virtual_time(scene())


def test_the_beginning_of_a_reply_is_told_once_it_sounds() -> None:
    async def scene() -> None:
        async with Floor([1.0, "I am fine."]) as floor:
            floor.ask("Jarvis, how are you?")
            asked = floor.clock()
            await floor.ended()
            (began,) = floor.all(ReplyBegan)
            assert began.at - asked > 1.0
            assert floor.loudspeaker.playbacks[0].first_sent_at == began.at
            assert began.latency.at("first_frame") == began.at

    in_virtual_time(scene())


def test_of_too_many_waiting_turns_the_oldest_is_dropped_and_told_of() -> None:
    async def scene() -> None:
        async with Floor(["Yes."]) as floor:
            floor.ask("the one that is answered")
            await asyncio.sleep(0.02)
            for number in range(MAX_WAITING + 1):
                floor.ask(f"number {number}", BEN if number == 0 else ANN)
            (failed,) = floor.all(Failed)
            assert failed.speaker == BEN
            assert f"more than {MAX_WAITING} turns" in failed.why
            assert failed.notice == ""
            await floor.ended(1 + MAX_WAITING)
            asked = [turn.text for turn in floor.agent.turns]
            assert asked[1:] == [f"number {number}" for number in range(1, MAX_WAITING + 1)]

    in_virtual_time(scene())


# -- failures ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "said", "notice", "level"),
    [
        (AgentTimeout("60 s are over"), "60 s are over", "Sorry, that took too long.", "WARNING"),
        (ZeroDivisionError("by nought"), "by nought", "Sorry, something went wrong.", "ERROR"),
    ],
)
def test_a_failing_agent_is_told_of_aloud_and_in_the_log_and_the_next_turn_is_answered(
    error: Exception, said: str, notice: str, level: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def scene() -> None:
        async with Floor([error], ["I am fine."]) as floor:
            floor.ask("Jarvis, how are you?")
            ended = await floor.ended()
            assert ended.heard == f"{notice} Please ask me again."
            (failed,) = floor.all(Failed)
            assert said in failed.why
            assert failed.notice == f"{notice} Please ask me again."
            assert (failed.agent, failed.speaker) == ("jarvis", ANN)
            floor.ask("Jarvis, how are you?")
            assert (await floor.ended(2)).heard == "I am fine."
            assert len(floor.all(Failed)) == 1

    in_virtual_time(scene())
    (logged,) = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert logged.levelname == level
    assert said in logged.getMessage()
    assert (logged.exc_info is not None) == (level == "ERROR"), "a traceback if nobody foresaw it"
    assert "how are you" not in caplog.text


@pytest.mark.parametrize("error", [SpeechUnavailable("answered 500"), ZeroDivisionError("500")])
def test_what_a_failing_voice_leaves_unspoken_is_handed_over_once(error: Exception) -> None:
    async def scene() -> None:
        voice = MishapSynthesizer({"I am fine.": Mishap(error)})
        async with Floor(["I am fine. And you?"], ["All is well."], voice=voice) as floor:
            floor.ask("Jarvis, how are you?")
            ended = await floor.ended()
            (unspoken,) = floor.all(Unspoken)
            assert unspoken.text == "I am fine. And you?"
            assert "500" in unspoken.why
            assert ended.heard == ""
            assert floor.all(Failed) == [], "the answer is there, if only in writing"
            floor.ask("Jarvis, how is it?")
            assert (await floor.ended(2)).heard == "All is well."

    in_virtual_time(scene())


def test_a_reply_that_breaks_altogether_is_told_of_and_the_next_turn_is_answered(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def scene() -> None:
        async with Floor(["I am fine."]) as floor:
            with monkeypatch.context() as patch:
                patch.setattr(floor.loudspeaker, "open", lambda: None)
                patch.setattr("pipeline.reply.Reply._could_not_say", _broken)
                floor.ask("Jarvis, how are you?")
                await floor.ended()
            (failed,) = floor.all(Failed)
            assert "ZeroDivisionError" in failed.why
            floor.ask("Jarvis, how are you?")
            assert (await floor.ended(2)).heard == "I am fine."

    in_virtual_time(scene())
    assert "Traceback" in caplog.text


def test_not_even_a_broken_transcript_ends_the_answering(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def scene() -> None:
        async with Floor(["I am fine."]) as floor:
            with monkeypatch.context() as patch:
                patch.setattr(floor.transcript, "add_reply", _broken)
                floor.ask("Jarvis, how are you?")
                await asyncio.sleep(5)
            assert floor.answering.reply is None
            floor.ask("Jarvis, how are you?")
            assert (await floor.ended()).heard == "I am fine."

    in_virtual_time(scene())
    assert "Traceback" in caplog.text


def _broken(*_: object) -> None:
    raise ZeroDivisionError


# -- taking the floor --------------------------------------------------------------------------


def test_stopping_while_the_agent_thinks_ends_the_turn_and_begins_the_next() -> None:
    async def scene() -> None:
        async with Floor([60.0, "I am fine."], ["All is well."]) as floor:
            floor.ask("Jarvis, how are you?")
            floor.ask("Jarvis, how is it?", BEN)
            await asyncio.sleep(1)
            floor.answering.stop()
            ended = await floor.ended()
            assert ended.interrupted
            assert (ended.text, ended.heard) == ("", "")
            assert [turn.text for turn in floor.agent.aborted] == ["Jarvis, how are you?"]
            assert (await floor.ended(2)).heard == "All is well."
            assert floor.all(Failed) == []

    in_virtual_time(scene())


def test_stopping_in_mid_sentence_keeps_what_was_heard() -> None:
    async def scene() -> None:
        async with Floor([STORY]) as floor:
            floor.ask("Jarvis, tell me a story.")
            await asyncio.sleep(1.5)
            floor.answering.stop()
            ended = await floor.ended()
            assert ended.interrupted
            assert ended.heard == "Once upon a time there"
            assert ended.text == STORY
            assert floor.loudspeaker.playbacks[0].log == ["cut"]
            (line,) = floor.transcript
            assert isinstance(line, SpokenReply)
            assert line.cut_off

    in_virtual_time(scene())


def test_stopping_twice_or_when_nothing_is_said_does_no_harm() -> None:
    async def scene() -> None:
        async with Floor([STORY], ["I am fine."]) as floor:
            floor.answering.stop()
            floor.ask("Jarvis, tell me a story.")
            await asyncio.sleep(1)
            floor.answering.stop()
            floor.answering.stop()
            assert (await floor.ended()).interrupted
            floor.answering.stop()
            floor.ask("Jarvis, how are you?")
            assert (await floor.ended(2)).heard == "I am fine."

    in_virtual_time(scene())


class SlowToLetGo(ScriptedAgent):
    """Tells its Gateway that an answer is not wanted any more, which takes a while."""

    def __init__(self) -> None:
        super().__init__([])
        self.let_go = 0

    async def reply(self, turn: AgentTurn) -> AsyncGenerator[TextDelta, None]:
        try:
            yield TextDelta("Well, ")
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0.5)
            self.let_go += 1


def test_a_second_stop_does_not_break_into_the_clearing_up_after_the_first() -> None:
    async def scene() -> None:
        async with Floor() as floor:
            agent = SlowToLetGo()
            floor.answering._agent = agent
            floor.ask("Jarvis, how are you?")
            await asyncio.sleep(1)
            for _ in range(3):
                floor.answering.stop()
                await asyncio.sleep(0.1)
            assert (await floor.ended()).interrupted
            assert agent.let_go == 1

    in_virtual_time(scene())


def test_speech_over_a_reply_ducks_it_then_silences_it_and_talk_to_others_gives_it_back() -> None:
    async def scene() -> None:
        async with Floor([STORY]) as floor:
            floor.ask("Jarvis, tell me a story.")
            await asyncio.sleep(1)
            floor.answering.speech_began(BEN.id, floor.clock())
            await asyncio.sleep(0.5)
            assert floor.loudspeaker.playbacks[0].log == ["duck", "hold"]
            floor.answering.speech_ended(BEN.id, floor.clock())
            floor.answering.decided(BEN.id, interrupts=False)
            assert floor.loudspeaker.playbacks[0].log == ["duck", "hold", "resume"]
            ended = await floor.ended()
            assert ended.heard == STORY
            kinds = [type(event) for event in floor.events]
            assert kinds.count(ReplyDucked) == 2
            assert kinds.count(ReplyResumed) == 1

    in_virtual_time(scene())


def test_a_reply_that_was_silenced_goes_on_from_the_word_that_was_cut() -> None:
    async def scene() -> None:
        async with Floor([STORY]) as floor:
            floor.ask("Jarvis, tell me a story.")
            await asyncio.sleep(1)
            floor.answering.speech_began(BEN.id, floor.clock())
            await asyncio.sleep(0.5)
            (playback,) = floor.loudspeaker.playbacks
            before_ms = playback.played_ms
            floor.answering.decided(BEN.id, interrupts=False)
            rewound_ms = before_ms - playback.played_ms
            assert 300 <= rewound_ms < 1000
            await floor.ended()

    in_virtual_time(scene())


def test_speech_that_takes_the_floor_ends_the_reply() -> None:
    async def scene() -> None:
        async with Floor([STORY]) as floor:
            floor.ask("Jarvis, tell me a story.")
            await asyncio.sleep(1)
            floor.answering.speech_began(BEN.id, floor.clock())
            await asyncio.sleep(0.5)
            floor.answering.decided(BEN.id, interrupts=True)
            assert (await floor.ended()).interrupted
            assert floor.loudspeaker.playbacks[0].log == ["duck", "hold", "cut"]

    in_virtual_time(scene())


def test_speech_while_nobody_answers_concerns_nobody() -> None:
    async def scene() -> None:
        async with Floor(["I am fine."]) as floor:
            floor.answering.speech_began(BEN.id, floor.clock())
            floor.answering.speech_ended(BEN.id, floor.clock())
            floor.answering.decided(BEN.id, interrupts=True)
            floor.ask("Jarvis, how are you?")
            assert not (await floor.ended()).interrupted

    in_virtual_time(scene())


def test_a_decision_about_an_earlier_reply_does_not_end_the_present_one() -> None:
    async def scene() -> None:
        async with Floor(["Well."], [STORY]) as floor:
            floor.ask("Jarvis, how are you?")
            floor.ask("Jarvis, tell me a story.")
            await asyncio.sleep(0.2)
            floor.answering.speech_began(BEN.id, floor.clock())
            floor.answering.decided(BEN.id, interrupts=False)
            await floor.ended(1)
            await asyncio.sleep(0.5)
            floor.answering.decided(BEN.id, interrupts=True)
            assert not (await floor.ended(2)).interrupted

    in_virtual_time(scene())


def test_the_end_of_the_room_is_the_end_of_its_reply() -> None:
    async def scene() -> None:
        async with Floor([STORY, 60.0]) as floor:
            floor.ask("Jarvis, tell me a story.")
            floor.ask("Jarvis, how are you?")
            await asyncio.sleep(1)
        assert floor.loudspeaker.playbacks[0].log == ["cut"]
        assert len(floor.agent.aborted) == 1
        assert len(floor.agent.turns) == 1
        await asyncio.sleep(1)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    in_virtual_time(scene())


# -- what was said -------------------------------------------------------------------------------


def test_of_a_stopped_reply_it_is_known_what_was_not_heard() -> None:
    async def scene() -> None:
        async with Floor(["One is here. ", "Two is here. ", "Three is here."]) as floor:
            floor.ask("Jarvis, count.")
            await floor.began()
            await asyncio.sleep(0.3)
            floor.answering.stop()
            heard = (await floor.ended()).heard
            said = floor.answering.said
            assert said is not None
            assert said.persona == JARVIS
            assert said.text == "One is here. Two is here. Three is here."
            assert f"{heard} {said.unheard}".strip() == said.text
            assert said.unheard

    in_virtual_time(scene())


def test_what_is_withdrawn_is_not_answered() -> None:
    async def scene() -> None:
        async with Floor(["The first."], ["The second."]) as floor:
            floor.ask("Jarvis, one.", ANN)
            await asyncio.sleep(0)
            floor.ask("Jarvis, two.", ANN)
            floor.ask("Jarvis, three.", BEN)
            floor.answering.withdraw(ANN.id)
            await floor.ended(2)
            assert [turn.text for turn in floor.agent.turns] == ["Jarvis, one.", "Jarvis, three."]

    in_virtual_time(scene())


def test_words_of_its_own_are_spoken_without_the_agent_and_passing_ones_are_not_kept() -> None:
    async def scene() -> None:
        async with Floor() as floor:
            turn = AgentTurn("sage", "", ANN)
            late, listening = Recital(lambda: "It is late."), Recital(lambda: "I am listening.")
            floor.answering.ask(turn, SAGE, TurnLatency(), agent=late)
            floor.answering.ask(turn, SAGE, TurnLatency(), agent=listening, passing=True)
            await floor.ended(2)
            assert floor.voice.spoken == [("sage", "It is late."), ("sage", "I am listening.")]
            assert floor.agent.turns == []
            assert floor.answering.said is not None
            assert floor.answering.said.text == "It is late."

    in_virtual_time(scene())
