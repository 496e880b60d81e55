"""What observers, the log and the transcript are told of a reply."""

from __future__ import annotations

import logging

import pytest

from pipeline.errors import AgentTimeout, SpeechUnavailable
from pipeline.events import (
    ReplyDeclined,
    ReplyEnded,
    ReplyFailed,
    TextLeftOut,
    Unspoken,
    VoiceReplaced,
)
from pipeline.latency import TurnLatency
from pipeline.ports import AddresseeDoubt, AgentDelta, AgentTurn
from pipeline.settings import PipelineSettings, SpeechTextSettings
from pipeline.transcript import Speech
from testing.room import ANN, JARVIS, SAGE
from tests.pipeline.parsing import parsed
from tests.pipeline.speaking.floor_room import FloorRoom
from tests.pipeline.speaking.scripts import FaultySynthesizer, Step, SynthesisFault

pytestmark = pytest.mark.virtual_time


@pytest.mark.parametrize(
    ("error", "said", "notice", "level"),
    [
        (AgentTimeout("60 s are over"), "60 s are over", "Sorry, that took too long.", "WARNING"),
        (ZeroDivisionError("by nought"), "by nought", "Sorry, something went wrong.", "ERROR"),
    ],
)
async def test_an_agent_failure_is_spoken_and_logged_and_the_next_turn_is_answered(
    error: Exception, said: str, notice: str, level: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with FloorRoom([error], ["I am fine."]) as room:
        room.ask("Jarvis, how are you?")
        ended = await room.ended()
        assert ended.heard == f"{notice} Please ask me again."
        (failed,) = room.all(ReplyFailed)
        assert said in failed.why
        assert failed.notice == f"{notice} Please ask me again."
        assert (failed.agent, failed.speaker) == ("jarvis", ANN)
        room.ask("Jarvis, how are you?")
        assert (await room.ended(2)).heard == "I am fine."
        assert len(room.all(ReplyFailed)) == 1
    (logged,) = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert logged.levelname == level
    assert said in logged.getMessage()
    assert (logged.exc_info is not None) == (level == "ERROR"), (
        "only an unexpected error has a traceback"
    )
    assert "how are you" not in caplog.text


@pytest.mark.parametrize("answer", [[], [""], [" \n "], [1.0, "  "]])
async def test_an_agent_that_says_nothing_is_no_failure(
    answer: list[Step],
) -> None:
    async with FloorRoom(["I am fine."], answer) as room:
        room.ask("Jarvis, how are you?")
        await room.ended()
        room.ask("Jarvis, never mind the weather.")
        ended = await room.ended(2)
        assert (ended.text, ended.heard, ended.interrupted) == ("", "", False)
        assert room.voice.asked == ["I am fine."]
        assert not room.all(ReplyFailed)
        (silent,) = room.all(ReplyDeclined)
        assert (silent.agent, silent.speaker) == ("jarvis", ANN)
        last = room.floor.last_reply
        assert last is not None
        assert last.text == "I am fine.", "that is what can be repeated"


async def test_words_that_the_agent_declined_have_no_addressee() -> None:
    async with FloorRoom([]) as room:
        doubt = AddresseeDoubt("medium", 4.0)
        turn = AgentTurn("jarvis", "And tomorrow? In Rome.", ANN, doubt=doubt)
        said = ("Louder.", "And tomorrow?", "In Rome.")
        for text in said:
            room.transcript.add_speech(ANN, parsed(text), 0.0, addressed_to="jarvis")
        room.transcript.add_speech(ANN, parsed("Ben, are you there?"), 0.0, addressed_to="Ben")
        room.floor.generate_reply(turn, JARVIS, TurnLatency())
        await room.ended()
        (declined,) = room.all(ReplyDeclined)
        assert declined.why == "not meant"
        lines = [line for line in room.transcript if isinstance(line, Speech)]
        assert [line.addressed_to for line in lines] == ["jarvis", None, None, "Ben"]


async def test_an_answer_that_is_replaced_by_nothing_is_silence() -> None:
    async with FloorRoom([AgentDelta("Let me"), AgentDelta("", replace=True)]) as room:
        room.ask("Jarvis, how are you?")
        await room.ended()
        assert room.voice.asked == []
        assert len(room.all(ReplyDeclined)) == 1


@pytest.mark.parametrize("error", [SpeechUnavailable("answered 500"), ZeroDivisionError("500")])
async def test_sentences_whose_synthesis_failed_are_reported_once(error: Exception) -> None:
    voice = FaultySynthesizer(
        {"I am fine.": SynthesisFault(error), "And you?": SynthesisFault(error)}
    )
    async with FloorRoom(["I am fine. And you?"], ["All is well."], voice=voice) as room:
        room.ask("Jarvis, how are you?")
        ended = await room.ended()
        (unspoken,) = room.all(Unspoken)
        assert unspoken.text == "I am fine. And you?"
        assert "500" in unspoken.why
        assert unspoken.speaker == ANN
        assert ended.heard == ""
        assert room.all(ReplyFailed) == [], "the answer is there, if only in writing"
        room.ask("Jarvis, how is it?")
        assert (await room.ended(2)).heard == "All is well."


async def test_a_turn_that_failed_otherwise_too_is_told_of_once() -> None:
    voice = FaultySynthesizer({"I am fine.": SynthesisFault(SpeechUnavailable("answered 500"))})
    async with FloorRoom([AgentDelta("I am fine. "), AgentTimeout("late")], voice=voice) as room:
        room.ask("Jarvis, how are you?")
        await room.ended()
        (unspoken,) = room.all(Unspoken)
        assert len(room.all(ReplyFailed)) == 1
        assert unspoken.speaker is None


async def test_a_replaced_voice_is_reported_once_until_it_is_back() -> None:
    why = {"jarvis": "it does not answer", "sage": "it does not answer"}
    async with FloorRoom(["I am fine. And you?"], trouble=lambda voice: why[voice.name]) as room:
        room.ask("Jarvis, how are you?")
        await room.ended()
        room.ask("Sage, how are you?", persona=SAGE)
        await room.ended(2)
        (replaced,) = room.all(VoiceReplaced)
        assert (replaced.agent, replaced.reason) == ("jarvis", "it does not answer")
        ended = room.all(ReplyEnded)[0]
        assert room.events.index(replaced) < room.events.index(ended), "told before the words end"
        why["jarvis"] = why["sage"] = ""
        room.ask("Jarvis, and now?")
        await room.ended(3)
        why["jarvis"] = why["sage"] = "it does not answer"
        room.ask("Jarvis, once more.")
        await room.ended(4)
        assert len(room.all(VoiceReplaced)) == 2, "it came back, and went again"


async def test_text_that_speech_leaves_out_is_reported_as_it_was_written() -> None:
    written = "Do this:\n```py\nx = 1\n```\nSee [that](https://a.org/x).\n"
    async with FloorRoom([written], ["All is well."]) as room:
        room.ask("Jarvis, how do I do it?")
        assert (await room.ended()).heard.endswith("See that.")
        (left,) = room.all(TextLeftOut)
        assert (left.agent, left.text) == (
            "jarvis",
            "```py\nx = 1\n```\n\n[that](https://a.org/x)",
        )
        room.ask("Jarvis, how is it?")
        await room.ended(2)
        assert len(room.all(TextLeftOut)) == 1


async def test_a_replaced_voice_is_reported_once_among_two_agents() -> None:
    why = {"jarvis": "", "sage": "it refused this voice"}
    async with FloorRoom(["I am fine."], trouble=lambda voice: why[voice.name]) as room:
        for number, persona in enumerate([SAGE, JARVIS, SAGE, JARVIS], 1):
            room.ask("How are you?", persona=persona)
            await room.ended(number)
        (replaced,) = room.all(VoiceReplaced)
        assert replaced.agent == "sage"


async def test_left_out_text_of_an_interrupted_reply_is_reported() -> None:
    async with FloorRoom(["See [that](https://a.org/x). " + "It is long. " * 9, 60.0]) as room:
        room.ask("Jarvis, how do I do it?")
        await room.began()
        room.floor.stop()
        assert (await room.ended()).interrupted
        assert [left.text for left in room.all(TextLeftOut)] == ["[that](https://a.org/x)"]


async def test_an_answer_beyond_the_limit_leaves_its_rest_to_the_text_channel() -> None:
    settings = PipelineSettings(speech_text=SpeechTextSettings(max_spoken_chars=200))
    tale = " ".join(f"This is sentence number {number} of a tale." for number in range(9))
    async with FloorRoom([tale], settings=settings) as room:
        room.ask("Jarvis, tell me a tale.")
        ended = await room.ended()
        (left,) = room.all(TextLeftOut)
        assert ended.heard.endswith("The rest is in the text channel.")
        spoken = ended.heard.removesuffix(" The rest is in the text channel.")
        assert f"{spoken} {left.text}" == tale
