"""The floor alone, in virtual time: turns wait their turn, and nothing that fails keeps the next
from being answered."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from types import TracebackType
from typing import Self, TypeVar

import pytest

from pipeline.errors import AgentTimeout, SpeechUnavailable
from pipeline.events import (
    ReplyBegan,
    ReplyDeclined,
    ReplyDucked,
    ReplyEnded,
    ReplyFailed,
    ReplyResumed,
    RoomEvent,
    SentenceSpoken,
    TextLeftOut,
    TurnExtended,
    Unspoken,
    VoiceReplaced,
)
from pipeline.latency import TurnLatency
from pipeline.ports import AgentDelta, AgentTurn, Persona, Speaker, Voice
from pipeline.settings import PipelineSettings, ReplySettings, SpeechTextSettings
from pipeline.speaking import notices
from pipeline.speaking.canned_reply import CannedReply
from pipeline.speaking.floor import Floor
from pipeline.speaking.notices import ONE_MOMENT
from pipeline.speaking.reply import ReplyVoice
from pipeline.speaking.turn_queue import LONGEST_JOINED, MAX_OF_ONE
from pipeline.transcript import SpokenReply, Transcript
from testing.room import ANN, BEN, JARVIS, SAGE, FakeLoudspeaker
from testing.waiting import within
from tests.pipeline.speaking.scripts import Mishap, MishapSynthesizer, ScriptedAgent, Step

pytestmark = pytest.mark.virtual_time


T = TypeVar("T")

STORY = "Once upon a time there was a village by the sea."


class OpenFloor:
    """`Floor` between fakes, with a tick every 20 ms. Use as an async context manager."""

    def __init__(
        self,
        *scripts: list[Step],
        voice: MishapSynthesizer | None = None,
        settings: PipelineSettings | None = None,
        trouble: Callable[[Voice], str] = lambda _: "",
    ) -> None:
        self.clock = asyncio.get_running_loop().time
        self.agent = ScriptedAgent(*scripts)
        self.voice = voice or MishapSynthesizer()
        self.loudspeaker = FakeLoudspeaker(self.clock)
        self.transcript = Transcript()
        self.events: list[RoomEvent] = []
        self.answering = Floor(
            settings or PipelineSettings(),
            self.agent,
            ReplyVoice(self.voice, self.loudspeaker, trouble),
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

    def ask(
        self,
        text: str,
        speaker: Speaker = ANN,
        persona: Persona = JARVIS,
        language: str | None = None,
    ) -> None:
        turn = AgentTurn(persona.agent, text, speaker, language=language)
        self.answering.ask(turn, persona, TurnLatency())

    async def ended(self, count: int = 1) -> ReplyEnded:
        """The end of the reply of that number."""
        async with within(600, f"the end of reply {count}", seen=lambda: self.events):
            while len(self.all(ReplyEnded)) < count:  # noqa: ASYNC110 - in virtual time
                await asyncio.sleep(0.02)
        return self.all(ReplyEnded)[count - 1]

    async def began(self) -> None:
        """A reply sounds."""
        async with within(600, "the sound of a reply", seen=lambda: self.events):
            while not self.answering.sounding:  # noqa: ASYNC110 - virtual time costs nothing
                await asyncio.sleep(0.02)

    def all(self, kind: type[T]) -> list[T]:
        return [event for event in self.events if isinstance(event, kind)]


# -- in order ----------------------------------------------------------------------------------


async def test_what_a_speaker_adds_before_the_answer_begins_is_answered_with_it() -> None:
    async with OpenFloor([1.0, "The first."], ["Both of them."]) as floor:
        floor.ask("Jarvis, what is the weather in Paris?")
        await asyncio.sleep(0.5)
        floor.ask("And in London?")
        ended = await floor.ended()
        both = "Jarvis, what is the weather in Paris? And in London?"
        assert [turn.text for turn in floor.agent.turns][1:] == [both]
        assert len(floor.agent.aborted) == 1, "what was half asked is not answered upstream"
        assert (ended.heard, ended.interrupted) == ("Both of them.", False)
        (joined,) = floor.all(TurnExtended)
        assert (joined.speaker, joined.text) == (ANN, both)
        await asyncio.sleep(10)
        assert len(floor.all(ReplyEnded)) == len(floor.transcript) == 1


async def test_more_is_added_as_long_as_nothing_of_the_answer_is_heard() -> None:
    async with OpenFloor([1.0, "No."], [1.0, "No."], ["All three."]) as floor:
        for text in ("one", "two", "three"):
            floor.ask(text)
            await asyncio.sleep(0.3)
        assert (await floor.ended()).heard == "All three."
        assert floor.agent.turns[-1].text == "one two three"


async def test_what_is_asked_once_the_answer_sounds_is_a_turn_of_its_own() -> None:
    async with OpenFloor(["The first."], ["The second."]) as floor:
        floor.ask("Jarvis, one.")
        await floor.began()
        floor.ask("Jarvis, two.")
        first, second = await floor.ended(1), await floor.ended(2)
        assert [turn.text for turn in floor.agent.turns] == ["Jarvis, one.", "Jarvis, two."]
        assert (first.heard, second.heard) == ("The first.", "The second.")
        assert not first.interrupted
        assert floor.loudspeaker.playbacks[0].log == [], "the second did not cut the first off"


async def test_each_is_answered_by_the_one_it_was_meant_for() -> None:
    async with OpenFloor(["Yes."]) as floor:
        floor.ask("Jarvis, are you there?", ANN, JARVIS)
        floor.ask("Sage, are you there?", BEN, SAGE)
        await floor.ended(2)
        assert [voice for voice, _ in floor.voice.spoken] == ["jarvis", "sage"]
        assert [event.speaker for event in floor.all(ReplyEnded)] == [ANN, BEN]


async def test_what_was_heard_is_written_down() -> None:
    async with OpenFloor(["I am fine. And you?"]) as floor:
        floor.ask("Jarvis, how are you?")
        ended = await floor.ended()
        (line,) = floor.transcript
        assert isinstance(line, SpokenReply)
        assert line.heard == line.text == ended.text == "I am fine. And you?"
        assert [event.text for event in floor.all(SentenceSpoken)] == ["I am fine.", "And you?"]


async def test_the_beginning_of_a_reply_is_told_once_it_sounds() -> None:
    async with OpenFloor([1.0, "I am fine."]) as floor:
        floor.ask("Jarvis, how are you?")
        asked = floor.clock()
        await floor.ended()
        (began,) = floor.all(ReplyBegan)
        assert began.at - asked > 1.0
        assert floor.loudspeaker.playbacks[0].first_sent_at == began.at
        assert began.latency.at("first_frame") == began.at


async def test_of_too_much_from_one_person_the_oldest_is_dropped_and_they_are_told() -> None:
    async with OpenFloor([2.0, "Yes."], ["Yes."]) as floor:
        floor.ask("the one that is answered", BEN)
        await asyncio.sleep(0.02)
        for number in range(MAX_OF_ONE + 1):
            floor.ask(f"{number}" * LONGEST_JOINED)
        (failed,) = floor.all(ReplyFailed)
        assert failed.speaker == ANN
        assert "more was asked than can wait" in failed.why
        assert failed.notice == notices.too_much("en")
        await floor.ended(1 + MAX_OF_ONE)
        assert [turn.text[:1] for turn in floor.agent.turns] == ["t", "1", "2", "3"]
        assert floor.voice.spoken[0] == ("jarvis", failed.notice)


# -- whose turn it is --------------------------------------------------------------------------


async def test_who_has_to_wait_is_told_that_they_are_next() -> None:
    async with OpenFloor([3.0, "I am fine."], ["All is well."]) as floor:
        floor.ask("Jarvis, how are you?", ANN)
        await asyncio.sleep(0.3)
        floor.ask("Jarvis, how is it?", BEN)
        asked = floor.clock()
        await floor.ended(2)
        assert [text for _, text in floor.voice.spoken] == [
            "You are next, Ben.",
            "I am fine.",
            "All is well.",
        ]
        (told, *_) = floor.all(SentenceSpoken)
        assert told.at - asked == pytest.approx(0.7, abs=0.1)
        first, second = floor.all(ReplyEnded)
        assert (first.heard, second.heard) == ("I am fine.", "All is well.")
        assert (first.text, second.text) == ("I am fine.", "All is well."), "it is no answer"


async def test_who_is_being_answered_is_not_told_to_wait_for_it() -> None:
    async with OpenFloor([3.0, "I am fine."], ["All is well."]) as floor:
        floor.ask("Jarvis, how are you?", ANN, JARVIS)
        floor.ask("Sage, how is it?", ANN, SAGE)
        await floor.ended(2)
        assert [text for _, text in floor.voice.spoken] == ["I am fine.", "All is well."]


async def test_several_who_wait_are_each_told_once_and_in_their_language() -> None:
    async with OpenFloor([20.0, "Yes."]) as floor:
        floor.ask("one", ANN)
        floor.ask("two", BEN)
        floor.ask("drei", Speaker(3, "Carl"), language="de")
        await floor.ended(3)
        said = [text for _, text in floor.voice.spoken]
        assert said[:3] == ["You are next, Ben.", "Danach bist du dran, Carl.", ONE_MOMENT]
        assert said[3:] == ["Yes.", ONE_MOMENT, "Yes.", "Einen Moment, bitte.", "Yes."]


async def test_nobody_is_told_to_wait_when_the_answer_before_is_there() -> None:
    async with OpenFloor(["I am fine."], ["All is well."]) as floor:
        floor.ask("Jarvis, how are you?", ANN)
        floor.ask("Jarvis, how is it?", BEN)
        await floor.ended(2)
        assert [text for _, text in floor.voice.spoken] == ["I am fine.", "All is well."]


async def test_who_waited_through_an_answer_hears_that_it_is_their_turn_if_theirs_is_slow() -> None:
    async with OpenFloor([STORY], [2.0, "All is well."]) as floor:
        floor.ask("Jarvis, tell me a story.", ANN)
        await floor.began()
        floor.ask("Jarvis, how is it?", BEN)
        await floor.ended(2)
        said = [text for _, text in floor.voice.spoken]
        assert said == [STORY, "You are next, Ben.", "All is well."]


async def test_nobody_is_told_over_what_people_say() -> None:
    async with OpenFloor([3.0, "I am fine."], ["All is well."]) as floor:
        floor.ask("Jarvis, how are you?", ANN)
        floor.ask("Jarvis, how is it?", BEN)
        floor.answering.speech_began(BEN.id, floor.clock())
        await asyncio.sleep(2.0)
        assert floor.voice.asked == []
        floor.answering.speech_ended(BEN.id, floor.clock())
        floor.answering.decided(BEN.id, interrupts=False)
        await floor.ended(2)
        assert floor.voice.spoken[0] == ("jarvis", "You are next, Ben.")


async def test_the_setting_leaves_people_waiting_in_silence() -> None:
    settings = PipelineSettings(reply=ReplySettings(acknowledge_after_s=0))
    async with OpenFloor([3.0, "Yes."], settings=settings) as floor:
        floor.ask("Jarvis, how are you?", ANN)
        floor.ask("Jarvis, how is it?", BEN)
        await floor.ended(2)
        assert [text for _, text in floor.voice.spoken] == ["Yes.", "Yes."]


async def test_one_who_asks_a_lot_does_not_keep_another_waiting() -> None:
    async with OpenFloor(["Yes."]) as floor:
        floor.ask("a1", ANN)
        await floor.began()
        floor.ask("a2", ANN)
        floor.ask("a3", ANN, SAGE)
        floor.ask("b1", BEN)
        await floor.ended(4)
        assert [turn.text for turn in floor.agent.turns] == ["a1", "a2", "b1", "a3"]


# -- speech before the first sound -------------------------------------------------------------


async def test_a_reply_that_is_ready_waits_for_who_is_speaking() -> None:
    async with OpenFloor([1.0, "I am fine."]) as floor:
        floor.ask("Jarvis, how are you?")
        await asyncio.sleep(0.8)
        floor.answering.speech_began(BEN.id, floor.clock())
        await asyncio.sleep(1.0)
        assert floor.all(ReplyBegan) == [], "ready for 0.7 s, and silent"
        floor.answering.speech_ended(BEN.id, floor.clock())
        floor.answering.decided(BEN.id, interrupts=False)
        given_back = floor.clock()
        ended = await floor.ended()
        assert floor.all(ReplyBegan)[0].at - given_back < 0.1
        assert (ended.heard, ended.interrupted) == ("I am fine.", False)
        assert floor.all(ReplyDucked) == [], "nothing had sounded"


async def test_it_does_not_wait_for_ever() -> None:
    async with OpenFloor([1.0, "I am fine."]) as floor:
        floor.ask("Jarvis, how are you?")
        floor.answering.speech_began(BEN.id, floor.clock())
        began = floor.clock()
        ended = await floor.ended()
        # 1 s of the agent, 20 ms of the voice, 1.5 s of patience.
        assert floor.all(ReplyBegan)[0].at - began == pytest.approx(2.5, abs=0.1)
        assert ended.heard == "I am fine."


async def test_who_spoke_before_it_and_turns_out_to_mean_the_agent_can_still_take_the_floor() -> (
    None
):
    async with OpenFloor([1.0, STORY], ["All is well."]) as floor:
        floor.ask("Jarvis, tell me a story.")
        floor.answering.speech_began(BEN.id, floor.clock())
        await floor.began()
        floor.answering.speech_ended(BEN.id, floor.clock())
        floor.answering.decided(BEN.id, interrupts=True)
        assert (await floor.ended()).interrupted


async def test_it_waits_longer_for_words_that_are_for_the_agent_and_answers_them_in_turn() -> None:
    async with OpenFloor([1.0, "I am fine."], ["All is well."]) as floor:
        floor.ask("Jarvis, how are you?")
        floor.answering.speech_began(BEN.id, floor.clock())
        await asyncio.sleep(0.8)
        floor.answering.decided(BEN.id, interrupts=True, final=False)
        await asyncio.sleep(5.0)
        assert floor.all(ReplyBegan) == []
        floor.answering.speech_ended(BEN.id, floor.clock())
        floor.ask("Jarvis, how is it?", BEN)
        floor.answering.decided(BEN.id, interrupts=True)
        first, second = await floor.ended(), await floor.ended(2)
        assert (first.heard, first.interrupted) == ("I am fine.", False)
        assert second.heard == "All is well."


async def test_who_goes_on_asking_hears_nothing_of_the_answer_to_the_half_of_it() -> None:
    async with OpenFloor([0.5, "It is sunny in Paris."], ["It is sunny in both."]) as floor:
        floor.ask("Jarvis, what is the weather in Paris?")
        await asyncio.sleep(0.3)
        floor.answering.speech_began(ANN.id, floor.clock())
        await asyncio.sleep(1.2)
        floor.answering.speech_ended(ANN.id, floor.clock())
        floor.ask("And in London?")
        floor.answering.decided(ANN.id, interrupts=True)
        assert (await floor.ended()).heard == "It is sunny in both."
        first = floor.loudspeaker.playbacks[0]
        assert first.first_sent_at is None
        assert "resume" not in first.log


# -- failures ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "said", "notice", "level"),
    [
        (AgentTimeout("60 s are over"), "60 s are over", "Sorry, that took too long.", "WARNING"),
        (ZeroDivisionError("by nought"), "by nought", "Sorry, something went wrong.", "ERROR"),
    ],
)
async def test_a_failing_agent_is_told_of_aloud_and_in_the_log_and_the_next_turn_is_answered(
    error: Exception, said: str, notice: str, level: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with OpenFloor([error], ["I am fine."]) as floor:
        floor.ask("Jarvis, how are you?")
        ended = await floor.ended()
        assert ended.heard == f"{notice} Please ask me again."
        (failed,) = floor.all(ReplyFailed)
        assert said in failed.why
        assert failed.notice == f"{notice} Please ask me again."
        assert (failed.agent, failed.speaker) == ("jarvis", ANN)
        floor.ask("Jarvis, how are you?")
        assert (await floor.ended(2)).heard == "I am fine."
        assert len(floor.all(ReplyFailed)) == 1
    (logged,) = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert logged.levelname == level
    assert said in logged.getMessage()
    assert (logged.exc_info is not None) == (level == "ERROR"), "a traceback if nobody foresaw it"
    assert "how are you" not in caplog.text


@pytest.mark.parametrize("answer", [[], [""], [" \n "], [1.0, "  "]])
async def test_an_agent_that_chooses_to_say_nothing_is_silent_and_no_failure(
    answer: list[Step],
) -> None:
    async with OpenFloor(["I am fine."], answer) as floor:
        floor.ask("Jarvis, how are you?")
        await floor.ended()
        floor.ask("Jarvis, never mind the weather.")
        ended = await floor.ended(2)
        assert (ended.text, ended.heard, ended.interrupted) == ("", "", False)
        assert floor.voice.asked == ["I am fine."]
        assert not floor.all(ReplyFailed)
        (silent,) = floor.all(ReplyDeclined)
        assert (silent.agent, silent.speaker) == ("jarvis", ANN)
        said = floor.answering.said
        assert said is not None
        assert said.text == "I am fine.", "that is what can be repeated"


async def test_words_that_an_agent_takes_back_for_silence_leave_it_silent() -> None:
    async with OpenFloor([AgentDelta("Let me"), AgentDelta("", replace=True)]) as floor:
        floor.ask("Jarvis, how are you?")
        await floor.ended()
        assert floor.voice.asked == []
        assert len(floor.all(ReplyDeclined)) == 1


@pytest.mark.parametrize("error", [SpeechUnavailable("answered 500"), ZeroDivisionError("500")])
async def test_what_a_failing_voice_leaves_unspoken_is_handed_over_once(error: Exception) -> None:
    voice = MishapSynthesizer({"I am fine.": Mishap(error), "And you?": Mishap(error)})
    async with OpenFloor(["I am fine. And you?"], ["All is well."], voice=voice) as floor:
        floor.ask("Jarvis, how are you?")
        ended = await floor.ended()
        (unspoken,) = floor.all(Unspoken)
        assert unspoken.text == "I am fine. And you?"
        assert "500" in unspoken.why
        assert ended.heard == ""
        assert floor.all(ReplyFailed) == [], "the answer is there, if only in writing"
        floor.ask("Jarvis, how is it?")
        assert (await floor.ended(2)).heard == "All is well."


async def test_a_stand_in_voice_is_told_of_once_until_the_own_voice_is_back() -> None:
    why = {"jarvis": "it does not answer", "sage": "it does not answer"}
    async with OpenFloor(["I am fine. And you?"], trouble=lambda voice: why[voice.name]) as floor:
        floor.ask("Jarvis, how are you?")
        await floor.ended()
        floor.ask("Sage, how are you?", persona=SAGE)
        await floor.ended(2)
        (replaced,) = floor.all(VoiceReplaced)
        assert (replaced.agent, replaced.reason) == ("jarvis", "it does not answer")
        first = floor.events.index(replaced)
        assert isinstance(floor.events[first + 1], SentenceSpoken), "told before the words end"
        why["jarvis"] = why["sage"] = ""
        floor.ask("Jarvis, and now?")
        await floor.ended(3)
        why["jarvis"] = why["sage"] = "it does not answer"
        floor.ask("Jarvis, once more.")
        await floor.ended(4)
        assert len(floor.all(VoiceReplaced)) == 2, "it came back, and went again"


async def test_what_speech_leaves_out_is_handed_over_as_it_was_written() -> None:
    written = "Do this:\n```py\nx = 1\n```\nSee [that](https://a.org/x).\n"
    async with OpenFloor([written], ["All is well."]) as floor:
        floor.ask("Jarvis, how do I do it?")
        assert (await floor.ended()).heard.endswith("See that.")
        (left,) = floor.all(TextLeftOut)
        assert (left.agent, left.text) == (
            "jarvis",
            "```py\nx = 1\n```\n\n[that](https://a.org/x)",
        )
        floor.ask("Jarvis, how is it?")
        await floor.ended(2)
        assert len(floor.all(TextLeftOut)) == 1


async def test_two_agents_of_which_one_has_its_voice_are_told_of_once() -> None:
    why = {"jarvis": "", "sage": "it refused this voice"}
    async with OpenFloor(["I am fine."], trouble=lambda voice: why[voice.name]) as floor:
        for number, persona in enumerate([SAGE, JARVIS, SAGE, JARVIS], 1):
            floor.ask("How are you?", persona=persona)
            await floor.ended(number)
        (replaced,) = floor.all(VoiceReplaced)
        assert replaced.agent == "sage"


async def test_also_of_a_reply_that_was_interrupted() -> None:
    async with OpenFloor(["See [that](https://a.org/x). " + "It is long. " * 9, 60.0]) as floor:
        floor.ask("Jarvis, how do I do it?")
        await floor.began()
        floor.answering.stop()
        assert (await floor.ended()).interrupted
        assert [left.text for left in floor.all(TextLeftOut)] == ["[that](https://a.org/x)"]


async def test_of_an_answer_beyond_the_cap_the_rest_is_offered_in_writing() -> None:
    settings = PipelineSettings(speech_text=SpeechTextSettings(max_spoken_chars=200))
    tale = " ".join(f"This is sentence number {number} of a tale." for number in range(9))
    async with OpenFloor([tale], settings=settings) as floor:
        floor.ask("Jarvis, tell me a tale.")
        ended = await floor.ended()
        (left,) = floor.all(TextLeftOut)
        assert ended.heard.endswith("The rest is in the text channel.")
        spoken = ended.heard.removesuffix(" The rest is in the text channel.")
        assert f"{spoken} {left.text}" == tale


async def test_a_reply_that_breaks_altogether_is_told_of_and_the_next_turn_is_answered(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with OpenFloor(["I am fine."]) as floor:
        with monkeypatch.context() as patch:
            patch.setattr(floor.loudspeaker, "open", lambda: None)
            patch.setattr("pipeline.speaking.reply.Reply._could_not_say", _broken)
            floor.ask("Jarvis, how are you?")
            await floor.ended()
        (failed,) = floor.all(ReplyFailed)
        assert "ZeroDivisionError" in failed.why
        floor.ask("Jarvis, how are you?")
        assert (await floor.ended(2)).heard == "I am fine."
    assert "Traceback" in caplog.text


async def test_not_even_a_broken_transcript_ends_the_answering(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with OpenFloor(["I am fine."]) as floor:
        with monkeypatch.context() as patch:
            patch.setattr(floor.transcript, "add_reply", _broken)
            floor.ask("Jarvis, how are you?")
            await asyncio.sleep(5)
        assert floor.answering.reply is None
        floor.ask("Jarvis, how are you?")
        assert (await floor.ended()).heard == "I am fine."
    assert "Traceback" in caplog.text


def _broken(*_: object) -> None:
    raise ZeroDivisionError


# -- taking the floor --------------------------------------------------------------------------


async def test_stopping_while_the_agent_thinks_ends_the_turn_and_begins_the_next() -> None:
    async with OpenFloor([60.0, "I am fine."], ["All is well."]) as floor:
        floor.ask("Jarvis, how are you?")
        floor.ask("Jarvis, how is it?", BEN)
        await asyncio.sleep(1)
        floor.answering.stop()
        ended = await floor.ended()
        assert ended.interrupted
        assert (ended.text, ended.heard) == ("", "")
        assert [turn.text for turn in floor.agent.aborted] == ["Jarvis, how are you?"]
        assert (await floor.ended(2)).heard == "All is well."
        assert floor.all(ReplyFailed) == []


async def test_stopping_in_mid_sentence_keeps_what_was_heard() -> None:
    async with OpenFloor([STORY]) as floor:
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


async def test_stopping_twice_or_when_nothing_is_said_does_no_harm() -> None:
    async with OpenFloor([STORY], ["I am fine."]) as floor:
        floor.answering.stop()
        floor.ask("Jarvis, tell me a story.")
        await asyncio.sleep(1)
        floor.answering.stop()
        floor.answering.stop()
        assert (await floor.ended()).interrupted
        floor.answering.stop()
        floor.ask("Jarvis, how are you?")
        assert (await floor.ended(2)).heard == "I am fine."


class SlowToLetGo(ScriptedAgent):
    """Tells its Gateway that an answer is not wanted any more, which takes a while."""

    def __init__(self) -> None:
        super().__init__([])
        self.let_go = 0

    async def reply(self, turn: AgentTurn) -> AsyncGenerator[AgentDelta, None]:
        try:
            yield AgentDelta("Well, ")
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0.5)
            self.let_go += 1


async def test_a_second_stop_does_not_break_into_the_clearing_up_after_the_first() -> None:
    async with OpenFloor() as floor:
        agent = SlowToLetGo()
        floor.answering._agent = agent
        floor.ask("Jarvis, how are you?")
        await asyncio.sleep(1)
        for _ in range(3):
            floor.answering.stop()
            await asyncio.sleep(0.1)
        assert (await floor.ended()).interrupted
        assert agent.let_go == 1


async def test_what_is_asked_while_a_stopped_answer_is_cleared_up_does_not_bring_it_back() -> None:
    async with OpenFloor() as floor:
        floor.answering._agent = SlowToLetGo()
        floor.ask("Jarvis, how are you?")
        await asyncio.sleep(1)
        floor.answering.stop()
        await asyncio.sleep(0.1)
        floor.answering._agent = floor.agent = ScriptedAgent(["All is well."])
        floor.ask("Jarvis, how is it?")
        stopped, answered = await floor.ended(1), await floor.ended(2)
        assert (stopped.interrupted, answered.heard) == (True, "All is well.")
        assert [turn.text for turn in floor.agent.turns] == ["Jarvis, how is it?"]


async def test_speech_over_a_reply_ducks_it_then_silences_it_and_talk_to_others_gives_it_back() -> (
    None
):
    async with OpenFloor([STORY]) as floor:
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


async def test_a_reply_that_was_silenced_goes_on_from_the_word_that_was_cut() -> None:
    async with OpenFloor([STORY]) as floor:
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


async def test_speech_that_takes_the_floor_ends_the_reply() -> None:
    async with OpenFloor([STORY]) as floor:
        floor.ask("Jarvis, tell me a story.")
        await asyncio.sleep(1)
        floor.answering.speech_began(BEN.id, floor.clock())
        await asyncio.sleep(0.5)
        floor.answering.decided(BEN.id, interrupts=True)
        assert (await floor.ended()).interrupted
        assert floor.loudspeaker.playbacks[0].log == ["duck", "hold", "cut"]


async def test_speech_while_nobody_answers_concerns_nobody() -> None:
    async with OpenFloor(["I am fine."]) as floor:
        floor.answering.speech_began(BEN.id, floor.clock())
        floor.answering.speech_ended(BEN.id, floor.clock())
        floor.answering.decided(BEN.id, interrupts=True)
        floor.ask("Jarvis, how are you?")
        assert not (await floor.ended()).interrupted


async def test_a_decision_about_an_earlier_reply_does_not_end_the_present_one() -> None:
    async with OpenFloor(["Well."], [STORY]) as floor:
        floor.ask("Jarvis, how are you?")
        floor.ask("Jarvis, tell me a story.", Speaker(3, "Carl"))
        await asyncio.sleep(0.2)
        floor.answering.speech_began(BEN.id, floor.clock())
        floor.answering.speech_ended(BEN.id, floor.clock())
        floor.answering.decided(BEN.id, interrupts=False)
        await floor.ended(1)
        await asyncio.sleep(0.5)
        floor.answering.decided(BEN.id, interrupts=True)
        assert not (await floor.ended(2)).interrupted


async def test_the_end_of_the_room_is_the_end_of_its_reply() -> None:
    async with OpenFloor([STORY, 60.0]) as floor:
        floor.ask("Jarvis, tell me a story.")
        floor.ask("Jarvis, how are you?")
        await asyncio.sleep(1)
    assert floor.loudspeaker.playbacks[0].log == ["cut"]
    assert len(floor.agent.aborted) == 1
    assert len(floor.agent.turns) == 1
    await asyncio.sleep(1)
    assert asyncio.all_tasks() == {asyncio.current_task()}


# -- what was said -------------------------------------------------------------------------------


async def test_of_a_stopped_reply_it_is_known_what_was_not_heard() -> None:
    async with OpenFloor(["One is here. ", "Two is here. ", "Three is here."]) as floor:
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


async def test_what_is_withdrawn_is_not_answered() -> None:
    async with OpenFloor(["The first."], ["The second."]) as floor:
        floor.ask("Jarvis, one.", ANN)
        await floor.began()
        floor.ask("Jarvis, two.", ANN)
        floor.ask("Jarvis, three.", BEN)
        floor.answering.withdraw(ANN.id)
        await floor.ended(2)
        assert [turn.text for turn in floor.agent.turns] == ["Jarvis, one.", "Jarvis, three."]


async def test_words_of_its_own_are_spoken_without_the_agent_and_passing_ones_are_not_kept() -> (
    None
):
    async with OpenFloor() as floor:
        turn = AgentTurn("sage", "", ANN)
        late, listening = (
            CannedReply(lambda: "It is late."),
            CannedReply(lambda: "I am listening."),
        )
        floor.answering.ask(turn, SAGE, TurnLatency(), agent=late)
        floor.answering.ask(turn, SAGE, TurnLatency(), agent=listening, passing=True)
        await floor.ended(2)
        assert floor.voice.spoken == [("sage", "It is late."), ("sage", "I am listening.")]
        assert floor.agent.turns == []
        assert floor.answering.said is not None
        assert floor.answering.said.text == "It is late."
